from __future__ import annotations

import asyncio
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import timedelta
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from coopflow.application.engine import Address, Reply
from coopflow.bootstrap import key_ring
from coopflow.readmodel import journal
from coopflow.readmodel.database import Database
from coopflow.sealing.keys import ensure_keys
from coopflow.settings import Settings
from coopflow.temporal import names
from coopflow.temporal.calls import EngineUnavailableError
from coopflow.temporal.client import TemporalEngine
from coopflow.temporal.codec import encrypting
from coopflow.temporal.connection import connect, find_endpoint
from tests.acceptance.process import DEADLINE, Running, coopflow, environment, running
from tests.temporal_engine import Bench, Board, Journal, accepted, admission, options, serving

pytestmark = [pytest.mark.server, pytest.mark.slow]

ROOT = Path(__file__).resolve().parents[2]
HISTORY = next((ROOT / "tests" / "replay" / "histories").rglob("closed-1.json"))
PATIENCE = timedelta(seconds=90)

REPLAY = """
import asyncio, json, pathlib, sys
from temporalio.client import WorkflowHistory
from temporalio.contrib.pydantic import pydantic_data_converter
from temporalio.worker import Replayer
from coopflow.temporal.worker import workflow_runner
from coopflow.temporal.workflow import CooperationWorkflow

text = pathlib.Path(sys.argv[1]).read_text()
started = json.loads(text)["events"][0]["workflowExecutionStartedEventAttributes"]
replayer = Replayer(
    workflows=[CooperationWorkflow],
    workflow_runner=workflow_runner(),
    data_converter=pydantic_data_converter,
)
history = WorkflowHistory.from_json(started["workflowId"], text)
asyncio.run(replayer.replay_workflow(history))
"""


def changed(folder: Path, file: str, before: str, after: str) -> str:
    """Write a copy of this package with a change; return where Python finds it."""
    for part in ("src", "policies", "workflows", "examples"):
        leave = shutil.ignore_patterns("__pycache__")
        shutil.copytree(ROOT / part, folder / part, ignore=leave)
    module = folder / "src" / "coopflow" / file
    text = module.read_text(encoding="utf-8")
    assert text.count(before) == 1
    module.write_text(text.replace(before, after), encoding="utf-8")
    return str(folder / "src")


