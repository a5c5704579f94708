"""Gates as people meet them: what the next ones ask, and what has become of a request."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final, NamedTuple

from coopflow.application.gate_check import check_gate
from coopflow.domain.explanation import CriterionFinding, Examination
from coopflow.domain.refusals import Refusal
from coopflow.domain.state import Cooperation, Decision
from coopflow.entrypoints.http.looking import Looked

_SOON: Final = timedelta(days=90)
"""How long before its term ends a gate is worth asking for again."""


class Gateway(NamedTuple):
    """A gate, and what has become of requests to pass it.

    Attributes:
        found: what it would say at the instant that is looked at.
        ratifying: the decision by which the members are ratifying its passing, if one is open.
        waiving: the decision by which they may waive it, if one is open.
        valid_until: when the term ends that it was passed for, while that is some time ahead.
        may_be_asked: whether asking for it would lead anywhere.
    """

    found: Examination
    ratifying: Decision | None
    waiving: Decision | None
    valid_until: datetime | None
    may_be_asked: bool

    @property
    def unmet(self) -> tuple[CriterionFinding, ...]:
        """What stands in the way."""
        every = (*self.found.guards, *self.found.criteria)
        return tuple(one for one in every if not one.met and not one.waived)


def ahead_of(looked: Looked) -> tuple[Gateway, ...]:
    """Return the gates that lead on; none where the cooperation winds down or is closed."""
    state = looked.state
    if state.status not in {"active", "paused"}:
        return ()
    rules = looked.rules.followed_by(state)
    examined = (
        check_gate(state, gate.id, looked.at, looked.rules)
        for gate in rules.lifecycle.gates_from(state.stage)
    )
    return tuple(gateway(one, looked) for one in examined if not isinstance(one, Refusal))


def gateway(found: Examination, looked: Looked) -> Gateway:
    """Return a gate with what has become of it."""
    state, gate = looked.state, found.gate
    ratifying = _open(state, f"gate:{gate}")
    until = _term(looked, gate)
    leads_on = gate in {
        one.id for one in looked.rules.followed_by(state).lifecycle.gates_from(state.stage)
    }
    return Gateway(
        found=found,
        ratifying=ratifying,
        waiving=_open(state, f"waiver:{gate}"),
        valid_until=until,
        may_be_asked=leads_on
        and ratifying is None
        and until is None
        and state.status == "active"
        and found.result in {"pass", "conditional"},
    )


def _open(state: Cooperation, subject: str) -> Decision | None:
    found = [one for one in state.decisions.values() if one.is_open and one.subject == subject]
    return found[-1] if found else None


def _term(looked: Looked, gate: str) -> datetime | None:
    """Return when the term of a gate ends that was passed, while that is not soon."""
    state = looked.state
    known = looked.rules.followed_by(state).lifecycle.gate(gate)
    if known is None or known.term is None or state.floor != gate or state.floor_since is None:
        return None
    until = known.term.after(state.floor_since)
    return until if until - looked.at > _SOON else None
