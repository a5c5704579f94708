"""Writing policies, looking at them and trying them out, from the command line."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.unit.entrypoints.conftest import Coopflow


@pytest.fixture
def ours(coopflow: Coopflow, tmp_path: Path) -> Path:
    """Return a policy that was just written."""
    result = coopflow("policy", "new", "ours", "--folder", tmp_path)
    assert result.exit_code == 0, result.stderr
    file = tmp_path / "ours.yaml"
    assert result.stdout.splitlines() == [str(file), str(tmp_path / "ours.scenario.yaml")]
    return file


def change(file: Path, text: str) -> None:
    file.write_text(file.read_text(encoding="utf-8") + text, encoding="utf-8")


def test_a_new_policy_is_one_and_has_a_scenario(coopflow: Coopflow, ours: Path) -> None:
    """What is written is used as it stands: nothing to look at again, and the story holds."""
    linted, tested = coopflow("policy", "lint", ours), coopflow("policy", "test", ours)
    assert (linted.exit_code, linted.stdout) == (0, "")
    assert (tested.exit_code, tested.stdout[:6]) == (0, "✓ ours")


def test_nothing_is_overwritten(coopflow: Coopflow, ours: Path) -> None:
    """A name that is taken is refused, and what is there stays."""
    before = ours.read_text(encoding="utf-8")
    again = coopflow("policy", "new", "ours", "--folder", ours.parent)
    assert (again.exit_code, again.stdout) == (2, "")
    assert "there already; choose another name or folder" in again.stderr
    assert ours.read_text(encoding="utf-8") == before


@pytest.mark.parametrize("name", ["Ours", "../ours", "9lives", "a b"])
def test_a_name_is_a_word(coopflow: Coopflow, tmp_path: Path, name: str) -> None:
    """What is no name makes no file."""
    result = coopflow("policy", "new", name, "--folder", tmp_path / "new")
    assert result.exit_code == 2
    assert "is no name" in result.stderr
    assert not (tmp_path / "new").exists()


def test_what_is_extended_is_named(coopflow: Coopflow, ours: Path, tmp_path: Path) -> None:
    """A policy elsewhere is none to start from: the file could not be read again."""
    result = coopflow("policy", "new", "more", "--extends", ours, "--folder", tmp_path)
    assert result.exit_code == 2
    assert f"{ours} is a path: name a policy of the library" in result.stderr
    assert not (tmp_path / "more.yaml").exists()


def test_a_finding_exits_with_one(coopflow: Coopflow, ours: Path) -> None:
    """What is hardly meant is told on stdout, for people or for programs."""
    change(ours, "clocks: {cure: {days: 3}}\n")
    table = coopflow("policy", "lint", ours, ours)
    assert table.exit_code == 1
    (line,) = table.stdout.splitlines()
    assert line.startswith(f"{ours}:22:16: clocks.cure: is over before a decision")
    (finding,) = json.loads(coopflow("policy", "lint", ours, "-o", "json").stdout)
    assert (finding["line"], finding["path"]) == (22, "clocks.cure")


def test_a_fault_exits_with_two(coopflow: Coopflow, ours: Path) -> None:
    """A policy that cannot be used is told on stderr with the place, whatever is asked of it."""
    change(ours, "gates: {to_heaven: {minima: {}}}\n")
    for asked in (("lint", ours), ("test", ours), ("explain", ours)):
        result = coopflow("policy", *asked)
        assert (result.exit_code, result.stdout) == (2, "")
        assert f"{ours}:22:20: gates.to_heaven: there is no gate named to_heaven" in result.stderr


def test_what_is_wrong_is_told_in_the_language_of_the_settings(
    coopflow: Coopflow, ours: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Findings as well as faults, whatever the command."""
    monkeypatch.setenv("COOPFLOW_LANG", "fr")
    change(ours, "clocks: {cure: {days: 3}}\n")
    assert "prend fin avant qu'une décision" in coopflow("policy", "lint", ours).stdout
    change(ours, "gates: {to_heaven: {minima: {}}}\n")
    for asked in (("lint", ours), ("test", ours), ("explain", ours)):
        told = coopflow("policy", *asked).stderr
        assert "gates.to_heaven: rien ne s'appelle ainsi (passage) : to_heaven" in told
    assert "il n'y a pas de politique nommée none" in coopflow("policy", "lint", "none").stderr


