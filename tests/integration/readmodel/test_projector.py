from __future__ import annotations

import asyncio
import sys
from asyncio.subprocess import PIPE
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path

import pytest
from sqlalchemy import delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection
from structlog.testing import capture_logs

from coopflow.application.engine import Address
from coopflow.domain.catalogue import EVENTS
from coopflow.domain.cooperation import UNOPENED, evolve
from coopflow.domain.events import Entry
from coopflow.readmodel import journal
from coopflow.readmodel.database import Database
from coopflow.readmodel.errors import JournalConflictError, JournalGapError
from coopflow.readmodel.journal import journal_row
from coopflow.readmodel.migrate import migrate
from coopflow.readmodel.projector import Projector
from coopflow.readmodel.rows import PARTS, Changes, Trail, cooperation_row
from coopflow.readmodel.tables import AlertRow, JournalRow, MemberRow, SnapshotRow
from tests.integration.readmodel.contents import contents
from tests.integration.readmodel.lives import Collective, Life, example
from tests.integration.readmodel.writer import batches, write_all

MINE = JournalRow.cooperation_id == "demo/bocage-gourmand"


async def apply_all(projector: Projector, life: Life, size: int = 50) -> None:
    address, entries = life
    for batch in batches(entries, size):
        await projector.apply(*address, batch)


@pytest.mark.parametrize("name", ["bocage-gourmand", "cap-jeunes-valdore"])
async def test_rows_are_those_of_the_state_that_the_journal_leads_to(
    name: str, database: Database
) -> None:
    """Rows written change by change equal the rows of the state evolved from nothing."""
    life = await example(name)
    await apply_all(Projector(database), life)

    address, entries = life
    state, changes = UNOPENED, Changes()
    for entry in entries:
        before, state = state, evolve(state, entry)
        changes.note(before, state)
    key = {"cooperation_id": str(address)}
    found = await contents(database)
    assert found["cooperation"] == [key | cooperation_row(state)]
    for part in PARTS:
        name = part.table.__tablename__
        standing = changes.upserts(part) if isinstance(part, Trail) else part.rows(state)
        expected, rows = [key | row for row in standing], found[name]
        assert sorted(rows, key=str) == sorted(expected, key=str), name
        assert rows or name in {"disagreement", "alert"}, name


async def test_the_journal_holds_each_entry_as_it_came(bocage: Life, database: Database) -> None:
    """Number, instant, person, command, type and data of every entry are there, in order."""
    await apply_all(Projector(database), bocage)

    _, entries = bocage
    rows = (await contents(database))["journal"]
    assert [
        (row["seq"], row["at"], row["actor"], row["command_id"], row["type"]) for row in rows
    ] == [(one.seq, one.at, one.by, one.command, one.event.type) for one in entries]
    assert [{"type": row["type"], **row["data"]} for row in rows] == [
        one.event.model_dump(mode="json") for one in entries
    ]


@pytest.mark.parametrize("size", [1, 7, 1000])
async def test_the_size_of_batches_makes_no_difference(
    size: int, bocage: Life, database: Database, new_database: Callable[[], str]
) -> None:
    """One entry at a time, or all at once, lead to the same tables."""
    await apply_all(Projector(database), bocage, size)

    other = Database(new_database())
    await migrate(other)
    await apply_all(Projector(other), bocage)
    assert await contents(database) == await contents(other)
    await other.close()


async def test_batches_that_come_again_change_nothing(bocage: Life, database: Database) -> None:
    """The same batch twice, and batches that overlap, store each entry once."""
    address, entries = bocage
    projector = Projector(database)
    assert await projector.apply(*address, entries[:60]) == 60
    before = await contents(database)

    assert await projector.apply(*address, entries[:60]) == 60
    assert await projector.apply(*address, entries[20:40]) == 60
    assert await contents(database) == before
    assert await projector.apply(*address, entries[30:90]) == 90
    assert await projector.apply(*address, ()) == 90
    assert [row["seq"] for row in (await contents(database))["journal"]] == list(range(1, 91))