@pytest.fixture(scope="module")
def with_a_timer(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A version whose workflow begins with a timer, so that no history of today's replays."""
    line = "        await self._wait_to_be_opened()\n"
    timer = "        await workflow.sleep(timedelta(milliseconds=10))\n"
    folder = tmp_path_factory.mktemp("timer")
    return changed(folder, "temporal/workflow.py", line, line + timer)


@pytest.fixture(scope="module")
def with_a_field(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A version that carries something that today's does not know."""
    line = "    projected_seq: int = 0\n    imported_to: int = 0\n"
    field = "    novelty: int = 1\n"
    folder = tmp_path_factory.mktemp("field")
    return changed(folder, "temporal/messages.py", line, line + field)


def ordered(name: str) -> dict[str, Any]:
    """Return a command by its id."""
    return {**admission(name), "id": name}


class Roll:
    """A server, workers of several versions as processes, and somebody who gives commands.

    Attributes:
        variables: the environment of what runs here.
        bench: gives commands, and looks at workflows.
        given: the acknowledged commands of each cooperation, with their replies.
    """

    def __init__(self, variables: dict[str, str], bench: Bench) -> None:
        self.variables = variables
        self.bench = bench
        self.given: dict[Address, dict[str, Reply]] = {}
        self._numbers = count(1)

    def operate(self, *arguments: str) -> str:
        """Run a command that has to do what it is asked, and return what it writes."""
        done = coopflow(self.variables, "deployment", *arguments)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def cooperations(self) -> dict[str, int]:
        """Return how many cooperations run on each version, as the command says."""
        rows = json.loads(self.operate("show", "--output", "json"))
        return {row["build_id"]: row["cooperations"] for row in rows if row["cooperations"]}

    async def open(self) -> Address:
        """Open a cooperation."""
        address = await self.bench.open()
        self.given[address] = {}
        return address

    async def give(self, address: Address, engine: TemporalEngine | None = None) -> None:
        """Give a command, and then the same again."""
        engine = engine or self.bench.engine
        number = next(self._numbers)
        command = ordered(f"org-{number}")
        reply = accepted(await engine.execute(address, command))
        again = accepted(await engine.execute(address, command))
        assert (again.seq_from, again.seq_to) == (reply.seq_from, reply.seq_to)
        self.given[address][command["id"]] = reply

    async def keep_giving(self, addresses: list[Address], stop: asyncio.Event) -> None:
        """Give commands to one after the other until told to stop."""
        while not stop.is_set():
            for address in addresses:
                await self.give(address)

    async def check(self) -> None:
        """Hold the journals against what was acknowledged, and look at every workflow task."""
        database = Database(self.settings.database)
        try:
            for address, given in self.given.items():
                for command, reply in list(given.items())[:3]:
                    # Of a run, or several, before this one.
                    again = accepted(await self.bench.engine.execute(address, ordered(command)))
                    assert (again.seq_from, again.seq_to) == (reply.seq_from, reply.seq_to)
                head = await self.bench.engine.until_projected(address)
                async with database.reading() as connection:
                    kept = await journal.read(connection, address, 1, 2**31 - 1)
                assert [entry.seq for entry in kept] == list(range(1, head.seq + 1))
                for command, reply in given.items():
                    mine = [entry.seq for entry in kept if entry.command == command]
                    assert mine == list(range(reply.seq_from, reply.seq_to + 1))
        finally:
            await database.close()

    @property
    def settings(self) -> Settings:
        """The settings of the processes."""
        return Settings(state_dir=Path(self.variables["COOPFLOW_STATE_DIR"]))

    async def failures(self) -> int:
        """Return how many workflow tasks failed, in all runs of all cooperations."""
        failed = 0
        for address in self.given:
            for run in await self.bench.runs(address):
                workflow = names.workflow_id(address)
                handle = self.bench.client.get_workflow_handle(workflow, run_id=run)
                for event in (await handle.fetch_history()).events:
                    failed += event.HasField("workflow_task_failed_event_attributes")
        return failed


@pytest.fixture
def variables(tmp_path: Path) -> Iterator[dict[str, str]]:
    found = environment(tmp_path, COOPFLOW_DEPLOYMENT="cooperations", COOPFLOW_LOG_FORMAT="json")
    state_dir = Path(found["COOPFLOW_STATE_DIR"])
    ensure_keys(Settings(state_dir=state_dir).own_keys_file)
    with serving(options(state_dir)):
        yield found


@pytest.fixture
async def roll(variables: dict[str, str]) -> Roll:
    state_dir = Path(variables["COOPFLOW_STATE_DIR"])
    keys = key_ring(Settings(state_dir=state_dir))
    endpoint = find_endpoint(state_dir, environment={})
    client = await connect(endpoint, data_converter=encrypting(keys))
    engine = TemporalEngine(client, patience=PATIENCE)
    return Roll(variables, Bench(client, engine, Journal(), Board(), names.TASK_QUEUE))


class Workers(ExitStack):
    """Worker processes, by the name of their version."""

    def __init__(self, variables: dict[str, str]) -> None:
        super().__init__()
        self._variables = variables
        self._running: dict[str, tuple[ExitStack, Running]] = {}

    def __getitem__(self, build_id: str) -> Running:
        """Return the worker of a version."""
        return self._running[build_id][1]

    def start(self, build_id: str, code: str = "") -> None:
        """Start a worker of a version, and wait until it works."""
        variables = self._variables | ({"PYTHONPATH": code} if code else {})
        own = self.enter_context(ExitStack())
        worker = own.enter_context(running(variables, "worker", "--build-id", build_id))
        self._running[build_id] = own, worker
        line = json.loads(worker.wait_for('"working"', "stderr"))
        assert line["build_id"] == build_id
        own.callback(lambda: worker.process.poll() is None and worker.end())

    def stop(self, build_id: str) -> None:
        """Let a worker finish what it is at, and end."""
        own, _ = self._running.pop(build_id)
        own.close()


def test_the_change_is_one_that_matters(with_a_timer: str) -> None:
    """The history of an old version does not replay with the code of the new one."""
    outcomes = [
        subprocess.run(
            [sys.executable, "-c", REPLAY, str(HISTORY)],
            env=os.environ | {"PYTHONPATH": code},
            capture_output=True,
            text=True,
            timeout=DEADLINE,
            check=False,
        )
        for code in (str(ROOT / "src"), with_a_timer)
    ]
    assert [outcome.returncode for outcome in outcomes] == [0, 1]
    assert "NondeterminismError" in outcomes[1].stderr


async def test_a_change_is_rolled_out_and_back(roll: Roll, with_a_timer: str) -> None:
    """Two versions side by side: none of the commands given all the while fails or runs twice.

    What was opened on the old version goes on there, then moves to the new one by itself, or when
    it is drained if it sleeps; and the other way round.
    """
    with Workers(roll.variables) as workers:
        workers.start("old")
        roll.operate("promote", "old")
        busy, asleep = [await roll.open() for _ in range(3)], await roll.open()
        stop = asyncio.Event()
        giving = asyncio.create_task(roll.keep_giving(busy, stop))
        try:
            await asyncio.to_thread(workers.start, "new", with_a_timer)
            before = await roll.open()
            assert await asyncio.to_thread(roll.cooperations) == {"old": 5}
            await asyncio.to_thread(roll.operate, "promote", "new")
            after = await roll.open()
            await roll.give(after)
            async with asyncio.timeout(PATIENCE.total_seconds()):
                # The busy ones and the one that has just opened; the others sleep.
                while await asyncio.to_thread(roll.cooperations) != {"old": 2, "new": 4}:
                    pass
            await asyncio.to_thread(roll.operate, "drain", "old")
            assert await asyncio.to_thread(roll.cooperations) == {"new": 6}
            await asyncio.to_thread(workers.stop, "old")
            for address in (before, asleep, after):
                await roll.give(address)
            await asyncio.to_thread(workers.start, "old")
            await asyncio.to_thread(roll.operate, "promote", "old")
            await asyncio.to_thread(roll.operate, "drain", "new")
            assert await asyncio.to_thread(roll.cooperations) == {"old": 6}
            await asyncio.to_thread(workers.stop, "new")
            for address in (before, asleep, after):
                await roll.give(address)
            assert not giving.done()
        finally:
            stop.set()
            await giving
        await roll.check()
    assert [len(await roll.bench.runs(address)) for address in (asleep, before, after)] == [3, 3, 2]
    assert await roll.failures() == 0


async def test_what_the_old_version_does_not_know_waits(roll: Roll, with_a_field: str) -> None:
    """Going back to a version that cannot read what the new one wrote loses nothing of it.

    The cooperation is left alone until the new version is promoted again.
    """
    with Workers(roll.variables) as workers:
        workers.start("new", with_a_field)
        workers.start("old")
        roll.operate("promote", "new")
        address = await roll.open()
        await roll.give(address)
        roll.operate("promote", "old")
        async with asyncio.timeout(PATIENCE.total_seconds()):
            while not await roll.failures():
                await roll.bench.workflow(address).signal(names.WAKE)
                await asyncio.sleep(0.5)
        assert len(await roll.bench.runs(address)) == 2
        workers["old"].wait_for("Failing workflow task", "stderr")
        hasty = TemporalEngine(roll.bench.client, patience=timedelta(seconds=3))
        with pytest.raises(EngineUnavailableError):
            await roll.give(address, hasty)
        roll.operate("promote", "new")
        await roll.give(address)
        await roll.check()
        assert roll.cooperations() == {"new": 1}
