"""The tables of the mails that are to be sent, and of what became of them.

No address and no text stands in them: both are looked up at the moment of sending, so that
whoever is erased meanwhile gets nothing and leaves nothing here.
"""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from coopflow.readmodel.tables import LONG, Base

TURN = "mail"
"""The work of turning notices into mails, which is done by one at a time."""


class MailRow(Base):
    """One mail to one person, or what a digest is to tell them of.

    ``occasion`` is why, once for each person. ``message`` is the left part of its Message-ID, the
    same each time it is sent. ``due_at`` is when it is tried next: while somebody tries it, when
    another one may. What is ``held`` is told by the next digest of its rhythm. ``said`` is what the
    server said last, or what went wrong on the way.
    """

    __tablename__ = "mail"
    __table_args__ = (
        UniqueConstraint("person", "occasion"),
        Index(None, "status", "due_at"),
    )

    id: Mapped[int] = mapped_column(LONG, primary_key=True)
    message: Mapped[str]
    person: Mapped[str]
    occasion: Mapped[str]
    kind: Mapped[str]
    rhythm: Mapped[str]
    notice: Mapped[int | None] = mapped_column(LONG)
    status: Mapped[str]
    reason: Mapped[str | None]
    attempts: Mapped[int]
    created_at: Mapped[datetime]
    due_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    said: Mapped[str | None]


class MailMarkRow(Base):
    """How far something was done: up to which notice, up to which hour of digests."""

    __tablename__ = "mail_mark"

    name: Mapped[str] = mapped_column(primary_key=True)
    position: Mapped[int] = mapped_column(LONG)
    at: Mapped[datetime]


class ReminderRow(Base):
    """That somebody was reminded of a task on a day, and by whom; ``batch`` is of one mail each."""

    __tablename__ = "reminder"
    __table_args__ = (Index(None, "batch", "person"), Index(None, "day"))

    cooperation_id: Mapped[str] = mapped_column(primary_key=True)
    person: Mapped[str] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(primary_key=True)
    about: Mapped[str] = mapped_column(primary_key=True)
    organisation: Mapped[str] = mapped_column(primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    batch: Mapped[str]
    sent_by: Mapped[str]
    sent_at: Mapped[datetime]
