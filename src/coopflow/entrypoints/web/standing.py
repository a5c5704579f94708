"""How a cooperation stands, stage by stage and condition by condition, for people to read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final, Literal, NamedTuple

from coopflow.domain.calendar import add_months
from coopflow.domain.conditions import find, levels
from coopflow.domain.explanation import Examination
from coopflow.domain.facts import View
from coopflow.domain.lifecycle import Lifecycle
from coopflow.domain.policy import Condition
from coopflow.domain.rulebook import Rulebook
from coopflow.domain.state import Cooperation
from coopflow.entrypoints.web.sources import documents_named
from coopflow.readmodel.views import LevelsSince
from coopflow.wording.phrases import Phrases

TREND_MONTHS: Final = 6
"""How far back the trend of a level looks, as in portfolios."""


class Step(NamedTuple):
    """A stage on the way.

    Attributes:
        number: which one, from 1.
        id: of the stage.
        label: what it is called.
        purpose: what it is for.
        place: whether the cooperation has it behind it, is in it, or may come to it.
    """

    number: int
    id: str
    label: str
    purpose: str
    place: Literal["past", "current", "coming"]


class Reason(NamedTuple):
    """A criterion of a level.

    Attributes:
        level: which level asks for it.
        label: what it says.
        met: whether it holds now.
        stale: a document that is past its validity still counts for it, for now.
        missing: what falls short, in words; empty when nothing does.
    """

    level: int
    label: str
    met: bool
    stale: bool
    missing: str


class ConditionStanding(NamedTuple):
    """How a condition stands.

    Attributes:
        id: of the condition.
        letter: by which it is known.
        label: what it is called.
        level: which it has reached.
        most: the highest there is.
        minimum: what the next gate asks for; None without one, or where it does not ask.
        floor: what must keep holding since the last gate; None for nothing.
        change: by how much the level has changed in six months, or since the opening if that was
            later; None when that is not known.
        reasons: the criteria, level by level.
        until: when time to remedy runs out; None when nothing is to be remedied.
    """

    id: str
    letter: str
    label: str
    level: int
    most: int
    minimum: int | None
    floor: int | None
    change: int | None
    reasons: tuple[Reason, ...]
    until: datetime | None

    @property
    def lacking(self) -> tuple[Reason, ...]:
        """What keeps it from the level that the next gate asks for."""
        least = self.minimum or 0
        return tuple(one for one in self.reasons if one.level <= least and not one.met)

    @property
    def is_short(self) -> bool:
        """Whether the next gate asks for more."""
        return self.minimum is not None and self.level < self.minimum

    @property
    def is_below(self) -> bool:
        """Whether it is lower than what must keep holding."""
        return self.floor is not None and self.level < self.floor


def steps_of(lifecycle: Lifecycle, stage: str, say: Phrases) -> tuple[Step, ...]:
    """Return the stages of a lifecycle, seen from one of them."""
    ids = [one.id for one in lifecycle.stages]
    here = ids.index(stage) if stage in ids else -1
    places: tuple[Literal["past", "current", "coming"], ...] = ("past", "current", "coming")
    return tuple(
        Step(
            number + 1,
            one.id,
            say.label(one.label),
            say.label(one.purpose),
            places[(number > here) - (number < here) + 1],
        )
        for number, one in enumerate(lifecycle.stages)
    )


def standings(  # noqa: PLR0913 - what is looked at, and what it is held against
    state: Cooperation,
    at: datetime,
    rules: Rulebook,
    say: Phrases,
    *,
    ahead: Examination | None,
    before: Mapping[str, int] | None,
) -> tuple[ConditionStanding, ...]:
    """Return how each condition stands, in the reading that must keep holding.

    Args:
        state: the cooperation.
        at: when it is looked at.
        rules: what it follows.
        say: the language.
        ahead: the next gate, if there is one.
        before: the levels six months ago; None when they are not known.
    """
    view = View(state, at, forward=False, current_for=rules.policy.measures.current_for)
    reached = levels(view, rules).levels
    floors = rules.gate_policy(state.floor).minima if state.floor else {}
    minima = ahead.minima if ahead else {}
    ends = {one.about: one.until for one in state.reservations.values()}
    ends |= {one.condition: one.until for one in state.clocks.values()}
    return tuple(
        ConditionStanding(
            id=one.id,
            letter=one.letter,
            label=say.label(one.label),
            level=reached[one.id],
            most=max(criterion.level for criterion in one.criteria),
            minimum=minima.get(one.id),
            floor=floors.get(one.id),
            change=None if before is None else reached[one.id] - before.get(one.id, 0),
            reasons=_reasons(one, view, rules, say),
            until=ends.get(one.id),
        )
        for one in rules.policy.conditions
    )


def _reasons(condition: Condition, view: View, rules: Rulebook, say: Phrases) -> tuple[Reason, ...]:
    found = []
    for criterion in sorted(condition.criteria, key=lambda one: one.level):
        finding = find(criterion, view, rules)
        missing = documents_named(say.label(finding.missing), say) if finding.missing else ""
        label = say.label(criterion.label)
        found.append(Reason(criterion.level, label, finding.met, finding.stale, missing))
    return tuple(found)


def levels_before(history: Sequence[LevelsSince], now: datetime) -> Mapping[str, int]:
    """Return the levels as they were six months ago; nothing where it was not opened then."""
    since = add_months(now, -TREND_MONTHS)
    held: Mapping[str, int] = {}
    for one in history:
        if one.at <= since:
            held = one.levels
    return held
