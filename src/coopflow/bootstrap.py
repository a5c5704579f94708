"""The one place where parts are joined: engine, worker, read model and settings.

Each function imports the parts that it joins: a command that only asks the database does not wait
for Temporal's SDK to be loaded, nor the other way round.
"""

# ruff: noqa: PLC0415 - said above

from __future__ import annotations

import asyncio
import contextlib
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from contextlib import AbstractContextManager, AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, TypeVar, cast
from zoneinfo import ZoneInfo

import structlog

from coopflow.application.engine import UnavailableError
from coopflow.settings import PREFIX, Settings, SettingsError
from coopflow.telemetry import hand_to_logging
from coopflow.temporal.errors import (
    DeploymentError,
    TemporalSettingsError,
    TemporalUnavailableError,
)

if TYPE_CHECKING:
    from coopflow.access.access import Access
    from coopflow.access.provider import Provider
    from coopflow.application.erasing import Eraser
    from coopflow.application.verification import Lag, Verifier
    from coopflow.directory.directory import Directory
    from coopflow.outgoing.mail.mailer import Mailer
    from coopflow.outgoing.mail.smtp import MailServer
    from coopflow.outgoing.webhooks import Webhooks
    from coopflow.papers.making import Papers
    from coopflow.readmodel.awaited import AwaitedReadModel
    from coopflow.readmodel.database import Database
    from coopflow.readmodel.feed import Feed
    from coopflow.readmodel.news import News
    from coopflow.readmodel.people import People
    from coopflow.readmodel.queries import Queries
    from coopflow.readmodel.reading import Reading
    from coopflow.readmodel.transfer import WholeJournals
    from coopflow.sealing.keys import KeyRing
    from coopflow.sealing.texts import TextSeals
    from coopflow.services import Services
    from coopflow.temporal.client import TemporalEngine
    from coopflow.temporal.connection import Endpoint
    from coopflow.temporal.deployment import Deployment, WorkerVersion
    from coopflow.temporal.plugin import CoopflowPlugin
    from coopflow.temporal.state_directory import EngineRecord
    from coopflow.temporal.transfer import WholeWorkflows

Step = Callable[[str], AbstractContextManager[None]]
"""Announces a step of starting, and says when it is done."""

_FIRST_WAIT: Final = 0.5
_LONGEST_WAIT: Final = 15.0
_LOOK_EVERY: Final = 2.0
_QUEUES_EVERY: Final = 15.0
_CLI_PATIENCE: Final = timedelta(seconds=10)
_LETTING_GO: Final = 0.05

_T = TypeVar("_T")

_log = structlog.get_logger(__name__)


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
        exited: waits until its server ends, for whatever reason, and gives the exit code.
    """

    record: EngineRecord
    engine: TemporalEngine
    queries: Queries
    feed: Feed
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

    hand_to_logging()
    checks = installed_checks(settings.checks)
    if settings.keys is None and settings.keys_file is None:
        ensure_keys(settings.own_keys_file)
    keys = key_ring(settings)
    async with AsyncExitStack() as stack:
        database = _database(settings)
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
            await stack.enter_async_context(_figures(settings, database))
            client = await connect(
                endpoint, data_converter=encrypting(keys), metrics=_sdk_metrics(settings)
            )
            await stack.enter_async_context(working(client, read_model, read_model, checks))
        engine, queries, feed = TemporalEngine(client), Queries(database), Feed(database, news)
        if _can_dispatch():
            await stack.enter_async_context(_dispatching(database, settings, news))
        yield Running(record, engine, queries, feed, server.exited)


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
async def connected_engine(settings: Settings) -> AsyncIterator[TemporalEngine]:
    """Reach the engine: the cluster that the settings of Temporal name, or the one running here.

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
        yield TemporalEngine(client, patience=_CLI_PATIENCE)
    finally:
        # The thread of the SDK that brought the last answer has to let go of the interpreter before
        # a script ends, or it takes the process down with it.
        await asyncio.sleep(_LETTING_GO)


