"""How many recorded pasts are imported in a second, until all of them can be read.

    .venv/bin/python benchmarks/imports.py [--lives 30] [--at-once 10] [--rounds 3]

On an embedded server, with a read model of SQLite: lives of the demo, of some 80 commands each,
some at a time, each then let to live by the clock. The yardstick is a bare workflow on the same
server for each life, which is given as many updates that do nothing, one after the other, in turns
with ours in the same run.
"""

from __future__ import annotations

import argparse
import asyncio
import itertools
import statistics
import tempfile
import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from bare_workflow import QUEUE, Bare, worker
from reporting import Report, options
from temporalio.client import Client

from coopflow import bootstrap
from coopflow.application.engine import Reply
from coopflow.application.recorded_past import import_past
from coopflow.application.scenario_runner import address_of, renamed
from coopflow.definitions.library import find, load_definition
from coopflow.definitions.scenario import load_scenario
from coopflow.entrypoints.cli.demo import EXAMPLE, ending_by
from coopflow.settings import Settings
from coopflow.telemetry import configure_logging

_BARE: Final = "a bare workflow for each, given as many updates"

Live = Callable[[int], Awaitable[None]]
"""Lives one life, of a number."""


class Lives:
    """The example, lived under another name each time."""

    def __init__(self, running: bootstrap.Running) -> None:
        """Live on an engine and its read model."""
        example = load_scenario(find("examples", EXAMPLE))
        self._running = running
        self._scenario = ending_by(example, datetime.now(UTC))
        self._definition = load_definition(example.lifecycle, example.policy)
        accepted = [step for step in example.steps if step.expect.refused is None]
        self.commands = sum(len(step.acts) for step in accepted)

    async def live(self, number: int) -> None:
        """Import a life, let it go on by the clock, and wait until it can be read."""
        engine = self._running.engine
        past = renamed(self._scenario, "valley", f"life-{number}")
        async for _ in import_past(past, engine, self._definition):
            pass
        live = await engine.go_live(address_of(past))
        if not isinstance(live, Reply):
            raise SystemExit(str(live))
        await engine.until_projected(address_of(past))


def bare(client: Client, updates: int) -> Live:
    """Return what begins a bare workflow and gives it so many updates, one after the other."""

    async def live(number: int) -> None:
        handle = await client.start_workflow(Bare.run, id=f"bare-{number}", task_queue=QUEUE)
        for update in range(updates):
            await handle.execute_update(Bare.command, update)

    return live


async def rate(live: Live, numbers: range, at_once: int) -> float:
    """Return how many lives a second are lived, so many at once."""
    room = asyncio.Semaphore(at_once)

    async def one(number: int) -> None:
        async with room:
            await live(number)

    began = time.perf_counter()
    await asyncio.gather(*map(one, numbers))
    return len(numbers) / (time.perf_counter() - began)


async def measure(given: argparse.Namespace, report: Report) -> None:
    """Import lives and give updates in turns, and tell what came of it."""
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(
            state_dir=Path(folder),
            port=0,
            ui_port=0,
            database_url=f"sqlite:///{Path(folder) / 'imports.db'}",
        )
        async with bootstrap.embedded_engine(settings) as running:
            client = await Client.connect(running.record.address)
            lives, rounds = Lives(running), list[tuple[float, float]]()
            async with worker(client):
                updating = bare(client, lives.commands)
                for first in itertools.islice(itertools.count(0, given.lives), given.rounds):
                    numbers = range(first, first + given.lives)
                    other = await rate(updating, numbers, given.at_once)
                    rounds.append((await rate(lives.live, numbers, given.at_once), other))
    ours, other = (statistics.median(some) for some in zip(*rounds, strict=True))
    who = f"{given.lives} lives, {given.at_once} at once"
    report.begin(_BARE, "a second")
    said = [f"{lives.commands} commands each, {ours * lives.commands:.0f} commands a second"]
    report.tell(f"lives imported: {who}", ours, other, said)


def main() -> None:
    """Read the options, and measure."""
    parser = options(__doc__)
    parser.add_argument("--lives", type=int, default=30, help="how many in a round")
    parser.add_argument("--at-once", type=int, default=10, help="how many at the same time")
    given = parser.parse_args()
    configure_logging("console", "error")
    report = Report(given)
    asyncio.run(measure(given, report))
    report.end()


if __name__ == "__main__":
    main()
