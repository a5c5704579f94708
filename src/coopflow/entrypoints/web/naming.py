"""What the things of a cooperation are called, for the readers of its pages."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final, Literal

from coopflow.domain.base import Label
from coopflow.domain.policy import REVIEW_LABELS
from coopflow.domain.tools import KIND_LABELS
from coopflow.entrypoints.web.cooperation import CooperationPage

Family = Literal[
    "condition", "document", "gate", "meeting", "organisation", "review", "subject", "nothing"
]
"""What kind of thing an id is of; ``nothing`` for one that says nothing to people."""

_DECIDED: Final[Mapping[str, Label]] = {
    "mandate": Label(en="support mandate", fr="mandat de soutien"),
    "admission": Label(en="admission of {}", fr="admission : {}"),
    "exclusion": Label(en="exclusion of {}", fr="exclusion : {}"),
    "gate": Label(en="ratification: {}", fr="ratification : {}"),
    "waiver": Label(en="waiver: {}", fr="dérogation : {}"),
    "closing": Label(en="closing the cooperation", fr="clôture de la coopération"),
}
"""What decisions without a question are about."""


def named(page: CooperationPage, family: Family, about: str) -> str:
    """Return what a thing is called; its id where nothing names it."""
    namers: Mapping[Family, Callable[[str], str]] = {
        "condition": lambda one: _condition(page, one),
        "document": lambda one: page.say(f"document.{one}") if one in KIND_LABELS else one,
        "gate": page.names.gate,
        "meeting": lambda one: page.say(f"meeting.{one}"),
        "organisation": page.organisation,
        "review": lambda one: page.say(f"review.{one}"),
        "subject": lambda one: subject_words(page, one),
        "nothing": lambda _: "",
    }
    return namers[family](about)


def _condition(page: CooperationPage, about: str) -> str:
    """Name a condition, or a guard of a gate."""
    guard = page.rules.criteria.get(about) if page.rules else None
    return page.say.label(guard.label) if guard else page.names.condition(about).label


def subject_words(page: CooperationPage, subject: str) -> str:
    """Return what a decision or a task is about; a text that people wrote stays as it is."""
    if subject in KIND_LABELS:
        return page.say(f"document.{subject}")
    if subject in REVIEW_LABELS:
        return page.say(f"review.{subject}")
    if page.rules is not None and page.rules.lifecycle.gate(subject):
        return page.names.gate(subject)
    kind, _, about = subject.partition(":")
    if kind == "document":
        return named(page, "document", about)
    label = _DECIDED.get(kind)
    if label is None:
        return subject
    family: Family = "gate" if kind in {"gate", "waiver"} else "organisation"
    return page.say.label(label).format(named(page, family, about))
