from __future__ import annotations

from pathlib import Path

import pytest

from coopflow.application.engine import Address
from coopflow.temporal.histories import Histories
from tests.integration.temporal.test_lifetime import decide_to_close, until_ended
from tests.temporal_engine import Bench, accepted, admission, bench, dumped, options, serving

pytestmark = pytest.mark.server


async def told(engine_room: Bench, address: Address) -> list[int]:
    """Return the numbers of what the read model was told, each once, in the order of histories."""
    found: list[int] = []
    kept = engine_room.journal.entries[address]
    async for entries in Histories(engine_room.engine).told(address):
        assert dumped(entries) == dumped(kept[entries[0].seq - 1 : entries[-1].seq])
        found += [entry.seq for entry in entries]
    return sorted(set(found), key=found.index)


async def test_histories_of_all_runs_tell_every_entry(tmp_path: Path) -> None:
    """What was projected stands in the histories, over runs that continued as new."""
    with serving(options(tmp_path, **{"limit.historyCount.suggestContinueAsNew": 40})):
        async with bench(tmp_path) as running:
            address = await running.open()
            for number in range(25):
                await running.give(address, **admission(f"org-{number}"))
                if number % 5 == 0:
                    await running.engine.until_projected(address)
            head = await running.engine.until_projected(address)
            assert len(await running.runs(address)) > 2
            assert await told(running, address) == list(range(1, head.seq + 1))


async def test_a_workflow_says_what_waits(engine_room: Bench) -> None:
    """What the read model has not taken is in the workflow, with the state that it leads to."""
    histories = Histories(engine_room.engine)
    address = await engine_room.open()
    before = (await engine_room.engine.until_projected(address)).seq
    engine_room.journal.is_away = True
    reply = accepted(await engine_room.engine.execute(address, admission("delta")))
    living = await histories.living(address)
    assert living is not None
    assert (living.projected_seq, living.state.seq) == (before, reply.seq_to)
    assert dumped(living.waiting) == dumped(reply.entries)
    assert [one.policy_name for one in living.definitions] == ["reference@1"]
    assert address in [one async for one in histories.addresses()]
    assert await histories.living(Address(address.programme, "unheard-of")) is None
    assert [one async for one in histories.told(Address("a", "b"))] == []


async def test_closed_cooperations_are_told_too(engine_room: Bench) -> None:
    """The runs of a closed one, and of an erasure after its end, are read in their order."""
    address = await engine_room.open()
    await decide_to_close(engine_room, address)
    await engine_room.give(address, "close_cooperation", "fay", report="Done")
    await until_ended(engine_room, address)
    await engine_room.give(address, "erase_person", "pam", person="rep-alpha")
    await until_ended(engine_room, address)
    last = engine_room.journal.entries[address][-1]
    assert last.event.type == "person_erased"
    assert await told(engine_room, address) == list(range(1, last.seq + 1))
    listed = [one async for one in Histories(engine_room.engine).addresses()]
    assert address in listed
