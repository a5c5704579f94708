"""The list of what somebody decided, on their first page."""

from __future__ import annotations

import re
from html import unescape

from tests.web_site import Site


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
