"""A cooperation as a durable workflow: a thin shell round ``decide`` and ``evolve``.

It holds no rule. It gives commands to the domain, sleeps until the next thing falls due, hands out
what has happened, and continues as new before its history grows long.

A fault of the domain while a command is decided refuses that command. One while time passes fails
the workflow task, which Temporal tries again: nothing of it enters the history, so the cooperation
goes on by itself once a corrected worker runs.

PYTEST_DONT_REWRITE: what pytest puts into a module whose asserts it rewrites, as it does with any
package that brings a plugin, has no place in the sandbox of workflows.
"""

from __future__ import annotations

import asyncio
import contextlib
import traceback
from collections.abc import Callable, Container
from datetime import datetime, timedelta
from typing import Any, Final, Literal, NamedTuple, TypeVar

from temporalio import workflow
from temporalio.exceptions import ApplicationError
from temporalio.workflow import ContinueAsNewVersioningBehavior

with workflow.unsafe.imports_passed_through():
    import structlog
    from pydantic_core import to_json, to_jsonable_python

    from coopflow import metrics
    from coopflow.application.engine import Mode
    from coopflow.application.gate_check import check_gate
    from coopflow.application.offers import refusal_of
    from coopflow.application.preconditions import outdated
    from coopflow.application.receipts import Receipt, Receipts
    from coopflow.definitions.compile import compile_family
    from coopflow.domain import (
        catalogue,  # noqa: F401 - defines all commands and events
        checks,
    )
    from coopflow.domain.chain import digest_of, linked
    from coopflow.domain.checks import Outcome, Portrait
    from coopflow.domain.cooperation import advance, decide, follow, learn, next_due
    from coopflow.domain.events import Entry
    from coopflow.domain.refusals import Refusal
    from coopflow.domain.rulebook import Definition, Rulebook
    from coopflow.domain.shedding import relieve
    from coopflow.domain.state import Cooperation
    from coopflow.temporal import names
    from coopflow.temporal.delivery import Delivery
    from coopflow.temporal.inquiry import Inquiry
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

STATE_RELIEF: Final = 200_000
"""Bytes of state and outbox from which the state lets go of what no rule reads any more."""

STATE_WARNING: Final = 500_000
"""Bytes of state and outbox from which the log warns."""

STATE_LIMIT: Final = 1_000_000
"""Bytes beyond which commands are refused: Temporal carries two megabytes from run to run."""

REPLY_ROOM: Final = 250_000
"""Bytes of entries from which a reply to several commands takes in no further one."""

_ERASURE: Final = "erase_person"
_SHORTEST_SLEEP: Final = timedelta(seconds=1)
_NEVER_OPENED_AFTER: Final = timedelta(minutes=5)

_Request = TypeVar("_Request", bound=Request)
_Level = Literal["info", "warning", "error"]


class _Plan(NamedTuple):
    """What accepting a request brings about, all worked out."""

    entries: tuple[Entry, ...]
    head: str
    command: str | None
    state: Cooperation
    mode: Mode
    due: datetime | None
    state_size: int
    relief: int
    definitions: tuple[Definition, ...]
    rules: Rulebook


class _Planned(NamedTuple):
    """What the validator of a request found, for the one who carries it out right behind it."""

    request: Request
    at: datetime
    plan: _Plan | Receipt


