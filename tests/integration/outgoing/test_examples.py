"""The receiver and the sink in examples/ do as their pages say."""

from __future__ import annotations

import asyncio
import importlib.util
import json
import sqlite3
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import ModuleType

import httpx
import pytest

from coopflow.readmodel.feed import Feed
from coopflow.readmodel.projector import Projector
from tests.integration.outgoing.conftest import PROGRAMME, Bench
from tests.integration.readmodel.lives import Collective

EMBEDDING = Path(__file__).parents[3] / "examples" / "embedding"


@asynccontextmanager
async def receiver(secret: str, file: Path) -> AsyncIterator[tuple[str, asyncio.StreamReader]]:
    """Run the receiver as a process of its own, and give its URL and what it tells."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        str(EMBEDDING / "webhook_receiver.py"),
        env={"WEBHOOK_SECRET": secret, "RECEIVER_FILE": str(file), "PYTHONUNBUFFERED": "1"},
        stdout=asyncio.subprocess.PIPE,
    )
    assert process.stdout is not None
    try:
        listening = (await asyncio.wait_for(process.stdout.readline(), 30)).decode()
        yield listening.removeprefix("listening on ").strip(), process.stdout
    finally:
        process.kill()
        await process.wait()


@pytest.mark.server
async def test_the_receiver_acts_on_each_event_once(bench: Bench, tmp_path: Path) -> None:
    """It refuses what is not signed, and knows what comes again, also after a restart."""
    endpoint, secret = await bench.add("http://127.0.0.1:9/")
    dispatcher, file = bench.dispatcher(), tmp_path / "received.db"
    async with receiver(secret, file) as (url, told):
        await bench.endpoints.change(PROGRAMME, endpoint.id, url=url)
        last = await bench.happen(2)
        await dispatcher.once()
        ping = await bench.deliveries.ping(PROGRAMME, endpoint.id, bench.clock())
        await dispatcher.once()
        async with httpx.AsyncClient() as client:
            assert (await client.post(url, json={"id": "forged"})).status_code == 401
        said = [(await told.readline()).decode().split() for _ in range(3)]
    assert said == [
        ["new", "org.coopflow.cooperation_paused.v1", "demo/verger", str(last - 1)],
        ["new", "org.coopflow.cooperation_resumed.v1", "demo/verger", str(last)],
        ["new", "org.coopflow.ping.v1", ping.message],
    ]

    first = (await bench.log(endpoint))[0]
    await bench.deliveries.redeliver(PROGRAMME, endpoint.id, first.id, bench.clock())
    async with receiver(secret, file) as (url, told):
        await bench.endpoints.change(PROGRAMME, endpoint.id, url=url)
        await dispatcher.once()
        known = (await told.readline()).decode().split()
    assert known == ["known", "org.coopflow.cooperation_paused.v1", "demo/verger", str(last - 1)]
    assert {one.status for one in await bench.log(endpoint)} == {"sent"}
    with sqlite3.connect(file) as database:
        latest = database.execute("SELECT * FROM latest").fetchall()
    database.close()
    assert latest == [("demo/verger", last, "org.coopflow.cooperation_resumed.v1")]


@pytest.fixture(scope="module")
def nats_sink() -> ModuleType:
    spec = importlib.util.spec_from_file_location("nats_sink", EMBEDDING / "nats_sink.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@dataclass
class Stream:
    """A stream that keeps what it is given, and breaks after so many messages."""

    breaks_after: int | None = None
    messages: list[tuple[str, bytes, dict[str, str]]] = field(default_factory=list)
    came: asyncio.Event = field(default_factory=asyncio.Event)

    async def publish(self, subject: str, payload: bytes, *, headers: dict[str, str]) -> None:
        """Keep a message, as JetStream does before it acknowledges."""
        self.messages.append((subject, payload, headers))
        self.came.set()
        if len(self.messages) == self.breaks_after:
            message = "the acknowledgement was lost"
            raise ConnectionError(message)


async def test_the_sink_loses_nothing_and_its_doubles_are_known(
    bench: Bench, nats_sink: ModuleType, tmp_path: Path
) -> None:
    """It goes on from where it was, also where it broke between publishing and noting."""
    feed, noted = Feed(bench.database), tmp_path / "cursor"
    other = Collective("demo", "le.canal:2")
    await Projector(bench.database).apply(*other.address, other.entries)
    everything = [item.cursor for item in await feed.after("")]

    broken = Stream(breaks_after=3)
    with pytest.raises(ConnectionError):
        await nats_sink.sink(feed, broken, noted)
    whole = Stream()
    running = asyncio.create_task(nats_sink.sink(feed, whole, noted))
    while len(broken.messages) + len(whole.messages) < len(everything) + 1:
        await asyncio.wait_for(whole.came.wait(), 10)
        whole.came.clear()
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)

    ids = [headers["Nats-Msg-Id"] for _, _, headers in (*broken.messages, *whole.messages)]
    assert ids[2] == ids[3]
    assert len({*ids}) == len(everything)
    subject, payload, headers = whole.messages[-1]
    event = json.loads(payload)
    assert subject == f"coopflow.demo.le_canal_2.{event['data']['type']}"
    assert headers["Content-Type"].startswith("application/cloudevents+json")
    assert event["id"] == ids[-1]
