"""What programmes are run by, in pages: tables, webhooks and policies."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass

import httpx
import pytest

from coopflow.entrypoints.http.cookies import LANGUAGE_COOKIE
from coopflow.entrypoints.web.pages import policies, webhooks
from tests.cooperation_pages import known, path
from tests.lives import live
from tests.web_site import Collective, Site, somebody

TABLE = "name,email,language\nLéa Petit,lea.{0}@example.org,fr\nNoé Brun,noe.{0}@example.org,fr\n"


_BEFORE_THE_VETO = 39  # steps of the example


@dataclass(frozen=True)
class Desk:
    """Whoever manages a programme with one cooperation."""

    here: Collective
    manager: httpx.Client

    @property
    def path(self) -> str:
        """Where the pages of the programme begin."""
        return f"/p/{self.here.address.programme}"


@pytest.fixture
def desk(site: Site) -> Iterator[Desk]:
    here = site.collective()
    with site.visitor(here.manager) as manager:
        yield Desk(here, manager)


def test_a_table_is_looked_at_before_it_is_imported(desk: Desk) -> None:
    """What it changes is shown; nothing is changed until that is confirmed."""
    place, people = f"{desk.path}/administration/import", f"{desk.path}/administration/people"
    table = TABLE.format(desk.here.address.programme).encode()
    looked = desk.manager.post(place, files={"file": ("gens.csv", table)})
    assert "ajouts\N{NO-BREAK SPACE}: 2" in looked.text
    assert "Léa Petit" not in desk.manager.get(people).text
    (carried,) = re.findall(r'name="table" value="([^"]+)"', looked.text)
    sent = {"table": (None, carried), "sure": (None, "yes")}
    assert "2 ajoutés" in desk.manager.post(place, files=sent).text
    assert "Léa Petit" in desk.manager.get(people).text


def test_a_table_with_faults_says_where_and_imports_nothing(desk: Desk) -> None:
    """Each fault with its line, in the language of the reader."""
    faulty = b"name,email,language\nLea,not an address,fr\n"
    place = f"{desk.path}/administration/import"
    answer = desk.manager.post(place, files={"file": ("gens.csv", faulty)})
    assert answer.status_code == 422
    assert "ligne 2, colonne 2 (<code>courriel</code>)" in answer.text


def test_a_webhook_is_made_tried_and_removed(desk: Desk) -> None:
    """Its secret is shown once; what was sent is listed, and can be sent again."""
    place = f"{desk.path}/administration/webhooks"
    stated = {"url": "https://example.org/hook", "description": "Tableau de bord"}
    made = desk.manager.post(f"{place}/new", data=stated)
    assert re.search(r'class="secret"[^>]* value="whsec_', made.text)
    (webhook,) = set(re.findall(r"/webhooks/(wh_\w+)", desk.manager.get(place).text))
    here = f"{place}/{webhook}"
    tried = desk.manager.post(f"{here}/test")
    shown = desk.manager.get(tried.headers["location"]).text
    assert "whsec_" not in shown
    (delivery,) = set(re.findall(rf"{here}/deliveries/(\d+)", shown))
    one = f"{here}/deliveries/{delivery}"
    assert "Essai" in desk.manager.get(one).text
    assert desk.manager.post(f"{one}/redeliver").headers["location"] == f"{one}?done=again"
    assert "Retirer" in desk.manager.get(f"{here}/remove").text
    assert desk.manager.post(f"{here}/remove").status_code == 303
    assert desk.manager.get(here).status_code == 404


def test_a_webhook_to_no_address_is_told_so_at_the_field(desk: Desk) -> None:
    """And none is made."""
    place = f"{desk.path}/administration/webhooks"
    answer = desk.manager.post(f"{place}/new", data={"url": "ftp://example.org"})
    assert answer.status_code == 422
    assert 'id="f-url-error"' in answer.text
    assert "wh_" not in desk.manager.get(place).text


@pytest.mark.parametrize(
    ("language", "named"),
    [
        ("fr", ["Nom d'usage\N{NO-BREAK SPACE}: À remplir.", "Site web\N{NO-BREAK SPACE}: "]),
        ("en", ["Usual name: Fill this in.", "Website: "]),
    ],
)
def test_what_is_wrong_with_a_plain_form_is_summed_up_by_field(
    desk: Desk, language: str, named: list[str]
) -> None:
    """At its head, each named as it is labelled below, with a link to it."""
    desk.manager.cookies.set(LANGUAGE_COOKIE, language)
    sent = {"id": "amap", "name": "", "category": "association", "website": "nowhere"}
    answer = desk.manager.post(f"{desk.path}/administration/organisations/new", data=sent)
    assert answer.status_code == 422
    summary = answer.text.partition('id="form-errors"')[2].partition("</div>")[0]
    assert re.findall(r'href="#f-(\w+)"', summary) == ["name", "website"]
    told = html.unescape(re.sub(r"<[^>]*>", "", summary))
    assert all(one in told for one in named), told
    assert answer.text.index('id="form-errors"') < answer.text.index('id="f-name"')


def test_a_policy_is_proposed_to_those_who_are_chosen(desk: Desk) -> None:
    """The question calls it by its name; a manager makes it known, members open the decision."""
    place = f"{desk.path}/policies/light@1/proposal"
    asked = desk.manager.get(place).text
    assert "Suivons-nous désormais «\N{NO-BREAK SPACE}Politique légère" in asked
    nobody = desk.manager.post(place, data={"question": "Suivons-nous cela ?"})
    assert nobody.status_code == 422
    assert "Choisissez-en au moins une." in nobody.text
    chosen = {"question": "Suivons-nous cela ?", "cooperations": "bocage-gourmand"}
    for days in ("0", "-3", "2.5", "366", "deux", "9" * 400):
        wrong = desk.manager.post(place, data={**chosen, "days": days})
        assert wrong.status_code == 422
        assert "de 1 à 365, ou laissez vide." in wrong.text
    proposed = desk.manager.post(place, data=chosen)
    assert proposed.status_code == 200
    assert "portée à connaissance" in proposed.text


def test_an_impact_of_many_is_worked_out_beside_requests(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is begun by a button, and found where one is sent."""
    monkeypatch.setattr(policies, "AT_ONCE", 0)
    place = f"{desk.path}/policies/light@1/impact"
    assert "<strong>1</strong>" not in desk.manager.get(place).text
    begun = desk.manager.post(place)
    for _ in range(200):
        shown = desk.manager.get(begun.headers["location"])
        assert shown.status_code == 200
        if 'id="progress"' not in shown.text:
            break
    assert "<strong>1</strong> coopérations examinées" in shown.text


