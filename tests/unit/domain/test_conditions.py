"""The five conditions at the boundaries of their levels, in both readings, under the reference."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from coopflow.domain.calendar import add_months
from coopflow.domain.conditions import Finding, find, level, levels
from coopflow.domain.cooperation import next_due
from coopflow.domain.facts import View
from coopflow.domain.state import Cooperation
from tests.collective import (
    START,
    Collective,
    charter,
    identity_sheet,
    roadmap,
    stakeholder_map,
    support_model,
    value_chain,
    vision,
)
from tests.stages import (
    MISSIONS,
    enforce_charter,
    entrust,
    in_animation,
    in_structuration,
    meet,
    ready_for_renewal,
    review,
    varied,
)

TICK = timedelta(microseconds=1)
CONDITIONS = ("common_plan", "mutual_actions", "shared_evaluation", "communication", "support")


def _level(coop: Collective, condition: str, *, forward: bool = False) -> int:
    return coop.levels(forward=forward)[CONDITIONS.index(condition)]


def _just_before(coop: Collective, instant: datetime) -> None:
    coop.wait(until=instant - TICK)


def _finding(coop: Collective, criterion: str, *, forward: bool = False) -> Finding:
    view = View(coop.state, coop.at, forward, coop.rules.policy.measures.current_for)
    return find(coop.rules.criteria[criterion], view, coop.rules)


# --- A: a common plan -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("contributors", "reached"),
    [
        (["alpha", "beta", "gamma"], 1),
        (["alpha", "beta"], 0),
        (["alpha", "beta", "alpha"], 0),
        (["alpha", "beta", "gamma", "delta"], 1),
    ],
)
def test_a_draft_of_a_vision_by_three_makes_a_common_plan_1(
    contributors: list[str], reached: int
) -> None:
    """Even a draft counts, once three different organisations contributed to it."""
    coop = Collective(4)
    coop.do(
        "rep-alpha",
        "draft_document",
        kind="shared_vision",
        content={"contributors": contributors},
    )
    assert _level(coop, "common_plan") == reached
    assert _level(coop, "common_plan", forward=True) == reached


def test_a_vision_counts_while_it_is_submitted_and_after_it_is_refused() -> None:
    """A vision keeps level 1 on its way to a decision, and as a draft again after a refusal."""
    coop = Collective(4)
    coop.do("rep-alpha", "draft_document", kind="shared_vision", content=vision())
    coop.do("rep-alpha", "submit_document", kind="shared_vision")
    assert _level(coop, "common_plan") == 1
    coop.vote("decision-1", "consent", alpha="objection")
    assert coop.state.documents["shared_vision"][0].status == "draft"
    assert _level(coop, "common_plan") == 1


@pytest.mark.parametrize(
    ("kinds", "reached"),
    [
        (["shared_vision"], 1),
        (["identity_sheet"], 0),
        (["shared_vision", "identity_sheet"], 2),
    ],
)
def test_a_vision_and_an_identity_sheet_make_a_common_plan_2(
    kinds: list[str], reached: int
) -> None:
    """Level 2 asks for both documents; the sheet alone is not even level 1."""
    coop = Collective(4)
    contents = {"shared_vision": vision(), "identity_sheet": identity_sheet()}
    for kind in kinds:
        coop.adopt(kind, contents[kind])
    assert _level(coop, "common_plan") == reached


def _planned(members: int = 4) -> Collective:
    coop = Collective(members)
    coop.adopt("shared_vision", vision())
    coop.adopt("identity_sheet", identity_sheet())
    return coop


@pytest.mark.parametrize(
    ("members", "signatories", "reached"),
    [
        (3, ["alpha"], 2),
        (3, ["alpha", "beta"], 3),
        (4, ["alpha", "beta"], 2),
        (4, ["alpha", "beta", "gamma"], 3),
        (6, ["alpha", "beta", "gamma"], 2),
        (6, ["alpha", "beta", "gamma", "delta"], 3),
    ],
)
def test_a_charter_in_force_makes_a_common_plan_3(
    members: int, signatories: list[str], reached: int
) -> None:
    """A charter is in force from exactly two thirds of signatures on."""
    coop = _planned(members)
    coop.adopt("value_chain", value_chain())
    enforce_charter(coop, *signatories)
    assert _level(coop, "common_plan") == reached


def test_an_objective_without_a_lead_keeps_a_common_plan_at_2() -> None:
    """Level 3 asks that every objective of the value chain has a lead."""
    coop = _planned()
    enforce_charter(coop)
    assert _level(coop, "common_plan") == 2
    chain = value_chain()
    del chain["objectives"][1]["lead"]
    coop.adopt("value_chain", chain)
    assert _level(coop, "common_plan") == 2
    coop.adopt("value_chain", value_chain())
    assert _level(coop, "common_plan") == 3


def _governed() -> Collective:
    """Return a cooperation whose common plan is at 3, without a roadmap."""
    coop = _planned()
    coop.adopt("value_chain", value_chain())
    enforce_charter(coop)
    return coop


def _actions(*statuses: str, due: str = "2026-03-31", **more: Any) -> dict[str, Any]:
    """Return a roadmap of one action per status, all due on one day; all joint."""
    actions = [
        {
            "id": f"a{number}",
            "title": "An action",
            "objective": "o1",
            "owner": "alpha",
            "contributors": ["beta"],
            "due": due,
            "status": status,
        }
        | more
        for number, status in enumerate(statuses, 1)
    ]
    return roadmap(actions=actions)


@pytest.mark.parametrize("first", ["review", "roadmap"])
def test_a_roadmap_after_a_review_makes_a_common_plan_4(first: str) -> None:
    """Order counts within one instant: only a roadmap approved after the review does."""
    coop = _governed()
    if first == "review":
        review(coop, "r1")
        coop.adopt("roadmap", roadmap())
    else:
        coop.adopt("roadmap", roadmap())
        review(coop, "r1")
    assert _level(coop, "common_plan") == (4 if first == "review" else 3)


def test_the_review_before_a_roadmap_counts_for_twelve_months() -> None:
    """Twelve months to the microsecond after the review closed, level 4 is gone."""
    coop = _governed()
    review(coop, "r1")
    end = add_months(START, 12)
    coop.wait(until=add_months(START, 10))
    coop.adopt("roadmap", roadmap())
    _just_before(coop, end)
    assert _level(coop, "common_plan") == 4
    coop.wait(until=end)
    assert _level(coop, "common_plan") == 3
    assert coop.state.levels["common_plan"] == 3


@pytest.mark.parametrize(
    ("statuses", "reached"),
    [
        (["done"] * 7 + ["running"] * 3, 4),
        (["done"] * 5 + ["replanned"] * 2 + ["planned"] * 3, 4),
        (["done"] * 2 + ["running"], 3),
        (["done"] * 6 + ["dropped"] * 1 + ["planned"] * 3, 3),
        (["replanned"], 4),
    ],
)
def test_seventy_percent_of_due_actions_are_settled_for_a_common_plan_4(
    statuses: list[str], reached: int
) -> None:
    """Done and replanned actions count among those due, to exactly 70 %; dropped ones do not."""
    coop = _governed()
    review(coop, "r1")
    coop.adopt("roadmap", _actions(*statuses))
    _just_before(coop, datetime(2026, 4, 1, tzinfo=UTC))
    assert _level(coop, "common_plan") == 4  # nothing is due before its day is over
    coop.wait(until=datetime(2026, 4, 1, tzinfo=UTC))
    assert _level(coop, "common_plan") == reached


# --- B: actions that support each other -----------------------------------------------------------


def _map(*categories: str) -> dict[str, Any]:
    actors = [
        {
            "name": f"Actor {number}",
            "category": category,
            "missions": "Missions",
            "scope": "Town",
            "status": "to_approach",
        }
        for number, category in enumerate(categories, 1)
    ]
    return stakeholder_map(actors=actors, links=[])


@pytest.mark.parametrize(
    ("categories", "reached"),
    [
        (["state", "state", "state", "business", "research"], 1),
        (["state", "state", "business", "research"], 0),
        (["state", "state", "state", "business", "business"], 0),
    ],
)
def test_a_map_of_five_actors_in_three_categories_makes_mutual_actions_1(
    categories: list[str], reached: int
) -> None:
    """Exactly five actors in exactly three categories are enough, once the map is adopted."""
    coop = Collective(4)
    coop.do("rep-alpha", "draft_document", kind="stakeholder_map", content=_map(*categories))
    assert _level(coop, "mutual_actions") == 0
    coop.do("rep-alpha", "submit_document", kind="stakeholder_map")
    coop.vote("decision-1", "yes")
    assert _level(coop, "mutual_actions") == reached


def _mapped() -> Collective:
    coop = Collective(4)
    coop.adopt("stakeholder_map", stakeholder_map())
    return coop


@pytest.mark.parametrize(
    ("contributors", "complementarities", "reached"),
    [
        (["alpha", "beta"], ["One helps the other"], 2),
        (["alpha"], ["One helps the other"], 1),
        (["alpha", "alpha"], ["One helps the other"], 1),
        (["alpha", "beta"], [], 1),
    ],
)
def test_a_value_chain_makes_mutual_actions_2(
    contributors: list[str], complementarities: list[str], reached: int
) -> None:
    """Each objective asks for two contributors, the whole chain for one complementarity."""
    coop = _mapped()
    chain = value_chain()
    chain["objectives"][0] |= {"complementarities": complementarities}
    chain["objectives"][1] |= {"contributors": contributors, "complementarities": []}
    coop.adopt("value_chain", chain)
    assert _level(coop, "mutual_actions") == reached


def _chained() -> Collective:
    coop = _mapped()
    coop.adopt("value_chain", value_chain())
    return coop


@pytest.mark.parametrize(
    ("joint", "alone", "reached"), [(1, 2, 3), (1, 3, 2), (2, 4, 3), (2, 5, 2)]
)
def test_a_third_of_the_actions_is_joint_for_mutual_actions_3(
    joint: int, alone: int, reached: int
) -> None:
    """Exactly a third is enough; contributing to one's own action does not make it joint."""
    coop = _chained()
    content = _actions(*["done"] * (joint + alone), due="2027-01-31")
    for action in content["actions"][joint:]:
        action["contributors"] = [action["owner"]]
    coop.adopt("roadmap", content)
    assert _level(coop, "mutual_actions") == reached


