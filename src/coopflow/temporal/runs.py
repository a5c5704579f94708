"""Runs of the workflows that cooperations are: started, told, asked, and deleted."""

from __future__ import annotations

import contextlib
from collections.abc import Collection
from datetime import timedelta
from typing import Any, Final, TypeVar
from uuid import uuid4

from temporalio.api.common.v1 import WorkflowExecution
from temporalio.api.workflowservice.v1 import DeleteWorkflowExecutionRequest
from temporalio.client import (
    Client,
    WithStartWorkflowOperation,
    WorkflowExecutionStatus,
    WorkflowHandle,
    WorkflowQueryFailedError,
    WorkflowUpdateFailedError,
    WorkflowUpdateRPCTimeoutOrCancelledError,
)
from temporalio.common import (
    SearchAttributePair,
    TypedSearchAttributes,
    WorkflowIDConflictPolicy,
    WorkflowIDReusePolicy,
)
from temporalio.exceptions import ApplicationError, WorkflowAlreadyStartedError
from temporalio.service import RPCError, RPCStatusCode

from coopflow.application.engine import Address, Reply, UnknownCooperationError
from coopflow.domain.refusals import Refusal
from coopflow.domain.state import Cooperation
from coopflow.sealing.errors import UnknownKeyError
from coopflow.temporal import names
from coopflow.temporal.calls import Calls, PassingError, ignoring_not_found
from coopflow.temporal.errors import EngineFaultError
from coopflow.temporal.messages import (
    Carried,
    CheckGateRequest,
    CommandReply,
    CommandRequest,
    CommandsReply,
    Request,
)
from coopflow.temporal.workflow import CooperationWorkflow

_TASK_TIMEOUT: Final = timedelta(seconds=5)  # until another worker takes a killed one's task over
_RUN_ENDED: Final = "AcceptedUpdateCompletedWorkflow"  # the server's word

_T = TypeVar("_T")
_Told = TypeVar("_Told", CommandReply, CommandsReply)
_Handle = WorkflowHandle[CooperationWorkflow, Carried | None]


