"""Handing out what has happened: to the read model, then to those who must be told.

This is workflow code. Entries and notices wait in two queues, each emptied in order by an activity
that is retried for as long as it takes; nothing leaves a queue before it is acknowledged, and both
go over into the next run. So everything arrives at least once, and no command waits for it.

Entries that whoever gave the command writes into the read model as well may linger: a batch of many
costs a history no more than a batch of one. See docs/decisions/0030-lingering.md.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import takewhile
from typing import Final

from pydantic_core import to_json
from temporalio import workflow
from temporalio.common import RetryPolicy
from temporalio.exceptions import ActivityError

from coopflow.application.engine import Address
from coopflow.application.notices import Notice, notices_of
from coopflow.domain.erasure import PersonErased
from coopflow.domain.events import Entry
from coopflow.temporal import names
from coopflow.temporal.messages import Carried, Message, NoticeBatch, ProjectBatch

MAX_BATCH: Final = 100
"""The most entries, or notices, in one batch."""

MAX_BATCH_BYTES: Final = 1_000_000
"""The largest batch of several entries: Temporal takes two megabytes in one payload."""

LINGER: Final = timedelta(seconds=10)
"""How long entries may wait for others to come, when somebody else writes them meanwhile."""

_LIKELY: Final = 2 * LINGER
"""How long after a batch it is likely that one command will be followed by others."""

_ROOM: Final = 100_000
"""Bytes of entries that may linger: their cooperation has room for some of them only."""

_TIMEOUT: Final = timedelta(seconds=10)
_RETRIES: Final = RetryPolicy(
    initial_interval=timedelta(milliseconds=500),
    backoff_coefficient=2,
    # What is away for long is back for everybody within this time, and tried no more often than
    # a machine can bear when a thousand cooperations wait.
    maximum_interval=timedelta(seconds=15),
)
_AFTER_GIVING_UP: Final = timedelta(minutes=1)
_LAST_BATCH: Final = timedelta(seconds=10)


def first_entries(outbox: Sequence[Entry]) -> tuple[Entry, ...]:
    """Return the entries to hand out next: at least one, if there is any."""
    batch: list[Entry] = []
    size = 0
    for entry in outbox[:MAX_BATCH]:
        size += len(to_json(entry))
        if batch and size > MAX_BATCH_BYTES:
            break
        batch.append(entry)
    return tuple(batch)


def first_notices(waiting: Sequence[Notice]) -> tuple[Notice, ...]:
    """Return the notices to deliver next: the first, and those of its kind right behind it."""
    ahead = waiting[:MAX_BATCH]
    return tuple(takewhile(lambda notice: notice.kind == ahead[0].kind, ahead))


def _erases(entry: Entry) -> bool:
    return isinstance(entry.event, PersonErased)


class Delivery:
    """What one cooperation has still to hand out.

    Attributes:
        entries: those that the read model has not acknowledged, in order.
        notices: those that have not been delivered, in order.
        definitions: those that the read model has not been told of; they go with the next entries.
        bytes: how large the entries are, all together.
        is_lingering: whether all that waits may do so for a while.
        projected_seq: the number of the last entry that the read model acknowledged.
        imported_to: entries up to this number are an imported past; of it nobody is notified.
        has_forgotten: whether the read model has forgotten a person whom this run still knew.
    """

    def __init__(self, address: Address, carried: Carried) -> None:
        """Take up what the run before left."""
        self.entries: list[Entry] = []
        self.bytes = 0
        self._sizes: list[int] = []
        self.is_lingering = False
        self._urgent_to = 0
        self._projected_at: datetime | None = None
        self.notices = list(carried.notices)
        self.definitions = list(carried.unregistered)
        self.projected_seq = carried.projected_seq
        self.imported_to = carried.imported_to
        self.has_forgotten = False
        self._address = address
        self._under_way = 0
        self._winding_up = False
        self.add(carried.outbox)

    @property
    def is_done(self) -> bool:
        """Whether everything has been handed out."""
        return not (self.entries or self.notices or self._under_way)

    @property
    def is_forgetting(self) -> bool:
        """Whether this run names a person who was erased, be it that others still have to know."""
        return self.has_forgotten or any(map(_erases, self.entries))

    @property
    def waiting_since(self) -> datetime | None:
        """The instant of the oldest entry that waits; None when only an imported past does."""
        return next((entry.at for entry in self.entries if entry.seq > self.imported_to), None)

    def add(self, entries: Sequence[Entry], *, may_linger: bool = False) -> None:
        """Add entries behind those that wait.

        Args:
            entries: what has happened.
            may_linger: whether somebody else writes them, so that they can wait for others.
        """
        self.entries += entries
        sizes = [len(to_json(entry)) for entry in entries]
        self._sizes += sizes
        self.bytes += sum(sizes)
        # What was adopted is registered before it is written of.
        if not may_linger or self.definitions or any(map(_erases, entries)):
            self.hurry()

    def hurry(self) -> None:
        """Let nothing linger that waits now."""
        if self.entries:
            self._urgent_to = self.entries[-1].seq

    async def run(self) -> None:
        """Hand out whatever is added, until cancelled."""
        await asyncio.gather(self._project(), self._notify())

    async def wind_up(self) -> None:
        """Begin no new batch, and wait a while for those under way."""
        self._winding_up = True
        with contextlib.suppress(TimeoutError):
            await workflow.wait_condition(
                lambda: not self._under_way, timeout=_LAST_BATCH, timeout_summary="winding up"
            )

    async def _project(self) -> None:
        while True:
            await workflow.wait_condition(lambda: bool(self.entries) and not self._winding_up)
            # Workers of before it knew nothing of lingering: what they carried on is replayed so.
            if self._may_linger() and workflow.patched(names.LINGERING):
                await self._linger()
                if self._winding_up:
                    continue
            batch = first_entries(self.entries)
            told = tuple(self.definitions)
            message = ProjectBatch(
                **self._address._asdict(),
                entries=batch,
                definitions=told,
                waiting=len(self.entries),
                since=self.waiting_since,
                imported_to=self.imported_to,
            )
            if await self._deliver(names.PROJECT, message, f"{batch[0].seq} to {batch[-1].seq}"):
                del self.entries[: len(batch)]
                self.bytes -= sum(self._sizes[: len(batch)])
                del self._sizes[: len(batch)]
                del self.definitions[: len(told)]
                self.projected_seq = batch[-1].seq
                self._projected_at = workflow.now()
                self.has_forgotten |= any(map(_erases, batch))
                for entry in batch:
                    if entry.seq > self.imported_to:
                        self.notices += notices_of(self._address.cooperation, entry)

    async def _linger(self) -> None:
        self.is_lingering = True
        with contextlib.suppress(TimeoutError):
            await workflow.wait_condition(
                lambda: self._is_urgent() or self._winding_up,
                timeout=LINGER,
                timeout_summary="for more to hand out",
            )
        self.is_lingering = False

    def _may_linger(self) -> bool:
        """Whether others are likely to come: to wait for one alone costs more than it saves."""
        last = self._projected_at
        return not self._is_urgent() and last is not None and workflow.now() < last + _LIKELY

    def _is_urgent(self) -> bool:
        return (
            self._urgent_to > self.projected_seq
            or len(self.entries) >= MAX_BATCH
            or self.bytes >= _ROOM
        )

    async def _notify(self) -> None:
        while True:
            await workflow.wait_condition(lambda: bool(self.notices) and not self._winding_up)
            batch = first_notices(self.notices)
            message = NoticeBatch(programme=self._address.programme, notices=batch)
            if await self._deliver(names.NOTICES[batch[0].kind], message, batch[0].about):
                del self.notices[: len(batch)]

    async def _deliver(self, activity: str, batch: Message, summary: str) -> bool:
        """Run an activity until it has taken a batch; it may get the same batch again."""
        self._under_way += 1
        try:
            await workflow.execute_activity(
                activity,
                batch,
                start_to_close_timeout=_TIMEOUT,
                retry_policy=_RETRIES,
                summary=summary,
            )
        except ActivityError:
            if self._winding_up:
                raise  # cancelled; the next run hands the batch out again
            # Retries have no end, so somebody ended this one by hand.
            await workflow.sleep(_AFTER_GIVING_UP, summary="after a delivery was ended by hand")
            return False
        finally:
            self._under_way -= 1
        return True
