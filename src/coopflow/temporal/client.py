"""Cooperations that live on Temporal, for those who ask something of them."""

from __future__ import annotations

import asyncio
import contextlib
import secrets
import time
from collections.abc import Awaitable, Callable, Collection, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from random import uniform
from typing import Any, Final, TypeVar
from uuid import uuid4
from weakref import WeakValueDictionary

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

from coopflow import metrics, tracing
from coopflow.application.engine import (
    Address,
    Given,
    Mode,
    Reply,
    Series,
    UnavailableError,
    UnknownCooperationError,
)
from coopflow.application.offers import too_large
from coopflow.application.receipts import Receipts
from coopflow.definitions.compile import compile_definition
from coopflow.domain import catalogue  # noqa: F401 - defines all commands and events
from coopflow.domain.checks import Outcome
from coopflow.domain.cooperation import WHEN_CLOSED, decide, follow
from coopflow.domain.explanation import Examination
from coopflow.domain.opening import OpenCooperation
from coopflow.domain.refusals import Refusal
from coopflow.domain.rulebook import Definition
from coopflow.domain.state import Cooperation
from coopflow.sealing.errors import UnknownKeyError
from coopflow.temporal import names
from coopflow.temporal.errors import (
    EngineFaultError,
    TemporalUnavailableError,
)
from coopflow.temporal.latest import Latest, Remembered
from coopflow.temporal.messages import (
    AnswerRequest,
    Carried,
    CheckGateRequest,
    CommandReply,
    CommandRequest,
    CommandsReply,
    CommandsRequest,
    GateAnswer,
    GoLiveRequest,
    JournalHead,
    OfferRequest,
    Request,
    TellRequest,
)
from coopflow.temporal.together import first_commands
from coopflow.temporal.workflow import CooperationWorkflow
from coopflow.temporal.writing import Writer

PATIENCE: Final = timedelta(seconds=30)
"""How long a request is tried before the engine counts as unavailable.

In a flood of requests it counts from the last one that was answered for the same cooperation.
"""

AT_ONCE: Final = 10
"""How many requests one client has under way for a cooperation: as many as Temporal takes."""

_PEPPER_BYTES: Final = 32
_TASK_TIMEOUT: Final = timedelta(seconds=5)  # until another worker takes a killed one's task over
_LONGEST_CALL: Final = 10.0
_SHORTEST_CALL: Final = 1.0
_MARGIN: Final = 0.5
_FIRST_WAIT: Final = 0.05
_LONGEST_WAIT: Final = 2.0
_PASSING: Final = {
    RPCStatusCode.ABORTED: "it gave the call up",
    RPCStatusCode.CANCELLED: "no worker answered in time",
    RPCStatusCode.DEADLINE_EXCEEDED: "no worker answered in time",
    # A workflow task failed under the command, which was not carried out.
    RPCStatusCode.FAILED_PRECONDITION: "no worker could answer",
    RPCStatusCode.INTERNAL: "it failed",
    RPCStatusCode.RESOURCE_EXHAUSTED: "it has more requests than it takes at once",
    RPCStatusCode.UNAVAILABLE: "nothing answers there",
    RPCStatusCode.UNKNOWN: "it failed",
}
"""Failures of a call that pass, and what each says."""

_RUN_ENDED: Final = "AcceptedUpdateCompletedWorkflow"  # the server's word

_T = TypeVar("_T")
_Told = TypeVar("_Told", CommandReply, CommandsReply)
_Handle = WorkflowHandle[CooperationWorkflow, Carried | None]


class EngineUnavailableError(TemporalUnavailableError, UnavailableError):
    """Temporal, or the workers behind it, did not answer; says what was tried and what to do."""


class _PassingError(Exception):
    """A request met a workflow that was just ending its run."""


