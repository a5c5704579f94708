"""Journals that are taken out of the read model as a whole, and into it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from typing import Final

from sqlalchemy import func, select

from coopflow.application.engine import Address
from coopflow.application.transferring import Standing
from coopflow.domain.events import Entry
from coopflow.domain.rulebook import Definition
from coopflow.readmodel import journal
from coopflow.readmodel.database import Database
from coopflow.readmodel.projector import Projector
from coopflow.readmodel.tables import JournalRow

_AT_ONCE: Final = 200


class WholeJournals:
    """The journals of a database; the port ``Journals`` of transferring.

    Every method may raise DatabaseUnavailableError, and KeysError when a key is missing.
    """

    def __init__(self, database: Database) -> None:
        """Read from and write to a database, whose tables are up to date."""
        self._database = database
        self._projector = Projector(database)

    async def last(self, address: Address) -> Entry | None:
        """Return the last entry of a journal; None when there is none."""
        mine = JournalRow.cooperation_id == str(address)
        last = select(func.max(JournalRow.seq)).where(mine).scalar_subquery()
        async with self._database.reading() as connection:
            found = await journal.read_where(connection, address, JournalRow.seq == last)
        return found[0] if found else None

    async def pages(self, address: Address, last: int) -> AsyncIterator[tuple[Entry, ...]]:
        """Yield the entries of a journal up to a number, as they are at one moment."""
        async with self._database.reading() as connection:
            async for entries in journal.pages(connection, address, last):
                yield entries

    async def standing(self, address: Address, entries: Sequence[Entry]) -> Standing:
        """Say how the journal of a cooperation stands to these entries."""
        async with self._database.reading() as connection:
            end, holes = await journal.extent(connection, address)
            if not end:
                return "absent"
            if holes:
                return "other"
            last = min(end, len(entries))
            for first in range(1, last + 1, _AT_ONCE):
                stored = await journal.read(
                    connection, address, first, min(first + _AT_ONCE - 1, last)
                )
                told = entries[first - 1 : first - 1 + len(stored)]
                pairs = zip(stored, told, strict=True)
                if not all(journal.is_same(old, new) for old, new in pairs):
                    return "other"
        return "there" if end >= len(entries) else "partly"

    async def take_in(
        self, address: Address, entries: Sequence[Entry], definitions: Sequence[Definition]
    ) -> None:
        """Store the whole journal of a cooperation, of which nobody is notified."""
        for first in range(0, len(entries), _AT_ONCE):
            some = entries[first : first + _AT_ONCE]
            await self._projector.apply(
                *address, some, definitions if not first else (), imported_to=len(entries)
            )
