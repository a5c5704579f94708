"""Policies that collectives adopt: the latest that the members decided on applies, once offered.

A collective decides on a policy by its name and version; what that policy says is *offered* to the
cooperation from outside. Whichever comes last makes it apply. A veto, or a later decision, leads
back the same way: nothing of what was recorded is lost, levels are read anew.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

from coopflow.domain.base import Slug
from coopflow.domain.events import Entry, Event
from coopflow.domain.memo import remember
from coopflow.domain.rulebook import Rulebook
from coopflow.domain.state import Cooperation, Decision
from coopflow.domain.turn import Turn


class PolicyApplied(Event):
    """Another policy applies from now on; ``decision`` is the one that asked for it.

    Without a decision it is the policy that the cooperation was opened with: no decision on
    another one stands any more.
    """

    type: Literal["policy_applied"] = "policy_applied"
    policy: str
    decision: Slug | None = None

    def changes(self, state: Cooperation, entry: Entry) -> dict[str, Any]:  # noqa: ARG002
        """Follow it."""
        return {"policy": self.policy}


def settle(turn: Turn) -> None:
    """Follow the policy that the members want, if it has been offered."""
    state = turn.state
    decision = _deciding(state, turn.rules)
    wanted = wanted_policy(state, turn.rules)
    if wanted != state.policy and turn.rules.knows(wanted):
        turn.emit(PolicyApplied(policy=wanted, decision=decision.id if decision else None))


def wanted_policy(state: Cooperation, rules: Rulebook) -> str:
    """Return the policy, ``name@version``, that the latest standing decision is about."""
    decision = _deciding(state, rules)
    return decision.subject.partition(":")[2] if decision else state.first_policy


def next_look(state: Cooperation, rules: Rulebook, after: datetime) -> datetime | None:
    """Return the instant itself when a policy that is wanted has just been offered."""
    if state.status not in {"active", "paused", "closing"}:
        return None
    wanted = wanted_policy(state, rules)
    return after if wanted != state.policy and rules.knows(wanted) else None


def _deciding(state: Cooperation, rules: Rulebook) -> Decision | None:
    return remember(state, "policy", rules.family, ("decisions",), lambda: _latest(state))


def _latest(state: Cooperation) -> Decision | None:
    adopted = [
        decision
        for decision in state.decisions.values()
        if decision.result == "adopted"
        and decision.subject.startswith("policy:")
        and not decision.vetoed
    ]
    return max(adopted, key=lambda decision: decision.closed_seq or 0, default=None)
