"""Versions of the workers: which one new cooperations begin on, and how the others move there.

A *deployment* is all workers of one engine, a *version* of it those of one build. Each run of a
cooperation stays on the version that it began on; when the cooperation next wakes up, it begins a
new run on the version that is current then. Workers without a version are a version too: the one
that is current as long as none is promoted.
"""

from __future__ import annotations

import asyncio
import hashlib
import time
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final, Literal, NamedTuple

from google.protobuf.field_mask_pb2 import FieldMask
from temporalio.api.common.v1 import WorkflowExecution
from temporalio.api.deployment.v1 import (
    WorkerDeploymentInfo,
    WorkerDeploymentOptions,
    WorkerDeploymentVersion,
)
from temporalio.api.enums.v1 import (
    RoutingConfigUpdateState,
    TaskQueueType,
    WorkerVersioningMode,
)
from temporalio.api.taskqueue.v1 import TaskQueue
from temporalio.api.workflow.v1 import VersioningOverride, WorkflowExecutionOptions
from temporalio.api.workflowservice.v1 import (
    DescribeTaskQueueRequest,
    DescribeWorkerDeploymentRequest,
    SetWorkerDeploymentCurrentVersionRequest,
    SetWorkerDeploymentRampingVersionRequest,
    UpdateWorkflowExecutionOptionsRequest,
)
from temporalio.client import Client
from temporalio.service import RPCError, RPCStatusCode

from coopflow import __version__
from coopflow.temporal import names
from coopflow.temporal.errors import DeploymentError, TemporalUnavailableError

UNVERSIONED: Final = "unversioned"
"""What is written for workers without a version, in place of a build id."""

PACKAGE: Final = Path(__file__).resolve().parents[1]
"""The folder of the code."""

Standing = Literal["current", "ramping", "draining", "drained", "inactive"]
"""Where a version stands: ``inactive`` was never promoted, ``drained`` has no cooperation left."""

_SEEN: Final = timedelta(seconds=70)  # a poll that finds nothing lasts for sixty
_PATIENCE: Final = 15.0
_LOOK_EVERY: Final = 0.2
_WAKE_EVERY: Final = 15.0
_AT_ONCE: Final = 10


class WorkerVersion(NamedTuple):
    """The version of a worker.

    Attributes:
        deployment: the name that all workers of one engine share.
        build_id: what tells its code from that of other versions.
    """

    deployment: str
    build_id: str


@dataclass(frozen=True)
class VersionReport:
    """A version of the workers as it stands.

    Attributes:
        build_id: its build id, or `UNVERSIONED`.
        standing: what it is there for.
        ramp: the share of cooperations that go to it while it is ramping, in percent.
        cooperations: how many run on it.
        workers: how many of its workers were seen within the last minute.
    """

    build_id: str
    standing: Standing
    ramp: float | None
    cooperations: int
    workers: int

    @property
    def is_stranded(self) -> bool:
        """Whether cooperations run on it, and nobody carries them on."""
        return bool(self.cooperations) and not self.workers


def own_build_id(package: Path = PACKAGE) -> str:
    """Return the build id of this installation: its version, and a digest of its code."""
    digest = hashlib.sha256()
    for path in sorted(package.rglob("*.py")):
        digest.update(f"{path.relative_to(package).as_posix()}\0".encode())
        digest.update(hashlib.sha256(path.read_bytes()).digest())
    return f"{__version__}-{digest.hexdigest()[:10]}"


