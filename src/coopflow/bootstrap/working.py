"""Workers, which wait for what is away."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from typing import TYPE_CHECKING, Final

import structlog

from coopflow.application.engine import UnavailableError
from coopflow.bootstrap.figures import figures_served, sdk_metrics
from coopflow.bootstrap.parts import build_id, database_of, key_ring, queues_of, tuning_of
from coopflow.bootstrap.waiting import patiently, unless
from coopflow.settings import Settings
from coopflow.telemetry import hand_to_logging
from coopflow.temporal.errors import DeploymentError, TemporalUnavailableError

if TYPE_CHECKING:
    from coopflow.readmodel.awaited import AwaitedReadModel
    from coopflow.temporal.connection import Endpoint
    from coopflow.temporal.deployment import Deployment, WorkerVersion
    from coopflow.temporal.plugin import CoopflowPlugin

_LOOK_EVERY: Final = 2.0

_log = structlog.get_logger(__name__)


async def serve(settings: Settings, stop: asyncio.Event) -> None:
    """Work for an engine until told to stop; wait for what is away, saying so each time.

    A database that is away holds no command up: what is meant for it is kept. Tables of a later
    version do hold up the beginning, since workflows may be of a later one too. An embedded engine
    that comes back on another port is followed there.

    Raises:
        TemporalSettingsError: the settings of Temporal are at fault.
        KeysError: there are no good keys.
        DatabaseUrlError: the URL of the database cannot be used.
        CheckError: a module with checks cannot be loaded.
    """
    from coopflow.application.checking import installed_checks
    from coopflow.readmodel.awaited import AwaitedReadModel
    from coopflow.temporal.codec import encrypting
    from coopflow.temporal.connection import find_endpoint
    from coopflow.temporal.deployment import Deployment
    from coopflow.temporal.worker import connect_when_available, working

    hand_to_logging()
    checks = installed_checks(settings.checks)
    version = _version(settings)
    database = database_of(settings)
    read_model = AwaitedReadModel(database)
    figures = AsyncExitStack()
    await figures.enter_async_context(figures_served(settings, database))
    is_to_work = asyncio.Event()
    preparing = asyncio.create_task(_prepare(read_model, is_to_work))

    def find() -> Endpoint:
        return find_endpoint(settings.state_dir)

    try:
        await unless(stop, is_to_work.wait())
        while not stop.is_set():
            if preparing.done():
                preparing.result()  # what does not pass ends the worker, and says why
            client = await unless(
                stop,
                connect_when_available(
                    find, lambda: encrypting(key_ring(settings)), metrics=sdk_metrics(settings)
                ),
            )
            if client is None:
                return
            address = client.service_client.config.target_host
            work = working(
                client,
                read_model,
                read_model,
                checks,
                task_queues=queues_of(settings),
                tuning=tuning_of(settings),
                version=version,
            )
            async with work:
                _log.info("working", address=address, **(version._asdict() if version else {}))
                if version is not None:
                    await _say_whether_current(Deployment(client, version.deployment), version)
                await unless(stop, _moved(find, address, preparing))
    finally:
        preparing.cancel()
        await asyncio.gather(preparing, return_exceptions=True)
        await figures.aclose()
        await database.close()


def temporal_plugin(settings: Settings) -> CoopflowPlugin:
    """Return what adds cooperations to a Temporal client and the workers of it.

    Its workers do as `serve` does: a database that is away is waited for, and holds no command up.

    Args:
        settings: the database, the keys, the checks and the version of the workers. Where Temporal
            is, the client says.

    Raises:
        KeysError: there are no good keys.
        DatabaseUrlError: the URL of the database cannot be used; once a worker runs.
        CheckError: a module with checks cannot be loaded.
    """
    from coopflow.application.checking import installed_checks
    from coopflow.readmodel.awaited import AwaitedReadModel
    from coopflow.readmodel.standings import StandingsOfReadModel
    from coopflow.temporal.plugin import CoopflowPlugin, Ports

    hand_to_logging()
    checks = installed_checks(settings.checks)

    @asynccontextmanager
    async def ports() -> AsyncIterator[Ports]:
        database = database_of(settings)
        try:
            read_model = AwaitedReadModel(database)
            is_to_work = asyncio.Event()
            async with asyncio.TaskGroup() as group:
                # What does not pass, then or later, ends the group, hence the worker.
                preparing = group.create_task(_prepare(read_model, is_to_work))
                await is_to_work.wait()
                yield Ports(read_model, read_model, checks, StandingsOfReadModel(database))
                preparing.cancel()
        finally:
            await database.close()

    return CoopflowPlugin(
        ports,
        key_ring(settings),
        own_queues=settings.own_queues,
        tuning=tuning_of(settings),
        version=_version(settings),
    )


def _version(settings: Settings) -> WorkerVersion | None:
    from coopflow.temporal.deployment import WorkerVersion

    return WorkerVersion(settings.deployment, build_id(settings)) if settings.deployment else None


async def _say_whether_current(deployment: Deployment, version: WorkerVersion) -> None:
    with contextlib.suppress(DeploymentError, TemporalUnavailableError):  # it works all the same
        current = await deployment.current()
        if current != version.build_id:
            advice = f"coopflow deployment promote {version.build_id}"
            _log.warning("cooperations go to another version", about=current, advice=advice)


async def _prepare(read_model: AwaitedReadModel, is_to_work: asyncio.Event) -> None:
    """Prepare the read model, however long that takes, and say when work may begin."""
    from coopflow.readmodel.errors import LaterTablesError

    async def attempt() -> None:
        try:
            await read_model.prepare()
        except LaterTablesError:
            raise
        except UnavailableError:
            is_to_work.set()
            raise

    try:
        await patiently(attempt)
        _log.info("the database is ready")
    except Exception as error:
        _log.error("the tables cannot be prepared", exc_info=error)
        raise
    finally:
        is_to_work.set()


async def _moved(find: Callable[[], Endpoint], address: str, preparing: asyncio.Task[None]) -> None:
    """Return once the engine serves at another address, or the tables cannot be prepared."""
    while True:
        await asyncio.sleep(_LOOK_EVERY)
        if preparing.done() and preparing.exception() is not None:
            return
        with contextlib.suppress(TemporalUnavailableError):  # it may come back at the same place
            if find().address != address:
                return
