"""How large a request may be, and how deeply nested."""

from __future__ import annotations

import re
from itertools import accumulate
from typing import Final

from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from coopflow.entrypoints.http.problems import Answering, ProblemError, answer

LARGEST_REQUEST: Final = 300_000
"""Bytes of the largest request: a command has 256 KiB at most."""

LARGEST_FILE: Final = 20_000_000
"""Bytes of the largest request that is read line by line: a table, or whole cooperations."""

DEEPEST: Final = 64
"""How deeply JSON may be nested: pydantic gives up at 255, and no document needs that."""

_TEXTS: Final = re.compile(rb'"(?:[^"\\]|\\.)*"?', re.DOTALL)
_BRACKETS: Final = re.compile(rb"[\[\]{}]")
_OPENING: Final = frozenset({b"[", b"{"})
_LINES: Final = frozenset({"text/csv", "application/jsonl", "application/x-ndjson"})


class SizeLimit:
    """Refuses requests that are too large, before they are read where they say so."""

    def __init__(self, app: ASGIApp, answer: Answering = answer) -> None:
        """Stand before an application.

        Args:
            app: the application.
            answer: how it answers with a problem.
        """
        self._app, self._answer = app, answer

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
            await self._answer(_too_large(limit), Request(scope))(scope, receive, send)
            return
        is_json = media_type == "application/json" or media_type.endswith("+json")
        parts: list[bytes] = []
        read = 0

        async def limited() -> Message:
            nonlocal read
            message = await receive()
            part = message.get("body", b"")
            read += len(part)
            if read > limit:
                raise HTTPException(413)  # what reads bodies lets this one through
            if is_json:
                parts.append(part)
                is_whole = not message.get("more_body", False)
                if is_whole and depth(b"".join(parts)) > DEEPEST:
                    raise HTTPException(400)
            return message

        await self._app(scope, limited, send)


def depth(body: bytes) -> int:
    """Return how deeply JSON is nested, or what is said to be JSON."""
    brackets = _BRACKETS.findall(_TEXTS.sub(b"", body))
    steps = (1 if one in _OPENING else -1 for one in brackets)
    return max(accumulate(steps), default=0)


def _too_large(limit: int) -> ProblemError:
    return ProblemError("request_too_large", facts={"limit": limit})
