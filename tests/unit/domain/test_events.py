"""Events and the entries of the journal that carry them."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from pydantic import ValidationError

from coopflow.domain.catalogue import EVENTS
from coopflow.domain.cooperation import UNOPENED, advance, evolve
from coopflow.domain.events import Entry, Event
from coopflow.domain.meetings import PulseRecorded
from coopflow.domain.state import Cooperation
from tests.collective import Collective, vision

AT = datetime(2026, 1, 20, 9, tzinfo=UTC)


def entry_of(event: Any) -> Entry:
    return Entry.model_validate({"seq": 1, "at": AT, "event": event})


def lively() -> Collective:
    """Return a cooperation with an entry of many kinds in its journal."""
    coop = Collective(4)
    coop.adopt("shared_vision", vision())
    coop.ask(rule="consent")
    coop.cast("d", "objection", "beta", reason="Too fast")
    coop.do("rep-delta", "withdraw_member", organisation="delta", reason="Gone")
    coop.wait(days=30)
    return coop


def test_an_entry_survives_being_written_down() -> None:
    """Each entry of a journal, written as JSON and read again, is the same, event and all."""
    for entry in lively().journal:
        assert Entry.model_validate_json(entry.model_dump_json()) == entry


def test_the_journal_alone_leads_to_the_state() -> None:
    """Told again from its journal, a cooperation comes to the state it is in."""
    coop = lively()
    state = UNOPENED
    for line in coop.journal:
        state = evolve(state, Entry.model_validate_json(line.model_dump_json()))
    assert state == coop.state
    written = state.model_dump_json()
    assert Cooperation.model_validate_json(written).model_dump_json() == written


def test_entries_are_numbered_without_gaps() -> None:
    """Numbers start at 1, and the state knows the last one and its instant."""
    coop = lively()
    assert [entry.seq for entry in coop.journal] == list(range(1, len(coop.journal) + 1))
    assert coop.state.seq == len(coop.journal)
    assert coop.state.as_of == coop.journal[-1].at


def test_what_was_due_by_itself_has_no_author() -> None:
    """Events of a command name who gave it; those that time brought name nobody."""
    coop = lively()
    by = {entry.event.type: entry.by for entry in coop.journal}
    assert by["member_left"] == "rep-delta"
    assert by["voters_reminded"] is None


def test_an_entry_names_the_command_that_caused_it() -> None:
    """The id of a command stands on all its entries."""
    coop = Collective(1)
    coop.do("fay", "record_pulse", score=4, answers=1, asked=1, id="c-7")
    assert coop.journal[-1].command == "c-7"


def test_an_event_is_kept_as_it_is() -> None:
    """An event that is one already is not read again."""
    event = PulseRecorded(score=4, answers=1, asked=2)
    assert entry_of(event).event is event


@pytest.mark.parametrize("event", [{"type": "danced"}, {"type": 5}, {}, "pulse_recorded", None])
def test_an_unknown_event_is_an_error(event: object) -> None:
    """What names no event is refused, saying what it named."""
    with pytest.raises(ValidationError, match="there is no event of type"):
        entry_of(event)


def test_events_refuse_unknown_keys() -> None:
    """An event with a key it does not have is refused: history is never guessed at."""
    dumped = json.loads(PulseRecorded(score=4, answers=1, asked=2).model_dump_json())
    with pytest.raises(ValidationError, match="Extra inputs"):
        entry_of(dumped | {"mood": "good"})


def test_the_base_of_events_changes_nothing() -> None:
    """Each kind of event says itself what it changes."""
    event = Event(type="none")
    with pytest.raises(NotImplementedError, match="Event"):
        event.changes(UNOPENED, entry_of(PulseRecorded(score=4, answers=1, asked=2)))


def test_bases_of_events_have_no_name_of_their_own() -> None:
    """Only an event with a wire name is known, under that name."""

    class Base(Event):
        pass

    assert Base not in Event.kinds.values()
    assert set(Event.kinds) == set(EVENTS)
    assert all(kind.model_fields["type"].default == name for name, kind in EVENTS.items())


def test_time_that_was_told_already_brings_nothing() -> None:
    """Telling up to an instant of the past, or before anything is open, is no event."""
    coop = lively()
    assert coop.state.as_of is not None
    assert advance(coop.state, AT, coop.rules) == ()
    assert advance(UNOPENED, AT, coop.rules) == ()
