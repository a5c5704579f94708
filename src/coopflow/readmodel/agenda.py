"""What is to come in cooperations, and when: what calendars show.

Nothing that is sealed is in it: of a disagreement what everyone sees, and who answered nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from datetime import UTC, date, datetime
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from coopflow.application.access import allowed
from coopflow.application.engine import Address
from coopflow.domain.base import Instant, Shape
from coopflow.domain.calendar import day_over
from coopflow.readmodel.inbox import Inbox
from coopflow.readmodel.involvement import AboutPeople
from coopflow.readmodel.tables import (
    ActionRow,
    AlertRow,
    Base,
    CooperationRow,
    DecisionRow,
    DisagreementRow,
    DocumentRow,
    MeetingRow,
)
from coopflow.readmodel.views import TaskView

_MOST: Final = 200
_LIVING: Final = ("active", "paused", "closing")
_OF_MEMBERS: Final = frozenset({"decision_closes", "disagreement_limit"})


class AgendaItem(Shape):
    """Something that is to come, or a meeting that was held.

    Attributes:
        programme: of the cooperation.
        slug: its id.
        title: what it is called.
        territory: where it is.
        kind: what it is: ``decision_closes``, ``meeting``, ``document_expires``, ``mandate_ends``,
            ``funding_ends``, ``cure_clock``, ``reservation``, ``action_due``,
            ``disagreement_limit``, ``review_due``, ``renewal_due``; or ``task:`` and the kind of
            a task.
        about: what tells it from others of its kind.
        subject: what it is about, for people.
        organisation: for which organisation, of tasks that are for one, and of actions the owner.
        at: the instant at which it is; None for what is on a day.
        day: the day on which it is, and at the end of which it is over.
        stamp: as of when this is known.
        sequence: grows whenever it may have changed.
    """

    programme: str
    slug: str
    title: str
    territory: str
    kind: str
    about: str
    subject: str
    organisation: str = ""
    at: Instant | None = None
    day: date | None = None
    stamp: Instant
    sequence: int

    @property
    def when(self) -> datetime:
        """By what agendas are ordered."""
        day = self.day or date.max
        return self.at or datetime(day.year, day.month, day.day, tzinfo=UTC)


class Agendas(AboutPeople, Inbox):
    """Answers what is to come."""

    async def agenda(self, address: Address) -> tuple[AgendaItem, ...]:
        """List what is to come in a cooperation, soonest first; nothing once it is closed."""
        async with self._database.reading() as connection:
            found = await _items(connection, [str(address)])
        return _in_order(found)

    async def agenda_of(
        self,
        person: str,
        now: datetime,
        *,
        manages: Collection[str] = (),
        within: Collection[str] | None = None,
    ) -> tuple[AgendaItem, ...]:
        """List what is to come for a person, soonest first.

        Of each cooperation whose course they may foresee what concerns all; of decisions,
        disagreements and actions what awaits them or their organisations.

        Args:
            person: an opaque id.
            now: the instant at which it is asked.
            manages: the programmes that the person manages.
            within: only what is in these programmes.
        """
        parts = await self.cooperations_of(person, within=within, limit=_MOST)
        tasks = await self.tasks(person, now, manages=manages, within=within, limit=_MOST)
        seen = {one.address: one for one in parts if allowed("forecast", one.roles) is not None}
        async with self._database.reading() as connection:
            common = await _items(connection, [str(address) for address in seen])
            heads = await _heads(
                connection, {str(Address(one.programme, one.slug)) for one in tasks}
            )
        found = [
            item
            for item in common
            if item.kind not in _OF_MEMBERS
            and (
                item.kind != "action_due"
                or item.organisation in seen[Address(item.programme, item.slug)].organisations
            )
        ]
        for task in tasks:
            head = heads.get(str(Address(task.programme, task.slug)))
            if head is not None and task.due_at is not None and task.kind != "update_action":
                found.append(_of_task(task, head))
        return _in_order(found)


def _in_order(items: Sequence[AgendaItem]) -> tuple[AgendaItem, ...]:
    key: Callable[[AgendaItem], Any] = lambda one: (  # noqa: E731 - typed, and used once
        one.when,
        one.programme,
        one.slug,
        one.kind,
        one.about,
    )
    return tuple(sorted(items, key=key))


def _of_task(task: TaskView, head: dict[str, Any]) -> AgendaItem:
    return AgendaItem(
        **head,
        kind=f"task:{task.kind}",
        about=task.about,
        subject=task.subject,
        organisation=task.organisation,
        at=None if task.due_on else task.due_at,
        day=task.due_on,
    )


async def _heads(connection: AsyncConnection, ids: Collection[str]) -> dict[str, dict[str, Any]]:
    return {slug: _head(row) for slug, row in (await _cooperations(connection, ids)).items()}


async def _cooperations(
    connection: AsyncConnection, ids: Collection[str]
) -> dict[str, dict[str, Any]]:
    query = select(CooperationRow.__table__).where(
        CooperationRow.cooperation_id.in_(ids), CooperationRow.status.in_(_LIVING)
    )
    rows = (await connection.execute(query)).mappings()
    return {row["cooperation_id"]: dict(row) for row in rows}


def _head(row: dict[str, Any]) -> dict[str, Any]:
    names = ("programme", "slug", "title", "territory")
    return {name: row[name] for name in names} | {"stamp": row["as_of"], "sequence": row["seq"]}


async def _items(connection: AsyncConnection, ids: Sequence[str]) -> list[AgendaItem]:
    """Return what is to come in some cooperations, with one look into each table."""
    cooperations = await _cooperations(connection, ids)
    heads = {slug: _head(row) for slug, row in cooperations.items()}
    found = [
        AgendaItem(**heads[slug], **told)
        for slug, row in cooperations.items()
        for told in _of_cooperation(row)
    ]

    async def rows(table: type[Base], *where: Any) -> Sequence[Any]:
        mine = table.__table__.c.cooperation_id.in_(list(heads))
        return (await connection.execute(select(table.__table__).where(mine, *where))).all()

    def add(row: Any, kind: str, about: str, subject: str, **more: Any) -> None:
        found.append(
            AgendaItem(**heads[row.cooperation_id], kind=kind, about=about, subject=subject, **more)
        )

    for row in await rows(DecisionRow, DecisionRow.closed_at.is_(None)):
        add(row, "decision_closes", row.id, row.question or row.subject, at=row.closes_at)
    for row in await rows(MeetingRow):
        add(row, "meeting", row.id, row.kind, at=row.held_at)
    valid = (DocumentRow.status.in_(["approved", "in_force"]), DocumentRow.valid_until.is_not(None))
    for row in await rows(DocumentRow, *valid):
        about = f"{row.kind}-{row.version}"
        day = day_over(row.valid_until)  # of a charter, the last day of its term
        at = None if day else row.valid_until
        add(row, "document_expires", about, row.kind, at=at, day=day)
    for row in await rows(ActionRow, ActionRow.is_open.is_(True)):
        add(row, "action_due", row.id, row.title, organisation=row.owner, day=row.due)
    limited = (DisagreementRow.state != "closed", DisagreementRow.limit_at.is_not(None))
    for row in await rows(DisagreementRow, *limited):
        add(row, "disagreement_limit", row.id, row.subject, at=row.limit_at)
    for row in await rows(AlertRow, AlertRow.code.in_(["review_due", "renewal_due"])):
        add(row, row.code, row.about, row.about, at=row.since)
    return found


def _of_cooperation(row: dict[str, Any]) -> Iterator[dict[str, Any]]:
    if row["mandate_ends_on"] is not None:
        holder = row["mandate_holder"]
        ends = {"kind": "mandate_ends", "about": "support", "day": row["mandate_ends_on"]}
        yield {**ends, "subject": holder, "organisation": holder}
    if row["secured_until"] is not None:
        ends = {"kind": "funding_ends", "about": "support", "day": row["secured_until"]}
        yield {**ends, "subject": ""}
    for condition, until in row["clocks"].items():
        at = datetime.fromisoformat(until)
        yield {"kind": "cure_clock", "about": condition, "subject": condition, "at": at}
    for one in row["reservations"]:
        about, at = one["about"], datetime.fromisoformat(one["until"])
        yield {"kind": "reservation", "about": about, "subject": about, "at": at}
