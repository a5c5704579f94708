"""What encryption costs: messages of a few sizes become payloads and come back, with the codec.

    .venv/bin/python benchmarks/codec.py [--rounds N]

Each is measured in turn with a yardstick: the same without the codec, which clients and workers do
anyway. Machines differ and drift, so the ratio to it is what compares from one run to the next.
Below each stands by how much a payload grows, and what compressing it first would have left.
"""

from __future__ import annotations

import argparse
import asyncio
import statistics
import sys
import time
import zlib
from collections.abc import Mapping
from typing import Final

from temporalio.converter import DataConverter, WorkflowSerializationContext

from coopflow.application.memory import MemoryEngine
from coopflow.application.scenario_runner import ScenarioRun
from coopflow.definitions.compile import compile_definition
from coopflow.definitions.library import find, load_definition
from coopflow.definitions.scenario import load_scenario
from coopflow.sealing.keys import KeyRing, KeySet, KeySets
from coopflow.temporal.codec import encrypting
from coopflow.temporal.converter import CooperationPayloadConverter
from coopflow.temporal.messages import Carried, CommandRequest, Message, ProjectBatch

EXAMPLE: Final = "bocage-gourmand"
_LARGE: Final = 1_000_000


async def messages() -> Mapping[str, Message]:
    """Return messages of the sizes that there are, from a command to a state near its limit."""
    scenario = load_scenario(find("examples", EXAMPLE))
    definition = load_definition(scenario.lifecycle, scenario.policy)
    rules = compile_definition(definition)
    engine = MemoryEngine({definition.digest: rules})
    run = ScenarioRun(scenario, engine, rules)
    async for _ in run.steps():
        pass
    journal = tuple(await engine.journal(run.address))
    command = {"command": "cast_ballot", "actor": "maud", "decision": "charter", "choice": "yes"}
    return {
        "a command": CommandRequest(command=command),
        "20 entries for the read model": ProjectBatch(
            programme="valley", cooperation="canteens", entries=journal[-20:]
        ),
        "all that a run carries over": Carried(
            definition=definition, state=await engine.state(run.address), outbox=journal
        ),
        "a megabyte": CommandRequest(command=command | {"reason": "x" * _LARGE}),
    }


async def to_and_fro(converter: DataConverter, message: Message) -> float:
    """Return how many milliseconds a message takes to become a payload and come back."""
    started = time.perf_counter()
    payloads = await converter.encode([message])
    await converter.decode(payloads, [type(message)])
    return (time.perf_counter() - started) * 1000


async def measure(rounds: int) -> None:
    """Measure, and print a table."""
    context = WorkflowSerializationContext("default", "coopflow/valley/canteens")
    keys = KeyRing(KeySets(default=KeySet.new()), "the benchmark")
    bare = DataConverter(payload_converter_class=CooperationPayloadConverter).with_context(context)
    hidden = encrypting(keys).with_context(context)
    print(f"{'':32}{'codec ms':>12} {'without ms':>12} {'ratio':>7}")
    for name, message in (await messages()).items():
        pairs = [
            (await to_and_fro(hidden, message), await to_and_fro(bare, message))
            for _ in range(rounds)
        ]
        with_codec, without = (statistics.median(times) for times in zip(*pairs, strict=True))
        ratio = statistics.median(one / other for one, other in pairs)
        print(f"{name:32}{with_codec:12.2f} {without:12.2f} {ratio:7.2f}")
        (plain,), (sealed,) = await bare.encode([message]), await hidden.encode([message])
        left = len(zlib.compress(plain.data)) / len(plain.data)
        grown = sealed.ByteSize() - plain.ByteSize()
        print(f"    {plain.ByteSize()} bytes, {grown} more encrypted; zlib would leave {left:.0%}")


def main() -> None:
    """Read the options, and measure."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=200, help="how often each is measured")
    rounds = parser.parse_args().rounds
    version = sys.version.split()[0]
    print(f"Python {version}, {rounds} rounds, medians; yardstick: the same without the codec")
    asyncio.run(measure(rounds))


if __name__ == "__main__":
    main()
