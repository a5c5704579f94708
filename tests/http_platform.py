"""A platform for tests: an engine, a database and the HTTP API, served on loopback.

Whoever asks says in a header who they are, as the way in of an embedding platform would find out.
"""

from __future__ import annotations

import asyncio
import contextlib
import socket
import threading
from collections.abc import Callable, Coroutine, Iterator
from concurrent.futures import Future
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, TypeVar

import httpx
import uvicorn
from fastapi import FastAPI, Request
from pydantic import ValidationError
from starlette.types import ASGIApp

from coopflow import bootstrap
from coopflow.application.callers import Caller
from coopflow.application.engine import Address
from coopflow.entrypoints.http.app import api
from coopflow.services import Services
from coopflow.settings import Settings
from tests.temporal_engine import admission, opening

CALLER: Final = "X-Caller"
"""The header in which tests say who asks, as JSON."""

_ENVELOPE: Final = ("command", "actor", "programme")

_T = TypeVar("_T")


async def authenticate(request: Request) -> Caller | None:
    """Believe what the header says."""
    try:
        return Caller.model_validate_json(request.headers.get(CALLER, ""))
    except ValidationError:
        return None


@dataclass(frozen=True)
class Platform:
    """What runs.

    Attributes:
        url: where the API is served.
        app: the API.
        services: what it uses, for its own loop: see ``run``.
        settings: of the engine.
    """

    url: str
    app: FastAPI
    services: Services
    settings: Settings
    loop: asyncio.AbstractEventLoop

    def run(self, work: Coroutine[Any, Any, _T]) -> _T:
        """Run something in the loop of the platform, and return what it comes to."""
        return asyncio.run_coroutine_threadsafe(work, self.loop).result(60)

    def client(self, caller: Caller | None = None, **headers: str) -> httpx.Client:
        """Return a client that asks as somebody; by default as nobody."""
        who = {CALLER: caller.model_dump_json()} if caller is not None else {}
        return httpx.Client(base_url=self.url, headers={**who, **headers}, timeout=30)

    def opened(self, manager: Caller, slug: str, programme: str = "tests") -> Address:
        """Open a cooperation facilitated by ``fay``, with members for whom ``rep-…`` speak."""
        address = Address(programme, slug)
        wire = {**opening(address), "facilitator": "fay"}
        body = {name: value for name, value in wire.items() if name not in _ENVELOPE}
        with self.client(manager) as client:
            done = client.post(f"/v1/programmes/{programme}/cooperations", json=body)
            assert done.status_code == 201, done.text
            for organisation in ("alpha", "beta", "gamma"):
                asked = admission(organisation)
                body = {name: value for name, value in asked.items() if name not in _ENVELOPE}
                done = client.post(f"{place(address)}/members", json=body)
                assert done.status_code == 201, done.text
        return address


def place(address: Address) -> str:
    """Return the path of a cooperation."""
    return f"/v1/programmes/{address.programme}/cooperations/{address.cooperation}"


Face = Callable[[Services], tuple[FastAPI, ASGIApp]]
"""Makes the API, and what is served: the API itself, or something that has it within."""


def _api_alone(services: Services) -> tuple[FastAPI, ASGIApp]:
    found = api(services, authenticate=authenticate)
    return found, found


@contextlib.contextmanager
def serving_platform(state_dir: Path, face: Face = _api_alone) -> Iterator[Platform]:
    """Run a platform for the length of a block, in a thread of its own."""
    started: Future[Platform] = Future()
    loop = asyncio.new_event_loop()
    stop = asyncio.Event()

    async def serve() -> None:
        settings = Settings(state_dir=state_dir, port=0, ui_port=0)
        try:
            async with (
                bootstrap.embedded_engine(settings) as running,
                bootstrap.services(settings, running) as services,
            ):
                app, served = face(services)
                # Of a named protocol: only then asyncio sends answers off at once (TCP_NODELAY).
                listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
                listening.bind(("127.0.0.1", 0))
                listening.listen()
                options = uvicorn.Config(served, log_config=None, access_log=False, lifespan="off")
                server = uvicorn.Server(options)
                # Without the signal handlers of `serve`, which only a main thread may install.
                serving = asyncio.create_task(server._serve([listening]))
                url = f"http://127.0.0.1:{listening.getsockname()[1]}"
                started.set_result(Platform(url, app, services, settings, loop))
                await stop.wait()
                server.should_exit = True
                await serving
        except BaseException as error:
            if not started.done():
                started.set_exception(error)
            raise

    def run() -> None:
        with contextlib.closing(loop):
            loop.run_until_complete(serve())

    thread = threading.Thread(target=run)
    thread.start()
    try:
        yield started.result()
    finally:
        with contextlib.suppress(RuntimeError):  # it has ended by itself
            loop.call_soon_threadsafe(stop.set)
        thread.join()
