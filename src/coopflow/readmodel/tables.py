"""The tables of the read model.

The journal is the record; all other tables but the outbox and the feed can be written anew from
it. There are no foreign keys: the rows of a cooperation have one writer, which writes them in one
transaction, and a table that follows from the journal may be emptied and filled again by itself.
"""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any, ClassVar

from sqlalchemy import (
    JSON,
    BigInteger,
    Column,
    Computed,
    DateTime,
    Dialect,
    Index,
    Integer,
    MetaData,
    Table,
    Text,
    TypeDecorator,
    UniqueConstraint,
    column,
    func,
    text,
)
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column
from sqlalchemy.sql.functions import GenericFunction


class UtcInstant(TypeDecorator[datetime]):
    """An instant that comes back aware and in UTC, also from databases without time zones."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        """Store the UTC clock reading."""
        return value and value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        """Read a clock reading without a zone as UTC."""
        return value and (
            value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)
        )


class Epoch(GenericFunction[int]):
    """The whole seconds from 1970 to an instant, such as an index may hold."""

    type = Integer()
    inherit_cache = True


@compiles(Epoch, "sqlite")
def _epoch_on_sqlite(epoch: Epoch, compiler: Any, **given: Any) -> str:
    return f"CAST(strftime('%s', {compiler.process(epoch.clauses, **given)}) AS INTEGER)"


@compiles(Epoch, "postgresql")
def _epoch_on_postgresql(epoch: Epoch, compiler: Any, **given: Any) -> str:
    # What is asked of an instant with its zone depends on the zone of the session.
    instant = compiler.process(epoch.clauses, **given)
    return f"CAST(floor(EXTRACT(epoch FROM {instant} AT TIME ZONE 'UTC')) AS BIGINT)"


# Of 63 bits. SQLite holds them in any INTEGER, and numbers rows only in a column of that type.
LONG = BigInteger().with_variant(Integer(), "sqlite")

DAY = 86_400
"""The seconds of a day."""

# Not PostgreSQL's binary JSON: it would forget the order of keys, and levels are shown in order.
_JSON = JSON(none_as_null=True)


class Base(DeclarativeBase):
    """What all tables share: named constraints, UTC instants, JSON for what has parts."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map: ClassVar[dict[Any, Any]] = {
        datetime: UtcInstant,
        dict[str, Any]: _JSON,
        dict[str, int]: _JSON,
        dict[str, str]: _JSON,
        list[str]: _JSON,
        list[dict[str, Any]]: _JSON,
    }

    @classmethod
    def written(cls) -> tuple[Column[Any], ...]:
        """Return the columns that are written; the others the database works out by itself."""
        table = cls.__table__
        assert isinstance(table, Table)
        return tuple(one for one in table.columns if one.computed is None)

    @classmethod
    def primary_key(cls) -> tuple[Column[Any], ...]:
        """Return the columns of the primary key."""
        table = cls.__table__
        assert isinstance(table, Table)
        return tuple(table.primary_key.columns)


class JournalRow(Base):
    """One entry of a journal; ``data`` is the event without its type.

    ``previous`` is the digest of the entry before; None where digests were not kept yet.
    """

    __tablename__ = "journal"
    # What somebody answered: few of all entries.
    __table_args__ = (
        Index(
            "ix_journal_answers",
            "actor",
            "at",
            sqlite_where=text("type = 'ballot_cast'"),
            postgresql_where=text("type = 'ballot_cast'"),
        ),
    )

    cooperation_id: Mapped[str] = mapped_column(primary_key=True)
    seq: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime]
    actor: Mapped[str | None]
    command_id: Mapped[str | None]
    type: Mapped[str]
    data: Mapped[dict[str, Any]]
    previous: Mapped[str | None]
    salts: Mapped[dict[str, str]] = mapped_column(server_default=text("'{}'"))
    withheld: Mapped[dict[str, str]] = mapped_column(server_default=text("'{}'"))


