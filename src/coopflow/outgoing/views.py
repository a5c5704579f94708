"""What is shown of webhooks: endpoints without their secrets, deliveries with their attempts."""

from __future__ import annotations

from http import HTTPStatus
from typing import Literal

from coopflow.domain.base import Instant, Shape

EndpointStatus = Literal["active", "disabled"]
DeliveryStatus = Literal["pending", "sent", "dead"]
DeadReason = Literal["exhausted", "gone", "disabled", "lost"]
"""Why a delivery is not tried any more.

``exhausted``: all attempts failed. ``gone``: the endpoint answered 410. ``disabled``: the endpoint
is or was. ``lost``: the entry is no longer in the journal.
"""
DisabledReason = Literal["gone", "failing", "by_hand"]
AttemptError = Literal["address", "connection", "timeout", "protocol"]
"""Why there was no answer.

``address``: it may not be reached, or has no address. ``connection``: it does not listen, or its
certificate is not good. ``timeout``: it was too slow. ``protocol``: it does not speak HTTP.
"""


def is_success(status: int | None) -> bool:
    """Whether an HTTP status says that a delivery was taken; None is no answer."""
    return status is not None and HTTPStatus.OK <= status < HTTPStatus.MULTIPLE_CHOICES


class Endpoint(Shape):
    """Somebody who is told what happens in a programme.

    Attributes:
        id: tells it from all others.
        programme: of which it is told.
        cooperation: the only cooperation of which it is told; None for all.
        url: where it listens.
        types: the only types of events of which it is told; none for all.
        description: what it is for.
        status: whether it is told.
        disabled_at: since when it is not.
        disabled_reason: why: it said that it is ``gone``, nothing got through while a delivery was
            tried for days (``failing``), or somebody did it (``by_hand``).
        previous_until: until when the secret before the last rotation signs too.
        succeeded_at: when something got through last.
        created_at: since when it is told.
    """

    id: str
    programme: str
    cooperation: str | None
    url: str
    types: tuple[str, ...]
    description: str
    status: EndpointStatus
    disabled_at: Instant | None
    disabled_reason: DisabledReason | None
    previous_until: Instant | None
    succeeded_at: Instant | None
    created_at: Instant


class Delivery(Shape):
    """One event for one endpoint.

    Attributes:
        id: numbers deliveries in the order in which they came to be.
        message: what the receiver knows it by (``webhook-id``), the same each time it is sent.
        endpoint_id: who is told.
        cooperation_id: ``programme/id`` of the cooperation; None for a ping.
        seq: the number of the entry in its journal.
        type: the type of its event; ``ping`` for a ping.
        status: ``pending`` until it was ``sent``, or given up (``dead``).
        reason: why it is dead.
        attempts: how often it was tried since it came to be, or was asked for again.
        created_at: when it came to be.
        due_at: when it is tried next, while it is pending.
        ended_at: when it was sent or given up.
    """

    id: int
    message: str
    endpoint_id: str
    cooperation_id: str | None
    seq: int | None
    type: str
    status: DeliveryStatus
    reason: DeadReason | None
    attempts: int
    created_at: Instant
    due_at: Instant
    ended_at: Instant | None


class Attempt(Shape):
    """One attempt at a delivery.

    Attributes:
        at: when it began.
        milliseconds: how long it took.
        status: the HTTP status of the answer; None when there was none.
        error: why there was none.
        excerpt: the beginning of the answer, as far as it can be shown.
    """

    at: Instant
    milliseconds: int
    status: int | None
    error: AttemptError | None
    excerpt: str

    @property
    def is_taken(self) -> bool:
        """Whether the receiver took the delivery."""
        return is_success(self.status)


class QueueDepths(Shape):
    """How much waits to be told, in a programme or in all of them.

    Attributes:
        pending: deliveries that are still to be sent.
        overdue: those of them that should have been tried by now.
        dead: deliveries that were given up and are still kept.
        oldest: since when the oldest pending one waits.
        disabled: endpoints that are disabled.
    """

    pending: int
    overdue: int
    dead: int
    oldest: Instant | None
    disabled: int
