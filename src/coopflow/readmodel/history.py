"""Cooperations as they were: their journals, read back and folded.

What comes of it holds secret choices, so it is for working things out and never shown as it is.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Final

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from coopflow.application.engine import Address, UnknownCooperationError
from coopflow.application.outlook import as_it_was
from coopflow.domain.events import Entry
from coopflow.domain.state import Cooperation
from coopflow.readmodel import journal
from coopflow.readmodel.database import Database
from coopflow.readmodel.seals import opened_state
from coopflow.readmodel.tables import CooperationRow, JournalRow, SnapshotRow

_PAGE: Final = 100


class KeptJournal:
    """The journal of a cooperation, in the database.

    Attributes:
        last: the last entry.
    """

    def __init__(self, connection: AsyncConnection, address: Address, last: Entry) -> None:
        """Read by a connection."""
        self.last = last
        self._connection = connection
        self._address = address

    async def pages(self, page: int = _PAGE) -> AsyncIterator[tuple[Entry, ...]]:
        """Yield all entries in order, so many at a time that memory does not matter."""
        for first in range(1, self.last.seq + 1, page):
            last = min(first + page - 1, self.last.seq)
            yield await journal.read(self._connection, self._address, first, last)


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
                select(SnapshotRow.cooperation_id, SnapshotRow.seq, SnapshotRow.state)
                .where(SnapshotRow.cooperation_id > last, *_living(programme))
                .order_by(SnapshotRow.cooperation_id)
                .limit(page)
            )
            async with self._database.reading() as connection:
                rows = (await connection.execute(query)).all()
                states = tuple(
                    opened_state(
                        connection, Address(*row.cooperation_id.split("/", 1)), row.seq, row.state
                    )
                    for row in rows
                )
            if not rows:
                return
            last = rows[-1].cooperation_id
            yield states

    @asynccontextmanager
    async def journal(self, address: Address) -> AsyncIterator[KeptJournal]:
        """Read the journal of a cooperation for the length of a block, as it is at one moment.

        Raises:
            UnknownCooperationError: there is none.
            DatabaseUnavailableError: the database does not answer.
        """
        async with self._database.reading() as connection:
            mine = JournalRow.cooperation_id == str(address)
            last = select(func.max(JournalRow.seq)).where(mine).scalar_subquery()
            for entry in await journal.read_where(connection, address, JournalRow.seq == last):
                yield KeptJournal(connection, address, entry)
                return
        raise UnknownCooperationError(address)

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
