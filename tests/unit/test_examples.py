"""The stories in examples/ and beside the policies run in memory as they say, or say where not."""

from dataclasses import replace
from pathlib import Path

import pytest

from coopflow.application.memory import MemoryEngine
from coopflow.application.scenario_runner import ScenarioRun, StepResult
from coopflow.definitions.compile import compile_definition
from coopflow.definitions.library import available, load_definition, shelf
from coopflow.definitions.scenario import Scenario, load_scenario, read_scenario
from coopflow.definitions.yaml import loads

EXAMPLES = available("examples")
POLICIES = available("policies")


async def _run(scenario: Scenario) -> list[StepResult]:
    definition = load_definition(scenario.lifecycle, scenario.policy)
    rules = compile_definition(definition)
    run = ScenarioRun(scenario, MemoryEngine({definition.digest: rules}), rules)
    return [result async for result in run.steps()]


def _said(results: list[StepResult]) -> list[str]:
    return [
        f"{result.step.line}: step {result.step.number}: {problem}"
        for result in results
        for problem in result.problems
    ]


@pytest.mark.parametrize("path", EXAMPLES.values(), ids=lambda path: path.stem)
async def test_an_example_runs_as_it_says(path: Path) -> None:
    """Every command is accepted or refused as expected, and every expectation holds."""
    scenario = load_scenario(path)
    assert scenario.name == path.stem
    results = await _run(scenario)
    assert _said(results) == []
    assert len(results) == len(scenario.steps)


@pytest.mark.parametrize("name", POLICIES)
async def test_a_policy_has_a_story_that_runs_as_it_says(name: str) -> None:
    """Beside every policy stands a life that is lived by it, and that is named like it."""
    scenario = load_scenario(shelf("policies") / f"{name}.scenario.yaml")
    assert (scenario.name, scenario.policy) == (name, name)
    results = await _run(scenario)
    assert _said(results) == []
    assert len(results) == len(scenario.steps)


@pytest.mark.parametrize("name", [name for name in POLICIES if name != "reference"])
async def test_the_story_of_a_policy_is_another_one_under_the_reference(name: str) -> None:
    """What a policy changes is what its story is about: without it the story does not hold."""
    scenario = load_scenario(shelf("policies") / f"{name}.scenario.yaml")
    said = _said(await _run(replace(scenario, lifecycle="impact-collectif", policy="reference")))
    assert any("expected verdict" in one or "expected stage" in one for one in said), said


async def test_a_broken_expectation_is_said_with_its_line_and_step() -> None:
    """One number changed in a story is found at its place, and nothing else is said."""
    path = EXAMPLES["bocage-gourmand"]
    text = path.read_text(encoding="utf-8")
    marker = "expect: {members: 3}"
    assert text.count(marker) == 1
    line = text[: text.index(marker)].count("\n") + 1
    scenario = read_scenario(loads(text.replace(marker, "expect: {members: 4}"), str(path)))
    step = next(one for one in reversed(scenario.steps) if one.line <= line)
    said = _said(await _run(scenario))
    assert said == [f"{step.line}: step {step.number}: expected members 4, got 3"]


async def test_a_step_left_out_of_a_story_breaks_what_followed_from_it() -> None:
    """Without its last vote the stage of the story is another one."""
    path = EXAMPLES["bocage-gourmand"]
    scenario = load_scenario(path)
    steps = tuple(
        replace(step, acts=())
        if any(act.payload.get("decision") == "ratify-to_structuration-1" for act in step.acts)
        else step
        for step in scenario.steps
    )
    assert steps != scenario.steps
    said = _said(await _run(replace(scenario, steps=steps)))
    assert any("expected stage structuration, got impulsion" in one for one in said)
