from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import insert, select

from coopflow.domain.chain import GENESIS, digest_of
from coopflow.domain.events import Entry
from coopflow.readmodel.chronicle import Chronicle, Narrowing
from coopflow.readmodel.database import Database
from coopflow.readmodel.projector import Projector
from coopflow.readmodel.tables import JournalRow
from tests.integration.readmodel.lives import Life


@pytest.fixture
async def bocage(bocage: Life) -> Life:
    """Its journal with the digests that hold it together."""
    before, linked = GENESIS, list[Entry]()
    for entry in bocage[1]:
        linked.append(entry.but(previous=before))
        before = digest_of(linked[-1])
    return bocage[0], tuple(linked)


@pytest.fixture
async def chronicle(bocage: Life, database: Database) -> Chronicle:
    await Projector(database).apply(*bocage[0], bocage[1])
    return Chronicle(database)


async def test_the_latest_come_first_page_by_page(bocage: Life, chronicle: Chronicle) -> None:
    """A page goes on before the number of the last one."""
    address, entries = bocage
    first = await chronicle.latest(address, limit=3)
    second = await chronicle.latest(address, before=first[-1].seq, limit=3)
    whole = len(entries)
    assert [one.seq for one in (*first, *second)] == list(range(whole, whole - 6, -1))
    assert await chronicle.latest(address, before=1) == ()


async def test_entries_are_narrowed(bocage: Life, chronicle: Chronicle) -> None:
    """To types, to who caused them, to what came by itself, to a while: half-open."""
    address, entries = bocage

    async def seqs(**asked: Any) -> list[int]:
        found = await chronicle.latest(address, Narrowing(**asked), limit=1000)
        return [one.seq for one in reversed(found)]

    types = {"meeting_recorded", "minutes_published"}
    assert await seqs(types=types) == [one.seq for one in entries if one.event.type in types]
    actor = next(one.by for one in entries if one.by)
    assert await seqs(actor=actor) == [one.seq for one in entries if one.by == actor]
    assert await seqs(actor="") == [one.seq for one in entries if one.by is None]
    middle = entries[len(entries) // 2].at
    assert await seqs(since=middle) == [one.seq for one in entries if one.at >= middle]
    assert await seqs(until=middle) == [one.seq for one in entries if one.at < middle]
    assert await seqs(types=()) == []


async def test_what_is_about_one_thing_is_found(bocage: Life, chronicle: Chronicle) -> None:
    """Oldest first; votes that are entrusted for a while are about any decision."""
    address, entries = bocage
    found = await chronicle.about(address, "decision", "vision-1")
    assert [one.seq for one in found] == [
        one.seq
        for one in entries
        if getattr(one.event, "decision", "") == "vision-1"
        or (one.event.type == "ballot_delegated" and getattr(one.event, "decision", "") is None)
    ]
    assert {one.type for one in await chronicle.about(address, "review", "year-1")} >= {
        "review_opened",
        "review_closed",
    }
    only = await chronicle.about(address, "decision", "vision-1", ("decision_opened",))
    assert [one.type for one in only] == ["decision_opened"]


async def test_however_much_is_about_one_thing_all_of_it_is_found(
    bocage: Life, chronicle: Chronicle, database: Database
) -> None:
    """What was decided is made out from it, and has to be made out from the whole."""
    address, entries = bocage
    before = await chronicle.about(address, "meeting", "plenary-1")
    assert before
    copied = select(JournalRow.__table__).where(JournalRow.cooperation_id == str(address))
    async with database.writing() as connection:
        row = (await connection.execute(copied.where(JournalRow.seq == before[0].seq))).mappings()
        one = dict(row.one())
        more = [one | {"seq": len(entries) + number} for number in range(1, 3001)]
        await connection.execute(insert(JournalRow), more)
    assert len(await chronicle.about(address, "meeting", "plenary-1")) == len(before) + 3000


async def test_an_entry_is_found_by_its_number_with_its_digest(
    bocage: Life, chronicle: Chronicle
) -> None:
    """That of the last one is worked out, that of others is kept by the next."""
    address, entries = bocage
    for entry in (entries[0], entries[-1]):
        found = await chronicle.entry(address, entry.seq)
        assert found is not None
        assert found.type == entry.event.type
        assert await chronicle.digest(address, entry.seq) == digest_of(entry)
    assert await chronicle.entry(address, len(entries) + 1) is None
    assert await chronicle.digest(address, len(entries) + 1) is None


async def test_who_caused_entries_is_listed_once(bocage: Life, chronicle: Chronicle) -> None:
    """By id; what was due by itself has nobody."""
    address, entries = bocage
    assert await chronicle.actors(address) == tuple(sorted({one.by for one in entries if one.by}))


async def test_another_cooperation_has_nothing_of_it(bocage: Life, chronicle: Chronicle) -> None:
    """Nor one that is not there."""
    address, entries = bocage
    other = address._replace(cooperation="another")
    assert await chronicle.latest(other) == ()
    assert await chronicle.actors(other) == ()
    assert await chronicle.entry(other, entries[0].seq) is None
