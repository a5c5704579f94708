from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field, replace
from typing import Any

import pytest
from sqlalchemy import Delete, Insert, Update, delete, insert, text, update

from coopflow.application.engine import Address
from coopflow.application.verification import Finding, Kept, Living, Report, Verifier
from coopflow.definitions.library import load_definition
from coopflow.domain.chain import GENESIS, digest_of, linked
from coopflow.domain.cooperation import UNOPENED, follow
from coopflow.domain.events import Entry
from coopflow.domain.rulebook import Definition
from coopflow.readmodel.database import Database
from coopflow.readmodel.errors import JournalGapError
from coopflow.readmodel.journal import journal_row
from coopflow.readmodel.projector import Projector
from coopflow.readmodel.rows import PARTS
from coopflow.readmodel.tables import (
    AlertRow,
    Base,
    CooperationRow,
    DefinitionRow,
    DocumentRow,
    JournalRow,
    MemberRow,
    SnapshotRow,
)
from coopflow.readmodel.verification import Examination
from tests.integration.readmodel.contents import contents
from tests.integration.readmodel.lives import Collective, Life, example

Change = Insert | Update | Delete


@dataclass
class Memory:
    """What workflows hold, in memory: one cooperation, handed out up to an entry."""

    address: Address
    entries: tuple[Entry, ...]
    projected: int
    definitions: tuple[Definition, ...] = ()
    forgotten: int = 0
    is_gone: bool = False
    also: list[Address] = field(default_factory=list)

    async def addresses(self) -> AsyncIterator[Address]:
        """Yield it twice, as a closed one from which somebody was erased."""
        for address in (self.address, self.address, *self.also):
            yield address

    async def living(self, address: Address) -> Living | None:
        """Return what it holds, unless it is gone."""
        if self.is_gone or address != self.address:
            return None
        return Living(
            state=follow(UNOPENED, self.entries),
            waiting=self.entries[self.projected :],
            projected_seq=self.projected,
            definitions=self.definitions,
            head=digest_of(self.entries[-1]),
        )

    async def told(self, address: Address) -> AsyncIterator[tuple[Entry, ...]]:
        """Yield what it has handed out and histories still have."""
        if address == self.address:
            # Batches come again and overlap, as in histories.
            for first in range(self.forgotten, self.projected, 20):
                yield self.entries[first : min(first + 30, self.projected)]


@pytest.fixture
async def life() -> Life:
    address, entries = await example("bocage-gourmand")
    return address, linked(entries, GENESIS, "pepper")


@pytest.fixture
async def workflows(life: Life, database: Database) -> Memory:
    """A workflow that has told the read model everything."""
    definition = load_definition("impact-collectif", "reference")
    await Projector(database).apply(*life[0], life[1], (definition,))
    return Memory(*life, projected=len(life[1]), definitions=(definition,))


@pytest.fixture
def verifier(database: Database, workflows: Memory) -> Verifier:
    return Verifier(Examination(database), workflows)


async def do(database: Database, *changes: Change) -> None:
    async with database.writing() as connection:
        for change in changes:
            await connection.execute(change)


async def found(verifier: Verifier, address: Address) -> Report:
    report = await verifier.verify(address)
    assert report is not None
    return report


async def mended(verifier: Verifier, address: Address) -> Report:
    report = await verifier.rebuild(address, always=False)
    assert report is not None
    return report


async def test_what_is_sound_has_no_findings(
    verifier: Verifier, life: Life, database: Database
) -> None:
    """A read model that was written by projecting is found sound, and left as it is."""
    address, entries = life
    before = await contents(database)
    assert await found(verifier, address) == Report(
        **address._asdict(), seq=len(entries), head=len(entries)
    )
    assert await mended(verifier, address) == await found(verifier, address)
    again = await verifier.rebuild(address, always=True)
    assert again == await found(verifier, address)
    assert await contents(database) == before
    assert [one async for one in verifier.addresses()] == [address]
    assert [one async for one in verifier.addresses("another")] == []
    assert await verifier.count() == 1
    assert await verifier.verify(Address("demo", "unheard-of")) is None
    assert await verifier.rebuild(Address("demo", "unheard-of"), always=True) is None


def row(kind: str, table: str, key: str | None = None, *parts: str) -> list[Finding]:
    return [Finding.model_validate({"kind": kind, "table": table, "row": key, "parts": parts})]


