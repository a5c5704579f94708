"""How large a request may be."""

from __future__ import annotations

from typing import Final

from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from coopflow.entrypoints.http.problems import ProblemError, answer

LARGEST_REQUEST: Final = 300_000
"""Bytes of the largest request: a command has 256 KiB at most."""

LARGEST_FILE: Final = 20_000_000
"""Bytes of the largest request that is read line by line: a table, or whole cooperations."""

_LINES: Final = frozenset({"text/csv", "application/jsonl", "application/x-ndjson"})


class SizeLimit:
    """Refuses requests that are too large, before they are read where they say so."""

    def __init__(self, app: ASGIApp) -> None:
        """Stand before an application."""
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        media_type = headers.get("content-type", "").partition(";")[0].strip().lower()
        limit = LARGEST_FILE if media_type in _LINES else LARGEST_REQUEST
        said = headers.get("content-length", "")
        if said.isdecimal() and int(said) > limit:
            await answer(_too_large(limit), Request(scope))(scope, receive, send)
            return
        read = 0

        async def limited() -> Message:
            nonlocal read
            message = await receive()
            read += len(message.get("body", b""))
            if read > limit:
                raise HTTPException(413)  # what reads bodies lets this one through
            return message

        await self._app(scope, limited, send)


def _too_large(limit: int) -> ProblemError:
    return ProblemError("request_too_large", facts={"limit": limit})
