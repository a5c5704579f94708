"""All that happens goes on to NATS, as CloudEvents: what a data platform reads it from.

Beside an engine, with the settings of its workers (``COOPFLOW_…``), and with ``pip install
nats-py`` and a JetStream that takes ``coopflow.>``::

    python examples/embedding/nats_sink.py nats://127.0.0.1:4222

The feed is read from where the last run ended. An event is published before its place is noted, so
none is lost; one that was published and not noted comes again under the same id, which JetStream
passes over (``Nats-Msg-Id``). For Kafka only ``publish`` is another: the address of the cooperation
is the key, which keeps its events in order, and the id goes into a header.
"""

from __future__ import annotations

import asyncio
import json
import os
import re
import sys
from contextlib import aclosing
from pathlib import Path
from typing import Any, Protocol

from coopflow import bootstrap
from coopflow.outgoing.cloudevents import CONTENT_TYPE, enveloped
from coopflow.readmodel.feed import BEGINNING, Feed, FeedItem
from coopflow.settings import load_settings


class Stream(Protocol):
    """JetStream, as far as it is used: ``nats.connect(…).jetstream()``."""

    async def publish(self, subject: str, payload: bytes, *, headers: dict[str, str]) -> Any:
        """Publish a message, and wait until it is stored."""
        ...


async def sink(feed: Feed, stream: Stream, noted: Path) -> None:
    """Publish all that follows the place that was noted, and note each; until cancelled."""
    async with aclosing(feed.follow(read(noted))) as items:
        async for item in items:
            await publish(stream, item)
            note(noted, item.cursor)


async def publish(stream: Stream, item: FeedItem) -> None:
    """Publish an event: ``coopflow.PROGRAMME.COOPERATION.TYPE``."""
    event = enveloped(item, os.environ.get("SOURCE", "urn:coopflow:installation")).as_json()
    parts = (item.programme, item.cooperation, item.type)
    subject = ".".join(["coopflow", *(re.sub(r"[^A-Za-z0-9_-]", "_", part) for part in parts)])
    headers = {"Nats-Msg-Id": event["id"], "Content-Type": CONTENT_TYPE}
    await stream.publish(subject, json.dumps(event).encode(), headers=headers)


def read(file: Path) -> str:
    """Return the place that was noted; at first the beginning."""
    return file.read_text(encoding="ascii") if file.exists() else BEGINNING


def note(file: Path, cursor: str) -> None:
    """Keep the place, whole or not at all."""
    draft = file.with_suffix(".draft")
    with draft.open("w", encoding="ascii") as opened:
        opened.write(cursor)
        opened.flush()
        os.fsync(opened.fileno())
    draft.replace(file)


async def main(url: str) -> None:
    """Connect, and go on until interrupted."""
    import nats  # type: ignore[import-not-found]  # noqa: PLC0415 - only who runs this needs it

    connection = await nats.connect(url)
    try:
        async with bootstrap.reading(load_settings()) as reading:
            await sink(reading.feed, connection.jetstream(), Path("nats_sink.cursor"))
    finally:
        await connection.drain()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1] if len(sys.argv) > 1 else "nats://127.0.0.1:4222"))
