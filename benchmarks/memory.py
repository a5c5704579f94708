"""How much memory a worker takes for each cooperation that it holds.

    .venv/bin/python benchmarks/memory.py [--cooperations 1000 5000] [--rounds N]

Each is measured in a process of its own, which opens so many cooperations on an embedded server,
holds all of them, and says by how much it grew. The yardstick is a process that does the same with
bare workflows, which hold nothing.
"""

from __future__ import annotations

import argparse
import asyncio
import gc
import resource
import statistics
import subprocess
import sys
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Final

from commands import Cooperations, address_of, bare, each
from reporting import Goal, Report, options
from temporalio.client import Client

from coopflow import bootstrap
from coopflow.settings import Settings
from coopflow.telemetry import configure_logging

_KINDS: Final = ("cooperations", "bare")


def held() -> int:
    """Return how many bytes this process holds now."""
    gc.collect()
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * resource.getpagesize()


@asynccontextmanager
async def _running(count: int) -> AsyncIterator[bootstrap.Running]:
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(
            state_dir=Path(folder),
            port=0,
            ui_port=0,
            database_url=f"sqlite:///{Path(folder) / 'memory.db'}",
            worker_cached=count + 1,
        )
        async with bootstrap.embedded_engine(settings) as running:
            yield running


async def grown(kind: str, count: int) -> tuple[int, int]:
    """Return by how many bytes this process grows for so many, and what the state of one takes."""
    async with _running(count) as running:
        # What is loaded when the first one comes is not counted.
        if kind == "cooperations":
            cooperations = Cooperations(running)
            await cooperations.open(1)
            await cooperations.give(0)
            before = held()
            await cooperations.open(count, first=1)
            await each(count, lambda number: cooperations.give(number + 1))
            await asyncio.sleep(1)
            kept = (await running.engine.journal_head(address_of(1))).bytes
            return held() - before, kept
        client = await Client.connect(running.record.address)
        async with bare(client, 1) as give:
            await give(0)
            before = held()
        async with bare(client, count, first=1) as give:
            await each(count, give)
            return held() - before, 0


def measured(kind: str, count: int) -> tuple[int, int]:
    """Return what a process of its own says."""
    command = [sys.executable, __file__, "--child", kind, "--cooperations", str(count)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 - this very program
    if done.returncode:
        raise SystemExit(done.stderr)
    grew, kept = done.stdout.split()
    return int(grew), int(kept)


def tell(report: Report, count: int, rounds: int) -> None:
    """Measure with so many cooperations, and tell."""
    found = [[measured(kind, count) for kind in _KINDS] for _ in range(rounds)]
    ours, other = (
        statistics.median(grew for grew, _ in some) / count / 1024
        for some in zip(*found, strict=True)
    )
    kept = found[0][0][1]
    notes = [f"its state, with what waits to be handed out, is {kept / 1024:.1f} KB as JSON"]
    report.tell(f"{count} cooperations held", ours, other, notes, Goal(at_most=2))


def main() -> None:
    """Measure, and print a table; or be one of the processes that are measured."""
    parser = options(__doc__, rounds=1)
    parser.add_argument("--cooperations", type=int, nargs="+", default=[1000, 5000])
    parser.add_argument("--child", choices=_KINDS, help=argparse.SUPPRESS)
    given = parser.parse_args()
    configure_logging("console", "error")
    if given.child:
        print(*asyncio.run(grown(given.child, given.cooperations[0])))
        return
    report = Report(given)
    report.begin("a bare workflow, which holds nothing", "KB each")
    for count in given.cooperations:
        tell(report, count, given.rounds)
    report.end()


if __name__ == "__main__":
    main()
