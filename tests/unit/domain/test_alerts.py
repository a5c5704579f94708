"""Alerts: when each is raised, how long it stands, and how urgent it is."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from coopflow.domain.alerts import SEVERITIES, spans
from coopflow.domain.calendar import add_months, end_of
from coopflow.domain.cooperation import next_due
from coopflow.domain.state import Cooperation
from tests.collective import START, Collective, identity_sheet, stakeholder_map, vision
from tests.stages import (
    enforce_charter,
    entrust,
    in_animation,
    in_structuration,
    meet,
    pass_gate,
    ready_for_renewal,
    review,
    varied,
)

TICK = timedelta(microseconds=1)
DAY = timedelta(days=1)


def _stands(coop: Collective, code: str, begin: datetime, end: datetime | None) -> None:
    """Check that an alert stands from one instant until another, and only then."""
    if begin > coop.at:
        coop.wait(until=begin - TICK)
        assert code not in coop.alerts()
    coop.wait(until=begin)
    assert code in coop.alerts()
    if end is not None:
        coop.wait(until=end - TICK)
        assert code in coop.alerts()
        coop.wait(until=end)
        assert code not in coop.alerts()


def test_alerts_are_as_urgent_as_the_contract_says() -> None:
    """Red, amber and info; no other alert exists."""
    red = {"mandate_lapsed", "cure_soon", "gate_blocked", "guard_failing"}
    info = {"expiry_soon", "member_moved"}
    amber = {
        "mandate_ending",
        "document_stale",
        "attendance_low",
        "no_plenary",
        "decision_lapsed",
        "review_due",
        "renewal_due",
    }
    assert {code for code, severity in SEVERITIES.items() if severity == "red"} == red
    assert {code for code, severity in SEVERITIES.items() if severity == "amber"} == amber
    assert {code for code, severity in SEVERITIES.items() if severity == "info"} == info


def test_a_lapsed_mandate_stands_until_another_runs() -> None:
    """A cooperation that never had a mandate has lost none."""
    coop = Collective(4)
    coop.wait(days=10)
    assert "mandate_lapsed" not in coop.alerts()
    entrust(coop)
    coop.do("fay", "end_mandate", reason="Moving on")
    assert coop.state.alerts["mandate_lapsed:support"].since == coop.at
    coop.wait(days=500)
    assert "mandate_lapsed" in coop.alerts()
    entrust(coop, "beta")
    assert "mandate_lapsed" not in coop.alerts()


def test_a_mandate_that_ends_is_announced_ninety_days_before() -> None:
    """The alert is about the holder and stands to the end of the last day; then it has lapsed."""
    coop = Collective(4)
    entrust(coop, ends_on="2026-12-31")
    end = datetime(2027, 1, 1, tzinfo=UTC)
    _stands(coop, "mandate_ending", end - 90 * DAY, end)
    assert "mandate_lapsed" in coop.alerts()
    other = Collective(4)
    entrust(other, ends_on="2026-02-28")
    assert (
        other.state.alerts["mandate_ending:alpha"].since
        == end_of(datetime(2026, 2, 28, tzinfo=UTC).date()) - 90 * DAY
    )


def test_a_clock_is_announced_fifteen_days_before_it_runs_out() -> None:
    """It stands while the clock runs, and ends with it."""
    coop = in_structuration()
    coop.do("fay", "end_mandate", reason="Moving on")
    until = coop.state.clocks["support"].until
    _stands(coop, "cure_soon", until - 15 * DAY, until)
    remedied = in_structuration()
    remedied.do("fay", "end_mandate", reason="Moving on")
    remedied.wait(days=50)
    assert "cure_soon:support" in remedied.state.alerts
    entrust(remedied)
    assert "cure_soon" not in remedied.alerts()


def test_a_clock_shorter_than_the_announcement_is_announced_at_once() -> None:
    """The alert cannot begin before the clock does."""

    def quick(policy: dict[str, Any]) -> None:
        policy["conditions"][4]["cure"] = {"days": 10}

    coop = in_structuration(rules=varied(quick))
    coop.do("fay", "end_mandate", reason="Moving on")
    assert coop.state.alerts["cure_soon:support"].since == coop.at


def test_a_reservation_is_announced_fifteen_days_before_it_ends() -> None:
    """A conditional pass runs out as a clock does."""
    coop = Collective(4)
    coop.adopt("shared_vision", vision())
    coop.adopt("identity_sheet", identity_sheet())
    meet(coop, "first", "alpha", "beta", "gamma")
    entrust(coop)
    pass_gate(coop, "to_structuration")
    _stands(coop, "cure_soon", START + 75 * DAY, START + 90 * DAY)


@pytest.mark.parametrize(("before", "stands"), [(30, False), (50, True)])
def test_what_stands_still_gets_no_nearer_to_its_end(before: int, stands: bool) -> None:  # noqa: FBT001
    """In a frozen pause no clock comes under fifteen days, and one that was stays there."""
    coop = in_structuration()
    coop.do("fay", "end_mandate", reason="Moving on")
    coop.wait(days=before)
    assert ("cure_soon" in coop.alerts()) is stands
    coop.do("fay", "pause_cooperation", reason="Summer", clocks="freeze")
    coop.wait(days=100)
    assert ("cure_soon" in coop.alerts()) is stands
    coop.do("fay", "resume_cooperation")
    assert ("cure_soon" in coop.alerts()) is stands
    coop.wait(until=coop.state.clocks["support"].until - 15 * DAY)
    assert "cure_soon" in coop.alerts()


def test_a_blocked_gate_stands_while_a_blocking_disagreement_is_open() -> None:
    """It is about the disagreement, also where no gate is near."""
    coop = Collective(4)
    coop.do(
        "rep-alpha",
        "raise_disagreement",
        disagreement="d1",
        subject="?",
        content="!",
        parties=["alpha", "beta"],
        touches="charter",
        blocking=True,
    )
    assert "gate_blocked" not in coop.alerts()
    coop.do("fay", "triage_disagreement", disagreement="d1", verdict="accept", blocking=True)
    assert "gate_blocked:d1" in coop.state.alerts
    coop.do("rep-beta", "settle_disagreement", disagreement="d1", agreed_text="Agreed")
    assert "gate_blocked" not in coop.alerts()


def test_a_lasting_guard_of_the_last_gate_is_watched() -> None:
    """It stands while the guard fails; before the gate nobody asks for it."""
    coop = in_structuration()
    for organisation in ("gamma", "delta"):
        coop.do(
            f"rep-{organisation}", "withdraw_member", organisation=organisation, reason="Leaving"
        )
    assert coop.state.alerts["guard_failing:members-enough"].since == coop.at
    coop.wait(days=200)
    assert "guard_failing:members-enough" in coop.state.alerts
    coop.admit("gamma")
    assert "guard_failing" not in coop.alerts()
    assert "guard_failing" not in Collective(1).alerts()


def test_a_guard_that_only_opens_a_gate_is_not_watched_afterwards() -> None:
    """The yearly review guards renewal and nothing after it."""
    coop = ready_for_renewal()
    pass_gate(coop, "renewal")
    coop.wait(days=100)
    assert "guard_failing" not in coop.alerts()


def test_a_lasting_guard_that_lapses_with_time_is_noticed_at_its_instant() -> None:
    """No command is needed for it: the instant is one that the cooperation wakes for."""

    def lasting(policy: dict[str, Any]) -> None:
        policy["gates"]["renewal"]["guards"][0]["lasting"] = True

    coop = ready_for_renewal(rules=varied(lasting))
    pass_gate(coop, "renewal")
    _stands(coop, "guard_failing", START + 90 * DAY, None)
    review(coop, "again", "annual")
    assert "guard_failing" not in coop.alerts()


def test_renewal_is_due_twelve_months_after_the_last_gate() -> None:
    """The alert is about the gate, and stands to the microsecond from then on."""
    coop = in_animation()
    entrust(coop, hours_month=20, ends_on="2028-12-31")
    for days in (150, 300):
        coop.wait(until=START + days * DAY)
        meet(coop, f"one-{days}", "alpha", "beta", "gamma")
        meet(coop, f"two-{days}", "alpha", "beta", "gamma")
    _stands(coop, "renewal_due", add_months(START, 12), None)
    assert coop.state.stage == "animation"
    assert coop.state.alerts["renewal_due:renewal"].since == add_months(START, 12)


def test_a_renewal_begins_another_term() -> None:
    """The next renewal is due twelve months after it, not after the entry into the stage."""
    coop = ready_for_renewal()
    coop.wait(days=60)
    pass_gate(coop, "renewal")
    due = [one.since for one in spans(coop.state, coop.rules, coop.at) if one.code == "renewal_due"]
    assert due == [add_months(coop.at, 12)]


def test_no_renewal_is_due_in_a_stage_that_was_never_entered_through_a_gate() -> None:
    """A lifecycle may begin in a stage with a term."""

    def one_stage(lifecycle: dict[str, Any]) -> None:
        lifecycle["gates"][0]["term"] = {"months": 1}

    coop = Collective(3, rules=varied(lambda _: None, one_stage))
    coop.wait(days=60)
    assert "renewal_due" not in coop.alerts()


def test_a_document_is_announced_before_it_ends_and_while_it_is_stale() -> None:
    """Sixty days before its end, then stale until it is replaced or has expired."""
    coop = Collective(4)
    coop.adopt("stakeholder_map", stakeholder_map())
    stale = add_months(START, 12)
    _stands(coop, "expiry_soon", stale - 60 * DAY, stale)
    assert coop.state.alerts["document_stale:stakeholder_map"].since == stale
    coop.wait(until=stale + 60 * DAY - TICK)
    assert "document_stale" in coop.alerts()
    coop.wait(until=stale + 60 * DAY)
    assert "document_stale" not in coop.alerts()


def test_a_document_that_is_replaced_is_announced_no_more() -> None:
    """The new version has a validity of its own."""
    coop = Collective(4)
    coop.adopt("stakeholder_map", stakeholder_map())
    coop.wait(days=350)
    assert "expiry_soon:stakeholder_map" in coop.state.alerts
    coop.adopt("stakeholder_map", stakeholder_map())
    assert "expiry_soon" not in coop.alerts()


def test_low_attendance_stands_until_a_plenary_mends_it() -> None:
    """Exactly 60 % is not low; only plenaries count."""
    coop = Collective(5)
    meet(coop, "m1", "alpha", "beta", "gamma")
    assert "attendance_low" not in coop.alerts()
    meet(coop, "m2", "alpha", kind="committee")
    assert "attendance_low" not in coop.alerts()
    coop.wait(days=1)
    meet(coop, "m3", "alpha", "beta")
    assert coop.state.alerts["attendance_low:plenary"].since == coop.at
    coop.wait(days=1)
    meet(coop, "m4", "alpha", "beta", "gamma", "delta")
    assert "attendance_low" not in coop.alerts()


def test_ninety_days_without_a_plenary_are_noticed() -> None:
    """They count from the opening, or from the last plenary; other meetings are none."""
    coop = Collective(4)
    coop.wait(days=50)
    meet(coop, "m0", "alpha", kind="working_group")
    _stands(coop, "no_plenary", START + 90 * DAY, None)
    meet(coop, "m1", "alpha", "beta", "gamma")
    assert "no_plenary" not in coop.alerts()
    _stands(coop, "no_plenary", START + 180 * DAY, None)


def test_a_lapsed_decision_stands_for_thirty_days() -> None:
    """Rejected and adopted decisions raise nothing."""
    coop = Collective(4)
    coop.do("rep-alpha", "open_decision", decision="d", subject="other", question="?")
    coop.do("rep-alpha", "open_decision", decision="e", subject="other", question="?")
    coop.vote("e", "no")
    lapse = START + 14 * DAY
    _stands(coop, "decision_lapsed", lapse, lapse + 30 * DAY)
    assert coop.state.decisions["d"].result == "lapsed"


def test_a_second_call_ends_the_alert_of_a_lapsed_decision() -> None:
    """What is asked again has not lapsed any more."""
    coop = Collective(4)
    coop.do("rep-alpha", "open_decision", decision="d", subject="other", question="?")
    coop.wait(days=22)
    assert "decision_lapsed:d" in coop.state.alerts
    coop.do("fay", "recall_decision", decision="d")
    assert "decision_lapsed" not in coop.alerts()


@pytest.mark.parametrize(
    ("command", "moves"), [("withdraw_member", True), ("suspend_member", False)]
)
def test_a_member_that_joined_or_left_stands_for_thirty_days(command: str, moves: bool) -> None:  # noqa: FBT001
    """Being suspended and coming back is no move."""
    coop = Collective(4)
    _stands(coop, "member_moved", START, START + 30 * DAY)
    by = "rep-delta" if moves else "fay"
    coop.do(by, command, organisation="delta", reason="A reason")
    assert ("member_moved:delta" in coop.state.alerts) is moves
    coop.wait(days=30)
    if not moves:
        coop.do("fay", "reinstate_member", organisation="delta", reason="A reason")
    assert "member_moved" not in coop.alerts()


def test_an_invited_organisation_has_not_moved_until_it_joins() -> None:
    """Being invited, and being turned away, is neither joining nor leaving."""
    coop = Collective(3)
    enforce_charter(coop)
    coop.wait(days=31)
    for organisation in ("delta", "epsilon"):
        coop.admit(organisation)
    assert "member_moved" not in coop.alerts()
    coop.vote("decision-2", "consent", alpha="objection")
    assert coop.state.members["delta"].status == "left"
    assert "member_moved" not in coop.alerts()
    coop.vote("decision-3")
    assert "member_moved:epsilon" in coop.state.alerts
    assert coop.state.convened == {}  # nobody is gone


def test_a_convened_review_is_due_until_one_of_its_kind_is_closed() -> None:
    """An open review is not enough, and neither is one of another kind."""
    coop = in_animation()
    due = add_months(START, 3)
    _stands(coop, "review_due", due, None)
    assert "review_due:quarterly" in coop.state.alerts
    review(coop, "other", "annual")
    assert "review_due:quarterly" in coop.state.alerts
    coop.do("fay", "open_review", review="q", kind="quarterly")
    assert "review_due:quarterly" in coop.state.alerts
    coop.do("fay", "close_review", review="q", expected="A", observed="B", why="C", lessons=["D"])
    assert "review_due" not in coop.alerts()


def test_alerts_go_on_while_a_cooperation_closes_and_end_when_it_is_closed() -> None:
    """Nothing is to be looked at any more once it has ended."""
    coop = Collective(4)
    coop.do("rep-alpha", "open_decision", decision="end", subject="closing", question="Close?")
    coop.vote("end", "yes")
    coop.wait(days=90)
    assert "no_plenary" in coop.alerts()
    coop.do("fay", "close_cooperation", report="The end")
    assert coop.state.alerts == {}
    assert next_due(coop.state, coop.at, coop.rules) is None


def test_numbers_of_alerts_are_policy() -> None:
    """A collective may want to be warned at other times, also in calendar months."""

    def earlier(policy: dict[str, Any]) -> None:
        policy["alerts"] |= {
            "mandate_ends_within": {"months": 6},
            "no_plenary_for": {"months": 1},
            "attendance_below": 0.9,
            "event_stands_for": {"hours": 12},
        }

    coop = Collective(4, rules=varied(earlier))
    entrust(coop, ends_on="2026-12-31")
    assert coop.alerts() == {"member_moved"}
    coop.wait(hours=12)
    assert coop.alerts() == set()
    meet(coop, "m", "alpha", "beta", "gamma")
    assert coop.alerts() == {"attendance_low"}
    coop.wait(until=datetime(2026, 7, 1, tzinfo=UTC))
    assert coop.alerts() == {"attendance_low", "no_plenary", "mandate_ending"}


@pytest.mark.parametrize("build", [in_structuration, in_animation, ready_for_renewal])
def test_alerts_can_be_recomputed_from_a_state_that_travelled(
    build: Callable[[], Collective],
) -> None:
    """At each instant at which something happens, the alerts are those that stand then."""
    coop = build()
    while (due := next_due(coop.state, coop.at, coop.rules)) is not None and due < add_months(
        START, 36
    ):
        coop.wait(until=due)
        travelled = Cooperation.model_validate_json(coop.state.model_dump_json())
        standing = {
            f"{one.code}:{one.about}"
            for one in spans(travelled, coop.rules, coop.at)
            if one.since <= coop.at and (one.until is None or coop.at < one.until)
        }
        assert standing == set(coop.state.alerts)