async def test_several_writers_at_once_store_each_entry_once(bocage: Life, url: str) -> None:
    """Two processes that give the same entries, in batches of their own, end with one journal."""
    address, entries = bocage
    writers = [Database(url), Database(url)]
    await asyncio.gather(*(migrate(one) for one in writers))

    await asyncio.gather(*(write_all(one, bocage, size) for size in (11, 29) for one in writers))

    found = await contents(writers[0])
    assert [row["seq"] for row in found["journal"]] == [entry.seq for entry in entries]
    before = await Projector(writers[1]).rebuild(*address)
    assert before == len(entries)
    assert await contents(writers[1]) == found
    await asyncio.gather(*(one.close() for one in writers))


async def test_writers_of_first_entries_do_not_wait_for_each_other_in_a_circle(
    bocage: Life, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who found nothing to lock waits while another writes on, and then meets its next entries."""
    address, entries = bocage
    databases = [Database(url), Database(url)]
    await migrate(databases[0])
    slow, quick = (Projector(one) for one in databases)
    at_the_door, inside, written = asyncio.Event(), asyncio.Event(), asyncio.Event()
    store = journal.store

    async def dawdle(
        connection: AsyncConnection, several: Mapping[Address, Sequence[Entry]]
    ) -> None:
        is_slow = len(several[address]) == 29
        if is_slow:
            at_the_door.set()
            await within_a_moment(written)
        await store(connection, several)
        if is_slow:
            inside.set()
            await within_a_moment(asyncio.Event())  # the other one asks for what is locked here

    async def write_on() -> None:
        await at_the_door.wait()
        await quick.apply(*address, entries[:11])
        written.set()
        await inside.wait()
        await quick.apply(*address, entries[11:22])

    monkeypatch.setattr(journal, "store", dawdle)
    async with asyncio.timeout(60):
        _, last = await asyncio.gather(write_on(), slow.apply(*address, entries[:29]))

    assert last == 29
    assert [row["seq"] for row in (await contents(databases[0]))["journal"]] == list(range(1, 30))
    await asyncio.gather(*(one.close() for one in databases))


async def within_a_moment(event: asyncio.Event) -> None:
    with suppress(TimeoutError):
        async with asyncio.timeout(0.5):
            await event.wait()


@pytest.mark.server
async def test_several_processes_at_once_store_each_entry_once(bocage: Life, url: str) -> None:
    """Workers are processes: they migrate the same database and write the same entries at once."""
    sizes = (11, 29)
    writers = [
        await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "tests.integration.readmodel.writer", url, str(size)),
            cwd=Path(__file__).parents[3],
            stdin=PIPE,
            stdout=PIPE,
        )
        for size in sizes
    ]
    async with asyncio.timeout(60):
        for writer in writers:
            assert writer.stdout is not None
            assert await writer.stdout.readline() == b"ready\n"
        said = await asyncio.gather(*(writer.communicate(b"go\n") for writer in writers))
    assert [writer.returncode for writer in writers] == [0, 0], said

    database = Database(url)
    found = await contents(database)
    assert [row["seq"] for row in found["journal"]] == [entry.seq for entry in bocage[1]]
    await Projector(database).rebuild(*bocage[0])
    assert await contents(database) == found
    await database.close()


async def test_a_gap_is_refused(bocage: Life, database: Database) -> None:
    """Entries that come too early are not stored, and the error says which are missing."""
    address, entries = bocage
    projector = Projector(database)
    await projector.apply(*address, entries[:10])

    with pytest.raises(JournalGapError, match="goes on with entry 11, but entry 13 came") as ahead:
        await projector.apply(*address, entries[12:20])
    assert (ahead.value.address, ahead.value.expected, ahead.value.got) == (address, 11, 13)
    with pytest.raises(JournalGapError, match="goes on with entry 12, but entry 14 came"):
        await projector.apply(*address, [entries[10], entries[13]])
    assert len((await contents(database))["journal"]) == 10


async def test_the_first_entry_of_a_journal_is_number_one(bocage: Life, database: Database) -> None:
    """A journal does not begin in the middle."""
    address, entries = bocage
    with pytest.raises(JournalGapError, match="goes on with entry 1, but entry 5 came"):
        await Projector(database).apply(*address, entries[4:8])
    assert not any((await contents(database)).values())


async def test_another_life_under_the_same_name_is_refused(database: Database) -> None:
    """An engine that lost its state must not write its new cooperation over an old journal."""
    old, new = Collective(members=2), Collective(members=1)
    new.do("assign_role", "manager", person="vera", role="evaluator")
    projector = Projector(database)
    await projector.apply(*old.address, old.entries)
    before = await contents(database)

    with pytest.raises(JournalConflictError, match=r"demo/verger tells another life: its entry 7"):
        await projector.apply(*new.address, new.entries)
    assert await contents(database) == before


async def test_entries_of_another_cooperation_are_refused(database: Database) -> None:
    """What belongs to one cooperation is not stored under the name of another."""
    verger = Collective()
    with pytest.raises(ValueError, match="entries of demo/verger, not of demo/jardin"):
        await Projector(database).apply("demo", "jardin", verger.entries)
    assert not any((await contents(database)).values())


async def test_an_entry_that_cannot_be_applied_undoes_its_batch(database: Database) -> None:
    """Journal and rows change together or not at all."""
    verger = Collective()
    projector = Projector(database)
    await projector.apply(*verger.address, verger.entries)
    before = await contents(database)

    good = verger.do("assign_role", "manager", person="vera", role="evaluator")
    ballot = EVENTS["ballot_cast"].model_validate(
        {"decision": "unheard-of", "organisation": "org-1", "choice": "yes"}
    )
    bad = good[-1].but(seq=good[-1].seq + 1, event=ballot)
    with pytest.raises(KeyError, match="unheard-of"):
        await projector.apply(*verger.address, [*good, bad])
    assert await contents(database) == before
    assert await projector.apply(*verger.address, good) == good[-1].seq


async def test_a_restart_goes_on_where_the_rows_are(bocage: Life, database: Database) -> None:
    """A projector that remembers nothing reads its state from the database."""
    address, entries = bocage
    remembering = Projector(database)
    for batch in batches(entries, 25):
        await remembering.apply(*address, batch)
    expected = await contents(database)

    async with database.writing() as connection:
        for table in (
            "journal",
            "snapshot",
            "cooperation",
            *(p.table.__tablename__ for p in PARTS),
        ):
            await connection.exec_driver_sql(f"DELETE FROM {table}")  # noqa: S608
    for batch in batches(entries, 25):
        await Projector(database).apply(*address, batch)
    assert await contents(database) == expected


async def test_a_state_remembered_too_early_is_not_used(bocage: Life, url: str) -> None:
    """A projector notices that another process went on, and takes the state from the database."""
    address, entries = bocage
    one, other = Database(url), Database(url)
    await migrate(one)
    first, second = Projector(one), Projector(other)
    await first.apply(*address, entries[:50])
    await second.apply(*address, entries[:100])
    await first.apply(*address, entries[80:])

    found = await contents(one)
    await second.rebuild(*address)
    assert await contents(one) == found
    await one.close()
    await other.close()


async def test_only_so_many_states_are_remembered(database: Database) -> None:
    """The memory of a projector is bounded; who is forgotten is read again."""
    projector = Projector(database, remembered=1)
    collectives = [Collective(slug=slug) for slug in ("verger", "jardin")]
    for _ in range(2):
        for one in collectives:
            one.do("draft_document", "person-1", kind="shared_vision", content={})
            await projector.apply(*one.address, one.entries)
    versions = [
        (row["cooperation_id"], row["version"]) for row in (await contents(database))["document"]
    ]
    assert versions == [(f"demo/{slug}", n) for slug in ("jardin", "verger") for n in (1, 2)]


async def test_rebuilding_repairs_the_rows(cap_jeunes: Life, database: Database) -> None:
    """Rows that were lost, changed or added by hand are again those that the journal gives."""
    address, _ = cap_jeunes
    projector = Projector(database)
    await apply_all(projector, cap_jeunes)
    before = await contents(database)

    stray = {"cooperation_id": str(address), "code": "x", "about": "y", "severity": "red"}
    async with database.writing() as connection:
        await connection.execute(delete(MemberRow))
        await connection.execute(insert(AlertRow), stray | {"since": cap_jeunes[1][0].at})
    assert await contents(database) != before
    assert await projector.rebuild(*address) == len(cap_jeunes[1])
    assert await contents(database) == before
    assert await projector.rebuild("demo", "unheard-of") == 0


async def test_what_an_earlier_version_wrote_is_written_anew(
    bocage: Life, database: Database
) -> None:
    """A snapshot of another shape is never decoded: apply and refresh go back to the journal."""
    address, entries = bocage
    await apply_all(Projector(database), bocage)
    expected = await contents(database)
    old = update(SnapshotRow).values(shape="of an earlier version", state="{}")

    async with database.writing() as connection:
        await connection.execute(old)
        await connection.execute(delete(MemberRow))
    assert await Projector(database).refresh() == 1
    assert await Projector(database).refresh() == 0
    assert await contents(database) == expected

    async with database.writing() as connection:
        await connection.execute(delete(JournalRow).where(JournalRow.seq > len(entries) - 5))
        await connection.execute(old.values(seq=len(entries) - 5))
    assert await Projector(database).apply(*address, entries[-5:]) == len(entries)
    assert await contents(database) == expected


async def test_rows_stay_where_the_journal_is_broken(
    bocage: Life, cap_jeunes: Life, database: Database
) -> None:
    """A journal with a hole, or without its end, is not taken for a shorter life.

    Of several, the others are written anew all the same, so that a worker starts.
    """
    address, entries = bocage
    for life in (bocage, cap_jeunes):
        await apply_all(Projector(database), life)
    last = JournalRow.seq == len(entries)
    async with database.writing() as connection:
        await connection.execute(delete(JournalRow).where(MINE, JournalRow.seq.in_([9, 10])))
        await connection.execute(update(SnapshotRow).values(shape="of an earlier version"))
    before = await contents(database)
    with pytest.raises(JournalGapError, match="goes on with entry 9, but entry 11 came"):
        await Projector(database).rebuild(*address)
    assert await contents(database) == before
    with capture_logs() as lines:
        assert await Projector(database).refresh() == 2
    assert [(line["cooperation"], line["log_level"]) for line in lines] == [
        (address.cooperation, "warning")
    ]
    assert await Projector(database).refresh() == 1

    async with database.writing() as connection:
        missing = [journal_row(address, one) for one in entries[8:10]]
        await connection.execute(insert(JournalRow), missing)
        await connection.execute(delete(JournalRow).where(MINE, last))
    with pytest.raises(JournalGapError, match=f"goes on with entry {len(entries)}, but"):
        await Projector(database).rebuild(*address)


async def test_secret_choices_are_in_no_row(database: Database) -> None:
    """While a secret ballot is open its row counts the answers and not what they are."""
    verger = Collective()
    verger.do(
        "open_decision",
        "person-1",
        decision="d",
        subject="other",
        question="?",
        rule="simple_majority",
        secret=True,
    )
    verger.do("cast_ballot", "person-1", decision="d", organisation="org-1", choice="no")
    projector = Projector(database)
    await projector.apply(*verger.address, verger.entries)
    row = (await contents(database))["decision"][0]
    assert (row["answers"], row["counts"], row["result"]) == (1, {}, None)

    for number in (2, 3):
        verger.do(
            "cast_ballot",
            f"person-{number}",
            decision="d",
            organisation=f"org-{number}",
            choice="yes",
        )
    await projector.apply(*verger.address, verger.entries)
    row = (await contents(database))["decision"][0]
    assert (row["answers"], row["counts"], row["result"]) == (3, {"no": 1, "yes": 2}, "adopted")


async def test_what_is_read_is_one_moment(bocage: Life, database: Database) -> None:
    """A reader in the middle of its transaction does not see what is written meanwhile."""
    address, entries = bocage
    projector = Projector(database)
    await projector.apply(*address, entries[:50])
    async with database.reading() as connection:
        seen = (await connection.execute(select(SnapshotRow.seq))).scalar_one()
        await projector.apply(*address, entries[50:100])
        again = (await connection.execute(select(SnapshotRow.seq))).scalar_one()
    assert (seen, again) == (50, 50)
