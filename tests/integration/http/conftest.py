from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.http_platform import Platform, serving_platform


@pytest.fixture(scope="package")
def platform(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Platform]:
    """A platform for all tests here; each opens cooperations of its own."""
    with serving_platform(tmp_path_factory.mktemp("platform")) as running:
        yield running
