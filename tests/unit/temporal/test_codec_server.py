from __future__ import annotations

import asyncio
import http.client
import json
import logging
import socket
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any, NamedTuple

import pytest
from google.protobuf import json_format
from temporalio.api.common.v1 import Payload, Payloads

from coopflow.sealing.keys import KeyRing, KeySet, KeySets
from coopflow.temporal.codec import EncryptionCodec
from coopflow.temporal.codec_server import LARGEST, SEALED, codec_server, http_server

TOKEN = "a-token-for-tests"  # noqa: S105 - not one
PAGES = "http://127.0.0.1:8233"
BEARER = {"Authorization": f"Bearer {TOKEN}"}


class Answer(NamedTuple):
    """What the server answered."""

    status: int
    headers: Mapping[str, str]
    body: bytes


class Served(NamedTuple):
    """A codec server that runs."""

    keys: KeyRing
    port: int

    async def ask(
        self,
        path: str,
        body: bytes = b"{}",
        headers: Mapping[str, str] | None = None,
        method: str = "POST",
    ) -> Answer:
        """Send one request."""

        def send() -> Answer:
            connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
            try:
                connection.request(method, path, body, dict(headers or {}))
                answer = connection.getresponse()
                found = {name.lower(): value for name, value in answer.getheaders()}
                return Answer(answer.status, found, answer.read())
            finally:
                connection.close()

        return await asyncio.to_thread(send)


@asynccontextmanager
async def serving(programme: str = "") -> AsyncIterator[Served]:
    keys = KeyRing(KeySets(default=KeySet.new()), "a test")
    app = codec_server(keys, token=TOKEN, origins=[PAGES], programme=programme)
    server = http_server(app)
    with socket.create_server(("127.0.0.1", 0)) as listening:
        task = asyncio.create_task(server.serve(sockets=[listening]))
        yield Served(keys, listening.getsockname()[1])
        server.should_exit = True
        await task


@pytest.fixture
async def served() -> AsyncIterator[Served]:
    async with serving() as running:
        yield running


async def hidden(keys: KeyRing, value: Any, programme: str = "valley") -> bytes:
    """Return a value as the pages of Temporal send it, encrypted."""
    plain = Payload(metadata={"encoding": b"json/plain"}, data=json.dumps(value).encode())
    payloads = await EncryptionCodec(keys, programme).encode([plain])
    return json_format.MessageToJson(Payloads(payloads=payloads)).encode()


def shown(answer: Answer) -> Any:
    """Return the only value of an answer."""
    assert answer.status == 200, answer.body
    (payload,) = json_format.Parse(answer.body, Payloads()).payloads
    return json.loads(payload.data)


async def test_who_has_the_token_reads(served: Served) -> None:
    """Payloads are decrypted, whether the token is in a header or in the path."""
    value = {"title": "Canteens", "at": None, "é": [1, 2.5]}
    body = await hidden(served.keys, value)
    assert shown(await served.ask("/decode", body, BEARER)) == value
    assert shown(await served.ask("/any/where/decode", body, BEARER)) == value
    assert shown(await served.ask(f"/{TOKEN}/decode", body)) == value
    assert shown(await served.ask(f"/{TOKEN}/default/decode", body)) == value


@pytest.mark.parametrize(
    ("path", "headers"),
    [
        ("/decode", {}),
        ("/decode", {"Authorization": "Bearer another-token-for-tests"}),
        ("/decode", {"Authorization": f"Basic {TOKEN}"}),
        ("/decode", {"Authorization": TOKEN}),
        (f"/{TOKEN[:-1]}/decode", {}),
        (f"/x{TOKEN}/decode", {}),
        (f"/{TOKEN}", {}),
        ("/encode", {}),
    ],
)
async def test_who_has_not_is_refused(
    served: Served, path: str, headers: Mapping[str, str]
) -> None:
    """Without the token nothing is decrypted, nor encrypted, and the answer says no more."""
    body = await hidden(served.keys, "secret")
    answer = await served.ask(path, body, headers)
    assert answer.status == 401
    assert b"secret" not in answer.body
    assert TOKEN.encode() not in answer.body


async def test_pages_of_the_named_origin_may_ask(served: Served) -> None:
    """A browser's question before the question is answered for that origin, and its headers."""
    wanted = "authorization,content-type,x-namespace"
    asking = {
        "Origin": PAGES,
        "Access-Control-Request-Method": "POST",
        "Access-Control-Request-Headers": wanted,
    }
    answer = await served.ask(f"/{TOKEN}/decode", b"", asking, "OPTIONS")
    assert answer.status == 200
    assert answer.headers["access-control-allow-origin"] == PAGES
    assert "POST" in answer.headers["access-control-allow-methods"]
    allowed = answer.headers["access-control-allow-headers"].lower()
    assert all(name in allowed for name in wanted.split(","))
    body = await hidden(served.keys, "text")
    answer = await served.ask(f"/{TOKEN}/decode", body, {"Origin": PAGES})
    assert answer.headers["access-control-allow-origin"] == PAGES
    assert shown(answer) == "text"


