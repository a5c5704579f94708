"""Record histories to be replayed: ``python -m tests.replay.record``.

A recorded history says what the workflow did, and what it held. They stand in a folder for each
release, named by its version. Once that is released they stay as they are: cooperations that live
by it must be replayed by every later version. New behaviour gets a new life here, recorded by its
name (``python -m tests.replay.record told``), or a new recording while its version is worked on.
"""

from __future__ import annotations

import asyncio
import json
import re
import sys
import tempfile
from collections.abc import Awaitable, Callable, Mapping
from contextlib import AbstractAsyncContextManager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any, Final

from packaging.version import Version
from temporalio.testing import TimeSkipper, TimeSkippingConfig

from coopflow import __version__
from coopflow.application.engine import Address, Given
from coopflow.application.recorded_past import import_past
from coopflow.application.scenario_runner import ScenarioRun, address_of
from coopflow.checks import Portrait, check
from coopflow.readmodel.awaited import AwaitedReadModel
from coopflow.readmodel.database import Database
from coopflow.temporal import names
from coopflow.temporal.client import TemporalEngine
from coopflow.temporal.connection import connect, find_endpoint
from coopflow.temporal.delivery import LINGER
from coopflow.temporal.deployment import Deployment, WorkerVersion
from coopflow.temporal.worker import working
from coopflow.temporal.writing import Writer
from tests.collective import reference_rules
from tests.stages import asking
from tests.temporal_engine import (
    TIME_SKIPPING,
    Bench,
    accepted,
    admission,
    bench,
    bocage,
    options,
    refused,
    serving,
)

HISTORIES: Final = Path(__file__).with_name("histories")
CHANGELOG: Final = Path(__file__).parents[2] / "CHANGELOG.md"
MANY: Final = 3
SUGGESTED_AFTER: Final = 300
"""The length of a history, in events, from which a run of these lives continues as new."""


async def told(running: Bench) -> Address:
    """Import the example as a dated past, into its third stage, over several runs."""
    scenario = bocage(steps=30)
    run = ScenarioRun(scenario, running.engine, reference_rules())
    async for result in run.steps():
        assert not result.problems
        # Away now and then: entries are handed out late, and carried over from run to run.
        running.journal.is_away = result.step.number % 10 > 7
    running.journal.is_away = False
    return run.address


async def lived(running: Bench) -> Address:
    """Import a past, go live, give commands, then let half a year pass by itself."""
    run = ScenarioRun(bocage(steps=18, days_ago=305), running.engine, reference_rules())
    async for result in run.steps():
        assert not result.problems
    address = run.address
    accepted(await running.engine.go_live(address))
    decision = {"decision": "d1", "subject": "other", "question": "A question?", "id": "ask"}
    await running.give(address, "open_decision", "fabien", **decision)
    repeated = {"command": "open_decision", "actor": "fabien", **decision}
    await running.workflow(address).execute_update(names.COMMAND, {"command": repeated})
    outcome = await running.engine.execute(address, admission("paniers-ysoline"))
    assert refused(outcome).code == "forbidden"
    skipper = TimeSkipper(running.client, config=TimeSkippingConfig(enabled=False))
    assert await skipper.fast_forward(running.workflow(address), timedelta(days=160))
    return address


@check("page-online", every="30d")
async def page_online(portrait: Portrait) -> bool:
    """Answer a check of the life that asks one: it fails at first, then holds from three on."""
    await asyncio.sleep(0)
    if not portrait.organisations:
        raise ConnectionError
    return len(portrait.organisations) >= MANY


async def asked(running: Bench) -> Address:
    """Open a cooperation whose policy asks a check, and let a month pass after it answered."""
    address = await running.open(definition=asking().definition)
    skipper = TimeSkipper(running.client, config=TimeSkippingConfig(enabled=False))
    assert await skipper.fast_forward(running.workflow(address), timedelta(days=40))
    await running.give(address, "record_pulse", "fay", score=4, answers=2, asked=3)
    return address


async def rolled(running: Bench) -> Address:
    """Open a cooperation on one version of the workers, and let it move to another one."""
    name = f"{running.task_queue}-rolled"
    engine = TemporalEngine(running.client, task_queue=name)
    here = replace(running, engine=engine, task_queue=name)
    deployment = Deployment(running.client, name, task_queues=[name])

    def workers(build_id: str) -> AbstractAsyncContextManager[None]:
        version = WorkerVersion(name, build_id)
        ports = running.journal, running.board
        return working(running.client, *ports, task_queues=[name], version=version)

    async with workers("old"), workers("new"):
        await deployment.promote("old")
        address = await here.open()
        await deployment.promote("new")
        async for _ in deployment.drain("old"):
            pass
        await here.give(address, "record_pulse", "fay", score=4, answers=2, asked=3)
        await here.until_told(address)
    return address


async def forgot(running: Bench) -> Address:
    """Erase a person, and let the cooperation go on without what knew them."""
    address = await running.open()
    await running.give(address, "appoint_representative", "fay", organisation="alpha", person="zoe")
    await running.give(address, "erase_person", "pam", person="zoe")
    while (await running.engine.journal_head(address)).forgetting:  # noqa: ASYNC110
        await asyncio.sleep(0.1)
    await running.give(address, "record_pulse", "fay", score=4, answers=2, asked=3)
    return address


