from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

import pytest
from temporalio.api.common.v1 import WorkflowExecution
from temporalio.api.workflowservice.v1 import DeleteWorkflowExecutionRequest

from coopflow.application.callers import Caller
from coopflow.application.engine import Address, UnknownCooperationError
from coopflow.temporal import names
from tests.http_platform import Platform, place

pytestmark = pytest.mark.server


def test_a_gate_is_looked_at_in_the_past_and_in_time_to_come(
    platform: Platform, pam: Caller, address: Address
) -> None:
    """As it was before members came, as it is, and not before there was anything to look at."""
    path = f"{place(address)}/gates/to_structuration"
    with platform.client(pam) as client:
        opened = client.get(place(address)).json()["opened_at"]
        now = client.get(path).json()
        then = client.get(path, params={"at": opened}).json()
        later = (datetime.now(UTC) + timedelta(days=400)).isoformat()
        coming = client.get(path, params={"at": later}).json()
        before = client.get(path, params={"at": "2020-01-01T00:00:00Z"})
        wrong = client.get(path, params={"at": "yesterday"})
    assert now["result"] == then["result"] == coming["result"] == "fail"
    assert then["at"] == opened
    # There was no member yet: more stood in the way.
    assert set(then["unmet"]) > set(now["unmet"])
    assert before.status_code == 404
    assert wrong.json()["errors"][0]["path"] == "query.at"


def test_what_temporal_keeps_no_more_is_looked_at_by_its_journal(
    platform: Platform, pam: Caller, address: Address
) -> None:
    """Gates and forecast are answered for as long as the read model has the cooperation."""

    async def forget() -> None:
        client = platform.services.engine.client
        request = DeleteWorkflowExecutionRequest(
            namespace=client.namespace,
            workflow_execution=WorkflowExecution(workflow_id=names.workflow_id(address)),
        )
        await client.workflow_service.delete_workflow_execution(request)
        async with asyncio.timeout(30):
            while True:
                try:
                    await platform.services.engine.journal_head(address)
                except UnknownCooperationError:
                    return
                await asyncio.sleep(0.05)

    with platform.client(pam) as client:
        known = client.get(f"{place(address)}/gates").json()
        platform.run(forget())
        assert client.get(f"{place(address)}/gates").json() == known
        found = client.get(f"{place(address)}/gates/to_structuration")
        assert found.json()["result"] == "fail"
        assert client.get(f"{place(address)}/forecast").status_code == 200
