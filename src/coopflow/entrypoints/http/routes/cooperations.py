"""Cooperations, and what stands with them: members, meetings, alerts."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Query

from coopflow.application.engine import Address
from coopflow.domain.base import Slug
from coopflow.domain.state import CooperationStatus
from coopflow.entrypoints.http.answers import guarded
from coopflow.entrypoints.http.dependencies import ServicesDep, needs
from coopflow.entrypoints.http.etags import EntityTagDep
from coopflow.entrypoints.http.guards import CooperationDep, OutlookDep
from coopflow.entrypoints.http.pages import Page, PagingDep, moment
from coopflow.entrypoints.http.problems import ProblemError
from coopflow.readmodel.views import (
    AlertView,
    CooperationDetail,
    CooperationSummary,
    MeetingView,
    MemberView,
)

router = APIRouter(
    prefix="/programmes/{programme}/cooperations",
    dependencies=[needs("read")],
    responses=guarded(),
)

OrganisationId = Annotated[
    Slug, Path(description="The id of an organisation.", examples=["ferme-du-gue"])
]
MeetingId = Annotated[Slug, Path(description="The id of a meeting.", examples=["plenary-2030-02"])]


@router.get("", operation_id="list_cooperations", summary="Cooperations", tags=["cooperations"])
async def list_all(
    outlook: OutlookDep,
    services: ServicesDep,
    paging: PagingDep,
    stage: Annotated[Slug | None, Query(description="Only those in this stage.")] = None,
    status: Annotated[CooperationStatus | None, Query(description="Only those.")] = None,
) -> Page[CooperationSummary]:
    """List the cooperations of a programme that the caller sees, by id."""
    after = paging.after(str)
    found = await services.queries.cooperations(
        programme=outlook.programme,
        stage=stage,
        status=status,
        involving=None if outlook.manages else (outlook.caller.person or ""),
        after=Address(outlook.programme, str(after[0])) if after else None,
        limit=paging.limit + 1,
    )
    return paging.page(found, lambda one: (one.slug,))


@router.get(
    "/{cooperation}",
    operation_id="show_cooperation",
    summary="A cooperation",
    tags=["cooperations"],
)
async def show(sight: CooperationDep, tag: EntityTagDep) -> CooperationDetail:
    """Return one cooperation as it stands.

    Its `ETag` is good for `If-Match` with any command that is given to it.
    """
    sight.may("cooperation")
    tag.of_cooperation(sight.detail.seq)
    return sight.detail


@router.get(
    "/{cooperation}/members", operation_id="list_members", summary="Members", tags=["members"]
)
async def members(
    sight: CooperationDep, services: ServicesDep, paging: PagingDep
) -> Page[MemberView]:
    """List the organisations by id, also those that have left."""
    sight.may("members")
    found = await services.queries.members(sight.address)
    return paging.cut(found, lambda one: (one.id,), str)


@router.get(
    "/{cooperation}/members/{organisation}",
    operation_id="show_member",
    summary="A member",
    tags=["members"],
)
async def member(
    organisation: OrganisationId, sight: CooperationDep, services: ServicesDep
) -> MemberView:
    """Return an organisation, also one that has left."""
    sight.may("members")
    for one in await services.queries.members(sight.address):
        if one.id == organisation:
            return one
    raise ProblemError("unknown_member")


@router.get(
    "/{cooperation}/meetings", operation_id="list_meetings", summary="Meetings", tags=["meetings"]
)
async def meetings(
    sight: CooperationDep, services: ServicesDep, paging: PagingDep
) -> Page[MeetingView]:
    """List the meetings in the order in which they were held."""
    sight.may("meetings")
    found = await services.queries.meetings(sight.address)
    return paging.cut(found, lambda one: (moment(one.held_at), one.id), str, str)


@router.get(
    "/{cooperation}/meetings/{meeting}",
    operation_id="show_meeting",
    summary="A meeting",
    tags=["meetings"],
)
async def meeting(meeting: MeetingId, sight: CooperationDep, services: ServicesDep) -> MeetingView:
    """Return one meeting."""
    sight.may("meetings")
    for one in await services.queries.meetings(sight.address):
        if one.id == meeting:
            return one
    raise ProblemError("not_found")


@router.get(
    "/{cooperation}/alerts",
    operation_id="list_alerts",
    summary="Alerts that stand",
    tags=["cooperations"],
)
async def alerts(sight: CooperationDep, services: ServicesDep) -> tuple[AlertView, ...]:
    """List the alerts that stand, the most urgent first, then the oldest."""
    sight.may("alerts")
    return await services.queries.alerts(sight.address)
