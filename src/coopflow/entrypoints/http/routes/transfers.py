"""Whole cooperations of a programme, out of an installation and into it, as JSON lines.

A file is made while it is read, and kept nowhere: there is no second place where people who are
erased would live on, and nothing to expire. Its last line says that it is whole, which an import
asks for. An import is verified as a whole first: that takes a while, and may become an operation.
"""

from __future__ import annotations

import io
from collections.abc import AsyncIterator, Sequence
from datetime import UTC, datetime
from typing import Annotated, Final

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import StreamingResponse
from starlette.exceptions import HTTPException

from coopflow.application.cooperation_file import FileFaultError, Writer, read
from coopflow.application.engine import Address
from coopflow.application.transferring import Bounds, Done, Outcome, look_into, take_in, take_out
from coopflow.domain.base import Shape, Slug
from coopflow.entrypoints.http.answers import guarded
from coopflow.entrypoints.http.dependencies import CallerDep, ServicesDep, needs
from coopflow.entrypoints.http.guards import ManagedProgrammeDep
from coopflow.entrypoints.http.middleware.idempotency import IdempotencyKeyDep
from coopflow.entrypoints.http.preferences import PatienceDep, Waiting
from coopflow.entrypoints.http.problems import FieldProblem, HiddenError, ProblemError
from coopflow.requests.operations import Operation
from coopflow.requests.operations import Outcome as Ending
from coopflow.sealing.errors import KeysError
from coopflow.services import Services

router = APIRouter(
    prefix="/programmes/{programme}",
    tags=["exports"],
    dependencies=[needs("exports")],
    responses=guarded(),
)

_JSON_LINES: Final = "application/jsonl"
_ACCEPTED: Final = {_JSON_LINES, "application/x-ndjson"}
_PAGE: Final = 200
_MOST: Final = 200
_FILE: Final = (
    '{"exported_at":"2030-02-01T09:00:00Z","format":"coopflow-cooperations","version":1}\n'
    '{"closes":0,"sha256":"0b2ee5dff14ee2290d5813b2378054e5109c7e05d62b28bb8661204601db4e4f"}\n'
)
_CONTENT: Final = {_JSON_LINES: {"schema": {"type": "string"}, "example": _FILE}}


class ImportedCooperation(Shape):
    """A cooperation of a file.

    Attributes:
        cooperation: its id.
        entries: how many entries its journal has in the file.
        outcome: whether it is imported, or was `there` already.
    """

    cooperation: Slug
    entries: int
    outcome: Outcome


class CooperationsImport(Shape):
    """What became of the cooperations of a file, or would.

    Attributes:
        dry_run: whether nothing was written.
        cooperations: each, in the order of the file.
    """

    dry_run: bool
    cooperations: tuple[ImportedCooperation, ...]


@router.get(
    "/exports/cooperations.jsonl",
    operation_id="export_cooperations",
    summary="Whole cooperations as JSON lines",
    response_class=Response,
    responses={200: {"description": "A file of cooperations", "content": _CONTENT}},
)
async def export(
    programme: ManagedProgrammeDep,
    services: ServicesDep,
    cooperation: Annotated[
        tuple[Slug, ...],
        Query(max_length=_MOST, description="Only these; all of the programme without."),
    ] = (),
) -> Response:
    """Stream cooperations as they are, for another installation to carry on.

    What is sealed in them is encrypted with the keys of this installation. A file without a last
    line that begins with `{"closes":` was cut short: ask again.
    """
    addresses = await _addresses(services, programme, cooperation)
    now = datetime.now(UTC)
    done: list[Address] = []
    lines = take_out(
        addresses,
        services.journals,
        services.workflows,
        Writer(services.export_seals, now),
        lambda address, _: done.append(address),
    )
    pieces = _pieces(lines, done)
    # What is away, or not there, is told before anything is answered.
    first = await anext(pieces)

    async def streamed() -> AsyncIterator[bytes]:
        yield first
        async for piece in pieces:
            yield piece

    name = f"{programme}-{now:%Y-%m-%d}"
    return StreamingResponse(
        streamed(),
        media_type=_JSON_LINES,
        headers={
            "Content-Disposition": f'attachment; filename="{name}.jsonl"',
            "Cache-Control": "no-store",
        },
    )


