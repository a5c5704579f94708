from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from temporalio.client import Client

from coopflow.application.checking import Checks
from coopflow.application.engine import Address, Reply
from coopflow.checks import Portrait, check
from coopflow.temporal import names
from coopflow.temporal.calls import EngineUnavailableError
from coopflow.temporal.client import TemporalEngine
from coopflow.temporal.deployment import UNVERSIONED, Deployment, VersionReport, WorkerVersion
from coopflow.temporal.errors import DeploymentError
from coopflow.temporal.worker import working
from tests.stages import asking
from tests.temporal_engine import Bench, Board, Journal, accepted, admission, connected

pytestmark = pytest.mark.server

SOON = timedelta(seconds=20)


class Fleet:
    """A deployment of its own on a queue of its own, and the bench that its workers serve.

    Attributes:
        deployment: what is tested.
        bench: where cooperations live.
        asked: the versions that answered checks, one for each answer.
    """

    def __init__(self, client: Client) -> None:
        self.name = f"fleet-{uuid4().hex[:8]}"
        self.deployment = Deployment(client, self.name, task_queues=[self.name])
        engine = TemporalEngine(client, task_queue=self.name, patience=timedelta(seconds=30))
        self.bench = Bench(client, engine, Journal(), Board(), self.name)
        self.asked: list[str] = []

    @asynccontextmanager
    async def working(self, build_id: str) -> AsyncIterator[None]:
        """Run a worker of a version for the length of a block; `UNVERSIONED` is one without."""

        @check("page-online", every="30d")
        async def page_online(portrait: Portrait) -> bool:
            await asyncio.sleep(0)
            self.asked.append(build_id)
            return True

        client, checks = self.bench.client, Checks([page_online])
        version = WorkerVersion(self.name, build_id) if build_id != UNVERSIONED else None
        ports = self.bench.journal, self.bench.board, checks
        async with working(client, *ports, task_queues=[self.name], version=version):
            yield

    async def version_of(self, address: Address) -> str:
        """Return the build id of the version that a cooperation runs on."""
        found = await self.bench.workflow(address).describe()
        info = found.raw_description.workflow_execution_info.versioning_info
        return info.deployment_version.build_id or UNVERSIONED

    async def drained(self, build_id: str, *, take_over: bool = False) -> None:
        """Drain a version to the end."""
        async with asyncio.timeout(SOON.total_seconds()):
            async for _ in self.deployment.drain(build_id, take_over=take_over):
                pass

    async def report(self, build_id: str) -> VersionReport:
        """Return how a version stands."""
        (found,) = [one for one in await self.deployment.versions() if one.build_id == build_id]
        return found

    async def failures(self, address: Address) -> int:
        """Return how many workflow tasks of a cooperation failed, in all its runs."""
        failed = 0
        for run in await self.bench.runs(address):
            handle = self.bench.client.get_workflow_handle(names.workflow_id(address), run_id=run)
            for event in (await handle.fetch_history()).events:
                failed += event.HasField("workflow_task_failed_event_attributes")
        return failed


@pytest.fixture
async def fleet(server: Path) -> Fleet:
    return Fleet(await connected(server))


async def test_what_opens_stays_with_its_version_until_it_wakes(fleet: Fleet) -> None:
    """A promotion moves what is given a command by itself, and what sleeps when it is drained."""
    bench = fleet.bench
    async with fleet.working("old"), fleet.working("new"):
        await fleet.deployment.promote("old")
        asleep, awake = await bench.open(), await bench.open()
        await fleet.deployment.promote("new")
        assert [await fleet.version_of(one) for one in (asleep, awake)] == ["old", "old"]
        opened = await bench.open()
        await bench.give(awake, **admission("delta"))
        async with asyncio.timeout(SOON.total_seconds()):
            while await fleet.version_of(awake) == "old":  # noqa: ASYNC110 - told by asking alone
                await asyncio.sleep(0.05)
        assert await fleet.version_of(opened) == "new"
        old, new = await fleet.report("old"), await fleet.report("new")
        assert (old.standing, old.cooperations, old.workers) == ("draining", 1, 1)
        assert (new.standing, new.cooperations, new.workers) == ("current", 2, 1)
        await fleet.drained("old")
        assert await fleet.version_of(asleep) == "new"
        assert (await fleet.report("old")).standing == "drained"
        for one in (asleep, awake, opened):
            await bench.give(one, **admission("epsilon"))
            await bench.until_told(one)
            assert await fleet.failures(one) == 0
            kept = [entry.seq for entry in bench.journal.entries[one]]
            assert kept == list(range(1, (await bench.engine.state(one)).seq + 1))
        assert [len(await bench.runs(one)) for one in (asleep, awake, opened)] == [2, 2, 1]


async def test_deliveries_and_checks_run_on_the_version_of_the_run(fleet: Fleet) -> None:
    """Checks are asked by workers of the version that the cooperation runs on, and of no other."""
    async with fleet.working("old"), fleet.working("new"):
        await fleet.deployment.promote("old")
        await fleet.deployment.promote("new", ramp=0)
        before = await fleet.bench.open(definition=asking().definition)
        await fleet.bench.until_told(before)
        async with asyncio.timeout(SOON.total_seconds()):
            while not fleet.asked:  # noqa: ASYNC110 - told by asking alone
                await asyncio.sleep(0.05)
        assert set(fleet.asked) == {"old"}
        fleet.asked.clear()
        await fleet.deployment.promote("new")
        await fleet.bench.open(definition=asking().definition)
        async with asyncio.timeout(SOON.total_seconds()):
            while not fleet.asked:  # noqa: ASYNC110 - told by asking alone
                await asyncio.sleep(0.05)
        assert set(fleet.asked) == {"new"}


