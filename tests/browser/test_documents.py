from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import expect

from tests.deeds import DOCUMENTS
from tests.web_site import Collective, Site

VISION: dict[str, Any] = {
    "issue": "Ce qui est cultivé ici\n\nn'est pas mangé ici",
    "territory": "Bocage <b>du Gué</b>",
    "horizon_year": 2035,
    "desired_future": "La moitié de ce que servent les cantines pousse à moins de 30 km",
    "trends": ["Les fermes s'agrandissent", "Les cantines cherchent"],
    "contributors": ["ferme-du-gue", "commune-bocage", "amap-des-haies"],
}


@pytest.fixture
def collective(site: Site) -> Collective:
    return site.collective()


def written(site: Site, collective: Collective, kind: str, content: dict[str, Any]) -> None:
    """Write the next version of a document."""
    body = {"content": content}
    site.give(collective, collective.facilitator, f"/documents/{kind}/versions", body)


def for_our_members(content: Any) -> Any:
    """Return a content with our members instead of those of other tests."""
    names = {"alpha": "ferme-du-gue", "beta": "commune-bocage", "gamma": "amap-des-haies"}
    if isinstance(content, dict):
        return {name: for_our_members(one) for name, one in content.items()}
    if isinstance(content, list):
        return [for_our_members(one) for one in content]
    return names.get(content, content) if isinstance(content, str) else content


def edit(collective: Collective, kind: str) -> str:
    return f"{collective.path}/documents/{kind}/edit"


@pytest.mark.parametrize("javascript", [True, False])
def test_a_member_writes_a_document_and_all_see_it(
    site: Site, collective: Collective, *, javascript: bool
) -> None:
    """Lists grow by a button; what was typed stays; the draft is read by another member."""
    page = site.page(collective.speakers["ferme-du-gue"], javascript=javascript)
    page.goto(f"{collective.path}/documents")
    page.get_by_role("link", name="Vision partagée").click()
    page.get_by_role("link", name="L'écrire").click()
    page.get_by_label("L'enjeu, tel que tous le comprennent").fill("Manger <i>d'ici</i>")
    for number, trend in enumerate(("Une", "Deux"), 1):
        page.get_by_role("button", name="Ajouter une tendance").click()
        field = page.get_by_label(f"Tendance {number}", exact=True)
        expect(field).to_be_focused()
        field.fill(trend)
    page.get_by_role("button", name="Monter Tendance 2").click()
    expect(page.get_by_label("Tendance 1", exact=True)).to_have_value("Deux")
    page.get_by_role("button", name="Retirer Tendance 2").click()
    expect(page.get_by_label("Tendance 2", exact=True)).to_have_count(0)
    page.get_by_label("Commune bocage").check()
    page.get_by_role("button", name="Enregistrer le brouillon pour tous").click()
    expect(page.get_by_role("status").first).to_contain_text("C'est fait")
    other = site.page(collective.speakers["commune-bocage"])
    other.goto(f"{collective.path}/documents/shared_vision")
    content = other.get_by_role("region", name="Contenu")
    expect(content).to_contain_text("Manger <i>d'ici</i>")
    expect(content).to_contain_text("Deux")
    expect(content).to_contain_text("Commune bocage")
    expect(other.get_by_role("region", name="Avant de pouvoir")).to_contain_text(
        "L'avenir souhaité"
    )


def test_what_is_typed_is_kept_for_oneself_until_it_is_sent(
    site: Site, collective: Collective
) -> None:
    """After two seconds, without any button; only who typed it finds it again, and may discard."""
    path = edit(collective, "charter")
    page = site.page(collective.speakers["ferme-du-gue"])
    page.goto(path)
    page.get_by_label("Raison d'être de la coopération").fill("Nourrir")
    expect(page.locator("#kept")).to_contain_text("Gardé à")
    page.goto(path)
    expect(page.get_by_text("Vous seul le voyez")).to_be_visible()
    expect(page.get_by_label("Raison d'être de la coopération")).to_have_value("Nourrir")
    other = site.page(collective.speakers["commune-bocage"])
    other.goto(path)
    expect(other.get_by_label("Raison d'être de la coopération")).to_have_value("")
    page.get_by_role("button", name="Abandonner mon texte").click()
    expect(page.get_by_label("Raison d'être de la coopération")).to_have_value("")
    expect(page.get_by_text("Vous seul le voyez")).to_have_count(0)


