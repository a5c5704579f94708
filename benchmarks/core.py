"""How fast the core decides: a whole life, one explained gate check, one forecast of 24 months.

    .venv/bin/python benchmarks/core.py [--rounds N]

Each is measured in turn with a yardstick: reading the life's journal back from JSON, which is work
of the same kind on the same data. Machines differ and drift, so the ratio to it is what compares
from one run to the next; the medians say what a person would wait. What dominates is told by the
modules in which the time is spent.
"""

from __future__ import annotations

import cProfile
import pstats
import statistics
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, Final

from reporting import Report, options

from coopflow.application.gate_check import check_gate
from coopflow.application.outlook import forecast
from coopflow.definitions.compile import compile_definition
from coopflow.definitions.library import find, load_definition
from coopflow.definitions.scenario import Scenario, load_scenario
from coopflow.domain import catalogue  # noqa: F401 - defines all commands and events
from coopflow.domain.calendar import add_months
from coopflow.domain.commands import parse
from coopflow.domain.cooperation import UNOPENED, advance, decide, follow
from coopflow.domain.events import Entry
from coopflow.domain.refusals import Refusal
from coopflow.domain.rulebook import Rulebook
from coopflow.domain.state import Cooperation

EXAMPLE: Final = "bocage-gourmand"
GATE: Final = "renewal"
MONTHS: Final = 24
_TOLD: Final = 5


@dataclass(frozen=True)
class Life:
    """The commands of a scenario in wire form, each with the roles that its actor holds outside."""

    rules: Rulebook
    commands: tuple[tuple[dict[str, Any], tuple[str, ...]], ...]

    def lived(self) -> tuple[Cooperation, tuple[Entry, ...]]:
        """Give all commands, one after the other; those that the scenario expects are refused."""
        state, journal = UNOPENED, list[Entry]()
        for raw, grants in self.commands:
            command = parse(raw)
            if isinstance(command, Refusal):
                raise TypeError(str(command))
            decided = decide(state, command, self.rules, grants)
            if isinstance(decided, Refusal):
                decided = advance(state, command.at, self.rules)
            state = follow(state, decided)
            journal += decided
        return state, tuple(journal)


def life_of(scenario: Scenario) -> Life:
    """Return the life that a scenario tells."""
    rules = compile_definition(load_definition(scenario.lifecycle, scenario.policy))
    named = {"lifecycle": scenario.lifecycle, "policy": scenario.policy}
    commands = []
    for step in scenario.steps:
        for act in step.acts:
            raw = {**act.payload, "command": act.do, "actor": act.by, "at": step.at.isoformat()}
            if act.do == "open_cooperation":
                raw = named | raw
            person = scenario.people.get(act.by)
            held = person.roles if person else ()
            commands.append((raw, tuple(role for role in held if role == "programme_manager")))
    return Life(rules, tuple(commands))


def milliseconds(work: Callable[[], object]) -> float:
    """Return how long a piece of work takes, once."""
    started = time.perf_counter()
    work()
    return (time.perf_counter() - started) * 1000


def dominating(works: list[Callable[[], object]]) -> str:
    """Return the modules in which some work spends most of its time, with their shares."""
    profile = cProfile.Profile()
    profile.enable()
    for work in works:
        work()
    profile.disable()
    spent: Counter[str] = Counter()
    for (file, _, _), (_, _, own, _, _) in pstats.Stats(profile).stats.items():  # type: ignore[attr-defined]
        spent[_module(file)] += own
    whole = sum(spent.values())
    return ", ".join(f"{name} {own / whole:.0%}" for name, own in spent.most_common(_TOLD))


def _module(file: str) -> str:
    path = Path(file)
    parts = path.with_suffix("").parts
    if "coopflow" in parts:
        return ".".join(parts[len(parts) - 1 - parts[::-1].index("coopflow") + 1 :])
    return "built in" if file in {"~", ""} or file.startswith("<") else path.parent.name


def main() -> None:
    """Measure, and print a table."""
    given = options(__doc__, rounds=30).parse_args()
    rounds = given.rounds
    life = life_of(load_scenario(find("examples", EXAMPLE)))
    state, journal = life.lived()
    at = journal[-1].at
    lines = [entry.model_dump_json() for entry in journal]
    until = add_months(at, MONTHS)

    def yardstick() -> None:
        for line in lines:
            Entry.model_validate_json(line)

    stored = state.model_dump_json()

    def travelled() -> Cooperation:
        """Return the state as a worker has it that has just read it: it remembers nothing."""
        return Cooperation.model_validate_json(stored)

    def checked(one: Cooperation) -> object:
        return check_gate(one, GATE, at, life.rules)

    measured: dict[str, tuple[Callable[[], Cooperation], Callable[[Cooperation], object]]] = {
        f"a life: {len(life.commands)} commands, {len(journal)} events": (
            lambda: UNOPENED,
            lambda _: life.lived(),
        ),
        "one gate check, explained": (lambda: state, checked),
        "the same on a state just read": (travelled, checked),
        f"a forecast of {MONTHS} months": (
            lambda: state,
            lambda one: list(forecast(one, at, until, life.rules)),
        ),
    }
    report = Report(given)
    report.begin("the journal read from JSON", "ms")
    for name, (begin, work) in measured.items():
        pairs = [
            (milliseconds(partial(work, begin())), milliseconds(yardstick)) for _ in range(rounds)
        ]
        ours, other = (statistics.median(some) for some in zip(*pairs, strict=True))
        states = [begin() for _ in range(max(1, rounds // 3))]
        report.tell(name, ours, other, [dominating([partial(work, one) for one in states])])
    report.end()


if __name__ == "__main__":
    main()
