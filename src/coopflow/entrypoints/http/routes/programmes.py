"""Programmes: those that the directory keeps, and those that cooperations alone name."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated

from fastapi import APIRouter, Body, Request, Response

from coopflow.directory.fields import Language, Line
from coopflow.directory.programmes import Programme, ProgrammeSeen, ProgrammeStated
from coopflow.domain.base import Shape, Slug
from coopflow.entrypoints.http.answers import guarded
from coopflow.entrypoints.http.dependencies import CallerDep, ServicesDep, needs
from coopflow.entrypoints.http.etags import EntityTagDep, ExpectedVersionDep
from coopflow.entrypoints.http.guards import ManagedProgrammeDep, OutlookDep, ProgrammeDep
from coopflow.entrypoints.http.links import here
from coopflow.entrypoints.http.middleware.idempotency import IdempotencyKeyDep
from coopflow.entrypoints.http.pages import Page, PagingDep
from coopflow.entrypoints.http.problems import HiddenError
from coopflow.entrypoints.http.programmes import (
    check_administrates,
    own_programmes,
    programmes_there,
)

router = APIRouter(prefix="/programmes", tags=["programmes"], responses=guarded())


class NewProgramme(ProgrammeStated):
    """A programme that is added; it keeps its id for ever."""

    id: Slug


class ProgrammeChanges(Shape):
    """What changes about a programme; what is not there stays, null takes a value away."""

    name: Line | None = None
    language: Language | None = None
    lifecycle: Slug | None = None
    policy: Slug | None = None


_NEW = {"id": "valdore", "name": "Val d'Ore", "language": "fr", "policy": "reference"}


@router.get("", operation_id="list_programmes", summary="Programmes", dependencies=[needs("read")])
async def list_all(
    caller: CallerDep, services: ServicesDep, paging: PagingDep
) -> Page[ProgrammeSeen]:
    """List the programmes that the caller sees: all to an administrator.

    Others see those that they manage, hold a role in, or have a part in a cooperation of. Those too
    are listed that the directory does not keep, as `version` tells: cooperations alone name them.
    """
    if caller.administrates_all:
        after = paging.after(str)
        last = str(after[0]) if after else None
        names = await services.directory.programme_ids(after=last, limit=paging.limit + 1)
        return paging.page(await programmes_there(services, caller, names), lambda one: (one.id,))
    found = await programmes_there(services, caller, sorted(await own_programmes(services, caller)))
    return paging.cut(found, lambda one: (one.id,), str)


@router.post(
    "",
    operation_id="add_programme",
    summary="Add a programme",
    status_code=201,
    dependencies=[needs("directory")],
    responses=guarded(409),
)
async def add(  # noqa: PLR0913, PLR0917 - what it is given
    body: Annotated[NewProgramme, Body(examples=[_NEW])],
    caller: CallerDep,
    services: ServicesDep,
    request: Request,
    response: Response,
    tag: EntityTagDep,
    key: IdempotencyKeyDep,  # noqa: ARG001 - of the middleware
) -> Programme:
    """Add a programme; administrators of the installation do."""
    check_administrates(caller)
    stated = ProgrammeStated.read(body.model_dump(exclude={"id"}))
    found = await services.directory.add_programme(body.id, stated, datetime.now(UTC))
    response.headers["Location"] = here(request, f"/v1/programmes/{found.id}")
    tag.of_record(found.version)
    return found


@router.get(
    "/{programme}",
    operation_id="show_programme",
    summary="A programme",
    dependencies=[needs("read")],
)
async def show(outlook: OutlookDep, services: ServicesDep, tag: EntityTagDep) -> ProgrammeSeen:
    """Return a programme; the `ETag` of one with a `version` is good for `If-Match` with a change.

    One that the directory does not keep is there for its cooperations' sake, by its id alone.
    """
    for found in await programmes_there(services, outlook.caller, [outlook.programme]):
        if found.version is not None:
            tag.of_record(found.version)
        return found
    raise HiddenError


@router.patch(
    "/{programme}",
    operation_id="change_programme",
    summary="Change a programme",
    dependencies=[needs("directory")],
    responses=guarded(412),
)
async def change(
    programme: ManagedProgrammeDep,
    body: Annotated[ProgrammeChanges, Body(examples=[{"name": "Val d'Ore"}])],
    services: ServicesDep,
    expected: ExpectedVersionDep,
    tag: EntityTagDep,
) -> Programme:
    """Change what is stated about a programme."""
    changes = body.model_dump(exclude_unset=True)
    found = await services.directory.change_programme(
        programme, changes, datetime.now(UTC), expected
    )
    tag.of_record(found.version)
    return found


@router.delete(
    "/{programme}",
    operation_id="remove_programme",
    summary="Remove a programme",
    status_code=204,
    dependencies=[needs("directory")],
    responses=guarded(409, 412),
)
async def remove(
    programme: ProgrammeDep,
    caller: CallerDep,
    services: ServicesDep,
    expected: ExpectedVersionDep,
) -> None:
    """Remove a programme without people, organisations and cooperations; administrators do."""
    check_administrates(caller)
    await services.directory.remove_programme(programme, expected)
