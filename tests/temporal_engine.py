"""A Temporal engine for tests: a server, ports that remember, cooperations to live on it."""

from __future__ import annotations

import asyncio
import contextlib
import threading
from collections.abc import AsyncIterator, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

from temporalio.client import Client, WorkflowHandle

from coopflow.application.checking import Checks
from coopflow.application.engine import Address, Mode, Reply
from coopflow.application.memory import MemoryEngine
from coopflow.application.notices import Notice
from coopflow.application.scenario_runner import ScenarioRun, renamed, shifted
from coopflow.checks import Check
from coopflow.definitions.library import find
from coopflow.definitions.scenario import Scenario, load_scenario
from coopflow.domain.events import Entry
from coopflow.domain.refusals import Refusal
from coopflow.domain.rulebook import Definition
from coopflow.sealing.keys import KeyRing, KeySet, KeySets
from coopflow.temporal import names
from coopflow.temporal.client import TemporalEngine
from coopflow.temporal.codec import encrypting
from coopflow.temporal.connection import connect, find_endpoint
from coopflow.temporal.embedded import EmbeddedOptions, embedded_server
from coopflow.temporal.worker import working
from tests.collective import reference_rules

PROGRAMME = "tests"

KEYS = KeyRing(KeySets(default=KeySet.new()), "the keys of these tests")
"""What all clients and workers of a test process share, for as long as it runs."""

CONVERTER = encrypting(KEYS)
"""How they turn values into payloads."""

TIME_SKIPPING = {"frontend.WorkflowTimeSkippingEnabled": True}
"""A setting of the server that lets tests move the clock of a workflow."""


def options(state_dir: Path, **dynamic_config: object) -> EmbeddedOptions:
    """Return how tests run a server: on free ports, knowing the search attributes."""
    return EmbeddedOptions(
        state_dir=state_dir,
        port=0,
        ui_port=0,
        search_attributes=names.SEARCH_ATTRIBUTES,
        dynamic_config=dynamic_config,
    )


@contextlib.contextmanager
def serving(server: EmbeddedOptions) -> Iterator[None]:
    """Run a server for the length of a block in a thread of its own, for tests of any loop."""
    started: Future[None] = Future()
    loop = asyncio.new_event_loop()
    stop = asyncio.Event()

    async def serve() -> None:
        try:
            async with embedded_server(server):
                started.set_result(None)
                await stop.wait()
        except BaseException as error:
            if not started.done():
                started.set_exception(error)
            raise

    def run() -> None:
        with contextlib.closing(loop):
            loop.run_until_complete(serve())

    thread = threading.Thread(target=run)
    thread.start()
    try:
        started.result()
        yield
    finally:
        with contextlib.suppress(RuntimeError):  # it has ended by itself
            loop.call_soon_threadsafe(stop.set)
        thread.join()


class Journal:
    """A read model in memory: entries exactly once and in order, or it does not take them.

    Attributes:
        entries: those of each cooperation.
        definitions: those that came with entries, as often as they came.
        imported: up to which number the entries of each cooperation were an imported past.
    """

    def __init__(self) -> None:
        """Start empty, and there."""
        self.entries: dict[Address, list[Entry]] = {}
        self.definitions: list[Definition] = []
        self.imported: dict[Address, int] = {}
        self.is_away = False
        self.refused = 0

    async def apply(
        self,
        programme: str,
        cooperation: str,
        entries: Sequence[Entry],
        definitions: Sequence[Definition] = (),
        imported_to: int = 0,
    ) -> None:
        """Take entries.

        Raises:
            ConnectionError: it is away.
            AssertionError: entries before these are missing.
        """
        if self.is_away:
            self.refused += 1
            message = "the read model is away"
            raise ConnectionError(message)
        kept = self.entries.setdefault(Address(programme, cooperation), [])
        for entry in entries:
            assert entry.seq <= len(kept) + 1, "entries are missing"
            if entry.seq > len(kept):
                kept.append(entry)
        self.definitions += definitions
        self.imported[Address(programme, cooperation)] = imported_to


@dataclass
class Board:
    """A notice board in memory."""

    notices: list[Notice] = field(default_factory=list)

    async def deliver(self, programme: str, notices: tuple[Notice, ...]) -> None:
        """Take the notices that were not taken before."""
        assert programme == PROGRAMME
        self.notices += [notice for notice in notices if notice not in self.notices]