def test_a_story_that_does_not_hold_exits_with_one(coopflow: Coopflow, ours: Path) -> None:
    """Several stories may stand beside a policy; each broken expectation is told by its line."""
    story = ours.with_name("ours.scenario.yaml").read_text(encoding="utf-8")
    other = ours.with_name("ours.other.scenario.yaml")
    other.write_text(story.replace("status: active", "status: closed"), encoding="utf-8")
    result = coopflow("policy", "test", ours)
    assert result.exit_code == 1
    assert f"{other}:24: step 2: expected status closed, got active" in result.stdout
    assert "✓ ours" in result.stdout


def test_a_policy_without_a_story_has_none_to_test(coopflow: Coopflow, ours: Path) -> None:
    """The message says which file is looked for."""
    ours.with_name("ours.scenario.yaml").unlink()
    result = coopflow("policy", "test", ours)
    assert result.exit_code == 2
    assert f"there is no ours.scenario.yaml beside {ours}" in result.stderr


def test_every_value_is_shown_with_its_origin(coopflow: Coopflow, ours: Path) -> None:
    """What was changed stands in the own file, everything else in the one that it extends."""
    change(ours, "gates: {to_structuration: {minima: {communication: 2}}}\n")
    lines = coopflow("policy", "explain", ours, "--resolved").stdout.splitlines()
    assert "gates.to_structuration.minima.communication = 2  ← ours.yaml:22" in lines
    (other,) = (one for one in lines if one.startswith("gates.to_structuration.minima.support"))
    assert "= 1  ← reference.yaml:" in other
    (criterion,) = (
        one
        for one in lines
        if one.startswith("conditions.common_plan.criteria.vision-adopted.when")
    )
    assert "vision_adopted" in criterion
    values = json.loads(
        coopflow("policy", "explain", ours, "--resolved", "--output", "json").stdout
    )
    assert len(values) == len(lines)
    assert {"path", "value", "file", "line"} == set(values[0])


def test_what_a_policy_asks_is_told(coopflow: Coopflow) -> None:
    """Conditions by level, gates with their minima and guards, and advice, in both languages."""
    english = coopflow("policy", "explain", "reference", "--lang", "en").stdout
    assert "Reference policy  reference@1" in english
    assert "A  A common plan of action" in english
    assert "Passage to running  A 3  B 2  C 2  D 2  E 2" in english
    assert "Advice, never in the way" in english
    french = coopflow("policy", "explain", "reference", "--lang", "fr").stdout
    assert "Passage à l'animation" in french
    whole = json.loads(coopflow("policy", "explain", "reference", "-o", "json").stdout)
    assert whole["policy"] == "reference"


def test_what_differs_is_told_by_direction(coopflow: Coopflow, ours: Path) -> None:
    """In plain words, the stricter first; two that are alike have nothing to tell."""
    assert coopflow("policy", "diff", "reference", ours).stdout == ""
    change(
        ours,
        "gates: {to_structuration: {minima: {communication: 2}}}\nclocks: {cure: {days: 120}}\n",
    )
    told = coopflow("policy", "diff", "reference", ours, "--lang", "en").stdout
    assert told.index("Stricter") < told.index("Looser")
    assert "90 days → 120 days" in told
    french = coopflow("policy", "diff", "reference", ours, "--lang", "fr").stdout
    assert "Plus strict" in french
    assert "90 jours → 120 jours" in french
    found = json.loads(coopflow("policy", "diff", "reference", ours, "-o", "json").stdout)
    assert {(one["direction"], one["path"]) for one in found} == {
        ("stricter", "gates.to_structuration.minima.communication"),
        ("looser", "clocks.cure"),
    }


def test_the_lifecycle_of_a_policy_is_drawn(coopflow: Coopflow, tmp_path: Path) -> None:
    """To stdout or to a file, with where somebody stands."""
    plain = coopflow("policy", "picture", "reference", "--lang", "fr")
    assert plain.exit_code == 0, plain.stderr
    assert plain.stdout.startswith("<svg ")
    assert "Passage à l&#39;animation" in plain.stdout
    file = tmp_path / "lifecycle.svg"
    told = coopflow(
        "policy", "picture", "essaimage", "--stage", "animation", "--width", "320", "--to", file
    )
    assert (told.exit_code, told.stdout) == (0, "")
    assert "stage 3 of 4" in file.read_text(encoding="utf-8")


def test_a_stage_that_is_not_there_cannot_be_marked(coopflow: Coopflow) -> None:
    """Those that are there are named."""
    result = coopflow("policy", "picture", "reference", "--stage", "nowhere")
    assert result.exit_code == 2
    assert "it has impulsion, structuration, animation" in result.stderr
    nowhere = coopflow("policy", "picture", "reference", "--to", "/nowhere/at-all.svg")
    assert nowhere.exit_code == 2
    assert "/nowhere/at-all.svg cannot be written" in nowhere.stderr
