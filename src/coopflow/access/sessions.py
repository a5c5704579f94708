"""Sessions: people who signed in with a browser, which shows a cookie from then on."""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta
from typing import Final, Literal

from sqlalchemy import delete, insert, select, update

from coopflow.access.credentials import digest_of, is_same, new_secret
from coopflow.access.errors import RefusedCredentialError
from coopflow.access.tables import SessionRow
from coopflow.domain.base import Instant, Shape, Slug
from coopflow.readmodel.database import Database

Method = Literal["provider", "link"]
"""How somebody signed in: with the identity provider, or by a link."""

_USE: Final = timedelta(minutes=5)


class Session(Shape):
    """A session, without the secret that the browser shows.

    Attributes:
        id: tells it from others.
        person: who signed in.
        method: how.
        used_at: when it was last used, to five minutes.
        expires_at: when it ends, however much it is used.
    """

    id: str
    person: Slug
    method: Method
    started_at: Instant
    used_at: Instant
    expires_at: Instant


class Sessions:
    """The sessions of an installation. Every method may raise DatabaseUnavailableError."""

    def __init__(
        self,
        database: Database,
        idle: timedelta = timedelta(hours=12),
        longest: timedelta = timedelta(days=7),
    ) -> None:
        """Keep them in a database.

        Args:
            database: where.
            idle: a session ends when it was not used for as long.
            longest: it ends after that in any case.
        """
        self._database, self._idle, self._longest = database, idle, longest

    async def start(
        self, person: str, method: Method, now: datetime, replacing: str | None = None
    ) -> tuple[Session, str]:
        """Begin a session, and return it with the secret that the browser is given.

        Args:
            person: who signed in.
            method: how.
            now: the current time.
            replacing: what the browser showed before, if anything: that session ends, so that
                nobody gets in by what they planted or saw before the sign-in.
        """
        secret = new_secret()
        session = Session(
            id=secrets.token_hex(8),
            person=person,
            method=method,
            started_at=now,
            used_at=now,
            expires_at=now + self._longest,
        )
        ended = (SessionRow.expires_at <= now) | (SessionRow.used_at <= now - self._idle)
        if replacing is not None:
            ended |= SessionRow.digest == digest_of(replacing)
        async with self._database.writing() as connection:
            await connection.execute(delete(SessionRow).where(ended))
            values = session.model_dump() | {"digest": digest_of(secret)}
            await connection.execute(insert(SessionRow).values(**values))
        return session, secret

    async def find(self, secret: str, now: datetime) -> Session:
        """Return the session of a browser, which is in use then.

        Raises:
            RefusedCredentialError: there is none, or it has ended.
        """
        digest = digest_of(secret)
        query = select(SessionRow.__table__).where(SessionRow.digest == digest)
        async with self._database.reading() as connection:
            row = (await connection.execute(query)).mappings().one_or_none()
        if row is None or not is_same(row["digest"], digest):
            raise RefusedCredentialError("unknown")
        session = Session.model_validate({name: row[name] for name in Session.model_fields})
        if session.expires_at <= now or session.used_at + self._idle <= now:
            raise RefusedCredentialError("expired", f"session:{session.id}")
        if session.used_at + min(_USE, self._idle / 2) <= now:
            use = update(SessionRow).where(SessionRow.id == session.id).values(used_at=now)
            async with self._database.writing() as connection:
                await connection.execute(use)
        return session

    async def end(self, secret: str) -> None:
        """End the session of a browser, if it has one."""
        async with self._database.writing() as connection:
            await connection.execute(
                delete(SessionRow).where(SessionRow.digest == digest_of(secret))
            )

    async def of(self, person: str, now: datetime) -> tuple[Session, ...]:
        """List the sessions of a person that have not ended, the last used first."""
        lasting = (SessionRow.expires_at > now) & (SessionRow.used_at > now - self._idle)
        query = (
            select(*(getattr(SessionRow, name) for name in Session.model_fields))
            .where(SessionRow.person == person, lasting)
            .order_by(SessionRow.used_at.desc(), SessionRow.id)
        )
        async with self._database.reading() as connection:
            rows = (await connection.execute(query)).mappings()
            return tuple(Session.model_validate(dict(row)) for row in rows)

    async def end_one(self, session: str, person: str) -> bool:
        """End a session of a person by its id; return whether there was one."""
        this = (SessionRow.id == session) & (SessionRow.person == person)
        async with self._database.writing() as connection:
            return bool((await connection.execute(delete(SessionRow).where(this))).rowcount)

    async def end_others(self, session: str, person: str) -> int:
        """End all sessions of a person but one, and return how many there were."""
        others = (SessionRow.id != session) & (SessionRow.person == person)
        async with self._database.writing() as connection:
            return (await connection.execute(delete(SessionRow).where(others))).rowcount

    async def end_all(self, person: str) -> int:
        """End all sessions of a person, and return how many there were."""
        async with self._database.writing() as connection:
            ended = await connection.execute(delete(SessionRow).where(SessionRow.person == person))
            return ended.rowcount
