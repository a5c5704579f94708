"""How many impacts of policies are worked out at the same time."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from types import SimpleNamespace
from typing import Any

import pytest
from fastapi import FastAPI

from coopflow.application.callers import Caller
from coopflow.definitions.library import load_definition
from coopflow.entrypoints.http.problems import ProblemError
from coopflow.entrypoints.web.impacts import GOING_ON, begin

PAM = Caller(name="person:pam", person="pam")
ZOE = Caller(name="person:zoe", person="zoe")


class History:
    """Has no cooperations, and notes how many look for them at the same time."""

    def __init__(self) -> None:
        self.looking = self.most = 0

    async def count_live(self, _: str) -> int:
        """Count none."""
        return 0

    async def live(self, *_: Any) -> AsyncIterator[tuple[str, ...]]:
        """Yield nothing, in steps between which others may come."""
        self.looking += 1
        self.most = max(self.most, self.looking)
        for _step in range(5):
            await asyncio.sleep(0)
            yield ()
        self.looking -= 1


class Operations:
    """Keeps which have ended."""

    def __init__(self) -> None:
        self.begun = 0
        self.ended: list[str] = []

    async def begin(self, *_: Any) -> str:
        """Return another id each time."""
        self.begun += 1
        return str(self.begun)

    async def end(self, operation: str, *_: Any) -> None:
        """Note it."""
        self.ended.append(operation)


async def test_one_impact_is_worked_out_after_the_other_and_few_for_each_reader() -> None:
    """Who asks for more is told to wait; others are not kept from asking by that."""
    app = FastAPI()
    app.state.going_on, app.state.progress = set(), {}
    app.state.impacts_at_once = asyncio.Semaphore(1)
    history, operations = History(), Operations()
    services: Any = SimpleNamespace(history=history, operations=operations)
    request: Any = SimpleNamespace(app=app)
    definition = load_definition(None, "reference")
    for _ in range(GOING_ON):
        await begin(request, services, PAM, "nord", definition)
    with pytest.raises(ProblemError) as caught:
        await begin(request, services, PAM, "nord", definition)
    assert caught.value.code == "rate_limited"
    await begin(request, services, ZOE, "nord", definition)
    await asyncio.gather(*app.state.going_on)
    assert history.most == 1
    assert operations.ended == ["1", "2", "3", "4"]
    assert not app.state.progress
    await begin(request, services, PAM, "nord", definition)
    await asyncio.gather(*app.state.going_on)
