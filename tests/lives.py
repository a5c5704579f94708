"""Examples as lives of cooperations on a platform that runs, for pages to show them."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import UTC, datetime
from uuid import uuid4

from coopflow.application.engine import Address
from coopflow.application.recorded_past import import_past
from coopflow.application.scenario_runner import address_of, renamed
from coopflow.definitions.library import find, load_definition
from coopflow.definitions.scenario import load_scenario
from coopflow.entrypoints.cli.demo import ending_by
from tests.http_platform import Platform


def live(
    platform: Platform, example: str, *, steps: int | None = None, programme: str = "tests"
) -> Address:
    """Have a cooperation live what an example tells, up to today, under a name of its own.

    Args:
        platform: where it lives.
        example: the name of the example.
        steps: only so many of its steps; by default all.
        programme: where it is found.
    """
    return platform.run(_live(platform, example, steps, programme))


async def _live(platform: Platform, example: str, steps: int | None, programme: str) -> Address:
    told = await asyncio.to_thread(load_scenario, find("examples", example))
    told = renamed(told, programme, f"{example}-{uuid4().hex[:8]}")
    told = ending_by(replace(told, steps=told.steps[:steps]), datetime.now(UTC))
    definition, engine = load_definition(told.lifecycle, told.policy), platform.services.engine
    async for _ in import_past(told, engine, definition):
        pass
    address = address_of(told)
    await engine.go_live(address)
    await engine.until_projected(address)
    return address
