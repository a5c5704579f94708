"""Scenarios as tests: what the plugin for pytest collects, and what it says when one fails."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

import coopflow.testing  # noqa: F401 - an inner run forgets what only it has imported
from tests.unit.entrypoints.conftest import Coopflow

Inner = Callable[..., pytest.RunResult]

REPORT_LOADED = """
import sys

def pytest_unconfigure():
    loaded = sorted(name for name in sys.modules if name.startswith("coopflow"))
    print("loaded", *loaded, "pydantic" in sys.modules)
"""


@pytest.fixture
def folder(coopflow: Coopflow, pytester: pytest.Pytester) -> Path:
    """Return a folder with a policy and a scenario that were just written, entered by pytest."""
    assert coopflow("policy", "new", "valley", "--folder", pytester.path).exit_code == 0
    return pytester.path


@pytest.fixture
def inner(pytester: pytest.Pytester) -> Inner:
    """Run pytest within this process; without asyncio, which warns of settings that are missing."""

    def run(*arguments: str | Path) -> pytest.RunResult:
        return pytester.runpytest_inprocess("-p", "no:asyncio", *arguments)

    return run


def changed(folder: Path, name: str, *changes: tuple[str, str]) -> Path:
    """Write another scenario, which is the first one but for some words."""
    text = (folder / "valley.scenario.yaml").read_text(encoding="utf-8")
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    file = folder / name
    file.write_text(text, encoding="utf-8")
    return file


def test_each_scenario_is_a_test(folder: Path, inner: Inner) -> None:
    """All files so named in the folders are collected, each under the name of its file."""
    (folder / "more").mkdir()
    changed(folder, "valley.late.scenario.yaml")
    changed(folder, "more/hill.scenario.yaml", ("policy: valley", "policy: light"))
    result = inner("-v")
    result.assert_outcomes(passed=3)
    result.stdout.fnmatch_lines_random(
        [
            "valley.scenario.yaml::valley PASSED*",
            "valley.late.scenario.yaml::valley.late PASSED*",
            "more/hill.scenario.yaml::hill PASSED*",
        ]
    )


def test_a_broken_expectation_is_told_by_its_line(folder: Path, inner: Inner) -> None:
    """Nothing but the lines that the command line would write, and no traceback."""
    changed(
        folder,
        "valley.scenario.yaml",
        ("stage: impulsion", "stage: animation"),
        ("status: active", "status: closed"),
    )
    result = inner()
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(
        [
            "*_ scenario valley _*",
            "valley.scenario.yaml:13: step 1: expected stage animation, got impulsion",
            "valley.scenario.yaml:24: step 2: expected status closed, got active",
            "*short test summary*",
            "FAILED valley.scenario.yaml::valley - Failed: valley.scenario.yaml:13: *",
        ],
        consecutive=True,
    )


def test_faults_are_told_by_their_lines(folder: Path, inner: Inner) -> None:
    """Those of the scenario and those of its policy; what else is tested goes on."""
    changed(folder, "hill.scenario.yaml", ("lifecycle: ", "lifecycel: "))
    with (folder / "valley.yaml").open("a", encoding="utf-8") as policy:
        policy.write("gates: {to_heaven: {minima: {}}}\n")
    result = inner()
    result.assert_outcomes(failed=2)
    result.stdout.fnmatch_lines_random(
        [
            "hill.scenario.yaml:*: lifecycle: the key is missing",
            "hill.scenario.yaml:*: lifecycel: unknown key (did you mean lifecycle[?])",
            "valley.yaml:22:20: gates.to_heaven: there is no gate named to_heaven*",
        ]
    )
    result.stdout.no_fnmatch_line("*Traceback*")
    result.stdout.no_fnmatch_line("*Error*")


def test_a_scenario_is_run_by_the_policy_beside_it(folder: Path, inner: Inner) -> None:
    """Whatever policy it names; without one beside it, by the one that it names."""
    with (folder / "valley.yaml").open("a", encoding="utf-8") as policy:
        policy.write("gates: {to_structuration: {minima: {communication: 2}}}\n")
    short = "common_plan: 2, mutual_actions: 1, shared_evaluation: 1, communication: 2, support: 1"
    changes = (
        ("policy: valley", "policy: reference"),
        ("status: active", f"gate: {{name: to_structuration, short: {{{short}}}}}"),
    )
    changed(folder, "hill.scenario.yaml", *changes)
    changed(folder, "valley.scenario.yaml", *changes)
    result = inner("-v")
    result.assert_outcomes(passed=1, failed=1)
    result.stdout.fnmatch_lines_random(
        [
            "valley.scenario.yaml::valley PASSED*",
            "hill.scenario.yaml:24: step 2: expected short *tion': 2*, got *tion': 1*",
        ]
    )


def test_a_file_elsewhere_is_named_by_its_whole_path(
    folder: Path, inner: Inner, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Only what lies below the current folder is named from there."""
    file = changed(folder, "valley.scenario.yaml", ("status: active", "status: closed"))
    (folder / "elsewhere").mkdir()
    monkeypatch.chdir(folder / "elsewhere")
    result = inner(file)
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines([f"{file}:24: step 2: *"])


def test_files_of_other_tools_are_left_alone(folder: Path, inner: Inner) -> None:
    """A name is not enough: two of the keys that every scenario of coopflow has must be there."""
    (folder / "valley.scenario.yaml").write_text("scenario: load test\nusers: 5\n", "utf-8")
    (folder / "test_other.py").write_text("def test_other():\n    pass\n", "utf-8")
    inner().assert_outcomes(passed=1)


def test_the_plugin_can_be_switched_off(folder: Path, inner: Inner) -> None:
    """Without it nothing is collected, and pytest works."""
    assert inner("-p", "no:coopflow").ret == pytest.ExitCode.NO_TESTS_COLLECTED


def test_nothing_is_loaded_where_there_is_no_scenario(pytester: pytest.Pytester) -> None:
    """A project that has none, or only those of other tools, pays for three small modules."""
    pytester.makeconftest(REPORT_LOADED)
    pytester.makepyfile("def test_other():\n    pass\n")
    (pytester.path / "other.scenario.yaml").write_text("scenario: load test\n", "utf-8")
    result = pytester.runpytest_subprocess("-p", "no:asyncio")
    result.assert_outcomes(passed=1)
    result.stdout.fnmatch_lines(
        ["loaded coopflow coopflow.entrypoints coopflow.entrypoints.pytest_plugin False"]
    )
