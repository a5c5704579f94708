"""One turn of deciding: what has been emitted so far, and the state it leads to."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum

from coopflow.domain.events import Entry, Event, evolve
from coopflow.domain.facts import View
from coopflow.domain.rulebook import Rulebook
from coopflow.domain.state import Cooperation


class Rank(IntEnum):
    """The order of what falls due at one instant."""

    EXPIRY = 1
    DECISION = 2
    DISAGREEMENT = 3
    CLOCK = 4
    REMINDER = 5


class Turn:
    """What one command, or one instant, brings about.

    Emitting an event applies it at once and lets those react who follow from it, so that a rule
    always sees the state that its own events have led to.
    """

    def __init__(
        self,
        state: Cooperation,
        at: datetime,
        rules: Rulebook,
        reactions: Mapping[type[Event], tuple[Reaction, ...]],
    ) -> None:
        """Start from a state at an instant."""
        self.state = state
        self.at = at
        self.rules = rules
        self.by: str | None = None
        self.command: str | None = None
        self.entries: list[Entry] = []
        self._reactions = reactions

    def emit(self, event: Event) -> None:
        """Apply an event, and whatever follows from it."""
        entry = Entry.model_construct(
            seq=self.state.seq + 1, at=self.at, by=self.by, command=self.command, event=event
        )
        self.entries.append(entry)
        self.state = evolve(self.state, entry)
        for react in self._reactions.get(type(event), ()):
            react(self, event)

    def view(self, *, forward: bool = False) -> View:
        """Look at the state as it is now."""
        return View(self.state, self.at, forward, self.rules.policy.measures.current_for)


Reaction = Callable[[Turn, "Event"], None]
"""What one part of the domain does when another one's event happens."""


Fire = Callable[[Turn], None]
"""What happens when something falls due."""


@dataclass(frozen=True, slots=True)
class Due:
    """Something that happens by itself at an instant, unless it is overtaken.

    ``fire`` is None when the instant only asks for another look at levels or alerts.
    """

    at: datetime
    rank: Rank
    fire: Fire | None = None


Dues = Callable[[Cooperation, Rulebook, datetime], Iterator[Due]]
"""Yields what falls due; looks are only asked for after the instant given."""
