"""Gathering what there is to judge: from the workflows and from the database."""

from __future__ import annotations

import asyncio
import re
from collections import defaultdict
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final, TypeVar

from pydantic_core import to_jsonable_python
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection
from temporalio.api.enums.v1 import EventType, WorkflowTaskFailedCause
from temporalio.client import Client
from temporalio.worker import Replayer

from coopflow.application.engine import Address, UnavailableError, UnknownCooperationError
from coopflow.domain.state import Cooperation
from coopflow.readmodel import journal
from coopflow.readmodel.database import Database
from coopflow.readmodel.projector import read_snapshot
from coopflow.readmodel.rows import PARTS, Standing, Trail, cooperation_row
from coopflow.readmodel.tables import Base, CooperationRow, OutboxRow
from coopflow.temporal.client import TemporalEngine
from coopflow.temporal.errors import EngineFaultError
from coopflow.temporal.worker import workflow_runner
from coopflow.temporal.workflow import CooperationWorkflow
from tests.chaos.ledger import Answer, Asked
from tests.chaos.verdicts import Evidence, Found, Notice, Rows, Workflow

_AT_ONCE: Final = 16
_TOLD_EVERY: Final = 200
_ALL: Final = 2**31 - 1
_INTERRUPTED: Final = re.compile(
    # A command came in while the run was continued as new.
    "UNHANDLED_COMMAND|RESET_STICKY_TASK_QUEUE"
    # The SDK's clock went on while the worker was paused, or had no processor for two seconds.
    "|_DeadlockError"
)
"""Tasks that failed so are done anew; the others tell of a fault in the code."""

_T = TypeVar("_T")
_R = TypeVar("_R")


@dataclass(frozen=True)
class Places:
    """Where to look.

    Attributes:
        client: connected to the server.
        engine: asks the workflows.
        database: the read model.
    """

    client: Client
    engine: TemporalEngine
    database: Database


async def side_by_side(work: Callable[[_T], Awaitable[_R]], things: Iterable[_T]) -> list[_R]:
    """Do some work for many things, some at once, and return what comes of it in their order."""
    room = asyncio.Semaphore(_AT_ONCE)

    async def one(thing: _T) -> _R:
        async with room:
            return await work(thing)

    return await asyncio.gather(*(one(thing) for thing in things))


async def gather(
    places: Places,
    asked: Mapping[str, Asked],
    last: Mapping[Address, Answer],
    begun: datetime,
    say: Callable[[str], None],
) -> Found:
    """Gather everything about the cooperations that were asked something.

    Args:
        places: where to look.
        asked: all commands by their ids.
        last: what each cooperation answered to one more command, if it did.
        begun: when the run began.
        say: tells how far it is.
    """
    opened = dict.fromkeys(one.address for one in asked.values())
    states = dict(zip(opened, await side_by_side(lambda a: state(places, a), opened), strict=True))
    heads = dict(zip(opened, await side_by_side(lambda a: _head(places, a), opened), strict=True))
    async with places.database.reading() as connection:
        cooperations = {
            address: replace(
                await _of(connection, address, states[address], last), head=heads[address]
            )
            for address in opened
        }
        # By a clock that is not that of a client.
        ended = (await connection.exec_driver_sql("SELECT clock_timestamp()")).scalar_one()
    running = await workflows(places.client)
    return Found(asked, cooperations, running, begun, ended, await unlike(places.client, say))


async def state(places: Places, address: Address) -> Cooperation | None:
    """Return what a cooperation says it is, None when it does not answer."""
    try:
        return await places.engine.state(address)
    except (UnavailableError, UnknownCooperationError, EngineFaultError):
        return None


async def _head(places: Places, address: Address) -> str | None:
    try:
        return (await places.engine.journal_head(address)).digest
    except (UnavailableError, UnknownCooperationError, EngineFaultError):
        return None


async def workflows(client: Client) -> list[Workflow]:
    """Return all workflows that run."""
    found = [one.id async for one in client.list_workflows("ExecutionStatus = 'Running'")]
    return await side_by_side(lambda one: _workflow(client, one), found)


