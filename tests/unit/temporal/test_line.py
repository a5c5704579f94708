"""Requests for one cooperation: their turn, and how long they are patient."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from temporalio.service import RPCError, RPCStatusCode

from coopflow.temporal import client as of_engine
from coopflow.temporal.client import AT_ONCE, EngineUnavailableError, TemporalEngine, _Line

SECOND = timedelta(seconds=1)
BUSY = RPCError("busy", RPCStatusCode.RESOURCE_EXHAUSTED, b"")


async def _healthy() -> bool:
    return True


def engine(patience: timedelta = SECOND) -> TemporalEngine:
    """Return an engine on a server that is there, and of which only the attempts are asked."""
    config = SimpleNamespace(target_host="nowhere")
    service: Any = SimpleNamespace(config=config, check_health=_healthy)
    client: Any = SimpleNamespace(service_client=service)
    return TemporalEngine(client, patience=patience)


async def test_whoever_is_turned_away_waits_while_others_are_answered(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """It is turned away for longer than patience lasts, and comes to its turn."""
    monkeypatch.setattr(of_engine, "_LONGEST_WAIT", 0.2)
    line, asked, tried = _Line(), engine(), 0

    async def turned_away(_: timedelta) -> str:
        nonlocal tried
        tried += 1
        if tried <= 14:  # with the waits in between, more than a second
            raise BUSY
        return "at last"

    async def at_once(_: timedelta) -> str:
        return "at once"

    waiting = asyncio.create_task(asked._insist(turned_away, "it", line))
    while not waiting.done():
        assert await asked._insist(at_once, "another", line) == "at once"
        await asyncio.sleep(0.01)
    assert await waiting == "at last"
    assert tried == 15


async def test_patience_ends_when_nobody_is_answered() -> None:
    """A server that is busy with others for good counts as unavailable, and is named."""

    async def turned_away(_: timedelta) -> str:
        raise BUSY

    with pytest.raises(EngineUnavailableError, match="more requests than it takes"):
        await engine(SECOND / 10)._insist(turned_away, "it", _Line())


async def test_only_so_many_are_under_way() -> None:
    """The others wait for their turn, and come to it in the order in which they came."""
    line, asked = _Line(), engine(SECOND * 30)
    here, most, order = 0, 0, list[int]()
    full, go = asyncio.Event(), asyncio.Event()

    async def call(number: int) -> None:
        async def attempt(_: timedelta) -> None:
            nonlocal here, most
            here += 1
            most = max(most, here)
            order.append(number)
            if here == AT_ONCE:
                full.set()
            await go.wait()
            here -= 1

        await asked._insist(attempt, "it", line)

    calls = [asyncio.create_task(call(number)) for number in range(3 * AT_ONCE)]
    await full.wait()
    go.set()
    await asyncio.gather(*calls)
    assert most == AT_ONCE
    assert order == list(range(3 * AT_ONCE))
