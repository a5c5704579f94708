"""What pages say of a cooperation and fill into forms, asked for without a browser."""

from __future__ import annotations

import html
import re
from datetime import UTC, datetime, timedelta

import httpx
import pytest

from coopflow.entrypoints.web.forms.typed import MAX_ITEMS
from tests.web_site import Collective, Site, somebody

FERME, COMMUNE, AMAP = "ferme-du-gue", "commune-bocage", "amap-des-haies"


@pytest.fixture
def bocage(site: Site) -> Collective:
    return site.collective()


def told(site: Site, person: str, path: str) -> str:
    """Return what a page says to somebody, without its tags."""
    with site.visitor(person) as client:
        answer = client.get(path)
    assert answer.status_code == 200, answer.text
    return " ".join(re.sub(r"<[^>]+>", " ", answer.text).split())


def asked(site: Site, person: str, path: str) -> str:
    """Return the form that a page shows to somebody, as HTML."""
    with site.visitor(person) as client:
        answer = client.get(path)
    assert answer.status_code == 200, answer.text
    return answer.text.partition('id="form"')[2]


def test_who_facilitates_acts_for_the_organisation_that_a_link_names(
    site: Site, bocage: Collective
) -> None:
    """Also when they speak for another one; without a link they are asked."""
    speaker = bocage.speakers[FERME]
    role = {"person": speaker, "role": "facilitator"}
    site.give(bocage, bocage.facilitator, "/roles", role)
    form = asked(site, speaker, f"{bocage.path}/do/describe_member?organisation={COMMUNE}")
    assert f'name="organisation" value="{COMMUNE}"' in form
    assert f'name="organisation" value="{FERME}"' not in form
    form = asked(site, speaker, f"{bocage.path}/do/describe_member")
    assert '<select id="f-organisation"' in form


def test_who_manages_a_programme_finds_its_portfolio_at_home(
    site: Site, bocage: Collective
) -> None:
    """And nothing of decisions and cooperations that are none of theirs; members find these."""
    portfolio = f'href="/p/{bocage.address.programme}/portfolio"'
    with site.visitor(bocage.manager) as client:
        home = client.get("/").text
    assert portfolio in home
    assert "Vous n&#39;avez encore répondu à aucune décision" not in home
    with site.visitor(bocage.speakers[FERME]) as client:
        home = client.get("/").text
    assert portfolio not in home
    assert "Vos coopérations" in home


def test_who_speaks_for_one_organisation_is_not_asked_which(site: Site, bocage: Collective) -> None:
    """There is but one that they may answer."""
    form = asked(site, bocage.speakers[AMAP], f"{bocage.path}/do/describe_member")
    assert f'name="organisation" value="{AMAP}"' in form
    assert '<select id="f-organisation"' not in form


def test_of_a_meeting_only_members_that_were_active_are_counted(
    site: Site, bocage: Collective
) -> None:
    """One that was suspended then may have come, and is none of them."""
    given = {"reason": "absente"}
    site.give(bocage, bocage.facilitator, f"/members/{AMAP}/suspension", given)
    meeting = {"meeting": "m1", "kind": "plenary", "attendees": [FERME, AMAP]}
    site.give(bocage, bocage.facilitator, "/meetings", meeting)
    speaker = bocage.speakers[FERME]
    assert "Membres présents : 1 sur 2" in told(site, speaker, f"{bocage.path}/meetings/m1")
    listed = told(site, speaker, f"{bocage.path}/meetings")
    assert re.search(r"Plénière, \d+ \S+ \d+ 1 sur 2 pas encore", listed)


