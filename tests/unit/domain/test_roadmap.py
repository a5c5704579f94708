"""The living roadmap: actions as they stand, and the values of indicators."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from coopflow.domain.roadmap import known_indicators
from tests.collective import START, Collective, roadmap, value_chain
from tests.stages import entrust


def planned(**changes: Any) -> Collective:
    """Return a cooperation with an adopted value chain and roadmap."""
    coop = Collective(4)
    coop.adopt("value_chain", value_chain())
    coop.adopt("roadmap", roadmap(**changes))
    return coop


def with_status(**statuses: str) -> dict[str, Any]:
    """Return a roadmap whose actions stand as said."""
    actions = roadmap()["actions"]
    return roadmap(
        actions=[one | {"status": statuses.get(one["id"], one["status"])} for one in actions]
    )


# --- actions --------------------------------------------------------------------------------------


def test_an_adopted_roadmap_plans_its_actions() -> None:
    """The actions are those of the version that was adopted last."""
    coop = planned()
    assert list(coop.state.actions) == ["a1", "a2", "a3"]
    assert coop.state.adjustment is None
    coop.adopt("roadmap", roadmap(actions=[roadmap()["actions"][1]]))
    assert list(coop.state.actions) == ["a2"]


@pytest.mark.parametrize("status", ["dropped", "replanned"])
def test_a_version_that_drops_or_replans_is_an_adjustment(status: str) -> None:
    """An action that stands so for the first time is noted, with the event's number."""
    coop = planned()
    coop.wait(days=1)
    coop.adopt("roadmap", with_status(a2=status))
    adjusted = coop.state.adjustment
    assert adjusted is not None
    assert (adjusted.action, adjusted.at) == ("a2", coop.at)
    assert coop.journal[adjusted.seq - 1].event.type == "actions_planned"


def test_what_was_dropped_before_is_no_adjustment_again() -> None:
    """Only a change of the action counts, not its standing in a further version."""
    coop = planned()
    coop.adopt("roadmap", with_status(a2="dropped"))
    before = coop.state.adjustment
    coop.adopt("roadmap", with_status(a2="dropped"))
    assert coop.state.adjustment is before


def test_a_first_roadmap_may_adjust() -> None:
    """An action that is replanned when it first appears was adjusted."""
    coop = Collective(4)
    coop.adopt("value_chain", value_chain())
    coop.adopt("roadmap", with_status(a3="replanned"))
    assert coop.state.adjustment is not None
    assert coop.state.adjustment.action == "a3"


def test_an_owner_says_how_its_action_stands() -> None:
    """What is given replaces what was, the rest stays."""
    coop = planned()
    coop.do("rep-alpha", "update_action", action="a1", status="running")
    coop.do("rep-alpha", "update_action", action="a1", due="2027-01-31", owner="beta")
    action = coop.state.actions["a1"]
    assert (action.status, action.due, action.owner, action.title) == (
        "running",
        date(2027, 1, 31),
        "beta",
        "An action",
    )
    assert coop.state.adjustment is None


def test_what_was_learnt_is_noted_with_the_experiment() -> None:
    """A learning joins the hypothesis, or stands alone where there was none."""
    actions = roadmap()["actions"]
    actions[0]["experiment"] = {"hypothesis": "It works"}
    coop = planned(actions=actions)
    for name, owner in (("a1", "alpha"), ("a2", "beta")):
        coop.do(f"rep-{owner}", "update_action", action=name, learning="It does")
    first, second = (coop.state.actions[name].experiment for name in ("a1", "a2"))
    assert first is not None
    assert second is not None
    assert (first.hypothesis, first.learning) == ("It works", "It does")
    assert (second.hypothesis, second.learning) == (None, "It does")


@pytest.mark.parametrize("status", ["dropped", "replanned"])
def test_dropping_or_replanning_is_an_adjustment(status: str) -> None:
    """An update that drops or replans is noted each time."""
    coop = planned()
    coop.do("rep-gamma", "update_action", action="a3", status=status)
    adjusted = coop.state.adjustment
    assert adjusted is not None
    assert adjusted.action == "a3"
    assert coop.journal[adjusted.seq - 1].event.type == "action_updated"
    coop.wait(days=1)
    coop.do("rep-gamma", "update_action", action="a3", status=status)
    assert coop.state.adjustment is not None
    assert coop.state.adjustment.at == coop.at


def test_who_may_update_an_action() -> None:
    """Its owner and the support function may, another member and the facilitator may not."""
    coop = planned()
    for by in ("rep-beta", "fay", "pam"):
        assert coop.refused(by, "update_action", action="a1", status="done") == "forbidden"
    coop.do("rep-beta", "propose_mandate", decision="m", holder="beta", missions=["fund"])
    coop.vote("m")
    coop.do("rep-beta", "update_action", action="a1", status="done")


