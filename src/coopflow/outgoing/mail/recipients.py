"""Who is told of a notice: the people who speak for the organisations that it is for."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Final, get_args

from sqlalchemy import func, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from coopflow.application.notices import NoticeKind
from coopflow.directory.directory import Directory
from coopflow.directory.people import Person
from coopflow.domain.roles import PROGRAMME_MANAGER, REPRESENTATIVE
from coopflow.readmodel.tables import RoleRow, TaskRow

KINDS: Final[tuple[NoticeKind, ...]] = get_args(NoticeKind)
"""The kinds of notices, each of which people have a wish for."""

VOTES: Final = frozenset({"invite_voters", "remind_voters"})
"""Those that ask for an answer."""

_ASKED_BY_NOTICE: Final = ("answer", "object")


async def people_of(
    connection: AsyncConnection, cooperation: str, organisations: Collection[str]
) -> tuple[str, ...]:
    """Return who speaks for organisations in a cooperation; where none is named, for all active.

    Args:
        connection: what it is read with.
        cooperation: its address.
        organisations: those that a notice is for.
    """
    query = select(RoleRow.person).where(
        RoleRow.cooperation_id == cooperation,
        RoleRow.role == REPRESENTATIVE,
        RoleRow.counts.is_(True),
    )
    if organisations:
        query = query.where(RoleRow.about.in_(organisations))
    found = await connection.execute(query.distinct().order_by(RoleRow.person))
    return tuple(found.scalars())


async def has_part(connection: AsyncConnection, cooperation: str, person: str) -> bool:
    """Whether somebody still speaks for an active member of a cooperation."""
    query = select(RoleRow.person).where(
        RoleRow.cooperation_id == cooperation,
        RoleRow.person == person,
        RoleRow.role == REPRESENTATIVE,
        RoleRow.counts.is_(True),
    )
    return (await connection.execute(query.limit(1))).first() is not None


async def reachable(directory: Directory, people: Collection[str]) -> dict[str, Person]:
    """Return those who can be written to, by id."""
    found = await directory.people_by_id(people)
    return {name: one for name, one in found.items() if one.email is not None}


async def newly_asked(
    connection: AsyncConnection, since: datetime, until: datetime
) -> tuple[set[str], set[str]]:
    """Return who is waited for since an instant, and in which programmes its managers are.

    Of votes people are told by notices.
    """
    query = (
        select(TaskRow.person, func.min(TaskRow.programme), TaskRow.role)
        .where(
            TaskRow.begins_at > since,
            TaskRow.begins_at <= until,
            TaskRow.kind.not_in(_ASKED_BY_NOTICE),
            or_(TaskRow.person != "", TaskRow.role == PROGRAMME_MANAGER),
        )
        .group_by(TaskRow.person, TaskRow.role, TaskRow.programme)
    )
    people: set[str] = set()
    programmes: set[str] = set()
    for person, programme, _ in await connection.execute(query):
        (people if person else programmes).add(person or programme)
    return people, programmes
