"""What follows from an attempt at a delivery: whether and when it is tried again. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Final

from coopflow.domain.base import Instant, Shape
from coopflow.outgoing.views import AttemptError, DeadReason, DeliveryStatus, is_success

WAITS: Final = (
    timedelta(seconds=5),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=5),
    timedelta(hours=10),
    timedelta(hours=14),
    timedelta(hours=20),
    timedelta(hours=24),
)
"""How long to wait after each failed attempt, as Standard Webhooks has it: 75 hours in all."""

LONGEST_WAIT: Final = timedelta(hours=24)
"""The longest wait that a receiver may ask for."""

JITTER: Final = 0.1
"""By what part a wait may be longer, so that what failed together does not come back together."""


class Answer(Shape):
    """What came of an attempt.

    Attributes:
        status: the HTTP status that was answered; None when nothing was.
        error: why nothing was.
        excerpt: the beginning of the answer, as far as it can be shown.
        retry_after: how long the receiver asks to be left alone.
        milliseconds: how long it took.
    """

    status: int | None = None
    error: AttemptError | None = None
    excerpt: str = ""
    retry_after: timedelta | None = None
    milliseconds: int = 0

    @property
    def is_taken(self) -> bool:
        """Whether the receiver has taken the delivery."""
        return is_success(self.status)

    @property
    def is_gone(self) -> bool:
        """Whether the receiver wants nothing any more."""
        return self.status == HTTPStatus.GONE


class Outcome(Shape):
    """What becomes of a delivery.

    Attributes:
        status: its status from now on.
        reason: why it is given up.
        due_at: when it is tried again, while it is pending.
    """

    status: DeliveryStatus
    reason: DeadReason | None = None
    due_at: Instant | None = None


def outcome(attempts: int, answer: Answer, at: datetime, chance: float) -> Outcome:
    """Return what becomes of a delivery.

    Args:
        attempts: how often it was tried, this attempt included.
        answer: what came of it.
        at: when that was.
        chance: between 0 and 1, drawn anew for each attempt.
    """
    if answer.is_taken:
        return Outcome(status="sent")
    if answer.is_gone:
        return Outcome(status="dead", reason="gone")
    asked = min(answer.retry_after or timedelta(), LONGEST_WAIT)
    due_at = next_try(WAITS, attempts, at, chance, at_least=asked)
    if due_at is None:
        return Outcome(status="dead", reason="exhausted")
    return Outcome(status="pending", due_at=due_at)


def next_try(
    waits: Sequence[timedelta],
    attempts: int,
    at: datetime,
    chance: float,
    *,
    at_least: timedelta = timedelta(),
) -> datetime | None:
    """Return when something is tried again that failed; None when it was tried often enough.

    Args:
        waits: how long to wait after each failed attempt.
        attempts: how often it was tried, this attempt included.
        at: when that was.
        chance: between 0 and 1, drawn anew for each attempt.
        at_least: how long it is to be left alone.
    """
    if attempts > len(waits):
        return None
    return at + max(waits[attempts - 1], at_least) * (1 + JITTER * chance)
