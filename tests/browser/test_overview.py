"""A cooperation at a glance, and its gates, as each of its people sees them."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from coopflow.application.engine import Address
from coopflow.domain.state import Role
from tests.cooperation_pages import FAY, HOSTILE, PAM, give, holding, known, path
from tests.http_platform import Platform, place
from tests.lives import live
from tests.web_site import Site, check_page, somebody


@pytest.fixture(scope="module")
def bocage(platform: Platform) -> Address:
    return live(platform, "bocage-gourmand")


@pytest.fixture
def young(platform: Platform) -> Address:
    return platform.opened(PAM, f"young-{somebody()}")


def test_a_member_sees_where_it_stands_and_what_to_do(site: Site, bocage: Address) -> None:
    """The stage, what awaits, each condition with its level and why, and what comes due."""
    page = site.page(known(site, "amel", "Amel Sadi"))
    page.goto(path(bocage))
    expect(page.locator("[aria-current=step]")).to_contain_text("Animation et pérennisation")
    expect(page.locator(".condition")).to_have_count(5)
    expect(page.locator("#condition-common_plan")).to_contain_text("niveau 4 sur 4")
    expect(page.locator("#condition-common_plan")).to_contain_text("en six mois")
    expect(page.get_by_role("heading", name="Prochaines échéances")).to_be_visible()
    page.locator("#condition-support summary").click()
    expect(page.locator("#condition-support")).to_contain_text("Un mandat de soutien donné")


def test_a_young_one_says_what_the_next_gate_asks(site: Site, young: Address) -> None:
    """With the shortest way to pass, whose first step leads to the command."""
    page = site.page(known(site, "rep-alpha", "Rosa"))
    page.goto(path(young))
    expect(page.get_by_text("Il manque encore")).to_be_visible()
    expect(page.locator("#condition-support")).to_contain_text("comme à l'ouverture")
    page.get_by_role("link", name="La liste de contrôle et le plus court chemin").click()
    expect(page).to_have_url(re.compile("/gates/to_structuration$"))
    expect(page.get_by_text(re.compile(r"Critères réunis\s: \d+ sur"))).to_be_visible()
    shortest = page.get_by_role("region", name="Le plus court chemin")
    step = shortest.get_by_role("link", name="Rédiger un brouillon").first
    expect(step).to_have_attribute("href", re.compile(r"/do/draft_document\?kind=\w+"))
    expect(page.get_by_role("link", name="Demander le passage")).to_have_count(0)


def test_a_step_says_who_may_take_it(site: Site, young: Address) -> None:
    """To the facilitator voting is no link: representatives do that."""
    page = site.page(known(site, "fay", "Fay"))
    page.goto(path(young, "/gates/to_structuration"))
    way = page.locator(".way", has_text="fiche d'identité").first
    expect(way.locator("li", has_text="Répondre à une décision")).to_contain_text(
        "par un représentant"
    )


def test_the_facts_behind_a_criterion_lead_to_their_sources(site: Site, bocage: Address) -> None:
    """A document to its version, a meeting by its kind and day."""
    page = site.page(known(site, "amel", "Amel Sadi"))
    page.goto(path(bocage, "/gates/renewal"))
    criterion = page.locator(".criteria > li", has_text="La vision partagée est adoptée")
    criterion.locator("summary").click()
    link = criterion.get_by_role("link", name=re.compile("vision partagée v"))
    expect(link).to_have_attribute("href", re.compile(r"/documents/shared_vision/\d+$"))


def test_another_day_is_looked_at(site: Site, bocage: Address) -> None:
    """Far ahead nothing holds any more if nobody acts."""
    page = site.page(known(site, "amel", "Amel Sadi"))
    page.goto(path(bocage, "/gates/renewal"))
    page.get_by_label("Regarder à une autre date").fill("2040-06-01")
    page.get_by_role("button", name="Voir").click()
    expect(page.locator(".notice").first).to_contain_text("1er juin 2040, si personne n'agit")
    expect(page.locator(".notice").first).to_contain_text("pas encore")


@pytest.mark.parametrize("at", ["x", "0001-01-01", "9999-12-31"])
def test_a_day_that_is_none_is_said_to_be(site: Site, young: Address, at: str) -> None:
    """It is a mistake of the request, not of the site."""
    with site.visitor("fay") as client:
        assert client.get(path(young, f"/gates/renewal?at={at}")).status_code == 422


@pytest.mark.parametrize("gate", ["nowhere", "gates", "%00"])
def test_a_gate_that_is_none_is_not_there(site: Site, young: Address, gate: str) -> None:
    """Whatever it is called."""
    with site.visitor("fay") as client:
        assert client.get(path(young, f"/gates/{gate}")).status_code in {404, 422}


def test_pausing_is_said_first(site: Site, young: Address) -> None:
    """With what stands still, and how it goes on, for those who may."""
    where = f"{place(young)}/pause"
    give(site.platform, FAY, where, reason="Summer", clocks="freeze")
    page = site.page(known(site, "fay", "Fay"))
    check_page(page, path(young))
    expect(page.locator(".notice-warn").first).to_contain_text("en pause depuis le")
    expect(page.get_by_role("link", name="Reprendre la coopération")).to_be_visible()
    other = site.page(known(site, "rep-alpha", "Rosa"))
    other.goto(path(young))
    expect(other.get_by_role("link", name="Reprendre la coopération")).to_have_count(0)


def test_a_mediator_sees_the_stage_and_no_gate(site: Site, young: Address) -> None:
    """Gates are not for who is no party to anything."""
    person = holding(site, young, "mediator")
    page = site.page(person)
    check_page(page, path(young))
    expect(page.locator("[aria-current=step]")).to_contain_text("Impulsion")
    expect(page.get_by_role("link", name="Passages")).to_have_count(0)
    with site.visitor(person) as client:
        assert client.get(path(young, "/gates/renewal")).status_code == 403
        assert client.get(path(young, "/gates")).status_code == 403


@pytest.mark.parametrize("role", ["funder", "observer"])
def test_those_outside_see_gates_and_no_forecast(site: Site, young: Address, role: Role) -> None:
    """What is to come is for those inside."""
    person = holding(site, young, role)
    page = site.page(person)
    page.goto(path(young))
    expect(page.locator(".condition")).to_have_count(5)
    expect(page.get_by_role("heading", name="Prochaines échéances")).to_have_count(0)
    expect(page.get_by_role("heading", name="Aussi possible")).to_have_count(0)
    page.goto(path(young, "/gates/to_structuration"))
    expect(page.locator(".steps a")).to_have_count(0)


def test_to_a_stranger_nothing_is_there(site: Site, young: Address) -> None:
    """In the same words as of what does not exist."""
    stranger = site.person(somebody(), "Nobody")
    with site.visitor(stranger) as client:
        for page in ("", "/gates", "/gates/renewal"):
            hidden = client.get(path(young, page))
            missing = client.get(path(Address("tests", "nowhere"), page))
            assert hidden.status_code == missing.status_code == 404
            assert hidden.text.replace(young.cooperation, "") == missing.text.replace("nowhere", "")


def test_titles_are_shown_as_they_are_written(site: Site) -> None:
    """Neither markup nor templates are run."""
    address = Address("tests", f"hostile-{somebody()}")
    body = {
        "cooperation": address.cooperation,
        "title": HOSTILE,
        "issue": HOSTILE,
        "territory": HOSTILE,
        "lifecycle": "impact-collectif",
        "policy": "reference",
        "facilitator": "fay",
    }
    give(site.platform, PAM, "/v1/programmes/tests/cooperations", **body)
    page = site.page(known(site, "fay", "Fay"))
    check_page(page, path(address))
    expect(page.locator(".cooperation-title")).to_have_text(HOSTILE)
    expect(page.locator(".lead")).to_have_text(HOSTILE)
