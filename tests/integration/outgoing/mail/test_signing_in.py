"""Getting in by a link that is sent by mail: asked for on a page, through a real server."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from types import SimpleNamespace
from typing import Any

import httpx
import pytest

from coopflow.access.rates import RateOptions, Rates
from coopflow.entrypoints.http.app import Protection, api
from coopflow.entrypoints.http.sign_in import authenticate
from coopflow.entrypoints.web.app import Platform, pages
from coopflow.outgoing.mail.invitations import Invitations
from tests.integration.outgoing.mail.conftest import Office

HERE = {"Sec-Fetch-Site": "same-origin", "Accept": "text/html", "Accept-Language": "fr"}
SENT = "/sign-in?done=sent"


class Audit:
    """Keeps no refusals."""

    async def note(self, *_: Any) -> None:
        """Let it go."""


@pytest.fixture
async def visitor(office: Office) -> AsyncIterator[httpx.AsyncClient]:
    """A browser that nobody has signed in with; an address may be wrong three times a minute."""
    services: Any = SimpleNamespace(
        access=office.access,
        directory=office.directory,
        invitations=Invitations(office.queue, office.directory, is_on=True),
        registry=None,
        audit=Audit(),
        answers=None,
    )
    protection = Protection(rates=Rates(RateOptions(failures="3/minute")))
    asked: Any = {"authenticate": authenticate, "protection": protection}
    app = Platform(pages(services, **asked), api(services, **asked))
    transport = httpx.ASGITransport(app=app)
    async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as client:
        client.headers.update(HERE)
        yield client


async def test_a_link_that_was_asked_for_lets_its_person_in_once(
    office: Office, visitor: httpx.AsyncClient
) -> None:
    """However the address is written; looking at the link uses nothing up."""
    assert 'name="email"' in (await visitor.get("/sign-in")).text
    asked = await visitor.post("/sign-in", data={"email": " Person-1@Example.org "})
    assert (asked.status_code, asked.headers["location"]) == (303, SENT)
    office.clock.at = office.access.now()
    await office.mailer().once()
    (mail,) = office.room.arrived
    assert mail.to == ["person-1@example.org"]
    (path,) = set(re.findall(r"https://coop\.example(/v1/sign-in/link\?secret=[\w-]+)", mail.text))
    secret = path.partition("=")[2]
    for _ in range(2):
        looked = await visitor.get(path)
        assert looked.is_success
        assert f'value="{secret}"' in looked.text
        assert looked.headers["cache-control"] == "no-store"
    assert not visitor.cookies
    form = {"secret": secret}
    elsewhere = await visitor.post(
        "/v1/sign-in/link", data=form, headers={"Sec-Fetch-Site": "cross-site"}
    )
    assert (elsewhere.status_code, bool(visitor.cookies)) == (403, False)
    let_in = await visitor.post("/v1/sign-in/link", data=form)
    assert let_in.status_code == 303, let_in.text
    told = let_in.headers["set-cookie"]
    assert "HttpOnly" in told
    assert "SameSite=lax" in told
    caller, session = await office.access.visitor(visitor.cookies["coopflow"])
    assert (caller.person, session.method) == ("person-1", "link")
    visitor.cookies.clear()
    again = await visitor.post("/v1/sign-in/link", data=form)
    assert again.status_code == 403


async def test_nobody_learns_which_addresses_are_known(
    office: Office, visitor: httpx.AsyncClient
) -> None:
    """The answer is the same, no mail goes out, and after some tries it is to wait."""
    for email in ("nobody@example.org", "", "nobody\0@example.org"):
        asked = await visitor.post("/sign-in", data={"email": email})
        assert (asked.status_code, asked.headers["location"]) == (303, SENT)
    assert await office.mails("person") == []
    asked = await visitor.post("/sign-in", data={"email": "person-1@example.org"})
    assert asked.status_code == 429
    assert int(asked.headers["retry-after"]) > 0
    assert await office.mails("person") == []


async def test_no_other_site_has_links_sent(office: Office, visitor: httpx.AsyncClient) -> None:
    """Nor what says nothing of where it comes from."""
    for headers in ({"Sec-Fetch-Site": "cross-site"}, {"Sec-Fetch-Site": "same-site"}):
        asked = await visitor.post("/sign-in", data={"email": "x@example.org"}, headers=headers)
        assert asked.status_code == 403
    del visitor.headers["Sec-Fetch-Site"]
    for headers in ({}, {"Origin": "https://evil.example"}, {"Origin": "null"}):
        asked = await visitor.post("/sign-in", data={"email": "x@example.org"}, headers=headers)
        assert asked.status_code == 403
    assert await office.mails("person") == []
