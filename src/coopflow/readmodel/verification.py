"""The read model under examination: do its rows follow from the journal, and can they again?"""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from typing import Final

from sqlalchemy import RowMapping, delete, func, or_, select, union_all
from sqlalchemy.ext.asyncio import AsyncConnection

from coopflow.application.engine import Address
from coopflow.application.verification import (
    BrokenJournalError,
    Finding,
    Kept,
    consecutive,
    differing_parts,
    is_linked,
)
from coopflow.domain.cooperation import UNOPENED, evolve
from coopflow.domain.erasure import PersonErased
from coopflow.domain.events import Entry
from coopflow.domain.rulebook import Definition
from coopflow.domain.state import Cooperation
from coopflow.readmodel import journal, registry
from coopflow.readmodel.database import Database
from coopflow.readmodel.errors import JournalGapError
from coopflow.readmodel.journal import UNREADABLE
from coopflow.readmodel.projector import Projector, locked, read_snapshot
from coopflow.readmodel.rows import PARTS, Changes, cooperation_row
from coopflow.readmodel.standing_rows import Row
from coopflow.readmodel.tables import Base, CooperationRow, JournalRow, SnapshotRow

_OWNED: Final[tuple[type[Base], ...]] = (
    JournalRow,
    SnapshotRow,
    CooperationRow,
    *(part.table for part in PARTS),
)
"""The tables whose rows belong to a cooperation and follow from its journal, and the journal."""


class Examination:
    """Looks at the tables of a database, and restores them; the port :class:`Tables`.

    Every method may raise DatabaseUnavailableError.
    """

    def __init__(self, database: Database) -> None:
        """Examine a database."""
        self._database = database

    async def count(self) -> int:
        """Return about how many cooperations there are."""
        async with self._database.reading() as connection:
            query = select(func.count()).select_from(SnapshotRow)
            return int((await connection.execute(query)).scalar_one())

    async def addresses(self) -> AsyncIterator[Address]:
        """Yield all cooperations that any table has something of, in order."""
        last = ""
        while True:
            # The next id in each table is one step in its primary key, however many rows there are.
            ids = [table.__table__.c.cooperation_id for table in _OWNED]
            firsts = union_all(
                *(select(func.min(one).label("id")).where(one > last) for one in ids)
            )
            async with self._database.reading() as connection:
                query = select(func.min(firsts.subquery().c.id))
                found = (await connection.execute(query)).scalar_one()
            if found is None:
                return
            last = str(found)
            programme, _, cooperation = last.partition("/")
            yield Address(programme, cooperation)

    async def knows(self, address: Address) -> bool:
        """Return whether any table has something of a cooperation."""
        ids = [table.__table__.c.cooperation_id for table in _OWNED]
        there = or_(*(select(one).where(one == str(address)).exists() for one in ids))
        async with self._database.reading() as connection:
            return bool((await connection.execute(select(there))).scalar_one())

    async def examine(self, address: Address) -> Kept:
        """Compare all rows of a cooperation with what its journal comes to, at one moment."""
        async with self._database.reading() as connection:
            end, holes = await journal.extent(connection, address)
            findings = [
                Finding(kind="entries_missing", first=hole[0], last=hole[-1]) for hole in holes
            ]
            folded = await _folded(connection, address, holes[0][0] - 1 if holes else end)
            findings += [Finding(kind="chain_broken", first=seq) for seq in folded.unlinked]
            if folded.unreadable is not None:
                findings.append(Finding(kind="entry_unreadable", first=folded.unreadable))
            if await _has_strays(connection, address):
                findings.append(Finding(kind="row_superfluous", table="journal", row="0"))
            state = folded.state
            if state.seq == end:  # else nothing says what the rows should be
                findings += await _compared(connection, address, state, folded.changes)
        return Kept(state.seq, end, state, folded.last, tuple(findings))

    async def entries(self, address: Address, first: int, last: int) -> tuple[Entry, ...]:
        """Return the entries from one number to another that are there, up to a faulty one."""
        if last < first:
            return ()
        async with self._database.reading() as connection:
            found, _ = await journal.read_sound(connection, address, first, last)
        return consecutive(found, first)

    async def differing(self, address: Address, entries: Sequence[Entry]) -> tuple[int, ...]:
        """Return the numbers of those entries of which the journal tells another story."""
        async with self._database.reading() as connection:
            return await _differing(connection, address, entries)

    async def unknown(self, definitions: Sequence[Definition]) -> tuple[str, ...]:
        """Return the names of the lifecycles and policies that are not registered as they are."""
        async with self._database.reading() as connection:
            return await registry.unregistered(connection, definitions)

    async def restore(self, address: Address, entries: Sequence[Entry]) -> None:
        """Make the journal hold these entries, whatever it holds under their numbers."""
        async with self._database.writing() as connection:
            await locked(connection, address)
            await journal.store(connection, {address: entries})
            wrong = set(await _differing(connection, address, entries))
            for entry in entries:
                if entry.seq in wrong:
                    await journal.replace(connection, address, entry)
            erasures = [entry for entry in entries if isinstance(entry.event, PersonErased)]
            for entry in erasures:  # what was told knew the person still
                await journal.forget(connection, address, entry)
        if erasures:
            await self._database.scrub()

    async def rewrite(self, address: Address, definitions: Sequence[Definition]) -> int:
        """Write all rows anew from the journal, and register what is not registered as it is.

        Raises:
            BrokenJournalError: an entry is missing or cannot be read; nothing was written.
        """
        async with self._database.writing() as connection:
            strays = JournalRow.cooperation_id == str(address), JournalRow.seq < 1
            await connection.execute(delete(JournalRow).where(*strays))
            await _forget_snapshot(connection, address)
        try:
            seq = await Projector(self._database).rebuild(*address)
        except (JournalGapError, *UNREADABLE) as error:
            raise BrokenJournalError(str(address)) from error
        async with self._database.writing() as connection:
            first = await journal.read(connection, address, 1, 1)
            if first:
                await registry.restore(connection, address, first[0].at, definitions)
        return seq


