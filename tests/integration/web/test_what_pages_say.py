"""What pages say of a cooperation and fill into forms, asked for without a browser."""

from __future__ import annotations

import re

import pytest

from tests.web_site import Collective, Site

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
    return answer.text[answer.text.index('<form method="post"') :]


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
    assert re.search(r"Plénière \d+ \S+ \d+ 1 2 pas encore", listed)
