"""Cooperations that live on Temporal, for those who ask something of them."""

from __future__ import annotations

import asyncio
import secrets
import time
from collections.abc import Awaitable, Collection, Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from uuid import uuid4

from temporalio.client import Client

from coopflow import metrics, tracing
from coopflow.application.engine import (
    Address,
    Given,
    Mode,
    Reply,
    Series,
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
from coopflow.temporal import names
from coopflow.temporal.calls import (
    FIRST_WAIT,
    LONGEST_WAIT,
    PATIENCE,
    Calls,
    EngineUnavailableError,
    PassingError,
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
    TellRequest,
)
from coopflow.temporal.runs import Runs
from coopflow.temporal.together import first_commands
from coopflow.temporal.writing import Writer

__all__ = ["EngineUnavailableError", "TemporalEngine"]

_PEPPER_BYTES: Final = 32


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
        self._calls = Calls(client, patience)
        self._runs = Runs(client, self._calls, task_queue=task_queue, own_queues=own_queues)
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
        return await self._runs.open(address, carried, opened, request)

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
        outcome = await self._runs.update(address, names.COMMAND, request, CommandReply, command)
        if writer is not None and isinstance(outcome, Reply):
            writer.note(address, outcome.entries)
        if not (isinstance(outcome, Refusal) and outcome.code == "cooperation_closed"):
            return outcome
        if parsed.command in WHEN_CLOSED:
            return await self._runs.take_up(address, request)
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
            outcome = await self._runs.update(address, names.COMMANDS, together, CommandsReply)
            if isinstance(outcome, CommandsReply):
                for one, reply in zip(requests, outcome.replies, strict=False):
                    metrics.accepted(one.command, reply)
                return outcome.replies
        # Alone it is refused as any other is, or answered although the cooperation is closed.
        alone = await _observed(first.command, self._execute(address, first))
        return alone if isinstance(alone, Refusal) else (alone,)

    async def _repeated(self, address: Address, request: CommandRequest) -> Reply | None:
        """Answer a command that a cooperation accepted before it was closed, if it did."""
        carried = await self._runs.ask(address, names.CARRIED, Carried)
        known = Receipts(carried.receipts).of(request.command["id"])
        if known is None:
            return None
        return CommandReply(seq_from=known.seq_from, seq_to=known.seq_to, duplicate=True)

    async def tell(self, address: Address, at: datetime) -> Reply | Refusal:
        """Let happen what falls due up to an instant; in recorded mode only.

        Raises:
            UnknownCooperationError: there is none at this address.
        """
        return await self._runs.update(address, names.TELL, TellRequest(at=at), CommandReply)

    async def go_live(self, address: Address) -> Reply | Refusal:
        """End the recording: from now on time passes by the clock of the engine.

        A cooperation that is live already answers with a ``duplicate``.

        Raises:
            UnknownCooperationError: there is none at this address.
        """
        return await self._runs.update(address, names.GO_LIVE, GoLiveRequest(), CommandReply)

    async def state(self, address: Address) -> Cooperation:
        """Return the cooperation as it is; of a closed one for as long as Temporal keeps it.

        Raises:
            UnknownCooperationError: there is none at this address.
        """
        state = await self._runs.ask(address, names.STATE, Cooperation)
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
        return await self._runs.update(address, names.OFFER, request, CommandReply)

    async def answer(
        self, address: Address, outcomes: Sequence[Outcome], at: datetime
    ) -> Reply | Refusal:
        """Record what checks answered at an instant; in recorded mode only.

        Raises:
            UnknownCooperationError: there is none at this address.
        """
        request = AnswerRequest(outcomes=tuple(outcomes), at=at)
        return await self._runs.update(address, names.ANSWER, request, CommandReply)

    async def definitions(self, address: Address) -> tuple[Definition, ...]:
        """Return what the cooperation was opened with, then what was offered to it since.

        Raises:
            UnknownCooperationError: there is none at this address.
        """
        return tuple(await self._runs.ask(address, names.DEFINITIONS, list[Definition]))

    async def check_gate(
        self, address: Address, gate: str, at: datetime | None = None
    ) -> Examination | Refusal:
        """Check a gate at an instant, by default now, without changing anything.

        Raises:
            UnknownCooperationError: there is none at this address.
        """
        request = CheckGateRequest(gate=gate, at=at, now=datetime.now(UTC))
        answer = await self._runs.ask(address, names.CHECK_GATE, GateAnswer, request)
        found = answer.examination or answer.refusal
        assert found is not None, "a gate is examined or refused"
        return found

    async def journal_head(self, address: Address) -> JournalHead:
        """Say how far the journal goes, and how far the read model follows it.

        Raises:
            UnknownCooperationError: there is none at this address.
        """
        return await self._runs.ask(address, names.JOURNAL_HEAD, JournalHead)

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
        return await self._runs.ask(address, names.CARRIED, Carried)

    async def carry_on(self, address: Address, carried: Carried) -> None:
        """Let a cooperation live that lived elsewhere; harmless when it lives here already.

        Args:
            address: where it is found from now on.
            carried: all that it is; the read model has its entries.

        Raises:
            EngineFaultError: a closed cooperation has the address.
        """
        await self._runs.carry_on(address, carried)

    async def until_projected(self, address: Address, seq: int | None = None) -> JournalHead:
        """Wait until the read model has taken all entries up to a number, by default all there are.

        Raises:
            UnknownCooperationError: there is none at this address.
            EngineUnavailableError: it has not within the patience of this engine.
        """
        deadline = time.monotonic() + self._calls.patience.total_seconds()
        wait = FIRST_WAIT
        head = await self.journal_head(address)
        wanted = head.seq if seq is None else seq
        while head.projected_seq < wanted:
            if head.lingering:  # looked at each time: what comes later may linger
                await self._runs.hand_out(address)
            if time.monotonic() + wait > deadline:
                raise EngineUnavailableError(
                    f"The read model has {address} up to entry {head.projected_seq}, not yet "
                    f"{wanted}, after {self._calls.patience.total_seconds():g} s. It catches up by "
                    "itself; look at the database and at the worker's log."
                )
            await asyncio.sleep(wait)
            wait = min(wait * 2, LONGEST_WAIT)
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
        if (await self.journal_head(address)).lingering:
            await self._runs.hand_out(address)

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
                raise PassingError("the read model has not forgotten them")

        await self._calls.insist(attempt, f"forgetting somebody in {address}")
        return await self._runs.delete_ended(address)

    async def is_up(self) -> bool:
        """Whether Temporal answers, within a second; whether a worker does is another matter."""
        return await self._calls.is_up()


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
