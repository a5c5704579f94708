"""Facts about the roadmap, indicators, reviews and decisions: values, sources and windows."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from coopflow.domain.calendar import add_months
from coopflow.domain.facts import FACTS, Fact, View
from tests.collective import START, Collective, roadmap, value_chain
from tests.stages import read, review

YEAR = {"months": 12}
TICK = timedelta(microseconds=1)


def _fact(coop: Collective, fact: str, **parameters: Any) -> Fact:
    view = View(
        coop.state, coop.at, forward=False, current_for=coop.rules.policy.measures.current_for
    )
    return FACTS[fact].model_validate(parameters).read(view)


def _at_work() -> Collective:
    coop = Collective(4)
    coop.adopt("value_chain", value_chain())
    coop.adopt("roadmap", roadmap())
    return coop


@pytest.mark.parametrize(
    ("fact", "parameters", "value"),
    [
        ("roadmap.due_settled_share", {}, 0.0),
        ("roadmap.joint_share", {}, 0.0),
        ("roadmap.overdue_share", {}, 1.0),
        ("roadmap.unassigned", {}, 0),
        ("roadmap.experiments", {}, 0),
        ("roadmap.after_review", {"within": YEAR}, False),
        ("roadmap.adjusted_after_review", {"within": YEAR}, False),
        ("reviews", {}, 0),
        ("indicators.current_share", {}, 0.0),
        ("indicators.contributors", {}, 0),
        ("indicators.repeated_share", {"values": 2}, 0.0),
        ("decisions.citing_indicator", {"within": YEAR}, 0),
    ],
)
def test_without_a_roadmap_or_a_value_chain_nothing_is_learnt(
    fact: str, parameters: dict[str, Any], value: Any
) -> None:
    """Without a roadmap everything is overdue and nothing is done; no indicator: not met."""
    assert read(Collective(4), fact, **parameters) == (value, [])


def test_a_stale_roadmap_holds_its_actions_and_gives_none_forward() -> None:
    """In the forward reading the actions of a stale roadmap do not count."""
    coop = _at_work()
    coop.wait(until=add_months(START, 6))
    assert read(coop, "roadmap.joint_share")[0] == 2 / 3
    assert read(coop, "roadmap.joint_share", forward=True) == (0.0, [])
    assert read(coop, "roadmap.overdue_share", forward=True) == (1.0, [])


def test_shares_of_actions_name_the_actions_they_count() -> None:
    """What is due, late and joint can be looked up."""
    coop = _at_work()
    assert read(coop, "roadmap.joint_share") == (2 / 3, ["action a1", "action a2"])
    assert read(coop, "roadmap.due_settled_share") == (1.0, [])
    coop.do("rep-alpha", "update_action", action="a1", due="2026-01-31")
    coop.do("rep-beta", "update_action", action="a2", due="2026-01-31", status="done")
    february = datetime(2026, 2, 1, tzinfo=UTC)
    assert _fact(coop, "roadmap.overdue_share").until == february
    assert _fact(coop, "roadmap.due_settled_share").until == february
    coop.wait(until=february)
    assert read(coop, "roadmap.overdue_share") == (0.5, ["action a1"])
    assert read(coop, "roadmap.due_settled_share") == (0.5, ["action a1", "action a2"])


def test_open_actions_of_organisations_that_nobody_knows_are_unassigned() -> None:
    """An owner that left is still known; a settled action needs no owner any more."""
    coop = Collective(4)
    coop.adopt("value_chain", value_chain())
    content = roadmap()
    content["actions"][0]["owner"] = "stranger"
    content["actions"][1] |= {"owner": "stranger", "status": "dropped"}
    coop.adopt("roadmap", content)
    coop.do("rep-gamma", "withdraw_member", organisation="gamma", reason="Leaving")
    assert read(coop, "roadmap.unassigned") == (1, ["action a1"])


def test_an_experiment_has_a_hypothesis_and_a_learning() -> None:
    """A hypothesis alone is no experiment yet, a learning without one is none."""
    coop = Collective(4)
    coop.adopt("value_chain", value_chain())
    content = roadmap()
    content["actions"][0]["experiment"] = {"hypothesis": "It works"}
    coop.adopt("roadmap", content)
    coop.do("rep-gamma", "update_action", action="a3", learning="It happened")
    assert read(coop, "roadmap.experiments") == (0, [])
    coop.do("rep-alpha", "update_action", action="a1", learning="It does")
    assert read(coop, "roadmap.experiments") == (1, ["action a1"])


def test_a_roadmap_after_a_review_names_both() -> None:
    """The latest review before the roadmap is a source, and until when it counts is said."""
    coop = Collective(4)
    coop.adopt("value_chain", value_chain())
    review(coop, "r1")
    coop.wait(days=10)
    review(coop, "r2")
    coop.adopt("roadmap", roadmap())
    review(coop, "r3")
    found = _fact(coop, "roadmap.after_review", within=YEAR)
    assert found.value is True
    assert [str(source) for source in found.sources] == ["roadmap@1", "review r2"]
    assert found.until == add_months(coop.at, 12)


def test_an_adjustment_after_a_review_names_the_action() -> None:
    """A roadmap may also bring the adjustment, by an action that it lists as dropped."""
    coop = _at_work()
    review(coop, "r1")
    parameters: dict[str, Any] = {"within": YEAR}
    assert read(coop, "roadmap.adjusted_after_review", **parameters) == (False, [])
    content = roadmap()
    content["actions"][1]["status"] = "dropped"
    coop.adopt("roadmap", content)
    assert read(coop, "roadmap.adjusted_after_review", **parameters) == (
        True,
        ["action a2", "review r1"],
    )


def test_an_adjustment_before_any_review_is_no_learning() -> None:
    """Without a review before it, dropping an action counts for nothing."""
    coop = _at_work()
    coop.do("rep-alpha", "update_action", action="a1", status="dropped")
    assert read(coop, "roadmap.adjusted_after_review", within=YEAR) == (False, [])


@pytest.mark.parametrize(
    ("parameters", "counted"),
    [
        ({}, ["r1", "r2", "r3"]),
        ({"kind": "annual"}, ["r2"]),
        ({"examined_measures": True}, ["r1"]),
        ({"published": True}, ["r3"]),
        ({"within": {"days": 20}}, ["r2", "r3"]),
    ],
)
def test_reviews_are_counted_by_what_is_asked_of_them(
    parameters: dict[str, Any], counted: list[str]
) -> None:
    """Each parameter leaves out the reviews that do not meet it; open ones never count."""
    coop = _at_work()
    review(coop, "r1", measures=["o1-1"])
    coop.wait(days=20)
    review(coop, "r2", "annual")
    review(coop, "r3", "evaluation", summary_published=True)
    coop.do("fay", "open_review", review="r4", kind="annual")
    assert read(coop, "reviews", **parameters) == (
        len(counted),
        [f"review {slug}" for slug in counted],
    )


def test_a_count_of_reviews_is_sure_until_the_oldest_leaves_the_window() -> None:
    """90 days to the microsecond after it closed, a review is no longer recent."""
    coop = Collective(4)
    review(coop, "r1", "annual")
    found = _fact(coop, "reviews", within={"days": 90}, kind="annual")
    assert (found.value, found.until) == (1, START + timedelta(days=90))
    coop.wait(until=START + timedelta(days=90) - TICK)
    assert read(coop, "reviews", within={"days": 90}) == (1, ["review r1"])
    coop.wait(until=START + timedelta(days=90))
    assert read(coop, "reviews", within={"days": 90}) == (0, [])


def test_every_current_value_of_an_indicator_counts() -> None:
    """An indicator is current by its latest value; each current value names who gave it."""
    coop = _at_work()
    for organisation, indicator in (("alpha", "o1-1"), ("beta", "o1-1"), ("beta", "o2-1")):
        coop.do(
            f"rep-{organisation}",
            "record_measure",
            indicator=indicator,
            value=1,
            organisation=organisation,
        )
    assert read(coop, "indicators.current_share") == (0.5, ["measure o1-1", "measure o2-1"])
    assert read(coop, "indicators.contributors") == (2, ["member alpha", "member beta"])
    assert read(coop, "indicators.repeated_share", values=2) == (0.25, ["measure o1-1"])
    assert _fact(coop, "indicators.current_share").until == START + timedelta(days=274)
    assert _fact(coop, "indicators.contributors").until == START + timedelta(days=274)


def test_values_of_indicators_that_a_new_chain_drops_do_not_count() -> None:
    """Only the indicators of the adopted value chain are looked at."""
    coop = _at_work()
    coop.do("rep-alpha", "record_measure", indicator="o2-1", value=1, organisation="alpha")
    assert read(coop, "indicators.current_share")[0] == 0.25
    chain = value_chain()
    coop.adopt("value_chain", {"objectives": chain["objectives"][:1]})
    assert read(coop, "indicators.current_share") == (0.0, [])


def test_adopted_decisions_that_cite_an_indicator_are_counted() -> None:
    """Open, rejected and uncited decisions are none; the window is that of their closing."""
    coop = _at_work()
    for slug, cites in (("d1", ["o1-1"]), ("d2", []), ("d3", ["o1-1", "other"]), ("d4", ["o1-1"])):
        coop.do(
            "rep-alpha", "open_decision", decision=slug, subject="other", question="?", cites=cites
        )
    coop.vote("d1", "yes")
    coop.vote("d2", "yes")
    coop.wait(days=1)
    coop.vote("d3", "no")
    assert read(coop, "decisions.citing_indicator", within=YEAR) == (1, ["decision d1"])
    found = _fact(coop, "decisions.citing_indicator", within=YEAR)
    assert found.until == add_months(START, 12)
    coop.vote("d4", "yes")
    assert read(coop, "decisions.citing_indicator", within=YEAR)[0] == 2
