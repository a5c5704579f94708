"""Who may do what: the matrix of section 9, written down again and tried cell by cell."""

from collections.abc import Callable
from typing import Any

import pytest

from coopflow.domain.catalogue import COMMANDS
from coopflow.domain.commands import Command, parse
from coopflow.domain.cooperation import UNOPENED
from coopflow.domain.refusals import Refusal
from coopflow.domain.roles import MATRIX, ROLES, is_permitted, roles_of
from coopflow.domain.state import Cooperation
from tests.collective import START, Collective, roadmap, value_chain
from tests.stages import enforce_charter, entrust

R, S, F, M, V, U, O, P = "RSFMVUOP"  # noqa: E741 - the letters of the contract

# One line for each line of the contract's table. A cell is a letter that stands alone when the role
# may always, or a letter with the condition under which it may.
ALWAYS = "always"
TABLE: dict[str, dict[str, str]] = {}


def _row(commands: str, **cells: str) -> None:
    for command in commands.split():
        assert command not in TABLE
        TABLE[command] = cells


_row("open_cooperation", R=ALWAYS, P=ALWAYS)
_row(
    "admit_member assign_role revoke_role suspend_member reinstate_member",
    S=ALWAYS,
    F=ALWAYS,
    P=ALWAYS,
)
_row("appoint_representative describe_member withdraw_member", R="own", F=ALWAYS)
_row(
    "draft_document submit_document propose_mandate open_decision integrate_objection",
    R=ALWAYS,
    S=ALWAYS,
    F=ALWAYS,
)
_row("cast_ballot withdraw_objection delegate_ballot sign_charter veto_decision", R="own")
_row(
    "record_session_vote close_decision cancel_decision recall_decision qualify_objection",
    F=ALWAYS,
)
_row("record_meeting publish_minutes record_pulse", S=ALWAYS, F=ALWAYS)
_row("record_measure", R="own", S=ALWAYS, V=ALWAYS)
_row("update_action", R="own", S=ALWAYS)
_row("end_mandate", S=ALWAYS, F=ALWAYS)
_row("request_gate waive_gate", R=ALWAYS, S=ALWAYS)
_row("cosign_waiver", P=ALWAYS)
_row("raise_disagreement", R=ALWAYS, S=ALWAYS)
_row("triage_disagreement appoint_mediator", F=ALWAYS)
_row(
    "settle_disagreement withdraw_disagreement escalate_disagreement",
    R="own",
    F="facilitation",
)
_row("accept_mediator stop_mediation", R="own")
_row("extend_mediation conclude_mediation", M="of that disagreement")
_row("record_lasting_disagreement confirm_follow_up", S=ALWAYS, F=ALWAYS)
_row("open_review", S=ALWAYS, F=ALWAYS, V="evaluation", P="exceptional")
_row("propose_change resolve_change close_review", S=ALWAYS, F=ALWAYS, V="evaluation")
_row("pause_cooperation resume_cooperation", S=ALWAYS, F=ALWAYS, P=ALWAYS)
_row("close_cooperation", S=ALWAYS, F=ALWAYS)
_row("erase_person", P=ALWAYS)

PEOPLE = {
    R: "rep-beta",
    S: "rep-alpha",
    F: "fay",
    M: "med",
    V: "eva",
    U: "una",
    O: "obi",
    P: "pam",
}
ALTERNATE = "alt-beta"

