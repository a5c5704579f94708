from __future__ import annotations

import asyncio
import hashlib
import json
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, MetaData, insert, inspect, select, text, update
from sqlalchemy.dialects import registry
from sqlalchemy.schema import CreateTable

import coopflow.access.tables
import coopflow.directory.tables
import coopflow.outgoing.mail.tables
import coopflow.outgoing.tables
import coopflow.requests.tables  # noqa: F401 - all five for their tables to be known
from coopflow.application.notices import notices_of
from coopflow.readmodel.database import Database
from coopflow.readmodel.errors import DatabaseUnavailableError
from coopflow.readmodel.migrate import alembic_config, is_current, migrate
from coopflow.readmodel.outbox import Outbox
from coopflow.readmodel.outlines import alerted
from coopflow.readmodel.projector import Projector
from coopflow.readmodel.statements import insert_or_ignore, take_turn, upsert
from coopflow.readmodel.tables import Base, DecisionRow, JournalRow, SnapshotRow
from tests.collective import reference_rules
from tests.integration.readmodel.contents import contents
from tests.integration.readmodel.lives import Collective, Life
from tests.integration.readmodel.programme_rows import fill, rows_of
from tests.stages import varied

POSTGRESQL = registry.load("postgresql")()
LATER = {"definition", "feed"}
"""The tables that the first revision did not have; nothing writes them anew from journals."""
LATER_STANDING = {
    *("role", "task", "levels", "action", "indicator", "measure"),
    *("outline", "due", "passage"),
}
"""Those that are filled anew from the journals."""
ELSEWHERE = {
    mapper.class_.__tablename__
    for mapper in Base.registry.mappers
    if mapper.class_.__module__ != JournalRow.__module__
}
"""The tables of other packages than the read model, which know nothing of journals."""


async def tables(database: Database) -> set[str]:
    async with database.reading() as connection:
        return set(await connection.run_sync(lambda on: inspect(on).get_table_names()))


async def run(database: Database, direction: Any, revision: str) -> None:
    def change(connection: Connection) -> None:
        direction(alembic_config(connection), revision)

    async with database.writing() as connection:
        await connection.run_sync(change)


async def test_the_models_and_the_migrations_agree(database: Database) -> None:
    """Nothing is left to migrate: a table changed in the models has its migration."""

    def differences(connection: Connection) -> list[Any]:
        return list(compare_metadata(MigrationContext.configure(connection), Base.metadata))

    async with database.reading() as connection:
        assert await connection.run_sync(differences) == []


async def test_tables_can_be_taken_down_and_made_again(database: Database) -> None:
    """Every migration works in both directions."""
    assert await tables(database) == {*Base.metadata.tables, "alembic_version"}
    await run(database, command.downgrade, "base")
    assert await tables(database) == {"alembic_version"}
    assert not await is_current(database)
    await migrate(database)
    assert await is_current(database)
    assert await tables(database) == {*Base.metadata.tables, "alembic_version"}


async def test_migrating_again_keeps_what_is_there(database: Database) -> None:
    """A start with tables that are up to date changes nothing."""
    verger = Collective()
    await Projector(database).apply(*verger.address, verger.entries)
    before = await contents(database)
    await migrate(database)
    assert await contents(database) == before


async def test_two_processes_may_migrate_at_once(url: str) -> None:
    """Who comes second waits, and finds the work done."""
    both = [Database(url), Database(url)]
    await asyncio.gather(*(migrate(one) for one in both))
    assert await is_current(both[0])
    await asyncio.gather(*(one.close() for one in both))


async def test_a_later_version_may_be_faster(url: str) -> None:
    """Who waited to migrate looks again, and leaves alone what it finds not to know then."""
    both = [Database(url), Database(url)]
    await migrate(both[0])
    await run(both[0], command.downgrade, "0001")
    async with both[0].writing() as connection:
        await take_turn(connection, "migrate")
        waiting = asyncio.create_task(migrate(both[1]))
        await asyncio.sleep(0.2)
        assert not waiting.done()
        await connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(DatabaseUnavailableError, match=r"does not know \(9999\); install"):
        await waiting
    await asyncio.gather(*(one.close() for one in both))


async def raw(database: Database) -> dict[str, list[dict[str, Any]]]:
    """Return all rows as the database has them, of whatever version its tables are."""

    def read(connection: Connection) -> dict[str, list[dict[str, Any]]]:
        held = MetaData()
        held.reflect(connection)
        return {
            table.name: [
                dict(row)
                for row in connection.execute(select(table).order_by(*table.primary_key)).mappings()
            ]
            for table in held.sorted_tables
            if table.name != "alembic_version"
        }

    async with database.reading() as connection:
        return await connection.run_sync(read)


async def write_raw(database: Database, rows: dict[str, list[dict[str, Any]]]) -> None:
    """Fill the tables that there are with what they have columns for."""

    def write(connection: Connection) -> None:
        held = MetaData()
        held.reflect(connection)
        for name, table in held.tables.items():
            columns = set(table.columns.keys())
            if rows.get(name):
                values = [{key: row[key] for key in columns & row.keys()} for row in rows[name]]
                connection.execute(insert(table), values)

    async with database.writing() as connection:
        await connection.run_sync(write)


