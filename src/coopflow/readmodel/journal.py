"""The journal: storing entries once, and reading them back as they were."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from datetime import datetime
from itertools import pairwise
from typing import Any, Final

from sqlalchemy import ColumnElement, Row, String, and_, bindparam, cast, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from coopflow.application.engine import Address
from coopflow.application.verification import is_linked
from coopflow.domain.catalogue import EVENTS
from coopflow.domain.chain import GENESIS, digest_of
from coopflow.domain.erasure import PersonErased, forgotten
from coopflow.domain.events import Entry
from coopflow.readmodel.errors import JournalConflictError, JournalGapError
from coopflow.readmodel.seals import SEALED_KINDS, Stored, opened_event, sealed_event
from coopflow.readmodel.statements import insert_or_ignore, upsert
from coopflow.readmodel.tables import JournalRow
from coopflow.sealing.errors import BrokenSealError

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

UNREADABLE: Final = (KeyError, TypeError, ValueError, BrokenSealError)
"""What reading a row raises that was changed by hand: no JSON, no such event, a broken seal."""

PAGE: Final = 500
"""How many entries are read at a time where a journal may be long."""


_WRITTEN: Final = ("disagreement_raised", "disagreement_closed", "mediation_ended")


def journal_row(address: Address, entry: Entry) -> dict[str, Any]:
    """Return the row of an entry, in clear."""
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


def stored_row(connection: AsyncConnection, address: Address, entry: Entry) -> dict[str, Any]:
    """Return the row of an entry as it is stored: what is sealed is encrypted."""
    row = journal_row(address, entry)
    plain = Stored(row["data"], entry.salts)
    return row | sealed_event(connection, address, entry.seq, row["type"], plain)._asdict()


async def store(connection: AsyncConnection, several: Mapping[Address, Sequence[Entry]]) -> None:
    """Insert the entries of cooperations that are not there yet.

    Raises:
        JournalGapError: the entries do not follow each other.
    """
    for address, entries in several.items():
        for before, after in pairwise(entries):
            if after.seq != before.seq + 1:
                raise JournalGapError(address, before.seq + 1, after.seq)
    rows = [
        stored_row(connection, address, entry)
        for address, entries in several.items()
        for entry in entries
    ]
    if rows:
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


async def read_about(
    connection: AsyncConnection, address: Address, disagreement: str
) -> tuple[Entry, ...]:
    """Return the entries that hold what people have written about a disagreement."""
    about = JournalRow.data["disagreement"].as_string() == disagreement
    return await read_where(connection, address, JournalRow.type.in_(_WRITTEN) & about)


async def read_where(
    connection: AsyncConnection, address: Address, which: ColumnElement[bool]
) -> tuple[Entry, ...]:
    """Return the entries whose rows answer a condition, in order."""
    rows = await connection.execute(
        select(*_COLUMNS)
        .where(JournalRow.cooperation_id == str(address), which)
        .order_by(JournalRow.seq)
    )
    return tuple(_entry(connection, address, row) for row in rows)


def _entry(connection: AsyncConnection, address: Address, row: Row[Any]) -> Entry:
    stored = Stored(row.data, row.salts)
    data, salts = opened_event(connection, address, row.seq, row.type, stored)
    return Entry(
        seq=row.seq,
        at=row.at,
        by=row.actor,
        command=row.command_id,
        event=EVENTS[row.type].model_validate(data),
        previous=row.previous,
        salts=salts,
        withheld=row.withheld,
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
            left = forgotten(entry, erased.person, erased.tombstone)
            row = stored_row(connection, address, left)
            this = (JournalRow.cooperation_id == str(address), JournalRow.seq == entry.seq)
            await connection.execute(update(JournalRow).where(*this).values(row))


async def extent(connection: AsyncConnection, address: Address) -> tuple[int, tuple[range, ...]]:
    """Return the number of the last entry of a journal, and where entries are missing before it."""
    before = func.lag(JournalRow.seq, 1, 0).over(order_by=JournalRow.seq)
    numbered = (
        select(JournalRow.seq, before.label("before"))
        .where(JournalRow.cooperation_id == str(address), JournalRow.seq > 0)
        .subquery()
    )
    holes = await connection.execute(
        select(numbered.c.before, numbered.c.seq)
        .where(numbered.c.seq > numbered.c.before + 1)
        .order_by(numbered.c.seq)
    )
    last = await connection.execute(
        select(func.max(JournalRow.seq)).where(JournalRow.cooperation_id == str(address))
    )
    return last.scalar_one() or 0, tuple(range(hole.before + 1, hole.seq) for hole in holes)


async def pages(
    connection: AsyncConnection, address: Address, last: int
) -> AsyncIterator[tuple[Entry, ...]]:
    """Yield the entries up to a number, so many at a time that memory does not matter."""
    for first in range(1, last + 1, PAGE):
        yield await read(connection, address, first, min(first + PAGE - 1, last))


async def read_sound(
    connection: AsyncConnection, address: Address, first: int, last: int
) -> tuple[tuple[Entry, ...], int | None]:
    """Return the entries as ``read`` does, up to one that cannot be read, and its number."""
    try:
        return await read(connection, address, first, last), None
    except UNREADABLE:
        pass
    sound: list[Entry] = []
    for seq in range(first, last + 1):
        try:
            sound += await read(connection, address, seq, seq)
        except UNREADABLE:
            return tuple(sound), seq
    return tuple(sound), None


async def replace(connection: AsyncConnection, address: Address, entry: Entry) -> None:
    """Let the row of an entry say what the entry says, whatever it said before."""
    row = stored_row(connection, address, entry)
    await connection.execute(upsert(JournalRow, connection.dialect.name), row)


async def seal_anew(connection: AsyncConnection, address: Address) -> None:
    """Encrypt what is sealed with the current key, also what was stored in clear.

    Raises:
        KeysError: a key is missing.
    """
    columns = (JournalRow.seq, JournalRow.type, JournalRow.data, JournalRow.salts)
    mine = (JournalRow.cooperation_id == str(address), JournalRow.type.in_(SEALED_KINDS))
    query = select(*columns).where(*mine).order_by(JournalRow.seq).limit(PAGE)
    change = (
        update(JournalRow)
        .where(JournalRow.cooperation_id == str(address), JournalRow.seq == bindparam("row"))
        .values(data=bindparam("sealed"), salts=bindparam("unsealed_salts"))
        .execution_options(synchronize_session=False)
    )
    last = 0
    while rows := (await connection.execute(query.where(JournalRow.seq > last))).all():
        last = rows[-1].seq
        changes: list[dict[str, Any]] = []
        for seq, kind, *stored in rows:
            plain = opened_event(connection, address, seq, kind, Stored(*stored))
            data, salts = sealed_event(connection, address, seq, kind, plain)
            changes.append({"row": seq, "sealed": data, "unsealed_salts": salts})
        await connection.execute(change, changes)


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
        if not is_same(old, new):
            raise JournalConflictError(address, new.seq, old.event.type, new.event.type)


async def has_up_to(connection: AsyncConnection, address: Address, entry: Entry) -> bool:
    """Return whether an entry is stored, and with it all before: each digest is over those.

    Of entries from before there were digests nothing is known: it is False.
    """
    if entry.previous in {None, GENESIS}:
        return False
    return any(is_same(one, entry) for one in await read(connection, address, entry.seq, entry.seq))


def is_same(old: Entry, new: Entry) -> bool:
    """Return whether two entries tell the same, whatever was taken out of one of them since."""
    return is_linked(old, digest_of(new))
