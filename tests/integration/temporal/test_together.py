"""Commands of a recorded past that travel together: as one by one, in fewer messages."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest

from coopflow.application.engine import Address, Given
from coopflow.application.recorded_past import import_past
from coopflow.temporal import names, together, workflow
from coopflow.temporal.errors import EngineFaultError
from coopflow.temporal.workflow import CooperationWorkflow
from tests.collective import reference_rules
from tests.figures import added
from tests.temporal_engine import (
    Bench,
    accepted,
    admission,
    bench,
    bocage,
    dumped,
    options,
    refused,
    remembered,
    serving,
)

pytestmark = pytest.mark.server

AT = "2026-02-01T09:00:00+00:00"


def pulse(number: int, **more: Any) -> Given:
    """Return a command of its own id that is always accepted."""
    said = {"score": 4, "answers": 2, "asked": 3, "id": f"pulse-{number}", "at": AT}
    return Given({"command": "record_pulse", "actor": "fay", **said, **more})


async def opened(running: Bench) -> Address:
    """Open a cooperation whose past is told."""
    return await running.open("recorded", at="2026-01-01T09:00:00+00:00")


async def imported(running: Bench) -> Address:
    """Import the example, and look that it is there as memory has it."""
    scenario = bocage()
    memory, address = await remembered(scenario)
    told = [
        entry
        async for entries in import_past(scenario, running.engine, reference_rules().definition)
        for entry in entries
    ]
    journal = dumped(await memory.journal(address))
    assert dumped(told) == journal
    await running.engine.until_projected(address)
    assert dumped(running.journal.entries[address]) == journal
    return address


async def test_a_past_is_imported_in_few_messages(engine_room: Bench) -> None:
    """The events are those of memory, in a history of hardly one event for each command."""
    address = await imported(engine_room)
    assert await engine_room.events(address) < 90
    assert not engine_room.board.notices, "nobody is told of an imported past"


async def test_a_past_is_imported_over_several_runs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between two messages the cooperation continues as new, and nothing is lost or doubled."""
    monkeypatch.setattr(together, "MOST", 5)
    with serving(options(tmp_path, **{"limit.historyCount.suggestContinueAsNew": 40})):
        async with bench(tmp_path) as running:
            address = await imported(running)
            assert len(await running.runs(address)) > 2


async def test_the_first_that_is_refused_ends_it(engine_room: Bench) -> None:
    """Those before it stand, those behind it were not given, and it leaves nothing itself."""
    address = await opened(engine_room)
    again = Given({**admission("alpha"), "id": "again", "at": AT})
    given = [pulse(1), pulse(2), again, pulse(3)]
    with added() as figures:
        series = await engine_room.engine.execute_all(address, given)
    assert figures["coopflow_commands_total", "record_pulse", "accepted"] == 2
    assert figures["coopflow_commands_total", "admit_member", "refused"] == 1
    assert [reply.duplicate for reply in series.replies] == [False, False]
    assert series.refusal is not None
    assert series.refusal.code == "already_exists"
    await engine_room.engine.until_projected(address)
    ids = [entry.command for entry in engine_room.journal.entries[address]]
    assert [one for one in ids if one in {"pulse-1", "pulse-2", "again", "pulse-3"}] == [
        "pulse-1",
        "pulse-2",
    ]
    events = await engine_room.events(address)
    alone = await engine_room.engine.execute_all(address, [again, pulse(3)])
    assert (alone.replies, alone.refusal) == ((), series.refusal)
    assert await engine_room.events(address) == events


@pytest.mark.parametrize(
    "fault", [{"score": "much"}, {"note": "x" * 300_000}, {"command": "no_such"}, {"note": {1}}]
)
async def test_what_has_no_shape_is_refused_where_it_stands(
    engine_room: Bench, fault: dict[str, Any]
) -> None:
    """It is never sent, and what stands before it is carried out."""
    address = await opened(engine_room)
    series = await engine_room.engine.execute_all(address, [pulse(1), pulse(2, **fault), pulse(3)])
    assert len(series.replies) == 1
    assert series.refusal is not None
    assert series.refusal.code == "invalid_command"


async def test_given_again_each_happens_once(engine_room: Bench) -> None:
    """Also by several at the same time, who take different parts of it."""
    address = await opened(engine_room)
    given = [pulse(number) for number in range(40)]
    parts = given, given[5:], given[:7], given
    all_series = await asyncio.gather(
        *(engine_room.engine.execute_all(address, part) for part in parts)
    )
    assert [series.refusal for series in all_series] == [None] * 4
    assert [len(series.replies) for series in all_series] == [len(part) for part in parts]
    numbers = [reply.seq_from for reply in all_series[0].replies]
    assert [reply.seq_from for reply in all_series[3].replies] == numbers
    seq = (await engine_room.engine.state(address)).seq
    later = await engine_room.engine.execute_all(address, given)
    assert all(reply.duplicate for reply in later.replies)
    assert (await engine_room.engine.state(address)).seq == seq
    await engine_room.engine.until_projected(address)
    kept = [entry.command for entry in engine_room.journal.entries[address]]
    assert [one for one in kept if str(one).startswith("pulse")] == list(
        dict.fromkeys(one for one in kept if str(one).startswith("pulse"))
    )
    assert len({one for one in kept if str(one).startswith("pulse")}) == 40


