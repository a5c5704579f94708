"""The application that answers under ``/v1``, to be served or to be mounted in another one."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from fastapi import FastAPI
from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware

from coopflow import __version__
from coopflow.access.addresses import Network
from coopflow.access.rates import Rates
from coopflow.entrypoints.http import problems
from coopflow.entrypoints.http.dependencies import Authenticate
from coopflow.entrypoints.http.middleware.auditing import Auditing
from coopflow.entrypoints.http.middleware.conditional import Conditional
from coopflow.entrypoints.http.middleware.guarding import Guard
from coopflow.entrypoints.http.middleware.idempotency import Idempotency
from coopflow.entrypoints.http.middleware.limits import SizeLimit
from coopflow.entrypoints.http.openapi import document
from coopflow.entrypoints.http.routes import ROUTERS
from coopflow.services import Services


@dataclass(frozen=True)
class Protection:
    """What stands between an application that is served by itself, and the rest of the world.

    Attributes:
        hosts: what requests may call it; None for anything.
        rates: how often somebody may ask; None for as often as they like.
        trusted_proxies: those whose word is taken for where a request comes from.
        cors_origins: the sites whose pages may ask.
    """

    hosts: Collection[str] | None = None
    rates: Rates | None = None
    trusted_proxies: tuple[Network, ...] = ()
    cors_origins: tuple[str, ...] = ()


def api(
    services: Services,
    *,
    authenticate: Authenticate,
    public_url: str | None = None,
    protection: Protection | None = None,
    home: str = "/v1/me",
) -> FastAPI:
    """Return the application.

    It holds nothing of its own and needs no lifespan: several may be in one process, and each may
    be mounted anywhere, as in ``app.mount("/coopflow", api(...))``.

    Args:
        services: the parts that it uses, open for as long as it answers.
        authenticate: finds out who asks.
        public_url: where others reach it, for links that leave it; by default as it is asked.
        protection: what it is protected by, beside the headers of its answers; by default what it
            is mounted in has to do that.
        home: the path where a browser goes once somebody has signed in.

    Whoever serves it sets ``app.state.closing`` when it is about to end: streams of events then
    end, and their readers come back to whatever takes its place.
    """
    protection = protection or Protection()
    is_secure = public_url is not None and public_url.startswith("https:")
    middleware = [
        Middleware(Guard, protection.hosts, secure=is_secure),
        Middleware(Auditing, services=services),
        Middleware(SizeLimit),
        Middleware(Conditional),
        Middleware(Idempotency, services=services),
    ]
    if protection.cors_origins:
        middleware.insert(1, _cors(protection.cors_origins))
    app = FastAPI(
        title="coopflow",
        version=__version__,
        summary="Cooperations as durable workflows",
        servers=[{"url": public_url}] if public_url else None,
        middleware=middleware,
        redirect_slashes=False,
        openapi_url="/v1/openapi.json",
        docs_url=None,
        redoc_url=None,
        telemetry={"auto_configure": False},
    )
    app.state.services = services
    app.state.authenticate = authenticate
    app.state.public_url = public_url
    app.state.home = home
    app.state.going_on = set()
    app.state.rates = protection.rates
    app.state.trusted_proxies = protection.trusted_proxies
    app.state.streams = Counter()
    app.state.closing = asyncio.Event()
    problems.install(app)
    for router in ROUTERS:
        app.include_router(router, prefix="/v1")

    def openapi() -> dict[str, Any]:
        if app.openapi_schema is None:
            app.openapi_schema = document(app)
        return app.openapi_schema

    vars(app)["openapi"] = openapi  # FastAPI asks the instance
    return app


def _cors(origins: tuple[str, ...]) -> Middleware:
    # Without cookies: pages of other sites show tokens.
    return Middleware(
        CORSMiddleware,
        allow_origins=origins,
        allow_methods=["GET", "POST", "PUT", "PATCH", "DELETE"],
        allow_headers=[
            "Accept-Language",
            "Authorization",
            "Content-Type",
            "Idempotency-Key",
            "If-Match",
            "If-None-Match",
            "Last-Event-ID",
            "Prefer",
        ],
        expose_headers=["ETag", "Link", "Location", "RateLimit", "RateLimit-Policy", "Retry-After"],
    )