def test_an_answer_that_is_sent_twice_by_a_link_is_given_once(
    site: Site, bocage: Collective
) -> None:
    """The same form is one answer, however often it comes; one that is shown later is another."""
    speaker, now = bocage.speakers[FERME], datetime.now(UTC)
    opened = {"decision": "d", "subject": "other", "question": "Planter ?"}
    site.give(bocage, bocage.facilitator, "/decisions", opened)
    access = site.platform.services.access
    made = access.decision_links.create(speaker, bocage.address, "d", now, now + timedelta(days=7))
    path = f"/d/{site.platform.run(made)[0]}"
    with site.visitor(speaker) as client:
        for _ in range(2):
            shown = client.get(path).text
            key = shown.partition('name="key" value="')[2].partition('"')[0]
            sent = {"key": key, "organisation": FERME, "choice": "yes"}
            for _ in range(2):
                assert client.post(path, data=sent).status_code == 303
    chronicle = site.platform.services.chronicle
    lines = site.platform.run(chronicle.about(bocage.address, "decision", "d", ["ballot_cast"]))
    assert len(lines) == 2


def test_a_form_to_open_a_cooperation_sent_with_other_answers_is_another_one(site: Site) -> None:
    """Who goes back and changes the title is told that it is taken, not that all is done."""
    programme, person = f"prog-{somebody()}", somebody()
    site.programme(programme, "Valdore")
    site.person(person, "Inès", programme=programme, roles=("programme_manager",))
    sent = {
        "_key": "k",
        "_do": "give",
        "cooperation": "bocage",
        "title": "Bocage",
        "issue": "Les haies",
        "territory": "Valdore",
        "policy": "reference",
    }
    with site.visitor(person) as client:
        for _ in range(2):
            assert client.post(f"/p/{programme}/open", data=sent).status_code == 303
        again = client.post(f"/p/{programme}/open", data=sent | {"title": "Autre"})
    assert again.status_code == 422
    assert "form-errors" in again.text


def hidden(page: str, name: str) -> str:
    """Return what a hidden input of a page holds."""
    return page.partition(f'name="{name}" value="')[2].partition('"')[0]


def opened(client: httpx.Client, path: str) -> dict[str, str]:
    """Open the form of a document in a window, and return what it sends by itself."""
    shown = client.get(path).text
    return {name: hidden(shown, name) for name in ("_base", "_key", "_shown_at")}


def test_of_two_windows_none_takes_the_text_of_the_other_away(
    site: Site, bocage: Collective
) -> None:
    """Who is told of the other text and keeps this one all the same means it."""
    path = f"{bocage.path}/documents/shared_vision"
    with site.visitor(bocage.speakers[FERME]) as client:
        one, other = opened(client, f"{path}/edit"), opened(client, f"{path}/edit")
        for text in ("Un texte", "Un texte long"):
            kept = client.post(f"{path}/unsent", data=one | {"issue": text}).text
            assert "Gardé à" in kept
        theirs = other | {"issue": "Autre texte"}
        assert "dans une autre fenêtre" in client.post(f"{path}/unsent", data=theirs).text
        assert "Un texte long" in client.get(f"{path}/edit").text
        told = client.post(f"{path}/edit", data=theirs | {"_do": "keep"}).text
        assert "dans une autre fenêtre" in told
        theirs["_shown_at"] = hidden(told, "_shown_at")
        assert "Gardé à" in client.post(f"{path}/edit", data=theirs | {"_do": "keep"}).text
        assert "Autre texte" in client.get(f"{path}/edit").text
        one |= {"_do": "draft", "issue": "Un texte"}
        assert client.post(f"{path}/edit", data=one).status_code == 303
        assert "Autre texte" in client.get(f"{path}/edit").text


def test_a_newer_version_is_told_of_beside_what_is_wrong(site: Site, bocage: Collective) -> None:
    """Else it would be written over unseen, once the rest is put right."""
    path = f"{bocage.path}/documents/shared_vision"
    draft = {"content": {"issue": "Les haies"}}
    with site.visitor(bocage.speakers[FERME]) as client:
        sent = opened(client, f"{path}/edit") | {"_do": "draft", "horizon_year": "bientôt"}
        site.give(bocage, bocage.speakers[COMMUNE], "/documents/shared_vision/versions", draft)
        answer = client.post(f"{path}/edit", data=sent)
    assert answer.status_code == 422
    assert "La version 1 a été écrite depuis" in html.unescape(answer.text)
    assert 'href="#f-horizon_year"' in answer.text