class SnapshotRow(Base):
    """The state after the last entry that was projected; the projector's own.

    ``shape`` is the fingerprint of the models and tables that it was written with. The state
    holds what nobody may read, such as secret ballots, so it stands apart from what is queried.
    """

    __tablename__ = "snapshot"

    cooperation_id: Mapped[str] = mapped_column(primary_key=True)
    seq: Mapped[int]
    shape: Mapped[str]
    state: Mapped[str] = mapped_column(Text)


class CooperationRow(Base):
    """A cooperation as it stands; its id is ``programme/slug``."""

    __tablename__ = "cooperation"
    __table_args__ = (
        UniqueConstraint("programme", "slug"),
        Index(None, "slug"),
    )

    cooperation_id: Mapped[str] = mapped_column(primary_key=True)
    programme: Mapped[str]
    slug: Mapped[str]
    title: Mapped[str]
    territory: Mapped[str]
    issue: Mapped[str] = mapped_column(Text)
    lifecycle: Mapped[str]
    policy: Mapped[str]
    status: Mapped[str]
    opened_at: Mapped[datetime]
    stage: Mapped[str]
    stage_since: Mapped[datetime]
    levels: Mapped[dict[str, int]]
    floor: Mapped[str | None]
    floor_since: Mapped[datetime | None]
    clocks: Mapped[dict[str, str]]
    reservations: Mapped[list[dict[str, Any]]]
    advice: Mapped[list[str]] = mapped_column(server_default=text("'[]'"))
    verdict_gate: Mapped[str | None]
    verdict: Mapped[str | None]
    verdict_at: Mapped[datetime | None]
    mandate_holder: Mapped[str | None]
    mandate_ends_on: Mapped[date | None]
    secured_until: Mapped[date | None]
    active_members: Mapped[int]
    last_plenary_at: Mapped[datetime | None]
    seq: Mapped[int]
    as_of: Mapped[datetime]


class DefinitionRow(Base):
    """A lifecycle or a policy that a cooperation follows or was offered; written once.

    ``digest`` is the SHA-256 of the canonical JSON of the content: two contents under one name and
    version are two rows, which should not be.
    """

    __tablename__ = "definition"

    kind: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column(LONG, primary_key=True)
    digest: Mapped[str] = mapped_column(primary_key=True)
    author: Mapped[str | None]
    content: Mapped[dict[str, Any]]
    first_seen_at: Mapped[datetime]
    first_seen_in: Mapped[str]


class MemberRow(Base):
    """An organisation of the collective."""

    __tablename__ = "member"

    cooperation_id: Mapped[str] = mapped_column(primary_key=True)
    id: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]
    category: Mapped[str]
    college: Mapped[str | None]
    status: Mapped[str]
    status_since: Mapped[datetime]
    moved_at: Mapped[datetime | None]
    joined_at: Mapped[datetime | None]
    representative: Mapped[str]
    alternate: Mapped[str | None]
    profile: Mapped[dict[str, Any]]


class DocumentRow(Base):
    """One version of a document."""

    __tablename__ = "document"

    cooperation_id: Mapped[str] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True)
    status: Mapped[str]
    minor: Mapped[bool]
    authors: Mapped[list[str]]
    decision: Mapped[str | None]
    approved_at: Mapped[datetime | None]
    valid_until: Mapped[datetime | None]
    stale_since: Mapped[datetime | None]
    in_force_at: Mapped[datetime | None]
    signatures: Mapped[list[str]]
    content: Mapped[dict[str, Any]]


