from __future__ import annotations

import asyncio
import time
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import httpx
import pytest
from sqlalchemy import select, update

from coopflow.application.callers import Caller
from coopflow.application.engine import Address, UnavailableError
from coopflow.directory.people import PersonStated
from coopflow.entrypoints.http.middleware import idempotency
from coopflow.requests.answers import KeptAnswer, KeptAnswers
from coopflow.requests.operations import LOST
from coopflow.requests.tables import KeptAnswerRow
from tests.http_platform import Platform, place

pytestmark = pytest.mark.server

FAY = Caller(name="person:fay", person="fay")
PULSE = {"score": 3, "answers": 2, "asked": 3}


def key() -> dict[str, str]:
    return {"Idempotency-Key": uuid4().hex}


def test_what_is_sent_again_is_answered_as_before(platform: Platform, address: Address) -> None:
    """The same answer, to the same caller, and said to be one."""
    mine = key()
    meeting = {"meeting": "first", "kind": "plenary", "attendees": []}
    with platform.client(FAY) as client:
        first = client.post(f"{place(address)}/meetings", json=meeting, headers=mine)
        again = client.post(f"{place(address)}/meetings", json=meeting, headers=mine)
    assert first.status_code == again.status_code == 201
    assert again.content == first.content
    assert again.headers["location"] == first.headers["location"]
    assert again.headers["idempotency-replayed"] == "true"
    assert first.headers["idempotency-key"] == mine["Idempotency-Key"]
    assert "idempotency-replayed" not in first.headers


def test_a_key_is_made_where_none_was_sent(platform: Platform, address: Address) -> None:
    """It is returned, and good for sending the request again."""
    path = f"{place(address)}/pulses"
    with platform.client(FAY) as client:
        first = client.post(path, json=PULSE)
        made = {"Idempotency-Key": first.headers["idempotency-key"]}
        again = client.post(path, json=PULSE, headers=made)
        quoted = {"Idempotency-Key": f'"{first.headers["idempotency-key"]}"'}
        assert client.post(path, json=PULSE, headers=quoted).content == first.content
    assert again.content == first.content


def test_a_key_belongs_to_one_request(platform: Platform, address: Address) -> None:
    """With another body, or for another path, it is refused; so is one that is none."""
    mine = key()
    path = f"{place(address)}/pulses"
    with platform.client(FAY) as client:
        client.post(path, json=PULSE, headers=mine)
        for other, body in ((path, {**PULSE, "score": 4}), (f"{place(address)}/pause", PULSE)):
            answer = client.post(other, json=body, headers=mine)
            assert (answer.status_code, answer.json()["code"]) == (422, "key_reused")
        wrong = client.post(path, json=PULSE, headers={"Idempotency-Key": "a b"})
    assert wrong.json()["errors"][0]["path"] == "header.Idempotency-Key"