def test_without_javascript_a_button_keeps_it(site: Site, collective: Collective) -> None:
    """And it is gone once the draft is there for all."""
    path = edit(collective, "charter")
    page = site.page(collective.speakers["ferme-du-gue"], javascript=False)
    page.goto(path)
    page.get_by_label("Raison d'être de la coopération").fill("Nourrir")
    page.get_by_role("button", name="Garder pour moi").click()
    expect(page.locator("#kept")).to_contain_text("Gardé à")
    page.goto(path)
    expect(page.get_by_text("Vous seul le voyez")).to_be_visible()
    page.get_by_role("button", name="Enregistrer le brouillon pour tous").click()
    page.goto(path)
    expect(page.get_by_text("Vous seul le voyez")).to_have_count(0)
    expect(page.get_by_label("Raison d'être de la coopération")).to_have_value("Nourrir")


def test_what_is_wrong_is_said_at_its_field(site: Site, collective: Collective) -> None:
    """Above the form with a link to the field; a draft may leave out what it does not know yet."""
    page = site.page(collective.speakers["ferme-du-gue"])
    page.goto(edit(collective, "shared_vision"))
    page.get_by_label("À l'horizon de l'année").fill("bientôt")
    page.get_by_role("button", name="Enregistrer le brouillon pour tous").click()
    alert = page.get_by_role("alert")
    expect(alert).to_be_focused()
    expect(alert).to_contain_text("Écrivez un nombre entier.")
    alert.get_by_role("link", name="À l'horizon de l'année").click()
    field = page.get_by_label("À l'horizon de l'année")
    expect(field).to_be_focused()
    expect(field).to_have_attribute("aria-invalid", "true")
    expect(field).to_have_accessible_description(
        "Assez loin pour imaginer, assez près pour agir : dix ans, par exemple. "
        "À corriger : Écrivez un nombre entier."
    )


def test_enter_in_a_field_removes_and_sends_nothing(site: Site, collective: Collective) -> None:
    """Browsers press the first button of a form then: here it shows the form again."""
    page = site.page(collective.speakers["ferme-du-gue"])
    page.goto(edit(collective, "shared_vision"))
    page.get_by_role("button", name="Ajouter une tendance").click()
    page.get_by_label("Tendance 1", exact=True).fill("Une")
    page.get_by_label("Territoire").fill("Bocage")
    page.get_by_label("Territoire").press("Enter")
    page.wait_for_load_state()
    expect(page.get_by_label("Tendance 1", exact=True)).to_have_value("Une")
    expect(page.get_by_label("Territoire")).to_have_value("Bocage")
    page.goto(f"{collective.path}/documents")
    expect(page.get_by_text("Pas encore écrit.")).to_have_count(7)


def test_buttons_of_lists_take_the_keyboard_along(site: Site, collective: Collective) -> None:
    """One goes on at what was added or moved, or where something was removed."""
    page = site.page(collective.speakers["ferme-du-gue"])
    page.goto(edit(collective, "charter"))
    page.locator("[id='add-bodies']").press("Enter")
    expect(page.locator("[id='f-bodies-1']")).to_be_focused()
    page.get_by_label("Nom").nth(1).fill("Comité")
    page.locator("[id='up-bodies-1']").press("Enter")
    expect(page.locator("[id='f-bodies-0']")).to_be_focused()
    expect(page.locator("[id='f-bodies-0-name']")).to_have_value("Comité")
    page.locator("[id='remove-bodies-1']").press("Enter")
    expect(page.locator("[id='f-bodies-0']")).to_be_focused()


def test_who_is_overtaken_is_told_before_it_is_too_late(site: Site, collective: Collective) -> None:
    """Sent once more, it becomes the version after that of the other one."""
    page = site.page(collective.speakers["ferme-du-gue"], javascript=False)
    page.goto(edit(collective, "shared_vision"))
    page.get_by_label("Territoire").fill("Bocage")
    written(site, collective, "shared_vision", VISION)
    send = page.get_by_role("button", name="Enregistrer le brouillon pour tous")
    send.click()
    expect(page.get_by_role("alert")).to_contain_text("La version 1 a été écrite")
    send.click()
    expect(page.get_by_text("Version 2").first).to_be_visible()
    page.goto(edit(collective, "shared_vision"))
    send.click()
    expect(page.get_by_role("alert")).to_contain_text("C'est déjà ce que dit")


