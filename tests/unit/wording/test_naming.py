from __future__ import annotations

from coopflow.wording.naming import told_apart


def test_titles_are_told_apart_by_no_more_than_it_takes() -> None:
    """By the version where two have one title, by the name where that does not do either."""
    titles = {
        "light@1": "Légère",
        "reference@1": "Politique",
        "reference@2": "Politique",
        "ours@1": "Entre nous",
        "theirs@1": "Entre nous",
        "theirs@2": "Entre nous",
    }
    assert told_apart(titles) == {
        "light@1": "Légère",
        "reference@1": "Politique, version 1",
        "reference@2": "Politique, version 2",
        "ours@1": "Entre nous (ours@1)",
        "theirs@1": "Entre nous (theirs@1)",
        "theirs@2": "Entre nous, version 2",
    }
