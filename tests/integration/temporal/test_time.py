from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
from temporalio.client import WorkflowFailureError
from temporalio.testing import TimeSkipper, TimeSkippingConfig

from coopflow.application.engine import Address, UnknownCooperationError
from coopflow.application.scenario_runner import ScenarioRun
from coopflow.temporal import names
from coopflow.temporal.messages import Carried
from coopflow.temporal.workflow import CooperationWorkflow
from tests.collective import reference_rules
from tests.temporal_engine import (
    PROGRAMME,
    Bench,
    accepted,
    admission,
    bench,
    bocage,
    connected,
    dumped,
    grants_of,
    opening,
    refused,
    remembered,
)

pytestmark = pytest.mark.server

IN_STRUCTURATION = 18
"""How many steps of the example lead into the second stage."""


@pytest.fixture
async def skipper(server: Path) -> TimeSkipper:
    """Return what moves the clock of the workflows that are started through its client."""
    client = await connected(server)
    return TimeSkipper(client, config=TimeSkippingConfig(enabled=False))


@pytest.fixture
async def engine_room(server: Path, skipper: TimeSkipper) -> AsyncIterator[Bench]:
    async with bench(server, client=skipper.client) as running:
        yield running


async def test_time_passes_by_itself(engine_room: Bench, skipper: TimeSkipper) -> None:
    """Documents go stale, clocks start and run out, a stage is lost: with no command sent.

    The timers of the workflow give the very events, at the very instants, that telling the same
    life in memory gives.
    """
    scenario = bocage(steps=IN_STRUCTURATION, days_ago=305)
    memory, address = await remembered(scenario)
    async for result in ScenarioRun(scenario, engine_room.engine, reference_rules()).steps():
        assert not result.problems
    assert (await engine_room.engine.state(address)).stage == "structuration"
    imported = accepted(await engine_room.engine.go_live(address)).seq_to
    workflow = engine_room.workflow(address)
    assert await skipper.fast_forward(workflow, timedelta(days=160))
    now = await skipper.get_current_time(workflow)
    assert now is not None
    await memory.tell(address, now)
    told = await memory.journal(address)
    await engine_room.until_told(address)
    lived = engine_room.journal.entries[address]
    assert dumped(lived) == dumped(told)
    happened = {entry.event.type for entry in lived[imported:]}
    assert {"document_went_stale", "document_expired", "clock_started", "fell_back"} <= happened
    assert all(entry.by is None for entry in lived[imported:])
    assert (await engine_room.engine.state(address)).stage == "impulsion"
    listed = await workflow.describe()
    assert listed.typed_search_attributes.get(names.STAGE_ATTRIBUTE) == "impulsion"
    assert [notice.kind for notice in engine_room.board.notices] == ["convene_review"]


async def test_the_clock_is_that_of_the_workflow(engine_room: Bench, skipper: TimeSkipper) -> None:
    """A command happens when the engine says, and closes what fell due just before it."""
    address = await engine_room.open()
    await engine_room.give(
        address, "open_decision", "fay", decision="d1", subject="other", question="A question?"
    )
    opened = (await engine_room.engine.state(address)).decisions["d1"]
    assert await skipper.fast_forward(engine_room.workflow(address), timedelta(days=15))
    state = await engine_room.engine.state(address)
    assert state.decisions["d1"].result == "lapsed"
    assert state.decisions["d1"].closed_at == opened.closes_at
    assert state.decisions["d1"].reminded == (
        opened.opened_at + timedelta(days=7),
        opened.closes_at - timedelta(hours=48),
    )
    reply = await engine_room.give(address, **admission("delta"))
    assert reply.entries[0].at > opened.closes_at


async def test_what_nobody_opens_ends(engine_room: Bench, skipper: TimeSkipper) -> None:
    """A run that was started and never opened gives its id back after some minutes."""
    address = Address(PROGRAMME, "started-only")
    definition = reference_rules().definition
    started = await skipper.client.start_workflow(
        CooperationWorkflow.run,
        Carried(definition=definition),
        id=names.workflow_id(address),
        task_queue=engine_room.task_queue,
    )
    with pytest.raises(UnknownCooperationError):
        await engine_room.engine.state(address)
    outcome = await engine_room.engine.execute(address, admission("alpha"))
    assert refused(outcome).code == "wrong_state"
    assert not await skipper.fast_forward(started, timedelta(minutes=6)), "it ends before"
    with pytest.raises(WorkflowFailureError):
        await started.result()
    accepted(await engine_room.engine.open(definition, opening(address), grants_of("pam")))
