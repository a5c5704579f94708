"""Decisions and reviews."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path

from coopflow.domain.base import Slug
from coopflow.entrypoints.http.answers import guarded
from coopflow.entrypoints.http.dependencies import ServicesDep, needs
from coopflow.entrypoints.http.guards import CooperationDep
from coopflow.entrypoints.http.pages import Page, PagingDep, moment
from coopflow.entrypoints.http.problems import ProblemError
from coopflow.readmodel.views import DecisionView, ReviewView

router = APIRouter(
    prefix="/programmes/{programme}/cooperations/{cooperation}",
    dependencies=[needs("read")],
    responses=guarded(),
)

DecisionId = Annotated[Slug, Path(description="The id of a decision.", examples=["decision-1"])]
ReviewId = Annotated[Slug, Path(description="The id of a review.", examples=["annual-2030"])]


async def _decisions(sight: CooperationDep, services: ServicesDep) -> list[DecisionView]:
    extent = sight.may("decisions")
    found = await services.queries.decisions(sight.address)
    return [one for one in found if extent == "all" or one.closed_at is not None]


async def _reviews(sight: CooperationDep, services: ServicesDep) -> list[ReviewView]:
    extent = sight.may("reviews")
    found = await services.queries.reviews(sight.address)
    return [one for one in found if extent == "all" or one.summary_published]


@router.get("/decisions", operation_id="list_decisions", summary="Decisions", tags=["decisions"])
async def decisions(
    sight: CooperationDep, services: ServicesDep, paging: PagingDep
) -> Page[DecisionView]:
    """List the decisions in the order in which they were opened."""
    found = await _decisions(sight, services)
    return paging.cut(found, lambda one: (moment(one.opened_at), one.id), str, str)


@router.get(
    "/decisions/{decision}",
    operation_id="show_decision",
    summary="A decision",
    tags=["decisions"],
)
async def decision(
    decision: DecisionId, sight: CooperationDep, services: ServicesDep
) -> DecisionView:
    """Return one decision, with the arithmetic of its outcome once it is closed."""
    for one in await _decisions(sight, services):
        if one.id == decision:
            return one
    raise ProblemError("unknown_decision")


@router.get("/reviews", operation_id="list_reviews", summary="Reviews", tags=["reviews"])
async def reviews(
    sight: CooperationDep, services: ServicesDep, paging: PagingDep
) -> Page[ReviewView]:
    """List the reviews in the order in which they were opened."""
    found = await _reviews(sight, services)
    return paging.cut(found, lambda one: (moment(one.opened_at), one.id), str, str)


@router.get("/reviews/{review}", operation_id="show_review", summary="A review", tags=["reviews"])
async def review(review: ReviewId, sight: CooperationDep, services: ServicesDep) -> ReviewView:
    """Return one review with the changes that it proposes."""
    for one in await _reviews(sight, services):
        if one.id == review:
            return one
    raise ProblemError("unknown_review")
