"""Files to take away: ordered, followed while they are made, and fetched."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Final

from fastapi import APIRouter, Form, Request
from fastapi.responses import RedirectResponse, Response

from coopflow.application.callers import Language
from coopflow.domain.base import FIRST_YEAR, LAST_YEAR, Slug
from coopflow.entrypoints.http.dependencies import ServicesDep
from coopflow.entrypoints.http.filing import Form as FileForm
from coopflow.entrypoints.http.filing import (
    Kind,
    called,
    found,
    handed_over,
    of_cooperation,
    of_programme,
    order,
)
from coopflow.entrypoints.http.filters import pairs_in, readable_filters
from coopflow.entrypoints.http.guards import managed_programme, seen_cooperation, seen_programme
from coopflow.entrypoints.http.links import here
from coopflow.entrypoints.http.problems import ProblemError
from coopflow.entrypoints.http.programmes import own_programmes, programmes_there
from coopflow.entrypoints.web.guards import MEMBERS, VisitorDep
from coopflow.entrypoints.web.rendering import look_of, render
from coopflow.requests.operations import Progress

_PAGE: Final = "/files"
_SHOWN: Final = 20

router = APIRouter(prefix=_PAGE, dependencies=MEMBERS)


@router.get("")
async def show_all(request: Request, services: ServicesDep, visitor: VisitorDep) -> Response:
    """Show the files that were made for the visitor, and how far others are."""
    return await _shown(request, services, visitor, None)


@router.get("/{file}")
async def show(
    file: Slug, request: Request, services: ServicesDep, visitor: VisitorDep
) -> Response:
    """Show the same, beginning with one of them: where a mail leads to."""
    await found(services, visitor.caller, file)
    return await _shown(request, services, visitor, file)


async def _shown(
    request: Request, services: ServicesDep, visitor: VisitorDep, first: str | None
) -> Response:
    now, caller = datetime.now(UTC), visitor.caller
    files = sorted(await services.files.of(caller.name, now), key=lambda one: one.id != first)
    come: dict[str, Progress | None] = {}
    for one in files:
        if one.status == "running" and one.operation is not None:
            operation = await services.operations.find(caller.name, one.operation, now)
            come[one.id] = operation.progress if operation else None
    is_running = any(one.status == "running" for one in files)
    own = await own_programmes(services, caller)
    if caller.administrator:
        own |= set(await services.directory.programme_ids())
    managed = [one for one in sorted(own) if caller.manages(one)][:_SHOWN]
    return render(
        request,
        "files.html",
        files=files,
        called=await called(services, files),
        come=come,
        is_running=is_running,
        cooperations=await services.queries.cooperations_of(
            visitor.person, within=caller.programmes, limit=_SHOWN
        ),
        managed=await programmes_there(services, caller, managed),
    )


@router.get("/{file}/content")
async def fetch(file: Slug, services: ServicesDep, visitor: VisitorDep) -> Response:
    """Hand over a file that is ready."""
    return await handed_over(services, visitor.caller, file)


@router.post("")
async def order_one(  # noqa: PLR0913, PLR0917 - what a form says
    request: Request,
    services: ServicesDep,
    visitor: VisitorDep,
    programme: Annotated[Slug, Form()],
    cooperation: Annotated[Slug | None, Form()] = None,
    kind: Annotated[Kind | None, Form()] = None,
    form: Annotated[FileForm | None, Form()] = None,
    language: Annotated[Language | None, Form()] = None,
    gate: Annotated[Slug | None, Form()] = None,
    year: Annotated[int | None, Form(ge=FIRST_YEAR, le=LAST_YEAR)] = None,
    query: Annotated[str, Form(max_length=4000)] = "",
) -> Response:
    """Begin to make a file of a cooperation, or the portfolio of a programme, as it is filtered."""
    caller, language = visitor.caller, language or look_of(request).language
    if cooperation is None:
        await managed_programme(await seen_programme(programme, caller, services))
        ordered = of_programme(programme, form, language, readable_filters(pairs_in(query)))
    else:
        sight = await seen_cooperation(programme, cooperation, caller, services)
        about = {"gate": gate or "", "report": str(year or "")}.get(kind or "", "")
        ordered = of_cooperation(sight, kind or "decisions", form, language, about)
    await order(services, caller, ordered, request)
    return RedirectResponse(here(request, _PAGE), 303)


@router.post("/{file}/delete")
async def delete(
    file: Slug, request: Request, services: ServicesDep, visitor: VisitorDep
) -> Response:
    """Delete a file of the visitor."""
    if not await services.files.delete(visitor.caller.name, file):
        raise ProblemError("not_found")
    return RedirectResponse(here(request, _PAGE), 303)
