"""What decisions, tasks and dates are about: their codes in words, or what people wrote."""

from __future__ import annotations

import re
from typing import Final

from coopflow.domain.policy import REVIEW_LABELS
from coopflow.domain.tools import KIND_LABELS
from coopflow.wording.naming import Names
from coopflow.wording.phrases import Phrases

_ID: Final = r"[A-Za-z0-9][A-Za-z0-9._:@-]*"
_CODED: Final = re.compile(rf"([a-z_]+):({_ID})|({_ID})")
_MEETINGS: Final = frozenset({"plenary", "committee", "working_group", "discovery"})
_ALONE: Final = frozenset({"closing", "mandate", "money", "other"})
"""What is all said by its kind."""

_WRITTEN: Final = frozenset(
    {
        *("action_due", "update_action", "resolve_change", "close_cooperation"),
        *("disagreement_limit", "triage_disagreement", "settle_disagreement", "appoint_mediator"),
        *("accept_mediator", "conclude_mediation", "ask_collective", "put_to_members"),
        *("end_separation", "confirm_follow_up"),
    }
)
"""The kinds of tasks and dates that are about what people wrote, whatever it looks like."""


def is_written(kind: str) -> bool:
    """Whether tasks or dates of a kind are about what people wrote, such as actions."""
    return kind.removeprefix("task:") in _WRITTEN


def needs_names(subject: str) -> bool:
    """Whether a definition, or the members of a cooperation, may have a name for it."""
    coded = _CODED.fullmatch(subject)
    if coded is None or subject in {*KIND_LABELS, *REVIEW_LABELS, *_MEETINGS, *_ALONE}:
        return False
    return (coded[1] or coded[3]) != "document"


def subject_said(subject: str, say: Phrases, names: Names) -> str:
    """Say what something is about; what people have written stays as it is.

    Args:
        subject: of a decision, as ``admission:org-a``; or of a task or a date, where a kind of
            document, meeting or review, a gate or a condition may stand alone.
        say: the words of a language.
        names: those of the cooperation.
    """
    coded = _CODED.fullmatch(subject)
    if coded is None:
        return subject
    kind, thing = coded[1] or coded[3], coded[2]
    if thing is None:
        return _alone(kind, say, names)
    if kind == "document" and thing in KIND_LABELS:
        return say(f"document.{thing}")
    if kind == "gate":  # its label says that it is one
        return names.gate(thing)
    if not say.knows(f"matter.{kind}"):
        return subject
    called = names.organisation(thing) if kind in {"admission", "exclusion"} else thing
    if kind in {"return", "waiver"}:
        called = names.labelled(thing) or thing
    return say(f"matter.{kind}", about=called)


def _alone(kind: str, say: Phrases, names: Names) -> str:
    for family, known in (
        ("document", KIND_LABELS),
        ("review", REVIEW_LABELS),
        ("meeting", _MEETINGS),
        ("matter", _ALONE),
    ):
        if kind in known:
            return say(f"{family}.{kind}")
    return names.labelled(kind) or kind
