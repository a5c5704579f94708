from __future__ import annotations

import pytest

from tests.people import FakePeople


@pytest.fixture
def people() -> FakePeople:
    return FakePeople()
