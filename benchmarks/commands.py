"""How many commands a second a platform carries out, and how long each takes.

    .venv/bin/python benchmarks/commands.py [--cooperations 1 10 100] [--callers 50] [--rounds 3]

On an embedded server: commands through the Python client, what they come to written into a read
model of SQLite meanwhile. The yardstick is a bare workflow on the same server, whose one update
does nothing, asked by as many callers in turns with ours in the same run. Server, both workers and
callers share this machine, so figures drift: the ratio is what compares. Then, under the same load,
how many events each command adds to a history, and how long after its reply a reader of the read
model sees what a command came to.
"""

from __future__ import annotations

import argparse
import asyncio
import itertools
import statistics
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import Final, NamedTuple

from bare_workflow import QUEUE, Bare, worker
from reporting import Goal, Report, options
from temporalio.client import Client

from coopflow import bootstrap
from coopflow.application.engine import Address, Reply
from coopflow.definitions.library import load_definition
from coopflow.settings import Settings
from coopflow.telemetry import configure_logging
from coopflow.temporal import names
from coopflow.temporal.client import TemporalEngine
from coopflow.temporal.delivery import LINGER

_OPENING_AT_ONCE: Final = 20
BARE: Final = "a bare workflow with one update that does nothing"
_DEMANDED: Final = (100, 50)  # cooperations and callers by which the goals are set
WARM_SECONDS: Final = 3.0
"""What a round before those that count lasts at most."""

_LOOK_EVERY: Final = 0.02
_MARGIN: Final = timedelta(seconds=2)
_FEWEST: Final = 2  # without two there are no quantiles
_LAGS: Final = 20  # fewer say nothing about the slowest of a hundred

Give = Callable[[int], Awaitable[object]]
"""Gives one command to the cooperation of a number."""


class Figure(NamedTuple):
    """What a round came to: commands per second, how long they took in milliseconds, how many."""

    rate: float
    p50: float
    p95: float
    p99: float
    given: int


async def asked(give: Give, cooperations: int, callers: int, seconds: float) -> Figure:
    """Let callers give one command after the other for a while, each to the next cooperation."""
    numbers, taken = itertools.count(), list[float]()
    began = time.perf_counter()

    async def call() -> None:
        while time.perf_counter() - began < seconds or len(taken) < _FEWEST:
            sent = time.perf_counter()
            await give(next(numbers) % cooperations)
            taken.append((time.perf_counter() - sent) * 1000)

    await asyncio.gather(*(call() for _ in range(callers)))
    rate = len(taken) / (time.perf_counter() - began)
    cuts = statistics.quantiles(taken, n=100, method="inclusive")
    return Figure(rate, cuts[49], cuts[94], cuts[98], len(taken))


async def each(count: int, give: Give) -> None:
    """Do something for each of so many cooperations, some at a time."""
    room = asyncio.Semaphore(_OPENING_AT_ONCE)

    async def one(number: int) -> None:
        async with room:
            await give(number)

    await asyncio.gather(*(one(number) for number in range(count)))


@asynccontextmanager
async def bare(client: Client, count: int, first: int = 0) -> AsyncIterator[Give]:
    """Run so many bare workflows, from a number on, and a worker for the length of a block."""
    async with worker(client, count):
        handles = [client.get_workflow_handle(_bare_id(first + n)) for n in range(count)]

        async def begin(number: int) -> None:
            await client.start_workflow(Bare.run, id=_bare_id(first + number), task_queue=QUEUE)

        async def give(number: int) -> None:
            await handles[number].execute_update(Bare.command, number)

        await each(count, begin)
        yield give


def _bare_id(number: int) -> str:
    return f"bare-{number}"


def address_of(number: int) -> Address:
    """Return where the cooperation of a number lives."""
    return Address("valley", f"coop-{number}")


def pulse() -> dict[str, object]:
    """Return the command that is given."""
    return {"command": "record_pulse", "score": 4, "answers": 2, "asked": 3, "actor": "fay"}


async def open_cooperation(engine: TemporalEngine, address: Address) -> None:
    """Open a cooperation there."""
    opening = {
        "command": "open_cooperation",
        "actor": "maud",
        "programme": address.programme,
        "cooperation": address.cooperation,
        "title": "A cooperation",
        "issue": "An issue",
        "territory": "Somewhere",
        "lifecycle": "impact-collectif",
        "policy": "reference",
        "facilitator": "fay",
    }
    definition = load_definition("impact-collectif", "reference")
    await engine.open(definition, opening, ["programme_manager"])


