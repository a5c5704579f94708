"""What the things of a cooperation are called, for the readers of its pages."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Literal

from coopflow.domain.tools import KIND_LABELS
from coopflow.entrypoints.web.cooperation import CooperationPage
from coopflow.wording.subjects import subject_said

Family = Literal[
    "condition", "document", "gate", "meeting", "organisation", "review", "subject", "nothing"
]
"""What kind of thing an id is of; ``nothing`` for one that says nothing to people."""


def named(page: CooperationPage, family: Family, about: str) -> str:
    """Return what a thing is called; its id where nothing names it."""
    namers: Mapping[Family, Callable[[str], str]] = {
        "condition": lambda one: _condition(page, one),
        "document": lambda one: page.say(f"document.{one}") if one in KIND_LABELS else one,
        "gate": page.names.gate,
        "meeting": lambda one: page.say(f"meeting.{one}"),
        "organisation": page.organisation,
        "review": lambda one: page.say(f"review.{one}"),
        "subject": lambda one: subject_said(one, page.say, page.names),
        "nothing": lambda _: "",
    }
    return namers[family](about)


def _condition(page: CooperationPage, about: str) -> str:
    """Name a condition, or a guard of a gate."""
    guard = page.rules.criteria.get(about) if page.rules else None
    return page.say.label(guard.label) if guard else page.names.condition(about).label
