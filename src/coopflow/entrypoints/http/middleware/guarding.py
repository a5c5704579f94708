"""What protects those who ask with a browser: trusted hosts, and headers on every answer."""

from __future__ import annotations

from collections.abc import Collection
from typing import Final

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from coopflow.access.rates import Count
from coopflow.entrypoints.http.problems import Answering, ProblemError, answer, broken

LOOPBACK: Final = frozenset({"localhost", "127.0.0.1", "[::1]"})
"""What this machine is called by those who are on it."""

_HEADERS: Final = {
    # Nothing that is answered is a page, and the few pages that are say so themselves.
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}
"""On every answer that does not have them otherwise."""

_HSTS: Final = "max-age=31536000"
_PROBES: Final = ("/livez", "/readyz")  # asked for by address, and they tell nothing


class Guard:
    """Answers only who names a host that is ours, and puts headers on every answer.

    A page of another site may have its own name lead to this machine (DNS rebinding); the name
    that it then asks for gives it away.
    """

    def __init__(
        self,
        app: ASGIApp,
        hosts: Collection[str] | None,
        *,
        secure: bool,
        answer: Answering = answer,
    ) -> None:
        """Stand before an application.

        Args:
            app: the application.
            hosts: what it may be called; None for anything, where another application stands
                before it that knows.
            secure: whether browsers reach it by TLS, and should never do otherwise.
            answer: how it answers with a problem.
        """
        self._app = app
        self._answer = answer
        self._hosts = None if hosts is None else {one.lower() for one in hosts}
        self._headers = _HEADERS | ({"Strict-Transport-Security": _HSTS} if secure else {})

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        state = scope.setdefault("state", {})
        has_begun = False

        async def sending(message: Message) -> None:
            nonlocal has_begun
            if message["type"] == "http.response.start":
                has_begun = True
                headers = MutableHeaders(scope=message)
                # Answers are for one caller alone; what has a version may be asked for anew.
                kept = "private, no-cache" if "etag" in headers else "no-store"
                more = {"Cache-Control": kept, **_counted(state.get("count"))}
                for name, value in {**self._headers, **more}.items():
                    headers.setdefault(name, value)
            await send(message)

        if not self._is_ours(scope):
            problem = self._answer(ProblemError("unknown_host"), Request(scope))
            await problem(scope, receive, sending)
            return
        if "\0" in scope["path"]:  # nothing is called so, and no database can be asked for it
            problem = self._answer(ProblemError("not_found"), Request(scope))
            await problem(scope, receive, sending)
            return
        try:
            await self._app(scope, receive, sending)
        except Exception as error:
            if has_begun:
                raise
            # Starlette would answer outside of all middleware, without these headers.
            await broken(error, Request(scope), self._answer)(scope, receive, sending)

    def _is_ours(self, scope: Scope) -> bool:
        if self._hosts is None or scope["path"].endswith(_PROBES):
            return True
        host = Headers(scope=scope).get("host", "").lower()
        return _without_port(host) in self._hosts


def _without_port(host: str) -> str:
    name, colon, port = host.rpartition(":")
    return name if colon and port.isdecimal() else host


def _counted(count: Count | None) -> dict[str, str]:
    """Say how often one may ask (draft-ietf-httpapi-ratelimit-headers)."""
    if count is None:
        return {}
    return {
        "RateLimit-Policy": f'"{count.kind}";q={count.limit};w={count.window}',
        "RateLimit": f'"{count.kind}";r={count.remaining};t={count.wait}',
    }
