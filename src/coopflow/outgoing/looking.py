"""Looking again and again for something to do, until told to stop."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Final, NamedTuple

import structlog

from coopflow.application.engine import UnavailableError
from coopflow.readmodel.news import News, wait

_GATHERING: Final = 0.1
"""Seconds in which more news gather before they are looked at: each look asks the database."""

_log = structlog.get_logger("coopflow.looking")


class Pauses(NamedTuple):
    """How long to wait before the next look.

    Attributes:
        usual: where nothing tells of news.
        after_an_outage: when the database did not answer, or something else went wrong.
    """

    usual: timedelta
    after_an_outage: timedelta


async def look_again(
    look: Callable[[], Awaitable[None]],
    stop: asyncio.Event,
    *,
    about: str,
    pauses: Pauses,
    news: News | None = None,
) -> None:
    """Look for something to do until told to stop, whatever goes wrong.

    Args:
        look: does what there is to do; it is looked at again after a pause, or when there is news.
        stop: tells to stop: the present look is ended, no other one begun.
        about: what it is about, for the log.
        pauses: how long to wait.
        news: tells of what the projector of this process writes.
    """
    news = news or News()
    stopping = asyncio.create_task(stop.wait())
    try:
        while not stop.is_set():
            told = news.next()
            pause = pauses.usual
            try:
                await look()
            except UnavailableError as error:
                _log.warning("waiting for the database", about=about, advice=str(error))
                pause = pauses.after_an_outage
            except Exception as error:  # noqa: BLE001 - whatever it is, the next look may pass
                _log.error("looking for something to do failed", about=about, exc_info=error)
                pause = pauses.after_an_outage
            waiting = asyncio.create_task(wait(told, pause.total_seconds()))
            await asyncio.wait({waiting, stopping}, return_when=asyncio.FIRST_COMPLETED)
            waiting.cancel()
            if not stopping.done():
                await asyncio.sleep(_GATHERING)
    finally:
        stopping.cancel()
