"""Objections: what they are found to be, taking them back, integrating them."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any, Final, Literal, NoReturn

from pydantic import TypeAdapter, ValidationError

from coopflow.domain.base import Instant, Slug, Text
from coopflow.domain.commands import Command
from coopflow.domain.decisions import (
    AboutDecision,
    check_known,
    check_open,
    close_if_all_answered,
    decision_of,
    facilitated,
    heed_objections,
    recuse,
)
from coopflow.domain.events import Entry
from coopflow.domain.lifecycle import Move, StateMachine
from coopflow.domain.marks import Sealed, SealedText
from coopflow.domain.members import active_member
from coopflow.domain.refusals import refuse
from coopflow.domain.state import Cooperation, Decision, MandateTerms
from coopflow.domain.tools import path_of
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


_QUESTION: Final[TypeAdapter[str | None]] = TypeAdapter(Text | None)


class ObjectionQualified(AboutDecision):
    """The facilitator said what an objection is: one that stands, or a concern to be logged."""

    type: Literal["objection_qualified"] = "objection_qualified"
    organisation: Slug
    verdict: Literal["qualified", "concern"]
    reason: Sealed | None = None

    @classmethod
    def is_sealed(cls, fields: Mapping[str, Any], secret: Collection[str]) -> bool:
        """It is where the ballot is secret."""
        return fields.get("decision") in secret

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
    question: str | None = None
    terms: MandateTerms | None = None

    def becomes(self, decision: Decision, entry: Entry) -> dict[str, Any]:  # noqa: ARG002
        """Count the round, and reset the ballots if the change is material."""
        return _objection(decision, self.organisation, "integrated") | {
            "rounds": decision.rounds + 1,
            "closes_at": self.closes_at,
            "ballots": {} if self.material else decision.ballots,
            "question": self.question or decision.question,
            "terms": self.terms or decision.terms,
        }


class QualifyObjection(Command):
    """Say whether an objection stands in the way or is a concern to be logged."""

    command: Literal["qualify_objection"] = "qualify_objection"
    decision: Slug
    organisation: Slug
    verdict: Literal["qualified", "concern"]
    reason: SealedText | None = None

    def decide(self, turn: Turn) -> None:
        """Qualify an objection that was raised."""
        decision = facilitated(self, turn.state, self.decision)
        check_known(turn.state, (self.organisation,))
        check_open(decision)
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
        decision = decision_of(turn.state, self.decision, must_be_open=False)
        check_known(turn.state, (self.organisation,))
        check_open(decision)
        _objection_in(decision, self.organisation, "integrate")
        numbers = turn.rules.policy.decisions
        if decision.rounds >= numbers.rounds:
            refuse("wrong_state", f"{numbers.rounds} rounds are over", decision=decision.id)
        closing = decision.closes_at
        if self.material:
            closing = max(closing, numbers.material_extends.after(turn.at))
        question, terms = self._amended(turn, decision)
        turn.emit(
            ObjectionIntegrated(
                decision=decision.id,
                organisation=self.organisation,
                amendment=self.amendment,
                material=self.material,
                closes_at=closing,
                question=question,
                terms=terms,
            )
        )
        if terms is not None:
            recuse(turn, decision.id, terms.holder)
        heed_objections(turn, decision.id)
        close_if_all_answered(turn, decision.id)

    def _amended(self, turn: Turn, decision: Decision) -> tuple[str | None, MandateTerms | None]:
        """Return the amended question and mandate; documents are amended by those who keep them."""
        if decision.document is not None:
            return None, None
        before = decision.terms.model_dump() if decision.terms else {}
        known = {name: value for name, value in self.amendment.items() if name in before}
        try:
            question = _QUESTION.validate_python(self.amendment.get("question"))
            terms = MandateTerms.model_validate(before | known) if known else None
        except ValidationError as error:
            faults = error.errors(include_url=False, include_context=False, include_input=False)
            said = [(path_of(("amendment", *fault["loc"])), fault["msg"]) for fault in faults]
            _refuse_amendment(said)
        unknown = [name for name in self.amendment if name not in {"question", *before}]
        if unknown:
            _refuse_amendment([(f"amendment.{name}", "the proposal has none") for name in unknown])
        if terms is not None:
            active_member(turn.state, terms.holder)
        return question, terms


def _refuse_amendment(faults: list[tuple[str, str]]) -> NoReturn:
    refuse(
        "invalid_command",
        "; ".join(f"{path}: {problem}" for path, problem in faults),
        faults=[{"path": path, "problem": problem} for path, problem in faults],
    )
