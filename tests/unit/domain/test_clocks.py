"""Holding and falling back: cure clocks, reservations, what stops them, and where they lead."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from coopflow.domain.calendar import add_months
from coopflow.domain.clocks import FellBack, minima
from tests.collective import START, Collective, identity_sheet, roadmap, stakeholder_map, vision
from tests.stages import (
    enforce_charter,
    entrust,
    in_animation,
    in_structuration,
    meet,
    pass_gate,
    ready_for_animation,
    ready_for_renewal,
    ready_for_structuration,
    varied,
)

TICK = timedelta(microseconds=1)
DAY = timedelta(days=1)


def _fallen(coop: Collective) -> list[FellBack]:
    return [entry.event for entry in coop.journal if isinstance(entry.event, FellBack)]


def _conditional() -> Collective:
    """Return a cooperation that has just passed its first gate without its map."""
    coop = Collective(4)
    coop.adopt("shared_vision", vision())
    coop.adopt("identity_sheet", identity_sheet())
    meet(coop, "first", "alpha", "beta", "gamma")
    entrust(coop)
    pass_gate(coop, "to_structuration")
    return coop


# --- cure clocks ----------------------------------------------------------------------------------


def test_no_clock_runs_before_the_first_gate() -> None:
    """Below structuration there is no minimum to hold."""
    coop = ready_for_structuration()
    assert minima(coop.state, coop.rules) == {}
    coop.do("fay", "end_mandate", reason="Moving on")
    assert coop.levels()[4] == 0
    assert coop.state.clocks == {}


@pytest.mark.parametrize(("condition", "days"), [("communication", 90), ("support", 60)])
def test_a_shortfall_opens_a_cure_clock(condition: str, days: int) -> None:
    """A condition has 90 days to come back, support 60."""
    coop = in_structuration()
    if condition == "support":
        begin = coop.at
        coop.do("fay", "end_mandate", reason="Moving on")
    else:
        begin = add_months(START, 12)
        coop.wait(until=begin - TICK)
        assert coop.state.clocks == {}
        coop.wait(until=begin)
    clock = coop.state.clocks[condition]
    assert (clock.since, clock.until) == (begin, begin + timedelta(days=days))
    assert clock.condition == condition


def test_the_length_of_a_clock_is_policy() -> None:
    """A collective may give its conditions other times."""

    def slower(policy: dict[str, Any]) -> None:
        policy["clocks"]["cure"] = {"months": 6}
        del policy["conditions"][4]["cure"]

    coop = in_structuration(rules=varied(slower))
    coop.do("fay", "end_mandate", reason="Moving on")
    assert coop.state.clocks["support"].until == add_months(coop.at, 6)


def test_a_remedied_condition_stops_its_clock() -> None:
    """A later shortfall opens a clock of its own, with the whole time."""
    coop = in_structuration()
    coop.do("fay", "end_mandate", reason="Moving on")
    coop.wait(days=59)
    assert "clock_stopped" in entrust(coop)
    assert coop.state.clocks == {}
    coop.wait(days=10)
    coop.do("fay", "end_mandate", reason="Again")
    assert coop.state.clocks["support"].until == coop.at + 60 * DAY


def test_an_expired_clock_moves_one_stage_back() -> None:
    """The stage is left at the instant at which the time is over; the history is kept."""
    coop = in_structuration()
    coop.do("fay", "end_mandate", reason="Moving on")
    end = coop.state.clocks["support"].until
    coop.wait(until=end - TICK)
    assert coop.state.stage == "structuration"
    told = coop.wait(until=end)
    assert "fell_back" in told
    assert (coop.state.stage, coop.state.stage_since) == ("impulsion", end)
    assert (coop.state.floor, coop.state.floor_since, coop.state.clocks) == (None, None, {})
    assert _fallen(coop) == [FellBack(stage="impulsion", floor=None, about="support")]
    assert coop.state.gates["to_structuration"].passed_at == START
    assert coop.state.documents["shared_vision"][0].status == "approved"


def test_a_remedy_at_the_very_end_comes_too_late() -> None:
    """What falls due at an instant happens before a command given at that instant."""
    coop = in_structuration()
    coop.do("fay", "end_mandate", reason="Moving on")
    coop.do(
        "rep-beta",
        "propose_mandate",
        decision="m",
        holder="beta",
        missions=["inform"],
        closes_at="2026-12-31T00:00Z",
    )
    coop.at = coop.state.clocks["support"].until
    told = coop.vote("m")
    assert told.index("fell_back") < told.index("mandate_started")
    assert coop.state.stage == "impulsion"


def test_clocks_start_anew_against_the_lower_minima() -> None:
    """After a fall-back the minima of the gate that led into the lower stage hold."""
    coop = in_animation()
    coop.do("fay", "end_mandate", reason="Moving on")
    coop.wait(days=30)
    assert minima(coop.state, coop.rules)["support"] == 2
    entrust(coop)  # support comes back to 1, which the lower stage is content with
    assert set(coop.state.clocks) == {"support"}
    end = START + 60 * DAY
    coop.wait(until=end)
    assert (coop.state.stage, coop.state.floor) == ("structuration", "to_structuration")
    assert coop.state.floor_since == end
    assert coop.state.clocks == {}


def test_a_condition_short_of_the_lower_minimum_gets_the_whole_time_again() -> None:
    """Two stages are lost in twice the time, one after the other."""
    coop = in_animation()
    coop.do("fay", "end_mandate", reason="Moving on")
    first, second = START + 60 * DAY, START + 120 * DAY
    coop.wait(until=first)
    assert coop.state.stage == "structuration"
    assert coop.state.clocks["support"].until == second
    coop.wait(until=second)
    assert coop.state.stage == "impulsion"
    assert [event.stage for event in _fallen(coop)] == ["structuration", "impulsion"]


def test_several_conditions_have_clocks_of_their_own() -> None:
    """The first to run out leads back and ends all others, which start anew where still short."""
    coop = in_animation()
    entrust(coop, hours_month=20, ends_on="2026-08-31")
    plenary = add_months(START, 6)
    coop.wait(until=datetime(2026, 9, 1, tzinfo=UTC))
    assert {name: clock.until for name, clock in coop.state.clocks.items()} == {
        "communication": plenary + 90 * DAY,
        "support": datetime(2026, 9, 1, tzinfo=UTC) + 60 * DAY,
    }
    coop.wait(until=plenary + 90 * DAY)
    assert _fallen(coop)[0].about == "communication"
    assert coop.state.stage == "structuration"
    assert {name: clock.until for name, clock in coop.state.clocks.items()} == {
        "support": coop.at + 60 * DAY
    }


def test_two_clocks_that_run_out_at_one_instant_lead_back_once() -> None:
    """The fall-back ends both clocks: the second has nothing left to run out."""
    coop = in_animation()
    entrust(coop, hours_month=20, ends_on="2028-12-31")
    for days in (150, 300, 450):
        coop.wait(until=START + timedelta(days=days))
        meet(coop, f"one-{days}", "alpha", "beta", "gamma")
        meet(coop, f"two-{days}", "alpha", "beta", "gamma")
    expired = add_months(START, 12) + 60 * DAY  # the sheet, which two conditions read
    clocks = coop.state.clocks
    assert {name: clocks[name].until for name in ("common_plan", "shared_evaluation")} == {
        "common_plan": expired + 90 * DAY,
        "shared_evaluation": expired + 90 * DAY,
    }
    told = coop.wait(until=expired + 90 * DAY)
    assert told.count("fell_back") == 1
    assert (coop.state.stage, _fallen(coop)[0].about) == ("structuration", "common_plan")
    assert {clock.until for clock in coop.state.clocks.values()} == {coop.at + 90 * DAY}


def test_a_stage_without_a_lower_one_gives_the_time_again() -> None:
    """Where a lifecycle leads nowhere back, a clock that ran out starts again."""

    def endless(lifecycle: dict[str, Any]) -> None:
        for stage in lifecycle["stages"]:
            stage.pop("falls_back_to", None)

    coop = in_structuration(rules=varied(lambda _: None, endless))
    coop.do("fay", "end_mandate", reason="Moving on")
    told = coop.wait(days=60)
    assert told.count("clock_stopped") == told.count("clock_started") == 1
    assert coop.state.stage == "structuration"
    assert coop.state.clocks["support"].until == coop.at + 60 * DAY
    assert (
        coop.refused("rep-alpha", "open_decision", subject="return:impulsion", question="?")
        == "wrong_stage"
    )


def test_a_stale_document_still_holds() -> None:
    """Minima are held in the holding reading: no clock runs until the document expires."""
    coop = in_structuration()
    coop.wait(days=300)
    meet(coop, "later", "alpha", "beta", "gamma")
    stale = add_months(START, 12)
    coop.wait(until=stale + 60 * DAY - TICK)
    assert coop.levels(forward=True) == [1, 0, 0, 1, 1]
    assert coop.state.clocks == {}
    coop.wait(until=stale + 60 * DAY)
    assert set(coop.state.clocks) == {"common_plan", "mutual_actions", "shared_evaluation"}


# --- a chosen step back ---------------------------------------------------------------------------


def test_the_members_may_choose_to_go_back() -> None:
    """A return leads to any earlier stage, with the minima of the gate into it."""
    coop = in_animation()
    assert (
        coop.refused("rep-alpha", "open_decision", subject="return:animation", question="?")
        == "wrong_stage"
    )
    coop.do("rep-alpha", "open_decision", decision="r", subject="return:impulsion", question="?")
    coop.vote("r")
    assert _fallen(coop) == [FellBack(stage="impulsion", floor=None, decision="r")]
    other = in_animation()
    other.do(
        "rep-alpha", "open_decision", decision="r", subject="return:structuration", question="?"
    )
    other.vote("r")
    assert (other.state.stage, other.state.floor) == ("structuration", "to_structuration")


def test_a_fall_back_convenes_an_exceptional_review() -> None:
    """What was lost is to be looked at."""
    coop = in_structuration()
    coop.do("fay", "end_mandate", reason="Moving on")
    told = coop.wait(days=60)
    assert told.index("fell_back") < told.index("review_convened")
    assert coop.state.convened == {"exceptional": coop.at}


# --- reservations ---------------------------------------------------------------------------------


def test_a_conditional_pass_has_ninety_days_from_its_ratification() -> None:
    """The reservation takes the place of the condition's clock."""
    coop = Collective(4)
    coop.adopt("shared_vision", vision())
    coop.adopt("identity_sheet", identity_sheet())
    meet(coop, "first", "alpha", "beta", "gamma")
    entrust(coop)
    coop.do("rep-alpha", "request_gate", gate="to_structuration")
    coop.wait(days=5)
    told = coop.vote("ratify-to_structuration-1")
    assert told[-2:] == ["gate_passed", "reservation_made"]
    reservation = coop.state.reservations["mutual_actions"]
    assert (reservation.gate, reservation.until) == ("to_structuration", coop.at + 90 * DAY)
    assert not reservation.waived
    assert coop.state.clocks == {}


