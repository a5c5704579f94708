"""Expectations: each key that a step may state, when it holds and what is said when it does not."""

from typing import Any

import pytest

from coopflow.application.expectations import broken
from coopflow.definitions.scenario import Expectation
from coopflow.domain.events import Entry
from tests.collective import Collective, identity_sheet, vision
from tests.stages import entrust, in_structuration, meet, pass_gate


def _held(coop: Collective, emitted: list[Entry] | None = None, **expected: Any) -> list[str]:
    wanted = Expectation.model_validate(expected)
    return list(broken(wanted, coop.state, coop.at, emitted or [], coop.rules))


def _lived() -> Collective:
    """Return a cooperation in its second stage with a clock, a lapsed and an open decision."""
    coop = in_structuration()
    coop.do("rep-alpha", "open_decision", decision="gone", subject="other", question="?")
    coop.wait(days=14)
    coop.do("rep-alpha", "open_decision", decision="open", subject="other", question="?")
    coop.do("rep-alpha", "draft_document", kind="shared_vision", content=vision())
    coop.do(
        "rep-alpha",
        "raise_disagreement",
        disagreement="d",
        subject="?",
        content="!",
        parties=["alpha", "beta"],
        touches="other",
    )
    coop.do("fay", "end_mandate", reason="Moving on")
    return coop


LIVED = _lived()


@pytest.mark.parametrize(
    "expected",
    [
        {},
        {"stage": "structuration", "status": "active"},
        {"levels": [2, 1, 1, 1, 0]},
        {"levels": {"support": 0, "common_plan": 2}},
        {"forward": [2, 1, 1, 1, 0]},
        {"gate": {"name": "to_animation", "verdict": "fail"}},
        {
            "gate": {
                "name": "to_animation",
                "short": {
                    "common_plan": 1,
                    "mutual_actions": 1,
                    "shared_evaluation": 1,
                    "communication": 1,
                    "support": 2,
                },
            }
        },
        {"documents": {"shared_vision": "approved", "shared_vision@2": "draft"}},
        {"decisions": {"gone": "lapsed", "open": "open", "document:shared_vision": "adopted"}},
        {"disagreements": {"d": "raised"}},
        {"blocking": False},
        {"clocks": {"support": "2026-03-16"}},
        {"mandate": "none"},
        {"members": 4},
        {"alerts": ["mandate_lapsed", "decision_lapsed"]},
        {"reservation": "none"},
    ],
)
def test_what_is_expected_and_is_so_is_not_mentioned(expected: dict[str, Any]) -> None:
    """Only what is stated is looked at."""
    assert _held(LIVED, **expected) == []


