"""The pages as an application, to be served beside the API or to be mounted in another one."""

from __future__ import annotations

import asyncio
from datetime import UTC, tzinfo
from typing import Final

from fastapi import FastAPI
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.types import Receive, Scope, Send

from coopflow import __version__
from coopflow.entrypoints.http import problems
from coopflow.entrypoints.http.app import Protection
from coopflow.entrypoints.http.dependencies import Authenticate
from coopflow.entrypoints.http.middleware.auditing import Auditing
from coopflow.entrypoints.http.middleware.guarding import Guard
from coopflow.entrypoints.http.middleware.limits import SizeLimit
from coopflow.entrypoints.web.errors import answer, lost
from coopflow.entrypoints.web.pages import ROUTERS
from coopflow.readmodel.rulebooks import Rulebooks
from coopflow.services import Services

API: Final = "/v1"
"""Below which path the API answers, and no page."""


def pages(
    services: Services,
    *,
    authenticate: Authenticate,
    public_url: str | None = None,
    protection: Protection | None = None,
    zone: tzinfo = UTC,
) -> FastAPI:
    """Return the application that answers with pages.

    Like the API it holds nothing of its own and needs no lifespan.

    Args:
        services: the parts that it uses, open for as long as it answers.
        authenticate: finds out who asks.
        public_url: where others reach it, for links that leave it; by default as it is asked.
        protection: as for the API.
        zone: where people live who read it.
    """
    protection = protection or Protection()
    is_secure = public_url is not None and public_url.startswith("https:")
    app = FastAPI(
        title="coopflow",
        version=__version__,
        middleware=[
            Middleware(Guard, protection.hosts, secure=is_secure, answer=answer),
            Middleware(Auditing, services=services),
            Middleware(SizeLimit, answer=answer),
        ],
        redirect_slashes=False,
        openapi_url=None,
        docs_url=None,
        redoc_url=None,
        telemetry={"auto_configure": False},
    )
    app.state.services = services
    app.state.authenticate = authenticate
    app.state.public_url = public_url
    app.state.rates = protection.rates
    app.state.trusted_proxies = protection.trusted_proxies
    app.state.zone = zone
    app.state.going_on = set()
    app.state.progress = {}
    app.state.impacts_at_once = asyncio.Semaphore(1)
    app.state.rulebooks = Rulebooks(services.registry)
    problems.install(app, answer)
    app.add_exception_handler(HTTPException, lost)
    for router in ROUTERS:
        app.include_router(router)
    return app


class Platform:
    """Pages and the API at one address: the API below ``/v1``, pages everywhere else."""

    def __init__(self, pages: FastAPI, api: FastAPI) -> None:
        """Join the two."""
        self._pages = pages
        self._api = api

    def work_out_routes(self) -> None:
        """Have the routes worked out, which takes a second, before anybody waits for it.

        FastAPI does so as it looks through its routers for the first time.
        """
        anything = {"type": "http", "method": "GET", "path": "/", "root_path": "", "headers": []}
        for route in (*self._pages.routes, *self._api.routes):
            route.matches(dict(anything))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""
        path = scope.get("path", "").removeprefix(scope.get("root_path", ""))
        is_api = path == API or path.startswith(f"{API}/")
        await (self._api if is_api else self._pages)(scope, receive, send)
