"""How many bytes of a database a cooperation takes.

    .venv/bin/python benchmarks/storage.py [--copies 4]

The published scenarios are written into an empty database as a worker writes them, some entries at
a time and with everything sealed that is to be: the journal, the rows that pages ask, the feed and
what is to be notified. What the database grew by is counted, indexes and all; of PostgreSQL after
a full vacuum, to which comes what it keeps free: a fifth, as it is set by default. The yardstick is
the journals as JSON. No time is measured: nothing here depends on how busy the machine is.
"""

from __future__ import annotations

import asyncio
import secrets
import sqlite3
from collections.abc import Mapping, Sequence
from contextlib import closing
from typing import Final

import psycopg
from databases import KINDS, databases
from pydantic_core import to_json
from reporting import Report, options
from sqlalchemy import make_url

from coopflow.application.engine import Address
from coopflow.application.memory import MemoryEngine
from coopflow.application.scenario_runner import ScenarioRun, renamed
from coopflow.definitions.compile import compile_definition
from coopflow.definitions.library import available, load_definition
from coopflow.definitions.scenario import load_scenario
from coopflow.domain.chain import GENESIS, linked
from coopflow.domain.events import Entry
from coopflow.domain.rulebook import Definition
from coopflow.readmodel.database import Database
from coopflow.readmodel.migrate import migrate
from coopflow.readmodel.projector import Projector
from coopflow.sealing.keys import KeyRing, KeySet, KeySets
from coopflow.sealing.texts import TextSeals
from coopflow.telemetry import configure_logging

_PROGRAMME: Final = "valley"
_AT_ONCE: Final = 10
_KB: Final = 1024
_KEYS: Final = KeyRing(KeySets(default=KeySet.new()), "the keys of this benchmark")

Journals = Mapping[Address, Sequence[Entry]]


async def lived(copies: int) -> tuple[Definition, Journals]:
    """Return the journals of so many copies of each scenario, and what they follow."""
    definition = load_definition("impact-collectif", "reference")
    rules = compile_definition(definition)
    found: dict[Address, Sequence[Entry]] = {}
    for name, path in sorted(available("examples").items()):
        for number in range(copies):
            scenario = renamed(load_scenario(path), _PROGRAMME, f"{name}-{number}")
            engine = MemoryEngine({definition.digest: rules})
            run = ScenarioRun(scenario, engine, rules)
            async for _ in run.steps():
                pass
            entries = await engine.journal(run.address)
            found[run.address] = linked(entries, GENESIS, secrets.token_hex(32))
    return definition, found


def weighed(url: str) -> tuple[int, int]:
    """Return the bytes that a database takes, and those of its journal if it says so."""
    parts = make_url(url)
    if parts.get_backend_name() == "sqlite":
        with closing(sqlite3.connect(parts.database or "")) as connection:
            ((pages, size),) = connection.execute(
                "SELECT page_count, page_size FROM pragma_page_count, pragma_page_size"
            )
            return pages * size, 0
    with psycopg.connect(url, autocommit=True) as server:
        server.execute("VACUUM FULL")
        asked = "SELECT pg_database_size(current_database()), pg_total_relation_size('journal')"
        ((whole, journal),) = server.execute(asked).fetchall()
        return whole, journal


async def written(url: str, definition: Definition, journals: Journals) -> tuple[int, int]:
    """Write journals into an empty database, and return how much it and its journal grew."""
    database = Database(url, seals=TextSeals(lambda: _KEYS))
    await migrate(database)
    empty = weighed(url)
    projector = Projector(database)
    for address, entries in journals.items():
        for first in range(0, len(entries), _AT_ONCE):
            some = entries[first : first + _AT_ONCE]
            await projector.apply(*address, some, () if first else (definition,))
    await database.close()
    grown, journal = (late - early for late, early in zip(weighed(url), empty, strict=True))
    return grown, journal


def tell(report: Report, kind: str, definition: Definition, journals: Journals) -> None:
    """Write journals into a database of a kind, and tell what they take there."""
    with databases(kind) as new:
        grown, journal = asyncio.run(written(new(), definition, journals))
    count, entries = len(journals), sum(len(one) for one in journals.values())
    text = sum(len(to_json(one)) for one in journals.values())
    notes = [f"{count} cooperations, {entries / count:.0f} entries each"]
    notes += [f"{grown / entries:.0f} bytes an entry, as JSON {text / entries:.0f}"]
    if journal:
        notes += [f"the journal takes {journal / entries:.0f} bytes an entry"]
    report.tell(f"a cooperation on {kind}", grown / count / _KB, text / count / _KB, notes)


def main() -> None:
    """Read the options, write, and weigh."""
    parser = options(__doc__, rounds=1)
    parser.add_argument("--copies", type=int, default=4, help="how many of each scenario")
    given = parser.parse_args()
    configure_logging("console", "error")
    report = Report(given)
    report.begin("their journals as JSON", "KB")
    definition, journals = asyncio.run(lived(given.copies))
    for kind in KINDS:
        tell(report, kind, definition, journals)
    report.end()


if __name__ == "__main__":
    main()
