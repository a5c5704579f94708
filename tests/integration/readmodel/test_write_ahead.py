from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy import update

from coopflow.application.engine import Address
from coopflow.domain.chain import GENESIS, linked
from coopflow.readmodel import journal
from coopflow.readmodel.awaited import AwaitedReadModel
from coopflow.readmodel.database import Database
from coopflow.readmodel.errors import DatabaseUnavailableError, JournalConflictError
from coopflow.readmodel.feed import BEGINNING, Feed
from coopflow.readmodel.migrate import migrate
from coopflow.readmodel.news import News
from coopflow.readmodel.projector import Projector
from coopflow.readmodel.tables import SnapshotRow
from tests.integration.readmodel.contents import contents
from tests.integration.readmodel.lives import Collective, Life


async def test_several_cooperations_at_once_lead_to_the_rows_that_each_leads_to(
    bocage: Life, cap_jeunes: Life, database: Database, new_database: Callable[[], str]
) -> None:
    """Two lives written ahead, side by side, leave the tables as writing one after the other."""
    other = Database(new_database())
    await migrate(other)
    ahead, alone = Projector(database), Projector(other)
    lives = dict(sorted((bocage, cap_jeunes)))
    for address, entries in lives.items():
        await ahead.apply(*address, entries[:1])
        await alone.apply(*address, entries[:1])
    for first in range(1, max(map(len, lives.values())), 9):
        parts = {one: entries[first : first + 9] for one, entries in lives.items()}
        parts = {one: entries for one, entries in parts.items() if entries}
        stored = await ahead.write_ahead(parts)
        assert stored == {one: entries[-1].seq for one, entries in parts.items()}
        for address, entries in parts.items():
            await alone.apply(*address, entries)
    assert await contents(database) == await contents(other)
    await other.close()


async def test_what_was_written_ahead_may_come_again(database: Database) -> None:
    """The workflow hands all out once more, in batches of its own: nothing changes."""
    orchard = Collective()
    projector = Projector(database)
    await projector.apply(*orchard.address, orchard.entries[:1])
    stored = await projector.write_ahead({orchard.address: orchard.entries})
    assert stored == {orchard.address: len(orchard.entries)}
    before = await contents(database)
    assert await projector.apply(*orchard.address, orchard.entries) == len(orchard.entries)
    assert await projector.write_ahead({orchard.address: orchard.entries[2:]}) == stored
    assert await contents(database) == before


async def test_what_comes_again_is_known_by_its_digest(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The last digest stands for all before, so nothing is stored again; another one is refused."""
    orchard = Collective()
    entries = linked(tuple(orchard.entries), GENESIS, "pepper")
    projector = Projector(database)
    await projector.apply(*orchard.address, entries[:1])
    await projector.write_ahead({orchard.address: entries})
    stored = []
    monkeypatch.setattr(journal, "store", lambda *given: stored.append(given))
    assert await projector.apply(*orchard.address, entries[1:]) == len(entries)
    assert not stored
    monkeypatch.undo()
    other = (*entries[1:-1], entries[-1].but(by="somebody"))
    with pytest.raises(JournalConflictError):
        await projector.apply(*orchard.address, other)


async def test_what_does_not_plainly_follow_is_left(database: Database) -> None:
    """A new cooperation, a gap and an erasure are passed over; others are written all the same."""
    new, gap, erasing, plain = (Collective(slug=slug) for slug in ("new", "gap", "erasing", "yes"))
    erasing.do("erase_person", "manager", person="person-1")
    projector = Projector(database)
    for one in (gap, erasing, plain):
        await projector.apply(*one.address, one.entries[:1])
    stored = await projector.write_ahead(
        {
            new.address: new.entries,
            gap.address: gap.entries[2:],
            erasing.address: erasing.entries[1:],
            plain.address: plain.entries,
        }
    )
    assert stored == {gap.address: 1, erasing.address: 1, plain.address: len(plain.entries)}
    found = await contents(database)
    assert {row["cooperation_id"] for row in found["journal"] if row["seq"] > 1} == {
        str(plain.address)
    }
    feed = await Feed(database).after(BEGINNING)
    assert [item.seq for item in feed if item.cooperation == "yes"] == [
        entry.seq for entry in plain.entries
    ]


async def test_rows_of_an_earlier_version_are_left(database: Database) -> None:
    """Whoever brings tables up to date writes them anew, not a client."""
    orchard = Collective()
    projector = Projector(database)
    await projector.apply(*orchard.address, orchard.entries[:2])
    async with database.writing() as connection:
        await connection.execute(update(SnapshotRow).values(shape="another"))
    assert await projector.write_ahead({orchard.address: orchard.entries}) == {orchard.address: 2}


async def test_whoever_waits_for_news_learns_of_what_is_written_ahead(database: Database) -> None:
    """News are told once something was written, and not before."""
    orchard, news = Collective(), News()
    projector = Projector(database, news=news)
    await projector.apply(*orchard.address, orchard.entries[:1])
    told = news.next()
    assert await projector.write_ahead({Address("demo", "nobody"): orchard.entries}) == {}
    assert not told.is_set()
    await projector.write_ahead({orchard.address: orchard.entries})
    assert told.is_set()


async def test_a_read_model_that_is_not_prepared_takes_nothing(database: Database) -> None:
    """Until its tables are known to be there it refuses, then it writes as they are."""
    orchard = Collective()
    read_model = AwaitedReadModel(database)
    with pytest.raises(DatabaseUnavailableError, match="not prepared"):
        await read_model.write_ahead({orchard.address: orchard.entries})
    read_model.take_as_it_is()
    await read_model.apply(*orchard.address, orchard.entries[:1])
    stored = await read_model.write_ahead({orchard.address: orchard.entries})
    assert stored == {orchard.address: len(orchard.entries)}
