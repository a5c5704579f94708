"""The engine in memory, held to the port that every engine keeps."""

from datetime import timedelta
from typing import Any

import pytest

from coopflow.application.engine import Address, Engine, Reply, UnknownCooperationError
from coopflow.application.memory import MemoryEngine
from coopflow.domain.explanation import Examination
from coopflow.domain.refusals import Refusal
from tests.collective import START, reference_rules

HERE = Address("prog", "coop")
PAM = ("programme_manager",)


def _engine() -> MemoryEngine:
    rules = reference_rules()
    return MemoryEngine({rules.definition.digest: rules})


def _opening(**changes: Any) -> dict[str, Any]:
    return {
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
        "facilitator": "fay",
    } | changes


def _admission(organisation: str, **changes: Any) -> dict[str, Any]:
    return {
        "command": "admit_member",
        "actor": "fay",
        "at": START.isoformat(),
        "organisation": {"id": organisation, "name": organisation, "category": "state"},
        "representative": f"rep-{organisation}",
    } | changes


async def _opened() -> MemoryEngine:
    engine = _engine()
    reply = await engine.open(reference_rules().definition, _opening(id="opening"), PAM)
    assert isinstance(reply, Reply)
    return engine


async def test_a_cooperation_is_opened_at_its_address() -> None:
    """The reply carries the entries and their numbers; the state can be asked for."""
    engine: Engine = _engine()
    reply = await engine.open(reference_rules().definition, _opening(), PAM)
    assert isinstance(reply, Reply)
    assert (reply.seq_from, reply.seq_to, reply.duplicate) == (1, 3, False)
    assert [entry.event.type for entry in reply.entries] == [
        "cooperation_opened",
        "role_assigned",
        "levels_changed",
    ]
    assert (await engine.state(HERE)).title == "A cooperation"


async def test_what_is_refused_is_not_opened() -> None:
    """A malformed command, a person without the role: nothing is there afterwards."""
    engine = _engine()
    definition = reference_rules().definition
    for command, grants, code in (
        (_opening(title=""), PAM, "invalid_command"),
        (_opening(), (), "forbidden"),
        (_opening(policy="another"), PAM, "invalid_command"),
    ):
        refused = await engine.open(definition, command, grants)
        assert isinstance(refused, Refusal)
        assert refused.code == code
    with pytest.raises(UnknownCooperationError, match="no cooperation coop in prog"):
        await engine.state(HERE)


async def test_opening_twice_is_refused_and_repeating_is_not() -> None:
    """The same command again answers with its receipt, another one is too late."""
    engine = await _opened()
    definition = reference_rules().definition
    again = await engine.open(definition, _opening(id="opening"), PAM)
    assert again == Reply(seq_from=1, seq_to=3, duplicate=True)
    other = await engine.open(definition, _opening(id="other", title="Another"), PAM)
    assert isinstance(other, Refusal)
    assert other.code == "already_exists"
    assert (await engine.state(HERE)).title == "A cooperation"


async def test_commands_are_given_to_an_open_cooperation() -> None:
    """Accepted, refused or malformed: only the first changes anything."""
    engine = await _opened()
    reply = await engine.execute(HERE, _admission("alpha"))
    assert isinstance(reply, Reply)
    before = await engine.state(HERE)
    assert before.active == ("alpha",)
    for command, code in (
        (_admission("beta", actor="zoe"), "forbidden"),
        (_admission("beta", at="soon"), "invalid_command"),
        ({"command": "sing"}, "invalid_command"),
    ):
        refused = await engine.execute(HERE, command)
        assert isinstance(refused, Refusal)
        assert refused.code == code
    assert await engine.state(HERE) is before
    with pytest.raises(UnknownCooperationError):
        await engine.execute(Address("prog", "other"), _admission("alpha"))


async def test_a_command_with_an_id_is_given_once() -> None:
    """Again it says what it came to and changes nothing; a refused one may be tried again."""
    engine = await _opened()
    first = await engine.execute(HERE, _admission("alpha", id="one"))
    assert isinstance(first, Reply)
    again = await engine.execute(HERE, _admission("alpha", id="one"))
    assert again == Reply(seq_from=first.seq_from, seq_to=first.seq_to, duplicate=True)
    refused = await engine.execute(HERE, _admission("beta", id="two", actor="zoe"))
    assert isinstance(refused, Refusal)
    accepted = await engine.execute(HERE, _admission("beta", id="two"))
    assert isinstance(accepted, Reply)
    assert not accepted.duplicate


