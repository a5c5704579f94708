"""Every page, every form of a command with and without faults, and every refusal: fit for all."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any, Final

import httpx
import pytest
from fastapi import FastAPI
from playwright.sync_api import Browser, Page, Route

from coopflow.entrypoints.http.problem_kinds import KINDS
from coopflow.entrypoints.http.problems import FieldProblem, ProblemError
from coopflow.entrypoints.web.app import pages
from tests.every_page import FORMS, SENT, VISITS, Visit
from tests.finished_life import Finished, finished
from tests.http_platform import Platform
from tests.web_site import Site, check_page, check_shown, who_asks

_PAGES: Final = [(name, visit) for name, visits in VISITS.items() for visit in visits]
_DOING: Final = "GET /c/{programme}/{cooperation}/do/{command}"
_WRITING: Final = "GET /c/{programme}/{cooperation}/documents/{kind}/edit"
_SPOIL: Final = """
form => {
  let spoilt = 0;
  for (const one of form.querySelectorAll("input:not([type=hidden]), select, textarea")) {
    spoilt += 1;
    if (one.tagName == "SELECT") one.add(new Option("nowhere", "nowhere", true, true));
    else if (["checkbox", "radio"].includes(one.type)) [one.value, one.checked] = ["nowhere", true];
    else if (one.matches("[type=text]:not([inputmode]), textarea")) one.value = "";
    else [one.type, one.value] = ["text", "?"];
  }
  return spoilt;
}
"""
_SEND: Final = """
(form, [name, value]) => {
  const button = document.createElement("input");
  [button.type, button.name, button.value] = ["hidden", name, value];
  form.append(button);
  HTMLFormElement.prototype.submit.call(form);
}
"""
_POST: Final = """
([path, given]) => {
  const form = document.createElement("form");
  [form.method, form.action] = ["post", path];
  for (const [name, value] of Object.entries(given)) {
    const one = document.createElement("input");
    if (name == "file") {
      const files = new DataTransfer();
      files.items.add(new File([value], "table.csv", {type: "text/csv"}));
      [one.type, one.files, form.enctype] = ["file", files.files, "multipart/form-data"];
    } else {
      [one.type, one.value] = ["hidden", value];
    }
    one.name = name;
    form.append(one);
  }
  document.body.append(form);
  form.submit();
}
"""


class Tour:
    """Somebody's browsers, one for each who looks at pages, which stay open."""

    def __init__(self, site: Site) -> None:
        """Have everything there."""
        self.site = site
        self.found: Finished = finished(site)
        self._pages: dict[str | None, Page] = {}

    def page(self, who: str | None) -> Page:
        """Return the browser of somebody."""
        if who not in self._pages:
            self._pages[who] = self.site.page(self.found.person(who))
        return self._pages[who]


@pytest.fixture(scope="module")
def tour(platform: Platform, browser: Browser) -> Iterator[Tour]:
    site = Site(platform, browser)
    yield Tour(site)
    site.close_pages()


@pytest.mark.parametrize(
    ("name", "visit"), [pytest.param(*one, id=f"{one[0]} {one[1]}") for one in _PAGES]
)
def test_every_page_is_fit_for_everybody(tour: Tour, name: str, visit: Visit) -> None:
    """In both themes, at both widths: with the most that it shows, and with the least."""
    check_page(tour.page(visit.who), tour.found.path(name, visit))


@pytest.mark.parametrize(
    ("name", "visit"),
    [
        *(pytest.param(_DOING, one, id=f"{one.named['command']} {one}") for one in FORMS),
        *(
            pytest.param(_WRITING, Visit(named={"kind": kind}), id=kind)
            for kind in ("shared_vision", "stakeholder_map", "identity_sheet", "value_chain")
        ),
    ],
)
def test_forms_are_fit_for_everybody_with_all_faults(tour: Tour, name: str, visit: Visit) -> None:
    """One more of each list is added; then nothing that is answered is one of the answers."""
    page = tour.page(visit.who)
    page.goto(tour.found.path(name, visit))
    adding = page.locator("#form button[value^='add:']")
    for number in range(adding.count()):
        button = adding.nth(number)
        _sent(page, "_do", button.get_attribute("value") or "")
    if not page.locator("#form").evaluate(_SPOIL):
        return
    doing = "give" if name == _DOING else "draft"
    assert _sent(page, "_do", doing) == 422
    assert page.locator("#form-errors").is_visible()
    check_shown(page, str(visit))