def key_ring(settings: Settings) -> KeyRing:
    """Return the keys that encrypt what is stored.

    Raises:
        KeysError: there are none, or they are not good, or others may read them.
    """
    from coopflow.sealing.keys import KeyRing, keys_from

    if settings.keys is not None:
        return keys_from(settings.keys.get_secret_value(), "COOPFLOW_KEYS")
    return KeyRing.at(settings.own_keys_file)


def build_id(settings: Settings) -> str:
    """Return what tells the version of this installation from others."""
    from coopflow.temporal.deployment import own_build_id

    return settings.build_id or own_build_id()


@asynccontextmanager
async def deployment(settings: Settings) -> AsyncIterator[Deployment]:
    """Reach the versions of the workers of the deployment that the settings name.

    Raises:
        SettingsError: they name none.
        TemporalSettingsError: the settings of Temporal are at fault.
        TemporalUnavailableError: there is no engine, or it does not answer.
    """
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
        yield Deployment(client, settings.deployment)
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


@asynccontextmanager
async def reading(settings: Settings) -> AsyncIterator[Reading]:
    """Open the read model as it is, to ask all that it answers.

    Raises:
        UnavailableError: there is none yet, or it does not answer, or it is of another version.
        DatabaseUrlError: its URL cannot be used.
    """
    from coopflow.readmodel.reading import Reading

    async with _as_it_is(settings) as database:
        yield Reading.of(database)


@asynccontextmanager
async def papers(settings: Settings) -> AsyncIterator[tuple[Papers, Queries]]:
    """Open what makes documents of cooperations, and what finds these.

    Raises:
        UnavailableError: there is no read model yet, or it does not answer, or it is of another
            version; or a package of the extra ``server`` is missing.
        DatabaseUrlError: its URL cannot be used.
    """
    from coopflow.directory.directory import Directory
    from coopflow.readmodel.reading import Reading

    if find_spec("typst") is None:
        raise UnavailableError("documents need the package typst: pip install 'coopflow[server]'")
    from coopflow.papers.making import Papers

    async with _as_it_is(settings) as database:
        reading, zone = Reading.of(database), ZoneInfo(settings.time_zone)
        yield Papers(reading.history, reading.registry, Directory(database), zone), reading.queries


@asynccontextmanager
async def people(settings: Settings) -> AsyncIterator[People]:
    """Open the journals of the read model, to look where they name people.

    Raises:
        UnavailableError: there is none yet, or it does not answer, or it is of another version.
        DatabaseUrlError: its URL cannot be used.
    """
    from coopflow.readmodel.people import People

    async with _as_it_is(settings) as database:
        yield People(database)


@asynccontextmanager
async def eraser(settings: Settings) -> AsyncIterator[Eraser]:
    """Open what erases people from wherever they are known.

    Raises:
        UnavailableError: there is no read model yet, or it does not answer, or it is of another
            version.
        DatabaseUrlError: its URL cannot be used.
        SettingsError: those of the identity provider are at fault.
        TemporalSettingsError: the settings of Temporal are at fault.
        KeysError: there are no good keys.
        TemporalUnavailableError: there is no engine, or it does not answer.
    """
    from coopflow.application.erasing import Eraser
    from coopflow.directory.directory import Directory
    from coopflow.outgoing.mail.queue import MailQueue
    from coopflow.readmodel.people import People
    from coopflow.requests.files import Files
    from coopflow.requests.unsent import UnsentTexts
    from coopflow.sealing.texts import TextSeals

    async with _as_it_is(settings) as database, connected_engine(settings) as engine:
        directory = Directory(database)
        async with _access(settings, database, directory) as access:
            mails = MailQueue(database, directory)
            unsent = UnsentTexts(database, TextSeals(lambda: key_ring(settings)))
            files = Files(database, _seals(settings))
            yield Eraser(engine, People(database), directory, access, mails, unsent, files)


@asynccontextmanager
async def directory(settings: Settings) -> AsyncIterator[Directory]:
    """Open the directory of people, organisations and programmes.

    Raises:
        UnavailableError: there is none yet, or it does not answer, or it is of another version.
        DatabaseUrlError: its URL cannot be used.
    """
    from coopflow.directory.directory import Directory

    async with _as_it_is(settings) as database:
        yield Directory(database)


