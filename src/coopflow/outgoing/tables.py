"""The tables of webhooks: who is told, what is to be told, and what came of it.

What a delivery tells is read from the journal when it is sent: nothing of it is kept here.
"""

from __future__ import annotations

from datetime import datetime
from typing import Final

from sqlalchemy import Index, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from coopflow.readmodel.tables import LONG, Base

RELAY: Final = "webhooks"
"""The work of turning the feed into deliveries, which is done by one at a time."""


class EndpointRow(Base):
    """Somebody who is told; ``since`` is the place in the feed behind which what happens is told.

    Secrets are encrypted with the keys of the programme. The previous one signs too until
    ``previous_until``.
    """

    __tablename__ = "webhook_endpoint"
    __table_args__ = (Index(None, "programme"),)

    id: Mapped[str] = mapped_column(primary_key=True)
    programme: Mapped[str]
    cooperation: Mapped[str | None]
    url: Mapped[str] = mapped_column(Text)
    types: Mapped[list[str]]
    description: Mapped[str] = mapped_column(Text)
    secret: Mapped[str] = mapped_column(Text)
    previous_secret: Mapped[str | None] = mapped_column(Text)
    previous_until: Mapped[datetime | None]
    since: Mapped[int] = mapped_column(LONG)
    status: Mapped[str]
    disabled_at: Mapped[datetime | None]
    disabled_reason: Mapped[str | None]
    succeeded_at: Mapped[datetime | None]
    created_at: Mapped[datetime]


class DeliveryRow(Base):
    """One event, or a ping, for one endpoint.

    ``message`` is its ``webhook-id``, the same each time it is sent. ``due_at`` is when it is tried
    next: while somebody tries it, when another one may. A ping has no place in the feed.
    """

    __tablename__ = "webhook_delivery"
    __table_args__ = (
        UniqueConstraint("endpoint_id", "position"),
        Index(None, "endpoint_id", "status", "due_at"),
        Index(None, "status", "due_at"),
    )

    id: Mapped[int] = mapped_column(LONG, primary_key=True)
    message: Mapped[str]
    endpoint_id: Mapped[str]
    position: Mapped[int | None] = mapped_column(LONG)
    cooperation_id: Mapped[str | None]
    seq: Mapped[int | None]
    type: Mapped[str]
    status: Mapped[str]
    reason: Mapped[str | None]
    attempts: Mapped[int]
    created_at: Mapped[datetime]
    due_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]


class AttemptRow(Base):
    """One attempt at a delivery, and the beginning of what was answered, without control signs."""

    __tablename__ = "webhook_attempt"
    __table_args__ = (Index(None, "delivery_id"),)

    id: Mapped[int] = mapped_column(LONG, primary_key=True)
    delivery_id: Mapped[int] = mapped_column(LONG)
    at: Mapped[datetime]
    milliseconds: Mapped[int]
    status: Mapped[int | None]
    error: Mapped[str | None]
    excerpt: Mapped[str] = mapped_column(Text)


class RelayRow(Base):
    """How far the feed was turned into deliveries; one row."""

    __tablename__ = "webhook_relay"

    name: Mapped[str] = mapped_column(primary_key=True)
    position: Mapped[int] = mapped_column(LONG)
