"""How the cooperations of a programme stand, and how far the indicators of one are measured."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated

from fastapi import APIRouter, Query

from coopflow.domain.alerts import Severity
from coopflow.domain.base import Slug
from coopflow.domain.state import CooperationStatus
from coopflow.entrypoints.http.answers import guarded
from coopflow.entrypoints.http.dependencies import ServicesDep, needs
from coopflow.entrypoints.http.guards import CooperationDep, ManagedProgrammeDep
from coopflow.entrypoints.http.pages import Page, PagingDep
from coopflow.readmodel.portfolio import Below, PortfolioFilter
from coopflow.readmodel.views import IndicatorView, LevelCount, PortfolioRow

router = APIRouter(dependencies=[needs("read")], responses=guarded())

_LONGEST = 200


@router.get(
    "/programmes/{programme}/portfolio",
    operation_id="show_portfolio",
    summary="The portfolio",
    tags=["portfolio"],
)
async def portfolio(  # noqa: PLR0913 - what narrows a list, each by name
    programme: ManagedProgrammeDep,
    services: ServicesDep,
    paging: PagingDep,
    *,
    stage: Annotated[Slug | None, Query(description="Only those in this stage.")] = None,
    status: Annotated[CooperationStatus | None, Query(description="Only those.")] = None,
    severity: Annotated[
        Severity | None, Query(description="Only those with an alert that is this urgent.")
    ] = None,
    alert: Annotated[
        Slug | None, Query(description="Only those with this alert.", examples=["no_plenary"])
    ] = None,
    text: Annotated[
        str | None,
        Query(
            pattern=r"^[^\x00]+$",
            max_length=_LONGEST,
            description="Only those whose title, territory or id holds this, whatever its case "
            "and accents.",
        ),
    ] = None,
    below: Annotated[
        str | None,
        Query(
            pattern=r"^[a-z0-9_-]{1,64}:[0-4]$",
            description="Only those in which a condition has not reached a level.",
            examples=["support:2"],
        ),
    ] = None,
    stuck_days: Annotated[
        int | None,
        Query(ge=0, le=36500, description="Only those in their stage for so many days."),
    ] = None,
) -> Page[PortfolioRow]:
    """List the cooperations of a programme by title, one row each. Nothing ranks them."""
    after = paging.after(str, str)
    condition, _, level = (below or "").partition(":")
    only = PortfolioFilter(
        stage=stage,
        status=status,
        severity=severity,
        alert=alert,
        text=text,
        below=Below(condition, int(level)) if below else None,
        stuck_days=stuck_days,
    )
    found = await services.queries.portfolio(
        programme,
        datetime.now(UTC),
        only=only,
        after=(str(after[0]), str(after[1])) if after else None,
        limit=paging.limit + 1,
    )
    return paging.page(found, lambda one: one.place)


@router.get(
    "/programmes/{programme}/portfolio/levels",
    operation_id="count_levels",
    summary="Levels by stage",
    tags=["portfolio"],
)
async def levels(programme: ManagedProgrammeDep, services: ServicesDep) -> tuple[LevelCount, ...]:
    """Count the cooperations that are not closed, by stage, condition and level."""
    return await services.queries.levels_by_stage(programme)


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
