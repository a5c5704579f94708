"""What cooperations show to everybody on their public page, and who chose so."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Final, Literal, get_args

from sqlalchemy import select

from coopflow.application.engine import Address
from coopflow.directory.tables import PublicationRow
from coopflow.domain.base import Instant, Shape
from coopflow.readmodel.database import Database
from coopflow.readmodel.statements import upsert

Part = Literal["stage", "identity", "decisions"]
"""What may be shown: where it stands, its identity sheet, decisions that are closed."""

PARTS: Final[tuple[Part, ...]] = get_args(Part)


class Publication(Shape):
    """What a cooperation shows; nothing of it while ``parts`` is empty.

    Attributes:
        parts: what is shown, in order.
        chosen_by: the person who chose so; None when they are not in the programme any more.
        chosen_at: when.
    """

    parts: tuple[Part, ...]
    chosen_by: str | None
    chosen_at: Instant


class Publications:
    """Keeps what cooperations show. Every method may raise DatabaseUnavailableError."""

    def __init__(self, database: Database) -> None:
        """Keep it in a database."""
        self._database = database

    async def of(self, address: Address) -> Publication | None:
        """Return what a cooperation shows; None where nobody ever chose."""
        names = Publication.model_fields
        query = select(*(getattr(PublicationRow, name) for name in names)).where(
            PublicationRow.programme == address.programme,
            PublicationRow.cooperation == address.cooperation,
        )
        async with self._database.reading() as connection:
            row = (await connection.execute(query)).mappings().one_or_none()
            return None if row is None else Publication.model_validate(dict(row))

    async def choose(
        self, address: Address, parts: Collection[Part], by: str, now: datetime
    ) -> None:
        """Show these parts from now on, and no others; none at all takes the page away."""
        row = {
            "programme": address.programme,
            "cooperation": address.cooperation,
            "parts": [one for one in PARTS if one in parts],
            "chosen_by": by,
            "chosen_at": now,
        }
        async with self._database.writing() as connection:
            await connection.execute(upsert(PublicationRow, connection.dialect.name), row)
