"""Files that take a while to make: ordered, told how far they are, and fetched when ready.

Each is for the one who asked for it alone. Whether they may still read what it tells of is asked
again when they fetch it.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Final, Literal

from fastapi import APIRouter, Depends, Path, Request, Response
from pydantic import Field, model_validator

from coopflow.application.callers import Language
from coopflow.domain.base import FIRST_YEAR, LAST_YEAR, Shape, Slug
from coopflow.entrypoints.exports import MEDIA_TYPES
from coopflow.entrypoints.http.answers import Responses, guarded
from coopflow.entrypoints.http.dependencies import CallerDep, ServicesDep, needs
from coopflow.entrypoints.http.filing import (
    Form,
    Kind,
    found,
    handed_over,
    of_cooperation,
    of_programme,
    order,
)
from coopflow.entrypoints.http.filters import filters, readable_filters
from coopflow.entrypoints.http.guards import CooperationDep, ManagedProgrammeDep
from coopflow.entrypoints.http.languages import LanguageDep
from coopflow.entrypoints.http.middleware.idempotency import IdempotencyKeyDep
from coopflow.entrypoints.http.preferences import announced
from coopflow.entrypoints.http.problems import ProblemError
from coopflow.papers.making import PAPER_KINDS
from coopflow.requests.files import MadeFile
from coopflow.requests.operations import Operation

router = APIRouter(tags=["exports"], dependencies=[needs("read")], responses=guarded())

FileId = Annotated[Slug, Path(description="The id of a file.")]


class ProgrammeExport(Shape):
    """What is to be made of a programme.

    Attributes:
        kind: what it tells.
        form: as what.
        language: in which language; by default that of the request.
    """

    kind: Literal["portfolio"] = "portfolio"
    form: Literal["csv", "xlsx"] = "xlsx"
    language: Language | None = None


class CooperationExport(Shape):
    """What is to be made of a cooperation.

    Attributes:
        kind: what it tells.
        form: as what; by default as PDF what is to be read, and as a workbook what is counted.
        gate: of which gate a dossier is (``gate``).
        year: of which year a report is (``report``); by default of this one.
        language: in which language; by default that of the request.
    """

    kind: Kind
    form: Form | None = None
    gate: Slug | None = None
    year: Annotated[int | None, Field(ge=FIRST_YEAR, le=LAST_YEAR)] = None
    language: Language | None = None

    @model_validator(mode="after")
    def _forms(self) -> CooperationExport:
        if self.form is not None and (self.form == "pdf") != (self.kind in PAPER_KINDS):
            message = f"{self.kind} is not made as {self.form}"
            raise ValueError(message)
        if (self.gate is not None) != (self.kind == "gate"):
            message = "a dossier of a gate names the gate, and nothing else does"
            raise ValueError(message)
        if self.year is not None and self.kind != "report":
            message = "only a report is of a year"
            raise ValueError(message)
        return self

    @property
    def about(self) -> str:
        """Of which gate or year it is."""
        return self.gate or str(self.year or "")


_ORDERED: Final[Responses] = {
    **guarded(409),
    202: {"model": Operation, "description": "It is being made"},
}
_CONTENT: Final[Responses] = {
    200: {
        "description": "What is in it",
        "content": {
            kind: {"schema": {"type": "string", "contentMediaType": kind}, "example": "…"}
            for kind in MEDIA_TYPES.values()
        },
    }
}


@router.post(
    "/programmes/{programme}/exports",
    operation_id="order_programme_file",
    summary="Have a file made of a programme",
    status_code=202,
    responses=_ORDERED,
    dependencies=[Depends(filters)],
)
async def order_of_programme(  # noqa: PLR0913, PLR0917 - what it is given
    wanted: ProgrammeExport,
    programme: ManagedProgrammeDep,
    caller: CallerDep,
    services: ServicesDep,
    language: LanguageDep,
    request: Request,
    response: Response,
    key: IdempotencyKeyDep,  # noqa: ARG001 - of the middleware
) -> Operation:
    """Begin to make a file. The operation says how far it is, and where the file is in the end.

    A portfolio holds what these filters show. Who has signed in is told by mail when it is ready.
    It is kept for seven days.
    """
    told = readable_filters(request.query_params.multi_items())
    ordered = of_programme(programme, wanted.form, wanted.language or language, told)
    operation = await order(services, caller, ordered, request)
    return announced(operation, request, response)


@router.post(
    "/programmes/{programme}/cooperations/{cooperation}/exports",
    operation_id="order_cooperation_file",
    summary="Have a file made of a cooperation",
    status_code=202,
    responses=_ORDERED,
)
async def order_of_cooperation(  # noqa: PLR0913, PLR0917 - what it is given
    wanted: CooperationExport,
    sight: CooperationDep,
    services: ServicesDep,
    language: LanguageDep,
    request: Request,
    response: Response,
    key: IdempotencyKeyDep,  # noqa: ARG001 - of the middleware
) -> Operation:
    """Begin to make a file of what the caller may read, as of a programme."""
    ordered = of_cooperation(
        sight, wanted.kind, wanted.form, wanted.language or language, wanted.about
    )
    operation = await order(services, sight.caller, ordered, request)
    return announced(operation, request, response)


@router.get("/files", operation_id="list_files", summary="Files made for me")
async def list_all(caller: CallerDep, services: ServicesDep) -> tuple[MadeFile, ...]:
    """List the files that were made for the caller, or are being made, the latest first."""
    return await services.files.of(caller.name, datetime.now(UTC))


@router.get("/files/{file}", operation_id="show_file", summary="A file made for me")
async def show(file: FileId, caller: CallerDep, services: ServicesDep) -> MadeFile:
    """Return what is known of a file that was made for the caller."""
    return await found(services, caller, file)


@router.get(
    "/files/{file}/content",
    operation_id="fetch_file",
    summary="What is in a file made for me",
    response_class=Response,
    responses={**guarded(), **_CONTENT},
)
async def fetch(file: FileId, caller: CallerDep, services: ServicesDep) -> Response:
    """Return a file that is ready, to who asked for it and may still read what it tells of."""
    return await handed_over(services, caller, file)


@router.delete(
    "/files/{file}",
    operation_id="delete_file",
    summary="Delete a file made for me",
    status_code=204,
)
async def delete(file: FileId, caller: CallerDep, services: ServicesDep) -> None:
    """Delete a file that was made for the caller; one that is being made ends in nothing."""
    if not await services.files.delete(caller.name, file):
        raise ProblemError("not_found")