class Deployment:
    """All versions of the workers of one engine.

    Every method may raise `TemporalUnavailableError` when Temporal does not answer, and
    `DeploymentError` when it refuses.
    """

    def __init__(
        self, client: Client, name: str, *, task_queues: Sequence[str] = (names.TASK_QUEUE,)
    ) -> None:
        """Use a connected client.

        Args:
            client: may have any converter: nothing here carries a payload.
            name: what the workers call the deployment.
            task_queues: where they look for work.
        """
        self._client = client
        self._name = name
        self._task_queues = task_queues

    async def current(self) -> str:
        """Return the build id of the current version; `UNVERSIONED` when none was promoted."""
        async with self._told():
            try:
                return _current(await self._describe())
            except RPCError as error:
                if error.status is RPCStatusCode.NOT_FOUND:
                    return UNVERSIONED
                raise

    async def versions(self) -> list[VersionReport]:
        """Return all versions that the server knows, newest first, then workers without one.

        Raises:
            DeploymentError: no worker of this deployment was ever seen.
        """
        async with self._told():
            info = await self._describe()
            workers = await self._workers()
            known: dict[str, Standing] = {
                one.deployment_version.build_id: "drained"
                if one.HasField("first_activation_time")
                else "inactive"
                for one in sorted(info.version_summaries, key=_age)
            }
            return [
                await self._report(info, build_id, idle, workers[build_id])
                for build_id, idle in (known | {UNVERSIONED: "drained"}).items()
            ]

    async def promote(self, build_id: str, ramp: float | None = None) -> None:
        """Make a version current, or let it ramp: a share of the cooperations go to it.

        Without a ramp it is for all of them, and a ramp of any version ends. Returns once the
        server has told its task queues. A version whose worker has only just started is waited for.

        Args:
            build_id: which version, or `UNVERSIONED`.
            ramp: the share, in percent.

        Raises:
            DeploymentError: no worker of this version was seen, or none on all the task queues.
        """
        build = "" if build_id == UNVERSIONED else build_id
        async with self._told(build_id):
            if ramp is not None:
                await _insist(lambda: self._set_ramping(build, ramp))
            else:
                await _insist(lambda: self._set_current(build))
                if _ramping(await self._describe()):
                    await self._set_ramping("", 0)
            await self._until_told()

    async def drain(self, build_id: str, *, take_over: bool = False) -> AsyncIterator[int]:
        """Wake the cooperations that run on a version, so that they move to the current one.

        Yields how many are left, again and again, until there is none. The caller may stop asking:
        what was woken moves all the same, once a worker of its version looks at it.

        Args:
            build_id: which version, or `UNVERSIONED`.
            take_over: let the current version replay the runs and carry them on. For a version that
                has no workers any more; its histories have to replay with the current code.

        Raises:
            DeploymentError: the version is current or ramping, or the current one cannot take over.
        """
        async with self._told(build_id):
            info = await self._describe()
            current = _current(info)
            if build_id in {current, _ramping(info)}:
                raise DeploymentError(
                    f"cooperations go to {build_id}: promote another version first "
                    "(coopflow deployment promote)"
                )
            if take_over and UNVERSIONED in {current, build_id}:
                raise DeploymentError(
                    "only a version takes over from another one: promote one (coopflow deployment "
                    "promote), or start workers of what is to be drained"
                )
            target = current if take_over else None
            woken = float("-inf")
            while left := await self._count(build_id):
                yield left
                if time.monotonic() - woken > _WAKE_EVERY:
                    await self._wake_all(build_id, target)
                    woken = time.monotonic()
                await asyncio.sleep(_LOOK_EVERY)
            yield 0

    async def _wake_all(self, build_id: str, target: str | None) -> None:
        found = self._client.list_workflows(self._running_on(build_id))
        ids = [workflow.id async for workflow in found]
        room = asyncio.Semaphore(_AT_ONCE)

        async def wake(workflow: str) -> None:
            async with room:
                try:
                    if target is not None:
                        await self._hand_over(workflow, target)
                    await self._client.get_workflow_handle(workflow).signal(names.WAKE)
                except RPCError as error:
                    if error.status is not RPCStatusCode.NOT_FOUND:  # it has ended meanwhile
                        raise

        await asyncio.gather(*(wake(workflow) for workflow in ids))

    async def _hand_over(self, workflow: str, build_id: str) -> None:
        """Let a version carry a run on; once it has done so, the run stays there by itself."""
        target = WorkerDeploymentVersion(deployment_name=self._name, build_id=build_id)
        once = VersioningOverride.OneTimeOverride(target_deployment_version=target)
        await self._client.workflow_service.update_workflow_execution_options(
            UpdateWorkflowExecutionOptionsRequest(
                namespace=self._client.namespace,
                workflow_execution=WorkflowExecution(workflow_id=workflow),
                workflow_execution_options=WorkflowExecutionOptions(
                    versioning_override=VersioningOverride(one_time=once)
                ),
                update_mask=FieldMask(paths=["versioning_override"]),
            )
        )

    async def _report(
        self, info: WorkerDeploymentInfo, build_id: str, idle: Standing, workers: int
    ) -> VersionReport:
        cooperations = await self._count(build_id)
        ramp: float | None = None
        standing: Standing = "draining" if cooperations else idle
        if build_id == _current(info):
            standing = "current"
        elif build_id == _ramping(info):
            standing, ramp = "ramping", info.routing_config.ramping_version_percentage
        return VersionReport(build_id, standing, ramp, cooperations, workers)

    def _running_on(self, build_id: str) -> str:
        version = f"= '{self._name}:{build_id}'" if build_id != UNVERSIONED else "IS NULL"
        return (
            f"WorkflowType = '{names.WORKFLOW}' AND ExecutionStatus = 'Running' "
            f"AND TemporalWorkerDeploymentVersion {version}"
        )

    async def _count(self, build_id: str) -> int:
        return (await self._client.count_workflows(self._running_on(build_id))).count

    async def _workers(self) -> Counter[str]:
        """Return how many workers there are of each version."""
        since = datetime.now(UTC) - _SEEN
        seen = set[tuple[str, str]]()
        for queue in self._task_queues:
            found = await self._client.workflow_service.describe_task_queue(
                DescribeTaskQueueRequest(
                    namespace=self._client.namespace,
                    task_queue=TaskQueue(name=queue),
                    task_queue_type=TaskQueueType.TASK_QUEUE_TYPE_WORKFLOW,
                )
            )
            seen |= {
                (_build_of(poller.deployment_options, self._name), poller.identity)
                for poller in found.pollers
                if poller.last_access_time.ToDatetime(UTC) > since
            }
        return Counter(build_id for build_id, _ in seen)

    async def _describe(self) -> WorkerDeploymentInfo:
        found = await self._client.workflow_service.describe_worker_deployment(
            DescribeWorkerDeploymentRequest(
                namespace=self._client.namespace, deployment_name=self._name
            )
        )
        return found.worker_deployment_info

    async def _set_current(self, build: str) -> None:
        await self._client.workflow_service.set_worker_deployment_current_version(
            SetWorkerDeploymentCurrentVersionRequest(
                namespace=self._client.namespace,
                deployment_name=self._name,
                build_id=build,
                identity=self._client.identity,
            )
        )

    async def _set_ramping(self, build: str, percent: float) -> None:
        await self._client.workflow_service.set_worker_deployment_ramping_version(
            SetWorkerDeploymentRampingVersionRequest(
                namespace=self._client.namespace,
                deployment_name=self._name,
                build_id=build,
                percentage=percent,
                identity=self._client.identity,
            )
        )

    async def _until_told(self) -> None:
        """Wait until the task queues know; what takes longer goes on by itself."""
        deadline = time.monotonic() + _PATIENCE
        under_way = RoutingConfigUpdateState.ROUTING_CONFIG_UPDATE_STATE_IN_PROGRESS
        while (await self._describe()).routing_config_update_state == under_way:
            if time.monotonic() > deadline:
                return
            await asyncio.sleep(_LOOK_EVERY)

    @asynccontextmanager
    async def _told(self, build_id: str = "") -> AsyncIterator[None]:
        """Say in other words what the server says."""
        try:
            yield
        except RPCError as error:
            what = f"version {build_id} of {self._name}" if build_id else self._name
            if error.status is RPCStatusCode.NOT_FOUND:
                raise DeploymentError(
                    f"Temporal has seen no worker of {what}: start one (coopflow worker), then "
                    "say it again; coopflow deployment show lists those that were seen"
                ) from error
            if error.status in {RPCStatusCode.UNAVAILABLE, RPCStatusCode.DEADLINE_EXCEEDED}:
                message = f"Temporal did not answer: {error.message}"
                raise TemporalUnavailableError(message) from error
            raise DeploymentError(f"Temporal refuses {what}: {error.message}") from error


