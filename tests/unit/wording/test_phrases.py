"""Dates as people read them."""

from __future__ import annotations

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from coopflow.domain.calendar import end_of
from coopflow.wording.phrases import Phrases

PARIS = Phrases("fr", ZoneInfo("Europe/Paris"))


@pytest.mark.parametrize("day", [date(2026, 8, 26), date(2026, 12, 31)])
def test_the_end_of_a_day_is_told_as_that_day(day: date) -> None:
    """In summer and in winter, and not as the first hour of the next one."""
    end = end_of(day)
    assert PARIS.last_day(end) == PARIS.day(day)


def test_any_other_instant_is_on_the_day_that_people_live_in() -> None:
    """By the clock where they are."""
    assert PARIS.last_day(datetime(2026, 8, 26, 22, 30, tzinfo=UTC)) == "27 août 2026"


def test_days_of_the_week_are_counted_from_monday() -> None:
    """As Python counts them."""
    for day in (date(2026, 11, 23), date(2026, 11, 29)):
        told = [Phrases(one).weekday(day.weekday()) for one in ("en", "fr")]
        assert told == (["Monday", "lundi"] if day.day == 23 else ["Sunday", "dimanche"])
