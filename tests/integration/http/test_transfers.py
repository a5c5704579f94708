"""Whole cooperations over HTTP, from one installation to another."""

from __future__ import annotations

import hashlib
import json
import shutil
import time
from pathlib import Path
from typing import Any, Final
from uuid import uuid4

import httpx
import pytest

from coopflow.application.callers import Caller
from coopflow.domain.chain import canonical
from tests.http_platform import Platform, serving_platform

pytestmark = pytest.mark.server

LINES: Final = {"Content-Type": "application/jsonl"}


def unique(name: str) -> str:
    return f"{name}-{uuid4().hex[:8]}"


def manager(programme: str) -> Caller:
    return Caller(name="person:pam", person="pam", roles={programme: ("programme_manager",)})


@pytest.fixture
def programme(platform: Platform) -> str:
    """A programme with two cooperations, ``one`` and ``two``."""
    name = unique("prog")
    for slug in ("one", "two"):
        platform.opened(manager(name), slug, name)
    return name


def exported(platform: Platform, programme: str, *named: str) -> bytes:
    with platform.client(manager(programme)) as client:
        path = f"/v1/programmes/{programme}/exports/cooperations.jsonl"
        answer = client.get(path, params={"cooperation": list(named)})
        assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"].startswith("application/jsonl")
    assert answer.headers["cache-control"] == "no-store"
    return answer.content


def post(
    client: httpx.Client, programme: str, file: bytes, *, dry_run: bool = False, **headers: str
) -> httpx.Response:
    path = f"/v1/programmes/{programme}/imports"
    query = {"dry_run": str(dry_run).lower()}
    return client.post(path, content=file, params=query, headers={**LINES, **headers})


def outcomes(answer: httpx.Response) -> dict[str, str]:
    assert answer.status_code == 200, answer.text
    return {one["cooperation"]: one["outcome"] for one in answer.json()["cooperations"]}


def rewritten(file: bytes, change: Any) -> bytes:
    """Return a file with its manifests changed, and a sum that is right."""
    *lines, last = [json.loads(line) for line in file.splitlines()]
    for line in lines:
        if "begins" in line:
            change(line["begins"])
    body = b"".join(canonical(line) + b"\n" for line in lines)
    return body + canonical({**last, "sha256": hashlib.sha256(body).hexdigest()}) + b"\n"


def test_a_programme_lives_on_in_another_installation(
    platform: Platform, programme: str, tmp_path: Path
) -> None:
    """Its file is looked into, imported, and imported again in vain; there it goes on."""
    file = exported(platform, programme)
    state = tmp_path / "state"
    state.mkdir()
    keys = platform.settings.own_keys_file
    shutil.copy2(keys, state / keys.relative_to(platform.settings.state_dir))
    with serving_platform(state) as other, other.client(manager(programme)) as client:
        new = {"one": "imported", "two": "imported"}
        assert outcomes(post(client, programme, file, dry_run=True)) == new
        assert client.get(f"/v1/programmes/{programme}").status_code == 200
        assert client.get(f"/v1/programmes/{programme}/cooperations").json()["items"] == []
        begun = post(client, programme, file, Prefer="respond-async")
        assert begun.status_code == 202, begun.text
        deadline = time.monotonic() + 60
        while (told := client.get(begun.headers["location"]).json())["status"] == "running":
            assert time.monotonic() < deadline
            time.sleep(0.05)
        assert told["status"] == "done", told
        assert [one["outcome"] for one in told["result"]["cooperations"]] == ["imported"] * 2
        again = outcomes(post(client, programme, file))
        assert again == {"one": "there", "two": "there"}
        # But for the instant in the first line, and the sum over it, the file is the same.
        assert exported(other, programme).splitlines()[1:-1] == file.splitlines()[1:-1]
        path = f"/v1/programmes/{programme}/cooperations/one"
        fay = Caller(name="person:fay", person="fay")
        with other.client(fay) as facilitator:
            paused = facilitator.post(f"{path}/pause", json={"reason": "Harvest"})
        assert paused.status_code == 200, paused.text