@pytest.mark.parametrize(
    ("late", "in_time", "settled", "reached"),
    [(3, 7, 0, 3), (1, 2, 0, 2), (1, 2, 5, 2), (0, 0, 2, 3), (4, 9, 0, 2)],
)
def test_thirty_percent_of_the_open_actions_may_be_overdue_for_mutual_actions_3(
    late: int, in_time: int, settled: int, reached: int
) -> None:
    """Exactly 30 % overdue still holds; settled actions are never overdue."""
    coop = _chained()
    content = _actions(*["planned"] * (late + in_time), *["done"] * settled)
    for action in content["actions"][late : late + in_time]:
        action["due"] = "2026-05-31"
    coop.adopt("roadmap", content)
    _just_before(coop, datetime(2026, 4, 1, tzinfo=UTC))
    assert _level(coop, "mutual_actions") == 3
    coop.wait(until=datetime(2026, 4, 1, tzinfo=UTC))
    assert _level(coop, "mutual_actions") == reached


def test_an_open_action_owned_by_a_stranger_keeps_mutual_actions_at_2() -> None:
    """Level 3 asks that open actions are owned by organisations that the collective knows."""
    coop = _chained()
    content = _actions("planned", "planned", due="2027-01-31")
    content["actions"][1]["owner"] = "nobody"
    coop.adopt("roadmap", content)
    assert _level(coop, "mutual_actions") == 2
    assert not _finding(coop, "actions-assigned").met
    content["actions"][1]["status"] = "done"
    coop.adopt("roadmap", content)
    assert _level(coop, "mutual_actions") == 3


