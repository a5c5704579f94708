"""``coopflow dev``: everything on this machine, and with ``--demo`` a cooperation to look at."""

from __future__ import annotations

import asyncio
import shlex
import sys
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

from rich.text import Text

from coopflow import bootstrap
from coopflow.application.engine import Address, UnavailableError
from coopflow.directory.errors import TakenError
from coopflow.directory.people import PersonStated, new_person_id
from coopflow.directory.programmes import ProgrammeStated
from coopflow.domain.events import Entry
from coopflow.domain.state import Cooperation
from coopflow.entrypoints.cli import drawing
from coopflow.entrypoints.cli.access import link_to
from coopflow.entrypoints.cli.demo import Demo
from coopflow.entrypoints.cli.output import Terminal
from coopflow.entrypoints.cli.serve import serving
from coopflow.entrypoints.cli.signals import stop_signals
from coopflow.entrypoints.cli.words import Phrases
from coopflow.readmodel.queries import Queries
from coopflow.settings import Settings, load_settings
from coopflow.temporal.errors import TemporalUnavailableError
from coopflow.wording.journey import Chapter, Journey
from coopflow.wording.naming import Names

if TYPE_CHECKING:  # it needs the packages of an extra, without which only pages are missing
    from coopflow.services import Services

_FIRST_LINK: Final = timedelta(hours=1)


def run(settings: Settings, *, demo: bool) -> None:
    """Serve until told to stop.

    Raises:
        TemporalUnavailableError: the server does not start, or ends.
        DatabaseUnavailableError: the database does not answer.
    """
    asyncio.run(_serve(settings, demo=demo))


async def _serve(settings: Settings, *, demo: bool) -> None:
    terminal = Terminal()
    say = Phrases(settings.language)
    prepared = Demo(datetime.now(UTC), settings.language) if demo else None
    with stop_signals() as stop:
        async with bootstrap.embedded_engine(settings, terminal.step) as running:
            async with _api(settings, running, prepared) as served:
                work = asyncio.create_task(
                    _work(running, served, prepared, settings, terminal, say)
                )
                stopping = asyncio.create_task(stop.wait())
                try:
                    await asyncio.wait({work, stopping}, return_when=asyncio.FIRST_COMPLETED)
                    if work.done():
                        work.result()
                finally:
                    work.cancel()
                    stopping.cancel()
                    await asyncio.gather(work, stopping, return_exceptions=True)
            terminal.note(say("dev.stopping"))
    terminal.note(say("dev.stopped"))


class _Api(NamedTuple):
    """Where the HTTP API is reached, and a link that signs its administrator in, once."""

    url: str
    link: str


async def _first_link(services: Services, settings: Settings) -> str:
    """Return the secret of a link for the administrator, whom the first start makes."""
    administrators = await services.directory.administrators()
    if administrators:
        person = administrators[0].id
    else:
        name = Phrases(settings.language)("serve.administrator")
        stated = PersonStated(name=name, language=settings.language, administrator=True)
        added = await services.directory.add_person(new_person_id(), stated, datetime.now(UTC))
        person = added.id
    return await services.access.links.create(person, services.access.now(), _FIRST_LINK)


@asynccontextmanager
async def _api(
    settings: Settings, here: bootstrap.Running, demo: Demo | None
) -> AsyncIterator[_Api | None]:
    """Serve the HTTP API for the length of a block, where what it needs is installed.

    The programme of the demo is in the directory: else nobody who signs in would find it.

    Yields:
        Where it is reached, and how to get in; None where it is not served.
    """
    try:
        http = serving()
    except UnavailableError:
        yield None
        return
    with http.listen_somewhere(settings.http_host, settings.http_port) as listening:
        parts = bootstrap.services(settings, here)
        async with parts as found, http.alone(found, settings, listening):
            if demo is not None:
                await _enrol(found, demo, settings)
            url = http.url_of(listening)
            yield _Api(url, link_to(settings.public_url or url, await _first_link(found, settings)))


async def _enrol(services: Services, demo: Demo, settings: Settings) -> None:
    """Have the programme of the demo and its people in the directory, so that they can sign in.

    Once: who was removed or erased since does not come back.
    """
    now, programme = datetime.now(UTC), demo.address.programme
    name = Phrases(settings.language)("demo.programme")
    stated = ProgrammeStated(name=name, language=settings.language)
    try:
        await services.directory.add_programme(programme, stated, now)
    except TakenError:
        return
    for person, roles in demo.people.items():
        known = PersonStated(name=person.replace("-", " ").title(), language=settings.language)
        with suppress(TakenError):
            await services.directory.add_person(person, known, now)
        await services.directory.take_part(programme, person, roles, now)


