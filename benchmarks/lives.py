"""Lives of cooperations on a Temporal server that skips the time between, to be looked at after.

The lives are the scenarios that are published, lived by the clock as cooperations are: a command is
given when its day has come, those of one step a minute apart, and what falls due meanwhile does so
by timers. Each has a clock of its own, so that all of them are lived side by side, in a minute or
two. Beside each lives a bare workflow that is given as many updates.

Two steps of theirs come out otherwise than the scenarios say, and have to: a veto at the very end
of its ten days is in time where what it is against came some minutes later; and a closed
cooperation is taken up again by the clock of the server, to which its own is years ahead.
"""

from __future__ import annotations

import asyncio
import math
import tempfile
from collections.abc import AsyncIterator, Iterable, Iterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

from bare_workflow import QUEUE, Bare, worker
from temporalio.api.enums.v1 import EventType
from temporalio.api.history.v1 import HistoryEvent
from temporalio.client import Client, WorkflowExecutionStatus, WorkflowHandle
from temporalio.testing import TimeSkipper, TimeSkippingConfig

from coopflow.application.checking import Checks
from coopflow.application.engine import Address, Mode, Reply
from coopflow.application.scenario_runner import ScenarioRun, address_of, renamed, shifted
from coopflow.definitions.compile import compile_definition
from coopflow.definitions.library import find, load_definition
from coopflow.definitions.scenario import Scenario, load_scenario
from coopflow.domain.events import Entry
from coopflow.domain.refusals import Refusal
from coopflow.domain.rulebook import Definition
from coopflow.readmodel import journal
from coopflow.readmodel.awaited import AwaitedReadModel
from coopflow.readmodel.database import Database
from coopflow.sealing.keys import KeyRing, KeySet, KeySets
from coopflow.sealing.texts import TextSeals
from coopflow.temporal import names
from coopflow.temporal.client import TemporalEngine
from coopflow.temporal.codec import encrypting
from coopflow.temporal.connection import connect, find_endpoint
from coopflow.temporal.embedded import EmbeddedOptions, embedded_server
from coopflow.temporal.messages import Carried
from coopflow.temporal.worker import working
from coopflow.temporal.writing import Writer, writing

KEYS: Final = KeyRing(KeySets(default=KeySet.new()), "the keys of this benchmark")
"""What payloads and rows are encrypted with."""

PROGRAMME: Final = "valley"
QUIET: Final = timedelta(days=365)
"""How long a cooperation that is not closed lives on when nobody acts any more."""

_BETWEEN: Final = timedelta(minutes=1)
_SETTLING: Final = timedelta(hours=1)  # what the last step has to give is given
_SHORTLY: Final = timedelta(seconds=2)
_OF_SKIPPING: Final = (
    EventType.EVENT_TYPE_WORKFLOW_EXECUTION_OPTIONS_UPDATED,
    EventType.EVENT_TYPE_WORKFLOW_EXECUTION_TIME_SKIPPING_TRANSITIONED,
)
_ADDED: Final = "request-from-RespondWorkflowTaskCompleted"  # the server's word
_ALL: Final = 1_000_000


@dataclass(frozen=True)
class Life:
    """What became of a cooperation.

    Attributes:
        name: of the scenario.
        years: how long it was lived.
        accepted: how many commands were.
        refused: how many were not.
        unexpected: at how many steps a command was refused against the scenario, or taken.
        entries: its journal, with what happened in the year in which nobody acts.
        events: what Temporal keeps of it, up to that year.
        quiet: what Temporal keeps of that year; nothing when the cooperation was closed before.
        bare: what Temporal keeps of a bare workflow that was given as many updates.
        carried: what a next run would begin with after that year.
    """

    name: str
    years: float
    accepted: int
    refused: int
    unexpected: int
    entries: Sequence[Entry]
    events: Sequence[HistoryEvent]
    quiet: Sequence[HistoryEvent]
    bare: Sequence[HistoryEvent]
    carried: Carried


class _Dated(TemporalEngine):
    """An engine for one scenario, that waits until the day of a command has come."""

    def __init__(self, skipper: TimeSkipper, writer: Writer, address: Address) -> None:
        """Give commands to the cooperation of an address."""
        super().__init__(skipper.client, writer=writer)
        self._skipper = skipper
        self._workflow: WorkflowHandle[Any, Any] = skipper.client.get_workflow_handle(
            names.workflow_id(address)
        )
        self._free_from = datetime.min.replace(tzinfo=UTC)
        self.accepted = self.refused = 0

    async def open(
        self,
        definition: Definition,
        command: Mapping[str, Any],
        grants: Iterable[str] = (),
        mode: Mode = "live",  # noqa: ARG002 - whatever the scenario says
    ) -> Reply | Refusal:
        """Open the cooperation at once: before that it has no clock."""
        return self._noted(await super().open(definition, _undated(command), grants))

    async def execute(
        self,
        address: Address,
        command: Mapping[str, Any],
        grants: Iterable[str] = (),
        expected_seq: int | None = None,
    ) -> Reply | Refusal:
        """Give a command on its day, and some time after the one before."""
        at = max(datetime.fromisoformat(command["at"]), self._free_from)
        await self.wait_until(at)
        self._free_from = at + _BETWEEN
        return self._noted(await super().execute(address, _undated(command), grants, expected_seq))

    def _noted(self, reply: Reply | Refusal) -> Reply | Refusal:
        self.refused += isinstance(reply, Refusal)
        self.accepted += isinstance(reply, Reply)
        return reply

    async def tell(self, address: Address, at: datetime) -> Reply | Refusal:  # noqa: ARG002 - its own
        """Let time pass a little beyond an instant: what falls due just then has happened."""
        await self.wait_until(at + _SHORTLY)
        return Reply(seq_from=1, seq_to=0)

    async def wait_until(self, at: datetime) -> None:
        """Let time pass up to an instant, as long as the cooperation lives."""
        described = await self._workflow.describe()
        if described.status != WorkflowExecutionStatus.RUNNING:
            return
        skipped = described.raw_description.workflow_extended_info.time_skipping_info
        now = skipped.current_time.ToDatetime(UTC) if skipped.current_time.seconds else None
        ahead = at - (now or datetime.now(UTC))
        if ahead > timedelta():
            await self._skipper.fast_forward(self._workflow, ahead)

    async def events(self) -> list[HistoryEvent]:
        """Return what Temporal keeps of the cooperation."""
        return await _events(self._skipper.client, self._workflow.id)


