"""The database: how it is reached, what a transaction is, and what to say when it is away."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager, contextmanager, nullcontext
from functools import partial
from types import MappingProxyType
from typing import Any, Final

from sqlalchemy import URL, Connection, event, make_url
from sqlalchemy.exc import (
    ArgumentError,
    DatabaseError,
    DBAPIError,
    InterfaceError,
    OperationalError,
    ProgrammingError,
    TimeoutError as PoolTimeoutError,
)
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from coopflow.readmodel.errors import DatabaseUnavailableError, DatabaseUrlError

_DRIVERS: Final[Mapping[str, str]] = MappingProxyType(
    {"sqlite": "sqlite+aiosqlite", "postgresql": "postgresql+psycopg"}
)
_WRITES: Final = "coopflow_writes"
_WAIT: Final = 5.0


class Database:
    """A database, reached when it is first used.

    On SQLite the file is kept in write-ahead mode, so that readers never wait; writers of this
    object take turns, and writers of other processes are waited for. Close it when done.
    """

    def __init__(self, url: str, wait: float = _WAIT) -> None:
        """Prepare the database.

        Args:
            url: ``sqlite:///PATH`` of a file, or ``postgresql://USER:PASSWORD@HOST/NAME``.
            wait: how many seconds to wait for writers of other processes on SQLite.

        Raises:
            DatabaseUrlError: the address is none of these, or its driver is not installed.
        """
        read = _read_url(url)
        self.url = _shown(read)
        self._engine = _engine(read)
        self._writing = self._engine.execution_options(**{_WRITES: True})
        self._turn: AbstractAsyncContextManager[Any] = nullcontext()
        if read.get_backend_name() == "sqlite":
            # Waiting here is fair; SQLite itself lets writers try their luck until one gives up.
            self._turn = asyncio.Lock()
            event.listen(self._engine.sync_engine, "connect", partial(_prepare_sqlite, wait=wait))
            event.listen(self._engine.sync_engine, "begin", _begin_sqlite)

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[AsyncConnection]:
        """Open a transaction that only reads.

        Raises:
            DatabaseUnavailableError: the database does not answer, or not as it should.
        """
        with self._explained():
            async with self._engine.connect() as connection:
                yield connection

    @asynccontextmanager
    async def writing(self) -> AsyncIterator[AsyncConnection]:
        """Open a transaction that is committed in the end, or undone by an exception.

        Raises:
            DatabaseUnavailableError: the database does not answer, or not as it should.
        """
        with self._explained():
            async with self._turn, self._writing.begin() as connection:
                yield connection

    async def close(self) -> None:
        """Close all connections."""
        await self._engine.dispose()

    @contextmanager
    def _explained(self) -> Iterator[None]:
        try:
            yield
        except (DatabaseError, InterfaceError, PoolTimeoutError, OSError) as error:
            found = _explanation(error)
            if found is None:
                raise
            raise DatabaseUnavailableError(self.url, *found) from error


def _read_url(url: str) -> URL:
    try:
        read = make_url(url)
    except ArgumentError:
        raise DatabaseUrlError(
            "the address of the database is not a URL: write sqlite:///PATH or "
            "postgresql://USER:PASSWORD@HOST/NAME"
        ) from None
    backend = read.get_backend_name()
    if backend not in _DRIVERS:
        raise DatabaseUrlError(
            f"{_shown(read)}: there is no support for {backend}; write sqlite:///PATH or "
            "postgresql://USER:PASSWORD@HOST/NAME"
        )
    if backend == "sqlite" and read.database in {None, "", ":memory:"}:
        raise DatabaseUrlError(f"{_shown(read)} names no file: write sqlite:///PATH")
    return read.set(drivername=_DRIVERS[backend])


def _shown(url: URL) -> str:
    """Write a URL as people may see it: without password, and without options, which may hold one."""
    shown = url.set(drivername=url.get_backend_name(), query={})
    return shown.render_as_string(hide_password=True)


def _engine(url: URL) -> AsyncEngine:
    try:
        return create_async_engine(
            url,
            # What is stored must not turn up in the messages of errors.
            hide_parameters=True,
            pool_pre_ping=url.get_backend_name() != "sqlite",
            json_serializer=partial(json.dumps, ensure_ascii=False, separators=(",", ":")),
        )
    except ModuleNotFoundError as error:
        raise DatabaseUrlError(
            f"{_shown(url)} needs the Python package {error.name}, which is not installed"
        ) from error


def _prepare_sqlite(connection: Any, _: object, *, wait: float) -> None:
    connection.isolation_level = (
        None  # begin is said below, also before reads and changes of tables
    )
    cursor = connection.cursor()
    cursor.execute(f"PRAGMA busy_timeout={int(wait * 1000)}")
    cursor.execute("PRAGMA journal_mode=WAL")
    # An acknowledged entry is dropped by the workflow: it must outlive a power cut here.
    cursor.execute("PRAGMA synchronous=FULL")
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    # A transaction that read first could not wait for another writer: it would fail at once.
    writes = connection.get_execution_options().get(_WRITES, False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def _explanation(error: Exception) -> tuple[str, str] | None:
    """Return what is wrong and what to do, or None for what is no matter of availability."""
    reason = str(error.orig if isinstance(error, DBAPIError) else error)
    if "no such table" in reason or "no such column" in reason or _is_undefined(error):
        return reason, "its tables are missing or of another version; migrate it first"
    if "database is locked" in reason:
        return reason, "another process writes to it; try again, or stop that process"
    if isinstance(error, DatabaseError) and not isinstance(error, OperationalError):
        # The class itself says that the file is damaged or no database; others are our mistakes.
        if type(error) is not DatabaseError:
            return None
        return reason, "give the address of another database, or restore this one"
    return reason, "check that it is there and may be used, and try again"


def _is_undefined(error: Exception) -> bool:
    orig = error.orig if isinstance(error, ProgrammingError) else None
    return getattr(orig, "sqlstate", None) in {"42P01", "42703"}  # of table, of column
