"""Spans of OpenTelemetry about commands (extra ``telemetry``), in whatever trace is under way.

They hold words of the contract, and nothing that anybody wrote. Without the extra, or without a
tracer provider in this process, there are none.
"""

from __future__ import annotations

from collections.abc import Awaitable, Mapping
from typing import Any, Final

from coopflow.application.engine import Reply
from coopflow.domain.commands import Command
from coopflow.domain.refusals import Refusal

try:
    from opentelemetry.trace import SpanKind, Status, StatusCode, get_tracer
except ImportError:  # pragma: no cover - the tests have it
    IS_INSTALLED = False
else:
    IS_INSTALLED = True

COMMAND: Final = "coopflow.command"
OUTCOME: Final = "coopflow.outcome"
REFUSAL: Final = "coopflow.refusal"


async def traced(command: Mapping[str, Any], answer: Awaitable[Reply | Refusal]) -> Reply | Refusal:
    """Await what a command comes to, in a span of its own.

    Args:
        command: in wire form.
        answer: what it comes to.
    """
    if not IS_INSTALLED:
        return await answer
    kind = command.get("command")
    name = kind if isinstance(kind, str) and kind in Command.kinds else "unknown"
    with get_tracer(__name__).start_as_current_span(
        f"coopflow {name}",
        kind=SpanKind.INTERNAL,
        attributes={COMMAND: name},
        # What an exception says may quote people: its type is all that is told.
        record_exception=False,
        set_status_on_exception=False,
    ) as span:
        try:
            found = await answer
        except Exception as error:
            span.set_attribute(OUTCOME, "failed")
            span.set_status(Status(StatusCode.ERROR, type(error).__name__))
            raise
        if isinstance(found, Refusal):
            span.set_attributes({OUTCOME: "refused", REFUSAL: found.code})
        else:
            span.set_attribute(OUTCOME, "repeated" if found.duplicate else "accepted")
        return found
