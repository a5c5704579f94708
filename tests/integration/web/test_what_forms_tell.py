"""What forms of commands tell of what they are about, and ask no more than makes sense."""

from __future__ import annotations

from html import unescape

import pytest

from tests.web_site import Collective, Site, somebody

FARM, COUNCIL, AMAP = "ferme-du-gue", "commune-bocage", "amap-des-haies"
RAISED = {
    "disagreement": "camion",
    "subject": "Le camion",
    "content": "Le frein **grince**",
    "parties": [FARM, COUNCIL],
    "touches": "object",
    "blocking": True,
}


@pytest.fixture(scope="module")
def here(site: Site) -> Collective:
    """A cooperation in which a disagreement is raised, and a decision open."""
    found = site.collective()
    site.give(found, found.speakers[FARM], "/disagreements", RAISED)
    asked = {"decision": "jour", "subject": "other", "question": "Le mardi ?"}
    asked |= {"rule": {"name": "consent"}}  # type: ignore[dict-item]
    site.give(found, found.facilitator, "/decisions", asked)
    ballot = {"organisation": AMAP, "choice": "objection", "reason": "Nous livrons ce jour-là"}
    site.give(found, found.speakers[AMAP], "/decisions/jour/ballots", ballot)
    return found


def form(site: Site, here: Collective, person: str, command: str, query: str = "") -> str:
    """Return the form of a command as somebody is shown it."""
    with site.visitor(person) as visitor:
        text = unescape(visitor.get(f"{here.path}/do/{command}?{query}").text)
    return text.replace("\u00a0", " ").replace("\u202f", " ")


def test_raising_a_disagreement_says_what_everybody_reads(site: Site, here: Collective) -> None:
    """The subject is for all in the cooperation, and the form says so."""
    told = form(site, here, here.speakers[FARM], "raise_disagreement")
    assert "Toute la coopération le lit" in told


def test_who_sorts_a_disagreement_reads_it_there(site: Site, here: Collective) -> None:
    """And is asked to confirm that it blocks, which its page says a party claims."""
    told = form(site, here, here.facilitator, "triage_disagreement", "disagreement=camion")
    assert "<strong>grince</strong>" in told
    assert "Je confirme qu'il bloque" in told
    with site.visitor(here.facilitator) as visitor:
        page = visitor.get(f"{here.path}/disagreements/camion").text
    assert "à confirmer par la facilitation" in page


def test_who_judges_an_objection_reads_it_there(site: Site, here: Collective) -> None:
    """Nobody has to remember it."""
    query = f"decision=jour&organisation={AMAP}"
    for command in ("qualify_objection", "integrate_objection"):
        assert "Nous livrons ce jour-là" in form(site, here, here.facilitator, command, query)


def test_entrusting_a_vote_for_one_decision_asks_for_no_date(site: Site, here: Collective) -> None:
    """The two exclude each other; and one's own organisation is no choice."""
    speaker = here.speakers[FARM]
    told = form(site, here, speaker, "delegate_ballot", f"from={FARM}&decision=jour")
    assert 'name="until"' not in told
    assert f'<option value="{FARM}"' not in told
    assert f'<option value="{COUNCIL}"' in told
    assert 'name="until"' in form(site, here, speaker, "delegate_ballot", f"from={FARM}")


def test_what_asks_nothing_offers_to_keep_nothing(site: Site, here: Collective) -> None:
    """A form without a field is a question: shall it be done?"""
    told = form(site, here, here.speakers[FARM], "escalate_disagreement", "disagreement=camion")
    assert "sans retour à celle-ci" in told
    assert "Garder pour moi" not in told


def test_a_question_is_asked_without_being_asked_for_its_kind(site: Site, here: Collective) -> None:
    """Documents are put to the members from their pages, and are no choice here."""
    with site.visitor(here.speakers[FARM]) as visitor:
        assert "/do/open_decision?subject=other" in visitor.get(f"{here.path}/decisions").text
    told = form(site, here, here.speakers[FARM], "open_decision")
    assert 'value="other"' in told
    assert 'value="document:charter"' not in told
    sent = {"subject": "document:charter", "question": "Oui ?", "_do": "give"}
    with site.visitor(here.speakers[FARM]) as visitor:
        refused = visitor.post(f"{here.path}/do/open_decision", data=sent)
    assert refused.status_code == 422
    assert "Cela ne se met pas aux voix ici" in refused.text