def test_a_reservation_that_is_remedied_is_lifted() -> None:
    """A shortfall after that opens an ordinary clock."""
    coop = _conditional()
    coop.wait(days=89)
    coop.do("rep-alpha", "draft_document", kind="stakeholder_map", content=stakeholder_map())
    coop.do("rep-alpha", "submit_document", kind="stakeholder_map", decision="m")
    assert "reservation_lifted" in coop.vote("m", "yes")
    assert (coop.state.reservations, coop.state.clocks) == ({}, {})
    expired = add_months(coop.at, 12) + 60 * DAY
    coop.wait(days=200)
    meet(coop, "later", "alpha", "beta", "gamma")
    coop.wait(until=expired)
    assert coop.state.clocks["mutual_actions"].until == expired + 90 * DAY


def test_what_is_stale_remedies_no_reservation() -> None:
    """A reservation is lifted in the reading in which the condition was found short."""
    coop = ready_for_structuration()
    coop.wait(until=add_months(START, 12))
    meet(coop, "later", "alpha", "beta", "gamma")
    coop.adopt("identity_sheet", identity_sheet())
    told = pass_gate(coop, "to_structuration")  # its map is stale: it holds and passes nothing
    assert "reservation_made" in told
    assert coop.levels()[1] == 1
    assert set(coop.state.reservations) == {"mutual_actions"}
    coop.adopt("stakeholder_map", stakeholder_map())
    assert coop.state.reservations == {}


