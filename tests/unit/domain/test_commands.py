"""Commands: how raw input becomes one, and what keeps it from becoming one."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from coopflow.domain.catalogue import COMMANDS
from coopflow.domain.commands import MAX_COMMAND_BYTES, Command, parse
from coopflow.domain.refusals import Refusal
from coopflow.domain.state import UNOPENED
from tests.collective import Collective

AT = datetime(2026, 1, 20, 9, tzinfo=UTC)
PULSE: dict[str, Any] = {
    "command": "record_pulse",
    "actor": "fay",
    "at": "2026-01-20T09:00Z",
    "score": 4,
    "answers": 3,
    "asked": 5,
}


def refusal(raw: dict[str, Any]) -> Refusal:
    """Parse what must be refused as an invalid command."""
    parsed = parse(raw)
    assert isinstance(parsed, Refusal)
    assert parsed.code == "invalid_command"
    return parsed


def test_a_command_is_read_from_its_wire_form() -> None:
    """The name picks the command; actor, instant, id and payload are its fields."""
    parsed = parse(PULSE | {"id": "c-1"})
    assert isinstance(parsed, COMMANDS["record_pulse"])
    assert (parsed.command, parsed.actor, parsed.at, parsed.id) == (
        "record_pulse",
        "fay",
        AT,
        "c-1",
    )


def test_the_shell_gives_the_instant_where_the_command_has_none() -> None:
    """An instant given beside the command fills in for one that is missing, never replaces one."""
    without = {name: value for name, value in PULSE.items() if name != "at"}
    given = datetime(2026, 3, 1, tzinfo=UTC)
    filled, kept = parse(without, given), parse(PULSE, given)
    assert isinstance(filled, Command)
    assert isinstance(kept, Command)
    assert (filled.at, kept.at) == (given, AT)
    assert refusal(without).facts["faults"] == [{"path": "at", "problem": "Field required"}]


@pytest.mark.parametrize("name", ["dance", None, 5, ["cast_ballot"]])
def test_an_unknown_command_is_invalid(name: object) -> None:
    """What names no command is refused, with the name as far as it is a text."""
    said = refusal({"command": name, "actor": "fay"})
    assert said.facts["command"] == (name if isinstance(name, str) else None)
    assert f"there is no command {name!r}" in said.message


def test_all_faults_are_told_at_once_by_their_paths() -> None:
    """Each faulty field is named by its path; unknown ones are faults, too."""
    said = refusal(
        {
            "command": "admit_member",
            "actor": "no blanks",
            "at": "yesterday",
            "organisation": {"id": "org", "name": "Org", "category": "guild"},
            "colour": "red",
        }
    )
    paths = {fault["path"] for fault in said.facts["faults"]}
    assert paths == {"actor", "at", "organisation.category", "representative", "colour"}
    assert "colour: Extra inputs are not permitted" in said.message


def test_a_command_has_a_largest_size() -> None:
    """A command beyond the limit is refused before anything is read of it, with both sizes."""
    said = refusal(PULSE | {"note": "x" * MAX_COMMAND_BYTES})
    assert f"at most {MAX_COMMAND_BYTES} are accepted" in said.message
    assert "note" not in said.message


def endless() -> dict[str, Any]:
    """Return an object that holds itself."""
    raw: dict[str, Any] = {**PULSE}
    raw["content"] = raw
    return raw


@pytest.mark.parametrize(
    "raw",
    [
        pytest.param(endless(), id="holds itself"),
        pytest.param(PULSE | {"note": "\ud800"}, id="lone surrogate"),
        pytest.param(PULSE | {("a",): 1}, id="keys that are no text"),
    ],
)
def test_a_command_is_plain_json(raw: dict[str, Any]) -> None:
    """What JSON cannot write is refused, whatever the command."""
    assert refusal(raw).message == "the command is not plain JSON"


def test_a_command_without_a_rule_is_not_decided() -> None:
    """The base of all commands accepts nothing by itself, and speaks for nobody."""
    command = Command(command="none", actor="fay", at=AT)
    with pytest.raises(NotImplementedError, match="Command"):
        command.decide(Collective().turn())
    assert command.speaks_for(UNOPENED) == ()
    assert command.is_within("any", UNOPENED)
    assert not command.is_within("own", UNOPENED)
    assert not command.is_within("elsewhere", UNOPENED)


def test_bases_of_commands_have_no_name_of_their_own() -> None:
    """Only a command with a wire name is known."""

    class Base(Command):
        pass

    assert Base not in Command.kinds.values()
    assert set(Command.kinds) == set(COMMANDS)


def test_every_command_is_known_by_its_wire_name() -> None:
    """The catalogue names each command as the command names itself."""
    for name, kind in COMMANDS.items():
        assert kind.model_fields["command"].default == name


def test_the_commands_of_the_contract_are_all_there() -> None:
    """The wire names of the contract are the commands, no more and no less."""
    assert set(COMMANDS) == {
        "open_cooperation",
        "admit_member",
        "describe_member",
        "withdraw_member",
        "suspend_member",
        "reinstate_member",
        "appoint_representative",
        "assign_role",
        "revoke_role",
        "draft_document",
        "submit_document",
        "sign_charter",
        "update_action",
        "record_meeting",
        "publish_minutes",
        "record_pulse",
        "record_measure",
        "propose_mandate",
        "end_mandate",
        "open_decision",
        "cast_ballot",
        "record_session_vote",
        "delegate_ballot",
        "qualify_objection",
        "withdraw_objection",
        "integrate_objection",
        "close_decision",
        "cancel_decision",
        "recall_decision",
        "veto_decision",
        "request_gate",
        "waive_gate",
        "cosign_waiver",
        "raise_disagreement",
        "triage_disagreement",
        "escalate_disagreement",
        "withdraw_disagreement",
        "settle_disagreement",
        "appoint_mediator",
        "accept_mediator",
        "stop_mediation",
        "extend_mediation",
        "conclude_mediation",
        "record_lasting_disagreement",
        "confirm_follow_up",
        "open_review",
        "propose_change",
        "resolve_change",
        "close_review",
        "pause_cooperation",
        "resume_cooperation",
        "close_cooperation",
        "erase_person",
    }
