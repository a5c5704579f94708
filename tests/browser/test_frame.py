from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.web_site import Site, somebody


@pytest.fixture
def ines(site: Site) -> str:
    return site.person(somebody(), "Inès Moreau")


def test_who_has_not_signed_in_is_led_there_and_back(site: Site) -> None:
    """The place that was asked for is kept, and nothing of it is shown."""
    page = site.page()
    page.goto("/?x=1")
    expect(page).to_have_url(f"{site.url}/sign-in?return_to=%2F%3Fx%3D1")
    expect(page.get_by_role("heading", level=1)).to_have_text("S'identifier")


@pytest.mark.parametrize("javascript", [True, False])
def test_language_and_colours_are_chosen_without_a_script(
    site: Site, ines: str, *, javascript: bool
) -> None:
    """The choice is kept in the browser, and leads back to the same page."""
    page = site.page(ines, javascript=javascript)
    page.goto("/?from=here")
    page.get_by_role("button", name="English").click()
    expect(page).to_have_url(f"{site.url}/?from=here")
    expect(page.get_by_role("heading", level=1)).to_have_text("My decisions")
    page.get_by_role("button", name="Dark").click()
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    expect(page.locator("html")).to_have_attribute("lang", "en")
    page.reload()
    expect(page.get_by_role("button", name="Dark")).to_have_attribute("aria-pressed", "true")


def test_the_keyboard_reaches_the_content_first(site: Site, ines: str) -> None:
    """The first stop is a link over the navigation."""
    page = site.page(ines)
    page.goto("/")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Aller au contenu")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_be_focused()


def test_somebody_signs_out(site: Site, ines: str) -> None:
    """Afterwards pages lead to signing in."""
    page = site.page(ines)
    page.goto("/")
    page.get_by_role("button", name="Se déconnecter").click()
    page.goto("/")
    expect(page.get_by_role("heading", level=1)).to_have_text("S'identifier")


def test_every_page_has_a_strict_policy(site: Site, ines: str) -> None:
    """No inline script, no inline style, nothing from elsewhere, in no frame, not indexed."""
    with site.visitor(ines) as client:
        for path in ("/", "/nowhere", "/sign-in"):
            headers = client.get(path).headers
            policy = headers["Content-Security-Policy"]
            assert "default-src 'none'" in policy
            assert "unsafe" not in policy
            assert "frame-ancestors 'none'" in policy
            assert headers["X-Content-Type-Options"] == "nosniff"
            assert headers["X-Robots-Tag"] == "noindex"
            assert headers["Cache-Control"] == "no-store"


def test_an_address_that_there_is_not_leads_on(site: Site, ines: str) -> None:
    """Who has signed in finds the navigation there; nobody else does."""
    with site.visitor(ines) as client:
        told = client.get("/nowhere", headers={"Accept-Language": "fr"})
        assert told.status_code == 404
        assert 'href="/cooperations"' in told.text
        sent = client.get("/preferences")
        assert sent.status_code == 405
        assert 'href="/cooperations"' in sent.text
    with site.platform.client() as nobody:
        assert 'href="/cooperations"' not in nobody.get("/nowhere").text


@pytest.mark.parametrize("site_of_form", ["cross-site", "same-site", "none"])
def test_forms_of_other_sites_change_nothing(site: Site, ines: str, site_of_form: str) -> None:
    """Not even the colours."""
    with site.visitor(ines, **{"Sec-Fetch-Site": site_of_form}) as client:
        answer = client.post("/preferences", data={"theme": "dark"})
        assert answer.status_code == 403
        assert "set-cookie" not in answer.headers


@pytest.mark.parametrize("place", ["https://a.example", "//a.example", "/\\a.example", "x"])
def test_forms_lead_nowhere_else(site: Site, ines: str, place: str) -> None:
    """A place of another site is taken for the first page."""
    with site.visitor(ines) as client:
        answer = client.post("/preferences", data={"theme": "dark", "return_to": place})
        assert answer.headers["Location"] == "/"


def test_files_are_kept_for_good_under_their_digest_alone(site: Site) -> None:
    """Another digest is answered too, as pages of another version may name it."""
    with site.platform.client() as client:
        page = client.get("/sign-in").text
        start = page.index("/static/")
        path = page[start : page.index('"', start)]
        assert "immutable" in client.get(path).headers["Cache-Control"]
        *_, name = path.split("/")
        assert client.get(f"/static/0/{name}").headers["Cache-Control"] == "no-cache"
        assert client.get("/static/0/secret.txt").status_code == 404
