from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from temporalio import activity
from temporalio.api.workflow.v1 import PendingActivityInfo
from temporalio.client import Client, Plugin, WorkflowHandle
from temporalio.worker import UnsandboxedWorkflowRunner, Worker

from coopflow.application.checking import Checks
from coopflow.application.engine import Address
from coopflow.bootstrap import reading, temporal_plugin
from coopflow.checks import Portrait, check
from coopflow.sealing.keys import ensure_keys
from coopflow.settings import Settings
from coopflow.temporal import names
from coopflow.temporal.client import TemporalEngine
from coopflow.temporal.codec import ENCRYPTED
from coopflow.temporal.connection import find_endpoint
from coopflow.temporal.errors import TemporalSettingsError
from coopflow.temporal.plugin import CoopflowPlugin, Ports
from tests.bakery import Founder, Order, Patron, Stranger, Wish
from tests.shop import Shop
from tests.stages import asking
from tests.temporal_engine import KEYS, Bench, Board, Journal, admission, opening

pytestmark = pytest.mark.server


@check("page-online", every="30d")
async def page_online(portrait: Portrait) -> bool:
    """Hold always."""
    return True


def queue() -> str:
    return f"tests-{uuid4().hex[:8]}"


async def connected(server: Path, *plugins: Plugin) -> Client:
    endpoint = find_endpoint(server, environment={})
    return await Client.connect(**endpoint.options, plugins=plugins)


async def until(is_so: Callable[[], bool]) -> None:
    async with asyncio.timeout(20):
        while not is_so():  # noqa: ASYNC110 - what is looked at rings no bell
            await asyncio.sleep(0.02)


async def order(client: Client, task_queue: str) -> str:
    identity = f"order-{uuid4().hex[:8]}"
    return await client.execute_workflow(Order.run, 3, id=identity, task_queue=task_queue)


def on(client: Client, shop: Shop, task_queue: str) -> Bench:
    engine = TemporalEngine(client, task_queue=task_queue)
    return Bench(client, engine, shop.journal, shop.board, task_queue)


async def test_a_platform_carries_cooperations_on_beside_its_own(server: Path) -> None:
    """One plugin at the client: its workers do their own work, and cooperations live, checks too.

    What the platform stores is in clear as before, what belongs to cooperations is encrypted.
    """
    shop, cooperations, orders = Shop(Checks([page_online])), queue(), queue()
    plugin = CoopflowPlugin(shop.ports, KEYS, task_queue=cooperations)
    client = await connected(server, plugin)
    async with Worker(client, task_queue=orders, workflows=[Order]):
        assert await order(client, orders) == "3 loaves"
        running = on(client, shop, cooperations)
        address = await running.open(definition=asking().definition)
        await running.until_told(address)
        await until(
            lambda: any(one.event.type == "check_answered" for one in shop.journal.entries[address])
        )
    assert (shop.opened, shop.closed) == (1, 1)
    history = await running.workflow(address).fetch_history()
    started = history.events[0].workflow_execution_started_event_attributes
    assert started.input.payloads[0].metadata["encoding"] == ENCRYPTED


async def test_a_worker_alone_may_have_the_plugin(server: Path) -> None:
    """Given to a worker whose client has none, it carries cooperations on all the same."""
    shop, cooperations, orders = Shop(Checks([page_online])), queue(), queue()
    plugin = CoopflowPlugin(shop.ports, KEYS, task_queue=cooperations)
    plain = await connected(server)
    async with Worker(plain, task_queue=orders, workflows=[Order], plugins=[plugin]):
        assert await order(plain, orders) == "3 loaves"
        running = on(plugin.own_client(plain), shop, cooperations)
        await running.until_told(await running.open())


async def test_several_workers_share_what_carries_cooperations_on(server: Path) -> None:
    """It begins with the first of them and ends with the last, whichever that is."""
    shop, cooperations = Shop(Checks([page_online])), queue()
    client = await connected(server, CoopflowPlugin(shop.ports, KEYS, task_queue=cooperations))
    running = on(client, shop, cooperations)
    first = Worker(client, task_queue=queue(), workflows=[Order])
    second = Worker(client, task_queue=queue(), workflows=[Order])
    async with second:
        async with first:
            address = await running.open()
        await running.give(address, "record_pulse", "fay", score=4, answers=2, asked=3)
        assert (shop.opened, shop.closed) == (1, 0)
    assert (shop.opened, shop.closed) == (1, 1)


