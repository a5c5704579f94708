from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.http_platform import Platform
from tests.web_site import Site, serving_site


@pytest.fixture(scope="package")
def platform(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Platform]:
    """A platform with pages for all tests here; each has people and programmes of its own."""
    with serving_site(tmp_path_factory.mktemp("site")) as running:
        yield running


@pytest.fixture(scope="package")
def site(platform: Platform) -> Site:
    """The site, which is asked without a browser."""
    return Site(platform)
