"""What decisions, disagreements, meetings and other things are called where a journal is told."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from coopflow.domain.policy import REVIEW_LABELS
from coopflow.domain.tools import KIND_LABELS
from coopflow.wording.phrases import Phrases
from coopflow.wording.telling import Teller


@dataclass(frozen=True)
class Called:
    """What people call the things of a cooperation, by id.

    Attributes:
        decisions: titles.
        disagreements: what they are about.
        meetings: which kind, and when.
        reviews: which kind, and of which period, if any.
        indicators: definitions.
        actions: titles.
    """

    decisions: Mapping[str, str]
    disagreements: Mapping[str, str]
    meetings: Mapping[str, tuple[str, datetime]]
    reviews: Mapping[str, tuple[str, str | None]]
    indicators: Mapping[str, str]
    actions: Mapping[str, str]


def named_things(called: Called, say: Phrases) -> dict[str, Mapping[str, str]]:
    """Return what things are called, as a ``Teller`` asks for it: by the names of fields."""

    def quotes(given: Mapping[str, str]) -> dict[str, str]:
        return {slug: quoted(say, one) for slug, one in given.items()}

    decisions, disagreements = quotes(called.decisions), quotes(called.disagreements)
    kinds = {kind: say.label(label) for kind, label in KIND_LABELS.items()}
    kinds_of_review = {kind: say.label(label) for kind, label in REVIEW_LABELS.items()}
    return {
        "decision": decisions,
        "disagreement": disagreements,
        "meeting": {
            slug: f"{say(f'meeting.{kind}')}, {say.day(at)}"
            for slug, (kind, at) in called.meetings.items()
        },
        "review": {slug: review_named(say, *one) for slug, one in called.reviews.items()},
        "indicator": quotes(called.indicators),
        "action": quotes(called.actions),
        "target": {**called.actions, **kinds},
        # What alerts are about, whatever it is.
        "about": {
            **kinds,
            **kinds_of_review,
            "plenary": say("meeting.plenary"),
            **decisions,
            **disagreements,
        },
    }


def decision_named(
    teller: Teller, say: Phrases, question: str | None, subject: str, version: int | None
) -> str:
    """Return what a decision is called: its question, else what it is about.

    Args:
        teller: names what it is about.
        say: the language.
        question: as people have put it, if they have.
        subject: as the decision has it.
        version: of the document that is decided upon, if it is about one.
    """
    if question:
        return question
    kind, _, thing = subject.partition(":")
    if kind == "document" and version is not None:
        named = say(f"document.{thing}")
        return capital(say("matter.version", about=named, version=version))
    return capital(teller.subject(subject))


def review_named(say: Phrases, kind: str, period: str | None) -> str:
    """Return what a review is called: its kind, and the period that it is about."""
    words = say(f"review.{kind}")
    return f"{words}, {period}" if period else words


def capital(words: str) -> str:
    """Return words with a capital letter in front."""
    return words[:1].upper() + words[1:]


def quoted(say: Phrases, words: str) -> str:
    """Put words in the quotation marks of the language."""
    return f"« {words} »" if say.language == "fr" else f"“{words}”"
