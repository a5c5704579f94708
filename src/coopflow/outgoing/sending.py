"""Sending one message: bounded in time and size, to an allowed address, following nothing."""

from __future__ import annotations

import asyncio
import contextlib
import email.utils
import ssl
import time
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Final, Protocol

import httpx

from coopflow import __version__
from coopflow.outgoing.addresses import ForbiddenAddressError, resolved
from coopflow.outgoing.schedule import Answer
from coopflow.outgoing.views import AttemptError

TIMEOUT: Final = timedelta(seconds=20)
"""How long one attempt may take in all."""

EXCERPT_BYTES: Final = 1024
"""How much of an answer is read; the rest is left where it is."""

_EXCERPT_SECONDS: Final = 1.0
_UNSHOWN: Final = "�"


class Send(Protocol):
    """Sends one message."""

    async def __call__(self, url: str, body: bytes, headers: Mapping[str, str]) -> Answer:
        """Send it, and say what was answered; failures are answers too."""
        ...


class Sender:
    """Sends messages by HTTP; a :class:`Send`.

    A connection carries one message: those to two hosts at one address never share one.
    """

    def __init__(
        self,
        *,
        allow_private: bool = False,
        timeout: timedelta = TIMEOUT,
        trusted: ssl.SSLContext | None = None,
    ) -> None:
        """Send nowhere else than to public addresses by TLS, unless told otherwise.

        Args:
            allow_private: send to any address, and without TLS where the URL says so.
            timeout: how long one attempt may take in all.
            trusted: whose certificates are good; by default those that anybody trusts.
        """
        self._allow_private = allow_private
        self._seconds = timeout.total_seconds()
        self._client = httpx.AsyncClient(
            timeout=self._seconds,
            verify=trusted or True,
            follow_redirects=False,
            trust_env=False,
            limits=httpx.Limits(max_keepalive_connections=0),
        )

    async def __call__(self, url: str, body: bytes, headers: Mapping[str, str]) -> Answer:
        """Send a message."""
        began = time.monotonic()
        try:
            async with asyncio.timeout(self._seconds):
                answer = await self._send(url, body, headers)
        except (TimeoutError, httpx.TimeoutException):
            answer = _failed("timeout")
        except ForbiddenAddressError:
            answer = _failed("address")
        except httpx.NetworkError:
            answer = _failed("connection")
        except (httpx.HTTPError, httpx.InvalidURL):
            answer = _failed("protocol")
        return answer.but(milliseconds=round((time.monotonic() - began) * 1000))

    async def close(self) -> None:
        """Close what is open."""
        await self._client.aclose()

    async def _send(self, url: str, body: bytes, headers: Mapping[str, str]) -> Answer:
        target = await resolved(url, allow_private=self._allow_private)
        request = self._client.build_request(
            "POST",
            target.url,
            content=body,
            headers={
                "host": target.host,
                "user-agent": f"coopflow/{__version__}",
                "accept-encoding": "identity",
                **headers,
            },
            extensions={"sni_hostname": target.name},
        )
        response = await self._client.send(request, stream=True)
        try:
            excerpt = await _beginning(response)
        finally:
            await response.aclose()
        return Answer(
            status=response.status_code,
            excerpt=shown(excerpt),
            retry_after=retry_after(response.headers.get("retry-after"), datetime.now(UTC)),
        )


async def _beginning(response: httpx.Response) -> bytes:
    """Read the beginning of an answer, as far as it comes soon: its status is what counts."""
    read = bytearray()
    with contextlib.suppress(TimeoutError, httpx.HTTPError):
        async with asyncio.timeout(_EXCERPT_SECONDS):
            async for part in response.aiter_raw():
                read += part
                if len(read) >= EXCERPT_BYTES:
                    break
    return bytes(read[:EXCERPT_BYTES])


def shown(answer: bytes) -> str:
    """Return an answer as it can be shown anywhere: one line, nothing that moves a cursor."""
    text = " ".join(answer.decode(errors="replace").split())
    return "".join(sign if sign.isprintable() else _UNSHOWN for sign in text)


def retry_after(header: str | None, now: datetime) -> timedelta | None:
    """Read how long a receiver asks to be left alone: seconds, or a date. None for nothing sound.

    Args:
        header: ``Retry-After``.
        now: from when a date counts.
    """
    if header is None:
        return None
    text = header.strip()
    try:
        if text.isascii() and text.isdecimal():
            return timedelta(seconds=int(text[:10]))
        at = email.utils.parsedate_to_datetime(text)
        wait = at.replace(tzinfo=at.tzinfo or UTC) - now
    except (ValueError, OverflowError):
        return None
    return max(wait, timedelta())


def _failed(error: AttemptError) -> Answer:
    return Answer(error=error)
