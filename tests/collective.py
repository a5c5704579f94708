"""A cooperation driven by hand in tests: give commands, let time pass, look at what came of it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

from coopflow.definitions.compile import compile_definition
from coopflow.definitions.library import load_definition
from coopflow.domain.catalogue import COMMANDS
from coopflow.domain.commands import parse
from coopflow.domain.conditions import levels
from coopflow.domain.cooperation import REACTIONS, UNOPENED, advance, decide, follow
from coopflow.domain.events import Entry
from coopflow.domain.facts import View
from coopflow.domain.refusals import Refusal
from coopflow.domain.rulebook import Rulebook
from coopflow.domain.state import Cooperation
from coopflow.domain.turn import Turn

START = datetime(2026, 1, 1, 9, tzinfo=UTC)
ORGANISATIONS = {
    "alpha": "association",
    "beta": "local_authority",
    "gamma": "business",
    "delta": "research",
    "epsilon": "state",
    "zeta": "individuals",
}
"""Organisations by id with their category; ``rep-alpha`` represents ``alpha``, and so on."""


@cache
def reference_rules() -> Rulebook:
    """Return the shipped lifecycle and policy, compiled once."""
    assert COMMANDS, "the catalogue registers all commands and events"
    return compile_definition(load_definition("impact-collectif", "reference"))


class Collective:
    """One cooperation in memory, with its journal.

    Args:
        members: how many of ``ORGANISATIONS`` are admitted at ``START``; without an argument the
            cooperation is open and has no member.
        rules: another rulebook than the reference.
    """

    def __init__(self, members: int = 0, rules: Rulebook | None = None) -> None:
        """Open a cooperation facilitated by ``fay``; ``pam`` manages the programme."""
        self.rules = rules or reference_rules()
        self.state: Cooperation = UNOPENED
        self.journal: list[Entry] = []
        self.at = START
        self.do(
            "pam",
            "open_cooperation",
            cooperation="coop",
            programme="prog",
            title="A cooperation",
            issue="An issue",
            territory="Somewhere",
            lifecycle=self.rules.lifecycle.lifecycle,
            policy=self.rules.policy.policy,
            facilitator="fay",
        )
        for organisation in list(ORGANISATIONS)[:members]:
            self.admit(organisation)

    def give(self, by: str, command: str, **payload: Any) -> tuple[Entry, ...] | Refusal:
        """Give a command now and return what came of it; payload key ``source`` means ``from``."""
        if "source" in payload:
            payload["from"] = payload.pop("source")
        raw = {**payload, "command": command, "actor": by, "at": self.at.isoformat()}
        parsed = parse(raw)
        if isinstance(parsed, Refusal):
            return parsed
        grants = ("programme_manager",) if by == "pam" else ()
        decided = decide(self.state, parsed, self.rules, grants)
        if not isinstance(decided, Refusal):
            self._take(decided)
        return decided

    def do(self, by: str, command: str, **payload: Any) -> list[str]:
        """Give a command that must be accepted; return the types of the events it brought."""
        outcome = self.give(by, command, **payload)
        assert not isinstance(outcome, Refusal), str(outcome)
        return [entry.event.type for entry in outcome]

    def refused(self, by: str, command: str, **payload: Any) -> str:
        """Give a command that must be refused; return the code. Nothing may have changed."""
        before = self.state
        outcome = self.give(by, command, **payload)
        assert isinstance(outcome, Refusal), [entry.event.type for entry in outcome]
        assert self.state is before
        return outcome.code

    def wait(self, *, until: datetime | None = None, **span: float) -> list[str]:
        """Let time pass (``days=3``, or ``until=``); return the types of what happened."""
        self.at = until or self.at + timedelta(**span)
        entries = advance(self.state, self.at, self.rules)
        self._take(entries)
        return [entry.event.type for entry in entries]

    def turn(self) -> Turn:
        """Start a turn by hand, to emit events that no command leads to."""
        return Turn(self.state, self.at, self.rules, REACTIONS)

    def _take(self, entries: tuple[Entry, ...]) -> None:
        self.state = follow(self.state, entries)
        self.journal.extend(entries)

    def admit(self, organisation: str, **more: Any) -> list[str]:
        """Admit one of ``ORGANISATIONS``; ``more`` goes into the organisation (``college=``)."""
        return self.do(
            "fay",
            "admit_member",
            organisation={
                "id": organisation,
                "name": organisation.title(),
                "category": ORGANISATIONS[organisation],
                **more,
            },
            representative=f"rep-{organisation}",
        )

    def vote(self, decision: str, choice: str = "consent", **choices: str) -> list[str]:
        """Record a session vote: everyone who may vote gives ``choice``, but for ``choices``."""
        electors = self.state.decisions[decision].electors
        ballots = dict.fromkeys(electors, choice) | choices
        return self.do("fay", "record_session_vote", decision=decision, ballots=ballots)

    def ask(self, decision: str = "d", subject: str = "other", **more: Any) -> None:
        """Let the facilitator open a decision."""
        self.do(
            "fay",
            "open_decision",
            **({"decision": decision, "subject": subject, "question": "A question?"} | more),
        )

    def cast(self, decision: str, choice: str, *organisations: str, **more: Any) -> list[str]:
        """Let the representatives of organisations answer in turn; return what came of it."""
        return [
            kind
            for organisation in organisations
            for kind in self.do(
                f"rep-{organisation}",
                "cast_ballot",
                decision=decision,
                organisation=organisation,
                choice=choice,
                **more,
            )
        ]

    def sign(self, *organisations: str) -> list[str]:
        """Let organisations sign the charter in turn; return what came of it."""
        return [
            kind
            for organisation in organisations
            for kind in self.do(f"rep-{organisation}", "sign_charter", organisation=organisation)
        ]

    def result(self, decision: str = "d") -> str:
        """Return the outcome of a decision, or ``open``."""
        return self.state.decisions[decision].result or "open"

    def adopt(self, kind: str, content: dict[str, Any], *, by: str = "rep-alpha") -> None:
        """Draft, submit and adopt a document at once."""
        self.do(by, "draft_document", kind=kind, content=content)
        self.do(by, "submit_document", kind=kind)
        decision = next(reversed(self.state.decisions))
        rule = self.state.decisions[decision].rule.name
        self.vote(decision, "consent" if rule == "consent" else "yes")

    def levels(self, *, forward: bool = False) -> list[int]:
        """Return the levels now, in the order of the policy's conditions."""
        view = View(self.state, self.at, forward, self.rules.policy.measures.current_for)
        return list(levels(view, self.rules).levels.values())

    def alerts(self) -> set[str]:
        """Return the codes of the alerts that stand."""
        return {alert.code for alert in self.state.alerts.values()}


