"""How long the questions and the pages of a large portfolio take.

    .venv/bin/python benchmarks/pages.py [--cooperations 100000] [--rounds 7] [--database URL]

A programme is made up as rows, plausible and at once, in a database that is thrown away (a file of
SQLite unless another one is named, which has to be empty). Each question is asked as the read model
asks it; the yardstick is the same SQL without anything of ours, on a bare connection in the same
run: the ratio to it compares, the milliseconds say what a person would wait. Of each page the
yardstick is all the SQL that it asks.
"""

from __future__ import annotations

import argparse
import asyncio
import random
import sqlite3
import statistics
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from types import SimpleNamespace
from typing import Any, Final, NamedTuple, cast

import httpx
from fastapi import Request
from sqlalchemy import TextClause, event, insert, make_url, text

from coopflow.application.callers import Caller
from coopflow.application.engine import Address
from coopflow.definitions.library import load_definition
from coopflow.directory.directory import Directory
from coopflow.directory.saved_views import SavedViews
from coopflow.domain.alerts import SEVERITIES
from coopflow.domain.rulebook import Definition
from coopflow.entrypoints.web.app import pages
from coopflow.outgoing.mail.queue import MailQueue
from coopflow.outgoing.mail.reminders import Reminders
from coopflow.readmodel.database import Database
from coopflow.readmodel.migrate import migrate
from coopflow.readmodel.narrowing import Below, PortfolioFilter
from coopflow.readmodel.outlines import brief, searched, sorted_by, words
from coopflow.readmodel.queries import Queries
from coopflow.readmodel.registry import Registry, register
from coopflow.readmodel.tables import (
    ActionRow,
    AlertRow,
    Base,
    CooperationRow,
    DueRow,
    LevelsRow,
    MemberRow,
    OutlineRow,
    PassageRow,
    RoleRow,
    TaskRow,
)
from coopflow.services import Services

PROGRAMME: Final = "valdore"
NOW: Final = datetime.now(UTC)
_AT_ONCE: Final = 2000
_CODES: Final = sorted(SEVERITIES)
_TERRITORIES: Final = [f"Vallée {number}" for number in range(300)]
_SUBJECTS: Final = ("Cantines", "Vergers", "École", "Mobilité", "Forêts", "Énergie", "Accueil")

Row = dict[str, Any]


class Figure(NamedTuple):
    """How long something takes, in milliseconds, and what the SQL in it takes by itself.

    ``busy`` is the time of the processor: on a machine that does other work too, it is what holds.
    """

    name: str
    ours: float
    bare: float
    statements: int
    busy: float


# --- a programme of rows --------------------------------------------------------------------------


def cooperations(number: int, definition: Definition) -> Iterator[dict[type[Base], list[Row]]]:
    """Yield the rows of so many cooperations, some at a time; the same each time."""
    chance = random.Random(7)  # noqa: S311 - the same each time
    for first in range(0, number, _AT_ONCE):
        found: dict[type[Base], list[Row]] = {}
        for one in range(first, min(first + _AT_ONCE, number)):
            for table, row in _one(chance, f"coop-{one}", definition):
                found.setdefault(table, []).append(row)
        yield found


