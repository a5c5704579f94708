"""Where people find what tasks and dates are about: the pages below those of a cooperation."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

PLACES: Final[Mapping[str, str]] = {
    "decision_closes": "decisions/{thing}",
    "meeting": "meetings/{thing}",
    "document_expires": "documents/{subject}",
    "mandate_ends": "people",
    "funding_ends": "documents/support_model",
    "cure_clock": "gates",
    "reservation": "gates",
    "action_due": "documents/roadmap",
    "disagreement_limit": "disagreements/{thing}",
    "review_due": "reviews",
    "renewal_due": "gates/{thing}",
    **dict.fromkeys(
        ("task:answer", "task:object", "task:qualify_objection", "task:integrate_objection"),
        "decisions/{thing}",
    ),
    **dict.fromkeys(
        (
            *("task:triage_disagreement", "task:settle_disagreement", "task:appoint_mediator"),
            *("task:accept_mediator", "task:conclude_mediation", "task:ask_collective"),
            *("task:put_to_members", "task:end_separation", "task:confirm_follow_up"),
        ),
        "disagreements/{thing}",
    ),
    "task:open_review": "reviews",
    "task:resolve_change": "reviews/{thing}",
    "task:close_review": "reviews/{thing}",
    "task:sign_charter": "documents/charter",
    "task:renew_document": "documents/{thing}",
    "task:update_action": "documents/roadmap",
    "task:propose_mandate": "people",
    "task:cosign_waiver": "gates/{thing}",
    "task:request_renewal": "gates/{thing}",
    "task:close_cooperation": "",
}
"""Where kinds of items are found below the pages of their cooperation."""


def place_below(kind: str, about: str, subject: str) -> tuple[str, ...]:
    """Return the parts of the path below a cooperation where something is found.

    Args:
        kind: of the date; of a task its kind behind ``task:``.
        about: what tells it from others of its kind.
        subject: what it is about.
    """
    thing = about.partition("/")[0]
    below = PLACES[kind].format(thing=thing, subject=subject)
    return tuple(below.split("/")) if below else ()
