"""Gates: the verdict on one that is asked for, and its ratification by the members."""

from __future__ import annotations

from typing import Any, Literal, NamedTuple

from coopflow.domain.base import Slug
from coopflow.domain.clocks import ReservationMade, fall_back
from coopflow.domain.commands import Command
from coopflow.domain.conditions import holds, levels
from coopflow.domain.decisions import TakesEffect, open_decision
from coopflow.domain.disagreements import blocking
from coopflow.domain.events import Entry, Event
from coopflow.domain.facts import View
from coopflow.domain.refusals import refuse
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


class Judgement(NamedTuple):
    """A verdict on a gate, and what it was judged on; a ``blocked`` one names what blocks."""

    verdict: Verdict
    levels: dict[str, int]
    blocked_by: tuple[str, ...]


def judge(view: View, gate: str, rules: Rulebook) -> Judgement:
    """Judge a gate of the lifecycle, in the reading of the view."""
    asked = rules.gate_policy(gate)
    reached = levels(view, rules).levels
    short = {
        condition: minimum - reached[condition]
        for condition, minimum in asked.minima.items()
        if reached[condition] < minimum
    }
    failed = tuple(guard.id for guard in asked.guards if not holds(guard, view, rules).holds)
    unmet = tuple(
        criterion.id
        for _, criterion in rules.criteria_asked(gate)
        if not holds(criterion, view, rules).holds
    )
    blocked_by = blocking(view.state)
    result = _result(bool(blocked_by), bool(failed), short, rules)
    verdict = Verdict(gate=gate, result=result, unmet=(*failed, *unmet), short=short)
    return Judgement(verdict, reached, blocked_by)


def _result(
    is_blocked: bool,  # noqa: FBT001 - the facts of the verdict, in their order
    has_failed_guard: bool,  # noqa: FBT001
    short: dict[str, int],
    rules: Rulebook,
) -> Literal["pass", "conditional", "fail", "blocked"]:
    terms = rules.policy.ratification
    if is_blocked:
        return "blocked"
    if has_failed_guard:
        return "fail"
    if not short:
        return "pass"
    tolerable = (
        len(short) <= terms.conditions_short
        and max(short.values()) <= terms.levels_short
        and not set(short).intersection(terms.never_short)
    )
    return "conditional" if tolerable else "fail"


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
        judged = judge(turn.view(forward=True), self.gate, rules)
        turn.emit(GateRequested(verdict=judged.verdict, levels=judged.levels))
        if judged.verdict.result in {"pass", "conditional"}:
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
