"""The HTTP API as people start it: with the engine, or by a process of its own."""

from __future__ import annotations

import re
import socket
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.acceptance.process import Running, coopflow, environment, running

pytestmark = [pytest.mark.server, pytest.mark.slow]


@pytest.fixture(scope="module")
def variables(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    return environment(tmp_path_factory.mktemp("serve"))


@pytest.fixture(scope="module")
def engine(variables: dict[str, str]) -> Iterator[Running]:
    with running(variables, "dev") as process:
        yield process
        assert process.end() == 0


def address(process: Running) -> str:
    line = process.wait_for("HTTP API")
    found = re.search(r"http://[^/,]*", line)
    assert found is not None, line
    return found[0]


def test_the_engine_of_one_machine_serves_the_api_too(
    engine: Running, variables: dict[str, str]
) -> None:
    """As does a process of its own, which ends in order; neither lets anybody in unasked."""
    urls = [address(engine)]
    with running(variables, "serve", "--port", "0") as process:
        urls.append(address(process))
        for url in urls:
            assert httpx.get(f"{url}/v1/livez").json() == {"status": "ok"}
            asked = httpx.get(f"{url}/v1/policies")
            assert (asked.status_code, asked.json()["code"]) == (401, "unauthenticated")
            other = httpx.get(f"{url}/v1/policies", headers={"Host": "coop.example"})
            assert other.json()["code"] == "unknown_host"
        assert process.end() == 0
    assert urls[0] != urls[1]


def test_an_address_that_is_taken_is_said_to_be(engine: Running, variables: dict[str, str]) -> None:
    """Nothing is served, and the exit code says that the command line is at fault."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        done = coopflow(variables, "serve", "--port", str(taken.getsockname()[1]))
    assert done.returncode == 2
    assert "cannot listen on 127.0.0.1" in done.stderr


def test_without_an_engine_nothing_is_served(tmp_path: Path) -> None:
    """What is missing is said, with what to do about it."""
    done = coopflow(environment(tmp_path), "serve")
    assert done.returncode == 3
    assert "coopflow dev" in done.stderr
