"""How long cooperations that sleep take to move from one version of the workers to another.

    .venv/bin/python benchmarks/roll.py [--cooperations N] [--rounds N]

On an embedded server, with a worker of each version in this process: one is promoted and the other
drained, there and back. Beside it, as a yardstick, each cooperation is given a command, as many at
once as are woken at once. Machines differ and drift, so the ratio is what compares.
"""

from __future__ import annotations

import argparse
import asyncio
import statistics
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any, Final

from temporalio.client import Client

from coopflow.application.engine import Address
from coopflow.definitions.library import load_definition
from coopflow.sealing.keys import KeyRing, KeySet, KeySets
from coopflow.telemetry import configure_logging
from coopflow.temporal import names
from coopflow.temporal.client import TemporalEngine
from coopflow.temporal.codec import encrypting
from coopflow.temporal.connection import connect, find_endpoint
from coopflow.temporal.deployment import Deployment, WorkerVersion
from coopflow.temporal.embedded import EmbeddedOptions, embedded_server
from coopflow.temporal.worker import working

DEPLOYMENT: Final = "benchmark"
VERSIONS: Final = ("one", "other")
_AT_ONCE: Final = 10


class Nowhere:
    """A read model and a notice board that keep nothing."""

    async def apply(self, *_: object) -> None:
        """Take entries."""

    async def deliver(self, *_: object) -> None:
        """Take notices."""


@asynccontextmanager
async def engine() -> AsyncIterator[Client]:
    """Run a server and a worker of each version for the length of a block."""
    async with AsyncExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        options = EmbeddedOptions(
            state_dir=folder, port=0, ui_port=0, search_attributes=names.SEARCH_ATTRIBUTES
        )
        await stack.enter_async_context(embedded_server(options))
        keys = KeyRing(KeySets(default=KeySet.new()), "the benchmark")
        endpoint = find_endpoint(folder, environment={})
        client = await connect(endpoint, data_converter=encrypting(keys))
        for build_id in VERSIONS:
            version = WorkerVersion(DEPLOYMENT, build_id)
            worker = working(client, Nowhere(), Nowhere(), version=version)
            await stack.enter_async_context(worker)
        yield client


async def each(addresses: Sequence[Address], give: Any) -> float:
    """Return how many milliseconds it takes to give something to each, several at once."""
    room = asyncio.Semaphore(_AT_ONCE)

    async def one(address: Address) -> None:
        async with room:
            await give(address)

    started = time.perf_counter()
    await asyncio.gather(*(one(address) for address in addresses))
    return (time.perf_counter() - started) * 1000


async def measure(cooperations: int, rounds: int) -> None:
    """Measure, and print a table."""
    definition = load_definition("impact-collectif", "reference")
    addresses = [Address("valley", f"coop-{number}") for number in range(cooperations)]
    async with engine() as client:
        temporal, deployment = TemporalEngine(client), Deployment(client, DEPLOYMENT)

        async def open_it(address: Address) -> None:
            await temporal.open(
                definition,
                {
                    "command": "open_cooperation",
                    "actor": "maud",
                    "programme": address.programme,
                    "cooperation": address.cooperation,
                    "title": "A cooperation",
                    "issue": "An issue",
                    "territory": "Somewhere",
                    "lifecycle": "impact-collectif",
                    "policy": "reference",
                    "facilitator": "fay",
                },
                ["programme_manager"],
            )

        async def command(address: Address) -> None:
            pulse = {"command": "record_pulse", "score": 4, "answers": 2, "asked": 3}
            await temporal.execute(address, pulse | {"actor": "fay"})

        await deployment.promote(VERSIONS[0])
        await each(addresses, open_it)
        moved, told, given = [], [], []
        for number in range(1, rounds + 1):
            given.append(await each(addresses, command))
            started = time.perf_counter()
            await deployment.promote(VERSIONS[number % 2])
            told.append((time.perf_counter() - started) * 1000)
            started = time.perf_counter()
            async for _ in deployment.drain(VERSIONS[1 - number % 2]):
                pass
            moved.append((time.perf_counter() - started) * 1000)
    roll, yardstick = (statistics.median(one) / cooperations for one in (moved, given))
    print(f"{'':32}{'moving ms':>12} {'command ms':>12} {'ratio':>7}")
    print(f"{'each cooperation':32}{roll:12.2f} {yardstick:12.2f} {roll / yardstick:7.2f}")
    print(f"    to promote a version takes {statistics.median(told):.0f} ms")


def main() -> None:
    """Read the options, and measure."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--cooperations", type=int, default=200, help="how many are moved")
    parser.add_argument("--rounds", type=int, default=5, help="how often")
    options = parser.parse_args()
    version = sys.version.split()[0]
    print(
        f"Python {version}, {options.cooperations} cooperations, {options.rounds} rounds, medians; "
        f"yardstick: a command to each, {_AT_ONCE} at once"
    )
    configure_logging("console", "error")
    asyncio.run(measure(options.cooperations, options.rounds))


if __name__ == "__main__":
    main()
