from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import httpx
import pytest

from tests.web_site import Collective, Site


@pytest.fixture
def stranger(site: Site) -> Iterator[httpx.Client]:
    """Somebody who has signed in nowhere, and follows a link."""
    headers = {"Sec-Fetch-Site": "same-origin", "Accept-Language": "fr"}
    with httpx.Client(base_url=site.url, headers=headers, timeout=30) as client:
        yield client


def asked(site: Site, here: Collective, organisation: str, decision: str = "june") -> str:
    """Return the path of a link to a decision for who speaks for an organisation."""
    access, now = site.platform.services.access, datetime.now(UTC)
    person = here.speakers[organisation]
    made = access.decision_links.create(
        person, here.address, decision, now, now + timedelta(days=7)
    )
    return f"/d/{site.platform.run(made)[0]}"


def test_a_vote_is_entrusted_by_the_link_of_a_mail(site: Site, stranger: httpx.Client) -> None:
    """To others who vote, and to nobody else; who has passed on theirs is offered no more."""
    here = site.collective()
    body = {"decision": "june", "subject": "other", "question": "On se voit en juin ?"}
    site.give(here, here.facilitator, "/decisions", {**body, "recused": ["amap-des-haies"]})
    path = asked(site, here, "ferme-du-gue")
    shown = stranger.get(path).text
    assert '<option value="commune-bocage">Commune bocage</option>' in shown
    assert "Amap des haies" not in shown
    own = {"organisation": "ferme-du-gue"}
    for to in ("amap-des-haies", "ferme-du-gue", ""):
        assert stranger.post(f"{path}/entrust", data={**own, "to": to}).status_code == 403
    done = stranger.post(f"{path}/entrust", data={**own, "to": "commune-bocage"})
    assert done.headers["location"] == f"{path}?done=entrusted"
    told = stranger.get(done.headers["location"]).text
    assert "Votre voix est confiée" in told
    assert "Commune bocage répond pour elle" in told
    assert "rien à répondre" not in told
    state = site.platform.run(site.platform.services.engine.state(here.address))
    (given,) = state.delegations["ferme-du-gue"]
    assert (given.to, given.decision) == ("commune-bocage", "june")
    other = stranger.get(asked(site, here, "commune-bocage")).text
    assert "Elle vaut aussi pour Ferme du gue" in other
    assert "/entrust" not in other
    answered = stranger.post(path, data={**own, "choice": "yes"})
    assert answered.headers["location"] == f"{path}?done=answered"
    state = site.platform.run(site.platform.services.engine.state(here.address))
    assert not state.decisions["june"].ballots["ferme-du-gue"].delegated


def test_a_vote_that_cannot_be_entrusted_is_said_so(site: Site, stranger: httpx.Client) -> None:
    """Two forms were open: the page says what is wrong, and the vote can still be given."""
    here = site.collective(policy="light")
    body = {"decision": "june", "subject": "other", "question": "On se voit en juin ?"}
    site.give(here, here.facilitator, "/decisions", body)
    first, second = (asked(site, here, one) for one in ("ferme-du-gue", "amap-des-haies"))
    entrusted = {"organisation": "ferme-du-gue", "to": "commune-bocage"}
    assert stranger.post(f"{first}/entrust", data=entrusted).status_code == 303
    wrong = stranger.post(
        f"{second}/entrust", data={"organisation": "amap-des-haies", "to": "commune-bocage"}
    )
    assert wrong.status_code in {409, 422}
    assert 'role="alert"' in wrong.text
    assert f'action="{second}"' in wrong.text
