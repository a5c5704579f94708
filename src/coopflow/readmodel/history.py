"""Cooperations as they were: their journals, read back and folded.

What comes of it holds secret choices, so it is for working things out and never shown as it is.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import datetime
from typing import Final

from sqlalchemy import ColumnElement, func, select

from coopflow.application.engine import Address
from coopflow.application.outlook import as_it_was
from coopflow.domain.state import Cooperation
from coopflow.readmodel import journal
from coopflow.readmodel.database import Database
from coopflow.readmodel.tables import CooperationRow, SnapshotRow

_PAGE: Final = 100


class History:
    """Looks back into the journals of a database."""

    def __init__(self, database: Database) -> None:
        """Read from a database."""
        self._database = database

    async def count_live(self, programme: str | None = None) -> int:
        """Return how many cooperations live, of all programmes or of one."""
        query = select(func.count()).select_from(SnapshotRow).where(*_living(programme))
        async with self._database.reading() as connection:
            return int((await connection.execute(query)).scalar_one())

    async def live(
        self, programme: str | None = None, page: int = _PAGE
    ) -> AsyncIterator[tuple[str, ...]]:
        """Yield the states of the cooperations that live, as JSON, page by page.

        Raises:
            DatabaseUnavailableError: the database does not answer.
        """
        last = ""
        while True:
            query = (
                select(SnapshotRow.cooperation_id, SnapshotRow.state)
                .where(SnapshotRow.cooperation_id > last, *_living(programme))
                .order_by(SnapshotRow.cooperation_id)
                .limit(page)
            )
            async with self._database.reading() as connection:
                rows = (await connection.execute(query)).all()
            if not rows:
                return
            last = rows[-1].cooperation_id
            yield tuple(row.state for row in rows)

    async def state(self, address: Address, at: datetime) -> Cooperation:
        """Return a cooperation as it was at an instant; ``unopened`` before it was there.

        Raises:
            DatabaseUnavailableError: the database does not answer.
        """
        async with self._database.reading() as connection:
            return as_it_was(await journal.read_until(connection, address, at), at)


def _living(programme: str | None) -> list[ColumnElement[bool]]:
    same = CooperationRow.cooperation_id == SnapshotRow.cooperation_id
    found = [same, CooperationRow.status.in_(("active", "paused"))]
    return found if programme is None else [*found, CooperationRow.programme == programme]
