"""How many commands a second a process of the HTTP API takes.

    .venv/bin/python benchmarks/through_http.py [--cooperations 100] [--callers 50] [--rounds 3]

On an embedded server with a read model of SQLite: ``coopflow serve`` in a process of its own, asked
with the token of a person over connections that stay open, each request with a key of its own. The
answer waits until what the command came to can be read, and holds it. The yardstick is the bare
workflow of ``commands.py``, asked through Temporal's client by as many callers in turns with ours.
"""

from __future__ import annotations

import argparse
import asyncio
import itertools
import json
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Final

from commands import (
    BARE,
    WARM_SECONDS,
    Cooperations,
    Figure,
    address_of,
    asked,
    bare,
    middle,
    pulse,
)
from reporting import Goal, Report, options
from temporalio.client import Client

from coopflow import bootstrap
from coopflow.settings import Settings
from coopflow.telemetry import configure_logging

_PROGRAM: Final = (sys.executable, "-m", "coopflow.entrypoints.cli")
_OK: Final = b" 200 "


class Connections:
    """Connections to one process of the API, each used by one caller at a time."""

    def __init__(self, port: int, token: str) -> None:
        """Use the process that listens on a port of this machine, with a token."""
        self._port, self._token = port, token
        self._keys = itertools.count()
        self._free: list[tuple[asyncio.StreamReader, asyncio.StreamWriter]] = []

    async def give(self, number: int) -> None:
        """Give a command to the cooperation of a number, and wait for the whole answer."""
        reader, writer = self._free.pop() if self._free else await self._open()
        if reader.at_eof():  # it was closed, as nothing came for some seconds
            writer.close()
            reader, writer = await self._open()
        body = json.dumps({name: value for name, value in pulse().items() if name != "command"})
        programme, cooperation = address_of(number)
        said = (
            f"POST /v1/programmes/{programme}/cooperations/{cooperation}/pulses HTTP/1.1",
            f"Host: 127.0.0.1:{self._port}",
            f"Authorization: Bearer {self._token}",
            f"Idempotency-Key: pulse-{next(self._keys)}",
            "Content-Type: application/json",
            f"Content-Length: {len(body)}",
        )
        writer.write(("\r\n".join(said) + "\r\n\r\n" + body).encode())
        head = await reader.readuntil(b"\r\n\r\n")
        length = re.search(rb"(?i)\r\ncontent-length: *(\d+)", head)
        answer = await reader.readexactly(int(length[1])) if length else b""
        if _OK not in head.split(b"\r\n", 1)[0]:
            raise SystemExit((head + answer).decode())
        self._free.append((reader, writer))

    async def _open(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        return await asyncio.open_connection("127.0.0.1", self._port)

    async def close(self) -> None:
        """Close them all."""
        for _, writer in self._free:
            writer.close()
            await writer.wait_closed()


def environment(settings: Settings) -> dict[str, str]:
    """Return what processes run with that share an installation."""
    return os.environ | {
        "COOPFLOW_STATE_DIR": str(settings.state_dir),
        "COOPFLOW_DATABASE_URL": str(settings.database_url),
        "COOPFLOW_RATE_CALLER": "none",
        "COOPFLOW_RATE_ADDRESS": "none",
        "COOPFLOW_LOG_LEVEL": "error",
    }


def told(settings: Settings, *arguments: str) -> str:
    """Run a command of ``coopflow`` that must succeed, and return what it says."""
    command = [*_PROGRAM, *arguments]
    run = subprocess.run
    done = run(command, env=environment(settings), capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(done.stdout + done.stderr)
    return done.stdout.strip()


@asynccontextmanager
async def serving(settings: Settings) -> AsyncIterator[int]:
    """Serve the API in a process of its own for the length of a block; yields its port."""
    command = [*_PROGRAM, "serve", "--port", "0"]
    pipe = asyncio.subprocess.PIPE
    process = await asyncio.create_subprocess_exec(*command, env=environment(settings), stdout=pipe)
    try:
        assert process.stdout is not None  # noqa: S101 - it was asked for
        async for line in process.stdout:
            if found := re.search(rb"http://127\.0\.0\.1:(\d+)", line):
                yield int(found[1])
                return
        raise SystemExit("coopflow serve did not start")
    finally:
        process.terminate()
        await process.wait()


def token_of_fay(settings: Settings) -> str:
    """Have the programme and who facilitates all cooperations in it, and return a token."""
    programme = address_of(0).programme
    told(settings, "programme", "add", programme)
    told(settings, "person", "add", "fay", "--name", "Fay", "--programme", programme)
    return told(settings, "token", "create", "load", "--scope", "read", "--scope", "act")


@asynccontextmanager
async def connected(settings: Settings, token: str) -> AsyncIterator[Connections]:
    """Serve the API for the length of a block, and yield connections to it."""
    async with serving(settings) as port:
        connections = Connections(port, token)
        try:
            yield connections
        finally:
            await connections.close()


async def measure(given: argparse.Namespace, report: Report) -> None:
    """Measure by one caller and by many."""
    count: int = given.cooperations
    async with AsyncExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        url = f"sqlite:///{folder / 'commands.db'}"
        settings = Settings(state_dir=folder, port=0, ui_port=0, database_url=url)
        running = await stack.enter_async_context(bootstrap.embedded_engine(settings))
        client = await Client.connect(running.record.address)
        give_bare = await stack.enter_async_context(bare(client, count))
        # Before anything else writes to the file; the worker works on meanwhile.
        token = await asyncio.to_thread(token_of_fay, settings)
        await Cooperations(running).open(count)
        connections = await stack.enter_async_context(connected(settings, token))
        for callers in sorted({1, given.callers}):
            own, others = list[Figure](), list[Figure]()
            for give in (give_bare, connections.give):
                await asked(give, count, callers, min(WARM_SECONDS, given.seconds))
            for _ in range(given.rounds):
                others.append(await asked(give_bare, count, callers, given.seconds))
                own.append(await asked(connections.give, count, callers, given.seconds))
            tell(report, callers, middle(own), middle(others))


def tell(report: Report, callers: int, ours: Figure, other: Figure) -> None:
    """Tell what was measured with so many callers."""
    goal = Goal(at_least=0.7) if callers > 1 else None
    slow = f"p50 {ours.p50:.1f} ms and {other.p50:.1f}, p99 {ours.p99:.1f} and {other.p99:.1f}"
    notes = [f"{ours.given} commands", slow]
    report.begin(BARE, "a second")
    report.tell(f"commands through HTTP: {callers} callers", ours.rate, other.rate, notes, goal)


def main() -> None:
    """Read the options, and measure."""
    parser = options(__doc__)
    parser.add_argument("--cooperations", type=int, default=100)
    parser.add_argument("--callers", type=int, default=50, help="how many at once, beside one")
    parser.add_argument("--seconds", type=float, default=8.0, help="how long a round is")
    given = parser.parse_args()
    configure_logging("console", "error")
    report = Report(given)
    asyncio.run(measure(given, report))
    report.end()


if __name__ == "__main__":
    main()
