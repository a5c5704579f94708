from __future__ import annotations

from datetime import UTC, datetime
from typing import Final

import pytest

from coopflow.directory.directory import Directory
from coopflow.directory.programmes import ProgrammeStated
from coopflow.readmodel.database import Database

NOW: Final = datetime(2026, 3, 1, 9, tzinfo=UTC)


@pytest.fixture
async def directory(database: Database) -> Directory:
    """Return a directory with two programmes."""
    made = Directory(database)
    for programme in ("valdore", "loire"):
        await made.add_programme(programme, ProgrammeStated(name=programme.title()), NOW)
    return made