PAYLOADS: dict[str, dict[str, Any]] = {
    "open_cooperation": {
        "cooperation": "c",
        "programme": "p",
        "title": "A",
        "issue": "B",
        "territory": "C",
        "lifecycle": "l",
        "policy": "p",
    },
    "admit_member": {
        "organisation": {"id": "new", "name": "New", "category": "state"},
        "representative": "rep-new",
    },
    "describe_member": {"profile": {"logic": "One"}},
    "withdraw_member": {"reason": "A"},
    "suspend_member": {"reason": "A"},
    "reinstate_member": {"reason": "A"},
    "appoint_representative": {"person": "zoe"},
    "assign_role": {"person": "zoe", "role": "observer"},
    "revoke_role": {"person": "zoe", "role": "observer"},
    "draft_document": {"kind": "roadmap", "content": {}},
    "submit_document": {"kind": "roadmap"},
    "sign_charter": {},
    "update_action": {"status": "done"},
    "record_meeting": {"meeting": "m", "kind": "plenary", "attendees": []},
    "publish_minutes": {"meeting": "m", "minutes": "A"},
    "record_pulse": {"score": 3, "answers": 1, "asked": 1},
    "record_measure": {"indicator": "i", "value": 1},
    "propose_mandate": {"holder": "beta", "missions": ["inform"]},
    "end_mandate": {"reason": "A"},
    "open_decision": {"subject": "other", "question": "A"},
    "cast_ballot": {"decision": "d", "choice": "yes"},
    "record_session_vote": {"decision": "d", "ballots": {}},
    "delegate_ballot": {"to": "delta", "decision": "d"},
    "qualify_objection": {"decision": "d", "verdict": "concern"},
    "withdraw_objection": {"decision": "d"},
    "integrate_objection": {"decision": "d", "amendment": {}, "material": False},
    "close_decision": {"decision": "d"},
    "cancel_decision": {"decision": "d"},
    "recall_decision": {"decision": "d"},
    "veto_decision": {"decision": "d", "reason": "A"},
    "request_gate": {"gate": "g"},
    "waive_gate": {"gate": "g", "reason": "A"},
    "cosign_waiver": {"gate": "g", "reason": "A"},
    "raise_disagreement": {
        "subject": "A",
        "content": "B",
        "parties": ["beta", "gamma"],
        "touches": "other",
    },
    "triage_disagreement": {"verdict": "accept"},
    "escalate_disagreement": {},
    "withdraw_disagreement": {},
    "settle_disagreement": {"agreed_text": "A"},
    "appoint_mediator": {"person": "med"},
    "accept_mediator": {},
    "stop_mediation": {},
    "extend_mediation": {},
    "conclude_mediation": {"outcome": "none"},
    "record_lasting_disagreement": {},
    "confirm_follow_up": {},
    "open_review": {},
    "propose_change": {"target": "A", "text": "B"},
    "resolve_change": {"change": "c", "verdict": "accepted"},
    "close_review": {"expected": "A", "observed": "B", "why": "C", "lessons": []},
    "pause_cooperation": {"reason": "A"},
    "resume_cooperation": {},
    "close_cooperation": {"report": "A"},
    "erase_person": {"person": "zoe"},
}
OF_ORGANISATION = {
    "describe_member",
    "withdraw_member",
    "suspend_member",
    "reinstate_member",
    "appoint_representative",
    "sign_charter",
    "record_measure",
    "cast_ballot",
    "qualify_objection",
    "withdraw_objection",
    "integrate_objection",
    "veto_decision",
    "accept_mediator",
    "stop_mediation",
}
ON_LADDER = {
    "triage_disagreement",
    "escalate_disagreement",
    "withdraw_disagreement",
    "settle_disagreement",
    "appoint_mediator",
    "accept_mediator",
    "stop_mediation",
    "extend_mediation",
    "conclude_mediation",
    "record_lasting_disagreement",
    "confirm_follow_up",
}


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


def _command(name: str, by: str, **payload: Any) -> Command:
    raw: dict[str, Any] = {"command": name, "actor": by, "at": START.isoformat()}
    raw |= PAYLOADS[name] | payload
    parsed = parse(raw)
    assert not isinstance(parsed, Refusal), str(parsed)
    return parsed


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
        command = _command(name, PEOPLE[letter], **payload)
        grants = GRANTS.get(PEOPLE[letter], ())
        if name == "open_cooperation" and letter == R:
            grants = ("representative",)  # of an organisation that the programme knows
        expected = cell == ALWAYS or cell in meets
        assert is_permitted(command, state, grants) is expected, (name, letter, payload)


@pytest.mark.parametrize("name", list(TABLE))
def test_an_alternate_may_what_the_representative_may(name: str) -> None:
    """Both speak for the organisation."""
    for _, payload in _variants(name):
        first = is_permitted(_command(name, PEOPLE[R], **payload), STATE)
        assert is_permitted(_command(name, ALTERNATE, **payload), STATE) is first


@pytest.mark.parametrize("name", sorted(set(TABLE) - {"open_cooperation"}))
def test_nobody_else_may_anything(name: str) -> None:
    """A person that the cooperation does not know is refused, whatever they ask."""
    for _, payload in _variants(name):
        assert not is_permitted(_command(name, "zoe", **payload), STATE)


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
        command = "suspend_member" if status == "suspended" else "withdraw_member"
        coop.do("fay", command, organisation=organisation, reason="A reason")
    assert coop.state.members[organisation].status == status
    person = f"rep-{organisation}"
    assert roles_of(person, coop.state) == frozenset()
    for name in set(TABLE) - {"open_cooperation"}:
        for _, payload in _variants(name):
            mine = {"organisation": organisation} if name in OF_ORGANISATION else {}
            asked = _command(name, person, **(payload | mine))
            is_own = TABLE[name].get(R) == "own" and organisation in asked.speaks_for(coop.state)
            assert is_permitted(asked, coop.state) is (is_own and status != "left"), name


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