@router.post(
    "/imports",
    operation_id="import_cooperations",
    summary="Import whole cooperations",
    response_model=None,
    responses={
        **guarded(409, 413, 415),
        200: {"model": CooperationsImport, "description": "What was done, or would be"},
        202: {"model": Operation, "description": "It goes on"},
    },
    openapi_extra={"requestBody": {"required": True, "content": _CONTENT}},
)
async def import_file(  # noqa: PLR0913, PLR0917 - what it is given
    programme: ManagedProgrammeDep,
    caller: CallerDep,
    services: ServicesDep,
    request: Request,
    response: Response,
    patience: PatienceDep,
    key: IdempotencyKeyDep,  # noqa: ARG001 - of the middleware
    *,
    dry_run: Annotated[bool, Query(description="Only tell what would be done.")] = False,
) -> CooperationsImport | Operation:
    """Import a file, once all of it was found good; else `errors` names the line at fault.

    All its cooperations are of this programme. What is there already is passed over, so that an
    import that was interrupted is completed by importing again.
    """
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() not in _ACCEPTED:
        raise HTTPException(415)
    work = _import(services, programme, await request.body(), dry_run=dry_run)
    waiting = Waiting(request, services, caller, patience)
    found = await waiting.come_to(work, lambda told: Ending(result=told.model_dump(mode="json")))
    if isinstance(found, Operation):
        return waiting.announce(found, response)
    return found


async def _addresses(services: Services, programme: str, named: Sequence[str]) -> Sequence[Address]:
    """Return the addresses of cooperations of a programme: of those that are named, or of all.

    Raises:
        HiddenError: one that is named is not there.
    """
    found: list[Address] = []
    while page := await services.queries.cooperations(
        programme=programme, after=found[-1] if found else None, limit=_PAGE
    ):
        found += [Address(one.programme, one.slug) for one in page]
    wanted = {Address(programme, one) for one in named}
    if not wanted <= {*found}:
        raise HiddenError
    return [one for one in found if one in wanted or not wanted]


async def _pieces(lines: AsyncIterator[bytes], done: Sequence[Address]) -> AsyncIterator[bytes]:
    """Yield lines by whole cooperations, so that no transaction waits for who reads slowly."""
    held: list[bytes] = []
    told = 0
    async for line in lines:
        if len(done) > told:
            told = len(done)
            yield b"".join(held)
            held.clear()
        held.append(line)
    yield b"".join(held)


async def _import(
    services: Services, programme: str, body: bytes, *, dry_run: bool
) -> CooperationsImport:
    journals, workflows, seals = services.journals, services.workflows, services.export_seals
    bounds = Bounds(programme, services.registry)
    try:
        found = await look_into(read(io.BytesIO(body), seals), journals, workflows, _untold, bounds)
        if not dry_run:
            found = await take_in(read(io.BytesIO(body), seals), journals, workflows, _untold)
    except FileFaultError as error:
        raise _faulty(error) from None
    except KeysError as error:
        fault = FieldProblem(path="body", problem=str(error))
        raise ProblemError("invalid_request", errors=[fault]) from None
    return CooperationsImport(dry_run=dry_run, cooperations=tuple(map(_imported, found)))


def _untold(*_: object) -> None:
    """Tell nobody of progress."""


def _imported(done: Done) -> ImportedCooperation:
    return ImportedCooperation(
        cooperation=done.address.cooperation, entries=done.entries, outcome=done.outcome
    )


def _faulty(error: FileFaultError) -> ProblemError:
    if error.code == "already_exists":
        return ProblemError("already_exists", str(error), facts={"line": error.line})
    fault = FieldProblem(path=f"body:{error.line}", problem=str(error).partition(": ")[2])
    return ProblemError("invalid_request", errors=[fault], facts={"fault": error.code})