@asynccontextmanager
async def webhooks(settings: Settings) -> AsyncIterator[Webhooks]:
    """Open the webhooks: who is told what happens, and what was told.

    Raises:
        UnavailableError: there is no read model yet, or it does not answer, or it is of another
            version; or what sends webhooks is not installed.
        DatabaseUrlError: its URL cannot be used.
    """
    _need_dispatch()
    async with _as_it_is(settings) as database:
        yield _webhooks(database, settings)


async def dispatch(settings: Settings, stop: asyncio.Event) -> None:
    """Send webhooks and mail until told to stop; any number may. Wait for what is away.

    Raises:
        SettingsError: the address of the mail server cannot be used.
        DatabaseUrlError: the URL of the database cannot be used.
        LaterTablesError: a later version of coopflow has changed its tables.
        UnavailableError: what sends webhooks is not installed.
    """
    from coopflow.readmodel.migrate import migrate

    _need_dispatch()
    hand_to_logging()
    database = _database(settings)
    try:
        if await _unless(stop, _patiently(lambda: _migrated(migrate(database)))):
            async with _dispatching(database, settings):
                _log.info("sending webhooks and mail")
                await stop.wait()
    finally:
        await database.close()


async def _migrated(migrating: Awaitable[None]) -> bool:
    await migrating
    return True


@asynccontextmanager
async def _dispatching(
    database: Database, settings: Settings, news: News | None = None
) -> AsyncIterator[None]:
    """Send webhooks and mail beside a block; in the end what is under way is ended.

    Raises:
        SettingsError: the address of the mail server cannot be used.
    """
    from coopflow.outgoing.cloudevents import NOWHERE
    from coopflow.outgoing.dispatcher import Dispatcher
    from coopflow.outgoing.queue import Queue
    from coopflow.outgoing.sending import Sender
    from coopflow.readmodel.feed import Feed

    mailer = _mailer(database, settings)  # before anything runs: its settings may be at fault
    sender = Sender(allow_private=settings.webhooks_allow_private)
    endpoints = _webhooks(database, settings).endpoints
    source = settings.public_url or NOWHERE
    dispatcher = Dispatcher(Queue(database), Feed(database), endpoints, sender, source=source)
    stop = asyncio.Event()
    running = [asyncio.create_task(dispatcher.run(stop, news))]
    if mailer is None:
        _log.info("no mail is sent: COOPFLOW_SMTP_URL is not set")
    else:
        running.append(asyncio.create_task(mailer.run(stop, news)))
    try:
        yield
    finally:
        stop.set()
        await asyncio.gather(*running, return_exceptions=True)
        await sender.close()


def _webhooks(database: Database, settings: Settings) -> Webhooks:
    from coopflow.outgoing.deliveries import Deliveries
    from coopflow.outgoing.endpoints import Endpoints
    from coopflow.outgoing.webhooks import Webhooks

    endpoints = Endpoints(database, _seals(settings), allow_private=settings.webhooks_allow_private)
    return Webhooks(endpoints, Deliveries(database))


def _mailer(database: Database, settings: Settings) -> Mailer | None:
    """Return what sends mail; None where the settings name no server.

    Raises:
        SettingsError: its address cannot be used.
    """
    server = _mail_server(settings)
    if server is None or settings.mail_from is None or settings.public_url is None:
        return None
    from coopflow.access.access import opened
    from coopflow.access.people import DirectoryPeople
    from coopflow.directory.directory import Directory
    from coopflow.outgoing.mail.composing import Composer
    from coopflow.outgoing.mail.mailer import Mailer
    from coopflow.outgoing.mail.message import Sender
    from coopflow.outgoing.mail.occasions import Occasions
    from coopflow.outgoing.mail.places import Places, Secrets
    from coopflow.outgoing.mail.queue import MailQueue
    from coopflow.outgoing.mail.smtp import connected
    from coopflow.readmodel.queries import Queries

    directory = Directory(database)
    access = opened(database, DirectoryPeople(directory))
    secrets = Secrets(
        decision=access.decision_links.create,
        stop=access.unsubscribe_links.create,
        sign_in=access.links.create,
    )
    places, zone = Places(settings.public_url), ZoneInfo(settings.time_zone)
    sender = Sender(settings.mail_from)
    return Mailer(
        MailQueue(database, directory),
        directory,
        Composer(Occasions(database), Queries(database), secrets, places, zone),
        partial(connected, server, sender.address),
        sender=sender,
        places=places,
        zone=zone,
    )


