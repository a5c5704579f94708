from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import socket
import sys
from asyncio.subprocess import DEVNULL, Process
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from coopflow.application.engine import Address
from coopflow.application.scenario_runner import ScenarioRun
from coopflow.bootstrap import key_ring
from coopflow.domain.events import Entry
from coopflow.readmodel import journal
from coopflow.readmodel.database import Database
from coopflow.sealing.texts import TextSeals
from coopflow.settings import Settings
from coopflow.temporal.client import TemporalEngine
from coopflow.temporal.codec import encrypting
from coopflow.temporal.connection import connect, find_endpoint
from coopflow.temporal.state_directory import EngineRecord, running_engine
from tests.collective import reference_rules
from tests.temporal_engine import bocage, dumped, remembered

pytestmark = [pytest.mark.server, pytest.mark.slow]

ROOT = Path(__file__).resolve().parents[2]
PATIENCE = timedelta(seconds=90)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


async def start(what: str, state_dir: Path, port: int) -> Process:
    return await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tests.acceptance.crash_process", what, str(state_dir), str(port)),
        cwd=ROOT,
        env={"PATH": os.environ["PATH"], "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
        stdout=DEVNULL,
        stderr=DEVNULL,
    )


@contextlib.asynccontextmanager
async def running(state_dir: Path, port: int) -> AsyncIterator[tuple[Process, Process]]:
    server = await start("server", state_dir, port)
    worker = await start("worker", state_dir, port)
    try:
        yield server, worker
    finally:
        for process in (worker, server):
            if process.returncode is None:
                process.terminate()
            await process.wait()


async def serving(state_dir: Path) -> EngineRecord:
    async with asyncio.timeout(PATIENCE.total_seconds()):
        # The start of somebody else's process has no event to await.
        while (record := running_engine(state_dir)) is None:  # noqa: ASYNC110
            await asyncio.sleep(0.05)
    return record


async def stored(state_dir: Path, address: Address) -> tuple[Entry, ...]:
    settings = Settings(state_dir=state_dir)
    database = Database(settings.database, seals=TextSeals(lambda: key_ring(settings)))
    try:
        async with database.reading() as connection:
            return await journal.read(connection, address, 1, 2**31 - 1)
    finally:
        await database.close()


async def test_nothing_is_lost_when_everything_is_killed(tmp_path: Path) -> None:
    """Server and worker are killed in mid-scenario and started again: no event lost, none twice."""
    scenario = bocage()
    memory, address = await remembered(scenario)
    port = free_port()
    halfway, reached = len(scenario.steps) // 2, asyncio.Event()

    async def live(engine: TemporalEngine) -> list[str]:
        problems: list[str] = []
        async for result in ScenarioRun(scenario, engine, reference_rules()).steps():
            # Of a command that was carried out and then asked again, the events are not repeated.
            problems += [one for one in result.problems if not one.startswith("expected events")]
            if result.step.number == halfway:
                reached.set()
        return problems

    async with running(tmp_path, port) as (server, worker):
        record = await serving(tmp_path)
        keys = key_ring(Settings(state_dir=tmp_path))
        endpoint = find_endpoint(tmp_path, environment={})
        client = await connect(endpoint, data_converter=encrypting(keys))
        engine = TemporalEngine(client, patience=PATIENCE)
        life = asyncio.create_task(live(engine))
        halt = asyncio.create_task(reached.wait())
        await asyncio.wait([life, halt], return_when=asyncio.FIRST_COMPLETED)
        assert not life.done(), "it is killed in the middle"
        for pid in (worker.pid, record.server_pid, server.pid):
            os.kill(pid, signal.SIGKILL)
        assert [await worker.wait(), await server.wait()] == [-signal.SIGKILL, -signal.SIGKILL]
    assert not life.done()
    async with running(tmp_path, port):
        assert (await serving(tmp_path)).address == record.address
        assert await life == []
        head = await engine.until_projected(address)
    told = await memory.journal(address)
    kept = await stored(tmp_path, address)
    assert head.seq == len(told)
    assert [entry.seq for entry in kept] == list(range(1, head.seq + 1))
    assert dumped(kept) == dumped(told)
