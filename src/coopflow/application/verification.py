"""Comparing the read model with what it follows from, and restoring it from there.

Its tables follow from the journal, the journal from the workflows. Whoever looks takes one after
the other while life goes on, so what the read model has not been told yet is no fault.
"""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from itertools import takewhile
from typing import Final, Literal, Protocol

from coopflow.application.engine import Address
from coopflow.domain.base import Instant, Shape
from coopflow.domain.chain import GENESIS, digest_of
from coopflow.domain.cooperation import follow
from coopflow.domain.events import Entry
from coopflow.domain.rulebook import Definition
from coopflow.domain.shedding import NOTHING, SHEDDABLE, shed
from coopflow.domain.state import Cooperation

Kind = Literal[
    "another_life",
    "chain_broken",
    "cooperation_missing",
    "definition_missing",
    "entries_ahead",
    "entries_missing",
    "entry_differs",
    "entry_unreadable",
    "row_differs",
    "row_missing",
    "row_superfluous",
    "rows_unreadable",
    "state_differs",
    "tail_missing",
    "workflow_missing",
]

_UNTOUCHED: Final = frozenset({"another_life", "entries_ahead"})
"""What nothing is restored over: the journal may be the one to be believed."""


class Finding(Shape):
    """One thing that is not as it should be. It quotes no content, which may be sealed.

    Attributes:
        kind: what is wrong.
        table: the table that it is about.
        row: the key of a row in it, without the cooperation.
        parts: the columns of the row, or the parts of the state, that differ.
        first: the number of the entry that it is about, or of the first one.
        last: the number of the last one.
    """

    kind: Kind
    table: str | None = None
    row: str | None = None
    parts: tuple[str, ...] = ()
    first: int | None = None
    last: int | None = None


class Report(Shape):
    """What was found about one cooperation.

    Attributes:
        programme: its programme.
        cooperation: its id.
        seq: the number of the last entry in the journal before which nothing is missing.
        head: that of the last entry of its workflow; None when that was not asked, or is gone.
        is_gone: its workflow was asked, and Temporal no longer has it.
        findings: what is wrong, or was left when it was restored.
        mended: what was wrong and is no longer.
    """

    programme: str
    cooperation: str
    seq: int
    head: int | None = None
    is_gone: bool = False
    findings: tuple[Finding, ...] = ()
    mended: tuple[Finding, ...] = ()

    @property
    def waiting(self) -> int:
        """How many entries the read model has still to be told."""
        return max((self.head or 0) - self.seq, 0)


@dataclass(frozen=True)
class Kept:
    """What the read model holds of a cooperation.

    Attributes:
        seq: the number of the last entry before which nothing is missing.
        end: that of the last entry.
        state: what the entries up to ``seq`` come to.
        last: the entry of that number; None when there is none.
        findings: where the tables do not follow from the journal.
    """

    seq: int
    end: int
    state: Cooperation
    last: Entry | None
    findings: tuple[Finding, ...]


@dataclass(frozen=True)
class Living:
    """What the workflow of a cooperation holds.

    Attributes:
        state: the cooperation as it is.
        waiting: the entries that the read model has not acknowledged, in order.
        projected_seq: the number of the last one that it has.
        definitions: what the cooperation follows or was offered.
        head: the digest of the last entry; ``GENESIS`` where digests are not kept yet.
    """

    state: Cooperation
    waiting: tuple[Entry, ...]
    projected_seq: int
    definitions: tuple[Definition, ...]
    head: str = GENESIS


