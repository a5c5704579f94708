"""Links that need no password: one person, one decision, until it closes.

A link is no session: it shows that decision and takes an answer to it, nothing else. Whether the
person still may answer is looked at when it is used; here is only what was handed out.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import delete, insert, select, tuple_

from coopflow.access.credentials import digest_of, new_secret
from coopflow.access.errors import RefusedCredentialError
from coopflow.access.people import People, Person
from coopflow.access.tables import DecisionLinkRow
from coopflow.application.engine import Address
from coopflow.domain.base import Instant, Shape
from coopflow.readmodel.database import Database

LASTS_AT_MOST: Final = timedelta(days=14)
"""How long a link works where the decision stays open for longer."""


class DecisionLink(Shape):
    """A link that was handed out; its secret is told once.

    Attributes:
        person: who follows it.
        programme: of the cooperation.
        cooperation: its id.
        decision: the only one that it opens.
        expires_at: from when on it opens nothing.
    """

    person: str
    programme: str
    cooperation: str
    decision: str
    expires_at: Instant

    @property
    def address(self) -> Address:
        """Where the decision is taken."""
        return Address(self.programme, self.cooperation)


class DecisionLinks:
    """The links that were handed out. Every method may raise DatabaseUnavailableError."""

    def __init__(self, database: Database, people: People) -> None:
        """Keep them in a database, for people of a directory."""
        self._database, self._people = database, people

    async def create(
        self, person: str, address: Address, decision: str, now: datetime, closes_at: datetime
    ) -> tuple[str, datetime]:
        """Make a link, and return its secret, which nobody is told again, and when it expires.

        Args:
            person: who follows it.
            address: of the cooperation.
            decision: which one.
            now: the current time.
            closes_at: when the decision closes; the link ends then, or after 14 days.
        """
        secret, expires_at = new_secret(), min(closes_at, now + LASTS_AT_MOST)
        values = {
            "digest": digest_of(secret),
            "person": person,
            "programme": address.programme,
            "cooperation": address.cooperation,
            "decision": decision,
            "created_at": now,
            "expires_at": expires_at,
        }
        ended = delete(DecisionLinkRow).where(DecisionLinkRow.expires_at <= now)
        async with self._database.writing() as connection:
            await connection.execute(ended)
            await connection.execute(insert(DecisionLinkRow).values(**values))
        return secret, expires_at

    async def find(self, secret: str, now: datetime) -> tuple[DecisionLink, Person]:
        """Return the link of a secret, and who follows it; it may be followed again.

        Raises:
            RefusedCredentialError: it has expired, never was, or is of somebody who is gone.
        """
        columns = [getattr(DecisionLinkRow, name) for name in DecisionLink.model_fields]
        query = select(*columns).where(DecisionLinkRow.digest == digest_of(secret))
        async with self._database.reading() as connection:
            row = (await connection.execute(query)).mappings().one_or_none()
        if row is None:
            raise RefusedCredentialError("unknown")
        link = DecisionLink.model_validate(dict(row))
        if link.expires_at <= now:
            raise RefusedCredentialError("expired")
        person = await self._people.person(link.person)
        if person is None:
            raise RefusedCredentialError("owner_gone")
        return link, person

    async def drop_all(self, person: str, within: Collection[Address] | None = None) -> None:
        """Let no link of a person work any more: in these cooperations, or anywhere when None."""
        this = delete(DecisionLinkRow).where(DecisionLinkRow.person == person)
        if within is not None:
            place = tuple_(DecisionLinkRow.programme, DecisionLinkRow.cooperation)
            this = this.where(place.in_([tuple(one) for one in within]))
        async with self._database.writing() as connection:
            await connection.execute(this)
