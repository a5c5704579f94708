"""The journal: storing entries once, and reading them back as they were."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from itertools import pairwise
from typing import Any, Final

from sqlalchemy import ColumnElement, String, and_, cast, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from coopflow.application.engine import Address
from coopflow.domain.catalogue import EVENTS
from coopflow.domain.chain import digest_of
from coopflow.domain.erasure import PersonErased, forgotten
from coopflow.domain.events import Entry
from coopflow.readmodel.errors import JournalConflictError, JournalGapError
from coopflow.readmodel.statements import insert_or_ignore
from coopflow.readmodel.tables import JournalRow

_COLUMNS: Final = (
    JournalRow.seq,
    JournalRow.at,
    JournalRow.actor,
    JournalRow.command_id,
    JournalRow.type,
    JournalRow.data,
    JournalRow.previous,
    JournalRow.salts,
    JournalRow.withheld,
)


def journal_row(address: Address, entry: Entry) -> dict[str, Any]:
    """Return the row of an entry."""
    return {
        "cooperation_id": str(address),
        "seq": entry.seq,
        "at": entry.at,
        "actor": entry.by,
        "command_id": entry.command,
        "type": entry.event.type,
        "data": entry.event.model_dump(mode="json", exclude={"type"}),
        "previous": entry.previous,
        "salts": entry.salts,
        "withheld": entry.withheld,
    }


async def store(connection: AsyncConnection, address: Address, entries: Sequence[Entry]) -> None:
    """Insert the entries that are not there yet.

    Writing comes before any reading: on PostgreSQL this makes a second writer of the same entries
    wait for the first, even before there is a snapshot to lock.

    Raises:
        JournalGapError: the entries do not follow each other.
    """
    for before, after in pairwise(entries):
        if after.seq != before.seq + 1:
            raise JournalGapError(address, before.seq + 1, after.seq)
    if entries:
        rows = [journal_row(address, entry) for entry in entries]
        await connection.execute(insert_or_ignore(JournalRow, connection.dialect.name), rows)


async def read(
    connection: AsyncConnection, address: Address, first: int, last: int
) -> tuple[Entry, ...]:
    """Return the entries from one number to another, both included, with nothing left out."""
    return await read_where(connection, address, JournalRow.seq.between(first, last))


async def read_until(
    connection: AsyncConnection, address: Address, at: datetime
) -> tuple[Entry, ...]:
    """Return the entries up to an instant, from the first one, with nothing left out."""
    return await read_where(connection, address, JournalRow.at <= at)


async def read_where(
    connection: AsyncConnection, address: Address, which: ColumnElement[bool]
) -> tuple[Entry, ...]:
    """Return the entries whose rows answer a condition, in order."""
    rows = await connection.execute(
        select(*_COLUMNS)
        .where(JournalRow.cooperation_id == str(address), which)
        .order_by(JournalRow.seq)
    )
    return tuple(
        Entry(
            seq=row.seq,
            at=row.at,
            by=row.actor,
            command=row.command_id,
            event=EVENTS[row.type].model_validate(row.data),
            previous=row.previous,
            salts=row.salts,
            withheld=row.withheld,
        )
        for row in rows
    )


async def forget(connection: AsyncConnection, address: Address, erasure: Entry) -> None:
    """Put the tombstone where the journal names a person who was erased; digests stay the same.

    Entries after the erasure mean somebody new by the same id.
    """
    erased = erasure.event
    assert isinstance(erased, PersonErased)
    named = or_(
        JournalRow.actor == erased.person,
        cast(JournalRow.data, String).contains(f'"{erased.person}"', autoescape=True),
    )
    for entry in await read_where(connection, address, and_(JournalRow.seq <= erasure.seq, named)):
        if erased.person in entry.people:
            row = journal_row(address, forgotten(entry, erased.person, erased.tombstone))
            this = (JournalRow.cooperation_id == str(address), JournalRow.seq == entry.seq)
            await connection.execute(update(JournalRow).where(*this).values(row))


async def refuse_conflict(
    connection: AsyncConnection, address: Address, entries: Sequence[Entry]
) -> None:
    """Compare entries with those that were stored before under the same numbers.

    What was taken out of an entry since leaves its digest as it was, and so does an upgrade.

    Raises:
        JournalConflictError: one of them is another.
    """
    if not entries:
        return
    stored = await read(connection, address, entries[0].seq, entries[-1].seq)
    for old, new in zip(stored, entries, strict=True):
        if digest_of(old) != digest_of(new):
            raise JournalConflictError(address, new.seq, old.event.type, new.event.type)
