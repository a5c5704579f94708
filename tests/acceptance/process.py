"""Running ``coopflow`` as a process of its own, the way people do."""

from __future__ import annotations

import os
import queue
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO

DEADLINE = 90.0
"""Seconds after which something that must happen counts as not happening."""

_PROGRAM = [sys.executable, "-m", "coopflow.entrypoints.cli"]


def environment(folder: Path, **variables: str) -> dict[str, str]:
    """Return the variables of a process: a state directory in the folder, nobody's settings."""
    ours = {name: value for name, value in os.environ.items() if not _is_setting(name)}
    config = folder / "temporal.toml"
    config.touch()
    return ours | {
        "COOPFLOW_STATE_DIR": str(folder / "state"),
        "COOPFLOW_PORT": "0",
        "COOPFLOW_UI_PORT": "0",
        "COOPFLOW_HTTP_PORT": "0",
        "TEMPORAL_CONFIG_FILE": str(config),
        "LANG": "C.UTF-8",
        "COLUMNS": "100",
        "NO_COLOR": "1",
        **variables,
    }


def _is_setting(name: str) -> bool:
    # Without its bytecode every process would spend seconds on compiling the libraries.
    foreign = ("COOPFLOW_", "TEMPORAL_", "LC_", "PYTHONDONTWRITEBYTECODE")
    return name.startswith(foreign)


def _ended(
    command: list[str], variables: dict[str, str], folder: Path | None
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command,
        cwd=folder,
        env=variables,
        capture_output=True,
        text=True,
        timeout=DEADLINE,
        check=False,
    )


def coopflow(
    variables: dict[str, str], *arguments: str, folder: Path | None = None
) -> subprocess.CompletedProcess[str]:
    """Run a command to its end, in a folder."""
    return _ended([*_PROGRAM, *arguments], variables, folder)


class Running:
    """A process that runs on, and what it has written so far."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        """Read from a process that was started."""
        self.process = process
        self.written: dict[str, list[str]] = {"stdout": [], "stderr": []}
        self._lines: queue.Queue[tuple[str, str | None]] = queue.Queue()
        self._readers = [
            threading.Thread(target=self._read, args=one, daemon=True)
            for one in (("stdout", process.stdout), ("stderr", process.stderr))
        ]
        for reader in self._readers:
            reader.start()

    def _read(self, name: str, stream: IO[str]) -> None:
        with stream:
            for line in stream:
                self._lines.put((name, line))
        self._lines.put((name, None))

    def text(self, name: str) -> str:
        """Return what was written to ``stdout`` or ``stderr`` so far."""
        return "".join(self.written[name])

    def wait_for(self, words: str, name: str = "stdout") -> str:
        """Wait for a line with some words, and return it."""
        deadline = time.monotonic() + DEADLINE
        while True:
            source, line = self._lines.get(timeout=max(0.1, deadline - time.monotonic()))
            if line is not None:
                self.written[source].append(line)
                if source == name and words in line:
                    return line
            elif source == name:
                raise AssertionError(f"{words!r} never came: {self.written}")

    def end(self, number: signal.Signals = signal.SIGTERM) -> int:
        """Ask the process to end, and return its exit code."""
        self.process.send_signal(number)
        code = self.process.wait(DEADLINE)
        for reader in self._readers:
            reader.join(DEADLINE)
        while not self._lines.empty():
            source, line = self._lines.get()
            self.written[source].append(line or "")
        return code


@contextmanager
def running(
    variables: dict[str, str],
    *arguments: str,
    folder: Path | None = None,
    program: Sequence[str] = _PROGRAM,
) -> Iterator[Running]:
    """Run a command for the length of a block; what still runs at its end is killed."""
    process = subprocess.Popen(
        [*program, *arguments],
        cwd=folder,
        env=variables,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        yield Running(process)
    finally:
        if process.poll() is None:
            process.kill()
            process.wait(DEADLINE)


def script(
    variables: dict[str, str], file: str, *arguments: str, folder: Path | None = None
) -> subprocess.CompletedProcess[str]:
    """Run a Python file to its end, in a folder."""
    return _ended([sys.executable, file, *arguments], variables, folder)


def tests(
    variables: dict[str, str], *arguments: str, folder: Path
) -> subprocess.CompletedProcess[str]:
    """Run pytest to its end, in a folder, with no plugin but ours."""
    command = [sys.executable, "-m", "pytest", "-p", "no:asyncio", "-p", "no:cov", *arguments]
    return _ended(command, variables, folder)
