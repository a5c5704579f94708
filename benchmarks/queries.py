"""How long questions to the read model take, and how they grow with the number of cooperations.

    .venv/bin/python benchmarks/queries.py [--cooperations 1000 10000 100000] [--only portfolio]

Programmes of these sizes are made up as rows, in a file of SQLite and on a server of PostgreSQL,
each thrown away afterwards. Each question is asked of all sizes in turns, and in turns with the
same SQL by itself: the statements that it came to, on the same pool of connections, whose rows are
fetched and not made into anything. Of each question two ratios are told: how long it takes with the
most cooperations beside how long with the fewest; and beside the same SQL, at the size where it is
worst.
"""

from __future__ import annotations

import argparse
import asyncio
import statistics
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import AsyncExitStack, ExitStack
from datetime import timedelta
from functools import partial
from typing import Any, Final, NamedTuple

from databases import KINDS, databases
from filling import LIVED, NOW, PROGRAMME, filled
from reporting import Goal, Report, options
from sqlalchemy import event

from coopflow.readmodel.database import Database
from coopflow.readmodel.narrowing import Below, PortfolioFilter
from coopflow.readmodel.queries import Queries
from coopflow.readmodel.views import PortfolioPlace

_SAME_SQL: Final = "the same SQL by itself"
_FLAT: Final = Goal(at_most=1.5)
_PAGE: Final = 41  # as the pages ask: one more than they show
_LATER: Final = PortfolioPlace("Forêts", NOW - timedelta(days=90), NOW + timedelta(days=30), "coop")
_COUNTS: Final = "a count goes through all of an index: it grows with the number, as its SQL does"
_SEEKS: Final = "what is sought may be anywhere: an index is gone through until a page is full"
_GROWS: Final[Mapping[str, str]] = {
    "portfolio: counts": _COUNTS,
    "portfolio: counts, filters": _COUNTS,
    "portfolio: levels by stage": _COUNTS,
    "portfolio: times in stages": _COUNTS,
    "portfolio: few match": _SEEKS,
}

Ask = Callable[[], Awaitable[Any]]


class Recorder:
    """Keeps the statements that are asked of a database, and asks them again by themselves.

    Attributes:
        kept: the statements that were asked last, with their parameters.
        rows: how many rows they have together, once they were asked by themselves.
    """

    def __init__(self, database: Database) -> None:
        """Listen to a database."""
        self.kept: list[tuple[str, Any]] = []
        self.rows = 0
        self._database = database
        self._is_listening = False
        engine = database._engine.sync_engine  # noqa: SLF001 - there is no other way to listen
        event.listen(engine, "before_cursor_execute", self._keep)

    def _keep(self, *given: Any) -> None:
        _, _, statement, parameters, *_ = given
        if self._is_listening and statement.startswith(("SELECT", "WITH")):  # not that it begins
            self.kept.append((statement, parameters))

    async def timed(self, ask: Ask) -> float:
        """Return how many milliseconds it takes to ask something, and keep what is asked."""
        self.kept, self._is_listening = [], True
        begin = time.perf_counter()
        await ask()
        self._is_listening = False
        return (time.perf_counter() - begin) * 1000

    async def timed_bare(self) -> float:
        """Return how many milliseconds the same takes, fetched and not made into anything."""
        self.rows = 0
        begin = time.perf_counter()
        async with self._database.reading() as connection:
            for statement, parameters in self.kept:
                found = await connection.exec_driver_sql(statement, parameters)
                self.rows += len(found.fetchall())
        return (time.perf_counter() - begin) * 1000


class World(NamedTuple):
    """A programme of so many cooperations, and what is asked of it."""

    size: int
    recorder: Recorder
    questions: Mapping[str, Ask]