def test_two_versions_are_compared_in_words(site: Site, collective: Collective) -> None:
    """Field by field, with what was added and removed said and not only coloured."""
    later = {**VISION, "horizon_year": 2040, "trends": ["Les cantines cherchent"]}
    later["desired_future"] = VISION["desired_future"].replace("moitié", "totalité")
    written(site, collective, "shared_vision", VISION)
    written(site, collective, "shared_vision", {**later, "values": ["Confiance"]})
    page = site.page(collective.speakers["ferme-du-gue"])
    page.goto(f"{collective.path}/documents/shared_vision")
    page.get_by_role("link", name="Ce qui a changé").click()
    changes = page.locator(".change")
    expect(changes.filter(has_text="À l'horizon de l'année")).to_contain_text("Modifié")
    future = changes.filter(has_text="L'avenir souhaité")
    expect(future.locator("del")).to_contain_text("moitié")
    expect(future.locator("ins")).to_contain_text("totalité")
    expect(changes.filter(has_text="Tendances à l'œuvre")).to_contain_text("Retiré")
    expect(changes.filter(has_text="Valeurs partagées")).to_contain_text("Ajouté")


def test_documents_are_written_and_read_by_those_who_may(
    site: Site, collective: Collective
) -> None:
    """An observer reads what was adopted alone; who sees nothing of the cooperation, nothing."""
    written(site, collective, "shared_vision", VISION)
    observer = site.person(f"watch-{collective.facilitator}", "Observatrice")
    body = {"person": observer, "role": "observer"}
    site.give(collective, collective.facilitator, "/roles", body)
    stranger = site.person(f"far-{collective.facilitator}", "Étrangère")
    documents = f"{collective.path}/documents"
    for person, statuses in {
        collective.facilitator: (200, 200, 200, 200),
        observer: (200, 200, 404, 403),
        stranger: (404, 404, 404, 404),
    }.items():
        with site.visitor(person) as client:
            paths = ("", "/shared_vision", "/shared_vision/1", "/shared_vision/edit")
            found = tuple(client.get(documents + path).status_code for path in paths)
            assert found == statuses, person
            again = client.get(f"{documents}/feedback_loop/edit").status_code
            assert again == 200 if person == collective.facilitator else again in {403, 404}
    with site.visitor(observer) as client:
        kept = client.post(f"{documents}/shared_vision/unsent", data={"issue": "x"})
        assert kept.status_code == 403
        assert "mangé" not in client.get(f"{documents}/shared_vision").text


def test_what_comes_from_another_site_is_refused(site: Site, collective: Collective) -> None:
    """Neither drafted nor kept."""
    with site.visitor(collective.facilitator, **{"Sec-Fetch-Site": "cross-site"}) as client:
        for path in ("edit", "unsent"):
            at = f"{collective.path}/documents/shared_vision/{path}"
            assert client.post(at, data={"_do": "draft", "issue": "x"}).status_code == 403


def test_garbage_is_no_error(site: Site, collective: Collective) -> None:
    """Numbers that are none, buttons that are not there, much too much of everything."""
    path = edit(collective, "charter")
    odd = {
        "_base": "9" * 400,
        "_key": "é" * 500,
        "_do": "add:principles.x.\0",
        "principles.9999999999999": "x",
        "decision_rules.0.rule.name": "\ud7ff",
        "x" * 300: "y",
    }
    with site.visitor(collective.facilitator) as client:
        for body in (odd, {**odd, "_do": "draft"}, {f"a{n}": "" for n in range(900)}):
            assert client.post(path, data=body).status_code in {200, 422}
        long = client.post(path.replace("/edit", "/unsent"), data={"purpose": "x" * 600_000})
        assert "trop long" in long.text or long.status_code == 413


def test_a_vision_goes_from_draft_to_adoption(site: Site, collective: Collective) -> None:
    """What is missing is said; then it is put to the members, and shows how they decide."""
    written(site, collective, "shared_vision", {**VISION, "contributors": ["ferme-du-gue"]})
    page = site.page(collective.facilitator)
    page.goto(f"{collective.path}/documents/shared_vision")
    missing = page.get_by_role("region", name="Avant de pouvoir")
    expect(missing).to_contain_text("Trois organisations différentes")
    missing.get_by_role("link", name="Qui l'a construite").click()
    page.get_by_label("Commune bocage").check()
    page.get_by_label("Amap des haies").check()
    page.get_by_role("button", name="Enregistrer le brouillon pour tous").click()
    page.get_by_role("link", name="Soumettre aux membres").click()
    page.locator("#form .actions button[value=give]").click()
    expect(page.get_by_role("status").first).to_contain_text("C'est fait")
    expect(page.get_by_text("soumis").first).to_be_visible()
    expect(page.get_by_text("réponses : 0 sur 3")).to_be_visible()


