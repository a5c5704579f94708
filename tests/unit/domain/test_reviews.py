"""Reviews: opened, closed as a record, and convened by the policy's cadence."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from coopflow.domain.cooperation import next_due
from coopflow.domain.reviews import CHANGE
from coopflow.domain.rulebook import Rulebook
from tests.collective import START, Collective, roadmap, value_chain
from tests.stages import enforce_charter, in_animation, varied

MOMENT = timedelta(microseconds=1)
RECORD: dict[str, Any] = {
    "expected": "More",
    "observed": "Less",
    "why": "Time",
    "lessons": ["Begin earlier"],
}


def opened(kind: str = "quarterly", **more: Any) -> Collective:
    coop = Collective(3)
    coop.do("fay", "open_review", review="r", kind=kind, **more)
    return coop


def propose(coop: Collective, **more: Any) -> list[str]:
    said = {"review": "r", "target": "roadmap", "text": "Do less"} | more
    return coop.do("fay", "propose_change", **said)


def resolve(verdict: str, **more: Any) -> dict[str, Any]:
    return {"review": "r", "change": "change-1", "verdict": verdict} | more


def close(coop: Collective, **more: Any) -> list[str]:
    return coop.do("fay", "close_review", review="r", **(RECORD | more))


def convened(coop: Collective, until: datetime) -> list[tuple[str, datetime]]:
    """Let time pass; return which reviews were convened when."""
    before = len(coop.journal)
    coop.wait(until=until)
    return [
        (getattr(entry.event, "kind"), entry.at)  # noqa: B009 - of this event
        for entry in coop.journal[before:]
        if entry.event.type == "review_convened"
    ]


def steady() -> Any:
    """Return rules under which nothing falls back for a century."""

    def patient(policy: dict[str, Any]) -> None:
        policy["clocks"]["cure"] = {"months": 1200}
        for condition in policy["conditions"]:
            condition.pop("cure", None)

    return varied(patient)


# --- opening --------------------------------------------------------------------------------------


def test_a_review_opens() -> None:
    """It notes its kind, its period, when and by whom; ids are made where none is given."""
    coop = Collective(1)
    coop.do("fay", "open_review", review="review-2", kind="annual", period="2026")
    coop.do("fay", "open_review", kind="quarterly")
    first, second = coop.state.reviews.values()
    assert (first.kind, first.period, first.opened_at, first.by) == ("annual", "2026", START, "fay")
    assert second.id == "review-3"
    assert first.is_open
    assert coop.refused("fay", "open_review", review="review-2", kind="annual") == "already_exists"


@pytest.mark.parametrize(
    ("by", "kind", "may"),
    [
        ("fay", "annual", True),
        ("rep-alpha", "annual", True),  # holds the mandate
        ("rep-beta", "annual", False),
        ("eva", "evaluation", True),
        ("eva", "annual", False),
        ("pam", "exceptional", True),
        ("pam", "annual", False),
        ("stranger", "exceptional", False),
    ],
)
def test_who_may_open_which_review(by: str, kind: str, may: bool) -> None:  # noqa: FBT001
    """Support and facilitator open any; evaluator and programme those of their own."""
    coop = Collective(3)
    coop.do("fay", "assign_role", person="eva", role="evaluator")
    coop.do("rep-alpha", "propose_mandate", decision="m", holder="alpha", missions=["fund"])
    coop.vote("m")
    if may:
        coop.do(by, "open_review", kind=kind)
    else:
        assert coop.refused(by, "open_review", kind=kind) == "forbidden"


def test_an_evaluator_leads_its_own_evaluations() -> None:
    """Changes are proposed and the review closed by the evaluator, of evaluations only."""
    coop = opened("evaluation")
    coop.do("fay", "open_review", review="other", kind="annual")
    coop.do("fay", "assign_role", person="eva", role="evaluator")
    change = {"target": "value_chain", "text": "Ask more"}
    coop.do("eva", "propose_change", review="r", **change)
    assert coop.refused("eva", "propose_change", review="other", **change) == "forbidden"
    assert coop.refused("eva", "propose_change", review="none", **change) == "forbidden"
    coop.do("eva", "resolve_change", **resolve("accepted"))
    coop.do("eva", "close_review", review="r", **RECORD)


def test_the_programme_only_opens() -> None:
    """An exceptional review that it asked for is led by others."""
    coop = Collective(2)
    coop.do("pam", "open_review", review="r", kind="exceptional")
    assert coop.refused("pam", "propose_change", review="r", target="t", text="x") == "forbidden"


# --- changes --------------------------------------------------------------------------------------


def test_a_review_proposes_changes() -> None:
    """Each has a target and a text and is open; ids are made where none is given."""
    coop = opened()
    propose(coop, change="change-2")
    propose(coop, target="charter")
    assert [
        (one.id, one.target, one.status) for one in coop.state.reviews["r"].changes.values()
    ] == [
        ("change-2", "roadmap", "open"),
        ("change-3", "charter", "open"),
    ]
    taken = {"review": "r", "change": "change-2", "target": "t", "text": "x"}
    assert coop.refused("fay", "propose_change", **taken) == "already_exists"


@pytest.mark.parametrize(
    ("verdict", "more"),
    [
        ("accepted", {}),
        ("declined", {"reason": "Too dear"}),
        ("deferred", {"until": "2026-12-31"}),
    ],
)
def test_a_change_is_resolved_once(verdict: str, more: dict[str, str]) -> None:
    """Accepted, declined with a reason or deferred to a date, it stays so."""
    coop = opened()
    propose(coop)
    assert coop.do("fay", "resolve_change", **resolve(verdict, **more)) == ["change_resolved"]
    change = coop.state.reviews["r"].changes["change-1"]
    assert (change.status, change.reason) == (verdict, more.get("reason"))
    assert str(change.until) == more.get("until", "None")
    assert coop.refused("fay", "resolve_change", **resolve("accepted")) == "wrong_state"


@pytest.mark.parametrize(
    ("payload", "code"),
    [
        (resolve("declined"), "reason_required"),
        (resolve("deferred"), "invalid_command"),
        (resolve("maybe"), "invalid_command"),
        (resolve("accepted", review="none"), "unknown_review"),
        (resolve("accepted", change="none"), "unknown_review"),
    ],
)
def test_a_verdict_says_what_it_must(payload: dict[str, Any], code: str) -> None:
    """Declining says why, deferring until when, and both say of what."""
    coop = opened()
    propose(coop)
    assert coop.refused("fay", "resolve_change", **payload) == code


def test_accepting_changes_nothing_by_itself() -> None:
    """Who answers for the target still has to act."""
    coop = opened()
    coop.adopt("value_chain", value_chain())
    propose(coop, target="value_chain")
    before = coop.state.documents
    coop.do("fay", "resolve_change", **resolve("accepted"))
    assert coop.state.documents is before


# --- closing --------------------------------------------------------------------------------------


def test_a_closed_review_becomes_a_feedback_loop() -> None:
    """Its record is a document that silence adopts after a fortnight."""
    coop = opened("annual", period="2026")
    coop.adopt("value_chain", value_chain())
    propose(coop)
    coop.do("fay", "resolve_change", **resolve("declined", reason="Too dear"))
    coop.wait(days=10)
    came = close(coop, measures=["o1-1"], beneficiary_voice="Good", summary_published=True)
    assert came[:4] == [
        "review_closed",
        "document_drafted",
        "decision_opened",
        "document_submitted",
    ]
    review = coop.state.reviews["r"]
    assert not review.is_open
    assert (review.closed_at, review.measures, review.summary_published) == (
        coop.at,
        ("o1-1",),
        True,
    )
    assert coop.journal[(review.closed_seq or 0) - 1].event.type == "review_closed"
    (record,) = coop.state.documents["feedback_loop"]
    assert record.content["beneficiary_voice"] == "Good"
    assert record.content["changes"][0]["status"] == "declined"
    assert record.authors == ("fay",)
    decision = coop.state.decisions[record.decision or ""]
    assert decision.rule.name == "silence"
    coop.wait(days=14)
    (record,) = coop.state.documents["feedback_loop"]
    assert (record.status, record.valid_until) == ("approved", None)
    assert record.typed is not None


def test_two_reviews_may_close_within_a_fortnight() -> None:
    """Each record awaits its own decision; the later one takes the place of the earlier."""
    coop = opened()
    coop.do("fay", "open_review", review="s", kind="after_action")
    close(coop)
    coop.do("fay", "close_review", review="s", **RECORD)
    assert [one.status for one in coop.state.documents["feedback_loop"]] == ["submitted"] * 2
    coop.wait(days=14)
    assert [one.status for one in coop.state.documents["feedback_loop"]] == [
        "superseded",
        "approved",
    ]


def test_a_review_closes_when_no_change_is_open() -> None:
    """Each proposal needs its verdict first; the refusal names those that wait."""
    coop = opened()
    propose(coop)
    propose(coop)
    coop.do("fay", "resolve_change", **resolve("accepted"))
    refusal = coop.give("fay", "close_review", review="r", **RECORD)
    assert "wrong_state" in str(refusal)
    assert "changes=['change-2']" in str(refusal)


def test_a_review_examines_known_indicators() -> None:
    """A measure that the value chain does not have was not examined."""
    coop = opened()
    assert (
        coop.refused("fay", "close_review", review="r", measures=["o9"], **RECORD)
        == "unknown_document"
    )


def test_a_closed_review_is_closed() -> None:
    """It takes no more proposals, verdicts or records; what does not exist is unknown."""
    coop = opened()
    change = {"target": "t", "text": "x"}
    coop.do("fay", "propose_change", review="r", **change)
    coop.do("fay", "resolve_change", **resolve("accepted"))
    close(coop)
    assert coop.refused("fay", "propose_change", review="r", **change) == "wrong_state"
    assert coop.refused("fay", "resolve_change", **resolve("accepted")) == "wrong_state"
    assert coop.refused("fay", "close_review", review="r", **RECORD) == "wrong_state"
    assert coop.refused("fay", "close_review", review="none", **RECORD) == "unknown_review"


def test_a_record_says_what_was_expected_observed_and_why() -> None:
    """Each of these is required, lessons may be none."""
    coop = opened()
    for missing in ("expected", "observed", "why", "lessons"):
        said = {name: value for name, value in RECORD.items() if name != missing}
        assert coop.refused("fay", "close_review", review="r", **said) == "invalid_command"
    close(coop, lessons=[])


def test_the_moves_of_a_change() -> None:
    """From open there are three ends, from an end none."""
    for verdict in ("accepted", "declined", "deferred"):
        assert CHANGE.after("open", verdict) == verdict
        assert CHANGE.after(verdict, "accepted") is None


# --- convening ------------------------------------------------------------------------------------


def test_reviews_are_convened_by_the_cadence_of_the_stage() -> None:
    """In the third stage every quarter and every year, to the microsecond."""
    coop = in_animation(rules=steady())
    quarter = datetime(2026, 4, 1, 9, tzinfo=UTC)
    assert convened(coop, quarter - MOMENT) == []
    assert convened(coop, quarter) == [("quarterly", quarter)]
    assert coop.state.convened["quarterly"] == quarter
    assert "review_due" in coop.alerts()
    year = [
        ("quarterly", datetime(2026, 7, 1, 9, tzinfo=UTC)),
        ("quarterly", datetime(2026, 10, 1, 9, tzinfo=UTC)),
        ("quarterly", datetime(2027, 1, 1, 9, tzinfo=UTC)),
    ]
    told = convened(coop, datetime(2027, 1, 1, 9, tzinfo=UTC))
    assert [one for one in told if one[0] == "quarterly"] == year


def test_the_yearly_review_is_convened_once_a_year() -> None:
    """Its cadence and the term of the renewal fall together and convene one review."""
    coop = in_animation(rules=steady())
    told = convened(coop, datetime(2028, 1, 1, 9, tzinfo=UTC))
    assert [at for kind, at in told if kind == "annual"] == [
        datetime(2027, 1, 1, 9, tzinfo=UTC),
        datetime(2028, 1, 1, 9, tzinfo=UTC),
    ]


def test_a_closed_review_sets_the_cadence_anew() -> None:
    """The next quarter counts from the review that was held, not from the last convening."""
    coop = in_animation()
    coop.wait(days=40)
    coop.do("fay", "open_review", review="r", kind="quarterly")
    close(coop)
    held = coop.at
    due = datetime(2026, 5, 10, 9, tzinfo=UTC)
    assert held == datetime(2026, 2, 10, 9, tzinfo=UTC)
    assert convened(coop, due - MOMENT) == []
    assert convened(coop, due) == [("quarterly", due)]


def test_earlier_stages_convene_nothing() -> None:
    """The cadence is that of the third stage."""
    coop = Collective(3)
    assert convened(coop, START + timedelta(days=800)) == []


def test_a_frozen_cooperation_convenes_nothing_until_it_goes_on() -> None:
    """What fell due meanwhile is convened when it resumes."""
    coop = in_animation()
    coop.do("fay", "pause_cooperation", reason="Rest", clocks="freeze")
    assert convened(coop, START + timedelta(days=200)) == []
    before = len(coop.journal)
    coop.do("fay", "resume_cooperation", reason="On")
    kinds = [entry.event.type for entry in coop.journal[before:]]
    assert "review_convened" in kinds


def test_a_closing_cooperation_convenes_nothing() -> None:
    """Winding down it needs no further reviews."""
    coop = in_animation()
    coop.ask(subject="closing")
    coop.vote("d", "yes")
    assert convened(coop, START + timedelta(days=200)) == []


def test_a_cooperation_wakes_up_for_a_review() -> None:
    """The next thing that happens by itself may be a convening."""

    def only_reviews(policy: dict[str, Any]) -> None:
        policy["reviews"]["cadence"]["quarterly"] = {"every": {"days": 1}, "stages": ["impulsion"]}

    coop = Collective(1, varied(only_reviews))
    assert next_due(coop.state, coop.at, coop.rules) == START + timedelta(days=1)


def leave(coop: Collective, *organisations: str) -> list[str]:
    return [
        kind
        for organisation in organisations
        for kind in coop.do(
            f"rep-{organisation}", "withdraw_member", organisation=organisation, reason="Gone"
        )
    ]


def test_an_exceptional_review_is_convened_when_many_are_gone() -> None:
    """More than a third of the members that there were: the third of six."""
    coop = Collective(6)
    coop.wait(days=1)
    leave(coop, "alpha", "beta")
    assert "exceptional" not in coop.state.convened
    leave(coop, "gamma")
    assert coop.state.convened["exceptional"] == coop.at


def test_those_gone_before_the_last_exceptional_review_do_not_count_again() -> None:
    """After one was convened the count begins anew."""
    coop = Collective(6)
    coop.wait(days=1)
    leave(coop, "alpha", "beta", "gamma")
    convened = coop.state.convened["exceptional"]
    coop.wait(days=1)
    leave(coop, "delta")
    assert coop.state.convened["exceptional"] == convened
    leave(coop, "epsilon")
    assert coop.state.convened["exceptional"] == coop.at


def _exit(coop: Collective) -> None:
    leave(coop, "delta")


def _action_done(coop: Collective) -> None:
    coop.do("rep-alpha", "update_action", action="a1", status="done")


def _action_dropped(coop: Collective) -> None:
    coop.do("rep-alpha", "update_action", action="a1", status="dropped")


def _lapse(coop: Collective) -> None:
    coop.ask()
    coop.wait(days=14)
    assert coop.result() == "lapsed"


def at_work(rules: Rulebook | None = None) -> Collective:
    coop = Collective(4, rules)
    coop.adopt("value_chain", value_chain())
    coop.adopt("roadmap", roadmap())
    return coop


@pytest.mark.parametrize("over", [_exit, _action_done, _action_dropped, _lapse])
def test_what_is_over_is_looked_back_on_soon(over: Callable[[Collective], None]) -> None:
    """An action that is over, an exit and a lapse call for a review within 21 days, not later."""
    coop = at_work()
    over(coop)
    assert coop.state.convened == {"after_action": coop.at}
    assert coop.state.alerts["review_due:after_action"].since == coop.at
    coop.wait(days=21)
    assert "review_due:after_action" not in coop.state.alerts


def test_a_look_back_that_is_due_is_not_asked_for_again() -> None:
    """Several things may be looked back on at once; once that is done the next one calls anew."""
    coop = at_work()
    _action_done(coop)
    first = coop.at
    coop.wait(days=1)
    _exit(coop)
    assert coop.state.convened["after_action"] == first
    coop.do("fay", "open_review", review="r", kind="after_action")
    close(coop)
    assert "review_due:after_action" not in coop.state.alerts
    leave(coop, "gamma")
    assert coop.state.convened["after_action"] == coop.at


def test_saying_it_again_is_nothing_new_to_look_back_on() -> None:
    """An action that was done is not done once more."""
    coop = at_work()
    _action_done(coop)
    coop.do("fay", "open_review", review="r", kind="after_action")
    close(coop)
    coop.do("rep-alpha", "update_action", action="a1", learning="Begin earlier", status="done")
    assert "review_due:after_action" not in coop.state.alerts


def test_what_goes_on_is_not_looked_back_on() -> None:
    """Neither an action under way, nor a decision with a result, nor an invitation taken back."""
    coop = at_work()
    coop.do("rep-alpha", "update_action", action="a1", status="running")
    coop.ask()
    coop.vote("d", "no")
    enforce_charter(coop)
    coop.admit("epsilon")
    leave(coop, "epsilon")
    assert "after_action" not in coop.state.convened


def test_a_policy_may_do_without_looking_back() -> None:
    """Without a time for it nobody is asked to."""

    def without(policy: dict[str, Any]) -> None:
        del policy["reviews"]["after_action_within"]

    coop = at_work(varied(without))
    _exit(coop)
    assert coop.state.convened == {}


def test_a_lost_stage_convenes_an_exceptional_review() -> None:
    """Falling back is a reason to look at what happened."""
    coop = in_animation()
    coop.wait(days=500)
    fell = [entry for entry in coop.journal if entry.event.type == "fell_back"]
    exceptional = [
        entry.at
        for entry in coop.journal
        if entry.event.type == "review_convened" and getattr(entry.event, "kind") == "exceptional"  # noqa: B009 - of this event
    ]
    assert fell
    assert exceptional == [entry.at for entry in fell]