async def test_what_a_worker_had_done_of_a_message_that_it_lost_is_done_once(
    engine_room: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A task that ends in the middle leaves nothing: whoever takes it over begins at its start."""
    address = await opened(engine_room)
    accept, lost = CooperationWorkflow._accept, list[int]()

    def losing(self: CooperationWorkflow, *plan: Any, **how: Any) -> None:
        accept(self, *plan, **how)
        if plan[0].command == "pulse-3" and not lost:
            lost.append(plan[0].state.seq)
            raise RuntimeError

    monkeypatch.setattr(CooperationWorkflow, "_accept", losing)
    series = await engine_room.engine.execute_all(address, [pulse(one) for one in range(6)])
    assert len(lost) == 1
    assert series.refusal is None
    assert [reply.duplicate for reply in series.replies] == [False] * 6
    assert series.replies[3].seq_to == lost[0]
    await engine_room.engine.until_projected(address)
    kept = [entry.command for entry in engine_room.journal.entries[address]]
    assert [one for one in kept if str(one).startswith("pulse")] == [
        f"pulse-{one}" for one in range(6)
    ]


async def test_a_fault_of_the_engine_is_told_of_the_command_that_it_met(
    engine_room: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Those before it stand, and it is said that this one was not carried out."""
    address = await opened(engine_room)
    plan = CooperationWorkflow._plan_command

    def faulty(self: CooperationWorkflow, request: Any) -> Any:
        if request.command["id"] == "pulse-2":
            raise ZeroDivisionError
        return plan(self, request)

    monkeypatch.setattr(CooperationWorkflow, "_plan_command", faulty)
    with pytest.raises(EngineFaultError, match="ZeroDivisionError"):
        await engine_room.engine.execute_all(address, [pulse(1), pulse(2), pulse(3)])
    await engine_room.engine.until_projected(address)
    kept = [entry.command for entry in engine_room.journal.entries[address]]
    assert [one for one in kept if str(one).startswith("pulse")] == ["pulse-1"]


async def test_a_past_that_comes_faster_than_it_is_written_waits(
    engine_room: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A cooperation has no room for all of it at once, and nobody has to give it again."""
    monkeypatch.setattr(workflow, "STATE_LIMIT", 60_000)
    address = await opened(engine_room)
    await engine_room.engine.until_projected(address)
    engine_room.journal.is_away = True

    async def come_back() -> None:
        while not engine_room.journal.refused:  # noqa: ASYNC110
            await asyncio.sleep(0.05)
        await asyncio.sleep(0.5)
        engine_room.journal.is_away = False

    back = asyncio.create_task(come_back())
    said: dict[str, Any] = {
        "command": "record_meeting",
        "actor": "fay",
        "kind": "plenary",
        "at": AT,
    }
    more = {"attendees": ["alpha"], "minutes": "x" * 3_000}
    given = [Given(said | more | {"meeting": f"m{one}", "id": f"m{one}"}) for one in range(30)]
    series = await engine_room.engine.execute_all(address, given)
    await back
    assert series.refusal is None
    assert len(series.replies) == 30


async def test_much_to_reply_is_told_in_several_messages(
    engine_room: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever gives commands sees no difference."""
    monkeypatch.setattr(workflow, "REPLY_ROOM", 100)
    address = await opened(engine_room)
    series = await engine_room.engine.execute_all(address, [pulse(one) for one in range(5)])
    assert [reply.seq_to - reply.seq_from for reply in series.replies[1:]] == [0] * 4


async def test_a_past_that_was_closed_is_known(engine_room: Bench) -> None:
    """Given again, it is what it was; more of it is refused, as one by one."""
    address = await opened(engine_room)
    said = {"at": AT, "actor": "fay", "decision": "end"}
    ballots = dict.fromkeys(("alpha", "beta", "gamma"), "yes")
    ending: list[dict[str, Any]] = [
        {"command": "open_decision", "subject": "closing", "question": "Close?", "id": "ask"},
        {"command": "record_session_vote", "ballots": ballots, "id": "vote"},
    ]
    given = [
        *(Given({**said, **one}) for one in ending),
        Given(
            {"command": "close_cooperation", "report": "Done", "id": "c", "actor": "fay", "at": AT}
        ),
    ]
    closed = await engine_room.engine.execute_all(address, given)
    assert closed.refusal is None
    await engine_room.workflow(address).result()
    series = await engine_room.engine.execute_all(address, [*given, pulse(1)])
    assert [reply.seq_to for reply in series.replies] == [one.seq_to for one in closed.replies]
    assert all(reply.duplicate for reply in series.replies)
    assert series.refusal is not None
    assert series.refusal.code == "cooperation_closed"


async def test_a_worker_that_takes_one_at_a_time_is_told_of(
    engine_room: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An earlier version knows no such message: it says which to upgrade, and nothing changed."""
    address = await opened(engine_room)
    state = await engine_room.engine.state(address)
    monkeypatch.setattr(names, "COMMANDS", "coopflow.of_tomorrow")
    with pytest.raises(EngineFaultError, match="Upgrade the workers first"):
        await engine_room.engine.execute_all(address, [pulse(1), pulse(2)])
    assert await engine_room.engine.state(address) == state
    one = await engine_room.engine.execute_all(address, [pulse(1)])
    assert len(one.replies) == 1
    outcome = await engine_room.engine.execute(address, admission("alpha") | {"at": AT})
    assert refused(outcome).code == "already_exists"
    accepted(await engine_room.engine.go_live(address))
