"""Keeps who was refused what because of who they are."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, datetime
from typing import Final

from starlette.types import ASGIApp, Receive, Scope, Send

from coopflow.access.rates import Count
from coopflow.application.callers import Caller
from coopflow.application.engine import UnavailableError
from coopflow.entrypoints.http.languages import CALLER_KEY
from coopflow.entrypoints.http.problem_kinds import KINDS
from coopflow.entrypoints.http.problems import PROBLEM_KEY, HiddenError, ProblemError
from coopflow.requests.audit import RefusedRequest
from coopflow.services import Services

SHOWN_KEY: Final = "coopflow.shown"
"""Where the scope of a request names the token or session that it shows and that is no good."""

_LONGEST_PATH: Final = 500
"""Who is nobody may ask for paths of any length, and fills no disk by it."""

_KEPT: Final = frozenset(
    {
        "cross_site",
        "forbidden",
        "grant_refused",
        "person_unknown",
        "rate_limited",
        "scope_missing",
        "sign_in_failed",
        "unauthenticated",
    }
)


class Auditing:
    """Notes refusals, once they have been answered."""

    def __init__(self, app: ASGIApp, services: Services) -> None:
        """Stand before an application.

        Args:
            app: the application.
            services: keep the audit.
        """
        self._app = app
        self._services = services

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""
        await self._app(scope, receive, send)
        problem: ProblemError | None = scope.get(PROBLEM_KEY)
        if problem is None or not (problem.code in _KEPT or isinstance(problem, HiddenError)):
            return
        count: Count | None = scope.get("state", {}).get("count")
        if count is not None and count.told:
            return  # else a flood would fill the audit, although it reaches nothing
        caller: Caller | None = scope.get(CALLER_KEY)
        refused = RefusedRequest(
            at=datetime.now(UTC),
            caller=scope.get(SHOWN_KEY) if caller is None else caller.name,
            method=scope["method"],
            path=_path(scope)[:_LONGEST_PATH],
            status=KINDS[problem.code].status,
            code=problem.code,
        )
        with suppress(UnavailableError):  # it was refused all the same
            programme = scope.get("path_params", {}).get("programme", "")[:_LONGEST_PATH] or None
            await self._services.audit.note(programme, refused)


def _path(scope: Scope) -> str:
    """Return what was asked for, without the secret that a path may be."""
    path: str = scope["path"].removeprefix(scope.get("root_path", ""))
    secret: str | None = scope.get("path_params", {}).get("secret")
    return path.replace(secret, "{secret}") if secret else path
