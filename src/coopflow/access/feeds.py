"""Calendar feeds: addresses that a calendar asks by itself, without anybody who signs in."""

from __future__ import annotations

import secrets
from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import delete, func, insert, select, tuple_, update

from coopflow.access.credentials import digest_of, new_secret
from coopflow.access.errors import RefusedCredentialError
from coopflow.access.people import People, Person
from coopflow.access.tables import CalendarFeedRow
from coopflow.application.callers import Language
from coopflow.application.engine import Address
from coopflow.domain.base import Instant, Shape
from coopflow.readmodel.database import Database

MOST: Final = 20
"""How many feeds somebody may have."""

_USE: Final = timedelta(hours=1)


class Feed(Shape):
    """A feed that was handed out; its secret is told once.

    Attributes:
        id: tells it from others.
        person: whose calendar it is.
        language: that of the calendar.
        created_at: since when it works.
        used_at: when it was last asked, to the hour; None for never.
        programme: of the cooperation that it is of.
        cooperation: which one it is of; None for all that the person has a part in.
    """

    id: str
    person: str
    language: Language
    created_at: Instant
    used_at: Instant | None
    programme: str | None = None
    cooperation: str | None = None

    @property
    def address(self) -> Address | None:
        """The cooperation that it is of; None for all."""
        if self.programme is None or self.cooperation is None:
            return None
        return Address(self.programme, self.cooperation)


class TooManyFeedsError(Exception):
    """Somebody has as many feeds as they may."""


class CalendarFeeds:
    """The feeds that were handed out. Every method may raise DatabaseUnavailableError."""

    def __init__(self, database: Database, people: People) -> None:
        """Keep them in a database, for people of a directory."""
        self._database, self._people = database, people

    async def create(
        self, person: str, language: Language, now: datetime, address: Address | None = None
    ) -> tuple[Feed, str]:
        """Make a feed for a person, and return it with its secret, which nobody is told again.

        Args:
            person: whose calendar it is.
            language: that of the calendar.
            now: the current time.
            address: the cooperation that it is of; None for all that the person has a part in.

        Raises:
            TooManyFeedsError: they have as many as they may.
        """
        secret = new_secret()
        feed = Feed(
            id=secrets.token_hex(8),
            person=person,
            language=language,
            created_at=now,
            used_at=None,
            programme=address.programme if address else None,
            cooperation=address.cooperation if address else None,
        )
        values = feed.model_dump() | {"digest": digest_of(secret)}
        count = select(func.count()).where(CalendarFeedRow.person == person)
        async with self._database.writing() as connection:
            if (await connection.execute(count)).scalar_one() >= MOST:
                raise TooManyFeedsError
            await connection.execute(insert(CalendarFeedRow).values(**values))
        return feed, secret

    async def all(self, person: str) -> tuple[Feed, ...]:
        """List the feeds of a person, the newest first."""
        columns = [getattr(CalendarFeedRow, name) for name in Feed.model_fields]
        query = (
            select(*columns)
            .where(CalendarFeedRow.person == person)
            .order_by(CalendarFeedRow.created_at.desc(), CalendarFeedRow.id)
        )
        async with self._database.reading() as connection:
            rows = (await connection.execute(query)).mappings()
            return tuple(Feed.model_validate(dict(row)) for row in rows)

    async def revoke(self, feed: str, person: str) -> bool:
        """Let a feed of a person no longer work; return whether there was one."""
        this = (CalendarFeedRow.id == feed) & (CalendarFeedRow.person == person)
        async with self._database.writing() as connection:
            done = await connection.execute(delete(CalendarFeedRow).where(this))
        return bool(done.rowcount)

    async def drop_all(self, person: str, within: Collection[Address] | None = None) -> None:
        """Let no feed of a person work any more: of these cooperations, or at all when None."""
        this = delete(CalendarFeedRow).where(CalendarFeedRow.person == person)
        if within is not None:
            place = tuple_(CalendarFeedRow.programme, CalendarFeedRow.cooperation)
            this = this.where(place.in_([tuple(one) for one in within]))
        async with self._database.writing() as connection:
            await connection.execute(this)

    async def person_of(self, secret: str, now: datetime) -> tuple[Feed, Person]:
        """Return the feed of a secret, and whose it is.

        Raises:
            RefusedCredentialError: it was revoked, never was, or is of somebody who is gone.
        """
        columns = [getattr(CalendarFeedRow, name) for name in Feed.model_fields]
        query = select(*columns).where(CalendarFeedRow.digest == digest_of(secret))
        async with self._database.reading() as connection:
            row = (await connection.execute(query)).mappings().one_or_none()
        if row is None:
            raise RefusedCredentialError("unknown")
        feed = Feed.model_validate(dict(row))
        person = await self._people.person(feed.person)
        if person is None:
            raise RefusedCredentialError("owner_gone", f"feed:{feed.id}")
        if feed.used_at is None or feed.used_at + _USE <= now:
            hour = now.replace(minute=0, second=0, microsecond=0)
            this = update(CalendarFeedRow).where(CalendarFeedRow.id == feed.id)
            async with self._database.writing() as connection:
                await connection.execute(this.values(used_at=hour))
        return feed, person