def test_what_a_form_has_no_room_for_is_not_left_out_unseen(site: Site, bocage: Collective) -> None:
    """A list that came by the API may be longer than those of forms: no version loses its end."""
    path = f"{bocage.path}/documents/shared_vision"
    trends = [f"Tendance {number}" for number in range(MAX_ITEMS + 1)]
    speaker = bocage.speakers[FERME]
    draft = {"content": {"issue": "Les haies", "trends": trends}}
    site.give(bocage, speaker, "/documents/shared_vision/versions", draft)
    with site.visitor(speaker) as client:
        sent = opened(client, f"{path}/edit") | {"_do": "draft", "issue": "Les haies & l'eau"}
        sent |= {f"trends.{number}": trend for number, trend in enumerate(trends)}
        answer = client.post(f"{path}/edit", data=sent)
        assert answer.status_code == 422
        assert f"Cette liste a plus de {MAX_ITEMS} éléments" in html.unescape(answer.text)
        assert client.get(f"{path}/2").status_code == 404


def test_one_answer_is_no_answers(site: Site, bocage: Collective) -> None:
    """Numbers and what they count agree in French."""
    opened_one = {"decision": "d", "subject": "other", "question": "Planter ?", "quorum": "1/3"}
    site.give(bocage, bocage.facilitator, "/decisions", opened_one)
    assert "1 réponse (1/3 du corps électoral)" in told(
        site, bocage.speakers[FERME], f"{bocage.path}/decisions/d"
    )


def test_reasons_are_asked_where_somebody_reads_them(site: Site, bocage: Collective) -> None:
    """Nobody may read those of a secret ballot: they would tell the answer."""
    for slug, is_secret in (("secret", True), ("open", False)):
        opened_one = {"decision": slug, "subject": "other", "question": slug, "secret": is_secret}
        site.give(bocage, bocage.facilitator, "/decisions", opened_one)
        speaker, now = bocage.speakers[FERME], datetime.now(UTC)
        links = site.platform.services.access.decision_links
        made = links.create(speaker, bocage.address, slug, now, now + timedelta(days=7))
        link = f"/d/{site.platform.run(made)[0]}"
        with site.visitor(speaker) as client:
            for path in ("/", f"{bocage.path}/decisions/{slug}", link):
                assert ('name="reason"' in client.get(path).text) is not is_secret, path


def test_a_sheet_to_print_is_headed_by_days(site: Site, bocage: Collective) -> None:
    """As people write them; what is no day is no limit."""
    path = f"{bocage.path}/journal/print"
    said = told(site, bocage.facilitator, f"{path}?since=2020-02-03&until=2099-12-31&words=ouvre")
    assert "· du 3 févr. 2020 · au 31 déc. 2099 · « ouvre »" in said
    assert "bientôt" not in told(site, bocage.facilitator, f"{path}?since=bientôt")


def test_documents_call_by_name_what_they_are_about(site: Site, bocage: Collective) -> None:
    """Objectives by why they are pursued; their ids are known to whoever wrote them down."""
    speaker, versions = bocage.speakers[FERME], "/documents/{}/versions"
    objective = {
        "id": "haies",
        "why": "Garder les haies",
        "levers": ["Tailler"],
        "contributors": [],
    }
    chain = {"content": {"objectives": [objective]}}
    site.give(bocage, speaker, versions.format("value_chain"), chain)
    action = {"id": "a1", "title": "Planter", "objective": "haies", "owner": FERME}
    plan = {"content": {"actions": [action, {"title": "Sans repère"}]}}
    site.give(bocage, speaker, versions.format("roadmap"), plan)
    said = told(site, speaker, f"{bocage.path}/documents/roadmap")
    assert "Planter Garder les haies" in said
