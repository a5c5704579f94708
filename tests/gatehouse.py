"""The way in, for tests: the HTTP API over a database and a small directory, served on loopback.

There is no engine: what is asked of cooperations here ends in an error.
"""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, cast

import httpx
import uvicorn

from coopflow.access.access import Access, opened
from coopflow.access.provider import Provider
from coopflow.entrypoints.http.app import Protection, api
from coopflow.entrypoints.http.sign_in import authenticate
from coopflow.readmodel.database import Database
from coopflow.readmodel.migrate import migrate
from coopflow.requests.answers import KeptAnswers
from coopflow.requests.audit import Audit
from coopflow.sealing.keys import KeyRing, KeySet, KeySets
from coopflow.sealing.texts import TextSeals
from coopflow.services import Services
from tests.people import FakePeople


class Clock:
    """A clock that tests turn on."""

    def __init__(self) -> None:
        """Begin now."""
        self.passed = timedelta()

    def __call__(self) -> datetime:
        """Tell the time."""
        return datetime.now(UTC) + self.passed


@dataclass(frozen=True)
class Gatehouse:
    """What is served.

    Attributes:
        url: where.
        access: who gets in.
        people: who is in the directory.
        clock: the time, for all that expires.
        database: where all of that is kept.
    """

    url: str
    access: Access
    people: FakePeople
    clock: Clock
    database: Database

    def browser(self, **headers: str) -> httpx.AsyncClient:
        """Return a browser, with a page of this site open in it."""
        own = {"Sec-Fetch-Site": "same-origin", "Accept": "text/html"}
        return httpx.AsyncClient(base_url=self.url, headers={**own, **headers})

    def program(self, token: str | None = None, **headers: str) -> httpx.AsyncClient:
        """Return a program that shows a token."""
        own = {} if token is None else {"Authorization": f"Bearer {token}"}
        return httpx.AsyncClient(base_url=self.url, headers={**own, **headers})


@asynccontextmanager
async def serving(
    folder: Path,
    *,
    provider: Provider | None = None,
    audience: str | None = None,
    public_url: str | None = None,
    protection: Protection | None = None,
) -> AsyncIterator[Gatehouse]:
    """Serve for the length of a block."""
    database = Database(f"sqlite:///{folder / 'access.db'}")
    await migrate(database)
    people, clock = FakePeople(), Clock()
    ring = KeyRing(KeySets(default=KeySet.new()), "a test")
    access = replace(opened(database, people, provider=provider, audience=audience), now=clock)
    rest: dict[str, Any] = dict.fromkeys(Services.__dataclass_fields__, cast("Any", None))
    ours = {
        "access": access,
        "answers": KeptAnswers(database, TextSeals(lambda: ring)),
        "audit": Audit(database),
    }
    app = api(
        Services(**(rest | ours)),
        authenticate=authenticate,
        public_url=public_url,
        protection=protection,
    )
    listening = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(
        uvicorn.Config(app, log_config=None, access_log=False, lifespan="off", proxy_headers=False)
    )
    serving = asyncio.create_task(server._serve([listening]))
    try:
        url = f"http://127.0.0.1:{listening.getsockname()[1]}"
        yield Gatehouse(url, access, people, clock, database)
    finally:
        server.should_exit = True
        await serving
        if provider is not None:
            await provider.close()
        await database.close()
