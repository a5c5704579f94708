"""Calendar arithmetic: months are calendar months, days are 24 hours, spans are half-open."""

from __future__ import annotations

import calendar
from datetime import UTC, date, datetime, time, timedelta
from functools import cached_property
from typing import Annotated

from pydantic import Field, model_validator

from coopflow.domain.base import Label, Shape


class Span(Shape):
    """A length of time in calendar months, days of 24 hours, and hours; at least one is given."""

    months: Annotated[int, Field(ge=0, le=1200)] = 0
    days: Annotated[int, Field(ge=0, le=36500)] = 0
    hours: Annotated[int, Field(ge=0, le=876000)] = 0

    @model_validator(mode="after")
    def _some_length(self) -> Span:
        if not (self.months or self.days or self.hours):
            message = "a span has months, days or hours"
            raise ValueError(message)
        return self

    def after(self, instant: datetime) -> datetime:
        """Return the first instant at which a thing of this validity no longer counts."""
        return add_months(instant, self.months) + timedelta(days=self.days, hours=self.hours)

    def covers(self, since: datetime, at: datetime) -> bool:
        """Whether a thing of this validity counts at an instant; asked of many things, so quick."""
        shortest, longest = self._bounds
        age = at - since
        return age < shortest or (age < longest and at < self.after(since))

    @cached_property
    def _bounds(self) -> tuple[timedelta, timedelta]:
        rest = timedelta(days=self.days, hours=self.hours)
        return rest + timedelta(days=28 * self.months), rest + timedelta(days=31 * self.months)

    def before(self, instant: datetime) -> datetime:
        """Return the instant that lies this far before another one."""
        return add_months(instant, -self.months) - timedelta(days=self.days, hours=self.hours)

    def words(self) -> Label:
        """Write it as people say it, for example ``6 months`` and ``6 mois``."""
        parts = [
            (number, *nouns)
            for number, nouns in (
                (self.months, (("month", "months"), ("mois", "mois"))),
                (self.days, (("day", "days"), ("jour", "jours"))),
                (self.hours, (("hour", "hours"), ("heure", "heures"))),
            )
            if number
        ]
        return Label(
            en=" and ".join(f"{number} {en[number > 1]}" for number, en, _ in parts),
            fr=" et ".join(f"{number} {fr[number > 1]}" for number, _, fr in parts),
        )


def add_months(instant: datetime, months: int) -> datetime:
    """Move by calendar months; a day that the month does not have becomes its last day.

    Args:
        instant: any aware instant.
        months: how many months, possibly negative.
    """
    if not months:
        return instant
    years, month = divmod(instant.month - 1 + months, 12)
    year = instant.year + years
    last = calendar.monthrange(year, month + 1)[1]
    return instant.replace(year=year, month=month + 1, day=min(instant.day, last))


def end_of(day: date) -> datetime:
    """Return the instant at which an inclusive date is over: 00:00 UTC of the next day."""
    return datetime.combine(day, time(), UTC) + timedelta(days=1)


def day_over(at: datetime) -> date | None:
    """Return the inclusive date that is over at an instant; None where it is the end of none."""
    is_end = at.astimezone(UTC).timetz() == time(tzinfo=UTC)
    return at.astimezone(UTC).date() - timedelta(days=1) if is_end else None


def start_of(day: date) -> datetime:
    """Return 00:00 UTC of a date."""
    return datetime.combine(day, time(), UTC)


def earliest(*instants: datetime | None) -> datetime | None:
    """Return the earliest of those given, or None when there is none."""
    return min((instant for instant in instants if instant is not None), default=None)
