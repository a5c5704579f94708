"""Server-sent events: all that happens, once and in order, over connections that break."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from contextlib import AsyncExitStack, ExitStack, contextmanager
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import fastapi.routing
import httpx
import pytest

from coopflow.application.callers import Caller
from coopflow.application.engine import Address
from coopflow.entrypoints.http import streams
from coopflow.entrypoints.http.app import api
from coopflow.entrypoints.serving import listen, served, url_of
from tests.http_platform import CALLER, Platform, authenticate, place

pytestmark = pytest.mark.server

FAY = Caller(name="person:fay", person="fay")


@dataclass
class Told:
    """One thing that a stream told."""

    id: str | None = None
    data: Any = None
    comment: str | None = None


def parsed(lines: Iterator[str]) -> Iterator[Told]:
    """Read a stream as browsers do."""
    told = Told()
    for line in lines:
        name, _, value = line.partition(":")
        if line == "":
            yield told
            told = Told()
        elif name == "":
            told.comment = value.strip()
        elif name == "id":
            told.id = value.strip()
        elif name == "data":
            told.data = json.loads(value)


@contextmanager
def following(
    client: httpx.Client, path: str, last: str | None = None, **query: Any
) -> Iterator[Iterator[Told]]:
    headers = {"Last-Event-ID": last} if last is not None else {}
    with client.stream("GET", f"{path}/events", params=query, headers=headers) as answer:
        assert answer.status_code == 200, answer.read()
        assert answer.headers["content-type"].startswith("text/event-stream")
        yield parsed(answer.iter_lines())


def pauses(client: httpx.Client, address: Address, times: int = 1) -> None:
    """Pause a cooperation and resume it, so many times."""
    for _ in range(times):
        done = client.post(f"{place(address)}/pause", json={"reason": "Winter"})
        assert done.is_success, done.text
        done = client.post(f"{place(address)}/resumption", json={"reason": "Spring"})
        assert done.is_success, done.text


def everything(client: httpx.Client, address: Address) -> list[dict[str, Any]]:
    """Return the journal, once the read model has it."""
    found: list[dict[str, Any]] = client.get(
        f"{place(address)}/journal", params={"limit": 200}
    ).json()["items"]
    return found


def test_a_stream_goes_on_where_it_broke(platform: Platform, address: Address) -> None:
    """However often the connection drops: each event comes once, and in order."""
    with platform.client(FAY) as client:
        seen: list[Told] = []
        last = None
        for number in range(4):
            pauses(client, address)
            query = {"after": "beginning"} if last is None else {}
            with following(client, place(address), last, **query) as stream:
                first = next(stream)
                assert (first.id, first.data) == (last or "beginning", None)
                for _ in range(2 + number):
                    seen.append(next(stream))
                    last = seen[-1].id
        with following(client, place(address), last, seconds=0) as stream:
            seen += list(stream)[1:]
        lines = everything(client, address)
    assert [one.data["data"] for one in seen] == lines
    assert [one.data["seq"] for one in seen] == list(range(1, len(lines) + 1))
    event = seen[0].data
    assert event["type"] == "org.coopflow.cooperation_opened.v1"
    assert event["id"] == f"{address}/1"
    assert len({one.id for one in seen}) == len(seen)


def test_without_a_place_it_begins_with_the_present(platform: Platform, address: Address) -> None:
    """What it says first is where to go on, also for who loses it before anything happens."""
    with platform.client(FAY) as client:
        everything(client, address)
        with following(client, place(address)) as stream:
            present = next(stream).id
        pauses(client, address)
        with following(client, place(address), present) as stream:
            next(stream)
            assert next(stream).data["type"] == "org.coopflow.cooperation_paused.v1"
            assert next(stream).data["type"] == "org.coopflow.cooperation_resumed.v1"
            before = time.monotonic()
            pauses(client, address)
            assert next(stream).data["data"]["type"] == "cooperation_paused"
            assert time.monotonic() - before < 10


def test_a_programme_is_followed_by_who_manages_it(
    platform: Platform, pam: Caller, address: Address
) -> None:
    """All of its cooperations and none of another programme's; of some types, if asked."""
    mia = Caller(name="person:mia", person="mia", roles={"others": ("programme_manager",)})
    theirs = platform.opened(mia, f"coop-{uuid4().hex[:8]}", "others")
    with platform.client(pam) as client:
        query: dict[str, Any] = {"after": "beginning", "seconds": 0, "type": ["cooperation_opened"]}
        with following(client, "/v1/programmes/tests", **query) as stream:
            told = list(stream)[1:]
        assert {one.data["type"] for one in told} == {"org.coopflow.cooperation_opened.v1"}
        assert {one.data["programme"] for one in told} == {"tests"}
        assert address.cooperation in {one.data["cooperation"] for one in told}
        assert theirs.cooperation not in {one.data["cooperation"] for one in told}