@workflow.defn(name=names.WORKFLOW)
class CooperationWorkflow:
    """One cooperation, from its opening to its closing."""

    @workflow.init
    def __init__(self, carried: Carried) -> None:
        """Take up what the run before, or the one who opens the cooperation, handed over."""
        info = workflow.info()
        address = names.address_of(info.workflow_id)
        self._definitions = (carried.definition, *carried.offers)
        self._rules = compile_family(*self._definitions)
        self._mode = carried.mode
        self._state = carried.state
        self._head = carried.head
        self._pepper = carried.pepper
        self._receipts = Receipts(carried.receipts)
        self._delivery = Delivery(address, carried)
        self._inquiry = Inquiry(self)
        self._planned: _Planned | None = None
        self._due: datetime | None = None
        self._state_size = len(to_json(carried.state))
        self._relief = STATE_RELIEF
        self._log = structlog.get_logger("coopflow.temporal.workflow").bind(
            programme=address.programme, cooperation=address.cooperation, run=info.run_id
        )

    @workflow.run
    async def run(self, carried: Carried) -> Carried | None:  # noqa: ARG002 - in __init__
        """Live until the cooperation is closed and everything about it is handed out.

        What it leaves is its result: whoever takes it up again needs no worker that replays it.
        Runs that ended on earlier versions left none.
        """
        self._describe()
        await self._wait_to_be_opened()
        tasks = [asyncio.create_task(one.run()) for one in (self._delivery, self._inquiry)]
        while not self._is_over():
            self._let_fall_due()
            await self._sleep(tasks)
            for task in tasks:
                if task.done():
                    task.result()  # a fault of it: fails the workflow task, where it is seen
            if self._goes_on_anew():
                # An activity that ends in the very task that continues as new would undo it.
                await self._delivery.wind_up()
                await self._inquiry.wind_up()
                await self._end(tasks)
                self._say("info", "continues as new", seq=self._state.seq)
                workflow.continue_as_new(
                    self.carried(),
                    initial_versioning_behavior=ContinueAsNewVersioningBehavior.AUTO_UPGRADE,
                )
        await self._end(tasks)
        return self.carried()

    # --- requests -----------------------------------------------------------------------------

    @workflow.update(name=names.COMMAND)
    def command(self, request: CommandRequest) -> CommandReply:
        """Decide a command, and remember its id."""
        return self._carry_out(self._plan_command, request)

    @command.validator
    def _admit_command(self, request: CommandRequest) -> None:
        self._admit(self._plan_command, request)

    @workflow.update(name=names.COMMANDS)
    def commands(self, request: CommandsRequest) -> CommandsReply:
        """Decide commands one after the other, until one is refused or there is much to reply.

        That one, and those behind it, come again by themselves: refused in front it leaves nothing
        in the history.
        """
        first, *others = request.commands
        before = self._delivery.bytes
        replies = [self._carry_out(self._plan_command, first)]
        for one in others:
            if self._delivery.bytes - before > REPLY_ROOM or not self._is_admitted(one):
                break
            replies.append(self._carry_out(self._plan_command, one))
        return CommandsReply(replies=tuple(replies))

    @commands.validator
    def _admit_commands(self, request: CommandsRequest) -> None:
        # None when a caller sent nothing, whatever the type says.
        first, *_ = getattr(request, "commands", (None,))
        self._admit(self._plan_command, first)

    def _is_admitted(self, request: CommandRequest) -> bool:
        with contextlib.suppress(ApplicationError):
            self._admit(self._plan_command, request)
        return self._planned is not None

    @workflow.update(name=names.TELL)
    def tell(self, request: TellRequest) -> CommandReply:
        """Let happen what falls due up to an instant; in recorded mode only."""
        return self._carry_out(self._plan_tell, request)

    @tell.validator
    def _admit_tell(self, request: TellRequest) -> None:
        self._admit(self._plan_tell, request)

    @workflow.update(name=names.GO_LIVE)
    def go_live(self, request: GoLiveRequest) -> CommandReply:
        """End the recording: tell up to now, and go on by the clock. Harmless when repeated."""
        return self._carry_out(self._plan_go_live, request)

    @go_live.validator
    def _admit_go_live(self, request: GoLiveRequest) -> None:
        self._admit(self._plan_go_live, request)

    @workflow.update(name=names.OFFER)
    def offer(self, request: OfferRequest) -> CommandReply:
        """Take a policy that the members may decide on. Harmless when repeated."""
        return self._carry_out(self._plan_offer, request)

    @offer.validator
    def _admit_offer(self, request: OfferRequest) -> None:
        self._admit(self._plan_offer, request)

    @workflow.update(name=names.ANSWER)
    def answer(self, request: AnswerRequest) -> CommandReply:
        """Record what checks answered; in recorded mode only."""
        return self._carry_out(self._plan_answer, request)

    @answer.validator
    def _admit_answer(self, request: AnswerRequest) -> None:
        self._admit(self._plan_answer, request)

    def _plan_offer(self, request: OfferRequest) -> _Plan | Refusal:
        offered = request.definition
        refusal = refusal_of(offered, self._definitions)
        if refusal is not None:
            return refusal
        is_known = offered in self._definitions
        definitions = self._definitions if is_known else (*self._definitions, offered)
        now = workflow.now() if self._mode == "live" else self._state.as_of
        rules = compile_family(*definitions)
        entries = advance(self._state, now, rules) if now is not None else ()
        return self._worked_out(entries, self._mode, definitions=definitions)

    def _plan_command(self, request: CommandRequest) -> _Plan | Receipt | Refusal:
        command = request.read(self._mode, workflow.now())
        if isinstance(command, Refusal):
            return command
        known = self._receipts.of(command.id)
        if known is not None:
            return known
        size = self._size + len(to_json(request.command))
        if size > STATE_LIMIT:
            return Refusal(
                code="too_large",
                message=f"the cooperation would hold {size} bytes, at most {STATE_LIMIT} can be "
                "kept; shorten the content, or wait until the read model has caught up",
                facts={"bytes": size, "limit": STATE_LIMIT, "waiting": len(self._delivery.entries)},
            )
        decided = decide(self._state, command, self._rules, request.grants)
        if isinstance(decided, Refusal):
            return decided
        refusal = outdated(self._state.seq, request.expected_seq)
        return refusal or self._worked_out(decided, self._mode, command.id)

    def _plan_tell(self, request: TellRequest) -> _Plan | Refusal:
        if self._mode == "live":
            return Refusal(
                code="wrong_state", message="the cooperation lives by the clock; nobody tells it"
            )
        return self._worked_out(advance(self._state, request.at, self._rules), self._mode)

    def _plan_answer(self, request: AnswerRequest) -> _Plan | Refusal:
        if self._mode == "live":
            return Refusal(
                code="wrong_state", message="the cooperation lives by the clock, and asks by itself"
            )
        learnt = learn(self._state, request.outcomes, request.at, self._rules)
        return learnt if isinstance(learnt, Refusal) else self._worked_out(learnt, self._mode)

    def _plan_go_live(self, _: GoLiveRequest) -> _Plan | Receipt | Refusal:
        seq, as_of, now = self._state.seq, self._state.as_of, workflow.now()
        if self._mode == "live":
            return Receipt(command=names.GO_LIVE, seq_from=seq + 1, seq_to=seq)
        if as_of is not None and as_of > now:
            return Refusal(
                code="too_early",
                message=f"the recording goes up to {as_of.isoformat()}, later than now; shift it",
                facts={"as_of": as_of.isoformat(), "now": now.isoformat()},
            )
        return self._worked_out(advance(self._state, now, self._rules), "live")

    def _worked_out(
        self,
        entries: tuple[Entry, ...],
        mode: Mode,
        command: str | None = None,
        definitions: tuple[Definition, ...] | None = None,
    ) -> _Plan:
        """Work out what entries lead to: whatever can fail fails here, and changes nothing."""
        # Looking a compiled family up compares it whole, one thread at a time.
        rules = compile_family(*definitions) if definitions else self._rules
        definitions = definitions or self._definitions
        state = follow(self._state, entries)
        due = next_due(state, workflow.now(), rules) if mode == "live" else None
        head = self._head
        if self._pepper and entries:  # else it was opened before there were digests
            entries = linked(entries, head, self._pepper)
            head = digest_of(entries[-1])
        waiting = self._delivery.bytes + len(to_json(entries))
        state_size = len(to_json(state))  # what cannot be written is not accepted either
        relief = self._relief
        if state_size + waiting > relief:
            state = relieve(state, rules, lambda one: len(to_json(one)) <= STATE_RELIEF // 2)
            state_size = len(to_json(state))
            size = state_size + waiting
            # Looked at again once it has grown by a good part: most looks should be worth it.
            relief = max(STATE_RELIEF, size + size // 4)
        return _Plan(
            entries, head, command, state, mode, due, state_size, relief, definitions, rules
        )

    def _plan(
        self, plan: Callable[[_Request], _Plan | Receipt | Refusal], request: _Request | None
    ) -> _Plan | Receipt:
        """Plan what a request brings about, and change nothing.

        Args:
            plan: works it out.
            request: what is asked; None when a caller sent nothing, whatever the type says.

        Raises:
            ApplicationError: the request is refused, or could not be decided; nothing else.
        """
        planned: _Plan | Receipt | Refusal
        if request is None:
            planned = Refusal(code="invalid_command", message="the message is empty")
        else:
            try:
                planned = plan(request)
            except Exception as error:  # noqa: BLE001 - anything else would stop the cooperation
                raise self._internal(request, error) from None
        if isinstance(planned, Refusal):
            kind = request.kind if request is not None else "unknown"
            self._say("info", "refused", kind=kind, code=planned.code)
            raise ApplicationError(
                planned.message or planned.code,
                # Facts that are no JSON after all must not keep the refusal from arriving.
                to_jsonable_python(planned, fallback=str),
                type=names.REFUSED,
                non_retryable=True,
            )
        return planned

    def _admit(
        self, plan: Callable[[_Request], _Plan | Receipt | Refusal], request: _Request | None
    ) -> None:
        """Refuse what cannot be carried out, and keep the plan of what can."""
        planned = self._plan(plan, request)
        assert request is not None, "an empty message is refused"
        self._planned = _Planned(request, workflow.now(), planned)

    def _carry_out(
        self, plan: Callable[[_Request], _Plan | Receipt | Refusal], request: _Request
    ) -> CommandReply:
        # A replay calls no validator, and comes to the same plan: it is all that there is to know.
        kept, self._planned = self._planned, None
        if kept is not None and (kept.request, kept.at) == (request, workflow.now()):
            planned = kept.plan
        else:
            planned = self._plan(plan, request)
        if isinstance(planned, Receipt):
            command = planned.command
            self._say("info", "repeated", kind=request.kind, command=command, duplicate=True)
            # Said again, it names the person once more, in a history that was to know them no more.
            self._delivery.has_forgotten |= request.kind == _ERASURE
            return CommandReply(seq_from=planned.seq_from, seq_to=planned.seq_to, duplicate=True)
        before = self._state.seq
        self._accept(planned, may_linger=request.is_written)
        if planned.entries:
            told = {"command": planned.command, "seq": before + 1, "seq_to": self._state.seq}
            self._say("info", "accepted", kind=request.kind, **told)
        return CommandReply(seq_from=before + 1, seq_to=self._state.seq, entries=planned.entries)

    @property
    def _size(self) -> int:
        """Bytes of the state and of the entries that wait."""
        return self._state_size + self._delivery.bytes

    def _internal(self, request: Request, error: Exception) -> ApplicationError:
        kind = type(error).__name__
        # Where, not what: messages and values may quote people, and take long to render.
        frames = (
            f"{frame.f_globals.get('__name__')}.{frame.f_code.co_name}:{line}"
            for frame, line in traceback.walk_tb(error.__traceback__)
        )
        trace = " > ".join(frames)
        self._say("error", "could not be decided", kind=request.kind, error=kind, trace=trace)
        message = f"the engine could not decide the request ({kind}); see the worker's log"
        return ApplicationError(message, type=names.INTERNAL, non_retryable=True)

    def _accept(self, plan: _Plan, *, may_linger: bool = False) -> None:
        self._planned = None  # what was planned from here on is out of date
        self._count_delay()
        self._receipts.note(plan.command, self._state.seq, plan.entries)
        if self._mode == "recorded":
            self._delivery.imported_to = plan.state.seq
        size = self._size
        self._state, self._mode, self._due = plan.state, plan.mode, plan.due
        self._state_size = plan.state_size
        self._head = plan.head
        self._relief = plan.relief
        self._delivery.add(plan.entries, may_linger=may_linger)
        if self._size > STATE_WARNING >= size:
            self._say("warning", "the cooperation grows large", count=self._size)
        self._delivery.definitions += plan.definitions[len(self._definitions) :]
        self._definitions, self._rules = plan.definitions, plan.rules
        self._show()

    def _count_delay(self) -> None:
        """Count how late what fell due is carried out, once: not again when it is replayed."""
        if self._due is not None and not workflow.unsafe.is_replaying():
            with workflow.unsafe.sandbox_unrestricted():
                metrics.fell_due(self._due, workflow.now())

    # --- time ---------------------------------------------------------------------------------

    @workflow.signal(name=names.WAKE)
    def wake(self) -> None:
        """Look up, and no more: whoever sleeps learns only so that another version goes on."""

    @workflow.signal(name=names.HAND_OUT)
    def hand_out(self) -> None:
        """Hand out at once what lingers: somebody waits for it."""
        self._delivery.hurry()

    async def _wait_to_be_opened(self) -> None:
        """Wait for the command that comes with the start.

        Raises:
            ApplicationError: none came; the id is free again.
        """
        await asyncio.sleep(0)  # the command may stand behind this task
        if self._is_opened():
            return
        try:
            await workflow.wait_condition(
                self._is_opened,
                timeout=_NEVER_OPENED_AFTER,
                timeout_summary="to be opened",
            )
        except TimeoutError:
            raise ApplicationError(
                "no command opened the cooperation", type=names.NEVER_OPENED, non_retryable=True
            ) from None

    def _let_fall_due(self) -> None:
        now = workflow.now()
        if self._mode == "recorded" or (self._due is not None and now < self._due):
            return
        plan = self._worked_out(advance(self._state, now, self._rules), self._mode)
        self._accept(plan)
        if plan.entries:
            self._say("info", "fell due", count=len(plan.entries), seq_to=self._state.seq)

    async def _sleep(self, tasks: list[asyncio.Task[None]]) -> None:
        """Sleep until something falls due, or there is something else to be done."""
        due = self._due
        # A timer may fire a little early: the rest is slept again, never in a circle.
        timeout = None if due is None else max(due - workflow.now(), _SHORTEST_SLEEP)
        with contextlib.suppress(TimeoutError):
            await workflow.wait_condition(
                lambda: (
                    self._due != due
                    or self._is_over()
                    or self._goes_on_anew()
                    or any(task.done() for task in tasks)
                ),
                timeout=timeout,
                timeout_summary="next due",
            )

    def _is_opened(self) -> bool:
        return self._state.status != "unopened"

    def _is_over(self) -> bool:
        over = self._state.status == "closed" and self._delivery.is_done
        return over and not self._delivery.has_forgotten

    def _goes_on_anew(self) -> bool:
        """Whether to leave this history behind.

        It grows long, another version of the workers is to go on, or it names a person erased
        since. The next one begins without that person, who is known to ended runs only: those can
        be deleted, and are once their retention is over.
        """
        info = workflow.info()
        return (
            info.is_continue_as_new_suggested()
            or info.is_target_worker_deployment_version_changed()
            or self._delivery.has_forgotten
        )

    async def _end(self, tasks: list[asyncio.Task[None]]) -> None:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await workflow.wait_condition(workflow.all_handlers_finished)

    # --- checks -------------------------------------------------------------------------------

    def due_checks(self, asked: Container[str]) -> list[tuple[str, datetime]]:
        """Return when each check is to be asked next, but for those that are being asked."""
        # Answers are kept too: a cooperation that has grown too large asks when it can again.
        if self._mode == "recorded" or self._size > STATE_LIMIT:
            return []
        return list(checks.due(self._state, self._rules, workflow.now(), asked))

    def portrait(self) -> Portrait:
        """Return what checks are asked of, as it is now."""
        return checks.portrait_of(self._state)

    def learn(self, outcome: Outcome, portrait: Portrait) -> bool:
        """Record what a check answered, and say whether it was taken."""
        learnt = learn(self._state, (outcome,), workflow.now(), self._rules, portrait)
        if isinstance(learnt, Refusal):
            self._say("info", "answer not taken", code=learnt.code)
            return False
        self._accept(self._worked_out(learnt, self._mode))
        self._say("info", "check answered", seq_to=self._state.seq)
        return True

    # --- questions ----------------------------------------------------------------------------

    @workflow.query(name=names.CARRIED)
    def carried(self) -> Carried:
        """Return all that another run needs to go on from here."""
        return Carried(
            definition=self._definitions[0],
            offers=self._definitions[1:],
            mode=self._mode,
            state=self._state,
            receipts=self._receipts.all(),
            unregistered=tuple(self._delivery.definitions),
            outbox=tuple(self._delivery.entries),
            notices=tuple(self._delivery.notices),
            projected_seq=self._delivery.projected_seq,
            imported_to=self._delivery.imported_to,
            head=self._head,
            pepper=self._pepper,
        )

    @workflow.query(name=names.STATE)
    def state(self) -> Cooperation:
        """Return the cooperation as it is."""
        return self._state

    @workflow.query(name=names.DEFINITIONS)
    def definitions(self) -> tuple[Definition, ...]:
        """Return what the cooperation was opened with, then what was offered to it since."""
        return self._definitions

    @workflow.query(name=names.CHECK_GATE)
    def check_gate(self, request: CheckGateRequest) -> GateAnswer:
        """Check a gate at an instant, by default now, without changing anything."""
        as_of = self._state.as_of or workflow.now()
        at = request.at
        if at is None:
            at = as_of if self._mode == "recorded" else max(as_of, request.now or workflow.now())
        found = check_gate(self._state, request.gate, at, self._rules)
        if isinstance(found, Refusal):
            return GateAnswer(refusal=found)
        return GateAnswer(examination=found)

    @workflow.query(name=names.JOURNAL_HEAD)
    def journal_head(self) -> JournalHead:
        """Say how far the journal goes, and how far the read model follows it."""
        return JournalHead(
            seq=self._state.seq,
            at=self._state.as_of,
            projected_seq=self._delivery.projected_seq,
            mode=self._mode,
            status=self._state.status,
            undelivered=len(self._delivery.notices),
            digest=self._head,
            forgetting=self._delivery.is_forgetting,
            waiting_since=self._delivery.waiting_since,
            lingering=self._delivery.is_lingering,
            bytes=self._size,
            bytes_limit=STATE_LIMIT,
        )

    # --- what operators see -------------------------------------------------------------------

    def _show(self) -> None:
        state = self._state
        shown = workflow.info().typed_search_attributes
        wanted = (
            (names.PROGRAMME_ATTRIBUTE, state.programme),
            (names.STAGE_ATTRIBUTE, state.stage),
            (names.STATUS_ATTRIBUTE, state.status),
        )
        changed = [key.value_set(value) for key, value in wanted if shown.get(key) != value]
        if changed and self._is_opened():
            workflow.upsert_search_attributes(changed)
            self._say("info", "stage or status", stage=state.stage, about=state.status)
        self._describe()

    def _describe(self) -> None:
        state = self._state
        levels = " ".join(f"{name} {level}" for name, level in state.levels.items())
        due = self._due.isoformat() if self._due else "–"
        workflow.set_current_details(
            f"**{state.stage or 'not opened'}** ({state.status}, {self._mode})\n\n"
            f"- levels: {levels or '–'}\n- journal: {state.seq}\n- next due: {due}\n"
            f"- kept: {self._size * 100 // STATE_LIMIT} % of {STATE_LIMIT} bytes"
        )

    def _say(self, level: _Level, what: str, **facts: Any) -> None:
        """Write a log line, once: not again when the history is replayed."""
        if workflow.unsafe.is_replaying():
            return
        update = workflow.current_update_info()
        if update is not None:
            facts["command"] = facts.get("command") or update.id  # several come as one update
        with (
            contextlib.suppress(Exception),  # a log that fails must not change what happens
            workflow.unsafe.sandbox_unrestricted(),
            workflow.unsafe.imports_passed_through(),  # renderers import as they go
        ):
            getattr(self._log, level)(what, **facts)
