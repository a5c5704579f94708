"""The processes that are killed, paused and started again."""

from __future__ import annotations

import asyncio
import contextlib
import ctypes
import os
import pwd
import signal
import socket
import subprocess
import sys
from asyncio.subprocess import DEVNULL, Process
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Final, Protocol

import psycopg

from coopflow.temporal.embedded import (
    _DIE_WITH_PARENT,
    EmbeddedOptions,
    EmbeddedServer,
    embedded_server,
)
from tests.postgresql import PostgresqlServer
from tests.temporal_engine import options

ROOT: Final = Path(__file__).resolve().parents[2]

_DISK: Final = 384 * 1024 * 1024
_NEW_MOUNTS: Final = 0x00020000  # CLONE_NEWNS
_BALLAST: Final = "ballast"
_NO_ROOM: Final = "No space left on device"
_FIRST_PORT, _LAST_PORT = 20_000, 30_000
"""Below those that systems give away: the port has to be there for the next start."""

_DATABASE_SETTINGS: Final = (
    "fsync=on",
    "full_page_writes=on",
    "max_wal_size=64MB",
    "min_wal_size=32MB",
    "checkpoint_timeout=30s",
)


class Target(Protocol):
    """What can be killed, paused and started again."""

    async def start(self) -> None:
        """Start it."""
        ...

    async def kill(self) -> None:
        """Kill it, and wait until it is gone."""
        ...

    def pause(self) -> None:
        """Stop it where it is."""
        ...

    def resume(self) -> None:
        """Let it go on."""
        ...


class Child:
    """A Python program as a process of its own; it ends when this process does.

    Attributes:
        name: what reports call it.
        ends: how often it ended by itself with another code than 0.
    """

    def __init__(
        self, name: str, arguments: Callable[[], Sequence[str]], env: Mapping[str, str], log: Path
    ) -> None:
        """Say what to run; start it next.

        Args:
            name: what reports call it.
            arguments: gives the arguments of the interpreter, at each start.
            env: its variables.
            log: the file to which its outputs are added.
        """
        self.name = name
        self.ends = 0
        self._arguments = arguments
        self._env = env
        self._log = log
        self._process: Process | None = None

    async def start(self) -> None:
        """Start it."""
        launcher = ("-I", "-S", "-c", _DIE_WITH_PARENT, str(os.getpid()), sys.executable)
        with self._log.open("ab") as log:
            self._process = await asyncio.create_subprocess_exec(
                sys.executable,
                *launcher,
                *self._arguments(),
                cwd=ROOT,
                env=self._env,
                stdin=DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    async def kill(self) -> None:
        """Kill it, and wait until it is gone."""
        self._signal(signal.SIGKILL)
        await self.ended()

    async def stop(self) -> None:
        """Ask it to end, and wait until it has."""
        self._signal(signal.SIGCONT)
        self._signal(signal.SIGTERM)
        try:
            async with asyncio.timeout(20):
                await self.ended()
        except TimeoutError:
            await self.kill()

    def pause(self) -> None:
        """Stop it where it is."""
        self._signal(signal.SIGSTOP)

    def resume(self) -> None:
        """Let it go on."""
        self._signal(signal.SIGCONT)

    @property
    def code(self) -> int | None:
        """The exit code; None while it runs."""
        return self._process.returncode if self._process else 0

    async def ended(self) -> int:
        """Wait until it has ended, and return the exit code."""
        return await self._process.wait() if self._process else 0

    def _signal(self, number: signal.Signals) -> None:
        if self._process is not None and self._process.returncode is None:
            self._process.send_signal(number)


class Temporal:
    """The Temporal server, always on the same file and port."""

    def __init__(self, state_dir: Path, **dynamic_config: object) -> None:
        """Say where it is; start it next."""
        usual = options(state_dir, **dynamic_config)
        self._options = EmbeddedOptions(
            state_dir=state_dir,
            port=free_port(),
            ui_port=free_port(),
            search_attributes=usual.search_attributes,
            dynamic_config=usual.dynamic_config,
        )
        self._stack = AsyncExitStack()
        self._server: EmbeddedServer | None = None

    async def start(self) -> None:
        """Start it; it serves."""
        self._server = await self._stack.enter_async_context(embedded_server(self._options))

    async def kill(self) -> None:
        """Kill it, and wait until it is gone."""
        if self._server is not None:
            self._signal(signal.SIGKILL)
            await self._server.exited()
        await self.stop()

    async def stop(self) -> None:
        """Let it end."""
        self._server = None
        await self._stack.aclose()

    def pause(self) -> None:
        """Stop it where it is."""
        self._signal(signal.SIGSTOP)

    def resume(self) -> None:
        """Let it go on."""
        self._signal(signal.SIGCONT)

    def _signal(self, number: signal.Signals) -> None:
        if self._server is not None:
            with contextlib.suppress(ProcessLookupError):
                os.kill(self._server.record.server_pid, number)


class Database:
    """PostgreSQL, on a disk of its own if it may have one.

    Attributes:
        why_not_full: why its disk cannot be filled; empty when it can.
        complaints: how often it complained of a full disk, as of the last time one listened.
    """

    def __init__(self, folder: Path, installed: Path) -> None:
        """Make its files in an empty folder; start it next."""
        data = folder / "data"
        data.mkdir()
        self.why_not_full = _mounted(data)
        self.complaints = 0
        self._data = data
        self._log = folder / "log"
        self._server = PostgresqlServer(folder, installed, _DATABASE_SETTINGS)
        self._paused: list[int] = []

    @property
    def url(self) -> str:
        """The address of the database."""
        return self._server.url("postgres")

    async def start(self) -> None:
        """Start it; it answers."""
        await asyncio.to_thread(self._server.start)

    async def kill(self) -> None:
        """Kill it with all its processes."""
        await asyncio.to_thread(self._server.kill)

    async def stop(self) -> None:
        """Let it end, and give its disk back."""
        await asyncio.to_thread(self._server.stop)
        if not self.why_not_full:
            # Lazily: some file of it may be open still, and nothing on it is wanted.
            _run("umount", "--lazy", str(self._data))

    def pause(self) -> None:
        """Stop all its processes where they are."""
        with contextlib.suppress(FileNotFoundError):
            self._paused = self._server.processes()
        self._signal(signal.SIGSTOP)

    def resume(self) -> None:
        """Let them go on."""
        self._signal(signal.SIGCONT)
        self._paused = []

    def kill_session(self) -> None:
        """Kill one process that serves a client; the server throws all others out by itself."""
        query = "SELECT pid FROM pg_stat_activity WHERE backend_type = 'client backend' AND pid <> "
        with contextlib.suppress(psycopg.Error, ProcessLookupError):
            for (pid,) in self._server.execute(f"{query} pg_backend_pid() LIMIT 1"):
                os.kill(pid, signal.SIGKILL)

    def fill_disk(self) -> None:
        """Leave no room on its disk."""
        with (self._data / _BALLAST).open("wb") as ballast, contextlib.suppress(OSError):
            size = 0
            while True:
                os.posix_fallocate(ballast.fileno(), size, 65_536)
                size += 65_536

    def listen(self) -> None:
        """Count what it has complained of."""
        self.complaints = self._log.read_text(encoding="utf-8").count(_NO_ROOM)

    async def free_disk(self) -> bool:
        """Give the room back; start it again if that was too much for it, and say so."""
        (self._data / _BALLAST).unlink(missing_ok=True)
        try:
            async with asyncio.timeout(5):
                # A server that recovers has no event to wait for.
                while not await asyncio.to_thread(self._answers):  # noqa: ASYNC110
                    await asyncio.sleep(0.2)
        except TimeoutError:
            await self.kill()
            await self.start()
            return True
        return False

    def _answers(self) -> bool:
        try:
            return bool(self._server.execute("SELECT 1"))
        except psycopg.OperationalError:
            return False

    def _signal(self, number: signal.Signals) -> None:
        for pid in self._paused:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, number)


