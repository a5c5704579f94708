"""Letting people and organisations in whom the cooperation does not know yet."""

from __future__ import annotations

import re
from typing import Any

import pytest

from coopflow.directory.people import PersonStated
from coopflow.entrypoints.http.cookies import LANGUAGE_COOKIE
from tests.web_site import Collective, Site, somebody


@pytest.fixture(scope="module")
def here(site: Site) -> Collective:
    return site.collective()


def newcomer(site: Site, programme: str, name: str) -> tuple[str, str]:
    """Have somebody in a programme who has an e-mail address; return their id and the address."""
    person, email = somebody(), f"{somebody()}@example.org"
    site.person(person, name, programme=programme)
    directory = site.platform.services.directory
    stated = PersonStated(name=name, email=email, language="fr")
    changes = {"name": stated.name, "email": stated.email}
    site.platform.run(directory.change_person(person, changes, site.platform.services.access.now()))
    return person, email


def test_the_facilitator_lets_in_who_is_new_by_their_address(site: Site, here: Collective) -> None:
    """With an id that is made of the name; the address is theirs, whatever its case."""
    person, email = newcomer(site, here.address.programme, "Zoé Mercier")
    given: dict[str, Any] = {
        "organisation.name": "L’Œuvre d'Été",
        "organisation.category": "association",
        "representative": "",
        "representative@email": email.upper(),
        "_do": "give",
    }
    with site.visitor(here.facilitator) as visitor:
        form = visitor.get(f"{here.path}/do/admit_member").text
        assert 'name="representative@email"' in form
        assert "Zoé Mercier" not in form  # the directory is not theirs to read
        done = visitor.post(f"{here.path}/do/admit_member", data=given)
        assert done.status_code == 303, done.text
        assert "Zoé Mercier" in visitor.get(f"{here.path}/people").text
    state = site.platform.run(site.platform.services.engine.state(here.address))
    assert state.members["l-oeuvre-d-ete"].representative == person


def test_a_new_mediator_is_given_the_role_by_their_address(site: Site, here: Collective) -> None:
    """Who mediates is no party, so mostly somebody from outside."""
    person, email = newcomer(site, here.address.programme, "Nadia Fort")
    with site.visitor(here.facilitator) as visitor:
        given = {"person@email": email, "role": "mediator", "_do": "give"}
        done = visitor.post(f"{here.path}/do/assign_role", data=given)
        assert done.status_code == 303, done.text
    state = site.platform.run(site.platform.services.engine.state(here.address))
    assert "mediator" in state.roles[person]


def test_an_address_of_nobody_in_the_programme_is_said_at_its_field(
    site: Site, here: Collective
) -> None:
    """Also that of somebody who is in another programme only; what was typed stays."""
    elsewhere = site.collective()
    _, email = newcomer(site, elsewhere.address.programme, "Iris Loin")
    with site.visitor(here.speakers["ferme-du-gue"]) as visitor:
        path = f"{here.path}/do/appoint_representative"
        for address in (email, "personne@example.org"):
            given = {"organisation": "ferme-du-gue", "settled": "organisation", "_do": "give"}
            given |= {"person@email": address}
            refused = visitor.post(path, data=given)
            assert refused.status_code == 422
            assert "Personne dans ce programme n&#39;a cette adresse" in refused.text
            assert "Iris" not in refused.text
            assert f'value="{address}"' in refused.text
            assert refused.text.count('id="f-person-error"') == 1
        kept = visitor.get(f"{path}?organisation=ferme-du-gue").text
        assert 'value="personne@example.org"' in kept


def test_somebody_chosen_and_an_address_at_once_is_a_fault_at_the_field(
    site: Site, here: Collective
) -> None:
    """Neither wins: both stay as they were typed, and nothing is given."""
    _, email = newcomer(site, here.address.programme, "Ada Neuve")
    chosen = here.speakers["ferme-du-gue"]
    given = {"person": chosen, "person@email": email, "role": "mediator", "_do": "give"}
    with site.visitor(here.facilitator) as visitor:
        for language, words in (("fr", "employez que l&#39;une des deux"), ("en", "use one of")):
            visitor.cookies.set(LANGUAGE_COOKIE, language)
            refused = visitor.post(f"{here.path}/do/assign_role", data=given)
            assert refused.status_code == 422
            assert refused.text.count(words) == 2  # in the summary, and at the field
            assert refused.text.count('id="f-person-error"') == 1
            assert f'value="{email}"' in refused.text
            assert re.search(rf'<option value="{chosen}" selected>', refused.text)
    state = site.platform.run(site.platform.services.engine.state(here.address))
    assert "mediator" not in state.roles.get(chosen, ())
