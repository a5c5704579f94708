"""Looking at a cooperation as it is not: as it was, as it would be, as it will be if nobody acts.

Everything here is worked out from a state and a rulebook, with the same decide, evolve and advance
that cooperations live by; nothing of it is kept.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import takewhile
from typing import Any

from coopflow.domain.commands import parse
from coopflow.domain.cooperation import UNOPENED, Upcoming, advance, decide, follow, upcoming
from coopflow.domain.events import Entry
from coopflow.domain.refusals import Refusal
from coopflow.domain.rulebook import Rulebook
from coopflow.domain.state import Cooperation


@dataclass(frozen=True)
class Supposed:
    """A command that was not sent.

    Attributes:
        command: its wire form; without ``at`` it is given when the one before it was.
        grants: roles that its actor holds outside the cooperation.
    """

    command: Mapping[str, Any]
    grants: tuple[str, ...] = ()


@dataclass(frozen=True)
class Supposition:
    """What supposing commands came to.

    Attributes:
        state: the cooperation as it would be after those that would be accepted.
        at: the instant of the last one.
        entries: what they would bring about, and what would fall due before each.
        refusals: those that would be refused, by their place in the list, from 0.
    """

    state: Cooperation
    at: datetime
    entries: tuple[Entry, ...]
    refusals: Mapping[int, Refusal]


def as_it_was(entries: Iterable[Entry], at: datetime) -> Cooperation:
    """Return what the entries of a journal had come to at an instant.

    Args:
        entries: the journal from its beginning, in order.
        at: the instant; entries of that very instant count.
    """
    before = tuple(takewhile(lambda entry: entry.at <= at, entries))
    return follow(UNOPENED, before)


def told(state: Cooperation, at: datetime, rules: Rulebook) -> Cooperation:
    """Return the state as it will be at an instant if nobody acts."""
    return follow(state, advance(state, at, rules))


def as_if(
    state: Cooperation, at: datetime, commands: Sequence[Supposed], rules: Rulebook
) -> Supposition:
    """Suppose that commands had been given, one after the other.

    Args:
        state: the cooperation to suppose it of; it is left as it is.
        at: when the first one is given, unless it says so itself.
        commands: what is supposed, in order of time.
        rules: the rulebook that the cooperation follows.
    """
    entries: list[Entry] = []
    refusals: dict[int, Refusal] = {}
    for place, supposed in enumerate(commands):
        parsed = parse(supposed.command, at=at)
        if isinstance(parsed, Refusal):
            refusals[place] = parsed
            continue
        at = max(at, parsed.at)
        decided = decide(state, parsed, rules, supposed.grants)
        if isinstance(decided, Refusal):
            refusals[place] = decided
            continue
        state = follow(state, decided)
        entries += decided
    return Supposition(state, at, tuple(entries), refusals)


def forecast(
    state: Cooperation, after: datetime, until: datetime, rules: Rulebook
) -> Iterator[Upcoming]:
    """Yield, in order, what will happen by itself up to an instant if nobody acts.

    Args:
        state: the cooperation as it is.
        after: the instant to look ahead from; what is overdue by then comes first, at it.
        until: the last instant to look at.
        rules: the rulebook that the cooperation follows.
    """
    return takewhile(lambda coming: coming.at <= until, upcoming(state, after, rules))
