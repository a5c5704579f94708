"""Tables to take away for spreadsheets: CSV for programs, workbooks (XLSX) for people."""

from __future__ import annotations

from typing import Annotated, Any, Final

from fastapi import APIRouter, Query, Response

from coopflow.application.callers import Language
from coopflow.entrypoints import exports
from coopflow.entrypoints.exports import MEDIA_TYPES, Made
from coopflow.entrypoints.http.answers import Responses, guarded
from coopflow.entrypoints.http.dependencies import ServicesDep, needs
from coopflow.entrypoints.http.filters import FilterDep
from coopflow.entrypoints.http.guards import CooperationDep, ManagedProgrammeDep
from coopflow.entrypoints.http.languages import LanguageDep

router = APIRouter(tags=["exports"], dependencies=[needs("read")], responses=guarded())

_OF_ONE: Final = "/programmes/{programme}/cooperations/{cooperation}/exports"


def _sheet(example: str) -> Responses:
    content = {"schema": {"type": "string"}, "example": example}
    return {200: {"description": "A table", "content": {MEDIA_TYPES["csv"]: content}}}


_BOOK: Final[dict[str, Any]] = {
    "schema": {"type": "string", "contentMediaType": MEDIA_TYPES["xlsx"]},
    "example": "PK…",
}
_BOOKS: Final[Responses] = {
    200: {"description": "A workbook", "content": {MEDIA_TYPES["xlsx"]: _BOOK}}
}

WithBom = Annotated[
    bool, Query(description="Begin with a mark by which some spreadsheets know UTF-8.")
]


def attached(made: Made, language: Language) -> Response:
    """Answer with a file that is to be saved."""
    return Response(
        made.content,
        media_type=made.media_type,
        headers={
            "Content-Disposition": f'attachment; filename="{made.name}"',
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
    only: FilterDep,
    *,
    bom: WithBom = False,
) -> Response:
    """Return one line for each cooperation that the portfolio shows, by title."""
    made = await exports.portfolio(services, programme, "csv", language, only=only, bom=bom)
    return attached(made, language)


@router.get(
    "/programmes/{programme}/exports/portfolio.xlsx",
    operation_id="export_portfolio_workbook",
    summary="The portfolio as a workbook",
    response_class=Response,
    responses=_BOOKS,
)
async def portfolio_workbook(
    programme: ManagedProgrammeDep, services: ServicesDep, language: LanguageDep, only: FilterDep
) -> Response:
    """Return one row for each cooperation that the portfolio shows, by title, in words."""
    made = await exports.portfolio(services, programme, "xlsx", language, only=only)
    return attached(made, language)


@router.get(
    f"{_OF_ONE}/decisions.csv",
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
    made = await exports.decisions(services, sight.address, extent, "csv", language, bom=bom)
    return attached(made, language)


@router.get(
    f"{_OF_ONE}/decisions.xlsx",
    operation_id="export_decisions_workbook",
    summary="The register of decisions as a workbook",
    response_class=Response,
    responses=_BOOKS,
)
async def decisions_workbook(
    sight: CooperationDep, services: ServicesDep, language: LanguageDep
) -> Response:
    """Return one row for each decision that the caller may read; choices have columns each."""
    extent = sight.may("decisions")
    made = await exports.decisions(services, sight.address, extent, "xlsx", language)
    return attached(made, language)


@router.get(
    f"{_OF_ONE}/indicators.csv",
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
    made = await exports.indicators(services, sight.address, "csv", language, bom=bom)
    return attached(made, language)


@router.get(
    f"{_OF_ONE}/indicators.xlsx",
    operation_id="export_indicators_workbook",
    summary="Indicators and their values as a workbook",
    response_class=Response,
    responses=_BOOKS,
)
async def indicators_workbook(
    sight: CooperationDep, services: ServicesDep, language: LanguageDep
) -> Response:
    """Return one row for each value of an indicator, the latest first."""
    sight.may("measures")
    made = await exports.indicators(services, sight.address, "xlsx", language)
    return attached(made, language)
