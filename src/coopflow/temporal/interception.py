"""How clients and workers of cooperations are traced. Needs the extra ``telemetry``."""

from __future__ import annotations

from typing import Any

from temporalio.contrib.opentelemetry import OpenTelemetryInterceptor
from temporalio.worker import (
    ExecuteWorkflowInput,
    WorkflowInboundInterceptor,
    WorkflowInterceptorClassInput,
)


class CooperationTracing(OpenTelemetryInterceptor):
    """Traces as the SDK does, but for the runs of workflows.

    A run of a cooperation goes on for years: a span of it would never be seen, keep everything that
    it does in the trace of its opening, and be left open each time that a worker lets go of it.
    """

    def workflow_interceptor_class(
        self,
        input: WorkflowInterceptorClassInput,  # noqa: A002 - the SDK's
    ) -> type[Any]:
        """Return what traces a workflow."""
        base: type[Any] = super().workflow_interceptor_class(input)
        return type(base.__name__, (base,), {"execute_workflow": _without_span})


async def _without_span(
    self: WorkflowInboundInterceptor,
    input: ExecuteWorkflowInput,  # noqa: A002 - the SDK's
) -> Any:
    return await self.next.execute_workflow(input)
