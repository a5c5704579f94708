from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import aclosing

import pytest
from sqlalchemy import delete, update

from coopflow.application.engine import Address
from coopflow.readmodel import journal
from coopflow.readmodel.database import Database
from coopflow.readmodel.feed import BEGINNING, Feed, FeedCursorError, FeedItem, announce, cursor_at
from coopflow.readmodel.migrate import migrate
from coopflow.readmodel.news import News
from coopflow.readmodel.projector import Projector
from coopflow.readmodel.queries import Queries
from coopflow.readmodel.tables import FeedRow, SnapshotRow
from coopflow.readmodel.verification import Examination
from tests.integration.readmodel.lives import Collective, Life

PATIENCE = 10.0


@pytest.fixture
def feed(database: Database) -> Feed:
    return Feed(database)


async def all_of(feed: Feed, cursor: str = BEGINNING, page: int = 50) -> list[FeedItem]:
    """Read the feed to its end, page by page."""
    found: list[FeedItem] = []
    while items := await feed.after(cursor, limit=page):
        found += items
        cursor = items[-1].cursor
    return found


async def test_every_entry_has_its_place_once_in_the_order_of_its_journal(
    bocage: Life, cap_jeunes: Life, database: Database, feed: Feed
) -> None:
    """Batches may come again and overlap, and cooperations take turns: nothing lacks or doubles."""
    projector = Projector(database)
    for first, last in ((0, 40), (0, 40), (20, 60), (60, 10_000)):
        for address, entries in (bocage, cap_jeunes):
            await projector.apply(*address, entries[first:last])

    items = await all_of(feed)
    assert len({item.cursor for item in items}) == len(items)
    for address, entries in (bocage, cap_jeunes):
        mine = [item for item in items if item.cooperation == address.cooperation]
        assert [item.seq for item in mine] == [entry.seq for entry in entries]
        assert [(item.programme, item.at, item.type) for item in mine] == [
            (address.programme, entry.at, entry.event.type) for entry in entries
        ]
    assert await feed.after(await feed.end()) == ()


async def test_an_item_shows_what_the_journal_shows_to_everyone(
    cap_jeunes: Life, database: Database, feed: Feed
) -> None:
    """Sealed texts and secret choices stay back, and it is said that they do."""
    address, entries = cap_jeunes
    await Projector(database).apply(*address, entries)
    lines = await Queries(database).journal(address, limit=10_000)
    assert [item.line for item in await all_of(feed)] == list(lines)
    assert any(line.redacted for line in lines)


async def test_a_consumer_goes_on_from_where_it_was(database: Database, feed: Feed) -> None:
    """With the cursor of the last item it gets the next ones, and with that of the end the news."""
    verger = Collective()
    projector = Projector(database)
    await projector.apply(*verger.address, verger.entries)
    before = await all_of(feed, page=2)
    assert [item.seq for item in before] == [entry.seq for entry in verger.entries]
    end = await feed.end()
    assert end == before[-1].cursor

    said = verger.do("pause_cooperation", "faiza", reason="l'hiver")
    await projector.apply(*verger.address, said)
    assert [item.type for item in await feed.after(end)] == ["cooperation_paused"]


async def test_the_feed_is_narrowed_to_what_is_asked(database: Database, feed: Feed) -> None:
    """By programme, by cooperation, by type, and by several of these."""
    projector = Projector(database)
    places = [("nord", "a"), ("nord", "b"), ("nord-est", "a")]
    for place in places:
        one = Collective(*place, members=2)
        await projector.apply(*one.address, one.entries)

    def where(items: tuple[FeedItem, ...]) -> set[tuple[str, str]]:
        return {(item.programme, item.cooperation) for item in items}

    assert where(await feed.after(BEGINNING, programme="nord")) == set(places[:2])
    only = Address("nord", "b")
    assert where(await feed.after(BEGINNING, address=only)) == {only}
    admitted = await feed.after(BEGINNING, types=["member_joined"])
    assert len(admitted) == 6
    assert {item.type for item in admitted} == {"member_joined"}
    assert len(await feed.after(BEGINNING, programme="nord", types=["member_joined"])) == 4
    assert await feed.after(BEGINNING, types=[]) == ()


@pytest.mark.parametrize(
    "cursor", ["x", "1", "MTpv", "MTotMQ", "MToxMjM0NTY3ODkwMTIzNDU2Nzg5MA", "é", "MTow\n", "Mjow"]
)
async def test_what_is_no_cursor_is_refused(cursor: str, feed: Feed) -> None:
    """A cursor that was made up never reads as the beginning."""
    with pytest.raises(FeedCursorError, match="no cursor of the feed"):
        await feed.after(cursor)


async def test_a_cursor_from_before_a_backup_was_restored_is_refused(feed: Feed) -> None:
    """Else its consumer would wait, and pass over what takes those places."""
    with pytest.raises(FeedCursorError, match="restored from a backup"):
        await feed.after(cursor_at(7))


