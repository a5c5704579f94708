"""Meetings with their minutes, and the pulse of the collective."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from tests.collective import START, Collective

MOMENT = timedelta(microseconds=1)


def meeting(**changes: Any) -> dict[str, Any]:
    return {"meeting": "m1", "kind": "plenary", "attendees": ["alpha", "beta"]} | changes


def test_a_meeting_is_recorded_with_who_was_active_then() -> None:
    """Attendees stand once each; the active members are those of the instant it was held."""
    coop = Collective(2)
    held = START + timedelta(days=1)
    coop.wait(days=2)
    coop.admit("gamma")
    coop.do("rep-beta", "withdraw_member", organisation="beta", reason="Gone")
    coop.wait(days=3)
    coop.do(
        "fay",
        "record_meeting",
        **meeting(attendees=["alpha", "beta", "alpha"], held_at=held.isoformat()),
    )
    recorded = coop.state.meetings["m1"]
    assert (recorded.kind, recorded.held_at) == ("plenary", held)
    assert (recorded.attendees, recorded.active) == (("alpha", "beta"), ("alpha", "beta"))
    assert recorded.minuted_at is None


def test_a_meeting_was_held_now_unless_it_says_when() -> None:
    """The instant of the command stands in for the date of the meeting."""
    coop = Collective(2)
    coop.wait(days=7)
    coop.do("fay", "record_meeting", **meeting())
    assert coop.state.meetings["m1"].held_at == coop.at


@pytest.mark.parametrize(("ahead", "code"), [(timedelta(0), None), (MOMENT, "too_early")])
def test_a_meeting_is_recorded_after_it_was_held(ahead: timedelta, code: str | None) -> None:
    """What is yet to come, by a microsecond, is not recorded."""
    coop = Collective(2)
    said = meeting(held_at=(START + ahead).isoformat())
    if code is None:
        coop.do("fay", "record_meeting", **said)
    else:
        assert coop.refused("fay", "record_meeting", **said) == code


def test_minutes_may_come_with_the_meeting_or_after() -> None:
    """The first publication counts; publishing again changes the text, not the day."""
    coop = Collective(2)
    came = coop.do("fay", "record_meeting", **meeting(minutes="We met."))
    assert came[:2] == ["meeting_recorded", "minutes_published"]
    coop.do("fay", "record_meeting", **meeting(meeting="m2"))
    coop.wait(days=10)
    for name in ("m1", "m2"):
        coop.do("fay", "publish_minutes", meeting=name, minutes="We met, in full.")
    minuted: list[datetime | None] = [one.minuted_at for one in coop.state.meetings.values()]
    assert minuted == [START, START + timedelta(days=10)]


def test_a_meeting_is_recorded_once() -> None:
    """A second meeting of the same id is refused."""
    coop = Collective(2)
    coop.do("fay", "record_meeting", **meeting())
    assert coop.refused("fay", "record_meeting", **meeting(kind="committee")) == "already_exists"


def test_minutes_need_a_meeting() -> None:
    """Minutes of a meeting that was not recorded are refused."""
    coop = Collective(2)
    assert coop.refused("fay", "publish_minutes", meeting="m9", minutes="?") == "unknown_document"


@pytest.mark.parametrize(
    ("attendee", "code"), [("omega", "unknown_member"), ("gamma", "unknown_member")]
)
def test_those_who_met_are_members(attendee: str, code: str) -> None:
    """Who is unknown, or had left by then, did not attend as a member; it is said first."""
    coop = Collective(3)
    coop.do("rep-gamma", "withdraw_member", organisation="gamma", reason="Gone")
    coop.wait(days=1)
    said = meeting(attendees=["alpha", attendee])
    assert coop.refused("fay", "record_meeting", **said) == code
    ahead = (coop.at + timedelta(days=1)).isoformat()
    assert coop.refused("fay", "record_meeting", **said, held_at=ahead) == code


def test_guests_that_are_members_now_may_have_attended() -> None:
    """An organisation that joined later, or is suspended, was there all the same."""
    coop = Collective(2)
    coop.wait(days=5)
    coop.admit("gamma")
    coop.do("fay", "suspend_member", organisation="beta", reason="Absent")
    coop.do(
        "fay",
        "record_meeting",
        **meeting(attendees=["beta", "gamma"], held_at=START.isoformat()),
    )
    assert coop.state.meetings["m1"].active == ("alpha", "beta")


def test_the_pulse_is_kept_for_a_dozen_times() -> None:
    """Each survey notes score, answers and people asked; the latest twelve stay."""
    coop = Collective(2)
    for count in range(14):
        coop.do("fay", "record_pulse", score=count / 4, answers=count, asked=20)
    assert len(coop.state.pulses) == 12
    last = coop.state.pulses[-1]
    assert (last.score, last.answers, last.asked, last.at) == (3.25, 13, 20, START)


@pytest.mark.parametrize(
    "change",
    [
        {"score": 5.1},
        {"score": -1},
        {"score": float("nan")},
        {"answers": 6},
        {"answers": -1},
        {"asked": 2.5},
    ],
)
@pytest.mark.parametrize("by", ["fay", "stranger"])
def test_a_pulse_is_plausible(change: dict[str, Any], by: str) -> None:
    """Scores lie between 0 and 5 and no more answer than are asked, whoever says so."""
    coop = Collective(2)
    pulse = {"score": 4, "answers": 3, "asked": 5} | change
    assert coop.refused(by, "record_pulse", **pulse) == "invalid_command"
