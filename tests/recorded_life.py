"""A cooperation for tests of pages: its decisions, disagreements, reviews, meetings and people.

What must never be seen by others stands out in it, and so does what must be escaped.
"""

from __future__ import annotations

import contextlib
import time
from dataclasses import dataclass
from typing import Any, Final
from uuid import uuid4

from coopflow.application.callers import Caller
from coopflow.application.engine import Address, UnknownCooperationError
from coopflow.domain.refusals import Refusal
from tests.http_platform import place
from tests.web_site import Site

UNTOLD: Final = "Raison-tenue-secrète-7261"
SEALED: Final = "Contenu-scellé-4419"
SETTLED: Final = "Accord-entre-parties-5130"
SCRIPT: Final = "<script>document.title='volé'</script>"
LINK: Final = "[cliquez](javascript:alert(1)) <img src=x onerror=alert(2)>"
RIGHT_TO_LEFT: Final = "\u202e\u0623\u0647\u0644\u0627\u202c \u05e9\u05dc\u05d5\u05dd"
LONG: Final = "x" * 10_000

_PATIENCE: Final = 10.0


@dataclass(frozen=True)
class Recorded:
    """A cooperation and the people in it.

    Attributes:
        site: where it is served.
        address: where it is found.
        people: their ids by what they are: ``facilitator``, ``alpha``, ``beta``, ``gamma``,
            ``mediator``, ``evaluator``, ``funder``, ``observer``, ``manager``, ``stranger``.
    """

    site: Site
    address: Address
    people: dict[str, str]

    @property
    def path(self) -> str:
        """Where its pages begin."""
        return f"/c/{self.address.programme}/{self.address.cooperation}"

    def give(self, who: str, command: str, **payload: Any) -> None:
        """Give a command as somebody, and wait until it can be read."""
        services = self.site.platform.services
        wire = {"command": command, "actor": self.people.get(who, who), **payload}
        grants = ("programme_manager",) if who == "manager" else ()
        reply = self.site.platform.run(services.engine.execute(self.address, wire, grants))
        assert not isinstance(reply, Refusal), reply
        end = time.monotonic() + _PATIENCE
        while time.monotonic() < end:
            with contextlib.suppress(UnknownCooperationError):
                found = self.site.platform.run(services.queries.cooperation(self.address))
                if found.seq >= reply.seq_to:
                    return
            time.sleep(0.01)
        raise AssertionError(command)

    def pages(self) -> tuple[str, ...]:
        """Return all pages of its records."""
        names = (
            "decisions",
            "decisions?result=adopted",
            "decisions/open",
            "decisions/secret",
            "decisions/secret-closed",
            "decisions/closed",
            "decisions/recused",
            "disagreements",
            "disagreements/sealed",
            "disagreements/settled",
            "reviews",
            "reviews/closed",
            "reviews/going-on",
            "meetings",
            "meetings/plenary",
            "journal",
            "journal?words=objection",
            "journal/print",
            "journal/1",
        )
        return tuple(f"{self.path}/{one}" for one in names)


def recorded(site: Site) -> Recorded:
    """Open a cooperation in a programme of its own, and let something of everything happen."""
    mark = uuid4().hex[:6]
    address = Address(f"prog-{mark}", f"coop-{mark}")
    site.programme(address.programme, "Un programme")
    names = {
        "facilitator": "Fay Cilitante",
        "alpha": "Aïssa Alpha",
        "beta": f"Bea {SCRIPT}",
        "gamma": "Guy Gamma",
        "mediator": "Mona Médiatrice",
        "evaluator": "Éva Luatrice",
        "funder": "Fonds Finance",
        "observer": "Olga Observe",
        "manager": "Max Manager",
        "stranger": "Sven Stranger",
    }
    people = {who: f"{who}-{mark}" for who in names}
    for who, name in names.items():
        roles: Any = ("programme_manager",) if who == "manager" else ()
        site.person(people[who], name, programme=address.programme, roles=roles)
    life = Recorded(site, address, people)
    _opened(life)
    _decided(life)
    _disagreed(life)
    _reviewed(life)
    return life


