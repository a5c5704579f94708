"""How long it takes to tell what a policy would change for many cooperations.

    .venv/bin/python benchmarks/impact.py [--cooperations N] [--rounds N]

A read model of N cooperations is made, each with the state of the example, and ``coopflow policy
impact`` is run on it as a whole process. Beside it, as a yardstick, the same states are only
decoded from JSON in one process: what anyone pays who reads them at all. The memory is that of the
largest process.
"""

from __future__ import annotations

import asyncio
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Final

from reporting import Report, options

from coopflow.application.memory import MemoryEngine
from coopflow.application.scenario_runner import ScenarioRun, address_of
from coopflow.definitions.compile import compile_definition
from coopflow.definitions.library import find, load_definition
from coopflow.definitions.scenario import load_scenario
from coopflow.domain.state import Cooperation
from coopflow.readmodel.database import Database
from coopflow.readmodel.migrate import migrate
from coopflow.readmodel.rows import cooperation_row
from coopflow.readmodel.statements import upsert
from coopflow.readmodel.tables import CooperationRow, SnapshotRow
from coopflow.settings import load_settings

EXAMPLE: Final = "bocage-gourmand"
_BATCH: Final = 500


async def lived() -> Cooperation:
    """Return the example at the end of its life."""
    scenario = load_scenario(find("examples", EXAMPLE))
    definition = load_definition(scenario.lifecycle, scenario.policy)
    rules = compile_definition(definition)
    engine = MemoryEngine({definition.digest: rules})
    async for _ in ScenarioRun(scenario, engine, rules).steps():
        pass
    return await engine.state(address_of(scenario))


async def fill(folder: Path, state: Cooperation, count: int) -> None:
    """Make a read model of so many cooperations in a folder."""
    database = Database(load_settings(state_dir=folder).database)
    await migrate(database)
    for first in range(0, count, _BATCH):
        copies = [state.but(id=f"coop-{n:06}") for n in range(first, min(count, first + _BATCH))]
        async with database.writing() as connection:
            keys = [{"cooperation_id": f"{one.programme}/{one.id}"} for one in copies]
            rows = [key | cooperation_row(one) for key, one in zip(keys, copies, strict=True)]
            await connection.execute(upsert(CooperationRow, "sqlite"), rows)
            snapshots = [
                {**key, "seq": one.seq, "shape": "", "state": one.model_dump_json()}
                for key, one in zip(keys, copies, strict=True)
            ]
            await connection.execute(upsert(SnapshotRow, "sqlite"), snapshots)
    await database.close()


def impact(folder: Path) -> float:
    """Return how many seconds the command takes, as a process."""
    command = [sys.executable, "-m", "coopflow.entrypoints.cli", "policy", "impact", "reference"]
    environment = os.environ | {"COOPFLOW_STATE_DIR": str(folder)}
    started = time.perf_counter()
    done = subprocess.run(  # noqa: S603 - the project's own program
        [*command, "--output", "csv"], env=environment, capture_output=True, check=False
    )
    if done.returncode:
        raise SystemExit(done.stderr.decode())
    return time.perf_counter() - started


def decoded(stored: str, count: int) -> float:
    """Return how many seconds it takes to decode so many states."""
    started = time.perf_counter()
    for _ in range(count):
        Cooperation.model_validate_json(stored)
    return time.perf_counter() - started


def main() -> None:
    """Measure, and print a table."""
    parser = options(__doc__)
    parser.add_argument("--cooperations", type=int, default=10_000, help="how many there are")
    arguments = parser.parse_args()
    count = arguments.cooperations
    state = asyncio.run(lived())
    stored = state.model_dump_json()
    with tempfile.TemporaryDirectory(prefix="coopflow-impact-") as folder:
        asyncio.run(fill(Path(folder), state, count))
        pairs = [
            (impact(Path(folder)), decoded(stored, count)) for _ in range(max(1, arguments.rounds))
        ]
    ours, other = (statistics.median(some) for some in zip(*pairs, strict=True))
    largest = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    report = Report(arguments)
    report.begin("their states decoded in one process", "s")
    notes = [f"largest process: {largest:.0f} MB"]
    report.tell(f"policy impact on {count} cooperations", ours, other, notes)
    report.end()


if __name__ == "__main__":
    main()
