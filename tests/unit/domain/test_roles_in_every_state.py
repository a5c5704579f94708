"""Every role, every command, every state of the thing acted on: forbidden where the table says so.

The things are put in each of their states, one at a time. Whatever else is wrong with a command is
said after that: so ``forbidden`` comes exactly where the matrix forbids, and nowhere else.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import cache, partial
from typing import Any, get_args

import pytest

from coopflow.domain.cooperation import decide
from coopflow.domain.disagreements import DISAGREEMENT
from coopflow.domain.documents import DOCUMENT
from coopflow.domain.members import MEMBERSHIP
from coopflow.domain.objections import OBJECTION
from coopflow.domain.opening import STATUS
from coopflow.domain.policy import ReviewKind
from coopflow.domain.refusals import Refusal
from coopflow.domain.state import Cooperation, Result
from tests.collective import Collective, charter, roadmap, value_chain
from tests.matrix import (
    ALWAYS,
    OF_ORGANISATION,
    ON_LADDER,
    PAYLOADS,
    PEOPLE,
    TABLE,
    F,
    M,
    P,
    R,
    S,
    command,
)
from tests.stages import enforce_charter, entrust

Setting = Callable[[], Collective]

GRANTS = {PEOPLE[P]: ("programme_manager",)}
RIGHTS_OF_THE_CHARTER = {"veto_decision"}
"""Commands that the matrix permits and the charter may forbid all the same."""


def staffed(members: int = 4) -> Collective:
    """Return a cooperation in which each role of the contract is held by somebody of its own."""
    coop = Collective(members)
    for letter, role in ((M, "mediator"), ("V", "evaluator"), ("U", "funder"), ("O", "observer")):
        coop.do("fay", "assign_role", person=PEOPLE[letter], role=role)
    entrust(coop, "alpha")
    return coop


# --- decisions ------------------------------------------------------------------------------------


def _decision(result: str) -> Collective:
    coop = staffed()
    coop.ask(rule="consent" if result in {"open", "contested"} else "simple_majority")
    if result == "contested":
        coop.cast("d", "objection", "beta", reason="No")
    elif result == "adopted":
        coop.vote("d", "yes")
    elif result == "rejected":
        coop.vote("d", "no")
    elif result == "cancelled":
        coop.do("fay", "cancel_decision", decision="d")
    elif result == "lapsed":
        coop.wait(days=14)
    elif result == "void":
        for organisation in coop.state.active:
            coop.do("fay", "suspend_member", organisation=organisation, reason="Absent")
        coop.wait(days=14)
        for organisation in tuple(coop.state.members):
            coop.do("fay", "reinstate_member", organisation=organisation, reason="Back")
    return coop


def _objection(status: str) -> Collective:
    coop = _decision("contested")
    about = {"decision": "d", "organisation": "beta"}
    if status in {"qualified", "concern"}:
        coop.do("fay", "qualify_objection", verdict=status, **about)
    elif status == "withdrawn":
        coop.do("rep-beta", "withdraw_objection", **about)
    elif status == "integrated":
        coop.do("fay", "integrate_objection", amendment={}, material=False, **about)
    elif status == "upheld":
        coop.cast("d", "consent", "alpha")
        coop.wait(days=14)
    assert coop.state.decisions["d"].objections["beta"].status == status
    return coop


# --- disagreements --------------------------------------------------------------------------------

CLIMB = ("dialogue", "facilitation", "mediation", "collective_decision", "separation")


def _disagreement(step: str) -> Collective:
    coop = staffed()
    coop.do(
        "rep-beta",
        "raise_disagreement",
        disagreement="x",
        subject="A",
        content="B",
        parties=["beta", "gamma"],
        touches="other",
    )
    if step == "raised":
        return coop
    coop.do("fay", "triage_disagreement", disagreement="x", verdict="accept")
    if step == "closed":
        coop.do("rep-beta", "settle_disagreement", disagreement="x", agreed_text="Yes")
    while (here := coop.state.disagreements["x"].state) != step:
        assert CLIMB.index(here) < CLIMB.index(step)
        if here == "mediation":
            coop.do("fay", "appoint_mediator", disagreement="x", person="med")
            coop.do("rep-beta", "stop_mediation", disagreement="x")
        if here == "collective_decision":
            coop.wait(days=30)
        else:
            coop.do("rep-beta", "escalate_disagreement", disagreement="x")
    return coop


def _mediated(*, ended: bool) -> Collective:
    coop = _disagreement("mediation")
    coop.do("fay", "appoint_mediator", disagreement="x", person="med")
    if ended:
        coop.do("rep-gamma", "stop_mediation", disagreement="x")
    return coop


def _followed_up() -> Collective:
    coop = _disagreement("closed")
    coop.wait(days=90)
    return coop


# --- documents, members, the rest -----------------------------------------------------------------


def _roadmap(status: str) -> Collective:
    coop = staffed()
    coop.adopt("value_chain", value_chain())
    coop.do("rep-beta", "draft_document", kind="roadmap", content=roadmap())
    if status == "draft":
        return coop
    coop.do("rep-beta", "submit_document", kind="roadmap")
    if status == "submitted":
        return coop
    coop.vote(next(reversed(coop.state.decisions)))
    coop.wait(days={"approved": 1, "stale": 190, "expired": 260, "superseded": 1}[status])
    if status == "superseded":
        coop.adopt("roadmap", roadmap())
    assert coop.state.documents["roadmap"][0].status == status
    return coop


def _charter_in_force() -> Collective:
    coop = staffed()
    coop.adopt("charter", charter())
    coop.sign("alpha", "gamma", "delta")
    return coop


def _review(kind: str, *, closed: bool) -> Collective:
    coop = staffed()
    coop.do("fay", "open_review", review="r", kind=kind)
    if closed:
        coop.do("fay", "close_review", **(PAYLOADS["close_review"] | {"review": "r"}))
    return coop


def _member(status: str) -> Collective:
    coop = staffed()
    if status == "suspended":
        coop.do("fay", "suspend_member", organisation="beta", reason="Absent")
    elif status == "left":
        coop.do("fay", "withdraw_member", organisation="beta", reason="Gone")
    elif status == "invited":
        coop.do("fay", "withdraw_member", organisation="beta", reason="Gone")
        enforce_charter(coop, "alpha", "gamma", "delta")
        coop.admit("beta")
    assert coop.state.members["beta"].status == status
    return coop


def _mandate(*, runs: bool) -> Collective:
    coop = staffed()
    if not runs:
        coop.do("fay", "end_mandate", reason="Over")
    return coop


def _cooperation(status: str) -> Collective:
    coop = staffed()
    if status == "paused":
        coop.do("fay", "pause_cooperation", reason="Rest")
    elif status in {"closing", "closed"}:
        coop.ask("end", "closing")
        coop.vote("end", "yes")
        if status == "closed":
            coop.do("fay", "close_cooperation", report="Done")
    assert coop.state.status == status
    return coop


SETTINGS: dict[str, Setting] = {
    **{
        f"decision {result}": partial(_decision, result)
        for result in ("open", "adopted", "rejected", "lapsed", "cancelled", "void")
    },
    **{f"objection {status}": partial(_objection, status) for status in OBJECTION.states},
    **{f"disagreement {step}": partial(_disagreement, step) for step in DISAGREEMENT.states},
    "disagreement mediated": partial(_mediated, ended=False),
    "disagreement no longer mediated": partial(_mediated, ended=True),
    "disagreement to be followed up": _followed_up,
    **{
        f"document {status}": partial(_roadmap, status)
        for status in DOCUMENT.states
        if status != "in_force"
    },
    "document in_force": _charter_in_force,
    **{
        f"review {kind} {'closed' if closed else 'open'}": partial(_review, kind, closed=closed)
        for kind in get_args(ReviewKind)
        for closed in (False, True)
    },
    **{f"member {status}": partial(_member, status) for status in MEMBERSHIP.states},
    "mandate running": partial(_mandate, runs=True),
    "mandate over": partial(_mandate, runs=False),
    **{f"cooperation {status}": partial(_cooperation, status) for status in STATUS.states},
}
"""A cooperation for every state of everything that commands act on."""

VARIANTS: dict[str, tuple[dict[str, Any], ...]] = {
    "open_review": tuple({"kind": kind} for kind in ("quarterly", "evaluation", "exceptional")),
    "delegate_ballot": ({"from": "beta"}, {"from": "gamma"}),
    "update_action": ({"action": "a1"}, {"action": "a2"}),
    "open_cooperation": (),  # there is one already
}
IN_REVIEW = {"propose_change", "resolve_change", "close_review"}


@cache
def built(setting: str) -> tuple[Cooperation, datetime, Collective]:
    coop = SETTINGS[setting]()
    return coop.state, coop.at, coop


def payloads(name: str) -> list[dict[str, Any]]:
    """Return the ways to give a command, about beta and about gamma where an organisation acts."""
    found = list(VARIANTS.get(name, ({},)))
    # What the command is about stands in every payload; the model refuses what it does not have.
    fields = {"disagreement": "x"} if name in ON_LADDER else {}
    fields |= {"review": "r"} if name in IN_REVIEW else {}
    if name in OF_ORGANISATION:
        found = [{**one, "organisation": who} for one in found for who in ("beta", "gamma")]
    return [{**one, **fields} for one in found]


def conditions(state: Cooperation, payload: dict[str, Any], own: str) -> set[str]:
    """Return which conditions of the table a payload meets, read off the state by hand.

    Args:
        state: the cooperation.
        payload: what the command is about.
        own: the organisation that the actor represents, if it has not left.
    """
    disagreement = state.disagreements.get(payload.get("disagreement", ""))
    review = state.reviews.get(payload.get("review", ""))
    action = state.actions.get(payload.get("action", ""))
    who = payload.get("organisation", payload.get("from"))
    kind = payload.get("kind") or (review.kind if review else "")
    is_mine = {who == own} if who else {own in disagreement.parties} if disagreement else set()
    is_mine |= {action.owner == own} if action else set()
    # Of what is not there anybody is told so.
    is_nowhere = bool({"disagreement", "action"} & set(payload)) and not is_mine
    found = {kind}
    if own and (True in is_mine or is_nowhere):
        found.add("own")
    if "disagreement" in payload:
        if disagreement is None or disagreement.state == "facilitation":
            found.add("facilitation")
        if disagreement is None or disagreement.mediator == "med":
            found.add("of that disagreement")
    return found


def allowed(state: Cooperation, name: str, letter: str, payload: dict[str, Any]) -> bool:
    """Say what the table says: a role that the person holds has a cell that is met."""
    cells = TABLE[name]
    own = {R: "beta", S: "alpha"}.get(letter, "")
    if own and state.members[own].status == "left":
        own = ""
    met = conditions(state, payload, own)
    held = {letter} - {R, S}
    if own and state.members[own].is_active:
        held.add(R)
    if letter == S and state.mandate is not None:
        held.add(S)
    return (own != "" and cells.get(R) == "own" and "own" in met) or any(
        cells.get(one) == ALWAYS or cells.get(one) in met - {"own"} for one in held
    )


@pytest.mark.parametrize("setting", list(SETTINGS))
def test_forbidden_is_what_the_table_forbids(setting: str) -> None:
    """In this state of the thing, for every role and every command."""
    state, at, coop = built(setting)
    wrong = []
    for name in TABLE:
        for payload in payloads(name):
            for letter, person in PEOPLE.items():
                asked = command(name, person, **payload, at=at.isoformat())
                outcome = decide(state, asked, coop.rules, GRANTS.get(person, ()))
                code = outcome.code if isinstance(outcome, Refusal) else "accepted"
                if code in {"cooperation_closed", "cooperation_paused"}:
                    assert state.status in code
                    continue
                is_allowed = allowed(state, name, letter, payload)
                is_exempt = is_allowed and name in RIGHTS_OF_THE_CHARTER
                if (code == "forbidden") is is_allowed and not is_exempt:
                    wrong.append((name, letter, payload, code))
    assert wrong == []


def test_every_state_is_there() -> None:
    """What is written out by hand above is all that there is."""
    results = {one.removeprefix("decision ") for one in SETTINGS if one.startswith("decision ")}
    assert results == {"open", *get_args(Result)}
    kinds = {one.split()[1] for one in SETTINGS if one.startswith("review ")}
    assert kinds == set(get_args(ReviewKind))


def test_a_right_of_the_charter_is_enough_and_needed() -> None:
    """Of those whom the matrix permits a veto, the one that the charter names has it."""
    coop = staffed()
    rights = [{"holder": "beta", "subjects": ["other"]}]
    coop.adopt("charter", charter(vetoes=rights))
    coop.sign("alpha", "beta", "gamma")
    coop.ask()
    coop.vote("d", "yes")
    asked = {"decision": "d", "reason": "No"}
    assert coop.refused("rep-gamma", "veto_decision", organisation="gamma", **asked) == "forbidden"
    coop.do("rep-beta", "veto_decision", organisation="beta", **asked)


def test_the_facilitator_acts_for_the_parties_in_facilitation_alone() -> None:
    """Over the whole ladder the facilitator settles on one step only."""
    for step in DISAGREEMENT.states:
        state, at, coop = built(f"disagreement {step}")
        asked = command("settle_disagreement", PEOPLE[F], disagreement="x", at=at.isoformat())
        outcome = decide(state, asked, coop.rules)
        assert isinstance(outcome, Refusal) is (step != "facilitation")
