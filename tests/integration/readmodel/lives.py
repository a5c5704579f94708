"""Journals to project: those of the example scenarios, and of a small collective of one's own."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

from coopflow.application.engine import Address
from coopflow.application.memory import MemoryEngine
from coopflow.application.scenario_runner import ScenarioRun
from coopflow.definitions.compile import compile_definition
from coopflow.definitions.library import load_definition
from coopflow.definitions.scenario import load_scenario
from coopflow.domain.commands import parse
from coopflow.domain.cooperation import UNOPENED, advance, decide, evolve
from coopflow.domain.events import Entry
from coopflow.domain.refusals import Refusal

EXAMPLES = Path(__file__).parents[3] / "examples"


Life = tuple[Address, tuple[Entry, ...]]
"""Where a cooperation is found, and its journal."""

_LIVED: dict[str, Life] = {}


async def example(name: str) -> Life:
    """Live through an example, once for all tests."""
    if name not in _LIVED:
        _LIVED[name] = await _live(name)
    return _LIVED[name]


async def _live(name: str) -> Life:
    scenario = load_scenario(EXAMPLES / f"{name}.yaml")
    definition = load_definition(scenario.lifecycle, scenario.policy)
    rules = compile_definition(definition)
    engine = MemoryEngine({definition.digest: rules})
    run = ScenarioRun(scenario, engine, rules)
    async for _ in run.steps():
        pass
    return run.address, await engine.journal(run.address)


class Collective:
    """A cooperation of a few members that does what a test says."""

    def __init__(
        self, programme: str = "demo", slug: str = "verger", members: int = 3, **words: str
    ) -> None:
        """Open it on 1 January 2026 with members org-1, org-2, … that person-1, … represent.

        ``words`` are its title, issue and territory, where they matter.
        """
        self.address = Address(programme, slug)
        self.rules = compile_definition(load_definition("impact-collectif", "reference"))
        self.state = UNOPENED
        self.entries: list[Entry] = []
        self.do(
            "open_cooperation",
            "manager",
            programme=programme,
            cooperation=slug,
            lifecycle="impact-collectif",
            policy="reference",
            facilitator="faiza",
            **{
                "title": f"Le {slug}",
                "issue": "Qui taille les arbres ?",
                "territory": "Vallée",
                **words,
            },
        )
        for number in range(1, members + 1):
            organisation = {
                "id": f"org-{number}",
                "name": f"Organisation {number}",
                "category": "association",
            }
            person = f"person-{number}"
            self.do("admit_member", "faiza", organisation=organisation, representative=person)

    def do(
        self, command: str, actor: str, at: str = "2026-01-01T09:00:00Z", **payload: Any
    ) -> tuple[Entry, ...]:
        """Give a command that is accepted, and return what it brought about."""
        parsed = parse({"command": command, "actor": actor, "at": at, **payload})
        assert not isinstance(parsed, Refusal), parsed
        decided = decide(self.state, parsed, self.rules, grants=("programme_manager",))
        assert not isinstance(decided, Refusal), decided
        return self._live(decided)

    def wait(self, to: datetime) -> tuple[Entry, ...]:
        """Let happen what falls due up to an instant, and return it."""
        return self._live(advance(self.state, to, self.rules))

    def _live(self, entries: tuple[Entry, ...]) -> tuple[Entry, ...]:
        for entry in entries:
            self.state = evolve(self.state, entry)
        self.entries.extend(entries)
        return entries
