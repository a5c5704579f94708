from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.web_site import Collective, Site


@pytest.fixture
def collective(site: Site) -> Collective:
    return site.collective(title="Bocage <i>gourmand</i>")


def ordered(site: Site, collective: Collective, person: str, **more: str) -> None:
    """Ask for a file as a page would."""
    programme, cooperation = collective.address
    body = {"programme": programme, "cooperation": cooperation, **more}
    with site.visitor(person) as client:
        answer = client.post("/files", data=body)
    assert (answer.status_code, answer.headers["location"]) == (303, "/files")


@pytest.mark.parametrize("javascript", [True, False])
def test_a_file_is_followed_until_it_can_be_fetched(
    site: Site, collective: Collective, *, javascript: bool
) -> None:
    """By itself, or by looking again; then it is saved, and deleted by who has had it made."""
    person = collective.facilitator
    ordered(site, collective, person, kind="decisions", form="xlsx")
    page = site.page(person, javascript=javascript)
    page.goto("/files")
    card = page.get_by_role("listitem").filter(has_text="décisions")
    download = page.get_by_role("link", name="Télécharger")
    for _ in range(20):
        if javascript or download.count():
            break
        page.reload()
    expect(download).to_be_visible()
    with page.expect_download() as begun:
        download.click()
    assert begun.value.suggested_filename == "bocage-gourmand-decisions.xlsx"
    card.get_by_role("button", name="Supprimer").click()
    expect(page.get_by_text("Aucun fichier n'a été préparé pour vous.")).to_be_visible()


def test_what_cannot_be_made_can_be_asked_for_again(site: Site, collective: Collective) -> None:
    """There is no charter yet."""
    ordered(site, collective, collective.manager, kind="charter")
    page = site.page(collective.manager)
    page.goto("/files")
    expect(page.get_by_text("Échec")).to_be_visible()
    page.get_by_role("button", name="Redemander").click()
    expect(page.get_by_role("listitem").filter(has_text="Charte à signer")).to_have_count(2)


def test_files_are_nobody_elses(site: Site, collective: Collective) -> None:
    """Another person finds nothing of them, and a portfolio is for who manages."""
    ordered(site, collective, collective.facilitator, kind="indicators")
    with site.visitor(collective.facilitator) as client:
        (file,) = client.get("/v1/files").json()
        assert client.get(f"/files/{file['id']}").status_code == 200
        only = {"programme": collective.address.programme}
        assert client.post("/files", data=only).status_code == 403
    with site.visitor(collective.speakers["ferme-du-gue"]) as client:
        for path in (f"/files/{file['id']}", f"/files/{file['id']}/content"):
            assert client.get(path).status_code == 404
        assert client.post(f"/files/{file['id']}/delete").status_code == 404