def _mail_server(settings: Settings) -> MailServer | None:
    if settings.smtp_url is None:
        return None
    from coopflow.outgoing.mail.smtp import MailServer, MailUrlError

    try:
        return MailServer.read(settings.smtp_url.get_secret_value())
    except MailUrlError as error:
        raise SettingsError(f"{PREFIX}SMTP_URL: {error}") from None


async def reach_mail(settings: Settings) -> str | None:
    """Connect to the mail server once, and say where it is; None where the settings name none.

    Raises:
        SettingsError: its address cannot be used.
        UnavailableError: it does not answer, or lets nobody in.
    """
    server = _mail_server(settings)
    if server is None or settings.mail_from is None:
        return None
    from coopflow.outgoing.mail.message import Sender
    from coopflow.outgoing.mail.smtp import reach

    await reach(server, Sender(settings.mail_from).address)
    return f"{server.host}:{server.port}, {server.security}, from {settings.mail_from}"


def _can_dispatch() -> bool:
    return all(
        find_spec(name) is not None
        for name in ("httpx", "standardwebhooks", "aiosmtplib", "jinja2")
    )


def _need_dispatch() -> None:
    if not _can_dispatch():
        raise UnavailableError(
            "webhooks and mail need httpx, standardwebhooks, aiosmtplib and jinja2: "
            "pip install 'coopflow[server]'"
        )


@asynccontextmanager
async def transfer(settings: Settings) -> AsyncIterator[tuple[WholeJournals, WholeWorkflows]]:
    """Open what whole cooperations are taken out of, and into.

    Raises:
        UnavailableError: there is no read model yet, or it does not answer, or it is of another
            version.
        DatabaseUrlError: its URL cannot be used.
        TemporalSettingsError: the settings of Temporal are at fault.
        KeysError: there are no good keys.
        TemporalUnavailableError: there is no engine, or it does not answer.
    """
    from coopflow.readmodel.transfer import WholeJournals
    from coopflow.temporal.transfer import WholeWorkflows

    async with _as_it_is(settings) as database, connected_engine(settings) as engine:
        yield WholeJournals(database), WholeWorkflows(engine)