def _undated(command: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in command.items() if name != "at"}


async def _events(client: Client, workflow: str) -> list[HistoryEvent]:
    """Return the events of all runs of a workflow, as there would be without skipping time."""
    runs = [one async for one in client.list_workflows(f"WorkflowId = '{workflow}'")]
    found: list[HistoryEvent] = []
    for run in sorted(runs, key=lambda one: one.start_time):
        handle = client.get_workflow_handle(workflow, run_id=run.run_id)
        found += _without_skipping([event async for event in handle.fetch_history_events()])
    return found


def _without_skipping(events: Sequence[HistoryEvent]) -> Iterator[HistoryEvent]:
    """Leave out what there is only since time is skipped: also tasks that the server adds to it."""
    left_out = set[int]()
    for before, event, after in zip([None, *events], events, [*events[1:], None], strict=False):
        if event.event_type in _OF_SKIPPING:
            continue
        if (
            before is not None
            and after is not None
            and before.event_type in _OF_SKIPPING
            and after.workflow_task_started_event_attributes.request_id == _ADDED
        ):
            left_out.add(event.event_id)
        of_task = event.workflow_task_started_event_attributes.scheduled_event_id
        of_task = of_task or event.workflow_task_completed_event_attributes.scheduled_event_id
        if not left_out & {event.event_id, of_task}:
            yield event


@asynccontextmanager
async def _world(folder: Path) -> AsyncIterator[tuple[TimeSkipper, Database, Writer]]:
    """Run a server that skips time, with workers and a read model, for the length of a block."""
    options = EmbeddedOptions(
        state_dir=folder,
        port=0,
        ui_port=0,
        search_attributes=names.SEARCH_ATTRIBUTES,
        dynamic_config={"frontend.WorkflowTimeSkippingEnabled": True},
    )
    async with AsyncExitStack() as stack:
        await stack.enter_async_context(embedded_server(options))
        endpoint = find_endpoint(folder, environment={})
        client = await connect(endpoint, data_converter=encrypting(KEYS))
        skipper = TimeSkipper(client, config=TimeSkippingConfig(enabled=False))
        database = Database(f"sqlite:///{folder / 'lives.db'}", seals=TextSeals(lambda: KEYS))
        stack.push_async_callback(database.close)
        read_model = AwaitedReadModel(database)
        await read_model.prepare()
        queues = [names.TASK_QUEUE]
        work = working(client, read_model, read_model, Checks(()), task_queues=queues)
        await stack.enter_async_context(work)
        await stack.enter_async_context(worker(client))
        yield skipper, database, await stack.enter_async_context(writing(read_model))


async def _bare(client: Client, name: str, updates: int) -> list[HistoryEvent]:
    workflow = f"bare-{name}"
    handle = await client.start_workflow(Bare.run, id=workflow, task_queue=QUEUE)
    for number in range(updates):
        await handle.execute_update(Bare.command, number)
    return await _events(client, workflow)


async def _lived(
    scenario: Scenario, skipper: TimeSkipper, database: Database, writer: Writer
) -> Life:
    address = address_of(scenario)
    engine = _Dated(skipper, writer, address)
    rules = compile_definition(load_definition(scenario.lifecycle, scenario.policy))
    unexpected = 0
    async for result in ScenarioRun(scenario, engine, rules).steps():
        unexpected += bool(result.refusals) != bool(result.step.expect.refused)
    first = scenario.steps[0].at
    end = scenario.steps[-1].at + _SETTLING
    await engine.wait_until(end)
    events = await engine.events()
    await engine.wait_until(end + QUIET)
    await engine.until_projected(address)
    later = (await engine.events())[len(events) :]
    async with database.reading() as connection:
        entries = await journal.read(connection, address, 1, _ALL)
    return Life(
        scenario.name,
        (end - first) / timedelta(days=365.25),
        engine.accepted,
        engine.refused,
        unexpected,
        entries,
        events,
        later,
        await _bare(skipper.client, address.cooperation, engine.accepted),
        await engine.carried(address),
    )


def _from_today(name: str, steps: int | None) -> Scenario:
    """Return a scenario, or its first steps, as it would be lived from today on."""
    whole = load_scenario(find("examples", name))
    begun = replace(whole, steps=whole.steps[:steps])
    days = math.ceil((datetime.now(UTC) - begun.steps[0].at) / timedelta(days=1))
    return renamed(shifted(begun, timedelta(days=days)), PROGRAMME, name)


async def lived(scenarios: Iterable[str], steps: int | None = None) -> list[Life]:
    """Live scenarios side by side on a server of their own.

    Args:
        scenarios: their names.
        steps: how many steps of each; all of them when left out.
    """
    chosen = [_from_today(name, steps) for name in scenarios]
    with tempfile.TemporaryDirectory() as folder:
        async with _world(Path(folder)) as (skipper, database, writer):
            lives = (_lived(one, skipper, database, writer) for one in chosen)
            return await asyncio.gather(*lives)
