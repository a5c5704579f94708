"""Who may do what: the matrix of roles and commands, in one place."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from types import MappingProxyType
from typing import Final, NamedTuple

from coopflow.domain.commands import Command
from coopflow.domain.state import Cooperation

REPRESENTATIVE: Final = "representative"
SUPPORT: Final = "support"
FACILITATOR: Final = "facilitator"
MEDIATOR: Final = "mediator"
EVALUATOR: Final = "evaluator"
FUNDER: Final = "funder"
OBSERVER: Final = "observer"
PROGRAMME_MANAGER: Final = "programme_manager"

ROLES: Final = (
    REPRESENTATIVE,
    SUPPORT,
    FACILITATOR,
    MEDIATOR,
    EVALUATOR,
    FUNDER,
    OBSERVER,
    PROGRAMME_MANAGER,
)

_R_S_F: Final = {REPRESENTATIVE: "any", SUPPORT: "any", FACILITATOR: "any"}
_S_F: Final = {SUPPORT: "any", FACILITATOR: "any"}
_S_F_P: Final = {SUPPORT: "any", FACILITATOR: "any", PROGRAMME_MANAGER: "any"}
_F: Final = {FACILITATOR: "any"}
_OWN: Final = {REPRESENTATIVE: "own"}
_OWN_F: Final = {REPRESENTATIVE: "own", FACILITATOR: "any"}
_PARTIES: Final = {REPRESENTATIVE: "own", FACILITATOR: "facilitation"}
_REVIEW: Final = {
    SUPPORT: "any",
    FACILITATOR: "any",
    EVALUATOR: "own_review",
    PROGRAMME_MANAGER: "exceptional",
}

MATRIX: Final[Mapping[str, Mapping[str, str]]] = MappingProxyType(
    {
        "open_cooperation": {REPRESENTATIVE: "any", PROGRAMME_MANAGER: "any"},
        "admit_member": _S_F_P,
        "assign_role": _S_F_P,
        "revoke_role": _S_F_P,
        "suspend_member": _S_F_P,
        "reinstate_member": _S_F_P,
        "appoint_representative": _OWN_F,
        "describe_member": _OWN_F,
        "withdraw_member": _OWN_F,
        "draft_document": _R_S_F,
        "submit_document": _R_S_F,
        "propose_mandate": _R_S_F,
        "open_decision": _R_S_F,
        "integrate_objection": _R_S_F,
        "cast_ballot": _OWN,
        "withdraw_objection": _OWN,
        "delegate_ballot": _OWN,
        "sign_charter": _OWN,
        "veto_decision": _OWN,
        "record_session_vote": _F,
        "close_decision": _F,
        "cancel_decision": _F,
        "recall_decision": _F,
        "qualify_objection": _F,
        "record_meeting": _S_F,
        "publish_minutes": _S_F,
        "record_pulse": _S_F,
        "record_measure": {REPRESENTATIVE: "own", SUPPORT: "any", EVALUATOR: "any"},
        "update_action": {REPRESENTATIVE: "own", SUPPORT: "any"},
        "end_mandate": _S_F,
        "request_gate": {REPRESENTATIVE: "any", SUPPORT: "any"},
        "waive_gate": {REPRESENTATIVE: "any", SUPPORT: "any"},
        "cosign_waiver": {PROGRAMME_MANAGER: "any"},
        "raise_disagreement": {REPRESENTATIVE: "any", SUPPORT: "any"},
        "triage_disagreement": _F,
        "appoint_mediator": _F,
        "settle_disagreement": _PARTIES,
        "withdraw_disagreement": _PARTIES,
        "escalate_disagreement": _PARTIES,
        "accept_mediator": _OWN,
        "stop_mediation": _OWN,
        "extend_mediation": {MEDIATOR: "mediates"},
        "conclude_mediation": {MEDIATOR: "mediates"},
        "record_lasting_disagreement": _S_F,
        "confirm_follow_up": _S_F,
        "open_review": _REVIEW,
        "propose_change": _REVIEW,
        "resolve_change": _REVIEW,
        "close_review": _REVIEW,
        "pause_cooperation": _S_F_P,
        "resume_cooperation": _S_F_P,
        "close_cooperation": _S_F,
        "erase_person": {PROGRAMME_MANAGER: "any"},
    }
)
"""For each command the roles that may give it, and the scope in which each may.

``any``: always. ``own``: for an organisation that one represents (of an action: its owner; of a
disagreement: a party). The other scopes are explained by the commands that know them.
"""


WHILE_ACTIVE: Final = frozenset(
    {
        "cast_ballot",
        "withdraw_objection",
        "delegate_ballot",
        "sign_charter",
        "veto_decision",
        "record_measure",
        "update_action",
    }
)
"""The commands for one's own organisation that are refused while it is invited or suspended."""


def roles_of(person: str, state: Cooperation, grants: Iterable[str] = ()) -> frozenset[str]:
    """Return the roles of a person: held in the cooperation, by representation, or granted.

    Args:
        person: an opaque id.
        state: the cooperation.
        grants: roles held outside of it, as the shell that knows them says.
    """
    roles = set(grants) | set(state.roles.get(person, ()))
    own = state.represented_by(person)
    if any(state.members[organisation].is_active for organisation in own):
        roles.add(REPRESENTATIVE)
    if state.mandate is not None and state.mandate.holder in own:
        roles.add(SUPPORT)
    return frozenset(roles)


class Holding(NamedTuple):
    """A role that somebody holds in a cooperation.

    Attributes:
        person: an opaque id.
        role: which one.
        about: the organisation that is represented, of the support function the one whose mandate
            runs, the disagreement that is mediated; empty for what is held as such.
        alternate: it is held as the alternate of an organisation.
        counts: the person has the role, as ``roles_of`` says. Who speaks for an organisation that
            is invited or suspended has not, and who mediates has it by being assigned it.
    """

    person: str
    role: str
    about: str = ""
    alternate: bool = False
    counts: bool = True


def holdings(state: Cooperation) -> Iterator[Holding]:
    """Yield who holds which role in a cooperation, each once."""
    for person, roles in state.roles.items():
        for role in roles:
            yield Holding(person, role)
    holder = state.mandate.holder if state.mandate else None
    for slug, member in state.members.items():
        if member.status == "left":
            continue
        for person in dict.fromkeys(member.people):
            is_alternate = person != member.representative
            yield Holding(person, REPRESENTATIVE, slug, is_alternate, member.is_active)
            if slug == holder:
                yield Holding(person, SUPPORT, slug, is_alternate)
    for slug, one in state.disagreements.items():
        if one.state == "mediation" and one.mediator is not None:
            yield Holding(one.mediator, MEDIATOR, slug, counts=False)


def is_permitted(command: Command, state: Cooperation, grants: Iterable[str] = ()) -> bool:
    """Whether the actor of a command may give it in this state.

    Who speaks for an organisation does so also while it is invited or suspended: what it may then
    not do, such as vote, is for the command to say.
    """
    roles = roles_of(command.actor, state, grants)
    return any(
        command.is_within(scope, state)
        for role, scope in MATRIX[command.command].items()
        if role in roles or scope == "own"
    )
