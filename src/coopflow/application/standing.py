"""Where a cooperation stands: what those wait for who go on when it has come so far."""

from __future__ import annotations

from typing import Protocol

from coopflow.application.engine import Address
from coopflow.domain.base import Instant, Shape, Slug
from coopflow.domain.state import CooperationStatus


class GatePassage(Shape):
    """A gate was passed; ``stage`` is the one that was entered, or stayed in for another term."""

    gate: Slug
    stage: Slug
    at: Instant


class Standing(Shape):
    """Where a cooperation stands.

    Attributes:
        stage: the stage that it is in.
        status: its status.
        as_of: the instant of what happened last.
        passages: the gates that it has passed, oldest first.
    """

    stage: Slug
    status: CooperationStatus
    as_of: Instant
    passages: tuple[GatePassage, ...] = ()


class Standings(Protocol):
    """Says where cooperations stand. It may be asked often, and be a moment behind."""

    async def standing(self, address: Address) -> Standing:
        """Return where one stands.

        Raises:
            UnknownCooperationError: there is none at this address, or not yet.
        """
        ...