def test_a_secret_is_told_when_it_is_kept_that_it_was(
    platform: Platform, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who has read it and asks again is told so, and not that the request is under way."""
    finish = KeptAnswers.finish

    async def slowly(
        answers: KeptAnswers, caller: str, key: str, answer: KeptAnswer, until: datetime | None
    ) -> None:
        await asyncio.sleep(0.5)
        await finish(answers, caller, key, answer, until)

    stated = PersonStated(name="Fay", language="fr")
    platform.run(platform.services.directory.add_person("fay", stated, datetime.now(UTC)))
    monkeypatch.setattr(KeptAnswers, "finish", slowly)
    mine = key()
    with platform.client(FAY) as client:
        made = client.post("/v1/me/calendar-feeds", headers=mine)
        again = client.post("/v1/me/calendar-feeds", headers=mine)
    assert made.status_code == 201
    assert made.json()["url"]
    assert (again.status_code, again.json()["code"]) == (409, "told_once")


def test_a_request_that_is_under_way_is_not_taken_on_again(
    platform: Platform, address: Address
) -> None:
    """Whoever sends it meanwhile is told to come back; once its process is gone it is repeated."""
    mine = key()
    path = f"{place(address)}/pulses"

    async def forget_the_answer(claimed_until: datetime) -> None:
        async with platform.services.answers._database.writing() as connection:
            await connection.execute(
                update(KeptAnswerRow)
                .where(KeptAnswerRow.key == mine["Idempotency-Key"])
                .values(answer=None, claimed_until=claimed_until)
            )

    with platform.client(FAY) as client:
        first = client.post(path, json=PULSE, headers=mine).json()
        platform.run(forget_the_answer(datetime.now(UTC) + timedelta(minutes=1)))
        busy = client.post(path, json=PULSE, headers=mine)
        assert (busy.status_code, busy.json()["code"]) == (409, "key_in_use")
        assert busy.headers["retry-after"] == "1"
        platform.run(forget_the_answer(datetime.now(UTC)))
        again = client.post(path, json=PULSE, headers=mine)
    # The command was accepted before its process went: it is not carried out a second time.
    assert again.json()["seq_to"] == first["seq_to"]
    assert again.json()["entries"] == first["entries"]


def test_a_request_that_takes_long_gives_signs(
    platform: Platform, address: Address, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As long as it is under way and no longer, whether or not the database hears them."""
    heard: list[str] = []

    async def hold(caller: str, key: str, now: datetime) -> None:
        await asyncio.sleep(0)
        heard.append(key)
        message = "away"
        raise UnavailableError(message)

    monkeypatch.setattr(platform.services.answers, "hold", hold)
    monkeypatch.setattr(idempotency, "_SIGN_EVERY", timedelta(milliseconds=1))
    mine = key()
    with platform.client(FAY) as client:
        given = client.post(f"{place(address)}/pulses", json=PULSE, headers=mine)
        assert given.is_success, given.text
        assert len(heard) > 1
        assert set(heard) == set(mine.values())
        heard.clear()
        client.get(place(address))
    assert not heard


def test_what_was_refused_is_tried_again(platform: Platform, address: Address) -> None:
    """A refusal changed nothing, so that the same request may succeed later."""
    mine = key()
    path = f"{place(address)}/meetings/first/minutes"
    with platform.client(FAY) as client:
        early = client.post(path, json={"minutes": "A"}, headers=mine)
        assert early.status_code == 404
        meeting = {"meeting": "first", "kind": "plenary", "attendees": []}
        client.post(f"{place(address)}/meetings", json=meeting)
        assert client.post(path, json={"minutes": "A"}, headers=mine).status_code == 200


def ended(client: httpx.Client, path: str) -> httpx.Response:
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        answer = client.get(path)
        if answer.json()["status"] != "running":
            return answer
    message = "the operation has not ended"
    raise AssertionError(message)


def test_who_does_not_wait_is_told_where_to_look(platform: Platform, address: Address) -> None:
    """A command goes on as an operation, which tells its result to the one who gave it alone."""
    asynchronously = {"Prefer": "respond-async", **key()}
    meeting = {"meeting": "first", "kind": "plenary", "attendees": []}
    path = f"{place(address)}/meetings"
    with platform.client(FAY) as client:
        begun = client.post(path, json=meeting, headers=asynchronously)
        assert begun.status_code == 202
        assert begun.headers["preference-applied"] == "respond-async"
        again = client.post(path, json=meeting, headers=asynchronously)
        assert again.headers["location"] == begun.headers["location"]
        done = ended(client, begun.headers["location"]).json()
        assert client.get(done["location"]).json()["id"] == "first"
    assert done["status"] == "done"
    assert done["result"]["entries"][0]["type"] == "meeting_recorded"
    other = Caller(name="person:rep-alpha", person="rep-alpha")
    with platform.client(other) as client:
        assert client.get(begun.headers["location"]).json()["code"] == "not_found"


def test_a_request_whose_operation_was_lost_is_carried_out_when_it_is_sent_again(
    platform: Platform, address: Address
) -> None:
    """With its key, once the operation would be given up for lost; the command is done once."""
    mine = key()
    path = f"{place(address)}/pulses"

    async def age() -> timedelta:
        this = KeptAnswerRow.key == mine["Idempotency-Key"]
        async with platform.services.answers._database.writing() as connection:
            until = await connection.execute(select(KeptAnswerRow.claimed_until).where(this))
            past = update(KeptAnswerRow).where(this).values(claimed_until=datetime.now(UTC))
            await connection.execute(past)
            return until.scalar_one() - datetime.now(UTC)

    with platform.client(FAY) as client:
        begun = client.post(path, json=PULSE, headers={"Prefer": "respond-async", **mine})
        done = ended(client, begun.headers["location"]).json()
        assert platform.run(age()) < LOST
        again = client.post(path, json=PULSE, headers=mine)
        assert again.status_code == 200
        assert again.json()["seq_to"] == done["result"]["seq_to"]
        assert client.post(path, json=PULSE, headers=mine).content == again.content


def test_an_operation_that_was_refused_tells_why(platform: Platform, address: Address) -> None:
    """Its problem is the one that would have been answered."""
    path = f"{place(address)}/decisions/nothing/closing"
    with platform.client(FAY) as client:
        begun = client.post(path, json={}, headers={"Prefer": "wait=0"})
        failed = ended(client, begun.headers["location"]).json()
        problem = client.post(path, json={}).json()
    assert failed["status"] == "failed"
    assert failed["problem"] == problem


def test_who_waits_long_enough_is_answered(platform: Platform, address: Address) -> None:
    """Nothing is left to be asked for."""
    with platform.client(FAY) as client:
        answer = client.post(f"{place(address)}/pulses", json=PULSE, headers={"Prefer": "wait=30"})
    assert answer.status_code == 200


def test_what_is_known_is_not_sent_again(platform: Platform, address: Address) -> None:
    """Every answer has a tag, in each language its own; who has it is told that nothing changed."""
    with platform.client(FAY) as client:
        for path in (place(address), f"{place(address)}/members", "/v1/problems/too_early"):
            first = client.get(path)
            known = {"If-None-Match": f'"other", W/{first.headers["etag"]}'}
            same = client.get(path, headers=known)
            assert (same.status_code, same.content) == (304, b"")
            assert same.headers["etag"] == first.headers["etag"]
        french = client.get(path, headers={**known, "Accept-Language": "fr"})
        assert french.status_code == 200
        known = {"If-None-Match": client.get(place(address)).headers["etag"]}
        client.post(f"{place(address)}/pulses", json=PULSE)
        assert client.get(place(address), headers=known).status_code == 200


def test_refusals_are_kept_for_those_who_manage(platform: Platform, pam: Caller) -> None:
    """Who was refused what, in sight or out of it; not what is merely not there."""
    programme = f"tests-{uuid4().hex[:8]}"
    manager = pam.but(roles={programme: ("programme_manager",)})
    zoe = Caller(name="person:zoe", person="zoe")
    token = Caller(name="token:9", roles=manager.roles, scopes=frozenset({"webhooks"}))
    path = f"/v1/programmes/{programme}/cooperations"
    for caller in (zoe, None, token):
        with platform.client(caller) as client:
            client.get(f"{path}?stage=impulsion")
    with platform.client(manager) as client:
        client.get(f"/v1/programmes/{programme}/nothing")
        deadline = time.monotonic() + 20
        told: list[dict[str, object]] = []
        while len(told) < 3 and time.monotonic() < deadline:  # they are noted after the answer
            told = client.get(f"/v1/programmes/{programme}/audit").json()["items"]
    seen = [(one["caller"], one["status"], one["code"], one["path"]) for one in told]
    assert seen == [
        ("token:9", 403, "scope_missing", path),
        (None, 401, "unauthenticated", path),
        ("person:zoe", 404, "not_found", path),
    ]


def test_no_refusal_takes_much_room(platform: Platform, pam: Caller) -> None:
    """Of a path that somebody made up only the beginning is kept."""
    programme = f"tests-{uuid4().hex[:8]}"
    manager = pam.but(roles={programme: ("programme_manager",)})
    with platform.client() as nobody:
        made_up = nobody.get(f"/v1/programmes/{programme}/cooperations/{'x' * 10_000}")
        assert made_up.status_code == 401
    with platform.client(manager) as client:
        deadline = time.monotonic() + 20
        told: list[dict[str, str]] = []
        while not told and time.monotonic() < deadline:  # it is noted after the answer
            told = client.get(f"/v1/programmes/{programme}/audit").json()["items"]
    assert len(told[0]["path"]) == 500
