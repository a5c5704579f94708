"""State machines as tables, and lifecycles as data."""

import copy
from collections.abc import Callable
from typing import Any

import pytest
from pydantic import ValidationError

from coopflow.domain.disagreements import DISAGREEMENT
from coopflow.domain.documents import DOCUMENT
from coopflow.domain.lifecycle import FALL_BACK, Lifecycle, Move, StateMachine
from coopflow.domain.members import MEMBERSHIP
from coopflow.domain.objections import OBJECTION
from coopflow.domain.opening import STATUS
from coopflow.domain.reviews import CHANGE
from tests.collective import reference_rules

TRAFFIC = StateMachine(
    "light",
    "red",
    [Move("go", "red", "green"), Move("slow", "green", "amber"), Move("stop", "amber", "red")],
)
TABLES = [CHANGE, DISAGREEMENT, DOCUMENT, MEMBERSHIP, OBJECTION, STATUS]


def _lifecycle(change: Callable[[dict[str, Any]], None] = lambda _: None) -> Lifecycle:
    raw = copy.deepcopy(reference_rules().definition.lifecycle)
    change(raw)
    return Lifecycle.model_validate(raw)


def test_a_table_gives_its_states_and_triggers_in_order() -> None:
    """The initial state first, then as they are named."""
    assert TRAFFIC.states == ("red", "green", "amber")
    assert TRAFFIC.triggers == ("go", "slow", "stop")


@pytest.mark.parametrize(
    ("state", "trigger", "after"),
    [
        ("red", "go", "green"),
        ("green", "slow", "amber"),
        ("red", "slow", None),
        ("red", "fly", None),
    ],
)
def test_a_trigger_leads_where_the_table_says(state: str, trigger: str, after: str | None) -> None:
    """What the table does not provide leads nowhere, however often it is asked."""
    assert TRAFFIC.after(state, trigger) == after
    assert TRAFFIC.after(state, trigger) == after


def test_a_machine_is_drawn_as_a_state_diagram() -> None:
    """The picture holds each arrow once, and marks where one is."""
    drawn = TRAFFIC.mermaid()
    assert drawn == (
        "stateDiagram-v2\n"
        "    [*] --> red\n"
        "    red --> green: go\n"
        "    green --> amber: slow\n"
        "    amber --> red: stop\n"
    )
    marked = TRAFFIC.mermaid("green")
    assert marked.startswith(drawn)
    assert marked.endswith("    class green current\n")


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_every_table_is_sound(table: StateMachine) -> None:
    """Every state can be reached from the first, and a trigger has one effect in a state."""
    reached, waiting = {table.initial}, [table.initial]
    while waiting:
        here = waiting.pop()
        for move in table.moves:
            if move.source == here and move.dest not in reached:
                reached.add(move.dest)
                waiting.append(move.dest)
    assert reached == set(table.states)
    pairs = [(move.trigger, move.source) for move in table.moves]
    assert len(pairs) == len(set(pairs))
    for move in table.moves:
        assert table.after(move.source, move.trigger) == move.dest


@pytest.mark.parametrize(
    ("table", "states"),
    [
        (
            DOCUMENT,
            ["draft", "submitted", "approved", "in_force", "stale", "expired", "superseded"],
        ),
        (MEMBERSHIP, ["invited", "active", "suspended", "left"]),
        (OBJECTION, ["raised", "qualified", "concern", "integrated", "withdrawn", "upheld"]),
        (STATUS, ["active", "paused", "closing", "closed"]),
        (CHANGE, ["open", "accepted", "declined", "deferred"]),
    ],
    ids=lambda value: value.name if isinstance(value, StateMachine) else "",
)
def test_tables_have_the_states_of_the_contract(table: StateMachine, states: list[str]) -> None:
    """The words are those that people read in lists and scenarios."""
    assert sorted(table.states) == sorted(states)
    assert table.initial == states[0]


def test_the_reference_lifecycle_has_three_stages_and_three_gates() -> None:
    """Stages, where they fall back to, and where the gates lead."""
    lifecycle = _lifecycle()
    assert [(stage.id, stage.falls_back_to) for stage in lifecycle.stages] == [
        ("impulsion", None),
        ("structuration", "impulsion"),
        ("animation", "structuration"),
    ]
    assert [(gate.id, gate.leaves, gate.enters) for gate in lifecycle.gates] == [
        ("to_structuration", "impulsion", "structuration"),
        ("to_animation", "structuration", "animation"),
        ("renewal", "animation", "animation"),
    ]
    renewal = lifecycle.gate("renewal")
    assert renewal is not None
    assert renewal.term is not None
    assert renewal.term.months == 12


