from __future__ import annotations

import json
from collections.abc import AsyncIterator, Iterator, Sequence
from pathlib import Path
from uuid import uuid4

import pytest
from opentelemetry import trace
from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from temporalio.client import Client, WorkflowHistory
from temporalio.contrib.opentelemetry import (
    OpenTelemetryPlugin,
    ReplaySafeTracerProvider,
    create_tracer_provider,
)
from temporalio.worker import Interceptor, Replayer, Worker

from coopflow.application.checking import Checks
from coopflow.temporal import names
from coopflow.temporal.client import TemporalEngine
from coopflow.temporal.connection import connect, find_endpoint
from coopflow.temporal.discretion import Discreet
from coopflow.temporal.interception import CooperationTracing
from coopflow.temporal.plugin import CoopflowPlugin
from coopflow.temporal.worker import workflow_runner
from coopflow.temporal.workflow import CooperationWorkflow
from tests.bakery import Order
from tests.replay.recorded import PATHS, recorded
from tests.shop import Shop
from tests.temporal_engine import CONVERTER, KEYS, Bench, admission, bench, refused

pytestmark = pytest.mark.server

WORD = "Zwetschgendatschi"
"""A word that nothing else contains."""


@pytest.fixture(scope="module")
def exporter() -> Iterator[InMemorySpanExporter]:
    """Where spans go; a process has one tracer provider, from its first setting on."""
    kept = InMemorySpanExporter()
    provider = trace.get_tracer_provider()
    if not isinstance(provider, ReplaySafeTracerProvider):
        provider = create_tracer_provider()
        trace.set_tracer_provider(provider)
    provider.add_span_processor(SimpleSpanProcessor(Discreet(kept)))
    yield kept
    kept.shutdown()


@pytest.fixture
async def traced(
    server: Path, exporter: InMemorySpanExporter, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Bench]:
    monkeypatch.setenv("OTEL_TRACES_EXPORTER", "console")  # the provider that is there goes before
    exporter.clear()
    endpoint = find_endpoint(server, environment={})
    client = await connect(endpoint, identity="tests", data_converter=CONVERTER)
    async with bench(server, client=client) as running:
        yield running


def ancestors(span: ReadableSpan, spans: tuple[ReadableSpan, ...]) -> list[str]:
    """Return the names from the root of a trace down to a span."""
    by_id = {one.context.span_id: one for one in spans if one.context}
    path = [span.name]
    while span.parent is not None and span.parent.span_id in by_id:
        span = by_id[span.parent.span_id]
        path.insert(0, span.name)
    return path


async def test_a_command_is_one_trace_from_who_gives_it_to_the_workflow(
    traced: Bench, exporter: InMemorySpanExporter
) -> None:
    """The command, the update that carries it, and its handler in the workflow."""
    address = await traced.open()
    await traced.until_told(address)
    exporter.clear()
    await traced.give(address, "record_pulse", "fay", score=4, answers=2, asked=3)
    await traced.until_told(address)
    spans = exporter.get_finished_spans()
    (given,) = (one for one in spans if one.name == "coopflow record_pulse")
    assert dict(given.attributes or {}) == {
        "coopflow.command": "record_pulse",
        "coopflow.outcome": "accepted",
    }
    (handled,) = (one for one in spans if one.name == f"HandleUpdate:{names.COMMAND}")
    assert ancestors(handled, spans) == [
        "coopflow record_pulse",
        f"StartWorkflowUpdate:{names.COMMAND}",
        f"HandleUpdate:{names.COMMAND}",
    ]
    (told,) = (one for one in spans if one.name == f"RunActivity:{names.PROJECT}")
    # Deliveries gather what several commands have brought, so they are traces of their own.
    assert ancestors(told, spans) == [
        f"StartActivity:{names.PROJECT}",
        f"RunActivity:{names.PROJECT}",
    ]


async def test_spans_quote_nobody(traced: Bench, exporter: InMemorySpanExporter) -> None:
    """A refusal names its rule and a fault its type; what people wrote stays where it is."""
    address = await traced.open()
    outcome = await traced.engine.execute(
        address, {**admission("alpha"), "actor": WORD, "id": "again"}
    )
    traced.journal.is_away = True
    pulse = {"score": 4, "answers": 2, "asked": 3}
    await traced.give(address, "record_pulse", "fay", **pulse)
    traced.journal.is_away = False
    await traced.until_told(address)
    spans = exporter.get_finished_spans()
    (refusal,) = (one for one in spans if (one.attributes or {}).get("coopflow.refusal"))
    assert (refusal.attributes or {})["coopflow.refusal"] == refused(outcome).code
    written = json.dumps([json.loads(one.to_json()) for one in spans])
    assert WORD not in written
    assert "fay" not in written
    assert "rep-alpha" not in written
    assert "Alpha" not in written


async def test_traces_may_be_switched_on_and_off_while_a_cooperation_lives(
    traced: Bench, exporter: InMemorySpanExporter
) -> None:
    """What was lived without is replayed with, and the other way round; a replay leaves no span."""

    async def replayed(interceptors: Sequence[Interceptor], history: WorkflowHistory) -> None:
        replayer = Replayer(
            workflows=[CooperationWorkflow],
            workflow_runner=workflow_runner(),
            data_converter=CONVERTER,
            interceptors=interceptors,
        )
        await replayer.replay_workflow(history)

    address = await traced.open()
    await traced.until_told(address)
    await replayed([], await traced.workflow(address).fetch_history())
    exporter.clear()
    for path in PATHS:
        await replayed([CooperationTracing(add_temporal_spans=True)], recorded(path))
    assert exporter.get_finished_spans() == ()


async def test_a_platform_that_is_traced_sees_cooperations_in_its_traces(
    server: Path, exporter: InMemorySpanExporter, caplog: pytest.LogCaptureFixture
) -> None:
    """Its own runs are spans, those of cooperations are not; nothing is left open at the end."""
    exporter.clear()
    shop, cooperations, own = Shop(Checks()), f"{uuid4().hex}", f"{uuid4().hex}"
    plugins = [
        OpenTelemetryPlugin(add_temporal_spans=True),
        CoopflowPlugin(shop.ports, KEYS, task_queue=cooperations),
    ]
    endpoint = find_endpoint(server, environment={})
    client = await Client.connect(**endpoint.options, plugins=plugins)
    async with Worker(client, task_queue=own, workflows=[Order]):
        engine = TemporalEngine(client, task_queue=cooperations)
        running = Bench(client, engine, shop.journal, shop.board, cooperations)
        await running.until_told(await running.open())
        await client.execute_workflow(Order.run, 3, id=uuid4().hex, task_queue=own)
    spans = exporter.get_finished_spans()
    found = {one.name for one in spans}
    assert {"RunWorkflow:bakery.Order", f"HandleUpdate:{names.COMMAND}"} <= found
    assert f"RunWorkflow:{names.WORKFLOW}" not in found
    (opened,) = (one for one in spans if one.name == "coopflow open_cooperation")
    (began,) = (
        one for one in spans if one.name == f"StartUpdateWithStartWorkflow:{names.WORKFLOW}"
    )
    assert ancestors(began, spans)[0] == opened.name
    assert "detach" not in caplog.text
