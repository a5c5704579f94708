"""How fast the read model catches up once a database that was away is back.

    .venv/bin/python benchmarks/catching_up.py [--entries 100000] [--rounds 5]

Cooperations have gone on while nothing could be written: each has 100 entries to hand out, which
come as workflows send them, as JSON in one batch, so many batches at a time as a worker takes. The
projector stores the entries, brings all rows up to date, and keeps notices and feed. The yardstick
is the same rows of the journal alone, inserted batch by batch, as many at a time, on the same
database in turns with ours: a file of SQLite, and a server of PostgreSQL that lets what is written
outlive a power cut.
"""

from __future__ import annotations

import argparse
import asyncio
import statistics
import time
from collections.abc import Awaitable, Callable, Iterable
from typing import Any, Final

from core import EXAMPLE, life_of
from databases import KINDS, databases
from reporting import Report, options
from sqlalchemy import insert

from coopflow.application.engine import Address
from coopflow.definitions.library import find
from coopflow.definitions.scenario import load_scenario
from coopflow.domain.chain import GENESIS, linked
from coopflow.domain.events import Entry
from coopflow.readmodel.database import Database
from coopflow.readmodel.journal import journal_row
from coopflow.readmodel.migrate import migrate
from coopflow.readmodel.projector import Projector
from coopflow.readmodel.tables import JournalRow
from coopflow.settings import Settings
from coopflow.telemetry import configure_logging
from coopflow.temporal.delivery import MAX_BATCH
from coopflow.temporal.messages import ProjectBatch

_BEFORE: Final = 10  # entries that a cooperation had handed out when the database went away
_AT_ONCE: Final = Settings().worker_deliveries

Write = Callable[[int], Awaitable[object]]
"""Writes the batch of the cooperation of a number."""


def lives(journal: tuple[Entry, ...], number: int) -> tuple[tuple[Entry, ...], tuple[Entry, ...]]:
    """Return what a cooperation has handed out, and what it has still to hand out."""
    opened = journal[0].event.but(programme="valley", cooperation=_slug(number))
    mine = linked([journal[0].but(event=opened), *journal[1:]], GENESIS, _slug(number))
    return mine[:_BEFORE], mine[_BEFORE : _BEFORE + MAX_BATCH]


def _slug(number: int) -> str:
    return f"coop-{number}"


async def each(numbers: Iterable[int], write: Write) -> tuple[float, float]:
    """Write the batches of cooperations; return the seconds of all, and of the slowest one."""
    room, slowest = asyncio.Semaphore(_AT_ONCE), 0.0

    async def one(number: int) -> None:
        nonlocal slowest
        async with room:
            began = time.perf_counter()
            await write(number)
            slowest = max(slowest, time.perf_counter() - began)

    began = time.perf_counter()
    await asyncio.gather(*(one(number) for number in numbers))
    return time.perf_counter() - began, slowest


class Outage:
    """Cooperations that have entries to hand out to a database."""

    def __init__(self, database: Database, cooperations: int) -> None:
        """Let so many cooperations live."""
        _, journal = life_of(load_scenario(find("examples", EXAMPLE))).lived()
        self._database, self._projector = database, Projector(database)
        self._before: list[str] = []
        self._batches: list[str] = []
        self._rows: list[list[dict[str, Any]]] = []
        for number in range(cooperations):
            before, entries = lives(journal[: _BEFORE + MAX_BATCH], number)
            self._before.append(_batch(number, before))
            self._batches.append(_batch(number, entries))
            bare = Address("bare", _slug(number))
            self._rows.append([journal_row(bare, entry) for entry in entries])

    async def begin(self) -> None:
        """Let each have handed out what it had before."""
        await each(range(len(self._before)), lambda number: self._apply(self._before[number]))

    async def hand_out(self, number: int) -> None:
        """Hand out what a cooperation has, to the projector."""
        await self._apply(self._batches[number])

    async def insert(self, number: int) -> None:
        """Insert the same rows of the journal, and nothing else."""
        async with self._database.writing() as connection:
            await connection.execute(insert(JournalRow), self._rows[number])

    async def _apply(self, payload: str) -> None:
        batch = ProjectBatch.model_validate_json(payload)
        await self._projector.apply(batch.programme, batch.cooperation, batch.entries)


def _batch(number: int, entries: tuple[Entry, ...]) -> str:
    batch = ProjectBatch(programme="valley", cooperation=_slug(number), entries=entries)
    return batch.model_dump_json()


async def measure(given: argparse.Namespace, report: Report, kind: str, url: str) -> None:
    """Measure on one database."""
    cooperations = max(given.entries // MAX_BATCH, given.rounds)
    database = Database(url)
    try:
        await migrate(database)
        outage = Outage(database, cooperations)
        await outage.begin()
        own, others, whole, slowest = list[float](), list[float](), 0.0, 0.0
        for first in range(given.rounds):
            some = range(first, cooperations, given.rounds)
            seconds, _ = await each(some, outage.insert)
            others.append(len(some) * MAX_BATCH / seconds)
            seconds, slow = await each(some, outage.hand_out)
            own.append(len(some) * MAX_BATCH / seconds)
            whole, slowest = whole + seconds, max(slowest, slow)
        report.begin("rows of the journal alone, inserted", "entries/s")
        entries = cooperations * MAX_BATCH
        notes = [
            f"{entries:,} entries of {cooperations:,} cooperations in {whole:.0f} s",
            f"{_AT_ONCE} batches at a time, of which the slowest took {slowest:.1f} s",
        ]
        ours, other = statistics.median(own), statistics.median(others)
        report.tell(f"catching up, {kind}", ours, other, notes)
    finally:
        await database.close()


def main() -> None:
    """Read the options, and measure."""
    parser = options(__doc__, rounds=5)
    parser.add_argument("--entries", type=int, default=100_000, help="that wait, of all together")
    parser.add_argument("--on", nargs="+", choices=KINDS, default=KINDS, help="kinds of databases")
    given = parser.parse_args()
    configure_logging("console", "error")
    report = Report(given)
    for kind in given.on:
        with databases(kind, durable=True) as new:
            asyncio.run(measure(given, report, kind, new()))
    report.end()


if __name__ == "__main__":
    main()