async def _work(  # noqa: PLR0913, PLR0917 - what runs, where, and who is told
    running: bootstrap.Running,
    served: _Api | None,
    demo: Demo | None,
    settings: Settings,
    terminal: Terminal,
    say: Phrases,
) -> None:
    """Play the demo, say where the engine listens, and wait for the server to end.

    Raises:
        TemporalUnavailableError: it ended.
    """
    if demo is not None:
        await _play(demo, running, terminal, say)
        terminal.data.print(Text.assemble("\n", (say("dev.try"), "dim")))
        for command in ("coop show", "coop journal", "gate check --explain"):
            line = f"  {_program()} {command} {demo.address.cooperation}{_options(settings)}"
            terminal.data.print(Text(line, "cyan"), soft_wrap=True)
        if served is not None:
            line = f"  {_program()} sign-in {demo.member} --url {served.url}{_options(settings)}"
            terminal.data.print(Text(line, "cyan"), soft_wrap=True)
    record = running.record
    ready = say("dev.ready", engine=record.address, pages=record.ui_url)
    terminal.data.print(Text.assemble("\n", ("● ", "green"), (ready, "bold")), soft_wrap=True)
    if served is not None:
        told = Text(f"  {say('serve.ready', url=served.url)}\n  {say('serve.sign_in')}\n  ")
        terminal.data.print(told.append(served.link, "cyan"), soft_wrap=True)
    code = await running.exited()
    raise TemporalUnavailableError(
        f"the Temporal server ended ({code}): look at temporal.log in {settings.state_dir}"
    )


async def _play(demo: Demo, running: bootstrap.Running, terminal: Terminal, say: Phrases) -> None:
    engine, names = running.engine, Names(demo.rules, say)
    found = await demo.found(engine)
    if found is not None and (await engine.journal_head(demo.address)).mode == "live":
        _introduce(found, terminal)
        stage = names.stage(found.stage)
        told = say("demo.there", address=demo.address, stage=stage, events=found.seq)
        terminal.data.print(Text(told))
        return
    journey = Journey(demo.rules, say)

    def tell(entries: Iterable[Entry]) -> None:
        for scene in journey.tell(entries):
            if isinstance(scene, Chapter) and scene.number == 1:
                _introduce(journey.state, terminal)
            terminal.data.print(drawing.scene(scene, names, say))

    async for entries in demo.play(engine, found):
        # What an import that was interrupted brought about before is told from the journal.
        tell(entries if found is None else ())
    await engine.until_projected(demo.address)
    if found is not None:
        tell(await _recorded(running.queries, demo.address))
    told = say("demo.imported", steps=demo.steps, events=journey.state.seq)
    terminal.data.print(Text.assemble("\n", told))


async def _recorded(queries: Queries, address: Address) -> list[Entry]:
    entries: list[Entry] = []
    while page := await queries.journal(address, after=entries[-1].seq if entries else 0):
        entries += [
            Entry.model_validate(
                {
                    "seq": line.seq,
                    "at": line.at,
                    "by": line.actor,
                    "command": line.command_id,
                    "event": {"type": line.type, **line.data},
                }
            )
            for line in page
        ]
    return entries


def _program() -> str:
    """Say how this program is called from here: by its path if it is below, else by its name."""
    path = Path(sys.argv[0])
    if path.name != "coopflow" or not path.parent.name:
        return "coopflow"
    here = Path.cwd()
    absolute = here / path
    return str(absolute.relative_to(here)) if absolute.is_relative_to(here) else "coopflow"


def _options(settings: Settings) -> str:
    """Return what another command needs so as to find this engine, which it may know already."""
    is_known = settings.state_dir == load_settings().state_dir
    return "" if is_known else f" --state-dir {shlex.quote(str(settings.state_dir))}"


def _introduce(state: Cooperation, terminal: Terminal) -> None:
    title = Text.assemble("\n", (state.title, "bold"), (f"  {state.territory}", "dim"))
    terminal.data.print(title)
    terminal.data.print(Text(state.issue, "italic"))
