"""What pages let those do who speak only for an organisation that is invited or suspended."""

from __future__ import annotations

import pytest

from tests.web_site import Collective, Site

AMAP = "amap-des-haies"
THEIRS = ("describe_member", "appoint_representative", "withdraw_member", "stop_mediation")
NOT_THEIRS = ("cast_ballot", "sign_charter", "record_measure", "open_decision", "suspend_member")


@pytest.fixture
def suspended(site: Site) -> Collective:
    """A cooperation of which a member is suspended."""
    found = site.collective()
    path = f"/members/{AMAP}/suspension"
    site.give(found, found.facilitator, path, {"reason": "absente"})
    return found


def test_who_speaks_for_a_suspended_member_gets_the_forms_that_are_theirs(
    site: Site, suspended: Collective
) -> None:
    """Those that the domain accepts, for their own organisation; they read nothing by that."""
    raised = {
        "subject": "Le tracteur rouge",
        "content": "Qui le répare ?",
        "parties": ["ferme-du-gue", "commune-bocage"],
        "touches": "other",
    }
    site.give(suspended, suspended.speakers["ferme-du-gue"], "/disagreements", raised)
    with site.visitor(suspended.speakers[AMAP]) as visitor:
        led = visitor.get(suspended.path).text
        assert "elle ne vote pas" in led
        assert "Ferme du gue" not in led
        for command in THEIRS[:3]:
            assert f"/do/{command}?organisation={AMAP}" in led
        for command in THEIRS:
            form = visitor.get(f"{suspended.path}/do/{command}")
            assert form.is_success, command
            assert "Ferme du gue" not in form.text
            assert "Le tracteur rouge" not in form.text
            assert f'name="organisation" value="{AMAP}"' in form.text
        for command in NOT_THEIRS:
            assert visitor.get(f"{suspended.path}/do/{command}").status_code == 403, command
        said = {"organisation": AMAP, "profile.logic": "Des paniers", "_do": "give"}
        given = visitor.post(f"{suspended.path}/do/describe_member", data=said)
        assert given.status_code == 303, given.text
        left = {"organisation": AMAP, "reason": "Nous partons", "_do": "give"}
        assert visitor.post(f"{suspended.path}/do/withdraw_member", data=left).is_redirect


def test_who_speaks_for_others_too_answers_for_those_that_are_active(
    site: Site, suspended: Collective
) -> None:
    """The form asks for which of theirs no more, as one alone may."""
    speaker = suspended.speakers[AMAP]
    path = "/members/ferme-du-gue/representative"
    site.give(suspended, suspended.facilitator, path, {"person": speaker})
    with site.visitor(speaker) as visitor:
        form = visitor.get(f"{suspended.path}/do/record_measure").text
    assert 'name="organisation" value="ferme-du-gue"' in form