def _opened(life: Recorded) -> None:
    address = life.address
    manager = Caller(
        name="person:manager",
        person=life.people["manager"],
        roles={address.programme: ("programme_manager",)},
    )
    body = {
        "cooperation": address.cooperation,
        "title": f"Cantines {SCRIPT}",
        "issue": "Une question",
        "territory": "Quelque part",
        "lifecycle": "impact-collectif",
        "policy": "reference",
        "facilitator": life.people["facilitator"],
    }
    with life.site.platform.client(manager) as client:
        done = client.post(f"/v1/programmes/{address.programme}/cooperations", json=body)
        assert done.status_code == 201, done.text
        assert client.get(place(address)).status_code == 200
    for organisation in ("alpha", "beta", "gamma"):
        name = f"Beta {SCRIPT}" if organisation == "beta" else organisation.title()
        life.give(
            "facilitator",
            "admit_member",
            organisation={"id": organisation, "name": name, "category": "association"},
            representative=life.people[organisation],
        )
    for role in ("mediator", "evaluator", "funder", "observer"):
        life.give("facilitator", "assign_role", person=life.people[role], role=role)


def _decided(life: Recorded) -> None:
    give, subject = life.give, {"subject": "other:purchase"}
    give(
        "facilitator",
        "open_decision",
        decision="open",
        question=f"Acheter un local ? {SCRIPT} {RIGHT_TO_LEFT}",
        rule="consent",
        **subject,
    )
    give(
        "beta",
        "cast_ballot",
        decision="open",
        organisation="beta",
        choice="objection",
        reason=f"{SCRIPT} {LINK} {RIGHT_TO_LEFT} {LONG}",
    )
    give(
        "facilitator",
        "open_decision",
        decision="recused",
        question="Une commande à Beta ?",
        recused=["beta"],
        **subject,
    )
    for decision in ("secret", "secret-closed", "closed"):
        give(
            "facilitator",
            "open_decision",
            decision=decision,
            question=f"Question {decision} ?",
            rule="simple_majority",
            secret=decision != "closed",
            **subject,
        )
        voters = ("alpha",) if decision == "secret" else ("alpha", "beta", "gamma")
        for organisation in voters:
            give(
                organisation,
                "cast_ballot",
                decision=decision,
                organisation=organisation,
                choice="no" if organisation == "beta" else "yes",
                reason=UNTOLD if decision != "closed" else "C'est le moment",
            )


def _disagreed(life: Recorded) -> None:
    for disagreement in ("sealed", "settled"):
        life.give(
            "alpha",
            "raise_disagreement",
            disagreement=disagreement,
            subject=f"Le prix du lait {SCRIPT}",
            content=f"{SEALED} {LINK}",
            parties=["alpha", "beta"],
            touches="money",
            blocking=True,
        )
        life.give(
            "facilitator",
            "triage_disagreement",
            disagreement=disagreement,
            verdict="accept",
            blocking=disagreement == "sealed",
        )
    life.give("beta", "settle_disagreement", disagreement="settled", agreed_text=SETTLED)


def _reviewed(life: Recorded) -> None:
    give = life.give
    for review in ("closed", "going-on"):
        give("facilitator", "open_review", review=review, kind="quarterly", period="2030-T1")
        give(
            "facilitator",
            "propose_change",
            review=review,
            target="roadmap",
            text=f"Moins d'actions {LINK}",
        )
    give(
        "facilitator",
        "resolve_change",
        review="closed",
        change="change-1",
        verdict="declined",
        reason=f"Pas maintenant {SCRIPT}",
    )
    give(
        "facilitator",
        "close_review",
        review="closed",
        expected="Dix cantines",
        observed=f"Sept {LINK}",
        why="Travaux",
        lessons=["Demander aux cuisiniers", SCRIPT],
        summary_published=True,
    )
    give(
        "facilitator",
        "record_meeting",
        meeting="plenary",
        kind="plenary",
        attendees=["alpha", "beta"],
        minutes=f"# Relevé\n\n- un point {LINK}\n- {RIGHT_TO_LEFT}\n\n{SCRIPT}",
    )
    give("facilitator", "record_pulse", score=3.8, answers=2, asked=3)
