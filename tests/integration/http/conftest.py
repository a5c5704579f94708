from __future__ import annotations

from collections.abc import Iterator
from uuid import uuid4

import pytest

from coopflow.application.callers import Caller
from coopflow.application.engine import Address
from tests.http_platform import Platform, serving_platform


@pytest.fixture(scope="package")
def platform(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Platform]:
    """A platform for all tests here; each opens cooperations of its own."""
    with serving_platform(tmp_path_factory.mktemp("platform")) as running:
        yield running


@pytest.fixture(scope="package")
def pam() -> Caller:
    """Who manages the programme ``tests``."""
    return Caller(name="person:pam", person="pam", roles={"tests": ("programme_manager",)})


@pytest.fixture
def address(platform: Platform, pam: Caller) -> Address:
    """A cooperation that ``pam`` has just opened, facilitated by ``fay``, with three members."""
    return platform.opened(pam, f"coop-{uuid4().hex[:8]}")
