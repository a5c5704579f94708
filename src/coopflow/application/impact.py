"""What another policy would change for a cooperation as it stands: levels, verdict, clocks."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from coopflow.domain.base import Shape
from coopflow.domain.conditions import levels
from coopflow.domain.facts import View
from coopflow.domain.gates import judge
from coopflow.domain.rulebook import Rulebook
from coopflow.domain.state import Cooperation

VerdictName = Literal["pass", "conditional", "fail", "blocked"]


class Impact(Shape):
    """What would be different for one cooperation if it followed another policy.

    Attributes:
        programme: the programme of the cooperation.
        cooperation: its id.
        title: what it is called.
        stage: the stage that it is in; a policy changes none by itself.
        policy: the policy that it follows now.
        levels: its levels now, in the holding reading.
        levels_after: its levels under the other policy.
        lost: the conditions whose level would be lower, or that would be there no more.
        gained: the conditions whose level would be higher, or that would be new.
        clocks: the conditions for which a cure clock would start.
        gate: the gate that leads on from its stage, if there is one.
        verdict: what asking for that gate would come to under the other policy.
    """

    programme: str
    cooperation: str
    title: str
    stage: str
    policy: str
    levels: dict[str, int]
    levels_after: dict[str, int]
    lost: tuple[str, ...]
    gained: tuple[str, ...]
    clocks: tuple[str, ...]
    gate: str | None
    verdict: VerdictName | None

    @property
    def is_none(self) -> bool:
        """Whether nothing would be different at once."""
        return not (self.lost or self.gained or self.clocks)


def impact_on(state: Cooperation, at: datetime, rules: Rulebook) -> Impact:
    """Return what following a policy would change for a cooperation, all else as it is.

    Args:
        state: the cooperation; its lifecycle is that of the rulebook.
        at: the instant to look at.
        rules: the rulebook of the policy.
    """
    current_for = rules.policy.measures.current_for
    after = levels(View(state, at, forward=False, current_for=current_for), rules).levels
    before = state.levels
    floor = rules.gate_policy(state.floor).minima if state.floor else {}
    gate = next(iter(rules.lifecycle.gates_from(state.stage)), None)
    verdict: VerdictName | None = None
    if gate is not None:
        view = View(state, at, forward=True, current_for=current_for)
        verdict = judge(view, gate.id, rules).verdict.result
    names = tuple({**before, **after})
    return Impact(
        programme=state.programme,
        cooperation=state.id,
        title=state.title,
        stage=state.stage,
        policy=state.policy,
        levels=before,
        levels_after=after,
        lost=tuple(one for one in names if after.get(one, -1) < before.get(one, -1)),
        gained=tuple(one for one in names if after.get(one, -1) > before.get(one, -1)),
        clocks=tuple(
            name
            for name, level in after.items()
            if level < floor.get(name, 0)
            and name not in state.clocks
            and name not in state.reservations
        ),
        gate=gate.id if gate else None,
        verdict=verdict,
    )
