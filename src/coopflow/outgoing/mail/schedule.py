"""What follows from an attempt at a mail: whether and when it is tried again. Pure."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final, Literal

from coopflow.domain.base import Instant, Shape
from coopflow.outgoing.schedule import next_try

MailStatus = Literal["held", "pending", "sent", "dead", "dropped"]
"""``held`` for a digest, ``dropped`` as there was nothing to say or nobody to say it to."""

MailReason = Literal["refused", "exhausted", "gone", "unwished", "settled", "told"]
"""Why a mail was not sent, or not by itself.

``refused``: for good, by the server; ``exhausted``: tried for days; ``gone``: the person is not in
the directory, has no address or no part any more; ``unwished``: they do not wish it; ``settled``:
there is nothing to answer any more; ``told``: in a digest.
"""

WAITS: Final = (
    timedelta(minutes=1),
    timedelta(minutes=5),
    timedelta(minutes=15),
    timedelta(hours=1),
    timedelta(hours=3),
    timedelta(hours=6),
    timedelta(hours=12),
    timedelta(hours=24),
    timedelta(hours=24),
)
"""How long to wait after each failed attempt, almost three days in all."""


class MailAnswer(Shape):
    """What came of an attempt.

    Attributes:
        taken: the server has taken the mail.
        for_good: it never will.
        said: the code of the server, or what went wrong on the way or before; never an address.
    """

    taken: bool = False
    for_good: bool = False
    said: str = ""


class MailOutcome(Shape):
    """What becomes of a mail.

    Attributes:
        status: from now on.
        reason: why it is given up.
        due_at: when it is tried again, while it is pending.
        said: what went wrong this time, as the answer has it.
    """

    status: MailStatus
    reason: MailReason | None = None
    due_at: Instant | None = None
    said: str | None = None


def outcome(attempts: int, answer: MailAnswer, at: datetime, chance: float) -> MailOutcome:
    """Return what becomes of a mail.

    Args:
        attempts: how often it was tried, this attempt included.
        answer: what came of it.
        at: when that was.
        chance: between 0 and 1, drawn anew for each attempt.
    """
    if answer.taken:
        return MailOutcome(status="sent")
    if answer.for_good:
        return MailOutcome(status="dead", reason="refused")
    due_at = next_try(WAITS, attempts, at, chance)
    if due_at is None:
        return MailOutcome(status="dead", reason="exhausted")
    return MailOutcome(status="pending", due_at=due_at)
