"""Advice: what the method recommends, followed as it comes and goes, and never in the way.

La Fonda's four pieces of advice: care for the support function from the start, know one another,
experiment, work in trust and transparency. Which criteria carry them is the policy's.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal, NamedTuple

from coopflow.domain.base import Slug
from coopflow.domain.calendar import earliest
from coopflow.domain.conditions import holds
from coopflow.domain.events import Entry, Event
from coopflow.domain.facts import View
from coopflow.domain.memo import remember_at
from coopflow.domain.rulebook import Rulebook
from coopflow.domain.state import Cooperation
from coopflow.domain.turn import Turn


class AdviceFollowed(Event):
    """Other advice is followed than before: ``followed`` is all that is, in the policy's order."""

    type: Literal["advice_followed"] = "advice_followed"
    followed: tuple[Slug, ...]

    def changes(self, state: Cooperation, entry: Entry) -> dict[str, Any]:  # noqa: ARG002
        """Replace what is followed."""
        return {"advice": self.followed}


class Following(NamedTuple):
    """The advice that is followed, and the instant from which it may be other advice."""

    followed: tuple[str, ...]
    until: datetime | None


def following(view: View, rules: Rulebook) -> Following:
    """Return which advice is followed, and until when that is sure."""
    return remember_at(
        view.state,
        "advice",
        rules,
        rules.advice_reads,
        view.at,
        lambda: _following(view, rules),
    )


def _following(view: View, rules: Rulebook) -> Following:
    found = {piece.id: holds(piece, view, rules) for piece in rules.policy.advice}
    return Following(
        tuple(slug for slug, held in found.items() if held.holds),
        earliest(*(held.until for held in found.values())),
    )


def settle(turn: Turn) -> None:
    """Say so when other advice is followed than before."""
    followed = following(turn.view(), turn.rules).followed
    if followed != turn.state.advice:
        turn.emit(AdviceFollowed(followed=followed))


def next_look(state: Cooperation, rules: Rulebook, after: datetime) -> datetime | None:
    """Return the instant from which other advice may be followed without any event."""
    view = View(state, after, forward=False, current_for=rules.policy.measures.current_for)
    return following(view, rules).until