@pytest.mark.parametrize(
    ("status", "first", "reached"),
    [
        ("dropped", "review", 4),
        ("replanned", "review", 4),
        ("done", "review", 3),
        ("dropped", "action", 3),
    ],
)
def test_an_action_dropped_or_replanned_after_a_review_makes_mutual_actions_4(
    status: str, first: str, reached: int
) -> None:
    """What a review taught shows in the actions that came after it, also within one instant."""
    coop = _chained()
    coop.adopt("roadmap", roadmap())
    if first == "review":
        review(coop, "r1")
    coop.do("rep-alpha", "update_action", action="a1", status=status)
    if first == "action":
        review(coop, "r1")
    assert _level(coop, "mutual_actions") == reached


def test_the_review_before_an_adjustment_counts_for_twelve_months() -> None:
    """Twelve months after the review closed, mutual actions fall to 3."""
    coop = _chained()
    coop.adopt("roadmap", roadmap())
    review(coop, "r1")
    coop.do("rep-alpha", "update_action", action="a1", status="dropped")
    end = add_months(START, 12)
    coop.wait(until=add_months(START, 11))
    coop.adopt("roadmap", _actions("planned", "dropped", due="2028-01-31"))
    coop.adopt("stakeholder_map", stakeholder_map())
    _just_before(coop, end)
    assert _level(coop, "mutual_actions") == 4
    coop.wait(until=end)
    assert _level(coop, "mutual_actions") == 3


# --- C: a shared way of evaluating ----------------------------------------------------------------


def test_an_identity_sheet_with_its_goals_makes_shared_evaluation_1() -> None:
    """An adopted sheet counts, a draft of one does not."""
    coop = Collective(4)
    coop.do("rep-alpha", "draft_document", kind="identity_sheet", content=identity_sheet())
    assert _level(coop, "shared_evaluation") == 0
    coop.do("rep-alpha", "submit_document", kind="identity_sheet")
    coop.vote("decision-1")
    assert _level(coop, "shared_evaluation") == 1


@pytest.mark.parametrize(("emptied", "reached"), [(None, 2), ("questions", 1), ("indicators", 1)])
def test_questions_and_indicators_make_shared_evaluation_2(
    emptied: str | None, reached: int
) -> None:
    """Every objective asks for a question and for an indicator."""
    coop = Collective(4)
    coop.adopt("identity_sheet", identity_sheet())
    chain = value_chain()
    if emptied is not None:
        chain["objectives"][1][emptied] = []
    coop.adopt("value_chain", chain)
    assert _level(coop, "shared_evaluation") == reached


def _indicators(*frequencies: str) -> dict[str, Any]:
    """Return a value chain of one objective with an indicator ``i1``… of each frequency."""
    chain = value_chain()
    objective = chain["objectives"][0]
    objective["indicators"] = [
        objective["indicators"][0] | {"id": f"i{number}", "frequency": frequency}
        for number, frequency in enumerate(frequencies, 1)
    ]
    return {"objectives": [objective]}


def _measure(coop: Collective, indicator: str, organisation: str = "alpha") -> None:
    coop.do(
        f"rep-{organisation}",
        "record_measure",
        indicator=indicator,
        value=1.5,
        organisation=organisation,
    )


