"""What mails tell of, as it stands when they are written: nothing sealed, no secret choice."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select

from coopflow.application.engine import Address
from coopflow.domain.base import Shape
from coopflow.outgoing.mail.recipients import has_part
from coopflow.outgoing.mail.reminders import tasks_of_batch
from coopflow.readmodel.asking import Asking, columns_of
from coopflow.readmodel.inbox import task_view
from coopflow.readmodel.tables import (
    CooperationRow,
    DecisionRow,
    MemberRow,
    OutboxRow,
    ReviewRow,
    TaskRow,
)
from coopflow.readmodel.views import DecisionView, OutboxLine, ReviewView, TaskView

_ANSWERS = ("answer", "object")


class Called(Shape):
    """What a cooperation is called, and which definition names its stages and gates."""

    title: str
    lifecycle: str
    policy: str


class Asked(Shape):
    """That a decision waits for somebody.

    Attributes:
        kind: ``answer``, or ``object`` where silence counts as agreement.
        organisations: for whom they answer, by name.
    """

    kind: str
    organisations: tuple[str, ...]


class Occasions(Asking):
    """Looks up what mails tell of. Every question may raise DatabaseUnavailableError."""

    async def line(self, notice: int) -> OutboxLine | None:
        """Return a notice."""
        query = columns_of(OutboxLine, OutboxRow).where(OutboxRow.id == notice)
        return next(iter(await self._many(OutboxLine, query)), None)

    async def cooperation(self, address: Address) -> Called | None:
        """Return what a cooperation is called; None where it is gone."""
        query = columns_of(Called, CooperationRow, address)
        return next(iter(await self._many(Called, query)), None)

    async def decision(self, address: Address, decision: str) -> DecisionView | None:
        """Return a decision."""
        query = columns_of(DecisionView, DecisionRow, address).where(DecisionRow.id == decision)
        return next(iter(await self._many(DecisionView, query)), None)

    async def review(self, address: Address, review: str) -> ReviewView | None:
        """Return a review."""
        query = columns_of(ReviewView, ReviewRow, address).where(ReviewRow.id == review)
        return next(iter(await self._many(ReviewView, query)), None)

    async def asked(
        self, address: Address, decision: str, person: str, now: datetime
    ) -> Asked | None:
        """Return for whom a decision waits for somebody; None when it does not, or no more."""
        tasks = select(TaskRow.kind, TaskRow.organisation, TaskRow.entrusted).where(
            TaskRow.cooperation_id == str(address),
            TaskRow.person == person,
            TaskRow.about == decision,
            TaskRow.kind.in_(_ANSWERS),
            TaskRow.begins_at <= now,
        )
        async with self._database.reading() as connection:
            rows = (await connection.execute(tasks)).all()
            names = await connection.execute(
                select(MemberRow.id, MemberRow.name).where(MemberRow.cooperation_id == str(address))
            )
            called = {row.id: row.name for row in names}
        if not rows:
            return None
        slugs: dict[str, None] = {}
        for row in rows:
            entrusted = (
                one["organisation"]
                for one in row.entrusted
                if one["until"] is None or now < datetime.fromisoformat(one["until"])
            )
            slugs |= dict.fromkeys((row.organisation, *entrusted))
        return Asked(kind=rows[0].kind, organisations=tuple(called.get(one, one) for one in slugs))

    async def reminded(
        self, batch: str, person: str, now: datetime
    ) -> tuple[str, tuple[TaskView, ...]]:
        """Return who sent a batch of reminders, and the tasks that are still waited for."""
        async with self._database.reading() as connection:
            by, rows = await tasks_of_batch(connection, batch, person, now)
            ids = {row["cooperation_id"] for row in rows}
            names = select(
                CooperationRow.cooperation_id, CooperationRow.slug, CooperationRow.title
            ).where(CooperationRow.cooperation_id.in_(ids))
            titles = {row.cooperation_id: row for row in await connection.execute(names)}
        tasks = []
        for row in rows:
            named = titles[row["cooperation_id"]]
            told = row | {"slug": named.slug, "title": named.title}
            tasks.append(task_view(TaskView, told, now))
        return by, tuple(tasks)

    async def has_part(self, address: Address, person: str) -> bool:
        """Whether somebody still speaks for an active member."""
        async with self._database.reading() as connection:
            return await has_part(connection, str(address), person)