def questions(queries: Queries) -> dict[str, Ask]:
    """Return what is asked, by name."""
    rare = PortfolioFilter(status="living", alert="guard_failing", holder="org-7", stuck_days=90)
    low = PortfolioFilter(below=Below("support", 1), severity="red")
    dues = partial(queries.dues, PROGRAMME, NOW, begin=NOW, end=NOW + timedelta(days=28))

    def portfolio(only: PortfolioFilter | None = None, **more: Any) -> Ask:
        wanted = only or PortfolioFilter()
        return lambda: queries.portfolio(PROGRAMME, NOW, only=wanted, limit=_PAGE, **more)

    return {
        "portfolio: first page": portfolio(),
        "portfolio: later page": portfolio(after=_LATER),
        "portfolio: below a level, red": portfolio(low),
        "portfolio: few match": portfolio(rare),
        "portfolio: longest in their stage": portfolio(order="stage_since"),
        "portfolio: due first, later page": portfolio(order="due_at", after=_LATER),
        "portfolio: what is due": lambda: dues(limit=_PAGE),
        "portfolio: what waits": lambda: queries.waiting(PROGRAMME, NOW, limit=_PAGE),
        "portfolio: for whom it waits": lambda: queries.waited_for(PROGRAMME, NOW, limit=12),
        "portfolio: counts": lambda: queries.portfolio_counts(PROGRAMME, NOW),
        "portfolio: counts, filters": lambda: queries.portfolio_counts(PROGRAMME, NOW, only=low),
        "portfolio: levels by stage": lambda: queries.levels_by_stage(PROGRAMME, NOW),
        "portfolio: times in stages": lambda: queries.stage_times(PROGRAMME, NOW),
        "inbox: what awaits a person": lambda: queries.tasks("person-7", NOW, limit=_PAGE),
        "inbox: what a person answered": lambda: queries.answers("fabien", limit=_PAGE),
        "inbox: cooperations of a person": lambda: queries.cooperations(
            involving="person-7", limit=_PAGE
        ),
        "cooperation": lambda: queries.cooperation(LIVED),
        "cooperation: journal": lambda: queries.journal(LIVED, 60, _PAGE),
        "cooperation: decisions": lambda: queries.decisions(LIVED),
        "cooperation: members": lambda: queries.members(LIVED),
    }


async def measured(worlds: Sequence[World], name: str, rounds: int) -> list[tuple[float, float]]:
    """Ask a question of all sizes in turns; return the medians of ours and of the bare SQL."""
    for world in worlds:
        await world.questions[name]()  # what is found once and kept
    taken: list[list[tuple[float, float]]] = [[] for _ in worlds]
    for _ in range(rounds):
        for world, found in zip(worlds, taken, strict=True):
            ours = await world.recorder.timed(world.questions[name])
            found.append((ours, await world.recorder.timed_bare()))
    return [
        (statistics.median(ours for ours, _ in found), statistics.median(bare for _, bare in found))
        for found in taken
    ]


def tell(
    report: Report, what: str, worlds: Sequence[World], name: str, found: list[tuple[float, float]]
) -> None:
    """Tell of one question how it grows, and how it stands beside its SQL."""
    sizes = [world.size for world in worlds]
    grows = [_GROWS[name]] if name in _GROWS else []
    (few, few_bare), (many, many_bare) = found[0], found[-1]
    report.begin(f"the same at {sizes[0]:,} cooperations", "ms")
    by_sql = f"its SQL by itself {many_bare / max(few_bare, 0.001):.2f} times"
    said = f"{what}, from {sizes[0]:,} to {sizes[-1]:,}"
    report.tell(said, many, few, [by_sql, *grows], _FLAT)
    size, (ours, bare) = max(zip(sizes, found, strict=True), key=lambda one: one[1][0] / one[1][1])
    others = ", ".join(
        f"at {at:,} {mine:.1f} ms and {other:.1f}"
        for at, (mine, other) in zip(sizes, found, strict=True)
    )
    asked = worlds[-1].recorder
    statements = (
        f"what is more is making {len(asked.kept)} statements, "
        f"and of {asked.rows} rows instants, JSON and checked models"
    )
    report.begin(_SAME_SQL, "ms")
    report.tell(f"{what}, beside its SQL at {size:,}", ours, bare, [statements, others], _FLAT)


async def measure(given: argparse.Namespace, report: Report, kind: str) -> None:
    """Measure on one kind of database."""
    sizes = sorted(given.cooperations)
    with ExitStack() as places:
        new = places.enter_context(databases(kind))
        urls = {size: new() for size in sizes}
        for size, url in urls.items():
            begin = time.perf_counter()
            await filled(url, size)
            print(f"{kind}: {size:,} made in {time.perf_counter() - begin:.1f} s", flush=True)
        async with AsyncExitStack() as stack:
            worlds = []
            for size, url in urls.items():
                database = Database(url)
                stack.push_async_callback(database.close)
                worlds.append(World(size, Recorder(database), questions(Queries(database))))
            for name in worlds[0].questions:
                if given.only in name:
                    found = await measured(worlds, name, given.rounds)
                    tell(report, f"{kind}, {name}", worlds, name, found)


def main() -> None:
    """Read the options, and measure."""
    parser = options(__doc__, rounds=15)
    parser.add_argument("--cooperations", type=int, nargs="+", default=[1_000, 10_000, 100_000])
    parser.add_argument("--only", default="", help="those questions whose names hold this")
    parser.add_argument("--on", nargs="+", choices=KINDS, default=KINDS, help="kinds of databases")
    given = parser.parse_args()
    report = Report(given)
    for kind in given.on:
        asyncio.run(measure(given, report, kind))
    report.end()


if __name__ == "__main__":
    main()
