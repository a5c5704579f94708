"""What journals count in the plural is singular where it is one."""

from __future__ import annotations

import pytest

from coopflow.wording.agreement import agreed


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