def _evaluating(*frequencies: str) -> Collective:
    coop = Collective(4)
    coop.adopt("identity_sheet", identity_sheet())
    coop.adopt("value_chain", _indicators(*frequencies))
    return coop


@pytest.mark.parametrize(
    ("indicators", "measured", "reached"), [(5, 3, 3), (4, 2, 2), (3, 2, 3), (10, 6, 3), (7, 4, 2)]
)
def test_sixty_percent_of_the_indicators_are_current_for_shared_evaluation_3(
    indicators: int, measured: int, reached: int
) -> None:
    """Exactly 60 % of current values are enough."""
    coop = _evaluating(*["yearly"] * indicators)
    for number in range(1, measured + 1):
        _measure(coop, f"i{number}", "alpha" if number > 1 else "beta")
    review(coop, "r1", measures=["i1"])
    assert _level(coop, "shared_evaluation") == reached


@pytest.mark.parametrize(
    ("organisations", "examined", "reached"),
    [
        (["alpha", "beta"], ["i1"], 3),
        (["alpha", "alpha"], ["i1"], 2),
        (["alpha", "beta"], [], 2),
    ],
)
def test_values_from_two_organisations_and_a_review_make_shared_evaluation_3(
    organisations: list[str], examined: list[str], reached: int
) -> None:
    """The current values come from two organisations, and a closed review examined measures."""
    coop = _evaluating("yearly", "yearly")
    for number, organisation in enumerate(organisations, 1):
        _measure(coop, f"i{number}", organisation)
    coop.do("fay", "open_review", review="open", kind="quarterly")
    assert _level(coop, "shared_evaluation") == 2  # an open review examined nothing yet
    review(coop, "r1", measures=examined)
    assert _level(coop, "shared_evaluation") == reached


@pytest.mark.parametrize(
    ("frequency", "days"),
    [("monthly", 46), ("quarterly", 137), ("half_yearly", 274), ("yearly", 548)],
)
def test_a_measure_is_current_for_half_as_long_again_as_its_frequency(
    frequency: str, days: int
) -> None:
    """A value counts while its age is below 1.5 × the frequency, and a newer one counts anew."""
    coop = _evaluating(frequency, frequency)
    _measure(coop, "i1")
    _measure(coop, "i2", "beta")
    end = START + timedelta(days=days)
    coop.wait(until=end - timedelta(days=40))
    coop.adopt("identity_sheet", identity_sheet())
    coop.adopt("value_chain", _indicators(frequency, frequency))
    review(coop, "r1", measures=["i1"])
    _just_before(coop, end)
    assert _level(coop, "shared_evaluation") == 3
    assert coop.state.levels["shared_evaluation"] == 3
    coop.wait(until=end)
    assert coop.state.levels["shared_evaluation"] == 2
    _measure(coop, "i1")
    _measure(coop, "i2", "beta")
    assert coop.state.levels["shared_evaluation"] == 3


def test_a_review_of_measures_counts_for_twelve_months() -> None:
    """Twelve months after the review closed, shared evaluation falls to 2."""
    coop = _evaluating("yearly", "yearly")
    review(coop, "r1", measures=["i1"])
    end = add_months(START, 12)
    coop.wait(until=add_months(START, 11))
    coop.adopt("identity_sheet", identity_sheet())
    _measure(coop, "i1")
    _measure(coop, "i2", "beta")
    _just_before(coop, end)
    assert _level(coop, "shared_evaluation") == 3
    coop.wait(until=end)
    assert _level(coop, "shared_evaluation") == 2


def _learning(*, cite: str = "i1", twice: int = 2, published: bool = True) -> Collective:
    """Return an evaluation at 3 that has, or lacks, what level 4 asks for."""
    coop = _evaluating("yearly", "yearly", "yearly")
    for number in (1, 2, 3):
        _measure(coop, f"i{number}", "beta")
    for number in range(1, twice + 1):
        _measure(coop, f"i{number}")
    review(coop, "r1", measures=["i1"], summary_published=published)
    coop.do(
        "rep-alpha", "open_decision", decision="d", subject="other", question="So?", cites=[cite]
    )
    coop.vote("d", "yes")
    return coop


@pytest.mark.parametrize(
    ("lacking", "reached"),
    [
        ({}, 4),
        ({"twice": 1}, 3),
        ({"cite": "unknown"}, 3),
        ({"published": False}, 3),
    ],
)
def test_repetition_use_and_publication_make_shared_evaluation_4(
    lacking: dict[str, Any], reached: int
) -> None:
    """Level 4 asks for values again, a decision that cites an indicator, a published summary."""
    assert _level(_learning(**lacking), "shared_evaluation") == reached


@pytest.mark.parametrize(("indicators", "twice", "reached"), [(5, 3, 4), (4, 2, 3)])
def test_sixty_percent_of_the_indicators_have_two_values_for_shared_evaluation_4(
    indicators: int, twice: int, reached: int
) -> None:
    """Exactly 60 % of indicators measured twice are enough."""
    coop = _evaluating(*["yearly"] * indicators)
    for number in range(1, indicators + 1):
        _measure(coop, f"i{number}", "beta")
    for number in range(1, twice + 1):
        _measure(coop, f"i{number}")
    review(coop, "r1", measures=["i1"], summary_published=True)
    coop.do(
        "rep-alpha", "open_decision", decision="d", subject="other", question="So?", cites=["i1"]
    )
    coop.vote("d", "yes")
    assert _level(coop, "shared_evaluation") == reached


