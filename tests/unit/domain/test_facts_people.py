"""Facts about members, meetings, the pulse and disagreements: values, sources and windows."""

from datetime import timedelta
from fractions import Fraction
from typing import Any

import pytest

from coopflow.domain.calendar import Span, add_months
from coopflow.domain.facts import FACTS, View
from coopflow.domain.facts.people import attendance_of, mean_attendance, plenaries_of
from coopflow.domain.state import Meeting
from tests.collective import START, Collective
from tests.stages import meet, read

DAY = timedelta(days=1)
PROFILE = {"logic": "One", "constraints": "Two", "culture": "Three", "expectations": "Four"}


def _meeting(attendees: tuple[str, ...], active: tuple[str, ...]) -> Meeting:
    return Meeting(id="m", kind="plenary", held_at=START, attendees=attendees, active=active)


@pytest.mark.parametrize(
    ("fact", "parameters", "value"),
    [
        ("members.active", {}, 0),
        ("members.categories", {}, 0),
        ("members.profiles_share", {}, 0.0),
        ("meetings", {}, 0),
        ("attendance", {"last": 3}, 0.0),
        ("pulse.score", {"within": {"months": 12}, "answered": "1/2"}, 0.0),
        ("disagreements.escalated_by_expiry", {}, 0),
    ],
)
def test_an_empty_cooperation_reads_as_nothing(
    fact: str, parameters: dict[str, Any], value: Any
) -> None:
    """Nobody, no meeting and no pulse read as nothing, from nowhere."""
    assert read(Collective(0), fact, **parameters) == (value, [])


def test_only_active_members_count() -> None:
    """Suspended members and those who left count neither as members nor by their category."""
    coop = Collective(4)
    assert read(coop, "members.active")[0] == 4
    assert read(coop, "members.categories")[0] == 4
    coop.do("fay", "suspend_member", organisation="delta", reason="Silent")
    coop.do("rep-gamma", "withdraw_member", organisation="gamma", reason="Leaving")
    assert read(coop, "members.active") == (2, ["member alpha", "member beta"])
    assert read(coop, "members.categories") == (2, ["member alpha", "member beta"])


def test_a_category_is_named_by_its_first_member() -> None:
    """Two members of one category count once; the first of them is the source."""
    coop = Collective(3)
    organisation = {"id": "theta", "name": "Theta", "category": "association"}
    coop.do("fay", "admit_member", organisation=organisation, representative="rep-theta")
    assert read(coop, "members.categories") == (3, ["member alpha", "member beta", "member gamma"])


def test_a_profile_counts_once_all_four_parts_say_something() -> None:
    """A profile filled in half is none; parts may be given one after the other."""
    coop = Collective(3)
    coop.do("rep-alpha", "describe_member", organisation="alpha", profile=PROFILE)
    coop.do("rep-beta", "describe_member", organisation="beta", profile={"logic": "One"})
    assert read(coop, "members.profiles_share") == (1 / 3, ["member alpha"])
    rest = {key: PROFILE[key] for key in ("constraints", "culture", "expectations")}
    coop.do("rep-beta", "describe_member", organisation="beta", profile=rest)
    assert read(coop, "members.profiles_share")[0] == 2 / 3


@pytest.mark.parametrize(
    ("attendees", "active", "share"),
    [
        (("a", "b"), ("a", "b", "c"), Fraction(2, 3)),
        (("a", "z"), ("a", "b"), Fraction(1, 2)),
        (("a",), (), Fraction(0)),
        ((), ("a",), Fraction(0)),
    ],
)
def test_attendance_is_counted_against_the_members_active_then(
    attendees: tuple[str, ...], active: tuple[str, ...], share: Fraction
) -> None:
    """Guests do not count; a meeting of a cooperation without members was attended by nobody."""
    assert attendance_of(_meeting(attendees, active)) == share


def test_attendance_is_that_of_the_day_of_the_meeting() -> None:
    """Members that join later do not lower the attendance of an earlier meeting."""
    coop = Collective(3)
    meet(coop, "m1", "alpha", "beta", "gamma")
    coop.wait(days=10)
    coop.admit("delta")
    assert read(coop, "attendance", last=3) == (1.0, ["meeting m1"])
    meet(coop, "m2", "alpha", "beta", held_at=START + DAY)
    assert read(coop, "attendance", last=3)[0] == 5 / 6
    meet(coop, "m3", "alpha", "beta")
    assert read(coop, "attendance", last=1) == (0.5, ["meeting m3"])


