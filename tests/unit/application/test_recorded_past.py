"""Importing a scenario: the same journal as running it, by its commands alone."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from coopflow.application.engine import Address, Given, Reply, Series
from coopflow.application.memory import MemoryEngine
from coopflow.application.recorded_past import import_past
from coopflow.application.scenario_files import prepare
from coopflow.application.scenario_runner import address_of
from coopflow.definitions.scenario import read_scenario
from coopflow.definitions.yaml import loads
from coopflow.domain.refusals import Refusal, RefusedError
from tests.collective import reference_rules
from tests.unit.application.test_offers import STORY

ROOT = Path(__file__).parents[3]
SCENARIOS = sorted([*ROOT.glob("examples/*.yaml"), *ROOT.glob("policies/*.scenario.yaml")])


class Counting(MemoryEngine):
    """Memory that counts how often it is asked."""

    asked = 0

    async def execute_all(self, address: Address, given: Sequence[Given]) -> Series:
        """Give commands."""
        self.asked += 1
        return await super().execute_all(address, given)


@pytest.mark.parametrize("path", SCENARIOS, ids=lambda path: path.stem)
async def test_an_import_brings_about_what_a_run_does(path: Path) -> None:
    """Event by event: what was refused left nothing, and time passes between commands."""
    prepared = prepare(path)
    by_digest = {prepared.rules.definition.digest: prepared.rules}
    ran, imported = MemoryEngine(by_digest), Counting(by_digest)
    run = prepared.run_on(ran)
    async for _ in run.steps():
        pass
    told = [
        entry
        async for entries in import_past(
            prepared.scenario, imported, prepared.rules.definition, prepared.offers
        )
        for entry in entries
    ]
    assert tuple(told) == await imported.journal(run.address) == await ran.journal(run.address)
    assert imported.asked < len(prepared.scenario.steps) / 4, "many commands together"


class Refusing(MemoryEngine):
    """Memory that refuses one command, of an id."""

    refused = "one-2-1"

    async def execute(
        self,
        address: Address,
        command: Mapping[str, Any],
        grants: Iterable[str] = (),
        expected_seq: int | None = None,
    ) -> Reply | Refusal:
        """Give a command, unless it is that one."""
        if command["id"] == self.refused:
            return Refusal(code="forbidden", message="not this one")
        return await super().execute(address, command, grants, expected_seq)


async def test_what_is_refused_ends_an_import_and_says_where_it_stands() -> None:
    """What is before it stays; nothing behind it was given."""
    rules, scenario = reference_rules(), read_scenario(loads(STORY, "one.yaml"))
    engine = Refusing({rules.definition.digest: rules})
    with pytest.raises(RefusedError, match="not this one") as caught:
        async for _ in import_past(scenario, engine, rules.definition):
            pass
    step = scenario.steps[1]
    assert caught.value.__notes__ == [f"It is in step 2: one.yaml:{step.line}"]
    assert (await engine.state(address_of(scenario))).active == ()


async def test_an_import_that_was_begun_passes_over_what_is_refused() -> None:
    """What was done is done once, and it goes on behind what is refused."""
    rules, scenario = reference_rules(), read_scenario(loads(STORY, "one.yaml"))
    engine = Refusing({rules.definition.digest: rules})
    for _ in range(2):
        async for _ in import_past(scenario, engine, rules.definition, is_begun=True):
            pass
    types = [entry.event.type for entry in await engine.journal(address_of(scenario))]
    assert types.count("cooperation_opened") == 1
    assert types.count("decision_opened") == 1
