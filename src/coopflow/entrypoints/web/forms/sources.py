"""What ids in forms stand for: which things are offered to choose among, which are made up."""

from __future__ import annotations

from typing import Final

ONE_LINE: Final = frozenset(
    {
        *("name", "title", "territory", "unit", "source", "subject", "public_contact", "period"),
        *("beneficiaries", "funders", "touches", "choice", "kind", "accountable_to", "roles"),
        *("Link.from", "Link.to", "VetoRight.subjects", "Commitment.resource", "value", "key"),
        *("Action.resources", "Action.deliverable", "ProposeChange.target"),
        *("IdentitySheet.levers", "SharedVision.values"),
    }
)
"""Texts that fit on a line, by field or by model and field; all others may have several lines."""

NEW: Final = frozenset(
    {
        "OpenDecision.decision",
        "ProposeMandate.decision",
        "SubmitDocument.decision",
        "OpenReview.review",
        "ProposeChange.change",
        "RaiseDisagreement.disagreement",
        "RecordMeeting.meeting",
        "OpenCooperation.cooperation",
    }
)
"""Ids of what a command creates: nothing that is known already."""

_SOURCES: Final = {
    "organisation": "members",
    "contributors": "members",
    "members": "members",
    "support_holder": "members",
    "collector": "members",
    "lead": "members",
    "member": "members",
    "holder": "members",
    "deputy": "members",
    "owner": "members",
    "parties": "members",
    "attendees": "members",
    "recused": "members",
    "DelegateBallot.from": "members",
    "DelegateBallot.to": "members",
    "RecordSessionVote.ballots.key": "members",
    "RecordSessionVote.ballots.value": "choices",
    "Weighted.weights.key": "members",
    "Colleges.weights.key": "colleges",
    "college": "colleges",
    "AppointMediator.person": "mediators",
    "person": "people",
    "representative": "people",
    "alternate": "people",
    "facilitator": "people",
    "decision": "decisions",
    "review": "reviews",
    "ReviewRecord.review": "reviews",
    "change": "changes",
    "disagreement": "disagreements",
    "gate": "gates",
    "meeting": "meetings",
    "action": "actions",
    "indicator": "indicators",
    "measures": "indicators",
    "cites": "indicators",
    "Action.objective": "objectives",
    "Action.depends_on": "own_actions",
    "lifecycle": "lifecycles",
    "policy": "policies",
    "programme": "programmes",
    "OpenDecision.subject": "subjects",
    "CastBallot.choice": "choices",
    "VetoRight.subjects": "matters",
    "RaiseDisagreement.touches": "touches",
    "Link.from": "actors",
    "Link.to": "actors",
}

TYPED: Final = {
    "actors": ("actors", "name", "name"),
    "own_actions": ("actions", "id", "title"),
}
"""Sources that a form holds itself: the list, the field by which its items are named, and the one
that says what they are called."""

SECRET: Final = frozenset({"choices"})
"""Sources of what may be secret: fields that hold it are kept nowhere before they are sent."""

NEEDED: Final = frozenset({"VetoDecision.reason"})
"""What commands are refused without, although their shape lets it be left out."""

NUMBERED: Final = {
    "Objective.id": "objectif",
    "Indicator.id": "indicateur",
    "Action.id": "action",
}
"""Ids that are made up where people leave them out: they tell things apart, and mean nothing."""


MADE_OF: Final = {
    "Organisation.id": "name",
    "OpenCooperation.cooperation": "title",
}
"""Ids that are made of another text beside them where people leave them out."""


def source_of(about: str, name: str) -> str | None:
    """Return of which things a field names some: by its model and name, or by its name."""
    if about in NEW:
        return None
    return _SOURCES.get(about) or _SOURCES.get(name or about.rpartition(".")[2])
