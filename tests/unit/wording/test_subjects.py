"""What decisions, tasks and dates are about, in words."""

from __future__ import annotations

import pytest

from coopflow.application.callers import Language
from coopflow.wording.naming import Names, known_rules
from coopflow.wording.phrases import Phrases
from coopflow.wording.subjects import is_written, needs_names, subject_said


def names(language: Language) -> Names:
    rules = known_rules("impact-collectif@1", "reference@1")
    assert rules is not None
    return Names(
        rules, Phrases(language), {"org-9": "Les Paniers", "Org-A": "La Grange", "a:b": "Le Moulin"}
    )


@pytest.mark.parametrize(
    ("subject", "french", "english"),
    [
        ("document:charter", "charte de coopération", "cooperation charter"),
        ("charter", "charte de coopération", "cooperation charter"),
        ("gate:to_structuration", "Passage à la structuration", "Passage to structuring"),
        ("renewal", "Renouvellement annuel", "Yearly renewal"),
        (
            "waiver:to_structuration",
            "dérogation : Passage à la structuration",
            "waiver: Passage to structuring",
        ),
        ("admission:org-9", "admission : Les Paniers", "admission of Les Paniers"),
        ("exclusion:org-9", "exclusion : Les Paniers", "exclusion of Les Paniers"),
        ("return:structuration", "retour à l'étape « Structuration »", "return to Structuring"),
        ("mandate", "mandat de soutien", "support mandate"),
        ("closing", "clôture de la coopération", "closing the cooperation"),
        ("quarterly", "bilan trimestriel", "quarterly review"),
        ("working_group", "groupe de travail", "working group"),
        ("common_plan", "Un plan d'action commun", "A common plan of action"),
        ("mandate: who?", "mandate: who?", "mandate: who?"),
        ("Une question ?", "Une question ?", "Une question ?"),
        ("compost", "compost", "compost"),
        ("unknown:thing", "unknown:thing", "unknown:thing"),
        ("admission:Org-A", "admission : La Grange", "admission of La Grange"),
        ("exclusion:a:b", "exclusion : Le Moulin", "exclusion of Le Moulin"),
        ("gate:X1", "X1", "X1"),
        ("disagreement:D1", "désaccord D1", "disagreement D1"),
    ],
)
def test_what_something_is_about_is_said_in_words(subject: str, french: str, english: str) -> None:
    """As definitions and members are called; what people wrote stays as it is."""
    assert subject_said(subject, Phrases("fr"), names("fr")) == french
    assert subject_said(subject, Phrases("en"), names("en")) == english


def test_names_are_looked_up_for_what_has_some() -> None:
    """Kinds have their words everywhere, and questions are their own."""
    needing = ("admission:org-9", "gate:renewal", "to_structuration", "common_plan")
    assert all(map(needs_names, needing))
    for plain in ("document:charter", "charter", "annual", "plenary", "mandate", "Une question ?"):
        assert not needs_names(plain)


def test_ids_of_definitions_may_have_capitals_digits_and_hyphens() -> None:
    """As all ids that people choose."""
    assert needs_names("members-enough")
    assert needs_names("admission:Org-A")


def test_some_kinds_are_about_what_people_wrote() -> None:
    """A disagreement over ``money`` stays what they called it."""
    assert is_written("disagreement_limit")
    assert is_written("task:update_action")
    assert not is_written("cure_clock")
    assert not is_written("task:answer")


def test_without_a_definition_ids_serve() -> None:
    """A machine may have other files than those that a cooperation follows."""
    say = Phrases("fr")
    assert subject_said("common_plan", say, Names(None, say)) == "common_plan"
    assert subject_said("admission:org-9", say, Names(None, say)) == "admission : org-9"
