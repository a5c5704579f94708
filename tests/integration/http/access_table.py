"""Who may ask what over HTTP: one line for each route, written down again beside the code.

A new route needs a line here, or ``test_access.py`` fails.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

from coopflow.entrypoints.http.commands.bodies import example_of
from coopflow.entrypoints.http.commands.table import ROUTES
from tests.matrix import ALWAYS, TABLE

Of = Literal["anybody", "somebody", "operation", "owner", "programme", "management", "cooperation"]
"""Whom a route is for.

Anybody at all; whoever shows who they are; who operates the installation; whose thing it is, who is
none of those that ask; who sees a programme; who manages it; who has a part in a cooperation, or
manages its programme.
"""

EVERYONE = "RSFMVUOP"
INSIDE = "RSFVP"

_KEEPING = ("directory",)

VALUES: dict[str, Any] = {
    "kind": "charter",
    "version": 1,
    "organisation": "beta",
    "meeting": "plenary-2030-02",
    "decision": "decision-1",
    "disagreement": "disagreement-1",
    "review": "annual-2030",
    "change": "change-1",
    "action": "a1",
    "gate": "to_structuration",
    "policy": "reference",
    "other": "light",
    "code": "too_early",
    "operation": "0",
    "token": "0123456789abcdef",
    "webhook": "wh_0",
    "delivery": 1,
    "feed": "0123456789abcdef",
    "file": "0123456789abcdef",
    "secret": "0123456789abcdef0123456789abcdef",
    "person": "kim",
}
"""What stands in paths, but for programmes and cooperations."""


@dataclass(frozen=True)
class Line:
    """Who gets in at a route.

    Attributes:
        of: whom it is for.
        roles: the letters of the contract of those in the cooperation who get in.
        scopes: those of which a token needs one; none for what anybody may ask.
        administrator: whether an administrator of the installation gets in.
        body: what is posted.
        query: what is asked.
        tokens: whether who bears a token gets in.
        answered: what those are answered who get in, where it is not simply done.
    """

    of: Of
    roles: str = EVERYONE
    scopes: tuple[str, ...] = ("read",)
    administrator: bool = True
    body: Any = None
    query: dict[str, str] = field(default_factory=dict)
    tokens: bool = True
    answered: str = "in"


_TOKEN_OF_YESTERDAY = {
    "name": "a robot",
    "scopes": ["read"],
    "programmes": ["others"],
    "expires_at": "2020-01-01T00:00:00Z",
}
"""What everybody may ask for who keeps tokens, and nobody is given."""

ACCESS: dict[str, Line] = {
    "livez": Line("anybody", scopes=()),
    "readyz": Line("anybody", scopes=()),
    "metrics": Line("operation", ""),
    "list_problems": Line("anybody", scopes=()),
    "show_problem": Line("anybody", scopes=()),
    "show_me": Line("somebody", scopes=()),
    "sign_in": Line("anybody", scopes=()),  # there is no provider here, and it says so
    "sign_in_callback": Line("anybody", scopes=(), answered="sign_in_failed"),
    "show_sign_in_link": Line("anybody", scopes=()),
    "use_sign_in_link": Line("anybody", scopes=(), answered="cross_site"),
    "sign_out": Line("anybody", scopes=(), answered="cross_site"),
    "list_tokens": Line("somebody", scopes=("tokens",)),
    "make_token": Line("somebody", scopes=("tokens",), body=_TOKEN_OF_YESTERDAY),
    "revoke_token": Line("somebody", scopes=("tokens",), answered="hidden"),  # of nobody's
    "list_policies": Line("somebody"),
    "show_policy": Line("somebody"),
    "explain_policy": Line("somebody"),
    "compare_policies": Line("somebody"),
    "list_cooperations": Line("programme"),
    "show_cooperation": Line("cooperation"),
    "show_followed_policy": Line("cooperation"),
    "list_members": Line("cooperation"),
    "show_member": Line("cooperation"),
    "list_meetings": Line("cooperation", "RSFVUOP"),
    "show_meeting": Line("cooperation", "RSFVUOP"),
    "list_alerts": Line("cooperation", "RSFVUOP"),
    "list_gates": Line("cooperation", "RSFVUOP"),
    "check_gate": Line("cooperation", "RSFVUOP"),
    "draw_lifecycle": Line("cooperation"),
    "forecast": Line("cooperation", INSIDE),
    "list_documents": Line("cooperation", "RSFVUOP"),
    "show_document_version": Line("cooperation", "RSFVUOP"),
    "compare_document_versions": Line(
        "cooperation", "RSFVUOP", query={"earlier": "1", "later": "2"}
    ),
    "export_decisions": Line("cooperation", "RSFVUOP"),
    "export_indicators": Line("cooperation", "RSFVUOP"),
    "export_identity_sheet": Line("cooperation", "RSFVUOP"),
    "export_charter": Line("cooperation", "RSFVUOP"),
    "export_journal": Line("cooperation", INSIDE),
    "export_gate_dossier": Line("cooperation", "RSFVUOP"),
    "export_report": Line("cooperation", "RSFVUOP"),
    "export_portfolio": Line("management", "P"),
    "export_decisions_workbook": Line("cooperation", "RSFVUOP"),
    "export_indicators_workbook": Line("cooperation", "RSFVUOP"),
    "export_portfolio_workbook": Line("management", "P"),
    "order_programme_file": Line("management", "P", body={}),
    "order_cooperation_file": Line("cooperation", "RSFVUOP", body={"kind": "decisions"}),
    "list_files": Line("somebody"),
    "show_file": Line("somebody", answered="hidden"),  # of nobody's
    "fetch_file": Line("somebody", answered="hidden"),  # of nobody's
    "delete_file": Line("somebody", answered="hidden"),  # of nobody's
    "export_cooperations": Line("management", "P", ("exports",)),
    "import_cooperations": Line("management", "P", ("exports",), query={"dry_run": "true"}),
    "show_portfolio": Line("management", "P"),
    "count_portfolio": Line("management", "P"),
    "count_levels": Line("management", "P"),
    "show_stage_times": Line("management", "P"),
    "list_due": Line("management", "P"),
    "list_waiting": Line("management", "P"),
    "list_waited_for": Line("management", "P"),
    "send_reminders": Line("management", "P", ("write",), body={}),
    "list_saved_views": Line("management", "P"),
    "save_view": Line("management", "P", body={"name": "To look at", "query": "status=living"}),
    "remove_view": Line("management", "P", query={"name": "Nothing"}, answered="hidden"),
    "list_measures": Line("cooperation", "RSFVUOP"),
    "show_calendar": Line("cooperation", INSIDE),
    "make_calendar_feed": Line("cooperation", INSIDE, tokens=False),
    "show_my_calendar": Line("somebody"),
    "list_my_calendar_feeds": Line("somebody"),
    "make_my_calendar_feed": Line("somebody", tokens=False),
    "revoke_my_calendar_feed": Line("somebody", answered="hidden"),  # of nobody's
    "ask_calendar_feed": Line("anybody", scopes=(), answered="hidden"),  # nobody's
    "list_my_decisions": Line("somebody"),
    "list_my_answers": Line("somebody"),
    "list_my_cooperations": Line("somebody"),
    "list_decisions": Line("cooperation", "RSFVUOP"),
    "show_decision": Line("cooperation", "RSFVUOP"),
    "list_reviews": Line("cooperation", "RSFVUOP"),
    "show_review": Line("cooperation", "RSFVUOP"),
    "list_disagreements": Line("cooperation"),
    "show_disagreement": Line("cooperation"),
    # It is raised, between beta and gamma: for the parties and the facilitator.
    "read_disagreement": Line("cooperation", "RF", administrator=False),
    "list_journal": Line("cooperation", INSIDE),
    "list_programmes": Line("somebody"),
    "add_programme": Line("operation", "", _KEEPING, body={"id": "tests", "name": "T"}),
    "show_programme": Line("programme"),
    "change_programme": Line("management", "P", _KEEPING, body={}),
    "remove_programme": Line("programme", "", _KEEPING),
    "list_people": Line("management", "P", _KEEPING),
    "add_person": Line("management", "P", _KEEPING, body={"id": "kim", "name": "Kim"}),
    "show_person": Line("management", "P", _KEEPING),
    "change_person": Line("management", "P", _KEEPING, body={}),
    "remove_person": Line("management", "P", _KEEPING),
    "erase_person_from_programme": Line("programme", "P", _KEEPING, administrator=False, body={}),
    "list_organisations": Line("programme", scopes=_KEEPING),
    "add_organisation": Line(
        "management", "P", _KEEPING, body={"id": "beta", "name": "Beta", "category": "state"}
    ),
    "show_organisation": Line("programme", scopes=_KEEPING),
    "change_organisation": Line("management", "P", _KEEPING, body={}),
    "remove_organisation": Line("management", "P", _KEEPING),
    "import_directory": Line("management", "P", _KEEPING, query={"dry_run": "true"}),
    "show_operation": Line("owner", scopes=("read", "write", "act")),
    "list_refusals": Line("management", "P"),
    "follow_cooperation": Line("cooperation", INSIDE, query={"seconds": "0"}),
    "follow_programme": Line("management", "P", query={"seconds": "0"}),
    "list_webhooks": Line("management", "P", ("webhooks",)),
    # Loopback is refused here: it shows who gets in, and nothing is sent anywhere.
    "add_webhook": Line("management", "P", ("webhooks",), body={"url": "https://127.0.0.1/"}),
    "show_webhook": Line("management", "P", ("webhooks",)),
    "change_webhook": Line("management", "P", ("webhooks",), body={}),
    "remove_webhook": Line("management", "P", ("webhooks",)),
    "rotate_webhook_secret": Line("management", "P", ("webhooks",), body={}),
    "test_webhook": Line("management", "P", ("webhooks",)),
    "list_webhook_deliveries": Line("management", "P", ("webhooks",)),
    "show_webhook_delivery": Line("management", "P", ("webhooks",)),
    "redeliver_webhook_delivery": Line("management", "P", ("webhooks",)),
    "redeliver_dead": Line(
        "management", "P", ("webhooks",), body={"since": "2026-01-01T00:00:00Z"}
    ),
}

# Those that R may give for an organisation of their own, here beta, party of disagreement-1.
_OWN = {
    "describe_member",
    "withdraw_member",
    "appoint_representative",
    "sign_charter",
    "record_measure",
    "update_action",  # there is none here: it is nobody else's
    "cast_ballot",
    "withdraw_objection",
    "delegate_ballot",
    "veto_decision",
    "settle_disagreement",
    "withdraw_disagreement",
    "escalate_disagreement",
    "accept_mediator",
    "stop_mediation",
}


def _givers(command: str) -> str:
    """Return the letters of those who may give a command as it is posted here."""
    cells = TABLE[command]
    found = {letter for letter, cell in cells.items() if cell == ALWAYS}
    if command in _OWN:
        found.add("R")
    if "R" in found and cells["R"] == ALWAYS:
        found.add("S")  # who represents the holder of the support function is a representative
    return "".join(found)


def _posted(example: dict[str, Any]) -> dict[str, Any]:
    ours = {"organisation": "beta", "from": "beta"}
    return {
        name: ours[name] if name in ours and isinstance(value, str) else value
        for name, value in example.items()
    }


for _route in ROUTES:
    _is_opening = _route.command == "open_cooperation"
    ACCESS[_route.command] = Line(
        "programme" if _is_opening else "cooperation",
        # Representatives elsewhere open cooperations too; none of these is one in the programme.
        "P" if _is_opening else _givers(_route.command),
        scopes=("write", "act"),
        administrator=False,
        body=_posted(example_of(_route)),
    )