def test_a_reservation_that_is_not_remedied_leads_back() -> None:
    """At the end of its 90 days, to the microsecond."""
    coop = _conditional()
    coop.wait(until=START + 90 * DAY - TICK)
    assert coop.state.stage == "structuration"
    coop.wait(until=START + 90 * DAY)
    assert (coop.state.stage, coop.state.reservations) == ("impulsion", {})
    assert _fallen(coop)[0].about == "mutual_actions"


def test_a_reservation_without_a_lower_stage_becomes_a_clock() -> None:
    """Where there is nothing to fall back to, the condition is watched as any other."""

    def endless(lifecycle: dict[str, Any]) -> None:
        for stage in lifecycle["stages"]:
            stage.pop("falls_back_to", None)

    coop = Collective(4, rules=varied(lambda _: None, endless))
    coop.adopt("shared_vision", vision())
    coop.adopt("identity_sheet", identity_sheet())
    meet(coop, "first", "alpha", "beta", "gamma")
    entrust(coop)
    pass_gate(coop, "to_structuration")
    told = coop.wait(days=90)
    assert "reservation_lifted" in told
    assert coop.state.clocks["mutual_actions"].until == coop.at + 90 * DAY


def test_a_reservation_takes_the_place_of_a_running_clock() -> None:
    """A condition already below its old minimum has one term, not two."""

    def tolerant(policy: dict[str, Any]) -> None:
        policy["ratification"] |= {"never_short": [], "levels_short": 2}

    coop = ready_for_animation(rules=varied(tolerant))
    coop.do("fay", "end_mandate", reason="Moving on")
    assert set(coop.state.clocks) == {"support"}
    coop.wait(days=30)
    pass_gate(coop, "to_animation")
    assert coop.state.stage == "animation"
    assert coop.state.clocks == {}
    assert coop.state.reservations["support"].until == coop.at + 90 * DAY


