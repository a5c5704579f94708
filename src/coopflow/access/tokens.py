"""API tokens: what programs show to get in."""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import RowMapping, bindparam, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from coopflow.access.credentials import digest_of, is_same, is_token, new_token
from coopflow.access.errors import RefusedCredentialError
from coopflow.access.grants import OPERATOR, Token, TokenRequest, bearer, check_grant, keeps
from coopflow.access.people import People
from coopflow.access.tables import ApiTokenRow
from coopflow.application.callers import Caller
from coopflow.readmodel.database import Database

_BEARER: Final = "token:"
_USE: Final = timedelta(hours=1)
# Made once: every request of a program asks it.
_BY_DIGEST: Final = select(ApiTokenRow.__table__).where(ApiTokenRow.digest == bindparam("wanted"))


class Tokens:
    """The tokens of an installation. Every method may raise DatabaseUnavailableError."""

    def __init__(self, database: Database, people: People) -> None:
        """Keep them in a database, for people of a directory."""
        self._database, self._people = database, people

    async def create(self, maker: Caller, wanted: TokenRequest, now: datetime) -> tuple[Token, str]:
        """Make a token, and return it with its secret, which nobody can be told again.

        Raises:
            GrantRefusedError: it would do what its maker may not; nothing is made.
            RefusedCredentialError: the token that its maker bears has just been revoked.
        """
        check_grant(maker, wanted, now)
        secret = new_token()
        async with self._database.writing() as connection:
            owner = maker.person
            if maker.name.startswith(_BEARER):
                # Who bears a token makes tokens of its owner, which end with it.
                parent = await _find(connection, maker.name.removeprefix(_BEARER))
                if parent is None or parent.revoked_at is not None:
                    raise RefusedCredentialError("revoked", maker.name)
                check_grant(maker, wanted, now, parent)
                owner = parent.owner
            token = Token(
                id=secrets.token_hex(8),
                owner=owner,
                made_by=maker.name,
                created_at=now,
                **dict(wanted),
            )
            values = token.model_dump() | {
                "digest": digest_of(secret),
                "scopes": sorted(token.scopes),
                "programmes": None if token.programmes is None else sorted(token.programmes),
            }
            await connection.execute(insert(ApiTokenRow).values(**values))
        return token, secret

    async def all(self, keeper: Caller = OPERATOR) -> tuple[Token, ...]:
        """List the tokens that a caller keeps, the newest first; also those that ended."""
        newest = select(ApiTokenRow.__table__).order_by(
            ApiTokenRow.created_at.desc(), ApiTokenRow.id
        )
        async with self._database.reading() as connection:
            rows = (await connection.execute(newest)).mappings().all()
        return tuple(token for token in map(_token, rows) if keeps(keeper, token))

    async def revoke(self, token: str, keeper: Caller, now: datetime) -> Token | None:
        """Revoke a token and all that were made with it, for good.

        Args:
            token: its id.
            keeper: who does.
            now: the current time.

        Returns:
            The token as it is then; None when this caller keeps none of that id.
        """
        async with self._database.writing() as connection:
            found = await _find(connection, token)
            if found is None or not keeps(keeper, found):
                return None
            await _revoke(connection, [token], keeper, now)
            return await _find(connection, token)

    async def revoke_of(self, person: str, keeper: Caller, now: datetime) -> None:
        """Revoke every token that rests on a person, who goes."""
        rests = (ApiTokenRow.owner == person) | (ApiTokenRow.person == person)
        async with self._database.writing() as connection:
            ids = (await connection.execute(select(ApiTokenRow.id).where(rests))).scalars().all()
            await _revoke(connection, ids, keeper, now)

    async def caller_of(self, secret: str, now: datetime) -> Caller:
        """Return who bears a token.

        Raises:
            RefusedCredentialError: it lets nobody in.
        """
        if not is_token(secret):
            raise RefusedCredentialError("malformed")
        digest = digest_of(secret)
        async with self._database.reading() as connection:
            answer = await connection.execute(_BY_DIGEST, {"wanted": digest})
            row = answer.mappings().one_or_none()
        if row is None or not is_same(row["digest"], digest):
            raise RefusedCredentialError("unknown")
        token = _token(row)
        if token.revoked_at is not None:
            raise RefusedCredentialError("revoked", f"{_BEARER}{token.id}")
        if token.expires_at <= now:
            raise RefusedCredentialError("expired", f"{_BEARER}{token.id}")
        owner = token.owner and await self._people.person(token.owner)
        person = token.person and await self._people.person(token.person)
        found = bearer(token, owner or None, person or None)
        if found is None:
            raise RefusedCredentialError("owner_gone", f"{_BEARER}{token.id}")
        hour = now.replace(minute=0, second=0, microsecond=0)
        if token.used_at is None or token.used_at + _USE <= now:
            this = update(ApiTokenRow).where(ApiTokenRow.id == token.id).values(used_at=hour)
            async with self._database.writing() as connection:
                await connection.execute(this)
        return found


async def _revoke(
    connection: AsyncConnection, ids: Iterable[str], keeper: Caller, now: datetime
) -> None:
    pending = list(ids)
    while pending:
        this = (ApiTokenRow.id.in_(pending)) & ApiTokenRow.revoked_at.is_(None)
        await connection.execute(
            update(ApiTokenRow).where(this).values(revoked_at=now, revoked_by=keeper.name)
        )
        makers = [_BEARER + one for one in pending]
        children = select(ApiTokenRow.id).where(
            ApiTokenRow.made_by.in_(makers), ApiTokenRow.revoked_at.is_(None)
        )
        pending = list((await connection.execute(children)).scalars())


async def _find(connection: AsyncConnection, token: str) -> Token | None:
    query = select(ApiTokenRow.__table__).where(ApiTokenRow.id == token)
    row = (await connection.execute(query)).mappings().one_or_none()
    return None if row is None else _token(row)


def _token(row: RowMapping) -> Token:
    values: dict[str, Any] = {name: row[name] for name in Token.model_fields}
    return Token.model_validate(values)
