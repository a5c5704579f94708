"""Serving pages and API: on which address, under which names, protected by what."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import Final
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

import uvicorn
from starlette.types import ASGIApp

from coopflow.access.addresses import networks
from coopflow.access.rates import RateOptions, Rates
from coopflow.entrypoints.http.app import Protection, api
from coopflow.entrypoints.http.middleware.guarding import LOOPBACK
from coopflow.entrypoints.http.sign_in import authenticate
from coopflow.entrypoints.web.app import Platform, pages
from coopflow.services import Services
from coopflow.settings import Settings, SettingsError

_LAST_ANSWERS: Final = 10
"""Seconds that requests have to be answered once the server is told to stop."""


class _Server(uvicorn.Server):
    """A server that is told to stop by who runs it, not by signals."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


def application(
    services: Services,
    settings: Settings,
    closing: asyncio.Event | None = None,
    going_on: set[asyncio.Task[None]] | None = None,
) -> Platform:
    """Return pages and API as they are served: people sign in, programs show tokens.

    Args:
        services: the parts that they use.
        settings: where they are reached, and what protects them.
        closing: is set when what serves them is about to end.
        going_on: is given what goes on after its request was answered; it ends when cancelled.

    Raises:
        SettingsError: a limit or a proxy is not one.
    """
    try:
        protection = Protection(
            hosts=_hosts(settings),
            rates=Rates(
                RateOptions(
                    caller=settings.rate_caller,
                    address=settings.rate_address,
                    failures=settings.rate_failures,
                    storage=settings.rate_storage,
                )
            ),
            trusted_proxies=networks(settings.trusted_proxies),
            cors_origins=settings.cors_origins,
        )
    except ValueError as error:
        raise SettingsError(str(error)) from error
    answering = api(
        services,
        authenticate=authenticate,
        public_url=settings.public_url,
        protection=protection,
        home="/",
    )
    if closing is not None:
        answering.state.closing = closing
    shown = pages(
        services,
        authenticate=authenticate,
        public_url=settings.public_url,
        protection=protection,
        zone=ZoneInfo(settings.time_zone),
    )
    if going_on is not None:
        answering.state.going_on = shown.state.going_on = going_on
    return Platform(shown, answering)


def _hosts(settings: Settings) -> set[str]:
    public = urlsplit(settings.public_url or "").hostname
    host = f"[{settings.http_host}]" if ":" in settings.http_host else settings.http_host
    return {*LOOPBACK, *settings.hosts, host, *([public] if public else [])}


def listen(host: str, port: int) -> socket.socket:
    """Take an address to listen on.

    Raises:
        OSError: it is taken, or not one of this machine.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # Of a named protocol: only then asyncio sends answers off at once (TCP_NODELAY).
    listening = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind((host, port))
        listening.listen()
    except OSError:
        listening.close()
        raise
    return listening


def listen_somewhere(host: str, port: int) -> socket.socket:
    """Take an address to listen on, or another port where that one is taken.

    Raises:
        OSError: the host is not one of this machine.
    """
    with contextlib.suppress(OSError):
        return listen(host, port)
    return listen(host, 0)


def url_of(listening: socket.socket) -> str:
    """Return where something that listens is reached."""
    host, port = listening.getsockname()[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


@asynccontextmanager
async def served(
    app: ASGIApp, listening: socket.socket, closing: asyncio.Event
) -> AsyncIterator[asyncio.Task[None]]:
    """Serve an application for the length of a block, and answer what was asked before its end.

    Args:
        app: the application.
        listening: where.
        closing: is set at the end, for what would go on for long.

    Yields:
        What serves: it ends before the block does only where something is wrong.
    """
    options = uvicorn.Config(
        app,
        log_config=None,
        access_log=False,  # it would quote what was asked
        server_header=False,
        proxy_headers=False,  # who is trusted is for the application to know
        lifespan="off",
        timeout_graceful_shutdown=_LAST_ANSWERS,
    )
    server = _Server(options)
    serving = asyncio.create_task(server.serve(sockets=[listening]))
    try:
        yield serving
    finally:
        closing.set()  # streams would go on for minutes
        server.should_exit = True
        await serving


@asynccontextmanager
async def alone(
    services: Services, settings: Settings, listening: socket.socket
) -> AsyncIterator[asyncio.Task[None]]:
    """Serve pages and API for the length of a block, as ``served`` does.

    What still goes on then ends as interrupted, and whoever asked for it is told so.

    Raises:
        SettingsError: a limit or a proxy is not one.
    """
    closing = asyncio.Event()
    going_on: set[asyncio.Task[None]] = set()
    app = application(services, settings, closing, going_on)
    try:
        async with served(app, listening, closing) as serving:
            working_out = asyncio.create_task(asyncio.to_thread(app.work_out_routes))
            try:
                yield serving
            finally:
                await working_out
    finally:
        left = list(going_on)
        for task in left:
            task.cancel()
        await asyncio.gather(*left, return_exceptions=True)