def entry(kind: str, first: int, last: int | None = None) -> list[Finding]:
    return [Finding.model_validate({"kind": kind, "first": first, "last": last})]


LENGTH = 259
MEMBER = "paniers-ysoline"

DAMAGES: dict[str, tuple[Callable[[Life], list[Change]], list[Finding]]] = {
    "a changed row": (
        lambda _: [update(MemberRow).where(MemberRow.id == MEMBER).values(name="X", category="y")],
        row("row_differs", "member", MEMBER, "name", "category"),
    ),
    "a changed part of a row": (
        lambda _: [update(CooperationRow).values(levels={"agenda": 0}, seq=3)],
        row("row_differs", "cooperation", "", "levels", "seq"),
    ),
    "a missing row": (
        lambda _: [delete(DocumentRow).where(DocumentRow.kind == "charter")],
        row("row_missing", "document", "charter 1"),
    ),
    "no row of the cooperation": (
        lambda _: [delete(CooperationRow)],
        row("row_missing", "cooperation", ""),
    ),
    "a superfluous row": (
        lambda life: [
            insert(AlertRow).values(
                cooperation_id=str(life[0]),
                code="no_mandate",
                about="x",
                severity="red",
                since=life[1][0].at,
            )
        ],
        row("row_superfluous", "alert", "no_mandate x"),
    ),
    "a row that is no JSON": (
        lambda _: [text("UPDATE meeting SET attendees = '{' WHERE id <> ''")],  # type: ignore[list-item]
        row("rows_unreadable", "meeting"),
    ),
    "no snapshot": (lambda _: [delete(SnapshotRow)], row("row_missing", "snapshot")),
    "a snapshot that is nothing": (
        lambda _: [update(SnapshotRow).values(state="{")],
        row("rows_unreadable", "snapshot"),
    ),
    "a snapshot of another number": (
        lambda _: [update(SnapshotRow).values(seq=9_999)],
        row("row_differs", "snapshot", None, "seq"),
    ),
    "a gap": (
        lambda _: [delete(JournalRow).where(JournalRow.seq.in_([7, 8, 9]))],
        entry("entries_missing", 7, 9),
    ),
    "two gaps": (
        lambda _: [delete(JournalRow).where(JournalRow.seq.in_([1, 30]))],
        [*entry("entries_missing", 1, 1), *entry("entries_missing", 30, 30)],
    ),
    "an entry before the first": (
        lambda life: [insert(JournalRow).values(**journal_row(life[0], life[1][0].but(seq=0)))],
        row("row_superfluous", "journal", "0"),
    ),
    "a changed person": (
        lambda _: [update(JournalRow).where(JournalRow.seq == 12).values(actor="mallory")],
        [
            *entry("chain_broken", 12),
            *row("row_differs", "snapshot", None, "people"),
            *entry("entry_differs", 12),
            Finding(kind="state_differs", parts=("people",)),
        ],
    ),
    "a changed person at the end": (
        lambda life: [
            update(JournalRow).where(JournalRow.seq == len(life[1])).values(command_id="another")
        ],
        [*entry("entry_differs", LENGTH), *entry("chain_broken", LENGTH)],
    ),
    "an entry that is no JSON": (
        lambda _: [text("UPDATE journal SET data = '{' WHERE seq = 12")],  # type: ignore[list-item]
        [*entry("entry_unreadable", 12), *entry("entry_differs", 12)],
    ),
    "an entry of no kind": (
        lambda _: [update(JournalRow).where(JournalRow.seq == 12).values(type="unheard_of")],
        [*entry("entry_unreadable", 12), *entry("entry_differs", 12)],
    ),
    "no definitions": (
        lambda _: [delete(DefinitionRow)],
        [
            *row("definition_missing", "definition", "impact-collectif@1"),
            *row("definition_missing", "definition", "reference@1"),
        ],
    ),
    "a changed definition": (
        lambda _: [
            update(DefinitionRow).where(DefinitionRow.kind == "policy").values(content={"a": 1})
        ],
        row("definition_missing", "definition", "reference@1"),
    ),
}


