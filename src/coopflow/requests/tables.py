"""The tables of requests: answers that are kept, what goes on, was refused, or is not sent yet."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, Index, Integer, Text
from sqlalchemy.orm import Mapped, mapped_column

from coopflow.readmodel.tables import Base

# Of 63 bits. SQLite numbers rows only in a column of type INTEGER, which holds them.
_LONG = BigInteger().with_variant(Integer(), "sqlite")


class KeptAnswerRow(Base):
    """A request that somebody may send again, and how it was answered.

    ``fingerprint`` is the SHA-256 of the request. While it is under way ``answer`` is None. Nobody
    takes it on again before ``claimed_until``. ``answer`` is encrypted.
    """

    __tablename__ = "kept_answer"
    __table_args__ = (Index(None, "expires_at"),)

    caller: Mapped[str] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(primary_key=True)
    fingerprint: Mapped[str]
    claimed_until: Mapped[datetime]
    expires_at: Mapped[datetime]
    answer: Mapped[str | None] = mapped_column(Text)


class OperationRow(Base):
    """Something that went on after its request was answered; ``outcome`` is encrypted.

    One that has not ended by ``lost_at`` has gone with its process.
    """

    __tablename__ = "operation"
    __table_args__ = (Index(None, "expires_at"),)

    id: Mapped[str] = mapped_column(primary_key=True)
    caller: Mapped[str]
    started_at: Mapped[datetime]
    lost_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    expires_at: Mapped[datetime]
    outcome: Mapped[str | None] = mapped_column(Text)
    done: Mapped[int | None]
    total: Mapped[int | None]


class MadeFileRow(Base):
    """A file that is made for somebody, or was; ``size`` is None as long as there is nothing in it.

    ``operation`` makes it. ``extents`` is what its owner might read when it was asked for.
    """

    __tablename__ = "made_file"
    __table_args__ = (Index(None, "owner", "created_at"), Index(None, "expires_at"))

    id: Mapped[str] = mapped_column(primary_key=True)
    owner: Mapped[str]
    person: Mapped[str | None]
    programme: Mapped[str]
    cooperation: Mapped[str | None]
    kind: Mapped[str]
    form: Mapped[str]
    language: Mapped[str]
    extents: Mapped[dict[str, Any]]
    operation: Mapped[str | None]
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    name: Mapped[str | None]
    media_type: Mapped[str | None]
    size: Mapped[int | None] = mapped_column(_LONG)


class MadePartRow(Base):
    """A part of what is in a file; encrypted."""

    __tablename__ = "made_part"

    file: Mapped[str] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    content: Mapped[str] = mapped_column(Text)


class RefusedRequestRow(Base):
    """A request that was refused because of who asked; without what was asked or sent."""

    __tablename__ = "refused_request"
    __table_args__ = (Index(None, "programme", "id"), Index(None, "at"))

    id: Mapped[int] = mapped_column(_LONG, primary_key=True)
    at: Mapped[datetime]
    caller: Mapped[str | None]
    programme: Mapped[str | None]
    method: Mapped[str]
    path: Mapped[str] = mapped_column(Text)
    status: Mapped[int]
    code: Mapped[str]


class UnsentTextRow(Base):
    """What somebody typed into a form and has not sent yet; ``content`` is encrypted."""

    __tablename__ = "unsent_text"
    __table_args__ = (Index(None, "saved_at"),)

    person: Mapped[str] = mapped_column(primary_key=True)
    programme: Mapped[str] = mapped_column(primary_key=True)
    cooperation: Mapped[str] = mapped_column(primary_key=True)
    form: Mapped[str] = mapped_column(primary_key=True)
    saved_at: Mapped[datetime]
    content: Mapped[str] = mapped_column(Text)