def test_plenaries_are_in_the_order_in_which_they_were_held() -> None:
    """A meeting that is recorded late takes its place by its date; other kinds are left out."""
    coop = Collective(4)
    coop.wait(days=10)
    meet(coop, "late", "alpha")
    meet(coop, "early", "alpha", "beta", held_at=START)
    meet(coop, "other", "alpha", kind="committee")
    assert [meeting.id for meeting in plenaries_of(coop.state)] == ["early", "late"]
    assert mean_attendance(coop.state, 1) == Fraction(1, 4)
    assert mean_attendance(coop.state, 5) == Fraction(3, 8)


@pytest.mark.parametrize(
    ("parameters", "counted"),
    [
        ({}, ["full", "thin", "bare", "late"]),
        ({"organisations": 3}, ["full", "bare", "late"]),
        ({"quorum": "3/4"}, ["full", "bare", "late"]),
        ({"minuted": True}, ["full", "thin", "late"]),
        ({"minutes_within": {"days": 15}}, ["full", "thin"]),
        ({"within": {"days": 20}}, ["bare"]),
        ({"kind": "discovery"}, ["found"]),
    ],
)
def test_meetings_are_counted_by_what_is_asked_of_them(
    parameters: dict[str, Any], counted: list[str]
) -> None:
    """Each parameter leaves out the meetings that do not meet it."""
    coop = Collective(4)
    meet(coop, "full", "alpha", "beta", "gamma")
    meet(coop, "thin", "alpha", "beta")
    coop.wait(days=10)
    meet(coop, "bare", "alpha", "beta", "gamma", minutes=None)
    meet(coop, "late", "alpha", "beta", "gamma", minutes=None, held_at=START)
    meet(coop, "found", "alpha", kind="discovery")
    coop.wait(days=15)
    coop.do("fay", "publish_minutes", meeting="late", minutes="Minutes")
    assert read(coop, "meetings", **parameters) == (
        len(counted),
        [f"meeting {slug}" for slug in counted],
    )


def test_a_count_of_meetings_is_sure_until_the_oldest_leaves_the_window() -> None:
    """Without a window it is sure until an event."""
    coop = Collective(4)
    meet(coop, "m1", "alpha")
    coop.wait(days=10)
    meet(coop, "m2", "alpha")
    view = View(coop.state, coop.at)
    assert FACTS["meetings"].model_validate({}).read(view).until is None
    windowed = FACTS["meetings"].model_validate({"within": {"months": 6}}).read(view)
    assert (windowed.value, windowed.until) == (2, add_months(START, 6))


def test_the_pulse_is_the_latest_that_enough_people_answered() -> None:
    """A pulse with too few answers is passed over; one beyond the window ends the search."""
    parameters: dict[str, Any] = {"within": {"months": 12}, "answered": "1/2"}
    coop = Collective(4)
    coop.do("fay", "record_pulse", score=4.5, answers=2, asked=4)
    coop.wait(days=30)
    coop.do("fay", "record_pulse", score=1, answers=1, asked=4)
    assert read(coop, "pulse.score", **parameters) == (4.5, ["pulse 2026-01-01"])
    query = FACTS["pulse.score"].model_validate(parameters)
    assert query.read(View(coop.state, coop.at)).until == Span(months=12).after(START)
    coop.wait(until=add_months(START, 12))
    assert read(coop, "pulse.score", **parameters) == (0.0, [])
    coop.wait(days=60)
    assert read(coop, "pulse.score", **parameters) == (0.0, [])


def test_open_disagreements_that_escalated_by_expiry_are_counted() -> None:
    """Each is a source of its own; those that are closed no longer count."""
    coop = Collective(3)
    raised = {"subject": "?", "content": "!", "parties": ["alpha", "beta"], "touches": "other"}
    coop.do("rep-alpha", "raise_disagreement", disagreement="d1", **raised)
    coop.do("rep-alpha", "raise_disagreement", disagreement="d2", **raised)
    assert read(coop, "disagreements.escalated_by_expiry") == (0, [])
    coop.wait(days=5)
    assert read(coop, "disagreements.escalated_by_expiry") == (
        2,
        ["disagreement d1", "disagreement d2"],
    )
    coop.do("rep-alpha", "withdraw_disagreement", disagreement="d1")
    assert read(coop, "disagreements.escalated_by_expiry") == (1, ["disagreement d2"])
