"""``coopflow person``: who is in the directory, where journals name them, how both forget them."""

from __future__ import annotations

import asyncio
from collections import Counter
from typing import Final

from rich.text import Text

from coopflow import bootstrap
from coopflow.access.grants import OPERATOR
from coopflow.application.engine import Address
from coopflow.application.erasing import Erased, Erasure, Traces
from coopflow.entrypoints.cli.cooperations import locate
from coopflow.entrypoints.cli.failures import REFUSED, UsageError
from coopflow.entrypoints.cli.output import Format, Terminal
from coopflow.entrypoints.cli.words import Phrases
from coopflow.settings import Settings

_STYLES: Final = {
    "erased": "green",
    "nothing": "dim",
    "refused": "red",
    "gone": "red",
    "unfinished": "yellow",
}
_LEFT: Final = {"refused", "gone", "unfinished"}


def find(settings: Settings, person: str, *, programme: str | None, output: Format) -> None:
    """Write where the journals name a person.

    Raises:
        UnavailableError: the read model does not answer.
    """

    async def ask() -> list[tuple[Address, Traces]]:
        async with bootstrap.people(settings) as people:
            addresses = await people.named_in(person, programme)
            return [(address, await people.traces(address, person)) for address in addresses]

    found = [(address, traces) for address, traces in asyncio.run(ask()) if any(traces)]
    terminal, say = Terminal(), Phrases(settings.language)
    if output == "json":
        terminal.json([{"address": str(address)} | traces._asdict() for address, traces in found])
        return
    for address, traces in found:
        line = Text.assemble((str(address), "bold"))
        line.append(f"  {say('person.entries', count=len(traces.entries))}")
        terminal.data.print(line, soft_wrap=True)
        _print_texts(terminal, say, traces.texts)
    if not found:
        terminal.note(say("person.nowhere"))


def run_erase(  # noqa: PLR0913 - the options of the command
    settings: Settings,
    person: str,
    cooperations: list[str],
    *,
    everywhere: bool,
    programme: str | None,
    by: str,
    output: Format,
) -> int:
    """Erase a person from cooperations, write a report, and return the exit code.

    Raises:
        UsageError: neither cooperations nor all of them are named.
        UnavailableError: the read model does not answer.
        TemporalUnavailableError: there is no engine.
    """
    if everywhere == bool(cooperations):
        raise UsageError("name cooperations, or say --all (with --programme, all of one)")
    terminal, say = Terminal(), Phrases(settings.language)
    work = _erase_all(settings, person, cooperations, programme, by, terminal)
    found, names = asyncio.run(work)
    if output == "json":
        told: list[dict[str, object]] = [
            one._asdict() | {"address": str(one.address)} for one in found
        ]
        told += [
            {"address": f"directory:{where}", "result": result} for where, result in names.items()
        ]
        terminal.json(told)
    else:
        for one in found:
            _print(one, terminal, say)
        for where, result in names.items():
            line = Text.assemble((say(f"person.names_{result}", programme=where), "bold"))
            terminal.data.print(line, soft_wrap=True)
        counts = Counter(one.result for one in found)
        summary = (f"{number} {say(f'person.{result}')}" for result, number in counts.items())
        terminal.note(", ".join(summary) or say("person.nowhere"))
    return REFUSED if any(one.result in _LEFT for one in found) else 0


async def _erase_all(  # noqa: PLR0913, PLR0917 - who is erased where, by whom
    settings: Settings,
    person: str,
    named: list[str],
    programme: str | None,
    by: str,
    terminal: Terminal,
) -> Erased:
    async with bootstrap.reading(settings) as reading:
        addresses = [await locate(reading.queries, one) for one in named]
    done: list[Erasure] = []
    async with bootstrap.eraser(settings) as eraser:
        addresses = addresses or list(await eraser.journals.named_in(person, programme))
        concerned = {one.programme for one in addresses} if named else None
        if programme is not None:
            concerned = {programme}
        with terminal.progress.status("…") as status:

            def progress(one: Erasure) -> None:
                done.append(one)
                status.update(f"{len(done)}/{len(addresses)} …")

            return await eraser.erase(person, addresses, concerned, by, OPERATOR, progress)


def _print(one: Erasure, terminal: Terminal, say: Phrases) -> None:
    line = Text.assemble((say(f"person.{one.result}"), _STYLES[one.result]), f"  {one.address}")
    if one.tombstone is not None:
        done = say("person.done", tombstone=one.tombstone, entries=one.entries, runs=one.runs)
        line.append(f"  {done}")
    line.append(f"  {one.detail}" if one.detail else "", "dim")
    terminal.data.print(line, soft_wrap=True)
    _print_texts(terminal, say, one.texts)


def _print_texts(terminal: Terminal, say: Phrases, texts: tuple[tuple[int, str], ...]) -> None:
    for seq, pointer in texts:
        words = say("person.text", seq=seq, field=pointer.removeprefix("/").replace("/", "."))
        terminal.data.print(Text(f"  {words}", "yellow"), soft_wrap=True)
