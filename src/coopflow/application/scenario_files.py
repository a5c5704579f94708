"""Scenario files: made ready to be run, and what running one came to, by the lines of the file."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import NamedTuple

from coopflow.application.engine import Engine
from coopflow.application.scenario_runner import Offers, ScenarioRun, StepResult
from coopflow.definitions.compile import compile_definition
from coopflow.definitions.faults import Fault, FaultsError
from coopflow.definitions.library import Shelf, UnknownNameError, find, load_definition, offered
from coopflow.definitions.scenario import Scenario, read_scenario
from coopflow.definitions.yaml import SCENARIO, load
from coopflow.domain.events import Entry
from coopflow.domain.rulebook import Rulebook
from coopflow.domain.state import UNOPENED, Cooperation


class Prepared(NamedTuple):
    """A scenario, and the definition that it is run by."""

    scenario: Scenario
    rules: Rulebook

    @property
    def offers(self) -> Offers:
        """Finds policies of the library, to be offered where a decision is about one."""
        return partial(offered, self.scenario.lifecycle)

    def run_on(self, engine: Engine) -> ScenarioRun:
        """Prepare a run, with these offers."""
        return ScenarioRun(self.scenario, engine, self.rules, self.offers)


def prepare(file: Path, policy: str | Path | None = None) -> Prepared:
    """Read and check a scenario, and the definition that it is run by.

    Args:
        file: the scenario.
        policy: the name or the file of a policy, to run it by instead of the one that it names.

    Raises:
        UnknownNameError: there is no policy of the name that was given.
        FaultsError: the scenario, its lifecycle or its policy is at fault; carries every fault.
    """
    document = load(file, SCENARIO)
    scenario = read_scenario(document)
    if policy is not None:
        find("policies", policy)
    faults: list[Fault] = []
    named: tuple[tuple[Shelf, str, str | Path], ...] = (
        ("workflows", "lifecycle", scenario.lifecycle),
        ("policies", "policy", policy or scenario.policy),
    )
    for shelf, key, name in named:
        try:
            find(shelf, name)
        except UnknownNameError as error:
            faults.append(document.fault((key,), str(error)))
    if faults:
        raise FaultsError(faults)
    definition = load_definition(scenario.lifecycle, policy or scenario.policy)
    return Prepared(
        replace(scenario, policy=definition.policy_name), compile_definition(definition)
    )


class Problem(NamedTuple):
    """Something that does not hold: the line and the number of its step, and what was expected."""

    line: int
    step: int
    text: str


@dataclass
class Report:
    """What running a scenario came to.

    Attributes:
        scenario: what was run.
        state: the cooperation in the end.
        entries: its journal.
        problems: what does not hold, in the order of the steps.
        steps: how many steps were run.
    """

    scenario: Scenario
    state: Cooperation = UNOPENED
    entries: list[Entry] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    steps: int = 0

    def note(self, result: StepResult) -> None:
        """Take in what a step came to."""
        step = result.step
        self.steps += 1
        self.state = result.state
        self.entries += result.entries
        self.problems += [Problem(step.line, step.number, text) for text in result.problems]

    def lines(self) -> list[str]:
        """Write each problem as ``FILE:LINE: step 12: expected …, got …``."""
        file = self.scenario.file
        return [f"{file}:{line}: step {step}: {text}" for line, step, text in self.problems]
