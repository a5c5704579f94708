"""What journals count in the plural is singular where it is one."""

from __future__ import annotations

import pytest

from coopflow.domain.base import Label
from coopflow.wording.agreement import agreed
from coopflow.wording.phrases import Phrases


@pytest.mark.parametrize(
    ("recorded", "french"),
    [
        ("1 réponses sur 3, quorum de 1/2", "1 réponse sur 3, quorum de 1/2"),
        ("2 oui sur 1 votants", "2 oui sur 1 votant"),
        ("11 réponses sur 12", "11 réponses sur 12"),
        ("2/1 réponses", "2/1 réponses"),
    ],
)
def test_one_answer_is_singular(recorded: str, french: str) -> None:
    """A journal stays as it was written: it is put right where it is read."""
    assert agreed(recorded, "fr") == french


def test_one_answer_is_singular_in_english() -> None:
    """Unlike none."""
    assert agreed("1 stand aside of 1 answers", "en") == "1 stand aside of 1 answer"
    assert agreed("0 answers", "en") == "0 answers"


@pytest.mark.parametrize(
    "written", ["Pacte 2030 (s)", "1,5 mois(s)", "Version 1 of grid(s)", "9" * 5000 + " (s)"]
)
def test_labels_stay_as_they_were_written(written: str) -> None:
    """Only what the engine counts agrees with its numbers."""
    label = Label(en=written, fr=written)
    assert Phrases("fr").label(label) == written
    assert Phrases("en").label(label) == written


@pytest.mark.parametrize("written", ["Pacte 2030 (s)", "1,5 mois(s)", "9" * 5000 + " mois(s)"])
def test_only_whole_numbers_before_a_word_settle_its_ending(written: str) -> None:
    """Parts of decimals and numbers that nobody counts to settle nothing."""
    assert agreed(written, "fr") == written


def test_a_majority_is_told_in_full() -> None:
    """Journals say that more yes are needed, also where there are more."""
    assert agreed("2 yes against 1 no, more yes needed", "en").endswith("more yes than no needed")
    fuller = "2 oui contre 1 non, il faut plus de oui que de non"
    assert agreed("2 oui contre 1 non, il faut plus de oui", "fr") == fuller
    assert agreed(fuller, "fr") == fuller


def test_what_was_counted_agrees_in_either_language() -> None:
    """With the number before it."""
    label = Label(en="1 objection(s), 2 concern(s)", fr="0 objection(s), 2 niveau(x)")
    assert Phrases("en").counted(label) == "1 objection, 2 concerns"
    assert Phrases("fr").counted(label) == "0 objection, 2 niveaux"
