"""Looking at a cooperation as it was, as it would be, and as it will be."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from coopflow.application.outlook import Supposed, as_if, as_it_was, forecast, told
from coopflow.domain.calendar import add_months
from coopflow.domain.cooperation import follow
from coopflow.domain.events import Entry
from tests.collective import START, Collective
from tests.stages import in_animation, in_structuration, meet

MOMENT = timedelta(microseconds=1)


def supposed(by: str, command: str, *grants: str, **payload: Any) -> Supposed:
    return Supposed({"command": command, "actor": by, **payload}, grants)


def test_the_past_is_what_the_journal_had_come_to() -> None:
    """At each instant of a life the state is that of its events up to then, and no later ones."""
    coop = Collective(2)
    before = coop.state
    coop.wait(days=3)
    coop.admit("gamma")
    joined = coop.state
    coop.wait(days=200)
    assert as_it_was(coop.journal, START) == before
    assert as_it_was(coop.journal, START + timedelta(days=3) - MOMENT) == before
    assert as_it_was(coop.journal, START + timedelta(days=3)) == joined
    assert as_it_was(coop.journal, START - MOMENT).status == "unopened"
    assert as_it_was(coop.journal, coop.at) == coop.state


def test_what_was_not_sent_is_decided_as_if_it_had_been() -> None:
    """The commands lead to the state that they would have led to, and none of it is kept."""
    coop = in_structuration()
    before = coop.state
    meeting = {"meeting": "next", "kind": "plenary", "attendees": ["alpha"], "minutes": "Yes"}
    found = as_if(coop.state, coop.at, [supposed("fay", "record_meeting", **meeting)], coop.rules)
    assert found.refusals == {}
    assert found.at == coop.at
    assert coop.state is before
    coop.do("fay", "record_meeting", **meeting)
    assert found.state == coop.state
    assert [entry.event for entry in found.entries] == [
        entry.event for entry in coop.journal[-len(found.entries) :]
    ]


def test_supposed_commands_may_be_dated() -> None:
    """One without an instant is given when the one before it was; what is due comes first."""
    coop = Collective(3)
    later = coop.at + timedelta(days=30)
    found = as_if(
        coop.state,
        coop.at,
        [
            supposed("fay", "open_decision", decision="d", subject="other", question="?"),
            supposed("fay", "assign_role", person="eva", role="evaluator", at=later.isoformat()),
            supposed("fay", "assign_role", person="med", role="mediator"),
        ],
        coop.rules,
    )
    assert found.at == later
    assert found.state.decisions["d"].result == "lapsed"
    assert found.entries[-1].at == later
    assert found.refusals == {}


def test_what_would_be_refused_is_told_by_its_place() -> None:
    """The others go on without it; malformed ones are told as well."""
    coop = Collective(3)
    found = as_if(
        coop.state,
        coop.at,
        [
            supposed("nobody", "record_pulse", score=3, answers=1, asked=2),
            supposed("fay", "record_pulse", score=9, answers=1, asked=2),
            supposed("fay", "record_pulse", score=3, answers=1, asked=2),
            supposed("pam", "suspend_member", organisation="alpha", reason="Absent"),
            supposed("pam", "admit_member", "programme_manager"),
        ],
        coop.rules,
    )
    assert {place: one.code for place, one in found.refusals.items()} == {
        0: "forbidden",
        1: "invalid_command",
        3: "forbidden",
        4: "invalid_command",
    }
    assert len(found.state.pulses) == 1


def test_roles_held_outside_are_supposed_as_well() -> None:
    """Who manages the programme may do so in a supposition."""
    coop = Collective(3)
    asked = supposed(
        "pam", "suspend_member", "programme_manager", organisation="alpha", reason="Absent"
    )
    found = as_if(coop.state, coop.at, [asked], coop.rules)
    assert found.state.members["alpha"].status == "suspended"


@pytest.mark.parametrize("months", [1, 24])
def test_a_forecast_is_what_time_will_tell(months: int) -> None:
    """Its events are those that happen when time passes and nobody acts, at the same instants."""
    coop = in_animation()
    until = add_months(coop.at, months)
    state, entries = coop.state, list[Entry]()
    for coming in forecast(coop.state, coop.at, until, coop.rules):
        assert coming.at <= until
        assert {entry.at for entry in coming.entries} == {coming.at}
        state = follow(state, coming.entries)
        entries += coming.entries
    told_so_far = len(coop.journal)
    coop.wait(until=until)
    assert entries == coop.journal[told_so_far:]
    assert state == coop.state
    assert told(in_animation().state, until, coop.rules) == coop.state


def test_a_forecast_ends_with_its_last_instant() -> None:
    """What happens at the end is part of it, what happens a moment later is not."""
    coop = Collective(3)
    meet(coop, "one", "alpha")
    coop.ask()
    closing = coop.state.decisions["d"].closes_at
    for until, there in ((closing - MOMENT, False), (closing, True)):
        kinds = [
            entry.event.type
            for coming in forecast(coop.state, coop.at, until, coop.rules)
            for entry in coming.entries
        ]
        assert ("decision_closed" in kinds) is there
