"""The public page of a cooperation: off by default, and nothing on it but what was chosen."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from coopflow.application.engine import Address
from tests.collective import identity_sheet
from tests.cooperation_pages import FAY, HOSTILE, PAM, give, holding, known, path
from tests.http_platform import Platform, place
from tests.lives import live
from tests.web_site import Site, check_page, somebody


@pytest.fixture(scope="module")
def bocage(platform: Platform) -> Address:
    return live(platform, "bocage-gourmand")


@pytest.fixture
def young(platform: Platform) -> Address:
    return platform.opened(PAM, f"young-{somebody()}")


def public(address: Address) -> str:
    return f"/public/{address.programme}/{address.cooperation}"


def is_gone(site: Site, address: Address) -> bool:
    """Whether nothing is there for somebody whose browser has kept nothing."""
    with site.platform.client() as client:
        return client.get(public(address)).status_code == 404


def shown(site: Site, address: Address, *parts: str, by: str = "fay") -> None:
    """Choose what is shown."""
    with site.visitor(known(site, by, by.title())) as client:
        answer = client.post(path(address, "/public"), data={"do": "show", "parts": [*parts]})
        assert answer.status_code == 303, answer.text


def test_it_is_off_until_it_is_chosen(site: Site, young: Address) -> None:
    """To who has not signed in it is as if the cooperation were not there."""
    with site.platform.client() as client:
        off = client.get(public(young))
        missing = client.get(public(Address("tests", "nowhere")))
    assert off.status_code == missing.status_code == 404
    assert off.text.replace(young.cooperation, "") == missing.text.replace("nowhere", "")
    assert off.headers["X-Robots-Tag"] == "noindex"


def test_the_facilitator_tries_it_out_shows_it_and_takes_it_away(
    site: Site, bocage: Address
) -> None:
    """What is tried out is not shown; what is taken away is gone at once."""
    page = site.page(known(site, "fabien", "Fabien Lorot"))
    page.goto(path(bocage))
    page.get_by_role("link", name="Page publique").click()
    for label in ("L'étape", "La fiche d'identité", "Les décisions"):
        page.get_by_label(label).check()
    page.get_by_role("button", name="Voir l'aperçu").click()
    expect(page.get_by_role("region", name="Aperçu")).to_contain_text("Ce qu'elle a décidé")
    nobody = site.page()
    assert is_gone(site, bocage)
    page.get_by_role("button", name="Rendre public").click()
    expect(page.get_by_text("Visible de tous")).to_be_visible()
    expect(page.get_by_text("choix de")).to_be_visible()
    nobody.goto(public(bocage))
    expect(nobody.get_by_role("heading", level=1)).to_have_text("Bocage Gourmand")
    expect(nobody.get_by_role("heading", level=2)).to_have_count(3)
    page.get_by_role("button", name="Retirer la page").click()
    expect(page.get_by_text("Non visible")).to_be_visible()
    assert is_gone(site, bocage)


def test_only_what_was_chosen_is_shown(site: Site, bocage: Address) -> None:
    """One part without the others; it may be kept for a minute, and by search engines."""
    shown(site, bocage, "stage", by="fabien")
    with site.platform.client() as client:
        answer = client.get(public(bocage))
        assert "Où elle en est" in answer.text
        assert "Ce qu'elle veut" not in answer.text
        assert "Ce qu'elle a décidé" not in answer.text
        assert answer.headers["X-Robots-Tag"] == "all"
        assert answer.headers["Cache-Control"] == "public, max-age=60"
        assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
    shown(site, bocage, by="fabien")


def test_nothing_of_people_is_on_it(site: Site, bocage: Address) -> None:
    """Neither ids nor names of those who speak, facilitate or vote."""
    people = [
        one.person for one in site.platform.run(site.platform.services.queries.holders(bocage))
    ]
    for person in people:
        known(site, person, f"Nom-De-{person.title()}")
    shown(site, bocage, "stage", "identity", "decisions", by="fabien")
    with site.platform.client() as client:
        told = client.get(public(bocage)).text
    assert people
    for person in people:
        assert f"Nom-De-{person.title()}" not in told
        assert f">{person}<" not in told
    shown(site, bocage, by="fabien")


def test_secrets_and_drafts_are_never_on_it(site: Site, young: Address) -> None:
    """Nor what is about members, nor what is not decided yet; hostile texts stay texts."""
    platform, where = site.platform, place(young)
    ask = {"subject": "other", "rule": "simple_majority"}
    for name, question, is_secret in (("open", "Not yet", False), ("hid", "Hush", True)):
        body = {"decision": name, "question": question, "secret": is_secret, **ask}
        give(platform, FAY, f"{where}/decisions", **body)
    give(platform, FAY, f"{where}/decisions", decision="done", question=HOSTILE, **ask)
    body = {"subject": "exclusion:gamma", "question": "Send Gamma away"}
    give(platform, FAY, f"{where}/decisions", decision="out", **body)
    for decision in ("hid", "done", "out"):
        ballots = dict.fromkeys(("alpha", "beta", "gamma"), "no")
        give(platform, FAY, f"{where}/decisions/{decision}/session-vote", ballots=ballots)
    content = identity_sheet(transformation="A draft nobody has seen")
    give(platform, FAY, f"{where}/documents/identity_sheet/versions", content=content)
    shown(site, young, "stage", "identity", "decisions")
    page = site.page()
    check_page(page, public(young))
    told = page.locator("main").inner_text()
    assert HOSTILE in told
    assert "rejetée" in told
    for hidden in ("Hush", "Not yet", "Gamma", "draft nobody"):
        assert hidden not in told, hidden


@pytest.mark.parametrize("role", ["mediator", "evaluator", "funder", "observer"])
def test_only_facilitation_and_support_choose(site: Site, young: Address, role: str) -> None:
    """Others have no page to do it on, and what they send changes nothing."""
    person = holding(site, young, role)  # type: ignore[arg-type]
    other = known(site, "rep-alpha", "Rosa Vidal")
    for one in (person, other):
        with site.visitor(one) as client:
            assert client.get(path(young, "/public")).status_code == 403
            answer = client.post(path(young, "/public"), data={"do": "show", "parts": ["stage"]})
            assert answer.status_code == 403
            assert "/public" not in client.get(path(young)).text
    with site.platform.client() as client:
        assert client.get(public(young)).status_code == 404


def test_a_form_of_another_site_shows_nothing(site: Site, young: Address) -> None:
    """And a part that there is not is a mistake of the request."""
    with site.visitor(known(site, "fay", "Fay"), **{"Sec-Fetch-Site": "cross-site"}) as client:
        data = {"do": "show", "parts": ["stage"]}
        assert client.post(path(young, "/public"), data=data).status_code == 403
    with site.visitor("fay") as client:
        data = {"do": "show", "parts": ["members"]}
        assert client.post(path(young, "/public"), data=data).status_code == 422
    with site.platform.client() as client:
        assert client.get(public(young)).status_code == 404


def test_who_chose_is_forgotten_with_them(site: Site, young: Address) -> None:
    """The page stays, and says nobody."""
    shown(site, young, "stage")
    publications = site.platform.services.publications
    found = site.platform.run(publications.of(young))
    assert found is not None
    assert found.chosen_by == "fay"
    site.platform.run(site.platform.services.directory.remove_person("fay"))
    found = site.platform.run(publications.of(young))
    assert found is not None
    assert (found.parts, found.chosen_by) == (("stage",), None)


def test_closing_takes_it_away(site: Site, young: Address) -> None:
    """Nobody is left to answer for it; nor can it be shown again."""
    platform, where = site.platform, place(young)
    shown(site, young, "stage")
    give(platform, FAY, f"{where}/decisions", decision="end", subject="closing", question="End?")
    ballots = dict.fromkeys(("alpha", "beta", "gamma"), "yes")
    give(platform, FAY, f"{where}/decisions/end/session-vote", ballots=ballots)
    assert not is_gone(site, young)
    give(platform, FAY, f"{where}/closing", report="It was worth it")
    assert is_gone(site, young)
    page = site.page(known(site, "fay", "Fay"))
    page.goto(path(young, "/public"))
    expect(page.get_by_text("Une coopération close ne montre plus rien")).to_be_visible()
    with site.visitor("fay") as client:
        answer = client.post(path(young, "/public"), data={"do": "show", "parts": ["stage"]})
        assert answer.status_code == 409
    assert is_gone(site, young)
