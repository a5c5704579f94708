"""Damage done on purpose, when all is well, to see that the final check finds it."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Final

from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection
from temporalio.client import Client

from coopflow.readmodel.tables import JournalRow, MemberRow, OutboxRow
from coopflow.temporal import names
from tests.chaos.evidence import Places, workflows

_STUCK: Final = "coopflow/north/stuck"
_FIRST: Final = (JournalRow.cooperation_id, JournalRow.seq)


async def _lose(places: Places) -> None:
    async with places.database.writing() as connection:
        last = (JournalRow.cooperation_id.desc(), JournalRow.seq.desc())
        row = await _journal_row(connection, *last)
        await connection.execute(delete(JournalRow).where(*_same(row)))


async def _repeat(places: Places) -> None:
    async with places.database.writing() as connection:
        row = await _journal_row(connection, *_FIRST)
        mine = JournalRow.cooperation_id == row["cooperation_id"]
        last = (await connection.execute(select(func.max(JournalRow.seq)).where(mine))).scalar_one()
        await connection.execute(insert(JournalRow).values({**row, "seq": last + 1}))


async def _change(places: Places) -> None:
    async with places.database.writing() as connection:
        row = await _journal_row(connection, JournalRow.type != "member_invited", *_FIRST)
        data = {**row["data"], "name": "Somebody else"}
        await connection.execute(update(JournalRow).where(*_same(row)).values(data=data))


async def _stick(places: Places) -> None:
    """Start a workflow that no worker can read: each attempt of its first task fails."""
    await places.client.start_workflow(
        names.WORKFLOW, "nonsense", id=_STUCK, task_queue=names.TASK_QUEUE
    )
    await _until_it_fails(places.client)


async def _until_it_fails(client: Client) -> None:
    # Told by asking alone.
    while not any(  # noqa: ASYNC110
        one.id == _STUCK and one.failures for one in await workflows(client)
    ):
        await asyncio.sleep(0.1)


async def _spoil_row(places: Places) -> None:
    async with places.database.writing() as connection:
        one = (await connection.execute(select(MemberRow.cooperation_id).limit(1))).scalar_one()
        changed = update(MemberRow).where(MemberRow.cooperation_id == one)
        await connection.execute(changed.values(name="Somebody else"))


async def _lose_notice(places: Places) -> None:
    async with places.database.writing() as connection:
        first = select(func.min(OutboxRow.id)).scalar_subquery()
        await connection.execute(delete(OutboxRow).where(OutboxRow.id == first))


async def _journal_row(connection: AsyncConnection, *order: Any) -> dict[str, Any]:
    found = await connection.execute(select(*JournalRow.__table__.c).order_by(*order).limit(1))
    return dict(found.mappings().one())


def _same(row: Mapping[str, Any]) -> tuple[Any, ...]:
    return (JournalRow.cooperation_id == row["cooperation_id"], JournalRow.seq == row["seq"])


SABOTAGE: Final[Mapping[str, Callable[[Places], Awaitable[None]]]] = {
    "lost": _lose,
    "twice": _repeat,
    "changed": _change,
    "stuck": _stick,
    "row": _spoil_row,
    "notice": _lose_notice,
}
"""What can be damaged: an entry of the journal, a workflow, a row, a notice."""
