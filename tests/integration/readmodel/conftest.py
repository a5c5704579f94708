from __future__ import annotations

import pytest

from tests.integration.readmodel.lives import Life, example


@pytest.fixture
async def bocage() -> Life:
    return await example("bocage-gourmand")


@pytest.fixture
async def cap_jeunes() -> Life:
    return await example("cap-jeunes-valdore")
