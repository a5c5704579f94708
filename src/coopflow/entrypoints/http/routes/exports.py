"""Tables to take away, as CSV for spreadsheets."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Annotated, Final

from fastapi import APIRouter, Query, Response

from coopflow.application.callers import Language
from coopflow.entrypoints.http.answers import Responses, guarded
from coopflow.entrypoints.http.dependencies import ServicesDep, needs
from coopflow.entrypoints.http.guards import CooperationDep, ManagedProgrammeDep
from coopflow.entrypoints.http.languages import LanguageDep
from coopflow.entrypoints.spreadsheets import (
    BOM,
    decisions_sheet,
    indicators_sheet,
    portfolio_sheet,
)
from coopflow.readmodel.views import PortfolioRow
from coopflow.services import Services

router = APIRouter(tags=["exports"], dependencies=[needs("read")], responses=guarded())

_MEDIA_TYPE: Final = "text/csv"
_AT_ONCE: Final = 200
_VALUES: Final = 1000


def _sheet(example: str) -> Responses:
    content = {"schema": {"type": "string"}, "example": example}
    return {200: {"description": "A table", "content": {_MEDIA_TYPE: content}}}


WithBom = Annotated[
    bool, Query(description="Begin with a mark by which some spreadsheets know UTF-8.")
]


def _answer(sheet: str, name: str, language: Language, *, bom: bool) -> Response:
    return Response(
        (BOM if bom else "") + sheet,
        media_type=_MEDIA_TYPE,
        headers={
            "Content-Disposition": f'attachment; filename="{name}.csv"',
            "Content-Language": language,
            "Vary": "Accept-Language",
            "Cache-Control": "no-store",
        },
    )


@router.get(
    "/programmes/{programme}/exports/portfolio.csv",
    operation_id="export_portfolio",
    summary="The portfolio as CSV",
    response_class=Response,
    responses=_sheet("id,title,territory\r\nbocage-gourmand,Bocage gourmand,Bocage\r\n"),
)
async def portfolio(
    programme: ManagedProgrammeDep,
    services: ServicesDep,
    language: LanguageDep,
    *,
    bom: WithBom = False,
) -> Response:
    """Return one line for each cooperation of a programme, by title."""
    rows = await _all_rows(services, programme)
    return _answer(portfolio_sheet(rows, language), f"{programme}-portfolio", language, bom=bom)


async def _all_rows(services: Services, programme: str) -> Sequence[PortfolioRow]:
    now = datetime.now(UTC)
    found: list[PortfolioRow] = []
    while page := await services.queries.portfolio(
        programme, now, after=found[-1].place if found else None, limit=_AT_ONCE
    ):
        found += page
    return found


@router.get(
    "/programmes/{programme}/cooperations/{cooperation}/exports/decisions.csv",
    operation_id="export_decisions",
    summary="The register of decisions as CSV",
    response_class=Response,
    responses=_sheet("id,subject,question\r\ndecision-1,other,Do we meet in June?\r\n"),
)
async def decisions(
    sight: CooperationDep, services: ServicesDep, language: LanguageDep, *, bom: WithBom = False
) -> Response:
    """Return one line for each decision that the caller may read, in the order of opening."""
    extent = sight.may("decisions")
    found = [
        one
        for one in await services.queries.decisions(sight.address)
        if extent == "all" or one.closed_at is not None
    ]
    name = f"{sight.address.cooperation}-decisions"
    return _answer(decisions_sheet(found, language), name, language, bom=bom)


@router.get(
    "/programmes/{programme}/cooperations/{cooperation}/exports/indicators.csv",
    operation_id="export_indicators",
    summary="Indicators and their values as CSV",
    response_class=Response,
    responses=_sheet("indicator,number,value,by\r\nmeals,3,1200,ferme-du-gue\r\n"),
)
async def indicators(
    sight: CooperationDep, services: ServicesDep, language: LanguageDep, *, bom: WithBom = False
) -> Response:
    """Return one line for each value of an indicator, the latest first."""
    sight.may("measures")
    found = await services.queries.measures(sight.address, datetime.now(UTC), values=_VALUES)
    name = f"{sight.address.cooperation}-indicators"
    return _answer(indicators_sheet(found, language), name, language, bom=bom)
