"""The account, policies and administration: what people do there."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import expect

from coopflow.entrypoints.web.pages import people
from tests.web_site import Site, somebody

HOSTILE = "<script>alert('x')</script> & \"Zoé\""


@pytest.fixture
def programme(site: Site) -> str:
    """A programme with a hostile name, and somebody of one."""
    slug = somebody()
    site.programme(slug, HOSTILE)
    site.person(f"{slug}-kim", HOSTILE, programme=slug)
    return slug


@pytest.fixture
def ines(site: Site, programme: str) -> str:
    return site.person(somebody(), "Inès Moreau", programme=programme, roles=("programme_manager",))


def in_a_month() -> str:
    return (datetime.now(UTC) + timedelta(days=30)).date().isoformat()


def test_a_person_is_added_changed_and_removed(site: Site, ines: str, programme: str) -> None:
    """Without a script; what is wrong is said at the field, and leaving is asked about first."""
    page = site.page(ines, javascript=False)
    page.goto(f"/p/{programme}/administration/people/new")
    page.get_by_label("Nom").fill("Léa Petit")
    page.get_by_label("E-mail").fill("not an address")
    page.get_by_role("button", name="Ajouter").click()
    expect(page.locator("#f-email-error")).to_contain_text("Ce n'est pas une adresse e-mail")
    page.get_by_label("E-mail").fill(f"{somebody()}@example.org")
    page.get_by_role("button", name="Ajouter").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Léa Petit")
    page.get_by_label("Nom").fill("Léa Grand")
    page.get_by_role("button", name="Enregistrer").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Léa Grand")
    page.get_by_role("link", name="Retirer du programme").click()
    page.get_by_role("button", name="Retirer Léa Grand").click()
    expect(page.get_by_role("status")).to_contain_text("ne prend plus part")


def test_a_faulty_policy_is_told_with_its_lines(site: Site, ines: str, programme: str) -> None:
    """Each fault with its line and what to do; nothing of it is kept."""
    page = site.page(ines, javascript=False)
    page.goto(f"/p/{programme}/policies/check")
    page.locator("#f-content").fill("policy: ours\nversion: one\nextends: referense\n")
    page.get_by_role("button", name="Vérifier et comparer").click()
    expect(page.get_by_role("alert")).to_contain_text("ligne 3")
    expect(page.get_by_role("alert")).to_contain_text("il n'y a pas de politique nommée referense")
    page.locator("#f-content").fill(
        "policy: ours\nversion: 1\nextends: reference\nlabel: {fr: Nous, en: Us}\n"
        "clocks:\n  cure: {days: 10}\n"
    )
    page.locator("#f-other").select_option("reference@1")
    page.get_by_role("button", name="Vérifier et voir ses effets").click()
    expect(page.get_by_role("status").first).to_contain_text("ours@1")
    expect(page.get_by_text("Plus strict")).to_be_visible()


@pytest.mark.parametrize("patience", [0, 30])
def test_somebody_is_erased_and_nobody_waits_for_long(
    site: Site, ines: str, programme: str, monkeypatch: pytest.MonkeyPatch, patience: int
) -> None:
    """What takes longer goes on, and a page of its own says how it ended."""
    monkeypatch.setattr(people, "_PATIENCE", patience)
    with site.visitor(ines) as client:
        path = f"/p/{programme}/administration/people/{programme}-kim/erase"
        answer = client.post(path, data={"sure": "yes"})
        assert answer.status_code == (200 if patience else 303)
        for _ in range(0 if patience else 500):
            answer = client.get(answer.url.join(answer.headers.get("location", str(answer.url))))
            if "en cours" not in answer.text:
                break
        assert "Ce qui a été effacé" in answer.text
        assert client.get(path).status_code == 404
