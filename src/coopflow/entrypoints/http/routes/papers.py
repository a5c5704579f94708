"""Documents to print, to sign and to keep, as accessible PDF."""

from __future__ import annotations

from typing import Annotated, Final

from fastapi import APIRouter, Query, Response

from coopflow.application.engine import UnknownCooperationError
from coopflow.domain.base import FIRST_YEAR, LAST_YEAR, StatedInstant
from coopflow.entrypoints.http.answers import Responses, guarded
from coopflow.entrypoints.http.dependencies import ServicesDep, needs
from coopflow.entrypoints.http.guards import CooperationDep, Sight
from coopflow.entrypoints.http.languages import LanguageDep
from coopflow.entrypoints.http.problems import HiddenError, ProblemError
from coopflow.entrypoints.http.routes.gates import GateId
from coopflow.papers.about import NoSuchPaperError, Reader
from coopflow.papers.making import Wanted
from coopflow.services import Services

router = APIRouter(
    prefix="/programmes/{programme}/cooperations/{cooperation}/exports",
    tags=["exports"],
    dependencies=[needs("read")],
    responses=guarded(),
)

_MEDIA_TYPE: Final = "application/pdf"
_PDF: Final[Responses] = {
    200: {
        "description": "A document, PDF/UA-1",
        "content": {
            _MEDIA_TYPE: {"schema": {"type": "string", "format": "binary"}, "example": "%PDF-1.7"}
        },
    }
}
_LARGEST: Final = 2**31 - 1
_MANY: Final = "many documents are being made: ask again, or have it made in the background"
_LATER: Final = {"Retry-After": "10"}

At = Annotated[
    StatedInstant | None, Query(description="The instant of which it tells; by default now.")
]


@router.get(
    "/identity-sheet.pdf",
    operation_id="export_identity_sheet",
    summary="The identity sheet as PDF",
    response_class=Response,
    responses=_PDF,
)
async def identity_sheet(
    sight: CooperationDep, services: ServicesDep, language: LanguageDep, at: At = None
) -> Response:
    """Return the identity sheet that was adopted last, with how the cooperation stands.

    Before there is one, what is known of the cooperation.
    """
    sight.may("documents")
    wanted = Wanted("identity_sheet", _reader(sight), language, at=at)
    return await answer(services, sight, wanted, "identity-sheet")


@router.get(
    "/charter.pdf",
    operation_id="export_charter",
    summary="The charter to sign as PDF",
    response_class=Response,
    responses=_PDF,
)
async def charter(
    sight: CooperationDep,
    services: ServicesDep,
    language: LanguageDep,
    version: Annotated[
        int | None, Query(ge=1, le=_LARGEST, description="By default the newest adopted one.")
    ] = None,
    at: At = None,
) -> Response:
    """Return a version of the charter with its digest, those who have signed and lines to sign."""
    sight.may("documents")
    wanted = Wanted("charter", _reader(sight), language, at=at, version=version)
    return await answer(services, sight, wanted, "charter")


@router.get(
    "/journal.pdf",
    operation_id="export_journal",
    summary="The journal as PDF",
    response_class=Response,
    responses=_PDF,
)
async def journal(
    sight: CooperationDep,
    services: ServicesDep,
    language: LanguageDep,
    after: Annotated[
        int, Query(ge=0, le=_LARGEST, description="Only the entries after that of this number.")
    ] = 0,
    at: At = None,
) -> Response:
    """Return what has happened as sentences, with the digests that it can be checked by.

    One document holds 10,000 entries at most: `after` asks for those that follow.
    """
    sight.may("journal")
    wanted = Wanted("journal", _reader(sight), language, at=at, after=after)
    return await answer(services, sight, wanted, "journal")


@router.get(
    "/gates/{gate}.pdf",
    operation_id="export_gate_dossier",
    summary="The dossier of a gate as PDF",
    response_class=Response,
    responses=_PDF,
)
async def gate_dossier(
    gate: GateId, sight: CooperationDep, services: ServicesDep, language: LanguageDep, at: At = None
) -> Response:
    """Return the verdict with everything behind it, each statement with what proves it.

    By default as the cooperation stood when the gate was requested last. The entries of the journal
    that are cited are quoted at the end, for those who may read it.
    """
    sight.may("gates")
    wanted = Wanted("gate", _reader(sight), language, at=at, gate=gate)
    return await answer(services, sight, wanted, f"gate-{gate}")


@router.get(
    "/report.pdf",
    operation_id="export_report",
    summary="The yearly report to funders as PDF",
    response_class=Response,
    responses=_PDF,
)
async def yearly_report(
    sight: CooperationDep,
    services: ServicesDep,
    language: LanguageDep,
    year: Annotated[
        int | None, Query(ge=FIRST_YEAR, le=LAST_YEAR, description="By default the present one.")
    ] = None,
    at: At = None,
) -> Response:
    """Return what became of the cooperation in a year, and what comes next.

    What the caller may not read is not in it; disagreements are counted, and no more.
    """
    sight.may("gates")
    wanted = Wanted("report", _reader(sight), language, at=at, year=year)
    return await answer(services, sight, wanted, "report" if year is None else f"report-{year}")


async def answer(services: Services, sight: Sight, wanted: Wanted, name: str) -> Response:
    """Return a paper for whoever sees a cooperation, to be kept as a file.

    Raises:
        HiddenError: the cooperation is gone.
        ProblemError: there is nothing to make the paper of (``not_found``, ``unknown_…``), or many
            are waiting for theirs (``unavailable``).
    """
    if services.papers.are_many_waiting:
        raise ProblemError("unavailable", _MANY, headers=_LATER)
    try:
        found = await services.papers.make(sight.address, wanted)
    except UnknownCooperationError:
        raise HiddenError from None
    except NoSuchPaperError as error:
        raise ProblemError(error.code) from None
    return Response(
        found,
        media_type=_MEDIA_TYPE,
        headers={
            "Content-Disposition": (
                f'attachment; filename="{sight.address.cooperation}-{name}.pdf"'
            ),
            "Content-Language": wanted.language,
            "Vary": "Accept-Language",
            "Cache-Control": "no-store",
        },
    )


def _reader(sight: Sight) -> Reader:
    return Reader.of(sight.roles)
