"""The list of what somebody decided, on their first page."""

from __future__ import annotations

import re
from html import unescape

import pytest

from coopflow.entrypoints.web.pages import home
from tests.web_site import Site, somebody


def told(site: Site, person: str) -> str:
    """Return what the list says to somebody, in one line."""
    with site.visitor(person) as visitor:
        page = unescape(visitor.get("/").text)
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", "", page.partition('id="answered"')[2]))


def test_each_decision_is_there_once_with_for_whom_it_was_answered(site: Site) -> None:
    """Who wrote down what others said in a meeting did not decide; the last answer counts."""
    here = site.collective()
    for decision, question in (("a", "En mai ?"), ("b", "En juin ?")):
        asked = {"decision": decision, "subject": "other", "question": question}
        site.give(here, here.facilitator, "/decisions", asked)
    ballots = dict.fromkeys(here.speakers, "yes")
    site.give(here, here.facilitator, "/decisions/a/session-vote", {"ballots": ballots})
    farmer = here.speakers["ferme-du-gue"]
    for choice in ("no", "abstain"):
        said = {"organisation": "ferme-du-gue", "choice": choice}
        site.give(here, farmer, "/decisions/b/ballots", said)
    recorded = told(site, here.facilitator)
    assert recorded.count("En mai ?") == 1
    assert "réponses consignées pour" in recorded
    assert "Ferme du gue" in recorded
    own = told(site, farmer)
    assert "abstention" in own
    assert "non" not in own.partition("En juin ?")[2].partition("Vos coopérations")[0]


def test_all_that_one_decided_is_listed_page_by_page(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each decision once, by its latest answer, whatever was answered anew and is read at once."""
    monkeypatch.setattr(home, "_READ", 2)
    monkeypatch.setattr(home, "_SHOWN", 2)
    here = site.collective()
    farmer = here.speakers["ferme-du-gue"]
    for number in range(5):
        asked = {"decision": f"d{number}", "subject": "other", "question": f"Numéro {number} ?"}
        site.give(here, here.facilitator, "/decisions", asked)
    for number, choice in (*((one, "no") for one in range(5)), (0, "yes")):
        said = {"organisation": "ferme-du-gue", "choice": choice}
        site.give(here, farmer, f"/decisions/d{number}/ballots", said)
    with site.visitor(farmer) as visitor:
        first = visitor.get("/").text.partition('id="answered"')[2]
        assert re.findall(r"Numéro (\d)", first) == ["0", "4"]
        assert 'href="/answers"' in first
        pages, place = [], "/answers?limit=2"
        while place:
            page = visitor.get(place).text
            pages.append(re.findall(r"Numéro (\d)", page))
            onwards = re.search(r'href="([^"]*)" rel="next"', page)
            place = unescape(onwards[1]) if onwards else ""
        assert pages == [["0", "4"], ["3", "2"], ["1"]]
        assert visitor.get("/answers?cursor=nothing").status_code == 422
    with site.visitor(site.person(somebody(), "Zoé")) as visitor:
        assert 'href="/answers"' not in visitor.get("/").text
        assert "encore répondu à aucune décision" in visitor.get("/answers").text
