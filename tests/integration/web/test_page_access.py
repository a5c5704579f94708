"""Who gets to see which page, and to send which form."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Final

import httpx
import pytest
from fastapi.routing import APIRoute

from coopflow.application.callers import Caller
from coopflow.directory.organisations import OrganisationStated
from coopflow.domain.catalogue import COMMANDS
from coopflow.entrypoints.http.problem_kinds import KINDS
from coopflow.entrypoints.web.pages import ROUTERS
from tests.every_page import FORMS, NO_PAGES, VISITS
from tests.http_platform import CALLER
from tests.integration.web.page_table import FROM_ANYWHERE, PAGES, VALUES, Line
from tests.web_site import Site

MANAGER: Final = ("programme_manager",)
PAM: Final = Caller(name="person:pam", person="pam", roles={"tests": MANAGER})
TOKEN: Final = Caller(name="token:1", person="pam", roles={"tests": MANAGER})
HERE: Final = {"Sec-Fetch-Site": "same-origin", "Accept-Language": "en"}
WHO: Final = (
    "nobody",
    "token",
    "somebody without any part",
    "manager of another programme",
    "member of another cooperation",
    "member",
    "manager",
    "administrator",
)

_INSIDE: Final = {"member", "manager", "administrator"}
_MANAGING: Final = {"manager", "administrator"}


def routes() -> Iterator[tuple[str, str]]:
    """Yield the method and the path of every page and form."""
    for router in ROUTERS:
        for route in router.routes:
            assert isinstance(route, APIRoute)
            for method in sorted(route.methods or ()):
                yield method, route.path


NAMES: Final = [f"{method} {path}" for method, path in routes()]


@pytest.fixture(scope="module")
def sent(site: Site) -> Iterator[dict[str, httpx.Client]]:
    """Those who ask, with a cooperation, one beside it, and a programme of others."""
    site.programme("tests", "Tests")
    site.programme("others", "Others")
    platform = site.platform
    for slug in (VALUES["cooperation"], "elsewhere"):
        platform.opened(PAM, slug)
    with platform.client(PAM) as client:
        named = {"id": "epsilon", "name": "Epsilon", "category": "state"}
        body = {"organisation": named, "representative": "rep-epsilon"}
        path = "/v1/programmes/tests/cooperations/elsewhere/members"
        assert client.post(path, json=body).is_success
    site.person("kim", "Kim", programme="tests")
    site.person("rep-beta", "Bea", programme="tests")
    site.person("rep-epsilon", "Eve", programme="tests")
    site.person("pam", "Pam", programme="tests", roles=("programme_manager",))
    site.person("mia", "Mia", programme="others", roles=("programme_manager",))
    site.person("zoe", "Zoe")
    site.person("ada", "Ada", administrator=True)
    stated = OrganisationStated(name="Beta", category="state")
    directory = platform.services.directory
    platform.run(directory.add_organisation("tests", "beta", stated, datetime.now(UTC)))
    clients = {
        "nobody": httpx.Client(base_url=site.url, headers=HERE, timeout=30),
        "token": platform.client(TOKEN, **HERE),
        "somebody without any part": site.visitor("zoe"),
        "manager of another programme": site.visitor("mia"),
        "member of another cooperation": site.visitor("rep-epsilon"),
        "member": site.visitor("rep-beta"),
        "manager": site.visitor("pam"),
        "administrator": site.visitor("ada"),
    }
    assert CALLER in clients["token"].headers
    yield clients
    for client in clients.values():
        client.close()


def wanted(line: Line, who: str) -> str:
    """Say what becomes of somebody who asks."""
    found = _wanted(line, who)
    return line.answered if found == "in" else found


def _wanted(line: Line, who: str) -> str:
    if who in line.but:
        return line.but[who]
    if line.of == "anybody":
        return "in"
    if who in {"nobody", "token"}:
        return {"nobody": "sign in", "token": "forbidden"}[who]
    is_near = who in {*_INSIDE, "member of another cooperation"}
    seen, allowed = {
        "somebody": (True, True),
        "installation": (True, who == "administrator"),
        "programme": (is_near, True),
        "management": (is_near, who in _MANAGING),
        "cooperation": (who in _INSIDE, True),
    }[line.of]
    return "hidden" if not seen else "in" if allowed else "forbidden"


def verdict(answer: httpx.Response) -> str:
    """Say in a word what became of somebody who asked."""
    place = answer.headers.get("location", "")
    if answer.status_code == 401 or place.startswith("/sign-in"):
        return "sign in"
    if answer.status_code >= 500:
        return f"failed with {answer.status_code}"
    return {403: "forbidden", 404: "hidden"}.get(answer.status_code, "in")


def ask(client: httpx.Client, name: str) -> httpx.Response:
    """Ask for a page, or send a form."""
    method, _, path = name.partition(" ")
    path = re.sub(r"{(\w+)(?::\w+)?}", lambda found: VALUES[found[1]], path)
    form = {"data": PAGES[name].form} if method == "POST" else {}
    return client.request(method, path, **form)  # type: ignore[arg-type]


def test_every_page_has_a_line() -> None:
    """Nothing is answered that this table does not know, and it knows nothing that is gone."""
    missing = sorted({*NAMES} - {*PAGES})
    assert not missing, f"add a line to page_table.py for each of these: {missing}"
    assert len(NAMES) == len({*NAMES})
    assert {*NAMES} == {*PAGES}


def test_every_page_is_looked_at_by_axe() -> None:
    """Whatever is asked for, and each command, stands among what ``test_every_page.py`` visits."""
    asked = {one for one in NAMES if one.startswith("GET ")}
    missing = sorted(asked - {*VISITS} - {*NO_PAGES})
    assert not missing, f"add a line to tests/every_page.py for each of these: {missing}"
    assert asked == {*VISITS} ^ {*NO_PAGES}
    assert all(VISITS.values())
    elsewhere = {"open_cooperation", "draft_document"}  # these have pages of their own
    assert {one.named["command"] for one in FORMS} == COMMANDS.keys() - elsewhere


@pytest.mark.parametrize("who", WHO)
def test_each_gets_in_where_the_table_says(sent: dict[str, httpx.Client], who: str) -> None:
    """Page by page and form by form; each is sent last what ends sessions."""
    wrong = []
    for name in sorted(NAMES, key=lambda one: "sessions/" in one):
        got = verdict(ask(sent[who], name))
        if got != wanted(PAGES[name], who):
            wrong.append(f"{name}: expected {wanted(PAGES[name], who)}, got {got}")
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize(
    "name", [one for one in NAMES if one.startswith("POST") and one not in FROM_ANYWHERE]
)
@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Sec-Fetch-Site": "none"},
        {"Origin": "https://attacker.example"},
        {"Origin": "null"},
        {},
    ],
    ids=["cross-site", "same-site", "none", "another origin", "no origin", "nothing"],
)
def test_no_other_site_sends_a_form(site: Site, name: str, headers: dict[str, str]) -> None:
    """Not in the name of an administrator who has signed in, whatever the form is for."""
    path = re.sub(r"{(\w+)(?::\w+)?}", lambda found: VALUES[found[1]], name.removeprefix("POST "))
    cookies = {"coopflow": site.session("ada")}
    with httpx.Client(base_url=site.url, cookies=cookies, headers=headers, timeout=30) as client:
        answer = client.post(path, headers={"Accept-Language": "en"})
    assert answer.status_code == 403
    assert KINDS["cross_site"].title("en") in answer.text
