"""The embeddings in examples/ run as their pages say."""

from __future__ import annotations

import asyncio
import os
import sys
from pathlib import Path

import pytest

from coopflow.sealing.keys import ensure_keys
from coopflow.temporal.connection import find_endpoint
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
