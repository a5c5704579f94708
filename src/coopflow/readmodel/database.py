"""The database: how it is reached, what a transaction is, and what to say when it is away."""

from __future__ import annotations

import asyncio
import json
import sqlite3
import time
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import (
    AbstractAsyncContextManager,
    asynccontextmanager,
    closing,
    contextmanager,
    nullcontext,
)
from functools import partial
from types import MappingProxyType
from typing import Any, Final

from sqlalchemy import URL, Connection, ExceptionContext, event, make_url
from sqlalchemy.exc import ArgumentError, DatabaseError, DBAPIError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine
from sqlalchemy.pool import QueuePool

from coopflow.readmodel.errors import DatabaseUnavailableError, DatabaseUrlError
from coopflow.readmodel.seals import Seals, options

_DRIVERS: Final[Mapping[str, str]] = MappingProxyType(
    {"sqlite": "sqlite+aiosqlite", "postgresql": "postgresql+psycopg"}
)
_INSTALL: Final = "pip install 'coopflow[postgresql]'"
_SESSION: Final[Mapping[str, str]] = MappingProxyType(
    {
        # A server that vanishes without a word is given up within a minute.
        "connect_timeout": "10",
        "keepalives_idle": "20",
        "keepalives_interval": "5",
        "keepalives_count": "4",
        "tcp_user_timeout": "40000",
    }
)
_SESSION_OPTIONS: Final = (
    # Else psycopg needs to know the zone that the server or the role is set to.
    "-c timezone=UTC "
    # A worker that stands still in the middle of a transaction does not hold up the others for
    # ever. Long enough for one that writes the rows of a long journal anew: it thinks in between.
    "-c idle_in_transaction_session_timeout=5min"
)
_WRITES: Final = "coopflow_writes"
_MIGRATE: Final = "its tables are missing or of another version; migrate it first"
_UNDEFINED: Final = ("no such table", "no such column", "has no column named")
_BY_SQLSTATE: Final[Mapping[str | None, str]] = MappingProxyType(
    {
        "42P01": _MIGRATE,  # no such table
        "42703": _MIGRATE,  # no such column
        "42501": "let its role own the database, or grant it all rights on the schema and tables",
        "25006": "give the address of a server that may be written to, not of a replica",
    }
)
_WAIT: Final = 5.0
_RETRY_SECONDS: Final = 0.02
_GIVING_BACK: Final = 1.0


class Database:
    """A database, reached when it is first used.

    On SQLite the file is kept in write-ahead mode, so that readers never wait; writers of this
    object take turns, and writers of other processes are waited for. On PostgreSQL writers of
    different cooperations write side by side. Close it when done.
    """

    def __init__(self, url: str, wait: float = _WAIT, seals: Seals | None = None) -> None:
        """Prepare the database.

        Args:
            url: ``sqlite:///PATH`` of a file, or ``postgresql://USER:PASSWORD@HOST/NAME``; the
                latter may have options of libpq after a question mark.
            wait: how many seconds to wait for writers of other processes on SQLite.
            seals: encrypts what is sealed where it is written, and decrypts it where it is read.
                Without them it is written in clear, and what is encrypted cannot be read.

        Raises:
            DatabaseUrlError: the address is none of these, or its driver is not installed.
        """
        read = _read_url(url)
        self.url = _shown(read)
        self._engine = _engine(read)
        self._reading = self._engine.execution_options(**options(seals))
        self._writing = self._reading.execution_options(**{_WRITES: True})
        self._turn: AbstractAsyncContextManager[Any] = nullcontext()
        self._prepare: Callable[[], None] | None = None
        self._path: str | None = None
        if read.get_backend_name() == "sqlite":
            # Waiting here is fair; SQLite itself lets writers try their luck until one gives up.
            self._turn = asyncio.Lock()
            self._path = str(read.database)
            self._prepare = partial(_prepare_file, self._path, wait)
            event.listen(self._engine.sync_engine, "connect", partial(_on_connect, wait=wait))
            event.listen(self._engine.sync_engine, "begin", _on_begin)
        else:
            # What one reader sees is one moment, as it is on SQLite. A writer has to see what those
            # that it waited for have written.
            self._reading = self._reading.execution_options(
                isolation_level="REPEATABLE READ", postgresql_readonly=True
            )
            event.listen(self._engine.sync_engine, "handle_error", _on_error)

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[AsyncConnection]:
        """Open a transaction that only reads.

        Raises:
            DatabaseUnavailableError: the database does not answer, or not as it should.
        """
        with self._explained():
            await self._be_prepared()
            async with self._reading.connect() as connection:
                yield connection

    @asynccontextmanager
    async def writing(self) -> AsyncIterator[AsyncConnection]:
        """Open a transaction that is committed in the end, or undone by an exception.

        One task must not open another one within it: on SQLite it would wait for itself.

        Raises:
            DatabaseUnavailableError: the database does not answer, or not as it should.
        """
        with self._explained():
            await self._be_prepared()
            async with self._turn, self._writing.begin() as connection:
                yield connection

    async def scrub(self) -> None:
        """Let nothing stay in the file of SQLite that was overwritten: its log is emptied.

        While others read, it empties as far as they let it, and in full when the last one closes
        it. PostgreSQL does the like by itself, with VACUUM.
        """
        if self._path is not None:
            await asyncio.to_thread(_empty_log, self._path)

    async def close(self) -> None:
        """Close all connections, once those are back that somebody who was cancelled had."""
        deadline = time.monotonic() + _GIVING_BACK
        # SQLAlchemy gives them back in a task of its own: without it they would stay open.
        while self._pool.checkedout() and time.monotonic() < deadline:  # noqa: ASYNC110 - no bell
            await asyncio.sleep(_RETRY_SECONDS)
        await self._engine.dispose()

    @property
    def _pool(self) -> QueuePool:
        pool = self._engine.sync_engine.pool
        assert isinstance(pool, QueuePool), "files and servers have one"
        return pool

    async def _be_prepared(self) -> None:
        if self._prepare is not None:
            await asyncio.to_thread(self._prepare)
            self._prepare = None

    @contextmanager
    def _explained(self) -> Iterator[None]:
        try:
            yield
        except DatabaseUnavailableError:
            raise  # an OSError too, and explained
        except (DBAPIError, PoolTimeoutError, sqlite3.Error, OSError) as error:
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
    if backend == "sqlite" and (read.database in {None, "", ":memory:"} or read.query):
        raise DatabaseUrlError(f"{_shown(read)} names no file, or options: write sqlite:///PATH")
    if backend == "postgresql":
        theirs = read.query.get("options", "")
        options = " ".join([_SESSION_OPTIONS, *((theirs,) if isinstance(theirs, str) else theirs)])
        read = read.set(query={**_SESSION, **read.query, "options": options.strip()})
    return read.set(drivername=_DRIVERS[backend])