def vision(**changes: Any) -> dict[str, Any]:
    """Return a complete shared vision by alpha, beta and gamma."""
    return {
        "issue": "An issue",
        "territory": "Somewhere",
        "horizon_year": 2035,
        "desired_future": "A better place",
        "contributors": ["alpha", "beta", "gamma"],
    } | changes


def stakeholder_map(**changes: Any) -> dict[str, Any]:
    """Return a complete map of six actors in four categories."""
    categories = ["association", "local_authority", "business", "research", "state", "state"]
    actors = [
        {
            "name": f"Actor {number}",
            "category": category,
            "missions": "Missions",
            "scope": "Town",
            "status": "member",
        }
        for number, category in enumerate(categories, 1)
    ]
    links = [{"from": "Actor 1", "to": "Actor 2", "kind": "alliance"}]
    return {"actors": actors, "links": links, "missing_voices": "Young people"} | changes


def identity_sheet(**changes: Any) -> dict[str, Any]:
    """Return a complete identity sheet."""
    return {
        "title": "A cooperation",
        "transformation": "A change",
        "beneficiaries": ["Everyone"],
        "levers": ["A lever"],
        "goals": {"inhabitants": "One", "territory": "Two", "collective": "Three"},
        "members": ["alpha", "beta", "gamma"],
        "support_holder": "alpha",
        "start": "2026-01-01",
        "public_contact": "hello@coop.example",
    } | changes


def value_chain(**changes: Any) -> dict[str, Any]:
    """Return a complete value chain: two led objectives, two indicators each."""

    def objective(name: str, lead: str, other: str) -> dict[str, Any]:
        indicators = [
            {
                "id": f"{name}-{number}",
                "definition": "A definition",
                "unit": "units",
                "source": "A source",
                "collector": lead,
                "frequency": "half_yearly",
            }
            for number in (1, 2)
        ]
        return {
            "id": name,
            "why": "A reason",
            "lead": lead,
            "levers": ["A lever"],
            "contributors": [lead, other],
            "complementarities": ["One helps the other"],
            "questions": ["Does it work?"],
            "indicators": indicators,
        }

    return {
        "objectives": [objective("o1", "alpha", "beta"), objective("o2", "beta", "gamma")]
    } | changes


def charter(**changes: Any) -> dict[str, Any]:
    """Return a complete charter with a fallback for every decision."""
    return {
        "purpose": "A purpose",
        "principles": ["A principle"],
        "commitments": [{"member": "alpha", "text": "A room"}],
        "bodies": [{"name": "Plenary", "composition": "All", "mandate": "Decides"}],
        "roles": ["facilitator"],
        "decision_rules": [
            {
                "subject": "charter",
                "rule": "consent",
                "quorum": "1/2",
                "fallback": {"name": "qualified_majority", "threshold": "2/3"},
            }
        ],
        "joining": "By consent",
        "leaving": "At once",
        "exclusion": "At 2/3",
        "disagreement_procedure": "Dialogue first",
        "confidentiality": "What is said stays",
        "data_sharing": "Open",
        "term_end": "2031-12-31",
        "amendment_rule": "consent",
    } | changes


def roadmap(**changes: Any) -> dict[str, Any]:
    """Return a complete roadmap of three actions, two of them joint."""

    def action(name: str, owner: str, **more: Any) -> dict[str, Any]:
        return {
            "id": name,
            "title": "An action",
            "objective": "o1",
            "owner": owner,
            "due": "2027-06-30",
            "status": "planned",
        } | more

    actions = [
        action("a1", "alpha", contributors=["beta"]),
        action("a2", "beta", contributors=["gamma"], objective="o2"),
        action("a3", "gamma"),
    ]
    return {"actions": actions} | changes


def support_model(**changes: Any) -> dict[str, Any]:
    """Return a complete support model held by alpha, with two secured sources."""
    missions = ["coordinate", "facilitate", "inform", "fund", "measure", "reorient"]
    return {
        "hosting": "shared",
        "missions": {mission: {"holder": "alpha", "hours": 5} for mission in missions},
        "holder": "alpha",
        "deputy": "beta",
        "accountable_to": "Plenary",
        "mandate_start": "2026-01-01",
        "mandate_end": "2028-12-31",
        "hours_month": 30,
        "budget": [
            {"source": "Town", "amount": 10000, "secured": True, "until": "2028-12-31"},
            {"source": "State", "amount": 5000, "secured": True, "until": "2028-06-30"},
        ],
        "handover_plan": "Side by side",
    } | changes