def _one(
    chance: random.Random, slug: str, definition: Definition
) -> Iterator[tuple[type[Base], Row]]:
    key = {"cooperation_id": f"{PROGRAMME}/{slug}"}
    stages = [one["id"] for one in definition.lifecycle["stages"]]
    at = min(int(chance.expovariate(0.7)), len(stages) - 1)
    days = int(chance.expovariate(1 / 150))
    since = NOW - timedelta(days=days, seconds=chance.randrange(86_400))
    # Levels grow with the stage, and seldom differ much: that is what makes few combinations.
    conditions = [one["id"] for one in definition.policy["conditions"]]
    levels = {one: min(max(at + chance.choice((-1, 0, 0, 1)), 0), 4) for one in conditions}
    codes = chance.sample(_CODES, chance.choices((0, 1, 2, 3), (55, 30, 10, 5))[0])
    title = f"{chance.choice(_SUBJECTS)} de {chance.choice(_TERRITORIES)} n° {slug[5:]}"
    territory = chance.choice(_TERRITORIES)
    holder = f"org-{chance.randrange(400)}" if chance.randrange(5) else None
    due_at = NOW + timedelta(days=chance.expovariate(1 / 40))
    shared = {
        "programme": PROGRAMME,
        "slug": slug,
        "lifecycle": definition.lifecycle_name,
        "policy": definition.policy_name,
        "status": chance.choices(("active", "paused", "closing", "closed"), (84, 4, 2, 10))[0],
        "stage": stages[at],
        "stage_since": since,
    }
    yield (
        CooperationRow,
        {
            **key,
            **shared,
            "title": title,
            "territory": territory,
            "issue": "Ce qui est cultivé ici n'est pas mangé ici. " * 6,
            "opened_at": since,
            "levels": levels,
            "floor": None,
            "floor_since": None,
            "clocks": {},
            "reservations": [],
            "advice": [],
            "verdict_gate": None,
            "verdict": None,
            "verdict_at": None,
            "mandate_holder": holder,
            "mandate_ends_on": None,
            "secured_until": None,
            "active_members": 9,
            "last_plenary_at": since,
            "seq": 200,
            "as_of": NOW,
        },
    )
    yield (
        OutlineRow,
        {
            **key,
            **shared,
            "title": sorted_by(title),
            **searched(title, territory, slug),
            "territory": territory,
            "levels": words(levels),
            "brief": brief(words(levels)),
            "alerts": words(frozenset(codes)),
            "holder": holder or "",
            "disagreements": chance.choices((0, 1, 2), (85, 10, 5))[0],
            "due_at": due_at,
        },
    )
    yield LevelsRow, {**key, "seq": 9, "at": NOW - timedelta(days=200), "levels": levels}
    for code in codes:
        alert = {"code": code, "about": "it", "severity": SEVERITIES[code], "since": since}
        yield AlertRow, {**key, **alert}
    yield from _beside(chance, key, stages[:at], since, due_at)


def _beside(
    chance: random.Random, key: Row, before: list[str], since: datetime, due_at: datetime
) -> Iterator[tuple[type[Base], Row]]:
    """Yield what stands beside a cooperation: people, tasks, what is due, stays in stages."""
    holding = {"role": "facilitator", "about": "", "alternate": False, "counts": True}
    yield RoleRow, {**key, **holding, "person": f"person-{chance.randrange(2000)}"}
    for number in range(3):
        organisation, person = f"org-{number}", f"person-{chance.randrange(2000)}"
        member = {"id": organisation, "name": organisation, "category": "association"}
        stands = {"college": None, "status": "active", "status_since": since, "moved_at": since}
        speaks = {"joined_at": since, "representative": person, "alternate": None, "profile": {}}
        yield MemberRow, {**key, **member, **stands, **speaks}
        task = {"kind": "answer", "about": f"decision-{number}", "organisation": organisation}
        command = {"role": "representative", "command": "cast_ballot", "payload": {}}
        told = {"programme": PROGRAMME, "subject": "On se voit en juin ?", "entrusted": []}
        begins = NOW - timedelta(days=chance.expovariate(1 / 12))
        until = {"begins_at": begins, "due_at": begins + timedelta(days=14)}
        yield TaskRow, {**key, **task, **command, **told, **until, "person": person}
        action = {"id": f"action-{number}", "title": "Semer", "objective": "o", "owner": "org-1"}
        plan: Row = {"contributors": [], "start": None, "due": due_at.date(), "status": "open"}
        yield ActionRow, {**key, **action, **plan, "is_open": True}
        at = due_at + timedelta(days=number * 9)
        due = {"kind": "action_due", "about": f"action-{number}", "subject": "Semer"}
        yield DueRow, {**key, **due, "programme": PROGRAMME, "organisation": "org-1", "at": at}
    for number, stage in enumerate(before):
        seconds = int(chance.expovariate(1 / (200 * 86_400)))
        stay = {"stage": stage, "next_stage": "next", "since": since, "until": since}
        yield (
            PassageRow,
            {
                **key,
                **stay,
                "seq": number,
                "programme": PROGRAMME,
                "seconds": seconds,
            },
        )


