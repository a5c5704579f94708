"""Where each command is posted.

A path names the thing that the command is about, and what becomes of it as a noun. What stands in
the path is not repeated in the body.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

PROGRAMME: Final = "/programmes/{programme}/cooperations"
COOPERATION: Final = PROGRAMME + "/{cooperation}"


@dataclass(frozen=True)
class Created:
    """How the thing is found that a command creates.

    Attributes:
        event: the type of the event that tells of it.
        path: where it is, below the cooperation, with fields of the event in braces; empty for the
            cooperation itself.
    """

    event: str
    path: str


@dataclass(frozen=True)
class CommandRoute:
    """Where a command is posted.

    Attributes:
        command: its wire name.
        path: below the cooperation; parts in braces are fields of the command.
        tag: the kind of thing that it is about.
        summary: what it does, in English.
        example: its payload: with the ids of the path, as people would give it.
        created: what it creates, if it does.
    """

    command: str
    path: str
    tag: str
    summary: str
    example: Mapping[str, Any] = field(default_factory=dict)
    created: Created | None = None

    @property
    def full_path(self) -> str:
        """The path below ``/v1``."""
        return PROGRAMME if self.command == "open_cooperation" else f"{COOPERATION}{self.path}"


_DISAGREEMENT: Final = {"disagreement": "disagreement-1"}
_DECISION: Final = {"decision": "decision-1"}
_OBJECTION: Final = {**_DECISION, "organisation": "ferme-du-gue"}
_VISION: Final = {
    "issue": "Food that is grown here is not eaten here",
    "territory": "Bocage of the Gué",
    "horizon_year": 2035,
    "desired_future": "Half of what canteens serve is grown within 30 km",
    "contributors": ["ferme-du-gue", "commune-bocage", "amap-des-haies"],
}

ROUTES: Final[tuple[CommandRoute, ...]] = (
    CommandRoute(
        "open_cooperation",
        "",
        "cooperations",
        "Open a cooperation",
        {
            "cooperation": "bocage-gourmand",
            "title": "Bocage gourmand",
            "issue": "Food that is grown here is not eaten here",
            "territory": "Bocage of the Gué",
            "lifecycle": "impact-collectif",
            "policy": "reference",
            "facilitator": "fabien",
        },
        Created("cooperation_opened", ""),
    ),
    CommandRoute(
        "pause_cooperation",
        "/pause",
        "cooperations",
        "Pause a cooperation",
        {"reason": "Harvest", "clocks": "freeze"},
    ),
    CommandRoute(
        "resume_cooperation",
        "/resumption",
        "cooperations",
        "Resume a cooperation",
        {"reason": "The harvest is in"},
    ),
    CommandRoute(
        "close_cooperation",
        "/closing",
        "cooperations",
        "Close a cooperation whose members decided to",
        {"report": "What we did, and what others may learn from it"},
    ),
    CommandRoute(
        "admit_member",
        "/members",
        "members",
        "Admit an organisation",
        {
            "organisation": {
                "id": "ferme-du-gue",
                "name": "Ferme du Gué",
                "category": "business",
            },
            "representative": "louise",
            "alternate": "martin",
        },
        Created("member_invited", "/members/{organisation}"),
    ),
    CommandRoute(
        "describe_member",
        "/members/{organisation}/profile",
        "members",
        "Describe an organisation to its partners",
        {
            "organisation": "ferme-du-gue",
            "profile": {"logic": "Sells at the farm", "constraints": "Little time in summer"},
        },
    ),
    CommandRoute(
        "appoint_representative",
        "/members/{organisation}/representative",
        "members",
        "Say who speaks for an organisation",
        {"organisation": "ferme-du-gue", "person": "martin"},
    ),
    CommandRoute(
        "suspend_member",
        "/members/{organisation}/suspension",
        "members",
        "Suspend an organisation",
        {"organisation": "ferme-du-gue", "reason": "Not seen for a year"},
    ),
    CommandRoute(
        "reinstate_member",
        "/members/{organisation}/reinstatement",
        "members",
        "Reinstate a suspended organisation",
        {"organisation": "ferme-du-gue", "reason": "Back again"},
    ),
    CommandRoute(
        "withdraw_member",
        "/members/{organisation}/withdrawal",
        "members",
        "Let an organisation leave",
        {"organisation": "ferme-du-gue", "reason": "Retires"},
    ),
    CommandRoute(
        "assign_role",
        "/roles",
        "people",
        "Give somebody a role",
        {"person": "elena", "role": "evaluator"},
    ),
    CommandRoute(
        "revoke_role",
        "/roles/revocation",
        "people",
        "Take a role from somebody",
        {"person": "elena", "role": "evaluator"},
    ),
    CommandRoute(
        "erase_person",
        "/erasures",
        "people",
        "Replace a person by a tombstone, for good",
        {"person": "louise"},
    ),
    CommandRoute(
        "draft_document",
        "/documents/{kind}/versions",
        "documents",
        "Draft the next version of a document",
        {"kind": "shared_vision", "content": _VISION},
        Created("document_drafted", "/documents/{kind}/versions/{version}"),
    ),
    CommandRoute(
        "submit_document",
        "/documents/{kind}/submission",
        "documents",
        "Submit the newest draft to the decision of the members",
        {"kind": "shared_vision", "closes_at": "2030-03-01T18:00:00Z"},
        Created("decision_opened", "/decisions/{decision}"),
    ),
    CommandRoute(
        "sign_charter",
        "/documents/charter/signatures",
        "documents",
        "Sign the charter for an organisation",
        {"organisation": "ferme-du-gue"},
    ),
    CommandRoute(
        "update_action",
        "/actions/{action}/updates",
        "documents",
        "Tell how an action of the roadmap is going",
        {"action": "a1", "status": "done", "learning": "Ask the cooks first"},
    ),
    CommandRoute(
        "open_decision",
        "/decisions",
        "decisions",
        "Open a decision",
        {
            "decision": "canteen-price",
            "subject": "other",
            "question": "Do we ask the canteens for a fixed price?",
            "rule": {"name": "qualified_majority", "threshold": "2/3"},
            "closes_at": "2030-03-01T18:00:00Z",
        },
        Created("decision_opened", "/decisions/{decision}"),
    ),
    CommandRoute(
        "cast_ballot",
        "/decisions/{decision}/ballots",
        "decisions",
        "Answer for an organisation",
        {**_DECISION, "organisation": "ferme-du-gue", "choice": "consent"},
    ),
    CommandRoute(
        "record_session_vote",
        "/decisions/{decision}/session-vote",
        "decisions",
        "Record the ballots given in a meeting, and close",
        {**_DECISION, "ballots": {"ferme-du-gue": "yes", "commune-bocage": "no"}},
    ),
    CommandRoute(
        "delegate_ballot",
        "/delegations",
        "decisions",
        "Let another organisation answer",
        {"from": "ferme-du-gue", "to": "amap-des-haies", **_DECISION},
    ),
    CommandRoute(
        "qualify_objection",
        "/decisions/{decision}/objections/{organisation}/qualification",
        "decisions",
        "Qualify an objection, or make it a concern",
        {**_OBJECTION, "verdict": "qualified"},
    ),
    CommandRoute(
        "withdraw_objection",
        "/decisions/{decision}/objections/{organisation}/withdrawal",
        "decisions",
        "Withdraw an objection",
        _OBJECTION,
    ),
    CommandRoute(
        "integrate_objection",
        "/decisions/{decision}/objections/{organisation}/integration",
        "decisions",
        "Integrate an objection into the proposal",
        {**_OBJECTION, "amendment": {"horizon_year": 2032}, "material": True},
    ),
    CommandRoute(
        "close_decision",
        "/decisions/{decision}/closing",
        "decisions",
        "Close a decision in which everyone has answered",
        _DECISION,
    ),
    CommandRoute(
        "cancel_decision",
        "/decisions/{decision}/cancellation",
        "decisions",
        "Cancel a decision",
        {**_DECISION, "reason": "The question was not clear"},
    ),
    CommandRoute(
        "recall_decision",
        "/decisions/{decision}/recall",
        "decisions",
        "Call a second time for a decision that lapsed",
        _DECISION,
    ),
    CommandRoute(
        "veto_decision",
        "/decisions/{decision}/vetoes",
        "decisions",
        "Veto a decision, where the charter allows it",
        {**_DECISION, "organisation": "commune-bocage", "reason": "Against the law"},
    ),
    CommandRoute(
        "propose_mandate",
        "/mandates",
        "mandates",
        "Propose who holds the support function",
        {
            "holder": "amap-des-haies",
            "missions": ["coordinate", "facilitate", "inform", "measure"],
            "hours_month": 20,
            "ends_on": "2031-12-31",
        },
        Created("decision_opened", "/decisions/{decision}"),
    ),
    CommandRoute(
        "end_mandate",
        "/mandates/ending",
        "mandates",
        "End the mandate that runs",
        {"reason": "The holder closes"},
    ),
    CommandRoute(
        "record_meeting",
        "/meetings",
        "meetings",
        "Record a meeting",
        {
            "meeting": "plenary-2030-02",
            "kind": "plenary",
            "attendees": ["ferme-du-gue", "commune-bocage"],
            "minutes": "We agreed to meet every two months",
        },
        Created("meeting_recorded", "/meetings/{meeting}"),
    ),
    CommandRoute(
        "publish_minutes",
        "/meetings/{meeting}/minutes",
        "meetings",
        "Publish the minutes of a meeting",
        {"meeting": "plenary-2030-02", "minutes": "We agreed to meet every two months"},
    ),
    CommandRoute(
        "record_pulse",
        "/pulses",
        "meetings",
        "Record how members find the cooperation, out of five",
        {"score": 3.8, "answers": 9, "asked": 12},
    ),
    CommandRoute(
        "record_measure",
        "/measures",
        "measures",
        "Record the value of an indicator",
        {"indicator": "i1", "value": 12.5, "organisation": "ferme-du-gue", "period": "2030-02"},
    ),
    CommandRoute(
        "raise_disagreement",
        "/disagreements",
        "disagreements",
        "Raise a disagreement",
        {
            "subject": "The price of milk",
            "content": "The canteens ask for less than it costs",
            "parties": ["ferme-du-gue", "commune-bocage"],
            "touches": "money",
            "blocking": False,
        },
        Created("disagreement_raised", "/disagreements/{disagreement}"),
    ),
    CommandRoute(
        "triage_disagreement",
        "/disagreements/{disagreement}/triage",
        "disagreements",
        "Say how a disagreement goes on",
        {**_DISAGREEMENT, "verdict": "accept"},
    ),
    CommandRoute(
        "escalate_disagreement",
        "/disagreements/{disagreement}/escalation",
        "disagreements",
        "Take a disagreement to its next step",
        _DISAGREEMENT,
    ),
    CommandRoute(
        "withdraw_disagreement",
        "/disagreements/{disagreement}/withdrawal",
        "disagreements",
        "Withdraw a disagreement",
        _DISAGREEMENT,
    ),
    CommandRoute(
        "settle_disagreement",
        "/disagreements/{disagreement}/settlement",
        "disagreements",
        "Settle a disagreement",
        {**_DISAGREEMENT, "agreed_text": "The price follows the index"},
    ),
    CommandRoute(
        "appoint_mediator",
        "/disagreements/{disagreement}/mediator",
        "disagreements",
        "Propose a mediator",
        {**_DISAGREEMENT, "person": "marc"},
    ),
    CommandRoute(
        "accept_mediator",
        "/disagreements/{disagreement}/mediator/acceptance",
        "disagreements",
        "Accept the mediator for a party",
        {**_DISAGREEMENT, "organisation": "ferme-du-gue"},
    ),
    CommandRoute(
        "stop_mediation",
        "/disagreements/{disagreement}/mediation/stop",
        "disagreements",
        "Stop a mediation",
        {**_DISAGREEMENT, "organisation": "ferme-du-gue"},
    ),
    CommandRoute(
        "extend_mediation",
        "/disagreements/{disagreement}/mediation/extension",
        "disagreements",
        "Give a mediation more time, once",
        _DISAGREEMENT,
    ),
    CommandRoute(
        "conclude_mediation",
        "/disagreements/{disagreement}/mediation/conclusion",
        "disagreements",
        "Conclude a mediation",
        {**_DISAGREEMENT, "outcome": "agreement", "agreed_text": "The price follows the index"},
    ),
    CommandRoute(
        "record_lasting_disagreement",
        "/disagreements/{disagreement}/lasting",
        "disagreements",
        "Record that a disagreement lasts",
        _DISAGREEMENT,
    ),
    CommandRoute(
        "confirm_follow_up",
        "/disagreements/{disagreement}/follow-up",
        "disagreements",
        "Say whether what ended a disagreement holds",
        {**_DISAGREEMENT, "holds": True},
    ),
    CommandRoute(
        "open_review",
        "/reviews",
        "reviews",
        "Open a review",
        {"review": "annual-2030", "kind": "annual", "period": "2029"},
        Created("review_opened", "/reviews/{review}"),
    ),
    CommandRoute(
        "propose_change",
        "/reviews/{review}/changes",
        "reviews",
        "Propose a change in a review",
        {"review": "annual-2030", "target": "roadmap", "text": "Fewer actions at a time"},
        Created("change_proposed", "/reviews/{review}"),
    ),
    CommandRoute(
        "resolve_change",
        "/reviews/{review}/changes/{change}/resolution",
        "reviews",
        "Accept, decline or defer a proposed change",
        {"review": "annual-2030", "change": "change-1", "verdict": "accepted"},
    ),
    CommandRoute(
        "close_review",
        "/reviews/{review}/closing",
        "reviews",
        "Close a review",
        {
            "review": "annual-2030",
            "expected": "Ten canteens",
            "observed": "Seven canteens",
            "why": "Two kitchens were rebuilt",
            "lessons": ["Ask the cooks first"],
            "summary_published": True,
        },
    ),
    CommandRoute(
        "request_gate",
        "/gates/{gate}/requests",
        "gates",
        "Ask for the passage of a gate",
        {"gate": "to_structuration"},
    ),
    CommandRoute(
        "waive_gate",
        "/gates/{gate}/waivers",
        "gates",
        "Propose to pass a gate all the same",
        {"gate": "to_structuration", "reason": "The season does not wait"},
    ),
    CommandRoute(
        "cosign_waiver",
        "/gates/{gate}/waivers/cosignature",
        "gates",
        "Sign a waiver for the programme",
        {"gate": "to_structuration", "reason": "Agreed"},
    ),
)
"""One route for each command."""
