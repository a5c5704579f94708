"""Policies on top of others: what is taken over, replaced and left out, and where it stands."""

from __future__ import annotations

from pathlib import Path

import pytest

from coopflow.definitions.extends import MAX_ANCESTORS, extended
from coopflow.definitions.faults import FaultsError
from coopflow.definitions.library import load_definition, load_documents, load_policy
from coopflow.definitions.yaml import DEFINITION, Document, Place, loads

BASE = """\
policy: base
version: 3
label: {fr: Base, en: Base}
facts: {one: {fact: attendance, last: 3}, two: 2}
conditions:
  - id: a
    letter: A
    criteria:
      - {id: a1, level: 1, when: x}
      - {id: a2, level: 2, when: y}
  - {id: b, letter: B}
tools: [p, q]
"""


def on_top(text: str, base: str = BASE) -> Document:
    above = loads(f"policy: own\nversion: 1\nextends: base\n{text}", "own.yaml")
    return extended(above, lambda name, _: loads(base, f"{name}.yaml"))


def test_a_policy_that_extends_none_is_as_it_is_written() -> None:
    """Nothing is added to it, and no other file is looked for."""
    document = loads(BASE, "base.yaml")
    assert extended(document, lambda *_: pytest.fail("looked for another file")) is document


def test_what_is_left_out_is_taken_over() -> None:
    """All but what a policy says of itself alone: its name, version and label."""
    found = on_top("").data
    assert found == {
        "policy": "own",
        "version": 1,
        **{key: loads(BASE, "b").data[key] for key in ("facts", "conditions", "tools")},
    }


def test_mappings_are_merged_and_items_with_an_id_too() -> None:
    """What is named again is changed where it stands, what is new comes last."""
    found = on_top(
        "facts: {one: {last: 5}, three: 3}\n"
        "conditions:\n"
        "  - id: a\n"
        "    criteria:\n"
        "      - {id: a2, when: z}\n"
        "      - {id: a3, level: 3, when: w}\n"
        "  - {id: c, letter: C}\n"
        "tools: [r]\n"
    ).data
    assert found["facts"] == {"one": {"fact": "attendance", "last": 5}, "two": 2, "three": 3}
    assert [one["id"] for one in found["conditions"]] == ["a", "b", "c"]
    assert found["conditions"][0]["criteria"] == [
        {"id": "a1", "level": 1, "when": "x"},
        {"id": "a2", "level": 2, "when": "z"},
        {"id": "a3", "level": 3, "when": "w"},
    ]
    assert found["tools"] == ["r"]


def test_an_empty_mapping_changes_nothing() -> None:
    """Who writes nothing takes everything over."""
    assert on_top("facts: {}\n").data["facts"] == loads(BASE, "b").data["facts"]


@pytest.mark.parametrize(
    ("below", "above"),
    [
        ("{months: 3}", "{days: 21}"),
        ("{name: qualified_majority, threshold: 2/3}", "{name: unanimity}"),
        ("{fact: attendance, last: 3}", "{fact: meetings, kind: plenary}"),
    ],
)
def test_what_is_one_value_is_replaced_as_one(below: str, above: str) -> None:
    """A span, a rule and a reading of another kind keep nothing of what stood there."""
    found = on_top(f"x: {above}\n", f"policy: base\nx: {below}\n").data
    assert found["x"] == loads(f"x: {above}", "f").data["x"]


def test_what_is_not_wanted_is_left_out() -> None:
    """A key by null, an item by saying that it is removed; what was not there is no matter."""
    found = on_top(
        "facts: {two: null}\n"
        "conditions:\n"
        "  - {id: b, removed: true}\n"
        "  - {id: none, removed: true}\n"
        "tools: null\n"
    ).data
    assert found["facts"] == {"one": {"fact": "attendance", "last": 3}}
    assert [one["id"] for one in found["conditions"]] == ["a"]
    assert "tools" not in found


@pytest.mark.parametrize("items", ["[]", "[1]", "[{id: a}, {id: a}]", "[{letter: A}]", "5"])
def test_what_is_no_list_of_named_things_is_replaced(items: str) -> None:
    """Lists that cannot be told item by item go as a whole, faults and all."""
    above = loads(items and f"x: {items}\n", "f").data["x"]
    assert on_top(f"conditions: {items}\n").data["conditions"] == above


def test_everything_keeps_its_place() -> None:
    """A value that is taken over stands in the file that it was taken from."""
    document = on_top("conditions:\n  - id: a\n    criteria:\n      - {id: a2, when: z}\n")
    assert document.file == "own.yaml"
    assert document.place(("conditions", 0, "criteria", 1, "when")) == Place(7, 24, "own.yaml")
    assert document.place(("conditions", 0, "criteria", 0, "when")) == Place(9, 34, "base.yaml")
    fault = document.fault(("conditions", 1, "letter"), "is no letter")
    assert str(fault) == "base.yaml:11:21: conditions[1].letter: is no letter"