async def fill(database: Database, number: int) -> None:
    """Make the programme: some cooperations, and copies of them that the database makes itself."""
    definition = load_definition("impact-collectif", "reference")
    copies = max(number // _AT_ONCE, 1)
    tables: set[type[Base]] = set()
    async with database.writing() as connection:
        await register(connection, Address(PROGRAMME, "coop-0"), NOW, (definition,))
    async with database.writing() as connection:
        for some in cooperations(min(number, _AT_ONCE), definition):
            for table, rows in some.items():
                await connection.execute(insert(table), rows)
            tables |= some.keys()
        if copies > 1:
            for table in sorted(tables, key=lambda one: one.__tablename__):
                await connection.execute(_copied(table), {"copies": copies - 1})
    engine = database._engine  # noqa: SLF001 - no transaction may be open
    if engine.dialect.name == "postgresql":  # it does so by itself, in time; SQLite never
        async with engine.connect() as connection:
            await connection.execution_options(isolation_level="AUTOCOMMIT")
            await connection.exec_driver_sql("VACUUM ANALYZE")


def _copied(table: type[Base]) -> TextClause:
    """Return what copies all rows of a table, under other ids and titles."""
    names = [column.name for column in table.__table__.columns]
    marked = {"cooperation_id": "~", "slug": "~", "title": " ~"}
    if table is not CooperationRow and table is not OutlineRow:
        marked.pop("title")  # of an action it says something else
    told = [f"{one} || '{marked[one]}' || n" if one in marked else f'"{one}"' for one in names]
    quoted = ", ".join(f'"{one}"' for one in names)
    return text(
        f'INSERT INTO "{table.__tablename__}" ({quoted}) '  # noqa: S608 - names of ours
        "WITH RECURSIVE number(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM number "
        f'WHERE n < :copies) SELECT {", ".join(told)} FROM "{table.__tablename__}", number'
    )


# --- measuring ------------------------------------------------------------------------------------


class Recorder:
    """Keeps the statements that are asked of a database, and asks them again without ours."""

    def __init__(self, database: Database, url: str) -> None:
        """Listen to a database."""
        self.kept: list[tuple[str, Any]] = []
        self._url = make_url(url)
        engine = database._engine.sync_engine  # noqa: SLF001 - there is no other way to listen
        event.listen(engine, "before_cursor_execute", self._keep)

    def _keep(self, *given: Any) -> None:
        _, _, statement, parameters, *_ = given
        if statement.lstrip().upper().startswith(("SELECT", "WITH")):
            self.kept.append((statement, parameters))

    def bare(self, statements: list[tuple[str, Any]]) -> float:
        """Return how many milliseconds statements take on a bare connection."""
        if self._url.get_backend_name() == "sqlite":
            with closing(sqlite3.connect(str(self._url.database))) as connection:
                return _timed(connection.execute, statements)
        import psycopg  # noqa: PLC0415 - of an extra

        told = self._url.set(drivername="postgresql").render_as_string(hide_password=False)
        with psycopg.connect(told, options="-c timezone=UTC") as connection:
            return _timed(connection.execute, statements)


def _timed(execute: Callable[..., Any], statements: list[tuple[str, Any]]) -> float:
    begin = time.perf_counter()
    for statement, parameters in statements:
        execute(statement, parameters).fetchall()
    return (time.perf_counter() - begin) * 1000


async def measured(
    name: str, ask: Callable[[], Awaitable[Any]], recorder: Recorder, rounds: int
) -> Figure:
    """Ask a question so many times, in turns with the same SQL by itself."""
    await ask()  # what is found once and kept
    ours, bare, busy = [], [], []
    for _ in range(rounds):
        recorder.kept = []
        begin, worked = time.perf_counter(), time.process_time()
        await ask()
        ours.append((time.perf_counter() - begin) * 1000)
        busy.append((time.process_time() - worked) * 1000)
        bare.append(recorder.bare(list(recorder.kept)))
    figure = statistics.median(ours), statistics.median(bare), len(recorder.kept)
    return Figure(name, *figure, statistics.median(busy))


def questions(queries: Queries) -> dict[str, Callable[[], Awaitable[Any]]]:
    """Return what is asked, by name."""
    living = PortfolioFilter(status="living")
    rare = PortfolioFilter(status="living", alert="guard_failing", holder="org-7", stuck_days=90)
    low = PortfolioFilter(below=Below("support", 1), severity="red")
    dues = partial(queries.dues, PROGRAMME, NOW, begin=NOW, end=NOW + timedelta(days=28), limit=41)

    def portfolio(only: PortfolioFilter, **more: Any) -> Callable[[], Awaitable[Any]]:
        return lambda: queries.portfolio(PROGRAMME, NOW, only=only, limit=41, **more)

    return {
        "list": portfolio(PortfolioFilter()),
        "list, few match": portfolio(rare),
        "list, below a level, red": portfolio(low),
        "list, text": portfolio(PortfolioFilter(text="forets vallee 12")),
        "list, facilitator": portfolio(PortfolioFilter(facilitator="person-7")),
        "longest in their stage": portfolio(living, order="stage_since"),
        "due first": portfolio(living, order="due_at"),
        "counts": lambda: queries.portfolio_counts(PROGRAMME, NOW),
        "counts, filters": lambda: queries.portfolio_counts(PROGRAMME, NOW, only=low),
        "levels by stage": lambda: queries.levels_by_stage(PROGRAMME, NOW),
        "levels, filters": lambda: queries.levels_by_stage(PROGRAMME, NOW, only=low),
        "time in stages": lambda: queries.stage_times(PROGRAMME, NOW),
        "time in stages, filters": lambda: queries.stage_times(PROGRAMME, NOW, only=low),
        "due": dues,
        "due, filters": partial(dues, only=low),
        "waiting": lambda: queries.waiting(PROGRAMME, NOW, limit=41),
        "waited for, people": lambda: queries.waited_for(PROGRAMME, NOW, limit=12),
        "waited for, filters": lambda: queries.waited_for(PROGRAMME, NOW, only=low, limit=12),
    }


def site(database: Database) -> httpx.AsyncClient:
    """Return a client of the pages, who manages the programme."""
    directory = Directory(database)
    mails = MailQueue(database, directory)
    parts = SimpleNamespace(
        queries=Queries(database),
        registry=Registry(database),
        directory=directory,
        views=SavedViews(database),
        reminders=Reminders(database, mails, directory, is_on=True),
    )
    roles = {PROGRAMME: ("programme_manager",)}
    caller = Caller(name="person:ines", person="ines", roles=roles)

    async def authenticate(_: Request) -> Caller:
        return caller

    app = pages(cast("Services", parts), authenticate=authenticate)
    transport = httpx.ASGITransport(app=app)
    return httpx.AsyncClient(transport=transport, base_url="http://here", timeout=60)


async def measure(database: Database, url: str, rounds: int, only: str) -> None:
    """Measure all questions and pages whose names hold a text, and print each."""
    recorder = Recorder(database, url)
    asked = questions(Queries(database))
    async with site(database) as client:

        def page(query: str) -> Callable[[], Awaitable[Any]]:
            async def ask() -> None:
                answer = await client.get(f"/p/{PROGRAMME}/portfolio?{query}")
                answer.raise_for_status()

            return ask

        for view in ("list", "stages", "heat", "stuck", "due", "waiting", "times"):
            asked[f"page: {view}"] = page(f"view={view}")
        low = "below=support:1&severity=red&order=stage_since"
        asked["page: list, filters"] = page(low)
        asked["page: heat, living"] = page("view=heat&status=living")
        asked["page: times, living"] = page("view=times&status=living")
        asked["page: times, filters"] = page(f"view=times&{low}")
        asked["page: waiting, living"] = page("view=waiting&status=living")
        asked["page: text, few match"] = page("text=vallee+12+n")
        asked["page: text, all match"] = page("text=vallee")
        asked["page: text, none matches"] = page("text=nulle+part")
        print(f"{'yardstick: the same SQL by itself':34} {'ms':>9} {'SQL ms':>9} {'ratio':>7}")
        for name, ask in asked.items():
            if only in name:
                report(await measured(name, ask, recorder, rounds))


def report(one: Figure) -> None:
    """Print what was measured."""
    ratio = one.ours / max(one.bare, 0.001)
    print(f"{one.name:34} {one.ours:9.2f} {one.bare:9.2f} {ratio:7.2f}")
    said = f"statements: {one.statements}, the processor is busy for {one.busy:.2f} ms"
    print(f"    {said}", flush=True)


async def run(number: int, rounds: int, url: str | None, only: str) -> None:
    """Make a programme, and measure."""
    with tempfile.TemporaryDirectory() as folder:
        where = url or f"sqlite:///{Path(folder) / 'pages.db'}"
        database = Database(where)
        try:
            await migrate(database)
            begin = time.perf_counter()
            await fill(database, number)
            print(f"{number} cooperations made in {time.perf_counter() - begin:.1f} s", flush=True)
            await measure(database, where, rounds, only)
        finally:
            await database.close()


def main() -> int:
    """Measure the portfolio."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--cooperations", type=int, default=10_000, help="how many there are")
    parser.add_argument("--rounds", type=int, default=7, help="of each question")
    parser.add_argument("--database", help="the URL of another one, which is empty")
    parser.add_argument("--only", default="", help="those whose names hold this")
    given = parser.parse_args()
    asyncio.run(run(given.cooperations, given.rounds, given.database, given.only))
    return 0


if __name__ == "__main__":
    sys.exit(main())