@asynccontextmanager
async def services(settings: Settings, feed: Feed | None = None) -> AsyncIterator[Services]:
    """Open all that a face of the platform uses, for the length of a block.

    Args:
        settings: where the engine and the read model are.
        feed: that of the engine which runs in this process, so that news are seen at once.

    Raises:
        UnavailableError: there is no read model yet, or it does not answer, or it is of another
            version.
        DatabaseUrlError: its URL cannot be used.
        TemporalSettingsError: the settings of Temporal are at fault.
        KeysError: there are no good keys.
        TemporalUnavailableError: there is no engine, or it does not answer.
    """
    from coopflow.application.erasing import Eraser
    from coopflow.directory.directory import Directory
    from coopflow.directory.publications import Publications
    from coopflow.directory.saved_views import SavedViews
    from coopflow.outgoing.mail.invitations import Invitations
    from coopflow.outgoing.mail.queue import MailQueue
    from coopflow.outgoing.mail.reminders import Reminders
    from coopflow.outgoing.mail.tidings import Tidings
    from coopflow.papers.making import Papers
    from coopflow.readmodel.chronicle import Chronicle
    from coopflow.readmodel.feed import Feed
    from coopflow.readmodel.history import History
    from coopflow.readmodel.people import People
    from coopflow.readmodel.queries import Queries
    from coopflow.readmodel.registry import Registry
    from coopflow.readmodel.transfer import WholeJournals
    from coopflow.requests.answers import KeptAnswers
    from coopflow.requests.audit import Audit
    from coopflow.requests.files import Files
    from coopflow.requests.operations import Operations
    from coopflow.requests.unsent import UnsentTexts
    from coopflow.sealing.texts import ExportSeals, TextSeals
    from coopflow.services import Services
    from coopflow.temporal.transfer import WholeWorkflows

    seals = TextSeals(lambda: key_ring(settings))
    async with AsyncExitStack() as stack:
        database = await stack.enter_async_context(_as_it_is(settings))
        engine = await stack.enter_async_context(connected_engine(settings))
        directory = Directory(database)
        access = await stack.enter_async_context(_access(settings, database, directory))
        mails = MailQueue(database, directory)
        history, registry = History(database), Registry(database)
        unsent = UnsentTexts(database, seals)
        files = Files(database, seals)
        yield Services(
            engine=engine,
            queries=Queries(database),
            history=history,
            registry=registry,
            chronicle=Chronicle(database),
            directory=directory,
            answers=KeptAnswers(database, seals),
            unsent=unsent,
            operations=Operations(database, seals),
            files=files,
            tidings=Tidings(mails, is_on=settings.smtp_url is not None),
            audit=Audit(database),
            note_queues=partial(note_queues, database),
            access=access,
            feed=feed or Feed(database),
            webhooks=_webhooks(database, settings),
            journals=WholeJournals(database),
            workflows=WholeWorkflows(engine),
            export_seals=ExportSeals(key_ring(settings)),
            eraser=Eraser(engine, People(database), directory, access, mails, unsent, files),
            invitations=Invitations(mails, directory, is_on=settings.smtp_url is not None),
            reminders=Reminders(database, mails, directory, is_on=settings.smtp_url is not None),
            views=SavedViews(database),
            publications=Publications(database),
            papers=Papers(history, registry, directory, ZoneInfo(settings.time_zone)),
        )


@asynccontextmanager
async def access(settings: Settings) -> AsyncIterator[Access]:
    """Open the tokens, sessions and links by which people and programs get in.

    Raises:
        UnavailableError: there is no read model yet, or it does not answer, or it is of another
            version.
        DatabaseUrlError: its URL cannot be used.
        SettingsError: those of the identity provider are at fault.
    """
    from coopflow.directory.directory import Directory

    async with (
        _as_it_is(settings) as database,
        _access(settings, database, Directory(database)) as found,
    ):
        yield found


@asynccontextmanager
async def _access(
    settings: Settings, database: Database, directory: Directory
) -> AsyncIterator[Access]:
    from coopflow.access.access import opened
    from coopflow.access.people import DirectoryPeople
    from coopflow.access.sessions import Sessions

    sessions = Sessions(
        database,
        idle=timedelta(hours=settings.session_idle_hours),
        longest=timedelta(hours=settings.session_hours),
    )
    provider = _provider(settings)
    try:
        people = DirectoryPeople(directory)
        yield opened(database, people, sessions, provider, settings.oidc_audience)
    finally:
        if provider is not None:
            await provider.close()


def _provider(settings: Settings) -> Provider | None:
    if settings.oidc_issuer is None:
        return None
    from pydantic import ValidationError

    from coopflow.access.provider import Provider, ProviderOptions

    names = {
        "issuer": settings.oidc_issuer,
        "client_id": settings.oidc_client_id,
        "client_secret": settings.oidc_client_secret,
        "scopes": settings.oidc_scopes,
    }
    try:
        options = ProviderOptions.model_validate(names)
    except ValidationError as error:
        fault = error.errors(include_url=False, include_context=False, include_input=False)[0]
        variable = f"{PREFIX}OIDC_{str(fault['loc'][0]).upper()}"
        raise SettingsError(f"{variable}: {fault['msg'].removeprefix('Value error, ')}") from None
    return Provider(options)


