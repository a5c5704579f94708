"""Sign-in links: a way in for one person, once, that who operates the installation hands out."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import Row, delete, insert, select

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

    async def person_of(self, secret: str, now: datetime) -> str:
        """Return for whom a link is, which works on.

        Raises:
            RefusedCredentialError: it was used, has expired, or never was.
        """
        query = select(SignInLinkRow.person, SignInLinkRow.expires_at)
        query = query.where(SignInLinkRow.digest == digest_of(secret))
        async with self._database.reading() as connection:
            return _person_in((await connection.execute(query)).one_or_none(), now)

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
        return _person_in(row, now)

    async def drop_all(self, person: str) -> None:
        """Let no link of a person work any more."""
        async with self._database.writing() as connection:
            await connection.execute(delete(SignInLinkRow).where(SignInLinkRow.person == person))


def _person_in(row: Row[str, datetime] | None, now: datetime) -> str:
    if row is None:
        raise RefusedCredentialError("unknown")
    if row.expires_at <= now:
        raise RefusedCredentialError("expired")
    return str(row.person)
