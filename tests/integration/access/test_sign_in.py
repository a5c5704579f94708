from __future__ import annotations

import re
from collections.abc import AsyncIterator, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from coopflow.access.provider import Provider, ProviderOptions
from tests.gatehouse import Gatehouse, serving
from tests.identity_provider import (
    CLIENT_ID,
    CLIENT_SECRET,
    IdentityProvider,
    serving_provider,
)
from tests.people import MAX

LINK = "/v1/sign-in/link"


@pytest.fixture(scope="module")
def running() -> Iterator[IdentityProvider]:
    with serving_provider() as provider:
        yield provider


@pytest.fixture
def theirs(running: IdentityProvider) -> IdentityProvider:
    running.reset()
    return running


@pytest.fixture
async def house(theirs: IdentityProvider, tmp_path: Path) -> AsyncIterator[Gatehouse]:
    options: dict[str, Any] = {"client_id": CLIENT_ID, "client_secret": CLIENT_SECRET}
    provider = Provider(ProviderOptions(issuer=theirs.issuer, **options))
    async with serving(tmp_path, provider=provider, audience="the-api") as found:
        yield found


async def me(browser: httpx.AsyncClient) -> str | None:
    answer = await browser.get("/v1/me")
    return answer.json()["person"] if answer.status_code == 200 else None


async def sign_in(browser: httpx.AsyncClient, path: str = "/v1/sign-in") -> httpx.Response:
    """Go to the provider and come back, and return what the way back is answered with."""
    out = await browser.get(path)
    assert out.status_code == 303
    there = await browser.get(out.headers["location"])
    return await browser.get(there.headers["location"])


async def test_somebody_signs_in_with_the_provider(house: Gatehouse) -> None:
    """They are known from then on, and go where they wanted to."""
    async with house.browser() as browser:
        assert await me(browser) is None
        back = await sign_in(browser, "/v1/sign-in?return_to=/v1/problems")
        assert (back.status_code, back.headers["location"]) == (303, "/v1/problems")
        assert await me(browser) == "max"
        again = await sign_in(browser, "/v1/sign-in?return_to=//evil.example")
        assert again.headers["location"] == "/"


async def test_the_cookie_is_kept_from_pages_and_other_sites(house: Gatehouse) -> None:
    """No script reads it, and no page of another site has it sent along with what it posts."""
    async with house.browser() as browser:
        back = await sign_in(browser)
    session, attempt = back.headers.get_list("set-cookie")
    assert re.fullmatch(r"coopflow=[\w-]{43}; HttpOnly; Path=/; SameSite=lax", session)
    assert attempt.startswith('coopflow-sign-in=""; ')
    assert "Max-Age=0" in attempt


async def test_over_tls_the_cookie_is_of_this_host_alone(tmp_path: Path) -> None:
    """Its name and its attributes have browsers refuse it from anywhere else."""
    async with (
        serving(tmp_path, public_url="https://coop.example") as house,
        house.browser() as browser,
    ):
        secret = await house.access.links.create("max", house.clock())
        answer = await browser.post(LINK, data={"secret": secret})
        cookie = answer.headers["set-cookie"]
        assert answer.headers["strict-transport-security"].startswith("max-age=")
    assert re.fullmatch(
        r"__Host-coopflow=[\w-]{43}; HttpOnly; Path=/; SameSite=lax; Secure", cookie
    )


async def test_who_is_not_in_the_directory_is_told_so(
    house: Gatehouse, theirs: IdentityProvider
) -> None:
    """On a page in their language, and nobody is added."""
    theirs.account = {"sub": "s-9", "email": "eve@example.org", "email_verified": True}
    async with house.browser(**{"Accept-Language": "fr"}) as browser:
        back = await sign_in(browser)
        assert back.status_code == 403
        assert "Vous n'êtes pas dans l'annuaire" in back.text.replace("&#x27;", "'")
        assert await me(browser) is None
    async with house.program(**{"Sec-Fetch-Site": "same-origin"}) as program:
        assert (await sign_in(program)).json()["code"] == "person_unknown"


@pytest.mark.parametrize(
    "lie",
    [{"nonce": "of another sign-in"}, {"iss": "https://evil.example"}, {"aud": "them"}, {"exp": 1}],
)
async def test_an_id_token_that_is_not_for_us_lets_nobody_in(
    house: Gatehouse, theirs: IdentityProvider, lie: dict[str, Any]
) -> None:
    """And begins no session."""
    theirs.twist = lambda claims: claims | lie
    async with house.browser() as browser:
        back = await sign_in(browser)
        assert back.status_code == 403
        assert "set-cookie" not in back.headers
        assert await me(browser) is None


