"""What leaves in traces: which rule said no and which failure there was, but not in which words.

Messages of refusals and of exceptions quote people, or what they wrote. Needs the extra
``telemetry``.
"""

from __future__ import annotations

from collections.abc import Sequence

from opentelemetry.sdk.trace import Event, ReadableSpan
from opentelemetry.sdk.trace.export import SpanExporter, SpanExportResult
from opentelemetry.semconv.attributes.exception_attributes import EXCEPTION_TYPE
from opentelemetry.trace import Status


class Discreet(SpanExporter):
    """Exports spans without what exceptions say.

    For whoever exports spans of cooperations by a tracer provider of their own, too.
    """

    def __init__(self, exporter: SpanExporter) -> None:
        """Hand them to another exporter."""
        self._exporter = exporter

    def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
        """Export spans: of exceptions their type, of a failure that it is one."""
        return self._exporter.export([_discreet(span) for span in spans])

    def shutdown(self) -> None:
        """End."""
        self._exporter.shutdown()

    def force_flush(self, timeout_millis: int = 30000) -> bool:
        """Export what waits, within so many milliseconds."""
        return self._exporter.force_flush(timeout_millis)


def _discreet(span: ReadableSpan) -> ReadableSpan:
    return ReadableSpan(
        span.name,
        span.get_span_context(),
        span.parent,
        span.resource,
        span.attributes,
        [_without_words(event) for event in span.events],
        span.links,
        span.kind,
        status=Status(span.status.status_code),
        start_time=span.start_time,
        end_time=span.end_time,
        instrumentation_scope=span.instrumentation_scope,
    )


def _without_words(event: Event) -> Event:
    kept = {
        name: value for name, value in (event.attributes or {}).items() if name == EXCEPTION_TYPE
    }
    return Event(event.name, kept, event.timestamp)
