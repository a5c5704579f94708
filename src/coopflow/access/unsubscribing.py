"""What stands at the end of a mail to stop others of its kind: one click, nobody signs in.

It stops one kind of mail to one person, and does nothing else. So it may be used again, and lasts
as long as mails are kept.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import delete, insert, select

from coopflow.access.credentials import digest_of, new_secret
from coopflow.access.errors import RefusedCredentialError
from coopflow.access.tables import UnsubscribeLinkRow
from coopflow.domain.base import Shape
from coopflow.readmodel.database import Database

LASTS: Final = timedelta(days=365)
"""How long it works after its mail."""


class Unsubscription(Shape):
    """What is to stop.

    Attributes:
        person: to whom.
        kind: which kind of mail.
    """

    person: str
    kind: str


class UnsubscribeLinks:
    """Those that were sent. Every method may raise DatabaseUnavailableError."""

    def __init__(self, database: Database) -> None:
        """Keep them in a database."""
        self._database = database

    async def create(self, person: str, kind: str, now: datetime) -> str:
        """Make one for a person and a kind of mail, and return its secret."""
        secret = new_secret()
        values = {
            "digest": digest_of(secret),
            "person": person,
            "kind": kind,
            "expires_at": now + LASTS,
        }
        ended = delete(UnsubscribeLinkRow).where(UnsubscribeLinkRow.expires_at <= now)
        async with self._database.writing() as connection:
            await connection.execute(ended)
            await connection.execute(insert(UnsubscribeLinkRow).values(**values))
        return secret

    async def find(self, secret: str, now: datetime) -> Unsubscription:
        """Return what the holder of a secret wants to stop.

        Raises:
            RefusedCredentialError: it has expired, or never was.
        """
        query = select(UnsubscribeLinkRow.__table__).where(
            UnsubscribeLinkRow.digest == digest_of(secret)
        )
        async with self._database.reading() as connection:
            row = (await connection.execute(query)).one_or_none()
        if row is None:
            raise RefusedCredentialError("unknown")
        if row.expires_at <= now:
            raise RefusedCredentialError("expired")
        return Unsubscription(person=row.person, kind=row.kind)

    async def drop_all(self, person: str) -> None:
        """Forget all of a person."""
        this = delete(UnsubscribeLinkRow).where(UnsubscribeLinkRow.person == person)
        async with self._database.writing() as connection:
            await connection.execute(this)