@pytest.fixture
async def filled(
    database: Database, bocage: Life, cap_jeunes: Life
) -> dict[str, list[dict[str, Any]]]:
    """Return what all tables hold of two lives, their notices, and a definition."""
    projector, outbox = Projector(database), Outbox(database)
    for address, entries in (bocage, cap_jeunes):
        await projector.apply(*address, entries, (reference_rules().definition,))
        notices = [one for entry in entries for one in notices_of(address.cooperation, entry)]
        await outbox.deliver(address.programme, tuple(notices))
    found = await contents(database)
    assert all(found[table] for table in {*found} - {"alert"})
    return found


async def test_the_first_tables_are_brought_up_to_date_with_their_rows(
    filled: dict[str, list[dict[str, Any]]], new_database: Callable[[], str]
) -> None:
    """Each row of the first revision is there afterwards, and new columns are filled anew."""
    database = Database(new_database())
    await run(database, command.upgrade, "0001")
    assert not await is_current(database)
    shapes = [row | {"shape": "of the first version"} for row in filled["snapshot"]]
    await write_raw(database, filled | {"snapshot": shapes})
    before = await raw(database)
    assert {*filled} - {*before} == LATER | LATER_STANDING
    assert "advice" not in before["cooperation"][0]

    await migrate(database)
    after = await raw(database)
    for name, rows in before.items():
        kept = [{key: row[key] for key in old} for old, row in zip(rows, after[name], strict=True)]
        assert kept == rows, name
    assert [row["advice"] for row in after["cooperation"]] == [[], []]
    assert await Projector(database).refresh() == 2
    assert await contents(database) == filled | {name: [] for name in LATER}
    await database.close()


async def test_what_the_first_tables_can_hold_survives_the_way_back(
    filled: dict[str, list[dict[str, Any]]], database: Database
) -> None:
    """Down to the first revision only its later columns and tables go; up again, they are back."""
    before = await raw(database)
    await run(database, command.downgrade, "0001")
    after = await raw(database)
    assert {*before} - {*after} == LATER | LATER_STANDING | ELSEWHERE
    for name, rows in after.items():
        kept = [{key: row[key] for key in new} for new, row in zip(rows, before[name], strict=True)]
        assert rows == kept, name

    await migrate(database)
    async with database.writing() as connection:
        await connection.execute(update(SnapshotRow).values(shape="of the first version"))
    assert await Projector(database).refresh() == 2
    assert await contents(database) == filled | {name: [] for name in LATER}
    await run(database, command.downgrade, "base")
    assert await raw(database) == {}


async def test_outlines_answer_as_soon_as_tables_are_brought_up_to_date(
    database: Database,
) -> None:
    """Before they are filled anew; and so on the way back, to where texts stood twice."""
    await fill(database, rows_of("nord", 60))
    stood = await raw(database)
    before = stood["outline"]
    assert {one["urgent"] for one in before} >= {"", " red ", " amber red "}
    await run(database, command.downgrade, "0026")
    back = (await raw(database))["outline"]
    for row, one in zip(back, before, strict=True):
        assert row["levels"] == (one["brief"] or one["levels"])
        assert row["searched"] == (one["sought"] or one["searched"])
    await migrate(database)
    brought = await raw(database)
    after = brought["outline"]
    for table, days in (("outline", "stage_day"), ("passage", "days")):
        assert all(one[days] for one in stood[table])
        assert [one[days] for one in brought[table]] == [one[days] for one in stood[table]]
    told = [alerted(one["alerts"].split()) for one in after]
    assert [{"alerts": one["alerts"], "urgent": one["urgent"]} for one in after] == told


async def test_who_was_erased_before_goes_from_the_journal_too(
    filled: dict[str, list[dict[str, Any]]], new_database: Callable[[], str]
) -> None:
    """Journals kept their names once; an erasure named them by a digest, which is no more."""
    database = Database(new_database())
    await run(database, command.upgrade, "0004")
    journal = [row for row in filled["journal"] if row["cooperation_id"].endswith("gourmand")]
    people = {row["actor"] for row in journal} - {None}
    assert "fabien" in people
    erasure = journal[-1] | {
        "seq": journal[-1]["seq"] + 1,
        "actor": "manager",
        "type": "person_erased",
        "data": {
            "digest": hashlib.sha256(b"bocage-gourmand:fabien").hexdigest(),
            "tombstone": "erased-9",
        },
    }
    await write_raw(database, {"journal": [*journal, erasure]})
    before = (await raw(database))["journal"]

    await migrate(database)
    after = (await raw(database))["journal"]
    assert len(after) == len(before)
    assert after[-1]["data"] == {"person": "erased-9", "tombstone": "erased-9"}
    assert [row["actor"] for row in after] == [
        "erased-9" if row["actor"] == "fabien" else row["actor"] for row in before
    ]
    assert '"fabien"' not in json.dumps([row["data"] for row in after])
    assert '"fabien"' in json.dumps([row["data"] for row in before])
    kept = {"cooperation_id", "seq", "at", "command_id", "type"}
    assert [{key: row[key] for key in kept} for row in after] == [
        {key: row[key] for key in kept} for row in before
    ]

    await run(database, command.downgrade, "0004")
    again = (await raw(database))["journal"]
    assert set(again[-1]["data"]) == {"digest", "tombstone"}
    assert '"fabien"' not in json.dumps([[row["actor"], row["data"]] for row in again])
    await database.close()


