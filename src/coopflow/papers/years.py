"""A year in the life of a cooperation: how it began, how it ended, what happened meanwhile."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo
from functools import cached_property
from typing import Any

from coopflow.domain.events import Entry
from coopflow.domain.state import Cooperation, Decision, Meeting, Review
from coopflow.papers.lives import Life

_TICK = timedelta(microseconds=1)


@dataclass(frozen=True)
class Year:
    """A calendar year, as far as it has come.

    Attributes:
        number: which.
        life: the journal, up to the instant of which is told.
        at: that instant.
        zone: where it is that year.
    """

    number: int
    life: Life
    at: datetime
    zone: tzinfo = UTC

    @property
    def start(self) -> datetime:
        """The first instant of the year."""
        return _first_of(self.number, self.zone)

    @property
    def end(self) -> datetime:
        """The first instant after it, or that of which is told while it goes on."""
        return min(_first_of(self.number + 1, self.zone), self.at)

    @property
    def is_over(self) -> bool:
        """Whether all of it is told."""
        return self.end.astimezone(self.zone).year > self.number

    @cached_property
    def before(self) -> Cooperation:
        """The cooperation as the year began; unopened when it was not there yet."""
        return self.life.until(self.start - _TICK).state

    @cached_property
    def after(self) -> Cooperation:
        """The cooperation as the year ended."""
        return self.life.until(self.end - _TICK if self.is_over else self.end).state

    @cached_property
    def entries(self) -> tuple[Entry, ...]:
        """What happened in it."""
        return tuple(one for one in self.life.entries if self.covers(one.at))

    def covers(self, instant: datetime | None) -> bool:
        """Whether an instant lies in it."""
        if instant is None or instant < self.start:
            return False
        return instant < self.end if self.is_over else instant <= self.end

    def events(self, *kinds: str) -> Iterator[tuple[Entry, dict[str, Any]]]:
        """Yield the entries of some events of the year, with their fields."""
        yield from _of(self.entries, kinds)

    def so_far(self, *kinds: str) -> Iterator[tuple[Entry, dict[str, Any]]]:
        """Yield the entries of some events up to its end, those of earlier years included."""
        told = (one for one in self.life.entries if one.at < self.start or self.covers(one.at))
        yield from _of(told, kinds)

    @property
    def meetings(self) -> list[Meeting]:
        """Those that were held in it, in order."""
        held = [one for one in self.after.meetings.values() if self.covers(one.held_at)]
        return sorted(held, key=lambda one: one.held_at)

    @property
    def decisions(self) -> list[Decision]:
        """Those that were closed in it, in order."""
        closed = [
            (one.closed_at, one)
            for one in self.after.decisions.values()
            if one.closed_at is not None and self.covers(one.closed_at)
        ]
        return [one for _, one in sorted(closed, key=lambda pair: (pair[0], pair[1].id))]

    @property
    def reviews(self) -> list[Review]:
        """Those that were closed in it, in order."""
        closed = [
            (one.closed_at, one)
            for one in self.after.reviews.values()
            if one.closed_at is not None and self.covers(one.closed_at)
        ]
        return [one for _, one in sorted(closed, key=lambda pair: (pair[0], pair[1].id))]

    @property
    def days(self) -> int:
        """How many days of it there were, in which the cooperation was there."""
        opened = self.life.entries[0].at
        return (self.end - max(self.start, opened)).days

    @property
    def days_with_support(self) -> int:
        """On how many of them an organisation held the support function."""
        held, since = timedelta(), None if self.before.mandate is None else self.start
        kinds = ("mandate_started", "mandate_resumed", "mandate_ended")
        for entry, _ in self.events(*kinds):
            if entry.event.type == "mandate_ended":
                held += entry.at - since if since else timedelta()
                since = None
            else:
                since = since or entry.at
        return (held + (self.end - since if since else timedelta())).days


def _first_of(year: int, zone: tzinfo) -> datetime:
    # Between instants of one zone Python counts what clocks show, so these are of UTC.
    return datetime(year, 1, 1, tzinfo=zone).astimezone(UTC)


def _of(entries: Iterable[Entry], kinds: tuple[str, ...]) -> Iterator[tuple[Entry, dict[str, Any]]]:
    for entry in entries:
        if entry.event.type in kinds:
            yield entry, dict(entry.event)
