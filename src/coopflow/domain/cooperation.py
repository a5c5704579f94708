"""The one pair that everything runs: ``decide`` and ``evolve``, and time telling in between."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from functools import partial
from types import MappingProxyType
from typing import Final, NamedTuple

from coopflow.domain import (
    adoption,
    advice,
    alerts,
    checks,
    clocks,
    conditions,
    decisions,
    disagreements,
    documents,
    gates,
    mandates,
    members,
    opening,
    reviews,
    roadmap,
    vetoes,
    waivers,
)
from coopflow.domain.calendar import earliest
from coopflow.domain.checks import Outcome, Portrait
from coopflow.domain.clocks import FellBack
from coopflow.domain.commands import Command
from coopflow.domain.decisions import (
    DecisionClosed,
    EffectAbandoned,
    EffectRestored,
    EffectSuspended,
)
from coopflow.domain.disagreements import DisagreementClosed
from coopflow.domain.documents import DocumentApproved
from coopflow.domain.events import Entry, Event, evolve
from coopflow.domain.members import MemberLeft, MemberSuspended
from coopflow.domain.memo import remember
from coopflow.domain.objections import ObjectionIntegrated
from coopflow.domain.refusals import Refusal, RefusedError, refuse
from coopflow.domain.roadmap import ActionUpdated
from coopflow.domain.roles import is_permitted
from coopflow.domain.rulebook import Rulebook
from coopflow.domain.second_calls import DecisionRecalled
from coopflow.domain.state import UNOPENED, Cooperation
from coopflow.domain.turn import Due, Dues, Look, Rank, Reaction, Turn

_ON_EFFECT: Final[tuple[Reaction, ...]] = (
    documents.on_decision_closed,
    mandates.on_decision_closed,
    members.on_decision_closed,
    disagreements.on_decision_closed,
    gates.on_decision_closed,
    waivers.on_decision_closed,
    opening.on_decision_closed,
)

REACTIONS: Final[Mapping[type[Event], tuple[Reaction, ...]]] = MappingProxyType(
    {
        DecisionClosed: (*_ON_EFFECT, reviews.on_something_over),
        EffectRestored: _ON_EFFECT,
        EffectSuspended: (
            documents.on_effect_suspended,
            mandates.on_effect_suspended,
            members.on_effect_suspended,
        ),
        EffectAbandoned: (documents.on_effect_abandoned,),
        DecisionRecalled: (documents.on_decision_recalled, members.on_decision_recalled),
        DisagreementClosed: (vetoes.on_disagreement_closed,),
        DocumentApproved: (mandates.on_document_approved, roadmap.on_document_approved),
        ObjectionIntegrated: (documents.on_objection_integrated,),
        MemberLeft: (
            decisions.on_member_gone,
            mandates.on_member_left,
            disagreements.on_member_left,
            reviews.on_member_left,
            reviews.on_something_over,
        ),
        ActionUpdated: (reviews.on_something_over,),
        FellBack: (reviews.on_fell_back,),
        MemberSuspended: (decisions.on_member_gone,),
    }
)
"""What follows from an event elsewhere in the domain, in this order."""

DUES: Final = (
    Dues(("documents",), documents.due),
    Dues(("mandate", "next_mandate"), mandates.due),
    Dues(("decisions", "pause"), decisions.due),
    Dues(("disagreements", "pause"), disagreements.due),
    Dues(("clocks", "reservations", "status", "pause"), clocks.due),
    Dues(
        ("reviews", "convened", "stage", "stage_since", "floor_since", "status", "pause"),
        reviews.due,
    ),
)
"""What can fall due, in the order that breaks ties of instant and rank."""

_DUES_READ: Final = tuple({part: None for source in DUES for part in source.reads})

LOOKS: Final[tuple[Look, ...]] = (
    adoption.next_look,
    conditions.next_look,
    clocks.next_look,
    advice.next_look,
    alerts.next_look,
)
"""What may be otherwise at a later instant without any event."""

_WHILE_PAUSED: Final = frozenset({"resume_cooperation", "erase_person"})
WHEN_CLOSED: Final = frozenset({"erase_person"})
"""The commands that a closed cooperation still takes: people may ask to be erased at any time."""


class Upcoming(NamedTuple):
    """What will happen by itself at an instant if nobody acts."""

    at: datetime
    entries: tuple[Entry, ...]


def decide(
    state: Cooperation, command: Command, rules: Rulebook, grants: Iterable[str] = ()
) -> tuple[Entry, ...] | Refusal:
    """Decide a command: what fell due before it, then what follows from it.

    Args:
        state: the cooperation, ``UNOPENED`` before it is open.
        command: what is asked, by whom and when.
        rules: the definition that the cooperation follows.
        grants: roles that the actor holds outside the cooperation.

    Returns:
        The entries of the journal that follow, or why the command is refused; a refusal changes
        nothing, what fell due before it is then told by ``advance``.
    """
    if state.as_of is not None and command.at < state.as_of:
        return _too_late(state, command.at)
    turn = Turn(state, state.as_of or command.at, rules, REACTIONS)
    _tell(turn, command.at)
    turn.at, turn.by, turn.command = command.at, command.actor, command.id
    try:
        _admit(command, turn.state, grants)
        command.decide(turn)
    except RefusedError as error:
        return error.refusal
    _conclude(turn)
    return _told(state, turn)


def learn(
    state: Cooperation,
    outcomes: Sequence[Outcome],
    at: datetime,
    rules: Rulebook,
    portrait: Portrait | None = None,
) -> tuple[Entry, ...] | Refusal:
    """Record what checks answered: what fell due before it, then what follows from it.

    Args:
        state: the cooperation.
        outcomes: the answers.
        at: when they were given.
        rules: the definition that the cooperation follows.
        portrait: what the checks were asked of; by default what they would be asked of then.

    Returns:
        The entries of the journal that follow, or why nothing can be recorded: the cooperation is
        not at work, its policy does not name such a check, or time is told beyond.
    """
    if state.as_of is not None and at < state.as_of:
        return _too_late(state, at)
    turn = Turn(state, state.as_of or at, rules, REACTIONS)
    _tell(turn, at)
    turn.at = at
    if turn.state.status not in checks.ASKED_WHILE:
        return Refusal(code="wrong_state", message=f"the cooperation is {turn.state.status}")
    for outcome in outcomes:
        if outcome.check not in turn.rules.checks:
            return Refusal(
                code="invalid_command",
                message=f"{turn.state.policy} does not read the check {outcome.check}",
                facts={"check": outcome.check, "checks": list(turn.rules.checks)},
            )
    checks.record(turn, outcomes, portrait or checks.portrait_of(turn.state))
    _conclude(turn)
    return _told(state, turn)


def _conclude(turn: Turn) -> None:
    """Draw the consequences of what somebody did, and of what is overdue because of it."""
    _settle(turn)
    turn.by = turn.command = None
    while any(due.at <= turn.at for due in _dues(turn.state, turn.rules, turn.at)):
        _tell_instant(turn, turn.at)


def _too_late(state: Cooperation, at: datetime) -> Refusal:
    assert state.as_of is not None, "time has been told"
    return Refusal(
        code="invalid_command",
        message=f"time has been told up to {state.as_of.isoformat()} already",
        facts={"at": at.isoformat(), "as_of": state.as_of.isoformat()},
    )


def _admit(command: Command, state: Cooperation, grants: Iterable[str]) -> None:
    """Look for the refusals that concern any command, in the order of the contract."""
    name = command.command
    if state.status == "unopened" and name != "open_cooperation":
        refuse("wrong_state", "the cooperation has not been opened")
    if state.status == "closed" and name not in WHEN_CLOSED:
        refuse("cooperation_closed", "the cooperation is closed", cooperation=state.id)
    if state.status == "paused" and name not in _WHILE_PAUSED:
        refuse(
            "cooperation_paused", "the cooperation pauses; resume it first", cooperation=state.id
        )
    if not is_permitted(command, state, grants):
        refuse("forbidden", f"{command.actor} may not {name}", actor=command.actor, command=name)


def advance(state: Cooperation, to: datetime, rules: Rulebook) -> tuple[Entry, ...]:
    """Return what falls due by itself up to and including an instant, in order."""
    if state.as_of is None or to < state.as_of:
        return ()
    turn = Turn(state, state.as_of, rules, REACTIONS)
    _tell(turn, to)
    return _told(state, turn)


def follow(state: Cooperation, entries: tuple[Entry, ...]) -> Cooperation:
    """Return the state that entries lead to.

    Of what was just decided on this state it is known already: what was remembered of it on the
    way goes on being of use.
    """
    known = state.memo.get(_Led)
    if isinstance(known, _Led) and known.before is state and known.entries is entries:
        return known.after
    for entry in entries:
        state = evolve(state, entry)
    return state


class _Led(NamedTuple):
    before: Cooperation
    entries: tuple[Entry, ...]
    after: Cooperation


def _told(before: Cooperation, turn: Turn) -> tuple[Entry, ...]:
    """Return the entries of a turn, and remember what the latest ones have led to."""
    entries = tuple(turn.entries)
    turn.state.memo[_Led] = _Led(before, entries, turn.state)
    return entries


def upcoming(state: Cooperation, after: datetime, rules: Rulebook) -> Iterator[Upcoming]:
    """Yield, in order, what will happen by itself after an instant if nobody acts.

    Looks that change nothing are passed over, so the first element is what a cooperation may
    sleep until. The iterator may be endless (reviews are convened again and again): bound it.
    """
    turn = Turn(state, after, rules, REACTIONS)
    while (instant := _next(turn.state, turn.rules, turn.at)) is not None:
        told = len(turn.entries)
        _tell_instant(turn, instant)
        if len(turn.entries) > told:
            yield Upcoming(instant, tuple(turn.entries[told:]))


def next_due(state: Cooperation, after: datetime, rules: Rulebook) -> datetime | None:
    """Return the next instant after ``after`` at which something will happen by itself."""
    first = next(upcoming(state, after, rules), None)
    return first.at if first else None


def _dues(state: Cooperation, rules: Rulebook, after: datetime) -> Iterator[Due]:
    """Yield what falls due; what was let go by ``after`` does not."""
    if state.status in {"unopened", "closed"}:
        return
    for due in remember(state, DUES, rules, _DUES_READ, partial(_all_dues, state, rules)):
        if not due.passing or due.at > after:
            yield due


def _all_dues(state: Cooperation, rules: Rulebook) -> tuple[Due, ...]:
    return tuple(
        [
            due
            for reads, of in DUES
            for due in remember(state, of, rules, reads, partial(_listed, of, state, rules))
        ]
    )


def _listed(
    of: Callable[[Cooperation, Rulebook], Iterator[Due]], state: Cooperation, rules: Rulebook
) -> tuple[Due, ...]:
    return tuple(of(state, rules))


def _next(state: Cooperation, rules: Rulebook, after: datetime) -> datetime | None:
    if state.status in {"unopened", "closed"}:
        return None
    instants = [max(due.at, after) for due in _dues(state, rules, after)]
    looks = (look(state, rules, after) for look in LOOKS)
    return earliest(*instants, *looks)


def _tell(turn: Turn, to: datetime) -> None:
    """Let everything happen that falls due up to an instant."""
    while (instant := _next(turn.state, turn.rules, turn.at)) is not None and instant <= to:
        _tell_instant(turn, instant)


def _tell_instant(turn: Turn, instant: datetime) -> None:
    """Let everything happen that falls due at one instant: by rank, levels before clocks."""
    after, turn.at = turn.at, instant
    settled = False
    while True:
        falling = [due for due in _dues(turn.state, turn.rules, after) if due.at <= instant]
        due = min(falling, key=lambda due: (due.rank, due.at), default=None)
        if due is not None and (due.rank < Rank.CLOCK or settled):
            due.fire(turn)
            settled = False
        elif settled:
            return
        else:
            _settle(turn)
            settled = True


def _settle(turn: Turn) -> None:
    """Draw the consequences of what has happened: policy, charter, levels, clocks, alerts."""
    if turn.state.status != "closed":  # nothing becomes of what is over
        adoption.settle(turn)
        documents.settle(turn)
        conditions.settle(turn)
        clocks.settle(turn)
        advice.settle(turn)
    alerts.settle(turn)


__all__ = [
    "UNOPENED",
    "Upcoming",
    "advance",
    "decide",
    "evolve",
    "follow",
    "learn",
    "next_due",
    "upcoming",
]