def test_what_is_sealed_is_not_told(platform: Platform, address: Address) -> None:
    """A stream shows what the journal shows to everyone, and says what stays back."""
    body = {
        "disagreement": "d1",
        "subject": "Money",
        "content": "nobody may read this",
        "touches": "money",
        "parties": ["beta", "gamma"],
    }
    rep = Caller(name="person:rep-beta", person="rep-beta")
    with platform.client(rep) as client:
        done = client.post(f"{place(address)}/disagreements", json=body)
        assert done.is_success, done.text
        everything(client, address)
        query: dict[str, Any] = {"after": "beginning", "seconds": 0, "type": "disagreement_raised"}
        with following(client, place(address), **query) as stream:
            (told,) = list(stream)[1:]
    assert told.data["data"]["redacted"] == ["content"]
    assert "nobody may read this" not in json.dumps(told.data)


def test_a_stream_that_is_quiet_is_kept_open(
    platform: Platform, address: Address, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Comments come now and then, so that nobody in between takes it for dead."""
    monkeypatch.setattr(fastapi.routing, "_PING_INTERVAL", 0.1)
    with platform.client(FAY) as client, following(client, place(address)) as stream:
        next(stream)
        assert [next(stream).comment for _ in range(2)] == ["ping", "ping"]


def test_streams_end_with_the_service(platform: Platform, address: Address) -> None:
    """When it is about to end, they end in order: whoever reads comes again."""

    async def close() -> None:
        platform.app.state.closing.set()

    async def open_again() -> None:
        platform.app.state.closing.clear()

    with platform.client(FAY) as client, following(client, place(address)) as stream:
        next(stream)
        platform.run(close())
        try:
            assert list(stream) == []
        finally:
            platform.run(open_again())


def test_a_service_with_open_streams_ends_soon(platform: Platform, address: Address) -> None:
    """Long before it would break them off, and whoever reads sees an end in order."""

    async def serve_and_end() -> tuple[float, list[str]]:
        app = api(platform.services, authenticate=authenticate)
        headers = {CALLER: FAY.model_dump_json()}
        with listen("127.0.0.1", 0) as listening:
            async with AsyncExitStack() as stack:
                await stack.enter_async_context(served(app, listening, app.state.closing))
                url = f"{url_of(listening)}{place(address)}/events"
                async with (
                    httpx.AsyncClient(timeout=30) as client,
                    client.stream("GET", url, headers=headers) as answer,
                ):
                    lines = answer.aiter_lines()
                    assert await anext(lines) == ": here it begins"
                    began = time.monotonic()
                    await stack.aclose()
                    took = time.monotonic() - began
                    return took, [line async for line in lines if line.startswith("data")]

    took, told = platform.run(serve_and_end())
    assert (took < 8, told) == (True, []), took


def test_nobody_has_more_streams_than_their_share(
    platform: Platform, address: Address, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One more is refused until another one has ended; others are not concerned."""
    monkeypatch.setattr(streams, "MOST", 2)
    path = place(address)
    with platform.client(FAY) as client, ExitStack() as stack:
        both = [stack.enter_context(following(client, path)) for _ in range(2)]
        assert [next(one).comment for one in both] == ["here it begins"] * 2
        refused = client.get(f"{path}/events", params={"seconds": 0})
        assert (refused.status_code, refused.json()["code"]) == (429, "rate_limited")
        assert refused.headers["retry-after"] == "30"
        other = Caller(name="person:rep-beta", person="rep-beta")
        with platform.client(other) as beside, following(beside, path) as stream:
            next(stream)
        stack.close()
        until = time.monotonic() + 10
        while client.get(f"{path}/events", params={"seconds": 0}).status_code == 429:
            assert time.monotonic() < until
            time.sleep(0.05)


@pytest.mark.parametrize(
    ("query", "headers", "path"),
    [
        ({"after": "x"}, {}, "query.after"),
        ({"after": "MTo5OTk5OTk5"}, {}, "query.after"),
        ({"after": "beginning"}, {"Last-Event-ID": "nonsense"}, "header.Last-Event-ID"),
        ({"type": "ballot_lost"}, {}, "query.type"),
        ({"seconds": 301}, {}, "query.seconds"),
    ],
)
def test_what_cannot_be_followed_is_refused_before_it_begins(
    query: dict[str, Any],
    headers: dict[str, str],
    path: str,
    platform: Platform,
    address: Address,
) -> None:
    """A place that is none, or of another database, or a type that there is not."""
    with platform.client(FAY) as client:
        refused = client.get(f"{place(address)}/events", params=query, headers=headers)
    assert refused.status_code == 422
    assert [one["path"] for one in refused.json()["errors"]] == [path]