class Runs:
    """The workflows that cooperations are, by address.

    Every method may raise ``EngineUnavailableError`` or ``EngineFaultError``, and ``KeysError``
    where client and workers have different keys.
    """

    def __init__(
        self,
        client: Client,
        calls: Calls,
        *,
        task_queue: str,
        own_queues: Collection[str],
    ) -> None:
        """Use a connected client.

        Args:
            client: with the converter of this package.
            calls: how calls are repeated.
            task_queue: where the workers look for work.
            own_queues: the programmes whose cooperations are opened on a queue of their own.
        """
        self._client = client
        self._calls = calls
        self._task_queue = task_queue
        self._own_queues = frozenset(own_queues)

    async def open(
        self, address: Address, carried: Carried, opened: Cooperation, request: CommandRequest
    ) -> Reply | Refusal:
        """Start a workflow by its first command, or give that to the one that runs already.

        Args:
            address: where it is found from now on.
            carried: what it starts from.
            opened: what it is after the command.
            request: opens it.
        """
        return await self._calls.insist(
            lambda limit: self._start(address, carried, opened, request, limit),
            f"opening {address}",
        )

    async def carry_on(self, address: Address, carried: Carried) -> None:
        """Start a workflow from what lived elsewhere; harmless when one runs already.

        Raises:
            EngineFaultError: one that has ended has the address.
        """

        async def attempt(limit: timedelta) -> None:
            try:
                await self._client.start_workflow(
                    CooperationWorkflow.run,
                    carried,
                    id=names.workflow_id(address),
                    task_queue=self._queue(address),
                    id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
                    id_reuse_policy=WorkflowIDReusePolicy.ALLOW_DUPLICATE_FAILED_ONLY,
                    task_timeout=_TASK_TIMEOUT,
                    static_summary=_summary(carried.state),
                    search_attributes=_attributes(carried.state),
                    rpc_timeout=limit,
                )
            except WorkflowAlreadyStartedError:
                raise EngineFaultError(
                    f"there was a cooperation at {address}, now closed"
                ) from None

        await self._calls.insist(attempt, f"carrying {address} on")

    async def take_up(self, address: Address, request: CommandRequest) -> Reply | Refusal:
        """Give a command to a cooperation whose workflow has ended, in a run that ends with it."""

        async def attempt(limit: timedelta) -> Reply | Refusal:
            # Asked anew each time: an attempt whose answer was lost may have gone on from there.
            carried = await self._left(address, limit)
            reuse = WorkflowIDReusePolicy.ALLOW_DUPLICATE
            return await self._start(address, carried, carried.state, request, limit, reuse)

        return await self._calls.insist(attempt, f"{request.command['command']} for {address}")

    async def _left(self, address: Address, limit: timedelta) -> Carried:
        """Return what a cooperation was when its workflow ended."""
        left = await self._handle(address).result(rpc_timeout=limit)
        if left is not None:
            return left
        # It ended on an earlier version, which left nothing: a worker has to replay it.
        return await self.ask(address, names.CARRIED, Carried)

    async def update(
        self,
        address: Address,
        update: str,
        request: Request,
        reply: type[_Told],
        update_id: str | None = None,
    ) -> _Told | Refusal:
        """Tell a workflow something, in its line.

        Args:
            address: of which cooperation.
            update: the name of the update.
            request: what it is told.
            reply: the shape of its answer.
            update_id: by which Temporal knows it when it comes again; by default it is a new one.

        Raises:
            UnknownCooperationError: there is none at this address.
        """
        update_id = update_id or uuid4().hex

        async def attempt(limit: timedelta) -> _Told | Refusal:
            try:
                told: _Told = await self._handle(address).execute_update(
                    update, request, id=update_id, result_type=reply, rpc_timeout=limit
                )
            except WorkflowUpdateFailedError as error:
                return _refusal(error)
            except RPCError as error:
                if error.status is not RPCStatusCode.NOT_FOUND:
                    raise
                return await self._gone(address, limit)
            return told

        return await self._calls.insist(attempt, f"{update} for {address}", address)

    async def ask(
        self, address: Address, query: str, answer: type[_T], *arguments: CheckGateRequest
    ) -> _T:
        """Ask a workflow something, which changes nothing.

        Args:
            address: of which cooperation.
            query: the name of the query.
            answer: the shape of its answer.
            arguments: what the query takes.

        Raises:
            UnknownCooperationError: there is none at this address.
        """

        async def attempt(limit: timedelta) -> _T:
            try:
                found: _T = await self._handle(address).query(
                    query, args=arguments, result_type=answer, rpc_timeout=limit
                )
            except WorkflowQueryFailedError as error:
                # What the server tells of it is no more than that its message is encrypted.
                raise EngineFaultError(
                    f"{query} of {address} failed; the worker's log says why. If a key is missing "
                    "there, give worker and client the same keys (coopflow keys list)."
                ) from error
            except RPCError as error:
                if error.status is RPCStatusCode.NOT_FOUND:
                    raise UnknownCooperationError(address) from None
                raise
            return found

        return await self._calls.insist(attempt, f"{query} of {address}")

    async def hand_out(self, address: Address) -> None:
        """Have a workflow hand out at once what lingers in it."""

        async def attempt(limit: timedelta) -> None:
            with ignoring_not_found():  # it has just ended, and hands out all before it does
                await self._handle(address).signal(names.HAND_OUT, rpc_timeout=limit)

        await self._calls.insist(attempt, f"{names.HAND_OUT} for {address}")

    async def delete_ended(self, address: Address) -> int:
        """Delete the runs before the last one, and return how many there were."""
        return await self._calls.insist(
            lambda limit: self._delete_ended(address, limit), f"deleting runs of {address}"
        )

    async def _delete_ended(self, address: Address, limit: timedelta) -> int:
        """Delete the runs before the last one, found by visibility and from run to run."""
        workflow = names.workflow_id(address)
        # Deleting a run that goes on would end it: only those are listed that had ended, and which
        # one is the last is asked afterwards.
        ended = {
            one.run_id
            async for one in self._client.list_workflows(
                f"WorkflowId = '{workflow}' AND ExecutionStatus != 'Running'", rpc_timeout=limit
            )
        }
        last = (await self._handle(address).describe(rpc_timeout=limit)).run_id
        # The list is a moment behind, so that it may lack the run that ended just now.
        before: str | None = last
        while before is not None:
            before = await self._run_before(workflow, before, limit)
            ended |= {before} if before is not None else set()
        for run in sorted(ended - {last}):
            request = DeleteWorkflowExecutionRequest(
                namespace=self._client.namespace,
                workflow_execution=WorkflowExecution(workflow_id=workflow, run_id=run),
            )
            with ignoring_not_found():
                await self._client.workflow_service.delete_workflow_execution(
                    request, timeout=limit
                )
        return len(ended - {last})

    async def _run_before(self, workflow: str, run: str, limit: timedelta) -> str | None:
        """Return the run that continued as this one; None when there is, or is kept, none."""
        handle = self._client.get_workflow_handle(workflow, run_id=run)
        with ignoring_not_found():
            async for event in handle.fetch_history_events(page_size=1, rpc_timeout=limit):
                started = event.workflow_execution_started_event_attributes
                return started.continued_execution_run_id or None
        return None

    async def _start(  # noqa: PLR0913, PLR0917 - what is started, with which command, on which terms
        self,
        address: Address,
        carried: Carried,
        shown: Cooperation,
        request: CommandRequest,
        limit: timedelta,
        # The id of a closed one stays taken; that of one never opened does not.
        reuse: WorkflowIDReusePolicy = WorkflowIDReusePolicy.ALLOW_DUPLICATE_FAILED_ONLY,
    ) -> Reply | Refusal:
        start = WithStartWorkflowOperation(
            CooperationWorkflow.run,
            carried,
            id=names.workflow_id(address),
            task_queue=self._queue(address),
            # Whether a cooperation that runs may be opened is for the domain to say.
            id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
            id_reuse_policy=reuse,
            task_timeout=_TASK_TIMEOUT,
            static_summary=_summary(shown),
            search_attributes=_attributes(shown),
        )
        try:
            return await self._client.execute_update_with_start_workflow(
                CooperationWorkflow.command,
                request,
                id=request.command["id"],
                start_workflow_operation=start,
                rpc_timeout=limit,
            )
        except WorkflowAlreadyStartedError:
            await _look_at(start)
            return Refusal(
                code="already_exists",
                message="there was a cooperation by this id, now closed; choose another",
                facts={"cooperation": address.cooperation},
            )
        except WorkflowUpdateFailedError as error:
            return _refusal(error)
        except (RPCError, WorkflowUpdateRPCTimeoutOrCancelledError):
            await _look_at(start)
            raise

    async def _gone(self, address: Address, limit: timedelta) -> Refusal:
        """Say why no workflow took a request: there is none, or it has ended."""
        try:
            found = await self._handle(address).describe(rpc_timeout=limit)
        except RPCError as error:
            if error.status is RPCStatusCode.NOT_FOUND:
                raise UnknownCooperationError(address) from None
            raise
        if found.status is WorkflowExecutionStatus.COMPLETED:
            return Refusal(
                code="cooperation_closed",
                message="the cooperation is closed",
                facts={"cooperation": address.cooperation},
            )
        if found.status is WorkflowExecutionStatus.RUNNING:
            raise PassingError("it was between two runs")
        raise UnknownCooperationError(address)

    def _queue(self, address: Address) -> str:
        return names.queue_of(address.programme, self._own_queues, self._task_queue)

    def _handle(self, address: Address) -> _Handle:
        return self._client.get_workflow_handle_for(
            CooperationWorkflow.run, names.workflow_id(address)
        )