@dataclass
class Bench:
    """An engine with a worker behind it.

    Attributes:
        client: for what the engine does not do.
        engine: what is tested.
        journal: its read model.
        board: its notice board.
        task_queue: where its worker looks for work.
    """

    client: Client
    engine: TemporalEngine
    journal: Journal
    board: Board
    task_queue: str

    def workflow(self, address: Address) -> WorkflowHandle[Any, Any]:
        """Return the workflow of a cooperation, whichever run is the latest."""
        return self.client.get_workflow_handle(names.workflow_id(address))

    async def events(self, address: Address) -> int:
        """Return the length of the history of the latest run."""
        return len((await self.workflow(address).fetch_history()).events)

    async def runs(self, address: Address) -> list[str]:
        """Return the ids of all runs of a cooperation, oldest first."""
        run = (await self.workflow(address).describe()).run_id
        runs: list[str] = []
        while run:
            runs.insert(0, run)
            handle = self.client.get_workflow_handle(names.workflow_id(address), run_id=run)
            first = (await handle.fetch_history()).events[0]
            run = first.workflow_execution_started_event_attributes.continued_execution_run_id
        return runs

    async def until_told(self, address: Address) -> None:
        """Wait until everything that has happened is projected, and every notice delivered."""
        await self.engine.until_projected(address)
        async with asyncio.timeout(20):
            # Told by asking alone, as a page would.
            while (await self.engine.journal_head(address)).undelivered:  # noqa: ASYNC110
                await asyncio.sleep(0.02)

    async def give(self, address: Address, command: str, actor: str, **payload: Any) -> Reply:
        """Give a command that must be accepted."""
        outcome = await self.engine.execute(
            address, {"command": command, "actor": actor, **payload}, grants_of(actor)
        )
        assert isinstance(outcome, Reply), str(outcome)
        return outcome

    async def open(
        self, mode: Mode = "live", definition: Definition | None = None, **more: Any
    ) -> Address:
        """Open a cooperation of a new name, facilitated by ``fay``, with three members."""
        address = Address(PROGRAMME, f"coop-{uuid4().hex[:8]}")
        outcome = await self.engine.open(
            definition or reference_rules().definition,
            opening(address, **more),
            grants_of("pam"),
            mode,
        )
        assert isinstance(outcome, Reply), str(outcome)
        for organisation in ("alpha", "beta", "gamma"):
            await self.give(address, **admission(organisation), **more)
        return address


def grants_of(actor: str) -> tuple[str, ...]:
    """Return the roles held outside of cooperations: ``pam`` manages the programme."""
    return ("programme_manager",) if actor == "pam" else ()


def opening(address: Address, **more: Any) -> dict[str, Any]:
    """Return the command by which ``pam`` opens a cooperation."""
    return {
        "command": "open_cooperation",
        "actor": "pam",
        "cooperation": address.cooperation,
        "programme": address.programme,
        "title": "A cooperation",
        "issue": "An issue",
        "territory": "Somewhere",
        "lifecycle": "impact-collectif",
        "policy": "reference",
        "facilitator": "fay",
        **more,
    }


def admission(organisation: str) -> dict[str, Any]:
    """Return the command by which ``fay`` admits an organisation before there is a charter."""
    return {
        "command": "admit_member",
        "actor": "fay",
        "organisation": {
            "id": organisation,
            "name": organisation.title(),
            "category": "association",
        },
        "representative": f"rep-{organisation}",
    }


async def connected(state_dir: Path, identity: str = "tests") -> Client:
    """Connect to the server that runs from a folder, with the keys of these tests."""
    endpoint = find_endpoint(state_dir, environment={})
    return await connect(endpoint, identity=identity, data_converter=CONVERTER)


@contextlib.asynccontextmanager
async def bench(
    state_dir: Path,
    *,
    client: Client | None = None,
    task_queue: str | None = None,
    patience: timedelta = timedelta(seconds=30),
    checks: Iterable[Check] = (),
) -> AsyncIterator[Bench]:
    """Work for the length of a block, on a task queue of its own unless one is named."""
    client = client or await connected(state_dir)
    queue = task_queue or f"tests-{uuid4().hex[:8]}"
    journal, board = Journal(), Board()
    engine = TemporalEngine(client, task_queue=queue, patience=patience)
    async with working(client, journal, board, Checks(checks), task_queues=[queue]):
        yield Bench(client, engine, journal, board, queue)


def bocage(steps: int | None = None, days_ago: int = 1) -> Scenario:
    """Return the example, or its first steps, as a past whose last step was some days ago."""
    whole = load_scenario(find("examples", "bocage-gourmand"))
    begun = replace(whole, steps=whole.steps[:steps])
    since = datetime.now(UTC) - begun.steps[-1].at
    moved = shifted(begun, timedelta(days=since.days - days_ago))
    return renamed(moved, PROGRAMME, f"bocage-{uuid4().hex[:8]}")


async def remembered(scenario: Scenario) -> tuple[MemoryEngine, Address]:
    """Run a scenario in memory; return the engine, and where the cooperation is."""
    rules = reference_rules()
    engine = MemoryEngine({rules.definition.digest: rules})
    run = ScenarioRun(scenario, engine, rules)
    async for result in run.steps():
        assert not result.problems, result.problems
    return engine, run.address


def accepted(outcome: Reply | Refusal) -> Reply:
    """Return a reply that must not be a refusal."""
    assert isinstance(outcome, Reply), str(outcome)
    return outcome


def refused(outcome: Reply | Refusal) -> Refusal:
    """Return a refusal that must be one."""
    assert isinstance(outcome, Refusal), f"accepted: {outcome}"
    return outcome


def dumped(entries: Sequence[Entry]) -> list[Mapping[str, Any]]:
    """Return entries as plain data, to be compared with those of memory, which knows no digests."""
    links = {"previous", "salts", "withheld"}
    return [entry.model_dump(mode="json", exclude=links) for entry in entries]