class _Line:
    """Requests for one cooperation: some under way, the others wait for their turn.

    In order, but for those that wait for long: they give up their place, and come again.
    """

    def __init__(self) -> None:
        self.turn = asyncio.Semaphore(AT_ONCE)
        self.answered = 0.0


class TemporalEngine:
    """Runs cooperations as workflows; whoever calls needs a worker somewhere to be answered.

    A command without an id is given one, so that sending it again after a failure is harmless.
    Every method may raise ``EngineUnavailableError`` when Temporal or the workers do not answer,
    and ``EngineFaultError`` when the engine itself is at fault; then nothing was changed. When this
    client and the workers have different keys it is ``KeysError``: either nothing was changed, or
    the reply cannot be read.
    """

    def __init__(
        self,
        client: Client,
        *,
        task_queue: str = names.TASK_QUEUE,
        own_queues: Collection[str] = (),
        patience: timedelta = PATIENCE,
        writer: Writer | None = None,
    ) -> None:
        """Use a connected client.

        Args:
            client: with the converter of this package.
            task_queue: where the workers look for work.
            own_queues: the programmes whose cooperations are opened on a queue of their own.
            patience: how long to try a request.
            writer: writes what commands come to into the read model of the workers, soon. Without
                one they do.
        """
        self._client = client
        self._writer = writer
        self._task_queue = task_queue
        self._own_queues = frozenset(own_queues)
        self._patience = patience
        self._lines = WeakValueDictionary[Address, _Line]()
        self._remembered = Remembered(self)

    @property
    def client(self) -> Client:
        """The client that it asks through, for what it does not do itself."""
        return self._client

    async def open(
        self,
        definition: Definition,
        command: Mapping[str, Any],
        grants: Iterable[str] = (),
        mode: Mode = "live",
    ) -> Reply | Refusal:
        """Open a cooperation; what is refused starts nothing.

        Raises:
            DefinitionError: the definition does not compile.
        """
        return await _observed(command, self._open(definition, command, grants, mode))

    async def _open(
        self,
        definition: Definition,
        command: Mapping[str, Any],
        grants: Iterable[str],
        mode: Mode,
    ) -> Reply | Refusal:
        request = _identified(command, grants)
        parsed = request.read(mode, datetime.now(UTC))
        if isinstance(parsed, Refusal):
            return parsed
        if not isinstance(parsed, OpenCooperation):
            return Refusal(
                code="invalid_command", message=f"{parsed.command} does not open a cooperation"
            )
        refusal = too_large(definition)
        if refusal is not None:
            return refusal
        carried = Carried(
            definition=definition,
            mode=mode,
            unregistered=(definition,),
            pepper=secrets.token_hex(_PEPPER_BYTES),
        )
        opened = carried.state
        decided = decide(opened, parsed, compile_definition(definition), request.grants)
        if isinstance(decided, Refusal):
            return decided
        opened = follow(opened, decided)
        address = Address(parsed.programme, parsed.cooperation)
        return await self._insist(
            lambda limit: self._start(address, carried, opened, request, limit),
            f"opening {address}",
        )

    async def execute(
        self,
        address: Address,
        command: Mapping[str, Any],
        grants: Iterable[str] = (),
        expected_seq: int | None = None,
    ) -> Reply | Refusal:
        """Give a command to a cooperation.

        Raises:
            UnknownCooperationError: there is none at this address.
        """
        # Of an imported past only the workflow knows how far it goes.
        is_written = self._writer is not None and "at" not in command
        request = _identified(command, grants, expected_seq, is_written=is_written)
        return await _observed(command, self._execute(address, request))

    async def _execute(self, address: Address, request: CommandRequest) -> Reply | Refusal:
        # Shape and size are the same in both modes, and need no worker to be refused.
        mode: Mode = "recorded" if "at" in request.command else "live"
        parsed = request.read(mode, datetime.now(UTC))
        if isinstance(parsed, Refusal):
            return parsed
        writer = self._writer if request.is_written else None
        command = request.command["id"]
        outcome = await self._update(address, names.COMMAND, request, CommandReply, command)
        if writer is not None and isinstance(outcome, Reply):
            writer.note(address, outcome.entries)
        if not (isinstance(outcome, Refusal) and outcome.code == "cooperation_closed"):
            return outcome
        if parsed.command in WHEN_CLOSED:
            return await self._take_up(address, request)
        return await self._repeated(address, request) or outcome

    async def execute_all(self, address: Address, given: Sequence[Given]) -> Series:
        """Give a cooperation commands of a recorded past, many in one message.

        It ends with the first that is refused; those before it stand.

        Raises:
            UnknownCooperationError: there is none at this address.
        """
        replies: list[Reply] = []
        rest = [_identified(command, grants) for command, grants in given]
        is_cut = has_waited = False
        while rest:
            # Where a message ended before its time, the next command is refused if it is alone.
            batch = rest[:1] if is_cut else first_commands(rest)
            outcome = await self._execute_together(address, batch)
            if not isinstance(outcome, Refusal):
                replies += outcome
                is_cut = len(outcome) < len(batch)
                has_waited = False
                del rest[: len(outcome)]
            elif outcome.facts.get("waiting") and not has_waited:
                await self.until_projected(address)  # it came faster than it is written down
                has_waited = True
            else:
                return Series(tuple(replies), outcome)
        return Series(tuple(replies))

    async def _execute_together(
        self, address: Address, requests: Sequence[CommandRequest]
    ) -> Sequence[Reply] | Refusal:
        """Give several commands: some of them are carried out, or the first is refused."""
        first, *others = requests
        if others:
            together = CommandsRequest(commands=tuple(requests))
            outcome = await self._update(address, names.COMMANDS, together, CommandsReply)
            if isinstance(outcome, CommandsReply):
                for one, reply in zip(requests, outcome.replies, strict=False):
                    metrics.accepted(one.command, reply)
                return outcome.replies
        # Alone it is refused as any other is, or answered although the cooperation is closed.
        alone = await _observed(first.command, self._execute(address, first))
        return alone if isinstance(alone, Refusal) else (alone,)

    async def _repeated(self, address: Address, request: CommandRequest) -> Reply | None:
        """Answer a command that a cooperation accepted before it was closed, if it did."""
        carried = await self._ask(address, names.CARRIED, Carried)
        known = Receipts(carried.receipts).of(request.command["id"])
        if known is None:
            return None
        return CommandReply(seq_from=known.seq_from, seq_to=known.seq_to, duplicate=True)

    async def _take_up(self, address: Address, request: CommandRequest) -> Reply | Refusal:
        """Give a command to a cooperation whose workflow has ended, in a run that ends with it."""

        async def attempt(limit: timedelta) -> Reply | Refusal:
            # Asked anew each time: an attempt whose answer was lost may have gone on from there.
            carried = await self._left(address, limit)
            reuse = WorkflowIDReusePolicy.ALLOW_DUPLICATE
            return await self._start(address, carried, carried.state, request, limit, reuse)

        return await self._insist(attempt, f"{request.command['command']} for {address}")

    async def _left(self, address: Address, limit: timedelta) -> Carried:
        """Return what a cooperation was when its workflow ended."""
        left = await self._handle(address).result(rpc_timeout=limit)
        if left is not None:
            return left
        # It ended on an earlier version, which left nothing: a worker has to replay it.
        return await self._ask(address, names.CARRIED, Carried)

    async def tell(self, address: Address, at: datetime) -> Reply | Refusal:
        """Let happen what falls due up to an instant; in recorded mode only.

        Raises:
            UnknownCooperationError: there is none at this address.
        """
        return await self._update(address, names.TELL, TellRequest(at=at), CommandReply)

    async def go_live(self, address: Address) -> Reply | Refusal:
        """End the recording: from now on time passes by the clock of the engine.

        A cooperation that is live already answers with a ``duplicate``.

        Raises:
            UnknownCooperationError: there is none at this address.
        """
        return await self._update(address, names.GO_LIVE, GoLiveRequest(), CommandReply)

    async def state(self, address: Address) -> Cooperation:
        """Return the cooperation as it is; of a closed one for as long as Temporal keeps it.

        Raises:
            UnknownCooperationError: there is none at this address.
        """
        state = await self._ask(address, names.STATE, Cooperation)
        if state.status == "unopened":
            raise UnknownCooperationError(address)
        return state

    async def offer(self, address: Address, definition: Definition) -> Reply | Refusal:
        """Let a cooperation know a policy, so that it applies once the members decide on it.

        Raises:
            UnknownCooperationError: there is none at this address.
        """
        refusal = too_large(definition)
        if refusal is not None:
            return refusal
        request = OfferRequest(definition=definition)
        return await self._update(address, names.OFFER, request, CommandReply)

    async def answer(
        self, address: Address, outcomes: Sequence[Outcome], at: datetime
    ) -> Reply | Refusal:
        """Record what checks answered at an instant; in recorded mode only.

        Raises:
            UnknownCooperationError: there is none at this address.
        """
        request = AnswerRequest(outcomes=tuple(outcomes), at=at)
        return await self._update(address, names.ANSWER, request, CommandReply)

    async def definitions(self, address: Address) -> tuple[Definition, ...]:
        """Return what the cooperation was opened with, then what was offered to it since.

        Raises:
            UnknownCooperationError: there is none at this address.
        """
        return tuple(await self._ask(address, names.DEFINITIONS, list[Definition]))

    async def check_gate(
        self, address: Address, gate: str, at: datetime | None = None
    ) -> Examination | Refusal:
        """Check a gate at an instant, by default now, without changing anything.

        Raises:
            UnknownCooperationError: there is none at this address.
        """
        request = CheckGateRequest(gate=gate, at=at, now=datetime.now(UTC))
        answer = await self._ask(address, names.CHECK_GATE, GateAnswer, request)
        found = answer.examination or answer.refusal
        assert found is not None, "a gate is examined or refused"
        return found

    async def journal_head(self, address: Address) -> JournalHead:
        """Say how far the journal goes, and how far the read model follows it.

        Raises:
            UnknownCooperationError: there is none at this address.
        """
        return await self._ask(address, names.JOURNAL_HEAD, JournalHead)

    async def latest(self, address: Address) -> Latest:
        """Return the cooperation as it is with what it follows, asking for what went on since.

        Raises:
            UnknownCooperationError: there is none at this address.
        """
        return await self._remembered.latest(address)

    async def carried(self, address: Address) -> Carried:
        """Return all that a cooperation is, with what the read model has not acknowledged.

        Raises:
            UnknownCooperationError: there is none at this address.
        """
        return await self._ask(address, names.CARRIED, Carried)

    async def carry_on(self, address: Address, carried: Carried) -> None:
        """Let a cooperation live that lived elsewhere; harmless when it lives here already.

        Args:
            address: where it is found from now on.
            carried: all that it is; the read model has its entries.

        Raises:
            EngineFaultError: a closed cooperation has the address.
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

        await self._insist(attempt, f"carrying {address} on")

    async def until_projected(self, address: Address, seq: int | None = None) -> JournalHead:
        """Wait until the read model has taken all entries up to a number, by default all there are.

        Raises:
            UnknownCooperationError: there is none at this address.
            EngineUnavailableError: it has not within the patience of this engine.
        """
        deadline = time.monotonic() + self._patience.total_seconds()
        wait = _FIRST_WAIT
        head = await self.journal_head(address)
        wanted = head.seq if seq is None else seq
        while head.projected_seq < wanted:
            await self._hand_out(address, head)  # looked at each time: what comes later may linger
            if time.monotonic() + wait > deadline:
                raise EngineUnavailableError(
                    f"The read model has {address} up to entry {head.projected_seq}, not yet "
                    f"{wanted}, after {self._patience.total_seconds():g} s. It catches up by "
                    "itself; look at the database and at the worker's log."
                )
            await asyncio.sleep(wait)
            wait = min(wait * 2, _LONGEST_WAIT)
            head = await self.journal_head(address)
        return head

    async def until_written(self, address: Address, seq: int) -> bool:
        """Wait until what a command came to was written by this process, if that writes it.

        Returns:
            Whether it is known to be stored. False says nothing: look.
        """
        return self._writer is not None and await self._writer.until_written(address, seq)

    async def hurry(self, address: Address) -> None:
        """Have a cooperation hand out at once what it would let linger for a while.

        Raises:
            UnknownCooperationError: there is none at this address.
        """
        await self._hand_out(address, await self.journal_head(address))

    async def _hand_out(self, address: Address, head: JournalHead) -> None:
        async def attempt(limit: timedelta) -> None:
            with _ignoring_not_found():  # it has just ended, and hands out all before it does
                await self._handle(address).signal(names.HAND_OUT, rpc_timeout=limit)

        if head.lingering:
            await self._insist(attempt, f"{names.HAND_OUT} for {address}")

    async def until_forgotten(self, address: Address) -> int:
        """Wait until no present history names a person who was erased, and delete the ended ones.

        Returns:
            How many ended runs were deleted. Temporal takes a moment to do it.

        Raises:
            UnknownCooperationError: there is none at this address.
            EngineUnavailableError: the read model, or the workflow, has not let go of them within
                the patience of this engine. It goes on by itself; ask again later.
        """

        async def attempt(_: timedelta) -> None:
            if (await self.journal_head(address)).forgetting:
                raise _PassingError("the read model has not forgotten them")

        await self._insist(attempt, f"forgetting somebody in {address}")
        return await self._insist(
            lambda limit: self._delete_ended_runs(address, limit), f"deleting runs of {address}"
        )

    async def _delete_ended_runs(self, address: Address, limit: timedelta) -> int:
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
            with _ignoring_not_found():
                await self._client.workflow_service.delete_workflow_execution(
                    request, timeout=limit
                )
        return len(ended - {last})

    async def _run_before(self, workflow: str, run: str, limit: timedelta) -> str | None:
        """Return the run that continued as this one; None when there is, or is kept, none."""
        handle = self._client.get_workflow_handle(workflow, run_id=run)
        with _ignoring_not_found():
            async for event in handle.fetch_history_events(page_size=1, rpc_timeout=limit):
                started = event.workflow_execution_started_event_attributes
                return started.continued_execution_run_id or None
        return None

    def _queue(self, address: Address) -> str:
        return names.queue_of(address.programme, self._own_queues, self._task_queue)

    def _handle(self, address: Address) -> _Handle:
        return self._client.get_workflow_handle_for(
            CooperationWorkflow.run, names.workflow_id(address)
        )

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

    async def _update(
        self,
        address: Address,
        update: str,
        request: Request,
        reply: type[_Told],
        update_id: str | None = None,
    ) -> _Told | Refusal:
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

        line = self._lines.setdefault(address, _Line())
        return await self._insist(attempt, f"{update} for {address}", line)

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
            raise _PassingError("it was between two runs")
        raise UnknownCooperationError(address)

    async def _ask(
        self, address: Address, query: str, answer: type[_T], *arguments: CheckGateRequest
    ) -> _T:
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

        return await self._insist(attempt, f"{query} of {address}")

    async def _insist(
        self,
        attempt: Callable[[timedelta], Awaitable[_T]],
        what: str,
        line: _Line | None = None,
    ) -> _T:
        """Try a call until it is answered, a failure does not pass, or patience runs out.

        Whoever stands in a line is patient for as long as others in it are answered.
        """
        line = line or _Line()
        began = time.monotonic()
        wait, tries = _FIRST_WAIT, 0
        failure: Exception
        while True:
            tries += 1
            deadline = max(began, line.answered) + self._patience.total_seconds()
            seconds = min(max(deadline - time.monotonic(), _SHORTEST_CALL), _LONGEST_CALL)
            try:
                async with asyncio.timeout(seconds):
                    await line.turn.acquire()
                try:
                    # The SDK itself tries a server that is away for longer than the call may take.
                    async with asyncio.timeout(seconds + _MARGIN):
                        answer = await attempt(timedelta(seconds=seconds))
                finally:
                    line.turn.release()
                line.answered = time.monotonic()
                return answer  # noqa: TRY300 - a long way from here to an else
            except (TimeoutError, WorkflowUpdateRPCTimeoutOrCancelledError) as error:
                if _is_cancelled():
                    raise asyncio.CancelledError from error  # the SDK hides it
                failure, why = error, _PASSING[RPCStatusCode.DEADLINE_EXCEEDED]
            except _PassingError as error:
                failure, why = error, str(error)
            except RPCError as error:
                if error.status not in _PASSING:
                    raise EngineUnavailableError(
                        f"{self._where} refused {what}: {error.message}. Check the settings of "
                        "this client and of the namespace (coopflow doctor)."
                    ) from error
                failure, why = error, _PASSING[error.status]
            deadline = max(began, line.answered) + self._patience.total_seconds()
            if time.monotonic() + wait > deadline:
                why = why if await self.is_up() else _PASSING[RPCStatusCode.UNAVAILABLE]
                raise EngineUnavailableError(
                    f"{self._where}: {why}. Tried {what} {tries} times in "
                    f"{self._patience.total_seconds():g} s. Check that the server runs, and a "
                    "worker with it (coopflow dev, coopflow worker) that has the same keys "
                    "(coopflow keys list). Sending it again is harmless."
                ) from failure
            # Not all at the same instant: those who are sent away together would meet again.
            await asyncio.sleep(wait * uniform(0.5, 1))  # noqa: S311 - nothing is secret
            wait = min(wait * 2, _LONGEST_WAIT)

    async def is_up(self) -> bool:
        """Whether Temporal answers, within a second; whether a worker does is another matter."""
        try:
            async with asyncio.timeout(_SHORTEST_CALL):
                return await self._client.service_client.check_health()
        except (RPCError, TimeoutError):
            return False

    @property
    def _where(self) -> str:
        return f"Temporal at {self._client.service_client.config.target_host}"


@contextlib.contextmanager
def _ignoring_not_found() -> Iterator[None]:
    try:
        yield
    except RPCError as error:
        if error.status is not RPCStatusCode.NOT_FOUND:
            raise


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


async def _observed(
    command: Mapping[str, Any], answer: Awaitable[Reply | Refusal]
) -> Reply | Refusal:
    return await metrics.counted(command, tracing.traced(command, answer))


def _identified(
    command: Mapping[str, Any],
    grants: Iterable[str],
    expected_seq: int | None = None,
    *,
    is_written: bool = False,
) -> CommandRequest:
    named = dict(command) if command.get("id") is not None else {**command, "id": uuid4().hex}
    return CommandRequest(
        command=named, grants=tuple(grants), expected_seq=expected_seq, is_written=is_written
    )


def _refusal(error: WorkflowUpdateFailedError) -> Refusal:
    cause = error.cause
    if isinstance(cause, ApplicationError) and cause.type == names.REFUSED:
        return Refusal.model_validate(cause.details[0])
    if isinstance(cause, ApplicationError) and cause.type == _RUN_ENDED:
        raise _PassingError("its workflow was ending a run") from error
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


def _is_cancelled() -> bool:
    task = asyncio.current_task()
    return task is not None and task.cancelling() > 0
