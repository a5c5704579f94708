"""Record the workflows of a platform to be replayed: ``python -m tests.replay.record_platform``.

They are as lasting as cooperations: what ``coopflow.temporal.platform`` lets a workflow do, and the
child that it starts, must be replayed by every later version. As for cooperations, those of a
version stay as they are once it is released.
"""

from __future__ import annotations

import asyncio
import json
import sys
import tempfile
from pathlib import Path
from typing import Any, Final

from temporalio.client import Client, WorkflowHandle
from temporalio.worker import Worker

from coopflow.application.checking import Checks
from coopflow.application.engine import Address
from coopflow.temporal import names
from coopflow.temporal.client import TemporalEngine
from coopflow.temporal.connection import connect, find_endpoint
from coopflow.temporal.plugin import CoopflowPlugin
from tests.bakery import Founder, Patron, Wish
from tests.replay.record import released, upcoming, without_traces
from tests.shop import Shop
from tests.temporal_engine import KEYS, Bench, admission, opening, options, serving

PLATFORMS: Final = Path(__file__).with_name("platforms")
QUEUE: Final = "bakery"


async def record() -> list[Path]:
    """Let a patron wait for a cooperation that is closed, and a founder give commands."""
    with tempfile.TemporaryDirectory() as folder, serving(options(Path(folder))):
        endpoint = find_endpoint(Path(folder), environment={})
        shop = Shop(Checks())
        plugin = CoopflowPlugin(shop.ports, KEYS)
        client = await connect(endpoint, identity="recorder", plugins=[plugin])
        async with Worker(client, task_queue=QUEUE, workflows=[Patron, Founder]):
            address = Address("tests", "mill")
            patron = await client.start_workflow(
                Patron.run, Wish(opening(address)), id="patron", task_queue=QUEUE
            )
            await _close(Bench(client, TemporalEngine(client), shop.journal, shop.board, QUEUE))
            await patron.result()
            wish = Wish(opening(Address("tests", "lock")))
            founder = await client.start_workflow(Founder.run, wish, id="founder", task_queue=QUEUE)
            await founder.result()
            return [
                await _write(patron, "patron"),
                await _write(await _child(client, patron), "watch"),
                await _write(founder, "founder"),
            ]


async def _close(running: Bench) -> None:
    address = Address("tests", "mill")
    while address not in running.journal.entries:  # noqa: ASYNC110 - the patron is about to open it
        await asyncio.sleep(0.1)
    for one in ("alpha", "beta", "gamma"):
        await running.give(address, **admission(one))
    end = {"decision": "end", "subject": "closing", "question": "Close?"}
    await running.give(address, "open_decision", "fay", **end)
    ballots = dict.fromkeys(("alpha", "beta", "gamma"), "yes")
    await running.give(address, "record_session_vote", "fay", decision="end", ballots=ballots)
    await running.give(address, "close_cooperation", "fay", report="Done")


async def _child(client: Client, parent: WorkflowHandle[Any, Any]) -> WorkflowHandle[Any, Any]:
    events = (await parent.fetch_history()).events
    (started,) = (
        one.child_workflow_execution_started_event_attributes
        for one in events
        if one.HasField("child_workflow_execution_started_event_attributes")
    )
    assert started.workflow_type.name == names.WATCH
    return client.get_workflow_handle(started.workflow_execution.workflow_id)


async def _write(handle: WorkflowHandle[Any, Any], name: str) -> Path:
    history = json.loads((await handle.fetch_history()).to_json())
    path = PLATFORMS / upcoming() / f"{name}.json"
    path.parent.mkdir(exist_ok=True, parents=True)
    path.write_text(json.dumps(without_traces(history), separators=(",", ":")) + "\n")
    return path


def main() -> None:
    """Record all of them."""
    if upcoming() in released():
        sys.exit(f"{upcoming()} is released, its histories stay: give __version__ the next number")
    for path in asyncio.run(record()):
        sys.stdout.write(f"{path.relative_to(Path.cwd())} {path.stat().st_size}\n")


if __name__ == "__main__":
    main()
