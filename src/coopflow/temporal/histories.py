"""What Temporal still holds of cooperations, for those who restore the read model from it.

Every entry was handed to the read model as the input of an activity, which stands in the history of
the run that did so, or it waits in the state of the workflow. Histories are kept as long as their
run lives, and after its end for as long as the namespace says.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from typing import Any, Final, TypeVar

from temporalio.api.common.v1 import Payload
from temporalio.api.enums.v1 import EventType
from temporalio.converter import WorkflowSerializationContext
from temporalio.service import RPCError, RPCStatusCode

from coopflow.application.engine import Address, UnknownCooperationError
from coopflow.application.verification import Lag, Living
from coopflow.domain import catalogue  # noqa: F401 - defines all events
from coopflow.domain.events import Entry
from coopflow.temporal import names
from coopflow.temporal.calls import EngineUnavailableError
from coopflow.temporal.client import TemporalEngine
from coopflow.temporal.messages import JournalHead, ProjectBatch

_RUNNING: Final = f"WorkflowType = '{names.WORKFLOW}' AND ExecutionStatus = 'Running'"
_COOPERATIONS: Final = (
    f"WorkflowType = '{names.WORKFLOW}' AND ExecutionStatus IN ('Running', 'Completed')"
)

_AT_ONCE: Final = 8

_T = TypeVar("_T")


class Histories:
    """Asks workflows and reads their histories; the port :class:`Workflows`.

    Every method may raise EngineUnavailableError, and KeysError when a key is missing here. What is
    asked of a workflow needs a worker to be answered.
    """

    def __init__(self, engine: TemporalEngine) -> None:
        """Ask through an engine, and read with its client."""
        self._client = engine.client
        self._engine = engine

    async def addresses(self) -> AsyncIterator[Address]:
        """Yield the cooperations that have a workflow, those whose erasures came after twice."""
        try:
            async for found in self._client.list_workflows(_COOPERATIONS):
                yield names.address_of(found.id)
        except RPCError as error:
            raise _unavailable("listing the workflows", error) from error

    async def lag(self, limit: int) -> Lag:
        """Ask some cooperations that live how far the read model is behind them.

        Args:
            limit: ask at most so many, those opened last.
        """
        try:
            listed = self._client.list_workflows(_RUNNING, limit=limit)
            addresses = [names.address_of(found.id) async for found in listed]
        except RPCError as error:
            raise _unavailable("listing the workflows", error) from error
        turns = asyncio.Semaphore(_AT_ONCE)

        async def ask(address: Address) -> JournalHead | None:
            async with turns:
                try:
                    return await self._engine.journal_head(address)
                except UnknownCooperationError:  # it has just ended
                    return None

        heads = await asyncio.gather(*(ask(one) for one in addresses))
        behind = [
            (one, head)
            for one, head in zip(addresses, heads, strict=True)
            if head is not None and head.projected_seq < head.seq and not head.lingering
        ]
        since, oldest = min(
            ((head.waiting_since, one) for one, head in behind if head.waiting_since),
            default=(None, None),
        )
        taken, fullest = max(
            (
                (head.bytes * 100 // head.bytes_limit, str(one))
                for one, head in zip(addresses, heads, strict=True)
                if head is not None and head.bytes_limit
            ),
            default=(0, None),
        )
        return Lag(
            looked_at=len(addresses),
            behind=len(behind),
            entries=sum(head.seq - head.projected_seq for _, head in behind),
            since=since,
            oldest=str(oldest) if oldest else None,
            taken=taken,
            fullest=fullest,
        )

    async def living(self, address: Address) -> Living | None:
        """Return what the workflow of a cooperation holds; None when there is none."""
        try:
            carried = await self._engine.carried(address)
        except UnknownCooperationError:
            return None
        if carried.state.status == "unopened":
            return None
        return Living(
            state=carried.state,
            waiting=carried.outbox,
            projected_seq=carried.projected_seq,
            definitions=(carried.definition, *carried.offers),
            head=carried.head,
        )

    async def told(self, address: Address) -> AsyncIterator[tuple[Entry, ...]]:
        """Yield what the read model was told, as far as it is still on record, oldest first.

        Batches may come again and overlap, and the last ones may not be acknowledged yet.
        """
        try:
            for run in await self._runs(address):
                async for entries in self._told_by(address, run):
                    yield entries
        except RPCError as error:
            raise _unavailable(f"reading the history of {address}", error) from error

    async def _runs(self, address: Address) -> list[str]:
        """Return the ids of the runs that Temporal still has, oldest first."""
        name = names.workflow_id(address)
        found = [
            (run.start_time, run.run_id)
            async for run in self._client.list_workflows(f"WorkflowId = '{name}'")
        ]
        runs = [run for _, run in sorted(found)]
        try:
            latest = await self._client.get_workflow_handle(name).describe()
        except RPCError as error:
            if error.status is not RPCStatusCode.NOT_FOUND:
                raise
            return runs
        # The list follows a moment after what happens.
        return runs if latest.run_id in runs else [*runs, latest.run_id]

    async def _told_by(self, address: Address, run: str) -> AsyncIterator[tuple[Entry, ...]]:
        handle = self._client.get_workflow_handle(names.workflow_id(address), run_id=run)
        try:
            async for event in handle.fetch_history_events():
                if event.event_type != EventType.EVENT_TYPE_ACTIVITY_TASK_SCHEDULED:
                    continue
                scheduled = event.activity_task_scheduled_event_attributes
                if scheduled.activity_type.name == names.PROJECT:
                    batch = await self._decoded(address, scheduled.input.payloads, ProjectBatch)
                    yield batch.entries
        except RPCError as error:
            if error.status is not RPCStatusCode.NOT_FOUND:  # it was deleted meanwhile
                raise

    async def _decoded(self, address: Address, payloads: Sequence[Payload], kind: type[_T]) -> _T:
        context = WorkflowSerializationContext(
            namespace=self._client.namespace, workflow_id=names.workflow_id(address)
        )
        converter = self._client.data_converter.with_context(context)
        values: list[Any] = await converter.decode(payloads, [kind])
        found: _T = values[0]
        return found


def _unavailable(what: str, error: RPCError) -> EngineUnavailableError:
    return EngineUnavailableError(
        f"Temporal refused {what}: {error.message}. Check that the server runs and that this "
        "client may read the namespace (coopflow doctor)."
    )
