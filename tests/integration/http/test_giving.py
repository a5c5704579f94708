from __future__ import annotations

import base64
import json
from datetime import UTC, datetime
from uuid import uuid4

import pytest

from coopflow.application.callers import Caller
from coopflow.application.engine import Address
from coopflow.directory.people import PersonStated, ProgrammeRole
from coopflow.directory.programmes import ProgrammeStated
from coopflow.domain.refusals import Refusal
from coopflow.temporal.writing import Writer
from tests.http_platform import Platform, place
from tests.stages import varied
from tests.temporal_engine import opening

pytestmark = pytest.mark.server

FAY = Caller(name="person:fay", person="fay")
REP = Caller(name="person:rep-alpha", person="rep-alpha")


def test_an_accepted_command_tells_what_came_of_it(platform: Platform, address: Address) -> None:
    """It is answered once it can be read, with its entries and where the new thing is."""
    meeting = {"meeting": "first", "kind": "plenary", "attendees": ["alpha", "beta"]}
    with platform.client(FAY) as client:
        done = client.post(f"{place(address)}/meetings", json=meeting)
        assert done.status_code == 201
        shown = client.get(done.headers["location"])
    assert done.json()["entries"][0]["type"] == "meeting_recorded"
    assert done.json()["entries"][0]["actor"] == "fay"
    assert shown.json()["id"] == "first"


