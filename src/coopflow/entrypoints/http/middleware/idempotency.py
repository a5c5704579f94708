"""Carries out once what is posted twice with the same ``Idempotency-Key``.

As of draft-ietf-httpapi-idempotency-key-header: sent again with its key, a request that was done is
answered as before; the key with another request is refused, and so is one that is still under way.
A request that was refused has changed nothing: sent again, it is tried again.
"""

from __future__ import annotations

import asyncio
import hashlib
import re
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Annotated, Final
from uuid import uuid4

from fastapi import Depends
from fastapi import Header as Parameter
from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from coopflow.application.callers import Caller
from coopflow.application.engine import UnavailableError
from coopflow.entrypoints.http.dependencies import recognised
from coopflow.entrypoints.http.problems import FieldProblem, ProblemError, answer
from coopflow.requests.answers import CLAIMED, KeptAnswer
from coopflow.requests.operations import LOST
from coopflow.services import Services

HEADER: Final = "Idempotency-Key"

KEY: Final = "coopflow.idempotency_key"
"""Where the scope of a request holds its key, sent or made."""

_SIGN_EVERY: Final = CLAIMED / 4
_SHAPE: Final = re.compile(r'"?([!#-\[\]-~]{1,255})"?')
_LARGEST: Final = 1_000_000
_KEPT: Final = ("content-type", "location", "etag", "preference-applied", "content-language")
_ABOUT: Final = ("content-type", "if-match")
_RETRY_AFTER: Final = {"Retry-After": "1"}
_CODES: Final[Mapping[object, str]] = {"running": "key_in_use", "another": "key_reused"}

_TOLD_ONCE: Final = KeptAnswer(status=HTTPStatus.CONFLICT, headers=(), body="")
"""What is kept in place of an answer that told a secret, which nobody is told again."""


class Idempotency:
    """Keeps the answers to what is posted, for those who send it again."""

    def __init__(self, app: ASGIApp, services: Services) -> None:
        """Stand before an application.

        Args:
            app: the application.
            services: keep the answers.
        """
        self._app = app
        self._services = services

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""
        if scope["type"] != "http" or scope["method"] != "POST":
            await self._app(scope, receive, send)
            return
        request = Request(scope, receive)
        try:
            key = _key(request)
            scope[KEY] = key
            caller = await recognised(request)
        except ProblemError as error:
            await answer(error, request)(scope, receive, send)
            return
        except UnavailableError:
            caller = None  # the route will say so
        if caller is None:
            await self._app(scope, receive, send)
            return
        try:
            body = await request.body()
        except HTTPException as error:
            await _too_large(error, request)(scope, receive, send)
            return
        await self._once(_Posted(request, caller, key, body), send)

    async def _once(self, posted: _Posted, send: Send) -> None:
        request, caller, key = posted.request, posted.caller.name, posted.key
        now = datetime.now(UTC)
        try:
            known = await self._services.answers.begin(caller, key, posted.fingerprint(), now)
        except UnavailableError:
            error = ProblemError("unavailable", headers={"Retry-After": "5"})
            await answer(error, request)(request.scope, posted.receive, send)
            return
        if isinstance(known, KeptAnswer) and known != _TOLD_ONCE:
            await _replay(known, key, send)
        elif known == "new":
            await self._carry_out(posted, send, now)
        else:
            code = _CODES.get(known, "told_once")
            error = ProblemError(code, headers=_RETRY_AFTER if known == "running" else None)
            await answer(error, request)(request.scope, posted.receive, send)

    async def _carry_out(self, posted: _Posted, send: Send, now: datetime) -> None:
        caller, key = posted.caller.name, posted.key
        taken = _Taken(key, send)
        answers = self._services.answers
        try:
            async with self._held(caller, key):
                await self._app(posted.request.scope, posted.receive, taken.send)
        finally:
            # Where it cannot be kept it was done all the same: a command is done once for its key.
            with suppress(UnavailableError):
                if taken.answer is None:
                    await answers.release(caller, key)
                else:
                    # Whoever finds the operation lost sends the request again.
                    goes_on = "preference-applied" in dict(taken.answer.headers)
                    until = now + LOST if goes_on else None
                    await answers.finish(caller, key, taken.answer, until)
        await taken.pass_on()

    @asynccontextmanager
    async def _held(self, caller: str, key: str) -> AsyncIterator[None]:
        """Give signs that a request is under way: of one whose process was killed, none come."""
        giving = asyncio.create_task(self._give_signs(caller, key))
        try:
            yield
        finally:
            giving.cancel()
            await asyncio.gather(giving, return_exceptions=True)

    async def _give_signs(self, caller: str, key: str) -> None:
        while True:
            await asyncio.sleep(_SIGN_EVERY.total_seconds())
            with suppress(UnavailableError):
                await self._services.answers.hold(caller, key, datetime.now(UTC))


