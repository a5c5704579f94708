"""What was told and what is to be told: the log of deliveries, and sending again by hand."""

from __future__ import annotations

from datetime import datetime
from typing import Final
from uuid import uuid4

from sqlalchemy import ColumnElement, Select, case, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from coopflow.outgoing.cloudevents import PING
from coopflow.outgoing.errors import EndpointFault, UnknownDeliveryError, UnknownEndpointError
from coopflow.outgoing.tables import AttemptRow, DeliveryRow, EndpointRow
from coopflow.outgoing.views import Attempt, Delivery, DeliveryStatus, QueueDepths
from coopflow.readmodel.database import Database

_PAGE: Final = 100
_COLUMNS: Final = tuple(getattr(DeliveryRow, name) for name in Delivery.model_fields)
_AGAIN: Final = {"status": "pending", "reason": None, "attempts": 0, "ended_at": None}


class Deliveries:
    """Looks at deliveries, and asks for them again.

    Every question may raise DatabaseUnavailableError, those about an endpoint UnknownEndpointError
    where the programme has none of that id, and those about a delivery UnknownDeliveryError.
    """

    def __init__(self, database: Database) -> None:
        """Look into a database."""
        self._database = database

    async def all(
        self,
        programme: str,
        endpoint: str,
        *,
        status: DeliveryStatus | None = None,
        before: int | None = None,
        limit: int = _PAGE,
    ) -> tuple[Delivery, ...]:
        """List deliveries to an endpoint, the latest first.

        Args:
            programme: of the endpoint.
            endpoint: its id.
            status: only those of this status.
            before: only those that come after this one in the list: the last one of a page.
            limit: at most so many.
        """
        query = _to(endpoint).order_by(DeliveryRow.id.desc()).limit(limit)
        if status is not None:
            query = query.where(DeliveryRow.status == status)
        if before is not None:
            query = query.where(DeliveryRow.id < before)
        async with self._database.reading() as connection:
            await _status(connection, programme, endpoint)
            rows = (await connection.execute(query)).mappings()
            return tuple(Delivery.model_validate(dict(row)) for row in rows)

    async def one(
        self, programme: str, endpoint: str, delivery: int
    ) -> tuple[Delivery, tuple[Attempt, ...]]:
        """Return a delivery with its attempts, the first one first."""
        async with self._database.reading() as connection:
            await _status(connection, programme, endpoint)
            found = await _delivery(connection, endpoint, delivery)
            rows = await connection.execute(
                select(*(getattr(AttemptRow, name) for name in Attempt.model_fields))
                .where(AttemptRow.delivery_id == delivery)
                .order_by(AttemptRow.id)
            )
            return found, tuple(Attempt.model_validate(dict(row)) for row in rows.mappings())

    async def redeliver(
        self, programme: str, endpoint: str, delivery: int, at: datetime
    ) -> Delivery:
        """Send a delivery again, whatever became of it; its receiver knows it by its message id.

        Raises:
            EndpointFault: the endpoint is disabled.
        """
        async with self._database.writing() as connection:
            await _refuse_disabled(connection, programme, endpoint)
            await _delivery(connection, endpoint, delivery)
            await connection.execute(
                update(DeliveryRow).where(DeliveryRow.id == delivery).values(**_AGAIN, due_at=at)
            )
            return await _delivery(connection, endpoint, delivery)

    async def redeliver_dead(
        self, programme: str, endpoint: str, since: datetime, at: datetime
    ) -> int:
        """Send all that was given up since it came to be, from an instant on; say how many.

        Raises:
            EndpointFault: the endpoint is disabled.
        """
        async with self._database.writing() as connection:
            await _refuse_disabled(connection, programme, endpoint)
            changed = await connection.execute(
                update(DeliveryRow)
                .where(
                    DeliveryRow.endpoint_id == endpoint,
                    DeliveryRow.status == "dead",
                    DeliveryRow.created_at >= since,
                )
                .values(**_AGAIN, due_at=at)
            )
            return changed.rowcount

    async def ping(self, programme: str, endpoint: str, at: datetime) -> Delivery:
        """Send an endpoint an event that says nothing, to see that it comes through.

        Raises:
            EndpointFault: the endpoint is disabled.
        """
        row = {
            "message": f"msg_{uuid4().hex}",
            "endpoint_id": endpoint,
            "type": PING,
            "status": "pending",
            "attempts": 0,
            "created_at": at,
            "due_at": at,
        }
        async with self._database.writing() as connection:
            await _refuse_disabled(connection, programme, endpoint)
            made = await connection.execute(insert(DeliveryRow).returning(DeliveryRow.id), [row])
            return await _delivery(connection, endpoint, made.scalar_one())

    async def depths(self, at: datetime, programme: str | None = None) -> QueueDepths:
        """Return how much waits, in a programme or in all of them."""
        is_pending = DeliveryRow.status == "pending"
        counted = select(
            _count(is_pending).label("pending"),
            _count(is_pending & (DeliveryRow.due_at <= at)).label("overdue"),
            _count(DeliveryRow.status == "dead").label("dead"),
            func.min(case((is_pending, DeliveryRow.created_at))).label("oldest"),
        ).where(DeliveryRow.status.in_(("pending", "dead")))
        disabled = select(func.count()).where(EndpointRow.status == "disabled")
        if programme is not None:
            disabled = disabled.where(EndpointRow.programme == programme)
            mine = select(EndpointRow.id).where(EndpointRow.programme == programme)
            counted = counted.where(DeliveryRow.endpoint_id.in_(mine))
        async with self._database.reading() as connection:
            found = (await connection.execute(counted)).mappings().one()
            count = (await connection.execute(disabled)).scalar_one()
        return QueueDepths.model_validate({**found, "disabled": count})


def _count(condition: ColumnElement[bool]) -> ColumnElement[int]:
    return func.count(case((condition, 1)))


def _to(endpoint: str) -> Select[tuple[object, ...]]:
    return select(*_COLUMNS).where(DeliveryRow.endpoint_id == endpoint)


async def _delivery(connection: AsyncConnection, endpoint: str, delivery: int) -> Delivery:
    query = _to(endpoint).where(DeliveryRow.id == delivery)
    found = (await connection.execute(query)).mappings().one_or_none()
    if found is None:
        raise UnknownDeliveryError(f"there is no delivery {delivery} to the webhook {endpoint}")
    return Delivery.model_validate(dict(found))


async def _status(connection: AsyncConnection, programme: str, endpoint: str) -> str:
    query = select(EndpointRow.status).where(
        EndpointRow.id == endpoint, EndpointRow.programme == programme
    )
    found = (await connection.execute(query)).scalar_one_or_none()
    if found is None:
        raise UnknownEndpointError(f"there is no webhook {endpoint} in {programme}")
    return str(found)


async def _refuse_disabled(connection: AsyncConnection, programme: str, endpoint: str) -> None:
    if await _status(connection, programme, endpoint) != "active":
        raise EndpointFault("status", f"the webhook {endpoint} is disabled: enable it first")