@asynccontextmanager
async def verifier(settings: Settings, *, database_only: bool = False) -> AsyncIterator[Verifier]:
    """Open what compares the read model with the journal and the workflows, and restores it.

    Args:
        settings: where the read model and the engine are.
        database_only: compare the tables with the journal alone; no engine is needed.

    Raises:
        UnavailableError: there is none yet, or it does not answer, or it is of another version.
        DatabaseUrlError: its URL cannot be used.
        TemporalSettingsError: the settings of Temporal are at fault, or there are no good keys.
        TemporalUnavailableError: there is no engine, or it does not answer.
    """
    from coopflow.application.verification import Verifier
    from coopflow.readmodel.verification import Examination
    from coopflow.temporal.histories import Histories

    async with AsyncExitStack() as stack:
        tables = Examination(await stack.enter_async_context(_as_it_is(settings)))
        if database_only:
            yield Verifier(tables, None)
            return
        engine = await stack.enter_async_context(connected_engine(settings))
        yield Verifier(tables, Histories(engine))


async def lag(settings: Settings, limit: int) -> Lag:
    """Ask some cooperations that live how far the read model is behind them.

    Raises:
        TemporalSettingsError: the settings of Temporal are at fault, or there are no good keys.
        TemporalUnavailableError: the engine, or every worker, does not answer.
    """
    from coopflow.temporal.histories import Histories

    async with connected_engine(settings) as engine:
        return await Histories(engine).lag(limit)


@asynccontextmanager
async def _as_it_is(settings: Settings) -> AsyncIterator[Database]:
    from coopflow.readmodel.migrate import is_current

    file = settings.database_file
    if file is not None and not file.exists():
        raise UnavailableError(
            f"there is no database at {file} yet: start the engine first (coopflow dev), or name "
            "its folder (--state-dir, COOPFLOW_STATE_DIR) or database (COOPFLOW_DATABASE_URL)"
        )
    database = _database(settings)
    try:
        if not await is_current(database):
            raise UnavailableError(
                f"the tables of {database.url} are missing or of an earlier version: start the "
                "engine or a worker (coopflow dev, coopflow worker), which brings them up to date"
            )
        yield database
    finally:
        await database.close()


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
    database = _database(settings)
    read_model = AwaitedReadModel(database)
    figures = AsyncExitStack()
    await figures.enter_async_context(_figures(settings, database))
    is_to_work = asyncio.Event()
    preparing = asyncio.create_task(_prepare(read_model, is_to_work))

    def find() -> Endpoint:
        return find_endpoint(settings.state_dir)

    try:
        await _unless(stop, is_to_work.wait())
        while not stop.is_set():
            if preparing.done():
                preparing.result()  # what does not pass ends the worker, and says why
            client = await _unless(
                stop,
                connect_when_available(
                    find, lambda: encrypting(key_ring(settings)), metrics=_sdk_metrics(settings)
                ),
            )
            if client is None:
                return
            address = client.service_client.config.target_host
            async with working(client, read_model, read_model, checks, version=version):
                _log.info("working", address=address, **(version._asdict() if version else {}))
                if version is not None:
                    await _say_whether_current(Deployment(client, version.deployment), version)
                await _unless(stop, _moved(find, address, preparing))
    finally:
        preparing.cancel()
        await asyncio.gather(preparing, return_exceptions=True)
        await figures.aclose()
        await database.close()


@asynccontextmanager
async def _figures(settings: Settings, database: Database) -> AsyncIterator[None]:
    """Serve the figures of this process for the length of a block, where the settings say so.

    Raises:
        SettingsError: the port is taken, or nothing is counted as the extra is missing.
    """
    from coopflow import metrics

    if settings.metrics_port is None:
        yield
        return
    host, port = settings.metrics_host, settings.metrics_port
    async with AsyncExitStack() as stack:
        try:
            port = await stack.enter_async_context(metrics.exposed(host, port))
        except metrics.NotInstalledError as error:
            raise SettingsError(f"COOPFLOW_METRICS_PORT: {error}") from error
        except OSError as error:
            raise SettingsError(
                f"COOPFLOW_METRICS_PORT: nothing can be served at {host}:{port}: {error}"
            ) from error
        _log.info("figures are served", address=f"http://{host}:{port}/metrics")
        looking = asyncio.create_task(_look_at_queues(database))
        try:
            yield
        finally:
            looking.cancel()
            await asyncio.gather(looking, return_exceptions=True)


