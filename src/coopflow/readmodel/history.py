"""Cooperations as they were: their journals, read back and folded.

What comes of it holds secret choices, so it is for working things out and never shown as it is.
"""

from __future__ import annotations

from datetime import datetime

from coopflow.application.engine import Address
from coopflow.application.outlook import as_it_was
from coopflow.domain.state import Cooperation
from coopflow.readmodel import journal
from coopflow.readmodel.database import Database


class History:
    """Looks back into the journals of a database."""

    def __init__(self, database: Database) -> None:
        """Read from a database."""
        self._database = database

    async def state(self, address: Address, at: datetime) -> Cooperation:
        """Return a cooperation as it was at an instant; ``unopened`` before it was there.

        Raises:
            DatabaseUnavailableError: the database does not answer.
        """
        async with self._database.reading() as connection:
            return as_it_was(await journal.read_until(connection, address, at), at)