class Tables(Protocol):
    """The read model, as far as it is compared and restored."""

    async def count(self) -> int:
        """Return about how many cooperations there are."""
        ...

    def addresses(self) -> AsyncIterator[Address]:
        """Yield all cooperations that any table has something of, in order."""
        ...

    async def knows(self, address: Address) -> bool:
        """Return whether any table has something of a cooperation."""
        ...

    async def examine(self, address: Address) -> Kept:
        """Compare all rows of a cooperation with what its journal comes to, at one moment."""
        ...

    async def entries(self, address: Address, first: int, last: int) -> tuple[Entry, ...]:
        """Return the entries from one number to another that are there, up to a faulty one."""
        ...

    async def differing(self, address: Address, entries: Sequence[Entry]) -> tuple[int, ...]:
        """Return the numbers of those entries of which the journal tells another story."""
        ...

    async def unknown(self, definitions: Sequence[Definition]) -> tuple[str, ...]:
        """Return the names of the lifecycles and policies that are not registered as they are."""
        ...

    async def restore(self, address: Address, entries: Sequence[Entry]) -> None:
        """Make the journal hold these entries, whatever it holds under their numbers."""
        ...

    async def rewrite(self, address: Address, definitions: Sequence[Definition]) -> int:
        """Write all rows anew from the journal, and register what is not registered as it is.

        Returns:
            The number of the last entry.

        Raises:
            BrokenJournalError: an entry is missing or cannot be read; nothing was written.
        """
        ...


class Workflows(Protocol):
    """The workflows, as far as the read model follows from them."""

    def addresses(self) -> AsyncIterator[Address]:
        """Yield the cooperations that have a workflow, some perhaps twice."""
        ...

    async def living(self, address: Address) -> Living | None:
        """Return what the workflow of a cooperation holds; None when there is none."""
        ...

    def told(self, address: Address) -> AsyncIterator[tuple[Entry, ...]]:
        """Yield what the read model was told, as far as it is still on record, oldest first."""
        ...


class Lag(Shape):
    """How far the read model is behind cooperations that live, and how much room they have left.

    Attributes:
        looked_at: how many cooperations were asked.
        behind: how many of them have entries that wait.
        entries: how many entries wait.
        since: the instant of the oldest of them; None when none waits, or only imported pasts do.
        oldest: the cooperation that this one is of.
        taken: of the room that a cooperation has for its state and what waits, the share that the
            fullest one has taken, in percent; at 100 it refuses commands.
        fullest: which one that is.
    """

    looked_at: int = 0
    behind: int = 0
    entries: int = 0
    since: Instant | None = None
    oldest: str | None = None
    taken: int = 0
    fullest: str | None = None


class BrokenJournalError(Exception):
    """A journal does not tell what happened: an entry is missing or cannot be read."""


