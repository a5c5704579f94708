"""Running a scenario on any engine, and saying which expectations do not hold."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any, Final

from coopflow.application.engine import Address, Engine, Given, Reply
from coopflow.application.expectations import broken
from coopflow.definitions.compile import compile_family
from coopflow.definitions.scenario import Act, Expectation, Scenario, Step
from coopflow.domain.cooperation import UNOPENED
from coopflow.domain.events import Entry
from coopflow.domain.refusals import Refusal
from coopflow.domain.roles import PROGRAMME_MANAGER, REPRESENTATIVE
from coopflow.domain.rulebook import Definition, Rulebook
from coopflow.domain.state import Cooperation

_DAY: Final = re.compile(r"\d{4}-\d{2}-\d{2}")
_NOT_OPENED: Final = Refusal(code="wrong_state", message="the cooperation has not been opened")
_INSTANT: Final = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:\d{2})")


@dataclass(frozen=True)
class StepResult:
    """What a step came to.

    Attributes:
        step: the step.
        entries: what it emitted, and what fell due before it.
        refusals: the refusals of its commands, in order.
        problems: ``expected …, got …`` for each expectation that does not hold.
        state: the cooperation after it.
    """

    step: Step
    entries: tuple[Entry, ...]
    refusals: tuple[Refusal, ...]
    problems: tuple[str, ...]
    state: Cooperation


def address_of(scenario: Scenario) -> Address:
    """Return where the cooperation of a scenario is, or will be, found."""
    for step in scenario.steps:
        for act in step.acts:
            if act.do == "open_cooperation":
                payload = act.payload
                return Address(str(payload.get("programme")), str(payload.get("cooperation")))
    return Address("none", scenario.name)


def shifted(scenario: Scenario, by: timedelta) -> Scenario:
    """Return the scenario moved in time by whole days: its steps, and the dates in payloads.

    Expectations that name dates are moved as well; lengths in calendar months may differ by a
    day or two from those of the original.
    """
    return replace(scenario, steps=tuple(_shifted_step(step, by) for step in scenario.steps))


def renamed(scenario: Scenario, programme: str, cooperation: str) -> Scenario:
    """Return the scenario as the life of a cooperation by another name."""

    def rename(act: Act) -> Act:
        if act.do != "open_cooperation":
            return act
        names = {"programme": programme, "cooperation": cooperation}
        return replace(act, payload={**act.payload, **names})

    steps = tuple(
        replace(step, acts=tuple(rename(act) for act in step.acts)) for step in scenario.steps
    )
    return replace(scenario, steps=steps)


def _shifted_step(step: Step, by: timedelta) -> Step:
    expect = step.expect
    moved: dict[str, Any] = {}
    if expect.clocks is not None:
        moved["clocks"] = {name: day + by for name, day in expect.clocks.items()}
    if isinstance(expect.reservation, date):
        moved["reservation"] = expect.reservation + by
    acts = tuple(replace(act, payload=_shifted_value(act.payload, by)) for act in step.acts)
    return replace(step, at=step.at + by, acts=acts, expect=expect.but(**moved))


def _shifted_value(value: Any, by: timedelta) -> Any:
    if isinstance(value, Mapping):
        return {key: _shifted_value(one, by) for key, one in value.items()}
    if isinstance(value, list):
        return [_shifted_value(one, by) for one in value]
    if isinstance(value, str) and _DAY.fullmatch(value):
        return (date.fromisoformat(value) + by).isoformat()
    if isinstance(value, str) and _INSTANT.fullmatch(value):
        return (datetime.fromisoformat(value) + by).isoformat()
    return value


def given_by(scenario: Scenario, step: Step, number: int) -> Given:
    """Return an act of a step, by its place there, as the command that it is.

    Its id is the same whenever the scenario is run.
    """
    act = step.acts[number]
    person = scenario.people.get(act.by)
    held: tuple[str, ...] = person.roles if person else ()
    grants = [role for role in held if role == PROGRAMME_MANAGER]
    command = {
        "id": f"{scenario.name}-{step.number}-{number + 1}",
        **act.payload,
        "command": act.do,
        "actor": act.by,
        "at": step.at.isoformat(),
    }
    if act.do == "open_cooperation":
        if person is not None and person.represents is not None:
            grants.append(REPRESENTATIVE)
        command.setdefault("lifecycle", scenario.lifecycle)
        command.setdefault("policy", scenario.policy)
    return Given(command, tuple(grants))


Offers = Callable[[str], Definition | None]
"""Finds the definition of a policy by its name and version."""


def nothing_offered(_: str) -> Definition | None:
    """Find none."""
    return None


def offered_for(act: Act, offers: Offers) -> Definition | None:
    """Return the policy that a decision is about, to be offered to the cooperation before."""
    kind, _, policy = str(act.payload.get("subject", "")).partition(":")
    return offers(policy) if kind == "policy" else None


class ScenarioRun:
    """One run of a scenario on an engine, step by step."""

    def __init__(
        self,
        scenario: Scenario,
        engine: Engine,
        rules: Rulebook,
        offers: Offers = nothing_offered,
    ) -> None:
        """Prepare a run.

        Args:
            scenario: the life to be lived.
            engine: where it is lived; the cooperation must not exist there yet.
            rules: the compiled definition that the scenario follows.
            offers: finds the policy, ``name@version``, that a decision of the scenario is about,
                to be offered to the cooperation before.
        """
        self.scenario = scenario
        self.address = address_of(scenario)
        self._engine = engine
        self._rules = rules
        self._offers = offers
        self._state = UNOPENED
        self._is_open = False

    async def steps(self, start: int = 0) -> AsyncIterator[StepResult]:
        """Run the steps in order and yield what each came to.

        Args:
            start: how many steps have been run before, to go on after an interruption.
        """
        if start:
            self._state = await self._engine.state(self.address)
            self._is_open = True
        for step in self.scenario.steps[start:]:
            yield await self._run(step)

    async def _run(self, step: Step) -> StepResult:
        entries: list[Entry] = []
        refusals: list[Refusal] = []
        problems: list[str] = []
        if step.outcomes:
            outcome = await self._answer(step)
            if isinstance(outcome, Refusal):
                problems.append(f"expected the answers of checks to be taken, got {outcome}")
            else:
                entries.extend(outcome.entries)
        for number, act in enumerate(step.acts):
            outcome = await self._give(step, number, act)
            if isinstance(outcome, Refusal):
                refusals.append(outcome)
            else:
                entries.extend(outcome.entries)
            problems.extend(_refusal_problems(act, step.expect, outcome))
        if self._is_open:
            told = await self._engine.tell(self.address, step.at)
            if isinstance(told, Reply):
                entries.extend(told.entries)
            self._state = await self._engine.state(self.address)
        problems.extend(broken(step.expect, self._state, step.at, entries, self._rules))
        return StepResult(step, tuple(entries), tuple(refusals), tuple(problems), self._state)

    async def _answer(self, step: Step) -> Reply | Refusal:
        if not self._is_open:
            return _NOT_OPENED
        return await self._engine.answer(self.address, step.outcomes, step.at)

    async def _give(self, step: Step, number: int, act: Act) -> Reply | Refusal:
        command, grants = given_by(self.scenario, step, number)
        if act.do == "open_cooperation":
            opened = await self._engine.open(
                self._rules.definition, command, grants, mode="recorded"
            )
            self._is_open = self._is_open or isinstance(opened, Reply)
            return opened
        if not self._is_open:
            return _NOT_OPENED
        offered = offered_for(act, self._offers)
        if offered is not None:
            refusal = await self._offer(offered)
            if refusal is not None:
                return refusal
        return await self._engine.execute(self.address, command, grants)

    async def _offer(self, definition: Definition) -> Refusal | None:
        outcome = await self._engine.offer(self.address, definition)
        if isinstance(outcome, Refusal):
            return outcome
        known = await self._engine.definitions(self.address)
        self._rules = compile_family(*known)
        return None


def _refusal_problems(act: Act, expect: Expectation, outcome: Reply | Refusal) -> tuple[str, ...]:
    if expect.refused is not None:
        if not isinstance(outcome, Refusal):
            return (f"expected {act.do} to be refused with {expect.refused}, got accepted",)
        if outcome.code != expect.refused:
            return (f"expected {act.do} to be refused with {expect.refused}, got {outcome}",)
        return ()
    if isinstance(outcome, Refusal):
        return (f"expected {act.do} by {act.by} to be accepted, got {outcome}",)
    return ()
