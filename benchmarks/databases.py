"""Where read models are measured: on a file of SQLite, and on a server of PostgreSQL."""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Final

sys.path.append(str(Path(__file__).parents[1]))  # the server is the one of the tests
from tests.postgresql import PostgresqlServer, programs

SQLITE: Final = "SQLite"
POSTGRESQL: Final = "PostgreSQL"
KINDS: Final = (SQLITE, POSTGRESQL) if programs() else (SQLITE,)
"""The kinds of databases that there are here."""

_SETTINGS: Final = (
    # As of a server that does nothing else; what is written outlives a power cut, as on SQLite.
    "shared_buffers=256MB",
    "maintenance_work_mem=256MB",
    "max_wal_size=4GB",
    "max_connections=120",
)
_DURABLE: Final = ("fsync=on", "full_page_writes=on")


@contextmanager
def databases(kind: str, *, durable: bool = False) -> Iterator[Callable[[], str]]:
    """Yield what makes databases for the length of a block, each empty, and returns its URL.

    Args:
        kind: one of those that there are here.
        durable: whether what is written has to outlive a power cut, and so takes longer; on SQLite
            it always does.
    """
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="coopflow-pg-")))
        if kind == SQLITE:
            names = iter(range(1000))
            yield lambda: f"sqlite:///{folder}/{next(names)}.db"
            return
        installed = programs()
        assert installed is not None  # noqa: S101 - else there is no such kind
        settings = (*_SETTINGS, *(_DURABLE if durable else ()))
        server = PostgresqlServer(folder, installed, settings)
        stack.callback(server.stop)
        server.start()
        yield lambda: server.url(stack.enter_context(server.database()))