def test_a_decision_that_cites_an_indicator_counts_for_twelve_months() -> None:
    """Twelve months after it was adopted, shared evaluation falls to 3; a rejected one is none."""
    coop = _learning()
    end = add_months(START, 12)
    coop.wait(until=add_months(START, 11))
    coop.adopt("identity_sheet", identity_sheet())
    review(coop, "r2", measures=["i1"])
    coop.do("rep-alpha", "open_decision", decision="e", subject="other", question="?", cites=["i1"])
    coop.vote("e", "no")
    _just_before(coop, end)
    assert _level(coop, "shared_evaluation") == 4
    coop.wait(until=end)
    assert _level(coop, "shared_evaluation") == 3


# --- D: communication -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("attendees", "kind", "minutes", "reached"),
    [
        (["alpha", "beta", "gamma"], "plenary", "Minutes", 1),
        (["alpha", "beta", "gamma"], "plenary", None, 0),
        (["alpha", "beta"], "plenary", "Minutes", 0),
        (["alpha", "beta", "gamma"], "committee", "Minutes", 0),
    ],
)
def test_a_minuted_plenary_of_three_makes_communication_1(
    attendees: list[str], kind: str, minutes: str | None, reached: int
) -> None:
    """Only plenaries count, with minutes and three organisations."""
    coop = Collective(4)
    meet(coop, "m", *attendees, kind=kind, minutes=minutes)
    assert _level(coop, "communication") == reached


def test_a_plenary_counts_for_twelve_months() -> None:
    """The plenary of a year ago counts until the instant at which the year is over."""
    coop = Collective(4)
    meet(coop, "m", "alpha", "beta", "gamma")
    end = add_months(START, 12)
    _just_before(coop, end)
    assert coop.state.levels["communication"] == 1
    coop.wait(until=end)
    assert coop.state.levels["communication"] == 0


def test_two_quorate_plenaries_in_six_months_make_communication_2() -> None:
    """Half of the active members are enough; the first of two plenaries counts for six months."""
    coop = Collective(6)
    meet(coop, "m1", "alpha", "beta", "gamma")
    assert _level(coop, "communication") == 1
    coop.wait(days=30)
    meet(coop, "m2", "delta", "beta", "gamma")
    assert _level(coop, "communication") == 2
    end = add_months(START, 6)
    _just_before(coop, end)
    assert _level(coop, "communication") == 2
    coop.wait(until=end)
    assert _level(coop, "communication") == 1


def test_a_plenary_below_its_quorum_keeps_communication_at_1() -> None:
    """Two of six members are no quorum, though a third organisation that left was there as well."""
    coop = Collective(6)
    meet(coop, "m1", "alpha", "beta", "gamma")
    coop.do("rep-gamma", "withdraw_member", organisation="gamma", reason="Leaving")
    coop.admit("gamma")
    coop.wait(days=1)
    meet(coop, "m2", "alpha", "beta")
    assert _level(coop, "communication") == 1


@pytest.mark.parametrize(("late", "reached"), [(-TICK, 2), (timedelta(0), 1)])
def test_minutes_come_within_fifteen_days_for_communication_2(
    late: timedelta, reached: int
) -> None:
    """Minutes after fifteen days to the microsecond are too late."""
    coop = Collective(4)
    meet(coop, "m1", "alpha", "beta", "gamma")
    meet(coop, "m2", "alpha", "beta", "gamma", minutes=None)
    coop.wait(until=START + timedelta(days=15) + late)
    coop.do("fay", "publish_minutes", meeting="m2", minutes="Minutes")
    assert _level(coop, "communication") == reached


def _talking(members: int = 5, *groups: tuple[str, ...]) -> Collective:
    """Return a cooperation with a charter in force and plenaries of the groups given."""
    coop = Collective(members)
    enforce_charter(coop, *coop.state.active)
    for number, group in enumerate(groups, 1):
        meet(coop, f"m{number}", *group)
        coop.wait(days=1)
    return coop


THREE = ("alpha", "beta", "gamma")
FOUR = (*THREE, "delta")
TWO = ("alpha", "beta")


@pytest.mark.parametrize(
    ("groups", "reached"),
    [
        ((THREE, THREE), 3),
        ((THREE, THREE, THREE), 3),
        ((THREE, FOUR, THREE, TWO), 3),
        ((THREE, THREE, THREE, TWO), 2),
        ((FOUR, FOUR, TWO, TWO, FOUR), 2),
    ],
)
def test_attendance_of_sixty_percent_makes_communication_3(
    groups: tuple[tuple[str, ...], ...], reached: int
) -> None:
    """The mean of the last three plenaries counts, to exactly 60 %, or of those there are."""
    assert _level(_talking(5, *groups), "communication") == reached


