"""The dispatcher: takes from the queue what is due, sends it, and keeps what came of it."""

from __future__ import annotations

import asyncio
import json
import random
from collections.abc import Awaitable, Callable, Iterable
from datetime import UTC, datetime, timedelta
from itertools import groupby
from typing import Final

import structlog

from coopflow.outgoing.cloudevents import CONTENT_TYPE, NOWHERE, CloudEvent, enveloped, ping
from coopflow.outgoing.endpoints import Endpoints
from coopflow.outgoing.looking import Pauses, look_again
from coopflow.outgoing.queue import KEPT_FOR, Claimed, Queue
from coopflow.outgoing.sending import Send
from coopflow.outgoing.signatures import signed
from coopflow.readmodel.feed import Feed
from coopflow.readmodel.news import News

_PAUSES: Final = Pauses(timedelta(seconds=1), after_an_outage=timedelta(seconds=5))
_CLEAR_EVERY: Final = timedelta(hours=1)
_LAST_ONES: Final = timedelta(seconds=5)

Clock = Callable[[], datetime]

_log = structlog.get_logger("coopflow.webhooks")


def _now() -> datetime:
    return datetime.now(UTC)


class Dispatcher:
    """Sends what is due. Any number of them may work on one database.

    Each endpoint is served for itself: one that is slow or dead delays no other. Within it the
    events of one cooperation are sent one after the other, those of several side by side.
    """

    def __init__(  # noqa: PLR0913 - what it joins
        self,
        queue: Queue,
        feed: Feed,
        endpoints: Endpoints,
        send: Send,
        *,
        source: str = NOWHERE,
        clock: Clock = _now,
        chance: Callable[[], float] = random.random,
    ) -> None:
        """Join the parts.

        Args:
            queue: what is due.
            feed: what it tells.
            endpoints: whose secrets sign.
            send: sends one message.
            source: the URL of the installation.
            clock: says what time it is.
            chance: draws between 0 and 1, for how much later something is tried again.
        """
        self._queue = queue
        self._feed = feed
        self._endpoints = endpoints
        self._send = send
        self._source = source
        self._clock = clock
        self._chance = chance
        self._lanes: dict[str, asyncio.Task[None]] = {}
        self._cleared_at: datetime | None = None

    async def run(self, stop: asyncio.Event, news: News | None = None) -> None:
        """Send what is due until told to stop; then let what is under way end, for a while.

        Args:
            stop: tells it to stop.
            news: tells of what the projector of this process writes.
        """
        try:
            await look_again(
                lambda: self._begin(stop), stop, about="webhooks", pauses=_PAUSES, news=news
            )
        finally:
            await self._wind_up()

    async def once(self) -> None:
        """Send all that is due now, and what becomes due by that at once."""
        await self._begin(asyncio.Event())
        await _all(list(self._lanes.values()))

    async def _begin(self, stop: asyncio.Event) -> None:
        now = self._clock()
        await self._queue.relay(now)
        if self._cleared_at is None or now - self._cleared_at >= _CLEAR_EVERY:
            self._cleared_at = now
            await self._queue.clear(now - KEPT_FOR)
        for endpoint in await self._queue.due(now):
            if endpoint not in self._lanes:
                self._lanes[endpoint] = asyncio.create_task(self._serve(endpoint, stop))

    async def _wind_up(self) -> None:
        lanes = list(self._lanes.values())
        if lanes:
            await asyncio.wait(lanes, timeout=_LAST_ONES.total_seconds())
        for lane in lanes:
            lane.cancel()
        await asyncio.gather(*lanes, return_exceptions=True)

    async def _serve(self, endpoint: str, stop: asyncio.Event) -> None:
        """Send what is due for one endpoint, until nothing is; then it may be begun again."""
        try:
            while not stop.is_set():
                claimed = await self._queue.claim(endpoint, self._clock())
                if not claimed:
                    return
                of = sorted(claimed, key=lambda one: (one.cooperation_id or "", one.id))
                groups = [list(some) for _, some in groupby(of, lambda one: one.cooperation_id)]
                await _all(map(self._deliver_in_turn, groups))
        except Exception as error:  # noqa: BLE001 - it must not end the others; leases run out
            _log.warning("a webhook is tried again later", webhook=endpoint, exc_info=error)
        finally:
            self._lanes.pop(endpoint, None)

    async def _deliver_in_turn(self, some: list[Claimed]) -> None:
        for one in some:
            await self._deliver(one)

    async def _deliver(self, one: Claimed) -> None:
        message = await self._message(one)
        began = self._clock()
        if message is None:
            await self._queue.give_up(one, began)
            return
        body = json.dumps(message.as_json(), ensure_ascii=False, separators=(",", ":"))
        secrets = await self._endpoints.signing(one.endpoint_id, began)
        headers = signed(one.message, began, body, secrets) | {"content-type": CONTENT_TYPE}
        answer = await self._send(one.url, body.encode(), headers)
        found = await self._queue.settle(one, answer, began, self._clock(), self._chance())
        _log.info(
            "webhook",
            webhook=one.endpoint_id,
            delivery=one.id,
            attempt=one.attempts,
            status=answer.status,
            error=answer.error,
            milliseconds=answer.milliseconds,
            outcome=found.status if found else None,
        )

    async def _message(self, one: Claimed) -> CloudEvent | None:
        if one.position is None:
            return ping(one.message, one.programme, one.created_at, self._source)
        for item in await self._feed.at(one.position):
            return enveloped(item, self._source)
        return None


async def _all(work: Iterable[Awaitable[None]]) -> None:
    """Wait until all have ended, and only then say that one failed.

    Else the others would go on unseen, with connections that nobody waits for.
    """
    for outcome in await asyncio.gather(*work, return_exceptions=True):
        if outcome is not None:
            raise outcome
