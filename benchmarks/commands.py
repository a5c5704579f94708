"""How many commands a second a platform carries out, and how long each takes.

    .venv/bin/python benchmarks/commands.py [--cooperations 1 10 100] [--callers 50] [--rounds 3]

On an embedded server: commands through the Python client, their entries written into a read model
of SQLite meanwhile. The yardstick is a bare workflow on the same server, whose one update does
nothing, asked by as many callers in turns with ours in the same run. The server and both workers
share this machine, so figures drift: the ratio is what compares.
"""

from __future__ import annotations

import argparse
import asyncio
import itertools
import statistics
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import Final, NamedTuple

from bare_workflow import Bare
from temporalio.client import Client
from temporalio.worker import PollerBehaviorSimpleMaximum, Worker

from coopflow import bootstrap
from coopflow.application.engine import Address
from coopflow.definitions.library import load_definition
from coopflow.settings import Settings
from coopflow.telemetry import configure_logging

_QUEUE: Final = "bare"
_AT_ONCE: Final = 8
_OPENING_AT_ONCE: Final = 20

Give = Callable[[int], Awaitable[object]]
"""Gives one command to the cooperation of a number."""


class Figure(NamedTuple):
    """What a round came to: commands per second, and how long they took, in milliseconds."""

    rate: float
    p50: float
    p95: float
    p99: float


async def asked(give: Give, cooperations: int, callers: int, seconds: float) -> Figure:
    """Let callers give one command after the other for a while, each to the next cooperation."""
    numbers, taken = itertools.count(), []
    began = time.perf_counter()

    async def call() -> None:
        while time.perf_counter() - began < seconds:
            sent = time.perf_counter()
            await give(next(numbers) % cooperations)
            taken.append((time.perf_counter() - sent) * 1000)

    await asyncio.gather(*(call() for _ in range(callers)))
    rate = len(taken) / (time.perf_counter() - began)
    cuts = statistics.quantiles(taken, n=100, method="inclusive")
    return Figure(rate, cuts[49], cuts[94], cuts[98])


async def _each(count: int, give: Give) -> None:
    room = asyncio.Semaphore(_OPENING_AT_ONCE)

    async def one(number: int) -> None:
        async with room:
            await give(number)

    await asyncio.gather(*(one(number) for number in range(count)))


@asynccontextmanager
async def bare(client: Client, count: int) -> AsyncIterator[Give]:
    """Run so many bare workflows and a worker of them for the length of a block."""
    worker = Worker(
        client,
        task_queue=_QUEUE,
        workflows=[Bare],
        workflow_task_poller_behavior=PollerBehaviorSimpleMaximum(maximum=_AT_ONCE),
        max_concurrent_workflow_tasks=_AT_ONCE,
        max_cached_workflows=max(1000, count),
        sticky_queue_schedule_to_start_timeout=timedelta(seconds=2),
    )
    async with worker:
        handles = [client.get_workflow_handle(f"bare-{n}") for n in range(count)]

        async def begin(number: int) -> None:
            await client.start_workflow(Bare.run, id=f"bare-{number}", task_queue=_QUEUE)

        async def give(number: int) -> None:
            await handles[number].execute_update(Bare.command, number)

        await _each(count, begin)
        yield give


async def opened(running: bootstrap.Running, count: int) -> Give:
    """Open so many cooperations, and return what gives one of them a command."""
    definition = load_definition("impact-collectif", "reference")
    addresses = [Address("valley", f"coop-{number}") for number in range(count)]

    async def begin(number: int) -> None:
        programme, cooperation = addresses[number]
        opening = {
            "command": "open_cooperation",
            "actor": "maud",
            "programme": programme,
            "cooperation": cooperation,
            "title": "A cooperation",
            "issue": "An issue",
            "territory": "Somewhere",
            "lifecycle": "impact-collectif",
            "policy": "reference",
            "facilitator": "fay",
        }
        await running.engine.open(definition, opening, ["programme_manager"])

    async def give(number: int) -> None:
        pulse = {"command": "record_pulse", "score": 4, "answers": 2, "asked": 3, "actor": "fay"}
        await running.engine.execute(addresses[number], pulse)

    await _each(count, begin)
    return give


def middle(rounds: Sequence[Figure]) -> Figure:
    """Return the medians of some rounds."""
    return Figure(*(statistics.median(one) for one in zip(*rounds, strict=True)))


def report(name: str, ours: Figure, other: Figure) -> None:
    """Print what was measured with so many cooperations and callers."""
    print(f"{name:44} {ours.rate:10.2f} {other.rate:10.2f} {ours.rate / other.rate:7.2f}")
    for quantile in ("p50", "p95", "p99"):
        own, bare_one = getattr(ours, quantile), getattr(other, quantile)
        print(f"    {quantile} {own:.1f} ms, bare {bare_one:.1f} ms, ratio {own / bare_one:.2f}")
    sys.stdout.flush()


async def measure(counts: Sequence[int], callers: int, rounds: int, seconds: float) -> None:
    """Measure with each number of cooperations, by one caller and by many."""
    configure_logging("console", "error")
    for count in counts:
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
                    give = await opened(running, count)
                    for crowd in sorted({1, min(callers, 50 * count)}):
                        own, others = [], []
                        for _ in range(rounds):
                            others.append(await asked(give_bare, count, crowd, seconds))
                            own.append(await asked(give, count, crowd, seconds))
                        name = f"{count} cooperations, {crowd} callers"
                        report(name, middle(own), middle(others))


def main() -> None:
    """Read the options, and measure."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--cooperations", type=int, nargs="+", default=[1, 10, 100, 500])
    parser.add_argument("--callers", type=int, default=50, help="how many at once, beside one")
    parser.add_argument("--rounds", type=int, default=3, help="of each, in turns")
    parser.add_argument("--seconds", type=float, default=5.0, help="how long a round is")
    options = parser.parse_args()
    version = sys.version.split()[0]
    print(
        f"Python {version}, {options.rounds} rounds of {options.seconds:g} s, medians; yardstick:"
    )
    print(f"{'a bare workflow, commands per second':44} {'coopflow':>10} {'bare':>10} {'ratio':>7}")
    asyncio.run(measure(options.cooperations, options.callers, options.rounds, options.seconds))


if __name__ == "__main__":
    main()
