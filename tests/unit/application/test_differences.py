from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coopflow.application.differences import differences
from tests.collective import roadmap

SCALARS = st.none() | st.booleans() | st.integers(-3, 3) | st.sampled_from(["", "a", "b"])
NAMES = st.sampled_from(["id", "name", "title", "x"])
VALUES = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(NAMES, inner, max_size=3)
)
CONTENTS = st.dictionaries(NAMES, VALUES, max_size=4)


def told(before: dict[str, Any], after: dict[str, Any]) -> list[tuple[str, str]]:
    return [(one.kind, one.path) for one in differences(before, after)]


@given(CONTENTS, CONTENTS)
def test_there_is_a_difference_exactly_where_contents_differ(
    one: dict[str, Any], other: dict[str, Any]
) -> None:
    """None between equal ones, some between others; what is added one way is removed the other."""
    is_same = json.dumps(one, sort_keys=True) == json.dumps(other, sort_keys=True)
    assert (differences(one, other) == ()) == is_same
    there = sorted(path for kind, path in told(one, other) if kind == "added")
    assert there == sorted(path for kind, path in told(other, one) if kind == "removed")


def test_items_are_matched_by_what_names_them() -> None:
    """A change within an action is told at the action, wherever in the list it stands."""
    before = roadmap()
    after = json.loads(json.dumps(before))
    first = after["actions"][0]
    first["due"] = "2031-01-01"
    after["actions"].insert(0, {**first, "id": "new", "title": "A new one"})
    gone = after["actions"].pop()
    name = f"actions[{first['id']}].due"
    assert told(before, after) == [
        ("added", "actions[new]"),
        ("changed", name),
        *([("removed", f"actions[{gone['id']}]")] if gone["id"] != first["id"] else []),
    ]
    changed = next(one for one in differences(before, after) if one.path == name)
    assert (changed.before, changed.after) == (before["actions"][0]["due"], "2031-01-01")


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        (["a", "b"], ["b", "a"], [("moved", "x")]),
        (["a", "b"], ["a", "c", "b"], [("added", "x[2]")]),
        (["a", "b", "c"], ["a", "c"], [("removed", "x[2]")]),
        (["a", "b"], ["a", "c"], [("changed", "x[2]")]),
        ([{"name": "a"}, {"name": "b"}], [{"name": "b"}, {"name": "a"}], [("moved", "x")]),
        ([{"name": "a"}, {"name": "a"}], [{"name": "a"}], [("removed", "x[2]")]),
        ({"y": 1}, [1], [("changed", "x")]),
        (1, True, [("changed", "x")]),
    ],
)
def test_lists_are_compared_by_place_where_nothing_names_their_items(
    before: Any, after: Any, expected: list[tuple[str, str]]
) -> None:
    """What is in both is matched; the rest was added, removed, changed or moved."""
    assert told({"x": before}, {"x": after}) == expected


def test_differences_are_said_in_words() -> None:
    """In French and English, briefly, whatever the values are."""
    before = {"a": 1, "b": "x" * 200, "c": [], "d": None, "e": {"title": "Old"}, "f": ["a", "b"]}
    after = {"a": 2, "b": "short", "c": ["z"], "d": True, "g": {"id": "new"}, "f": ["b", "a"]}
    english = {one.path: one.words.en for one in differences(before, after)}
    assert english == {
        "a": "a: from 1 to 2",
        "b": f"b: from “{'x' * 79}…” to “short”",
        "c[1]": "c[1]: added, “z”",
        "d": "d: from nothing to yes",
        "e": "e: removed, “Old”",
        "f": "f: in another order",
        "g": "g: added, “new”",
    }
    french = {one.path: one.words.fr for one in differences(before, after)}
    assert french["d"] == "d : de rien à oui"
    assert french["e"] == "e : retiré, « Old »"
    words = differences({"x": {"y": [1]}}, {"x": [{"z": 1}, 2]})[0].words
    assert words.en == "x: from “…” to 2 item(s)"
    assert words.fr == "x : de « … » à 2 élément(s)"