def test_what_a_mediation_agreed_on_leaves_it(site: Site) -> None:
    """Parties are told whom they accept, only mediators are offered, all read what came of it."""
    here = site.collective()
    mediator = site.person(somebody(), "Nora Fell", programme=here.address.programme)
    site.give(here, here.facilitator, "/roles", {"person": mediator, "role": "mediator"})
    site.give(here, here.speakers[FARM], "/disagreements", RAISED)
    path = "/disagreements/camion"
    site.give(here, here.facilitator, f"{path}/triage", {"verdict": "emergency"})
    offered = form(site, here, here.facilitator, "appoint_mediator", "disagreement=camion")
    assert offered.count("<option") == 2
    assert "Nora Fell" in offered
    site.give(here, here.facilitator, f"{path}/mediator", {"person": mediator})
    for party in (FARM, COUNCIL):
        speaker = here.speakers[party]
        query = f"disagreement=camion&organisation={party}"
        told = form(site, here, speaker, "accept_mediator", query)
        assert "Nora Fell" in told
        assert "<select" not in told.partition('id="form"')[2]
        with site.visitor(speaker) as visitor:
            sent = {"disagreement": "camion", "organisation": party, "person": mediator}
            given = visitor.post(f"{here.path}/do/accept_mediator", data={**sent, "_do": "give"})
            assert given.status_code == 303, given.text
    with site.visitor(mediator) as visitor:
        conclude = f"{here.path}/do/conclude_mediation"
        sent = {"disagreement": "camion", "settled": "disagreement", "outcome": "agreement"}
        lacking = visitor.post(conclude, data={**sent, "_do": "give"})
        assert "Écrivez ce qui a été convenu" in lacking.text
        assert 'id="f-agreed_text-error"' in lacking.text
        assert 'name="disagreement" value="camion"' in lacking.text
        done = visitor.post(conclude, data={**sent, "agreed_text": "On le *répare*", "_do": "give"})
        assert done.status_code == 303, done.text
        ladder = visitor.get(f"{here.path}/disagreements/camion").text
        assert "rung-unknown" in ladder
        assert "(passée)" not in ladder
    for person in (here.speakers[AMAP], here.facilitator):
        with site.visitor(person) as visitor:
            page = visitor.get(f"{here.path}/disagreements/camion").text
        assert "<em>répare</em>" in page
        assert "grince" not in page


def test_a_vote_held_in_a_meeting_is_written_down_in_words(site: Site) -> None:
    """Each elector has a place with the answers that the rule knows; who has none was not there."""
    here = site.collective()
    asked = {"decision": "jour", "subject": "other", "question": "Le mardi ?"}
    asked |= {"rule": {"name": "consent"}}  # type: ignore[dict-item]
    site.give(here, here.facilitator, "/decisions", asked)
    told = form(site, here, here.facilitator, "record_session_vote", "decision=jour")
    assert told.count("Nous consentons, avec une réserve") == 3
    assert told.count('type="radio"') == 12
    sent = {"decision": "jour", "_do": "give"}
    with site.visitor(here.facilitator) as visitor:
        nobody = visitor.post(f"{here.path}/do/record_session_vote", data=sent)
        assert nobody.status_code == 422, nobody.text
        assert "au moins une réponse" in nobody.text
        odd = {**sent, "ballots.0.key": FARM, "ballots.0.value": "nowhere"}
        wrong = visitor.post(f"{here.path}/do/record_session_vote", data=odd)
        assert wrong.status_code == 422, wrong.text
        assert all(f'value="{one}"' in wrong.text for one in (FARM, COUNCIL, AMAP))
    for number, (organisation, choice) in enumerate(((FARM, "consent"), (COUNCIL, "concern"))):
        sent |= {f"ballots.{number}.key": organisation, f"ballots.{number}.value": choice}
    sent |= {"ballots.2": "", "ballots.2.key": AMAP}
    with site.visitor(here.facilitator) as visitor:
        done = visitor.post(f"{here.path}/do/record_session_vote", data=sent)
        assert done.status_code == 303, done.text
    state = site.platform.run(site.platform.services.engine.state(here.address))
    assert {one: ballot.choice for one, ballot in state.decisions["jour"].ballots.items()} == {
        FARM: "consent",
        COUNCIL: "concern",
    }


def test_a_secret_vote_is_asked_for_like_another(site: Site) -> None:
    """Its forms offer the answers, a place for each elector, and the decision itself."""
    here = site.collective()
    asked = {"decision": "hush", "subject": "other", "question": "En secret ?", "secret": True}
    site.give(here, here.facilitator, "/decisions", asked)
    told = form(site, here, here.facilitator, "record_session_vote", "decision=hush")
    assert told.count('type="radio"') == 9
    assert "En secret ?" in told
    query = f"decision=hush&organisation={FARM}"
    told = form(site, here, here.speakers[FARM], "cast_ballot", query)
    assert told.count('type="radio"') == 3


def test_the_rule_that_holds_otherwise_is_named(site: Site, here: Collective) -> None:
    """Nobody has to look it up in the policy."""
    speaker = here.speakers[FARM]
    told = form(site, here, speaker, "submit_document", "kind=shared_vision")
    assert "Si rien n'est choisi : consentement." in told
    told = form(site, here, speaker, "open_decision", "subject=other")
    assert "Si rien n'est choisi : majorité simple." in told
    told = form(site, here, speaker, "submit_document", "kind=nothing")
    assert "Soumettre un document" in told
    assert "Si rien n'est choisi :" not in told


def test_all_that_no_other_command_puts_to_the_members_is_offered(
    site: Site, here: Collective
) -> None:
    """Members to be excluded by name; nothing that is put to them elsewhere."""
    told = form(site, here, here.speakers[COUNCIL], "open_decision")
    assert f'value="exclusion:{COUNCIL}"' in told
    assert "Commune bocage" in told
    assert 'value="document:charter"' not in told


def test_a_right_of_veto_names_what_the_engine_knows(site: Site, here: Collective) -> None:
    """A word of one's own would stop nothing."""
    with site.visitor(here.speakers[FARM]) as visitor:
        sent = {"_do": "add:vetoes.0.subjects", "vetoes.0.holder": FARM}
        again = visitor.post(f"{here.path}/documents/charter/edit", data=sent).text
    assert '<option value="roadmap">feuille de route</option>' in again