async def closed(running: Bench) -> Address:
    """Open a cooperation, decide to end it, and close it."""
    address = await running.open()
    ballots = dict.fromkeys(("alpha", "beta", "gamma"), "yes")
    await running.give(
        address, "open_decision", "fay", decision="end", subject="closing", question="Close?"
    )
    await running.give(address, "record_session_vote", "fay", decision="end", ballots=ballots)
    await running.give(address, "close_cooperation", "fay", report="Done")
    await running.workflow(address).result()
    return address


async def lingered(running: Bench) -> Address:
    """Hold back what whoever gives the commands writes: for a while, then until it is asked for."""
    writer = Writer(AwaitedReadModel(Database("sqlite:///never-used.db")))
    engine = TemporalEngine(running.client, task_queue=running.task_queue, writer=writer)
    ahead = replace(running, engine=engine)
    address = await running.open()
    await running.until_told(address)
    for score in (3, 4, 5):
        await ahead.give(address, "record_pulse", "fay", score=score, answers=2, asked=3)
    skipper = TimeSkipper(running.client, config=TimeSkippingConfig(enabled=False))
    assert await skipper.fast_forward(running.workflow(address), LINGER)
    await running.until_told(address)
    await ahead.give(address, "open_decision", "fay", subject="other", question="A question?")
    await running.until_told(address)
    return address


async def imported(running: Bench) -> Address:
    """Import the example, many commands together, with one that is refused on the way."""
    scenario = bocage(steps=30)
    definition = reference_rules().definition
    async for _ in import_past(scenario, running.engine, definition):
        pass
    address = address_of(scenario)
    dated = {"command": "record_pulse", "actor": "fabien", "at": scenario.steps[-1].at.isoformat()}
    pulses = [
        Given({**dated, "score": 4, "answers": 2, "asked": 3, "id": f"pulse-{number}"})
        for number in range(3)
    ]
    known = Given({**admission("paniers-ysoline"), **dated, "command": "admit_member"})
    series = await running.engine.execute_all(address, [*pulses[:2], known, pulses[2]])
    assert len(series.replies) == len(pulses) - 1
    series = await running.engine.execute_all(address, pulses)
    assert [one.duplicate for one in series.replies] == [True, True, False]
    accepted(await running.engine.go_live(address))
    return address


LIVES: Final[Mapping[str, Callable[[Bench], Awaitable[Address]]]] = {
    "told": told,
    "lived": lived,
    "closed": closed,
    "asked": asked,
    "rolled": rolled,
    "forgot": forgot,
    "lingered": lingered,
    "imported": imported,
}


def released() -> tuple[str, ...]:
    """Return the versions that the changelog tells of as released, newest first."""
    return tuple(
        re.findall(r"^## \[(\d[^]]*)\]", CHANGELOG.read_text(encoding="utf-8"), re.MULTILINE)
    )


def upcoming() -> str:
    """Return the version that is being worked on, or was released just now."""
    return Version(__version__).base_version


def versions() -> tuple[str, ...]:
    """Return all versions of which there have to be histories, each once."""
    return tuple(dict.fromkeys((*released(), upcoming())))


async def record(lives: Mapping[str, Callable[[Bench], Awaitable[Address]]]) -> list[Path]:
    """Live these lives on a server of their own, and write the history of every run."""
    written: list[Path] = []
    with tempfile.TemporaryDirectory() as folder:
        settings = TIME_SKIPPING | {"limit.historyCount.suggestContinueAsNew": SUGGESTED_AFTER}
        with serving(options(Path(folder), **settings)):
            # Without a name of its own a client signs with its process and its machine.
            # And in clear, so that what is recorded can be read, and needs no key.
            endpoint = find_endpoint(Path(folder), environment={})
            client = await connect(endpoint, identity="recorder")
            skipper = TimeSkipper(client, config=TimeSkippingConfig(enabled=False))
            async with bench(Path(folder), client=skipper.client, checks=[page_online]) as running:
                for name, live in lives.items():
                    address = await live(running)
                    if name != "rolled":  # its workers have gone
                        await running.until_told(address)
                    written += [
                        await _write(running, address, run, f"{name}-{number}")
                        for number, run in enumerate(await running.runs(address), 1)
                    ]
    return written


async def _write(running: Bench, address: Address, run: str, name: str) -> Path:
    handle = running.client.get_workflow_handle(names.workflow_id(address), run_id=run)
    history = json.loads((await handle.fetch_history()).to_json())
    path = HISTORIES / upcoming() / f"{name}.json"
    path.parent.mkdir(exist_ok=True)
    path.write_text(json.dumps(without_traces(history), separators=(",", ":")) + "\n")
    return path


def without_traces(value: Any) -> Any:
    """Return a history without stack traces: they name files of the machine."""
    if isinstance(value, list):
        return [without_traces(one) for one in value]
    if isinstance(value, dict):
        return {name: without_traces(one) for name, one in value.items() if name != "stackTrace"}
    return value


def main() -> None:
    """Record the lives named on the command line, or all of them."""
    if upcoming() in released():
        sys.exit(f"{upcoming()} is released, its histories stay: give __version__ the next number")
    wanted = sys.argv[1:] or list(LIVES)
    for path in asyncio.run(record({name: LIVES[name] for name in wanted})):
        sys.stdout.write(f"{path.relative_to(Path.cwd())} {path.stat().st_size}\n")


if __name__ == "__main__":
    main()
