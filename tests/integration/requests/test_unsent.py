from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from coopflow.application.engine import Address
from coopflow.readmodel.database import Database
from coopflow.requests.tables import UnsentTextRow
from coopflow.requests.unsent import KEPT, MAX_BYTES, MAX_TEXTS, Place, UnsentText, UnsentTexts
from coopflow.sealing.texts import TextSeals
from tests.temporal_engine import KEYS

NOW = datetime(2026, 3, 1, 9, tzinfo=UTC)
HERE, THERE = Address("valdore", "bocage"), Address("valdore", "marais")
PAIRS = (("purpose", "Feed canteens"), ("principles.0", "é"), ("principles.0", "twice"))


def place(person: str = "ada", address: Address = HERE, form: str = "document:charter") -> Place:
    return Place(person, address, form)


@pytest.fixture
def unsent(database: Database) -> UnsentTexts:
    return UnsentTexts(database, TextSeals(lambda: KEYS))


async def test_what_was_typed_is_found_again_as_it_was(unsent: UnsentTexts) -> None:
    """The last that was kept; it is one for each person, cooperation and form."""
    assert await unsent.keep(place(), [("purpose", "before")], NOW) == "kept"
    later = NOW + timedelta(minutes=1)
    assert await unsent.keep(place(), PAIRS, later) == "kept"
    assert await unsent.find(place(), later) == UnsentText(pairs=PAIRS, saved_at=later)
    assert await unsent.find(place("zoe"), later) is None
    assert await unsent.find(place(address=THERE), later) is None
    assert await unsent.find(place(form="document:roadmap"), later) is None


async def test_nobody_reads_it_in_the_database(unsent: UnsentTexts, database: Database) -> None:
    """It is encrypted, and is not read at another place than its own."""
    await unsent.keep(place(), PAIRS, NOW)
    async with database.reading() as connection:
        content = (await connection.execute(select(UnsentTextRow.content))).scalar_one()
    assert "canteens" not in content


async def test_what_nobody_touches_is_gone_after_a_while(
    unsent: UnsentTexts, database: Database
) -> None:
    """It is not found any more, and goes from the table when something else is kept."""
    await unsent.keep(place(), PAIRS, NOW)
    assert await unsent.find(place(), NOW + KEPT - timedelta(seconds=1)) is not None
    assert await unsent.find(place(), NOW + KEPT) is None
    await unsent.keep(place("zoe"), PAIRS, NOW + KEPT)
    async with database.reading() as connection:
        people = (await connection.execute(select(UnsentTextRow.person))).scalars().all()
    assert people == ["zoe"]


async def test_what_is_sent_or_not_wanted_any_more_is_let_go(unsent: UnsentTexts) -> None:
    """And nothing else; letting go twice does no harm."""
    await unsent.keep(place(), PAIRS, NOW)
    await unsent.keep(place(form="do:open_review"), PAIRS, NOW)
    await unsent.discard(place())
    await unsent.discard(place())
    assert await unsent.find(place(), NOW) is None
    assert await unsent.find(place(form="do:open_review"), NOW) is not None


async def test_there_are_limits(unsent: UnsentTexts) -> None:
    """To how large a text is, and to how many one person has; what is there may still change."""
    assert await unsent.keep(place(), [("a", "x" * MAX_BYTES)], NOW) == "too_large"
    for number in range(MAX_TEXTS):
        assert await unsent.keep(place(form=f"f{number}"), PAIRS, NOW) == "kept"
    assert await unsent.keep(place(form="more"), PAIRS, NOW) == "too_many"
    assert await unsent.keep(place(form="f0"), PAIRS, NOW) == "kept"
    assert await unsent.keep(place("zoe", form="more"), PAIRS, NOW) == "kept"


async def test_the_limit_holds_for_those_who_type_in_two_windows(unsent: UnsentTexts) -> None:
    """Of several that come at once at the limit a single one is kept."""
    for number in range(MAX_TEXTS - 1):
        await unsent.keep(place(form=f"f{number}"), PAIRS, NOW)
    found = await asyncio.gather(
        *(unsent.keep(place(form=f"more{number}"), PAIRS, NOW) for number in range(4))
    )
    assert sorted(found) == ["kept", "too_many", "too_many", "too_many"]


async def test_nothing_is_left_of_somebody_who_is_erased(unsent: UnsentTexts) -> None:
    """In some cooperations, or anywhere; what others typed stays."""
    await unsent.keep(place(), PAIRS, NOW)
    await unsent.keep(place(address=THERE), PAIRS, NOW)
    await unsent.keep(place("zoe"), PAIRS, NOW)
    await unsent.forget("ada", ())
    assert await unsent.find(place(), NOW) is not None
    await unsent.forget("ada", [HERE])
    assert await unsent.find(place(), NOW) is None
    assert await unsent.find(place(address=THERE), NOW) is not None
    await unsent.forget("ada", None)
    assert await unsent.find(place(address=THERE), NOW) is None
    assert await unsent.find(place("zoe"), NOW) is not None
