from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from coopflow.outgoing.schedule import LONGEST_WAIT, WAITS, Answer, Outcome, outcome

NOW = datetime(2026, 3, 1, 9, tzinfo=UTC)


@pytest.mark.parametrize("status", [200, 201, 204, 299])
def test_what_was_taken_is_sent(status: int) -> None:
    """Any status of success will do, at whichever attempt."""
    assert outcome(10, Answer(status=status), NOW, 0) == Outcome(status="sent")


@pytest.mark.parametrize("status", [100, 301, 302, 400, 404, 429, 500, 503, None])
def test_whatever_else_is_answered_is_tried_again(status: int | None) -> None:
    """Also a redirect, which is not followed, and no answer at all."""
    found = outcome(1, Answer(status=status), NOW, 0)
    assert found == Outcome(status="pending", due_at=NOW + timedelta(seconds=5))


def test_waits_grow_over_three_days_and_end() -> None:
    """They are those of Standard Webhooks: ten attempts within 75 hours."""
    at, waits = NOW, []
    for attempt in range(1, 10):
        found = outcome(attempt, Answer(status=500), at, 0)
        assert found.due_at is not None
        waits.append(found.due_at - at)
        at = found.due_at
    assert waits == sorted(waits)
    assert tuple(waits) == WAITS
    assert timedelta(days=3) < at - NOW < timedelta(days=4)
    assert outcome(10, Answer(status=500), at, 0) == Outcome(status="dead", reason="exhausted")


def test_waits_differ_a_little() -> None:
    """What failed together does not come back together."""
    found = [outcome(2, Answer(status=500), NOW, chance).due_at for chance in (0, 0.5, 1)]
    assert found == [NOW + timedelta(seconds=seconds) for seconds in (300, 315, 330)]


def test_a_receiver_may_ask_for_more_time_but_not_for_less() -> None:
    """``Retry-After`` lengthens a wait, up to a day."""
    for asked, wait in (
        (timedelta(seconds=1), timedelta(seconds=5)),
        (timedelta(hours=1), timedelta(hours=1)),
        (timedelta(days=400), LONGEST_WAIT),
    ):
        found = outcome(1, Answer(status=429, retry_after=asked), NOW, 0)
        assert found.due_at == NOW + wait


def test_who_is_gone_is_not_asked_again() -> None:
    """410 ends a delivery at once."""
    assert outcome(1, Answer(status=410), NOW, 0) == Outcome(status="dead", reason="gone")
