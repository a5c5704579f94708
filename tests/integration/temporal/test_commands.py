from __future__ import annotations

import asyncio
from typing import Any

import pytest
from structlog.testing import capture_logs

from coopflow.application.engine import Address, UnknownCooperationError
from coopflow.application.scenario_runner import ScenarioRun
from coopflow.domain.catalogue import COMMANDS
from coopflow.domain.commands import Command
from coopflow.domain.events import Entry
from coopflow.domain.explanation import Examination
from coopflow.domain.meetings import PulseRecorded
from coopflow.domain.refusals import Refusal
from coopflow.domain.turn import Turn
from coopflow.telemetry import KEPT
from coopflow.temporal import names
from coopflow.temporal.errors import EngineFaultError
from tests.collective import reference_rules
from tests.stages import varied
from tests.temporal_engine import (
    PROGRAMME,
    Bench,
    accepted,
    admission,
    bocage,
    dumped,
    opening,
    refused,
    remembered,
)

pytestmark = pytest.mark.server

PULSE = {"command": "record_pulse", "actor": "fay", "score": 4, "answers": 2, "asked": 3}


async def test_a_cooperation_lives_on_commands(engine_room: Bench) -> None:
    """A live cooperation is opened, takes commands at the engine's time, and shows its state."""
    address = await engine_room.open()
    reply = await engine_room.give(
        address, "record_meeting", "fay", meeting="first", kind="plenary", attendees=["alpha"]
    )
    assert reply.entries[0].event.type == "meeting_recorded"
    state = await engine_room.engine.state(address)
    assert (state.id, state.programme, state.stage, state.seq) == (
        address.cooperation,
        PROGRAMME,
        "impulsion",
        reply.seq_to,
    )
    assert list(state.members) == ["alpha", "beta", "gamma"]
    described = await engine_room.workflow(address).describe()
    shown = described.typed_search_attributes
    assert [shown.get(key) for key in names.SEARCH_ATTRIBUTES] == [
        PROGRAMME,
        "impulsion",
        "active",
    ]
    assert await described.static_summary() == "impact-collectif@1, reference@1"


async def test_the_example_gives_the_same_events_as_in_memory(engine_room: Bench) -> None:
    """A life that is told in recorded mode gives the events that memory gives, in their order."""
    scenario = bocage()
    memory, address = await remembered(scenario)
    run = ScenarioRun(scenario, engine_room.engine, reference_rules())
    emitted: list[Entry] = []
    async for result in run.steps():
        assert not result.problems, result.problems
        emitted += result.entries
    told = dumped(await memory.journal(address))
    assert dumped(emitted) == told
    await engine_room.engine.until_projected(address)
    assert dumped(engine_room.journal.entries[address]) == told
    assert not engine_room.board.notices, "nobody is told of an imported past"
    mine = await engine_room.engine.check_gate(address, "renewal")
    theirs = await memory.check_gate(address, "renewal")
    assert isinstance(mine, Examination)
    assert mine == theirs


@pytest.mark.parametrize(
    ("command", "code"),
    [
        ({"command": "cast_ballots", "actor": "fay"}, "invalid_command"),
        ({"command": "record_pulse", "actor": "fay", "score": "much"}, "invalid_command"),
        ({"command": "record_pulse", "actor": "fay", "note": "x" * 300_000}, "invalid_command"),
        ({**admission("delta"), "at": "2026-01-01T09:00Z"}, "invalid_command"),
        ({**admission("delta"), "actor": "nobody"}, "forbidden"),
        (admission("alpha"), "already_exists"),
    ],
    ids=["unknown", "malformed", "too-large", "dated", "forbidden", "twice"],
)
async def test_a_refusal_leaves_nothing_in_the_history(
    engine_room: Bench, command: dict[str, Any], code: str
) -> None:
    """A refused command comes back with its code and facts, and not one event is written."""
    address = await engine_room.open()
    await engine_room.engine.until_projected(address)
    events, state = await engine_room.events(address), await engine_room.engine.state(address)
    refusal = refused(await engine_room.engine.execute(address, command))
    assert refusal.code == code
    assert refusal.facts
    assert await engine_room.events(address) == events
    assert await engine_room.engine.state(address) == state


async def test_a_refused_opening_starts_nothing(engine_room: Bench) -> None:
    """Whoever may not open a cooperation leaves no workflow behind."""
    address = Address(PROGRAMME, "never")
    definition = reference_rules().definition
    outcome = await engine_room.engine.open(definition, opening(address, actor="nobody"))
    assert refused(outcome).code == "forbidden"
    assert refused(await engine_room.engine.open(definition, admission("a"))).code == (
        "invalid_command"
    )
    for asked in (engine_room.engine.state(address), engine_room.engine.journal_head(address)):
        with pytest.raises(UnknownCooperationError, match="there is no cooperation never in tests"):
            await asked
    with pytest.raises(UnknownCooperationError):
        await engine_room.engine.execute(address, admission("alpha"))