class Verifier:
    """Compares the read model with what it follows from, cooperation by cooperation."""

    def __init__(self, tables: Tables, workflows: Workflows | None) -> None:
        """Compare these.

        Args:
            tables: the read model.
            workflows: what is behind it; None to compare the tables with the journal alone.
        """
        self._tables = tables
        self._workflows = workflows

    async def count(self) -> int:
        """Return about how many cooperations there are."""
        return await self._tables.count()

    async def addresses(self, programme: str | None = None) -> AsyncIterator[Address]:
        """Yield all cooperations that the read model or a workflow knows, of one programme or all.

        Each once, and none is remembered but those that the read model does not know.
        """
        async for address in self._tables.addresses():
            if programme in {None, address.programme}:
                yield address
        if self._workflows is None:
            return
        seen: set[Address] = set()
        async for address in self._workflows.addresses():
            if programme not in {None, address.programme} or address in seen:
                continue
            if not await self._tables.knows(address):
                seen.add(address)
                yield address

    async def verify(self, address: Address) -> Report | None:
        """Compare one cooperation; None when nobody knows it.

        Raises:
            UnavailableError: the database or the engine does not answer.
        """
        kept = await self._tables.examine(address)
        report = Report(**address._asdict(), seq=kept.seq, findings=kept.findings)
        if self._workflows is None:
            return report if kept.end or kept.findings else None
        living = await self._workflows.living(address)
        if living is None and not kept.end and not kept.findings:
            return None
        if living is None:
            closed = kept.state.status == "closed" or kept.seq < kept.end
            lost = () if closed else (Finding(kind="workflow_missing"),)
            return report.but(is_gone=True, findings=kept.findings + lost)
        found = [*kept.findings, *await self._compared(address, kept, living)]
        if kept.end:
            found += [
                Finding(kind="definition_missing", table="definition", row=name)
                for name in await self._tables.unknown(living.definitions)
            ]
        return report.but(head=living.state.seq, findings=tuple(dict.fromkeys(found)))

    async def rebuild(self, address: Address, *, always: bool) -> Report | None:
        """Restore one cooperation: the journal from its workflow, all other rows from the journal.

        It may be broken off and done again, and workers may write meanwhile.

        Args:
            address: which.
            always: also when nothing is found to be wrong.

        Returns:
            What was mended, and what is left; None when nobody knows it.

        Raises:
            UnavailableError: the database or the engine does not answer.
        """
        before = await self.verify(address)
        if before is None or not (before.findings or always):
            return before
        if any(one.kind in _UNTOUCHED for one in before.findings):
            return before
        definitions: tuple[Definition, ...] = ()
        if self._workflows is not None:
            living = await self._workflows.living(address)
            definitions = living.definitions if living else ()
            async for entries in self._workflows.told(address):
                await self._tables.restore(address, entries)
        with contextlib.suppress(BrokenJournalError):  # what is missing is found below
            await self._tables.rewrite(address, definitions)
        after = await self.verify(address)
        if after is None:
            return None
        mended = tuple(one for one in before.findings if one not in after.findings)
        return after.but(mended=mended)

    async def _compared(self, address: Address, kept: Kept, living: Living) -> list[Finding]:
        """Compare the journal with the workflow, which was asked after the journal was read."""
        assert self._workflows is not None
        found: list[Finding] = []
        async for entries in self._workflows.told(address):
            for seq in await self._tables.differing(address, entries):
                if seq == 1:
                    return [*found, Finding(kind="another_life", first=seq)]
                found.append(Finding(kind="entry_differs", first=seq))
        if kept.end > living.state.seq:
            first = living.state.seq + 1
            return [*found, Finding(kind="entries_ahead", first=first, last=kept.end)]
        if kept.seq < kept.end:
            return found  # it is broken, and that is a finding already
        if not kept.end and living.projected_seq:
            return [*found, Finding(kind="cooperation_missing", first=1, last=living.projected_seq)]
        # What was projected between the two looks is there by now, or it is lost.
        later = await self._tables.entries(address, kept.seq + 1, living.projected_seq)
        seq = kept.seq + len(later)
        if seq < living.projected_seq:
            return [
                *found,
                Finding(kind="tail_missing", first=seq + 1, last=living.projected_seq),
            ]
        rest = (*later, *(entry for entry in living.waiting if entry.seq > seq))
        parts = differing_parts(follow(kept.state, rest), living.state)
        if parts:
            found.append(Finding(kind="state_differs", parts=parts))
        chain = [entry for entry in (kept.last, *rest) if entry is not None]
        found += [
            Finding(kind="chain_broken", first=one.seq)
            for one, head in zip(
                chain, [*(two.previous for two in chain[1:]), living.head], strict=True
            )
            if not is_linked(one, head)
        ]
        return found


def differing_parts(one: Cooperation, other: Cooperation) -> tuple[str, ...]:
    """Return the parts in which two states of a cooperation differ that should be the same.

    The one place that says what is the same: a workflow may have let go of what no rule reads.
    """
    parts = _differing(one, other)
    lean = _differing(shed(one, NOTHING), shed(other, NOTHING)) if parts else ()
    return tuple(part for part in parts if part in lean or part not in SHEDDABLE)


def _differing(one: Cooperation, other: Cooperation) -> tuple[str, ...]:
    return tuple(
        name for name in Cooperation.model_fields if getattr(one, name) != getattr(other, name)
    )


def is_linked(entry: Entry, head: str | None) -> bool:
    """Return whether an entry has a digest, where what follows it knows one."""
    if head in {None, GENESIS}:
        return True
    try:
        return digest_of(entry) == head
    except (LookupError, TypeError, ValueError):  # it was changed by hand
        return False


def consecutive(entries: Sequence[Entry], first: int) -> tuple[Entry, ...]:
    """Return the entries from a number on, up to where one is missing."""
    numbered = enumerate(entries, first)
    return tuple(entry for seq, entry in takewhile(lambda one: one[1].seq == one[0], numbered))
