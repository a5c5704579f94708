"""Webhooks over HTTP: kept, tried out and sent again by who manages the programme."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import httpx
import pytest

from coopflow.application.callers import Caller
from tests.http_platform import Platform

pytestmark = pytest.mark.server

HOOKS = "/v1/programmes/tests/webhooks"
URL = "https://hooks.invalid/coopflow"


@pytest.fixture
def client(platform: Platform, pam: Caller) -> Iterator[httpx.Client]:
    with platform.client(pam) as asking:
        yield asking


def added(client: httpx.Client, **wishes: Any) -> dict[str, Any]:
    done = client.post(HOOKS, json={"url": URL, **wishes})
    assert done.status_code == 201, done.text
    found: dict[str, Any] = done.json()
    return found


def test_a_webhook_is_kept(client: httpx.Client) -> None:
    """It is added with its secret, shown and listed without, changed, disabled and removed."""
    given = added(client, types=["gate_passed", "fell_back"], description="Watch")
    webhook, path = given["webhook"], f"{HOOKS}/{given['webhook']['id']}"
    assert given["secret"].startswith("whsec_")
    assert client.get(path).json() == webhook
    assert webhook in client.get(HOOKS).json()["items"]
    assert given["secret"] not in client.get(HOOKS).text

    changed = client.patch(path, json={"types": [], "status": "disabled"}).json()
    assert (changed["types"], changed["disabled_reason"]) == ([], "by_hand")
    assert client.patch(path, json={"status": "active"}).json()["status"] == "active"
    rotated = client.post(f"{path}/secret", json={"overlap_hours": 2}).json()
    assert rotated["secret"] != given["secret"]
    assert client.get(path).json()["previous_until"] == rotated["previous_until"]

    assert client.delete(path).status_code == 204
    gone = client.get(path)
    assert (gone.status_code, gone.json()["code"]) == (404, "unknown_webhook")


def test_a_secret_is_told_once_also_to_who_asks_again(client: httpx.Client) -> None:
    """With its key nothing is done twice, and what was done is said without the secret."""
    mine = {"Idempotency-Key": uuid4().hex}
    known = len(client.get(f"{HOOKS}?limit=200").json()["items"])
    first = client.post(HOOKS, json={"url": URL}, headers=mine)
    assert (first.status_code, first.headers["cache-control"]) == (201, "no-store")
    path = f"{HOOKS}/{first.json()['webhook']['id']}/secret"
    rotation = {"Idempotency-Key": uuid4().hex}
    assert client.post(path, json={}, headers=rotation).status_code == 200
    for again in (
        client.post(HOOKS, json={"url": URL}, headers=mine),
        client.post(path, json={}, headers=rotation),
    ):
        assert (again.status_code, again.json()["code"]) == (409, "told_once")
    assert len(client.get(f"{HOOKS}?limit=200").json()["items"]) == known + 1


def test_lists_are_read_page_by_page(client: httpx.Client) -> None:
    """All webhooks are on some page, each once."""
    mine = {added(client)["webhook"]["id"] for _ in range(3)}
    seen: list[str] = []
    url: str | None = f"{HOOKS}?limit=2"
    while url is not None:
        page = client.get(url).json()
        seen += [one["id"] for one in page["items"]]
        url = page["next"]
    assert mine <= {*seen}
    assert len(seen) == len({*seen})
    for webhook in mine:
        client.delete(f"{HOOKS}/{webhook}")


def test_a_webhook_is_tried_out_and_its_deliveries_are_sent_again(client: httpx.Client) -> None:
    """What came of each attempt is there to be read, and what is dead is sent when asked for."""
    path = f"{HOOKS}/{added(client)['webhook']['id']}"
    ping = client.post(f"{path}/test")
    assert (ping.status_code, ping.json()["status"]) == (202, "pending")
    delivery = f"{path}/deliveries/{ping.json()['id']}"
    until = time.monotonic() + 20
    while not (shown := client.get(delivery).json())["attempts"]:
        assert time.monotonic() < until, "nobody has sent it"
        time.sleep(0.1)
    assert shown["attempts"][0]["error"] == "address"
    again = client.post(f"{delivery}/redelivery")
    assert (again.status_code, again.json()["attempts"]) == (202, 0)

    client.patch(path, json={"status": "disabled"})
    refused = client.post(f"{path}/test")
    assert (refused.status_code, refused.json()["code"]) == (409, "wrong_state")
    dead = client.get(f"{path}/deliveries", params={"status": "dead"}).json()["items"]
    assert [one["reason"] for one in dead] == ["disabled"]
    client.patch(path, json={"status": "active"})
    begun = client.post(f"{path}/redelivery", json={"since": "2026-01-01T00:00:00Z"})
    assert (begun.status_code, begun.json()) == (202, {"count": 1})
    missing = client.get(f"{path}/deliveries/999999")
    assert (missing.status_code, missing.json()["code"]) == (404, "unknown_delivery")
    client.delete(path)


@pytest.mark.parametrize(
    ("body", "path"),
    [
        ({"url": "http://example.org/"}, "body.url"),
        ({"url": "https://10.0.0.1/"}, "body.url"),
        ({"url": "nonsense"}, "body.url"),
        ({"url": URL, "types": ["ballot_lost"]}, "body.types"),
        ({"url": URL, "secret": "mine"}, "body.secret"),
        ({}, "body.url"),
    ],
)
def test_what_cannot_be_kept_is_refused(
    body: dict[str, Any], path: str, client: httpx.Client
) -> None:
    """It is said which part is at fault."""
    refused = client.post(HOOKS, json=body)
    assert refused.status_code == 422
    assert [one["path"] for one in refused.json()["errors"]] == [path]