async def test_a_cooperation_is_opened_once(engine_room: Bench) -> None:
    """A second opening is refused by the domain; the same one again is a duplicate."""
    address = await engine_room.open()
    definition, grants = reference_rules().definition, ("programme_manager",)
    again = await engine_room.engine.open(definition, opening(address), grants)
    assert refused(again).code == "already_exists"
    other = Address(PROGRAMME, f"{address.cooperation}-2")
    first, second = [
        accepted(await engine_room.engine.open(definition, opening(other, id="once"), grants))
        for _ in range(2)
    ]
    assert (first.duplicate, second.duplicate) == (False, False)  # one update, answered twice
    assert first == second


async def test_a_command_sent_again_happens_once(engine_room: Bench) -> None:
    """The same id gives the same answer, also when it comes as another update."""
    address = await engine_room.open()
    command = {**admission("delta"), "id": "admit-delta"}
    first = accepted(await engine_room.engine.execute(address, command))
    assert accepted(await engine_room.engine.execute(address, command)) == first
    again = await engine_room.workflow(address).execute_update(
        names.COMMAND, {"command": command}, id="another"
    )
    assert again == {
        "seq_from": first.seq_from,
        "seq_to": first.seq_to,
        "entries": [],
        "duplicate": True,
    }
    assert (await engine_room.engine.state(address)).seq == first.seq_to


async def test_commands_at_once_are_all_answered(engine_room: Bench) -> None:
    """Callers in parallel neither lose nor double anything; the second of a pair is refused."""
    address = await engine_room.open()
    before = (await engine_room.engine.state(address)).seq
    outcomes = await asyncio.gather(
        *(
            engine_room.engine.execute(address, admission(f"org-{number // 2}"))
            for number in range(40)
        )
    )
    codes = [outcome.code for outcome in outcomes if not hasattr(outcome, "entries")]
    assert codes == ["already_exists"] * 20
    state = await engine_room.engine.state(address)
    assert state.seq >= before + 20
    assert len(state.members) == 23


async def test_of_commands_meant_for_one_state_only_one_is_carried_out(
    engine_room: Bench,
) -> None:
    """Many at once that expect the same last entry: the first changes it, the others are told."""
    address = await engine_room.open()
    seq = (await engine_room.engine.state(address)).seq
    outcomes = await asyncio.gather(
        *(engine_room.engine.execute(address, PULSE, expected_seq=seq) for _ in range(8))
    )
    refusals = [one.code for one in outcomes if isinstance(one, Refusal)]
    assert refusals == ["outdated"] * 7
    accepted(await engine_room.engine.execute(address, PULSE))