async def test_an_answer_for_another_browser_lets_nobody_in(house: Gatehouse) -> None:
    """Who has somebody follow the way back of their own sign-in does not have them signed in."""
    async with house.browser() as attacker, house.browser() as victim:
        out = await attacker.get("/v1/sign-in")
        there = await attacker.get(out.headers["location"])
        for prepared in (False, True):
            if prepared:
                await victim.get("/v1/sign-in")
            back = await victim.get(there.headers["location"])
            assert back.status_code == 403
            assert await me(victim) is None


async def test_an_answer_works_once(house: Gatehouse) -> None:
    """The way back from the history of a browser signs nobody in."""
    async with house.browser() as browser:
        out = await browser.get("/v1/sign-in")
        there = await browser.get(out.headers["location"])
        kept = dict(browser.cookies)
        assert (await browser.get(there.headers["location"])).status_code == 303
        browser.cookies.clear()
        browser.cookies.update(kept)
        assert (await browser.get(there.headers["location"])).status_code == 403


async def test_who_says_no_at_the_provider(house: Gatehouse) -> None:
    """An answer with an error is told as one, without what it says."""
    async with house.browser() as browser:
        out = await browser.get("/v1/sign-in")
        state = parse_qs(urlsplit(out.headers["location"]).query)["state"][0]
        query = {"state": state, "error": "<script>access_denied</script>"}
        back = await browser.get("/v1/sign-in/callback", params=query)
    assert back.status_code == 403
    assert "script" not in back.text


async def test_signing_in_begins_a_session_anew(house: Gatehouse) -> None:
    """A session that somebody planted in the browser before is over."""
    async with house.browser() as browser, house.browser() as other:
        await sign_in(browser)
        planted = dict(browser.cookies)
        await sign_in(browser)
        assert dict(browser.cookies) != planted
        other.cookies.update(planted)
        assert await me(other) is None


async def test_signing_out(house: Gatehouse, theirs: IdentityProvider) -> None:
    """Here, and with the provider, from where the browser comes back."""
    async with house.browser() as browser, house.browser() as elsewhere:
        await sign_in(browser)
        await sign_in(elsewhere)
        kept = dict(browser.cookies)
        out = await browser.post("/v1/sign-out")
        assert out.headers["location"].startswith(f"{theirs.issuer}/sign-out?client_id={CLIENT_ID}")
        assert await me(browser) is None
        browser.cookies.update(kept)
        assert await me(browser) is None
        assert await me(elsewhere) == "max"


async def test_signing_out_everywhere(house: Gatehouse) -> None:
    """All sessions of the person end; who has none is sent on all the same."""
    async with house.browser() as browser, house.browser() as elsewhere:
        await sign_in(browser)
        await sign_in(elsewhere)
        await browser.post("/v1/sign-out?everywhere=true")
        assert await me(elsewhere) is None
        assert (await browser.post("/v1/sign-out")).status_code == 303


async def test_a_session_ends(house: Gatehouse) -> None:
    """When it is not used for too long, and when its person leaves the directory."""
    async with house.browser() as browser:
        await sign_in(browser)
        house.people.remove("max")
        assert await me(browser) is None
        house.people.change(MAX)
        assert await me(browser) == "max"
        house.clock.passed += timedelta(hours=13)
        assert await me(browser) is None


async def test_a_link_is_used_on_purpose(house: Gatehouse) -> None:
    """Looking at it, as mail programs do, uses nothing up; the button signs in, once."""
    secret = await house.access.links.create("max", house.clock())
    async with house.browser() as browser:
        for _ in range(3):
            page = await browser.get(LINK, params={"secret": secret})
            assert page.status_code == 200
        assert await me(browser) is None
        action, shown = re.findall(r'action="([^"]+)".* value="([^"]+)"', page.text)[0]
        used = await browser.post(action, data={"secret": shown})
        assert (used.status_code, used.headers["location"]) == (303, "/v1/me")
        assert await me(browser) == "max"
        again = await browser.post(action, data={"secret": shown})
        assert again.status_code == 403


