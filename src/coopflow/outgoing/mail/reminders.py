"""Reminders that who manages a programme sends to those whom its cooperations wait for."""

from __future__ import annotations

import secrets
from collections.abc import Collection, Iterable
from datetime import datetime, timedelta
from typing import Any, Final, NamedTuple

from sqlalchemy import and_, delete, or_, select, tuple_
from sqlalchemy.ext.asyncio import AsyncConnection

from coopflow.directory.directory import Directory
from coopflow.domain.base import Shape
from coopflow.outgoing.mail.invitations import MailOffError
from coopflow.outgoing.mail.queue import REMINDER, MailQueue
from coopflow.outgoing.mail.recipients import reachable
from coopflow.outgoing.mail.tables import ReminderRow
from coopflow.outgoing.mail.wishes import wish
from coopflow.readmodel.database import Database
from coopflow.readmodel.statements import insert_or_ignore
from coopflow.readmodel.tables import DecisionRow, TaskRow

MOST: Final = 500
"""Of so many tasks people are reminded at once."""

KEPT: Final = timedelta(days=400)
"""How long it is known who was reminded of what."""

_WISH: Final = "remind_voters"
_VOTES: Final = ("answer", "object")
_SOME: Final = 100


class TaskKey(NamedTuple):
    """What tells a task from all others."""

    cooperation_id: str
    person: str
    kind: str
    about: str
    organisation: str


class Reminded(Shape):
    """What came of sending reminders, in tasks.

    Attributes:
        sent: of which somebody is reminded now.
        people: how many people get a mail, one each.
        again: of which they were reminded today already.
        secret: secret ballots, where nobody is told who has answered.
        unreachable: of people without an address, or who wish for no reminders.
        gone: that are not waited for any more, or for nobody in particular.
    """

    sent: int = 0
    people: int = 0
    again: int = 0
    secret: int = 0
    unreachable: int = 0
    gone: int = 0


class LastReminder(Shape):
    """When somebody was last reminded of a task, and by whom."""

    sent_at: datetime
    sent_by: str


class Reminders:
    """Reminds people of what is waited for. Who asks for it has to manage the programme."""

    def __init__(
        self, database: Database, queue: MailQueue, directory: Directory, *, is_on: bool
    ) -> None:
        """Use a queue.

        Args:
            database: where tasks and reminders are.
            queue: where mails wait to be sent.
            directory: who people are.
            is_on: whether this installation sends mail.
        """
        self._database = database
        self._queue = queue
        self._directory = directory
        self.is_on = is_on

    async def send(
        self, programme: str, by: str, tasks: Collection[TaskKey], now: datetime
    ) -> Reminded:
        """Remind people of tasks, each of them with one mail, and of a task once a day.

        Args:
            programme: only of what is waited for in this programme.
            by: who sends them; that is kept, and told.
            tasks: of what; at most ``MOST`` are looked at.
            now: the present instant.

        Raises:
            MailOffError: no mail is sent here.
            DatabaseUnavailableError: the database does not answer.
        """
        if not self.is_on:
            raise MailOffError("no mail is sent here: COOPFLOW_SMTP_URL is not set")
        wanted = list(dict.fromkeys(tasks))[:MOST]
        async with self._database.reading() as connection:
            standing = await _standing(connection, programme, wanted, now)
            secret = await _secret(connection, standing)
        open_ones = [one for one in standing if one not in secret]
        known = await reachable(self._directory, {one.person for one in open_ones})
        reached = {name for name, one in known.items() if wish(one.notifications, _WISH) != "none"}
        # In one order, whatever was asked for: of two who insert the same, one waits for the other.
        told = sorted(one for one in open_ones if one.person in reached)
        batch = secrets.token_hex(8)
        rows = [
            {**one._asdict(), "day": now.date(), "batch": batch, "sent_by": by, "sent_at": now}
            for one in told
        ]
        async with self._database.writing() as connection:
            await connection.execute(
                delete(ReminderRow).where(ReminderRow.day < (now - KEPT).date())
            )
            new: list[str] = []
            if rows:
                insert = insert_or_ignore(ReminderRow, connection.dialect.name)
                added = await connection.execute(insert.returning(ReminderRow.person), rows)
                new = list(added.scalars())
            people = sorted(set(new))
            await self._queue.add_within(connection, people, REMINDER, f"{REMINDER}:{batch}", now)
        return Reminded(
            sent=len(new),
            people=len(people),
            again=len(told) - len(new),
            secret=len(secret),
            unreachable=len(open_ones) - len(told),
            gone=len(wanted) - len(standing),
        )

    async def last(self, tasks: Collection[TaskKey]) -> dict[TaskKey, LastReminder]:
        """Return when somebody was last reminded of each of some tasks, and by whom."""
        columns = [getattr(ReminderRow, name) for name in TaskKey._fields]
        found = {}
        async with self._database.reading() as connection:
            for some in _pieces(list(tasks)):
                query = (
                    select(*columns, ReminderRow.sent_at, ReminderRow.sent_by)
                    .where(tuple_(*columns).in_(some))
                    .order_by(ReminderRow.day)
                )
                for *key, at, by in await connection.execute(query):
                    found[TaskKey(*key)] = LastReminder(sent_at=at, sent_by=by)
        return found


def _pieces(tasks: list[TaskKey]) -> Iterable[list[TaskKey]]:
    yield from (tasks[first : first + _SOME] for first in range(0, len(tasks), _SOME))


async def _standing(
    connection: AsyncConnection, programme: str, tasks: list[TaskKey], now: datetime
) -> list[TaskKey]:
    """Return those of some tasks that a person is waited for to do."""
    columns = [getattr(TaskRow, name) for name in TaskKey._fields]
    found: list[TaskKey] = []
    for some in _pieces(tasks):
        query = select(*columns).where(
            TaskRow.programme == programme,
            TaskRow.begins_at <= now,
            TaskRow.person > "",
            tuple_(*columns).in_(some),
        )
        found += [TaskKey(*row) for row in await connection.execute(query)]
    return found


async def _secret(connection: AsyncConnection, tasks: list[TaskKey]) -> set[TaskKey]:
    """Return those that are answers in a secret ballot."""
    votes = [one for one in tasks if one.kind in _VOTES]
    found: set[tuple[str, str]] = set()
    for some in _pieces(votes):
        any_of = or_(
            *(
                and_(DecisionRow.cooperation_id == one.cooperation_id, DecisionRow.id == one.about)
                for one in some
            )
        )
        query = select(DecisionRow.cooperation_id, DecisionRow.id)
        rows = await connection.execute(query.where(DecisionRow.secret.is_(True), any_of))
        found |= {(row.cooperation_id, row.id) for row in rows}
    return {one for one in votes if (one.cooperation_id, one.about) in found}


async def tasks_of_batch(
    connection: AsyncConnection, batch: str, person: str, now: datetime
) -> tuple[str, list[dict[str, Any]]]:
    """Return who sent a batch, and the tasks in it that a person is still waited for to do."""
    same = and_(*(getattr(ReminderRow, name) == getattr(TaskRow, name) for name in TaskKey._fields))
    query = (
        select(TaskRow.__table__, ReminderRow.sent_by)
        .join(ReminderRow, same)
        .where(ReminderRow.batch == batch, ReminderRow.person == person, TaskRow.begins_at <= now)
        .order_by(TaskRow.begins_at, TaskRow.cooperation_id, TaskRow.about)
    )
    rows = [dict(row) for row in (await connection.execute(query)).mappings()]
    return (rows[0]["sent_by"] if rows else ""), rows
