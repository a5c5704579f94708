"""The matrix of section 9 of the contract, written down again, and a payload for every command."""

from __future__ import annotations

from typing import Any

from coopflow.domain.commands import Command, parse
from coopflow.domain.refusals import Refusal
from tests.collective import START

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


def command(name: str, by: str, **payload: Any) -> Command:
    """Return a command by somebody, with its payload from above, changed where said."""
    raw: dict[str, Any] = {"command": name, "actor": by, "at": START.isoformat()}
    raw |= PAYLOADS[name] | payload
    parsed = parse(raw)
    assert not isinstance(parsed, Refusal), str(parsed)
    return parsed
