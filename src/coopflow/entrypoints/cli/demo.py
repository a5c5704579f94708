"""The demo: an example cooperation, imported so that its last day is today."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, Final

from coopflow.application.engine import Address, Engine, UnknownCooperationError
from coopflow.application.recorded_past import import_past
from coopflow.application.scenario_runner import address_of, shifted
from coopflow.definitions.compile import compile_definition
from coopflow.definitions.library import find, load_definition, shelf
from coopflow.definitions.scenario import Act, Scenario, load_scenario
from coopflow.definitions.yaml import load
from coopflow.directory.people import PROGRAMME_ROLES, ProgrammeRole
from coopflow.domain.events import Entry
from coopflow.domain.refusals import Refusal, RefusedError
from coopflow.domain.rulebook import Rulebook
from coopflow.domain.state import Cooperation
from coopflow.entrypoints.cli.failures import RefusedByEngineError
from coopflow.settings import Language

EXAMPLE: Final = "bocage-gourmand"


class Demo:
    """The example, ready to be imported.

    Importing again, after an interruption, goes on where it ended: commands carry ids.
    """

    def __init__(self, now: datetime, language: Language = "en") -> None:
        """Read the example and move it in time.

        Args:
            now: the instant at which the recording has to be over.
            language: in which its people write.

        Raises:
            FaultsError: the example or what it follows is at fault.
        """
        english = load_scenario(find("examples", EXAMPLE))
        self._tellings: dict[Language, Scenario] = {"en": english, "fr": in_french(english)}
        self._scenario = self._tellings[language]
        self._now = now
        definition = load_definition(self._scenario.lifecycle, self._scenario.policy)
        self.rules: Rulebook = compile_definition(definition)
        self.address: Address = address_of(self._scenario)
        self.steps = len(self._scenario.steps)

    @property
    def people(self) -> Mapping[str, tuple[ProgrammeRole, ...]]:
        """The people of the example, with the roles that they hold in its programme."""
        return {
            person: tuple(role for role in PROGRAMME_ROLES if role in one.roles)
            for person, one in self._scenario.people.items()
        }

    @property
    def member(self) -> str:
        """Somebody who speaks for an organisation of the example."""
        return next(
            person for person, one in self._scenario.people.items() if one.represents is not None
        )

    async def found(self, engine: Engine) -> Cooperation | None:
        """Return the demo as it is in an engine, if it is there."""
        try:
            return await engine.state(self.address)
        except UnknownCooperationError:
            return None

    def told(self, begun: Cooperation | None = None) -> Scenario:
        """Return the example as it is imported, in the language in which that has begun.

        Args:
            begun: the cooperation as an interrupted import left it.
        """
        as_begun = [
            scenario
            for scenario in self._tellings.values()
            if begun is not None and scenario.steps[0].acts[0].payload["issue"] == begun.issue
        ]
        return ending_by(next(iter(as_begun), self._scenario), self._now, begun)

    async def play(
        self, engine: Engine, begun: Cooperation | None = None
    ) -> AsyncIterator[tuple[Entry, ...]]:
        """Import the example, then let the cooperation live by the clock.

        Args:
            engine: where to.
            begun: the cooperation as an interrupted import left it.

        Yields:
            What some more commands brought about, and what fell due before each.

        Raises:
            RefusedByEngineError: a command is refused that the example expects to be accepted.
        """
        past = import_past(
            self.told(begun), engine, self.rules.definition, is_begun=begun is not None
        )
        try:
            async for entries in past:
                yield entries
        except RefusedError as error:
            raise RefusedByEngineError(error.refusal) from error
        live = await engine.go_live(self.address)
        if isinstance(live, Refusal):
            raise RefusedByEngineError(live)
        yield live.entries


def in_french(scenario: Scenario) -> Scenario:
    """Return an example with its texts in French: those of its file in ``examples/french``.

    Raises:
        FaultsError: the file cannot be read.
    """
    file = shelf("examples") / "french" / f"{scenario.name}.yaml"
    french: Mapping[str, Mapping[str, str]] = load(file).data

    def told(value: Any, key: str = "") -> Any:
        if isinstance(value, Mapping):
            return {name: told(one, name) for name, one in value.items()}
        if isinstance(value, list):
            return [told(one, key) for one in value]
        return french.get(key, {}).get(value, value) if isinstance(value, str) else value

    def act_told(act: Act) -> Act:
        return replace(act, payload=told(act.payload))

    steps = (replace(step, acts=tuple(map(act_told, step.acts))) for step in scenario.steps)
    return replace(scenario, steps=tuple(steps))


def ending_by(scenario: Scenario, now: datetime, begun: Cooperation | None = None) -> Scenario:
    """Return a scenario moved by whole days, so that its last step is today and not after now.

    Steps of the last day that would lie ahead are brought forward to now; an import that has begun
    keeps the days that it began with.
    """
    first, last = scenario.steps[0], scenario.steps[-1]
    if begun is not None and begun.opened_at is not None:
        by = begun.opened_at.date() - first.at.date()
    else:
        by = now.astimezone(UTC).date() - last.at.date()
    moved = shifted(scenario, by)
    return replace(moved, steps=tuple(replace(step, at=min(step.at, now)) for step in moved.steps))
