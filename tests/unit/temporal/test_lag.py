from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from structlog.testing import capture_logs

from coopflow.application.engine import Address
from coopflow.temporal.lag import THRESHOLD, LagWatch

BEGIN = datetime(2026, 1, 1, tzinfo=UTC)
ONE, OTHER = Address("demo", "one"), Address("demo", "other")


class Clock:
    """A clock that stands until it is told."""

    def __init__(self) -> None:
        """Begin."""
        self.now = BEGIN

    def __call__(self) -> datetime:
        """Say what time it is."""
        return self.now

    def wait(self, **span: float) -> None:
        """Let time pass."""
        self.now += timedelta(**span)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def watch(clock: Clock) -> LagWatch:
    return LagWatch(clock)


def said(lines: list[Any]) -> list[tuple[str, int]]:
    return [(line["event"], line["seconds"]) for line in lines]


def test_being_behind_is_said_once_and_so_is_its_end(clock: Clock, watch: LagWatch) -> None:
    """A line when the oldest entry has waited a minute, one when none waits; none in between."""
    with capture_logs() as lines:
        assert watch.note(ONE, BEGIN, 3) == 0
        clock.wait(seconds=30)
        watch.note(OTHER, BEGIN + timedelta(seconds=20), 4)
        assert lines == []
        clock.wait(seconds=40)
        assert watch.note(ONE, BEGIN, 3) == 70
        clock.wait(seconds=40)
        watch.note(OTHER, BEGIN + timedelta(seconds=20), 4)
        assert lines == [
            {
                "event": "the read model is behind",
                "log_level": "warning",
                "seconds": 70,
                "count": 7,
                "about": "2 cooperations",
            }
        ]
        watch.note(ONE, BEGIN, 0)
        assert len(lines) == 1
        watch.note(OTHER, BEGIN, 0)
        watch.note(OTHER, BEGIN, 0)
    assert said(lines)[1:] == [("the read model has caught up", 110)]


def test_it_is_said_again_from_time_to_time(clock: Clock, watch: LagWatch) -> None:
    """An outage of an hour is in the log every ten minutes, with how long it has been."""
    with capture_logs() as lines:
        for _ in range(60):
            clock.wait(minutes=1)
            watch.note(ONE, BEGIN, 1)
    assert [seconds // 60 for _, seconds in said(lines)] == [1, 11, 21, 31, 41, 51]


def test_what_another_worker_took_over_is_forgotten(clock: Clock, watch: LagWatch) -> None:
    """A cooperation of which nothing is heard for longer than retries take no longer counts."""
    with capture_logs() as lines:
        watch.note(ONE, BEGIN, 1)
        clock.wait(minutes=2)
        watch.note(ONE, BEGIN, 1)
        clock.wait(minutes=4)
        watch.note(OTHER, clock.now, 0)
    assert said(lines) == [
        ("the read model is behind", 120),
        ("the read model has caught up", 360),
    ]


def test_an_imported_past_is_no_lag(clock: Clock, watch: LagWatch) -> None:
    """Entries that happened long before they were told are not late; nor are those of a moment."""
    clock.wait(days=400)
    with capture_logs() as lines:
        assert watch.note(ONE, None, 100) == 0
        assert watch.note(ONE, clock.now + timedelta(seconds=1), 1) == 0
        assert watch.note(ONE, clock.now - THRESHOLD / 2, 1) == THRESHOLD.total_seconds() / 2
    assert lines == []
