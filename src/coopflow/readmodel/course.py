"""Questions about how a cooperation came to stand where it does."""

from __future__ import annotations

from coopflow.application.engine import Address
from coopflow.readmodel.asking import Asking
from coopflow.readmodel.tables import LevelsRow
from coopflow.readmodel.views import LevelsSince


class Courses(Asking):
    """Answers what the levels of cooperations have been."""

    async def levels_over_time(self, address: Address) -> tuple[LevelsSince, ...]:
        """List the levels of a cooperation with their beginnings, oldest first.

        What came to nothing else within one instant counts: the last of an instant holds.
        """
        return await self._of(address, LevelsSince, LevelsRow, "seq")
