from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.recorded_life import Recorded, recorded
from tests.web_site import Site, check_page


@pytest.fixture
def life(site: Site) -> Recorded:
    return recorded(site)


def answered(page: Page, organisation: str) -> str:
    row = page.locator(".records > li").filter(has_text=organisation).first
    return row.locator(".badge, .muted").first.inner_text()


@pytest.mark.parametrize("javascript", [True, False])
def test_a_member_answers_objects_and_is_asked_for_a_reason(
    life: Recorded, site: Site, *, javascript: bool
) -> None:
    """Right on the page of the decision; what is refused is said at the field."""
    page = site.page(life.people["gamma"], javascript=javascript)
    page.goto(f"{life.path}/decisions")
    page.get_by_role("link", name="Répondre – Acheter un local").click()

    page.get_by_label("Nous objectons, en disant pourquoi").check()
    page.get_by_role("button", name="Répondre").click()
    expect(page.locator("main")).to_contain_text("raison", ignore_case=True)
    assert "/do/cast_ballot" in page.url

    page.goto(f"{life.path}/decisions/open")
    page.get_by_label("Nous objectons, en disant pourquoi").check()
    page.get_by_label("Raison").fill("Le loyer nous tue <b>vite</b>")
    page.get_by_role("button", name="Répondre").click()
    expect(page).to_have_url(f"{site.url}{life.path}/decisions/open?done=cast_ballot")
    expect(page.get_by_role("status")).to_contain_text("C'est fait")
    expect(page.get_by_text("Le loyer nous tue <b>vite</b>")).to_be_visible()
    assert answered(page, "Gamma") == "objection"

    page.get_by_label("Nous consentons", exact=True).check()
    page.get_by_role("button", name="Répondre").click()
    expect(page.get_by_text("Répondu le")).to_be_visible()
    assert answered(page, "Gamma") == "consentement"


@pytest.mark.parametrize("javascript", [True, False])
def test_a_vote_is_entrusted_and_given_by_who_holds_it(
    life: Recorded, site: Site, *, javascript: bool
) -> None:
    """For this decision alone; the holder answers for both."""
    page = site.page(life.people["gamma"], javascript=javascript)
    page.goto(f"{life.path}/decisions/open")
    page.get_by_text("Confier ce vote à une autre organisation").click()
    page.get_by_label("À qui").select_option("alpha")
    page.get_by_role("button", name="Confier").click()
    expect(page.get_by_text("Alpha répond pour elle. Votre propre réponse")).to_be_visible()

    other = site.page(life.people["alpha"], javascript=javascript)
    other.goto(f"{life.path}/decisions/open")
    expect(other.get_by_text("Elle répond aussi pour Gamma.")).to_be_visible()
    other.get_by_label("Nous consentons", exact=True).check()
    other.get_by_role("button", name="Répondre").click()
    expect(other.get_by_text("donnée par Alpha")).to_be_visible()
    assert answered(other, "Gamma") == "consentement"


def test_a_secret_ballot_is_answered_without_a_trace_of_what_was_chosen(
    life: Recorded, site: Site
) -> None:
    """Not even for who chose it: the page says that they answered, and shows no choice."""
    page = site.page(life.people["gamma"])
    page.goto(f"{life.path}/decisions/secret")
    page.get_by_label("Non", exact=True).check()
    page.get_by_role("button", name="Répondre").click()
    expect(page.get_by_text("Répondu le")).to_be_visible()
    assert answered(page, "Gamma") == "a répondu"
    assert page.locator("input[name=choice]:checked").count() == 0


def test_a_facilitator_qualifies_and_meets_an_objection(life: Recorded, site: Site) -> None:
    """With the buttons beside it; its page tells how it went."""
    page = site.page(life.people["facilitator"])
    page.goto(f"{life.path}/decisions/open")
    page.get_by_role("link", name="La qualifier").click()
    assert "/do/qualify_objection" in page.url
    life.give(
        "facilitator",
        "qualify_objection",
        decision="open",
        organisation="beta",
        verdict="qualified",
        reason="Elle nomme un tort",
    )
    life.give(
        "facilitator",
        "integrate_objection",
        decision="open",
        organisation="beta",
        amendment={"question": "Louer un local ?"},
        material=True,
    )
    page.goto(f"{life.path}/decisions/open")
    expect(page.get_by_role("heading", level=1)).to_have_text("Louer un local ?")
    expect(page.get_by_text("Elle nomme un tort")).to_be_visible()
    expect(page.get_by_text("chacun a été interrogé de nouveau")).to_be_visible()
    expect(page.get_by_role("link", name="La qualifier")).to_have_count(0)


def test_the_ladder_is_climbed_and_opens_to_others(life: Recorded, site: Site) -> None:
    """Who may read the content follows the step, and so do the buttons."""
    path = f"{life.path}/disagreements/sealed"
    facilitator, mediator = life.people["facilitator"], life.people["mediator"]
    for _ in range(2):
        life.give("alpha", "escalate_disagreement", disagreement="sealed")
        if _ == 0:
            with life.site.visitor(facilitator) as client:
                assert "/do/settle_disagreement?" in client.get(path).text
    with life.site.visitor(facilitator) as client:
        text = client.get(path).text
        assert "/do/appoint_mediator?" in text
        assert "ne vous est pas destiné" in text
    life.give("facilitator", "appoint_mediator", disagreement="sealed", person=mediator)
    with life.site.visitor(mediator) as client:
        assert "ne vous est pas destiné" in client.get(path).text
    for party in ("alpha", "beta"):
        with life.site.visitor(life.people[party]) as client:
            assert "/do/accept_mediator?" in client.get(path).text
        life.give(party, "accept_mediator", disagreement="sealed", organisation=party)
    with life.site.visitor(mediator) as client:
        text = client.get(path).text
        assert "Contenu-scellé" in text
        assert "/do/conclude_mediation?" in text
        assert "/journal/" not in text
    check_page(site.page(mediator), path)
    life.give("beta", "stop_mediation", disagreement="sealed", organisation="beta")
    life.give("alpha", "escalate_disagreement", disagreement="sealed")
    with life.site.visitor(life.people["gamma"]) as client:
        text = client.get(path).text
        assert "Contenu-scellé" in text
        assert "sautée" not in text
    with life.site.visitor(facilitator) as client:
        assert "/do/open_decision?subject=disagreement%3Asealed" in client.get(path).text


def test_somebody_erased_is_shown_as_erased(life: Recorded) -> None:
    """Wherever the journal named them, with neither their name nor their id."""
    erased = life.people["alpha"]
    life.give("manager", "erase_person", person=erased)
    with life.site.visitor(life.people["gamma"]) as client:
        text = client.get(f"{life.path}/journal/print").text
        assert "une personne effacée" in text
        assert erased not in text
        assert "Aïssa" not in text
        chosen = client.get(f"{life.path}/journal").text
        assert "Aïssa" not in chosen


def test_a_policy_is_read_by_its_differences(life: Recorded) -> None:
    """Beside the question whether it shall apply; without them where it is not known."""
    life.give(
        "alpha",
        "open_decision",
        decision="policy",
        subject="policy:unknown@1",
        question="Changer de règles ?",
    )
    with life.site.visitor(life.people["gamma"]) as client:
        text = client.get(f"{life.path}/decisions/policy").text
        assert "Changer de règles" in text
        assert "Ce qui changerait" not in text
