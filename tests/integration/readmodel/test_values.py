"""What members write comes back as it was, from either database."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import select

from coopflow.domain.base import MAX_TEXT_BYTES
from coopflow.readmodel.database import Database
from coopflow.readmodel.projector import Projector
from coopflow.readmodel.queries import Queries
from coopflow.readmodel.statements import upsert
from coopflow.readmodel.tables import JournalRow
from tests.integration.readmodel.contents import contents
from tests.integration.readmodel.lives import Collective

VALUES = {
    "not in the order of the alphabet": {"z": 1, "é": 2, "a": 3, "Z": 4, "": 5},
    "more than 64 bits": [2**63, -(2**63) - 1, 10**40],
    "fractions": [0.1, 1e-300, 1e300, -0.0],
    "NUL and other controls": "a\0b\x1b\x7f\u2028",
    "beyond the first plane": "𝄞 👩🏽‍🌾",
    "not composed": "e\u0301 \u00e9",
    "SQL": "'); DROP TABLE journal; -- %s :x {} \\",
    "nothing": [None, [], {}, "", False],
    "long": "é" * 500_000,
}


@pytest.mark.parametrize("value", VALUES.values(), ids=VALUES)
async def test_json_comes_back_as_it_was(value: Any, database: Database) -> None:
    """Order, size and every character are kept."""
    entry = {"cooperation_id": "demo/verger", "seq": 1, "at": datetime(2026, 1, 1, tzinfo=UTC)}
    async with database.writing() as connection:
        dialect = connection.dialect.name
        row = entry | {"type": "t", "data": {"value": value}}
        await connection.execute(upsert(JournalRow, dialect), row)
    async with database.reading() as connection:
        found = (await connection.execute(select(JournalRow.data))).scalar_one()
    assert json.dumps(found) == json.dumps({"value": value})


@pytest.mark.parametrize("letter", ["a", "é", "𝄞", "'"])
async def test_the_longest_texts_are_held(letter: str, database: Database) -> None:
    """Title, territory and issue may each be as long as text may be."""
    longest = letter * (MAX_TEXT_BYTES // len(letter.encode()))
    verger = Collective(title=longest, territory=longest, issue=longest)
    await Projector(database).apply(*verger.address, verger.entries)
    shown = await Queries(database).cooperation(verger.address)
    assert {shown.title, shown.territory, shown.issue} == {longest}


@pytest.mark.parametrize(
    "at", ["1900-01-01T00:00:00Z", "2026-03-29T01:30:00.000001Z", "2999-12-31T23:59:59.999999Z"]
)
async def test_instants_come_back_to_the_microsecond(at: str, database: Database) -> None:
    """Neither the ends of the calendar nor the hours that clocks skip change an instant."""
    instant = datetime.fromisoformat(at)
    verger = Collective(members=0)
    (first, *_) = verger.entries
    await Projector(database).apply(*verger.address, [first.but(at=instant)])
    (row,) = (await contents(database))["journal"]
    assert (row["at"], row["at"].tzinfo) == (instant, UTC)
    shown = await Queries(database).cooperation(verger.address)
    assert shown.opened_at == shown.as_of == instant
