"""The tables of those who get in: tokens, sessions, links, sign-ins under way, accounts elsewhere.

Of every secret there is its SHA-256 alone.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from coopflow.readmodel.tables import Base


class ApiTokenRow(Base):
    """A token that programs show; it stays when it is revoked, so that its use can be explained.

    ``owner`` is the person whose powers it has at most; None where who operates the installation
    made it. ``made_by`` is the caller who did. ``used_at`` is exact to an hour.
    """

    __tablename__ = "api_token"
    __table_args__ = (UniqueConstraint("digest"), Index(None, "owner"), Index(None, "made_by"))

    id: Mapped[str] = mapped_column(primary_key=True)
    digest: Mapped[str]
    name: Mapped[str]
    scopes: Mapped[list[str]]
    programmes: Mapped[list[str] | None]
    person: Mapped[str | None]
    owner: Mapped[str | None]
    made_by: Mapped[str]
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]
    revoked_by: Mapped[str | None]


class SessionRow(Base):
    """Somebody who signed in with a browser; ``used_at`` is exact to some minutes."""

    __tablename__ = "session"
    __table_args__ = (UniqueConstraint("digest"), Index(None, "person"), Index(None, "expires_at"))

    id: Mapped[str] = mapped_column(primary_key=True)
    digest: Mapped[str]
    person: Mapped[str]
    method: Mapped[str]
    started_at: Mapped[datetime]
    used_at: Mapped[datetime]
    expires_at: Mapped[datetime]


class SignInLinkRow(Base):
    """A link that lets one person in once; it goes when it is used."""

    __tablename__ = "sign_in_link"

    digest: Mapped[str] = mapped_column(primary_key=True)
    person: Mapped[str]
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]


class CalendarFeedRow(Base):
    """An address that a calendar asks; it goes when it is revoked. ``used_at`` is to the hour.

    Where it names a cooperation it is of that alone; else of all that its person has a part in.
    """

    __tablename__ = "calendar_feed"
    __table_args__ = (UniqueConstraint("digest"), Index(None, "person"))

    id: Mapped[str] = mapped_column(primary_key=True)
    digest: Mapped[str]
    person: Mapped[str]
    language: Mapped[str]
    created_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
    programme: Mapped[str | None]
    cooperation: Mapped[str | None]


class DecisionLinkRow(Base):
    """A link by which one person answers one decision, until it expires."""

    __tablename__ = "decision_link"
    __table_args__ = (Index(None, "person"), Index(None, "expires_at"))

    digest: Mapped[str] = mapped_column(primary_key=True)
    person: Mapped[str]
    programme: Mapped[str]
    cooperation: Mapped[str]
    decision: Mapped[str]
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]


class UnsubscribeLinkRow(Base):
    """A link by which one person stops one kind of mail."""

    __tablename__ = "unsubscribe_link"
    __table_args__ = (Index(None, "person"), Index(None, "expires_at"))

    digest: Mapped[str] = mapped_column(primary_key=True)
    person: Mapped[str]
    kind: Mapped[str]
    expires_at: Mapped[datetime]


class SignInAttemptRow(Base):
    """A browser that was sent to the identity provider and is to come back, once."""

    __tablename__ = "sign_in_attempt"

    digest: Mapped[str] = mapped_column(primary_key=True)
    return_to: Mapped[str]
    expires_at: Mapped[datetime]


class IdentityRow(Base):
    """An account with an identity provider, and who it is here."""

    __tablename__ = "identity"
    __table_args__ = (UniqueConstraint("issuer", "person"),)

    issuer: Mapped[str] = mapped_column(primary_key=True)
    subject: Mapped[str] = mapped_column(primary_key=True)
    person: Mapped[str]
    linked_at: Mapped[datetime]
