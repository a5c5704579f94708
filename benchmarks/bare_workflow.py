"""The yardstick of what lives on Temporal: a workflow that holds nothing and decides nothing.

In a module of its own, since workers load modules of workflows once more into their sandbox. As a
program it is a worker of it: ``python benchmarks/bare_workflow.py ADDRESS``.
"""

from __future__ import annotations

import asyncio
import sys
from datetime import timedelta
from typing import Final

from temporalio import workflow
from temporalio.client import Client
from temporalio.worker import PollerBehaviorSimpleMaximum, Worker

QUEUE: Final = "bare"
_AT_ONCE: Final = 8


@workflow.defn(name="Bare")
class Bare:
    """A workflow that lives, and whose update does nothing."""

    @workflow.run
    async def run(self) -> None:
        """Live on, from run to run as Temporal suggests."""
        await workflow.wait_condition(workflow.info().is_continue_as_new_suggested)
        await workflow.wait_condition(workflow.all_handlers_finished)
        workflow.continue_as_new()

    @workflow.update
    def command(self, number: int) -> int:
        """Do nothing."""
        return number


def worker(client: Client, cached: int = 1000) -> Worker:
    """Return a worker of it, that takes on as much as ours."""
    return Worker(
        client,
        task_queue=QUEUE,
        workflows=[Bare],
        workflow_task_poller_behavior=PollerBehaviorSimpleMaximum(maximum=_AT_ONCE),
        max_concurrent_workflow_tasks=_AT_ONCE,
        max_cached_workflows=max(1000, cached),
        sticky_queue_schedule_to_start_timeout=timedelta(seconds=2),
    )


async def work(address: str) -> None:
    """Work until killed."""
    async with worker(await Client.connect(address)):
        await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(work(sys.argv[1]))
