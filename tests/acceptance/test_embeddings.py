"""The embeddings in examples/ run as their pages say."""

from __future__ import annotations

import asyncio
import os
import socket
import subprocess
import sys
import time
from contextlib import ExitStack
from pathlib import Path

import httpx
import pytest

from coopflow.sealing.keys import ensure_keys
from coopflow.temporal.connection import find_endpoint
from tests.acceptance.process import environment, running
from tests.temporal_engine import options, serving

pytestmark = pytest.mark.server

EMBEDDING = Path(__file__).parents[2] / "examples" / "embedding"


async def test_an_existing_worker_pays_when_a_gate_is_passed(tmp_path: Path) -> None:
    """A platform's workflow starts a cooperation as a child, waits for a gate and the closing."""
    ensure_keys(tmp_path / "keys.json")
    with serving(options(tmp_path)):
        address = find_endpoint(tmp_path, environment={}).address
        environment = os.environ | {
            "TEMPORAL_ADDRESS": address,
            "COOPFLOW_STATE_DIR": str(tmp_path),
        }
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            str(EMBEDDING / "existing_worker.py"),
            env=environment,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )
        try:
            async with asyncio.timeout(120):
                out, err = await process.communicate()
        finally:
            if process.returncode is None:
                process.kill()
                await process.wait()
    assert process.returncode == 0, err.decode()
    begun, paid, ended = out.decode().splitlines()
    cooperation = begun.removeprefix("funding foundation/")
    assert paid == f"paid the first instalment of {cooperation}"
    assert ended == "entered structuration, closed in structuration"


def test_a_web_platform_mounts_the_api_with_its_own_sign_in(tmp_path: Path) -> None:
    """Its visitors give commands and read; links lead below where the API is mounted."""
    variables = environment(tmp_path)
    opening = {
        "cooperation": "canteens",
        "title": "Canteens",
        "issue": "What is grown here is not eaten here",
        "territory": "Valdore",
        "lifecycle": "impact-collectif",
        "policy": "reference",
        "facilitator": "fabien",
    }
    with running(variables, "dev") as engine, socket.create_server(("127.0.0.1", 0)) as free:
        engine.wait_for("ready")
        port = free.getsockname()[1]
        free.close()
        program = [sys.executable, str(EMBEDDING / "web_platform.py"), str(port)]
        with subprocess.Popen(program, env=variables) as process, ExitStack() as room:
            try:
                url = f"http://127.0.0.1:{port}"
                ines = room.enter_context(visitor(url, "of-ines"))
                until_served(f"{url}/")
                path = ines.get("/").json()["cooperations"]
                assert httpx.get(f"{url}{path}").json()["code"] == "unauthenticated"
                done = ines.post(path, json=opening)
                assert done.status_code == 201, done.text
                assert done.headers["location"] == f"{path}/canteens"
                assert ines.get(done.headers["location"]).json()["title"] == "Canteens"
                assert ines.get(f"{path}?limit=1").json()["next"] is None
                journal = ines.get(f"{path}/canteens/journal?limit=1")
                assert ines.get(journal.json()["next"]).json()["items"][0]["seq"] == 2
                problem = ines.get(f"{path}/nothing")
                assert problem.json()["instance"] == f"{path}/nothing"
                assert ines.get(problem.links["help"]["url"]).status_code == 200
                servers = ines.get("/coopflow/v1/openapi.json").json()["servers"]
                assert servers == [{"url": "/coopflow"}]
                fabien = room.enter_context(visitor(url, "of-fabien"))
                assert fabien.get(f"{path}/canteens/members").status_code == 200
                assert fabien.post(f"{path}/canteens/pause", json={"reason": "A"}).is_success
            finally:
                process.terminate()
                process.wait(30)
        assert engine.end() == 0


def visitor(url: str, visit: str) -> httpx.Client:
    return httpx.Client(base_url=url, cookies={"visit": visit}, timeout=30)


def until_served(url: str) -> None:
    """Wait until something answers there."""
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        try:
            httpx.get(url)
        except httpx.TransportError:
            time.sleep(0.05)
        else:
            return
    raise AssertionError(f"nothing answers at {url}")
