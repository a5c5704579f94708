from __future__ import annotations

import json
from pathlib import Path

import pytest

from coopflow.definitions.library import find
from tests.unit.entrypoints.conftest import Coopflow

BOCAGE = find("examples", "bocage-gourmand")

SMALL = """\
scenario: small
title: {fr: Petit, en: Small}
lifecycle: impact-collectif
policy: reference
people:
  ines: {roles: [programme_manager]}
steps:
  - at: 2026-01-20T09:00Z
    by: ines
    do: open_cooperation
    with: {cooperation: small, programme: p, title: Small, issue: Issue, territory: Here}
    expect: {stage: STAGE}
  - at: 2026-01-21T09:00Z
    by: ines
    do: cast_ballot
    with: {decision: none, organisation: org, choice: "yes"}
    expect: {refused: forbidden, events: [EVENT]}
"""


def write(folder: Path, **words: str) -> Path:
    text = SMALL
    for name, word in ({"STAGE": "impulsion", "EVENT": ""} | words).items():
        text = text.replace(name, word)
    file = folder / "small.yaml"
    file.write_text(text, encoding="utf-8")
    return file


def test_what_holds_exits_with_zero(coopflow: Coopflow) -> None:
    """A scenario of which everything holds is reported on stdout in one line."""
    result = coopflow("scenario", "run", BOCAGE)
    assert result.exit_code == 0
    assert result.stdout.startswith("✓ bocage-gourmand  41 steps")
    assert result.stdout.endswith("animation [4 4 3 3 3]\n")


def test_what_does_not_hold_is_named_by_line(coopflow: Coopflow, tmp_path: Path) -> None:
    """Each broken expectation stands with its file, line and step, and the exit code is 1."""
    file = write(tmp_path, STAGE="animation", EVENT="gate_passed")
    result = coopflow("scenario", "run", file)
    assert result.exit_code == 1
    assert result.stdout.splitlines()[:2] == [
        f"{file}:8: step 1: expected stage animation, got impulsion",
        f"{file}:13: step 2: expected events [gate_passed] in this order, got []",
    ]


def test_json_tells_everything(coopflow: Coopflow, tmp_path: Path) -> None:
    """For programs, each file has its problems, its final state and its events."""
    file = write(tmp_path, STAGE="animation")
    result = coopflow("scenario", "run", file, "--output", "json")
    assert result.exit_code == 1
    (report,) = json.loads(result.stdout)
    assert report["ok"] is False
    assert report["steps"] == 2
    assert report["problems"] == [
        {"line": 8, "step": 1, "problem": "expected stage animation, got impulsion"}
    ]
    assert report["final"]["stage"] == "impulsion"
    assert report["events"][0]["event"]["type"] == "cooperation_opened"
    assert [entry["seq"] for entry in report["events"]] == [1, 2]


def test_faulty_files_are_all_named_and_nothing_runs(coopflow: Coopflow, tmp_path: Path) -> None:
    """All faults of all files come at once, on stderr, with exit code 2; no scenario is run."""
    faulty = tmp_path / "faulty.yaml"
    faulty.write_text("scenario: x\nstep: []\n", encoding="utf-8")
    missing = tmp_path / "missing.yaml"
    result = coopflow("scenario", "run", BOCAGE, faulty, missing)
    assert result.exit_code == 2
    assert result.stdout == ""
    assert f"{faulty}:2:1: step: " in result.stderr
    assert f"{faulty}:1:1: title: " in result.stderr
    assert f"{missing}:1:1: cannot be read" in result.stderr


def test_unknown_definitions_are_named_by_line(coopflow: Coopflow, tmp_path: Path) -> None:
    """A lifecycle or policy that does not exist is a fault of the line that names it."""
    file = write(tmp_path)
    text = file.read_text(encoding="utf-8")
    file.write_text(text.replace("policy: reference", "policy: referense"), encoding="utf-8")
    result = coopflow("scenario", "run", file)
    assert result.exit_code == 2
    assert f"{file}:4:9: policy: there is no policy named referense; did you mean reference?" in (
        result.stderr
    )


def test_another_policy_may_be_tried(coopflow: Coopflow, tmp_path: Path) -> None:
    """--policy runs a scenario under a file of one's own, whatever policy it names."""
    policy = tmp_path / "mild.yaml"
    reference = find("policies", "reference").read_text(encoding="utf-8")
    policy.write_text(reference.replace("policy: reference", "policy: mild"), encoding="utf-8")
    assert coopflow("scenario", "run", write(tmp_path), "--policy", policy).exit_code == 0
    unknown = coopflow("scenario", "run", write(tmp_path), "--policy", "strict")
    assert unknown.exit_code == 2
    assert "there is no policy named strict" in unknown.stderr


@pytest.mark.parametrize("arguments", [[], ["run"], ["run", "x.yaml", "--on", "paper"]])
def test_usage_errors_exit_with_two(coopflow: Coopflow, arguments: list[str]) -> None:
    """What the command line does not allow is told with exit code 2."""
    assert coopflow("scenario", *arguments).exit_code == 2
