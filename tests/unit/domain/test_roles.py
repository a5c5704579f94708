"""Who may do what: the matrix of section 9, tried cell by cell."""

from collections.abc import Callable
from typing import Any

import pytest

from coopflow.domain.catalogue import COMMANDS
from coopflow.domain.cooperation import UNOPENED
from coopflow.domain.refusals import Refusal
from coopflow.domain.roles import MATRIX, ROLES, WHILE_ACTIVE, is_permitted, roles_of
from coopflow.domain.state import Cooperation
from tests.collective import Collective, roadmap, value_chain
from tests.matrix import (
    ALTERNATE,
    ALWAYS,
    OF_ORGANISATION,
    ON_LADDER,
    PAYLOADS,
    PEOPLE,
    TABLE,
    M,
    O,
    P,
    R,
    U,
    V,
    command,
)
from tests.stages import enforce_charter, entrust


def _cooperation() -> Cooperation:
    """Return one in which each role of the contract is held by somebody of its own."""
    coop = Collective(4)
    coop.do(
        "rep-beta",
        "appoint_representative",
        organisation="beta",
        person="rep-beta",
        alternate=ALTERNATE,
    )
    for letter, role in ((M, "mediator"), (V, "evaluator"), (U, "funder"), (O, "observer")):
        coop.do("fay", "assign_role", person=PEOPLE[letter], role=role)
    coop.adopt("value_chain", value_chain())
    coop.adopt("roadmap", roadmap())
    entrust(coop, "alpha")
    raised = {"subject": "?", "content": "!", "touches": "other"}
    for slug, parties in (
        ("own", ["beta", "gamma"]),
        ("others", ["gamma", "delta"]),
        ("facilitated", ["gamma", "delta"]),
        ("mediated", ["gamma", "delta"]),
    ):
        coop.do("rep-gamma", "raise_disagreement", disagreement=slug, parties=parties, **raised)
        coop.do("fay", "triage_disagreement", disagreement=slug, verdict="accept")
    for slug in ("facilitated", "mediated", "mediated"):
        coop.do("rep-gamma", "escalate_disagreement", disagreement=slug)
    coop.do("fay", "appoint_mediator", disagreement="mediated", person=PEOPLE[M])
    for slug, kind in (
        ("evaluation", "evaluation"),
        ("quarter", "quarterly"),
        ("x", "exceptional"),
    ):
        coop.do("fay", "open_review", review=slug, kind=kind)
    return coop.state


STATE = _cooperation()
GRANTS = {PEOPLE[P]: ("programme_manager",)}


_BY_OWNER = [({"own"}, {"organisation": "beta"}), (set(), {"organisation": "gamma"})]
_BY_REVIEW = [
    (set(), {"review": "quarter"}),
    ({"evaluation"}, {"review": "evaluation"}),
    ({"exceptional"}, {"review": "x"}),
]
_BY_STEP = [
    ({"own"}, {"disagreement": "own"}),
    (set(), {"disagreement": "others"}),
    ({"facilitation"}, {"disagreement": "facilitated"}),
    ({"of that disagreement"}, {"disagreement": "mediated"}),
]
_BY_PARTY = [(meets, {"disagreement": "own", **payload}) for meets, payload in _BY_OWNER]
VARIANTS: dict[str, list[tuple[set[str], dict[str, Any]]]] = {
    **dict.fromkeys(OF_ORGANISATION, _BY_OWNER),
    **dict.fromkeys(ON_LADDER, _BY_STEP),
    **dict.fromkeys(ON_LADDER & OF_ORGANISATION, _BY_PARTY),
    **dict.fromkeys(("propose_change", "resolve_change", "close_review"), _BY_REVIEW),
    "open_review": [
        (set(), {"kind": "quarterly"}),
        ({"evaluation"}, {"kind": "evaluation"}),
        ({"exceptional"}, {"kind": "exceptional"}),
    ],
    "delegate_ballot": [({"own"}, {"from": "beta"}), (set(), {"from": "gamma"})],
    "update_action": [({"own"}, {"action": "a2"}), (set(), {"action": "a3"})],
}
"""The ways to give a command, each with the conditions of the table that it meets."""


def _variants(name: str) -> list[tuple[set[str], dict[str, Any]]]:
    return VARIANTS.get(name, [(set(), {})])