@pytest.mark.parametrize("damage", DAMAGES)
async def test_damage_is_named_and_mended(
    damage: str, verifier: Verifier, life: Life, database: Database
) -> None:
    """Each kind of damage is found, named, and mended so that everything is as it was."""
    if damage.endswith("no JSON") and "postgresql" in database.url:
        pytest.skip("PostgreSQL refuses it itself")
    changes, expected = DAMAGES[damage]
    before = await contents(database)
    await do(database, *changes(life))
    assert await contents_or_none(database) != before

    assert list((await found(verifier, life[0])).findings) == expected
    report = await mended(verifier, life[0])
    assert (report.findings, list(report.mended)) == ((), expected)
    assert await contents(database) == before
    assert await Projector(database).apply(*life[0], life[1][-5:]) == len(life[1])


async def contents_or_none(database: Database) -> dict[str, list[dict[str, Any]]] | None:
    try:
        return await contents(database)
    except ValueError:  # a row cannot be read
        return None


def everything() -> list[Change]:
    parts = [part.table for part in PARTS]
    tables: list[type[Base]] = [JournalRow, SnapshotRow, CooperationRow, DefinitionRow, *parts]
    return [delete(table) for table in tables]


async def restored(database: Database, life: Life, upto: int) -> None:
    """Let the database be as it was after some entries, as after restoring its backup."""
    await do(database, *everything())
    await Projector(database).apply(*life[0], life[1][:upto])


async def test_a_restored_backup_is_brought_up_to_date(
    verifier: Verifier, workflows: Memory, life: Life, database: Database
) -> None:
    """What was projected after the backup comes back from the histories, once and in order."""
    address, entries = life
    before = await contents(database)
    await restored(database, life, 60)
    workflows.forgotten = 40  # histories of yore are gone
    with pytest.raises(JournalGapError):
        await Projector(database).apply(*address, entries[-2:])

    lost = entry("tail_missing", 61, len(entries))
    definitions = row("definition_missing", "definition", "impact-collectif@1")
    definitions += row("definition_missing", "definition", "reference@1")
    report = await found(verifier, address)
    assert (report.seq, report.head) == (60, len(entries))
    assert list(report.findings) == [*lost, *definitions]
    report = await mended(verifier, address)
    assert (report.seq, report.findings) == (len(entries), ())
    assert await contents(database) == before
    assert await Projector(database).apply(*address, entries[-2:]) == len(entries)


async def test_an_empty_database_is_filled_from_histories(
    verifier: Verifier, workflows: Memory, life: Life, database: Database
) -> None:
    """A cooperation that the database knows nothing of is found by its workflow, once."""
    address, entries = life
    before = await contents(database)
    await do(database, *everything())
    workflows.also = [Address("another", "programme")]
    assert [one async for one in verifier.addresses(address.programme)] == [address]
    missing = entry("cooperation_missing", 1, len(entries))
    assert list((await found(verifier, address)).findings) == missing
    report = await mended(verifier, address)
    assert list(report.mended) == missing
    assert await contents(database) == before


async def test_what_nobody_remembers_is_left(
    verifier: Verifier, workflows: Memory, life: Life, database: Database
) -> None:
    """Entries that no history holds any more stay missing, and the rows as they are."""
    workflows.forgotten = 50
    await do(database, delete(JournalRow).where(JournalRow.seq.between(49, 52)))
    before = await contents(database)
    report = await mended(verifier, life[0])
    assert list(report.findings) == entry("entries_missing", 49, 50)
    assert list(report.mended) == entry("entries_missing", 49, 52)
    after = await contents(database)
    assert {name: rows for name, rows in after.items() if name != "journal"} == {
        name: rows for name, rows in before.items() if name != "journal"
    }


async def test_a_tail_that_only_the_rows_remember_is_missed(
    life: Life, database: Database, workflows: Memory
) -> None:
    """Without any workflow the snapshot tells that the journal has lost its end; rows stay."""
    assert workflows.projected == len(life[1])
    await do(database, delete(JournalRow).where(JournalRow.seq > 50))
    before = await contents(database)
    alone = Verifier(Examination(database), None)
    lost = entry("tail_missing", 51, len(life[1]))
    assert list((await found(alone, life[0])).findings) == lost
    assert list((await mended(alone, life[0])).findings) == lost
    assert await contents(database) == before
    assert [one async for one in alone.addresses()] == [life[0]]
    assert await alone.verify(Address("demo", "unheard-of")) is None


