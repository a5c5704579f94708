"""What registered definitions ask for, as far as lists of cooperations show it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Final, NamedTuple

from pydantic import ValidationError
from sqlalchemy.ext.asyncio import AsyncConnection

from coopflow.domain.calendar import Span
from coopflow.domain.lifecycle import Lifecycle
from coopflow.domain.policy import Policy
from coopflow.readmodel.registry import contents_of

_REMEMBERED: Final = 256

Names = tuple[str, str]
"""A lifecycle and a policy, each by ``name@version``."""


class Yardstick(NamedTuple):
    """What a lifecycle and a policy ask for.

    Attributes:
        gates: by stage, the gate that leads on and the levels that it asks for.
        current_for: by frequency, for how long a value of an indicator is current.
    """

    gates: Mapping[str, tuple[str, Mapping[str, int]]]
    current_for: Mapping[str, Span]

    def current_until(self, frequency: str, at: datetime | None) -> datetime | None:
        """Return until when a value is current that was taken at an instant."""
        span = self.current_for.get(frequency)
        return span.after(at) if span is not None and at is not None else None


NONE: Final = Yardstick({}, {})
"""What a definition asks for that is not registered, or is none."""


class Yardsticks:
    """Finds out what definitions ask for, and remembers it: what is registered stays."""

    def __init__(self) -> None:
        """Start without any."""
        self._known: dict[Names, Yardstick] = {}

    async def of(
        self, connection: AsyncConnection, names: Iterable[Names]
    ) -> Mapping[Names, Yardstick]:
        """Return what each of some definitions asks for."""
        found = {}
        for one in set(names):
            known = self._known.get(one)
            if known is None:
                known = await _read(connection, *one)
                if known is not NONE and len(self._known) < _REMEMBERED:
                    self._known[one] = known
            found[one] = known
        return found


async def _read(connection: AsyncConnection, lifecycle: str, policy: str) -> Yardstick:
    stages = await contents_of(connection, "lifecycle", lifecycle)
    numbers = await contents_of(connection, "policy", policy)
    if not stages or not numbers:
        return NONE
    try:
        way, asked = Lifecycle.model_validate(stages[0]), Policy.model_validate(numbers[0])
    except ValidationError:
        return NONE  # it was checked when it was registered; a later version may be stricter
    gates: dict[str, tuple[str, Mapping[str, int]]] = {}
    for gate in way.gates:
        minima = asked.gates[gate.id].minima if gate.id in asked.gates else {}
        gates.setdefault(gate.leaves, (gate.id, minima))
    return Yardstick(gates, dict(asked.measures.current_for.items()))
