"""What people might ask of a cooperation: commands that often, but not always, make sense in it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from typing import Any, TypeVar

from coopflow.domain.catalogue import COMMANDS
from coopflow.domain.state import Cooperation
from tests.collective import (
    ORGANISATIONS,
    charter,
    identity_sheet,
    roadmap,
    stakeholder_map,
    support_model,
    value_chain,
    vision,
)

DOCUMENTS: dict[str, Callable[..., dict[str, Any]]] = {
    "shared_vision": vision,
    "stakeholder_map": stakeholder_map,
    "identity_sheet": identity_sheet,
    "value_chain": value_chain,
    "charter": charter,
    "roadmap": roadmap,
    "support_model": support_model,
}
PEOPLE = ["fay", "pam", "med", "eva", "zoe", *(f"rep-{slug}" for slug in ORGANISATIONS)]
GATES = ["to_structuration", "to_animation", "renewal", "no_gate"]
SUBJECTS = ["other", "money:room", "closing", "return:impulsion", "policy:mine@2"]
RULES: list[Any] = [
    "consent",
    "consensus",
    "simple_majority",
    "absolute_majority",
    "unanimity",
    "silence",
    {"name": "qualified_majority", "threshold": "2/3", "base": "electorate"},
    {"name": "weighted", "weights": {"alpha": 3}},
    {"name": "colleges", "weights": {"public": 2, "civil": 1}},
]
REVIEWS = ["after_action", "quarterly", "annual", "evaluation", "exceptional"]

_T = TypeVar("_T")


class Chances:
    """Chooses among what a cooperation has, now and then among what it has not.

    Args:
        pick: chooses one of several things.
        state: the cooperation.
        at: the instant at which it is asked.
    """

    def __init__(self, pick: Callable[[list[Any]], Any], state: Cooperation, at: datetime) -> None:
        """Remember where to choose from."""
        self.pick = pick
        self.state = state
        self.at = at

    def one_of(self, *options: _T) -> _T:
        """Choose."""
        chosen: _T = self.pick(list(options))
        return chosen

    def chance(self) -> bool:
        """Toss a coin."""
        return bool(self.one_of(0, 1))

    def known(self, things: Iterable[str]) -> str:
        """Choose something known, or something unknown."""
        return self.one_of(*([*things] * 4), "nothing")

    def several(self, choose: Callable[[], _T], least: int = 0) -> list[_T]:
        """Choose a few."""
        return [choose() for _ in range(self.one_of(*range(least, least + 3)))]

    def maybe(self, **choices: Callable[[], Any]) -> dict[str, Any]:
        """Choose what to state and what to leave out."""
        return {name: choose() for name, choose in choices.items() if self.chance()}

    def organisation(self) -> str:
        """A member, or an organisation that is none."""
        return self.one_of(*([*self.state.members] * 4), *ORGANISATIONS)

    def person(self) -> str:
        """Anybody."""
        return self.one_of(*PEOPLE)

    def decision(self) -> str:
        """An open decision, if there is one."""
        waiting = [slug for slug, one in self.state.decisions.items() if one.is_open]
        return self.known(waiting or self.state.decisions)

    def choice(self) -> str:
        """An answer under some rule."""
        return self.one_of("consent", "yes", "no", "objection", "abstain", "concern", "block")

    def day(self) -> str:
        """A day, not long past or to come."""
        return (self.at + timedelta(days=self.one_of(-5, 0, 1, 30, 100, 400))).date().isoformat()

    def instant(self) -> str:
        """An instant soon."""
        return (self.at + timedelta(days=self.one_of(0, 1, 7, 14, 30))).isoformat()

    def of_decision(self) -> dict[str, Any]:
        """A decision and an organisation."""
        return {"decision": self.decision(), "organisation": self.organisation()}

    def of_member(self) -> dict[str, Any]:
        """An organisation and a reason."""
        return {"organisation": self.organisation(), "reason": "A reason"}

    def of_disagreement(self) -> dict[str, Any]:
        """A disagreement."""
        return {"disagreement": self.known(self.state.disagreements)}

    def of_party(self) -> dict[str, Any]:
        """A disagreement and, if there is one, a party to it."""
        found = self.of_disagreement()
        one = self.state.disagreements.get(found["disagreement"])
        party = self.one_of(*one.parties) if one else self.organisation()
        return found | {"organisation": party}

    def of_review(self) -> dict[str, Any]:
        """A review that is open, if there is one."""
        waiting = [slug for slug, one in self.state.reviews.items() if one.is_open]
        return {"review": self.known(waiting or self.state.reviews)}

    def subject(self) -> str:
        """Something to decide on."""
        return self.one_of(
            *SUBJECTS,
            f"exclusion:{self.organisation()}",
            f"disagreement:{self.known(self.state.disagreements)}",
        )

    def draft(self) -> dict[str, Any]:
        """A document, complete or not, well formed or not."""
        kind = self.one_of(*DOCUMENTS, "feedback_loop")
        contents = [{}, {"issue": 7}, {"purpose": "A purpose"}]
        if kind in DOCUMENTS:
            contents += [DOCUMENTS[kind]()] * 3
        return {"kind": kind, "content": self.one_of(*contents)}

    def change(self) -> dict[str, Any]:
        """A change that a review proposes, if there is one."""
        found = self.of_review()
        one = self.state.reviews.get(found["review"])
        return found | {"change": self.known(one.changes if one else ())}


PAYLOADS: dict[str, Callable[[Chances], dict[str, Any]]] = {
    "open_cooperation": lambda of: {
        "cooperation": "coop",
        "programme": "prog",
        "title": "A cooperation",
        "issue": "An issue",
        "territory": "Somewhere",
        "lifecycle": "impact-collectif",
        "policy": "reference",
    },
    "admit_member": lambda of: {
        "organisation": {
            "id": (slug := of.one_of(*ORGANISATIONS)),
            "name": slug,
            "category": ORGANISATIONS[slug],
        },
        "representative": f"rep-{slug}",
        **of.maybe(alternate=of.person),
    },
    "describe_member": lambda of: {
        "organisation": of.organisation(),
        "profile": of.one_of({}, {"logic": "A"}, {"culture": "B"}),
    },
    "withdraw_member": Chances.of_member,
    "suspend_member": Chances.of_member,
    "reinstate_member": Chances.of_member,
    "appoint_representative": lambda of: {
        "organisation": of.organisation(),
        "person": of.person(),
    },
    "assign_role": lambda of: {
        "person": of.person(),
        "role": of.one_of("facilitator", "mediator", "evaluator", "observer"),
    },
    "revoke_role": lambda of: {
        "person": of.person(),
        "role": of.one_of("facilitator", "mediator", "evaluator", "observer"),
    },
    "draft_document": lambda of: of.draft() | of.maybe(minor=lambda: True),
    "submit_document": lambda of: {
        "kind": of.one_of(*DOCUMENTS),
        **of.maybe(rule=lambda: of.one_of(*RULES), closes_at=of.instant),
    },
    "sign_charter": lambda of: {"organisation": of.organisation()},
    "update_action": lambda of: {
        "action": of.known(of.state.actions),
        **of.maybe(
            status=lambda: of.one_of("planned", "running", "done", "replanned", "dropped"),
            due=of.day,
            owner=of.organisation,
            learning=lambda: "A lesson",
        ),
    },
    "record_meeting": lambda of: {
        "meeting": f"m{of.one_of(*range(30))}",
        "kind": of.one_of("plenary", "plenary", "committee", "discovery"),
        "attendees": of.several(of.organisation),
        **of.maybe(minutes=lambda: "Minutes"),
    },
    "publish_minutes": lambda of: {"meeting": of.known(of.state.meetings), "minutes": "Minutes"},
    "record_pulse": lambda of: {
        "score": of.one_of(0, 2.5, 3, 4.9, 5.1),
        "answers": of.one_of(0, 2, 4, 9),
        "asked": of.one_of(0, 4, 8),
    },
    "record_measure": lambda of: {
        "indicator": of.known(["o1-1", "o1-2", "o2-1", "o2-2"]),
        "value": of.one_of(0, -1.5, 1e12),
        "organisation": of.organisation(),
    },
    "propose_mandate": lambda of: {
        "holder": of.organisation(),
        "missions": of.one_of(["inform"], ["coordinate", "facilitate", "inform", "fund"]),
        **of.maybe(hours_month=lambda: 10, starts_on=of.day, ends_on=of.day),
    },
    "end_mandate": lambda of: {"reason": "A reason"},
    "open_decision": lambda of: {
        "subject": of.subject(),
        "question": "A question?",
        **of.maybe(
            rule=lambda: of.one_of(*RULES),
            quorum=lambda: of.one_of("0", "1/3", "1"),
            closes_at=of.instant,
            secret=lambda: True,
            recused=lambda: of.several(of.organisation),
            cites=lambda: ["o1-1"],
        ),
    },
    "cast_ballot": lambda of: {
        **of.of_decision(),
        "choice": of.choice(),
        **of.maybe(reason=lambda: "A reason"),
    },
    "record_session_vote": lambda of: {
        "decision": of.decision(),
        "ballots": {of.organisation(): of.choice() for _ in range(of.one_of(0, 1, 2))},
    },
    "delegate_ballot": lambda of: {
        "from": of.organisation(),
        "to": of.organisation(),
        **of.one_of({"decision": of.decision()}, {"until": of.day()}),
    },
    "qualify_objection": lambda of: {
        **of.of_decision(),
        "verdict": of.one_of("qualified", "concern"),
    },
    "withdraw_objection": Chances.of_decision,
    "integrate_objection": lambda of: {
        **of.of_decision(),
        "amendment": of.one_of({}, {"question": "Else?"}, {"issue": "Another"}, {"purpose": 3}),
        "material": of.chance(),
    },
    "close_decision": lambda of: {"decision": of.decision()},
    "cancel_decision": lambda of: {"decision": of.decision()},
    "recall_decision": lambda of: {
        "decision": of.known(of.state.decisions),
        **of.maybe(closes_at=of.instant),
    },
    "veto_decision": lambda of: {
        "decision": of.known(of.state.decisions),
        "organisation": of.organisation(),
        **of.maybe(reason=lambda: "A reason"),
    },
    "request_gate": lambda of: {"gate": of.one_of(*GATES)},
    "waive_gate": lambda of: {"gate": of.one_of(*GATES), "reason": "A reason"},
    "cosign_waiver": lambda of: {"gate": of.one_of(*GATES), "reason": "A reason"},
    "raise_disagreement": lambda of: {
        "subject": "A matter",
        "content": "Some words",
        "parties": of.several(of.organisation, least=2),
        "touches": of.one_of("money", "object", "a room"),
        "blocking": of.chance(),
    },
    "triage_disagreement": lambda of: {
        **of.of_disagreement(),
        "verdict": of.one_of("accept", "emergency", "redirect"),
        "blocking": of.chance(),
    },
    "escalate_disagreement": Chances.of_disagreement,
    "withdraw_disagreement": Chances.of_disagreement,
    "settle_disagreement": lambda of: {**of.of_disagreement(), "agreed_text": "Agreed"},
    "appoint_mediator": lambda of: {**of.of_disagreement(), "person": of.one_of("med", "fay")},
    "accept_mediator": Chances.of_party,
    "stop_mediation": Chances.of_party,
    "extend_mediation": Chances.of_disagreement,
    "conclude_mediation": lambda of: {
        **of.of_disagreement(),
        "outcome": of.one_of("agreement", "partial", "none"),
        **of.maybe(agreed_text=lambda: "Agreed"),
    },
    "record_lasting_disagreement": Chances.of_disagreement,
    "confirm_follow_up": lambda of: {**of.of_disagreement(), "holds": of.chance()},
    "open_review": lambda of: {"kind": of.one_of(*REVIEWS)},
    "propose_change": lambda of: {**of.of_review(), "target": "Something", "text": "Some words"},
    "resolve_change": lambda of: {
        **of.change(),
        "verdict": of.one_of("accepted", "declined", "deferred"),
        **of.maybe(reason=lambda: "A reason", until=of.day),
    },
    "close_review": lambda of: {
        **of.of_review(),
        "expected": "This",
        "observed": "That",
        "why": "So",
        "lessons": of.one_of([], ["A lesson"]),
        **of.maybe(measures=lambda: ["o1-1"], summary_published=lambda: True),
    },
    "pause_cooperation": lambda of: {"reason": "A reason", "clocks": of.one_of("freeze", "keep")},
    "resume_cooperation": lambda of: {},
    "close_cooperation": lambda of: {"report": "The end"},
    "erase_person": lambda of: {"person": of.person()},
}
"""For every command, how its payload is chosen."""


def within_reach(state: Cooperation) -> list[str]:
    """Return the commands that find something to act on in a state."""
    if state.status == "paused":
        return ["resume_cooperation", "erase_person"]
    if state.status == "closed":
        return ["erase_person"]
    decisions = [one for one in state.decisions.values() if one.is_open]
    objections = any(one.open_objections for one in decisions)
    ladder = {one.state for one in state.disagreements.values()}
    reviews = [one for one in state.reviews.values() if one.is_open]
    rare = {"open_cooperation", "pause_cooperation", "resume_cooperation", "erase_person"}
    wanting = {
        "close_cooperation": state.status == "closing",
        "end_mandate": state.mandate is not None,
        "sign_charter": bool(state.documents.get("charter")),
        "submit_document": any(state.newest(kind, "draft") for kind in state.documents),
        "update_action": bool(state.actions),
        "publish_minutes": bool(state.meetings),
        "cosign_waiver": any(record.waiver for record in state.gates.values()),
        "waive_gate": any(
            record.verdict is not None and record.verdict.result == "fail"
            for record in state.gates.values()
        ),
        "recall_decision": any(one.result == "lapsed" for one in state.decisions.values()),
        "veto_decision": any(one.result == "adopted" for one in state.decisions.values()),
        "resolve_change": any(one.changes for one in reviews),
        **dict.fromkeys(("propose_change", "close_review"), bool(reviews)),
        **dict.fromkeys(
            (
                "cast_ballot",
                "record_session_vote",
                "delegate_ballot",
                "close_decision",
                "cancel_decision",
            ),
            bool(decisions),
        ),
        **dict.fromkeys(
            ("qualify_objection", "withdraw_objection", "integrate_objection"), objections
        ),
        "triage_disagreement": "raised" in ladder,
        **dict.fromkeys(
            ("settle_disagreement", "withdraw_disagreement"), bool(ladder - {"closed"})
        ),
        "escalate_disagreement": bool(ladder - {"raised", "closed"}),
        **dict.fromkeys(
            (
                "appoint_mediator",
                "accept_mediator",
                "stop_mediation",
                "extend_mediation",
                "conclude_mediation",
            ),
            "mediation" in ladder,
        ),
        "record_lasting_disagreement": bool(ladder & {"collective_decision", "separation"}),
        "confirm_follow_up": "closed" in ladder,
    }
    return [name for name in COMMANDS if wanting.get(name, name not in rare)]
