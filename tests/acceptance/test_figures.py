"""A worker serves its figures where it is told to."""

from __future__ import annotations

import asyncio
import re
import socket
from collections.abc import Mapping, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

import httpx
import pytest
from structlog.testing import capture_logs

from coopflow import bootstrap, metrics
from coopflow.sealing.keys import ensure_keys
from coopflow.settings import Settings, SettingsError
from coopflow.temporal.connection import find_endpoint
from tests.temporal_engine import options, serving

pytestmark = pytest.mark.server


def settings(folder: Path, port: int) -> Settings:
    keys = folder / "keys.json"
    ensure_keys(keys)
    return Settings(
        state_dir=folder,
        database_url=f"sqlite:///{folder / 'own.db'}",
        keys_file=keys,
        metrics_port=port,
    )


async def until_said(lines: Sequence[Mapping[str, Any]], event: str) -> Mapping[str, Any]:
    async with asyncio.timeout(60):
        while True:
            for line in lines:
                if line["event"] == event:
                    return line
            await asyncio.sleep(0.05)


def workers(text: str) -> float:
    """Count the workers that figures tell of."""
    return sum(map(float, re.findall(r"^coopflow_worker_info\{.*\} (\S+)$", text, re.MULTILINE)))


async def test_a_worker_serves_its_figures_while_it_works(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """From its start to its end, also what waits in tables; its log says where."""
    stop = asyncio.Event()
    before = workers(metrics.exposition()[0].decode())  # platforms of other tests run here, too
    with serving(options(tmp_path)), capture_logs() as lines:
        monkeypatch.setenv("TEMPORAL_ADDRESS", find_endpoint(tmp_path, environment={}).address)
        working = asyncio.create_task(bootstrap.serve(settings(tmp_path, 0), stop))
        said = await until_said(lines, "figures are served")
        await until_said(lines, "working")
        async with httpx.AsyncClient() as client, asyncio.timeout(60):
            while True:
                text = (await client.get(str(said["address"]))).text
                if re.search(r'coopflow_queue_depth\{queue="webhooks"\} 0\.0', text):
                    break
                await asyncio.sleep(0.2)
        assert workers(text) == before + 1
        stop.set()
        await working
        async with httpx.AsyncClient() as client:
            with pytest.raises(httpx.ConnectError):
                await client.get(str(said["address"]))


async def test_a_port_that_is_taken_is_a_setting_at_fault(tmp_path: Path) -> None:
    """The worker does not start without figures that were asked for, and says why."""
    with closing(socket.create_server(("127.0.0.1", 0))) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(SettingsError, match=f"COOPFLOW_METRICS_PORT.*127.0.0.1:{port}"):
            await bootstrap.serve(settings(tmp_path, port), asyncio.Event())
