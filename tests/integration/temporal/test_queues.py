"""Programmes whose cooperations live on a task queue of their own."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from coopflow.application.engine import Address
from coopflow.temporal import names
from coopflow.temporal.calls import EngineUnavailableError
from coopflow.temporal.client import TemporalEngine
from coopflow.temporal.worker import working
from tests.collective import reference_rules
from tests.temporal_engine import PROGRAMME, Bench, grants_of, opening

pytestmark = pytest.mark.server


async def test_a_programme_lives_on_a_queue_of_its_own(engine_room: Bench) -> None:
    """Its workers carry it on, however busy those of all others are; and nobody else does."""
    queue = engine_room.task_queue
    engine = TemporalEngine(
        engine_room.client,
        task_queue=queue,
        own_queues=[PROGRAMME],
        patience=timedelta(seconds=2),
    )
    definition = reference_rules().definition
    alone = Address(PROGRAMME, f"{queue}-alone")
    with pytest.raises(EngineUnavailableError):
        await engine.open(definition, opening(alone), grants_of("pam"))
    own = names.queue_of(PROGRAMME, [PROGRAMME], queue)
    assert own == f"{queue}.{PROGRAMME}"
    ports = engine_room.journal, engine_room.board
    async with working(engine_room.client, *ports, task_queues=[own]):
        address = await replace(engine_room, engine=engine).open()
        await engine_room.until_told(address)
        found = await engine_room.workflow(address).describe()
        assert found.task_queue == own


async def test_other_programmes_stay_where_they_are(engine_room: Bench) -> None:
    """A queue of one programme changes nothing for the others."""
    queue = engine_room.task_queue
    engine = TemporalEngine(engine_room.client, task_queue=queue, own_queues=["coast"])
    address = await replace(engine_room, engine=engine).open()
    assert (await engine_room.workflow(address).describe()).task_queue == queue