def free_port() -> int:
    """Return a port on loopback that nobody uses, nor is likely to take."""
    for port in _ports():
        with socket.socket() as probe, contextlib.suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port
    raise AssertionError("no port is free")


def _ports() -> Iterator[int]:
    # Not all runs try the same ones first.
    first = os.getpid() % (_LAST_PORT - _FIRST_PORT)
    for step in range(_LAST_PORT - _FIRST_PORT):
        port = _FIRST_PORT + (first + step) % (_LAST_PORT - _FIRST_PORT)
        if port not in _taken:
            _taken.add(port)
            yield port


_taken: set[int] = set()


def _mounted(folder: Path) -> str:
    """Put a small disk at an empty folder, or say why not.

    Only this process and those that it starts see the disk, and it is gone when they are, also when
    they are killed.
    """
    if sys.platform != "linux" or os.geteuid() != 0:
        return "no disk of its own can be mounted without being root on Linux"
    if ctypes.CDLL(None, use_errno=True).unshare(_NEW_MOUNTS):
        return f"no disk of its own can be mounted: {os.strerror(ctypes.get_errno())}"
    nobody = pwd.getpwnam("nobody").pw_uid
    terms = f"size={_DISK},mode=700,uid={nobody}"
    said = _run("mount", "--make-rprivate", "/") or _run(
        "mount", "-t", "tmpfs", "-o", terms, "tmpfs", str(folder)
    )
    return said and f"no disk of its own could be mounted: {said}"


def _run(*command: str) -> str:
    """Run a program of the system; return what it complained of."""
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False)
    except OSError as error:
        return str(error)
    return (done.stderr.strip() or "it failed") if done.returncode else ""