class DecisionRow(Base):
    """One approval process; ``counts`` are answers by choice, never who chose what.

    ``electorate`` is the number of electors left, ``answers`` that of those who answered. Of a
    secret ballot ``counts`` stays empty until it is adopted or rejected.
    """

    __tablename__ = "decision"

    cooperation_id: Mapped[str] = mapped_column(primary_key=True)
    id: Mapped[str] = mapped_column(primary_key=True)
    subject: Mapped[str]
    question: Mapped[str | None] = mapped_column(Text)
    rule: Mapped[dict[str, Any]]
    quorum: Mapped[str]
    secret: Mapped[bool]
    document_version: Mapped[int | None]
    opened_at: Mapped[datetime]
    closes_at: Mapped[datetime]
    electorate: Mapped[int]
    answers: Mapped[int]
    counts: Mapped[dict[str, int]]
    open_objections: Mapped[int]
    result: Mapped[str | None]
    recalled: Mapped[bool]
    vetoed: Mapped[bool]
    closed_at: Mapped[datetime | None]
    arithmetic_fr: Mapped[str | None] = mapped_column(Text)
    arithmetic_en: Mapped[str | None] = mapped_column(Text)


class MeetingRow(Base):
    """A meeting; ``active`` is the number of members that were active then."""

    __tablename__ = "meeting"

    cooperation_id: Mapped[str] = mapped_column(primary_key=True)
    id: Mapped[str] = mapped_column(primary_key=True)
    kind: Mapped[str]
    held_at: Mapped[datetime]
    attendees: Mapped[list[str]]
    active: Mapped[int]
    minuted_at: Mapped[datetime | None]


class ReviewRow(Base):
    """One feedback loop with the changes that it proposes."""

    __tablename__ = "review"

    cooperation_id: Mapped[str] = mapped_column(primary_key=True)
    id: Mapped[str] = mapped_column(primary_key=True)
    kind: Mapped[str]
    period: Mapped[str | None]
    opened_at: Mapped[datetime]
    opened_by: Mapped[str | None]
    closed_at: Mapped[datetime | None]
    changes: Mapped[list[dict[str, Any]]]
    measures: Mapped[list[str]]
    summary_published: Mapped[bool]


class DisagreementRow(Base):
    """One mediation ladder, as everyone may see it: no content."""

    __tablename__ = "disagreement"

    cooperation_id: Mapped[str] = mapped_column(primary_key=True)
    id: Mapped[str] = mapped_column(primary_key=True)
    subject: Mapped[str]
    state: Mapped[str]
    parties: Mapped[list[str]]
    touches: Mapped[str]
    raised_at: Mapped[datetime]
    entered_at: Mapped[datetime]
    limit_at: Mapped[datetime | None]
    blocks: Mapped[bool]
    blocks_until: Mapped[datetime | None]
    outcome: Mapped[str | None]


class AlertRow(Base):
    """An alert that stands."""

    __tablename__ = "alert"

    cooperation_id: Mapped[str] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(primary_key=True)
    about: Mapped[str] = mapped_column(primary_key=True)
    severity: Mapped[str]
    since: Mapped[datetime]


class RoleRow(Base):
    """A role that a person holds in a cooperation, see :class:`coopflow.domain.roles.Holding`."""

    __tablename__ = "role"
    __table_args__ = (Index(None, "person", "cooperation_id"),)

    cooperation_id: Mapped[str] = mapped_column(primary_key=True)
    person: Mapped[str] = mapped_column(primary_key=True)
    role: Mapped[str] = mapped_column(primary_key=True)
    about: Mapped[str] = mapped_column(primary_key=True)
    alternate: Mapped[bool]
    counts: Mapped[bool]


class TaskRow(Base):
    """What a cooperation waits for from a person, see :class:`coopflow.application.tasks.Task`.

    ``person`` is empty where whoever holds ``role`` in the programme may do it.
    """

    __tablename__ = "task"
    __table_args__ = (
        Index(None, "person", "programme"),
        Index(None, "programme", "begins_at"),
        Index(None, "programme", "person", "begins_at", "due_at", "cooperation_id"),
        Index(None, "programme", "organisation", "begins_at", "due_at", "cooperation_id"),
    )

    cooperation_id: Mapped[str] = mapped_column(primary_key=True)
    person: Mapped[str] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(primary_key=True)
    about: Mapped[str] = mapped_column(primary_key=True)
    organisation: Mapped[str] = mapped_column(primary_key=True)
    programme: Mapped[str]
    role: Mapped[str]
    command: Mapped[str]
    subject: Mapped[str] = mapped_column(Text)
    payload: Mapped[dict[str, str]]
    entrusted: Mapped[list[dict[str, Any]]]
    begins_at: Mapped[datetime]
    due_at: Mapped[datetime | None]


