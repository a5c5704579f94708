from __future__ import annotations

from collections.abc import Mapping

import pytest

from coopflow.temporal.errors import TemporalSettingsError
from coopflow.temporal.tracing import exporters_of, tracing


@pytest.mark.parametrize(
    ("environment", "exporters"),
    [
        ({}, ()),
        ({"OTEL_SERVICE_NAME": "cooperations"}, ()),
        ({"OTEL_EXPORTER_OTLP_ENDPOINT": "http://collector:4318"}, ("otlp",)),
        ({"OTEL_EXPORTER_OTLP_TRACES_ENDPOINT": "http://collector:4318/v1/traces"}, ("otlp",)),
        ({"OTEL_TRACES_EXPORTER": "console"}, ("console",)),
        ({"OTEL_TRACES_EXPORTER": "otlp, console"}, ("otlp", "console")),
        ({"OTEL_TRACES_EXPORTER": "none", "OTEL_EXPORTER_OTLP_ENDPOINT": "http://c:4318"}, ()),
        ({"OTEL_TRACES_EXPORTER": "otlp", "OTEL_SDK_DISABLED": "true"}, ()),
    ],
)
def test_the_standard_variables_switch_traces_on(
    environment: Mapping[str, str], exporters: tuple[str, ...]
) -> None:
    """Nothing is traced unless a variable says where to, and all can be switched off."""
    assert exporters_of(environment) == exporters


@pytest.mark.parametrize(
    ("environment", "said"),
    [
        ({"OTEL_TRACES_EXPORTER": "zipkin"}, "no exporter zipkin"),
        (
            {"OTEL_TRACES_EXPORTER": "otlp", "OTEL_EXPORTER_OTLP_PROTOCOL": "grpc"},
            "only http/protobuf",
        ),
    ],
)
def test_what_is_not_here_is_refused(environment: Mapping[str, str], said: str) -> None:
    """Traces that would go nowhere are an error, which names the variable."""
    with pytest.raises(TemporalSettingsError, match=f"OTEL_.*{said}"):
        tracing(environment)


def test_nobody_is_traced_who_does_not_ask() -> None:
    """Without the variables there is no plugin, and no tracer provider is set."""
    assert tracing({}) == ()
