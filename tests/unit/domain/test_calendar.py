"""Calendar arithmetic: calendar months, days of 24 hours, inclusive dates."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from coopflow.domain.calendar import Span, add_months, earliest, end_of, start_of


def instant(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("start", "months", "end"),
    [
        ("2026-01-31T10:30", 1, "2026-02-28T10:30"),
        ("2028-01-31T10:30", 1, "2028-02-29T10:30"),
        ("2026-03-31T00:00", 6, "2026-09-30T00:00"),
        ("2026-12-15T23:59:59.999999", 1, "2027-01-15T23:59:59.999999"),
        ("2024-02-29T08:00", 12, "2025-02-28T08:00"),
        ("2024-02-29T08:00", 48, "2028-02-29T08:00"),
        ("2026-03-31T08:00", -1, "2026-02-28T08:00"),
        ("2026-01-01T08:00", -1, "2025-12-01T08:00"),
        ("2026-01-31T08:00", 0, "2026-01-31T08:00"),
    ],
)
def test_months_are_calendar_months(start: str, months: int, end: str) -> None:
    """A month later is the same day, or the last one of a shorter month, at the same hour."""
    assert add_months(instant(start), months) == instant(end)


def test_a_span_adds_months_first_then_hours() -> None:
    """One month and one day after 31 January is the day after the end of February."""
    span = Span(months=1, days=1, hours=2)
    assert span.after(instant("2026-01-31T09:00")) == instant("2026-03-01T11:00")


def test_days_are_24_hours() -> None:
    """Seven days are 168 hours whatever clocks people change meanwhile."""
    start = instant("2026-03-28T09:00")
    assert Span(days=7).after(start) - start == timedelta(hours=168)


@pytest.mark.parametrize("span", [{}, {"days": 0}, {"months": 0, "days": 0, "hours": 0}])
def test_a_span_has_some_length(span: dict[str, int]) -> None:
    """A span of nothing is refused in words that say what to give."""
    with pytest.raises(ValidationError, match="a span has months, days or hours"):
        Span.model_validate(span)


@pytest.mark.parametrize("span", [{"days": -1}, {"months": 1201}, {"hours": 876001}])
def test_a_span_stays_within_reason(span: dict[str, int]) -> None:
    """A span is neither negative nor longer than a century or so."""
    with pytest.raises(ValidationError):
        Span.model_validate(span)


def test_a_date_that_ends_something_is_inclusive() -> None:
    """A day starts at midnight in UTC and ends at the next one."""
    day = date(2026, 2, 28)
    assert start_of(day) == instant("2026-02-28T00:00")
    assert end_of(day) == instant("2026-03-01T00:00")


def test_the_earliest_of_those_that_are_given() -> None:
    """Instants that are not given do not count; of none there is no earliest."""
    first, second = instant("2026-01-01T00:00"), instant("2026-01-02T00:00")
    assert earliest(None, second, first) == first
    assert earliest(None, None) is None
    assert earliest() is None


def test_before_is_the_way_back() -> None:
    """A span before an instant: calendar months back, then days and hours."""
    assert Span(months=1, hours=1).before(instant("2026-03-31T00:00")) == instant(
        "2026-02-27T23:00"
    )
    assert Span(hours=48).before(instant("2026-01-15T09:00")) == instant("2026-01-13T09:00")


@given(
    since=st.datetimes(datetime(1900, 1, 1), datetime(2900, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001
    months=st.integers(0, 60),
    days=st.integers(0, 40),
    off=st.integers(-4, 4),
)
def test_a_span_covers_what_began_less_than_its_length_ago(
    since: datetime, months: int, days: int, off: int
) -> None:
    """The quick answer is the exact one, also in the days in which months differ."""
    span = Span(months=months, days=days, hours=1)
    end = span.after(since)
    for at in (end + timedelta(days=off), end, end - timedelta(microseconds=1), since):
        assert span.covers(since, at) == (at < end)
