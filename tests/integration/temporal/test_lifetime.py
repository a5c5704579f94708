from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from temporalio.client import WorkflowExecutionStatus

from coopflow.application.engine import Address, Reply
from coopflow.application.scenario_runner import ScenarioRun
from coopflow.temporal import names
from coopflow.temporal.messages import CommandReply
from tests.collective import reference_rules
from tests.temporal_engine import (
    Bench,
    accepted,
    admission,
    bench,
    bocage,
    dumped,
    grants_of,
    opening,
    options,
    refused,
    remembered,
    serving,
)

pytestmark = pytest.mark.server


async def test_nothing_is_lost_from_run_to_run(tmp_path: Path) -> None:
    """State, receipts and what waits for the read model go over when a run continues as new."""
    short = {"limit.historyCount.suggestContinueAsNew": 60}
    with serving(options(tmp_path, **short)):
        async with bench(tmp_path) as running:
            address = await running.open()
            command = {**admission("delta"), "id": "admit-delta"}
            first = accepted(await running.engine.execute(address, command))
            outcomes: list[Reply] = []

            async def call(caller: int) -> None:
                for number in range(12):
                    # Away for a while in the middle: entries have to be carried over.
                    running.journal.is_away = 3 < number < 9
                    outcomes.append(
                        await running.give(address, **admission(f"org-{caller}-{number}"))
                    )

            await asyncio.gather(*(call(caller) for caller in range(5)))
            head = await running.engine.until_projected(address)
            assert len(await running.runs(address)) > 2
            numbers = sorted((reply.seq_from, reply.seq_to) for reply in outcomes)
            assert numbers[0][0] == first.seq_to + 1
            assert all(before[1] + 1 == after[0] for before, after in pairwise(numbers))
            assert numbers[-1][1] == head.seq
            kept = running.journal.entries[address]
            assert [entry.seq for entry in kept] == list(range(1, head.seq + 1))
            again = accepted(await running.engine.execute(address, command))
            assert again == CommandReply(
                seq_from=first.seq_from, seq_to=first.seq_to, duplicate=True
            )
            assert (await running.engine.state(address)).seq == head.seq
            described = await running.workflow(address).describe()
            assert described.typed_search_attributes.get(names.STAGE_ATTRIBUTE) == "impulsion"


async def test_a_recording_goes_live(engine_room: Bench) -> None:
    """A dated past is imported, told up to now, and goes on by the clock from there."""
    scenario = bocage(steps=12)
    memory, address = await remembered(scenario)
    run = ScenarioRun(scenario, engine_room.engine, reference_rules())
    async for result in run.steps():
        assert not result.problems
    undated = {"command": "record_pulse", "actor": "fabien", "score": 4, "answers": 2, "asked": 3}
    outcome = await engine_room.engine.execute(address, undated)
    assert refused(outcome).code == "invalid_command"
    before = datetime.now(UTC) - timedelta(seconds=1)
    accepted(await engine_room.engine.go_live(address))
    accepted(await memory.tell(address, datetime.now(UTC)))
    state = await engine_room.engine.state(address)
    assert state.model_dump() == (await memory.state(address)).model_dump()
    assert accepted(await engine_room.engine.go_live(address)).duplicate
    assert refused(await engine_room.engine.tell(address, before)).code == "wrong_state"
    reply = accepted(await engine_room.engine.execute(address, undated))
    assert before < reply.entries[0].at < datetime.now(UTC) + timedelta(seconds=1)
    await engine_room.engine.until_projected(address)
    assert dumped(engine_room.journal.entries[address][: state.seq]) == dumped(
        await memory.journal(address)
    )


async def test_the_future_does_not_go_live(engine_room: Bench) -> None:
    """A recording that is ahead of the clock stays one."""
    tomorrow = (datetime.now(UTC) + timedelta(days=1)).isoformat()
    address = await engine_room.open("recorded", at=tomorrow)
    refusal = refused(await engine_room.engine.go_live(address))
    assert refusal.code == "too_early"
    assert refusal.facts["as_of"] > refusal.facts["now"]
    assert (await engine_room.engine.journal_head(address)).mode == "recorded"


async def until_ended(engine_room: Bench, address: Address) -> None:
    async with asyncio.timeout(30):
        await engine_room.workflow(address).result()


