"""A platform of the web has cooperations in it: it mounts the API, and lets people in by itself.

With an engine that runs here (``coopflow dev``)::

    python examples/embedding/web_platform.py 8080
    curl -H "Cookie: visit=of-ines" http://127.0.0.1:8080/coopflow/v1/programmes/valdore/cooperations

The platform knows who has signed in, and who manages which programme; the API asks it. Who has
which part in a cooperation, the cooperation knows. Both share a process, a port and a sign-in.
"""

from __future__ import annotations

import asyncio
import sys
from typing import Final

import uvicorn
from fastapi import FastAPI, Request

from coopflow import bootstrap
from coopflow.application.callers import Caller
from coopflow.entrypoints.http.app import api
from coopflow.services import Services
from coopflow.settings import load_settings

VISITS: Final = {"of-ines": "ines", "of-fabien": "fabien"}
"""Who has signed in: a platform keeps that in its sessions, or asks its identity provider."""

MANAGERS: Final = {"ines": "valdore"}
"""Who manages which programme: a platform has that in its own tables."""


async def who_asks(request: Request) -> Caller | None:
    """Say who a visitor of the platform is to the API; None for who has not signed in."""
    person = VISITS.get(request.cookies.get("visit", ""))
    if person is None:
        return None
    managed = MANAGERS.get(person)
    return Caller(
        name=f"person:{person}",
        person=person,
        roles={managed: ("programme_manager",)} if managed else {},
    )


def platform(services: Services) -> FastAPI:
    """Return the platform: a page of its own, and the API below ``/coopflow``."""
    app = FastAPI(title="Valdore")

    @app.get("/")
    async def home(request: Request) -> dict[str, str]:
        """Greet a visitor, and say where cooperations are."""
        caller = await who_asks(request)
        return {
            "hello": caller.person or "" if caller else "stranger",
            "cooperations": "/coopflow/v1/programmes/valdore/cooperations",
        }

    app.mount("/coopflow", api(services, authenticate=who_asks))
    return app


async def main(port: int) -> None:
    """Serve the platform on loopback until Ctrl-C."""
    async with bootstrap.services(load_settings()) as services:
        options = uvicorn.Config(platform(services), port=port, log_level="warning")
        await uvicorn.Server(options).serve()


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]) if len(sys.argv) > 1 else 8080))
