"""What a scenario expects after a step, held against what is."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from coopflow.application.gate_check import check_gate
from coopflow.definitions.scenario import Expectation, GateExpectation
from coopflow.domain.conditions import levels
from coopflow.domain.disagreements import blocking
from coopflow.domain.events import Entry
from coopflow.domain.facts import View
from coopflow.domain.gates import GateRequested
from coopflow.domain.refusals import Refusal
from coopflow.domain.rulebook import Rulebook
from coopflow.domain.state import Cooperation


def broken(
    expected: Expectation,
    state: Cooperation,
    at: datetime,
    emitted: Sequence[Entry],
    rules: Rulebook,
) -> Iterator[str]:
    """Yield ``expected …, got …`` for each expectation that does not hold; refusals apart.

    Args:
        expected: what the step expects.
        state: the cooperation after the step, with all told up to ``at``.
        at: the instant of the step.
        emitted: what the step emitted, and what fell due before it.
        rules: the definition that the cooperation follows.
    """
    rules = rules.followed_by(state)
    for name in ("stage", "status"):
        wanted = getattr(expected, name)
        if wanted is not None:
            yield from _differs(name, wanted, getattr(state, name))
    for name, forward in (("levels", False), ("forward", True)):
        wanted = getattr(expected, name)
        if wanted is not None:
            view = View(state, at, forward, rules.policy.measures.current_for)
            yield from _levels(name, wanted, levels(view, rules).levels)
    if expected.verdict is not None:
        yield from _differs("verdict", expected.verdict, _last_verdict(emitted))
    if expected.gate is not None:
        yield from _gate(expected.gate, state, at, rules)
    yield from _things(expected, state)
    yield from _support(expected, state)
    if expected.alerts is not None:
        raised = {alert.code for alert in state.alerts.values()}
        missing = [code for code in expected.alerts if code not in raised]
        if missing:
            yield f"expected alerts {_list(missing)}, got {_list(sorted(raised))}"
    if expected.events is not None:
        yield from _events(expected.events, [entry.event.type for entry in emitted])


def _differs(name: str, wanted: object, got: object) -> Iterator[str]:
    if wanted != got:
        yield f"expected {name} {wanted}, got {got}"


def _list(words: Sequence[object]) -> str:
    return f"[{', '.join(map(str, words))}]"


def _levels(name: str, wanted: Any, reached: Mapping[str, int]) -> Iterator[str]:
    if isinstance(wanted, Mapping):
        got: object = {condition: reached.get(condition) for condition in wanted}
        yield from _differs(name, dict(wanted), got)
    elif tuple(wanted) != tuple(reached.values()):
        yield f"expected {name} {_list(wanted)}, got {_list(list(reached.values()))}"


def _last_verdict(emitted: Sequence[Entry]) -> str | None:
    verdicts = [e.event.verdict.result for e in emitted if isinstance(e.event, GateRequested)]
    return verdicts[-1] if verdicts else None


def _gate(
    wanted: GateExpectation, state: Cooperation, at: datetime, rules: Rulebook
) -> Iterator[str]:
    found = check_gate(state, wanted.name, at, rules)
    if isinstance(found, Refusal):
        yield f"expected gate {wanted.name}, got {found.code}"
        return
    if wanted.verdict is not None:
        yield from _differs(f"verdict of {wanted.name}", wanted.verdict, found.result)
    if wanted.unmet is not None and set(wanted.unmet) != set(found.unmet):
        yield f"expected unmet {_list(sorted(wanted.unmet))}, got {_list(sorted(found.unmet))}"
    if wanted.short is not None:
        yield from _differs("short", dict(wanted.short), found.short)


def _things(expected: Expectation, state: Cooperation) -> Iterator[str]:
    for name, wanted in (expected.documents or {}).items():
        yield from _differs(f"document {name}", wanted, _document_status(state, name))
    for name, result in (expected.decisions or {}).items():
        decision = state.decision_called(name)
        got = None if decision is None else decision.result or "open"
        yield from _differs(f"decision {name}", result, got)
    for name, step in (expected.disagreements or {}).items():
        known = state.disagreements.get(name)
        yield from _differs(f"disagreement {name}", step, known.state if known else None)
    if expected.blocking is not None:
        yield from _differs("blocking", expected.blocking, bool(blocking(state)))


def _document_status(state: Cooperation, name: str) -> str | None:
    kind, _, number = name.partition("@")
    versions = state.documents.get(kind, ())
    if number:
        return next((one.status for one in versions if one.version == int(number)), None)
    return next((one.status for one in reversed(versions) if one.status != "draft"), None)


def _support(expected: Expectation, state: Cooperation) -> Iterator[str]:
    if expected.clocks is not None:
        got = {name: clock.until.date() for name, clock in state.clocks.items()}
        if dict(expected.clocks) != got:
            yield f"expected clocks {_dated(expected.clocks)}, got {_dated(got)}"
    if expected.mandate is not None:
        holder = state.mandate.holder if state.mandate else "none"
        yield from _differs("mandate", expected.mandate, holder)
    if expected.members is not None:
        yield from _differs("members", expected.members, len(state.active))
    if expected.reservation is not None:
        untils = [one.until.date() for one in state.reservations.values()]
        yield from _differs("reservation", expected.reservation, min(untils, default="none"))


def _dated(clocks: Mapping[str, Any]) -> str:
    return "{" + ", ".join(f"{name}: {until}" for name, until in sorted(clocks.items())) + "}"


def _events(wanted: Sequence[str], emitted: Sequence[str]) -> Iterator[str]:
    rest = iter(emitted)
    for kind in wanted:
        if kind not in rest:  # consumes what stands before it
            yield f"expected events {_list(wanted)} in this order, got {_list(emitted)}"
            return
