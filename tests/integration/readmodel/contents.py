"""All that the tables hold, to be compared."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from coopflow.readmodel.database import Database
from coopflow.readmodel.tables import Base


async def contents(database: Database) -> dict[str, list[dict[str, Any]]]:
    """Return the rows of every table, in the order of their keys."""
    found: dict[str, list[dict[str, Any]]] = {}
    async with database.reading() as connection:
        for table in Base.metadata.sorted_tables:
            rows = await connection.execute(select(table).order_by(*table.primary_key))
            found[table.name] = [dict(row) for row in rows.mappings()]
    return found
