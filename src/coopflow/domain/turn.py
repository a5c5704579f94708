"""One turn of deciding: what has been emitted so far, and the state it leads to."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from enum import IntEnum
from typing import NamedTuple

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
        self.rules = rules.followed_by(state)
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
        policy = self.state.policy
        self.state = evolve(self.state, entry)
        if self.state.policy != policy:
            self.rules = self.rules.followed_by(self.state)
        for react in self._reactions.get(type(event), ()):
            react(self, event)

    def view(self, *, forward: bool = False) -> View:
        """Look at the state as it is now."""
        return View(self.state, self.at, forward, self.rules.policy.measures.current_for)


Reaction = Callable[[Turn, "Event"], None]
"""What one part of the domain does when another one's event happens."""


Fire = Callable[[Turn], None]
"""What happens when something falls due."""


class Due(NamedTuple):
    """Something that happens by itself at an instant, unless it is overtaken.

    What is ``passing`` is let go when its instant has gone by: a reminder, not a deadline.
    """

    at: datetime
    rank: Rank
    fire: Fire
    passing: bool = False


class Dues(NamedTuple):
    """A source of what falls due, and the fields of the state that it depends on."""

    reads: tuple[str, ...]
    of: Callable[[Cooperation, Rulebook], Iterator[Due]]


Look = Callable[[Cooperation, Rulebook, datetime], datetime | None]
"""Says from which instant after the one given levels or alerts may be others, with no event."""
