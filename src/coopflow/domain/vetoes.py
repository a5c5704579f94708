"""Vetoes: those whom the charter names may suspend what was adopted, and must say why."""

from __future__ import annotations

from typing import Final, Literal

from coopflow.domain.base import Slug
from coopflow.domain.commands import Command
from coopflow.domain.decisions import (
    EffectAbandoned,
    EffectRestored,
    EffectSuspended,
    decision_of,
)
from coopflow.domain.disagreements import DisagreementClosed, raise_disagreement
from coopflow.domain.events import Event
from coopflow.domain.marks import SealedText
from coopflow.domain.members import active_member
from coopflow.domain.policy import subject_kind
from coopflow.domain.refusals import refuse
from coopflow.domain.state import Cooperation, Decision
from coopflow.domain.tools import Charter
from coopflow.domain.turn import Turn

SUSPENDABLE: Final = frozenset({"document", "mandate", "admission", "policy", "money", "other"})
"""The kinds of subjects whose effect can be suspended; a stage that was entered cannot."""


class VetoDecision(Command):
    """Suspend the effect of an adopted decision; a disagreement opens about it."""

    command: Literal["veto_decision"] = "veto_decision"
    decision: Slug
    organisation: Slug
    reason: SealedText | None = None

    def speaks_for(self, state: Cooperation) -> tuple[str, ...]:  # noqa: ARG002
        """One's own organisation."""
        return (self.organisation,)

    def decide(self, turn: Turn) -> None:
        """Veto what the charter lets this organisation veto, in time and with a reason."""
        decision = decision_of(turn.state, self.decision, must_be_open=False)
        self._check_right(turn, decision)
        if self.reason is None:
            refuse("reason_required", "a veto says why", decision=decision.id)
        if decision.result != "adopted" or decision.closed_at is None or decision.vetoed:
            refuse("wrong_state", "only what was adopted is vetoed", decision=decision.id)
        if subject_kind(decision.subject) not in SUSPENDABLE:
            refuse("rule_not_allowed", f"{decision.subject} has taken effect", decision=decision.id)
        if turn.at >= turn.rules.policy.decisions.veto_within.after(decision.closed_at):
            refuse("too_late", "the time for a veto is over", decision=decision.id)
        slug = turn.state.next_id("disagreements")
        turn.emit(
            EffectSuspended(
                decision=decision.id,
                subject=decision.subject,
                organisation=self.organisation,
                disagreement=slug,
                reason=self.reason,
            )
        )
        proposer = turn.state.represented_by(decision.opened_by or "")
        raise_disagreement(
            turn,
            slug=slug,
            subject=decision.subject,
            content=self.reason,
            parties=tuple(dict.fromkeys((self.organisation, *proposer))),
            touches="object",
            flagged=False,
        )

    def _check_right(self, turn: Turn, decision: Decision) -> None:
        charter = turn.state.current("charter")
        if charter is None or charter.in_force_at is None or not isinstance(charter.typed, Charter):
            refuse("forbidden", "no charter in force names holders of a veto")
        names = {decision.subject, *decision.subject.split(":")}
        if not any(
            right.holder == self.organisation and names.intersection(right.subjects)
            for right in charter.typed.vetoes
        ):
            refuse("forbidden", f"the charter gives {self.organisation} no veto here")
        active_member(turn.state, self.organisation)
        if self.organisation not in charter.signatures:
            refuse("not_signed", "who has not signed the charter holds no veto under it")


def on_disagreement_closed(turn: Turn, event: Event) -> None:
    """Restore or abandon what a veto suspended, as its disagreement ended."""
    assert isinstance(event, DisagreementClosed)
    vetoed = [d for d in turn.state.decisions.values() if d.veto == event.disagreement]
    for decision in vetoed:
        if event.outcome in {"withdrawn", "redirected", "decided"}:
            turn.emit(
                EffectRestored(decision=decision.id, subject=decision.subject, result="adopted")
            )
        else:
            turn.emit(EffectAbandoned(decision=decision.id, subject=decision.subject))
