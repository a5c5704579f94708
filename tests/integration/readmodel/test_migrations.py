from __future__ import annotations

import asyncio
from typing import Any

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, inspect
from sqlalchemy.dialects import registry
from sqlalchemy.schema import CreateTable

from coopflow.readmodel.database import Database
from coopflow.readmodel.errors import DatabaseUnavailableError
from coopflow.readmodel.migrate import alembic_config, is_current, migrate
from coopflow.readmodel.projector import Projector
from coopflow.readmodel.statements import insert_or_ignore, upsert
from coopflow.readmodel.tables import Base, DecisionRow, JournalRow
from tests.integration.readmodel.contents import contents
from tests.integration.readmodel.lives import Collective

POSTGRESQL = registry.load("postgresql")()


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
