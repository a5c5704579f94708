from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from tests.temporal_engine import TIME_SKIPPING, Bench, bench, options, serving


@pytest.fixture(scope="package")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The state directory of a server for all tests here; each works on a queue of its own."""
    state_dir = tmp_path_factory.mktemp("engine")
    with serving(options(state_dir, **TIME_SKIPPING)):
        yield state_dir


@pytest.fixture
async def engine_room(server: Path) -> AsyncIterator[Bench]:
    async with bench(server) as running:
        yield running
