from __future__ import annotations

import subprocess
import sys
import urllib.request
from collections.abc import Awaitable
from datetime import UTC, datetime, timedelta

import pytest
from prometheus_client.parser import text_string_to_metric_families

from coopflow import metrics
from coopflow.application.engine import Reply
from coopflow.domain.refusals import Refusal
from tests.figures import added

PULSE = {"command": "record_pulse", "actor": "fay"}


async def answering(answer: Reply | Refusal) -> Reply | Refusal:
    return answer


async def failing() -> Reply | Refusal:
    message = "away"
    raise ConnectionError(message)


@pytest.mark.parametrize(
    ("answer", "outcome"),
    [
        (Reply(seq_from=1, seq_to=2), "accepted"),
        (Reply(seq_from=1, seq_to=2, duplicate=True), "repeated"),
        (Refusal(code="forbidden"), "refused"),
    ],
)
async def test_a_command_is_counted_by_what_it_came_to(
    answer: Reply | Refusal, outcome: str
) -> None:
    """Once, with its name, and its time with those of the same outcome."""
    with added() as found:
        assert await metrics.counted(PULSE, answering(answer)) is answer
    assert found["coopflow_commands_total", "record_pulse", outcome] == 1
    assert found["coopflow_command_seconds_count", outcome] == 1
    refused = found.get(("coopflow_refusals_total", "record_pulse", "forbidden"), 0)
    assert refused == (outcome == "refused")


async def test_a_command_that_fails_is_counted_too() -> None:
    """An engine that is away shows in the figures of who asks it."""
    with added() as found, pytest.raises(ConnectionError):
        await metrics.counted(PULSE, failing())
    assert found["coopflow_commands_total", "record_pulse", "failed"] == 1


@pytest.mark.parametrize("kind", ["make_coffee", "", None, ["record_pulse"], "camille@example.org"])
async def test_what_a_caller_made_up_is_no_label(kind: object) -> None:
    """Labels are words of the contract: nobody can fill the memory, or put a name there."""
    refusal: Awaitable[Reply | Refusal] = answering(Refusal(code="invalid_command"))
    with added() as found:
        await metrics.counted({"command": kind}, refusal)
    assert found["coopflow_commands_total", "unknown", "refused"] == 1
    assert not any("@" in value or "coffee" in value for name in found for value in name)


def test_what_is_late_shows_by_how_much() -> None:
    """A worker that was away for an hour is not on time; what is still to come counts nowhere."""
    due = datetime(2026, 1, 1, tzinfo=UTC)
    with added() as found:
        metrics.fell_due(due, due + timedelta(hours=1))
        metrics.fell_due(due, due + timedelta(milliseconds=300))
        metrics.fell_due(due, due - timedelta(hours=1))
    assert found["coopflow_deadline_delay_seconds_count",] == 2
    assert found["coopflow_deadline_delay_seconds_bucket", "60.0"] == 1
    assert found["coopflow_deadline_delay_seconds_bucket", "7200.0"] == 2


def test_the_text_is_that_of_prometheus() -> None:
    """What is exposed reads back, and every figure says what it is."""
    text, media_type = metrics.exposition()
    assert media_type.startswith("text/plain")
    families = {one.name: one for one in text_string_to_metric_families(text.decode())}
    assert "coopflow_commands" in families
    assert all(one.documentation for one in families.values())


@pytest.mark.parametrize(
    ("accept", "media_type"),
    [
        ("", "text/plain"),
        ("*/*", "text/plain"),
        ("text/plain;version=..", "text/plain"),
        ("application/openmetrics-text", "application/openmetrics-text"),
        ("application/openmetrics-text;version=abc, text/plain", "application/openmetrics-text"),
    ],
)
def test_who_reads_openmetrics_gets_it(accept: str, media_type: str) -> None:
    """Whatever stands in the header, there is an answer."""
    assert metrics.exposition(accept)[1].startswith(media_type)


async def test_figures_are_served_for_the_length_of_a_block() -> None:
    """On loopback and a free port; afterwards nothing listens there."""
    async with metrics.exposed("127.0.0.1", 0) as port:
        url = f"http://127.0.0.1:{port}/metrics"
        with urllib.request.urlopen(url) as answer:  # noqa: ASYNC210 - served just above
            assert b"coopflow_command_seconds" in answer.read()
        with pytest.raises(OSError, match="in use"):
            async with metrics.exposed("127.0.0.1", port):
                pass
    with pytest.raises(OSError, match="refused"):
        urllib.request.urlopen(url)  # noqa: ASYNC210 - as above


WITHOUT = """
import asyncio, sys
sys.modules["prometheus_client"] = None
import importlib.util
find = importlib.util.find_spec
importlib.util.find_spec = lambda name: None if name == "prometheus_client" else find(name)
from coopflow import metrics
from coopflow.domain.refusals import Refusal
async def refused():
    return Refusal(code="forbidden")
print(asyncio.run(metrics.counted({"command": "record_pulse"}, refused())).code)
with metrics.working("1", "", "b"):
    pass
try:
    metrics.exposition()
except metrics.NotInstalledError as error:
    print(error)
"""


def test_without_the_extra_nothing_is_counted() -> None:
    """Commands go through as ever, and who asks for figures is told what to install."""
    found = subprocess.run(
        [sys.executable, "-c", WITHOUT], capture_output=True, text=True, check=True
    )
    assert found.stdout.splitlines() == [
        "forbidden",
        "figures need the extra: pip install 'coopflow[telemetry]'",
    ]