class LevelsRow(Base):
    """The levels that a cooperation came to by one entry of its journal."""

    __tablename__ = "levels"

    cooperation_id: Mapped[str] = mapped_column(primary_key=True)
    seq: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime]
    levels: Mapped[dict[str, int]]


_STANDS = ("status", "stage", "lifecycle", "policy")
_KEYS = (*_STANDS, "brief", "alerts", "urgent", "sought")
_PLACES = ("territory", "holder")
_FIGURES = ("stage_since", "due_at", "disagreements")


def _whole(name: str, *first: str) -> Index:
    """Return an index of outlines that begins with some columns and holds all to narrow by.

    What is counted or put in order is so read off the index alone. Where it begins with two
    columns, for an order, places are left out: few share one, and they have indexes of their own.
    """
    narrow = (*_KEYS, *(() if first[1:] else _PLACES), *_FIGURES)
    rest = (one for one in narrow if one not in first)
    return Index(
        f"ix_outline_{name}",
        *("programme", *first, *rest),
        *(() if first[1:] else ("cooperation_id",)),
    )


class OutlineRow(Base):
    """A cooperation as far as portfolios are narrowed, ordered and counted by it: a narrow row.

    ``title`` is by what titles are put in order, ``territory`` the beginning of its name, and
    levels and alerts are words between spaces, as is in ``urgent`` how urgent the alerts are.
    Levels are in ``brief``, and what texts are sought in is in ``sought``, where they are short
    enough for an index, else in ``levels`` and in ``searched``. ``due_at`` is when the first thing
    is due after the last entry that was projected, ``disagreements`` how many are not closed.
    ``stage_epoch`` is ``stage_since`` in whole seconds since 1970, ``stage_day`` in whole days.
    """

    __tablename__ = "outline"
    __table_args__ = (
        _whole("standing"),
        *(_whole(name, name) for name in ("territory", "holder", "alerts")),
        # Where nothing is narrowed but by status, the narrow ones are read faster.
        *(Index(None, "programme", name, "status") for name in _PLACES),
        Index(None, "programme", "alerts", *_STANDS),
        # How long they have been where they are is counted in the order of these.
        Index(None, "programme", "stage", "stage_day", "status", "stage_epoch"),
        *(_whole(f"by_{order}", order, "slug") for order in ("title", "stage_since", "due_at")),
    )

    cooperation_id: Mapped[str] = mapped_column(primary_key=True)
    programme: Mapped[str]
    slug: Mapped[str]
    title: Mapped[str]
    searched: Mapped[str] = mapped_column(Text)
    sought: Mapped[str]
    territory: Mapped[str]
    lifecycle: Mapped[str]
    policy: Mapped[str]
    status: Mapped[str]
    stage: Mapped[str]
    stage_since: Mapped[datetime]
    stage_epoch: Mapped[int] = mapped_column(LONG, Computed(Epoch(column("stage_since"))))
    stage_day: Mapped[int] = mapped_column(LONG, Computed(Epoch(column("stage_since")) // DAY))
    levels: Mapped[str] = mapped_column(Text)
    brief: Mapped[str]
    alerts: Mapped[str]
    urgent: Mapped[str]
    holder: Mapped[str]
    disagreements: Mapped[int]
    due_at: Mapped[datetime]


class DueRow(Base):
    """Something that is due in a cooperation, see :class:`coopflow.readmodel.views.DueView`."""

    __tablename__ = "due"
    __table_args__ = (Index(None, "programme", "at", "cooperation_id", "kind", "about"),)

    cooperation_id: Mapped[str] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(primary_key=True)
    about: Mapped[str] = mapped_column(primary_key=True)
    programme: Mapped[str]
    subject: Mapped[str] = mapped_column(Text)
    organisation: Mapped[str]
    at: Mapped[datetime]


class PassageRow(Base):
    """A stay in a stage that has ended, by the entry that ended it."""

    __tablename__ = "passage"
    __table_args__ = (
        Index(None, "programme", "stage", "days"),
        # The stays of some cooperations are looked up one by one.
        Index(None, "cooperation_id", "stage", "days"),
    )

    cooperation_id: Mapped[str] = mapped_column(primary_key=True)
    seq: Mapped[int] = mapped_column(primary_key=True)
    programme: Mapped[str]
    stage: Mapped[str]
    next_stage: Mapped[str]
    since: Mapped[datetime]
    until: Mapped[datetime]
    seconds: Mapped[int] = mapped_column(LONG)
    days: Mapped[int] = mapped_column(LONG, Computed(column("seconds", LONG) // DAY))


class ActionRow(Base):
    """An action of the living roadmap; it is overdue once its day ``due`` is over."""

    __tablename__ = "action"

    cooperation_id: Mapped[str] = mapped_column(primary_key=True)
    id: Mapped[str] = mapped_column(primary_key=True)
    title: Mapped[str] = mapped_column(Text)
    objective: Mapped[str]
    owner: Mapped[str]
    contributors: Mapped[list[str]]
    start: Mapped[date | None]
    due: Mapped[date]
    status: Mapped[str]
    is_open: Mapped[bool]


class IndicatorRow(Base):
    """An indicator of the value chain that counts; ``measured`` is how many values it has had."""

    __tablename__ = "indicator"

    cooperation_id: Mapped[str] = mapped_column(primary_key=True)
    id: Mapped[str] = mapped_column(primary_key=True)
    objective: Mapped[str]
    definition: Mapped[str] = mapped_column(Text)
    unit: Mapped[str]
    source: Mapped[str] = mapped_column(Text)
    collector: Mapped[str]
    frequency: Mapped[str]
    baseline: Mapped[float | str | None] = mapped_column(_JSON)
    target: Mapped[float | str | None] = mapped_column(_JSON)
    measured: Mapped[int]
    measured_at: Mapped[datetime | None]


class MeasureRow(Base):
    """A value of an indicator; ``number`` counts them from 1."""

    __tablename__ = "measure"

    cooperation_id: Mapped[str] = mapped_column(primary_key=True)
    indicator: Mapped[str] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    value: Mapped[float]
    organisation: Mapped[str]
    period: Mapped[str | None]
    at: Mapped[datetime]


class OutboxRow(Base):
    """A notice to be sent; without recipients it is for all active members.

    ``at`` is when its event happened and may lie years back in a past that was imported;
    ``created_at`` is when it was put here, by the clock of the database.
    """

    __tablename__ = "outbox"
    __table_args__ = (UniqueConstraint("cooperation_id", "seq", "position"),)

    id: Mapped[int] = mapped_column(LONG, primary_key=True)
    cooperation_id: Mapped[str]
    seq: Mapped[int]
    position: Mapped[int]
    kind: Mapped[str]
    about: Mapped[str]
    recipients: Mapped[list[str]]
    at: Mapped[datetime]
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())


class FeedRow(Base):
    """That an entry of a journal came, and its place among all; the journal says what it tells.

    ``imported`` marks a past that was imported, of which nobody is notified.
    """

    __tablename__ = "feed"
    __table_args__ = (
        UniqueConstraint("cooperation_id", "seq"),
        Index(None, "programme", "position"),
    )

    position: Mapped[int] = mapped_column(LONG, primary_key=True)
    programme: Mapped[str]
    cooperation_id: Mapped[str]
    seq: Mapped[int]
    imported: Mapped[bool]