async def test_a_worker_without_a_sandbox_keeps_doing_without(server: Path) -> None:
    """The runner of the platform is its own choice; cooperations have theirs."""
    shop, cooperations, orders = Shop(Checks([page_online])), queue(), queue()
    client = await connected(server, CoopflowPlugin(shop.ports, KEYS, task_queue=cooperations))
    bare = UnsandboxedWorkflowRunner()
    worker = Worker(client, task_queue=orders, workflows=[Order], workflow_runner=bare)
    assert worker.config(active_config=True)["workflow_runner"] is bare
    async with worker:
        assert await order(client, orders) == "3 loaves"
        running = on(client, shop, cooperations)
        await running.open()


@activity.defn
async def bake() -> None:
    """Do what an activity of a platform does."""


async def test_a_worker_ends_when_its_read_model_cannot_be_opened(server: Path) -> None:
    """What keeps cooperations from being carried on ends the worker, which says why."""

    def ports() -> contextlib.AbstractAsyncContextManager[Ports]:
        message = "the tables are of a later version"
        raise TemporalSettingsError(message)

    client = await connected(server, CoopflowPlugin(ports, KEYS, task_queue=queue()))
    worker = Worker(client, task_queue=queue(), activities=[bake])
    async with asyncio.timeout(20):
        with pytest.raises(TemporalSettingsError, match="later version"):
            await worker.run()


async def test_a_worker_ends_when_cooperations_stop(server: Path) -> None:
    """What fails while both work ends both, and the failure is that of the worker."""
    failing = asyncio.Event()

    @contextlib.asynccontextmanager
    async def ports() -> AsyncIterator[Ports]:
        async with asyncio.TaskGroup() as group:

            async def fail() -> None:
                await failing.wait()
                message = "gone for good"
                raise ConnectionError(message)

            group.create_task(fail())
            yield Ports(Journal(), Board(), Checks(), Shop(Checks()))

    client = await connected(server, CoopflowPlugin(ports, KEYS, task_queue=queue()))
    worker = Worker(client, task_queue=queue(), activities=[bake])
    working = asyncio.create_task(worker.run())
    async with asyncio.timeout(20):
        await until(lambda: worker.is_running)
        failing.set()
        with pytest.raises(ExceptionGroup) as caught:
            await working
    assert caught.group_contains(ConnectionError, match="gone for good")


async def test_settings_make_a_plugin(server: Path, tmp_path: Path) -> None:
    """From settings alone: the database is made, keys are read, and the read model follows."""
    keys = tmp_path / "keys.json"
    ensure_keys(keys)
    settings = Settings(
        state_dir=tmp_path, database_url=f"sqlite:///{tmp_path / 'own.db'}", keys_file=keys
    )
    client = await connected(server, temporal_plugin(settings))
    async with Worker(client, task_queue=queue(), activities=[bake]):
        running = Bench(client, TemporalEngine(client), Journal(), Board(), names.TASK_QUEUE)
        address = await running.open()
        await running.engine.until_projected(address)
        async with reading(settings) as opened:
            assert (await opened.queries.cooperation(address)).status == "active"


@dataclass
class Platform:
    """A worker with the workflows of a platform, and cooperations beside it."""

    client: Client
    task_queue: str
    running: Bench

    def address(self) -> Address:
        """Return where nothing is yet."""
        return Address("tests", f"coop-{uuid4().hex[:8]}")

    async def start(self, run: Any, wish: Wish) -> WorkflowHandle[Any, list[str]]:
        """Start one of the workflows."""
        identity = f"platform-{uuid4().hex[:8]}"
        handle: WorkflowHandle[Any, list[str]] = await self.client.start_workflow(
            run, wish, id=identity, task_queue=self.task_queue
        )
        return handle


@pytest.fixture
async def platform(server: Path) -> AsyncIterator[Platform]:
    shop, cooperations, own = Shop(Checks([page_online])), queue(), queue()
    client = await connected(server, CoopflowPlugin(shop.ports, KEYS, task_queue=cooperations))
    async with Worker(client, task_queue=own, workflows=[Patron, Founder, Stranger]):
        yield Platform(client, own, on(client, shop, cooperations))


