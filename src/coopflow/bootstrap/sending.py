"""Webhooks and mail: what sends them, and what can be asked about them."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from functools import partial
from importlib.util import find_spec
from typing import TYPE_CHECKING, Final
from zoneinfo import ZoneInfo

import structlog

from coopflow.application.engine import UnavailableError
from coopflow.bootstrap.parts import as_it_is, database_of, seals_of
from coopflow.bootstrap.waiting import patiently, unless
from coopflow.settings import PREFIX, Settings, SettingsError
from coopflow.telemetry import hand_to_logging

if TYPE_CHECKING:
    from coopflow.outgoing.mail.health import MailHealth
    from coopflow.outgoing.mail.mailer import Mailer
    from coopflow.outgoing.mail.smtp import MailServer
    from coopflow.outgoing.webhooks import Webhooks
    from coopflow.readmodel.database import Database
    from coopflow.readmodel.news import News

_CLEAR_EVERY: Final = timedelta(hours=1)
_AFTER_AN_OUTAGE: Final = timedelta(minutes=1)

_log = structlog.get_logger(__name__)


@asynccontextmanager
async def webhooks(settings: Settings) -> AsyncIterator[Webhooks]:
    """Open the webhooks: who is told what happens, and what was told.

    Raises:
        UnavailableError: there is no read model yet, or it does not answer, or it is of another
            version; or what sends webhooks is not installed.
        DatabaseUrlError: its URL cannot be used.
    """
    _need_dispatch()
    async with as_it_is(settings) as database:
        yield webhooks_over(database, settings)


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
    database = database_of(settings)
    try:
        if await unless(stop, patiently(lambda: _migrated(migrate(database)))):
            async with dispatching(database, settings):
                _log.info("sending webhooks and mail")
                await stop.wait()
    finally:
        await database.close()


async def _migrated(migrating: Awaitable[None]) -> bool:
    await migrating
    return True


@asynccontextmanager
async def dispatching(
    database: Database, settings: Settings, news: News | None = None
) -> AsyncIterator[None]:
    """Send webhooks and mail beside a block, and delete files that have expired.

    In the end what is under way is ended.

    Raises:
        SettingsError: the address of the mail server cannot be used.
    """
    from coopflow.outgoing.cloudevents import NOWHERE
    from coopflow.outgoing.dispatcher import Dispatcher
    from coopflow.outgoing.looking import Pauses, look_again
    from coopflow.outgoing.queue import Queue
    from coopflow.outgoing.sending import Sender
    from coopflow.readmodel.feed import Feed
    from coopflow.requests.files import Files

    mailer = _mailer(database, settings)  # before anything runs: its settings may be at fault
    sender = Sender(allow_private=settings.webhooks_allow_private)
    endpoints = webhooks_over(database, settings).endpoints
    source = settings.public_url or NOWHERE
    dispatcher = Dispatcher(Queue(database), Feed(database), endpoints, sender, source=source)
    files = Files(database, seals_of(settings))
    stop = asyncio.Event()

    async def clear_files() -> None:
        await files.clear(datetime.now(UTC))

    clearing = look_again(
        clear_files, stop, about="files", pauses=Pauses(_CLEAR_EVERY, _AFTER_AN_OUTAGE)
    )
    running = [
        asyncio.create_task(dispatcher.run(stop, news)),
        asyncio.create_task(clearing),
    ]
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


def webhooks_over(database: Database, settings: Settings) -> Webhooks:
    """Return the webhooks that this database keeps.

    Raises:
        UnavailableError: what sends webhooks is not installed.
    """
    _need_dispatch()
    from coopflow.outgoing.deliveries import Deliveries
    from coopflow.outgoing.endpoints import Endpoints
    from coopflow.outgoing.webhooks import Webhooks

    seals, is_open = seals_of(settings), settings.webhooks_allow_private
    endpoints = Endpoints(database, seals, allow_private=is_open)
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


def can_dispatch() -> bool:
    """Whether what sends webhooks and mail is installed."""
    return all(
        find_spec(name) is not None
        for name in ("httpx", "standardwebhooks", "aiosmtplib", "jinja2")
    )


def _need_dispatch() -> None:
    if not can_dispatch():
        raise UnavailableError(
            "webhooks and mail need httpx, standardwebhooks, aiosmtplib and jinja2: "
            "pip install 'coopflow[server]'"
        )


async def mails_of(settings: Settings) -> MailHealth:
    """Return how the sending of mail is.

    Raises:
        UnavailableError: there is no read model yet, or it does not answer, or it is of another
            version.
        DatabaseUrlError: its URL cannot be used.
    """
    from coopflow.outgoing.mail.health import mail_health

    async with as_it_is(settings) as database:
        return await mail_health(database)
