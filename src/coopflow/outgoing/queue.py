"""The queue between the feed and the receivers, for any number of dispatchers at once.

Nothing is taken out of it before it was answered: who claims a delivery puts off when it is due,
and one that dies in the middle leaves it to be claimed again then.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from coopflow.domain.base import Shape
from coopflow.outgoing.endpoints import shut
from coopflow.outgoing.schedule import Answer, Outcome, outcome
from coopflow.outgoing.signatures import message_id
from coopflow.outgoing.tables import RELAY, AttemptRow, DeliveryRow, EndpointRow, RelayRow
from coopflow.readmodel.database import Database
from coopflow.readmodel.statements import insert_or_ignore, take_turn, upsert
from coopflow.readmodel.tables import FeedRow, JournalRow

AT_ONCE: Final = 8
"""How many deliveries to one endpoint are claimed together."""

LEASE: Final = timedelta(minutes=5)
"""How long a claim holds: longer than so many deliveries take, one after the other."""

KEPT_FOR: Final = timedelta(days=30)
"""How long a delivery is kept once it was sent or given up."""

_PAGE: Final = 500
_CLEARED: Final = 1000


class Claimed(Shape):
    """A delivery that is to be sent now.

    Attributes:
        id: its number.
        message: what the receiver knows it by.
        endpoint_id: who is told.
        programme: of the endpoint.
        url: where it listens.
        position: the place of the event in the feed; None for a ping.
        cooperation_id: of which cooperation.
        created_at: when it came to be.
        attempts: how often it was tried, this attempt included.
    """

    id: int
    message: str
    endpoint_id: str
    programme: str
    url: str
    position: int | None
    cooperation_id: str | None
    created_at: datetime
    attempts: int


class Queue:
    """Brings events from the feed to where they are sent from, and keeps what became of them.

    Everything here may raise DatabaseUnavailableError.
    """

    def __init__(self, database: Database) -> None:
        """Use a database."""
        self._database = database

    async def relay(self, at: datetime) -> None:
        """Make deliveries of all that the feed holds and endpoints are to be told.

        What an imported past holds is told to nobody. For an endpoint that is disabled what happens
        is dead, until somebody asks for it.
        """
        while await self._is_behind():
            async with self._database.writing() as connection:
                await take_turn(connection, RELAY)
                await _relay_page(connection, at)

    async def due(self, at: datetime) -> tuple[str, ...]:
        """Return the endpoints that something is due for."""
        query = (
            select(DeliveryRow.endpoint_id)
            .where(DeliveryRow.status == "pending", DeliveryRow.due_at <= at)
            .distinct()
        )
        async with self._database.reading() as connection:
            return tuple((await connection.execute(query)).scalars())

    async def claim(self, endpoint: str, at: datetime, limit: int = AT_ONCE) -> tuple[Claimed, ...]:
        """Take up what is due for an endpoint, the oldest first; for a while nobody else does."""
        chosen = (
            select(DeliveryRow.id)
            .where(
                DeliveryRow.endpoint_id == endpoint,
                DeliveryRow.status == "pending",
                DeliveryRow.due_at <= at,
            )
            .order_by(DeliveryRow.due_at, DeliveryRow.id)
            .limit(limit)
            .with_for_update(skip_locked=True)
        )
        async with self._database.writing() as connection:
            ids = (await connection.execute(chosen)).scalars().all()
            if not ids:
                return ()
            await connection.execute(
                update(DeliveryRow)
                .where(DeliveryRow.id.in_(ids))
                .values(due_at=at + LEASE, attempts=DeliveryRow.attempts + 1)
            )
            rows = await connection.execute(
                select(*_CLAIMED)
                .join(EndpointRow, EndpointRow.id == DeliveryRow.endpoint_id)
                .where(DeliveryRow.id.in_(ids))
                .order_by(DeliveryRow.id)
            )
            return tuple(Claimed.model_validate(dict(row)) for row in rows.mappings())

    async def settle(
        self, claimed: Claimed, answer: Answer, began: datetime, at: datetime, chance: float
    ) -> Outcome | None:
        """Keep what came of an attempt, and what follows from it.

        An endpoint that says it is gone is disabled, and so is one to which nothing got through
        while this delivery was tried, to its end.

        Args:
            claimed: the delivery.
            answer: what came of it.
            began: when it was sent.
            at: the present instant.
            chance: between 0 and 1, drawn anew for each attempt.

        Returns:
            What becomes of it; None when somebody else has taken it up or settled it meanwhile, or
            it is no longer there.
        """
        found = outcome(claimed.attempts, answer, at, chance)
        changes: dict[str, Any] = {"status": found.status, "reason": found.reason}
        if found.status == "pending":
            changes["due_at"] = found.due_at
        else:
            changes["ended_at"] = at
        this = select(DeliveryRow.id).where(DeliveryRow.id == claimed.id)
        async with self._database.writing() as connection:
            if (await connection.execute(this)).scalar_one_or_none() is None:
                return None  # the endpoint was removed meanwhile
            await connection.execute(insert(AttemptRow), [_attempt_row(claimed, answer, began)])
            changed = await connection.execute(
                update(DeliveryRow).where(*_still(claimed, answer)).values(changes)
            )
            if answer.is_taken:
                await connection.execute(
                    update(EndpointRow)
                    .where(EndpointRow.id == claimed.endpoint_id)
                    .values(succeeded_at=at)
                )
            if not changed.rowcount:
                return None
            if found.reason == "gone":
                await shut(connection, claimed.endpoint_id, at, "gone")
            elif found.reason == "exhausted" and await _is_failing(connection, claimed):
                await shut(connection, claimed.endpoint_id, at, "failing")
        return found

    async def give_up(self, claimed: Claimed, at: datetime) -> None:
        """Give up a delivery whose entry is no longer in the journal."""
        lost = {"status": "dead", "reason": "lost", "ended_at": at}
        async with self._database.writing() as connection:
            await connection.execute(
                update(DeliveryRow).where(DeliveryRow.id == claimed.id).values(lost)
            )

    async def clear(self, before: datetime) -> int:
        """Forget deliveries that were sent or given up before an instant; say how many."""
        ended = (
            select(DeliveryRow.id)
            .where(DeliveryRow.status != "pending", DeliveryRow.ended_at < before)
            .order_by(DeliveryRow.id)
            .limit(_CLEARED)
        )
        cleared = 0
        while True:
            async with self._database.writing() as connection:
                ids = (await connection.execute(ended)).scalars().all()
                attempts = delete(AttemptRow).where(AttemptRow.delivery_id.in_(ids))
                await connection.execute(attempts)
                await connection.execute(delete(DeliveryRow).where(DeliveryRow.id.in_(ids)))
            cleared += len(ids)
            if len(ids) < _CLEARED:
                return cleared

    async def _is_behind(self) -> bool:
        async with self._database.reading() as connection:
            end = (await connection.execute(select(func.max(FeedRow.position)))).scalar_one()
            return (end or 0) > await _relayed(connection)


_CLAIMED: Final = tuple(
    EndpointRow.__table__.c[name] if name in {"url", "programme"} else DeliveryRow.__table__.c[name]
    for name in Claimed.model_fields
)


async def _relayed(connection: AsyncConnection) -> int:
    """Return how far the feed was turned into deliveries: at first, as far as nobody is told."""
    row = await connection.execute(select(RelayRow.position).where(RelayRow.name == RELAY))
    found = row.scalar_one_or_none()
    if found is not None:
        return found
    for first in (func.min(EndpointRow.since), func.max(FeedRow.position)):
        position: int | None = (await connection.execute(select(first))).scalar_one()
        if position is not None:
            return position
    return 0


async def _relay_page(connection: AsyncConnection, at: datetime) -> None:
    query = (
        select(FeedRow.__table__, JournalRow.type)
        .join(
            JournalRow,
            (JournalRow.cooperation_id == FeedRow.cooperation_id) & (JournalRow.seq == FeedRow.seq),
            isouter=True,
        )
        .where(FeedRow.position > await _relayed(connection))
        .order_by(FeedRow.position)
        .limit(_PAGE)
    )
    events = (await connection.execute(query)).all()
    if not events:  # somebody was first
        return
    programmes = {event.programme for event in events}
    wanted = select(EndpointRow.__table__).where(EndpointRow.programme.in_(programmes))
    endpoints = (await connection.execute(wanted)).all()
    rows = [
        _delivery_row(endpoint, event, at)
        for event in events
        for endpoint in endpoints
        if _is_told(endpoint, event)
    ]
    if rows:
        once = insert_or_ignore(DeliveryRow, connection.dialect.name, "endpoint_id", "position")
        await connection.execute(once, rows)
    reached = {"name": RELAY, "position": events[-1].position}
    await connection.execute(upsert(RelayRow, connection.dialect.name), reached)


def _is_told(endpoint: Any, event: Any) -> bool:
    """Whether an endpoint is told of an event, given both as rows."""
    return (
        not event.imported
        and event.type is not None
        and endpoint.programme == event.programme
        and endpoint.since < event.position
        and (not endpoint.types or event.type in endpoint.types)
        and endpoint.cooperation in {None, event.cooperation_id.partition("/")[2]}
    )


def _delivery_row(endpoint: Any, event: Any, at: datetime) -> dict[str, Any]:
    is_active = endpoint.status == "active"
    return {
        "message": message_id(endpoint.id, f"{event.cooperation_id}/{event.seq}"),
        "endpoint_id": endpoint.id,
        "position": event.position,
        "cooperation_id": event.cooperation_id,
        "seq": event.seq,
        "type": event.type,
        "status": "pending" if is_active else "dead",
        "reason": None if is_active else "disabled",
        "attempts": 0,
        "created_at": at,
        "due_at": at,
        "ended_at": None if is_active else at,
    }


def _attempt_row(claimed: Claimed, answer: Answer, began: datetime) -> dict[str, Any]:
    kept = answer.model_dump(exclude={"retry_after"})
    return kept | {"delivery_id": claimed.id, "at": began}


def _still(claimed: Claimed, answer: Answer) -> Sequence[Any]:
    """Return the conditions under which an attempt counts: what was taken was, whoever sent it."""
    same = (DeliveryRow.id == claimed.id, DeliveryRow.status == "pending")
    return same if answer.is_taken else (*same, DeliveryRow.attempts == claimed.attempts)


async def _is_failing(connection: AsyncConnection, claimed: Claimed) -> bool:
    """Whether nothing got through since a delivery came to be."""
    query = select(EndpointRow.succeeded_at).where(EndpointRow.id == claimed.endpoint_id)
    succeeded = (await connection.execute(query)).scalar_one_or_none()
    return succeeded is None or succeeded < claimed.created_at
