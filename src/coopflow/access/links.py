"""Sign-in links: a way in for one person, once, that who operates the installation hands out."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import delete, insert

from coopflow.access.credentials import digest_of, new_secret
from coopflow.access.errors import RefusedCredentialError
from coopflow.access.tables import SignInLinkRow
from coopflow.readmodel.database import Database

LASTS: Final = timedelta(minutes=15)
"""How long a link works, unless told otherwise."""


class SignInLinks:
    """The links that were handed out. Every method may raise DatabaseUnavailableError."""

    def __init__(self, database: Database) -> None:
        """Keep them in a database."""
        self._database = database

    async def create(self, person: str, now: datetime, lasts: timedelta = LASTS) -> str:
        """Make a link for a person, and return its secret."""
        secret = new_secret()
        values = {
            "digest": digest_of(secret),
            "person": person,
            "created_at": now,
            "expires_at": now + lasts,
        }
        async with self._database.writing() as connection:
            await connection.execute(delete(SignInLinkRow).where(SignInLinkRow.expires_at <= now))
            await connection.execute(insert(SignInLinkRow).values(**values))
        return secret

    async def use(self, secret: str, now: datetime) -> str:
        """Return for whom a link is, and let nobody use it again: of two at once, one gets in.

        Raises:
            RefusedCredentialError: it was used, has expired, or never was.
        """
        this = SignInLinkRow.digest == digest_of(secret)
        taken = delete(SignInLinkRow).where(this)
        taken_once = taken.returning(SignInLinkRow.person, SignInLinkRow.expires_at)
        async with self._database.writing() as connection:
            row = (await connection.execute(taken_once)).one_or_none()
        if row is None:
            raise RefusedCredentialError("unknown")
        if row.expires_at <= now:
            raise RefusedCredentialError("expired")
        return str(row.person)

    async def drop_all(self, person: str) -> None:
        """Let no link of a person work any more."""
        async with self._database.writing() as connection:
            await connection.execute(delete(SignInLinkRow).where(SignInLinkRow.person == person))
