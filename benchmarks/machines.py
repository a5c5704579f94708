"""How fast a gate is checked, beside the same guards in other engines that hold states.

    .venv/bin/python benchmarks/machines.py [--rounds N]

The gate of a cooperation in the middle of its life is judged by what its policy asks. Ours is a
verdict with levels, on a state that remembers nothing (as a worker has it that has just read it)
and on one that was looked at before; then the whole explanation. The yardsticks ask the same
criteria, each read from the same state without any memory, and answer yes or no: `transitions`,
which we use for lifecycles ourselves, python-statemachine and SpiffWorkflow.
"""

from __future__ import annotations

import statistics
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, Final, cast

from core import life_of, milliseconds
from reporting import Report, options
from SpiffWorkflow.operators import Operator
from SpiffWorkflow.specs.ExclusiveChoice import ExclusiveChoice
from SpiffWorkflow.specs.Simple import Simple
from SpiffWorkflow.specs.WorkflowSpec import WorkflowSpec
from SpiffWorkflow.workflow import Workflow
from statemachine import State, StateMachine
from transitions import Machine

from coopflow.application.gate_check import check_gate
from coopflow.definitions.library import find
from coopflow.definitions.scenario import load_scenario
from coopflow.domain.facts import View
from coopflow.domain.gates import judge
from coopflow.domain.state import Cooperation

EXAMPLE: Final = "bocage-gourmand"
GATE: Final = "renewal"
_INNER: Final = 20

Guard = Callable[[], bool]
Check = Callable[[], object]


class Given:
    """A cooperation, the gate that is checked, and its criteria as plain guards."""

    def __init__(self) -> None:
        """Live an example to its end."""
        life = life_of(load_scenario(find("examples", EXAMPLE)))
        self.rules = life.rules
        self.state, journal = life.lived()
        self.at = journal[-1].at
        self._stored = self.state.model_dump_json()
        asked = [one.id for _, one in self.rules.criteria_asked(GATE)]
        asked += [one.id for one in self.rules.gate_policy(GATE).guards]
        self.guards = [partial(self._holds, one) for one in asked]

    def _holds(self, criterion: str) -> bool:
        view = self.view(self.state)
        predicate = self.rules.predicates[criterion]
        facts = [self.rules.queries[name].read(view).value for name in predicate.names]
        return predicate(tuple(facts)).holds

    def view(self, state: Cooperation) -> View:
        """Look at a state as a gate does."""
        spans = self.rules.policy.measures.current_for
        return View(state, self.at, forward=True, current_for=spans)

    def travelled(self) -> Cooperation:
        """Return the state as it is when it was just read."""
        return Cooperation.model_validate_json(self._stored)


class _Model:
    """What `transitions` moves."""


def with_transitions(guards: Sequence[Guard]) -> Check:
    """Return what asks `transitions` whether the gate may be passed."""
    model: Any = _Model()
    machine = Machine(model, states=["before", "after"], initial="before", auto_transitions=False)
    machine.add_transition("go", "before", "after", conditions=[*guards])
    return cast("Check", model.may_go)


def with_statemachine(guards: Sequence[Guard]) -> Check:
    """Return what asks python-statemachine which events may happen."""
    asked = [lambda _one=one: _one() for one in guards]

    class Gate(StateMachine):
        before = State(initial=True)
        after = State(final=True)
        go = before.to(after, cond=asked)

    machine = Gate()
    return machine.enabled_events


class _Holds(Operator):
    """All guards as one condition of SpiffWorkflow."""

    def __init__(self, guards: Sequence[Guard]) -> None:
        super().__init__("something to compare")  # type: ignore[no-untyped-call]
        self._guards = guards

    def _matches(self, _: object) -> bool:
        return all(guard() for guard in self._guards)


def with_spiff(guards: Sequence[Guard]) -> Check:
    """Return what runs a workflow of SpiffWorkflow up to its choice."""
    spec = WorkflowSpec(name="gate", addstart=True)
    choice = ExclusiveChoice(spec, "gate?")
    cast("Simple", spec.start).connect(choice)
    after, before = Simple(spec, "after"), Simple(spec, "before")
    choice.connect_if(_Holds(guards), after)
    choice.connect(before)

    def check() -> None:
        Workflow(spec).run_all()

    return check


def main() -> None:
    """Measure, and print a table."""
    given_options = options(__doc__, rounds=30).parse_args()
    given = Given()
    if not all(guard() for guard in given.guards):
        raise SystemExit("the gate should pass: else the others end at the first guard")
    engines = {
        "transitions": with_transitions(given.guards),
        "python-statemachine": with_statemachine(given.guards),
        "SpiffWorkflow": with_spiff(given.guards),
    }

    def judged(state: Cooperation) -> object:
        return judge(given.view(state), GATE, given.rules)

    def explained(state: Cooperation) -> object:
        return check_gate(state, GATE, given.at, given.rules)

    ours: dict[str, tuple[Callable[[], Cooperation], Callable[[Cooperation], object]]] = {
        "verdict, of a state just read": (given.travelled, judged),
        "verdict, of one looked at before": (lambda: given.state, judged),
        "explained, of a state just read": (given.travelled, explained),
        "explained, of one looked at before": (lambda: given.state, explained),
    }
    report = Report(given_options)
    for engine, check in engines.items():
        report.begin(f"the same {len(given.guards)} criteria in {engine}", "ms")
        for what, (begin, work) in ours.items():
            pairs = [
                (milliseconds(partial(work, begin())), _of_one(check))
                for _ in range(given_options.rounds)
            ]
            own, other = (statistics.median(some) for some in zip(*pairs, strict=True))
            report.tell(f"{what}: {engine}", own, other, [f"{other:.3f} ms to answer yes or no"])
    report.end()


def _of_one(check: Check) -> float:
    """Return how many milliseconds one check takes, of several."""

    def several() -> None:
        for _ in range(_INNER):
            check()

    return milliseconds(several) / _INNER


if __name__ == "__main__":
    main()
