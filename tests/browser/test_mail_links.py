"""The links of mails: one decision without signing in, and no more mail of a kind."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any, Final

import httpx
import pytest
from sqlalchemy import select

from coopflow.access.rates import RateOptions, Rates
from coopflow.application.callers import Caller
from coopflow.application.engine import Address
from coopflow.domain.refusals import Refusal
from coopflow.entrypoints.http.app import Protection
from coopflow.entrypoints.web.app import pages
from coopflow.requests.tables import RefusedRequestRow
from tests.cooperation_pages import known
from tests.http_platform import authenticate
from tests.web_site import Site, somebody

MANAGER: Final = Caller(name="person:pam", person="pam", roles={"tests": ("programme_manager",)})
QUESTION: Final = "Faut-il planter <b>des poiriers</b> & des pommiers ?"


@pytest.fixture
def coop(site: Site) -> Address:
    """A cooperation whose representatives are in the directory."""
    address = site.platform.opened(MANAGER, somebody())
    for organisation in ("alpha", "beta", "gamma"):
        known(site, f"rep-{organisation}", f"Représentante de {organisation}")
    return address


def give(site: Site, address: Address, actor: str, command: str, **payload: Any) -> None:
    """Give a command that is accepted, and wait until it can be read."""

    async def giving() -> None:
        engine = site.platform.services.engine
        wire = {"command": command, "actor": actor, **payload}
        assert not isinstance(await engine.execute(address, wire), Refusal)
        await engine.until_projected(address)

    site.platform.run(giving())


def ask(site: Site, address: Address, **more: Any) -> None:
    """Open a decision."""
    closes_at = (datetime.now(UTC) + timedelta(days=7)).isoformat()
    told = {"decision": "d", "subject": "other", "question": QUESTION, "closes_at": closes_at}
    give(site, address, "fay", "open_decision", **(told | more))


def link(site: Site, address: Address, person: str = "rep-alpha", decision: str = "d") -> str:
    """Return the path of a link to a decision."""
    access, now = site.platform.services.access, datetime.now(UTC)
    made = access.decision_links.create(person, address, decision, now, now + timedelta(days=7))
    return f"/d/{site.platform.run(made)[0]}"


async def paths(site: Site) -> set[str]:
    """Return what was refused, as the audit has it."""
    async with site.platform.services.audit._database.reading() as connection:
        return set((await connection.execute(select(RefusedRequestRow.path))).scalars())


def choice_of(site: Site, address: Address, organisation: str) -> str | None:
    """Return what an organisation chose."""
    state = site.platform.run(site.platform.services.engine.state(address))
    ballot = state.decisions["d"].ballots.get(organisation)
    return ballot.choice if ballot else None


@pytest.mark.parametrize("javascript", [True, False])
def test_a_decision_is_answered_by_its_link_without_signing_in(
    site: Site, coop: Address, *, javascript: bool
) -> None:
    """The page shows it as text, takes an answer, lets it be changed, and opens nothing else."""
    ask(site, coop)
    path = link(site, coop)
    page = site.page(javascript=javascript)
    page.goto(path)
    assert page.locator("h1").inner_text() == QUESTION
    assert page.locator("nav.main-nav").count() == 0
    page.get_by_label("Oui", exact=True).check()
    page.get_by_role("button", name="Envoyer la réponse").click()
    assert page.get_by_role("status").inner_text().startswith("Votre réponse est enregistrée")
    assert choice_of(site, coop, "alpha") == "yes"
    page.get_by_label("Non", exact=True).check()
    page.get_by_role("button", name="Envoyer la réponse").click()
    page.get_by_text("Vous avez répondu le").wait_for()
    assert choice_of(site, coop, "alpha") == "no"
    assert page.context.cookies() == []
    page.goto("/")
    assert "/sign-in" in page.url


def test_an_objection_without_a_reason_is_said_to_lack_one(site: Site, coop: Address) -> None:
    """What is typed stays, what is wrong is said, and with a reason it is taken."""
    ask(site, coop, rule="consent")
    page = site.page()
    page.goto(link(site, coop))
    page.get_by_label("Nous objectons").check()
    page.get_by_role("button", name="Envoyer la réponse").click()
    page.get_by_role("alert").wait_for()
    assert page.get_by_label("Nous objectons").is_checked()
    assert choice_of(site, coop, "alpha") is None
    page.get_by_label("Vos raisons").fill("Les abeilles")
    page.get_by_role("button", name="Envoyer la réponse").click()
    page.get_by_role("status").wait_for()
    assert choice_of(site, coop, "alpha") == "objection"


def test_the_document_that_is_put_to_the_decision_is_read_there(site: Site, coop: Address) -> None:
    """As people read it, in their language."""
    vision = {
        "issue": "Qui taille les haies & <b>quand</b> ?",
        "territory": "Valdore",
        "horizon_year": 2035,
        "desired_future": "Des haies partout",
        "trends": ["Les fermes s'agrandissent"],
        "contributors": ["alpha", "beta", "gamma"],
    }
    give(site, coop, "rep-alpha", "draft_document", kind="shared_vision", content=vision)
    give(site, coop, "fay", "submit_document", kind="shared_vision")
    state = site.platform.run(site.platform.services.engine.state(coop))
    (decision,) = (one.id for one in state.decisions.values() if one.is_open)
    path = link(site, coop, decision=decision)
    page = site.page()
    page.goto(path)
    assert page.locator("h1").inner_text() == "Vision partagée"
    page.get_by_text("Lire le document").click()
    assert page.get_by_text("Qui taille les haies & <b>quand</b> ?").is_visible()


def test_a_link_opens_its_decision_alone_and_only_as_long_as_it_may(
    site: Site, coop: Address
) -> None:
    """Not for who no longer speaks for the member, nor answered once it is closed, nor guessed."""
    ask(site, coop)
    mine, hers = link(site, coop), link(site, coop, "rep-beta")
    sent = {"organisation": "alpha", "choice": "yes"}
    with httpx.Client(base_url=site.url, headers={"Sec-Fetch-Site": "same-origin"}) as client:
        assert client.post(hers, data=sent).status_code == 403
        assert client.get(link(site, coop, "rep-alpha", "other")).status_code == 404
        assert client.get(link(site, coop, "nobody")).status_code == 404
        assert client.get(mine + "x").status_code == 404
        give(
            site,
            coop,
            "fay",
            "appoint_representative",
            organisation="beta",
            person="somebody-else",
        )
        assert client.get(hers).status_code == 404
        assert client.get(mine).status_code == 200
        give(site, coop, "fay", "cancel_decision", decision="d", reason="no longer asked")
        assert client.post(mine, data=sent).status_code == 404
        shown = client.get(mine)
    assert "annulée" in shown.text or "cancelled" in shown.text
    assert '<form class="panel"' not in shown.text


def test_a_link_is_safe_against_other_sites_and_tells_them_nothing(
    site: Site, coop: Address
) -> None:
    """No form of another site answers by it; it is neither kept, nor handed on, nor audited."""
    ask(site, coop)
    path = link(site, coop)
    with httpx.Client(base_url=site.url) as client:
        for headers in ({"Sec-Fetch-Site": "cross-site"}, {"Origin": "https://evil.example"}, {}):
            sent = {"organisation": "alpha", "choice": "yes"}
            assert client.post(path, data=sent, headers=headers).status_code == 403
        shown = client.get(path)
    assert choice_of(site, coop, "alpha") is None
    assert shown.headers["referrer-policy"] in {"no-referrer", "same-origin"}
    assert shown.headers["cache-control"] == "no-store"
    assert "<b>des poiriers" not in shown.text
    audited = site.platform.run(paths(site))
    assert "/d/{secret}" in audited
    assert path not in audited


def test_secrets_cannot_be_tried_one_after_the_other(site: Site) -> None:
    """Whoever shows what opens nothing is kept waiting, as with tokens."""
    rates = Rates(RateOptions(failures="3/minute", address=None))
    services = site.platform.services
    app = pages(services, authenticate=authenticate, protection=Protection(rates=rates))

    async def tried() -> list[int]:
        transport = httpx.ASGITransport(app)
        async with httpx.AsyncClient(transport=transport, base_url="http://coop.example") as client:
            paths = [f"/{start}/{'x' * 30}{n}" for n in range(3) for start in ("d", "u")]
            return [(await client.get(path)).status_code for path in paths]

    assert site.platform.run(tried()) == [404, 404, 404, 429, 429, 429]


def test_one_click_stops_a_kind_of_mail(site: Site) -> None:
    """A mail program does it from nowhere; who follows the link is asked first."""
    person = site.person(somebody(), "Zoé")
    services, now = site.platform.services, datetime.now(UTC)
    secret = site.platform.run(services.access.unsubscribe_links.create(person, "daily", now))

    def wishes() -> dict[str, str]:
        found = site.platform.run(services.directory.person(person))
        return found.notifications.model_dump()

    before = wishes()
    page = site.page()
    page.goto(f"/u/{secret}")
    assert wishes() == before
    page.get_by_role("button", name="Ne plus les recevoir").click()
    page.get_by_role("heading", name="C'est fait").wait_for()
    stopped = {name: "none" if told == "daily" else told for name, told in before.items()}
    assert wishes() == stopped
    other = site.platform.run(
        services.access.unsubscribe_links.create(person, "invite_voters", now)
    )
    with httpx.Client(base_url=site.url) as client:
        for _ in range(2):
            sent = client.post(f"/u/{other}", data={"List-Unsubscribe": "One-Click"})
            assert sent.status_code == 200
        assert client.post(f"/u/{other}x").status_code == 404
    assert wishes() == stopped | {"invite_voters": "none"}
