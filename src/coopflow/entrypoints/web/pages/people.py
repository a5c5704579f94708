"""The people of a programme: found, added, changed, removed, erased."""

from __future__ import annotations

from typing import Annotated, Any, Final

from fastapi import APIRouter, Query
from fastapi.responses import Response

from coopflow.directory.people import PROGRAMME_ROLES, may_change
from coopflow.domain.base import Slug
from coopflow.entrypoints.http.people import (
    NewPerson,
    PersonChanges,
    PersonHere,
    add_person,
    change_person,
    person_here,
    remove_person,
)
from coopflow.entrypoints.web.filled import Filled, attempted, filled
from coopflow.entrypoints.web.going import go_to
from coopflow.entrypoints.web.guards import MEMBERS
from coopflow.entrypoints.web.listing import Listed, next_page
from coopflow.entrypoints.web.programme import ManagedPageDep, ProgrammePage

_PAGE: Final = 50
_FIELDS: Final = ("name", "email", "language")

router = APIRouter(prefix="/p/{programme}/administration/people", dependencies=MEMBERS)


@router.get("")
async def show_all(
    page: ManagedPageDep,
    q: Annotated[str, Query(max_length=200)] = "",
    after: Annotated[str | None, Query(max_length=200)] = None,
) -> Response:
    """List those who take part in the programme, or those of them who are called so."""
    directory = page.services.directory
    found = await directory.people(page.id, called=q.strip() or None, after=after, limit=_PAGE + 1)
    shown = found[:_PAGE]
    held = {one.person: one.roles for one in await directory.participations(programme=page.id)}
    last = shown[-1].id if len(found) > _PAGE else None
    people = tuple(PersonHere.of(one, held.get(one.id, ())) for one in shown)
    listed = Listed(people, next_page(page.request, last))
    return page.render("administration/people.html", people=listed, asked=q)


@router.get("/new")
async def ask_for_new(page: ManagedPageDep) -> Response:
    """Ask who is added."""
    return _new(page, Filled.of(language=page.record.language))


@router.post("/new")
async def add(page: ManagedPageDep) -> Response:
    """Add a person, or say what is wrong."""
    form = await filled(page.request)
    made, wrong = await attempted(_added(page, form), form, page.say.language)
    if made is None:
        return _new(page, wrong or form, 422)
    return go_to(page.request, f"{_place(page, made.id)}?done=added")


async def _added(page: ProgrammePage, form: Filled) -> PersonHere:
    values: dict[str, Any] = form.given("id", *_FIELDS) | {"roles": form.all("roles")}
    values["language"] = values["language"] or "fr"
    new = NewPerson.model_validate({**values, "name": values["name"] or ""})
    return await add_person(page.services, page.visitor.caller, page.id, new)


def _new(page: ProgrammePage, form: Filled, status: int = 200) -> Response:
    return page.render(
        "administration/person_new.html", status=status, form=form, roles=PROGRAMME_ROLES
    )


@router.get("/{person}")
async def show(page: ManagedPageDep, person: Slug) -> Response:
    """Show a person, with what may be done about them."""
    found = await person_here(page.services, page.id, person)
    return await _shown(page, found, _as_it_is(found))


@router.post("/{person}")
async def change(page: ManagedPageDep, person: Slug) -> Response:
    """Change what is stated about a person, and the roles held in the programme."""
    form = await filled(page.request)
    found = await person_here(page.services, page.id, person)
    _, wrong = await attempted(_changed(page, found, form), form, page.say.language)
    if wrong is None:
        return go_to(page.request, f"{_place(page, person)}?done=saved")
    if "" in wrong.errors:
        wrong = _as_it_is(found).wrong(wrong.errors)
    return await _shown(page, found, wrong, 422)


async def _changed(page: ProgrammePage, person: PersonHere, form: Filled) -> None:
    """Change what the form says otherwise; what stands as it was needs no right."""
    given: dict[str, Any] = form.given(*(one for one in _FIELDS if one in form.values))
    if "name" in given:
        given["name"] = given["name"] or ""
    changes = {name: value for name, value in given.items() if value != getattr(person, name)}
    roles = form.all("roles")
    if {*roles} != {*person.roles}:
        changes["roles"] = roles
    if changes:
        await change_person(
            page.services,
            page.visitor.caller,
            page.id,
            person.id,
            PersonChanges.model_validate(changes),
            form.number("version"),
        )


@router.get("/{person}/remove")
async def ask_to_remove(page: ManagedPageDep, person: Slug) -> Response:
    """Say what removing a person comes to, and ask whether to."""
    found = await person_here(page.services, page.id, person)
    elsewhere = await page.services.directory.programmes_of(person) - {page.id}
    parts = await page.services.queries.cooperations_of(person, programme=page.id, limit=_PAGE)
    return page.render(
        "administration/person_remove.html",
        person=found,
        is_elsewhere=bool(elsewhere),
        cooperations=parts,
    )


@router.post("/{person}/remove")
async def remove(page: ManagedPageDep, person: Slug) -> Response:
    """Let a person no longer take part in the programme."""
    form = await filled(page.request)
    await remove_person(page.services, page.visitor.caller, page.id, person, form.number("version"))
    return go_to(page.request, f"{page.path}/administration/people?done=removed")


def _as_it_is(person: PersonHere) -> Filled:
    return Filled.of(
        name=person.name,
        email=person.email,
        language=person.language,
        roles=person.roles,
        version=person.version,
    )


async def _shown(
    page: ProgrammePage, person: PersonHere, form: Filled, status: int = 200
) -> Response:
    programmes = await page.services.directory.programmes_of(person.id)
    parts = await page.services.queries.cooperations_of(person.id, programme=page.id, limit=_PAGE)
    caller = page.visitor.caller
    return page.render(
        "administration/person.html",
        status=status,
        person=person,
        form=form,
        roles=PROGRAMME_ROLES,
        may_change=may_change(caller, person, programmes, {"name", "email"}),
        cooperations=parts,
    )


def _place(page: ProgrammePage, person: str) -> str:
    return f"{page.path}/administration/people/{person}"
