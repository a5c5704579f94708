"""What all questions to the read model share."""

from __future__ import annotations

from typing import Any, Final, TypeVar

from sqlalchemy import ColumnElement, Select, select

from coopflow.application.engine import Address
from coopflow.domain.base import Shape
from coopflow.readmodel.database import Database
from coopflow.readmodel.registry import Registry
from coopflow.readmodel.rulebooks import Rulebooks
from coopflow.readmodel.tables import Base
from coopflow.readmodel.yardsticks import Yardsticks

PAGE: Final = 100
"""How much a list shows unless it is asked for more or less."""

V = TypeVar("V", bound=Shape)


class Asking:
    """Asks a database.

    Attributes:
        rulebooks: what cooperations follow, as it is registered there.
    """

    def __init__(self, database: Database) -> None:
        """Ask a database."""
        self._database = database
        self._yardsticks = Yardsticks()
        self.rulebooks = Rulebooks(Registry(database))

    async def _many(self, view: type[V], query: Select[Any]) -> tuple[V, ...]:
        async with self._database.reading() as connection:
            rows = (await connection.execute(query)).mappings()
            return tuple(view.model_validate(dict(row)) for row in rows)


def columns_of(view: type[Shape], table: type[Base], address: Address | None = None) -> Select[Any]:
    """Select the columns of a table that a view shows, of one cooperation or of all."""
    query: Select[Any] = select(*(getattr(table, name) for name in view.model_fields))
    if address is None:
        return query
    mine: ColumnElement[bool] = table.__table__.c.cooperation_id == str(address)
    return query.where(mine)
