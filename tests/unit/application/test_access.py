from __future__ import annotations

from pathlib import Path

import pytest

from coopflow.application.access import READERS, SUBJECTS, Subject, allowed
from coopflow.domain.roles import ROLES

PAGE = Path(__file__).parents[3] / "docs/reference/access.md"
LETTERS = "RSFMVUOP"


def rows() -> dict[str, list[str]]:
    lines = PAGE.read_text(encoding="utf-8").splitlines()
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines if "|" in line]
    return {row[0]: row[1:] for row in cells}


def test_the_page_says_what_holds() -> None:
    """The table of the documentation is that of the code, row by row."""
    table = rows()
    assert table.pop("what") == list(LETTERS)
    table = {name: row for name, row in table.items() if not name.startswith("---")}
    assert list(table) == list(SUBJECTS) == list(READERS)
    for subject in SUBJECTS:
        # The roles stand in the order of the letters.
        said = [READERS[subject].get(role, "–") for role in ROLES]
        assert table[subject] == said, subject


@pytest.mark.parametrize("subject", SUBJECTS)
def test_nobody_reads_without_a_role(subject: Subject) -> None:
    """No role, or one that is not known, reads nothing."""
    assert allowed(subject, ()) is None
    assert allowed(subject, {"visitor"}) is None


def test_the_role_counts_that_reads_most() -> None:
    """An observer who also represents a member reads as a representative."""
    assert allowed("documents", {"observer"}) == "published"
    assert allowed("documents", {"observer", "representative"}) == "all"
    assert allowed("journal", {"observer", "funder"}) is None
