"""A foundation's own Temporal worker takes the plugin, and pays when a collective passes a gate.

The workflow ``Funding`` is the foundation's. It starts a cooperation as a child, sleeps until the
members have passed a gate, pays the first instalment, and sleeps until they have closed it. In
earnest that takes years; here the collective hurries. With an engine beside it (``coopflow dev``)::

    TEMPORAL_ADDRESS=localhost:7233 python examples/embedding/existing_worker.py

It uses the keys and the database of the engine, as its settings say (``COOPFLOW_STATE_DIR`` and the
rest), and both may carry the cooperation on.
"""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any
from uuid import uuid4

from temporalio import activity, workflow
from temporalio.client import Client
from temporalio.envconfig import ClientConfig
from temporalio.exceptions import ApplicationError
from temporalio.worker import Worker

with workflow.unsafe.imports_passed_through():
    from coopflow.application.engine import Address, UnknownCooperationError
    from coopflow.bootstrap import temporal_plugin
    from coopflow.domain.refusals import Refusal
    from coopflow.settings import load_settings
    from coopflow.temporal.client import TemporalEngine
    from coopflow.temporal.platform import start_cooperation, until_passed

TASK_QUEUE = "foundation"
PROGRAMME = "foundation"
GATE = "to_structuration"
MEMBERS = ("canteens", "farmers", "schools")


# --- what the foundation has, with what is new ---------------------------------------------------


@activity.defn
async def pay(cooperation: str) -> None:
    """Pay an instalment; here it is told."""
    print(f"paid the first instalment of {cooperation}", flush=True)


@workflow.defn
class Funding:
    """Funds a cooperation from its opening to its closing."""

    @workflow.run
    async def run(self, cooperation: str) -> str:
        """Return how it came out."""
        life = await start_cooperation(opening(cooperation), grants=["programme_manager"])
        if isinstance(life, Refusal):
            raise ApplicationError(str(life), type="not_opened")
        passage = await until_passed(Address(PROGRAMME, cooperation), GATE)
        if passage is not None:
            timeout = timedelta(minutes=1)
            await workflow.execute_activity(pay, cooperation, start_to_close_timeout=timeout)
        ending = await life
        entered = passage.stage if passage is not None else "no later stage"
        return f"entered {entered}, closed in {ending.stage}"


async def work() -> None:
    """Work as the foundation always has: the plugin at the client is all that is new."""
    connection = ClientConfig.load_client_connect_config()
    client = await Client.connect(**connection, plugins=[temporal_plugin(load_settings())])
    async with Worker(client, task_queue=TASK_QUEUE, workflows=[Funding], activities=[pay]):
        cooperation = f"school-meals-{uuid4().hex[:8]}"
        identity = f"funding-{cooperation}"
        print(f"funding {PROGRAMME}/{cooperation}", flush=True)
        funding = await client.start_workflow(
            Funding.run, cooperation, id=identity, task_queue=TASK_QUEUE
        )
        await hurry_through(TemporalEngine(client), Address(PROGRAMME, cooperation))
        print(await funding.result(), flush=True)


# --- the collective, which has faces of its own and takes its time --------------------------------


def opening(cooperation: str) -> dict[str, Any]:
    """Return the command that opens the cooperation."""
    return {
        "command": "open_cooperation",
        "actor": "foundation",
        "programme": PROGRAMME,
        "cooperation": cooperation,
        "title": "Meals from here",
        "issue": "What children eat at school comes from far away",
        "territory": "The valley",
        "lifecycle": "impact-collectif",
        "policy": "reference",
        "facilitator": "fay",
    }


async def hurry_through(engine: TemporalEngine, address: Address) -> None:
    """Let members in, pass the gate by a waiver, and close the cooperation again."""

    async def give(actor: str, command: str, **payload: Any) -> None:
        grants = ["programme_manager"] if actor == "foundation" else []
        wire = {"command": command, "actor": actor, **payload}
        outcome = await engine.execute(address, wire, grants)
        if isinstance(outcome, Refusal):
            raise SystemExit(str(outcome))

    async def vote(decision: str) -> None:
        ballots = dict.fromkeys(MEMBERS, "yes")
        await give("fay", "record_session_vote", decision=decision, ballots=ballots)

    while True:
        try:
            await engine.state(address)
            break
        except UnknownCooperationError:  # the workflow is about to open it
            await asyncio.sleep(0.2)
    for member in MEMBERS:
        organisation = {"id": member, "name": member.title(), "category": "association"}
        await give("fay", "admit_member", organisation=organisation, representative=f"rep-{member}")
    await give("rep-schools", "request_gate", gate=GATE)
    await give("rep-schools", "waive_gate", gate=GATE, reason="The school year begins")
    await vote(next(reversed((await engine.state(address)).decisions)))
    await give("foundation", "cosign_waiver", gate=GATE, reason="Agreed")
    await give("fay", "open_decision", decision="end", subject="closing", question="Close it?")
    await vote("end")
    await give("fay", "close_cooperation", report="Every school cooks with the valley")


if __name__ == "__main__":
    asyncio.run(work())
