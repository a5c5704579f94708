"""Who is told: endpoints, kept per programme, with their secrets."""

from __future__ import annotations

import secrets
from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from coopflow.domain.catalogue import EVENTS
from coopflow.outgoing.addresses import check_url
from coopflow.outgoing.errors import EndpointFault, UnknownEndpointError
from coopflow.outgoing.signatures import new_secret
from coopflow.outgoing.tables import RELAY, AttemptRow, DeliveryRow, EndpointRow
from coopflow.outgoing.views import DisabledReason, Endpoint
from coopflow.readmodel.database import Database
from coopflow.readmodel.seals import Seals
from coopflow.readmodel.statements import take_turn
from coopflow.readmodel.tables import FeedRow

OVERLAP: Final = timedelta(hours=24)
"""How long the old secret signs too after a rotation, unless told otherwise."""

LONGEST_DESCRIPTION: Final = 500

_COLUMNS: Final = tuple(getattr(EndpointRow, name) for name in Endpoint.model_fields)


class Endpoints:
    """Keeps the endpoints of an installation.

    Every question may raise DatabaseUnavailableError. All but ``add`` and ``all`` raise
    UnknownEndpointError where the programme has no such endpoint.
    """

    def __init__(self, database: Database, seals: Seals, *, allow_private: bool = False) -> None:
        """Keep them in a database.

        Args:
            database: where.
            seals: encrypts their secrets.
            allow_private: whether URLs will do that only this machine or network can reach.
        """
        self._database = database
        self._seals = seals
        self._allow_private = allow_private

    async def add(  # noqa: PLR0913 - what an endpoint is
        self,
        programme: str,
        url: str,
        *,
        at: datetime,
        types: Collection[str] = (),
        cooperation: str | None = None,
        description: str = "",
    ) -> tuple[Endpoint, str]:
        """Tell somebody what happens from now on.

        Args:
            programme: of which they are told.
            url: where they listen.
            at: the present instant.
            types: the only types of events of which they are told; none for all.
            cooperation: the only cooperation of which they are told; None for all.
            description: what it is for.

        Returns:
            The endpoint, and the secret that its receiver needs, which is never shown again.

        Raises:
            EndpointFault: the URL or a type cannot be used.
            KeysError: there are no keys for the programme.
        """
        endpoint = f"wh_{secrets.token_hex(8)}"
        secret = new_secret()
        row: dict[str, Any] = {
            "id": endpoint,
            "programme": programme,
            "cooperation": cooperation,
            "secret": self._sealed(programme, endpoint, secret),
            "status": "active",
            "created_at": at,
            **self._checked(url=url, types=types, description=description),
        }
        async with self._database.writing() as connection:
            await take_turn(connection, RELAY)  # else what comes just now might be passed over
            end = await connection.execute(select(func.max(FeedRow.position)))
            row["since"] = end.scalar_one() or 0
            await connection.execute(insert(EndpointRow), [row])
            return await _endpoint(connection, programme, endpoint), secret

    async def all(self, programme: str) -> tuple[Endpoint, ...]:
        """List the endpoints of a programme, the oldest first."""
        query = select(*_COLUMNS).where(EndpointRow.programme == programme)
        async with self._database.reading() as connection:
            rows = await connection.execute(query.order_by(EndpointRow.created_at, EndpointRow.id))
            return tuple(Endpoint.model_validate(dict(row)) for row in rows.mappings())

    async def one(self, programme: str, endpoint: str) -> Endpoint:
        """Return an endpoint."""
        async with self._database.reading() as connection:
            return await _endpoint(connection, programme, endpoint)

    async def change(
        self,
        programme: str,
        endpoint: str,
        *,
        url: str | None = None,
        types: Collection[str] | None = None,
        description: str | None = None,
    ) -> Endpoint:
        """Change what is given. What waits already goes to the new URL.

        Raises:
            EndpointFault: the URL or a type cannot be used.
        """
        given = {"url": url, "types": types, "description": description}
        changes = self._checked(**{name: one for name, one in given.items() if one is not None})
        async with self._database.writing() as connection:
            await _endpoint(connection, programme, endpoint)
            if changes:
                await connection.execute(_of(endpoint).values(changes))
            return await _endpoint(connection, programme, endpoint)

    async def enable(self, programme: str, endpoint: str) -> Endpoint:
        """Tell an endpoint again. What happened meanwhile is dead, and can be sent again."""
        async with self._database.writing() as connection:
            await _endpoint(connection, programme, endpoint)
            active = {"status": "active", "disabled_at": None, "disabled_reason": None}
            await connection.execute(_of(endpoint).values(active))
            return await _endpoint(connection, programme, endpoint)

    async def disable(self, programme: str, endpoint: str, at: datetime) -> Endpoint:
        """Tell an endpoint nothing until it is enabled again; what waits is given up."""
        async with self._database.writing() as connection:
            if (await _endpoint(connection, programme, endpoint)).status == "active":
                await shut(connection, endpoint, at, "by_hand")
            return await _endpoint(connection, programme, endpoint)

    async def rotate(
        self, programme: str, endpoint: str, at: datetime, overlap: timedelta = OVERLAP
    ) -> str:
        """Sign with a new secret, and for a while with the old one too.

        Args:
            programme: of the endpoint.
            endpoint: its id.
            at: the present instant.
            overlap: how long the old secret signs too.

        Returns:
            The new secret, which is never shown again.

        Raises:
            KeysError: there are no keys for the programme.
        """
        secret = new_secret()
        changes = {
            "previous_secret": EndpointRow.secret,
            "previous_until": at + overlap,
            "secret": self._sealed(programme, endpoint, secret),
        }
        async with self._database.writing() as connection:
            await _endpoint(connection, programme, endpoint)
            await connection.execute(_of(endpoint).values(changes))
        return secret

    async def remove(self, programme: str, endpoint: str) -> None:
        """Forget an endpoint, and what was and was to be sent to it."""
        mine = DeliveryRow.endpoint_id == endpoint
        async with self._database.writing() as connection:
            await _endpoint(connection, programme, endpoint)
            attempts = AttemptRow.delivery_id.in_(select(DeliveryRow.id).where(mine))
            await connection.execute(delete(AttemptRow).where(attempts))
            await connection.execute(delete(DeliveryRow).where(mine))
            await connection.execute(delete(EndpointRow).where(EndpointRow.id == endpoint))

    async def signing(self, endpoint: str, at: datetime) -> tuple[str, ...]:
        """Return the secrets with which a message to an endpoint is signed, the newest first.

        Raises:
            KeysError: a key is missing.
            BrokenSealError: a secret was changed in the database.
        """
        query = select(EndpointRow).where(EndpointRow.id == endpoint)
        async with self._database.reading() as connection:
            row = (await connection.execute(query)).one_or_none()
        if row is None:
            raise UnknownEndpointError(endpoint)
        sealed = [row.secret]
        if row.previous_secret is not None and at < row.previous_until:
            sealed.append(row.previous_secret)
        about = _about(endpoint)
        return tuple(self._seals.open(row.programme, one, about) for one in sealed)

    def _sealed(self, programme: str, endpoint: str, secret: str) -> str:
        return self._seals.seal(programme, secret, _about(endpoint))

    def _checked(self, **given: Any) -> dict[str, Any]:
        if "url" in given:
            check_url(given["url"], allow_private=self._allow_private)
        if "types" in given:
            unknown = sorted({*given["types"]} - EVENTS.keys())
            if unknown:
                raise EndpointFault("types", f"there are no events of type {', '.join(unknown)}")
            given["types"] = sorted({*given["types"]})
        if len(given.get("description", "")) > LONGEST_DESCRIPTION:
            said = f"a description has at most {LONGEST_DESCRIPTION} signs"
            raise EndpointFault("description", said)
        if "\0" in given.get("description", ""):
            raise EndpointFault("description", "a description has no NUL character")
        return given


async def shut(
    connection: AsyncConnection, endpoint: str, at: datetime, reason: DisabledReason
) -> None:
    """Disable an endpoint, and give up what waits for it."""
    disabled = {"status": "disabled", "disabled_at": at, "disabled_reason": reason}
    await connection.execute(_of(endpoint).values(disabled))
    given_up = {"status": "dead", "reason": "gone" if reason == "gone" else "disabled"}
    await connection.execute(
        update(DeliveryRow)
        .where(DeliveryRow.endpoint_id == endpoint, DeliveryRow.status == "pending")
        .values(**given_up, ended_at=at)
    )


async def _endpoint(connection: AsyncConnection, programme: str, endpoint: str) -> Endpoint:
    query = select(*_COLUMNS).where(EndpointRow.id == endpoint, EndpointRow.programme == programme)
    found = (await connection.execute(query)).mappings().one_or_none()
    if found is None:
        raise UnknownEndpointError(f"there is no webhook {endpoint} in {programme}")
    return Endpoint.model_validate(dict(found))


def _of(endpoint: str) -> Any:
    return update(EndpointRow).where(EndpointRow.id == endpoint)


def _about(endpoint: str) -> str:
    return f"webhook {endpoint}"
