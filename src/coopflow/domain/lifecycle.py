"""State machines: the stages of a lifecycle, and the tables of everything that has a status.

This is the only module that knows ``transitions``. A table is turned into one shared machine; the
moves it allows are asked of that machine once and remembered, since the answer never changes.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from functools import cached_property
from typing import Annotated, Final, NamedTuple

from pydantic import Field, model_validator
from transitions import Machine, MachineError

from coopflow.domain.base import Label, Shape, Slug, Text, Version
from coopflow.domain.calendar import Span

FALL_BACK: Final = "fall_back"
"""The trigger that moves a cooperation one stage back."""


class Move(NamedTuple):
    """One arrow of a state machine."""

    trigger: str
    source: str
    dest: str


class _Position:
    """What a shared machine moves: a bare holder of one state."""

    def __init__(self, state: str) -> None:
        self.state = state


class StateMachine:
    """A declared table of moves, run by one shared ``transitions`` machine."""

    def __init__(self, name: str, initial: str, moves: Iterable[Move]) -> None:
        """Build the machine.

        Args:
            name: what has this status, for pictures and messages.
            initial: the first state.
            moves: the legal moves; states are those that they name.
        """
        self.name = name
        self.initial = initial
        self.moves = tuple(moves)
        self.states = tuple(
            dict.fromkeys([initial, *(state for move in self.moves for state in move[1:])])
        )
        self.triggers = tuple(dict.fromkeys(move.trigger for move in self.moves))
        self._machine = Machine(
            model=None,
            states=list(self.states),
            initial=initial,
            transitions=[list(move) for move in self.moves],
            auto_transitions=False,
        )
        self._known: dict[tuple[str, str], str | None] = {}

    def after(self, state: str, trigger: str) -> str | None:
        """Return the state that a trigger leads to, or None when it may not be pulled here."""
        key = (state, trigger)
        if key not in self._known:
            self._known[key] = self._ask(state, trigger)
        return self._known[key]

    def _ask(self, state: str, trigger: str) -> str | None:
        position = _Position(state)
        try:
            self._machine.events[trigger].trigger(position)
        except (MachineError, KeyError):
            return None
        return position.state

    def mermaid(self, current: str | None = None) -> str:
        """Draw the machine as a Mermaid state diagram, the current state marked."""
        lines = ["stateDiagram-v2", f"    [*] --> {self.initial}"]
        lines += [f"    {move.source} --> {move.dest}: {move.trigger}" for move in self.moves]
        if current is not None:
            lines += [
                "    classDef current font-weight:bold,stroke-width:3px",
                f"    class {current} current",
            ]
        return "\n".join(lines) + "\n"


class Stage(Shape):
    """One stage of a lifecycle, and the stage that a fall-back leads to, if any."""

    id: Slug
    label: Label
    purpose: Label
    tools: tuple[Slug, ...] = ()
    falls_back_to: Slug | None = None


class Gate(Shape):
    """What must be passed to leave a stage; it may lead back into the same stage for a term."""

    id: Slug
    label: Label
    leaves: Slug
    enters: Slug
    term: Span | None = None


class Lifecycle(Shape):
    """The stages of a cooperation and the gates between them: data, one file each."""

    lifecycle: Slug
    version: Version
    label: Label
    author: Text | None = None
    stages: Annotated[tuple[Stage, ...], Field(min_length=1)]
    gates: tuple[Gate, ...] = ()

    @model_validator(mode="after")
    def _names_exist(self) -> Lifecycle:
        stages = Counter(stage.id for stage in self.stages)
        gates = Counter(gate.id for gate in self.gates)
        for names, what in ((stages, "stage"), (gates, "gate")):
            twice = sorted(name for name, times in names.items() if times > 1)
            if twice:
                message = f"{what} {twice[0]} is declared twice"
                raise ValueError(message)
        for gate in self.gates:
            for name in (gate.leaves, gate.enters):
                if name not in stages:
                    message = f"gate {gate.id} names the stage {name}, which is not declared"
                    raise ValueError(message)
        for stage in self.stages:
            back = stage.falls_back_to
            if back is not None and (back not in stages or back == stage.id):
                message = f"stage {stage.id} falls back to {back}, which is not another stage"
                raise ValueError(message)
        return self

    @cached_property
    def machine(self) -> StateMachine:
        """The one machine of this lifecycle, shared by all cooperations that follow it."""
        moves = [Move(gate.id, gate.leaves, gate.enters) for gate in self.gates]
        moves += [
            Move(FALL_BACK, stage.id, stage.falls_back_to)
            for stage in self.stages
            if stage.falls_back_to
        ]
        return StateMachine(self.lifecycle, self.stages[0].id, moves)

    def gate(self, gate: str) -> Gate | None:
        """Return a gate by its id."""
        return next((known for known in self.gates if known.id == gate), None)

    def stage(self, stage: str) -> Stage | None:
        """Return a stage by its id."""
        return next((known for known in self.stages if known.id == stage), None)

    def stages_before(self, stage: str) -> tuple[str, ...]:
        """Return the stages that falling back leads to from a stage, nearest first."""
        found: list[str] = []
        here = self.stage(stage)
        while here is not None and here.falls_back_to not in {None, stage, *found}:
            found.append(here.falls_back_to or "")
            here = self.stage(found[-1])
        return tuple(found)

    def gates_from(self, stage: str) -> tuple[Gate, ...]:
        """Return the gates that lead out of a stage, in the order of the file."""
        return tuple(gate for gate in self.gates if gate.leaves == stage)

    def gate_into(self, stage: str) -> Gate | None:
        """Return the gate that leads into a stage from another one."""
        return next((g for g in self.gates if g.enters == stage and g.leaves != stage), None)