async def test_time_is_told() -> None:
    """What falls due happens; telling again tells nothing."""
    engine = await _opened()
    await engine.execute(HERE, _admission("alpha"))
    told = await engine.tell(HERE, START + timedelta(days=90))
    assert isinstance(told, Reply)
    assert [entry.event.type for entry in told.entries] == ["alert_cleared", "alert_raised"]
    again = await engine.tell(HERE, START + timedelta(days=90))
    assert isinstance(again, Reply)
    assert (again.entries, again.seq_from, again.seq_to) == ((), told.seq_to + 1, told.seq_to)


async def test_the_journal_holds_everything_in_order() -> None:
    """From the opening on, whatever caused it."""
    engine = await _opened()
    await engine.execute(HERE, _admission("alpha"))
    await engine.tell(HERE, START + timedelta(days=90))
    journal = await engine.journal(HERE)
    assert [entry.seq for entry in journal] == list(range(1, len(journal) + 1))
    assert (await engine.state(HERE)).seq == len(journal)


async def test_memory_does_not_live() -> None:
    """It has no clock to go on by."""
    engine = await _opened()
    refused = await engine.go_live(HERE)
    assert isinstance(refused, Refusal)
    assert refused.code == "wrong_state"


async def test_a_gate_is_checked_now_or_at_an_instant() -> None:
    """By default at the latest instant that was told."""
    engine = await _opened()
    now = await engine.check_gate(HERE, "to_structuration")
    assert isinstance(now, Examination)
    assert (now.result, now.at) == ("fail", START)
    later = await engine.check_gate(HERE, "to_structuration", START + timedelta(days=1))
    assert isinstance(later, Examination)
    assert later.at == START + timedelta(days=1)
    assert isinstance(await engine.check_gate(HERE, "to_heaven"), Refusal)


async def test_cooperations_do_not_meet() -> None:
    """Two of one programme have journals of their own."""
    engine = await _opened()
    definition = reference_rules().definition
    await engine.open(definition, _opening(cooperation="other"), PAM)
    await engine.execute(HERE, _admission("alpha"))
    assert (await engine.state(Address("prog", "other"))).members == {}
    assert str(HERE) == "prog/coop"


async def test_memory_lets_go_of_nothing() -> None:
    """A scenario may expect something of what is long past."""
    engine, here = await _opened(), Address("prog", "coop")
    at = (START + timedelta(days=1)).isoformat()
    held = {"command": "record_meeting", "actor": "fay", "at": at, "kind": "committee"}
    await engine.execute(here, {**held, "meeting": "m-1", "attendees": []})
    later = (START + timedelta(days=2000)).isoformat()
    pulse = {"command": "record_pulse", "actor": "fay", "score": 4, "answers": 1, "asked": 1}
    for _ in range(600):
        assert isinstance(await engine.execute(here, {**pulse, "at": later}), Reply)
    assert set((await engine.state(here)).meetings) == {"m-1"}


async def test_a_command_may_be_meant_for_the_cooperation_as_it_was_known() -> None:
    """Once more has happened it is refused; who may not give it is told that; repeats are not."""
    engine = await _opened()
    seq = (await engine.state(HERE)).seq
    first = _admission("alpha", id="first")
    assert isinstance(await engine.execute(HERE, first, expected_seq=seq), Reply)
    late = await engine.execute(HERE, _admission("beta"), expected_seq=seq)
    assert isinstance(late, Refusal)
    assert (late.code, late.facts["expected"]) == ("outdated", seq)
    stranger = await engine.execute(HERE, _admission("beta", actor="zoe"), expected_seq=seq)
    assert isinstance(stranger, Refusal)
    assert stranger.code == "forbidden"
    again = await engine.execute(HERE, first, expected_seq=seq)
    assert isinstance(again, Reply)
    assert again.duplicate
