"""Tags what is read, and answers those who have it already that nothing has changed."""

from __future__ import annotations

import hashlib
from typing import Any, Final

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

_KEPT: Final = frozenset({"etag", "vary", "content-language", "link", "cache-control"})
"""The headers that an answer without content has too."""


class Conditional:
    """Gives each answer to a GET in JSON an ``ETag``, and honours ``If-None-Match``.

    The tag is the one that the route gave it, or else a digest of what it says.
    """

    def __init__(self, app: ASGIApp) -> None:
        """Stand before an application."""
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""
        if scope["type"] != "http" or scope["method"] not in {"GET", "HEAD"}:
            await self._app(scope, receive, send)
            return
        known = Headers(scope=scope).get("if-none-match")
        begun: Message | None = None
        parts: list[bytes] = []

        async def tagged(message: Message) -> None:
            nonlocal begun
            if message["type"] == "http.response.start" and _is_tagged(message):
                begun = message
                return
            if begun is None:
                await send(message)
                return
            parts.append(message.get("body", b""))
            if not message.get("more_body", False):
                await _send(begun, b"".join(parts), known, send)

        await self._app(scope, receive, tagged)


def _is_tagged(message: dict[str, Any] | Message) -> bool:
    kind = Headers(raw=message["headers"]).get("content-type", "")
    return message["status"] == 200 and kind.startswith("application/json")  # noqa: PLR2004 - OK


async def _send(begun: Message, body: bytes, known: str | None, send: Send) -> None:
    headers = MutableHeaders(raw=list(begun["headers"]))
    headers.setdefault("ETag", f'"{hashlib.sha256(body).hexdigest()[:32]}"')
    headers.add_vary_header("Accept-Language")
    headers.setdefault("Cache-Control", "private, no-cache")
    if known is None or not _matches(known, headers["etag"]):
        await send({**begun, "headers": headers.raw})
        await send({"type": "http.response.body", "body": body})
        return
    kept = [(name, value) for name, value in headers.raw if name.decode().lower() in _KEPT]
    await send({**begun, "status": 304, "headers": kept})
    await send({"type": "http.response.body", "body": b""})


def _matches(known: str, tag: str) -> bool:
    """Compare weakly, as is meant for reading (RFC 9110, section 13.1.2)."""
    tags = [one.strip().removeprefix("W/") for one in known.split(",")]
    return "*" in tags or tag.removeprefix("W/") in tags
