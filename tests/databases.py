"""Databases for tests, of both kinds: empty ones, and ones that have their tables."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from itertools import count
from pathlib import Path
from shutil import copyfile
from typing import Protocol

import pytest

from coopflow.readmodel.database import Database
from coopflow.readmodel.migrate import migrate
from tests.postgresql import PostgresqlServer


class Databases(Protocol):
    """Makes databases for one test."""

    def __call__(self, *, migrated: bool = False) -> str:
        """Make one and return its URL; it is empty, or has its tables where that saves time."""


@pytest.fixture(scope="session")
def migrated(postgresql: PostgresqlServer) -> Iterator[str]:
    """Make a database with tables, to be copied: migrating each one takes twice as long."""
    with postgresql.database() as name:
        _migrate(postgresql.url(name))
        yield name


@pytest.fixture(scope="session")
def migrated_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make a database of SQLite with tables, to be copied: migrating takes twenty times as long."""
    file = tmp_path_factory.mktemp("migrated") / "tables.db"
    _migrate(f"sqlite:///{file}")
    return file


def _migrate(url: str) -> None:
    """Migrate a database in a loop of its own: that of a test would not outlive the test."""

    async def migrated() -> None:
        opened = Database(url)
        await migrate(opened)
        await opened.close()

    with ThreadPoolExecutor(1) as thread:
        thread.submit(asyncio.run, migrated()).result()


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.server)])
def new_database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Databases]:
    """Make databases of either kind, for tests that run on both."""
    if request.param == "sqlite":
        numbers = count(1)

        def made_file(*, migrated: bool = False) -> str:
            file = tmp_path / f"read-model-{next(numbers)}.db"
            if migrated:
                copyfile(request.getfixturevalue("migrated_file"), file)
            return f"sqlite:///{file}"

        yield made_file
        return
    server: PostgresqlServer = request.getfixturevalue("postgresql")
    template: str = request.getfixturevalue("migrated")
    with ExitStack() as made:
        yield lambda migrated=False: server.url(
            made.enter_context(server.database(template if migrated else None))
        )


@pytest.fixture
def url(new_database: Databases) -> str:
    return new_database()


@pytest.fixture
async def database(new_database: Databases) -> AsyncIterator[Database]:
    opened = Database(new_database(migrated=True))
    await migrate(opened)
    yield opened
    await opened.close()