def test_a_lifecycle_is_one_machine_that_is_shared() -> None:
    """It is built once, and gives the moves between stages."""
    lifecycle = _lifecycle()
    machine = lifecycle.machine
    assert lifecycle.machine is machine
    assert machine.initial == "impulsion"
    assert machine.after("impulsion", "to_structuration") == "structuration"
    assert machine.after("impulsion", "to_animation") is None
    assert machine.after("animation", "renewal") == "animation"
    assert machine.after("animation", FALL_BACK) == "structuration"
    assert machine.after("impulsion", FALL_BACK) is None


def test_stages_and_gates_are_found_by_their_ids() -> None:
    """What does not exist is None; a gate that leads back into its stage leads into none."""
    lifecycle = _lifecycle()
    assert lifecycle.gate("no_gate") is None
    assert lifecycle.stage("no_stage") is None
    stage = lifecycle.stage("animation")
    assert stage is not None
    assert stage.tools == ("roadmap", "feedback_loop", "support_model")
    assert [gate.id for gate in lifecycle.gates_from("animation")] == ["renewal"]
    assert lifecycle.gates_from("no_stage") == ()
    into = lifecycle.gate_into("animation")
    assert into is not None
    assert into.id == "to_animation"
    assert lifecycle.gate_into("impulsion") is None


@pytest.mark.parametrize(
    ("stage", "before"),
    [
        ("impulsion", ()),
        ("structuration", ("impulsion",)),
        ("animation", ("structuration", "impulsion")),
        ("no_stage", ()),
    ],
)
def test_stages_before_are_those_that_falling_back_leads_to(
    stage: str, before: tuple[str, ...]
) -> None:
    """The nearest comes first."""
    assert _lifecycle().stages_before(stage) == before


def test_falling_back_in_a_circle_ends() -> None:
    """A lifecycle may lead from the first stage back to the last; each is named once."""

    def circle(raw: dict[str, Any]) -> None:
        raw["stages"][0]["falls_back_to"] = "animation"

    lifecycle = _lifecycle(circle)
    assert lifecycle.stages_before("animation") == ("structuration", "impulsion")
    assert lifecycle.stages_before("impulsion") == ("animation", "structuration")


def _twice(raw: dict[str, Any]) -> None:
    raw["stages"].append(raw["stages"][0])


def _gate_twice(raw: dict[str, Any]) -> None:
    raw["gates"].append(raw["gates"][0])


def _leads_nowhere(raw: dict[str, Any]) -> None:
    raw["gates"][0]["enters"] = "heaven"


def _comes_from_nowhere(raw: dict[str, Any]) -> None:
    raw["gates"][0]["leaves"] = "nowhere"


def _falls_nowhere(raw: dict[str, Any]) -> None:
    raw["stages"][1]["falls_back_to"] = "hell"


def _falls_on_itself(raw: dict[str, Any]) -> None:
    raw["stages"][1]["falls_back_to"] = "structuration"


def _has_no_stage(raw: dict[str, Any]) -> None:
    raw["stages"] = []


@pytest.mark.parametrize(
    ("change", "why"),
    [
        (_twice, "stage impulsion is declared twice"),
        (_gate_twice, "gate to_structuration is declared twice"),
        (_leads_nowhere, "names the stage heaven, which is not declared"),
        (_comes_from_nowhere, "names the stage nowhere, which is not declared"),
        (_falls_nowhere, "falls back to hell, which is not another stage"),
        (_falls_on_itself, "falls back to structuration, which is not another stage"),
        (_has_no_stage, "at least 1 item"),
    ],
)
def test_a_lifecycle_that_does_not_hold_together_is_refused(
    change: Callable[[dict[str, Any]], None], why: str
) -> None:
    """Names are unique and lead to what is declared."""
    with pytest.raises(ValidationError, match=why):
        _lifecycle(change)


def test_a_lifecycle_may_have_no_gate() -> None:
    """A collective may live in one stage for ever."""

    def flat(raw: dict[str, Any]) -> None:
        raw |= {"stages": raw["stages"][:1], "gates": []}

    lifecycle = _lifecycle(flat)
    assert lifecycle.machine.states == ("impulsion",)
    assert lifecycle.gates_from("impulsion") == ()
