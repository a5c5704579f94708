"""What the plugin hands over to in tests: a platform's read model, in memory."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

from coopflow.application.checking import Checks
from coopflow.application.engine import Address, UnknownCooperationError
from coopflow.application.standing import GatePassage, Standing
from coopflow.domain.cooperation import UNOPENED, follow
from coopflow.domain.gates import GatePassed
from coopflow.temporal.plugin import Ports
from tests.temporal_engine import Board, Journal


@dataclass
class Shop:
    """The read model of a platform, and how often it was opened and closed."""

    checks: Checks
    journal: Journal = field(default_factory=Journal)
    board: Board = field(default_factory=Board)
    opened: int = 0
    closed: int = 0

    @contextlib.asynccontextmanager
    async def ports(self) -> AsyncIterator[Ports]:
        """Be open for the length of a block."""
        self.opened += 1
        yield Ports(self.journal, self.board, self.checks, self)
        self.closed += 1

    async def standing(self, address: Address) -> Standing:
        """Work out where a cooperation stands from what was told of it."""
        entries = self.journal.entries.get(address)
        if not entries:
            raise UnknownCooperationError(address)
        state = follow(UNOPENED, tuple(entries))
        passages = tuple(
            GatePassage(gate=one.event.gate, stage=one.event.stage, at=one.at)
            for one in entries
            if isinstance(one.event, GatePassed)
        )
        return Standing(
            stage=state.stage, status=state.status, as_of=entries[-1].at, passages=passages
        )