def test_the_last_plenary_is_less_than_120_days_ago_for_communication_3() -> None:
    """At 120 days to the microsecond, communication falls to 2."""
    coop = Collective(4)
    enforce_charter(coop)
    meet(coop, "m1", *THREE)
    meet(coop, "m2", *THREE)
    end = START + timedelta(days=120)
    _just_before(coop, end)
    assert coop.state.levels["communication"] == 3
    coop.wait(until=end)
    assert coop.state.levels["communication"] == 2


def test_communication_3_asks_for_the_procedure_of_a_charter_in_force() -> None:
    """An adopted charter that too few have signed does not count, a stale one holds."""
    coop = Collective(4)
    coop.adopt("charter", charter(term_end="2026-03-31"))
    meet(coop, "m1", *THREE)
    meet(coop, "m2", *THREE)
    assert _level(coop, "communication") == 2
    for organisation in THREE:
        coop.do(f"rep-{organisation}", "sign_charter", organisation=organisation)
    assert _level(coop, "communication") == 3
    coop.wait(until=datetime(2026, 4, 1, tzinfo=UTC))
    assert _level(coop, "communication") == 3
    assert _level(coop, "communication", forward=True) == 2
    coop.wait(days=29)
    meet(coop, "m3", *THREE)
    meet(coop, "m4", *THREE)
    _just_before(coop, datetime(2026, 5, 31, tzinfo=UTC))
    assert _level(coop, "communication") == 3
    coop.wait(until=datetime(2026, 5, 31, tzinfo=UTC))
    assert _level(coop, "communication") == 2


@pytest.mark.parametrize(
    ("pulses", "reached"),
    [
        ([(3.0, 5, 10)], 4),
        ([(2.99, 10, 10)], 3),
        ([(3.0, 4, 9)], 3),
        ([(4.5, 9, 10), (2.0, 9, 10)], 3),
        ([(3.5, 9, 10), (2.0, 4, 10)], 4),
        ([(5.0, 0, 0)], 3),
    ],
)
def test_a_pulse_of_three_with_half_of_the_answers_makes_communication_4(
    pulses: list[tuple[float, int, int]], reached: int
) -> None:
    """The latest pulse that half of those asked answered counts, from exactly 3 out of 5 on."""
    coop = _talking(4, THREE, THREE)
    for score, answers, asked in pulses:
        coop.do("fay", "record_pulse", score=score, answers=answers, asked=asked)
    assert _level(coop, "communication") == reached


def test_a_pulse_counts_for_twelve_months() -> None:
    """A pulse of a year ago says nothing any more."""
    coop = _talking(4, THREE, THREE)
    begin = coop.at
    coop.do("fay", "record_pulse", score=4, answers=4, asked=4)
    coop.wait(days=300)
    meet(coop, "m8", *THREE)
    meet(coop, "m9", *THREE)
    _just_before(coop, add_months(begin, 12))
    assert coop.state.levels["communication"] == 4
    coop.wait(until=add_months(begin, 12))
    assert coop.state.levels["communication"] == 3


def test_an_open_disagreement_escalated_by_expiry_keeps_communication_at_3() -> None:
    """What nobody treated in time counts until it is closed, what was escalated by hand never."""
    coop = _talking(4, THREE, THREE)
    coop.do("fay", "record_pulse", score=4, answers=4, asked=4)
    raised = {"subject": "?", "content": "!", "parties": ["alpha", "beta"], "touches": "other"}
    coop.do("rep-alpha", "raise_disagreement", disagreement="d1", **raised)
    coop.do("fay", "triage_disagreement", disagreement="d1", verdict="accept")
    coop.do("rep-alpha", "escalate_disagreement", disagreement="d1")
    assert _level(coop, "communication") == 4
    coop.do("rep-alpha", "raise_disagreement", disagreement="d2", **raised)
    coop.wait(days=5)
    assert coop.state.disagreements["d2"].by_expiry
    assert _level(coop, "communication") == 3
    coop.do("rep-beta", "settle_disagreement", disagreement="d2", agreed_text="So be it")
    assert _level(coop, "communication") == 4


# --- E: support -----------------------------------------------------------------------------------


def test_a_mandate_given_by_a_decision_makes_support_1() -> None:
    """An interim mandate without an end is enough; a rejected proposal is none."""
    coop = Collective(4)
    coop.do("rep-alpha", "propose_mandate", decision="m", holder="beta", missions=["inform"])
    coop.vote("m", "consent", alpha="objection")
    assert _level(coop, "support") == 0
    entrust(coop, "beta", missions=["inform"], interim=True)
    assert _level(coop, "support") == 1


