"""Erasing a person: the id is gone, what they did stays."""

from __future__ import annotations

from typing import Any

import pytest

from coopflow.domain.catalogue import EVENTS
from coopflow.domain.cooperation import UNOPENED, evolve
from coopflow.domain.erasure import ErasePerson
from coopflow.domain.events import Entry, Event
from coopflow.domain.marks import Mark, fields_marked, fields_with_marks, marked
from coopflow.domain.state import Cooperation
from tests.collective import Collective, vision


def erase(coop: Collective, person: str) -> str:
    """Erase a person and return the tombstone."""
    assert coop.do("pam", "erase_person", person=person) == ["person_erased"]
    return f"erased-{coop.state.seq}"


def busy() -> Collective:
    """Return a cooperation in which one person, ``zoe``, did everything a person can do."""
    coop = Collective()
    for organisation in ("alpha", "beta", "gamma"):
        coop.admit(organisation)
    coop.do(
        "fay",
        "appoint_representative",
        organisation="alpha",
        person="zoe",
        alternate="al",
    )
    coop.do("fay", "appoint_representative", organisation="beta", person="bo", alternate="zoe")
    coop.do("fay", "assign_role", person="zoe", role="facilitator")
    coop.do("fay", "assign_role", person="zoe", role="mediator")
    coop.do("zoe", "draft_document", kind="shared_vision", content=vision(issue="zoe"))
    coop.do("zoe", "open_decision", decision="d", subject="other", question="zoe?")
    coop.do("zoe", "cast_ballot", decision="d", organisation="alpha", choice="yes")
    coop.do("zoe", "open_review", review="r", kind="annual")
    return coop


def mediated(coop: Collective) -> None:
    """Let ``zoe`` be the mediator of a disagreement of others."""
    coop.do(
        "rep-gamma",
        "raise_disagreement",
        disagreement="x",
        subject="Money",
        content="Sealed",
        parties=["gamma", "beta"],
        touches="money",
        blocking=False,
    )
    coop.do("fay", "triage_disagreement", disagreement="x", verdict="emergency")
    coop.do("fay", "assign_role", person="moe", role="mediator")
    coop.do("fay", "appoint_mediator", disagreement="x", person="moe")


def test_a_tombstone_takes_the_place_of_the_id_everywhere() -> None:
    """Members, roles, authors, ballots, decisions and reviews name the tombstone."""
    coop = busy()
    grave = erase(coop, "zoe")
    state = coop.state
    assert state.members["alpha"].people == (grave, "al")
    assert state.members["beta"].people == ("bo", grave)
    assert state.roles[grave] == ("facilitator", "mediator")
    assert state.documents["shared_vision"][0].authors == (grave,)
    assert (state.decisions["d"].opened_by, state.decisions["d"].ballots["alpha"].by) == (
        grave,
        grave,
    )
    assert state.reviews["r"].by == grave


def test_a_mediator_is_erased_as_well() -> None:
    """The disagreement goes on with a tombstone for its mediator."""
    coop = busy()
    mediated(coop)
    grave = erase(coop, "moe")
    assert coop.state.disagreements["x"].mediator == grave


def test_what_people_wrote_is_no_name() -> None:
    """A text that holds the same word stays as it was written."""
    coop = busy()
    erase(coop, "zoe")
    assert coop.state.documents["shared_vision"][0].content["issue"] == "zoe"
    assert coop.state.decisions["d"].question == "zoe?"


def test_nothing_else_changes() -> None:
    """Ballots stand, and those of whom nobody asked to be forgotten keep their ids."""
    coop = busy()
    before = coop.state
    erase(coop, "zoe")
    assert coop.state.decisions["d"].ballots["alpha"].choice == "yes"
    assert coop.state.members["gamma"] == before.members["gamma"]
    assert coop.state.meetings is before.meetings


def test_the_state_names_the_person_no_more() -> None:
    """The id is nowhere in what the cooperation is, but in what people wrote."""
    coop = busy()
    erase(coop, "zoe")
    named = [value for mark, _, value in marked(Cooperation, told(coop.state))]
    assert "zoe" not in named
    assert named.count(f"erased-{coop.state.seq}") > 5


def test_whom_only_the_journal_names_is_known_too() -> None:
    """A representative of the past, and somebody who did something once."""
    coop = busy()
    coop.do("fay", "appoint_representative", organisation="alpha", person="new", alternate="al")
    coop.do("fay", "appoint_representative", organisation="beta", person="bo", alternate="new")
    assert "rep-alpha" in coop.state.people
    erase(coop, "rep-alpha")
    assert "rep-alpha" not in coop.state.people


@pytest.mark.parametrize("kind", EVENTS.values(), ids=EVENTS)
def test_every_event_names_people_in_fields_of_its_own(kind: type[Event]) -> None:
    """Where the journal looks for those whom it knows."""
    within = set(fields_with_marks(kind)) - set(fields_marked(kind, Mark.PERSON))
    assert within == set(fields_marked(kind, Mark.SEALED))


def test_an_erased_person_may_do_nothing() -> None:
    """Whoever still has the id represents nobody."""
    coop = busy()
    erase(coop, "zoe")
    assert (
        coop.refused("zoe", "cast_ballot", decision="d", organisation="alpha", choice="no")
        == "forbidden"
    )
    assert coop.refused("pam", "erase_person", person="zoe") == "unknown_person"


def test_who_erases_themselves_causes_nothing_afterwards() -> None:
    """The entry of the erasure names them; what may follow from it names the tombstone."""
    coop = busy()
    turn = coop.turn()
    turn.by = "pam"
    ErasePerson(actor="pam", at=coop.at, person="pam").decide(turn)
    (erasure,) = turn.entries
    assert erasure.by == "pam"
    assert turn.by == f"erased-{erasure.seq}"
    coop.do("pam", "erase_person", person="pam")
    assert "pam" not in coop.state.people


def test_two_tombstones_are_two_people() -> None:
    """Each erased person has a tombstone of their own."""
    coop = busy()
    assert erase(coop, "zoe") != erase(coop, "al")


@pytest.mark.parametrize("by", ["fay", "rep-alpha", "zoe"])
def test_only_the_programme_erases(by: str) -> None:
    """Facilitators and representatives do not."""
    assert busy().refused(by, "erase_person", person="zoe") == "forbidden"


def test_a_person_is_erased_also_while_pausing_and_after_the_end() -> None:
    """The right to be forgotten does not wait for a cooperation to go on."""
    paused = busy()
    paused.do("fay", "pause_cooperation", reason="Rest")
    erase(paused, "zoe")
    closed = Collective(2)
    closed.ask(subject="closing")
    closed.vote("d", "yes")
    closed.do("fay", "close_cooperation", report="Done")
    erase(closed, "rep-alpha")
    assert closed.state.members["alpha"].representative.startswith("erased-")


def test_the_journal_with_an_erasure_leads_to_the_same_state() -> None:
    """Told again from its written journal, the cooperation has the tombstones too."""
    coop = busy()
    erase(coop, "zoe")
    state: Cooperation = UNOPENED
    for line in coop.journal:
        state = evolve(state, Entry.model_validate_json(line.model_dump_json()))
    assert told(state) == told(coop.state)


def told(state: Cooperation) -> dict[str, Any]:
    return state.model_dump(mode="json")
