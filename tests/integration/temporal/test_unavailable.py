from __future__ import annotations

import asyncio
from datetime import timedelta
from pathlib import Path

import pytest

from coopflow.application.engine import Address, UnavailableError
from coopflow.temporal.calls import EngineUnavailableError
from coopflow.temporal.client import TemporalEngine
from coopflow.temporal.connection import Endpoint, find_endpoint
from coopflow.temporal.errors import TemporalSettingsError, TemporalUnavailableError
from coopflow.temporal.worker import connect_when_available
from tests.collective import reference_rules
from tests.temporal_engine import (
    CONVERTER,
    PROGRAMME,
    Bench,
    admission,
    bench,
    connected,
    grants_of,
    opening,
    options,
    serving,
)

pytestmark = pytest.mark.server

SOON = timedelta(seconds=1.5)


async def test_no_worker_is_named(server: Path) -> None:
    """With no worker a request gives up in time and says what to look at; none is lost twice."""
    client = await connected(server)
    engine = TemporalEngine(client, task_queue="nobody", patience=SOON)
    address = Address(PROGRAMME, "waits-for-a-worker")
    command = opening(address, id="open")
    with pytest.raises(EngineUnavailableError) as caught:
        await engine.open(reference_rules().definition, command, grants_of("pam"))
    for hint in ("Temporal at 127.0.0.1:", "no worker", "opening", "1.5 s", "coopflow worker"):
        assert hint in str(caught.value)
    assert isinstance(caught.value, UnavailableError)
    assert isinstance(caught.value, TemporalUnavailableError)
    async with bench(server, task_queue="nobody") as running:
        opened = await running.engine.open(reference_rules().definition, command, grants_of("pam"))
        assert not hasattr(opened, "code")
        assert (await running.engine.state(address)).seq == 3


async def test_a_caller_may_give_up(engine_room: Bench, server: Path) -> None:
    """Cancelling a request that waits ends it at once."""
    address = await engine_room.open()
    async with asyncio.timeout(20):
        idle = TemporalEngine(engine_room.client, task_queue="nobody")
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.3):
                await idle.open(
                    reference_rules().definition,
                    opening(Address(PROGRAMME, f"{address.cooperation}-x")),
                    grants_of("pam"),
                )


async def test_a_server_that_is_gone_is_named(tmp_path: Path) -> None:
    """When the server goes away a request says which one was tried."""
    with serving(options(tmp_path)):
        client = await connected(tmp_path)
    engine = TemporalEngine(client, patience=SOON)
    address = Address(PROGRAMME, "coop")
    for asked in (engine.state(address), engine.execute(address, admission("alpha"))):
        with pytest.raises(EngineUnavailableError, match=r"Temporal at 127\.0\.0\.1:\d+: "):
            await asked


async def test_a_worker_waits_for_the_server(server: Path) -> None:
    """While there is no server the worker asks again and again; faulty settings end it."""
    found = find_endpoint(server, environment={})
    answers: list[Endpoint | Exception] = [
        TemporalUnavailableError("No Temporal server"),
        found,
        TemporalSettingsError("faulty"),
    ]

    def find() -> Endpoint:
        answer = answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer

    client = await connect_when_available(find, lambda: CONVERTER)
    assert client.service_client.config.target_host == found.address
    with pytest.raises(TemporalSettingsError):
        await connect_when_available(find, lambda: CONVERTER)
