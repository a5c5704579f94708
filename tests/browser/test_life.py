"""The life of a cooperation, clicked through in French by four people who sign in one by one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import pytest
from playwright.sync_api import Page, expect

from tests.web_site import Collective, Site

pytestmark = [pytest.mark.server, pytest.mark.slow]

FARM, COUNCIL, BASKETS = "ferme-du-gue", "commune-bocage", "amap-des-haies"

VISION: Final = {
    "issue": "Ce qui est cultivé ici n'est pas mangé ici",
    "territory": "Bocage du Gué",
    "horizon_year": "2035",
    "desired_future": "La moitié de ce que servent les cantines pousse à moins de 30 km",
    "contributors": [FARM, COUNCIL, BASKETS],
}
SHEET: Final = {
    "title": "Bocage gourmand",
    "transformation": "Les cantines achètent aux fermes d'ici",
    "beneficiaries": ["les 900 élèves", "les 40 fermes"],
    "levers": ["une plateforme de commande"],
    "goals": {
        "inhabitants": "Bien manger",
        "territory": "Garder des fermes",
        "collective": "Commander ensemble",
    },
    "members": [FARM, COUNCIL, BASKETS],
    "support_holder": FARM,
    "start": "2026-01-13",
    "public_contact": "bonjour@bocage.example",
}
MAP: Final = {
    "actors": [
        {
            "name": name,
            "category": category,
            "missions": missions,
            "scope": "Bocage",
            "status": "member",
        }
        for name, category, missions in (
            ("Ferme du Gué", "business", "Cultiver"),
            ("Commune", "local_authority", "Les cantines"),
            ("AMAP des Haies", "association", "Distribuer"),
        )
    ],
    "missing_voices": "Les parents d'élèves",
}
CHAIN: Final = {
    "objectives": [
        {
            "id": "commandes",
            "why": "Les cantines commandent ici",
            "lead": FARM,
            "levers": ["une plateforme"],
            "contributors": [FARM, COUNCIL],
            "complementarities": ["l'une cultive, l'autre sert"],
        }
    ]
}
CHARTER: Final = {
    "purpose": "Nourrir les cantines",
    "principles": ["personne ne décide seul"],
    "commitments": [{"member": FARM, "text": "Livre le mardi"}],
    "bodies": [{"name": "Plénière", "composition": "Tous les membres", "mandate": "Décide"}],
    "roles": ["animation", "soutien"],
    "decision_rules": [
        {
            "subject": "charter",
            "rule": {"name": "consent"},
            "quorum": "1/2",
            "fallback": {"name": "unanimity"},
        }
    ],
    "joining": "Par consentement",
    "leaving": "À tout moment",
    "exclusion": "Aux deux tiers",
    "disagreement_procedure": "On se parle, puis quelqu'un écoute",
    "confidentiality": "Ce qui se dit reste là",
    "data_sharing": "Les comptes sont ouverts",
    "term_end": "2031-12-31",
    "amendment_rule": "consent",
}


class Life:
    """A cooperation and the people who click."""

    def __init__(self, site: Site, collective: Collective) -> None:
        """Let everybody sign in, each in a browser of their own."""
        self.collective = collective
        people = {**collective.speakers, "facilitator": collective.facilitator}
        self.pages = {name: site.page(person) for name, person in people.items()}

    def do(self, who: str, command: str, settled: str = "", **answers: Any) -> None:
        """Give a command by its form."""
        page = self.pages[who]
        page.goto(f"{self.collective.path}/do/{command}?{settled}")
        fill(page, answers)
        page.locator("form#form .actions button[value=give]").click()
        accepted(page)

    def adopt(self, who: str, kind: str, content: Mapping[str, Any]) -> None:
        """Write a document, submit it, and adopt it in a meeting."""
        page = self.pages[who]
        page.goto(f"{self.collective.path}/documents/{kind}/edit")
        fill(page, content)
        page.get_by_role("button", name="Enregistrer le brouillon pour tous").click()
        accepted(page)
        self.do(who, "submit_document", f"kind={kind}")
        self.meet()

    def vote(self, choice: str = "Oui") -> None:
        """Let everybody answer what awaits them, on their first page."""
        for who in self.collective.speakers:
            page = self.pages[who]
            page.goto("/")
            ballot = page.locator("form.ballot")
            expect(ballot).to_have_count(1)
            ballot.get_by_label(choice, exact=True).check()
            ballot.get_by_role("button", name="Répondre").click()
            expect(page.get_by_role("status")).to_contain_text("C'est fait")

    def meet(self, *voters: str, choice: str = "consent") -> None:
        """Record what members said in a meeting of the one decision that is open."""
        page = self.pages["facilitator"]
        page.goto(f"{self.collective.path}/do/record_session_vote")
        page.locator("select[name=decision]").select_option(index=1)
        said = [{"key": one, "value": choice} for one in voters or self.collective.speakers]
        fill(page, {"ballots": said})
        page.locator("form#form .actions button[value=give]").click()
        expect(page.get_by_role("status")).to_contain_text("C'est fait")

    def stage(self) -> str:
        """Return the stage that the pages of the cooperation name."""
        page = self.pages["facilitator"]
        page.goto(self.collective.path)
        return page.locator(".cooperation-head .badge").first.inner_text()


def accepted(page: Page) -> None:
    """Check that what was sent was accepted, and not sent back with what is wrong."""
    alert = page.locator("[role=alert]")
    done = page.get_by_role("status").filter(has_text="C'est fait")
    expect(done.or_(alert).first).to_be_visible()
    assert alert.count() == 0, f"{page.url}: {alert.inner_text()}"


def fill(page: Page, answers: Mapping[str, Any], path: str = "") -> None:
    """Fill a form in as people do: they add to lists, tick, choose and type."""
    for name, answer in answers.items():
        place = f"{path}.{name}" if path else name
        fill_in(page, place, answer)


def fill_in(page: Page, place: str, answer: Any) -> None:
    """Fill in one question."""
    if isinstance(answer, Mapping):
        variant = page.locator(f'select[name="{place}.name"]')
        if "name" in answer and variant.count():
            with page.expect_response(lambda answer: answer.request.method == "POST"):
                variant.select_option(answer["name"])
            return
        fill(page, answer, place)
        return
    fields = page.locator(f'[name="{place}"]')
    if isinstance(answer, list):
        if fields.count() and fields.first.get_attribute("type") == "checkbox":
            for one in answer:
                page.locator(f'[name="{place}"][value="{one}"]').check()
            return
        for number, one in enumerate(answer):
            item = page.locator(f'[name^="{place}.{number}"]').first
            if not item.count():
                page.locator(f'button[value="add:{place}"]').click()
                item.wait_for(state="attached")
            fill_in(page, f"{place}.{number}", one)
        return
    field = page.locator(f'[name="{place}"]:not([type=hidden])')
    kind = field.first.get_attribute("type")
    if kind in {"radio", "checkbox"}:
        page.locator(f'[name="{place}"][value="{answer}"]').check()
    elif field.first.evaluate("one => one.tagName") == "SELECT":
        field.select_option(answer)
    else:
        field.fill(answer)


def test_a_cooperation_lives_in_the_hands_of_four_people(site: Site) -> None:
    """From its first meeting to its closing, through all three stages, without a command line."""
    life = Life(site, site.collective(title="Bocage gourmand", policy="light"))

    assert life.stage() == "Impulsion"
    life.do(
        "facilitator",
        "record_meeting",
        kind="plenary",
        attendees=[FARM, COUNCIL, BASKETS],
        minutes="On se voit tous les mois",
    )
    life.do(FARM, "propose_mandate", holder=FARM, missions=["coordinate"], interim="yes")
    life.meet(COUNCIL, BASKETS)
    life.adopt(COUNCIL, "shared_vision", VISION)
    life.adopt(BASKETS, "identity_sheet", SHEET)
    life.do(FARM, "request_gate", "gate=to_structuration")
    life.meet()
    assert life.stage() == "Structuration"

    life.adopt(BASKETS, "stakeholder_map", MAP)
    life.adopt(FARM, "value_chain", CHAIN)
    life.do(
        COUNCIL,
        "propose_mandate",
        holder=FARM,
        missions=["coordinate", "inform"],
        ends_on="2031-12-31",
    )
    life.meet(COUNCIL, BASKETS)
    life.adopt(COUNCIL, "charter", CHARTER)
    for organisation in life.collective.speakers:
        life.do(organisation, "sign_charter", f"organisation={organisation}")
    life.do(BASKETS, "request_gate", "gate=to_animation")
    life.meet()
    assert life.stage() == "Animation et pérennisation"

    life.do(
        BASKETS,
        "raise_disagreement",
        subject="Le jour de livraison",
        content="Le mardi ne nous va pas",
        parties=[FARM, BASKETS],
        touches="other",
    )
    life.do(
        COUNCIL,
        "open_decision",
        "subject=other",
        question="Livrons-nous le jeudi ?",
        rule={"name": "simple_majority"},
    )
    life.vote()
    life.do("facilitator", "open_decision", "subject=closing", question="Arrêtons-nous là ?")
    life.meet(choice="yes")
    life.do("facilitator", "close_cooperation", report="Les cantines commandent ici.")
    page = life.pages["facilitator"]
    page.goto(life.collective.path)
    expect(page.locator(".cooperation-head")).to_contain_text("close")