async def decide_to_close(engine_room: Bench, address: Address) -> None:
    everyone: dict[str, Any] = dict.fromkeys(("alpha", "beta", "gamma"), "yes")
    await engine_room.give(
        address, "open_decision", "fay", decision="end", subject="closing", question="Close?"
    )
    await engine_room.give(address, "record_session_vote", "fay", decision="end", ballots=everyone)


async def test_a_closed_cooperation_ends_its_workflow(engine_room: Bench) -> None:
    """Once closed and handed out the workflow completes; it still answers, and takes nothing."""
    address = await engine_room.open()
    await decide_to_close(engine_room, address)
    engine_room.journal.is_away = True
    reply = await engine_room.give(address, "close_cooperation", "fay", report="Done")
    outcome = await engine_room.engine.execute(address, admission("delta"))
    assert refused(outcome).code == "cooperation_closed"
    described = await engine_room.workflow(address).describe()
    assert described.status is WorkflowExecutionStatus.RUNNING, "entries are still waiting"
    engine_room.journal.is_away = False
    await until_ended(engine_room, address)
    assert engine_room.journal.entries[address][-1].seq == reply.seq_to
    outcome = await engine_room.engine.execute(address, admission("delta"))
    assert refused(outcome).code == "cooperation_closed"
    assert (await engine_room.engine.state(address)).status == "closed"
    reopened = await engine_room.engine.open(
        reference_rules().definition, opening(address), grants_of("pam")
    )
    assert refused(reopened).code == "already_exists"


async def test_a_person_is_erased_after_the_end(engine_room: Bench) -> None:
    """A closed cooperation takes that, and only that, as often as somebody asks for it."""
    address = await engine_room.open()
    await decide_to_close(engine_room, address)
    reply = await engine_room.give(address, "close_cooperation", "fay", report="Done")
    erasures: tuple[dict[str, Any], ...] = (
        {"command": "erase_person", "actor": "pam", "id": "e-1", "person": "rep-alpha"},
        {"command": "erase_person", "actor": "pam", "id": "e-2", "person": "rep-beta"},
    )
    for number, erasure in enumerate(erasures, start=1):
        for _ in range(2):
            await until_ended(engine_room, address)
            by_fay = erasure | {"actor": "fay", "id": "another"}
            outcome = await engine_room.engine.execute(address, by_fay)
            assert refused(outcome).code == "forbidden"
            await until_ended(engine_room, address)
            given = accepted(await engine_room.engine.execute(address, erasure, grants_of("pam")))
            assert given.seq_to == reply.seq_to + number
        outcome = await engine_room.engine.execute(address, admission("delta"))
        assert refused(outcome).code == "cooperation_closed"
        await engine_room.until_told(address)
        assert engine_room.journal.entries[address][-1].event.type == "person_erased"
    state = await engine_room.engine.state(address)
    assert state.status == "closed"
    assert state.members["alpha"].representative.startswith("erased-")
    reopened = await engine_room.engine.open(
        reference_rules().definition, opening(address), grants_of("pam")
    )
    assert refused(reopened).code == "already_exists"


async def test_a_command_from_before_the_end_is_remembered(tmp_path: Path) -> None:
    """Who never heard that a command was accepted hears it after the end, from whatever run."""
    short = {"limit.historyCount.suggestContinueAsNew": 40}
    with serving(options(tmp_path, **short)):
        async with bench(tmp_path) as running:
            address = await running.open()
            early = {**admission("delta"), "id": "early"}
            joined = accepted(await running.engine.execute(address, early))
            for number in range(12):
                await running.give(address, **admission(f"org-{number}"))
            for organisation in ("delta", *(f"org-{number}" for number in range(12))):
                left = {"organisation": organisation, "reason": "A reason"}
                await running.give(address, "withdraw_member", "fay", **left)
            await decide_to_close(running, address)
            last = {"command": "close_cooperation", "actor": "fay", "report": "Done", "id": "last"}
            closed = accepted(await running.engine.execute(address, last))
            await until_ended(running, address)
            assert len(await running.runs(address)) > 1
            for command, reply in ((early, joined), (last, closed)):
                again = accepted(await running.engine.execute(address, command))
                assert (again.seq_from, again.seq_to) == (reply.seq_from, reply.seq_to)
            outcome = await running.engine.execute(address, {**early, "id": "late"})
            assert refused(outcome).code == "cooperation_closed"