@pytest.mark.parametrize(
    ("terms", "reached"),
    [
        ({"missions": MISSIONS, "hours_month": 1, "ends_on": "2026-12-31"}, 2),
        ({"missions": MISSIONS[:3], "hours_month": 1, "ends_on": "2026-12-31"}, 1),
        ({"missions": [*MISSIONS[:3], "fund"], "hours_month": 1, "ends_on": "2026-12-31"}, 2),
        ({"missions": [*MISSIONS[:3], "inform"], "hours_month": 1, "ends_on": "2026-12-31"}, 1),
        ({"missions": MISSIONS, "ends_on": "2026-12-31"}, 1),
        ({"missions": MISSIONS, "hours_month": 1}, 1),
    ],
)
def test_four_missions_hours_and_an_end_make_support_2(terms: dict[str, Any], reached: int) -> None:
    """A mandate states four different missions, its hours per month and its end."""
    coop = Collective(4)
    entrust(coop, **terms)
    assert _level(coop, "support") == reached


def test_support_falls_at_once_when_the_mandate_ends() -> None:
    """A mandate runs through its last day; then support is at 0 in both readings."""
    coop = Collective(4)
    entrust(coop, hours_month=1, ends_on="2026-03-31")
    _just_before(coop, datetime(2026, 4, 1, tzinfo=UTC))
    assert coop.state.levels["support"] == 2
    coop.wait(until=datetime(2026, 4, 1, tzinfo=UTC))
    assert coop.state.levels["support"] == 0
    assert _level(coop, "support", forward=True) == 0


def _supported(**changes: Any) -> Collective:
    coop = Collective(4)
    coop.adopt("support_model", support_model(**changes), by="rep-beta")
    return coop


def _budget(*items: tuple[str, bool, str]) -> dict[str, Any]:
    return {
        "budget": [
            {"source": source, "amount": 1, "secured": secured, "until": until}
            for source, secured, until in items
        ]
    }


def test_a_support_model_secured_for_half_a_year_makes_support_3() -> None:
    """Resources must reach six months ahead of now; exactly six months are enough."""
    coop = _supported(**_budget(("Town", True, "2026-09-30"), ("State", False, "2030-01-01")))
    assert coop.state.levels["support"] == 3
    coop.wait(until=datetime(2026, 4, 1, tzinfo=UTC))
    assert coop.state.levels["support"] == 3
    coop.wait(until=datetime(2026, 4, 1, tzinfo=UTC) + TICK)
    assert coop.state.levels["support"] == 2


def test_an_unsecured_budget_keeps_support_at_2() -> None:
    """A resource that is hoped for secures nothing."""
    assert _level(_supported(**_budget(("Town", False, "2030-01-01"))), "support") == 2
    assert _level(_supported(budget=[]), "support") == 2


GOOD = [{"on": "2025-12-01", "score": 3.5}]


@pytest.mark.parametrize(
    ("changes", "reached"),
    [
        ({"feedback": GOOD}, 4),
        ({"feedback": []}, 3),
        ({"feedback": [{"on": "2025-12-01", "score": 3.49}]}, 3),
        ({"feedback": [{"on": "2025-12-01", "score": 3}, {"on": "2025-12-02", "score": 4}]}, 4),
        ({"feedback": [*GOOD, {"on": "2024-12-01", "score": 0}]}, 4),
        ({"feedback": [*GOOD, {"on": "2026-02-01", "score": 0}]}, 4),
        ({"feedback": GOOD} | _budget(("Town", True, "2028-12-31")), 3),
        (
            {"feedback": GOOD}
            | _budget(("Town", True, "2028-12-31"), ("Town", True, "2028-06-30")),
            3,
        ),
        (
            {"feedback": GOOD}
            | _budget(("Town", True, "2028-12-31"), ("State", False, "2028-12-31")),
            3,
        ),
        (
            {"feedback": GOOD}
            | _budget(("Town", True, "2026-11-30"), ("State", True, "2026-11-30")),
            3,
        ),
    ],
)
def test_a_year_ahead_two_sources_and_good_feedback_make_support_4(
    changes: dict[str, Any], reached: int
) -> None:
    """Level 4 asks for twelve months ahead, two secured sources and a mean score of 3.5."""
    assert _level(_supported(**changes), "support") == reached


def test_what_makes_support_4_ends_on_its_days() -> None:
    """Feedback counts for a year from its day, sources to their end, resources a year ahead."""
    coop = _supported(
        feedback=[{"date": "2025-12-01", "score": 4}],
        **_budget(("Town", True, "2027-12-31"), ("State", True, "2026-10-31")),
    )
    assert coop.state.levels["support"] == 4
    assert not _changes(coop, datetime(2026, 11, 1, tzinfo=UTC) - TICK)
    coop.wait(until=datetime(2026, 11, 1, tzinfo=UTC))
    assert coop.state.levels["support"] == 3
    assert _finding(coop, "support-feedback").met
    coop.wait(until=datetime(2026, 12, 1, tzinfo=UTC))
    assert not _finding(coop, "support-feedback").met


def _changes(coop: Collective, until: datetime) -> bool:
    return "levels_changed" in coop.wait(until=until)


