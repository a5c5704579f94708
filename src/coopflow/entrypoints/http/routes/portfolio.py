"""How the cooperations of a programme stand, and how far the indicators of one are measured."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Annotated

from fastapi import APIRouter, Query

from coopflow.application.tasks import KINDS
from coopflow.domain.base import Slug
from coopflow.entrypoints.http.answers import guarded
from coopflow.entrypoints.http.dependencies import ServicesDep, needs
from coopflow.entrypoints.http.filters import FilterDep
from coopflow.entrypoints.http.guards import CooperationDep, ManagedProgrammeDep
from coopflow.entrypoints.http.pages import Key, Page, PagingDep, instant, moment
from coopflow.readmodel.narrowing import Days, Order
from coopflow.readmodel.views import (
    DuePlace,
    DueView,
    IndicatorView,
    LevelCount,
    PortfolioCounts,
    PortfolioPlace,
    PortfolioRow,
    StageTimes,
    WaitedFor,
    WaitingPlace,
    WaitingView,
)
from coopflow.readmodel.waiting import Whom

router = APIRouter(dependencies=[needs("read")], responses=guarded())

_PORTFOLIO = "/programmes/{programme}/portfolio"


@router.get(_PORTFOLIO, operation_id="show_portfolio", summary="The portfolio", tags=["portfolio"])
async def portfolio(
    programme: ManagedProgrammeDep,
    services: ServicesDep,
    paging: PagingDep,
    only: FilterDep,
    order: Annotated[
        Order,
        Query(description="By title, by how long they are in their stage, by what is due first."),
    ] = "title",
) -> Page[PortfolioRow]:
    """List the cooperations of a programme, one row each. Nothing ranks them."""
    after = paging.after(str, str, str, str)
    place = None
    if after is not None:
        title, since, due, slug = map(str, after)
        place = PortfolioPlace(title, instant(since), instant(due) if due else None, slug)
    found = await services.queries.portfolio(
        programme,
        datetime.now(UTC),
        only=only,
        order=order,
        after=place,
        limit=paging.limit + 1,
    )
    return paging.page(found, _portfolio_key)


def _portfolio_key(one: PortfolioRow) -> Key:
    title, since, due, slug = one.place
    return (title, moment(since), moment(due) if due else "", slug)


@router.get(
    f"{_PORTFOLIO}/counts",
    operation_id="count_portfolio",
    summary="How many stand where",
    tags=["portfolio"],
)
async def counts(
    programme: ManagedProgrammeDep, services: ServicesDep, only: FilterDep
) -> PortfolioCounts:
    """Count what the portfolio shows, and what it would show with each value of a filter."""
    return await services.queries.portfolio_counts(programme, datetime.now(UTC), only=only)


@router.get(
    f"{_PORTFOLIO}/levels",
    operation_id="count_levels",
    summary="Levels by stage",
    tags=["portfolio"],
)
async def levels(
    programme: ManagedProgrammeDep, services: ServicesDep, only: FilterDep
) -> tuple[LevelCount, ...]:
    """Count the cooperations that are not closed, by stage, condition and level."""
    return await services.queries.levels_by_stage(programme, datetime.now(UTC), only=only)


@router.get(
    f"{_PORTFOLIO}/stages",
    operation_id="show_stage_times",
    summary="Time spent in each stage",
    tags=["portfolio"],
)
async def stage_times(
    programme: ManagedProgrammeDep, services: ServicesDep, only: FilterDep
) -> tuple[StageTimes, ...]:
    """Tell how many days cooperations spent in each stage, and those that are there now."""
    return await services.queries.stage_times(programme, datetime.now(UTC), only=only)


@router.get(
    f"{_PORTFOLIO}/due",
    operation_id="list_due",
    summary="What is due",
    tags=["portfolio"],
)
async def due(  # noqa: PLR0913 - what narrows a list, each by name
    programme: ManagedProgrammeDep,
    services: ServicesDep,
    paging: PagingDep,
    only: FilterDep,
    *,
    days: Annotated[Days, Query(description="Within so many days.")] = 28,
    late_days: Annotated[
        Days, Query(description="And what has been due for at most so many days.")
    ] = 0,
) -> Page[DueView]:
    """List what is due in the cooperations of a programme, soonest first."""
    after = paging.after(str, str, str, str)
    place = None
    if after is not None:
        at, cooperation, kind, about = map(str, after)
        place = DuePlace(instant(at), cooperation, kind, about)
    now = datetime.now(UTC)
    found = await services.queries.dues(
        programme,
        now,
        begin=now - timedelta(days=late_days),
        end=now + timedelta(days=days),
        only=only,
        after=place,
        limit=paging.limit + 1,
    )
    return paging.page(found, lambda one: (moment(one.at), *one.place[1:]))


@router.get(
    f"{_PORTFOLIO}/waiting",
    operation_id="list_waiting",
    summary="What is waited for",
    tags=["portfolio"],
)
async def waiting(  # noqa: PLR0913 - what narrows a list, each by name
    programme: ManagedProgrammeDep,
    services: ServicesDep,
    paging: PagingDep,
    only: FilterDep,
    *,
    person: Annotated[Slug | None, Query(description="Only from this person.")] = None,
    organisation: Annotated[Slug | None, Query(description="Only for this organisation.")] = None,
    kind: Annotated[
        Slug | None, Query(description="Only of this kind.", examples=[min(KINDS)])
    ] = None,
) -> Page[WaitingView]:
    """List the tasks of all people in a programme, what has been waiting longest first."""
    after = paging.after(*[str] * len(WaitingPlace._fields))
    place = None
    if after is not None:
        begins, *rest = map(str, after)
        place = WaitingPlace(instant(begins), *rest)
    found = await services.queries.waiting(
        programme,
        datetime.now(UTC),
        only=only,
        person=person,
        organisation=organisation,
        kind=kind,
        after=place,
        limit=paging.limit + 1,
    )
    return paging.page(found, lambda one: (moment(one.begins_at), *one.waits[1:]))


@router.get(
    f"{_PORTFOLIO}/waited-for",
    operation_id="list_waited_for",
    summary="For whom is waited",
    tags=["portfolio"],
)
async def waited_for(
    programme: ManagedProgrammeDep,
    services: ServicesDep,
    paging: PagingDep,
    only: FilterDep,
    by: Annotated[Whom, Query(description="People, or organisations.")] = "person",
) -> Page[WaitedFor]:
    """List for whom cooperations wait, whom they have been waiting for longest first."""
    after = paging.after(str, str)
    found = await services.queries.waited_for(
        programme,
        datetime.now(UTC),
        by=by,
        only=only,
        after=(instant(after[0]), str(after[1])) if after else None,
        limit=paging.limit + 1,
    )
    return paging.page(found, lambda one: (moment(one.since), one.who))


@router.get(
    "/programmes/{programme}/cooperations/{cooperation}/measures",
    operation_id="list_measures",
    summary="Measures",
    tags=["measures"],
)
async def measures(
    sight: CooperationDep,
    services: ServicesDep,
    values: Annotated[
        int, Query(ge=1, le=1000, description="At most so many values of each indicator.")
    ] = 24,
) -> tuple[IndicatorView, ...]:
    """List the indicators of the value chain with their values, the latest first."""
    sight.may("measures")
    return await services.queries.measures(sight.address, datetime.now(UTC), values=values)
