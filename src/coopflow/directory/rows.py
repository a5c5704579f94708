"""How one record is kept: found, added, changed from the version that was read, removed, listed.

All within a transaction that the caller has opened. Who writes has first waited for their turn:
what is looked up here then stays so until the end of the transaction.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Generic, TypeVar

from sqlalchemy import ColumnElement, Select, delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from coopflow.directory.errors import StaleError, TakenError, UnknownRecordError
from coopflow.directory.fields import folded, plain_number
from coopflow.directory.organisations import Organisation, OrganisationStated
from coopflow.directory.people import Person, PersonStated
from coopflow.directory.programmes import Programme, ProgrammeStated
from coopflow.directory.records import Kept, Stated, checked_id
from coopflow.directory.tables import OrganisationRow, PersonRow, ProgrammeRow
from coopflow.readmodel.statements import take_turn
from coopflow.readmodel.tables import Base

S = TypeVar("S", bound=Stated)
K = TypeVar("K", bound=Kept)

Key = Mapping[str, str]
"""The primary key of a record: its id, and of an organisation its programme."""


@dataclass(frozen=True)
class Kind(Generic[S, K]):
    """One kind of records.

    Attributes:
        word: how messages call one.
        table: where they are kept.
        stated: what is stated about one.
        kept: one in the directory.
        own: the field whose value no two of them share (of organisations: within a programme).
        own_column: where it is kept as it is compared.
        own_key: how it is compared.
    """

    word: str
    table: type[Base]
    stated: type[S]
    kept: type[K]
    own: str = "id"
    own_column: str = "id"
    own_key: Callable[[str], str] = str


PROGRAMME: Final = Kind("programme", ProgrammeRow, ProgrammeStated, Programme)
PERSON: Final = Kind("person", PersonRow, PersonStated, Person, "email", "email_key", folded)
ORGANISATION: Final = Kind(
    "organisation",
    OrganisationRow,
    OrganisationStated,
    Organisation,
    "registration",
    "registration",
    plain_number,
)


async def wait_for_turn(connection: AsyncConnection) -> None:
    """Wait until nobody else writes to the directory."""
    await take_turn(connection, "directory")


async def found(connection: AsyncConnection, kind: Kind[S, K], key: Key) -> K | None:
    """Return a record, or None."""
    rows = await _records(connection, kind, _columns(kind).where(*_is(kind, key)))
    return rows[0] if rows else None


async def known(connection: AsyncConnection, kind: Kind[S, K], key: Key) -> K:
    """Return a record.

    Raises:
        UnknownRecordError: there is none.
    """
    record = await found(connection, kind, key)
    if record is None:
        raise UnknownRecordError(kind.word, key["id"], key.get("programme"))
    return record


async def add(
    connection: AsyncConnection, kind: Kind[S, K], key: Key, stated: S, at: datetime
) -> K:
    """Add a record.

    Raises:
        FaultyRecordError: its id may not be one.
        TakenError: its id is another's, or another value that must be its own.
    """
    checked_id(kind.word, key["id"])
    if await found(connection, kind, key) is not None:
        raise TakenError(kind.word, "id", key["id"])
    await _check_own(connection, kind, key, stated)
    await connection.execute(
        insert(kind.table).values(**values_of(kind, stated), **key, version=1, updated_at=at)
    )
    return await known(connection, kind, key)


async def change(  # noqa: PLR0913, PLR0917 - what is changed, from what, to what, when
    connection: AsyncConnection,
    kind: Kind[S, K],
    key: Key,
    changes: Mapping[str, Any],
    at: datetime,
    expected: int | None = None,
) -> K:
    """Change fields of a record; one that they leave as it is keeps its version.

    Args:
        connection: a transaction that writes.
        kind: of which kind it is.
        key: which one.
        changes: the new values, by field.
        at: when.
        expected: the version that the change starts from; None for whatever there is.

    Raises:
        UnknownRecordError: there is none.
        StaleError: it is at another version.
        FaultyRecordError: values cannot be kept.
        TakenError: a value that must be its own is another's.
    """
    record = await known(connection, kind, key)
    check_version(kind, record, expected)
    before = stated_of(kind, record)
    after = before.changed(changes)
    if after == before:
        return record
    await _check_own(connection, kind, key, after)
    values = {**values_of(kind, after), "version": record.version + 1, "updated_at": at}
    await connection.execute(update(kind.table).where(*_is(kind, key)).values(values))
    return await known(connection, kind, key)


async def remove(
    connection: AsyncConnection, kind: Kind[S, K], key: Key, expected: int | None = None
) -> K:
    """Remove a record, and return what it was.

    Raises:
        UnknownRecordError: there is none.
        StaleError: it is at another version than expected.
    """
    record = await known(connection, kind, key)
    check_version(kind, record, expected)
    await connection.execute(delete(kind.table).where(*_is(kind, key)))
    return record


async def page(
    connection: AsyncConnection,
    kind: Kind[S, K],
    *where: ColumnElement[bool],
    after: str | None = None,
    limit: int | None,
) -> tuple[K, ...]:
    """Return records in the order of their ids, from after one on."""
    by = column(kind, "id")
    query = _columns(kind).where(*where).order_by(by).limit(limit)
    return await _records(connection, kind, query if after is None else query.where(by > after))


def stated_of(kind: Kind[S, K], record: K) -> S:
    """Return what is stated about a record."""
    return kind.stated.model_validate(record.model_dump(include=set(kind.stated.model_fields)))


def check_version(kind: Kind[S, K], record: K, expected: int | None) -> None:
    """See to it that a record is as expected.

    Raises:
        StaleError: it is at another version.
    """
    if expected is not None and expected != record.version:
        raise StaleError(kind.word, record.id, expected, record.version)


async def _check_own(connection: AsyncConnection, kind: Kind[S, K], key: Key, stated: S) -> None:
    value = getattr(stated, kind.own, None)
    if value is None:
        return
    within = {part: one for part, one in key.items() if part != "id"}
    same = (*_is(kind, within), column(kind, kind.own_column) == kind.own_key(value))
    if await page(connection, kind, *same, column(kind, "id") != key["id"], limit=1):
        raise TakenError(kind.word, kind.own, value)


def values_of(kind: Kind[S, K], stated: S) -> dict[str, Any]:
    """Return what is stated as it is kept, by column."""
    values = stated.model_dump()
    if kind.own in values:
        own = values[kind.own]
        values[kind.own_column] = None if own is None else kind.own_key(own)
    return values


def _columns(kind: Kind[S, K]) -> Select[Any]:
    return select(*(column(kind, name) for name in kind.kept.model_fields))


def column(kind: Kind[S, K], name: str) -> Any:
    """Return a column of the table of a kind."""
    return getattr(kind.table, name)


def _is(kind: Kind[S, K], key: Key) -> list[ColumnElement[bool]]:
    return [column(kind, name) == value for name, value in key.items()]


async def _records(
    connection: AsyncConnection, kind: Kind[S, K], query: Select[Any]
) -> tuple[K, ...]:
    rows = (await connection.execute(query)).mappings()
    return tuple(kind.kept.model_validate(dict(row)) for row in rows)
