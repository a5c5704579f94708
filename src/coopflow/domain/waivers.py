"""Waivers: passing a gate that failed all the same, by the members and the programme together."""

from __future__ import annotations

from typing import Any, Literal

from coopflow.domain.base import Slug, Text
from coopflow.domain.clocks import ReservationMade
from coopflow.domain.commands import Command
from coopflow.domain.decisions import TakesEffect, open_decision
from coopflow.domain.events import Entry, Event
from coopflow.domain.gates import enter, gate_record
from coopflow.domain.refusals import refuse
from coopflow.domain.state import Cooperation, GateRecord, Waiver
from coopflow.domain.turn import Turn


class WaiverRequested(Event):
    """The members were asked to pass a failed gate all the same."""

    type: Literal["waiver_requested"] = "waiver_requested"
    gate: Slug
    decision: Slug
    reason: str

    def changes(self, state: Cooperation, entry: Entry) -> dict[str, Any]:  # noqa: ARG002
        """Keep the request."""
        waiver = Waiver(decision=self.decision, reason=self.reason)
        return gate_record(state, self.gate, waiver=waiver)


class WaiverAdopted(Event):
    """The members agreed to the waiver."""

    type: Literal["waiver_adopted"] = "waiver_adopted"
    gate: Slug

    def changes(self, state: Cooperation, entry: Entry) -> dict[str, Any]:  # noqa: ARG002
        """Note it."""
        return _with_waiver(state, self.gate, adopted=True)


class WaiverCosigned(Event):
    """The programme agreed to the waiver."""

    type: Literal["waiver_cosigned"] = "waiver_cosigned"
    gate: Slug
    reason: str

    def changes(self, state: Cooperation, entry: Entry) -> dict[str, Any]:  # noqa: ARG002
        """Note it."""
        return _with_waiver(state, self.gate, cosigned=True)


class WaiverDropped(Event):
    """The members did not agree to the waiver."""

    type: Literal["waiver_dropped"] = "waiver_dropped"
    gate: Slug

    def changes(self, state: Cooperation, entry: Entry) -> dict[str, Any]:  # noqa: ARG002
        """Forget the request."""
        return gate_record(state, self.gate, waiver=None)


def _with_waiver(state: Cooperation, gate: str, **changed: bool) -> dict[str, Any]:
    waiver = state.gates[gate].waiver
    return gate_record(state, gate, waiver=waiver and waiver.but(**changed))


class _AboutGate(Command):
    gate: Slug
    reason: Text

    def _record(self, turn: Turn) -> GateRecord:
        known = turn.rules.lifecycle.gate(self.gate)
        if known is None:
            refuse("unknown_gate", f"there is no gate {self.gate}", gate=self.gate)
        if turn.rules.lifecycle.machine.after(turn.state.stage, self.gate) is None:
            refuse(
                "wrong_stage",
                f"{self.gate} leaves {known.leaves}, the cooperation is in {turn.state.stage}",
                gate=self.gate,
                stage=turn.state.stage,
            )
        return turn.state.gates.get(self.gate, GateRecord())


class WaiveGate(_AboutGate):
    """Ask the members to pass a gate whose last verdict was a fail."""

    command: Literal["waive_gate"] = "waive_gate"

    def decide(self, turn: Turn) -> None:
        """Open the decision, if the gate failed and was not waived before."""
        record = self._record(turn)
        if record.verdict is None or record.verdict.result != "fail":
            refuse("wrong_state", "only a gate that failed is waived", gate=self.gate)
        if record.waived >= turn.rules.policy.waiver.times:
            refuse("wrong_state", "the gate has been waived before", gate=self.gate)
        if record.waiver is not None:
            refuse("wrong_state", "a waiver is under way", decision=record.waiver.decision)
        open_decision(turn, subject=f"waiver:{self.gate}", question=self.reason)
        slug = next(reversed(turn.state.decisions))
        turn.emit(WaiverRequested(gate=self.gate, decision=slug, reason=self.reason))


class CosignWaiver(_AboutGate):
    """Agree to a waiver for the programme."""

    command: Literal["cosign_waiver"] = "cosign_waiver"

    def decide(self, turn: Turn) -> None:
        """Sign it once; with the members' adoption it takes effect."""
        waiver = self._record(turn).waiver
        if waiver is None:
            refuse("wrong_state", "no waiver has been asked for", gate=self.gate)
        if waiver.cosigned:
            refuse("already_exists", "the waiver is signed already", gate=self.gate)
        turn.emit(WaiverCosigned(gate=self.gate, reason=self.reason))
        _pass_if_agreed(turn, self.gate)


def on_decision_closed(turn: Turn, event: Event) -> None:
    """Take what the members say to a waiver."""
    assert isinstance(event, TakesEffect)
    kind, _, gate = event.subject.partition(":")
    if kind != "waiver":
        return
    if event.result == "adopted":
        turn.emit(WaiverAdopted(gate=gate))
        _pass_if_agreed(turn, gate)
    else:
        turn.emit(WaiverDropped(gate=gate))


def _pass_if_agreed(turn: Turn, gate: str) -> None:
    record = turn.state.gates[gate]
    waiver, verdict = record.waiver, record.verdict
    if waiver is None or verdict is None or not (waiver.adopted and waiver.cosigned):
        return
    if not enter(turn, gate, waived=True):
        turn.emit(WaiverDropped(gate=gate))  # the cooperation fell back in the meantime
        return
    guards = {guard.id for guard in turn.rules.gate_policy(gate).guards}
    until = turn.rules.policy.waiver.within.after(turn.at)
    for about in (*verdict.short, *(one for one in verdict.unmet if one in guards)):
        turn.emit(ReservationMade(gate=gate, about=about, until=until, waived=True))
