"""Opening, roles, pausing and closing of a cooperation."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from coopflow.domain.commands import parse
from coopflow.domain.cooperation import UNOPENED, decide
from coopflow.domain.opening import STATUS, CooperationResumed
from coopflow.domain.refusals import Refusal
from coopflow.domain.state import Cooperation
from tests.collective import START, Collective, reference_rules
from tests.stages import in_animation, in_structuration

MOMENT = timedelta(microseconds=1)
OPENING: dict[str, Any] = {
    "command": "open_cooperation",
    "actor": "pam",
    "at": START.isoformat(),
    "cooperation": "coop",
    "programme": "prog",
    "title": "A cooperation",
    "issue": "An issue",
    "territory": "Somewhere",
    "lifecycle": "impact-collectif",
    "policy": "reference",
}


def opening(**changes: Any) -> list[str] | str:
    """Open a cooperation: the events that came, or the code of the refusal."""
    command = parse(OPENING | changes)
    if isinstance(command, Refusal):
        return command.code
    grants = ("programme_manager",) if command.actor == "pam" else ()
    decided = decide(UNOPENED, command, reference_rules(), grants)
    return decided.code if isinstance(decided, Refusal) else [e.event.type for e in decided]


# --- opening --------------------------------------------------------------------------------------


def test_a_cooperation_opens_in_its_first_stage() -> None:
    """It knows what it is about, which definition it follows, and since when."""
    state = Collective().state
    assert (state.id, state.programme, state.title, state.issue, state.territory) == (
        "coop",
        "prog",
        "A cooperation",
        "An issue",
        "Somewhere",
    )
    assert (state.lifecycle, state.policy) == ("impact-collectif@1", "reference@1")
    assert (state.status, state.stage) == ("active", "impulsion")
    assert state.opened_at == state.stage_since == START
    assert state.roles == {"fay": ("facilitator",)}


def test_a_facilitator_is_optional() -> None:
    """Without one nobody holds a role at first."""
    assert "role_assigned" not in opening()
    assert opening(facilitator="fay")[:2] == ["cooperation_opened", "role_assigned"]


@pytest.mark.parametrize("version", ["", "@1"])
def test_definitions_are_named_with_or_without_their_version(version: str) -> None:
    """A name alone means the version given, a version must be that one."""
    named = {"lifecycle": f"impact-collectif{version}", "policy": f"reference{version}"}
    assert "cooperation_opened" in opening(**named)


@pytest.mark.parametrize(
    "change",
    [
        {"lifecycle": "another"},
        {"policy": "another"},
        {"policy": "reference@2"},
        {"title": ""},
        {"cooperation": "no blanks"},
        {"colour": "red"},
    ],
)
def test_what_cannot_be_opened_is_refused(change: dict[str, str]) -> None:
    """Another definition than the one given, or a field that is wrong, opens nothing."""
    assert opening(**change) == "invalid_command"


def test_only_the_programme_opens_where_nobody_is_a_member_yet() -> None:
    """Before there are members nobody represents one."""
    assert opening(actor="rep-alpha") == "forbidden"


def test_a_cooperation_opens_once() -> None:
    """An open cooperation is not opened again, by whomever."""
    coop = Collective(1)
    payload = {key: OPENING[key] for key in OPENING if key not in {"command", "actor", "at"}}
    for by in ("pam", "rep-alpha"):
        assert coop.refused(by, "open_cooperation", **payload) == "already_exists"


def test_nothing_happens_before_the_opening() -> None:
    """Any other command needs an open cooperation."""
    command = parse(
        {"command": "record_pulse", "actor": "pam", "at": OPENING["at"]}
        | {"score": 4, "answers": 1, "asked": 2}
    )
    assert not isinstance(command, Refusal)
    decided = decide(UNOPENED, command, reference_rules(), ("programme_manager",))
    assert isinstance(decided, Refusal)
    assert decided.code == "wrong_state"


# --- roles ----------------------------------------------------------------------------------------


def test_roles_are_assigned_and_revoked() -> None:
    """A person may hold several; without any the person is forgotten."""
    coop = Collective()
    coop.do("fay", "assign_role", person="vic", role="evaluator")
    coop.do("pam", "assign_role", person="vic", role="observer")
    assert list(coop.state.roles["vic"]) == ["evaluator", "observer"]
    coop.do("fay", "revoke_role", person="vic", role="evaluator")
    assert list(coop.state.roles["vic"]) == ["observer"]
    coop.do("fay", "revoke_role", person="vic", role="observer")
    assert "vic" not in coop.state.roles


def test_a_role_is_held_once() -> None:
    """It is not assigned twice, nor revoked from who does not hold it."""
    coop = Collective()
    about = {"person": "fay", "role": "facilitator"}
    assert coop.refused("fay", "assign_role", **about) == "already_exists"
    for person, role in (("fay", "evaluator"), ("nobody", "facilitator")):
        assert coop.refused("fay", "revoke_role", person=person, role=role) == "unknown_person"


@pytest.mark.parametrize("role", ["representative", "support", "programme_manager", "king"])
def test_some_roles_are_not_assigned(role: str) -> None:
    """Representing, supporting and managing come from elsewhere."""
    coop = Collective()
    assert coop.refused("fay", "assign_role", person="vic", role=role) == "invalid_command"


def test_a_revoked_facilitator_may_no_longer_act() -> None:
    """Rights go with the role."""
    coop = Collective()
    coop.do("fay", "revoke_role", person="fay", role="facilitator")
    assert coop.refused("fay", "assign_role", person="fay", role="facilitator") == "forbidden"


# --- pausing --------------------------------------------------------------------------------------


def pause(coop: Collective, clocks: str | None = None) -> list[str]:
    how = {} if clocks is None else {"clocks": clocks}
    return coop.do("fay", "pause_cooperation", reason="Summer", **how)


def test_while_it_pauses_a_cooperation_only_resumes() -> None:
    """Every other command waits, for who may give it as for who may not."""
    coop = Collective(2)
    assert pause(coop) == ["cooperation_paused"]
    assert coop.state.status == "paused"
    assert coop.state.is_frozen
    assert coop.refused("fay", "record_pulse", score=4, answers=1, asked=2) == "cooperation_paused"
    assert coop.refused("stranger", "assign_role", person="x", role="observer") == (
        "cooperation_paused"
    )
    assert coop.refused("fay", "pause_cooperation", reason="Again") == "cooperation_paused"
    coop.do("pam", "resume_cooperation", reason="Back")
    assert (coop.state.status, coop.state.pause, coop.state.is_frozen) == ("active", None, False)


def test_only_what_pauses_is_resumed() -> None:
    """An active cooperation goes on anyway, and a closing one does not pause."""
    coop = Collective(3)
    assert coop.refused("fay", "resume_cooperation") == "wrong_state"
    coop.ask(subject="closing")
    coop.vote("d", "yes")
    assert coop.refused("fay", "pause_cooperation", reason="Rest") == "wrong_state"


def test_a_pause_freezes_deadlines_unless_it_says_otherwise() -> None:
    """A decision has as much time left after the pause as it had before."""
    frozen, kept = Collective(2), Collective(2)
    for coop, clocks in ((frozen, None), (kept, "keep")):
        coop.ask()
        coop.wait(days=4)
        pause(coop, clocks)
        coop.wait(days=5)
        coop.do("fay", "resume_cooperation")
    assert frozen.state.decisions["d"].closes_at == START + timedelta(days=19)
    assert kept.state.decisions["d"].closes_at == START + timedelta(days=14)


def test_a_pause_may_move_a_deadline_past_what_people_can_state() -> None:
    """The furthest closing moves with the pause, and the state can still be read back."""
    coop = Collective(2)
    coop.ask(closes_at="2999-12-31T23:59:00Z")
    pause(coop)
    coop.wait(days=10)
    coop.do("fay", "resume_cooperation")
    written = coop.state.model_dump_json()
    again = Cooperation.model_validate_json(written)
    assert again.decisions["d"].closes_at.year == 3000
    assert again.model_dump_json() == written


def test_what_was_decided_before_a_pause_stays_as_it_was() -> None:
    """Closed decisions keep their dates."""
    coop = Collective(2)
    coop.ask()
    coop.cast("d", "yes", "alpha", "beta")
    before = coop.state.decisions["d"]
    pause(coop)
    coop.wait(days=5)
    coop.do("fay", "resume_cooperation")
    assert coop.state.decisions["d"] is before


def test_a_pause_freezes_cure_clocks() -> None:
    """A condition has as much time left to come back as it had."""
    coop = in_structuration()
    coop.do("fay", "end_mandate", reason="Merger")
    ends = coop.state.clocks["support"].until
    assert ends == START + timedelta(days=60)
    coop.wait(days=50)
    pause(coop)
    coop.wait(days=100)
    assert coop.state.stage == "structuration"
    coop.do("fay", "resume_cooperation")
    assert coop.state.clocks["support"].until == ends + timedelta(days=100)
    coop.wait(until=ends + timedelta(days=100) - MOMENT)
    assert coop.state.stage == "structuration"
    coop.wait(until=ends + timedelta(days=100))
    assert coop.state.stage == "impulsion"


def test_a_pause_may_keep_clocks_running() -> None:
    """Then a stage is lost though nobody may act."""
    coop = in_structuration()
    coop.do("fay", "end_mandate", reason="Merger")
    pause(coop, "keep")
    coop.wait(days=60)
    assert coop.state.stage == "impulsion"


def test_a_pause_freezes_disagreements() -> None:
    """The limit of a step moves by the length of the pause; where there is none, none appears."""
    coop = Collective(3)
    coop.do(
        "rep-alpha",
        "raise_disagreement",
        disagreement="x",
        subject="Money",
        content="Sealed",
        parties=["alpha", "beta"],
        touches="money",
        blocking=True,
    )
    coop.wait(days=2)
    pause(coop)
    coop.wait(days=10)
    assert coop.state.disagreements["x"].state == "raised"
    coop.do("fay", "resume_cooperation")
    moved = coop.state.disagreements["x"]
    assert (moved.limit, moved.blocks_until) == (START + timedelta(days=15), None)


def test_resuming_without_a_pause_moves_nothing() -> None:
    """The event alone, without a pause to end, leaves every date where it is."""
    coop = Collective(2)
    coop.ask()
    turn = coop.turn()
    turn.emit(CooperationResumed(reason=""))
    assert turn.state.decisions is coop.state.decisions


# --- closing --------------------------------------------------------------------------------------


def status(coop: Collective) -> str:
    return coop.state.status


def closing(coop: Collective) -> None:
    coop.ask("closing", subject="closing")
    coop.vote("closing", "yes")


def test_a_cooperation_closes_when_its_members_decided_so() -> None:
    """First it winds down, then a report closes it for good."""
    coop = Collective(3)
    assert coop.refused("fay", "close_cooperation", report="Done") == "wrong_state"
    closing(coop)
    assert status(coop) == "closing"
    came = coop.do("fay", "close_cooperation", report="Done", commitments_transferred_to="The town")
    assert came == ["cooperation_closed"]
    assert status(coop) == "closed"


def test_a_rejected_closing_changes_nothing() -> None:
    """Two thirds of all electors are needed."""
    coop = Collective(3)
    coop.ask(subject="closing")
    coop.vote("d", "no")
    assert coop.state.status == "active"


def test_winding_down_ends_clocks() -> None:
    """Nothing falls back while a cooperation closes."""
    coop = in_structuration()
    coop.do("fay", "end_mandate", reason="Merger")
    assert coop.state.clocks
    closing(coop)
    assert (coop.state.clocks, coop.state.reservations) == ({}, {})
    coop.wait(days=400)
    assert coop.state.stage == "structuration"


def test_a_closed_cooperation_is_at_rest() -> None:
    """It takes no command, not even of strangers, and nothing happens to it any more."""
    coop = in_animation()
    coop.ask("open")
    closing(coop)
    coop.do("fay", "close_cooperation", report="Done")
    assert coop.state.alerts == {}
    assert coop.refused("fay", "record_pulse", score=4, answers=1, asked=2) == (
        "cooperation_closed"
    )
    assert coop.refused("stranger", "assign_role", person="x", role="observer") == (
        "cooperation_closed"
    )
    assert coop.wait(until=datetime(2040, 1, 1, tzinfo=UTC)) == []


def test_closing_takes_open_questions_back() -> None:
    """What is still open when a cooperation ends is cancelled; what was decided stays."""
    coop = Collective(3)
    for decision in ("one", "two"):
        coop.ask(decision)
    closing(coop)
    came = coop.do("fay", "close_cooperation", report="Done")
    assert came == ["decision_closed", "decision_closed", "cooperation_closed"]
    assert [coop.result(one) for one in ("one", "two", "closing")] == [
        "cancelled",
        "cancelled",
        "adopted",
    ]


def test_the_moves_of_a_cooperation() -> None:
    """Only what is active pauses or winds down, and closed is the end."""
    assert STATUS.after("active", "pause") == "paused"
    assert STATUS.after("paused", "resume") == "active"
    assert STATUS.after("paused", "close") is None
    assert STATUS.after("closing", "close") == "closed"
    assert STATUS.after("closed", "resume") is None
