"""Writing what commands came to at once, by whoever gave them.

A workflow hands its entries out in any case, and takes its time when it knows that somebody else
writes them: a batch of many costs its history no more than a batch of one. What is lost here is
late by that time, and no more. See docs/decisions/0030-lingering.md.
"""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Final, Protocol

import structlog

from coopflow.application.engine import Address
from coopflow.domain.events import Entry

_PAUSE: Final = 0.2
"""Seconds from one write to the next, in which entries gather: readers are behind by no more."""

_SHORTEST: Final = 1
"""The shortest pause, in times of what the last write took: so that it takes half of it at most."""

_AT_ONCE: Final = 200  # cooperations in one transaction
_TRIES: Final = 5
_LAST_WRITE: Final = 2.0  # seconds that it may take when the process ends
_MOST: Final = 1_000  # entries that wait: a database that is away must not fill the memory

_log = structlog.get_logger(__name__)


class ReadModel(Protocol):
    """The read model, as far as it is written to ahead of the workflows."""

    async def write_ahead(
        self, several: Mapping[Address, Sequence[Entry]]
    ) -> Mapping[Address, int]:
        """Store what plainly follows on what is stored, and leave the rest.

        Args:
            several: consecutive entries of each journal.

        Returns:
            The number of the last entry that is stored now, of each that has any.
        """
        ...


class _Waiting:
    def __init__(self) -> None:
        self.entries: dict[int, Entry] = {}
        self.tries = 0


class Writer:
    """Writes entries into the read model soon, those of many cooperations together.

    What cannot be written is tried again some times, as what comes between may be on its way from
    another process, and is left to its workflow then.
    """

    def __init__(self, read_model: ReadModel) -> None:
        """Write to a read model."""
        self._read_model = read_model
        self._waiting: dict[Address, _Waiting] = {}
        self._count = 0
        self._is_ending = False
        self._noted = asyncio.Event()
        self._hurried = asyncio.Event()
        self._round = asyncio.Event()
        self._stored: dict[Address, int] = {}  # in the last round

    def note(self, address: Address, entries: Sequence[Entry]) -> None:
        """Write entries soon; while too many wait, they are left to the workflow."""
        if not entries or self._count + len(entries) > _MOST:
            return
        self._waiting.setdefault(address, _Waiting()).entries |= {one.seq: one for one in entries}
        self._count += len(entries)
        self._noted.set()

    async def until_written(self, address: Address, seq: int) -> bool:
        """Wait until an entry was written, sooner than it would be, or is left to the workflow.

        Returns:
            Whether it is known to be stored. False says nothing: look.
        """
        while any(number <= seq for number in self._entries_of(address)):
            self._hurried.set()
            await self._round.wait()
        return self._stored.get(address, 0) >= seq

    def _entries_of(self, address: Address) -> Mapping[int, Entry]:
        waiting = self._waiting.get(address)
        return waiting.entries if waiting else {}

    async def run(self) -> None:
        """Write whatever is noted, until told to end; then what waits, once."""
        while True:
            await self._noted.wait()
            self._noted.clear()
            began = time.monotonic()
            addresses = sorted(self._waiting)
            self._stored = {}
            for first in range(0, len(addresses), _AT_ONCE):
                await self._write(addresses[first : first + _AT_ONCE])
            self._count = sum(len(waiting.entries) for waiting in self._waiting.values())
            if self._waiting:
                self._noted.set()
            done, self._round = self._round, asyncio.Event()
            done.set()
            if self._is_ending:
                return
            shortest = min((time.monotonic() - began) * _SHORTEST, _PAUSE)
            await asyncio.sleep(shortest)
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(_PAUSE - shortest):
                    await self._hurried.wait()
            self._hurried.clear()

    async def _write(self, addresses: Sequence[Address]) -> None:
        # In the order of their numbers, whichever reply came first.
        several = {
            one: [entry for _, entry in sorted(self._waiting[one].entries.items())]
            for one in addresses
        }
        try:
            stored = await self._read_model.write_ahead(several)
        except Exception as error:  # noqa: BLE001 - whatever it is, the workflows see to it
            _log.debug("not written yet", count=len(addresses), error=type(error).__name__)
            stored = {}
            if len(addresses) > 1:  # one of them must not hold up the others
                for one in addresses:
                    await self._write([one])
                return
        for one in addresses:
            self._settle(one, several[one], stored.get(one, 0))

    def _settle(self, address: Address, tried: Sequence[Entry], stored: int) -> None:
        self._stored[address] = stored
        waiting = self._waiting[address]
        before = len(waiting.entries)
        waiting.entries = {seq: one for seq, one in waiting.entries.items() if seq > stored}
        waiting.tries = 0 if len(waiting.entries) < before else waiting.tries + 1
        if waiting.tries >= _TRIES:  # those that came meanwhile were not tried yet
            for entry in tried:
                waiting.entries.pop(entry.seq, None)
            waiting.tries = 0
        if not waiting.entries:
            del self._waiting[address]

    def end(self) -> None:
        """Write what waits once more, at once, and no more."""
        self._is_ending = True
        self._noted.set()
        self._hurried.set()

    def leave(self) -> None:
        """Leave what waits to the workflows, and let nobody wait for it any more."""
        self._waiting.clear()
        self._round.set()


@asynccontextmanager
async def writing(read_model: ReadModel) -> AsyncIterator[Writer]:
    """Write for the length of a block; what cannot be written at its end is left to workflows."""
    writer = Writer(read_model)
    task = asyncio.create_task(writer.run())
    try:
        yield writer
    finally:
        writer.end()
        await asyncio.wait({task}, timeout=_LAST_WRITE)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        writer.leave()
