"""The folder in which an embedded engine lives: who holds it, and where the engine listens.

Two files beside the server's database:

- `engine.lock`: an advisory lock (`flock`). The engine takes it and the server process inherits it,
  so it is free exactly when both are gone, however they went; what a crash leaves behind is only
  text. POSIX only, and only as good as the file system's locks (put it on a local disk).
- `engine.json`: an `EngineRecord`, written once the engine serves and removed when it stops.
"""

from __future__ import annotations

import asyncio
import contextlib
import fcntl
import os
from collections.abc import AsyncIterator
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from coopflow.temporal.errors import StateDirectoryBusyError, StateDirectoryError

_LOCK = "engine.lock"
_RECORD = "engine.json"
_DYING_SECONDS = 3.0
_RETRY_SECONDS = 0.05


class EngineRecord(BaseModel):
    """Where a running embedded engine listens, for other commands on the same machine."""

    model_config = ConfigDict(frozen=True)

    address: str
    """`host:port` of the server's gRPC service."""
    ui_url: str
    """Address of the Temporal web UI, ready to open."""
    namespace: str
    engine_pid: int
    """Process that started the server and stops it."""
    server_pid: int


@contextlib.asynccontextmanager
async def hold(directory: Path) -> AsyncIterator[int]:
    """Make `directory` where it is missing, and keep every other engine out of it.

    What a dead engine left is taken over. A server that is still dying after its engine is waited
    for, some seconds at most.

    Yields:
        The descriptor of the lock. A process that inherits it holds the directory too.

    Raises:
        StateDirectoryBusyError: Another engine holds it.
        StateDirectoryError: It cannot be made or written.
    """
    descriptor = _open(directory)
    try:
        await _lock(descriptor, directory)
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, f"{os.getpid()}\n".encode(), 0)
        forget(directory)
        yield descriptor
    finally:
        # Closed, never unlocked: an unlock would also take it from a server that still runs.
        os.close(descriptor)


def publish(directory: Path, record: EngineRecord) -> None:
    """Tell other commands where the engine listens. Readers see the whole record or none."""
    draft = directory / f"{_RECORD}.new"
    draft.write_text(record.model_dump_json(indent=2) + "\n", encoding="utf-8")
    draft.replace(directory / _RECORD)


def forget(directory: Path) -> None:
    """Withdraw the record, if there is one."""
    (directory / _RECORD).unlink(missing_ok=True)


def running_engine(directory: Path) -> EngineRecord | None:
    """The engine that serves from `directory`, or None: none runs, or it is still starting.

    Raises:
        StateDirectoryError: The record is there and cannot be read.
    """
    record = _record(directory)
    # A server that outlives its engine by a moment still holds the lock; nobody runs it any more.
    return record if record is not None and _is_alive(record.engine_pid) else None


def _record(directory: Path) -> EngineRecord | None:
    try:
        if not _is_held(directory):
            return None
        return EngineRecord.model_validate_json((directory / _RECORD).read_bytes())
    except FileNotFoundError:
        return None
    except (OSError, ValidationError) as error:
        message = (
            f"{directory / _RECORD} cannot be read. Restart the engine, which writes it anew. "
            f"({error})"
        )
        raise StateDirectoryError(message) from error


def _open(directory: Path) -> int:
    try:
        directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        return os.open(directory / _LOCK, os.O_RDWR | os.O_CREAT, 0o600)
    except OSError as error:
        message = (
            f"The state directory {directory} cannot be used: {error.strerror}. "
            "Name another one, or make it writable."
        )
        raise StateDirectoryError(message) from error


async def _lock(descriptor: int, directory: Path) -> None:
    patience = _DYING_SECONDS
    while not _try_lock(descriptor):
        holder = _holder(descriptor)
        if (holder is not None and _is_alive(holder)) or patience <= 0:
            raise StateDirectoryBusyError(_busy(directory, holder))
        await asyncio.sleep(_RETRY_SECONDS)
        patience -= _RETRY_SECONDS


def _try_lock(descriptor: int, mode: int = fcntl.LOCK_EX) -> bool:
    try:
        fcntl.flock(descriptor, mode | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _is_held(directory: Path) -> bool:
    descriptor = os.open(directory / _LOCK, os.O_RDONLY)
    try:
        # Shared, so that two readers never take each other for an engine.
        return not _try_lock(descriptor, fcntl.LOCK_SH)
    finally:
        os.close(descriptor)


def _holder(descriptor: int) -> int | None:
    text = os.pread(descriptor, 32, 0).decode("ascii", "replace").strip()
    return int(text) if text.isdecimal() else None


def _is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def _busy(directory: Path, holder: int | None) -> str:
    if holder is not None and _is_alive(holder):
        who = f"process {holder}"
        advice = f"Use the engine that runs, stop it (kill {holder}), or name another directory."
    else:
        record = _record(directory)
        server = f"server process {record.server_pid}" if record else "a server process"
        stop = f"kill {record.server_pid}" if record else "stop it"
        who = f"{server}, left behind by an engine that is gone"
        advice = f"End that server first ({stop})."
    return f"The state directory {directory} is in use by {who}. {advice}"