async def test_other_pages_may_not_ask(served: Served) -> None:
    """A page of another origin is refused, even with the token."""
    for origin in ("http://evil.example", "null", f"{PAGES}0"):
        asking = {"Origin": origin, "Access-Control-Request-Method": "POST"}
        answer = await served.ask("/decode", b"", asking, "OPTIONS")
        assert answer.status == 400
        assert "access-control-allow-origin" not in answer.headers
        body = await hidden(served.keys, "secret")
        answer = await served.ask("/decode", body, {**BEARER, "Origin": origin})
        assert answer.status == 403
        assert b"secret" not in answer.body
        assert "access-control-allow-origin" not in answer.headers


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        ("/decode", b"", 400),
        ("/decode", b"1", 400),
        ("/decode", b"\xff", 400),
        ("/decode", b"[" * 100_000, 400),
        ("/decode", b'{"payloads": 1}', 400),
        ("/decode", b'{"payloads": [{"more": 1}]}', 400),
        ("/decode", b" " * (LARGEST + 1), 413),
        ("/download", b"{}", 404),
        ("/", b"{}", 404),
    ],
)
async def test_what_cannot_be_meant_is_refused(
    served: Served, path: str, body: bytes, status: int
) -> None:
    """Bodies that are no payloads, and those that are too large, are refused."""
    assert (await served.ask(path, body, BEARER)).status == status


async def test_only_post_is_answered(served: Served) -> None:
    """An address that somebody opens in a browser shows nothing."""
    assert (await served.ask(f"/{TOKEN}/decode", method="GET")).status == 405


async def test_it_encrypts_too(served: Served) -> None:
    """What is sent from the pages of Temporal is encrypted, and comes back as it was."""
    plain = Payload(metadata={"encoding": b"json/plain"}, data=b'"text"')
    body = json_format.MessageToJson(Payloads(payloads=[plain])).encode()
    answer = await served.ask("/encode", body, BEARER)
    assert answer.status == 200
    assert b"json/plain" not in answer.body
    assert shown(await served.ask("/decode", answer.body, BEARER)) == "text"


async def test_a_missing_key_is_named(served: Served) -> None:
    """What cannot be decrypted is an error that says which key is missing."""
    other = KeyRing(KeySets(default=KeySet.new()), "another")
    answer = await served.ask("/decode", await hidden(other, "text"), BEARER)
    assert answer.status == 400
    assert f"The key {other.encrypting('valley').key} is missing" in answer.body.decode()


async def test_it_may_serve_one_programme_alone() -> None:
    """What is of another programme is not decrypted, with the key at hand or not."""
    async with serving("valley") as served:
        assert shown(await served.ask("/decode", await hidden(served.keys, 1), BEARER)) == 1
        answer = await served.ask("/decode", await hidden(served.keys, 1, "coast"), BEARER)
        assert answer.status == 400
        assert "does not belong in programme valley" in answer.body.decode()


async def test_what_is_sealed_stays_so(served: Served) -> None:
    """Ballots and the content of disagreements are left out, wherever they stand."""
    value: dict[str, Any] = {
        "entries": [
            {"seq": 1, "event": {"type": "disagreement_raised", "subject": "s", "content": "c"}},
            {"seq": 2, "event": {"type": "ballot_cast", "organisation": "a", "choice": "no"}},
        ],
        "command": {"command": "raise_disagreement", "content": "c", "subject": "s"},
        "state": {"decisions": {"d": {"ballots": {"a": {"choice": "no"}}, "question": "q"}}},
        "veto": {"type": "effect_suspended", "decision": "d", "reason": "c"},
        "session": {"command": "record_session_vote", "ballots": {"a": "no"}, "meeting": "m"},
        "link": {"previous": "0" * 64, "salts": {"/event/choice": "00"}, "pepper": "00"},
        "objections": {"a": {"status": "raised", "reason": "c"}},
        "document": {"type": "document_drafted", "content": {"issue": "i"}},
        "held": {"ballots": {}, "reason": None},
    }
    found = shown(await served.ask("/decode", await hidden(served.keys, value), BEARER))
    assert found["entries"][0]["event"] == {
        "type": "disagreement_raised",
        "subject": "s",
        "content": SEALED,
    }
    assert found["entries"][1]["event"]["choice"] == SEALED
    assert found["command"] == {
        "command": "raise_disagreement",
        "content": SEALED,
        "subject": "s",
    }
    assert found["state"]["decisions"]["d"] == {"ballots": SEALED, "question": "q"}
    assert found["veto"]["reason"] == found["objections"] == SEALED
    assert found["link"] == {**value["link"], "salts": SEALED, "pepper": SEALED}
    assert found["session"] == {**value["session"], "ballots": SEALED}
    assert found["document"] == value["document"]
    assert found["held"] == value["held"]


async def test_what_cannot_be_looked_through_is_not_shown(served: Served) -> None:
    """A value nested too deep to be searched, or no JSON after all, is left out as a whole."""
    for data in (b"[" * 100_000 + b"]" * 100_000, b"{"):
        plain = Payload(metadata={"encoding": b"json/plain"}, data=data)
        payloads = await EncryptionCodec(served.keys, "valley").encode([plain])
        body = json_format.MessageToJson(Payloads(payloads=payloads)).encode()
        assert shown(await served.ask("/decode", body, BEARER)) == SEALED


async def test_nothing_of_a_request_is_logged(
    served: Served, caplog: pytest.LogCaptureFixture
) -> None:
    """Neither the token nor what was decrypted is in the log, whatever goes wrong."""
    caplog.set_level(logging.DEBUG)
    body = await hidden(served.keys, "Zwetschgendatschi")
    await served.ask(f"/{TOKEN}/decode", body)
    await served.ask(f"/{TOKEN}/decode", b"Zwetschgendatschi")
    await served.ask(f"/{TOKEN}/nothing", body)
    assert TOKEN not in caplog.text
    assert "Zwetschgendatschi" not in caplog.text
