"""The worker: the process that carries cooperations on."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import timedelta
from typing import Final, NamedTuple

import structlog
from temporalio.client import Client
from temporalio.common import VersioningBehavior, WorkerDeploymentVersion
from temporalio.converter import DataConverter
from temporalio.service import RPCError, RPCStatusCode
from temporalio.worker import (
    PollerBehaviorSimpleMaximum,
    UnsandboxedWorkflowRunner,
    Worker,
    WorkerDeploymentConfig,
)
from temporalio.worker._workflow_instance import _WorkflowLogicFlag
from temporalio.worker.workflow_sandbox import SandboxedWorkflowRunner, SandboxRestrictions

from coopflow import __version__, metrics
from coopflow.application.checking import Checks
from coopflow.application.notices import NoticeBoard
from coopflow.domain.checks import Outcome
from coopflow.temporal import names
from coopflow.temporal.activities import Projector, check_activity, delivery_activities
from coopflow.temporal.connection import Endpoint, connect, register_search_attributes
from coopflow.temporal.deployment import WorkerVersion, own_build_id
from coopflow.temporal.errors import TemporalUnavailableError
from coopflow.temporal.messages import CheckRequest
from coopflow.temporal.workflow import CooperationWorkflow

_CHECKS_AT_ONCE: Final = 16
_STICKY: Final = timedelta(seconds=2)  # how long a killed worker holds its cooperations up
_GRACE: Final = timedelta(seconds=5)
_FIRST_WAIT: Final = 0.5
_LONGEST_WAIT: Final = 15.0

_PASSED_THROUGH: Final = (
    "cel_expr_python",
    "coopflow.application",
    "coopflow.checks",
    "coopflow.definitions",
    "coopflow.domain",
    "coopflow.metrics",
    "coopflow.temporal.delivery",
    "coopflow.temporal.inquiry",
    "coopflow.temporal.messages",
    "coopflow.temporal.names",
    "coopflow.temporal.platform",
    "google.protobuf",
    "opentelemetry",
    "rich",
    "structlog",
    "transitions",
)

_log = structlog.get_logger(__name__)


class Tuning(NamedTuple):
    """How much a worker takes on; what is sound depends on the machine, see how-to/scale.md.

    Attributes:
        cached: how many cooperations stay in memory; fewer than are active costs replays.
        tasks: how many of them are carried on at once. Many more, after a restart, when each is a
            replay, would take each other for deadlocked.
        deliveries: how many batches are handed out at once.
    """

    cached: int = 1000
    tasks: int = 8
    deliveries: int = 100


USUAL: Final = Tuning()
"""What serves a machine of a few processors."""


def workflow_runner(
    restrictions: SandboxRestrictions = SandboxRestrictions.default,
) -> SandboxedWorkflowRunner:
    """Return a sandbox for workflow code, in which histories are replayed to find what it forbids.

    The domain is passed through: it is pure, and imported once instead of for every cooperation.
    Workers of cooperations do without: it would cost them more than all that they decide, and what
    it would find is found where every recorded history is replayed, see decision 0031.

    Args:
        restrictions: those that hold otherwise.
    """
    return SandboxedWorkflowRunner(
        restrictions=restrictions.with_passthrough_modules(*_PASSED_THROUGH)
    )


@asynccontextmanager
async def working(  # noqa: PLR0913 - its ports, and its limits
    client: Client,
    projector: Projector,
    board: NoticeBoard,
    checks: Checks | None = None,
    *,
    task_queues: Sequence[str] = (names.TASK_QUEUE,),
    tuning: Tuning = USUAL,
    version: WorkerVersion | None = None,
) -> AsyncIterator[None]:
    """Work for the length of a block: carry cooperations on, deliver, and ask checks.

    On leaving the block no more work is taken, running activities get some seconds, and what they
    did not finish is done by the next worker. Checks, which may wait long, have a task queue of
    their own beside each that is named.

    Args:
        client: connected to the server, with the converter of this package.
        projector: the read model.
        board: where notices are delivered.
        checks: those that cooperations may ask; without them their answers are unknown.
        task_queues: where to look for work.
        tuning: how much it takes on, of each queue.
        version: which version of which deployment this is. Runs stay with the version that they
            began on, their deliveries and checks too; without one, with any worker that has none.
    """
    deployment = version and WorkerDeploymentConfig(
        version=WorkerDeploymentVersion(*version),
        use_worker_versioning=True,
        default_versioning_behavior=VersioningBehavior.PINNED,
    )
    deliveries = delivery_activities(projector, board)
    asked = check_activity(checks or Checks())
    workers = [_asking(client, queue, asked, deployment) for queue in task_queues]
    workers += [
        _carrying_on(client, queue, deliveries, tuning, deployment) for queue in task_queues
    ]
    name, build_id = version or ("", own_build_id())
    with metrics.working(__version__, name, build_id):
        async with AsyncExitStack() as stack:
            for worker in workers:
                await stack.enter_async_context(worker)
            try:
                yield
            finally:  # all at once: each may take as long as it is given
                await asyncio.gather(*(worker.shutdown() for worker in workers))


def _carrying_on(
    client: Client,
    task_queue: str,
    activities: Sequence[Callable[..., Awaitable[None]]],
    tuning: Tuning,
    deployment: WorkerDeploymentConfig | None,
) -> Worker:
    worker = Worker(
        client,
        task_queue=task_queue,
        workflows=[CooperationWorkflow],
        activities=activities,
        workflow_runner=UnsandboxedWorkflowRunner(),
        # More pollers than slots, and those of the sticky queue may hold every slot: what is in the
        # queue of all then waits for a minute, until one of their polls ends.
        workflow_task_poller_behavior=PollerBehaviorSimpleMaximum(maximum=tuning.tasks),
        max_concurrent_workflow_tasks=tuning.tasks,
        max_concurrent_activities=tuning.deliveries,
        max_cached_workflows=tuning.cached,
        sticky_queue_schedule_to_start_timeout=_STICKY,
        graceful_shutdown_timeout=_GRACE,
        deployment_config=deployment,
    )
    # Else a worker that takes a cooperation over may run what one task brings in another order than
    # a replay of it does; the SDK knows, and will have it as its default (sdk-python#1591).
    worker._set_default_workflow_logic_flag(  # noqa: SLF001 - there is no other way yet
        _WorkflowLogicFlag.PROCESS_WORKFLOW_ACTIVATION_JOBS_AS_SINGLE_BATCH, enabled=True
    )
    return worker


def _asking(
    client: Client,
    task_queue: str,
    asked: Callable[[CheckRequest], Awaitable[Outcome]],
    deployment: WorkerDeploymentConfig | None,
) -> Worker:
    return Worker(
        client,
        task_queue=names.checks_queue(task_queue),
        activities=[asked],
        max_concurrent_activities=_CHECKS_AT_ONCE,
        graceful_shutdown_timeout=_GRACE,
        deployment_config=deployment,
    )


async def connect_when_available(
    find: Callable[[], Endpoint],
    data_converter: Callable[[], DataConverter],
    *,
    metrics: str | None = None,
) -> Client:
    """Connect as soon as there is a server, however long that takes, and make it ready.

    Where this client may not administer the namespace, its search attributes have to be there.

    Args:
        find: says which server to use, as ``find_endpoint`` does; asked before every attempt, as
            an engine may come up elsewhere.
        data_converter: says how to turn values into payloads; asked once there is a server to go
            to, as an embedded engine makes its keys when it first starts.
        metrics: where the SDK serves its own figures, as of ``connect``.

    Raises:
        TemporalSettingsError: the settings are at fault, so that waiting is of no use.
    """
    wait = _FIRST_WAIT
    while True:
        try:
            client = await connect(find(), data_converter=data_converter(), metrics=metrics)
            await make_ready(client)
        except (TemporalUnavailableError, RPCError) as error:
            _log.warning("waiting for Temporal", advice=str(error), seconds=wait)
        else:
            return client
        await asyncio.sleep(wait)
        wait = min(wait * 2, _LONGEST_WAIT)


async def make_ready(client: Client) -> None:
    """Give the namespace the search attributes that it lacks, or say in the log which it needs.

    Raises:
        TemporalSettingsError: one exists with another type.
        temporalio.service.RPCError: the server does not answer.
    """
    try:
        await register_search_attributes(client, names.SEARCH_ATTRIBUTES)
    except RPCError as error:
        if error.status not in {RPCStatusCode.PERMISSION_DENIED, RPCStatusCode.UNIMPLEMENTED}:
            raise
        wanted = ", ".join(key.name for key in names.SEARCH_ATTRIBUTES)
        advice = f"if they are missing, have them added to the namespace as Keyword: {wanted}"
        _log.warning("may not add search attributes", advice=advice)
