from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable

import pytest
from sqlalchemy import select, update

from coopflow.application.engine import Address
from coopflow.application.notices import notices_of
from coopflow.domain.chain import GENESIS, linked
from coopflow.readmodel import journal
from coopflow.readmodel.awaited import AwaitedReadModel
from coopflow.readmodel.database import Database
from coopflow.readmodel.errors import DatabaseUnavailableError, JournalConflictError
from coopflow.readmodel.feed import BEGINNING, Feed
from coopflow.readmodel.migrate import migrate
from coopflow.readmodel.news import News
from coopflow.readmodel.outbox import Outbox
from coopflow.readmodel.projector import Projector
from coopflow.readmodel.tables import SnapshotRow
from tests.integration.readmodel.contents import contents
from tests.integration.readmodel.lives import Collective, Life


@pytest.fixture
async def two(url: str) -> AsyncIterator[tuple[Database, Database]]:
    """The same database, as two processes have it."""
    found = Database(url), Database(url)
    await migrate(found[0])
    yield found
    for one in found:
        await one.close()


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
    """A new cooperation, a gap and an erasure are passed over, and what comes before is written."""
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
    assert stored == {
        gap.address: 1,
        erasing.address: len(erasing.entries) - 1,
        plain.address: len(plain.entries),
    }
    found = await contents(database)
    assert {row["cooperation_id"] for row in found["journal"] if row["seq"] > 1} == {
        str(erasing.address),
        str(plain.address),
    }
    assert "person_erased" not in {row["type"] for row in found["journal"]}
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


async def test_what_comes_before_a_gap_is_written(database: Database) -> None:
    """Two processes that hold every other entry of a journal do not wait for each other in vain."""
    orchard = Collective()
    first, second = orchard.entries[1:4:2], orchard.entries[2:5:2]
    projector = Projector(database)
    await projector.apply(*orchard.address, orchard.entries[:1])
    for n, part in enumerate((first, second, first, second), 2):
        assert await projector.write_ahead({orchard.address: part}) == {orchard.address: n}


async def test_notices_are_kept_with_their_entries(database: Database) -> None:
    """In the order of what happened, whoever writes it; the workflow brings them again in vain."""
    orchard = Collective()
    projector, outbox = Projector(database), Outbox(database)
    await projector.apply(*orchard.address, orchard.entries)
    asked = orchard.do("open_decision", "faiza", decision="d", subject="other", question="Where?")
    await projector.write_ahead({orchard.address: asked})
    again = orchard.do("open_decision", "faiza", decision="e", subject="other", question="When?")
    await projector.apply(*orchard.address, again)
    imported = orchard.do("open_decision", "faiza", decision="f", subject="other", question="Who?")
    await projector.apply(*orchard.address, imported, imported_to=imported[-1].seq)
    notices = [notice for entry in (*asked, *again) for notice in notices_of("verger", entry)]
    kept = (await contents(database))["outbox"]
    assert [(row["seq"], row["kind"], row["about"]) for row in kept] == [
        (notice.seq, notice.kind, notice.about) for notice in notices
    ]
    await outbox.deliver("demo", tuple(notices))
    assert (await contents(database))["outbox"] == kept


async def test_whoever_brings_the_same_entries_at_once_waits_and_no_more(
    two: tuple[Database, Database],
) -> None:
    """A worker and a client write the same journal side by side: neither is ever undone."""
    orchard = Collective()
    for number in range(15):
        orchard.do(
            "record_meeting", "faiza", meeting=f"m{number}", kind="plenary", attendees=["org-1"]
        )
    worker, client = map(Projector, two)
    await worker.apply(*orchard.address, orchard.entries[:2])
    for entry in orchard.entries[2:]:
        await asyncio.gather(
            worker.apply(*orchard.address, [entry]), client.write_ahead({orchard.address: [entry]})
        )
    assert await worker.apply(*orchard.address, ()) == len(orchard.entries)


async def test_one_that_somebody_else_is_writing_does_not_hold_up_the_others(
    two: tuple[Database, Database],
) -> None:
    """It is left for the next time; on SQLite one transaction writes at a time anyway."""
    held, free = Collective(slug="held"), Collective(slug="free")
    database, other = two
    projector = Projector(database)
    for one in (held, free):
        await projector.apply(*one.address, one.entries[:1])
    if database.url.startswith("sqlite"):
        return
    mine = SnapshotRow.cooperation_id == str(held.address)
    several = {one.address: one.entries for one in (held, free)}
    async with other.writing() as connection, asyncio.timeout(5):
        await connection.execute(select(SnapshotRow.seq).where(mine).with_for_update())
        assert await projector.write_ahead(several) == {free.address: len(free.entries)}
    assert len(await projector.write_ahead(several)) == 2