def _sent(page: Page, name: str, value: str) -> int:
    with page.expect_navigation() as answer:
        page.locator("#form").evaluate(_SEND, [name, value])
    return answer.value.status


@pytest.mark.parametrize("one", SENT, ids=str)
def test_what_forms_are_answered_is_fit_for_everybody(tour: Tour, one: Any) -> None:
    """Secrets that are told once, faults, previews, and what came of something."""
    page = tour.page(one.who)
    page.goto("/sign-in")
    with page.expect_navigation() as answer:
        given = {name: tour.found.values.get(value, value) for name, value in one.given.items()}
        page.evaluate(_POST, [tour.found.path(one.page, one), given])
    assert answer.value.status == one.status
    check_shown(page, str(one))


OF_EACH_STATUS: Final = {kind.status: code for code, kind in KINDS.items()}.values()


@pytest.mark.parametrize(
    ("who", "page", "status"),
    [
        ("alpha", "/nowhere", 404),
        (None, f"/d/{'x' * 30}", 404),
        (None, f"/u/{'x' * 30}", 404),
        ("stranger", "/c/{programme}/{cooperation}", 404),
        ("mediator", "/c/{programme}/{cooperation}/journal", 403),
        ("observer", "/c/{programme}/{cooperation}/do/cast_ballot", 403),
        ("alpha", "/c/{programme}/{cooperation}/journal/none", 422),
        (None, "/v1/sign-in", 404),
        (None, "/v1/sign-in/link?secret=none", 200),
    ],
)
def test_refusals_are_fit_for_everybody(
    tour: Tour, who: str | None, page: str, status: int
) -> None:
    """Of those who may not, of what is not there, of links that are over."""
    check_page(tour.page(who), tour.found.path(page, Visit()), status)


def test_a_link_that_lets_nobody_in_is_fit_for_everybody(tour: Tour) -> None:
    """Its page asks first, and says afterwards that it is over."""
    page = tour.page(None)
    page.goto("/v1/sign-in/link?secret=none")
    page.get_by_role("button").click()
    page.get_by_text("lien").first.wait_for()
    check_shown(page, "a link that is over")


@pytest.mark.parametrize("code", sorted({*OF_EACH_STATUS, "cross_site", "invalid_request"}))
def test_problems_of_every_status_are_fit_for_everybody(tour: Tour, code: str) -> None:
    """Whatever goes wrong, and although it went wrong."""
    app = pages(tour.site.platform.services, authenticate=who_asks)

    @app.post("/problem/{code}")  # whoever only looks is led to signing in
    async def refuse(code: str) -> None:
        if code == "internal":
            raise RuntimeError(code)
        faults = (FieldProblem(path="query.before", problem="Input should be an integer"),)
        raise ProblemError(code, errors=faults if code == "invalid_request" else None)

    check_answered(tour, app, "POST", f"/problem/{code}", KINDS[code].status)


@pytest.mark.parametrize("way", ["provider", "mail", "mail sent"])
def test_ways_in_are_fit_for_everybody(
    tour: Tour, monkeypatch: pytest.MonkeyPatch, way: str
) -> None:
    """By the page of an identity provider, or by a link that is sent."""
    services = tour.site.platform.services
    if way == "provider":
        provided: Any = object()
        services = replace(services, access=replace(services.access, provider=provided))
    else:
        monkeypatch.setattr(services.invitations, "is_on", True)
    app = pages(services, authenticate=who_asks)
    query = "?done=sent" if way == "mail sent" else ""
    check_answered(tour, app, "GET", f"/sign-in{query}", 200)


def check_answered(tour: Tour, app: FastAPI, method: str, path: str, status: int) -> None:
    """Check what another application answers, as if the site had."""
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)

    async def asked() -> httpx.Response:
        headers = {"Accept-Language": "fr"}
        async with httpx.AsyncClient(transport=transport, base_url=tour.site.url) as client:
            return await client.request(method, path, headers=headers)

    answer = tour.site.platform.run(asked())
    headers = dict(answer.headers)

    def fulfil(route: Route) -> None:
        route.fulfill(status=answer.status_code, headers=headers, body=answer.text)

    page = tour.page(None)
    page.route(f"{tour.site.url}{path}", fulfil)
    check_page(page, path, status)
    page.unroute(f"{tour.site.url}{path}")
