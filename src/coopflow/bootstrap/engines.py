"""Engines: embedded in this process, for a trial, or reached where they run."""

from __future__ import annotations

import asyncio
import contextlib
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractContextManager, AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Final

from coopflow.bootstrap.figures import figures_served, sdk_metrics
from coopflow.bootstrap.parts import database_of, key_ring, queues_of, tuning_of
from coopflow.bootstrap.sending import can_dispatch, dispatching
from coopflow.settings import Settings, SettingsError
from coopflow.telemetry import hand_to_logging
from coopflow.temporal.errors import TemporalSettingsError, TemporalUnavailableError

if TYPE_CHECKING:
    from coopflow.readmodel.feed import Feed
    from coopflow.readmodel.queries import Queries
    from coopflow.temporal.client import TemporalEngine
    from coopflow.temporal.deployment import Deployment
    from coopflow.temporal.state_directory import EngineRecord
    from coopflow.temporal.writing import Writer

Step = Callable[[str], AbstractContextManager[None]]
"""Announces a step of starting, and says when it is done."""

_CLI_PATIENCE: Final = timedelta(seconds=10)
_LETTING_GO: Final = 0.05


def _silently(_: str) -> AbstractContextManager[None]:
    return contextlib.nullcontext()


@dataclass(frozen=True)
class Running:
    """An engine that runs in this process.

    Attributes:
        record: where it listens.
        engine: gives it commands.
        queries: asks its read model.
        feed: reads what happens, and learns of it at once.
        writer: writes what commands come to, at once.
        exited: waits until its server ends, for whatever reason, and gives the exit code.
    """

    record: EngineRecord
    engine: TemporalEngine
    queries: Queries
    feed: Feed
    writer: Writer
    exited: Callable[[], Awaitable[int]]


@asynccontextmanager
async def embedded_engine(settings: Settings, step: Step = _silently) -> AsyncIterator[Running]:
    """Run the Temporal server, the read model and a worker for the length of a block.

    On leaving it, the worker finishes what it is at, then the server stops.

    Args:
        settings: the state directory, the ports and the database.
        step: is told of each step.

    Raises:
        TemporalUnavailableError: the server is not installed or does not start, or another
            engine uses the state directory.
        DatabaseUnavailableError: the database does not answer.
        DatabaseUrlError: its URL cannot be used.
        KeysError: the keys are not good, or others may read them.
        CheckError: a module with checks cannot be loaded.
    """
    from coopflow.application.checking import installed_checks
    from coopflow.readmodel.awaited import AwaitedReadModel
    from coopflow.readmodel.feed import Feed
    from coopflow.readmodel.news import News
    from coopflow.readmodel.queries import Queries
    from coopflow.sealing.keys import ensure_keys
    from coopflow.temporal import names
    from coopflow.temporal.client import TemporalEngine
    from coopflow.temporal.codec import encrypting
    from coopflow.temporal.connection import Endpoint, connect
    from coopflow.temporal.embedded import EmbeddedOptions, embedded_server
    from coopflow.temporal.worker import working
    from coopflow.temporal.writing import writing

    hand_to_logging()
    checks = installed_checks(settings.checks)
    if settings.keys is None and settings.keys_file is None:
        ensure_keys(settings.own_keys_file)
    keys = key_ring(settings)
    async with AsyncExitStack() as stack:
        database = database_of(settings)
        stack.push_async_callback(database.close)
        options = EmbeddedOptions(
            state_dir=settings.state_dir,
            port=settings.port,
            ui_port=settings.ui_port,
            search_attributes=names.SEARCH_ATTRIBUTES,
        )
        with step("Temporal server"):
            server = await stack.enter_async_context(embedded_server(options))
        with step("Database"):
            news = News()
            read_model = AwaitedReadModel(database, news)
            await read_model.prepare()
        record = server.record
        endpoint = Endpoint(
            {"target_host": record.address, "namespace": record.namespace},
            str(settings.state_dir),
            "Look at temporal.log there.",
        )
        with step("Worker"):
            await stack.enter_async_context(figures_served(settings, database))
            client = await connect(
                endpoint, data_converter=encrypting(keys), metrics=sdk_metrics(settings)
            )
            work = working(
                client,
                read_model,
                read_model,
                checks,
                task_queues=queues_of(settings),
                tuning=tuning_of(settings),
            )
            await stack.enter_async_context(work)
        writer = await stack.enter_async_context(writing(read_model))
        engine = TemporalEngine(client, own_queues=settings.own_queues, writer=writer)
        queries, feed = Queries(database), Feed(database, news)
        if can_dispatch():
            await stack.enter_async_context(dispatching(database, settings, news))
        yield Running(record, engine, queries, feed, writer, server.exited)