def test_named_cooperations_are_exported_alone(platform: Platform, programme: str) -> None:
    """One that is not there is said to be so."""
    lines = [json.loads(line) for line in exported(platform, programme, "two").splitlines()]
    assert [line["begins"]["cooperation"] for line in lines if "begins" in line] == ["two"]
    assert lines[-1]["closes"] == 1
    with platform.client(manager(programme)) as client:
        path = f"/v1/programmes/{programme}/exports/cooperations.jsonl"
        missing = client.get(path, params={"cooperation": ["two", "none"]})
        assert (missing.status_code, missing.json()["code"]) == (404, "not_found")


def test_nothing_of_another_programme_is_imported(platform: Platform, programme: str) -> None:
    """Whoever manages both, too: the path says which is meant."""
    both = Caller(
        name="person:pam",
        person="pam",
        roles={programme: ("programme_manager",), "tests": ("programme_manager",)},
    )
    with platform.client(both) as client:
        answer = post(client, "tests", exported(platform, programme))
        assert (answer.status_code, answer.json()["code"]) == (422, "invalid_request")
        (error,) = answer.json()["errors"]
        assert error["path"] == "body:2"
        assert error["problem"].startswith(f"{programme}/one is of another programme")


def test_a_file_at_fault_names_its_line(platform: Platform, programme: str) -> None:
    """Cut short, changed, or of no such kind: nothing of it is imported."""
    file = exported(platform, programme, "one")
    lines = file.splitlines(keepends=True)
    with platform.client(manager(programme)) as client:
        cut = post(client, programme, b"".join(lines[:-1]))
        assert cut.status_code == 422
        assert cut.json()["errors"][0]["path"] == f"body:{len(lines)}"
        changed = post(client, programme, file.replace(b"Tests", b"Texts").replace(b"fay", b"fry"))
        assert (changed.status_code, changed.json()["code"]) == (422, "invalid_request")
        unknown = client.post(f"/v1/programmes/{programme}/imports", json={})
        assert (unknown.status_code, unknown.json()["code"]) == (415, "unsupported_media_type")
        large = post(client, programme, b"x" * 20_000_001)
        assert (large.status_code, large.json()["code"]) == (413, "request_too_large")


def test_no_manager_gives_rules_of_all_another_meaning(platform: Platform, programme: str) -> None:
    """Other programmes know them by their names: what is under a name stays."""

    def other_policy(manifest: dict[str, Any]) -> None:
        for rules in manifest["rules"]:
            rules["policy"]["label"] = {"en": "Mine", "fr": "Le mien"}

    file = rewritten(exported(platform, programme, "one"), other_policy)
    with platform.client(manager(programme)) as client:
        answer = post(client, programme, file, dry_run=True)
        assert (answer.status_code, answer.json()["code"]) == (409, "already_exists")
        assert "the policy reference@" in answer.json()["detail"]
        same = rewritten(exported(platform, programme, "one"), lambda _: None)
        assert outcomes(post(client, programme, same, dry_run=True)) == {"one": "there"}


def test_files_are_for_those_who_manage_and_may(platform: Platform, programme: str) -> None:
    """A token needs the scope, and nobody else gets in."""
    pam = manager(programme)
    path = f"/v1/programmes/{programme}/exports/cooperations.jsonl"
    for who, status in (
        (pam.but(name="token:1", scopes=frozenset({"read", "write"})), 403),
        (Caller(name="person:fay", person="fay"), 403),
        (Caller(name="person:zoe", person="zoe"), 404),
    ):
        with platform.client(who) as client:
            assert client.get(path).status_code == status
            assert post(client, programme, b"").status_code == status


def test_a_programme_without_cooperations_has_a_file_too(platform: Platform) -> None:
    """It holds nothing, and says so."""
    name = unique("prog")
    first, last = (json.loads(line) for line in exported(platform, name).splitlines())
    assert first["format"] == "coopflow-cooperations"
    assert last["closes"] == 0
