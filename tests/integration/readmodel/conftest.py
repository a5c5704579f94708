from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from coopflow.readmodel.database import Database
from coopflow.readmodel.migrate import migrate
from tests.integration.readmodel.lives import Life, example


@pytest.fixture
def url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / 'read-model.db'}"


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
