"""The audit of refusals: who was refused what because of who they are."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import delete, insert, select

from coopflow.domain.base import Instant, Shape
from coopflow.readmodel.database import Database
from coopflow.requests.tables import RefusedRequestRow

KEPT: Final = timedelta(days=90)
"""How long refusals are kept."""

_SWEPT_EVERY: Final = 100


class RefusedRequest(Shape):
    """A request that was refused because of who asked.

    Attributes:
        at: when.
        caller: who asked, or whose token or session it was that is no good; None where nobody
            could tell.
        method: the method of the request.
        path: its path, without what was asked.
        status: the status of the answer.
        code: the code of the problem.
    """

    at: Instant
    caller: str | None
    method: str
    path: str
    status: int
    code: str


class NumberedRefusal(RefusedRequest):
    """One that is kept; later ones have higher numbers."""

    id: int


class Audit:
    """Keeps refusals, and lists those of a programme."""

    def __init__(self, database: Database) -> None:
        """Keep them in a database."""
        self._database = database

    async def note(self, programme: str | None, refused: RefusedRequest) -> None:
        """Keep a refusal.

        Args:
            programme: the programme that was asked about, whether it is there or not.
            refused: what was refused.
        """
        row = {"programme": programme, **dict(refused)}
        async with self._database.writing() as connection:
            done = await connection.execute(insert(RefusedRequestRow).values(row))
            number = done.inserted_primary_key
            if number is not None and number[0] % _SWEPT_EVERY == 0:
                earlier = RefusedRequestRow.at < refused.at - KEPT
                await connection.execute(delete(RefusedRequestRow).where(earlier))

    async def refusals(
        self, programme: str, now: datetime, before: int | None = None, limit: int = 100
    ) -> tuple[NumberedRefusal, ...]:
        """List what was refused about a programme, the latest first.

        Args:
            programme: its id.
            now: the current time.
            before: only those with lower numbers.
            limit: at most so many.
        """
        columns = [getattr(RefusedRequestRow, name) for name in NumberedRefusal.model_fields]
        query = select(*columns).where(
            RefusedRequestRow.programme == programme, RefusedRequestRow.at >= now - KEPT
        )
        if before is not None:
            query = query.where(RefusedRequestRow.id < before)
        query = query.order_by(RefusedRequestRow.id.desc()).limit(limit)
        async with self._database.reading() as connection:
            rows = (await connection.execute(query)).mappings()
            return tuple(NumberedRefusal.model_validate(dict(row)) for row in rows)
