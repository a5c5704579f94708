"""The people and organisations of a programme, one by one and as files."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Final

from fastapi import APIRouter, Body, Path, Query, Request, Response
from starlette.exceptions import HTTPException

from coopflow.directory.fields import Email, Line, Registration, WebAddress
from coopflow.directory.organisations import Organisation, OrganisationStated
from coopflow.directory.planning import ImportReport
from coopflow.domain.base import Shape, Slug
from coopflow.domain.tools import Category
from coopflow.entrypoints.http import people
from coopflow.entrypoints.http.answers import guarded
from coopflow.entrypoints.http.dependencies import CallerDep, ServicesDep, needs
from coopflow.entrypoints.http.etags import EntityTagDep, ExpectedVersionDep
from coopflow.entrypoints.http.guards import ManagedProgrammeDep, ProgrammeDep
from coopflow.entrypoints.http.links import here
from coopflow.entrypoints.http.middleware.idempotency import IdempotencyKeyDep
from coopflow.entrypoints.http.pages import Page, PagingDep
from coopflow.entrypoints.http.people import NewPerson, PersonChanges, PersonHere

router = APIRouter(
    prefix="/programmes/{programme}",
    tags=["directory"],
    dependencies=[needs("directory")],
    responses=guarded(),
)

_CSV: Final = "text/csv"
_PERSON: Final = {"name": "Inès Blé", "email": "ines@example.org", "language": "fr"}
_ORGANISATION: Final = {
    "id": "mairie-valdore",
    "name": "Mairie de Valdore",
    "category": "local_authority",
    "registration": "217500016",
}
_FILE: Final = "id,name,email,roles\nines,Inès Blé,ines@example.org,programme_manager\n"

PersonId = Annotated[Slug, Path(description="The id of a person.", examples=["ines"])]
OrganisationId = Annotated[
    Slug, Path(description="The id of an organisation.", examples=["mairie-valdore"])
]


class NewOrganisation(OrganisationStated):
    """An organisation that is added to a programme."""

    id: Slug


class OrganisationChanges(Shape):
    """What changes about an organisation; what is not there stays, null takes a value away."""

    name: Line | None = None
    category: Category | None = None
    college: Slug | None = None
    registration: Registration | None = None
    website: WebAddress | None = None
    email: Email | None = None


# --- people ---------------------------------------------------------------------------------------


@router.get("/people", operation_id="list_people", summary="The people of a programme")
async def list_people(
    programme: ManagedProgrammeDep, services: ServicesDep, paging: PagingDep
) -> Page[PersonHere]:
    """List those who take part in a programme, by id."""
    after = paging.after(str)
    found = await services.directory.people(
        programme, after=str(after[0]) if after else None, limit=paging.limit + 1
    )
    held = {
        one.person: one.roles
        for one in await services.directory.participations(programme=programme)
    }
    return paging.page(
        [PersonHere.of(one, held.get(one.id, ())) for one in found], lambda one: (one.id,)
    )


@router.post(
    "/people",
    operation_id="add_person",
    summary="Add a person to a programme",
    status_code=201,
    responses=guarded(409),
)
async def add_person(  # noqa: PLR0913, PLR0917 - what it is given
    programme: ManagedProgrammeDep,
    body: Annotated[NewPerson, Body(examples=[_PERSON])],
    caller: CallerDep,
    services: ServicesDep,
    request: Request,
    response: Response,
    tag: EntityTagDep,
    key: IdempotencyKeyDep,  # noqa: ARG001 - of the middleware
) -> PersonHere:
    """Add a person, who takes part in the programme from now on.

    An id or an e-mail address that somebody has already, in whatever programme, is refused, and so
    is an id that a cooperation of another programme knows: only an administrator lets a person take
    part in a second programme.
    """
    found = await people.add_person(services, caller, programme, body)
    response.headers["Location"] = here(request, f"/v1/programmes/{programme}/people/{found.id}")
    tag.of_record(found.version)
    return found


@router.get("/people/{person}", operation_id="show_person", summary="A person of a programme")
async def show_person(
    programme: ManagedProgrammeDep, person: PersonId, services: ServicesDep, tag: EntityTagDep
) -> PersonHere:
    """Return a person; the `ETag` is good for `If-Match` with a change."""
    found = await people.person_here(services, programme, person)
    tag.of_record(found.version)
    return found


@router.patch(
    "/people/{person}",
    operation_id="change_person",
    summary="Change a person",
    responses=guarded(409, 412),
)
async def change_person(  # noqa: PLR0913, PLR0917 - what it is given
    programme: ManagedProgrammeDep,
    person: PersonId,
    body: Annotated[PersonChanges, Body(examples=[{"language": "en"}])],
    caller: CallerDep,
    services: ServicesDep,
    expected: ExpectedVersionDep,
    tag: EntityTagDep,
) -> PersonHere:
    """Change what is stated about a person, or the roles held in this programme.

    Whoever is in other programmes too is changed by those who manage all of them, or by an
    administrator.
    """
    found = await people.change_person(services, caller, programme, person, body, expected)
    tag.of_record(found.version)
    return found


@router.delete(
    "/people/{person}",
    operation_id="remove_person",
    summary="Remove a person from a programme",
    status_code=204,
    responses=guarded(412),
)
async def remove_person(
    programme: ManagedProgrammeDep,
    person: PersonId,
    caller: CallerDep,
    services: ServicesDep,
    expected: ExpectedVersionDep,
) -> None:
    """Let a person no longer take part; the names of whoever is in no other programme go.

    With the names goes all by which they get in. Journals of cooperations know the id until they
    are told to erase it.
    """
    await people.remove_person(services, caller, programme, person, expected)


# --- organisations --------------------------------------------------------------------------------


@router.get("/organisations", operation_id="list_organisations", summary="Organisations")
async def list_organisations(
    programme: ProgrammeDep, services: ServicesDep, paging: PagingDep
) -> Page[Organisation]:
    """List the organisations that a programme knows, by id."""
    after = paging.after(str)
    found = await services.directory.organisations(
        programme, after=str(after[0]) if after else None, limit=paging.limit + 1
    )
    return paging.page(found, lambda one: (one.id,))


@router.post(
    "/organisations",
    operation_id="add_organisation",
    summary="Add an organisation",
    status_code=201,
    responses=guarded(409),
)
async def add_organisation(  # noqa: PLR0913, PLR0917 - what it is given
    programme: ManagedProgrammeDep,
    body: Annotated[NewOrganisation, Body(examples=[_ORGANISATION])],
    services: ServicesDep,
    request: Request,
    response: Response,
    tag: EntityTagDep,
    key: IdempotencyKeyDep,  # noqa: ARG001 - of the middleware
) -> Organisation:
    """Add an organisation to a programme."""
    stated = OrganisationStated.read(body.model_dump(exclude={"id"}))
    found = await services.directory.add_organisation(programme, body.id, stated, datetime.now(UTC))
    where = f"/v1/programmes/{programme}/organisations/{found.id}"
    response.headers["Location"] = here(request, where)
    tag.of_record(found.version)
    return found


@router.get(
    "/organisations/{organisation}",
    operation_id="show_organisation",
    summary="An organisation",
)
async def show_organisation(
    programme: ProgrammeDep,
    organisation: OrganisationId,
    services: ServicesDep,
    tag: EntityTagDep,
) -> Organisation:
    """Return an organisation; the `ETag` is good for `If-Match` with a change."""
    found = await services.directory.organisation(programme, organisation)
    tag.of_record(found.version)
    return found


@router.patch(
    "/organisations/{organisation}",
    operation_id="change_organisation",
    summary="Change an organisation",
    responses=guarded(409, 412),
)
async def change_organisation(  # noqa: PLR0913, PLR0917 - what it is given
    programme: ManagedProgrammeDep,
    organisation: OrganisationId,
    body: Annotated[OrganisationChanges, Body(examples=[{"website": "https://example.org"}])],
    services: ServicesDep,
    expected: ExpectedVersionDep,
    tag: EntityTagDep,
) -> Organisation:
    """Change what is stated about an organisation; cooperations keep what they know of it."""
    changes = body.model_dump(exclude_unset=True)
    found = await services.directory.change_organisation(
        programme, organisation, changes, datetime.now(UTC), expected
    )
    tag.of_record(found.version)
    return found


@router.delete(
    "/organisations/{organisation}",
    operation_id="remove_organisation",
    summary="Remove an organisation",
    status_code=204,
    responses=guarded(412),
)
async def remove_organisation(
    programme: ManagedProgrammeDep,
    organisation: OrganisationId,
    services: ServicesDep,
    expected: ExpectedVersionDep,
) -> None:
    """Remove an organisation from the directory; cooperations keep what they know of it."""
    await services.directory.remove_organisation(programme, organisation, expected)


# --- files ----------------------------------------------------------------------------------------


@router.post(
    "/directory/import",
    operation_id="import_directory",
    summary="Import people or organisations from CSV",
    responses=guarded(413, 415),
    openapi_extra={
        "requestBody": {
            "required": True,
            "content": {_CSV: {"schema": {"type": "string"}, "example": _FILE}},
        }
    },
)
async def import_csv(  # noqa: PLR0913 - what it is given
    programme: ManagedProgrammeDep,
    caller: CallerDep,
    services: ServicesDep,
    request: Request,
    key: IdempotencyKeyDep,  # noqa: ARG001 - of the middleware
    *,
    dry_run: Annotated[bool, Query(description="Only tell what would be done.")] = False,
) -> ImportReport:
    """Import a file as a whole, or nothing of it; `errors` names lines and cells at fault.

    A file with a column `category` lists organisations, another one people.
    """
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != _CSV:
        raise HTTPException(415)
    content = await request.body()
    return await people.import_records(
        services, caller, programme, content, "body", dry_run=dry_run
    )
