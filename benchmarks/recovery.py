"""How long nobody is answered after a worker, or the Temporal server, was killed.

    .venv/bin/python benchmarks/recovery.py [--rounds N]

On an embedded server, with a worker in a process of its own: it is given one command after the
other, then killed with signal 9, and another one is started at once; what is measured is the time
to the next answer. Then the server is killed, and started anew on its database. The yardstick is a
bare workflow and a worker of it, killed in turns with ours.

Last, a process is killed right after its command was accepted, before it wrote what came of it:
what is measured is the time until a reader of the read model sees it all the same.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import os
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import Final

from bare_workflow import QUEUE, Bare
from commands import open_cooperation, pulse
from reporting import Goal, Report, options
from temporalio.client import Client, WorkflowUpdateRPCTimeoutOrCancelledError
from temporalio.service import RPCError

from coopflow.application.engine import Address, Reply
from coopflow.bootstrap import connected_engine, services
from coopflow.sealing.keys import ensure_keys
from coopflow.settings import Settings
from coopflow.telemetry import configure_logging
from coopflow.temporal import names
from coopflow.temporal.embedded import EmbeddedOptions, EmbeddedServer, embedded_server

_WARM: Final = 20
_PATIENCE: Final = 60.0
_ADDRESS: Final = Address("valley", "coop-0")
_LOOK_EVERY: Final = 0.05
_LATEST: Final = 15.0  # seconds that what a command came to may take in the worst case

Give = Callable[[], Awaitable[object]]
"""Gives one command, and returns once it is answered."""


class World:
    """Where a server and its workers live; all of it can be killed."""

    def __init__(self, folder: Path, *, ours: bool) -> None:
        """Live in a folder, with cooperations or with bare workflows."""
        with socket.create_server(("127.0.0.1", 0)) as found:
            port: int = found.getsockname()[1]  # the same one again once the server was killed
        self.settings = Settings(state_dir=folder, port=port, ui_port=0)
        self.ours = ours
        self._where = EmbeddedOptions(
            state_dir=folder, port=port, ui_port=0, search_attributes=names.SEARCH_ATTRIBUTES
        )
        ensure_keys(self.settings.own_keys_file)

    @asynccontextmanager
    async def server(self) -> AsyncIterator[EmbeddedServer]:
        """Run the server for the length of a block."""
        async with embedded_server(self._where) as server:
            yield server

    @contextmanager
    def worker(self) -> Iterator[subprocess.Popen[bytes]]:
        """Run a worker for the length of a block; it is killed then, if it was not before."""
        bare = str(Path(__file__).with_name("bare_workflow.py")), f"127.0.0.1:{self.settings.port}"
        program = ("-m", "coopflow.entrypoints.cli", "worker") if self.ours else bare
        folder = {"COOPFLOW_STATE_DIR": str(self.settings.state_dir)}
        environment = os.environ | folder | {"COOPFLOW_LOG_LEVEL": "error"}
        command = [sys.executable, *program]
        with subprocess.Popen(command, env=environment) as process:  # noqa: S603 - ours
            try:
                yield process
            finally:
                process.kill()

    @asynccontextmanager
    async def giving(self) -> AsyncIterator[Give]:
        """Open a cooperation, or a bare workflow, and yield what gives it commands."""
        if self.ours:
            async with connected_engine(self.settings) as engine:
                await open_cooperation(engine, _ADDRESS)
                yield lambda: engine.execute(_ADDRESS, pulse())
            return
        client = await Client.connect(f"127.0.0.1:{self.settings.port}")
        bare = await client.start_workflow(Bare.run, id="bare", task_queue=QUEUE)
        yield lambda: bare.execute_update(Bare.command, 1)


async def answered(give: Give) -> None:
    """Give a command until it is answered."""
    began = time.perf_counter()
    while time.perf_counter() - began < _PATIENCE:
        with contextlib.suppress(RPCError, WorkflowUpdateRPCTimeoutOrCancelledError):
            await give()
            return
    raise SystemExit(f"nobody answered within {_PATIENCE:g} s")


async def worker_killed(world: World) -> float:
    """Return how many seconds nobody is answered when the only worker is killed and replaced."""
    async with world.server():
        with world.worker() as first:
            async with world.giving() as give:
                for _ in range(_WARM):
                    await answered(give)
                first.send_signal(signal.SIGKILL)
                began = time.perf_counter()
                with world.worker():
                    await answered(give)
                    return time.perf_counter() - began


async def server_killed(world: World) -> float:
    """Return how many seconds nobody is answered when the server is killed and started anew."""
    async with contextlib.AsyncExitStack() as stack:
        async with world.server() as server:
            stack.enter_context(world.worker())
            give = await stack.enter_async_context(world.giving())
            for _ in range(_WARM):
                await answered(give)
            os.kill(server.record.server_pid, signal.SIGKILL)
            began = time.perf_counter()
            await server.exited()
        async with world.server():
            await answered(give)
            return time.perf_counter() - began


async def giver_killed(world: World) -> float:
    """Return how many seconds nobody reads what a command of a killed process came to."""
    async with world.server():
        with world.worker():
            async with world.giving() as give:
                for _ in range(_WARM):
                    await answered(give)
            giver = [sys.executable, __file__, "--giver", str(world.settings.state_dir)]
            pipe = asyncio.subprocess.PIPE
            process = await asyncio.create_subprocess_exec(*giver, stdout=pipe)
            told, _ = await process.communicate()
            began = time.perf_counter()
            async with services(world.settings) as reading:
                # By asking alone, as a page would.
                while (await reading.queries.cooperation(_ADDRESS)).seq < int(told):  # noqa: ASYNC110
                    await asyncio.sleep(_LOOK_EVERY)
            return time.perf_counter() - began


async def give_and_be_killed(settings: Settings) -> None:
    """Give a command, say the number of its last entry, and leave the rest undone."""
    async with services(settings) as giving:
        reply = await giving.engine.execute(_ADDRESS, pulse())
        if not isinstance(reply, Reply):
            raise TypeError(str(reply))
        print(reply.seq_to, flush=True)
        os.kill(os.getpid(), signal.SIGKILL)


def measured(kill: Callable[[World], Awaitable[float]], *, ours: bool) -> float:
    """Return how long it takes once, in a world of its own."""

    async def once() -> float:
        with tempfile.TemporaryDirectory() as folder:
            return await kill(World(Path(folder), ours=ours))

    return asyncio.run(once())


def main() -> None:
    """Measure, and print a table."""
    parser = options(__doc__)
    parser.add_argument("--giver", type=Path, help=argparse.SUPPRESS)
    given = parser.parse_args()
    configure_logging("console", "error")
    if given.giver:
        asyncio.run(give_and_be_killed(Settings(state_dir=given.giver)))
        return
    report = Report(given)
    report.begin("a bare workflow and its worker", "s")
    for what, kill in (("a worker is killed", worker_killed), ("the server", server_killed)):
        pairs = [
            (measured(kill, ours=True), measured(kill, ours=False)) for _ in range(given.rounds)
        ]
        ours, other = (statistics.median(some) for some in zip(*pairs, strict=True))
        longest = max(one for one, _ in pairs)
        report.tell(f"until the next answer: {what}", ours, other, [f"at most {longest:.1f} s"])
    report.begin("the goal, 15 seconds", "s")
    late = [measured(giver_killed, ours=True) for _ in range(given.rounds)]
    said = "until a reader sees it: who was to write is killed"
    notes = [f"at most {max(late):.1f} s"]
    report.tell(said, statistics.median(late), _LATEST, notes, Goal(at_most=1.0))
    report.end()


if __name__ == "__main__":
    main()
