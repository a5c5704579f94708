"""What happens, as it happens: server-sent events."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Annotated

from fastapi import APIRouter, Depends
from fastapi.sse import EventSourceResponse, ServerSentEvent

from coopflow.entrypoints.http import streams
from coopflow.entrypoints.http.answers import guarded
from coopflow.entrypoints.http.dependencies import ServicesDep, needs
from coopflow.entrypoints.http.guards import CooperationDep, ManagedProgrammeDep, Sight

router = APIRouter(
    prefix="/programmes/{programme}",
    tags=["events"],
    dependencies=[needs("read")],
    responses=guarded(),
)


async def _readable(sight: CooperationDep) -> Sight:
    """Return a cooperation whose journal the caller may read."""
    sight.may("journal")
    return sight


_ReadableDep = Annotated[Sight, Depends(_readable)]


@router.get(
    "/events",
    operation_id="follow_programme",
    summary="What happens in a programme",
    response_class=EventSourceResponse,
    dependencies=[Depends(streams.seat)],
)
async def of_programme(
    programme: ManagedProgrammeDep, services: ServicesDep, reading: streams.ReadingDep
) -> AsyncIterator[ServerSentEvent]:
    """Tell what happens in all cooperations of a programme, each event as a CloudEvent."""
    async for event in streams.events(services, reading, programme=programme):
        yield event


@router.get(
    "/cooperations/{cooperation}/events",
    operation_id="follow_cooperation",
    summary="What happens in a cooperation",
    response_class=EventSourceResponse,
    dependencies=[Depends(streams.seat)],
)
async def of_cooperation(
    sight: _ReadableDep, services: ServicesDep, reading: streams.ReadingDep
) -> AsyncIterator[ServerSentEvent]:
    """Tell what happens in a cooperation, each event as a CloudEvent, as its journal shows it."""
    async for event in streams.events(services, reading, address=sight.address):
        yield event
