"""Views of portfolios that people saved under a name: a query each, for themselves."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Final

from pydantic import StringConstraints
from sqlalchemy import ColumnElement, delete, func, select

from coopflow.directory.fields import Line
from coopflow.directory.tables import SavedViewRow
from coopflow.domain.base import Shape
from coopflow.readmodel.database import Database
from coopflow.readmodel.statements import take_turn, upsert

MOST: Final = 50
"""So many views somebody may save in a programme."""

ViewName = Annotated[Line, StringConstraints(max_length=80)]
"""What a view is called: one line, not long."""

ViewQuery = Annotated[str, StringConstraints(max_length=2000, pattern=r"^[\x21-\x7e]*$")]
"""The query of a link, as it stands in one, without the question mark."""


class SavedView(Shape):
    """A view that somebody saved."""

    name: ViewName
    query: ViewQuery


class TooManyViewsError(Exception):
    """Somebody has as many saved views as there may be."""


class SavedViews:
    """Keeps views, by person and programme."""

    def __init__(self, database: Database) -> None:
        """Keep them in a database."""
        self._database = database

    async def of(self, programme: str, person: str) -> tuple[SavedView, ...]:
        """List the views that somebody saved in a programme, by name."""
        query = (
            select(SavedViewRow.name, SavedViewRow.query)
            .where(*_theirs(programme, person))
            .order_by(SavedViewRow.name)
        )
        async with self._database.reading() as connection:
            rows = (await connection.execute(query)).mappings()
            return tuple(SavedView.model_validate(dict(row)) for row in rows)

    async def save(self, programme: str, person: str, view: SavedView, now: datetime) -> None:
        """Save a view; one of the same name is replaced.

        Raises:
            TooManyViewsError: there are too many already.
        """
        async with self._database.writing() as connection:
            await take_turn(connection, f"views {programme} {person}")
            others = select(func.count()).where(
                *_theirs(programme, person), SavedViewRow.name != view.name
            )
            if (await connection.execute(others)).scalar_one() >= MOST:
                raise TooManyViewsError(f"at most {MOST} views may be saved: remove one first")
            key = {"programme": programme, "person": person, "saved_at": now}
            statement = upsert(SavedViewRow, connection.dialect.name)
            await connection.execute(statement, key | view.model_dump())

    async def remove(self, programme: str, person: str, name: str) -> bool:
        """Remove a view; return whether it was there."""
        these = delete(SavedViewRow).where(*_theirs(programme, person), SavedViewRow.name == name)
        async with self._database.writing() as connection:
            return (await connection.execute(these)).rowcount > 0


def _theirs(programme: str, person: str) -> tuple[ColumnElement[bool], ...]:
    return SavedViewRow.programme == programme, SavedViewRow.person == person
