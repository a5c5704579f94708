"""Conditions: the facts read, the criteria met, and the level that each condition reaches."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from operator import is_
from typing import Any, Literal, NamedTuple, Protocol, TypeVar

from coopflow.domain.base import Shape, Slug, Source
from coopflow.domain.calendar import earliest
from coopflow.domain.events import Entry, Event
from coopflow.domain.facts import Fact, FactValue, View
from coopflow.domain.policy import Condition, Criterion
from coopflow.domain.rulebook import Rulebook
from coopflow.domain.state import Cooperation
from coopflow.domain.turn import Due, Rank, Turn


class FactRead(Shape):
    """A fact as a criterion read it."""

    name: str
    value: FactValue
    sources: tuple[Source, ...] = ()


class Finding(Shape):
    """Whether a criterion holds, and what it read to say so."""

    criterion: Slug
    met: bool
    stale: bool = False
    error: str | None = None
    facts: tuple[FactRead, ...] = ()


class Reading(NamedTuple):
    """The levels of all conditions, and the instant from which one may be another."""

    levels: dict[str, int]
    until: datetime | None


class _Lasting(Protocol):
    @property
    def until(self) -> datetime | None: ...


_Read = TypeVar("_Read", bound=_Lasting)


class _Remembered(NamedTuple):
    """What was read, off which parts of the state, and from when on it holds."""

    of: object
    parts: tuple[object, ...]
    since: datetime
    result: Any


def _remembering(
    view: View, key: object, of: object, reads: tuple[str, ...], look: Callable[[], _Read]
) -> _Read:
    """Look, unless the same was read before off the same parts of the state and still holds."""
    state = view.state
    parts = tuple([getattr(state, name) for name in reads])
    known = state.memo.get(key)
    if isinstance(known, _Remembered) and known.of is of and known.since <= view.at:
        result: _Read = known.result
        if (result.until is None or view.at < result.until) and all(map(is_, parts, known.parts)):
            return result
    result = look()
    state.memo[key] = _Remembered(of, parts, view.at, result)
    return result


def read(name: str, view: View, rules: Rulebook) -> Fact:
    """Read a fact by its name."""
    query = rules.queries[name]
    return _remembering(view, (name, view.forward), query, query.reads, lambda: query.read(view))


class Held(NamedTuple):
    """Whether a criterion holds, and the instant from which that may be otherwise."""

    holds: bool
    until: datetime | None


def holds(criterion: Criterion, view: View, rules: Rulebook) -> Held:
    """Return whether a criterion holds, and until when that is sure."""
    predicate = rules.predicates[criterion.id]
    facts = [read(name, view, rules) for name in predicate.names]
    held = predicate(tuple([fact.value for fact in facts])).holds
    return Held(held, earliest(*(fact.until for fact in facts)))


def find(criterion: Criterion, view: View, rules: Rulebook) -> Finding:
    """Return whether a criterion holds, with the facts it read and their sources.

    ``stale`` is set when it holds only because a stale document still counts.
    """
    predicate = rules.predicates[criterion.id]
    facts = [read(name, view, rules) for name in predicate.names]
    found = predicate(tuple([fact.value for fact in facts]))
    ahead = View(view.state, view.at, forward=True, current_for=view.current_for)
    lax = View(view.state, view.at, forward=False, current_for=view.current_for)
    stale = holds(criterion, lax, rules).holds and not holds(criterion, ahead, rules).holds
    return Finding(
        criterion=criterion.id,
        met=found.holds,
        stale=stale,
        error=found.error,
        facts=tuple(
            FactRead(name=name, value=fact.value, sources=fact.sources)
            for name, fact in zip(predicate.names, facts, strict=True)
        ),
    )


def level(condition: Condition, view: View, rules: Rulebook) -> tuple[int, datetime | None]:
    """Return the highest n whose criteria 1..n all hold, and until when that is sure."""
    until: datetime | None = None
    for n in sorted({criterion.level for criterion in condition.criteria}):
        for criterion in condition.criteria:
            if criterion.level == n:
                held, ends = holds(criterion, view, rules)
                until = earliest(until, ends)
                if not held:
                    return n - 1, until
    return max(criterion.level for criterion in condition.criteria), until


def levels(view: View, rules: Rulebook) -> Reading:
    """Return the level of every condition in one reading."""
    return _remembering(
        view, ("levels", view.forward), rules, rules.level_reads, lambda: _levels(view, rules)
    )


def _levels(view: View, rules: Rulebook) -> Reading:
    reached: dict[str, int] = {}
    until: datetime | None = None
    for condition in rules.policy.conditions:
        reached[condition.id], ends = level(condition, view, rules)
        until = earliest(until, ends)
    return Reading(reached, until)


class LevelsChanged(Event):
    """A condition reached another level, in the holding reading."""

    type: Literal["levels_changed"] = "levels_changed"
    levels: dict[Slug, int]

    def changes(self, state: Cooperation, entry: Entry) -> dict[str, Any]:  # noqa: ARG002
        """Replace the levels."""
        return {"levels": self.levels}


def settle(turn: Turn) -> None:
    """Say so when a level is another than before."""
    reached = levels(turn.view(), turn.rules).levels
    if reached != turn.state.levels:
        turn.emit(LevelsChanged(levels=reached))


def due(state: Cooperation, rules: Rulebook, after: datetime) -> Iterator[Due]:
    """Ask for another look when a level may be another without any event."""
    until = levels(View(state, after, False, rules.policy.measures.current_for), rules).until  # noqa: FBT003
    if until is not None and until > after:
        yield Due(until, Rank.EXPIRY)
