"""Who takes part in a cooperation, what is to come, and the lists that lead to it."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from coopflow.application.engine import Address
from tests.cooperation_pages import FAY, HOSTILE, PAM, give, holding, known, manager, path
from tests.http_platform import Platform, place
from tests.lives import live
from tests.web_site import Site, somebody


@pytest.fixture(scope="module")
def cap(platform: Platform) -> Address:
    return live(platform, "cap-jeunes-valdore", steps=23)


@pytest.fixture
def young(platform: Platform) -> Address:
    return platform.opened(PAM, f"young-{somebody()}")


def test_what_is_to_come_is_told_in_words(site: Site, cap: Address) -> None:
    """Day by day, what levels come to with it, and no wire name."""
    page = site.page(known(site, "tara", "Tara Lenoir"))
    page.goto(path(cap, "/forecast"))
    days = page.locator(".timeline > li")
    expect(days.first).to_be_visible()
    assert days.count() > 5
    told = page.locator(".timeline").inner_text()
    assert "Fin du mandat de Maison Tournesol" in told
    assert re.search(r"niveau \d\s→\s\d", told)
    assert not re.search(r"[a-z]+_[a-z]+|minors-data", told)


def test_a_secret_ballot_stays_undisclosed(site: Site, young: Address) -> None:
    """Only that nothing is said of it."""
    body = {"subject": "other", "question": "Which way?", "rule": "simple_majority"}
    give(site.platform, FAY, f"{place(young)}/decisions", secret=True, decision="way", **body)
    page = site.page(known(site, "rep-alpha", "Rosa Vidal"))
    page.goto(path(young, "/forecast"))
    expect(page.locator(".notice")).to_contain_text("bulletin secret : Which way?")
    expect(page.locator(".timeline")).not_to_contain_text("Which way?")


@pytest.mark.parametrize("role", ["mediator", "funder", "observer"])
def test_what_is_to_come_is_for_those_inside(site: Site, young: Address, role: str) -> None:
    """People can be read by all who have a part."""
    person = holding(site, young, role)  # type: ignore[arg-type]
    with site.visitor(person) as client:
        assert client.get(path(young, "/forecast")).status_code == 403
        shown = client.get(path(young, "/people"))
        assert shown.status_code == 200
        assert "Alpha" in shown.text
        assert "/do/" not in shown.text


def test_each_does_what_they_may_about_organisations(site: Site, young: Address) -> None:
    """The facilitator about all, a representative about their own."""
    page = site.page(known(site, "fay", "Fay Colin"))
    page.goto(path(young, "/people"))
    expect(page.get_by_role("link", name="Admettre une organisation")).to_be_visible()
    expect(page.locator(".card .about")).to_have_count(3)
    other = site.page(known(site, "rep-alpha", "Rosa Vidal"))
    other.goto(path(young, "/people"))
    expect(other.get_by_role("link", name="Admettre une organisation")).to_have_count(0)
    expect(other.locator(".card .about")).to_have_count(1)
    expect(other.locator("#member-alpha .about")).to_have_count(1)
    other.locator("#member-alpha .about summary").click()
    link = other.get_by_role("link", name="Présenter une organisation")
    expect(link).to_have_attribute("href", re.compile(r"/do/describe_member\?organisation=alpha"))


def test_who_left_is_shown_as_gone(site: Site, young: Address) -> None:
    """Without who spoke for it, and nothing to do about it."""
    where = f"{place(young)}/members/gamma/withdrawal"
    give(site.platform, FAY, where, reason="Moves away")
    page = site.page(known(site, "fay", "Fay Colin"))
    page.goto(path(young, "/people"))
    card = page.locator("#member-gamma")
    expect(card).to_contain_text("parti")
    expect(card).not_to_contain_text("rep-gamma")
    expect(card.locator(".about")).to_have_count(0)


def test_to_a_stranger_none_of_it_is_there(site: Site, young: Address) -> None:
    """Nor in the list of cooperations."""
    with site.visitor(site.person(somebody(), "Nobody")) as client:
        for page in ("/people", "/forecast"):
            assert client.get(path(young, page)).status_code == 404
        assert young.cooperation not in client.get("/cooperations").text
        assert client.get("/p/tests/open").status_code == 404


def test_the_list_leads_to_where_one_has_a_part(site: Site, young: Address) -> None:
    """And to nothing else; it can be searched."""
    page = site.page(holding(site, young, "observer"))
    page.goto("/cooperations")
    cards = page.locator(".card")
    expect(cards).to_have_count(1)
    expect(cards).to_contain_text("Impulsion")
    page.get_by_label("Titre ou territoire").fill("nowhere at all")
    page.get_by_role("button", name="Chercher").click()
    expect(page.locator(".card")).to_have_count(0)


@pytest.mark.parametrize("javascript", [True, False])
def test_a_programme_manager_opens_a_cooperation(site: Site, *, javascript: bool) -> None:
    """What is wrong is said at the field; then one is in it."""
    person = manager(site)
    page = site.page(person, javascript=javascript)
    page.goto("/cooperations")
    page.get_by_role("link", name="Ouvrir une coopération").first.click()
    name = f"opened-{somebody()}"
    page.get_by_label("Titre").fill(HOSTILE)
    page.get_by_label("L'enjeu").fill("Un enjeu")
    page.get_by_label("Territoire").fill("Ici")
    page.get_by_label("Identifiant").fill("pas ainsi !")
    page.get_by_role("button", name="Ouvrir une coopération").click()
    expect(page.get_by_role("alert")).to_contain_text("Identifiant")
    page.get_by_label("Identifiant").fill(name)
    page.get_by_label("Qui assure la facilitation").select_option(person)
    page.get_by_role("button", name="Ouvrir une coopération").click()
    expect(page).to_have_url(re.compile(f"/c/tests/{name}"))
    expect(page.locator(".cooperation-title")).to_have_text(HOSTILE)
    page.goto("/p/tests/open")
    page.get_by_label("Identifiant").fill(name)
    for label in ("Titre", "L'enjeu", "Territoire"):
        page.get_by_label(label).fill("Encore")
    page.get_by_role("button", name="Ouvrir une coopération").click()
    expect(page.get_by_role("alert")).to_be_visible()


def test_an_administrator_reads_and_opens_nothing(site: Site, young: Address) -> None:
    """They run the installation, and have no part in what collectives do."""
    person = site.person(somebody(), "Ada", administrator=True)
    with site.visitor(person) as client:
        assert client.get(path(young, "/people")).status_code == 200
        assert client.get("/p/tests/open").status_code == 403