class _Posted:
    """A request that was read."""

    def __init__(self, request: Request, caller: Caller, key: str, body: bytes) -> None:
        self.request = request
        self.caller = caller
        self.key = key
        self._body = body
        self._is_sent = False

    def fingerprint(self) -> str:
        """Return what tells it from other requests."""
        request = self.request
        said = [request.headers.get(name, "") for name in _ABOUT]
        parts = [request.method, request.url.path, request.url.query, *said]
        digest = hashlib.sha256("\n".join(parts).encode() + b"\n\n" + self._body)
        return digest.hexdigest()

    async def receive(self) -> Message:
        """Hand the body on, once; then whatever comes."""
        if self._is_sent:
            return await self.request.receive()
        self._is_sent = True
        return {"type": "http.request", "body": self._body, "more_body": False}


class _Taken:
    """Holds an answer back until it is kept, or that it told a secret: it may be asked for again.

    Attributes:
        answer: what is kept of it, once it is known; None for nothing.
    """

    def __init__(self, key: str, send: Send) -> None:
        self._key = key
        self._send = send
        self._begun: Message | None = None
        self._parts: list[bytes] = []
        self._is_passed_on = False
        self.answer: KeptAnswer | None = None

    async def send(self, message: Message) -> None:
        """Take a part of the answer."""
        if message["type"] == "http.response.start":
            headers = MutableHeaders(raw=list(message["headers"]))
            headers[HEADER] = self._key
            message = {**message, "headers": headers.raw}
            if 200 <= message["status"] < 300:  # noqa: PLR2004 - success
                if "no-store" in headers.get("cache-control", ""):
                    self.answer = _TOLD_ONCE
                if _is_of_a_length(headers):
                    self._begun = message
                    return
        if self._begun is None:
            await self._send(message)
            return
        self._parts.append(message.get("body", b""))
        if self.answer is None and not message.get("more_body", False):
            headers = MutableHeaders(raw=self._begun["headers"])
            self.answer = KeptAnswer(
                status=self._begun["status"],
                headers=tuple((name, headers[name]) for name in _KEPT if name in headers),
                body=b"".join(self._parts).decode(),
            )

    async def pass_on(self) -> None:
        """Send what was held back."""
        if self._begun is not None:
            await self._send(self._begun)
            await self._send({"type": "http.response.body", "body": b"".join(self._parts)})


def _is_of_a_length(headers: Headers) -> bool:
    length = headers.get("content-length", "")
    return length.isdecimal() and int(length) <= _LARGEST


def _key(request: Request) -> str:
    said = request.headers.get(HEADER)
    if said is None:
        return uuid4().hex
    found = _SHAPE.fullmatch(said)
    if found is None:
        fault = FieldProblem(
            path=f"header.{HEADER}", problem="send 1 to 255 visible characters, such as a UUID"
        )
        raise ProblemError("invalid_request", errors=[fault])
    return found[1]


def _too_large(error: HTTPException, request: Request) -> ASGIApp:
    code = "request_too_large" if error.status_code == 413 else "malformed_request"  # noqa: PLR2004
    return answer(ProblemError(code), request)


async def _replay(known: KeptAnswer, key: str, send: Send) -> None:
    headers = MutableHeaders(dict(known.headers))
    headers[HEADER] = key
    headers["Idempotency-Replayed"] = "true"
    body = known.body.encode()
    headers["Content-Length"] = str(len(body))
    await send({"type": "http.response.start", "status": known.status, "headers": headers.raw})
    await send({"type": "http.response.body", "body": body})


def _documented(
    idempotency_key: Annotated[
        str | None,
        Parameter(
            description="Tells this request from others: sent again with the same key, it is "
            "answered as before and not carried out again. One is made, and returned, when it is "
            "missing.",
            examples=["8e03978e-40d5-43e8-bc93-6894a57f9324"],
        ),
    ] = None,
) -> None:
    """Document the header."""


TAKES_KEY: Final = Depends(_documented)
"""Documents the header of a route to which something is posted."""

IdempotencyKeyDep = Annotated[None, TAKES_KEY]
"""The same, as a parameter of the route."""