@asynccontextmanager
async def trial_engine(step: Step = _silently) -> AsyncIterator[Running]:
    """Run an engine of its own for the length of a block, and leave nothing of it behind.

    Raises:
        TemporalUnavailableError: the server is not installed or does not start.
    """
    with tempfile.TemporaryDirectory(prefix="coopflow-trial-") as folder:
        place = Path(folder)
        # Settings of its own in full: no key of the environment is needed for what is thrown away.
        settings = Settings(
            state_dir=place,
            database_url=f"sqlite:///{place / 'trial.db'}",
            keys_file=None,
            keys=None,
            port=0,
            ui_port=0,
        )
        async with embedded_engine(settings, step) as running:
            yield running


@asynccontextmanager
async def connected_engine(
    settings: Settings, writer: Writer | None = None
) -> AsyncIterator[TemporalEngine]:
    """Reach the engine: the cluster that the settings of Temporal name, or the one running here.

    Args:
        settings: where it is.
        writer: writes what commands come to into the read model, at once.

    Raises:
        TemporalSettingsError: those settings are at fault.
        KeysError: there are no good keys.
        TemporalUnavailableError: there is no engine, or it does not answer.
    """
    from coopflow.temporal.client import TemporalEngine
    from coopflow.temporal.codec import encrypting
    from coopflow.temporal.connection import connect, find_endpoint

    hand_to_logging()
    endpoint = find_endpoint(settings.state_dir)  # an engine that has never run has no keys either
    client = await connect(endpoint, data_converter=encrypting(key_ring(settings)))
    try:
        own = settings.own_queues
        yield TemporalEngine(client, own_queues=own, patience=_CLI_PATIENCE, writer=writer)
    finally:
        # The thread of the SDK that brought the last answer has to let go of the interpreter before
        # a script ends, or it takes the process down with it.
        await asyncio.sleep(_LETTING_GO)


@asynccontextmanager
async def deployment(settings: Settings) -> AsyncIterator[Deployment]:
    """Reach the versions of the workers of the deployment that the settings name.

    Raises:
        SettingsError: they name none.
        TemporalSettingsError: the settings of Temporal are at fault.
        TemporalUnavailableError: there is no engine, or it does not answer.
    """
    from coopflow.temporal import names
    from coopflow.temporal.connection import connect, find_endpoint
    from coopflow.temporal.deployment import Deployment

    if settings.deployment is None:
        raise SettingsError(
            "name the deployment whose workers are meant, as they do: --deployment, "
            "COOPFLOW_DEPLOYMENT"
        )
    hand_to_logging()
    client = await connect(find_endpoint(settings.state_dir))
    try:
        queues = names.queues(settings.own_queues)
        yield Deployment(client, settings.deployment, task_queues=queues)
    finally:
        await asyncio.sleep(_LETTING_GO)


async def reach_engine(settings: Settings) -> str:
    """Connect to the engine once, and say where it is and who named it.

    Raises:
        TemporalSettingsError: the settings of Temporal are at fault.
        TemporalUnavailableError: there is no engine, or it does not answer.
    """
    from coopflow.temporal.connection import connect, find_endpoint

    endpoint = find_endpoint(settings.state_dir)
    await connect(endpoint)
    return f"{endpoint.address}, named by {endpoint.named_by}"


def names_cluster(settings: Settings) -> bool:
    """Whether the settings of Temporal name a server of their own, rightly or wrongly."""
    from coopflow.temporal.connection import find_endpoint

    try:
        find_endpoint(settings.state_dir / "no-engine")
    except TemporalUnavailableError:
        return False
    except TemporalSettingsError:
        return True
    return True