# --- both readings, and how levels are told -------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "content", "months", "condition"),
    [
        ("shared_vision", vision, 24, "common_plan"),
        ("stakeholder_map", stakeholder_map, 12, "mutual_actions"),
        ("identity_sheet", identity_sheet, 12, "shared_evaluation"),
    ],
)
def test_a_stale_document_holds_for_sixty_days_and_never_counts_forward(
    kind: str, content: Callable[[], dict[str, Any]], months: int, condition: str
) -> None:
    """Validity is half-open; what is stale holds for 60 days, then counts as absent."""
    coop = Collective(4)
    coop.adopt(kind, content())
    stale = add_months(START, months)
    _just_before(coop, stale)
    assert (_level(coop, condition), _level(coop, condition, forward=True)) == (1, 1)
    coop.wait(until=stale)
    assert coop.state.newest(kind, "stale") is not None
    assert (_level(coop, condition), _level(coop, condition, forward=True)) == (1, 0)
    _just_before(coop, stale + timedelta(days=60))
    assert _level(coop, condition) == 1
    coop.wait(until=stale + timedelta(days=60))
    assert coop.state.newest(kind, "expired") is not None
    assert (_level(coop, condition), coop.state.levels[condition]) == (0, 0)


def test_a_finding_says_that_only_a_stale_document_holds_it() -> None:
    """``stale`` is set when the holding reading is met and the forward reading is not."""
    coop = Collective(4)
    coop.adopt("stakeholder_map", stakeholder_map())
    fresh = _finding(coop, "map-actors")
    assert (fresh.met, fresh.stale) == (True, False)
    assert [(one.name, one.value) for one in fresh.facts] == [("map.actors", 6)]
    assert [str(source) for source in fresh.facts[0].sources] == ["stakeholder_map@1"]
    coop.wait(until=add_months(START, 12))
    held, ahead = _finding(coop, "map-actors"), _finding(coop, "map-actors", forward=True)
    assert (held.met, held.stale) == (True, True)
    assert (ahead.met, ahead.stale) == (False, True)


def test_a_criterion_that_cannot_be_computed_is_not_met_and_says_why() -> None:
    """An expression that fails on the values it reads counts as not met, with the reason."""

    def divide(policy: dict[str, Any]) -> None:
        policy["advice"][0]["when"] = "1 / members.active > 0"

    coop = Collective(0, rules=varied(divide))
    found = _finding(coop, "advice-profiles")
    assert not found.met
    assert found.error is not None
    coop.admit("alpha")
    assert _finding(coop, "advice-profiles").error is None


def test_levels_stop_at_the_first_criterion_that_is_not_met() -> None:
    """The level is the highest n whose criteria 1..n all hold: a gap below hides what is above."""
    coop = Collective(4)
    coop.adopt("value_chain", value_chain())
    assert _finding(coop, "objectives-contributors").met
    assert _level(coop, "mutual_actions") == 0
    coop.adopt("stakeholder_map", stakeholder_map())
    assert _level(coop, "mutual_actions") == 2


def test_a_condition_may_have_less_than_four_levels() -> None:
    """All criteria met means the highest level that the policy knows."""

    def shorten(policy: dict[str, Any]) -> None:
        support = policy["conditions"][4]
        support["criteria"] = support["criteria"][:1]

    coop = Collective(4, rules=varied(shorten))
    entrust(coop)
    view = View(coop.state, coop.at, current_for=coop.rules.policy.measures.current_for)
    assert level(coop.rules.policy.conditions[4], view, coop.rules) == (1, None)


def test_levels_are_told_when_they_change_and_only_then() -> None:
    """``levels_changed`` carries all five levels in the holding reading."""
    coop = Collective(4)
    assert dict.fromkeys(CONDITIONS, 0) == coop.state.levels
    told = coop.do("rep-alpha", "draft_document", kind="shared_vision", content=vision())
    assert told == ["document_drafted", "levels_changed"]
    assert coop.state.levels == dict.fromkeys(CONDITIONS, 0) | {"common_plan": 1}
    told = coop.do("rep-alpha", "draft_document", kind="shared_vision", content=vision())
    assert told == ["document_drafted"]


@pytest.mark.parametrize("build", [in_structuration, in_animation, ready_for_renewal])
def test_levels_can_be_recomputed_from_a_state_that_travelled(
    build: Callable[[], Collective],
) -> None:
    """What is remembered while reading never changes the answer: a fresh state gives the same."""
    coop = build()
    while (due := next_due(coop.state, coop.at, coop.rules)) is not None and due < add_months(
        START, 40
    ):
        coop.wait(until=due)
        travelled = Cooperation.model_validate_json(coop.state.model_dump_json())
        for forward in (False, True):
            view = View(travelled, coop.at, forward, coop.rules.policy.measures.current_for)
            reached = levels(view, coop.rules).levels
            assert list(reached.values()) == coop.levels(forward=forward)


def test_between_two_instants_a_level_stays_until_the_instant_that_was_announced() -> None:
    """The instant given with the levels is the first at which one of them may be another."""
    coop = ready_for_renewal()
    view = View(coop.state, coop.at, current_for=coop.rules.policy.measures.current_for)
    reached, until = levels(view, coop.rules)
    assert until is not None
    for share in range(1, 50):
        at = coop.at + (until - coop.at) * share / 50
        later = View(
            Cooperation.model_validate_json(coop.state.model_dump_json()),
            at,
            current_for=coop.rules.policy.measures.current_for,
        )
        assert levels(later, coop.rules).levels == reached
