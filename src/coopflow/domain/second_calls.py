"""Second calls: a decision that lapsed is put again, once, at a part of its quorum."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, Literal

from coopflow.domain.base import Instant, Ratio, Slug, StatedInstant
from coopflow.domain.commands import Command
from coopflow.domain.decisions import AboutDecision, facilitated
from coopflow.domain.events import Entry
from coopflow.domain.policy import subject_kind
from coopflow.domain.refusals import refuse
from coopflow.domain.state import Decision
from coopflow.domain.turn import Turn


class DecisionRecalled(AboutDecision):
    """A lapsed decision is put again to those who are active now, with a smaller quorum."""

    type: Literal["decision_recalled"] = "decision_recalled"
    electorate: tuple[Slug, ...]
    quorum: Ratio
    closes_at: Instant

    def becomes(self, decision: Decision, entry: Entry) -> dict[str, Any]:  # noqa: ARG002
        """Open it afresh."""
        return {
            "result": None,
            "arithmetic": None,
            "closed_at": None,
            "closed_seq": None,
            "recalled": True,
            "electorate": self.electorate,
            "left": (),
            "quorum": self.quorum,
            "opened_at": entry.at,
            "closes_at": self.closes_at,
            "ballots": {},
            "objections": {},
            "reminded": (),
            "paused": timedelta(),
        }


class RecallDecision(Command):
    """Put a lapsed decision to the members a second time, at a part of its quorum."""

    command: Literal["recall_decision"] = "recall_decision"
    decision: Slug
    closes_at: StatedInstant | None = None

    def decide(self, turn: Turn) -> None:
        """Recall it once, in the span of time that the policy gives."""
        decision = facilitated(self, turn.state, self.decision)
        if decision.result != "lapsed" or decision.closed_at is None or decision.recalled:
            refuse(
                "wrong_state",
                "only a decision that lapsed, and only once, is called again",
                decision=decision.id,
                result=decision.result or "open",
            )
        terms = turn.rules.policy.decisions.second_call
        if {decision.subject, subject_kind(decision.subject)} & set(terms.never_for):
            refuse(
                "rule_not_allowed",
                f"there is no second call on {decision.subject}",
                decision=decision.id,
                subject=decision.subject,
            )
        earliest = terms.earliest.after(decision.closed_at)
        latest = terms.latest.after(decision.closed_at)
        if turn.at < earliest:
            refuse("too_early", "a second call waits", decision=decision.id, from_=str(earliest))
        if turn.at >= latest:
            refuse("too_late", "the time for a second call is over", decision=decision.id)
        closing = self.closes_at or turn.rules.policy.decisions.open_for.after(turn.at)
        if closing <= turn.at:
            refuse("too_late", "the decision would close before it opens", closes_at=str(closing))
        turn.emit(
            DecisionRecalled(
                decision=decision.id,
                electorate=tuple(o for o in turn.state.active if o not in decision.recused),
                quorum=decision.quorum * terms.quorum_factor,
                closes_at=closing,
            )
        )