def _summary(shown: Cooperation) -> str:
    return f"{shown.lifecycle}, {shown.policy}"


def _attributes(shown: Cooperation) -> TypedSearchAttributes:
    return TypedSearchAttributes(
        [
            SearchAttributePair(names.PROGRAMME_ATTRIBUTE, shown.programme),
            SearchAttributePair(names.STAGE_ATTRIBUTE, shown.stage),
            SearchAttributePair(names.STATUS_ATTRIBUTE, shown.status),
        ]
    )


def _refusal(error: WorkflowUpdateFailedError) -> Refusal:
    cause = error.cause
    if isinstance(cause, ApplicationError) and cause.type == names.REFUSED:
        return Refusal.model_validate(cause.details[0])
    if isinstance(cause, ApplicationError) and cause.type == _RUN_ENDED:
        raise PassingError("its workflow was ending a run") from error
    if isinstance(cause, ApplicationError) and f"'{names.COMMANDS}' expected" in cause.message:
        raise EngineFaultError(
            "The worker is of an earlier version, which takes one command at a time. Nothing was "
            "changed. Upgrade the workers first, then this client (docs/how-to/upgrade.md)."
        ) from error
    why = cause.__cause__
    if isinstance(why, ApplicationError) and why.type == UnknownKeyError.__name__:
        raise UnknownKeyError(
            "The worker does not have the key with which this client encrypts, so that it could "
            "not read the command. Give both the same keys (coopflow keys list). The worker says: "
            f"{why.message}"
        ) from error
    raise EngineFaultError(str(cause)) from error


async def _look_at(start: WithStartWorkflowOperation[Any, Any]) -> None:
    """See the exception of a start that failed, lest asyncio complain that nobody did."""
    with contextlib.suppress(Exception):
        await start.workflow_handle()
