from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import ExitStack
from itertools import count
from pathlib import Path

import pytest

from coopflow.readmodel.database import Database
from coopflow.readmodel.migrate import migrate
from tests.integration.readmodel.lives import Life, example
from tests.postgresql import PostgresqlServer

Databases = Callable[[], str]
"""Makes an empty database, and gives its URL."""


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.server)])
def new_database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Databases]:
    """Make databases of either kind, for tests that run on both."""
    if request.param == "sqlite":
        numbers = count(1)
        yield lambda: f"sqlite:///{tmp_path}/read-model-{next(numbers)}.db"
        return
    server: PostgresqlServer = request.getfixturevalue("postgresql")
    with ExitStack() as made:
        yield lambda: server.url(made.enter_context(server.database()))


@pytest.fixture
def url(new_database: Databases) -> str:
    return new_database()


@pytest.fixture
async def database(url: str) -> AsyncIterator[Database]:
    opened = Database(url)
    await migrate(opened)
    yield opened
    await opened.close()


@pytest.fixture
async def bocage() -> Life:
    return await example("bocage-gourmand")


@pytest.fixture
async def cap_jeunes() -> Life:
    return await example("cap-jeunes-valdore")
