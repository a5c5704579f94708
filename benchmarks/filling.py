"""A programme of many cooperations, made up as rows: plausible, at once, and the same each time."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import islice
from typing import Any, Final

from core import EXAMPLE, life_of
from sqlalchemy import Connection, Engine, Table, TextClause, create_engine, insert, make_url, text

from coopflow.application.engine import Address
from coopflow.definitions.library import find, load_definition
from coopflow.definitions.scenario import load_scenario
from coopflow.domain.alerts import SEVERITIES
from coopflow.domain.events import Entry
from coopflow.domain.rulebook import Definition
from coopflow.domain.state import Cooperation
from coopflow.readmodel.database import Database
from coopflow.readmodel.journal import journal_row
from coopflow.readmodel.migrate import migrate
from coopflow.readmodel.outlines import alerted, levelled, searched, sorted_by
from coopflow.readmodel.registry import register
from coopflow.readmodel.rows import decision_row, document_row
from coopflow.readmodel.tables import (
    ActionRow,
    AlertRow,
    Base,
    CooperationRow,
    DecisionRow,
    DocumentRow,
    DueRow,
    JournalRow,
    LevelsRow,
    MemberRow,
    OutlineRow,
    PassageRow,
    RoleRow,
    TaskRow,
)

PROGRAMME: Final = "valdore"
NOW: Final = datetime.now(UTC)
LIVED: Final = Address(PROGRAMME, "coop-0")
"""A cooperation that has a journal."""

_AT_ONCE: Final = 1000  # those of which all others are copies, each with its own people
_PEOPLE: Final = 300
_LIVED: Final = 100  # each of so many has a journal
_ENTRIES: Final = 120
_CODES: Final = sorted(SEVERITIES)
_TERRITORIES: Final = [f"Vallée {number}" for number in range(300)]
_SUBJECTS: Final = ("Cantines", "Vergers", "École", "Mobilité", "Forêts", "Énergie", "Accueil")

Row = dict[str, Any]
Rows = dict[type[Base], list[Row]]


async def filled(url: str, number: int) -> None:
    """Make the tables in an empty database, and the programme: some cooperations, and copies.

    Args:
        url: of the database, which nobody uses yet.
        number: how many cooperations, up to 1,000 or a multiple of it.
    """
    definition = load_definition("impact-collectif", "reference")
    database = Database(url)
    try:
        await migrate(database)
        async with database.writing() as connection:
            await register(connection, LIVED, NOW, (definition,))
    finally:
        await database.close()
    engine = _engine(url)
    try:
        with engine.begin() as transaction:
            _fill(transaction, number, definition)
        if engine.dialect.name == "postgresql":  # it does so by itself, in time; SQLite never
            with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as alone:
                alone.exec_driver_sql("VACUUM ANALYZE")
    finally:
        engine.dispose()


def _engine(url: str) -> Engine:
    """Return what writes without the care that is taken of what people said."""
    read = make_url(url)
    compact = partial(json.dumps, ensure_ascii=False, separators=(",", ":"))
    if read.get_backend_name() == "postgresql":
        read = read.set(drivername="postgresql+psycopg")
        return create_engine(read, json_serializer=compact)
    engine = create_engine(read, json_serializer=compact)
    with engine.connect() as connection:
        for pragma in ("journal_mode=OFF", "synchronous=OFF", "cache_size=-400000"):
            connection.exec_driver_sql(f"PRAGMA {pragma}")
    return engine


def _fill(connection: Connection, number: int, definition: Definition) -> None:
    rows: Rows = {}
    for kind, row in _cooperations(min(number, _AT_ONCE), definition):
        rows.setdefault(kind, []).append(row)
    copies = number // _AT_ONCE
    for one in sorted(rows, key=lambda one: one.__tablename__):
        table = one.__table__
        assert isinstance(table, Table)  # noqa: S101 - all are
        # Made at once in the end: much faster than row by row. The narrow ones come last, as when
        # tables are brought up to date: of indexes that serve alike, SQLite takes the latest.
        indexes = sorted(table.indexes, key=lambda one: (-len(one.columns), str(one.name)))
        for index in indexes:
            index.drop(connection)
        connection.execute(insert(one), rows[one])
        if copies > 1:
            connection.execute(_copied(one), {"copies": copies - 1})
        for index in indexes:
            index.create(connection)


def _copied(table: type[Base]) -> TextClause:
    """Return what copies all rows of a table, under other ids and titles, for other people."""
    names = [column.name for column in table.written()]
    marked = {"cooperation_id": "~", "slug": "~", "title": " ~", "person": "~", "actor": "~"}
    if table is not CooperationRow and table is not OutlineRow:
        marked.pop("title")  # of an action it says something else
    told = [f"{one} || '{marked[one]}' || n" if one in marked else f'"{one}"' for one in names]
    quoted = ", ".join(f'"{one}"' for one in names)
    return text(
        f'INSERT INTO "{table.__tablename__}" ({quoted}) '  # noqa: S608 - names of ours
        "WITH RECURSIVE number(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM number "
        f'WHERE n < :copies) SELECT {", ".join(told)} FROM "{table.__tablename__}", number '
        "ORDER BY 1, 2"
    )


def _cooperations(number: int, definition: Definition) -> Iterator[tuple[type[Base], Row]]:
    """Yield the rows of so many cooperations; the same each time."""
    chance = random.Random(7)  # noqa: S311 - the same each time
    state, journal = life_of(load_scenario(find("examples", EXAMPLE))).lived()
    for one in range(number):
        slug = f"coop-{one}"
        yield from _one(chance, slug, definition)
        if one % _LIVED == 0:
            yield from _lived(Address(PROGRAMME, slug), state, journal)


def _lived(
    address: Address, state: Cooperation, journal: tuple[Entry, ...]
) -> Iterator[tuple[type[Base], Row]]:
    """Yield the rows of what a cooperation has lived through."""
    key = {"cooperation_id": str(address)}
    for entry in islice(journal, _ENTRIES):
        yield JournalRow, journal_row(address, entry)
    for decision in state.decisions.values():
        yield DecisionRow, key | decision_row(decision)
    for versions in state.documents.values():
        for document in versions:
            yield DocumentRow, key | document_row(document)


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
            **levelled(levels),
            **alerted(codes),
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
    yield RoleRow, {**key, **holding, "person": f"person-{chance.randrange(_PEOPLE)}"}
    for number in range(3):
        organisation, person = f"org-{number}", f"person-{chance.randrange(_PEOPLE)}"
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