def test_a_position_in_a_block_is_found_in_its_own_file() -> None:
    """A literal block that was taken over is counted in the lines of its file."""
    document = on_top("x: 1\n", "policy: base\nwhen: |\n\n   first\n   second\n")
    assert document.place_within(("when",), 3, 2) == Place(5, 5, "base.yaml")


def test_several_may_stand_on_top_of_each_other() -> None:
    """The youngest goes first, then what it extends, and so on."""
    files = {
        "middle": "policy: middle\nextends: oldest\nb: 2\nc: 2\n",
        "oldest": "policy: oldest\na: 3\nb: 3\nc: 3\n",
    }
    above = loads("policy: youngest\nextends: middle\nc: 1\n", "youngest")
    found = extended(above, lambda name, _: loads(files[name], name))
    assert found.data == {"policy": "youngest", "a": 3, "b": 2, "c": 1}


@pytest.mark.parametrize(
    ("extends", "message"),
    [
        ("own", "the policy stands on top of itself: this goes round in a circle"),
        ("5", "should be the name of a policy"),
        ("nobody", "there is no policy named nobody"),
        ("/etc/passwd", "should be the name of a policy, not a path"),
        ("../own.yaml", "should be the name of a policy, not a path"),
        ("'..\\own.yaml'", "should be the name of a policy, not a path"),
        (".hidden", "should be the name of a policy, not a path"),
        ('"own\\0.yaml"', "should be the name of a policy, not a path"),
        ("x" * 61, "should be the name of a policy, not a path"),
    ],
)
def test_what_cannot_be_extended_is_told_with_its_place(
    tmp_path: Path, extends: str, message: str
) -> None:
    """A circle, what is no name, what is not there, and what would lead elsewhere."""
    file = tmp_path / "own.yaml"
    file.write_text(f"policy: own\nversion: 1\nextends: {extends}\n")
    with pytest.raises(FaultsError) as raised:
        load_documents("impact-collectif", file)
    (fault,) = raised.value.faults
    assert (fault.line, fault.column, fault.path) == (3, 10, "extends")
    assert message in fault.message


def test_a_file_is_read_from_beside_and_from_nowhere_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A name with its ending is a file in the same folder, wherever the command runs."""
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere" / "base.yaml").write_text(BASE)
    monkeypatch.chdir(tmp_path / "elsewhere")
    file = tmp_path / "own.yaml"
    file.write_text("policy: own\nversion: 1\nextends: base.yaml\n")
    with pytest.raises(FaultsError, match="there is no policy named base"):
        load_policy(file)
    (tmp_path / "base.yaml").write_text(BASE)
    assert load_policy(file).data["tools"] == ["p", "q"]


def test_few_policies_stand_on_top_of_each_other() -> None:
    """However many files there are, only some are read."""
    read: list[str] = []

    def another(name: str, _: Path) -> Document:
        read.append(name)
        return loads(f"policy: x\nextends: {name}x\n", name)

    message = f"more than {MAX_ANCESTORS} policies stand on top of each other here"
    with pytest.raises(FaultsError, match=message):
        extended(loads("policy: x\nextends: x\n", "own"), another)
    assert len(read) == MAX_ANCESTORS


def test_policies_on_top_of_each_other_are_bounded_together() -> None:
    """Files each of which may be as large as it is are too much together."""
    filler = "#" * (DEFINITION.size // 2)
    message = f"own:2:10: extends: with what it extends, .* larger than {DEFINITION.size} bytes"
    with pytest.raises(FaultsError, match=message):
        extended(
            loads(f"policy: x\nextends: base\n{filler}", "own"),
            lambda name, _: loads(BASE + filler, name),
        )


def test_a_policy_may_change_a_few_numbers_of_the_reference(tmp_path: Path) -> None:
    """Three lines are a whole policy, which compiles; one beside goes before the library's."""
    own = tmp_path / "own.yaml"
    own.write_text(
        "policy: own\nversion: 1\nextends: reference\nlabel: {fr: À nous, en: Ours}\n"
        "decisions: {open_for: {days: 21}}\n"
    )
    top = tmp_path / "top.yaml"
    top.write_text("policy: top\nversion: 2\nextends: own\nlabel: {fr: Plus, en: More}\n")
    found = load_definition("impact-collectif", top)
    assert found.policy_name == "top@2"
    assert found.policy["decisions"]["open_for"] == {"days": 21}
    assert "extends" not in found.policy


def test_a_fault_of_what_is_taken_over_is_told_where_it_stands(tmp_path: Path) -> None:
    """A change may make something wrong that stands in the file below."""
    own = tmp_path / "own.yaml"
    own.write_text(
        "policy: own\nversion: 1\nextends: reference\nlabel: {fr: À nous, en: Ours}\n"
        "remedies: {hold-plenary: null}\n"
    )
    with pytest.raises(FaultsError) as raised:
        load_definition("impact-collectif", own)
    assert {Path(fault.file).name for fault in raised.value.faults} == {"reference.yaml"}
    assert all("no remedy named hold-plenary" in fault.message for fault in raised.value.faults)