def test_the_table_names_every_command_and_no_other() -> None:
    """A command that is added must be given its line here as well."""
    assert set(TABLE) == set(COMMANDS) == set(MATRIX) == set(PAYLOADS)
    assert {role for cells in MATRIX.values() for role in cells} <= set(ROLES)


@pytest.mark.parametrize("letter", list(PEOPLE))
@pytest.mark.parametrize("name", list(TABLE))
def test_each_cell_of_the_matrix(name: str, letter: str) -> None:
    """A role may give a command exactly where its cell says so, under the cell's condition."""
    cell = TABLE[name].get(letter)
    state = UNOPENED if name == "open_cooperation" else STATE
    for meets, payload in _variants(name):
        asked = command(name, PEOPLE[letter], **payload)
        grants = GRANTS.get(PEOPLE[letter], ())
        if name == "open_cooperation" and letter == R:
            grants = ("representative",)  # of an organisation that the programme knows
        expected = cell == ALWAYS or cell in meets
        assert is_permitted(asked, state, grants) is expected, (name, letter, payload)


@pytest.mark.parametrize("name", list(TABLE))
def test_an_alternate_may_what_the_representative_may(name: str) -> None:
    """Both speak for the organisation."""
    for _, payload in _variants(name):
        first = is_permitted(command(name, PEOPLE[R], **payload), STATE)
        assert is_permitted(command(name, ALTERNATE, **payload), STATE) is first


@pytest.mark.parametrize("name", sorted(set(TABLE) - {"open_cooperation"}))
def test_nobody_else_may_anything(name: str) -> None:
    """A person that the cooperation does not know is refused, whatever they ask."""
    for _, payload in _variants(name):
        assert not is_permitted(command(name, "zoe", **payload), STATE)


@pytest.mark.parametrize(
    ("person", "grants", "roles"),
    [
        ("rep-alpha", (), {"representative", "support"}),
        ("rep-beta", (), {"representative"}),
        ("alt-beta", (), {"representative"}),
        ("fay", (), {"facilitator"}),
        ("eva", ("programme_manager",), {"evaluator", "programme_manager"}),
        ("zoe", (), set()),
    ],
)
def test_a_person_has_the_roles_held_represented_and_granted(
    person: str, grants: tuple[str, ...], roles: set[str]
) -> None:
    """Support is held by whoever represents the organisation whose mandate runs."""
    assert roles_of(person, STATE, grants) == roles


@pytest.mark.parametrize("status", ["invited", "suspended", "left"])
def test_who_represents_no_active_member_speaks_for_their_own_only(status: str) -> None:
    """Who is invited or suspended speaks for itself, and for nobody else; who left does not."""
    coop = Collective(4)
    if status == "invited":
        enforce_charter(coop)
        coop.admit("epsilon")
        organisation = "epsilon"
    else:
        organisation = "delta"
        leaving = "suspend_member" if status == "suspended" else "withdraw_member"
        coop.do("fay", leaving, organisation=organisation, reason="A reason")
    assert coop.state.members[organisation].status == status
    person = f"rep-{organisation}"
    assert roles_of(person, coop.state) == frozenset()
    for name in set(TABLE) - {"open_cooperation"}:
        for _, payload in _variants(name):
            mine = {"organisation": organisation} if name in OF_ORGANISATION else {}
            asked = command(name, person, **(payload | mine))
            is_own = TABLE[name].get(R) == "own" and organisation in asked.speaks_for(coop.state)
            assert is_permitted(asked, coop.state) is (is_own and status != "left"), name


_GIVEN: dict[str, dict[str, Any]] = {
    "appoint_representative": {"person": "rep-beta", "alternate": "alt-beta"},
    "withdraw_objection": {"decision": "objected"},
    "update_action": {"action": "a2"},
    "record_measure": {"indicator": "o1-1"},
    "veto_decision": {"decision": "adopted"},
    "cast_ballot": {"decision": "asked"},
    "delegate_ballot": {"from": "beta", "decision": "asked"},
    "settle_disagreement": {"disagreement": "own"},
    "withdraw_disagreement": {"disagreement": "own"},
    "escalate_disagreement": {"disagreement": "own"},
    "accept_mediator": {"disagreement": "mediated"},
    "stop_mediation": {"disagreement": "mediated"},
}


