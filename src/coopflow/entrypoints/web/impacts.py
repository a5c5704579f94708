"""What a policy would change for the cooperations of a programme, worked out beside requests."""

from __future__ import annotations

import asyncio
from collections import Counter
from datetime import UTC, datetime
from typing import Final

import structlog
from fastapi import FastAPI, Request

from coopflow.application.callers import Caller
from coopflow.application.engine import UnavailableError
from coopflow.application.impact import Impact, impact_on
from coopflow.definitions.compile import compile_definition
from coopflow.domain.base import Shape
from coopflow.domain.rulebook import Definition, Rulebook
from coopflow.domain.state import Cooperation
from coopflow.entrypoints.http.problems import ProblemError
from coopflow.requests.operations import Outcome
from coopflow.services import Services

AT_ONCE: Final = 100
"""So many are looked at while the reader waits; more of them go on in the background."""

GOING_ON: Final = 3
"""So many may go on for one reader."""

_WAIT: Final = {"Retry-After": "30"}
_SHOWN: Final = 300
_PAGE: Final = 50

_log = structlog.get_logger(__name__)


class Impacts(Shape):
    """What a policy would change.

    Attributes:
        policy: ``name@version``.
        counts: of all cooperations, those of another lifecycle, those for which nothing changes at
            once, and those that would lose or gain a level or have a time to remedy begin.
        verdicts: what asking for the next gate would come to, by verdict.
        shown: the first of those for which something changes.
    """

    policy: str
    counts: dict[str, int]
    verdicts: dict[str, int]
    shown: tuple[Impact, ...]


class _Tally:
    def __init__(self) -> None:
        self.counts: Counter[str] = Counter()
        self.verdicts: Counter[str] = Counter()
        self.shown: list[Impact] = []

    def add(self, one: Impact | None) -> None:
        self.counts["all"] += 1
        if one is None:
            self.counts["other_lifecycle"] += 1
            return
        for name in ("lost", "gained", "clocks"):
            self.counts[name] += bool(getattr(one, name))
        self.counts["unchanged"] += one.is_none
        if one.verdict is not None:
            self.verdicts[one.verdict] += 1
        if not one.is_none and len(self.shown) < _SHOWN:
            self.shown.append(one)


def _looked_at(states: tuple[str, ...], at: datetime, rules: Rulebook) -> list[Impact | None]:
    lifecycle = rules.definition.lifecycle_name
    found: list[Impact | None] = []
    for stored in states:
        state = Cooperation.model_validate_json(stored)
        found.append(impact_on(state, at, rules) if state.lifecycle == lifecycle else None)
    return found


async def impacts(
    services: Services,
    programme: str,
    definition: Definition,
    progress: dict[str, int] | None = None,
) -> Impacts:
    """Work out what a policy would change for every cooperation of a programme that lives.

    Args:
        services: the parts of the platform.
        programme: whose cooperations.
        definition: the policy, with the lifecycle that it is for.
        progress: is told how many are ``done``.

    Raises:
        DatabaseUnavailableError: the database does not answer.
    """
    rules = await asyncio.to_thread(compile_definition, definition)
    tally, now = _Tally(), datetime.now(UTC)
    async for page in services.history.live(programme, _PAGE):
        for one in await asyncio.to_thread(_looked_at, page, now, rules):
            tally.add(one)
        if progress is not None:
            progress["done"] = tally.counts["all"]
    return Impacts(
        policy=definition.policy_name,
        counts=dict(tally.counts),
        verdicts=dict(tally.verdicts),
        shown=tuple(tally.shown),
    )


async def begin(
    request: Request, services: Services, caller: Caller, programme: str, definition: Definition
) -> str:
    """Begin to work it out in the background, and return the id of the operation.

    Of several that were begun one is worked out after the other: each takes a processor.

    Raises:
        ProblemError: too many go on for the caller already (``rate_limited``).
    """
    app: FastAPI = request.app
    mark = f"impact for {caller.name}"
    if sum(one.get_name() == mark for one in app.state.going_on) >= GOING_ON:
        told = f"{GOING_ON} impacts are being worked out for you already"
        raise ProblemError("rate_limited", told, headers=_WAIT)
    total = await services.history.count_live(programme)
    operation = await services.operations.begin(caller.name, datetime.now(UTC))
    progress = {"done": 0, "all": total}
    app.state.progress[operation] = progress
    work = _worked_out(app, services, operation, programme, definition)
    task = asyncio.create_task(work, name=mark)
    app.state.going_on.add(task)  # asyncio itself would let it go
    task.add_done_callback(app.state.going_on.discard)
    return operation


async def _worked_out(
    app: FastAPI, services: Services, operation: str, programme: str, definition: Definition
) -> None:
    progress: dict[str, int] = app.state.progress[operation]
    try:
        async with app.state.impacts_at_once:
            found = await impacts(services, programme, definition, progress)
        outcome = Outcome(result=found.model_dump(mode="json"))
    except UnavailableError:
        outcome = Outcome(problem={"code": "unavailable"})
    except Exception as error:  # noqa: BLE001 - nobody else would hear of it
        _log.error("the impact of a policy was not worked out", exc_info=error)
        outcome = Outcome(problem={"code": "internal"})
    finally:
        del app.state.progress[operation]
    try:
        await services.operations.end(operation, outcome, datetime.now(UTC))
    except UnavailableError as error:  # it will be given up for lost
        _log.warning("the outcome of an operation cannot be kept", advice=str(error))
