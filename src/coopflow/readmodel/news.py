"""Waking up whoever waits for news in the process that writes them."""

from __future__ import annotations

import asyncio
import contextlib


class News:
    """Tells those who wait that something was written; for the tasks of one event loop.

    Whoever waits asks for the next news first, then looks whether there is something already, and
    only then waits: so nothing that is told in between is missed.
    """

    def __init__(self) -> None:
        """Begin without any."""
        self._next = asyncio.Event()

    def tell(self) -> None:
        """Wake up all who wait."""
        told, self._next = self._next, asyncio.Event()
        told.set()

    def next(self) -> asyncio.Event:
        """Return what is set by the news that come next."""
        return self._next


async def wait(told: asyncio.Event, seconds: float) -> None:
    """Wait for news, at most so long."""
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            await told.wait()
