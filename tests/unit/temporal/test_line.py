"""Requests for one cooperation: their turn, and how long they are patient."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from temporalio.service import RPCError, RPCStatusCode

from coopflow.application.engine import Address
from coopflow.temporal import calls as of_calls
from coopflow.temporal.calls import AT_ONCE, Calls, EngineUnavailableError

SECOND = timedelta(seconds=1)
ADDRESS = Address("prog", "coop")
BUSY = RPCError("busy", RPCStatusCode.RESOURCE_EXHAUSTED, b"")


async def _healthy() -> bool:
    return True


def calls(patience: timedelta = SECOND) -> Calls:
    """Return calls to a server that is there, and of which only the attempts are asked."""
    config = SimpleNamespace(target_host="nowhere")
    service: Any = SimpleNamespace(config=config, check_health=_healthy)
    client: Any = SimpleNamespace(service_client=service)
    return Calls(client, patience)


async def test_whoever_is_turned_away_waits_while_others_are_answered(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """It is turned away for longer than patience lasts, and comes to its turn."""
    monkeypatch.setattr(of_calls, "LONGEST_WAIT", 0.2)
    asked, tried = calls(), 0

    async def turned_away(_: timedelta) -> str:
        nonlocal tried
        tried += 1
        if tried <= 14:  # with the waits in between, more than a second
            raise BUSY
        return "at last"

    async def at_once(_: timedelta) -> str:
        return "at once"

    waiting = asyncio.create_task(asked.insist(turned_away, "it", ADDRESS))
    while not waiting.done():
        assert await asked.insist(at_once, "another", ADDRESS) == "at once"
        await asyncio.sleep(0.01)
    assert await waiting == "at last"
    assert tried == 15


async def test_patience_ends_when_nobody_is_answered() -> None:
    """A server that is busy with others for good counts as unavailable, and is named."""

    async def turned_away(_: timedelta) -> str:
        raise BUSY

    with pytest.raises(EngineUnavailableError, match="more requests than it takes"):
        await calls(SECOND / 10).insist(turned_away, "it", ADDRESS)


async def test_only_so_many_are_under_way() -> None:
    """The others wait for their turn, and come to it in the order in which they came."""
    asked = calls(SECOND * 30)
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

        await asked.insist(attempt, "it", ADDRESS)

    under_way = [asyncio.create_task(call(number)) for number in range(3 * AT_ONCE)]
    await full.wait()
    go.set()
    await asyncio.gather(*under_way)
    assert most == AT_ONCE
    assert order == list(range(3 * AT_ONCE))