async def test_versions_that_are_too_long_go_with_their_column(database: Database) -> None:
    """The way back drops those definitions that the earlier column has no room for."""
    versions = (1, 2**31 - 1, 2**31, 2**63 - 1)
    verger = Collective()
    offers = [varied(partial(dict.update, version=version)).definition for version in versions]
    await Projector(database).apply(*verger.address, verger.entries, offers)
    await run(database, command.downgrade, "0003")
    rows = (await raw(database))["definition"]
    kept = [row["version"] for row in rows if row["kind"] == "policy"]
    async with database.reading() as connection:
        has_room = connection.dialect.name == "sqlite"
    assert kept == list(versions if has_room else versions[:2])


async def test_a_worker_of_an_earlier_version_goes_on_beside_what_was_added(
    database: Database,
) -> None:
    """One that runs while a later version adds to the tables writes on; a new one is refused."""
    verger = Collective()
    projector = Projector(database)
    await projector.apply(*verger.address, verger.entries[:3])
    async with database.writing() as connection:
        await connection.execute(text("ALTER TABLE member ADD COLUMN later VARCHAR DEFAULT ''"))
        await connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    assert await projector.apply(*verger.address, verger.entries) == verger.state.seq
    with pytest.raises(DatabaseUnavailableError, match=r"does not know \(9999\); install"):
        await is_current(database)


async def test_a_worker_of_an_earlier_version_misses_what_was_taken_away(
    database: Database,
) -> None:
    """It writes nothing by halves, and what it could not write is written by the one that can."""
    verger = Collective()
    projector = Projector(database)
    await projector.apply(*verger.address, verger.entries[:3])
    before = await contents(database)
    rename = "ALTER TABLE member RENAME COLUMN {} TO {}"
    async with database.writing() as connection:
        await connection.execute(text(rename.format("name", "called")))
    with pytest.raises(DatabaseUnavailableError, match="of another version; migrate it first"):
        await projector.apply(*verger.address, verger.entries)

    async with database.writing() as connection:
        await connection.execute(text(rename.format("called", "name")))
    assert await contents(database) == before
    assert await projector.apply(*verger.address, verger.entries) == verger.state.seq


async def test_a_worker_of_a_later_version_misses_what_is_not_there_yet(
    database: Database,
) -> None:
    """Tables that went back to an earlier version under it are said to be that."""
    verger = Collective()
    await run(database, command.downgrade, "0001")
    with pytest.raises(DatabaseUnavailableError, match="of another version; migrate it first"):
        await Projector(database).apply(*verger.address, verger.entries)
    assert not await is_current(database)
    await migrate(database)
    assert await Projector(database).apply(*verger.address, verger.entries) == verger.state.seq


async def test_a_migration_that_fails_leaves_nothing_behind(url: str) -> None:
    """Tables are changed in one transaction: an exception in it undoes those already made."""
    database = Database(url)

    def change(connection: Connection) -> None:
        command.upgrade(alembic_config(connection), "head")
        message = "the power went"
        raise RuntimeError(message)

    with pytest.raises(RuntimeError, match="the power went"):
        async with database.writing() as connection:
            await connection.run_sync(change)
    assert await tables(database) == set()
    await database.close()


async def test_a_database_of_a_later_version_is_left_alone(database: Database) -> None:
    """Tables that this version does not know are neither used nor changed."""
    async with database.writing() as connection:
        await connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(DatabaseUnavailableError, match=r"does not know \(9999\); install"):
        await migrate(database)


@pytest.mark.parametrize("table", Base.metadata.sorted_tables, ids=lambda table: table.name)
def test_each_table_can_be_written_in_the_sql_of_postgresql(table: Any) -> None:
    """The models hold nothing that only SQLite knows; instants keep their zone."""
    written = str(CreateTable(table).compile(dialect=POSTGRESQL))
    assert "DATETIME" not in written
    assert "WITHOUT TIME ZONE" not in written


def test_rows_are_written_in_the_sql_of_postgresql() -> None:
    """Inserting once and replacing are spelled as PostgreSQL wants them."""
    once = str(insert_or_ignore(JournalRow, "postgresql").compile(dialect=POSTGRESQL))
    assert once.endswith("ON CONFLICT (cooperation_id, seq) DO NOTHING")
    replaced = str(upsert(DecisionRow, "postgresql").compile(dialect=POSTGRESQL))
    assert "ON CONFLICT (cooperation_id, id) DO UPDATE SET subject = excluded.subject" in replaced
