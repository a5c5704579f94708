"""Disagreements: that they are there is for everyone, their content for whom it is."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path

from coopflow.domain.base import Slug
from coopflow.domain.refusals import Refusal
from coopflow.entrypoints.http.answers import guarded
from coopflow.entrypoints.http.dependencies import ServicesDep, needs
from coopflow.entrypoints.http.guards import CooperationDep
from coopflow.entrypoints.http.pages import Page, PagingDep, moment
from coopflow.entrypoints.http.problems import ProblemError, refused
from coopflow.readmodel.views import DisagreementContent, DisagreementView

router = APIRouter(
    prefix="/programmes/{programme}/cooperations/{cooperation}/disagreements",
    tags=["disagreements"],
    dependencies=[needs("read")],
    responses=guarded(),
)

DisagreementId = Annotated[
    Slug, Path(description="The id of a disagreement.", examples=["disagreement-1"])
]


@router.get("", operation_id="list_disagreements", summary="Disagreements")
async def list_all(
    sight: CooperationDep, services: ServicesDep, paging: PagingDep
) -> Page[DisagreementView]:
    """List the disagreements in the order in which they were raised, without content."""
    sight.may("disagreements")
    found = await services.queries.disagreements(sight.address)
    return paging.cut(found, lambda one: (moment(one.raised_at), one.id), str, str)


@router.get("/{disagreement}", operation_id="show_disagreement", summary="A disagreement")
async def show(
    disagreement: DisagreementId, sight: CooperationDep, services: ServicesDep
) -> DisagreementView:
    """Return one disagreement as everyone may see it."""
    sight.may("disagreements")
    found = await services.queries.disagreement(sight.address, disagreement)
    if isinstance(found, Refusal):
        raise refused(found)
    return found


@router.get(
    "/{disagreement}/content",
    operation_id="read_disagreement",
    summary="The content of a disagreement",
)
async def content(
    disagreement: DisagreementId, sight: CooperationDep, services: ServicesDep
) -> DisagreementContent:
    """Return what is sealed of a disagreement, to whom may read that in its present state."""
    sight.may("disagreements")
    person = sight.caller.person
    if person is None:
        raise ProblemError("forbidden", "the content is for people; the token is nobody's")
    found = await services.queries.disagreement_content(sight.address, disagreement, person)
    if isinstance(found, Refusal):
        raise refused(found)
    return found