@pytest.mark.parametrize(
    "name", sorted(one for one, cells in MATRIX.items() if cells.get("representative") == "own")
)
def test_what_needs_an_active_organisation_is_named(name: str) -> None:
    """Such commands for one's own are accepted while it is active alone; all others always are."""
    coop = Collective(4)
    coop.do("fay", "assign_role", person=PEOPLE[M], role="mediator")
    coop.adopt("value_chain", value_chain())
    coop.adopt("roadmap", roadmap())
    signing = ("alpha", "gamma", "delta", *(["beta"] if name == "veto_decision" else []))
    enforce_charter(coop, *signing, vetoes=[{"holder": "beta", "subjects": ["other"]}])
    coop.ask("adopted")
    coop.vote("adopted", "yes")
    coop.ask("asked")
    coop.ask("objected", rule="consent")
    coop.cast("objected", "objection", "beta", reason="No")
    for slug in ("own", "mediated"):
        parties = {"parties": ["beta", "gamma"], "subject": "?", "content": "!"}
        coop.do("rep-gamma", "raise_disagreement", disagreement=slug, touches="other", **parties)
        verdict = "accept" if slug == "own" else "emergency"
        coop.do("fay", "triage_disagreement", disagreement=slug, verdict=verdict)
    coop.do("fay", "appoint_mediator", disagreement="mediated", person=PEOPLE[M])
    about = {"organisation": "beta"} if name in OF_ORGANISATION else {}
    payload = {**PAYLOADS[name], **about, **_GIVEN.get(name, {})}
    before = coop.state
    assert not isinstance(coop.give("rep-beta", name, **payload), Refusal)
    coop.state = before
    coop.do("fay", "suspend_member", organisation="beta", reason="A")
    assert isinstance(coop.give("rep-beta", name, **payload), Refusal) is (name in WHILE_ACTIVE)


def test_support_goes_with_the_mandate() -> None:
    """It passes to the next holder at once, and to nobody when the mandate ends."""
    coop = Collective(4)
    entrust(coop, "alpha")
    assert "support" in roles_of("rep-alpha", coop.state)
    entrust(coop, "beta")
    assert "support" not in roles_of("rep-alpha", coop.state)
    assert "support" in roles_of("rep-beta", coop.state)
    coop.do("rep-beta", "end_mandate", reason="Moving on")
    assert "support" not in roles_of("rep-beta", coop.state)


RUN_BY_THE_FACILITATOR: list[tuple[str, Callable[[str], dict[str, Any]]]] = [
    ("record_session_vote", lambda slug: {"decision": slug, "ballots": {}}),
    ("close_decision", lambda slug: {"decision": slug}),
    ("cancel_decision", lambda slug: {"decision": slug}),
    (
        "qualify_objection",
        lambda slug: {"decision": slug, "organisation": "beta", "verdict": "concern"},
    ),
]


@pytest.mark.parametrize(("name", "payload"), RUN_BY_THE_FACILITATOR)
def test_support_never_facilitates_a_vote_on_its_own_mandate(
    name: str, payload: Callable[[str], dict[str, Any]]
) -> None:
    """A facilitator who represents the holder is refused there, and only there."""
    coop = Collective(4)
    coop.do("fay", "assign_role", person="rep-alpha", role="facilitator")
    entrust(coop, "alpha")
    coop.do("rep-beta", "propose_mandate", decision="m", holder="gamma", missions=["inform"])
    coop.do(
        "rep-beta",
        "cast_ballot",
        decision="m",
        organisation="beta",
        choice="objection",
        reason="No",
    )
    assert coop.refused("rep-alpha", name, **payload("m")) == "forbidden"
    outcome = coop.give("fay", name, **payload("m"))
    assert not isinstance(outcome, Refusal) or outcome.code != "forbidden"


def test_a_refusal_for_lack_of_a_role_says_who_and_what() -> None:
    """The facts name the actor and the command, and nothing enters the journal."""
    coop = Collective(3)
    outcome = coop.give("zoe", "record_pulse", score=3, answers=1, asked=1)
    assert isinstance(outcome, Refusal)
    assert (outcome.code, outcome.facts) == (
        "forbidden",
        {"actor": "zoe", "command": "record_pulse"},
    )
    assert coop.journal[-1].event.type != "pulse_recorded"