def test_usual_choices_are_offered_first_when_a_cooperation_is_opened(desk: Desk) -> None:
    """The policy that the settings state is the one that is chosen in the form."""
    settings = f"{desk.path}/administration/settings"
    (version,) = re.findall(r'name="version" value="(\d+)"', desk.manager.get(settings).text)
    stated = {"name": "Valdore", "language": "fr", "lifecycle": "", "policy": "light"}
    kept = desk.manager.post(settings, data={**stated, "version": version})
    assert kept.status_code == 303, kept.text
    assert re.search(r'value="light" selected', desk.manager.get(settings).text)
    assert re.search(r'value="light" selected', desk.manager.get(f"{desk.path}/open").text)


def test_a_change_is_deferred_until_a_day(site: Site) -> None:
    """Without a day it is asked for; then the review says until when."""
    here = site.collective()
    site.give(here, here.facilitator, "/reviews", {"review": "first", "kind": "exceptional"})
    change = {"change": "more", "target": "roadmap", "text": "Un repas de plus"}
    site.give(here, here.facilitator, "/reviews/first/changes", change)
    with site.visitor(here.facilitator) as visitor:
        shown = visitor.get(f"{here.path}/reviews/first").text
        assert "Reporter à une date" in shown
        deferred = {"review": "first", "change": "more", "verdict": "deferred"}
        place, back = f"{here.path}/do/resolve_change", f"{here.path}/reviews/first"
        sent = {**deferred, "_do": "give", "return_to": back, "key": "later"}
        assert visitor.post(place, data=sent).status_code == 422
        done = visitor.post(place, data={**sent, "until": "2099-01-31"})
        assert done.status_code == 303, done.text
        assert "31\N{NO-BREAK SPACE}janv.\N{NO-BREAK SPACE}2099" in visitor.get(back).text


def test_a_veto_is_for_who_holds_it_by_the_charter(site: Site) -> None:
    """Its button stands at the decision; given with a reason, the decision is suspended."""
    coast = live(site.platform, "rivage-pornevan", steps=_BEFORE_THE_VETO)
    decision, place = path(coast, "/decisions/map-1"), path(coast, "/do/veto_decision")
    given = {"decision": "map-1", "organisation": "parc-des-sables", "_do": "give"}
    for person, name in (("diane", "Diane Blanc"), ("bettina", "Bettina Roy")):
        known(site, person, name)
    with site.visitor("bettina") as other:
        assert "Y opposer un veto motivé" not in other.get(decision).text
    with site.visitor("diane") as holder:
        assert "Y opposer un veto motivé" in holder.get(decision).text
        sent = {**given, "return_to": decision, "key": "veto"}
        assert holder.post(place, data=sent).status_code == 422
        done = holder.post(place, data={**sent, "reason": "Les chasseurs manquent"})
        assert done.status_code == 303, done.text
        shown = holder.get(decision).text
        assert "suspendue par un veto" in shown
        assert "Y opposer un veto motivé" not in shown


