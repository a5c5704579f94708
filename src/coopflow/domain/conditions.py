"""Conditions: the facts read, the criteria met, and the level that each condition reaches."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any, Literal, NamedTuple

from coopflow.domain.base import Instant, Label, Shape, Slug, Source
from coopflow.domain.calendar import earliest
from coopflow.domain.events import Entry, Event
from coopflow.domain.facts import Fact, FactValue, View
from coopflow.domain.facts.base import document_source
from coopflow.domain.memo import remember, remember_at
from coopflow.domain.missing import missing, words_of
from coopflow.domain.policy import Condition, Criterion
from coopflow.domain.rulebook import Rulebook
from coopflow.domain.state import Cooperation, Document
from coopflow.domain.turn import Turn


class FactRead(Shape):
    """A fact as a criterion read it: what it is, its value, and where that came from.

    ``value`` is None when it is unknown. What the world answered has the instant and the reason.
    """

    name: str
    label: Label
    value: FactValue | None
    sources: tuple[Source, ...] = ()
    at: Instant | None = None
    reason: Label | None = None


class Finding(NamedTuple):
    """Whether a criterion holds, and what it read to say so.

    ``stale``: a stale document would have been enough. ``missing`` says what falls short.
    """

    met: bool
    stale: bool
    error: str | None
    missing: Label | None
    facts: tuple[FactRead, ...]


class Reading(NamedTuple):
    """The levels of all conditions, and the instant from which one may be another."""

    levels: dict[str, int]
    until: datetime | None


def _is_ahead(view: View, rules: Rulebook) -> bool:
    """Whether looking forward makes a difference: only a stale document does."""
    return view.forward and bool(_stale(view.state, rules))


def read(name: str, view: View, rules: Rulebook) -> Fact:
    """Read a fact by its name."""
    query = rules.queries[name]
    return remember_at(
        view.state,
        (name, _is_ahead(view, rules)),
        query,
        query.depends_on(),
        view.at,
        lambda: query.read(view),
    )


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


def is_useful(remedy: str, view: View, rules: Rulebook) -> bool:
    """Whether a remedy would be of any use now."""
    predicate = rules.usable.get(remedy)
    if predicate is None:
        return True
    facts = [read(name, view, rules) for name in predicate.names]
    return predicate(tuple([fact.value for fact in facts])).holds


def find(criterion: Criterion, view: View, rules: Rulebook) -> Finding:
    """Return whether a criterion holds, with the facts it read, their sources and what is missing.

    ``stale`` is set when it holds only because a stale document still counts.
    """
    predicate = rules.predicates[criterion.id]
    facts = {name: read(name, view, rules) for name in predicate.names}
    found = predicate(tuple([fact.value for fact in facts.values()]))
    outdated = _outdated(facts, view.state, rules)
    is_stale = bool(outdated) and _needs_stale(criterion, view, rules)
    missing_words = None
    if not found.holds:
        named = outdated if view.forward else ()
        # Where it is not a matter of single facts, what is asked says what is missing.
        missing_words = missing(predicate.wants, facts, rules.queries, named) or criterion.label
    return Finding(
        met=found.holds,
        stale=is_stale,
        error=found.error,
        missing=missing_words,
        facts=tuple(
            FactRead(
                name=name,
                label=words_of(rules.queries[name]),
                value=fact.value,
                sources=fact.sources,
                at=fact.at,
                reason=fact.reason,
            )
            for name, fact in facts.items()
        ),
    )


def _needs_stale(criterion: Criterion, view: View, rules: Rulebook) -> bool:
    lax = View(view.state, view.at, forward=False, current_for=view.current_for)
    ahead = View(view.state, view.at, forward=True, current_for=view.current_for)
    return holds(criterion, lax, rules).holds and not holds(criterion, ahead, rules).holds


def _outdated(names: Iterable[str], state: Cooperation, rules: Rulebook) -> tuple[Source, ...]:
    """Return the stale documents that facts are read off."""
    stale = _stale(state, rules)
    if not stale:
        return ()
    kinds = {part for name in names for part in rules.queries[name].depends_on()}
    return tuple(document_source(one) for one in stale if one.kind in kinds)


def _stale(state: Cooperation, rules: Rulebook) -> tuple[Document, ...]:
    return remember(state, "stale", rules, ("documents",), lambda: _look_for_stale(state))


def _look_for_stale(state: Cooperation) -> tuple[Document, ...]:
    current = (state.current(kind) for kind in sorted(state.documents))
    return tuple(one for one in current if one is not None and one.status == "stale")


class Level(NamedTuple):
    """The level of a condition, and the instant from which it may be another."""

    level: int
    until: datetime | None


def level(condition: Condition, view: View, rules: Rulebook) -> Level:
    """Return the highest n whose criteria 1..n all hold, and until when that is sure."""
    return remember_at(
        view.state,
        (condition.id, _is_ahead(view, rules)),
        condition,
        rules.level_reads[condition.id],
        view.at,
        lambda: _level(condition, view, rules),
    )


def _level(condition: Condition, view: View, rules: Rulebook) -> Level:
    until: datetime | None = None
    for n in sorted({criterion.level for criterion in condition.criteria}):
        for criterion in condition.criteria:
            if criterion.level == n:
                held = holds(criterion, view, rules)
                until = earliest(until, held.until)
                if not held.holds:
                    return Level(n - 1, until)
    return Level(max(criterion.level for criterion in condition.criteria), until)


def levels(view: View, rules: Rulebook) -> Reading:
    """Return the level of every condition in one reading."""
    return remember_at(
        view.state,
        ("levels", _is_ahead(view, rules)),
        rules,
        rules.levels_read,
        view.at,
        lambda: _levels(view, rules),
    )


def _levels(view: View, rules: Rulebook) -> Reading:
    reached = {one.id: level(one, view, rules) for one in rules.policy.conditions}
    return Reading(
        {name: one.level for name, one in reached.items()},
        earliest(*[one.until for one in reached.values()]),
    )


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


def next_look(state: Cooperation, rules: Rulebook, after: datetime) -> datetime | None:
    """Return the instant from which a level may be another without any event."""
    view = View(state, after, forward=False, current_for=rules.policy.measures.current_for)
    return levels(view, rules).until
