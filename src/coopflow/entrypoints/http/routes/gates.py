"""Gates, and what will happen by itself: questions that change nothing."""

from __future__ import annotations

import asyncio
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query

from coopflow.application.gate_check import check_gate
from coopflow.application.outlook import forecast
from coopflow.domain.base import Instant, Label, Shape, Slug, StatedInstant
from coopflow.domain.calendar import add_months
from coopflow.domain.cooperation import follow
from coopflow.domain.explanation import Examination
from coopflow.domain.refusals import Refusal
from coopflow.entrypoints.http.answers import guarded
from coopflow.entrypoints.http.dependencies import ServicesDep, needs
from coopflow.entrypoints.http.guards import CooperationDep
from coopflow.entrypoints.http.looking import Looked, look
from coopflow.entrypoints.http.problems import refused

router = APIRouter(
    prefix="/programmes/{programme}/cooperations/{cooperation}",
    dependencies=[needs("read")],
    responses=guarded(),
)

GateId = Annotated[Slug, Path(description="The id of a gate.", examples=["to_structuration"])]
At = Annotated[StatedInstant | None, Query(description="The instant to look at; by default now.")]


class GateView(Shape):
    """A gate of the lifecycle.

    Attributes:
        id: its id.
        label: what it is called.
        leaves: the stage that it leads out of.
        enters: the stage that it leads into.
        minima: the levels that it asks for, by condition.
        is_next: whether it leads on from the present stage.
    """

    id: Slug
    label: Label
    leaves: Slug
    enters: Slug
    minima: dict[Slug, int]
    is_next: bool


class Coming(Shape):
    """What happens by itself at an instant, and what the cooperation comes to then."""

    at: Instant
    events: tuple[dict[str, Any], ...]
    stage: Slug
    levels: dict[Slug, int]


class Forecast(Shape):
    """What will happen by itself if nobody acts.

    Attributes:
        coming: what happens, instant by instant.
        undisclosed: open decisions with a secret ballot: nothing is said of what comes of them.
    """

    coming: tuple[Coming, ...]
    undisclosed: tuple[Slug, ...]


@router.get("/gates", operation_id="list_gates", summary="Gates", tags=["gates"])
async def gates(sight: CooperationDep, services: ServicesDep) -> tuple[GateView, ...]:
    """List the gates of the lifecycle that the cooperation follows."""
    sight.may("gates")
    looked = await look(services, sight)
    rules = looked.rules.followed_by(looked.state)
    following = {gate.id for gate in rules.lifecycle.gates_from(looked.state.stage)}
    return tuple(
        GateView(
            id=gate.id,
            label=gate.label,
            leaves=gate.leaves,
            enters=gate.enters,
            minima=dict(rules.gate_policy(gate.id).minima),
            is_next=gate.id in following,
        )
        for gate in rules.lifecycle.gates
    )


@router.get(
    "/gates/{gate}", operation_id="check_gate", summary="Check and explain a gate", tags=["gates"]
)
async def check(
    gate: GateId, sight: CooperationDep, services: ServicesDep, at: At = None
) -> Examination:
    """Return the verdict that a gate would give at an instant, with everything behind it.

    Each criterion with the facts that it read and where they came from, what is missing, which
    commands by whom remedy it, and the shortest way to pass. Nothing is changed.
    """
    sight.may("gates")
    looked = await look(services, sight, at)
    found = await asyncio.to_thread(check_gate, looked.state, gate, looked.at, looked.rules)
    if isinstance(found, Refusal):
        raise refused(found)
    return found


@router.get(
    "/forecast",
    operation_id="forecast",
    summary="What will happen by itself",
    tags=["forecast"],
)
async def foresee(
    sight: CooperationDep,
    services: ServicesDep,
    months: Annotated[int, Query(ge=1, le=36, description="How far to look ahead.")] = 12,
) -> Forecast:
    """List what goes stale, lapses, escalates, falls back or is convened if nobody acts."""
    sight.may("forecast")
    looked = await look(services, sight)
    coming = await asyncio.to_thread(_coming, looked, months)
    return Forecast(coming=coming, undisclosed=tuple(looked.undisclosed))


def _coming(looked: Looked, months: int) -> tuple[Coming, ...]:
    state, lines = looked.state, []
    until = add_months(looked.at, months)
    for instant in forecast(looked.state, looked.at, until, looked.rules):
        state = follow(state, instant.entries)
        lines.append(
            Coming(
                at=instant.at,
                events=tuple(one.event.model_dump(mode="json") for one in instant.entries),
                stage=state.stage,
                levels=dict(state.levels),
            )
        )
    return tuple(lines)