def test_what_is_over_offers_nothing_to_do(site: Site) -> None:
    """A closed cooperation is read; no button of its pages would be refused."""
    night = live(site.platform, "nuit-cazelle")
    for person, name in (("isaure", "Isaure Lenoir"), ("maelle", "Maëlle Roy")):
        known(site, person, name)
        with site.visitor(person) as visitor:
            assert "arrivée à son terme" in visitor.get(path(night)).text
            for page in ("", "/gates/to_animation", "/people", "/documents", "/decisions"):
                assert "/do/" not in visitor.get(path(night, page)).text


def test_refusals_are_told_by_names(desk: Desk, site: Site) -> None:
    """Who asked, and why they were refused, in words."""
    with site.visitor(desk.here.speakers["ferme-du-gue"]) as member:
        assert member.get(f"{desk.path}/administration").status_code == 403
    told = ""
    for _ in range(100):  # what is refused is written down beside requests
        told = desk.manager.get(f"{desk.path}/administration/refusals").text
        if "Louise Brun" in told:
            break
    assert "Louise Brun" in told
    assert "Non autorisé" in told


def test_a_webhook_is_told_of_what_was_chosen_by_name(desk: Desk) -> None:
    """Kinds of events and cooperations are offered in words, and are said so afterwards."""
    place = f"{desk.path}/administration/webhooks"
    asked = desk.manager.get(f"{place}/new").text
    assert '<option value="bocage-gourmand">Bocage gourmand</option>' in asked
    assert re.search(r'value="decision_opened">\s*<label [^>]+>Une décision s&#39;ouvre<', asked)
    stated = {
        "url": "https://example.org/hook",
        "cooperation": "bocage-gourmand",
        "types": ["decision_opened", "fell_back"],
    }
    told = html.unescape(desk.manager.post(f"{place}/new", data=stated).text)
    kinds = "une décision s'ouvre, une coopération revient à une étape"
    assert re.sub(r"\s+", " ", f"{kinds} – Bocage gourmand") in re.sub(r"\s+", " ", told)


def test_of_many_cooperations_one_is_looked_for_by_name(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was typed is led on to a choice; nothing is made before it."""
    monkeypatch.setattr(webhooks, "_OFFERED", 0)
    place = f"{desk.path}/administration/webhooks"
    assert 'name="called"' in desk.manager.get(f"{place}/new").text
    monkeypatch.setattr(webhooks, "_OFFERED", 1)
    stated = {"url": "https://example.org/hook", "called": "gourmand"}
    chosen = desk.manager.post(f"{place}/new", data=stated)
    assert chosen.status_code == 422
    assert 'id="f-cooperation-error"' in chosen.text
    assert '<option value="bocage-gourmand">' in chosen.text
    nobody = desk.manager.post(f"{place}/new", data=stated | {"called": "verger"})
    assert 'id="f-called-error"' in nobody.text
    assert "wh_" not in desk.manager.get(place).text
    of_before = stated | {"called": "verger", "cooperation": "bocage-gourmand"}
    other = desk.manager.post(f"{place}/new", data=of_before)
    assert other.status_code == 422, "what was chosen is not called so"
    assert "wh_" not in desk.manager.get(place).text
    made = desk.manager.post(f"{place}/new", data=stated | {"cooperation": "bocage-gourmand"})
    assert "– Bocage gourmand" in made.text


def test_who_changes_their_own_address_stays_signed_in_there_alone(site: Site) -> None:
    """Their other sessions end: one of them may be somebody's who reads their mail."""
    found = site.collective()
    programme = found.address.programme
    ada = site.person(somebody(), "Ada Roy", programme=programme, administrator=True)
    page = f"/p/{programme}/administration/people/{ada}"
    with site.visitor(ada) as here, site.visitor(ada) as elsewhere:
        assert elsewhere.get(page).is_success
        done = here.post(page, data={"name": "Ada Roy", "email": f"{ada}@example.org"})
        assert done.is_redirect, done.text
        assert here.get(page).is_success
        assert elsewhere.get(page).headers["location"].startswith("/sign-in")