async def test_a_ramp_goes_up_and_back(fleet: Fleet) -> None:
    """A ramp of a hundred percent takes what opens; promoting the current version ends it."""
    async with fleet.working("old"), fleet.working("new"):
        await fleet.deployment.promote("old")
        await fleet.deployment.promote("new", ramp=100)
        ramped = await fleet.bench.open()
        assert await fleet.version_of(ramped) == "new"
        report = await fleet.report("new")
        assert (report.standing, report.ramp) == ("ramping", 100)
        with pytest.raises(DeploymentError, match="cooperations go to new"):
            await fleet.drained("new")
        await fleet.deployment.promote("old")
        assert (await fleet.report("new")).standing == "draining"
        await fleet.drained("new")
        assert await fleet.version_of(ramped) == "old"
        assert await fleet.version_of(await fleet.bench.open()) == "old"


async def test_workers_without_a_version_are_one_too(fleet: Fleet) -> None:
    """Versions begin, and end, with workers that have none; what they ran on goes with them."""
    async with fleet.working(UNVERSIONED), fleet.working("first"):
        address = await fleet.bench.open()
        assert await fleet.version_of(address) == UNVERSIONED
        await fleet.deployment.promote("first")
        await fleet.bench.give(address, **admission("delta"))
        assert await fleet.version_of(address) == "first"
        assert await fleet.deployment.current() == "first"
        await fleet.deployment.promote(UNVERSIONED)
        assert await fleet.deployment.current() == UNVERSIONED
        await fleet.drained("first")
        await fleet.bench.give(address, **admission("epsilon"))
        assert await fleet.version_of(address) == UNVERSIONED
        assert await fleet.failures(address) == 0


async def test_a_cooperation_waits_for_a_worker_of_its_version(fleet: Fleet) -> None:
    """Whose workers have stopped is carried on by one that comes back, and loses nothing."""
    bench = fleet.bench
    hasty = TemporalEngine(bench.client, task_queue=fleet.name, patience=timedelta(seconds=2))
    async with fleet.working("new"):
        async with fleet.working("old"):
            await fleet.deployment.promote("old")
            address = await bench.open()
            await fleet.deployment.promote("new")
        command = {**admission("delta"), "id": "admit-delta"}
        with pytest.raises(EngineUnavailableError, match="a worker with it"):
            await hasty.execute(address, command)
        async with fleet.working("old"):
            reply = accepted(await bench.engine.execute(address, command))
            await fleet.drained("old")
        again = accepted(await bench.engine.execute(address, command))
        assert again.duplicate
        assert (again.seq_from, again.seq_to) == (reply.seq_from, reply.seq_to)
        assert await fleet.version_of(address) == "new"


async def test_the_current_version_takes_over(fleet: Fleet) -> None:
    """Runs whose workers are gone are replayed by the current version, when one says so."""
    bench = fleet.bench
    async with fleet.working("new"):
        async with fleet.working("old"):
            await fleet.deployment.promote("old")
            stranded = [await bench.open() for _ in range(3)]
            await fleet.deployment.promote("new")
        report = await fleet.report("old")
        assert (report.standing, report.cooperations) == ("draining", 3)
        await fleet.drained("old", take_over=True)
        for address in stranded:
            await bench.give(address, **admission("delta"))
            assert await fleet.version_of(address) == "new"
            assert await fleet.failures(address) == 0
        await fleet.deployment.promote(UNVERSIONED)
        with pytest.raises(DeploymentError, match="only a version takes over"):
            await fleet.drained("new", take_over=True)


async def test_a_closed_one_is_taken_up_without_its_version(fleet: Fleet) -> None:
    """A person is erased from a closed cooperation when the workers it ended on are long gone."""
    bench = fleet.bench
    async with fleet.working("old"):
        await fleet.deployment.promote("old")
        address = await bench.open()
        ballots = dict.fromkeys(("alpha", "beta", "gamma"), "yes")
        about = {"decision": "end", "subject": "closing", "question": "Close?"}
        await bench.give(address, "open_decision", "fay", **about)
        await bench.give(address, "record_session_vote", "fay", decision="end", ballots=ballots)
        await bench.give(address, "close_cooperation", "fay", report="Done")
        await bench.workflow(address).result()
    async with fleet.working("new"):
        await fleet.deployment.promote("new")
        reply = await bench.give(address, "erase_person", "pam", person="rep-beta")
        assert isinstance(reply, Reply)
        assert await fleet.version_of(address) == "new"
        assert (await bench.engine.state(address)).seq == reply.seq_to


async def test_what_was_never_seen_is_named(fleet: Fleet, monkeypatch: pytest.MonkeyPatch) -> None:
    """A version or a deployment without a worker cannot be promoted, and is told by name."""
    monkeypatch.setattr("coopflow.temporal.deployment._PATIENCE", 0.5)
    assert await fleet.deployment.current() == UNVERSIONED
    with pytest.raises(DeploymentError, match=f"no worker of {fleet.name}"):
        await fleet.deployment.versions()
    async with fleet.working("first"):
        await fleet.deployment.promote("first")
        with pytest.raises(DeploymentError, match=f"no worker of version second of {fleet.name}"):
            await fleet.deployment.promote("second")
