"""Workers that take cooperations over from others: what they do has to replay, too."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from temporalio.worker import Replayer

from coopflow.temporal.client import TemporalEngine
from coopflow.temporal.worker import workflow_runner, working
from coopflow.temporal.workflow import CooperationWorkflow
from tests.temporal_engine import CONVERTER, Bench, Board, Journal, connected

pytestmark = pytest.mark.server


async def test_what_a_cold_worker_decides_replays(server: Path) -> None:
    """A command that moves the next deadline cancels a timer and begins a delivery.

    The task before it came to nothing, and the worker has just learnt all that was before: whatever
    the SDK makes of the two tasks then, it has to make of them later too.
    """
    client, queue = await connected(server), f"tests-{uuid4().hex[:8]}"
    journal, board = Journal(), Board()
    running = Bench(client, TemporalEngine(client, task_queue=queue), journal, board, queue)
    async with working(client, journal, board, task_queues=[queue]):
        address = await running.open()
        await running.until_told(address)
    for days in (9, 6, 3):
        async with working(client, journal, board, task_queues=[queue]):
            closes_at = datetime.now(UTC) + timedelta(days=days)
            await running.give(
                address,
                "open_decision",
                "fay",
                decision=f"in-{days}-days",
                subject="other",
                question="Why?",
                closes_at=closes_at.isoformat(),
            )
            await running.until_told(address)
    replayer = Replayer(
        workflows=[CooperationWorkflow],
        workflow_runner=workflow_runner(),
        data_converter=CONVERTER,
    )
    history = await running.workflow(address).fetch_history()
    await replayer.replay_workflow(history)
