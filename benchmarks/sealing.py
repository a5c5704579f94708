"""What encryption at rest costs: the read model takes a journal in, with keys and without.

    .venv/bin/python benchmarks/sealing.py [--rounds N]

Each is measured in turn with a yardstick: the same without keys, into a file of SQLite of its own.
Machines differ and drift, so the ratio to it is what compares from one run to the next.
What is measured last is a page of the journal, of which all that is sealed is decrypted.
"""

from __future__ import annotations

import argparse
import asyncio
import statistics
import sys
import tempfile
import time
from collections.abc import Awaitable, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Final

from coopflow.application.engine import Address
from coopflow.application.memory import MemoryEngine
from coopflow.application.scenario_runner import ScenarioRun
from coopflow.definitions.compile import compile_definition
from coopflow.definitions.library import find, load_definition
from coopflow.definitions.scenario import load_scenario
from coopflow.domain.ballots import BallotCast
from coopflow.domain.chain import GENESIS, linked
from coopflow.domain.events import Entry
from coopflow.readmodel.database import Database
from coopflow.readmodel.migrate import migrate
from coopflow.readmodel.projector import Projector
from coopflow.readmodel.queries import Queries
from coopflow.sealing.keys import KeyRing, KeySet, KeySets
from coopflow.sealing.texts import TextSeals

EXAMPLE: Final = "bocage-gourmand"
_BALLOTS: Final = 300


async def journal() -> tuple[Address, tuple[Entry, ...]]:
    """Return the journal of the example."""
    scenario = load_scenario(find("examples", EXAMPLE))
    definition = load_definition(scenario.lifecycle, scenario.policy)
    rules = compile_definition(definition)
    engine = MemoryEngine({definition.digest: rules})
    run = ScenarioRun(scenario, engine, rules)
    async for _ in run.steps():
        pass
    return run.address, linked(await engine.journal(run.address), GENESIS, "pepper")


def ballots(entries: Sequence[Entry]) -> tuple[Entry, ...]:
    """Return entries that follow a journal: nothing but answers, each with a reason."""
    given = next(one for one in reversed(entries) if isinstance(one.event, BallotCast))
    last = entries[-1]
    more = (
        given.but(
            seq=last.seq + number,
            at=last.at + timedelta(seconds=number),
            command=None,
            event=given.event.but(reason=f"{number} " * 20),
        )
        for number in range(1, _BALLOTS + 1)
    )
    return linked(more, GENESIS, "pepper")


async def timed(work: Awaitable[object]) -> float:
    """Return how many milliseconds something takes."""
    started = time.perf_counter()
    await work
    return (time.perf_counter() - started) * 1000


async def size(database: Database) -> int:
    """Return how many bytes the journal and the snapshot hold."""
    async with database.reading() as connection:
        query = "SELECT (SELECT sum(length(data) + length(salts)) FROM journal) + length(state) "
        return int((await connection.exec_driver_sql(query + "FROM snapshot")).scalar_one())


async def measure(rounds: int) -> None:
    """Measure, and print a table."""
    address, entries = await journal()
    answers = ballots(entries)
    ring = KeyRing(KeySets(default=KeySet.new()), "the benchmark")
    costs: dict[str, list[tuple[float, float]]] = {}
    sizes: dict[str, list[int]] = {}
    for _ in range(rounds):
        with tempfile.TemporaryDirectory(prefix="coopflow-benchmark-") as folder:
            pair = [
                Database(f"sqlite:///{Path(folder) / name}", seals=seals)
                for name, seals in (("sealed", TextSeals(lambda: ring)), ("clear", None))
            ]
            for database in pair:
                await migrate(database)
            projectors = [Projector(database) for database in pair]
            for name, batches in (
                ("an entry of the example", [[one] for one in entries]),
                ("50 ballots", [answers[n : n + 50] for n in range(0, len(answers), 50)]),
            ):
                for batch in batches:
                    # In turn, batch by batch: disks have moods.
                    sealed, clear = [await timed(one.apply(*address, batch)) for one in projectors]
                    costs.setdefault(name, []).append((sealed, clear))
                sizes[name] = [await size(database) for database in pair]
            for _ in range(5):
                pages = [Queries(one).journal(address, limit=10_000) for one in pair]
                sealed, clear = [await timed(page) for page in pages]
                costs.setdefault("the whole journal read", []).append((sealed, clear))
            sizes["the whole journal read"] = [await size(database) for database in pair]
            for database in pair:
                await database.close()
    print(f"{'':32}{'sealed ms':>12} {'clear ms':>12} {'ratio':>7}")
    for name, pairs in costs.items():
        sealed, clear = (statistics.median(times) for times in zip(*pairs, strict=True))
        ratio = statistics.median(one / other for one, other in pairs)
        print(f"{name:32}{sealed:12.2f} {clear:12.2f} {ratio:7.2f}")
        more, less = sizes[name]
        grown = f"{more / less:.2f} times as many sealed"
        print(f"    journal and snapshot: {less} bytes in clear, {grown}")


def main() -> None:
    """Read the options, and measure."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=10, help="how often each is measured")
    rounds = parser.parse_args().rounds
    version = sys.version.split()[0]
    print(f"Python {version}, {rounds} rounds, medians; yardstick: the same without keys")
    asyncio.run(measure(rounds))


if __name__ == "__main__":
    main()