@pytest.mark.parametrize(
    ("payload", "code"),
    [
        ({"action": "a9", "status": "done"}, "unknown_document"),
        ({"action": "a1", "owner": "omega"}, "unknown_member"),
        ({"action": "a1", "owner": "delta"}, "wrong_state"),
        ({"action": "a1", "status": "maybe"}, "invalid_command"),
        ({"action": "a1", "due": "3000-01-01"}, "invalid_command"),
    ],
)
def test_an_update_names_what_is_there(payload: dict[str, Any], code: str) -> None:
    """The action is one of the roadmap, its new owner an active member."""
    coop = planned()
    coop.do("fay", "suspend_member", organisation="delta", reason="Absent")
    assert coop.refused("rep-alpha", "update_action", **payload) == code


def test_strangers_do_not_learn_which_actions_there_are() -> None:
    """Who represents nobody is forbidden, whether the action exists or not."""
    coop = planned()
    for name in ("a1", "a9"):
        assert coop.refused("stranger", "update_action", action=name, status="done") == "forbidden"


# --- measures -------------------------------------------------------------------------------------


def measure(coop: Collective, indicator: str = "o1-1", value: float = 1, **more: Any) -> list[str]:
    said = {"indicator": indicator, "value": value, "organisation": "alpha"} | more
    return coop.do("rep-alpha", "record_measure", **said)


def test_a_measure_is_a_value_of_an_indicator() -> None:
    """It notes who measured what and when, for which period."""
    coop = planned()
    coop.wait(days=3)
    assert measure(coop, value=12.5, period="2026-Q1")[0] == "measure_recorded"
    series = coop.state.measures["o1-1"]
    (latest,) = series.latest
    assert (series.count, latest.value, latest.organisation, latest.period, latest.at) == (
        1,
        12.5,
        "alpha",
        "2026-Q1",
        coop.at,
    )


def test_the_latest_two_dozen_values_stay() -> None:
    """All values are counted, the oldest leave the state."""
    coop = planned()
    for value in range(30):
        measure(coop, value=value)
    series = coop.state.measures["o1-1"]
    assert series.count == 30
    assert [one.value for one in series.latest] == [float(value) for value in range(6, 30)]
    assert series.latest[0].at == START


@pytest.mark.parametrize(
    ("payload", "code"),
    [
        ({"indicator": "o9"}, "unknown_document"),
        ({"value": float("inf")}, "invalid_command"),
        ({"value": "much"}, "invalid_command"),
        ({"organisation": "beta"}, "forbidden"),
    ],
)
def test_a_measure_is_one_of_the_value_chain(payload: dict[str, Any], code: str) -> None:
    """The indicator is known, the value a number, the organisation one's own."""
    coop = planned()
    said = {"indicator": "o1-1", "value": 1, "organisation": "alpha"} | payload
    assert coop.refused("rep-alpha", "record_measure", **said) == code


def test_the_support_function_and_the_evaluator_measure_for_any_member() -> None:
    """They name the active member whose value it is."""
    coop = planned()
    coop.do("fay", "assign_role", person="eva", role="evaluator")
    coop.do("rep-beta", "propose_mandate", decision="m", holder="beta", missions=["measure"])
    coop.vote("m")
    said = {"indicator": "o1-1", "value": 1}
    for by in ("eva", "rep-beta"):
        coop.do(by, "record_measure", organisation="alpha", **said)
        assert coop.refused(by, "record_measure", organisation="omega", **said) == "unknown_member"
    coop.do("fay", "suspend_member", organisation="gamma", reason="Absent")
    assert coop.refused("eva", "record_measure", organisation="gamma", **said) == "wrong_state"


def test_indicators_are_those_of_the_adopted_chain() -> None:
    """Before a chain is adopted there is none; a draft adds none."""
    coop = Collective(4)
    assert known_indicators(coop.state) == frozenset()
    coop.do("rep-alpha", "draft_document", kind="value_chain", content=value_chain())
    assert known_indicators(coop.state) == frozenset()
    assert known_indicators(planned().state) == {"o1-1", "o1-2", "o2-1", "o2-2"}


def test_a_suspended_owner_waits_with_its_actions() -> None:
    """It speaks for itself, and yet does not change what the collective planned; support may."""
    coop = Collective(4)
    coop.adopt("value_chain", value_chain())
    coop.adopt("roadmap", roadmap())
    entrust(coop, "beta")
    coop.do("fay", "suspend_member", organisation="alpha", reason="Absent")
    asked = {"action": "a1", "status": "dropped"}
    assert coop.refused("rep-alpha", "update_action", **asked) == "wrong_state"
    coop.do("rep-beta", "update_action", **asked)
