"""Holding and falling back: the clocks of conditions below their minimum, and reservations."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any, Literal

from coopflow.domain.base import Instant, Slug
from coopflow.domain.calendar import earliest
from coopflow.domain.conditions import holds, levels
from coopflow.domain.events import Entry, Event
from coopflow.domain.facts import View
from coopflow.domain.lifecycle import FALL_BACK
from coopflow.domain.rulebook import Rulebook
from coopflow.domain.state import Clock, Cooperation, Reservation
from coopflow.domain.turn import Due, Fire, Rank, Turn


class ReservationMade(Event):
    """A gate was passed without something, which is to be remedied in time."""

    type: Literal["reservation_made"] = "reservation_made"
    gate: Slug
    about: Slug
    until: Instant
    waived: bool = False

    def changes(self, state: Cooperation, entry: Entry) -> dict[str, Any]:  # noqa: ARG002
        """Take the place of the condition's clock."""
        reservation = Reservation(
            gate=self.gate, about=self.about, until=self.until, waived=self.waived
        )
        return {
            "reservations": {**state.reservations, self.about: reservation},
            "clocks": {name: one for name, one in state.clocks.items() if name != self.about},
        }


class ReservationLifted(Event):
    """What a gate was passed without is remedied."""

    type: Literal["reservation_lifted"] = "reservation_lifted"
    about: Slug

    def changes(self, state: Cooperation, entry: Entry) -> dict[str, Any]:  # noqa: ARG002
        """Drop the reservation."""
        kept = {name: one for name, one in state.reservations.items() if name != self.about}
        return {"reservations": kept}


class ClockStarted(Event):
    """A condition is below its minimum and has some time to come back."""

    type: Literal["clock_started"] = "clock_started"
    condition: Slug
    until: Instant

    def changes(self, state: Cooperation, entry: Entry) -> dict[str, Any]:
        """Start the clock."""
        clock = Clock(condition=self.condition, since=entry.at, until=self.until)
        return {"clocks": {**state.clocks, self.condition: clock}}


class ClockStopped(Event):
    """A condition is back at its minimum."""

    type: Literal["clock_stopped"] = "clock_stopped"
    condition: Slug

    def changes(self, state: Cooperation, entry: Entry) -> dict[str, Any]:  # noqa: ARG002
        """Stop the clock."""
        return {
            "clocks": {name: one for name, one in state.clocks.items() if name != self.condition}
        }


class FellBack(Event):
    """The cooperation is one stage back: something was not remedied in time, or it chose so."""

    type: Literal["fell_back"] = "fell_back"
    stage: Slug
    floor: Slug | None
    about: Slug | None = None
    decision: Slug | None = None

    def changes(self, state: Cooperation, entry: Entry) -> dict[str, Any]:  # noqa: ARG002
        """Enter the lower stage, with the minima of the gate that leads into it."""
        return {
            "stage": self.stage,
            "stage_since": entry.at,
            "floor": self.floor,
            "floor_since": entry.at if self.floor else None,
            "clocks": {},
            "reservations": {},
        }


def fall_back(
    turn: Turn, stage: str, *, about: str | None = None, decision: str | None = None
) -> None:
    """Move to an earlier stage, with the minima of the gate that leads into it."""
    gate = turn.rules.lifecycle.gate_into(stage)
    turn.emit(
        FellBack(stage=stage, floor=gate.id if gate else None, about=about, decision=decision)
    )


def minima(state: Cooperation, rules: Rulebook) -> dict[str, int]:
    """Return the levels that must keep holding."""
    return rules.gate_policy(state.floor).minima if state.floor else {}


def settle(turn: Turn) -> None:
    """Start and stop the clocks, and lift the reservations that are remedied."""
    state, rules = turn.state, turn.rules
    if state.status not in {"active", "paused"}:
        return
    floor = minima(state, rules)
    for about in state.reservations:
        if _is_remedied(turn, about, floor):
            turn.emit(ReservationLifted(about=about))
    known = {condition.id for condition in rules.policy.conditions}
    for name in state.clocks:
        if name not in known:  # another policy knows no such condition
            turn.emit(ClockStopped(condition=name))
    for condition in rules.policy.conditions:
        is_short = state.levels.get(condition.id, 0) < floor.get(condition.id, 0)
        if not is_short and condition.id in state.clocks:
            turn.emit(ClockStopped(condition=condition.id))
        watched = state.is_frozen or condition.id in {*state.clocks, *state.reservations}
        if is_short and not watched:
            until = rules.policy.cure_span(condition.id).after(turn.at)
            turn.emit(ClockStarted(condition=condition.id, until=until))


def _is_remedied(turn: Turn, about: str, floor: dict[str, int]) -> bool:
    # In the reading in which it was found short: what is stale remedies nothing.
    view = turn.view(forward=True)
    criterion = turn.rules.criteria.get(about)
    if criterion is not None:  # a guard that was waived
        return holds(criterion, view, turn.rules).holds
    return levels(view, turn.rules).levels.get(about, 0) >= floor.get(about, 0)


def next_look(state: Cooperation, rules: Rulebook, after: datetime) -> datetime | None:
    """Return the instant from which a reservation may be remedied without any event."""
    if not state.reservations:
        return None
    view = View(state, after, forward=True, current_for=rules.policy.measures.current_for)
    waived = [rules.criteria[about] for about in state.reservations if about in rules.criteria]
    guards = (holds(guard, view, rules).until for guard in waived)
    return earliest(levels(view, rules).until, *guards)


def due(state: Cooperation, rules: Rulebook) -> Iterator[Due]:  # noqa: ARG001
    """Yield the ends of clocks and of reservations."""
    if state.is_frozen or state.status not in {"active", "paused"}:
        return
    for clock in state.clocks.values():
        yield Due(clock.until, Rank.CLOCK, _running_out(clock.condition))
    for reservation in state.reservations.values():
        yield Due(reservation.until, Rank.CLOCK, _running_out(reservation.about))


def _running_out(about: str) -> Fire:
    def fire(turn: Turn) -> None:
        stage = turn.rules.lifecycle.machine.after(turn.state.stage, FALL_BACK)
        if stage is not None:
            fall_back(turn, stage, about=about)
        elif about in turn.state.clocks:  # there is no lower stage to fall back to
            turn.emit(ClockStopped(condition=about))
        else:
            turn.emit(ReservationLifted(about=about))

    return fire