def test_what_its_process_did_not_write_is_asked_of_the_workflow(
    platform: Platform, address: Address, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Entries that were to be written here and were not are handed out for who waits for them."""
    monkeypatch.setattr(Writer, "note", lambda *_: None)
    with platform.client(FAY) as client:
        done = client.post(f"{place(address)}/pulses", json={"score": 3, "answers": 2, "asked": 3})
    assert [entry["type"] for entry in done.json()["entries"]] == ["pulse_recorded"]


def test_a_refused_command_is_a_problem_with_its_code_and_facts(
    platform: Platform, address: Address
) -> None:
    """What is refused changes nothing, and says why in words of the contract."""
    with platform.client(FAY) as client:
        before = client.get(place(address)).json()["seq"]
        answer = client.post(f"{place(address)}/decisions/nothing/closing", json={})
        assert client.get(place(address)).json()["seq"] == before
    assert answer.status_code == 404
    assert answer.json()["code"] == "unknown_decision"
    assert answer.json()["facts"] == {"decision": "nothing"}


def test_the_same_key_gives_a_command_once(platform: Platform, address: Address) -> None:
    """Sent again with its Idempotency-Key, a command is answered and not carried out again."""
    pulse = {"score": 3, "answers": 2, "asked": 3}
    key = {"Idempotency-Key": uuid4().hex}
    with platform.client(FAY) as client:
        first = client.post(f"{place(address)}/pulses", json=pulse, headers=key)
        again = client.post(f"{place(address)}/pulses", json=pulse, headers=key)
        other = client.post(f"{place(address)}/pulses", json=pulse)
    assert first.status_code == again.status_code == other.status_code == 200
    assert again.json()["seq_to"] == first.json()["seq_to"] < other.json()["seq_to"]
    assert again.json()["entries"] == first.json()["entries"]


def test_nobody_gives_commands_in_the_name_of_others(platform: Platform, address: Address) -> None:
    """Who signed in acts for themselves, whatever their scopes; a token may vouch for people."""
    leaving = {"reason": "Retires", "actor": "rep-beta"}
    path = f"{place(address)}/members/beta/withdrawal"
    token = Caller(
        name="token:1",
        roles={"tests": ("programme_manager",)},
        scopes=frozenset({"read", "write"}),
    )
    with platform.client(REP) as client:
        answer = client.post(path, json=leaving)
        assert (answer.status_code, answer.json()["code"]) == (403, "scope_missing")
    with platform.client(token) as client:
        assert client.post(path, json=leaving).json()["facts"] == {"scopes": ["act"]}
        assert client.post(path, json={"reason": "Retires"}).json()["code"] == "forbidden"
    with platform.client(token.but(scopes=frozenset({"read", "act"}))) as client:
        done = client.post(path, json=leaving)
    assert done.status_code == 200
    assert done.json()["entries"][0]["actor"] == "rep-beta"


def test_a_cooperation_is_opened_by_names_of_the_library(platform: Platform, pam: Caller) -> None:
    """A policy that is not there, or the path of a file, opens nothing."""
    body = {
        "cooperation": f"coop-{uuid4().hex[:8]}",
        "title": "A",
        "issue": "B",
        "territory": "C",
        "lifecycle": "impact-collectif",
    }
    path = "/v1/programmes/tests/cooperations"
    with platform.client(pam) as client:
        for policy in ("nothing", "reference.yaml", "reference@9"):
            answer = client.post(path, json={**body, "policy": policy})
            assert answer.json()["errors"][0]["path"] == "body.policy"
        done = client.post(path, json={**body, "policy": "light"})
        assert done.status_code == 201
        followed = client.get(f"{done.headers['location']}/policy").json()
        again = client.post(path, json={**body, "policy": "light"})
    assert followed["name"] == "light"
    assert again.json()["code"] == "already_exists"


def test_lists_go_on_where_they_ended(platform: Platform, address: Address) -> None:
    """Page by page every entry is there once; a cursor of another list is refused."""
    with platform.client(FAY) as client:
        whole = client.get(f"{place(address)}/journal").json()["items"]
        found, path = [], f"{place(address)}/journal?limit=3"
        while path:
            page = client.get(path)
            assert page.links.get("next", {}).get("url") == page.json()["next"]
            found += page.json()["items"]
            path = page.json()["next"]
        assert found == whole
        assert len(whole) > 3
        for thing, cursor in (
            ("members", [1]),
            ("members", ["a", "b"]),
            ("members", ["\0"]),
            ("members", ["\ud800"]),
            ("members", "alpha"),
            ("journal", [2**63]),
            ("journal", [True]),
            ("journal", [1.5]),
        ):
            told = base64.urlsafe_b64encode(json.dumps(cursor).encode()).decode()
            wrong = client.get(f"{place(address)}/{thing}", params={"cursor": told})
            assert wrong.json()["errors"][0]["path"] == "query.cursor", (thing, cursor)


def test_a_command_may_depend_on_what_was_seen(platform: Platform, address: Address) -> None:
    """With If-Match it is carried out only on the cooperation as it was looked at."""
    pulse = {"score": 3, "answers": 2, "asked": 3}
    path = f"{place(address)}/pulses"
    with platform.client(FAY) as client:
        seen = {"If-Match": client.get(place(address)).headers["etag"]}
        assert client.post(path, json=pulse, headers=seen).status_code == 200
        late = client.post(path, json=pulse, headers=seen)
        assert (late.status_code, late.json()["code"]) == (412, "outdated")
        for never in ('W/"1"', '"9999"'):
            answer = client.post(path, json=pulse, headers={"If-Match": never})
            assert answer.status_code == 412
        wrong = client.post(path, json=pulse, headers={"If-Match": "yesterday"})
        assert wrong.json()["errors"][0]["path"] == "header.If-Match"
        assert client.post(path, json=pulse, headers={"If-Match": "*"}).status_code == 200


def test_a_token_that_vouches_gives_what_the_directory_lets_people_give(
    platform: Platform,
) -> None:
    """In somebody's name it may do what they may as manager of a programme, and no more."""
    programme = f"tests-{uuid4().hex[:8]}"

    async def know() -> None:
        directory, now = platform.services.directory, datetime.now(UTC)
        stated = ProgrammeStated(name="Tests", language="en")
        await directory.add_programme(programme, stated, now)
        manages: tuple[ProgrammeRole, ...] = ("programme_manager",)
        for person in ("ines", "zoe"):
            known = f"{person}-{programme}"
            await directory.add_person(known, PersonStated(name=person), now)
        await directory.take_part(programme, f"ines-{programme}", manages, now)

    platform.run(know())
    token = Caller(
        name="token:2",
        administrator=True,
        scopes=frozenset({"act"}),
        programmes=frozenset({programme}),
    )
    body = {
        "cooperation": "one",
        "title": "A",
        "issue": "B",
        "territory": "C",
        "lifecycle": "impact-collectif",
        "policy": "reference",
    }
    path = f"/v1/programmes/{programme}/cooperations"
    with platform.client(token) as client:
        refused = client.post(path, json={**body, "actor": f"zoe-{programme}"})
        done = client.post(path, json={**body, "actor": f"ines-{programme}"})
    assert refused.json()["code"] == "forbidden"
    assert done.status_code == 201
    assert done.json()["entries"][0]["actor"] == f"ines-{programme}"


def test_nothing_tells_how_a_secret_ballot_stands(platform: Platform, address: Address) -> None:
    """Neither the forecast nor a gate looked at later tells what would come of it."""
    opening = {
        "decision": "quietly",
        "subject": "other",
        "question": "Do we go on?",
        "rule": "simple_majority",
        "secret": True,
    }
    with platform.client(FAY) as client:
        assert client.post(f"{place(address)}/decisions", json=opening).status_code == 201
    ballot = {"organisation": "alpha", "choice": "yes"}
    with platform.client(REP) as client:
        given = client.post(f"{place(address)}/decisions/quietly/ballots", json=ballot)
        coming = client.get(f"{place(address)}/forecast").json()
        shown = client.get(f"{place(address)}/decisions/quietly").json()
        journal = client.get(f"{place(address)}/journal?limit=200").json()["items"]
    assert "choice" in given.json()["entries"][-1]["redacted"]
    assert coming["undisclosed"] == ["quietly"]
    assert "quietly" not in str(coming["coming"])
    assert (shown["answers"], shown["counts"]) == (1, {})
    assert '"yes"' not in str(journal)


async def _offered(platform: Platform, programme: str, name: str) -> None:
    definition = varied(lambda policy: policy.update(policy=name)).definition
    wire = opening(Address(programme, "first"))
    wire |= {"policy": f"{name}@1", "actor": f"pam-{programme}"}
    outcome = await platform.services.engine.open(definition, wire, ("programme_manager",))
    assert not isinstance(outcome, Refusal)
    await platform.services.engine.until_projected(Address(programme, "first"))


def test_policies_of_other_programmes_are_not_there(platform: Platform) -> None:
    """A programme opens by what its own cooperations follow, and by the library."""
    name, home = f"local-{uuid4().hex[:8]}", f"home-{uuid4().hex[:8]}"
    platform.run(_offered(platform, home, name))
    answers = {}
    for programme in (home, f"other-{home}"):
        manager = Caller(
            name=f"person:pam-{programme}",
            person=f"pam-{programme}",
            roles={programme: ("programme_manager",)},
        )
        body = {
            "cooperation": "second",
            "title": "A",
            "issue": "B",
            "territory": "C",
            "lifecycle": "impact-collectif@1",
            "policy": f"{name}@1",
        }
        path = f"/v1/programmes/{programme}/cooperations"
        with platform.client(manager) as client:
            answers[programme] = client.post(path, json=body)
            unknown = client.post(path, json={**body, "policy": "nobody-knows@1"}).json()
    assert answers[home].status_code == 201
    refused = answers[f"other-{home}"].json()
    assert refused["code"] == "invalid_request"
    assert str(refused["errors"]).replace(f"{name}@1", "nobody-knows@1") == str(unknown["errors"])
