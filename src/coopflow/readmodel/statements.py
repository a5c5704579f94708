"""What is said differently per dialect: insert or ignore, insert or update, taking turns."""

from __future__ import annotations

from functools import cache

from sqlalchemy import func, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

from coopflow.readmodel.tables import Base

Insert = sqlite.Insert | postgresql.Insert


@cache
def insert_or_ignore(table: type[Base], dialect: str, *key: str) -> Insert:
    """Insert rows, passing over those whose key is there.

    Args:
        table: where to.
        dialect: ``sqlite`` or ``postgresql``.
        key: the columns that tell rows apart, by default the primary key.
    """
    columns = key or [column.name for column in table.primary_key()]
    return _insert(table, dialect).on_conflict_do_nothing(index_elements=columns)


@cache
def upsert(table: type[Base], dialect: str) -> Insert:
    """Insert rows, replacing those whose primary key is there."""
    statement = _insert(table, dialect)
    key = [column.name for column in table.primary_key()]
    return statement.on_conflict_do_update(
        index_elements=key,
        set_={
            column.name: statement.excluded[column.name]
            for column in table.written()
            if column.name not in key
        },
    )


async def take_turn(connection: AsyncConnection, work: str) -> None:
    """Wait until no other transaction is at the same work, and keep others waiting until its end.

    On SQLite there is nothing to do: one transaction writes at a time.
    """
    if connection.dialect.name == "postgresql":
        key = func.hashtextextended(f"coopflow {work}", 0)
        await connection.execute(select(func.pg_advisory_xact_lock(key)))


def _insert(table: type[Base], dialect: str) -> Insert:
    return postgresql.insert(table) if dialect == "postgresql" else sqlite.insert(table)
