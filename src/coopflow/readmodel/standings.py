"""Where cooperations stand, for those who wait."""

from __future__ import annotations

from typing import Final

from sqlalchemy import select

from coopflow.application.engine import Address, UnknownCooperationError
from coopflow.application.standing import GatePassage, Standing
from coopflow.readmodel.database import Database
from coopflow.readmodel.tables import CooperationRow, JournalRow

_PASSED: Final = "gate_passed"


class StandingsOfReadModel:
    """Asks a database, at the price of two look-ups by key."""

    def __init__(self, database: Database) -> None:
        """Read from a database."""
        self._database = database

    async def standing(self, address: Address) -> Standing:
        """Return where a cooperation stands.

        Raises:
            UnknownCooperationError: there is none at this address, or not yet.
            DatabaseUnavailableError: the database does not answer.
        """
        cooperation = select(
            CooperationRow.stage, CooperationRow.status, CooperationRow.as_of
        ).where(CooperationRow.cooperation_id == str(address))
        passed = (
            select(JournalRow.at, JournalRow.data)
            .where(JournalRow.cooperation_id == str(address), JournalRow.type == _PASSED)
            .order_by(JournalRow.seq)
        )
        async with self._database.reading() as connection:
            found = (await connection.execute(cooperation)).mappings().one_or_none()
            if found is None:
                raise UnknownCooperationError(address)
            passages = tuple(
                GatePassage(gate=row.data["gate"], stage=row.data["stage"], at=row.at)
                for row in await connection.execute(passed)
            )
        return Standing(**found, passages=passages)