class Cooperations:
    """Cooperations that are given commands, and a reader who looks when it sees what came of them.

    Attributes:
        lags: the seconds from a reply to when the reader saw it; of some of them.
    """

    def __init__(self, running: bootstrap.Running) -> None:
        """Use an engine and its read model."""
        self._running = running
        self._looking: asyncio.Task[None] | None = None
        self.lags: list[float] = []

    async def open(self, count: int, first: int = 0) -> None:
        """Open so many, those from a number on."""

        async def begin(number: int) -> None:
            await open_cooperation(self._running.engine, address_of(first + number))

        await each(count, begin)

    async def give(self, number: int) -> None:
        """Give a command to the cooperation of a number."""
        address = address_of(number)
        reply = await self._running.engine.execute(address, pulse())
        if not isinstance(reply, Reply):
            raise TypeError(str(reply))
        if self._looking is None or self._looking.done():
            self._looking = asyncio.create_task(self._look(address, reply.seq_to))

    async def _look(self, address: Address, seq: int) -> None:
        replied = time.perf_counter()
        # By asking alone, as a page would.
        while (await self._running.queries.cooperation(address)).seq < seq:  # noqa: ASYNC110
            await asyncio.sleep(_LOOK_EVERY)
        self.lags.append(time.perf_counter() - replied)


async def lengths(client: Client, ids: Sequence[str]) -> int:
    """Return how many events the histories of some workflows hold, those of ended runs too."""
    total = 0
    for one in ids:
        run: str | None = None
        while True:
            handle = client.get_workflow_handle(one, run_id=run)
            total += (await handle.describe()).history_length
            async for event in handle.fetch_history_events(page_size=1):
                run = event.workflow_execution_started_event_attributes.continued_execution_run_id
                break
            if not run:
                break
    return total


def middle(rounds: Sequence[Figure]) -> Figure:
    """Return the medians of some rounds."""
    rate, p50, p95, p99, _ = (statistics.median(one) for one in zip(*rounds, strict=True))
    return Figure(rate, p50, p95, p99, sum(one.given for one in rounds))


def tell(report: Report, count: int, callers: int, ours: Figure, other: Figure) -> None:
    """Tell what was measured with so many cooperations and callers."""
    who = f"{count} cooperations, {callers} callers"
    report.begin(BARE, "a second")
    goal = Goal(at_least=0.85) if (count, callers) == _DEMANDED else None
    report.tell(f"commands: {who}", ours.rate, other.rate, [f"{ours.given} commands"], goal)
    report.begin(BARE, "ms")
    slow = f"p95 {ours.p95:.1f} ms and {other.p95:.1f}, p99 {ours.p99:.1f} and {other.p99:.1f}"
    goal = Goal(at_most=1.2) if callers == 1 else None
    report.tell(f"p50: {who}", ours.p50, other.p50, [slow], goal)


async def measure(given: argparse.Namespace, report: Report, count: int) -> None:
    """Measure with a number of cooperations, by one caller and by many."""
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(
            state_dir=Path(folder),
            port=0,
            ui_port=0,
            database_url=f"sqlite:///{Path(folder) / 'commands.db'}",
        )
        async with bootstrap.embedded_engine(settings) as running:
            client = await Client.connect(running.record.address)
            async with bare(client, count) as give_bare:
                cooperations = Cooperations(running)
                await cooperations.open(count)
                ids = [names.workflow_id(address_of(number)) for number in range(count)]
                bare_ids = [_bare_id(number) for number in range(count)]
                for callers in sorted({1, min(given.callers, 50 * count)}):
                    own, others = list[Figure](), list[Figure]()
                    for give in (give_bare, cooperations.give):
                        await asked(give, count, callers, min(WARM_SECONDS, given.seconds))
                    cooperations.lags.clear()
                    before = await lengths(client, ids), await lengths(client, bare_ids)
                    for _ in range(given.rounds):
                        others.append(await asked(give_bare, count, callers, given.seconds))
                        own.append(await asked(cooperations.give, count, callers, given.seconds))
                    tell(report, count, callers, middle(own), middle(others))
                    await asyncio.sleep((LINGER + _MARGIN).total_seconds())  # all is handed out
                    after = await lengths(client, ids), await lengths(client, bare_ids)
                    events, bare_events = (
                        (late - early) / sum(one.given for one in rounds)
                        for early, late, rounds in zip(before, after, (own, others), strict=True)
                    )
                    report.begin(BARE, "events")
                    who = f"{count} cooperations, {callers} callers"
                    goal = Goal(at_most=1.3) if (count, callers) == _DEMANDED else None
                    said = f"in a history: {who}"
                    notes = [f"{after[0] - before[0]} events"]
                    report.tell(said, events, bare_events, notes, goal)
        lags = cooperations.lags
        if len(lags) >= _LAGS:
            report.begin("the goal, one second", "s")
            slowest = statistics.quantiles(lags, n=100, method="inclusive")[98]
            notes = [f"p50 {statistics.median(lags):.2f} s, of {len(lags)} replies"]
            said = f"p99 until a reader sees it: {count} cooperations"
            report.tell(said, slowest, 1.0, notes, Goal(at_most=1.0))


def main() -> None:
    """Read the options, and measure."""
    parser = options(__doc__)
    parser.add_argument("--cooperations", type=int, nargs="+", default=[1, 10, 100, 500])
    parser.add_argument("--callers", type=int, default=50, help="how many at once, beside one")
    parser.add_argument("--seconds", type=float, default=5.0, help="how long a round is")
    given = parser.parse_args()
    configure_logging("console", "error")
    report = Report(given)
    for count in given.cooperations:
        asyncio.run(measure(given, report, count))
    report.end()


if __name__ == "__main__":
    main()
