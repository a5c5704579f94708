from __future__ import annotations

import asyncio
from datetime import timedelta
from pathlib import Path

import pytest
from temporalio.testing import TimeSkipper, TimeSkippingConfig

from coopflow import metrics
from coopflow.checks import Portrait, check
from tests.figures import added, figures
from tests.stages import asking
from tests.temporal_engine import PROGRAMME, Bench, admission, bench, refused

pytestmark = pytest.mark.server


@check("page-online", every="30d")
async def page_online(portrait: Portrait) -> bool:
    """Hold always."""
    return True


async def test_commands_and_deliveries_are_counted(engine_room: Bench) -> None:
    """What was accepted and refused, what the read model took, and nothing about whom it was."""
    with added() as found:
        address = await engine_room.open()
        outcome = await engine_room.engine.execute(address, admission("alpha"))
        await engine_room.until_told(address)
    assert found["coopflow_commands_total", "open_cooperation", "accepted"] == 1
    assert found["coopflow_commands_total", "admit_member", "accepted"] == 3
    assert found["coopflow_refusals_total", "admit_member", refused(outcome).code] == 1
    assert found["coopflow_projected_entries_total",] == len(engine_room.journal.entries[address])
    text = metrics.exposition()[0].decode()
    assert not any(word in text for word in (address.cooperation, PROGRAMME, "alpha", "fay"))


async def test_an_absent_read_model_shows_while_it_is_away(engine_room: Bench) -> None:
    """The age of the oldest entry and how many wait, until all were taken."""
    address = await engine_room.open()
    await engine_room.until_told(address)
    waited = "coopflow_projection_waiting_entries"
    # Workers of other tests ended with entries that wait.
    before = figures()[waited,]
    engine_room.journal.is_away = True
    with added() as found:
        await engine_room.give(address, "record_pulse", "fay", score=4, answers=2, asked=3)
        async with asyncio.timeout(20):
            while figures()[waited,] <= before:  # noqa: ASYNC110 - a gauge rings no bell
                await asyncio.sleep(0.05)
        most = figures()[waited,]
        first = figures()["coopflow_projection_lag_seconds",]
        await asyncio.sleep(0.05)
        assert figures()["coopflow_projection_lag_seconds",] > first
        engine_room.journal.is_away = False
        await engine_room.until_told(address)
    assert found["coopflow_delivery_failures_total", "coopflow.project"] >= 1
    assert figures()[waited,] < most


async def test_deadlines_and_checks_are_counted(server: Path) -> None:
    """How late what fell due was carried out, once each, and what checks answered."""
    with added() as found:
        async with bench(server, checks=[page_online]) as running:
            skipper = TimeSkipper(running.client, config=TimeSkippingConfig(enabled=False))
            address = await running.open(definition=asking().definition)
            assert await skipper.fast_forward(running.workflow(address), timedelta(days=40))
            await running.until_told(address)
    assert found["coopflow_checks_total", "page-online", "yes"] >= 1
    assert found["coopflow_deadline_delay_seconds_count",] >= 1
    on_time = found["coopflow_deadline_delay_seconds_bucket", "60.0"]
    assert on_time == found["coopflow_deadline_delay_seconds_count",]


async def test_a_worker_shows_its_version_while_it_runs(server: Path) -> None:
    """A worker is there with its build id, and no longer once it has ended."""

    def workers() -> float:
        return sum(value for name, value in figures().items() if name[0] == "coopflow_worker_info")

    before = workers()
    async with bench(server):
        assert workers() == before + 1
    assert workers() == before
