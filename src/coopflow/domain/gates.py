"""Gates: verdicts that explain themselves, and their ratification by the members."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

from coopflow.domain.base import Instant, Label, Shape, Slug
from coopflow.domain.clocks import ReservationMade, fall_back
from coopflow.domain.commands import Command
from coopflow.domain.conditions import FactRead, Finding, find, is_useful, levels
from coopflow.domain.decisions import TakesEffect, open_decision
from coopflow.domain.disagreements import blocking
from coopflow.domain.events import Entry, Event
from coopflow.domain.facts import View
from coopflow.domain.policy import Criterion, Remedy
from coopflow.domain.refusals import refuse
from coopflow.domain.remedies import people_needed, smallest_cover
from coopflow.domain.roles import MATRIX
from coopflow.domain.rulebook import Rulebook
from coopflow.domain.state import Cooperation, GateRecord, Verdict
from coopflow.domain.turn import Turn


class GateRequested(Event):
    """A gate was asked for, and this is the verdict."""

    type: Literal["gate_requested"] = "gate_requested"
    verdict: Verdict
    levels: dict[Slug, int]

    def changes(self, state: Cooperation, entry: Entry) -> dict[str, Any]:
        """Record the verdict."""
        return gate_record(state, self.verdict.gate, verdict=self.verdict, requested_at=entry.at)


class RatificationOpened(Event):
    """The members were asked to ratify a passed gate."""

    type: Literal["ratification_opened"] = "ratification_opened"
    gate: Slug
    decision: Slug

    def changes(self, state: Cooperation, entry: Entry) -> dict[str, Any]:  # noqa: ARG002
        """Count it."""
        record = state.gates.get(self.gate, GateRecord())
        return gate_record(state, self.gate, ratifications=record.ratifications + 1)


def gate_record(state: Cooperation, gate: str, **changed: Any) -> dict[str, Any]:
    """Return the change of the state that changes the record of a gate."""
    record = state.gates.get(gate, GateRecord()).but(**changed)
    return {"gates": {**state.gates, gate: record}}


class GatePassed(Event):
    """A gate was passed; from now on its minima must hold."""

    type: Literal["gate_passed"] = "gate_passed"
    gate: Slug
    stage: Slug
    waived: bool = False

    def changes(self, state: Cooperation, entry: Entry) -> dict[str, Any]:
        """Enter the stage; staying in it for another term keeps the days spent there."""
        moved = {"stage": self.stage, "stage_since": entry.at} if self.stage != state.stage else {}
        return moved | {"floor": self.gate, "floor_since": entry.at} | self._record(state, entry)

    def _record(self, state: Cooperation, entry: Entry) -> dict[str, Any]:
        waived = state.gates.get(self.gate, GateRecord()).waived + int(self.waived)
        return gate_record(state, self.gate, passed_at=entry.at, waived=waived, waiver=None)


class CriterionFinding(Shape):
    """A criterion of a gate: whether it is met, what it read, and what to do when it is not."""

    id: Slug
    label: Label
    condition: Slug | None = None
    level: int | None = None
    met: bool
    stale: bool = False
    waived: bool = False
    error: str | None = None
    facts: tuple[FactRead, ...] = ()
    remedies: tuple[Slug, ...] = ()


class RemedyOffer(Shape):
    """Something that would help: the commands, in order, and the roles that may give each.

    ``people`` is how many organisations at least must act.
    """

    id: Slug
    label: Label
    steps: tuple[Slug, ...]
    roles: dict[Slug, tuple[str, ...]]
    people: int = 1
    document: str | None = None


class Examination(Shape):
    """A verdict on a gate that explains itself; nothing is changed by making one."""

    gate: Slug
    label: Label
    at: Instant
    stage: Slug
    result: Literal["pass", "conditional", "fail", "blocked"]
    levels: dict[Slug, int]
    minima: dict[Slug, int]
    short: dict[Slug, int]
    blocked_by: tuple[Slug, ...] = ()
    guards: tuple[CriterionFinding, ...] = ()
    criteria: tuple[CriterionFinding, ...] = ()
    remedies: tuple[RemedyOffer, ...] = ()

    @property
    def unmet(self) -> tuple[str, ...]:
        """The guards and the criteria that stand in the way."""
        return tuple(one.id for one in (*self.guards, *self.criteria) if not one.met)

    def verdict(self) -> Verdict:
        """Return what is recorded of the examination."""
        return Verdict(gate=self.gate, result=self.result, unmet=self.unmet, short=self.short)


def examine(state: Cooperation, gate: str, at: datetime, rules: Rulebook) -> Examination:
    """Check a gate in the forward reading.

    Raises:
        RefusedError: the lifecycle has no such gate (``unknown_gate``).
    """
    known = rules.lifecycle.gate(gate)
    if known is None:
        refuse("unknown_gate", f"there is no gate {gate}", gate=gate)
    asked = rules.gate_policy(gate)
    view = View(state, at, forward=True, current_for=rules.policy.measures.current_for)
    reached = levels(view, rules).levels
    short = {
        condition: minimum - reached[condition]
        for condition, minimum in asked.minima.items()
        if reached[condition] < minimum
    }
    waived = {one.about for one in state.reservations.values() if one.waived}
    guards = tuple(
        _said(guard, find(guard, view, rules), waived=guard.id in waived) for guard in asked.guards
    )
    criteria = tuple(
        _said(
            criterion,
            find(criterion, view, rules),
            condition.id,
            criterion.level,
            waived=condition.id in waived,
        )
        for condition in rules.policy.conditions
        for criterion in condition.criteria
        if criterion.level <= asked.minima.get(condition.id, 0)
    )
    blocked_by = blocking(state)
    result = _result(blocked_by, guards, short, rules)
    return Examination(
        gate=gate,
        label=known.label,
        at=at,
        stage=state.stage,
        result=result,
        levels=reached,
        minima=dict(asked.minima),
        short=short,
        blocked_by=blocked_by,
        guards=guards,
        criteria=criteria,
        remedies=_offers((*guards, *criteria), view, rules),
    )


def _said(
    criterion: Criterion,
    found: Finding,
    condition: str | None = None,
    level: int | None = None,
    *,
    waived: bool,
) -> CriterionFinding:
    return CriterionFinding(
        id=criterion.id,
        label=criterion.label,
        condition=condition,
        level=level,
        met=found.met,
        stale=found.stale,
        waived=waived and not found.met,
        error=found.error,
        facts=found.facts,
        remedies=() if found.met else criterion.remedies,
    )


def _result(
    blocked_by: tuple[str, ...],
    guards: tuple[CriterionFinding, ...],
    short: dict[str, int],
    rules: Rulebook,
) -> Literal["pass", "conditional", "fail", "blocked"]:
    terms = rules.policy.ratification
    if blocked_by:
        return "blocked"
    if not all(guard.met for guard in guards):
        return "fail"
    if not short:
        return "pass"
    tolerable = (
        len(short) <= terms.conditions_short
        and max(short.values()) <= terms.levels_short
        and not set(short).intersection(terms.never_short)
    )
    return "conditional" if tolerable else "fail"


def _offers(
    found: tuple[CriterionFinding, ...], view: View, rules: Rulebook
) -> tuple[RemedyOffer, ...]:
    """Return the smallest set of remedies that covers every criterion that is not met."""
    remedies = rules.policy.remedies
    useful = {slug for one in found if not one.met for slug in one.remedies}
    useful = {slug for slug in useful if is_useful(slug, view, rules)}
    people = {slug: people_needed(remedies[slug], view.state, rules) for slug in useful}
    wanted = [useful & set(one.remedies) for one in found if not one.met]
    chosen = smallest_cover([options for options in wanted if options], remedies, people)
    return tuple(_offer(slug, remedies[slug], people[slug]) for slug in chosen)


def _offer(slug: str, remedy: Remedy, people: int) -> RemedyOffer:
    return RemedyOffer(
        id=slug,
        label=remedy.label,
        steps=remedy.steps,
        roles={step: tuple(MATRIX[step]) for step in remedy.steps},
        people=people,
        document=remedy.document,
    )


class RequestGate(Command):
    """Ask to pass a gate."""

    command: Literal["request_gate"] = "request_gate"
    gate: Slug

    def decide(self, turn: Turn) -> None:
        """Record the verdict; a pass is put to the members for ratification."""
        state, rules = turn.state, turn.rules
        known = rules.lifecycle.gate(self.gate)
        if known is None:
            refuse("unknown_gate", f"there is no gate {self.gate}", gate=self.gate)
        if rules.lifecycle.machine.after(state.stage, self.gate) is None:
            refuse(
                "wrong_stage",
                f"{self.gate} leaves {known.leaves}, the cooperation is in {state.stage}",
                gate=self.gate,
                stage=state.stage,
            )
        if state.status != "active":
            refuse("wrong_state", f"the cooperation is {state.status}", status=state.status)
        subject = f"gate:{self.gate}"
        waiting = [d.id for d in state.decisions.values() if d.is_open and d.subject == subject]
        if waiting:
            refuse("wrong_state", "its ratification is open", gate=self.gate, decision=waiting[0])
        examination = examine(state, self.gate, turn.at, rules)
        turn.emit(GateRequested(verdict=examination.verdict(), levels=examination.levels))
        if examination.result in {"pass", "conditional"}:
            self._open_ratification(turn)

    def _open_ratification(self, turn: Turn) -> None:
        terms = turn.rules.policy.ratification
        number = turn.state.gates[self.gate].ratifications + 1
        slug = f"ratify-{self.gate}-{number}"
        open_decision(
            turn,
            subject=f"gate:{self.gate}",
            slug=slug,
            rule=terms.rule,
            quorum=terms.quorum,
            closes_at=terms.open_for.after(turn.at),
        )
        turn.emit(RatificationOpened(gate=self.gate, decision=slug))


def on_decision_closed(turn: Turn, event: Event) -> None:
    """Pass a ratified gate; step back where the members chose to."""
    assert isinstance(event, TakesEffect)
    kind, _, rest = event.subject.partition(":")
    if event.result != "adopted":
        return
    if kind == "gate":
        _pass(turn, rest)
    elif kind == "return" and rest in turn.rules.lifecycle.stages_before(turn.state.stage):
        fall_back(turn, rest, decision=event.decision)


def _pass(turn: Turn, gate: str) -> None:
    verdict = turn.state.gates[gate].verdict
    if verdict is None or not enter(turn, gate):
        return
    until = turn.rules.policy.ratification.remedy_within.after(turn.at)
    for condition in verdict.short:
        turn.emit(ReservationMade(gate=gate, about=condition, until=until))


def enter(turn: Turn, gate: str, *, waived: bool = False) -> bool:
    """Pass a gate, unless the cooperation fell back or began to close during the vote."""
    stage = turn.rules.lifecycle.machine.after(turn.state.stage, gate)
    if stage is None or turn.state.status not in {"active", "paused"}:
        return False
    turn.emit(GatePassed(gate=gate, stage=stage, waived=waived))
    return True