async def _look_at_queues(database: Database) -> None:
    """Have what waits in tables among the figures, again and again."""
    while True:
        try:
            await note_queues(database)
        except Exception as error:  # noqa: BLE001 - tables may not be there yet; figures end nothing
            _log.debug("what waits in tables is not counted", error=type(error).__name__)
        await asyncio.sleep(_QUEUES_EVERY)


async def note_queues(database: Database) -> None:
    """Have what waits in tables among the figures, as it is now.

    Raises:
        UnavailableError: the database does not answer.
    """
    from coopflow import metrics
    from coopflow.outgoing.deliveries import Deliveries
    from coopflow.outgoing.mail.queue import depth
    from coopflow.readmodel.outbox import Outbox

    webhooks = await Deliveries(database).depths(datetime.now(UTC))
    metrics.queue_depth.labels("notices").set(await Outbox(database).depth())
    metrics.queue_depth.labels("webhooks").set(webhooks.pending)
    metrics.queue_depth.labels("mail").set(await depth(database))
    metrics.webhooks_overdue.set(webhooks.overdue)
    metrics.webhooks_dead.set(webhooks.dead)
    metrics.webhook_endpoints_disabled.set(webhooks.disabled)


def _sdk_metrics(settings: Settings) -> str | None:
    port = settings.sdk_metrics_port
    return None if port is None else f"{settings.metrics_host}:{port}"


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
        database = _database(settings)
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

    return CoopflowPlugin(ports, key_ring(settings), version=_version(settings))


def _version(settings: Settings) -> WorkerVersion | None:
    from coopflow.temporal.deployment import WorkerVersion

    return WorkerVersion(settings.deployment, build_id(settings)) if settings.deployment else None


async def _say_whether_current(deployment: Deployment, version: WorkerVersion) -> None:
    with contextlib.suppress(DeploymentError, TemporalUnavailableError):  # it works all the same
        current = await deployment.current()
        if current != version.build_id:
            advice = f"coopflow deployment promote {version.build_id}"
            _log.warning("cooperations go to another version", about=current, advice=advice)


def _database(settings: Settings) -> Database:
    """Return the database; the keys are looked for when something sealed is written or read."""
    from coopflow.readmodel.database import Database

    return Database(settings.database, seals=_seals(settings))


def _seals(settings: Settings) -> TextSeals:
    from coopflow.sealing.texts import TextSeals

    return TextSeals(lambda: key_ring(settings))


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
        await _patiently(attempt)
        _log.info("the database is ready")
    except Exception as error:
        _log.error("the tables cannot be prepared", exc_info=error)
        raise
    finally:
        is_to_work.set()


async def _patiently(attempt: Callable[[], Awaitable[_T]]) -> _T:
    """Try until the database answers, however long that takes."""
    wait = _FIRST_WAIT
    while True:
        try:
            return await attempt()
        except UnavailableError as error:
            _log.warning("waiting for the database", advice=str(error), seconds=wait)
        await asyncio.sleep(wait)
        wait = min(wait * 2, _LONGEST_WAIT)


async def _moved(find: Callable[[], Endpoint], address: str, preparing: asyncio.Task[None]) -> None:
    """Return once the engine serves at another address, or the tables cannot be prepared."""
    while True:
        await asyncio.sleep(_LOOK_EVERY)
        if preparing.done() and preparing.exception() is not None:
            return
        with contextlib.suppress(TemporalUnavailableError):  # it may come back at the same place
            if find().address != address:
                return


async def _unless(stop: asyncio.Event, work: Coroutine[Any, Any, _T]) -> _T | None:
    """Return what some work comes to; None when it was told to stop before."""
    tasks = [asyncio.ensure_future(work), asyncio.ensure_future(stop.wait())]
    working = tasks[0]
    try:
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        return cast("_T", working.result()) if working.done() else None
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