def test_what_was_remedied_before_the_ratification_is_lifted_at_once() -> None:
    """The reservation follows from the verdict; it ends where nothing is short any more."""
    coop = Collective(4)
    coop.adopt("shared_vision", vision())
    coop.adopt("identity_sheet", identity_sheet())
    meet(coop, "first", "alpha", "beta", "gamma")
    entrust(coop)
    coop.do("rep-alpha", "request_gate", gate="to_structuration")
    coop.adopt("stakeholder_map", stakeholder_map())
    told = coop.vote("ratify-to_structuration-1")
    assert told[-3:] == ["gate_passed", "reservation_made", "reservation_lifted"]


# --- pauses and closing ---------------------------------------------------------------------------


def test_a_frozen_pause_stops_the_clock_and_a_kept_one_does_not() -> None:
    """After a pause a frozen clock has as much time left as before it."""
    for clocks, left in (("freeze", 50), ("keep", 30)):
        coop = in_structuration()
        coop.do("fay", "end_mandate", reason="Moving on")
        coop.wait(days=10)
        coop.do("fay", "pause_cooperation", reason="Summer", clocks=clocks)
        coop.wait(days=20)
        coop.do("fay", "resume_cooperation")
        assert coop.state.clocks["support"].until == coop.at + left * DAY
    kept = in_structuration()
    kept.do("fay", "end_mandate", reason="Moving on")
    kept.do("fay", "pause_cooperation", reason="Summer", clocks="keep")
    kept.wait(days=60)
    assert (kept.state.status, kept.state.stage) == ("paused", "impulsion")


