"""What Temporal stores of a workflow, as it stores it."""

from __future__ import annotations

from collections.abc import Iterator

from google.protobuf.message import Message
from temporalio.api.common.v1 import Payload, WorkflowExecution
from temporalio.api.workflowservice.v1 import (
    DescribeWorkflowExecutionRequest,
    GetWorkflowExecutionHistoryRequest,
)
from temporalio.client import Client

from coopflow.application.engine import Address
from coopflow.temporal import names


def payloads(message: Message) -> Iterator[Payload]:
    """Go through all payloads of a message, but for search attributes."""
    for field, value in message.ListFields():
        if field.message_type is None or field.name == "search_attributes":
            continue
        if field.message_type.GetOptions().map_entry:
            values = value.values()
        else:
            values = [value] if isinstance(value, Message) else value
        for one in values:
            if isinstance(one, Payload):
                yield one
            elif isinstance(one, Message):
                yield from payloads(one)


async def stored(client: Client, address: Address, run: str) -> list[Message]:
    """Return what Temporal tells of a run: its description and its history."""
    execution = WorkflowExecution(workflow_id=names.workflow_id(address), run_id=run)
    service, where = client.workflow_service, client.namespace
    told: list[Message] = [
        await service.describe_workflow_execution(
            DescribeWorkflowExecutionRequest(namespace=where, execution=execution)
        )
    ]
    page = b""
    while True:
        found = await service.get_workflow_execution_history(
            GetWorkflowExecutionHistoryRequest(
                namespace=where, execution=execution, next_page_token=page
            )
        )
        told += found.history.events
        page = found.next_page_token
        if not page:
            return told