async def _insist(change: Callable[[], Awaitable[None]]) -> None:
    """Change what is current; the server learns of a worker some moments after it has started."""
    deadline = time.monotonic() + _PATIENCE
    while True:
        try:
            return await change()
        except RPCError as error:
            unseen = {RPCStatusCode.NOT_FOUND, RPCStatusCode.FAILED_PRECONDITION}
            if error.status not in unseen or time.monotonic() > deadline:
                raise
        await asyncio.sleep(_LOOK_EVERY)


def _current(info: WorkerDeploymentInfo) -> str:
    return info.routing_config.current_deployment_version.build_id or UNVERSIONED


def _ramping(info: WorkerDeploymentInfo) -> str | None:
    routing = info.routing_config
    if build_id := routing.ramping_deployment_version.build_id:
        return build_id
    return UNVERSIONED if routing.ramping_version_percentage else None


def _age(summary: WorkerDeploymentInfo.WorkerDeploymentVersionSummary) -> int:
    return -summary.create_time.ToNanoseconds()


def _build_of(options: WorkerDeploymentOptions, deployment: str) -> str:
    versioned = WorkerVersioningMode.WORKER_VERSIONING_MODE_VERSIONED
    if options.worker_versioning_mode != versioned:
        return UNVERSIONED
    return options.build_id if options.deployment_name == deployment else ""
