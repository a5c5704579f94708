"""What routes are given: who asks, and the parts of the platform."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Annotated, Final

from fastapi import Depends, Request
from fastapi.params import Depends as Dependency

from coopflow.application.callers import Caller, Scope
from coopflow.entrypoints.http.languages import CALLER_KEY
from coopflow.entrypoints.http.problems import ProblemError
from coopflow.services import Services

Authenticate = Callable[[Request], Awaitable[Caller | None]]
"""Finds out who asks; None when nobody can tell. It raises nothing for a token that is no good."""

_CHALLENGE: Final = {"WWW-Authenticate": 'Bearer realm="coopflow"'}


def services_of(request: Request) -> Services:
    """Return the parts that the application was given."""
    services: Services = request.app.state.services
    return services


async def recognised(request: Request) -> Caller | None:
    """Return who asks, found out once for each request; None when nobody can tell."""
    known = request.scope.get(CALLER_KEY)
    if known is None:
        authenticate: Authenticate = request.app.state.authenticate
        known = await authenticate(request)
        request.scope[CALLER_KEY] = known
    return known


async def caller_of(request: Request) -> Caller:
    """Return who asks.

    Raises:
        ProblemError: nobody can tell (``unauthenticated``).
    """
    caller = await recognised(request)
    if caller is None:
        raise ProblemError("unauthenticated", headers=_CHALLENGE)
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