def _shown(url: URL) -> str:
    """Write a URL as people may see it: without password or options, which may hold one too."""
    shown = url.set(drivername=url.get_backend_name(), query={})
    return shown.render_as_string(hide_password=True)


def _engine(url: URL) -> AsyncEngine:
    try:
        if url.get_backend_name() == "postgresql":
            _check_options(url)
        return create_async_engine(
            url,
            # What is stored must not turn up in the messages of errors.
            hide_parameters=True,
            pool_pre_ping=url.get_backend_name() != "sqlite",
            json_serializer=partial(json.dumps, ensure_ascii=False, separators=(",", ":")),
        )
    except ImportError as error:  # also where it is there and finds no libpq
        raise DatabaseUrlError(
            f"{_shown(url)} needs the Python package psycopg, which cannot be loaded ({error}): "
            f"{_INSTALL}"
        ) from error


def _check_options(url: URL) -> None:
    """Refuse options that libpq does not know, which it would only do when it connects."""
    from psycopg import ProgrammingError  # noqa: PLC0415 - of an extra, and slow to load
    from psycopg.conninfo import make_conninfo  # noqa: PLC0415

    try:
        make_conninfo(**dict.fromkeys(url.query, ""))
    except ProgrammingError as error:
        reason = str(error).strip()
        raise DatabaseUrlError(f"{_shown(url)}: {reason}; write options of libpq") from None


def _switch_to_wal(connection: sqlite3.Connection, deadline: float) -> None:
    """Let the file have a write-ahead log; it remembers that.

    SQLite does not wait for its timeout here when somebody else switches at the same moment.
    """
    while True:
        try:
            connection.execute("PRAGMA journal_mode=WAL")
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode != sqlite3.SQLITE_BUSY or time.monotonic() >= deadline:
                raise
            time.sleep(_RETRY_SECONDS)
        else:
            return


def _prepare_file(path: str, wait: float) -> None:
    """Open the file before the pool does: where that fails, aiosqlite leaves a thread behind."""
    with closing(sqlite3.connect(path, timeout=wait)) as connection:
        _switch_to_wal(connection, time.monotonic() + wait)


def _empty_log(path: str) -> None:
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def _on_connect(connection: Any, _: object, *, wait: float) -> None:
    connection.isolation_level = None  # a transaction is begun below, also to read
    cursor = connection.cursor()
    cursor.execute(f"PRAGMA busy_timeout={int(wait * 1000)}")
    # An acknowledged entry is dropped by the workflow: it must outlive a power cut here.
    cursor.execute("PRAGMA synchronous=FULL")
    # What is deleted or written over is gone, and be it the name of a person, or what was in clear
    # before it was encrypted.
    cursor.execute("PRAGMA secure_delete=ON")
    cursor.close()


def _on_begin(connection: Connection) -> None:
    # A transaction that read first could not wait for another writer: it would fail at once.
    writes = connection.get_execution_options().get(_WRITES, False)
    begin = "BEGIN IMMEDIATE" if writes else "BEGIN"
    # As one message to the thread of the connection, where a statement is four.
    adapted: Any = connection.connection.dbapi_connection  # an AdaptedConnection, of aiosqlite
    adapted.run_async(lambda driver: driver.execute(begin))


def _on_error(context: ExceptionContext) -> None:
    """Leave out what PostgreSQL adds to a message: its details show the values of the row."""
    error = context.original_exception
    message = getattr(getattr(error, "diag", None), "message_primary", None)
    if message is not None:
        error.args = (message,)
        if context.sqlalchemy_exception is not None:
            context.sqlalchemy_exception.args = (f"({type(error).__name__}) {message}",)


def _explanation(error: Exception) -> tuple[str, str] | None:
    """Return what is wrong and what to do, or None for what is no matter of availability."""
    reason = str(error.orig if isinstance(error, DBAPIError) else error)
    state = getattr(error.orig, "sqlstate", None) if isinstance(error, DBAPIError) else None
    if state in _BY_SQLSTATE:
        return reason, _BY_SQLSTATE[state]
    if any(words in reason for words in _UNDEFINED):
        return reason, _MIGRATE
    if "database is locked" in reason:
        return reason, "another process writes to it; try again, or stop that process"
    if type(error) in {DatabaseError, sqlite3.DatabaseError}:  # what SQLite says of the file itself
        return reason, "give the address of another database, or restore this one"
    if isinstance(error, DatabaseError) and not (
        isinstance(error, OperationalError) or error.connection_invalidated
    ):
        return None  # a mistake of ours
    return reason, "check that it is there and may be used, and try again"