async def test_the_page_of_a_link_tells_nothing(house: Gatehouse) -> None:
    """It is the same for every link, good or not, and runs nothing that is in it."""
    async with house.browser() as browser:
        evil = '"><script>alert(1)</script>'
        page = await browser.get(LINK, params={"secret": evil})
        good = await browser.get(LINK, params={"secret": "x"})
    assert "<script>" not in page.text
    assert page.text.replace("&quot;&gt;&lt;script&gt;alert(1)&lt;/script&gt;", "x") == good.text
    policy = page.headers["content-security-policy"]
    assert policy.startswith("default-src 'none'; style-src 'sha256-")
    assert "frame-ancestors 'none'" in policy


async def test_a_link_of_somebody_who_left(house: Gatehouse) -> None:
    """It lets nobody in."""
    secret = await house.access.links.create("max", house.clock())
    house.people.remove("max")
    async with house.browser() as browser:
        assert (await browser.post(LINK, data={"secret": secret})).status_code == 403


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Sec-Fetch-Site": "none"},
        {"Sec-Fetch-Site": "cross-site", "Origin": "SELF"},
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {},
    ],
)
async def test_another_site_changes_nothing(house: Gatehouse, headers: dict[str, str]) -> None:
    """It cannot have a visitor do anything, sign them out, or sign them in as somebody else."""
    told = {name: value.replace("SELF", house.url) for name, value in headers.items()}
    secret = await house.access.links.create("zoe", house.clock())
    async with house.browser() as browser:
        await sign_in(browser)
        del browser.headers["sec-fetch-site"]
        browser.headers.update(told)
        body = {"name": "x", "scopes": ["read"], "expires_at": "2026-01-01T00:00:00Z"}
        for path, more in (
            ("/v1/tokens", {"json": body}),
            ("/v1/sign-out", {}),
            (LINK, {"data": {"secret": secret}}),
        ):
            browser.headers["accept"] = "application/json"
            answer = await browser.post(path, **more)
            assert (answer.status_code, answer.json()["code"]) == (403, "cross_site"), path
        assert await me(browser) == "max"


async def test_older_browsers_say_their_origin(house: Gatehouse) -> None:
    """One that does not send Sec-Fetch-Site is believed by its Origin."""
    async with house.browser() as browser:
        await sign_in(browser)
        del browser.headers["sec-fetch-site"]
        browser.headers["origin"] = house.url
        assert (await browser.post("/v1/sign-out")).status_code == 303


async def test_an_access_token_of_the_provider(house: Gatehouse, theirs: IdentityProvider) -> None:
    """It lets in whose account has signed in before, with the scopes that it names."""
    told = theirs.claims(aud=["the-api"], azp="an-app")
    async with house.program(theirs.sign(told)) as program:
        assert (await program.get("/v1/me")).status_code == 401
        async with house.browser() as browser:
            await sign_in(browser)
        found = (await program.get("/v1/me")).json()
    assert (found["name"], sorted(found["scopes"])) == ("person:max", ["read", "write"])
    named = told | {"scope": "openid coopflow:read coopflow:tokens coopflow:act"}
    async with house.program(theirs.sign(named)) as program:
        assert (await program.get("/v1/me")).json()["scopes"] == ["read"]
    for other in (told | {"aud": CLIENT_ID}, told | {"exp": 1}):
        async with house.program(theirs.sign(other)) as program:
            assert (await program.get("/v1/me")).status_code == 401


async def test_a_provider_that_is_away(tmp_path: Path) -> None:
    """It is said so, and nobody gets in meanwhile."""
    provider = Provider(ProviderOptions(issuer="http://127.0.0.1:9", client_id="us"))
    async with (
        serving(tmp_path, provider=provider, audience="the-api") as house,
        house.browser() as browser,
        house.program("a.b.c") as program,
    ):
        assert (await browser.get("/v1/sign-in")).status_code == 503
        assert (await program.get("/v1/me")).status_code == 503


async def test_where_there_is_no_provider(tmp_path: Path) -> None:
    """A page says to ask for a link; to programs there is nothing."""
    async with (
        serving(tmp_path) as house,
        house.browser() as browser,
        house.program() as program,
    ):
        page = await browser.get("/v1/sign-in")
        assert page.status_code == 404
        assert "link" in page.text
        assert (await program.get("/v1/sign-in")).json()["code"] == "no_provider"
        assert (await browser.get("/v1/sign-in/callback?code=x&state=y")).status_code == 403
