from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence

import pytest

from coopflow.application.engine import Address
from coopflow.domain.events import Entry
from coopflow.temporal import writing as module
from coopflow.temporal.writing import Writer, writing
from tests.integration.readmodel.lives import Collective


class ReadModel:
    """Takes what follows on what it has, and notes each attempt."""

    def __init__(self, **stored: int) -> None:
        self.stored = {Address("demo", slug): seq for slug, seq in stored.items()}
        self.attempts: list[Mapping[Address, Sequence[Entry]]] = []
        self.broken: set[Address] = set()

    async def write_ahead(
        self, several: Mapping[Address, Sequence[Entry]]
    ) -> Mapping[Address, int]:
        """Take what follows."""
        self.attempts.append(several)
        if self.broken & set(several):
            raise ConnectionError
        for address, entries in several.items():
            stored = self.stored.get(address, 0)
            numbers = [entry.seq for entry in entries if entry.seq > stored]
            if numbers and numbers[0] == stored + 1:
                self.stored[address] = numbers[-1]
        return {one: self.stored[one] for one in several if one in self.stored}


@pytest.fixture(autouse=True)
def _at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_PAUSE", 0)


async def until(condition: object, writer: Writer) -> None:
    """Let the writer work until something holds."""
    assert callable(condition)
    task = asyncio.create_task(writer.run())
    async with asyncio.timeout(5):
        while not condition():  # noqa: ASYNC110 - what is tested tells nobody
            await asyncio.sleep(0)
    task.cancel()


async def test_entries_of_several_cooperations_are_written_together() -> None:
    """Whatever order the replies came in, each journal is written in the order of its numbers."""
    first, second = Collective(slug="first"), Collective(slug="second")
    read_model = ReadModel(first=0, second=0)
    writer = Writer(read_model)
    writer.note(second.address, second.entries[2:])
    writer.note(first.address, first.entries)
    writer.note(second.address, second.entries[:2])
    await until(lambda: read_model.attempts, writer)
    assert read_model.attempts == [
        {first.address: first.entries, second.address: second.entries},
    ]


async def test_what_waits_for_another_process_is_tried_again_then_left() -> None:
    """A gap may close; where it does not, the entries are given up, and others are not held up."""
    here, gap = Collective(slug="here"), Collective(slug="gap")
    read_model = ReadModel(gap=1)
    writer = Writer(read_model)
    writer.note(gap.address, gap.entries[2:])
    await until(lambda: len(read_model.attempts) == 2, writer)
    read_model.stored[gap.address] = 2
    await until(lambda: read_model.stored[gap.address] == len(gap.entries), writer)

    read_model = ReadModel(gap=1, here=0)
    writer = Writer(read_model)
    writer.note(gap.address, gap.entries[2:])
    await until(lambda: len(read_model.attempts) == 5, writer)
    writer.note(here.address, here.entries)
    await until(lambda: read_model.stored[here.address] == len(here.entries), writer)
    assert gap.address not in read_model.attempts[-1]


async def test_one_that_cannot_be_written_does_not_hold_up_the_others() -> None:
    """What fails together is tried one by one."""
    here, broken = Collective(slug="here"), Collective(slug="broken")
    read_model = ReadModel(here=0, broken=0)
    read_model.broken = {broken.address}
    writer = Writer(read_model)
    writer.note(here.address, here.entries)
    writer.note(broken.address, broken.entries)
    await until(lambda: read_model.stored[here.address] == len(here.entries), writer)
    assert read_model.stored[broken.address] == 0


async def test_memory_is_not_filled_while_the_database_is_away(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Beyond a limit entries are left to their workflows at once; later ones are taken again."""
    monkeypatch.setattr(module, "_MOST", 5)
    here, there = Collective(slug="here"), Collective(slug="there")
    read_model = ReadModel(here=0, there=0)
    writer = Writer(read_model)
    writer.note(here.address, here.entries[:4])
    writer.note(there.address, there.entries[:2])
    await until(lambda: read_model.stored[here.address] == 4, writer)
    assert read_model.stored[there.address] == 0
    writer.note(there.address, there.entries[:2])
    await until(lambda: read_model.stored[there.address] == 2, writer)


async def test_it_writes_for_the_length_of_a_block() -> None:
    """When the block ends nothing is written any more."""
    here, read_model = Collective(slug="here"), ReadModel(here=0)
    async with writing(read_model) as writer, asyncio.timeout(5):
        writer.note(here.address, here.entries)
        while not read_model.attempts:  # noqa: ASYNC110 - as above
            await asyncio.sleep(0)
    writer.note(here.address, here.entries)
    await asyncio.sleep(0)
    assert len(read_model.attempts) == 1


async def test_whoever_waits_has_it_written_sooner(monkeypatch: pytest.MonkeyPatch) -> None:
    """A pause ends for who waits; of what is not to be written here nobody waits for anything."""
    monkeypatch.setattr(module, "_PAUSE", 60)
    here, there = Collective(slug="here"), Collective(slug="there")
    read_model = ReadModel(here=0, there=0)
    async with writing(read_model) as writer, asyncio.timeout(5):
        writer.note(here.address, here.entries)
        assert await writer.until_written(here.address, here.entries[-1].seq)
        assert read_model.stored[here.address] == len(here.entries)
        writer.note(there.address, there.entries)
        assert await writer.until_written(there.address, there.entries[-1].seq)
        assert read_model.stored[there.address] == len(there.entries)
        assert not await writer.until_written(here.address, len(here.entries) + 1)
        assert not await writer.until_written(Collective(slug="nobody").address, 1)
