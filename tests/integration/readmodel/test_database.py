from __future__ import annotations

import sqlite3
import sys
from pathlib import Path

import pytest
from sqlalchemy import insert
from sqlalchemy.exc import IntegrityError

from coopflow.application.engine import UnavailableError
from coopflow.readmodel.database import Database
from coopflow.readmodel.errors import DatabaseUnavailableError, DatabaseUrlError
from coopflow.readmodel.migrate import migrate
from coopflow.readmodel.projector import Projector
from coopflow.readmodel.queries import Queries
from coopflow.readmodel.tables import MemberRow
from tests.integration.readmodel.lives import Collective

MISSING = r'cooperation"?( does not exist)?; its tables are missing or of another version;'


@pytest.mark.parametrize(
    ("url", "complaint"),
    [
        ("read-model.db", "is not a URL: write sqlite:///PATH"),
        (
            "oracle://scott:tiger@db/x",
            r"oracle://scott:\*\*\*@db/x: there is no support for oracle",
        ),
        ("sqlite://", "names no file"),
        ("sqlite:///:memory:", "names no file"),
        ("sqlite:///file:x?uri=true", "options"),
        (
            "postgresql://coop:hush@db/coop?sslmod=require",
            r'postgresql://coop:\*\*\*@db/coop: invalid connection option "sslmod"; write options',
        ),
    ],
)
def test_an_address_that_cannot_be_used_is_refused_at_once(url: str, complaint: str) -> None:
    """The message says what is wrong with the address, and how to write one."""
    with pytest.raises(DatabaseUrlError, match=complaint):
        Database(url)


def test_options_of_libpq_are_taken() -> None:
    """They may say how to be reached and for how long; several hosts are tried in turn."""
    options = "sslmode=verify-full&connect_timeout=3&host=a&host=b&target_session_attrs=read-write"
    assert Database(f"postgresql://coop:hush@/coop?{options}").url == "postgresql://coop:***@/coop"


def test_a_driver_that_is_missing_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """Who wants PostgreSQL is told what to install."""
    monkeypatch.setitem(sys.modules, "psycopg", None)
    with pytest.raises(DatabaseUrlError, match=r"needs the Python package psycopg") as refused:
        Database("postgresql://coop:hush@db.example/coop?password=hush")
    assert str(refused.value).endswith(": pip install 'coopflow[postgresql]'")
    assert "hush" not in str(refused.value)


async def test_sqlite_is_set_up_for_readers_beside_a_writer(tmp_path: Path) -> None:
    """The file is in write-ahead mode, waits for other writers, and survives a power cut."""
    database = Database(f"sqlite:///{tmp_path}/read-model.db")
    async with database.reading() as connection:
        found = [
            (await connection.exec_driver_sql(f"PRAGMA {name}")).scalar()
            for name in ("journal_mode", "busy_timeout", "synchronous")
        ]
    assert found == ["wal", 5000, 2]
    await database.close()


async def test_a_file_that_cannot_be_made_is_explained(tmp_path: Path) -> None:
    """The error names the address, the cause and what to do, and is one that callers know."""
    database = Database(f"sqlite:///{tmp_path}/missing/read-model.db")
    with pytest.raises(UnavailableError, match="unable to open database file; check") as away:
        await migrate(database)
    assert isinstance(away.value, DatabaseUnavailableError)
    assert away.value.url == f"sqlite:///{tmp_path}/missing/read-model.db"
    assert away.value.url in str(away.value)
    await database.close()


async def test_a_file_that_is_no_database_is_explained(tmp_path: Path) -> None:
    """Something else under that name is not touched."""
    path = tmp_path / "letter.txt"
    path.write_text("Chers partenaires, " * 100, encoding="utf-8")
    database = Database(f"sqlite:///{path}")
    with pytest.raises(DatabaseUnavailableError, match="not a database; give the address of"):
        await migrate(database)
    assert path.read_text(encoding="utf-8").startswith("Chers partenaires, Chers")
    await database.close()


async def test_tables_that_are_missing_are_explained(url: str) -> None:
    """A database that nobody migrated says so."""
    database = Database(url)
    with pytest.raises(DatabaseUnavailableError, match=f"{MISSING} migrate it first"):
        await Queries(database).cooperations()
    await database.close()


async def test_a_writer_that_does_not_end_is_explained(tmp_path: Path) -> None:
    """Another process that keeps the file for itself is waited for, then named as the cause."""
    path = tmp_path / "read-model.db"
    database = Database(f"sqlite:///{path}", wait=0.05)
    await migrate(database)
    verger = Collective()
    projector = Projector(database)
    blocking = sqlite3.connect(path, isolation_level=None)
    blocking.execute("BEGIN IMMEDIATE")
    with pytest.raises(DatabaseUnavailableError, match="is locked; another process writes to it"):
        await projector.apply(*verger.address, verger.entries)
    assert await Queries(database).cooperations() == ()

    blocking.execute("ROLLBACK")
    blocking.close()
    assert await projector.apply(*verger.address, verger.entries) == verger.state.seq
    await database.close()


async def test_mistakes_of_ours_are_not_called_unavailable(database: Database) -> None:
    """What is wrong with a statement stays what it is, and tells nothing of its values."""

    async def write() -> None:
        async with database.writing() as connection:
            row = {"cooperation_id": "demo/verger", "id": "sealed"}
            await connection.execute(insert(MemberRow), row)

    with pytest.raises(IntegrityError, match=r"(?i)not.null") as broken:
        await write()
    assert "sealed" not in str(broken.value)