async def test_no_place_comes_to_light_behind_the_back_of_a_reader(url: str) -> None:
    """Whoever announces keeps others waiting until what it wrote can be seen."""
    database, other = Database(url), Database(url)
    await migrate(database)
    first, second = Collective(slug="first"), Collective(slug="second")
    feed, projector = Feed(database), Projector(other)
    for one in (first, second):
        await projector.apply(*one.address, one.entries[:1])
    cursor = await feed.end()

    async with database.writing() as connection:
        await journal.store(connection, {first.address: first.entries[1:2]})
        await announce(connection, {first.address: [2]})
        later = asyncio.create_task(projector.apply(*second.address, second.entries))
        done, _ = await asyncio.wait([later], timeout=0.3)
        assert not done
        assert await feed.after(cursor) == ()
    await later
    assert [(item.cooperation, item.seq) for item in await feed.after(cursor)] == [
        ("first", 2),
        *(("second", entry.seq) for entry in second.entries[1:]),
    ]
    await asyncio.gather(database.close(), other.close())


async def test_an_imported_past_is_marked(database: Database, feed: Feed) -> None:
    """Consumers may pass it over: it is there, in its order, and said to be long past."""
    verger = Collective()
    seen = len(verger.entries)
    verger.do("pause_cooperation", "faiza", reason="l'hiver")
    await Projector(database).apply(*verger.address, verger.entries, imported_to=seen)
    items = await all_of(feed)
    assert [item.imported for item in items] == [True] * seen + [False]


async def test_rows_that_are_written_anew_announce_nothing(database: Database, feed: Feed) -> None:
    """A rebuild tells what is known; so does that of the tables of an earlier version."""
    verger = Collective()
    projector = Projector(database)
    await projector.apply(*verger.address, verger.entries)
    before = await all_of(feed)
    await projector.rebuild(*verger.address)
    async with database.writing() as connection:
        await connection.execute(update(SnapshotRow).values(shape="earlier"))
    assert await projector.refresh() == 1
    async with database.writing() as connection:
        await connection.execute(delete(SnapshotRow))
    await projector.rebuild(*verger.address)
    assert await all_of(feed) == before


async def test_what_came_before_the_feed_is_not_announced(database: Database, feed: Feed) -> None:
    """An upgraded installation begins with what happens next, whatever is rebuilt."""
    verger = Collective()
    projector = Projector(database)
    await projector.apply(*verger.address, verger.entries)
    async with database.writing() as connection:
        await connection.execute(delete(FeedRow))
    await projector.rebuild(*verger.address)
    assert await all_of(feed) == []
    said = verger.do("pause_cooperation", "faiza", reason="l'hiver")
    await projector.apply(*verger.address, verger.entries)
    assert [item.seq for item in await all_of(feed)] == [entry.seq for entry in said]


async def test_entries_restored_behind_what_was_projected_are_announced(
    database: Database, feed: Feed
) -> None:
    """What a read model lost and got back from the workflow reaches consumers all the same."""
    verger = Collective()
    projector = Projector(database)
    await projector.apply(*verger.address, verger.entries[:2])
    tables = Examination(database)
    await tables.restore(verger.address, verger.entries)
    await tables.rewrite(verger.address, ())
    assert [item.seq for item in await all_of(feed)] == [entry.seq for entry in verger.entries]


async def test_what_a_worker_of_before_the_feed_wrote_is_announced_with_what_follows(
    database: Database, feed: Feed
) -> None:
    """While workers are replaced one by one, consumers get everything, some of it later."""
    verger = Collective()
    projector = Projector(database)
    await projector.apply(*verger.address, verger.entries[:3])
    async with database.writing() as connection:
        await connection.execute(delete(FeedRow).where(FeedRow.seq > 2))
    await projector.apply(*verger.address, verger.entries)
    assert [item.seq for item in await all_of(feed)] == [entry.seq for entry in verger.entries]


async def test_who_was_erased_is_in_no_item_any_more(database: Database, feed: Feed) -> None:
    """A consumer that goes back to an old cursor finds the tombstone there."""
    verger = Collective()
    projector = Projector(database)
    await projector.apply(*verger.address, verger.entries)
    assert any("person-1" in item.model_dump_json() for item in await all_of(feed))
    verger.do("erase_person", "manager", person="person-1")
    await projector.apply(*verger.address, verger.entries)
    items = await all_of(feed)
    assert items[-1].type == "person_erased"
    assert not any("person-1" in item.model_dump_json() for item in items)


@pytest.fixture
async def following(database: Database) -> AsyncIterator[tuple[Projector, asyncio.Queue[FeedItem]]]:
    """Follow the feed from its beginning beside a projector that tells of its news."""
    news = News()
    seen: asyncio.Queue[FeedItem] = asyncio.Queue()

    async def follow() -> None:
        items = Feed(database, news).follow(BEGINNING, look_every=3600)
        async with aclosing(items) as followed:
            async for item in followed:
                await seen.put(item)

    task = asyncio.create_task(follow())
    yield Projector(database, news=news), seen
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


async def test_who_follows_is_woken_by_the_projector_of_the_same_process(
    following: tuple[Projector, asyncio.Queue[FeedItem]],
) -> None:
    """News come at once, long before it would look again."""
    projector, seen = following
    verger = Collective()
    for entry in verger.entries:
        await projector.apply(*verger.address, [entry])
        item = await asyncio.wait_for(seen.get(), PATIENCE)
        assert item.seq == entry.seq
    assert seen.empty()


async def test_who_follows_sees_what_another_process_wrote(database: Database, feed: Feed) -> None:
    """Without being told it looks again after a while."""
    verger = Collective()
    items = feed.follow(BEGINNING, look_every=0.05)
    first = asyncio.ensure_future(anext(items))
    await asyncio.sleep(0)
    await Projector(database).apply(*verger.address, verger.entries)
    assert (await asyncio.wait_for(first, PATIENCE)).seq == 1
