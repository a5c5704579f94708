"""A site for tests: pages and API over an engine and a database, and people who sign in to it."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final
from uuid import uuid4
from zoneinfo import ZoneInfo

import httpx
from axe_playwright_python.base import AXE_SCRIPT
from fastapi import FastAPI, Request
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, expect
from starlette.types import ASGIApp

from coopflow.application.callers import Caller
from coopflow.application.engine import Address
from coopflow.directory.people import PersonStated, ProgrammeRole
from coopflow.directory.programmes import ProgrammeStated
from coopflow.entrypoints.http import sign_in
from coopflow.entrypoints.http.app import api
from coopflow.entrypoints.web.app import Platform as Faces
from coopflow.entrypoints.web.app import pages
from coopflow.services import Services
from tests.http_platform import CALLER, Platform, authenticate, serving_platform

WIDTHS: Final = (390, 1280)
THEMES: Final = ("light", "dark")
ZONE: Final = ZoneInfo("Europe/Paris")
OK: Final = 200
_AXE: Final = {"resultTypes": ["violations"], "preload": False}
_PATIENCE: Final = 60_000  # milliseconds: machines that test are busy, and stand still at times

expect.set_options(timeout=_PATIENCE)


async def who_asks(request: Request) -> Caller | None:
    """Believe the header of tests where there is one; else people have to have signed in."""
    if CALLER in request.headers:
        return await authenticate(request)
    return await sign_in.authenticate(request)


def _faces(services: Services) -> tuple[FastAPI, ASGIApp]:
    answering = api(services, authenticate=who_asks, home="/")
    return answering, Faces(pages(services, authenticate=who_asks, zone=ZONE), answering)


@dataclass(frozen=True)
class Collective:
    """A cooperation of a test's own, with people of its own.

    Attributes:
        address: where it is found.
        manager: who manages its programme.
        facilitator: who facilitates it.
        speakers: who speaks for each organisation.
    """

    address: Address
    manager: str
    facilitator: str
    speakers: Mapping[str, str]

    @property
    def path(self) -> str:
        """Where its pages begin."""
        return f"/c/{self.address.programme}/{self.address.cooperation}"


@dataclass
class Site:
    """What is served, and who looks at it.

    Attributes:
        platform: what runs.
        browser: opens pages; None where they are asked for without one.
    """

    platform: Platform
    browser: Browser | None = None
    _open: list[BrowserContext] = field(default_factory=list)

    @property
    def url(self) -> str:
        """Where it is served."""
        return self.platform.url

    def programme(self, programme: str, name: str) -> None:
        """Have a programme in the directory."""
        directory = self.platform.services.directory
        stated = ProgrammeStated(name=name, language="fr")
        self.platform.run(directory.add_programme(programme, stated, datetime.now(UTC)))

    def person(
        self,
        person: str,
        name: str,
        *,
        programme: str | None = None,
        roles: tuple[ProgrammeRole, ...] = (),
        administrator: bool = False,
        language: Any = "fr",
    ) -> str:
        """Have a person in the directory, and return their id."""
        directory, now = self.platform.services.directory, datetime.now(UTC)
        stated = PersonStated(name=name, language=language, administrator=administrator)
        self.platform.run(directory.add_person(person, stated, now))
        if programme is not None:
            self.platform.run(directory.take_part(programme, person, roles, now))
        return person

    def collective(self, title: str = "Bocage gourmand", policy: str = "reference") -> Collective:
        """Open a cooperation of three organisations, in a programme of its own."""
        programme = f"prog-{uuid4().hex[:8]}"
        self.programme(programme, "Valdore")
        manager = self.person(
            somebody(), "Inès Moreau", programme=programme, roles=("programme_manager",)
        )
        facilitator = self.person(somebody(), "Fabien Roche", programme=programme)
        speakers = {
            organisation: self.person(somebody(), name, programme=programme)
            for organisation, name in (
                ("ferme-du-gue", "Louise Brun"),
                ("commune-bocage", "Martin Petit"),
                ("amap-des-haies", "Salma Idrissi"),
            )
        }
        found = Collective(Address(programme, "bocage-gourmand"), manager, facilitator, speakers)
        opening = {
            "cooperation": "bocage-gourmand",
            "title": title,
            "issue": "Ce qui est cultivé ici n'est pas mangé ici",
            "territory": "Bocage du Gué",
            "lifecycle": "impact-collectif",
            "policy": policy,
            "facilitator": facilitator,
        }
        self.give(found, manager, f"/v1/programmes/{programme}/cooperations", opening)
        for organisation, person in speakers.items():
            name = organisation.replace("-", " ").capitalize()
            member = {"id": organisation, "name": name, "category": "association"}
            body = {"organisation": member, "representative": person}
            self.give(found, facilitator, "/members", body)
        return found

    def give(
        self, collective: Collective, person: str, path: str, body: Mapping[str, Any]
    ) -> Mapping[str, Any]:
        """Give a command in the name of a person through the API, and return its answer.

        Args:
            collective: the cooperation.
            person: who gives it.
            path: below the cooperation, such as ``/members``; or all of it, from ``/v1`` on.
            body: the payload.
        """
        programme, cooperation = collective.address
        held = ("programme_manager",) if person == collective.manager else ()
        caller = Caller(name=f"person:{person}", person=person, roles={programme: held})
        below = f"/v1/programmes/{programme}/cooperations/{cooperation}"
        with self.platform.client(caller) as client:
            answer = client.post(path if path.startswith("/v1/") else below + path, json=body)
            assert answer.status_code in {200, 201}, answer.text
            found: Mapping[str, Any] = answer.json()
            return found

    def page(
        self,
        person: str | None = None,
        *,
        width: int = 1280,
        theme: Any = "light",
        javascript: bool = True,
    ) -> Page:
        """Open a browser in which a person has signed in, or nobody."""
        assert self.browser is not None
        context = self.browser.new_context(
            base_url=self.url,
            locale="fr-FR",
            viewport={"width": width, "height": 900},
            color_scheme=theme,
            java_script_enabled=javascript,
        )
        self._open.append(context)
        context.set_default_timeout(_PATIENCE)
        if person is not None:
            name, value = "coopflow", self.session(person)
            context.add_cookies([{"name": name, "value": value, "url": self.url}])
        return context.new_page()

    def session(self, person: str) -> str:
        """Sign a person in, and return the secret of the session."""
        access = self.platform.services.access
        _, secret = self.platform.run(access.sessions.start(person, "link", access.now()))
        return secret

    def visitor(self, person: str, **headers: str) -> httpx.Client:
        """Return a client that shows what a browser of a person would."""
        return httpx.Client(
            base_url=self.url,
            cookies={"coopflow": self.session(person)},
            headers={"Sec-Fetch-Site": "same-origin", "Accept-Language": "fr", **headers},
            timeout=30,
        )

    def close_pages(self) -> None:
        """Close what was opened."""
        while self._open:
            self._open.pop().close()


@contextlib.contextmanager
def serving_site(state_dir: Path) -> Iterator[Platform]:
    """Serve pages and API for the length of a block."""
    with serving_platform(state_dir, _faces) as platform:
        yield platform


def somebody() -> str:
    """Return an id that no other test uses."""
    return f"p-{uuid4().hex[:8]}"


def check_page(page: Page, path: str, status: int = 200) -> None:
    """Check that a page is fit for everybody: both themes, both widths, no violation found by axe.

    Nor may it be wider than the screen, or be refused something by its own policy.

    Args:
        page: where it is looked at.
        path: what is looked at.
        status: what it is answered with.
    """
    said: list[str] = []

    def hear(message: ConsoleMessage) -> None:
        if status == OK or message.location.get("url") != page.url:
            said.append(message.text)  # browsers say of themselves that a page was a refusal

    page.on("console", hear)
    answer = page.goto(path)
    assert answer is not None
    assert answer.status == status, f"{path}: {answer.status}"
    check_shown(page, path)
    page.remove_listener("console", hear)
    assert not said, said


def check_shown(page: Page, name: str) -> None:
    """Check likewise what a page shows now: as it is on wide screens, all unfolded on narrow ones.

    Args:
        page: where something is shown.
        name: what it is called if something is wrong with it.
    """
    page.evaluate(AXE_SCRIPT)
    for width in reversed(WIDTHS):
        page.set_viewport_size({"width": width, "height": 900})
        if width == min(WIDTHS):
            page.evaluate("for (const one of document.querySelectorAll('details')) one.open = true")
        for theme in THEMES:
            page.emulate_media(color_scheme=theme, reduced_motion="reduce")
            # Of what it is made does not depend on colours.
            only = {} if theme == THEMES[0] else {"runOnly": ["color-contrast"]}
            found = page.evaluate("options => axe.run(options)", _AXE | only)
            assert not found["violations"], f"{name}, {width}, {theme}: {_told(found)}"
        wide = page.evaluate("document.documentElement.scrollWidth")
        assert wide <= width, f"{name} is {wide} wide on a screen of {width}"


def _told(found: Any) -> str:
    lines = []
    for one in found["violations"]:
        places = [", ".join(map(str, node["target"])) for node in one["nodes"]]
        lines.append(f"{one['id']}: {one['help']}: {places}")
    return "\n".join(lines)