def test_the_command_leads_to_the_form_of_its_document(site: Site, collective: Collective) -> None:
    """Nobody is asked for the content of a document in one field."""
    with site.visitor(collective.facilitator) as client:
        for query, place in {
            "?kind=charter": "/documents/charter/edit",
            "": "/documents",
        }.items():
            answer = client.get(f"{collective.path}/do/draft_document{query}")
            assert answer.headers["location"].endswith(collective.path + place)


def adopted(site: Site, collective: Collective, kind: str, content: dict[str, Any]) -> None:
    """Write a version, and let all members adopt it in a meeting."""
    written(site, collective, kind, content)
    path, by = f"/documents/{kind}/submission", collective.facilitator
    entries = site.give(collective, by, path, {})["entries"]
    decision = next(one["data"]["decision"] for one in entries if one["type"] == "decision_opened")
    ballots = {"ballots": dict.fromkeys(collective.speakers, "consent")}
    site.give(collective, by, f"/decisions/{decision}/session-vote", ballots)


def test_a_charter_is_signed_where_it_is_read(site: Site, collective: Collective) -> None:
    """Also while the next version is being written; who has signed is not asked again."""
    content = for_our_members(DOCUMENTS["charter"]())
    adopted(site, collective, "charter", content)
    written(site, collective, "charter", {**content, "purpose": "Another"})
    page = site.page(collective.speakers["ferme-du-gue"])
    page.goto(f"{collective.path}/documents/charter")
    page.get_by_role("link", name="la lire et la signer").click()
    expect(page.get_by_text("personne encore")).to_be_visible()
    page.get_by_role("link", name="Signer pour Ferme du gue").click()
    page.locator("#form .actions button[value=give]").click()
    expect(page.get_by_role("status").first).to_contain_text("C'est fait")
    expect(page.get_by_role("link", name="Signer pour")).to_have_count(0)
    expect(page.get_by_role("definition").filter(has_text="Ferme du gue")).to_be_visible()
    with site.visitor(collective.speakers["ferme-du-gue"]) as client:
        link = page.get_by_role("link", name="PDF").get_attribute("href")
        assert link is not None
        assert client.get(link).content.startswith(b"%PDF")


def test_values_of_indicators_are_recorded_and_drawn(site: Site, collective: Collective) -> None:
    """Each with its figures beside the picture; the form knows the indicator already."""
    chain = for_our_members(DOCUMENTS["value_chain"]())
    indicators = f"{collective.path}/indicators"
    page = site.page(collective.speakers["ferme-du-gue"])
    page.goto(indicators)
    expect(page.get_by_text("ne nomme encore aucun indicateur")).to_be_visible()
    adopted(site, collective, "value_chain", chain)
    for value in ("12,5", "14"):
        page.goto(indicators)
        page.get_by_role("link", name="Saisir un relevé").first.click()
        page.get_by_label("Valeur").fill(value)
        page.locator("#form .actions button[value=give]").click()
        expect(page.get_by_role("status").first).to_contain_text("C'est fait")
    first = page.locator("article.panel").first
    expect(first.locator("figure svg").first).to_be_attached()
    first.get_by_text("Les relevés").click()
    expect(first.get_by_role("cell", name="12,5")).to_be_visible()


@pytest.mark.parametrize("form", ["documents/shared_vision/edit", "do/open_decision"])
def test_who_types_is_told_when_nothing_is_kept_any_more(
    site: Site, collective: Collective, form: str
) -> None:
    """Signed out or cut off: the page says so and what to do, and goes on with what was typed."""
    writer = collective.facilitator
    page = site.page(writer)
    page.goto(f"{collective.path}/{form}")
    field, kept = page.locator("#form textarea").first, page.locator("#kept")
    access = site.platform.services.access
    site.platform.run(access.sessions.end_all(writer))
    field.fill("Manger d'ici")
    expect(kept).to_contain_text("votre session a pris fin")
    expect(kept.get_by_role("link")).to_have_attribute("href", "/sign-in")
    page.context.set_offline(True)
    field.fill("Manger d'ici même")
    expect(kept).to_contain_text("la plateforme est injoignable")
    page.context.set_offline(False)
    page.context.add_cookies([{"name": "coopflow", "value": site.session(writer), "url": site.url}])
    field.fill("Manger d'ici même aussi")
    expect(kept).to_contain_text("Gardé à")
    expect(field).to_have_value("Manger d'ici même aussi")
