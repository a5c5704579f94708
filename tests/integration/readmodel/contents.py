"""All that the tables of the read model hold, to be compared."""

from __future__ import annotations

from typing import Any, Final

from sqlalchemy import select

from coopflow.readmodel import tables
from coopflow.readmodel.database import Database
from coopflow.readmodel.tables import Base

_OWN: Final = {
    one.class_.__table__
    for one in Base.registry.mappers
    if one.class_.__module__ == tables.__name__
}
"""Not those of the directory and of who gets in, which know nothing of journals."""


async def contents(database: Database) -> dict[str, list[dict[str, Any]]]:
    """Return the rows of every table of the read model, in the order of their keys."""
    found: dict[str, list[dict[str, Any]]] = {}
    async with database.reading() as connection:
        for table in Base.metadata.sorted_tables:
            if table in _OWN:
                # When a row was written says the clock of the database, and what it works out of
                # other columns says nothing new.
                columns = [
                    one
                    for one in table.columns
                    if one.name != "created_at" and one.computed is None
                ]
                rows = await connection.execute(select(*columns).order_by(*table.primary_key))
                found[table.name] = [dict(row) for row in rows.mappings()]
    return found
