"""Bringing the tables of a database up to date."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Final

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection

from coopflow.readmodel.database import Database
from coopflow.readmodel.errors import LaterTablesError
from coopflow.readmodel.statements import take_turn

_MIGRATIONS: Final = Path(__file__).parent / "migrations"


async def migrate(database: Database) -> None:
    """Make or change the tables until they are those of this version, all or nothing.

    Raises:
        DatabaseUnavailableError: the database does not answer.
        LaterTablesError: a later version of coopflow has changed it.
    """
    if await is_current(database):
        return  # without asking for the right to write, which another process may hold
    async with database.writing() as connection:
        await take_turn(connection, "migrate")
        if not await connection.run_sync(_is_current, database.url):  # somebody was first
            await connection.run_sync(_upgrade)


async def is_current(database: Database) -> bool:
    """Return whether the tables are those of this version.

    Raises:
        DatabaseUnavailableError: the database does not answer.
        LaterTablesError: a later version of coopflow has changed it.
    """
    async with database.reading() as connection:
        return await connection.run_sync(_is_current, database.url)


def alembic_config(connection: Connection) -> Config:
    """Return the settings for Alembic's commands, to be run within a transaction."""
    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS).replace("%", "%%"))
    config.attributes["connection"] = connection
    return config


def _upgrade(connection: Connection) -> None:
    command.upgrade(alembic_config(connection), "head")


def _is_current(connection: Connection, url: str) -> bool:
    revision = MigrationContext.configure(connection).get_current_revision()
    scripts = _scripts()
    if revision is not None and revision not in {one.revision for one in scripts.walk_revisions()}:
        raise LaterTablesError(
            url,
            f"its tables are of a version that this coopflow does not know ({revision})",
            "install the version that made them, or a later one",
        )
    return revision == scripts.get_current_head()


@cache
def _scripts() -> ScriptDirectory:
    return ScriptDirectory(str(_MIGRATIONS))
