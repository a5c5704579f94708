"""What all questions to the read model share."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cache
from typing import Any, Final, TypeVar

from sqlalchemy import ColumnElement, Select, bindparam, select

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

    async def _many(self, view: type[V], query: Select[Any], **values: Any) -> tuple[V, ...]:
        async with self._database.reading() as connection:
            return shown(view, (await connection.execute(query, values)).all())

    async def _of(
        self, address: Address, view: type[V], table: type[Base], *order: str
    ) -> tuple[V, ...]:
        """Return what a table says of a cooperation, by the columns of these names."""
        return await self._many(view, _of_one(view, table, order), cooperation=str(address))


def shown(view: type[V], rows: Iterable[Sequence[Any]]) -> tuple[V, ...]:
    """Return rows of the columns of a view as such views."""
    names = tuple(view.model_fields)
    return tuple(view.model_validate(dict(zip(names, row, strict=True))) for row in rows)


def columns_of(view: type[Shape], table: type[Base], address: Address | None = None) -> Select[Any]:
    """Select the columns of a table that a view shows, of one cooperation or of all."""
    query = _columns_of(view, table)
    if address is None:
        return query
    mine: ColumnElement[bool] = table.__table__.c.cooperation_id == str(address)
    return query.where(mine)


@cache
def _columns_of(view: type[Shape], table: type[Base]) -> Select[Any]:
    return select(*(getattr(table, name) for name in view.model_fields))


@cache
def _of_one(view: type[Shape], table: type[Base], order: tuple[str, ...]) -> Select[Any]:
    """Select what a view shows of a cooperation: made once, as making it takes as long as asking.

    The cooperation is a value of the same name.
    """
    columns = table.__table__.c
    mine = columns.cooperation_id == bindparam("cooperation")
    return _columns_of(view, table).where(mine).order_by(*(columns[name] for name in order))