async def test_what_waits_is_no_fault(
    verifier: Verifier, workflows: Memory, life: Life, database: Database
) -> None:
    """Entries that the read model was not told yet are counted, also those told meanwhile."""
    address, entries = life
    await restored(database, life, 60)
    workflows.definitions = ()
    workflows.projected = 60
    report = await found(verifier, address)
    assert (report.findings, report.seq, report.waiting) == ((), 60, len(entries) - 60)

    class Late(Examination):
        async def examine(self, address: Address) -> Kept:
            kept = await super().examine(address)
            await Projector(database).apply(*address, entries[60:80])
            workflows.projected = 80
            return kept

    report = await found(Verifier(Late(database), workflows), address)
    assert (report.findings, report.head) == ((), len(entries))
    await do(database, *everything())
    workflows.projected = 0
    report = await found(verifier, address)
    assert (report.findings, report.seq, report.waiting) == ((), 0, len(entries))


async def test_a_workflow_that_is_gone_is_missed_until_the_end(
    verifier: Verifier, workflows: Memory, life: Life, database: Database
) -> None:
    """Temporal forgets closed cooperations; one that lives must have a workflow."""
    workflows.is_gone = True
    report = await found(verifier, life[0])
    assert [one.kind for one in report.findings] == ["workflow_missing"]

    closed = Collective(members=3)
    closed.do("open_decision", "person-1", decision="end", subject="closing", question="Close?")
    ballots = dict.fromkeys(("org-1", "org-2", "org-3"), "yes")
    closed.do("record_session_vote", "faiza", decision="end", ballots=ballots)
    closed.do("close_cooperation", "faiza", report="Done")
    await Projector(database).apply(*closed.address, closed.entries)
    report = await found(verifier, closed.address)
    assert (report.findings, report.is_gone) == ((), True)


async def test_nothing_is_restored_over_another_life(
    verifier: Verifier, workflows: Memory, life: Life, database: Database
) -> None:
    """When a journal and a workflow of one name have nothing in common, neither is believed."""
    before = await contents(database)
    workflows.entries = life[1][:70]
    workflows.projected = 70
    report = await verifier.rebuild(life[0], always=True)
    assert report is not None
    assert list(report.findings) == entry("entries_ahead", 71, len(life[1]))
    workflows.entries = (life[1][0].but(by="somebody"), *life[1][1:])
    workflows.projected = len(life[1])
    report = await verifier.rebuild(life[0], always=True)
    assert report is not None
    assert report.findings[0] == Finding(kind="another_life", first=1)
    assert await contents(database) == before


async def test_who_was_erased_does_not_come_back(database: Database) -> None:
    """An erasure leaves everything sound, and histories that know the person restore no name."""
    verger = Collective(members=3)
    verger.do("draft_document", "person-1", kind="shared_vision", content={})
    verger.do("erase_person", "manager", person="person-1")
    verger.do("draft_document", "person-2", kind="shared_vision", content={})
    entries = linked(verger.entries, GENESIS, "pepper")
    await Projector(database).apply(*verger.address, entries)
    before = await contents(database)
    assert "person-1" not in str(before)
    verifier = Verifier(Examination(database), Memory(verger.address, entries, len(entries)))
    assert (await found(verifier, verger.address)).findings == ()

    await do(database, *everything())
    assert (await mended(verifier, verger.address)).findings == ()
    assert await contents(database) == before
    await do(database, delete(JournalRow).where(JournalRow.seq.in_([4, 7])))
    assert (await mended(verifier, verger.address)).findings == ()
    assert await contents(database) == before


async def test_another_state_is_named_by_its_parts(
    workflows: Memory, life: Life, database: Database
) -> None:
    """A workflow whose state is not what the journal comes to is named with what differs."""

    class Odd(Memory):
        async def living(self, address: Address) -> Living | None:
            found = await super().living(address)
            assert found is not None
            return replace(found, state=found.state.but(title="Another", status="paused"))

    odd = Odd(life[0], workflows.entries, workflows.projected)
    report = await found(Verifier(Examination(database), odd), life[0])
    assert report.findings == (Finding(kind="state_differs", parts=("title", "status")),)


async def test_workers_may_write_while_it_is_rebuilt(
    verifier: Verifier, life: Life, database: Database
) -> None:
    """Rebuilding and projecting at once leave each entry once and all rows right."""
    address, entries = life
    before = await contents(database)
    await restored(database, life, 40)

    async def work() -> None:
        for first in range(40, len(entries), 10):
            await Projector(database).apply(*address, entries[first : first + 10])

    await asyncio.gather(work(), *(verifier.rebuild(address, always=True) for _ in range(2)))
    await mended(verifier, address)
    assert (await found(verifier, address)).findings == ()
    assert await contents(database) == before
