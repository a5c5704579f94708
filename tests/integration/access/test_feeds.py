from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from coopflow.access.access import opened
from coopflow.access.errors import RefusedCredentialError
from coopflow.access.feeds import MOST, CalendarFeeds, TooManyFeedsError
from coopflow.access.grants import OPERATOR
from coopflow.access.tables import CalendarFeedRow
from coopflow.application.engine import Address
from coopflow.readmodel.database import Database
from tests.people import FakePeople

NOW = datetime(2026, 3, 1, 9, 20, tzinfo=UTC)


@pytest.fixture
def feeds(database: Database, people: FakePeople) -> CalendarFeeds:
    return CalendarFeeds(database, people)


async def rows(database: Database) -> list[dict[str, Any]]:
    async with database.reading() as connection:
        found = await connection.execute(select(CalendarFeedRow.__table__))
        return [dict(row) for row in found.mappings()]


async def test_a_feed_tells_whose_it_is_until_it_is_revoked(
    feeds: CalendarFeeds, database: Database
) -> None:
    """By its secret, of which the database has the digest alone; by who it belongs to."""
    feed, secret = await feeds.create("max", "fr", NOW)
    (kept,) = await rows(database)
    assert kept["id"] == feed.id
    assert secret not in str(kept)
    found, person = await feeds.person_of(secret, NOW)
    assert (found, person.id) == (feed, "max")
    for wrong in (feed.id, secret[:-1], ""):
        with pytest.raises(RefusedCredentialError, match="unknown"):
            await feeds.person_of(wrong, NOW)
    assert not await feeds.revoke(feed.id, "zoe")
    assert await feeds.revoke(feed.id, "max")
    assert not await feeds.revoke(feed.id, "max")
    with pytest.raises(RefusedCredentialError, match="unknown"):
        await feeds.person_of(secret, NOW)


async def test_a_feed_may_be_of_one_cooperation(feeds: CalendarFeeds) -> None:
    """It says which one; others are of all."""
    address = Address("nord", "a")
    one, secret = await feeds.create("max", "fr", NOW, address)
    every, _ = await feeds.create("max", "fr", NOW)
    assert (one.address, every.address) == (address, None)
    assert (await feeds.person_of(secret, NOW))[0].address == address


async def test_when_a_feed_was_asked_is_kept_to_the_hour(feeds: CalendarFeeds) -> None:
    """A calendar that asks every few minutes writes once in an hour."""
    _, secret = await feeds.create("max", "en", NOW)
    hour = NOW.replace(minute=0)
    for at, used in ((NOW, hour), (NOW + timedelta(minutes=30), hour)):
        await feeds.person_of(secret, at)
        assert [one.used_at for one in await feeds.all("max")] == [used]
    await feeds.person_of(secret, NOW + timedelta(hours=2))
    assert (await feeds.all("max"))[0].used_at == hour + timedelta(hours=2)


async def test_feeds_end_with_who_made_them(
    feeds: CalendarFeeds, people: FakePeople, database: Database
) -> None:
    """Who is gone from the directory shows nothing more, and nothing is left once forgotten."""
    _, secret = await feeds.create("max", "en", NOW)
    await feeds.create("zoe", "en", NOW)
    people.remove("max")
    with pytest.raises(RefusedCredentialError, match="owner_gone"):
        await feeds.person_of(secret, NOW)
    await opened(database, people).forget("max", OPERATOR)
    assert await feeds.all("max") == ()
    assert len(await feeds.all("zoe")) == 1
    assert [row["person"] for row in await rows(database)] == ["zoe"]


async def test_nobody_makes_feeds_without_end(feeds: CalendarFeeds) -> None:
    """Who has as many as there may be revokes one first."""
    made = [(await feeds.create("max", "en", NOW + timedelta(seconds=n)))[0] for n in range(MOST)]
    assert await feeds.all("max") == tuple(reversed(made))
    with pytest.raises(TooManyFeedsError):
        await feeds.create("max", "en", NOW)
    await feeds.create("zoe", "en", NOW)
    await feeds.revoke(made[0].id, "max")
    await feeds.create("max", "en", NOW)
