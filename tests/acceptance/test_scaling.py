"""Several workers, and several processes of the API, on one cluster and one database."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from threading import Event, Lock
from time import sleep
from uuid import uuid4

import httpx
import pytest

from coopflow.sealing.keys import ensure_keys
from coopflow.settings import Settings
from tests.acceptance.process import DEADLINE, Running, coopflow, environment, running
from tests.postgresql import PostgresqlServer
from tests.temporal_engine import options, serving

pytestmark = [pytest.mark.server, pytest.mark.slow]

COOPERATIONS = 6
CALLERS = 6
COMMANDS = 120


@pytest.fixture
def database(postgresql: PostgresqlServer) -> Iterator[str]:
    with postgresql.database() as made:
        yield made


@pytest.fixture
def variables(
    postgresql: PostgresqlServer, database: str, tmp_path: Path
) -> Iterator[dict[str, str]]:
    """The settings that all processes share."""
    state_dir = tmp_path / "state"
    ensure_keys(Settings(state_dir=state_dir).own_keys_file)
    with serving(options(state_dir)):
        url = postgresql.url(database)
        limits = {"COOPFLOW_RATE_CALLER": "none", "COOPFLOW_RATE_ADDRESS": "none"}
        yield environment(tmp_path, COOPFLOW_DATABASE_URL=url, COOPFLOW_LOG_FORMAT="json", **limits)


class Fleet:
    """Processes of one installation, and what was asked of them."""

    def __init__(self, stack: ExitStack, variables: dict[str, str]) -> None:
        """Start none yet."""
        self._stack, self._variables = stack, variables
        self.workers: list[Running] = []
        self.serving: list[tuple[str, Running]] = []
        self.answers: list[dict[str, int]] = []
        self._lock = Lock()
        self._turn = itertools.count()

    def work(self) -> None:
        """Start a worker more."""
        worker = self._stack.enter_context(running(self._variables, "worker"))
        worker.wait_for('"working"', "stderr")
        self.workers.append(worker)

    def serve(self) -> None:
        """Start a process of the API more."""
        process = self._stack.enter_context(running(self._variables, "serve", "--port", "0"))
        found = re.search(r"http://[^/,]*", process.wait_for("HTTP API"))
        assert found
        self.serving.append((found[0], process))

    def ask(self, client: httpx.Client, path: str, body: Mapping[str, object], key: str) -> int:
        """Ask one process after the other until one answers, and return the last entry's number."""
        deadline = Event()
        for _ in range(int(DEADLINE * 10)):
            url, _ = self.serving[next(self._turn) % len(self.serving)]
            try:
                answer = client.post(f"{url}{path}", json=body, headers={"Idempotency-Key": key})
            except httpx.TransportError:  # it was killed
                deadline.wait(0.1)
                continue
            # It is away, or the process that was at it has just been killed.
            if answer.status_code == httpx.codes.SERVICE_UNAVAILABLE or "key_in_use" in answer.text:
                deadline.wait(0.1)
                continue
            assert answer.is_success, answer.text
            with self._lock:
                self.answers.append(answer.json())
            return int(answer.json()["seq_to"])
        raise AssertionError(f"{path} was never answered")


def test_workers_and_apis_come_and_go_under_load(
    variables: dict[str, str], postgresql: PostgresqlServer, database: str
) -> None:
    """Three workers and two APIs: killed and replaced meanwhile, each command counts once."""
    with ExitStack() as stack:
        fleet = Fleet(stack, variables)
        fleet.work()  # makes the tables
        told(variables, "programme", "add", "valley")
        person = ("person", "add", "maud", "--name", "Maud", "--programme", "valley")
        told(variables, *person, "--role", "programme_manager")
        fleet.work()
        fleet.work()
        token = told(variables, "token", "create", "load", "--scope", "read", "--scope", "act")
        fleet.serve()
        fleet.serve()
        client = stack.enter_context(
            httpx.Client(headers={"Authorization": f"Bearer {token.strip()}"}, timeout=30)
        )
        base = "/v1/programmes/valley/cooperations"
        for number in range(COOPERATIONS):
            opening = {
                "actor": "maud",
                "cooperation": f"coop-{number}",
                "title": "A cooperation",
                "issue": "An issue",
                "territory": "Somewhere",
                "lifecycle": "impact-collectif",
                "policy": "reference",
                "facilitator": "fay",
            }
            fleet.ask(client, base, opening, uuid4().hex)
        given = [f"pulse-{number}" for number in range(COMMANDS)]

        def give(number: int) -> int:
            body = {"actor": "fay", "score": 4, "answers": 2, "asked": 3}
            path = f"{base}/coop-{number % COOPERATIONS}/pulses"
            return fleet.ask(client, path, body, given[number])

        with ThreadPoolExecutor(CALLERS) as callers:
            asked = [callers.submit(give, number) for number in range(COMMANDS)]
            until(lambda: sum(one.done() for one in asked) >= COMMANDS // 4)
            fleet.workers[0].process.kill()
            fleet.serving[0][1].process.kill()
            until(lambda: sum(one.done() for one in asked) >= COMMANDS // 2)
            fleet.work()
            fleet.serve()
            assert all(one.result(DEADLINE) for one in asked)
        told(variables, "readmodel", "verify", "--programme", "valley")
        counted = "SELECT count(*), count(DISTINCT command_id) FROM journal WHERE type = '{}'"
        kept = postgresql.execute(counted.format("pulse_recorded"), database)
        assert kept == [(COMMANDS, COMMANDS)]
        for worker in (*fleet.workers[1:], *(one for _, one in fleet.serving[1:])):
            assert worker.end() == 0
        assert len(fleet.answers) == COMMANDS + COOPERATIONS


def told(variables: dict[str, str], *arguments: str) -> str:
    """Return what a command writes that must succeed."""
    done = coopflow(variables, *arguments)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def until(condition: object) -> None:
    """Wait until something holds."""
    assert callable(condition)
    for _ in range(int(DEADLINE * 20)):
        if condition():
            return
        sleep(0.05)
    raise AssertionError("it never came to that")
