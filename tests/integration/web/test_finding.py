from __future__ import annotations

from html import unescape

import httpx
import pytest

from coopflow.entrypoints.web.portfolio import VIEWS
from tests.web_site import Collective, Site, somebody


@pytest.fixture(scope="module")
def here(site: Site) -> Collective:
    """A cooperation of whose facilitator's name others bear parts, with something to answer."""
    found = site.collective()
    for name in ("Fabien Rochet", "Zoé Rochet"):
        site.person(somebody(), name, programme=found.address.programme)
    site.give(found, found.facilitator, "/decisions", {"subject": "other", "question": "En juin ?"})
    return found


def portfolio(here: Collective) -> str:
    return f"/p/{here.address.programme}/portfolio"


def shown(visitor: httpx.Client, here: Collective, **asked: str) -> str:
    answer = visitor.get(portfolio(here), params=asked, follow_redirects=True)
    assert answer.is_success
    return unescape(answer.text).replace("\N{NO-BREAK SPACE}", " ")


def test_a_portfolio_is_narrowed_to_whom_somebody_facilitates(site: Site, here: Collective) -> None:
    """By name, whatever else it is narrowed to; the link that comes of it holds the id."""
    with site.visitor(here.manager) as visitor:
        asked = {"facilitator_name": "fabien roche", "status": "active", "holder_name": ""}
        led = visitor.get(portfolio(here), params=asked)
        wanted = f"{portfolio(here)}?facilitator={here.facilitator}&status=active"
        assert sorted(led.headers["location"]) == sorted(wanted)
        found = shown(visitor, here, **asked)
        assert (
            'name="facilitator_name" maxlength="200" autocomplete="off" value="Fabien Roche"'
            in (found)
        )
        assert "Bocage gourmand" in found
        same = {"facilitator": here.facilitator, "facilitator_name": "Fabien Roche"}
        assert visitor.get(portfolio(here), params=same).status_code == 200
        gone = visitor.get(portfolio(here), params=same | {"facilitator_name": ""})
        assert gone.headers["location"] == portfolio(here)


def test_a_name_that_may_be_several_is_asked_again(site: Site, here: Collective) -> None:
    """With a link for each; a name that nobody bears is said so."""
    with site.visitor(here.manager) as visitor:
        several = shown(visitor, here, facilitator_name="Roche", status="active")
        assert "Qui est « Roche » ?" in several
        assert f"facilitator={here.facilitator}" in several
        assert ">Zoé Rochet</a>" in several
        for name in ("facilitator_name", "holder_name"):
            assert "« nobody <at> all »" in shown(visitor, here, **{name: "nobody <at> all"})


def test_organisations_of_a_portfolio_have_names(site: Site, here: Collective) -> None:
    """Those that are waited for as well as those in support."""
    with site.visitor(here.manager) as visitor:
        waiting = shown(visitor, here, view="waiting", by="organisation")
        assert ">Ferme du gue</a>" in waiting
        only = shown(visitor, here, view="waiting", organisation="ferme-du-gue")
        assert "Seulement pour Ferme du gue." in only


def test_lifecycles_and_policies_are_chosen_by_their_titles(site: Site, here: Collective) -> None:
    """In the reader's language; links hold their ids."""
    with site.visitor(here.manager) as visitor:
        found = shown(visitor, here, policy="reference@1")
        assert '<option value="reference@1" selected>Politique de référence (1)</option>' in found
        stages = "Démarche d'impact collectif (1)</option>"
        assert f'<option value="impact-collectif@1">{stages}' in found


@pytest.mark.parametrize("view", VIEWS)
def test_every_way_to_look_can_be_shown(site: Site, here: Collective, view: str) -> None:
    """Each with its filters."""
    with site.visitor(here.manager) as visitor:
        assert 'role="search" aria-label="Filtres"' in shown(visitor, here, view=view)
