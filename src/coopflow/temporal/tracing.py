"""Traces of OpenTelemetry, from who gives a command to the workflow and what it sets going.

The standard variables switch them on and say where they go (``OTEL_EXPORTER_OTLP_ENDPOINT``,
``OTEL_TRACES_EXPORTER``, ``OTEL_SERVICE_NAME``, ``OTEL_TRACES_SAMPLER`` and the rest).
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Mapping, Sequence
from importlib.util import find_spec
from typing import TYPE_CHECKING, Final

import structlog
from temporalio.client import Interceptor

from coopflow.temporal.errors import TemporalSettingsError

if TYPE_CHECKING:
    from opentelemetry.sdk.resources import Resource
    from opentelemetry.sdk.trace.export import SpanExporter

_SWITCHES: Final = (
    "OTEL_TRACES_EXPORTER",
    "OTEL_EXPORTER_OTLP_ENDPOINT",
    "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT",
)
_PROTOCOLS: Final = ("OTEL_EXPORTER_OTLP_TRACES_PROTOCOL", "OTEL_EXPORTER_OTLP_PROTOCOL")
_PROTOCOL: Final = "http/protobuf"
_EXPORTERS: Final = ("otlp", "console", "none")

_log = structlog.get_logger(__name__)


def exporters_of(environment: Mapping[str, str]) -> tuple[str, ...]:
    """Return where the standard variables want traces to go; nowhere unless one says so.

    Raises:
        TemporalSettingsError: they want what is not here.
    """
    is_disabled = environment.get("OTEL_SDK_DISABLED", "").lower() == "true"
    if is_disabled or not any(environment.get(name) for name in _SWITCHES):
        return ()
    asked = environment.get("OTEL_TRACES_EXPORTER") or "otlp"
    named = tuple(one.strip() for one in asked.split(",") if one.strip())
    unknown = [one for one in named if one not in _EXPORTERS]
    if unknown:
        raise TemporalSettingsError(
            f"OTEL_TRACES_EXPORTER: there is no exporter {unknown[0]} here; there are "
            f"{', '.join(_EXPORTERS)}"
        )
    protocol = next((environment[name] for name in _PROTOCOLS if environment.get(name)), _PROTOCOL)
    if "otlp" in named and protocol != _PROTOCOL:
        raise TemporalSettingsError(f"{_PROTOCOLS[1]}: only {_PROTOCOL} is here, not {protocol}")
    return tuple(one for one in named if one != "none")


def tracing(environment: Mapping[str, str] | None = None) -> tuple[Interceptor, ...]:
    """Return what traces a client and its workers; nothing unless it is wanted.

    Where this process has a tracer provider already, traces go there.

    Args:
        environment: variables to read instead of this process's.

    Raises:
        TemporalSettingsError: the variables want what is not here.
    """
    wanted = exporters_of(os.environ if environment is None else environment)
    if not wanted:
        return ()
    if find_spec("opentelemetry") is None or find_spec("opentelemetry.sdk") is None:
        # The variables are those of a whole machine, maybe: not a reason to end.
        _log.warning("traces are asked for", advice="pip install 'coopflow[telemetry]'")
        return ()
    return _interceptors([_exporter(one) for one in wanted])


def _exporter(name: str) -> SpanExporter:
    if name == "console":
        from opentelemetry.sdk.trace.export import ConsoleSpanExporter  # noqa: PLC0415 - the extra

        return ConsoleSpanExporter(out=sys.stderr)
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import (  # noqa: PLC0415 - the extra
        OTLPSpanExporter,
    )

    return OTLPSpanExporter()


def _resource() -> Resource:
    from opentelemetry.sdk.resources import SERVICE_NAME, Resource  # noqa: PLC0415 - the extra

    found = Resource.create()
    if str(found.attributes.get(SERVICE_NAME, "")).startswith("unknown_service"):
        return found.merge(Resource({SERVICE_NAME: "coopflow"}))
    return found


def _interceptors(exporters: Sequence[SpanExporter]) -> tuple[Interceptor, ...]:
    from opentelemetry import trace  # noqa: PLC0415 - the extra
    from opentelemetry.sdk.trace.export import BatchSpanProcessor  # noqa: PLC0415 - the extra
    from temporalio.contrib.opentelemetry import (  # noqa: PLC0415 - the extra
        ReplaySafeTracerProvider,
        create_tracer_provider,
    )

    from coopflow.temporal.discretion import Discreet  # noqa: PLC0415 - the extra
    from coopflow.temporal.interception import CooperationTracing  # noqa: PLC0415 - the extra

    provider = trace.get_tracer_provider()
    if isinstance(provider, trace.ProxyTracerProvider):  # nobody has set one
        provider = create_tracer_provider(resource=_resource())
        for exporter in exporters:
            provider.add_span_processor(BatchSpanProcessor(Discreet(exporter)))
        trace.set_tracer_provider(provider)
    if not isinstance(provider, ReplaySafeTracerProvider):
        advice = "make it by temporalio.contrib.opentelemetry.create_tracer_provider"
        _log.warning("this tracer provider would trace replays too: no traces", advice=advice)
        return ()
    return (CooperationTracing(add_temporal_spans=True),)


def suited(interceptors: Iterable[Interceptor]) -> list[Interceptor]:
    """Return the interceptors of a platform's client as they suit cooperations.

    What the SDK traces by would span their runs, which last for years.
    """
    if "temporalio.contrib.opentelemetry" not in sys.modules:  # so that none of them can be one
        return list(interceptors)
    from temporalio.contrib.opentelemetry import (  # noqa: PLC0415 - the extra
        OpenTelemetryInterceptor,
    )

    from coopflow.temporal.interception import CooperationTracing  # noqa: PLC0415 - the extra

    return [
        CooperationTracing(add_temporal_spans=one._add_temporal_spans)  # noqa: SLF001 - as it was
        if isinstance(one, OpenTelemetryInterceptor)
        else one
        for one in interceptors
    ]
