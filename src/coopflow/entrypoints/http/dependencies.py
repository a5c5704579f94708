"""What routes are given: who asks, and the parts of the platform."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Annotated, Final

from fastapi import Depends, Request
from fastapi.params import Depends as Dependency

from coopflow.application.callers import Caller, Scope
from coopflow.entrypoints.http.languages import CALLER_KEY
from coopflow.entrypoints.http.problems import ProblemError
from coopflow.entrypoints.http.turnstile import (
    address_of,
    count,
    count_address,
)
from coopflow.services import Services

Authenticate = Callable[[Request], Awaitable[Caller | None]]
"""Finds out who asks; None when nobody can tell. It raises nothing for a token that is no good."""

_CHALLENGE: Final = 'Bearer realm="coopflow"'


def services_of(request: Request) -> Services:
    """Return the parts that the application was given."""
    services: Services = request.app.state.services
    return services


async def recognised(request: Request) -> Caller | None:
    """Return who asks, found out and counted once for each request; None when nobody can tell.

    Raises:
        ProblemError: they ask too often, or show something that lets nobody in, as their address
            has too often (``rate_limited``).
    """
    if CALLER_KEY not in request.scope:
        authenticate: Authenticate = request.app.state.authenticate
        caller = await authenticate(request)
        request.scope[CALLER_KEY] = caller
        if caller is not None:
            await count(request, "caller", caller.name)
        elif "authorization" in request.headers:
            await count(request, "failures", address_of(request))
    found: Caller | None = request.scope[CALLER_KEY]
    return found


async def caller_of(request: Request) -> Caller:
    """Return who asks.

    Raises:
        ProblemError: nobody can tell (``unauthenticated``), or they ask too often
            (``rate_limited``).
    """
    caller = await recognised(request)
    if caller is None:
        shows = "authorization" in request.headers
        if not shows:
            await count_address(request)
        error = ', error="invalid_token"' if shows else ""
        raise ProblemError("unauthenticated", headers={"WWW-Authenticate": _CHALLENGE + error})
    return caller


ServicesDep = Annotated[Services, Depends(services_of)]
"""The parts of the platform."""

CallerDep = Annotated[Caller, Depends(caller_of)]
"""Who asks; a request by nobody ends with ``unauthenticated``."""


def needs(*scopes: Scope) -> Dependency:
    """Return a dependency that lets only callers go on who have one of these scopes.

    Every router has it: ``APIRouter(dependencies=[needs("read")])``.
    """

    async def check(caller: CallerDep) -> None:
        if caller.scopes.isdisjoint(scopes):
            raise ProblemError("scope_missing", facts={"scopes": list(scopes)})

    found = Depends(check)
    assert isinstance(found, Dependency)
    return found
