"""Rows of programmes with many cooperations, made up at once and the same for a seed."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

from sqlalchemy import insert

from coopflow.domain.alerts import SEVERITIES
from coopflow.readmodel.database import Database
from coopflow.readmodel.outlines import NEVER, alerted, levelled, searched, sorted_by
from coopflow.readmodel.tables import (
    AlertRow,
    Base,
    CooperationRow,
    DueRow,
    OutlineRow,
    PassageRow,
    RoleRow,
    TaskRow,
)

Rows = dict[type[Base], list[dict[str, Any]]]

NOW = datetime(2026, 11, 26, 9, tzinfo=UTC)
STAGES = ("impulsion", "structuration", "animation")
CONDITIONS = ("agenda", "measurement", "support")
TITLES = ("École", "ecole", "Zèbre", "été", "Bocage", "Île-de-France", "50% bio", "a_b", "Bocage")


def rows_of(programme: str, number: int, seed: int = 1) -> Rows:
    """Return the rows of a programme with so many cooperations."""
    random = Random(f"{programme} {seed}")  # noqa: S311 - the same each time
    found: Rows = {
        table: []
        for table in (CooperationRow, OutlineRow, AlertRow, RoleRow, TaskRow, DueRow, PassageRow)
    }
    for one in range(number):
        _add(found, random, programme, f"coop-{one}")
    return found


def _add(found: Rows, random: Random, programme: str, slug: str) -> None:
    key = {"cooperation_id": f"{programme}/{slug}"}
    since = NOW - timedelta(days=random.randint(1, 400), seconds=random.randint(-2, 3))
    codes = random.sample(sorted(SEVERITIES), random.choice((0, 0, 1, 1, 2, 3)))
    levels = {name: random.randint(0, 4) for name in CONDITIONS}
    title = random.choice(TITLES)
    territory = random.choice(("Vallée", "Côte d'Or", "vallee", "Marais"))
    holder = random.choice((None, "org-1", "org-2"))
    due = random.choice((None, NOW + timedelta(days=random.randint(-3, 60))))
    shared = {
        "programme": programme,
        "slug": slug,
        "lifecycle": random.choice(("impact-collectif@1", "impact-collectif@2")),
        "policy": random.choice(("reference@1", "light@1")),
        "status": random.choice(("active", "active", "active", "paused", "closing", "closed")),
        "stage": random.choice(STAGES),
        "stage_since": since,
    }
    found[CooperationRow].append(
        key
        | shared
        | {
            "title": title,
            "territory": territory,
            "issue": "?",
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
            "active_members": 3,
            "last_plenary_at": None,
            "seq": 1,
            "as_of": since,
        }
    )
    outline: dict[str, Any] = (
        key
        | shared
        | {
            "title": sorted_by(title),
            **searched(title, territory, slug),
            "territory": territory,
            **levelled(levels),
            **alerted(codes),
            "holder": holder or "",
            "disagreements": random.choice((0, 0, 1, 2)),
            "due_at": due or NEVER,
        }
    )
    for short, long in (("brief", "levels"), ("sought", "searched")):
        if not random.randrange(4):  # as if it were long
            outline |= {short: "", long: outline[short]}
    if not random.randrange(4):  # as a worker of before the column would write it
        outline["urgent"] = ""
    found[OutlineRow].append(outline)
    for code in codes:
        alert = {"code": code, "about": "it", "severity": SEVERITIES[code], "since": since}
        found[AlertRow].append(key | alert)
    for role in ("facilitator", "observer"):
        holding = {"role": role, "about": "", "alternate": False, "counts": True}
        found[RoleRow].append(key | holding | {"person": f"person-{random.randint(1, 4)}"})
    for number in range(random.randint(0, 3)):
        begins = NOW - timedelta(days=random.randint(-5, 90))
        found[TaskRow].append(
            key
            | {
                "person": random.choice(("", "person-1", "person-2", "person-3")),
                "kind": random.choice(("answer", "sign_charter", "open_review")),
                "about": f"thing-{number}",
                "organisation": random.choice(("", "org-1", "org-2")),
                "programme": programme,
                "role": "representative",
                "command": "cast_ballot",
                "subject": "it",
                "payload": {},
                "entrusted": [],
                "begins_at": begins,
                "due_at": random.choice((None, begins + timedelta(days=14))),
            }
        )
        found[DueRow].append(
            key
            | {
                "kind": random.choice(("decision_closes", "document_expires")),
                "about": f"thing-{number}",
                "programme": programme,
                "subject": "it",
                "organisation": "",
                "at": NOW + timedelta(days=random.randint(-20, 60)),
            }
        )
    for number in range(random.randint(0, 2)):
        seconds = random.randint(0, 400 * 86_400)
        found[PassageRow].append(
            key
            | {
                "seq": number + 1,
                "programme": programme,
                "stage": random.choice(STAGES),
                "next_stage": shared["stage"],
                "since": since - timedelta(seconds=seconds),
                "until": since,
                "seconds": seconds,
            }
        )


async def fill(database: Database, rows: Rows) -> None:
    """Put the rows into a database that has its tables."""
    async with database.writing() as connection:
        for table, some in rows.items():
            if some:
                await connection.execute(insert(table), some)
