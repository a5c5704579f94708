from __future__ import annotations

import asyncio
import json
import re
import sqlite3
from collections.abc import Iterable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from coopflow.application.engine import Address
from coopflow.domain import catalogue  # noqa: F401 - defines all events
from coopflow.readmodel import journal
from coopflow.readmodel.database import Database
from coopflow.readmodel.migrate import migrate
from coopflow.readmodel.projector import Projector
from coopflow.sealing.keys import KeyRing
from coopflow.sealing.texts import TextSeals
from tests.acceptance.process import coopflow, environment, running

pytestmark = [pytest.mark.server, pytest.mark.slow]

COOP = Address("demo", "bocage-gourmand")
BACKED_UP = 100
LOST = ["tail_missing", "definition_missing", "definition_missing"]


def copy(source: Path, target: Path) -> None:
    """Copy a database, into one that others may have opened."""
    with closing(sqlite3.connect(source)) as one, closing(sqlite3.connect(target)) as other:
        one.backup(other)


async def write_backup(file: Path, backup: Path) -> None:
    """Write the database as it was after the first entries."""
    seals = TextSeals(lambda: KeyRing.at(file.with_name("keys.json")))
    now, then = (Database(f"sqlite:///{one}", seals=seals) for one in (file, backup))
    await migrate(then)
    async with now.reading() as connection:
        entries = await journal.read(connection, COOP, 1, BACKED_UP)
    await Projector(then).apply(*COOP, entries)
    await now.close()
    await then.close()


def unsealed(rows: Iterable[tuple[Any, ...]]) -> list[str]:
    """Return rows without what is sealed in them, which is encrypted otherwise every time."""
    return [re.sub(r'"sealed":"[^"]*"', '"sealed":""', repr(row)) for row in rows]


def test_a_restored_backup_is_verified_and_rebuilt(tmp_path: Path) -> None:
    """Damage is named with exit code 1; after a restored backup, rebuild brings back what is lost.

    All of it beside an engine that runs on.
    """
    variables = environment(tmp_path)
    file = tmp_path / "state" / "coopflow.db"
    today, yesterday = tmp_path / "today.db", tmp_path / "yesterday.db"

    def reports(*arguments: str, code: int) -> list[dict[str, Any]]:
        done = coopflow(variables, "readmodel", *arguments, "-o", "json")
        assert done.returncode == code, done.stdout + done.stderr
        found: list[dict[str, Any]] = json.loads(done.stdout)
        return found

    with running(variables, "dev", "--demo") as engine:
        engine.wait_for("ready: ")
        (sound,) = reports("verify", code=0)
        assert (sound["cooperation"], sound["findings"]) == (COOP.cooperation, [])
        assert sound["head"] == sound["seq"]

        with closing(sqlite3.connect(file)) as live, live:
            live.execute("UPDATE member SET name = 'Nobody' WHERE id = 'paniers-ysoline'")
        done = coopflow(variables, "readmodel", "verify", str(COOP))
        assert done.returncode == 1
        assert "member paniers-ysoline does not follow from the journal: name" in done.stdout
        assert "Nobody" not in done.stdout
        done = coopflow(variables, "readmodel", "verify", "--database-only", "--lang", "fr")
        assert "ne découle pas du journal" in done.stdout
        done = coopflow(variables, "readmodel", "rebuild", COOP.cooperation)
        assert (done.returncode, "1 mended" in done.stdout) == (0, True)

        copy(file, today)
        asyncio.run(write_backup(file, yesterday))
        copy(yesterday, file)
        (report,) = reports("verify", "--programme", "demo", code=1)
        kinds = [one["kind"] for one in report["findings"]]
        assert (kinds, report["findings"][0]["first"]) == (LOST, BACKED_UP + 1)
        (report,) = reports("rebuild", "--all", code=0)
        assert (report["findings"], report["seq"]) == ([], sound["seq"])
        assert [one["kind"] for one in report["mended"]] == LOST
        with closing(sqlite3.connect(file)) as live, closing(sqlite3.connect(today)) as kept:
            for table in ("journal", "member", "document", "decision"):
                query = f"SELECT * FROM {table} ORDER BY 1, 2, 3"  # noqa: S608
                assert unsealed(live.execute(query)) == unsealed(kept.execute(query))
        assert coopflow(variables, "readmodel", "verify", "demo/unheard-of").returncode == 1
        assert coopflow(variables, "readmodel", "rebuild").returncode == 2
        assert engine.end() == 0
    assert coopflow(variables, "readmodel", "verify").returncode == 3
    (report,) = reports("verify", "--database-only", code=0)
    assert report["seq"] == sound["seq"]
