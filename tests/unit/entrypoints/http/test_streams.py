"""How long a stream of events lasts."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any, cast

import pytest

from coopflow.entrypoints.http import streams
from coopflow.outgoing.cloudevents import NOWHERE
from coopflow.readmodel.feed import FeedItem, cursor_at
from coopflow.readmodel.views import JournalLine
from coopflow.services import Services

NOW = datetime(2026, 3, 1, 9, tzinfo=UTC)


class BusyFeed:
    """A feed that tells something new whenever it is asked; it counts how often."""

    def __init__(self) -> None:
        self.asked = 0

    async def coming(self, cursor: str, **which: Any) -> tuple[FeedItem, ...]:
        """Return what comes next."""
        self.asked += 1
        await asyncio.sleep(0)
        line = JournalLine(
            seq=self.asked,
            at=NOW,
            actor=None,
            command_id=None,
            type="went_stale",
            data={},
        )
        item = FeedItem(
            cursor=cursor_at(self.asked),
            programme="tests",
            cooperation="verger",
            seq=self.asked,
            at=NOW,
            type=line.type,
            imported=False,
            line=line,
        )
        return (item,)


async def test_no_stream_goes_on_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever reads so slowly that there is always more has to say again who they are."""
    monkeypatch.setattr(streams, "LONGEST", 0)
    feed = BusyFeed()
    services = cast("Services", SimpleNamespace(feed=feed))
    wanted = streams.Reading("", None, 0.0, asyncio.Event(), NOWHERE)
    async with asyncio.timeout(5):
        told = [event async for event in streams.events(services, wanted, programme="tests")]
    assert len(told) == 1 + feed.asked == 2
