"""What is handed out later, since whoever gave the command writes it at once."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from pathlib import Path

import pytest
from temporalio.testing import TimeSkipper, TimeSkippingConfig

from coopflow.application.engine import Address
from coopflow.domain.events import Entry
from coopflow.temporal import delivery
from coopflow.temporal.client import TemporalEngine
from coopflow.temporal.delivery import LINGER, MAX_BATCH
from coopflow.temporal.histories import Histories
from coopflow.temporal.writing import Writer
from tests.temporal_engine import Bench, accepted, bench, connected

pytestmark = pytest.mark.server


class Noted(Writer):
    """A writer that writes nothing, and notes what it is given."""

    def __init__(self) -> None:
        self.entries: dict[Address, list[Entry]] = {}

    def note(self, address: Address, entries: Sequence[Entry]) -> None:
        """Note them."""
        self.entries.setdefault(address, []).extend(entries)


@pytest.fixture
async def skipper(server: Path) -> TimeSkipper:
    client = await connected(server)
    return TimeSkipper(client, config=TimeSkippingConfig(enabled=False))


@pytest.fixture
async def engine_room(server: Path, skipper: TimeSkipper) -> AsyncIterator[Bench]:
    async with bench(server, client=skipper.client) as running:
        yield running


@pytest.fixture
def noted() -> Noted:
    return Noted()


@pytest.fixture
def ahead(engine_room: Bench, noted: Noted) -> Bench:
    """The same engine, asked by somebody who writes what commands come to."""
    engine = TemporalEngine(engine_room.client, task_queue=engine_room.task_queue, writer=noted)
    return Bench(
        engine_room.client, engine, engine_room.journal, engine_room.board, engine_room.task_queue
    )


PULSE: Mapping[str, object] = {"score": 4, "answers": 2, "asked": 3}


async def test_entries_linger_when_whoever_gives_the_command_writes_them(
    engine_room: Bench, ahead: Bench, noted: Noted, skipper: TimeSkipper
) -> None:
    """They are handed out some seconds later in one batch; the giver has them at once."""
    address = await engine_room.open()
    opened = (await engine_room.engine.until_projected(address)).seq
    events = await ahead.events(address)
    for _ in range(5):
        await ahead.give(address, "record_pulse", "fay", **PULSE)
    head = await ahead.engine.journal_head(address)
    assert (head.lingering, head.projected_seq) == (True, opened)
    assert [entry.seq for entry in noted.entries[address]] == list(range(opened + 1, head.seq + 1))
    lag = await Histories(ahead.engine).lag(1)
    assert (lag.looked_at, lag.behind, lag.entries) == (1, 0, 0)

    lived = await ahead.events(address) - events
    assert await skipper.fast_forward(engine_room.workflow(address), LINGER)
    assert (await ahead.engine.until_projected(address)).projected_seq == head.seq
    assert engine_room.journal.entries[address][opened:] == noted.entries[address]
    # The commands themselves; once in a run that it lingers, as a patch; and a timer that started.
    assert lived <= 5 * 5 + 2 + 1


async def test_a_command_that_comes_alone_is_handed_out_at_once(
    engine_room: Bench, ahead: Bench, skipper: TimeSkipper
) -> None:
    """To wait for others costs a timer, so only what comes soon after what was handed out waits."""
    address = await engine_room.open()
    await engine_room.until_told(address)
    assert await skipper.fast_forward(engine_room.workflow(address), 2 * LINGER)
    await ahead.give(address, "record_pulse", "fay", **PULSE)
    assert not (await ahead.engine.journal_head(address)).lingering
    await engine_room.until_told(address)
    await ahead.give(address, "record_pulse", "fay", **PULSE)
    assert (await ahead.engine.journal_head(address)).lingering


async def test_whoever_waits_for_what_lingers_gets_it_at_once(
    engine_room: Bench, ahead: Bench
) -> None:
    """Waiting for the read model makes a cooperation hand out what it holds back."""
    address = await engine_room.open()
    await ahead.give(address, "record_pulse", "fay", **PULSE)
    assert (await ahead.engine.journal_head(address)).lingering
    head = await ahead.engine.until_projected(address)
    assert (head.projected_seq, head.lingering) == (head.seq, False)


async def test_a_command_of_another_giver_ends_the_wait(engine_room: Bench, ahead: Bench) -> None:
    """Nobody writes what that one comes to, so that all is handed out without being asked for."""
    address = await engine_room.open()
    await ahead.give(address, "record_pulse", "fay", **PULSE)
    await engine_room.give(address, "record_pulse", "fay", **PULSE)
    assert not (await ahead.engine.journal_head(address)).lingering
    await engine_room.until_told(address)


async def test_an_erasure_does_not_linger(engine_room: Bench, ahead: Bench) -> None:
    """What names a person is to be gone as soon as can be."""
    address = await engine_room.open()
    await engine_room.until_told(address)
    await ahead.give(address, "record_pulse", "fay", **PULSE)
    await ahead.give(address, "erase_person", "pam", person="rep-alpha")
    assert not (await ahead.engine.journal_head(address)).lingering
    await ahead.engine.until_forgotten(address)


async def test_no_more_lingers_than_one_batch_holds(engine_room: Bench, ahead: Bench) -> None:
    """A busy cooperation hands out a batch as soon as it is full."""
    address = await engine_room.open()
    opened = (await engine_room.engine.until_projected(address)).seq
    for _ in range(MAX_BATCH):
        await ahead.give(address, "record_pulse", "fay", **PULSE)
    head = await engine_room.engine.journal_head(address)
    assert head.seq >= opened + MAX_BATCH
    while head.projected_seq < opened + MAX_BATCH:  # not asked to hurry, as waiting for it would
        head = await engine_room.engine.journal_head(address)
    assert head.seq - head.projected_seq < MAX_BATCH


async def test_a_recording_does_not_linger(engine_room: Bench, ahead: Bench, noted: Noted) -> None:
    """An imported past is handed out by the workflow alone, which knows how far it goes."""
    address = await ahead.open("recorded", at="2020-01-01T09:00:00Z")
    assert address not in noted.entries
    assert (await engine_room.engine.until_projected(address)).projected_seq
    lived = accepted(await ahead.engine.go_live(address))
    await ahead.give(address, "record_pulse", "fay", **PULSE)
    assert noted.entries[address][0].seq == lived.seq_to + 1


async def test_much_does_not_linger(
    engine_room: Bench, ahead: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What takes the room that a cooperation has is handed out at once, however few entries."""
    address = await engine_room.open()
    await engine_room.until_told(address)
    monkeypatch.setattr(delivery, "_ROOM", 10)
    await ahead.give(address, "record_pulse", "fay", **PULSE)
    assert not (await ahead.engine.journal_head(address)).lingering
    await engine_room.until_told(address)
