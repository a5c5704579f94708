"""The portfolio of a programme in a browser: filters, ways to look, reminders, saved views."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from playwright.sync_api import expect

from coopflow.entrypoints.web.portfolio import VIEWS
from tests.integration.readmodel.programme_rows import fill, rows_of
from tests.web_site import Collective, Site, check_page, somebody


@pytest.fixture
def coop(site: Site) -> Collective:
    """A cooperation that waits for answers, among seventy others of its programme."""
    found = site.collective()
    asked = {"decision": "june", "subject": "other", "question": "On se voit en juin ?"}
    site.give(found, found.facilitator, "/decisions", asked)
    database = site.platform.services.queries._database
    site.platform.run(fill(database, rows_of(found.address.programme, 70)))
    return found


@pytest.fixture
def path(coop: Collective) -> str:
    return f"/p/{coop.address.programme}/portfolio"


@pytest.fixture
def mailing(site: Site) -> Iterator[None]:
    """An installation that sends mail, as far as it is queued."""
    reminders = site.platform.services.reminders
    reminders.is_on = True
    yield
    reminders.is_on = False


@pytest.mark.parametrize("view", VIEWS)
def test_every_way_to_look_is_fit_for_everybody(
    site: Site, coop: Collective, path: str, view: str
) -> None:
    """In both themes, at both widths."""
    check_page(site.page(coop.manager), f"{path}?view={view}&status=living&stuck_days=30")


@pytest.mark.parametrize("javascript", [True, False])
def test_filters_make_links_and_lists_go_on(
    site: Site, coop: Collective, path: str, *, javascript: bool
) -> None:
    """What is chosen stands in the address; the rest of a list is added, or comes as a page."""
    page = site.page(coop.manager, javascript=javascript)
    page.goto(path)
    rows = page.locator("tbody.rows > tr:not(.more)")
    expect(rows).to_have_count(40)
    page.get_by_role("link", name="Afficher la suite").click()
    expect(rows).to_have_count(71 if javascript else 31)
    if not javascript:
        page.get_by_role("link", name="Revenir au début de la liste").click()
        expect(rows).to_have_count(40)
    page.goto(path)
    page.get_by_label("Chercher").fill("BOCAGE gour")
    page.get_by_role("button", name="Afficher").click()
    expect(rows).to_have_count(1)
    expect(page.get_by_role("link", name="Bocage gourmand")).to_be_visible()
    assert "text=BOCAGE+gour" in page.url
    page.get_by_role("link", name="Sans filtre").click()
    page.get_by_label("Statut").select_option("closed")
    page.get_by_role("button", name="Afficher").click()
    expect(page.get_by_text("avec ces filtres")).to_be_visible()
    assert "status=closed" in page.url


def test_reminders_go_to_those_who_are_ticked(
    site: Site, coop: Collective, path: str, mailing: None
) -> None:
    """It is said how many went out, of a thing once a day, and who sent them."""
    directory = site.platform.services.directory
    louise = coop.speakers["ferme-du-gue"]
    at = datetime.now(UTC)
    site.platform.run(directory.change_person(louise, {"email": f"{louise}@example.org"}, at))
    page = site.page(coop.manager)
    page.goto(f"{path}?view=waiting&person={louise}")
    box = page.get_by_role("checkbox", name="Relancer Louise Brun pour « On se voit en juin ? »")
    box.check()
    page.get_by_role("button", name="Relancer les personnes cochées").click()
    expect(page.get_by_text("Les rappels sont partis")).to_be_visible()
    expect(page.get_by_text("par Inès Moreau")).to_be_visible()
    page.get_by_role("link", name="Relancer pour toute la liste").click()
    expect(page.get_by_text("Tâches : 1, personnes : 1.")).to_be_visible()
    page.get_by_role("button", name="Oui, les relancer").click()
    expect(page.get_by_text("Déjà rappelés aujourd'hui : 1.")).to_be_visible()
    page.get_by_role("button", name="Relancer les personnes cochées").click()
    expect(page.get_by_text("cochez d'abord ce qu'il faut rappeler")).to_be_visible()


def test_views_are_saved_and_removed(site: Site, coop: Collective, path: str) -> None:
    """By name, for oneself; what is looked at is kept, and nothing else."""
    page = site.page(coop.manager, javascript=False)
    page.goto(f"{path}?view=stuck&alert=no_plenary&stuck_days=10&nothing=x")
    page.get_by_label("Nom de ce que vous regardez").fill("Sans plénière <b>")
    page.get_by_role("button", name="Enregistrer cette vue").click()
    page.goto(path)
    page.get_by_role("link", name="Sans plénière <b>").click()
    expect(page).to_have_url(f"{site.url}{path}?alert=no_plenary&stuck_days=10&view=stuck")
    page.get_by_role("button", name="Retirer « Sans plénière <b> »").click()
    expect(page.get_by_role("link", name="Sans plénière <b>")).to_have_count(0)


def test_it_is_not_there_for_others(site: Site, coop: Collective, path: str) -> None:
    """Neither for members nor for those of other programmes; the same as what is not there."""
    stranger = site.person(somebody(), "Autre")
    nowhere = "/p/nowhere/portfolio"
    for person in (coop.facilitator, stranger):
        with site.visitor(person) as client:
            answers = [client.get(one) for one in (path, nowhere)]
            assert [one.status_code for one in answers] == [404, 404]
            for below in ("/views", "/reminders", "/views/remove"):
                assert client.post(path + below, data={"name": "x"}).status_code == 404
    administrator = site.person(somebody(), "Admin", administrator=True)
    with site.visitor(administrator) as client:
        assert client.get(path).status_code == 200
        assert client.get(nowhere).status_code == 404


def test_queries_that_nobody_wrote_by_hand_break_nothing(
    site: Site, coop: Collective, path: str
) -> None:
    """What cannot be read is passed over, and never an error."""
    with site.visitor(coop.manager) as client:
        for query in (
            "stage=&status=nothing&stuck_days=abc&due_days=-1&below=x&severity=blue&order=score",
            "view=../../etc&after=xxxx&reminded=1-2",
            "after=WzFd&view=due",
            "after=WyJhIiwiYiIsImMiLCJkIl0=&view=due",
            "after=WyJhIiwiYiIsImMiLCJkIl0=",
            "text=%00&territory=%ED%A0%80&person=%00",
            "below=support:9&stuck_days=36500&due_days=0&disagreements=maybe",
            "lifecycle=" + "x" * 3000,
            "text='; DROP TABLE outline; --&view=heat",
            "&".join("stage=a" for _ in range(500)),
        ):
            assert client.get(f"{path}?{query}").status_code == 200, query
        for task in ('["a"]', "[", "null", '{"a": 1}', '["x", "y", "z", "a", 5]', "[" * 5000):
            data = {"task": task, "query": "view=waiting&%zz"}
            answer = client.post(f"{path}/reminders", data=data)
            assert answer.status_code in {303, 409}, task  # no mail is sent here
        assert client.post(f"{path}/views", data={"name": "x" * 200}).status_code == 422
