from __future__ import annotations

from collections.abc import Iterator

import pytest

from coopflow.application.callers import Caller
from coopflow.application.engine import Address
from tests.http_platform import Platform, place

pytestmark = pytest.mark.server

JSON = {"Content-Type": "application/json"}


def test_nobody_gets_in(platform: Platform, address: Address) -> None:
    """A request without a caller is a problem that says so, and how to show who one is."""
    with platform.client() as client:
        answer = client.get(place(address))
    assert answer.status_code == 401
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.headers["www-authenticate"].startswith("Bearer")
    assert answer.json()["code"] == "unauthenticated"


def test_problems_are_told_in_the_language_of_the_request(platform: Platform, pam: Caller) -> None:
    """Accept-Language chooses, and the answer says that it did."""
    with platform.client(pam, **{"Accept-Language": "fr-FR,en;q=0.5"}) as client:
        answer = client.get("/v1/programmes/tests/cooperations/no-such-thing")
        page = client.get("/v1/problems/not_found")
    assert answer.json()["title"] == page.json()["title"] == "Introuvable"
    assert answer.headers["content-language"] == "fr"
    assert "Accept-Language" in answer.headers["vary"]


def test_a_problem_leads_to_the_page_about_its_kind(platform: Platform, pam: Caller) -> None:
    """The link of a problem is answered, and with the same type."""
    with platform.client(pam) as client:
        answer = client.get("/v1/programmes/tests/cooperations/no-such-thing")
        page = client.get(answer.links["help"]["url"])
        assert client.get("/v1/problems").json().count(page.json()) == 1
        assert client.get("/v1/problems/nothing").status_code == 404
    assert page.json()["type"] == answer.json()["type"]


def test_what_no_route_answers_is_a_problem_too(platform: Platform, pam: Caller) -> None:
    """Unknown paths and wrong methods are told as problems."""
    with platform.client(pam) as client:
        assert client.get("/v1/nothing").json()["code"] == "not_found"
        wrong = client.post("/v1/livez")
    assert (wrong.status_code, wrong.json()["code"]) == (405, "method_not_allowed")
    assert wrong.headers["allow"] == "GET"


def chunks(size: int) -> Iterator[bytes]:
    for _ in range(size // 1000):
        yield b" " * 1000


def test_a_request_that_is_too_large_is_refused(platform: Platform, pam: Caller) -> None:
    """Whether it says its size or not; a table may be larger than a command."""
    path = "/v1/programmes/tests/cooperations"
    with platform.client(pam) as client:
        said = client.post(path, content=b" " * 400_000, headers=JSON)
        unsaid = client.post(path, content=chunks(400_000), headers=JSON)
        table = client.post(path, content=chunks(400_000), headers={"Content-Type": "text/csv"})
    for answer in (said, unsaid):
        assert (answer.status_code, answer.json()["code"]) == (413, "request_too_large")
    assert table.status_code == 422


@pytest.mark.parametrize(
    "body", [b"{", b"[" * 200_000, b"[" * 65 + b"]" * 65, b'{"a":' * 50_000, b"\xff\xfe"]
)
def test_what_is_no_json_is_refused(platform: Platform, pam: Caller, body: bytes) -> None:
    """Neither broken nor endlessly nested bodies do harm."""
    with platform.client(pam) as client:
        answer = client.post("/v1/programmes/tests/cooperations", content=body, headers=JSON)
    assert (answer.status_code, answer.json()["code"]) == (400, "malformed_request")


def test_each_fault_of_a_request_is_named(platform: Platform, address: Address) -> None:
    """Where it is and what is wrong, before anything is decided."""
    fay = Caller(name="person:fay", person="fay")
    body = {"reason": "Harvest", "clocks": "melt", "more": 1}
    with platform.client(fay) as client:
        answer = client.post(f"{place(address)}/pause", json=body)
    assert answer.status_code == 422
    assert {one["path"] for one in answer.json()["errors"]} == {"body.clocks", "body.more"}


def test_text_that_is_none_is_refused(platform: Platform, address: Address) -> None:
    """Lone surrogates, wherever they stand: also as keys of what a command leaves open."""
    fay = Caller(name="person:fay", person="fay")
    path = f"{place(address)}/documents/charter/versions"
    with platform.client(fay) as client:
        for content in (r'{"a": {"\ud800": 1}}', r'{"title": "\ud800"}', r'{"\ud800": 1}'):
            body = f'{{"content": {content}}}'.encode()
            assert client.post(path, content=body, headers=JSON).status_code == 422, content


def test_nothing_has_a_name_with_nul(platform: Platform) -> None:
    """No database can be asked for it; whoever tries is not even noted."""
    owner = Caller(name="person:fay", person="fay")
    for caller, method, path in (
        (owner, "DELETE", "/v1/tokens/%00"),
        (owner, "DELETE", "/v1/me/calendar-feeds/a%00"),
        (None, "GET", "/v1/programmes/%00/cooperations"),
        (None, "GET", "/v1/%00"),
    ):
        with platform.client(caller) as client:
            answer = client.request(method, path)
        assert (answer.status_code, answer.json()["code"]) == (404, "not_found"), path
        assert answer.headers["x-content-type-options"] == "nosniff"
