from __future__ import annotations

import asyncio
from datetime import timedelta
from pathlib import Path

import pytest

from coopflow.application.engine import Reply
from coopflow.temporal.calls import EngineUnavailableError
from coopflow.temporal.client import TemporalEngine
from coopflow.temporal.histories import Histories
from tests.temporal_engine import Bench, admission, bench, dumped

pytestmark = pytest.mark.server


async def test_entries_arrive_in_order(engine_room: Bench) -> None:
    """The read model gets every entry once, in the order of the journal."""
    address = await engine_room.open()
    replies = await asyncio.gather(
        *(
            engine_room.give(
                address, "record_meeting", "fay", meeting=f"m{n}", kind="plenary", attendees=[]
            )
            for n in range(30)
        )
    )
    head = await engine_room.engine.until_projected(address)
    kept = engine_room.journal.entries[address]
    assert [entry.seq for entry in kept] == list(range(1, head.seq + 1))
    for reply in replies:
        assert dumped(kept[reply.seq_from - 1 : reply.seq_to]) == dumped(reply.entries)


async def test_commands_do_not_wait_for_the_read_model(engine_room: Bench) -> None:
    """With the read model away commands are answered; once it is back it catches up."""
    address = await engine_room.open()
    await engine_room.engine.until_projected(address)
    engine_room.journal.is_away = True
    async with asyncio.timeout(20):
        for number in range(12):
            await engine_room.give(address, **admission(f"org-{number}"))
    head = await engine_room.engine.journal_head(address)
    assert head.projected_seq < head.seq
    kept = len(engine_room.journal.entries[address])
    assert head.projected_seq == kept
    living = await Histories(engine_room.engine).living(address)
    assert living is not None
    assert head.waiting_since == living.waiting[0].at
    lag = await Histories(engine_room.engine).lag(1)
    assert (lag.looked_at, lag.behind, lag.entries) == (1, 1, head.seq - kept)
    assert (lag.since, lag.oldest) == (head.waiting_since, str(address))
    assert (lag.taken, lag.fullest) == (head.bytes * 100 // head.bytes_limit, str(address))
    assert len(engine_room.journal.entries[address]) == head.projected_seq
    assert engine_room.journal.refused > 0
    engine_room.journal.is_away = False
    after = await engine_room.engine.until_projected(address)
    assert (after.projected_seq, after.waiting_since) == (head.seq, None)
    assert (await Histories(engine_room.engine).lag(1)).behind == 0
    assert [entry.seq for entry in engine_room.journal.entries[address]] == list(
        range(1, head.seq + 1)
    )


async def test_an_imported_past_does_not_count_as_waiting_for_long(engine_room: Bench) -> None:
    """Entries of a recording wait like others, and say nothing about how late they are."""
    engine_room.journal.is_away = True
    address = await engine_room.open("recorded", at="2020-01-01T09:00:00Z")
    head = await engine_room.engine.journal_head(address)
    assert (head.projected_seq, head.waiting_since) == (0, None)
    lag = await Histories(engine_room.engine).lag(1)
    assert (lag.behind, lag.entries, lag.since) == (1, head.seq, None)
    engine_room.journal.is_away = False


async def test_the_read_model_is_told_what_is_an_imported_past(engine_room: Bench) -> None:
    """It ends with the recording: what happens afterwards is news, and told as such."""
    address = await engine_room.open("recorded", at="2020-01-01T09:00:00Z")
    await engine_room.engine.go_live(address)
    past = await engine_room.engine.until_projected(address)
    assert engine_room.journal.imported == {address: past.seq}
    await engine_room.give(address, "pause_cooperation", "fay", reason="Winter")
    head = await engine_room.engine.until_projected(address)
    assert head.seq > past.seq
    assert engine_room.journal.imported == {address: past.seq}


async def test_waiting_for_the_read_model_has_an_end(engine_room: Bench) -> None:
    """Who waits for a read model that stays away learns how far it is behind."""
    engine_room.journal.is_away = True
    address = await engine_room.open()
    impatient = TemporalEngine(engine_room.client, patience=timedelta(seconds=0.2))
    with pytest.raises(EngineUnavailableError, match=r"up to entry 0, not yet \d+, after 0\.2 s"):
        await impatient.until_projected(address)


async def test_notices_follow_the_entries(engine_room: Bench) -> None:
    """People are told of a decision that opens and closes, once and in order."""
    address = await engine_room.open()
    await engine_room.give(
        address, "open_decision", "fay", decision="d1", subject="other", question="A question?"
    )
    for organisation in ("alpha", "beta", "gamma"):
        await engine_room.give(
            address,
            "cast_ballot",
            f"rep-{organisation}",
            decision="d1",
            organisation=organisation,
            choice="yes",
        )
    await engine_room.until_told(address)
    told = [(notice.kind, notice.about, notice.to) for notice in engine_room.board.notices]
    assert told == [
        ("invite_voters", "d1", ("alpha", "beta", "gamma")),
        ("publish_outcome", "d1", ()),
    ]
    assert [notice.cooperation for notice in engine_room.board.notices] == [address.cooperation] * 2


async def test_a_worker_takes_over_what_another_left(server: Path) -> None:
    """Entries that wait when a worker ends are handed out by the next one."""
    async with bench(server) as first:
        first.journal.is_away = True
        address = await first.open()
        queue = first.task_queue
    async with bench(server, task_queue=queue) as second:
        head = await second.engine.until_projected(address)
        assert [entry.seq for entry in second.journal.entries[address]] == list(
            range(1, head.seq + 1)
        )
        assert isinstance(await second.engine.execute(address, admission("delta")), Reply)
