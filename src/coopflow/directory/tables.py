"""The tables of the directory: the only ones that hold names and addresses of people."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Index, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from coopflow.readmodel.tables import Base


class ProgrammeRow(Base):
    """A programme."""

    __tablename__ = "programme"

    id: Mapped[str] = mapped_column(primary_key=True)
    version: Mapped[int]
    updated_at: Mapped[datetime]
    name: Mapped[str]
    language: Mapped[str]
    lifecycle: Mapped[str | None]
    policy: Mapped[str | None]


class PersonRow(Base):
    """A person; ``email_key`` is what two spellings of their address share."""

    __tablename__ = "person"
    __table_args__ = (UniqueConstraint("email_key"),)

    id: Mapped[str] = mapped_column(primary_key=True)
    version: Mapped[int]
    updated_at: Mapped[datetime]
    name: Mapped[str]
    email: Mapped[str | None]
    email_key: Mapped[str | None]
    language: Mapped[str]
    notifications: Mapped[dict[str, str]]
    administrator: Mapped[bool]


class ParticipationRow(Base):
    """That a person takes part in a programme."""

    __tablename__ = "participation"
    __table_args__ = (Index(None, "person"),)

    programme: Mapped[str] = mapped_column(primary_key=True)
    person: Mapped[str] = mapped_column(primary_key=True)
    roles: Mapped[list[str]]
    updated_at: Mapped[datetime]


class OrganisationRow(Base):
    """An organisation, as one programme knows it."""

    __tablename__ = "organisation"
    __table_args__ = (UniqueConstraint("programme", "registration"),)

    programme: Mapped[str] = mapped_column(primary_key=True)
    id: Mapped[str] = mapped_column(primary_key=True)
    version: Mapped[int]
    updated_at: Mapped[datetime]
    name: Mapped[str]
    category: Mapped[str]
    college: Mapped[str | None]
    registration: Mapped[str | None]
    website: Mapped[str | None]
    email: Mapped[str | None]


class SavedViewRow(Base):
    """A view of a portfolio that somebody saved."""

    __tablename__ = "saved_view"

    programme: Mapped[str] = mapped_column(primary_key=True)
    person: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(primary_key=True)
    query: Mapped[str] = mapped_column(Text)
    saved_at: Mapped[datetime]


class PublicationRow(Base):
    """What a cooperation shows to everybody, and who chose so."""

    __tablename__ = "publication"
    __table_args__ = (Index(None, "chosen_by"),)

    programme: Mapped[str] = mapped_column(primary_key=True)
    cooperation: Mapped[str] = mapped_column(primary_key=True)
    parts: Mapped[list[str]]
    chosen_by: Mapped[str | None]
    chosen_at: Mapped[datetime]