def test_a_frozen_pause_stops_a_reservation() -> None:
    """Ninety days are ninety days of an active cooperation."""
    coop = _conditional()
    coop.do("fay", "pause_cooperation", reason="Summer")
    coop.wait(days=100)
    assert coop.state.stage == "structuration"
    coop.do("fay", "resume_cooperation")
    assert coop.state.reservations["mutual_actions"].until == coop.at + 90 * DAY


def test_a_shortfall_in_a_frozen_pause_starts_its_clock_afterwards() -> None:
    """While clocks stand still none starts; one that is remedied stops all the same."""
    coop = in_structuration()
    entrust(coop, hours_month=1, ends_on="2026-01-31")
    coop.do("fay", "pause_cooperation", reason="Winter", clocks="freeze")
    coop.wait(until=datetime(2026, 2, 15, tzinfo=UTC))
    assert (coop.state.levels["support"], coop.state.clocks) == (0, {})
    assert "clock_started" in coop.do("fay", "resume_cooperation")
    assert coop.state.clocks["support"].until == coop.at + 60 * DAY


def test_closing_ends_clocks_and_reservations() -> None:
    """A cooperation that winds down falls back no more."""
    coop = _conditional()
    coop.do("fay", "end_mandate", reason="Moving on")
    assert (set(coop.state.clocks), set(coop.state.reservations)) == (
        {"support"},
        {"mutual_actions"},
    )
    coop.do("rep-alpha", "open_decision", decision="end", subject="closing", question="Close?")
    coop.vote("end", "yes")
    assert (coop.state.status, coop.state.clocks, coop.state.reservations) == ("closing", {}, {})
    coop.wait(days=400)
    assert (coop.state.stage, _fallen(coop), coop.state.clocks) == ("structuration", [], {})


# --- the term of a gate ---------------------------------------------------------------------------


def test_twelve_months_without_renewal_lose_nothing() -> None:
    """The minima of the last gate keep holding; nothing falls for the term alone."""
    coop = ready_for_renewal()
    pass_gate(coop, "renewal")
    assert minima(coop.state, coop.rules) == dict.fromkeys(coop.state.levels, 3)
    for month in range(1, 14):
        coop.wait(until=add_months(START, month))
        if month % 3 == 0:
            meet(coop, f"plenary-{month}", "alpha", "beta", "gamma")
        if month == 5:
            coop.adopt("roadmap", roadmap())
        if month == 8:
            enforce_charter(coop)
            for indicator in ("o1-1", "o1-2"):
                coop.do(
                    "rep-alpha",
                    "record_measure",
                    indicator=indicator,
                    value=1,
                    organisation="alpha",
                )
            coop.do("rep-beta", "record_measure", indicator="o2-1", value=1, organisation="beta")
        if month == 11:
            for kind, content in (
                ("identity_sheet", identity_sheet()),
                ("stakeholder_map", stakeholder_map()),
                ("roadmap", roadmap()),
            ):
                coop.adopt(kind, content)
            coop.do("fay", "open_review", review="r2", kind="quarterly")
            coop.do(
                "fay",
                "close_review",
                review="r2",
                expected="A",
                observed="B",
                why="C",
                lessons=[],
                measures=["o1-1"],
            )
    assert (coop.state.stage, coop.state.clocks) == ("animation", {})
    assert "renewal_due" in coop.alerts()