@pytest.mark.parametrize(
    ("expected", "said"),
    [
        ({"stage": "animation"}, "expected stage animation, got structuration"),
        ({"status": "paused"}, "expected status paused, got active"),
        ({"levels": [2, 1, 1, 1, 1]}, "expected levels [2, 1, 1, 1, 1], got [2, 1, 1, 1, 0]"),
        ({"levels": {"support": 1}}, "expected levels {'support': 1}, got {'support': 0}"),
        ({"levels": {"luck": 1}}, "expected levels {'luck': 1}, got {'luck': None}"),
        ({"forward": [0, 0, 0, 0, 0]}, "expected forward [0, 0, 0, 0, 0], got [2, 1, 1, 1, 0]"),
        ({"verdict": "pass"}, "expected verdict pass, got None"),
        (
            {"gate": {"name": "to_animation", "verdict": "pass"}},
            "expected verdict of to_animation pass, got fail",
        ),
        (
            {"gate": {"name": "to_structuration", "unmet": []}},
            "expected unmet [], got [mandate-running]",
        ),
        (
            {"gate": {"name": "to_structuration", "short": {"support": 2}}},
            "expected short {'support': 2}, got {'support': 1}",
        ),
        ({"gate": {"name": "heaven"}}, "expected gate heaven, got unknown_gate"),
        (
            {"documents": {"shared_vision": "stale"}},
            "expected document shared_vision stale, got approved",
        ),
        (
            {"documents": {"shared_vision@7": "draft"}},
            "expected document shared_vision@7 draft, got None",
        ),
        ({"documents": {"roadmap": "approved"}}, "expected document roadmap approved, got None"),
        ({"decisions": {"gone": "adopted"}}, "expected decision gone adopted, got lapsed"),
        ({"decisions": {"none": "open"}}, "expected decision none open, got None"),
        ({"disagreements": {"d": "closed"}}, "expected disagreement d closed, got raised"),
        ({"disagreements": {"x": "closed"}}, "expected disagreement x closed, got None"),
        ({"blocking": True}, "expected blocking True, got False"),
        (
            {"clocks": {}},
            "expected clocks {}, got {support: 2026-03-16}",
        ),
        (
            {"clocks": {"support": "2026-03-15"}},
            "expected clocks {support: 2026-03-15}, got {support: 2026-03-16}",
        ),
        ({"mandate": "alpha"}, "expected mandate alpha, got none"),
        ({"members": 5}, "expected members 5, got 4"),
        ({"reservation": "2026-04-01"}, "expected reservation 2026-04-01, got none"),
    ],
)
def test_what_is_expected_and_is_not_so_is_said(expected: dict[str, Any], said: str) -> None:
    """Each broken expectation is one line, with what was expected and what was found."""
    assert _held(LIVED, **expected) == [said]


def test_alerts_that_are_missing_are_named_beside_those_raised() -> None:
    """Others may be raised as well."""
    (said,) = _held(LIVED, alerts=["mandate_lapsed", "no_plenary"])
    assert said.startswith("expected alerts [no_plenary], got [")
    assert "mandate_lapsed" in said


def test_the_verdict_is_that_of_the_gate_just_requested() -> None:
    """The last one of the step counts; of an earlier step it is none."""
    coop = in_structuration()
    before = len(coop.journal)
    coop.do("rep-alpha", "request_gate", gate="to_animation")
    emitted = coop.journal[before:]
    assert _held(coop, emitted, verdict="fail") == []
    assert _held(coop, emitted, verdict="pass") == ["expected verdict pass, got fail"]
    assert _held(coop, [], verdict="fail") == ["expected verdict fail, got None"]


def test_a_reservation_is_expected_by_the_day_on_which_it_ends() -> None:
    """A reservation is no clock."""
    coop = Collective(4)
    coop.adopt("shared_vision", vision())
    coop.adopt("identity_sheet", identity_sheet())
    meet(coop, "first", "alpha", "beta", "gamma")
    entrust(coop)
    pass_gate(coop, "to_structuration")
    assert _held(coop, reservation="2026-04-01", clocks={}, mandate="alpha") == []
    assert _held(coop, reservation="none") == ["expected reservation none, got 2026-04-01"]


@pytest.mark.parametrize(
    ("events", "held"),
    [
        ([], True),
        (["cooperation_opened"], True),
        (["cooperation_opened", "member_joined", "member_joined"], True),
        (["member_invited", "member_joined", "alert_raised"], True),
        (["member_joined", "cooperation_opened"], False),
        (["member_joined"] * 3, False),
        (["member_left"], False),
    ],
)
def test_events_are_expected_in_their_order(events: list[str], held: bool) -> None:  # noqa: FBT001
    """Others may stand between them; each stands for one event."""
    coop = Collective(2)
    said = _held(coop, coop.journal, events=events)
    assert (said == []) is held
    if not held:
        assert said[0].startswith(f"expected events [{', '.join(events)}] in this order, got [")


def test_several_broken_expectations_are_all_said() -> None:
    """Nobody has to run a scenario as often as it has faults."""
    assert len(_held(LIVED, stage="animation", members=1, mandate="beta", blocking=True)) == 4
