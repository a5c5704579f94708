from __future__ import annotations

import asyncio
import base64
import json
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager
from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel
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

from coopflow.temporal import names
from coopflow.temporal.delivery import Delivery
from coopflow.temporal.messages import Carried, CommandReply, CommandsReply, ProjectBatch
from coopflow.temporal.plugin import CoopflowPlugin, Ports
from coopflow.temporal.worker import workflow_runner
from coopflow.temporal.workflow import CooperationWorkflow
from tests.bakery import Order
from tests.figures import added
from tests.replay.record import HISTORIES, LIVES, upcoming, versions
from tests.replay.recorded import PATHS, events, recorded
from tests.temporal_engine import CONVERTER, KEYS

replies: list[CommandReply] = []


class Listener(WorkflowInboundInterceptor):
    """Keeps the replies of a workflow that is replayed."""

    async def handle_update_handler(
        self,
        input: HandleUpdateInput,  # noqa: A002 - the SDK's
    ) -> Any:
        """Keep a reply."""
        reply = await super().handle_update_handler(input)
        replies.extend(reply.replies if isinstance(reply, CommandsReply) else [reply])
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


def name_of(path: Path) -> str:
    return f"{path.parent.name}-{path.stem}"


def replied(path: Path) -> list[CommandReply]:
    outcomes = [
        event["workflowExecutionUpdateCompletedEventAttributes"]["outcome"]
        for event in events(path)
        if "workflowExecutionUpdateCompletedEventAttributes" in event
    ]
    payloads = [
        payload["data"] for outcome in outcomes for payload in outcome["success"]["payloads"]
    ]
    found = [json.loads(base64.b64decode(data)) for data in payloads]
    return [
        CommandReply.model_validate(one) for told in found for one in told.get("replies", [told])
    ]


def held(path: Path) -> list[tuple[type[BaseModel], Any]]:
    """Return what a run was given, handed on and told the read model, as it was written."""
    found: list[tuple[type[BaseModel], Any]] = []
    for event in events(path):
        for kind, model in (
            ("workflowExecutionStartedEventAttributes", Carried),
            ("workflowExecutionContinuedAsNewEventAttributes", Carried),
            ("activityTaskScheduledEventAttributes", ProjectBatch),
        ):
            attributes = event.get(kind, {})
            if attributes.get("activityType", {}).get("name", names.PROJECT) == names.PROJECT:
                payloads = attributes.get("input", {}).get("payloads", ())
                found += [(model, json.loads(base64.b64decode(one["data"]))) for one in payloads]
    return found


def is_kept(written: Any, read: Any) -> bool:
    """Whether all that was written is there, beside what has come to it since."""
    if isinstance(written, dict):
        return all(name in read and is_kept(one, read[name]) for name, one in written.items())
    if isinstance(written, list):
        return len(written) == len(read) and all(map(is_kept, written, read))
    return bool(written == read)


@pytest.mark.parametrize("release", versions())
def test_each_release_has_histories(release: str) -> None:
    """What a version did is on record when it is released, and stays there."""
    found = {path.stem for path in (HISTORIES / release).glob("*.json")}
    assert found, f"record them: python -m tests.replay.record, for {release}"
    if release == upcoming():
        assert {f"{name}-1" for name in LIVES} <= found


@pytest.mark.parametrize("path", PATHS, ids=name_of)
def test_what_a_release_wrote_is_read_in_full(path: Path) -> None:
    """States and entries of every release load with today's models, and nothing is dropped."""
    written = held(path)
    assert {model for model, _ in written} == {Carried, ProjectBatch}
    for model, value in written:
        assert is_kept(value, model.model_validate(value).model_dump(mode="json"))


@pytest.mark.parametrize("path", [one for one in PATHS if "lingered" not in one.stem], ids=name_of)
async def test_what_a_worker_of_before_lingering_carried_on_replays(path: Path) -> None:
    """It knew no more of a command than that it was one, and handed out at once."""
    told = recorded(path)
    history, changed = told.to_json_dict(), 0
    for event in history["events"]:
        accepted = event.get("workflowExecutionUpdateAcceptedEventAttributes")
        if accepted is not None:
            for payload in accepted["acceptedRequest"]["input"]["args"]["payloads"]:
                said = json.loads(base64.b64decode(payload["data"])) | {"is_written": True}
                payload["data"] = base64.b64encode(json.dumps(said).encode()).decode()
                changed += 1
    assert changed
    told = WorkflowHistory.from_json(told.workflow_id, history)
    await replayer(workflow_runner()).replay_workflow(told)


@pytest.mark.parametrize("path", PATHS, ids=name_of)
async def test_a_recorded_history_replays(path: Path) -> None:
    """Today's engine does and answers what the history says, and logs and counts nothing again."""
    replies.clear()
    with capture_logs() as lines, added() as figures:
        await replayer(workflow_runner()).replay_workflow(recorded(path))
    assert replied(path)
    assert replies == replied(path)
    # Servers of other tests in this process go on meanwhile.
    mine = names.address_of(recorded(path).workflow_id).cooperation
    assert [line for line in lines if line.get("cooperation", mine) == mine] == []
    assert figures == {}


def plugin() -> CoopflowPlugin:
    def ports() -> AbstractAsyncContextManager[Ports]:
        pytest.fail("a replay hands nothing over")

    return CoopflowPlugin(ports, KEYS)


async def test_a_replayer_with_the_plugin_replays_all_histories() -> None:
    """A platform replays the cooperations beside its own workflows, each by its converter."""
    one = Replayer(workflows=[Order], plugins=[plugin()])

    async def histories() -> AsyncIterator[WorkflowHistory]:
        for path in PATHS:
            yield recorded(path)

    await one.replay_workflows(histories())


async def test_nothing_is_imported_into_the_sandbox_by_accident() -> None:
    """Everything that the workflow imports is passed through on purpose."""
    runner = workflow_runner()
    strict = runner.restrictions.with_import_notification_policy(
        workflow.SandboxImportNotificationPolicy.RAISE_ON_UNINTENTIONAL_PASSTHROUGH
    )
    path = PATHS[0]
    await replayer(SandboxedWorkflowRunner(restrictions=strict)).replay_workflow(recorded(path))


async def test_a_changed_workflow_is_found_out(monkeypatch: pytest.MonkeyPatch) -> None:
    """A workflow that does something else than the history says does not replay."""

    async def run(self: Delivery) -> None:
        await asyncio.Future()

    monkeypatch.setattr(Delivery, "run", run)
    with pytest.raises(workflow.NondeterminismError):
        await replayer(workflow_runner()).replay_workflow(recorded(PATHS[0]))
