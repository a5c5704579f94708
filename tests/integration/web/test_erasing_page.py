"""Erasing somebody by a page: nothing is left of them, wherever pages keep something."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest

from coopflow.access.errors import RefusedCredentialError
from coopflow.application.callers import Caller
from coopflow.directory.saved_views import SavedView
from coopflow.requests.files import Ordered
from coopflow.requests.unsent import Place
from tests.web_site import Collective, Site, somebody


def test_who_is_erased_by_a_page_is_nowhere_any_more(site: Site) -> None:
    """In journal and directory, and in what was kept of and for them; they get in no more."""
    found = site.collective()
    programme, now = found.address.programme, datetime.now(UTC)
    kim = site.person(somebody(), "Kim Nguyen", programme=programme)
    site.give(found, found.manager, "/roles", {"person": kim, "role": "observer"})
    services, run = site.platform.services, site.platform.run
    access = services.access
    closes_at = now + timedelta(days=3)
    link, _ = run(access.decision_links.create(kim, found.address, "d", now, closes_at))
    stop = run(access.unsubscribe_links.create(kim, "daily", now))
    way_in = run(access.links.create(kim, now))
    form = Place(kim, found.address, "document:charter")
    assert run(services.unsent.keep(form, [("purpose", "Kim")], now)) == "kept"
    run(services.views.save(programme, kim, SavedView(name="Mine", query="status=living"), now))
    run(services.publications.choose(found.address, ["stage"], kim, now))
    caller = Caller(name=f"person:{kim}", person=kim)
    ordered = Ordered(programme="elsewhere", kind="portfolio", form="csv", language="fr")
    run(services.files.begin(caller, ordered, now))
    page = f"/p/{programme}/administration/people/{kim}/erase"
    _erase(site, found, kim, page)

    later = datetime.now(UTC)
    for shown in (
        lambda: access.decision_links.find(link, later),
        lambda: access.unsubscribe_links.find(stop, later),
        lambda: access.links.use(way_in, later),
    ):
        with pytest.raises(RefusedCredentialError):
            run(shown())
    assert run(services.unsent.find(form, later)) is None
    assert run(services.views.of(programme, kim)) == ()
    assert run(services.files.of(caller.name, later)) == ()
    chosen = run(services.publications.of(found.address))
    assert chosen is not None
    assert (chosen.parts, chosen.chosen_by) == (("stage",), None)


def test_who_is_erased_is_waited_for_as_somebody_without_a_name(site: Site) -> None:
    """Roles stay where they were until others are given them; no sign of the journal is shown."""
    found = site.collective()
    speaker = found.speakers["ferme-du-gue"]
    opened = {"decision": "d", "subject": "other", "question": "Planter ?"}
    site.give(found, found.facilitator, "/decisions", opened)
    programme = f"/p/{found.address.programme}"
    with site.visitor(found.manager) as visitor:
        page = f"{programme}/administration/people/{speaker}/erase"
        assert "Plus personne n&#39;y exerce ses rôles" in visitor.get(page).text
        assert visitor.post(page, data={"sure": "yes"}).status_code == 200
        waiting = visitor.get(f"{programme}/portfolio?view=waiting").text
    assert "une personne effacée" in waiting
    assert not re.search(r">erased-[0-9]+<", waiting)


def _erase(site: Site, found: Collective, kim: str, page: str) -> None:
    """Have the manager erase somebody, who reads until then."""
    with site.visitor(kim) as reader, site.visitor(found.manager) as visitor:
        assert reader.get(found.path).is_success
        assert reader.post(page, data={"sure": "yes"}).status_code in {403, 404}
        assert "Kim Nguyen" in visitor.get(page).text
        elsewhere = {"Sec-Fetch-Site": "cross-site"}
        assert visitor.post(page, data={"sure": "yes"}, headers=elsewhere).status_code == 403
        assert visitor.post(page).status_code == 422
        assert "Kim Nguyen" in visitor.get(f"{found.path}/people").text
        erased = visitor.post(page, data={"sure": "yes"})
        assert erased.status_code == 200, erased.text
        out = reader.get(found.path)
        assert (out.status_code, out.headers["location"][:9]) == (303, "/sign-in?")
        for path in (f"{found.path}/people", f"{found.path}/journal", f"{found.path}/public"):
            shown = visitor.get(path).text
            assert "Kim Nguyen" not in shown
            assert kim not in shown
        assert visitor.get(page).status_code == 404
