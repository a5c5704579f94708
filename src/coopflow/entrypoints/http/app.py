"""The application that answers under ``/v1``, to be served or to be mounted in another one."""

from __future__ import annotations

from typing import Any

from fastapi import FastAPI
from starlette.middleware import Middleware

from coopflow import __version__
from coopflow.entrypoints.http import problems
from coopflow.entrypoints.http.dependencies import Authenticate
from coopflow.entrypoints.http.middleware.auditing import Auditing
from coopflow.entrypoints.http.middleware.conditional import Conditional
from coopflow.entrypoints.http.middleware.idempotency import Idempotency
from coopflow.entrypoints.http.middleware.limits import SizeLimit
from coopflow.entrypoints.http.openapi import document
from coopflow.entrypoints.http.routes import ROUTERS
from coopflow.services import Services


def api(
    services: Services, *, authenticate: Authenticate, public_url: str | None = None
) -> FastAPI:
    """Return the application.

    It holds nothing of its own and needs no lifespan: several may be in one process, and each may
    be mounted anywhere, as in ``app.mount("/coopflow", api(...))``.

    Args:
        services: the parts that it uses, open for as long as it answers.
        authenticate: finds out who asks.
        public_url: where others reach it, for links that leave it; by default as it is asked.
    """
    app = FastAPI(
        title="coopflow",
        version=__version__,
        summary="Cooperations as durable workflows",
        servers=[{"url": public_url}] if public_url else None,
        middleware=[
            Middleware(Auditing, services=services),
            Middleware(SizeLimit),
            Middleware(Conditional),
            Middleware(Idempotency, services=services),
        ],
        redirect_slashes=False,
        openapi_url="/v1/openapi.json",
        docs_url=None,
        redoc_url=None,
        telemetry={"auto_configure": False},
    )
    app.state.services = services
    app.state.authenticate = authenticate
    app.state.public_url = public_url
    app.state.going_on = set()
    problems.install(app)
    for router in ROUTERS:
        app.include_router(router, prefix="/v1")

    def openapi() -> dict[str, Any]:
        if app.openapi_schema is None:
            app.openapi_schema = document(app)
        return app.openapi_schema

    vars(app)["openapi"] = openapi  # FastAPI asks the instance
    return app
