"""The state of a cooperation: what it answers about itself, and how it travels."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from coopflow.domain.state import (
    UNOPENED,
    Alert,
    Cooperation,
    Decision,
    Delegation,
    Document,
    Member,
    Objection,
    Profile,
    Standing,
)
from tests.collective import START, Collective, charter, stakeholder_map, vision
from tests.stages import enforce_charter, in_animation, ready_for_renewal

DAY = timedelta(days=1)


def _member(*statuses: str, every: timedelta = DAY) -> Member:
    standings = [
        Standing.model_validate({"status": status, "since": START + number * every})
        for number, status in enumerate(statuses)
    ]
    return Member(
        id="alpha",
        name="Alpha",
        category="association",
        representative="rep",
        standings=tuple(standings),
    )


def _document(version: int, status: str, *, in_force: bool = False) -> Document:
    return Document.model_validate(
        {
            "kind": "charter",
            "version": version,
            "status": status,
            "authors": ["rep"],
            "content": {},
            "in_force_at": START if in_force else None,
        }
    )


# --- members ---


@pytest.mark.parametrize(
    ("statuses", "moved"),
    [
        (["invited"], None),
        (["invited", "active"], 1),
        (["invited", "left"], None),
        (["invited", "active", "suspended"], 1),
        (["invited", "active", "suspended", "active"], 1),
        (["invited", "active", "left"], 2),
        (["invited", "active", "suspended", "left"], 3),
        (["invited", "active", "left", "invited"], 2),
        (["invited", "active", "left", "invited", "active"], 4),
        (["invited", "active", "left", "invited", "left"], 2),
    ],
)
def test_a_member_moves_by_joining_and_by_leaving(statuses: list[str], moved: int | None) -> None:
    """Being invited, suspended or reinstated is no move, and neither is being turned away."""
    expected = None if moved is None else START + moved * DAY
    assert _member(*statuses).moved_at == expected


def test_a_member_joined_when_it_last_became_one() -> None:
    """Being suspended and reinstated is no joining, and who left has joined all the same."""
    assert _member("invited").joined_at is None
    assert _member("invited", "active", "suspended", "active").joined_at == START + DAY
    again = _member("invited", "active", "left", "invited", "active", "left")
    assert again.joined_at == START + 4 * DAY


def test_a_member_was_active_in_the_spans_of_its_standings() -> None:
    """The latest standing at an instant counts, also of several at one instant."""
    member = _member("invited", "active", "suspended", "active", "left")
    was = [member.was_active(START + number * DAY) for number in range(-1, 6)]
    assert was == [False, False, True, False, True, False, False]
    assert member.was_active(START + 2 * DAY - timedelta(microseconds=1))
    at_once = _member("invited", "active", every=timedelta(0))
    assert at_once.was_active(START)
    assert (at_once.status, at_once.is_active) == ("active", True)


def test_people_are_the_representative_and_the_alternate() -> None:
    """Where there is no alternate there is one person."""
    member = _member("active")
    assert member.people == ("rep",)
    assert member.but(alternate="alt").people == ("rep", "alt")


def test_a_profile_is_filled_in_when_all_parts_say_something() -> None:
    """Three of four parts are not enough."""
    parts = {"logic": "A", "constraints": "B", "culture": "C"}
    assert not Profile(**parts).is_filled_in
    assert Profile(**parts, expectations="D").is_filled_in


def test_a_person_may_represent_several_members_and_none_that_left() -> None:
    """Organisations that are suspended or invited are still represented."""
    coop = Collective(3)
    coop.do("rep-alpha", "appoint_representative", organisation="alpha", person="ann")
    coop.do(
        "rep-beta", "appoint_representative", organisation="beta", person="bob", alternate="ann"
    )
    assert coop.state.represented_by("ann") == ("alpha", "beta")
    coop.do("fay", "suspend_member", organisation="beta", reason="Silent")
    coop.do("ann", "withdraw_member", organisation="alpha", reason="Leaving")
    assert coop.state.represented_by("ann") == ("beta",)
    assert coop.state.represented_by("zoe") == ()


# --- documents ---


@pytest.mark.parametrize(
    ("versions", "current"),
    [
        ([], None),
        ([(1, "draft", False)], None),
        ([(1, "submitted", False)], None),
        ([(1, "approved", False)], 1),
        ([(1, "superseded", False), (2, "approved", False)], 2),
        ([(1, "in_force", True), (2, "approved", False)], 1),
        ([(1, "stale", True), (2, "approved", False)], 1),
        ([(1, "superseded", True), (2, "in_force", True)], 2),
        ([(1, "expired", False), (2, "draft", False)], None),
        ([(1, "approved", False), (2, "approved", False)], 2),
    ],
)
def test_the_current_version_is_the_one_that_counts(
    versions: list[tuple[int, str, bool]], current: int | None
) -> None:
    """A charter in force goes before a later one that waits for signatures."""
    documents = tuple(_document(v, status, in_force=force) for v, status, force in versions)
    found = Cooperation(documents={"charter": documents}).current("charter")
    assert (found.version if found else None) == current


def test_the_newest_version_of_some_status_is_found() -> None:
    """Without a status the newest of all; None where there is none."""
    coop = Collective(3)
    coop.adopt("shared_vision", vision())
    coop.do("rep-alpha", "draft_document", kind="shared_vision", content=vision())
    state = coop.state
    assert [
        found.version if found else None
        for found in (
            state.newest("shared_vision"),
            state.newest("shared_vision", "approved"),
            state.newest("shared_vision", "stale", "approved", "draft"),
            state.newest("shared_vision", "stale"),
            state.newest("roadmap"),
        )
    ] == [2, 1, 2, None, None]


def test_a_document_is_typed_once_it_is_complete() -> None:
    """A draft with something missing has no typed content; a changed one is read anew."""
    coop = Collective(3)
    coop.do("rep-alpha", "draft_document", kind="shared_vision", content={"issue": "An issue"})
    draft = coop.state.documents["shared_vision"][0]
    assert draft.typed is None
    assert draft.but(content=vision()).typed is not None
    assert draft.typed is None


# --- decisions ---


def _decision(**changes: Any) -> Decision:
    return Decision.model_validate(
        {
            "id": "d",
            "subject": "other",
            "rule": "consent",
            "quorum": "1/2",
            "electorate": ["alpha", "beta", "gamma"],
            "opened_at": START,
            "closes_at": START + DAY,
        }
        | changes
    )


def test_a_decision_waits_for_the_electors_who_are_still_there() -> None:
    """Those who left or were suspended since are waited for no more."""
    ballot = {"choice": "consent", "at": START, "by": "rep"}
    decision = _decision(left=["gamma"], ballots={"alpha": ballot})
    assert decision.electors == ("alpha", "beta")
    assert decision.waited_for == ("beta",)
    assert decision.is_open
    assert not _decision(result="void").is_open


@pytest.mark.parametrize(
    ("status", "stands"),
    [
        ("raised", True),
        ("qualified", True),
        ("concern", False),
        ("integrated", False),
        ("withdrawn", False),
        ("upheld", False),
    ],
)
def test_an_objection_stands_until_something_became_of_it(status: str, stands: bool) -> None:  # noqa: FBT001
    """One that is not yet qualified counts as qualified."""
    objection = Objection.model_validate({"status": status, "at": START})
    assert objection.is_open is stands
    decision = _decision(objections={"beta": objection})
    assert decision.open_objections == (("beta",) if stands else ())


def test_a_delegation_covers_one_decision_or_all_until_its_date() -> None:
    """Its date is inclusive."""
    one = Delegation(to="beta", decision="d")
    assert one.covers("d", START + 999 * DAY)
    assert not one.covers("e", START)
    dated = Delegation(to="beta", until=date(2026, 1, 31))
    assert dated.covers("e", datetime(2026, 1, 31, 23, 59, tzinfo=UTC))
    assert not dated.covers("e", datetime(2026, 2, 1, tzinfo=UTC))
    assert not Delegation(to="beta").covers("d", START)


def test_a_decision_is_called_by_its_id_or_by_its_subject() -> None:
    """By subject the latest is meant; a colon may be written as a dash."""
    coop = Collective(4)
    for _ in range(2):
        coop.do("rep-alpha", "draft_document", kind="shared_vision", content=vision())
        coop.do("rep-alpha", "submit_document", kind="shared_vision")
        coop.vote(next(reversed(coop.state.decisions)))
    state = coop.state
    for name in ("decision-2", "document:shared_vision", "document-shared_vision"):
        found = state.decision_called(name)
        assert found is not None
        assert found.id == "decision-2"
    assert state.decision_called("decision-1") is state.decisions["decision-1"]
    first = state.decision_called("document-shared_vision-1")
    assert first is state.decisions["decision-1"]
    assert state.decision_called("document-shared_vision-3") is None
    assert state.decision_called("document:roadmap") is None


# --- the whole ---


def test_states_are_told_apart_by_cooperation_and_number() -> None:
    """Equal states have one hash, also when one of them travelled; others are not equal."""
    coop = Collective(1)
    travelled = Cooperation.model_validate_json(coop.state.model_dump_json())
    assert len({coop.state, travelled, UNOPENED}) == 2
    assert coop.state != UNOPENED
    assert coop.state != "coop"


def test_before_it_is_opened_there_is_nothing() -> None:
    """The first state has no number, no instant and no members."""
    assert (UNOPENED.status, UNOPENED.seq, UNOPENED.as_of) == ("unopened", 0, None)
    assert UNOPENED.active == ()
    assert not UNOPENED.is_frozen


@pytest.mark.parametrize(("clocks", "frozen"), [("freeze", True), ("keep", False)])
def test_a_pause_freezes_unless_clocks_are_kept(clocks: str, frozen: bool) -> None:  # noqa: FBT001
    """Only while it lasts."""
    coop = Collective(1)
    assert not coop.state.is_frozen
    coop.do("fay", "pause_cooperation", reason="Summer", clocks=clocks)
    assert coop.state.is_frozen is frozen
    coop.do("fay", "resume_cooperation")
    assert not coop.state.is_frozen


def test_an_alert_is_told_from_others_by_code_and_matter() -> None:
    """Two documents may be stale at once."""
    alert = Alert(code="document_stale", about="charter", since=START)
    assert alert.key == "document_stale:charter"


def test_states_share_what_did_not_change() -> None:
    """Whoever compares two states may compare the identities of their parts."""
    coop = Collective(4)
    coop.adopt("stakeholder_map", stakeholder_map())
    before = coop.state
    coop.wait(days=1)
    coop.do("fay", "record_pulse", score=3, answers=1, asked=2)
    after = coop.state
    fields = type(after).model_fields
    changed = {name for name in fields if getattr(after, name) is not getattr(before, name)}
    assert changed == {"seq", "as_of", "pulses"}


def test_what_was_derived_from_an_earlier_state_is_derived_anew() -> None:
    """The active members of a new state are its own."""
    coop = Collective(2)
    assert list(coop.state.active) == ["alpha", "beta"]
    coop.admit("gamma")
    assert list(coop.state.active) == ["alpha", "beta", "gamma"]


@pytest.mark.parametrize("build", [in_animation, ready_for_renewal])
def test_a_state_travels_as_json(build: Any) -> None:
    """What comes back is equal and dumps to the same text; what was remembered stays behind."""
    state: Cooperation = build().state
    text = state.model_dump_json()
    travelled = Cooperation.model_validate_json(text)
    assert travelled == state
    assert travelled.model_dump_json() == text
    assert state.memo
    assert not travelled.memo


def test_a_charter_under_way_keeps_the_one_in_force() -> None:
    """Driven by commands: the second charter counts from its own signatures on."""
    coop = Collective(3)
    enforce_charter(coop)
    coop.adopt("charter", charter())
    current = coop.state.current("charter")
    assert current is not None
    assert current.version == 1