async def _forget_snapshot(connection: AsyncConnection, address: Address) -> None:
    """Delete a snapshot that does not know itself how far it goes."""
    try:
        seq, found = await read_snapshot(connection, address, lock=True)
    except UNREADABLE:
        seq, found = 1, UNOPENED
    if seq != found.seq:
        mine = SnapshotRow.cooperation_id == str(address)
        await connection.execute(delete(SnapshotRow).where(mine))


class _Folded:
    """What a journal comes to, and which of its entries are not what they were."""

    def __init__(self) -> None:
        self.state = UNOPENED
        self.changes = Changes()
        self.last: Entry | None = None
        self.unlinked: list[int] = []
        self.unreadable: int | None = None

    def take(self, entry: Entry) -> None:
        """Take the next entry, up to one that does something that never happened."""
        if self.unreadable is not None:
            return
        try:
            after = evolve(self.state, entry)
        except Exception:  # noqa: BLE001 - whatever comes of an entry that was made up
            self.unreadable = entry.seq
            return
        if self.last is not None and not is_linked(self.last, entry.previous):
            self.unlinked.append(self.last.seq)
        self.changes.note(self.state, after)
        self.state, self.last = after, entry


async def _folded(connection: AsyncConnection, address: Address, end: int) -> _Folded:
    """Fold a journal up to a number, or to an entry that cannot be read."""
    folded = _Folded()
    for first in range(1, end + 1, journal.PAGE):
        until = min(first + journal.PAGE - 1, end)
        entries, unreadable = await journal.read_sound(connection, address, first, until)
        for entry in entries:
            folded.take(entry)
        folded.unreadable = folded.unreadable or unreadable
        if folded.unreadable is not None:
            break
    return folded


async def _differing(
    connection: AsyncConnection, address: Address, entries: Sequence[Entry]
) -> tuple[int, ...]:
    found: list[int] = []
    told = {entry.seq: entry for entry in entries}
    first, last = min(told), max(told)
    while first <= last:
        kept, unreadable = await journal.read_sound(connection, address, first, last)
        found += [one.seq for one in kept if not journal.is_same(one, told[one.seq])]
        if unreadable is None:
            break
        found.append(unreadable)
        first = unreadable + 1
    return tuple(found)


async def _has_strays(connection: AsyncConnection, address: Address) -> bool:
    query = select(func.count()).where(
        JournalRow.cooperation_id == str(address), JournalRow.seq < 1
    )
    return bool((await connection.execute(query)).scalar_one())


async def _compared(
    connection: AsyncConnection, address: Address, state: Cooperation, changes: Changes
) -> list[Finding]:
    """Compare the rows of all tables but the journal with what they should be."""
    found = await _compared_snapshot(connection, address, state)
    if any(one.kind == "tail_missing" for one in found):
        return found  # the rows have seen those entries, too
    rows = [cooperation_row(state)] if state.seq else []
    found += await _compared_table(connection, address, CooperationRow, rows)
    for part in PARTS:
        rows = changes.upserts(part)
        found += await _compared_table(connection, address, part.table, rows)
    return found


async def _compared_snapshot(
    connection: AsyncConnection, address: Address, state: Cooperation
) -> list[Finding]:
    try:
        seq, found = await read_snapshot(connection, address)
    except UNREADABLE:
        return [Finding(kind="rows_unreadable", table="snapshot")]
    if not seq:
        return [Finding(kind="row_missing", table="snapshot")] if state.seq else []
    if found.seq > state.seq:  # it has seen entries that are no longer there
        return [Finding(kind="tail_missing", first=state.seq + 1, last=found.seq)]
    parts = differing_parts(found, state) or (("seq",) if seq != found.seq else ())
    return [Finding(kind="row_differs", table="snapshot", parts=parts)] if parts else []


async def _compared_table(
    connection: AsyncConnection, address: Address, table: type[Base], rows: Sequence[Row]
) -> list[Finding]:
    """Compare the rows of a cooperation in one table with what they should be."""
    name = table.__tablename__
    key = [column.name for column in table.primary_key() if column.name != "cooperation_id"]
    expected = {_key(row, key): row for row in rows}
    query = select(table.__table__).where(table.__table__.c.cooperation_id == str(address))
    found: list[Finding] = []
    try:
        for row in (await connection.execute(query)).mappings():
            one = _key(row, key)
            wanted = expected.pop(one, None)
            if wanted is None:
                found.append(Finding(kind="row_superfluous", table=name, row=one))
                continue
            parts = tuple(column for column, value in wanted.items() if row[column] != value)
            if parts:
                found.append(Finding(kind="row_differs", table=name, row=one, parts=parts))
    except UNREADABLE:
        return [*found, Finding(kind="rows_unreadable", table=name)]
    return found + [Finding(kind="row_missing", table=name, row=one) for one in expected]


def _key(row: Row | RowMapping, key: Sequence[str]) -> str:
    return " ".join(str(row[name]) for name in key)
