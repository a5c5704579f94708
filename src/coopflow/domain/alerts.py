"""Alerts: what people should look at, each with the span of time in which it stands."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from functools import partial
from typing import Any, Final, Literal, NamedTuple

from coopflow.domain.base import Instant, Slug
from coopflow.domain.calendar import earliest, end_of
from coopflow.domain.conditions import holds
from coopflow.domain.disagreements import blocking
from coopflow.domain.events import Entry, Event
from coopflow.domain.facts import View
from coopflow.domain.facts.people import mean_attendance, plenaries_of
from coopflow.domain.memo import remember, remember_at
from coopflow.domain.rulebook import Rulebook
from coopflow.domain.state import Alert, Cooperation
from coopflow.domain.turn import Turn

Severity = Literal["red", "amber", "info"]

SEVERITIES: dict[str, Severity] = {
    "mandate_lapsed": "red",
    "cure_soon": "red",
    "gate_blocked": "red",
    "guard_failing": "red",
    "mandate_ending": "amber",
    "document_stale": "amber",
    "attendance_low": "amber",
    "no_plenary": "amber",
    "decision_lapsed": "amber",
    "review_due": "amber",
    "renewal_due": "amber",
    "expiry_soon": "info",
    "member_moved": "info",
}
"""How urgent each alert is."""


class AlertRaised(Event):
    """Something should be looked at."""

    type: Literal["alert_raised"] = "alert_raised"
    code: Slug
    about: str
    since: Instant

    def changes(self, state: Cooperation, entry: Entry) -> dict[str, Any]:  # noqa: ARG002
        """Add the alert."""
        alert = Alert(code=self.code, about=self.about, since=self.since)
        return {"alerts": {**state.alerts, alert.key: alert}}


class AlertCleared(Event):
    """The cause of an alert is gone."""

    type: Literal["alert_cleared"] = "alert_cleared"
    code: Slug
    about: str

    def changes(self, state: Cooperation, entry: Entry) -> dict[str, Any]:  # noqa: ARG002
        """Drop the alert."""
        key = f"{self.code}:{self.about}"
        return {"alerts": {known: one for known, one in state.alerts.items() if known != key}}


class Stands(NamedTuple):
    """An alert about something, and the half-open span of time in which it stands."""

    code: str
    about: str
    since: datetime
    until: datetime | None = None


class _Spans(NamedTuple):
    spans: tuple[Stands, ...]
    until: datetime | None = None


def spans(state: Cooperation, rules: Rulebook, at: datetime) -> tuple[Stands, ...]:
    """Return the alerts that this state gives rise to, now or by itself later."""
    return _spans(state, rules, at).spans


def _spans(state: Cooperation, rules: Rulebook, at: datetime) -> _Spans:
    """Return them with the instant from which others may stand, with no event."""
    if state.status not in {"active", "paused", "closing"}:
        return _Spans(())
    reads = (*_READS, *rules.guard_reads)
    return remember_at(state, "alerts", rules, reads, at, lambda: _all_spans(state, rules, at))


def _all_spans(state: Cooperation, rules: Rulebook, at: datetime) -> _Spans:
    found = [
        remember(state, of, rules, reads, partial(_listed, of, state, rules))
        for reads, of in _SOURCES
    ]
    failing = remember_at(
        state,
        "guards",
        rules,
        ("stage", "floor", *rules.guard_reads),
        at,
        lambda: _failing_guards(state, rules, at),
    )
    return _Spans(tuple([one for spans in (*found, failing.spans) for one in spans]), failing.until)


def _listed(
    of: Callable[[Cooperation, Rulebook], Iterator[Stands]], state: Cooperation, rules: Rulebook
) -> tuple[Stands, ...]:
    return tuple(of(state, rules))


def _of_support(state: Cooperation, rules: Rulebook) -> Iterator[Stands]:
    mandate = state.mandate
    if mandate is None:
        if state.mandate_ended_at is not None:
            yield Stands("mandate_lapsed", "support", state.mandate_ended_at)
    elif mandate.ends_on is not None:
        end = end_of(mandate.ends_on)
        yield Stands(
            "mandate_ending",
            mandate.holder,
            rules.policy.alerts.mandate_ends_within.before(end),
            end,
        )


def _of_gates(state: Cooperation, rules: Rulebook) -> Iterator[Stands]:
    within = rules.policy.alerts.cure_ends_within
    soon = [
        (one.condition, max(within.before(one.until), one.since), one.until)
        for one in state.clocks.values()
    ]
    soon += [
        (one.about, within.before(one.until), one.until) for one in state.reservations.values()
    ]
    for about, since, until in soon:
        if state.pause is None or not state.is_frozen:
            yield Stands("cure_soon", about, since, until)
        elif since <= state.pause.since:  # what stands still gets no nearer to its end
            yield Stands("cure_soon", about, since)
    for slug in blocking(state):
        yield Stands("gate_blocked", slug, state.disagreements[slug].entered_at)
    gate = rules.lifecycle.gate(state.floor) if state.floor else None
    for leaving in rules.lifecycle.gates_from(state.stage):
        if leaving.term is not None and gate is not None and state.floor_since is not None:
            yield Stands("renewal_due", leaving.id, leaving.term.after(state.floor_since))


def _failing_guards(state: Cooperation, rules: Rulebook, at: datetime) -> _Spans:
    view = View(state, at, forward=False, current_for=rules.policy.measures.current_for)
    stages = (state.stage, *rules.lifecycle.stages_before(state.stage))
    passed = {gate.id for gate in map(rules.lifecycle.gate_into, stages) if gate is not None}
    found = {
        guard.id: holds(guard, view, rules)
        for gate, asked in rules.policy.gates.items()
        if gate in passed or gate == state.floor
        for guard in asked.guards
        if guard.lasting
    }
    return _Spans(
        tuple(Stands("guard_failing", slug, at) for slug, held in found.items() if not held.holds),
        earliest(*(held.until for held in found.values())),
    )


def _of_documents(state: Cooperation, rules: Rulebook) -> Iterator[Stands]:
    within = rules.policy.alerts.expires_within
    for kind, versions in state.documents.items():
        for document in versions:
            if document.status == "stale" and document.stale_since is not None:
                yield Stands("document_stale", kind, document.stale_since)
            elif document.status in {"approved", "in_force"} and document.valid_until is not None:
                since = within.before(document.valid_until)
                yield Stands("expiry_soon", kind, since, document.valid_until)


def _of_meetings(state: Cooperation, rules: Rulebook) -> Iterator[Stands]:
    numbers = rules.policy.alerts
    plenaries = plenaries_of(state)
    if plenaries and mean_attendance(state, numbers.attendance_last) < numbers.attendance_below:
        yield Stands("attendance_low", "plenary", plenaries[-1].held_at)
    last = plenaries[-1].held_at if plenaries else state.opened_at
    assert last is not None, "an open cooperation knows since when"
    yield Stands("no_plenary", "plenary", numbers.no_plenary_for.after(last))


def _of_events(state: Cooperation, rules: Rulebook) -> Iterator[Stands]:
    stands = rules.policy.alerts.event_stands_for
    for slug, decision in state.decisions.items():
        if decision.result == "lapsed" and decision.closed_at is not None:
            yield Stands(
                "decision_lapsed", slug, decision.closed_at, stands.after(decision.closed_at)
            )
    for slug, member in state.members.items():
        moved = member.moved_at
        if moved is not None:
            yield Stands("member_moved", slug, moved, stands.after(moved))


def _of_reviews(state: Cooperation, rules: Rulebook) -> Iterator[Stands]:
    within = rules.policy.reviews.after_action_within
    for kind, convened in state.convened.items():
        # A look back is of use for a while only; the others are due until they are held.
        until = within.after(convened) if within and kind == "after_action" else None
        done = [
            review.id
            for review in state.reviews.values()
            if review.kind == kind and review.closed_at is not None and review.closed_at >= convened
        ]
        if not done:
            yield Stands("review_due", kind, convened, until)


_Source = Callable[[Cooperation, Rulebook], Iterator[Stands]]

_SOURCES: Final[tuple[tuple[tuple[str, ...], _Source], ...]] = (
    (("mandate", "mandate_ended_at"), _of_support),
    (
        ("clocks", "reservations", "disagreements", "floor", "floor_since", "stage", "pause"),
        _of_gates,
    ),
    (("documents",), _of_documents),
    (("meetings", "opened_at"), _of_meetings),
    (("decisions", "members"), _of_events),
    (("convened", "reviews"), _of_reviews),
)
"""Where alerts come from, each with the fields of the state that it depends on."""

_READS: Final = tuple({part: None for reads, _ in _SOURCES for part in ("status", *reads)})


def settle(turn: Turn) -> None:
    """Raise what stands now, and clear what no longer does."""
    at = turn.at
    standing = {
        f"{one.code}:{one.about}": one
        for one in spans(turn.state, turn.rules, at)
        if one.since <= at and (one.until is None or at < one.until)
    }
    for key, alert in turn.state.alerts.items():
        if key not in standing:
            turn.emit(AlertCleared(code=alert.code, about=alert.about))
    for key, one in standing.items():
        if key not in turn.state.alerts:
            turn.emit(AlertRaised(code=one.code, about=one.about, since=one.since))


def next_look(state: Cooperation, rules: Rulebook, after: datetime) -> datetime | None:
    """Return the next instant at which an alert begins or ends by itself."""
    found = _spans(state, rules, after)
    instants = [found.until, *[end for one in found.spans for end in (one.since, one.until)]]
    return min([end for end in instants if end is not None and end > after], default=None)
