"""Operations: what goes on after the one who asked for it was told to come back."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, Final, Literal
from uuid import uuid4

from sqlalchemy import ColumnElement, delete, insert, select, update

from coopflow.domain.base import Instant, Shape
from coopflow.readmodel.database import Database
from coopflow.readmodel.seals import Seals
from coopflow.requests.tables import OperationRow

KEPT: Final = timedelta(hours=24)
"""How long an operation can be asked for."""

LOST: Final = timedelta(minutes=5)
"""After how long without a sign of it one that has not ended is given up for lost."""

SIGN_EVERY: Final = LOST / 5
"""How often there is a sign of one that goes on."""


class Outcome(Shape):
    """How an operation ended.

    Attributes:
        result: what would have been answered; None when it failed.
        location: where the thing is that it created, if it did.
        problem: why it failed.
    """

    result: dict[str, Any] | None = None
    location: str | None = None
    problem: dict[str, Any] | None = None


class Progress(Shape):
    """How far something has come.

    Attributes:
        done: how many of its parts are done.
        total: of how many; None while that is not known.
    """

    done: int = 0
    total: int | None = None


class Operation(Outcome):
    """An operation as the one sees it who asked for it.

    Attributes:
        id: its id.
        status: ``lost`` when the process that was at it is gone: it may or may not have been done,
            and sending the request again with the same key is harmless.
        started_at: when it began.
        ended_at: when it ended.
        progress: how far it has come, where that is known.
    """

    id: str
    status: Literal["running", "done", "failed", "lost"]
    started_at: Instant
    ended_at: Instant | None
    progress: Progress | None = None


class Operations:
    """The operations of all callers; each sees their own alone."""

    def __init__(self, database: Database, seals: Seals) -> None:
        """Keep them in a database.

        Args:
            database: where.
            seals: encrypts outcomes: they may hold what is not for everyone.
        """
        self._database = database
        self._seals = seals

    async def begin(self, caller: str, now: datetime) -> str:
        """Note that something goes on for a caller, and return the id of the operation."""
        operation = uuid4().hex
        row = {
            "id": operation,
            "caller": caller,
            "started_at": now,
            "lost_at": now + LOST,
            "expires_at": now + KEPT,
        }
        async with self._database.writing() as connection:
            await connection.execute(delete(OperationRow).where(OperationRow.expires_at <= now))
            await connection.execute(insert(OperationRow).values(row))
        return operation

    async def go_on(self, operation: str, now: datetime, progress: Progress | None = None) -> None:
        """Note that an operation is still under way, and how far it has come."""
        values: dict[str, Any] = {"lost_at": now + LOST}
        if progress is not None:
            values |= progress.model_dump()
        async with self._database.writing() as connection:
            query = update(OperationRow).where(*_under_way(operation))
            await connection.execute(query.values(values))

    async def give_up(self, operation: str, now: datetime) -> None:
        """Note that the process is about to end that is at an operation: it is lost at once."""
        query = update(OperationRow).where(*_under_way(operation)).values(lost_at=now)
        async with self._database.writing() as connection:
            await connection.execute(query)

    async def end(self, operation: str, outcome: Outcome, now: datetime) -> None:
        """Note how an operation ended."""
        sealed = self._seals.seal("", outcome.model_dump_json(), _about(operation))
        async with self._database.writing() as connection:
            ended = {"ended_at": now, "outcome": sealed}
            await connection.execute(
                update(OperationRow).where(OperationRow.id == operation).values(ended)
            )

    async def find(self, caller: str, operation: str, now: datetime) -> Operation | None:
        """Return an operation of a caller; None when they have no such one."""
        query = select(
            OperationRow.started_at,
            OperationRow.lost_at,
            OperationRow.ended_at,
            OperationRow.outcome,
            OperationRow.done,
            OperationRow.total,
        ).where(
            OperationRow.id == operation,
            OperationRow.caller == caller,
            OperationRow.expires_at > now,
        )
        async with self._database.reading() as connection:
            row = (await connection.execute(query)).one_or_none()
        if row is None:
            return None
        if row.outcome is None:
            status: Literal["running", "lost"] = "running" if now < row.lost_at else "lost"
            return Operation(
                id=operation,
                status=status,
                started_at=row.started_at,
                ended_at=None,
                progress=_progress(row.done, row.total),
            )
        text = self._seals.open("", row.outcome, _about(operation))
        outcome = Outcome.model_validate_json(text)
        return Operation(
            id=operation,
            status="done" if outcome.problem is None else "failed",
            started_at=row.started_at,
            ended_at=row.ended_at,
            progress=_progress(row.done, row.total),
            **dict(outcome),
        )


def _progress(done: int | None, total: int | None) -> Progress | None:
    return None if done is None else Progress(done=done, total=total)


def _under_way(operation: str) -> tuple[ColumnElement[bool], ...]:
    return OperationRow.id == operation, OperationRow.ended_at.is_(None)


def _about(operation: str) -> str:
    return f"operation {operation}"
