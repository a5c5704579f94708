"""What pages beside those of one subject keep back from whom it is not for."""

from __future__ import annotations

import pytest

from coopflow.domain.state import Role
from tests.web_site import Collective, Site, somebody

QUESTION = "Vendre le tracteur rouge ?"


@pytest.fixture(scope="module")
def asked(site: Site) -> Collective:
    """A cooperation with a question that is open."""
    found = site.collective()
    body = {"subject": "other", "question": QUESTION}
    site.give(found, found.facilitator, "/decisions", body)
    return found


def holding(site: Site, found: Collective, role: Role) -> str:
    """Have somebody hold a role in it."""
    person = site.person(somebody(), "Camille Roy", programme=found.address.programme)
    site.give(found, found.manager, "/roles", {"person": person, "role": role})
    return person


@pytest.mark.parametrize("role", ["observer", "funder", "mediator"])
def test_the_list_of_cooperations_says_what_comes_due_to_whom_it_is_for(
    site: Site, asked: Collective, role: Role
) -> None:
    """It is part of the forecast, which is for those inside."""
    with site.visitor(asked.facilitator) as visitor:
        assert "Prochaine échéance" in visitor.get("/cooperations").text
    with site.visitor(holding(site, asked, role)) as visitor:
        shown = visitor.get("/cooperations").text
    assert "Bocage gourmand" in shown
    assert "échéance" not in shown


def test_who_may_answer_nothing_is_asked_nothing(site: Site, asked: Collective) -> None:
    """Somebody observes and speaks for a suspended member: open questions are not for them."""
    watcher = holding(site, asked, "observer")
    path = "/members/amap-des-haies"
    site.give(asked, asked.facilitator, f"{path}/representative", {"person": watcher})
    with site.visitor(watcher) as visitor:
        assert QUESTION in visitor.get(f"{asked.path}/do/cast_ballot").text
    site.give(asked, asked.facilitator, f"{path}/suspension", {"reason": "absente"})
    with site.visitor(watcher) as visitor:
        assert visitor.get(f"{asked.path}/do/cast_ballot").status_code == 403
