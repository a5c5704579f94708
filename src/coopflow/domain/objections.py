"""Objections: what they are found to be, taking them back, integrating them."""

from __future__ import annotations

from typing import Any, Literal

from coopflow.domain.base import Instant, Slug, Text
from coopflow.domain.commands import Command
from coopflow.domain.decisions import AboutDecision, decision_of, not_by_support
from coopflow.domain.events import Entry
from coopflow.domain.lifecycle import Move, StateMachine
from coopflow.domain.refusals import refuse
from coopflow.domain.state import Cooperation, Decision, MandateTerms
from coopflow.domain.turn import Turn

OBJECTION = StateMachine(
    "objection",
    "raised",
    [
        Move("find_qualified", "raised", "qualified"),
        Move("find_concern", "raised", "concern"),
        *(
            Move(trigger, source, dest)
            for source in ("raised", "qualified")
            for trigger, dest in (
                ("integrate", "integrated"),
                ("withdraw", "withdrawn"),
                ("uphold", "upheld"),
            )
        ),
    ],
)
"""What becomes of an objection."""


class ObjectionQualified(AboutDecision):
    """The facilitator said what an objection is: one that stands, or a concern to be logged."""

    type: Literal["objection_qualified"] = "objection_qualified"
    organisation: Slug
    verdict: Literal["qualified", "concern"]
    reason: str | None = None

    def becomes(self, decision: Decision, entry: Entry) -> dict[str, Any]:  # noqa: ARG002
        """Note the verdict."""
        return _objection(decision, self.organisation, self.verdict)


class ObjectionWithdrawn(AboutDecision):
    """Who objected took it back."""

    type: Literal["objection_withdrawn"] = "objection_withdrawn"
    organisation: Slug

    def becomes(self, decision: Decision, entry: Entry) -> dict[str, Any]:  # noqa: ARG002
        """Note that it is withdrawn."""
        return _objection(decision, self.organisation, "withdrawn")


def _objection(decision: Decision, organisation: str, status: str) -> dict[str, Any]:
    objection = decision.objections[organisation].but(status=status)
    return {"objections": {**decision.objections, organisation: objection}}


class ObjectionIntegrated(AboutDecision):
    """The proposal was changed to meet an objection; a material change asks everybody again."""

    type: Literal["objection_integrated"] = "objection_integrated"
    organisation: Slug
    amendment: dict[str, Any]
    material: bool
    closes_at: Instant

    def becomes(self, decision: Decision, entry: Entry) -> dict[str, Any]:  # noqa: ARG002
        """Count the round, and reset the ballots if the change is material."""
        return _objection(decision, self.organisation, "integrated") | {
            "rounds": decision.rounds + 1,
            "closes_at": self.closes_at,
            "ballots": {} if self.material else decision.ballots,
            "question": self.amendment.get("question", decision.question),
            "terms": decision.terms
            and MandateTerms.model_validate(
                decision.terms.model_dump()
                | {k: v for k, v in self.amendment.items() if k in MandateTerms.model_fields}
            ),
        }


class QualifyObjection(Command):
    """Say whether an objection stands in the way or is a concern to be logged."""

    command: Literal["qualify_objection"] = "qualify_objection"
    decision: Slug
    organisation: Slug
    verdict: Literal["qualified", "concern"]
    reason: Text | None = None

    def decide(self, turn: Turn) -> None:
        """Qualify an objection that was raised."""
        decision = decision_of(turn.state, self.decision)
        not_by_support(self, turn.state, decision)
        _objection_in(decision, self.organisation, f"find_{self.verdict}")
        turn.emit(
            ObjectionQualified(
                decision=decision.id,
                organisation=self.organisation,
                verdict=self.verdict,
                reason=self.reason,
            )
        )


def _objection_in(decision: Decision, organisation: str, trigger: str) -> None:
    objection = decision.objections.get(organisation)
    if objection is None or OBJECTION.after(objection.status, trigger) is None:
        refuse(
            "wrong_state",
            f"{organisation} has no objection that this can be done with",
            decision=decision.id,
            organisation=organisation,
            status=objection.status if objection else None,
        )


class WithdrawObjection(Command):
    """Take one's own objection back."""

    command: Literal["withdraw_objection"] = "withdraw_objection"
    decision: Slug
    organisation: Slug
    reason: Text | None = None

    def speaks_for(self, state: Cooperation) -> tuple[str, ...]:  # noqa: ARG002
        """One's own organisation."""
        return (self.organisation,)

    def decide(self, turn: Turn) -> None:
        """Withdraw an objection that stands."""
        decision = decision_of(turn.state, self.decision)
        _objection_in(decision, self.organisation, "withdraw")
        turn.emit(ObjectionWithdrawn(decision=decision.id, organisation=self.organisation))


class IntegrateObjection(Command):
    """Change the proposal so that an objection is met."""

    command: Literal["integrate_objection"] = "integrate_objection"
    decision: Slug
    organisation: Slug
    amendment: dict[str, Any]
    material: bool

    def decide(self, turn: Turn) -> None:
        """Integrate it; who keeps the proposal reacts to the event."""
        decision = decision_of(turn.state, self.decision)
        _objection_in(decision, self.organisation, "integrate")
        numbers = turn.rules.policy.decisions
        if decision.rounds >= numbers.rounds:
            refuse("wrong_state", f"{numbers.rounds} rounds are over", decision=decision.id)
        closing = decision.closes_at
        if self.material:
            closing = max(closing, numbers.material_extends.after(turn.at))
        turn.emit(
            ObjectionIntegrated(
                decision=decision.id,
                organisation=self.organisation,
                amendment=self.amendment,
                material=self.material,
                closes_at=closing,
            )
        )
