from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.web_site import Collective, Site

ASKED = "Adoptons-nous la devise <b>« Ensemble »</b> ?"


@pytest.fixture
def collective(site: Site) -> Collective:
    found = site.collective(title="Bocage <i>gourmand</i>")
    decision = {"subject": "other", "question": ASKED, "rule": {"name": "consent"}}
    site.give(found, found.facilitator, "/decisions", decision)
    return found


@pytest.mark.parametrize("javascript", [True, False])
def test_somebody_answers_a_decision_on_the_first_page(
    site: Site, collective: Collective, *, javascript: bool
) -> None:
    """What awaits them is gone then, and stands among what they decided."""
    page = site.page(collective.speakers["ferme-du-gue"], javascript=javascript)
    page.goto("/")
    card = page.get_by_role("listitem").filter(has_text=ASKED)
    expect(card).to_contain_text("Ferme du gue")
    card.get_by_label("Nous consentons", exact=True).check()
    card.get_by_role("button", name="Répondre").click()
    expect(page.get_by_role("status")).to_contain_text("C'est fait")
    expect(page.get_by_text("Rien ne vous attend.")).to_be_visible()
    answered = page.get_by_role("region", name="Ce que vous avez décidé")
    expect(answered).to_contain_text(ASKED)
    expect(answered).to_contain_text("consentement")


def test_an_objection_without_a_reason_is_asked_for_it(site: Site, collective: Collective) -> None:
    """What was chosen is kept, and the reason makes it complete."""
    page = site.page(collective.speakers["commune-bocage"], javascript=False)
    page.goto("/")
    page.get_by_label("Nous objectons").check()
    page.get_by_role("button", name="Répondre").click()
    expect(page.get_by_role("alert")).to_be_visible()
    expect(page.get_by_label("Nous objectons")).to_be_checked()
    page.get_by_label("Raison").fill("Trop vague.")
    page.get_by_role("button", name="Répondre à une décision").click()
    expect(page.get_by_role("status")).to_contain_text("C'est fait")


def test_the_same_form_sent_twice_is_one_answer(site: Site, collective: Collective) -> None:
    """Sent again with another choice, it is another answer."""
    speaker = collective.speakers["amap-des-haies"]
    body = {
        "key": "once",
        "decision": "decision-1",
        "organisation": "amap-des-haies",
        "choice": "concern",
        "_do": "give",
    }
    with site.visitor(speaker) as client:
        for choice in ("concern", "concern", "consent"):
            answer = client.post(
                f"{collective.path}/do/cast_ballot", data={**body, "choice": choice}
            )
            assert answer.status_code == 303, answer.text
    answers = site.platform.run(site.platform.services.queries.answers(speaker))
    assert [one.choice for one in answers] == ["consent", "concern"]


def test_what_is_asked_is_text_on_the_first_page(site: Site, collective: Collective) -> None:
    """Nobody's HTML is taken for ours."""
    page = site.page(collective.speakers["ferme-du-gue"])
    page.goto("/")
    assert page.locator("main b, main i").count() == 0


def test_forms_of_commands_are_for_who_may_give_them(site: Site, collective: Collective) -> None:
    """To who sees nothing of the cooperation they are not there."""
    path = f"{collective.path}/do/close_decision"
    expected = {
        collective.facilitator: 200,
        collective.speakers["ferme-du-gue"]: 403,
        site.person("stranger-of-home", "Étrangère"): 404,
    }
    for person, status in expected.items():
        with site.visitor(person) as client:
            assert client.get(path).status_code == status
            assert client.get(f"{collective.path}/do/nothing").status_code == 404
