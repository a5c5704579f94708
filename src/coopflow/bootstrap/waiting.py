"""Waiting: for what is away, and until told to stop."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any, Final, TypeVar, cast

import structlog

from coopflow.application.engine import UnavailableError

_FIRST_WAIT: Final = 0.5
_LONGEST_WAIT: Final = 15.0

_T = TypeVar("_T")

_log = structlog.get_logger(__name__)


async def patiently(attempt: Callable[[], Awaitable[_T]]) -> _T:
    """Try until the database answers, however long that takes."""
    wait = _FIRST_WAIT
    while True:
        try:
            return await attempt()
        except UnavailableError as error:
            _log.warning("waiting for the database", advice=str(error), seconds=wait)
        await asyncio.sleep(wait)
        wait = min(wait * 2, _LONGEST_WAIT)


async def unless(stop: asyncio.Event, work: Coroutine[Any, Any, _T]) -> _T | None:
    """Return what some work comes to; None when it was told to stop before."""
    tasks = [asyncio.ensure_future(work), asyncio.ensure_future(stop.wait())]
    working = tasks[0]
    try:
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        return cast("_T", working.result()) if working.done() else None
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
