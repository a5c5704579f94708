"""Cooperations beside the workflows of a platform: a plugin for its clients and workers.

Cooperations are carried on by workers of their own, which run for as long as the platform's worker
does, in its process and on its connection; see docs/decisions/0018-temporal-plugin.md.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, replace
from typing import Final, Generic, TypeVar

import structlog
from temporalio.client import Client
from temporalio.converter import DataConverter
from temporalio.plugin import SimplePlugin
from temporalio.worker import ReplayerConfig, Worker, WorkflowRunner
from temporalio.worker.workflow_sandbox import SandboxedWorkflowRunner

from coopflow.application.checking import Checks
from coopflow.application.notices import NoticeBoard
from coopflow.application.standing import Standings
from coopflow.sealing.keys import KeyRing
from coopflow.temporal import names
from coopflow.temporal.activities import Projector
from coopflow.temporal.client import TemporalEngine
from coopflow.temporal.codec import encrypting
from coopflow.temporal.composition import composed
from coopflow.temporal.deployment import WorkerVersion
from coopflow.temporal.platform_activities import PlatformActivities
from coopflow.temporal.tracing import suited
from coopflow.temporal.watch import WatchWorkflow
from coopflow.temporal.worker import USUAL, Tuning, make_ready, workflow_runner, working
from coopflow.temporal.workflow import CooperationWorkflow

NAME: Final = "coopflow"
"""What the plugin is called where Temporal lists those of a worker."""

_T = TypeVar("_T")

_log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Ports:
    """What workers of cooperations hand over to.

    Attributes:
        projector: the read model.
        board: where notices are delivered.
        checks: those that cooperations may ask.
        standings: says how far they have come, to the workflows of the platform that wait.
    """

    projector: Projector
    board: NoticeBoard
    checks: Checks
    standings: Standings


class CoopflowPlugin(SimplePlugin):
    """Adds cooperations to a client, its workers and replayers.

    - A client with it reads and writes the payloads of cooperations; all others stay as they were.
      One whose converter moves large payloads to a storage of its own is not made:
      ``TemporalSettingsError``.
    - Beside a worker with it, of whatever task queue, cooperations are carried on: by workers of
      their own on the queue of cooperations, for as long as that one runs. Beside several workers
      of one client it is done once. When they cannot go on, the worker ends too, and says why.
    - Beside each worker with it, what its workflows ask by ``coopflow.temporal.platform`` is done,
      on a task queue beside its own.
    - A replayer with it replays histories of cooperations too.

    It is given to the client, whose workers then have it; to a worker alone it may be given as
    well.
    """

    def __init__(  # noqa: PLR0913 - its ports, and how its workers work
        self,
        ports: Callable[[], AbstractAsyncContextManager[Ports]],
        keys: KeyRing,
        *,
        task_queue: str = names.TASK_QUEUE,
        own_queues: Sequence[str] = (),
        tuning: Tuning = USUAL,
        version: WorkerVersion | None = None,
    ) -> None:
        """Say what to work with.

        Args:
            ports: opened when the first worker starts, and closed when the last has ended.
            keys: those that encrypt what Temporal stores of cooperations.
            task_queue: where cooperations live.
            own_queues: the programmes whose cooperations live on a queue of their own.
            tuning: how much the workers of cooperations take on.
            version: which version of which deployment the workers of cooperations are.
        """
        super().__init__(
            NAME,
            data_converter=self._converter,
            workflow_runner=_runner,
        )
        self._ports = ports
        self._ours = encrypting(keys)
        self._task_queue = task_queue
        self._own_queues = own_queues
        self._tuning = tuning
        self._version = version
        self._beside: dict[tuple[str, str], _Shared[Ports]] = {}

    def configure_replayer(self, config: ReplayerConfig) -> ReplayerConfig:
        """Let the replayer replay cooperations, and what goes with them."""
        config["workflows"] = [*config.get("workflows", ()), CooperationWorkflow, WatchWorkflow]
        return super().configure_replayer(config)

    async def run_worker(
        self,
        worker: Worker,
        next: Callable[[Worker], Awaitable[None]],  # noqa: A002 - the SDK's
    ) -> None:
        """Carry cooperations on for as long as the worker runs.

        Raises:
            TemporalSettingsError: the namespace has other search attributes by the same names.
            Exception: what keeps cooperations from being carried on, from wherever.
        """
        client = worker.client
        place = client.service_client.config.target_host, client.namespace
        shared = self._beside.setdefault(place, _Shared())
        async with (
            shared.use(lambda: self._carrying_on(client)) as (ended, ports),
            self._answering(worker, ports),
        ):
            running = asyncio.ensure_future(next(worker))
            try:
                await asyncio.wait({running, ended}, return_when=asyncio.FIRST_COMPLETED)
                if not running.done():
                    _log.error("cooperations cannot be carried on, the worker ends")
                    await worker.shutdown()
            except asyncio.CancelledError:
                running.cancel()
                raise
            finally:
                await asyncio.wait({running})
            await running

    def own_client(self, client: Client) -> Client:
        """Return a client for cooperations alone, on the connection of another one.

        Its interceptors are the same, but for what traces runs, and it has no plugins: what they do
        to the workers of the platform is not meant for those of cooperations.
        """
        return _without_plugins(client, self._ours)

    def _answering(self, worker: Worker, ports: Ports) -> Worker:
        """Return the worker for what the workflows of a platform ask; they write and read it."""
        engine = TemporalEngine(
            self.own_client(worker.client),
            task_queue=self._task_queue,
            own_queues=self._own_queues,
        )
        return Worker(
            _without_plugins(worker.client),
            task_queue=names.platform_queue(worker.task_queue),
            workflows=[WatchWorkflow],
            activities=PlatformActivities(engine, ports.standings).all(),
            workflow_runner=workflow_runner(),
        )

    @asynccontextmanager
    async def _carrying_on(self, client: Client) -> AsyncIterator[Ports]:
        own = self.own_client(client)
        await make_ready(own)
        queues = names.queues(self._own_queues, self._task_queue)
        async with (
            self._ports() as ports,
            working(
                own,
                ports.projector,
                ports.board,
                ports.checks,
                task_queues=queues,
                tuning=self._tuning,
                version=self._version,
            ),
        ):
            _log.info("working beside", queue=", ".join(queues))
            yield ports

    def _converter(self, theirs: DataConverter | None) -> DataConverter:
        return composed(theirs or DataConverter.default, self._ours)


def _without_plugins(client: Client, converter: DataConverter | None = None) -> Client:
    """Return a client on the same connection, by another converter if one is given."""
    config = client.config(active_config=True)
    config["plugins"] = []
    config["interceptors"] = suited(config["interceptors"])
    config["data_converter"] = converter or config["data_converter"]
    return Client(**config)


def _runner(theirs: WorkflowRunner | None) -> WorkflowRunner:
    """Return the sandbox of the platform, with what cooperations pass through."""
    if theirs is None:
        return workflow_runner()
    if not isinstance(theirs, SandboxedWorkflowRunner):
        return theirs
    return replace(theirs, restrictions=workflow_runner(theirs.restrictions).restrictions)


class _Shared(Generic[_T]):
    """Something that is open in a task of its own, from its first user to its last."""

    def __init__(self) -> None:
        self._users = 0

    @asynccontextmanager
    async def use(
        self, run: Callable[[], AbstractAsyncContextManager[_T]]
    ) -> AsyncIterator[tuple[asyncio.Task[None], _T]]:
        """Have it open for the length of a block.

        Args:
            run: how to open and close it, if nobody else uses it.

        Yields:
            The task, which only ends within the block when it fails, and what is open.

        Raises:
            Exception: what it failed with.
        """
        if not self._users:
            self._open, self._stop = asyncio.get_running_loop().create_future(), asyncio.Event()
            self._task = asyncio.create_task(self._work(run, self._open, self._stop))
        self._users += 1
        task, opened, stop = self._task, self._open, self._stop
        try:
            await asyncio.wait({task, opened}, return_when=asyncio.FIRST_COMPLETED)
            if task.done():
                task.result()
            yield task, opened.result()
        finally:
            self._users -= 1
            if not self._users:
                stop.set()
                await asyncio.wait({task})
        if task.done():
            task.result()

    @staticmethod
    async def _work(
        run: Callable[[], AbstractAsyncContextManager[_T]],
        opened: asyncio.Future[_T],
        stop: asyncio.Event,
    ) -> None:
        async with run() as value:
            opened.set_result(value)
            await stop.wait()
