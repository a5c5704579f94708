from __future__ import annotations

import asyncio
import base64
import json
from pathlib import Path
from typing import Any

import pytest
from structlog.testing import capture_logs
from temporalio import workflow
from temporalio.client import WorkflowHistory
from temporalio.worker import (
    HandleUpdateInput,
    Interceptor,
    Replayer,
    WorkflowInboundInterceptor,
    WorkflowInterceptorClassInput,
)
from temporalio.worker.workflow_sandbox import SandboxedWorkflowRunner

from coopflow.temporal.delivery import Delivery
from coopflow.temporal.messages import CommandReply
from coopflow.temporal.worker import workflow_runner
from coopflow.temporal.workflow import CooperationWorkflow
from tests.temporal_engine import CONVERTER

HISTORIES = sorted(Path(__file__).with_name("histories").glob("*.json"))

replies: list[CommandReply] = []


class Listener(WorkflowInboundInterceptor):
    """Keeps the replies of a workflow that is replayed."""

    async def handle_update_handler(
        self,
        input: HandleUpdateInput,  # noqa: A002 - the SDK's
    ) -> Any:
        """Keep a reply."""
        reply = await super().handle_update_handler(input)
        replies.append(reply)
        return reply


class Listening(Interceptor):
    """Puts the listener in."""

    def workflow_interceptor_class(
        self,
        input: WorkflowInterceptorClassInput,  # noqa: A002 - the SDK's
    ) -> type[WorkflowInboundInterceptor]:
        """Return the listener."""
        return Listener


def replayer(runner: SandboxedWorkflowRunner) -> Replayer:
    return Replayer(
        workflows=[CooperationWorkflow],
        workflow_runner=runner,
        data_converter=CONVERTER,
        interceptors=[Listening()],
    )


def events(path: Path) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(path.read_text(encoding="utf-8"))["events"]
    return found


def recorded(path: Path) -> WorkflowHistory:
    started = events(path)[0]["workflowExecutionStartedEventAttributes"]
    return WorkflowHistory.from_json(started["workflowId"], path.read_text(encoding="utf-8"))


def replied(path: Path) -> list[CommandReply]:
    outcomes = [
        event["workflowExecutionUpdateCompletedEventAttributes"]["outcome"]
        for event in events(path)
        if "workflowExecutionUpdateCompletedEventAttributes" in event
    ]
    payloads = [
        payload["data"] for outcome in outcomes for payload in outcome["success"]["payloads"]
    ]
    return [CommandReply.model_validate_json(base64.b64decode(data)) for data in payloads]


def as_told(reply: CommandReply, then: CommandReply) -> CommandReply:
    """Return a reply without digests, if there were none yet when the history was recorded."""
    if any(entry.previous is not None for entry in then.entries):
        return reply
    bare = tuple(entry.but(previous=None, salts={}) for entry in reply.entries)
    return reply.model_copy(update={"entries": bare})


def test_there_are_histories() -> None:
    """Each recorded life has its first run, and some go over several."""
    names = {path.stem for path in HISTORIES}
    assert {"told-1", "told-2", "lived-1", "closed-1", "asked-1"} <= names


@pytest.mark.parametrize("path", HISTORIES, ids=lambda path: path.stem)
async def test_a_recorded_history_replays(path: Path) -> None:
    """Today's engine does and answers what the history says, and logs none of it again."""
    replies.clear()
    with capture_logs() as lines:
        await replayer(workflow_runner()).replay_workflow(recorded(path))
    assert replied(path)
    assert [
        as_told(reply, then) for reply, then in zip(replies, replied(path), strict=True)
    ] == replied(path)
    assert lines == []


async def test_nothing_is_imported_into_the_sandbox_by_accident() -> None:
    """Everything that the workflow imports is passed through on purpose."""
    runner = workflow_runner()
    strict = runner.restrictions.with_import_notification_policy(
        workflow.SandboxImportNotificationPolicy.RAISE_ON_UNINTENTIONAL_PASSTHROUGH
    )
    path = HISTORIES[0]
    await replayer(SandboxedWorkflowRunner(restrictions=strict)).replay_workflow(recorded(path))


async def test_a_changed_workflow_is_found_out(monkeypatch: pytest.MonkeyPatch) -> None:
    """A workflow that does something else than the history says does not replay."""

    async def run(self: Delivery) -> None:
        await asyncio.Future()

    monkeypatch.setattr(Delivery, "run", run)
    with pytest.raises(workflow.NondeterminismError):
        await replayer(workflow_runner()).replay_workflow(recorded(HISTORIES[0]))