async def test_a_workflow_waits_for_a_gate_without_a_loop_in_its_history(
    platform: Platform,
) -> None:
    """However often it is looked whether the gate was passed, the history does not grow."""
    address, running = platform.address(), platform.running
    patron = await platform.start(Patron.run, Wish(opening(address)))
    activity = await asked_again(patron, times=3)
    assert activity.last_failure.application_failure_info.type == names.WAITING
    before = len((await patron.fetch_history()).events)
    for one in ("alpha", "beta", "gamma"):
        await running.give(address, **admission(one))
    await running.give(address, "request_gate", "rep-alpha", gate="to_structuration")
    reason = {"gate": "to_structuration", "reason": "Spring is here"}
    await running.give(address, "waive_gate", "rep-alpha", **reason)
    (waiver,) = (await running.engine.state(address)).decisions
    ballots = dict.fromkeys(("alpha", "beta", "gamma"), "yes")
    await running.give(address, "record_session_vote", "fay", decision=waiver, ballots=ballots)
    assert len((await patron.fetch_history()).events) == before
    await running.give(address, "cosign_waiver", "pam", **reason)
    end = {"decision": "end", "subject": "closing", "question": "Close?"}
    await running.give(address, "open_decision", "fay", **end)
    await running.give(address, "record_session_vote", "fay", decision="end", ballots=ballots)
    await running.give(address, "close_cooperation", "fay", report="Done")
    async with asyncio.timeout(60):
        assert await patron.result() == ["structuration", "structuration"]


async def asked_again(waiting: WorkflowHandle[Any, Any], times: int) -> PendingActivityInfo:
    """Return the activity that a workflow waits for, once it was tried so often."""
    found: list[PendingActivityInfo] = []

    async def look() -> bool:
        described = (await waiting.describe()).raw_description.pending_activities
        found[:] = [one for one in described if one.attempt >= times]
        return bool(found)

    async with asyncio.timeout(30):
        while not await look():  # noqa: ASYNC110 - the server rings no bell
            await asyncio.sleep(0.1)
    return found[0]


async def test_a_gate_that_is_never_passed_is_waited_for_until_the_closing(
    platform: Platform,
) -> None:
    """A wait ends with the cooperation, and says that there was no passage."""
    address, running = platform.address(), platform.running
    patron = await platform.start(Patron.run, Wish(opening(address)))
    await asked_again(patron, times=2)
    for one in ("alpha", "beta", "gamma"):
        await running.give(address, **admission(one))
    ballots = dict.fromkeys(("alpha", "beta", "gamma"), "yes")
    end = {"decision": "end", "subject": "closing", "question": "Close?"}
    await running.give(address, "open_decision", "fay", **end)
    await running.give(address, "record_session_vote", "fay", decision="end", ballots=ballots)
    await running.give(address, "close_cooperation", "fay", report="Done")
    async with asyncio.timeout(60):
        assert await patron.result() == ["never", "impulsion"]


async def test_a_refused_opening_starts_no_child(platform: Platform) -> None:
    """The parent learns the code at once, and nothing is left that waits."""
    wish = Wish(opening(platform.address()), grants=[])
    patron = await platform.start(Patron.run, wish)
    async with asyncio.timeout(30):
        assert await patron.result() == ["forbidden"]


async def test_a_workflow_opens_a_cooperation_and_commands_it(platform: Platform) -> None:
    """Replies and refusals come back as from an engine; what happened stays with the cooperation.

    The platform's history is written by its own converter, in clear here, and holds no entries.
    """
    address = platform.address()
    founder = await platform.start(Founder.run, Wish(opening(address)))
    async with asyncio.timeout(30):
        first, second, third = await founder.result()
    assert (first.split("-")[0], third) == ("1", "forbidden")
    assert int(second.split("-")[0]) == int(first.split("-")[1]) + 1
    history = (await founder.fetch_history()).to_json()
    assert "entries" not in history
    journal = await platform.running.engine.journal_head(address)
    assert journal.seq == int(second.split("-")[1])


async def test_what_is_not_there_is_a_failure_and_not_tried_again(platform: Platform) -> None:
    """A policy or a cooperation that nobody knows fails the activity at its first attempt."""
    stranger = await platform.start(Stranger.run, Wish(opening(platform.address())))
    async with asyncio.timeout(30):
        assert await stranger.result() == [names.UNKNOWN, names.UNKNOWN]