async def test_a_fault_of_the_domain_refuses_the_command(
    engine_room: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An exception while deciding refuses that command alone; the cooperation lives on."""
    address = await engine_room.open()
    await engine_room.engine.until_projected(address)
    events, state = await engine_room.events(address), await engine_room.engine.state(address)

    def decide(self: Command, turn: Turn) -> None:
        turn.emit(PulseRecorded(score=5, answers=1, asked=1))
        raise KeyError("a fault")

    with monkeypatch.context() as patched:
        patched.setattr(COMMANDS["record_pulse"], "decide", decide)
        with pytest.raises(EngineFaultError, match="KeyError"):
            await engine_room.engine.execute(address, PULSE)
    assert await engine_room.engine.state(address) == state
    assert await engine_room.events(address) == events
    accepted(await engine_room.engine.execute(address, PULSE))


async def test_what_cannot_be_written_is_not_accepted(
    engine_room: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An event that is no JSON refuses its command, instead of stopping the cooperation."""
    address = await engine_room.open()
    await engine_room.engine.until_projected(address)
    events, state = await engine_room.events(address), await engine_room.engine.state(address)

    def decide(self: Command, turn: Turn) -> None:
        turn.emit(PulseRecorded(score=5, answers=1, asked=1).but(score=object()))

    with monkeypatch.context() as patched:
        patched.setattr(COMMANDS["record_pulse"], "decide", decide)
        patched.setattr(PulseRecorded, "changes", lambda *_: {})
        with pytest.raises(EngineFaultError, match="Serialization"):
            await engine_room.engine.execute(address, PULSE)
    assert await engine_room.engine.state(address) == state
    assert await engine_room.events(address) == events
    accepted(await engine_room.engine.execute(address, PULSE))


async def test_a_cooperation_that_grows_too_large_refuses(engine_room: Bench) -> None:
    """What would not fit from run to run is refused; once the outbox is empty, more goes again."""
    address = await engine_room.open()
    draft = {
        "command": "draft_document",
        "actor": "fay",
        "kind": "shared_vision",
        "content": {"issue": "An issue", "trends": ["x" * 60_000, "y" * 60_000, "z" * 60_000]},
    }
    engine_room.journal.is_away = True  # else what waits for it would shrink again meanwhile
    for _ in range(12):
        outcome = await engine_room.engine.execute(address, draft)
        if isinstance(outcome, Refusal):
            break
    assert refused(outcome).code == "too_large"
    assert refused(outcome).facts["bytes"] > refused(outcome).facts["limit"]
    assert refused(await engine_room.engine.execute(address, PULSE)).code == "too_large"
    head = await engine_room.engine.journal_head(address)
    assert head.bytes > head.bytes_limit // 2
    engine_room.journal.is_away = False
    await engine_room.engine.until_projected(address)
    accepted(await engine_room.engine.execute(address, PULSE))


async def test_logs_tell_commands_apart_and_nothing_of_people(engine_room: Bench) -> None:
    """A line carries cooperation, command and run; no person, and nothing that was written."""
    with capture_logs() as lines:
        address = await engine_room.open()
        command = PULSE | {"id": "pulse-1"}
        await engine_room.engine.execute(address, command)
        await engine_room.engine.execute(address, PULSE | {"actor": "nobody", "id": "pulse-2"})
        await engine_room.engine.until_projected(address)
    about = [line for line in lines if line.get("command") in {"pulse-1", "pulse-2"}]
    assert [(line["event"], line["kind"], line.get("code")) for line in about] == [
        ("accepted", "record_pulse", None),
        ("refused", "record_pulse", "forbidden"),
    ]
    run = (await engine_room.workflow(address).describe()).run_id
    for line in lines:
        assert (line["programme"], line["cooperation"], line["run"]) == (*address, run)
        assert set(line) <= KEPT | {"log_level"}
        assert not {"fay", "pam", "nobody", "A cooperation", "An issue"} & set(
            map(str, line.values())
        )


async def test_a_policy_is_offered_decided_on_and_followed(engine_room: Bench) -> None:
    """The members' decision makes it apply; the definitions travel with the cooperation."""

    def other(policy: dict[str, Any]) -> None:
        policy |= {"policy": "other", "version": 7}
        policy["gates"]["to_structuration"]["minima"]["communication"] = 4

    engine = engine_room.engine
    offer = varied(other).definition
    address = await engine_room.open()
    before = await engine.check_gate(address, "to_structuration")
    for _ in range(2):
        assert accepted(await engine.offer(address, offer)).entries == ()
    assert await engine.definitions(address) == (reference_rules().definition, offer)
    asked = {"decision": "p", "subject": "policy:other@7", "question": "Another?"}
    await engine_room.give(address, "open_decision", "fay", **asked)
    ballots = dict.fromkeys(("alpha", "beta", "gamma"), "consent")
    reply = await engine_room.give(
        address, "record_session_vote", "fay", decision="p", ballots=ballots
    )
    assert "policy_applied" in [entry.event.type for entry in reply.entries]
    assert (await engine.state(address)).policy == "other@7"
    after = await engine.check_gate(address, "to_structuration")
    assert isinstance(before, Examination)
    assert isinstance(after, Examination)
    assert (before.minima["communication"], after.minima["communication"]) == (1, 4)
    await engine_room.until_told(address)
    assert engine_room.journal.entries[address][-1].seq == reply.seq_to
    assert engine_room.journal.definitions == [reference_rules().definition, offer]


async def test_an_offer_for_another_lifecycle_is_refused(engine_room: Bench) -> None:
    """The cooperation keeps its stages and knows what it knew."""

    def stages(lifecycle: dict[str, Any]) -> None:
        lifecycle["version"] = 9

    address = await engine_room.open()
    offer = varied(lambda policy: policy.update(policy="other"), stages).definition
    assert refused(await engine_room.engine.offer(address, offer)).code == "invalid_command"
    assert len(await engine_room.engine.definitions(address)) == 1


async def test_a_definition_that_is_too_large_is_refused(engine_room: Bench) -> None:
    """It would travel with the cooperation from run to run; nothing is sent or started."""
    large = varied(
        lambda policy: policy["label"].update(en="x" * 60_000, fr="x" * 60_000)
    ).definition
    address = Address(PROGRAMME, "too-large")
    outcome = await engine_room.engine.open(large, opening(address), ("programme_manager",))
    assert refused(outcome).code == "too_large"
    there = await engine_room.open()
    assert refused(await engine_room.engine.offer(there, large)).code == "too_large"
