"""A writer beside others: ``python -m tests.integration.readmodel.writer URL SIZE``.

It says that it is ready, waits for a line, then migrates the database and writes an example.
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Iterator, Sequence

from coopflow.domain.events import Entry
from coopflow.readmodel.database import Database
from coopflow.readmodel.errors import JournalGapError
from coopflow.readmodel.migrate import migrate
from coopflow.readmodel.projector import Projector
from tests.integration.readmodel.lives import Life, example


def batches(entries: Sequence[Entry], size: int) -> Iterator[Sequence[Entry]]:
    """Cut a journal into batches."""
    for start in range(0, len(entries), size):
        yield entries[start : start + size]


async def write_all(database: Database, life: Life, size: int) -> None:
    """Write a journal in batches; what comes too early is tried again."""
    address, entries = life
    projector = Projector(database)
    waiting = list(batches(entries, size))
    while waiting:
        try:
            await projector.apply(*address, waiting[0])
        except JournalGapError:
            await asyncio.sleep(0)
        else:
            del waiting[0]


async def main(url: str, size: int) -> None:
    """Write the example when told to."""
    life = await example("bocage-gourmand")
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    await asyncio.to_thread(sys.stdin.readline)
    database = Database(url)
    await migrate(database)
    await write_all(database, life, size)
    await database.close()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], int(sys.argv[2])))