async def unlike(client: Client, say: Callable[[str], None]) -> dict[str, str]:
    """Replay every run that there is or was; return those that come out otherwise, and how."""
    replayer = Replayer(
        workflows=[CooperationWorkflow],
        workflow_runner=workflow_runner(),
        data_converter=client.data_converter,
    )
    found: dict[str, str] = {}
    replayed = 0
    async for run in client.list_workflows():
        replayed += 1
        if not replayed % _TOLD_EVERY:
            say(f"{replayed} histories replayed")
        handle = client.get_workflow_handle(run.id, run_id=run.run_id)
        result = await replayer.replay_workflow(
            await handle.fetch_history(), raise_on_replay_failure=False
        )
        if result.replay_failure is not None:
            found[f"{run.id} ({run.run_id})"] = _told(result.replay_failure)
    return found


def _told(failure: Exception) -> str:
    message = re.search(r'message: "(.*?)"', str(failure))
    return message[1] if message else type(failure).__name__


async def _workflow(client: Client, workflow: str) -> Workflow:
    handle = client.get_workflow_handle(workflow)
    described = (await handle.describe()).raw_description
    pending = (
        described.pending_workflow_task.attempt
        if described.HasField("pending_workflow_task")
        else 0
    )
    failed = [
        event.workflow_task_failed_event_attributes
        async for event in handle.fetch_history_events()
        if event.event_type == EventType.EVENT_TYPE_WORKFLOW_TASK_FAILED
    ]
    reasons = [
        f"{WorkflowTaskFailedCause.Name(one.cause)} {one.failure.application_failure_info.type}"
        for one in failed
    ]
    grave = tuple(reason.strip() for reason in reasons if not _INTERRUPTED.search(reason))
    return Workflow(workflow, pending, grave, len(reasons) - len(grave))


async def _of(
    connection: AsyncConnection,
    address: Address,
    found: Cooperation | None,
    last: Mapping[Address, Answer],
) -> Evidence:
    projected, snapshot = await read_snapshot(connection, address)
    answer = last.get(address)
    try:
        entries, unreadable = await journal.read(connection, address, 1, _ALL), ""
    except (ValueError, KeyError) as error:
        entries, unreadable = (), repr(error)
    return Evidence(
        journal=entries,
        unreadable=unreadable,
        state=found,
        last=answer is not None
        and (found is None or found.status == "closed" or _is_taken(answer)),
        snapshot=snapshot if projected else None,
        rows={table.__tablename__: await _rows(connection, table, address) for table in _tables()},
        expected=expected_rows(found) if found is not None else {},
        lasting=frozenset(
            part.table.__tablename__ for part in PARTS if not isinstance(part, Standing)
        ),
        notices=await _notices(connection, address),
    )


def _is_taken(answer: Answer) -> bool:
    return answer.word == "accepted"


def _tables() -> list[type[Base]]:
    return [CooperationRow, *(part.table for part in PARTS)]


async def _rows(
    connection: AsyncConnection, table: type[Base], address: Address
) -> dict[Any, dict[str, Any]]:
    mine = table.__table__.c.cooperation_id == str(address)
    rows = await connection.execute(select(*table.written()).where(mine))
    plain = [to_jsonable_python(dict(row)) for row in rows.mappings()]
    return {_key(table, row): _without_id(row) for row in plain}


def expected_rows(found: Cooperation) -> Rows:
    """Return the rows of the read model that follow from a state."""
    expected: dict[str, dict[Any, dict[str, Any]]] = defaultdict(dict)
    expected[CooperationRow.__tablename__] = {(): to_jsonable_python(cooperation_row(found))}
    for part in PARTS:
        if isinstance(part, Trail):
            continue  # how it came about is not in the state
        rows = [to_jsonable_python(row) for row in part.rows(found)]
        expected[part.table.__tablename__] = {_key(part.table, row): row for row in rows}
    return expected


def _key(table: type[Base], row: Mapping[str, Any]) -> tuple[Any, ...]:
    names = [column.name for column in table.primary_key()]
    return tuple(row[name] for name in names if name != "cooperation_id")


def _without_id(row: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in row.items() if name != "cooperation_id"}


async def _notices(connection: AsyncConnection, address: Address) -> tuple[Notice, ...]:
    rows = await connection.execute(
        select(OutboxRow.seq, OutboxRow.position, OutboxRow.kind)
        .where(OutboxRow.cooperation_id == str(address))
        .order_by(OutboxRow.id)
    )
    return tuple((row.seq, row.position, row.kind) for row in rows)
