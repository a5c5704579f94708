"""Reading a scenario with the definition that it is run by, and reporting on it by line."""

from pathlib import Path

import pytest

from coopflow.application.memory import MemoryEngine
from coopflow.application.scenario_files import Prepared, Report, prepare
from coopflow.definitions.faults import FaultsError
from coopflow.definitions.library import UnknownNameError, find

LIGHT = find("policies", "light").with_name("light.scenario.yaml")


def _written(folder: Path, *changes: tuple[str, str]) -> Path:
    text = LIGHT.read_text(encoding="utf-8")
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    file = folder / "light.scenario.yaml"
    file.write_text(text, encoding="utf-8")
    return file


async def _report(prepared: Prepared) -> Report:
    report = Report(prepared.scenario)
    engine = MemoryEngine({prepared.rules.definition.digest: prepared.rules})
    async for result in prepared.run_on(engine).steps():
        report.note(result)
    return report


async def test_a_scenario_is_run_by_the_policy_that_it_names() -> None:
    """It comes with its version; a report counts the steps and keeps the journal."""
    prepared = prepare(LIGHT)
    report = await _report(prepared)
    assert prepared.scenario.policy == "light@1"
    assert (report.problems, report.lines()) == ([], [])
    assert report.steps == len(prepared.scenario.steps)
    assert [entry.seq for entry in report.entries] == [*range(1, report.state.seq + 1)]


async def test_another_policy_may_be_tried_and_what_does_not_hold_is_told_by_line() -> None:
    """By its name or its file; each problem carries the line and the number of its step."""
    for policy in ("reference", find("policies", "reference")):
        prepared = prepare(LIGHT, policy)
        assert prepared.scenario.policy == "reference@1"
        report = await _report(prepared)
        first = report.problems[0]
        assert report.lines()[0] == f"{LIGHT}:{first.line}: step {first.step}: {first.text}"
        assert first.text.startswith("expected ")


def test_what_a_scenario_names_must_be_there(tmp_path: Path) -> None:
    """A lifecycle and a policy that do not exist are faults of their lines, told together."""
    file = _written(
        tmp_path, ("lifecycle: impact-collectif", "lifecycle: x"), ("policy: light", "policy: y")
    )
    with pytest.raises(FaultsError) as caught:
        prepare(file)
    assert [fault.path for fault in caught.value.faults] == ["lifecycle", "policy"]
    with pytest.raises(UnknownNameError, match="there is no policy named z"):
        prepare(file, "z")
