"""The people of a programme: found, added, changed, removed, erased."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any, Final

from fastapi import APIRouter
from fastapi.responses import Response

from coopflow.application.engine import Address
from coopflow.directory.people import PROGRAMME_ROLES, may_change
from coopflow.domain.base import Slug
from coopflow.domain.roles import PROGRAMME_MANAGER
from coopflow.entrypoints.http.commands.giving import grants_of
from coopflow.entrypoints.http.cookies import public_base
from coopflow.entrypoints.http.people import (
    NewPerson,
    PersonChanges,
    PersonHere,
    add_person,
    change_person,
    check_may_change,
    person_here,
    remove_person,
)
from coopflow.entrypoints.http.preferences import Waiting
from coopflow.entrypoints.http.problems import ProblemError
from coopflow.entrypoints.http.programmes import check_administrates
from coopflow.entrypoints.http.routes.erasures import PersonErased, addresses_of
from coopflow.entrypoints.web.filled import Filled, attempted, filled
from coopflow.entrypoints.web.going import go_to
from coopflow.entrypoints.web.guards import MEMBERS
from coopflow.entrypoints.web.listing import After, Listed, Sought, next_page
from coopflow.entrypoints.web.programme import ManagedPageDep, ProgrammePage
from coopflow.outgoing.mail.invitations import MailOffError, NoAddressError
from coopflow.requests.operations import Operation, Outcome

_PAGE: Final = 50
_PATIENCE: Final = 3  # seconds, until it is said that something goes on
_FIELDS: Final = ("name", "email", "language")

router = APIRouter(prefix="/p/{programme}/administration/people", dependencies=MEMBERS)


@router.get("")
async def show_all(
    page: ManagedPageDep,
    q: Sought = "",
    after: After = None,
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


@router.post("/{person}/invitation")
async def invite(page: ManagedPageDep, person: Slug) -> Response:
    """Have a mail sent to a person with a link that lets them in."""
    found = await person_here(page.services, page.id, person)
    await check_may_change(page.services, page.visitor.caller, found, {"email": None})
    try:
        await page.services.invitations.invite(person, datetime.now(UTC), page.id)
    except (MailOffError, NoAddressError):
        return go_to(page.request, f"{_place(page, person)}?done=not_invited")
    return go_to(page.request, f"{_place(page, person)}?done=invited")


@router.post("/{person}/link")
async def hand_out(page: ManagedPageDep, person: Slug) -> Response:
    """Make a link that lets a person in once, and show it this once.

    Who administers the installation does: whoever has it can sign in as that person.
    """
    check_administrates(page.visitor.caller)
    found = await person_here(page.services, page.id, person)
    access = page.services.access
    secret = await access.links.create(person, access.now())
    link = f"{public_base(page.request)}/v1/sign-in/link?secret={secret}"
    return await _shown(page, found, _as_it_is(found), link=link)


async def _may_erase(page: ProgrammePage) -> None:
    caller, person = page.visitor.caller, page.visitor.person
    if PROGRAMME_MANAGER not in await grants_of(page.services, page.id, caller, person):
        raise ProblemError("forbidden")


@router.get("/{person}/erase")
async def ask_to_erase(page: ManagedPageDep, person: Slug) -> Response:
    """Say what erasing a person comes to, and ask whether to."""
    await _may_erase(page)
    found = await person_here(page.services, page.id, person)
    addresses = await addresses_of(page.services, page.id, person)
    return page.render(
        "administration/person_erase.html",
        person=found,
        addresses=addresses,
        titles=await _titles(page, addresses),
    )


@router.post("/{person}/erase")
async def erase(page: ManagedPageDep, person: Slug) -> Response:
    """Erase a person from all of the programme, for good; sent again, it goes on."""
    await _may_erase(page)
    form = await filled(page.request)
    found = await person_here(page.services, page.id, person)
    addresses = await addresses_of(page.services, page.id, person)
    if form.text("sure") != "yes":
        return page.render(
            "administration/person_erase.html",
            status=422,
            person=found,
            addresses=addresses,
            titles=await _titles(page, addresses),
        )
    caller, by = page.visitor.caller, page.visitor.person

    async def work() -> PersonErased:
        done = await page.services.eraser.erase(person, addresses, {page.id}, by, caller)
        return PersonErased.of(done, page.id)

    waiting = Waiting(page.request, page.services, caller, _PATIENCE)
    done = await waiting.come_to(work(), lambda one: Outcome(result=one.model_dump(mode="json")))
    if isinstance(done, Operation):  # histories let go of somebody in their own time
        return go_to(page.request, f"{page.path}/administration/people/{person}/erase/{done.id}")
    titles = await _erased_from(page, done)
    return page.render(
        "administration/person_erased.html", person=person, erased=done, titles=titles
    )


@router.get("/{person}/erase/{operation}")
async def show_erasure(page: ManagedPageDep, person: Slug, operation: Slug) -> Response:
    """Show that erasing a person goes on, or what it came to."""
    await _may_erase(page)
    found = await page.services.operations.find(
        page.visitor.caller.name, operation, datetime.now(UTC)
    )
    if found is None:
        raise ProblemError("not_found")
    erased = None if found.result is None else PersonErased.model_validate(found.result)
    return page.render(
        "administration/person_erased.html",
        person=person,
        erased=erased,
        titles=await _erased_from(page, erased),
        operation=found,
    )


async def _titles(page: ProgrammePage, addresses: Iterable[Address]) -> dict[str, str]:
    found = [await page.services.queries.cooperation(one) for one in addresses]
    return {one.slug: one.title for one in found}


async def _erased_from(page: ProgrammePage, erased: PersonErased | None) -> dict[str, str]:
    """Return the titles of the cooperations from which somebody was erased."""
    found = erased.cooperations if erased is not None else ()
    return await _titles(page, [Address(page.id, one.cooperation) for one in found])


def _as_it_is(person: PersonHere) -> Filled:
    return Filled.of(
        name=person.name,
        email=person.email,
        language=person.language,
        roles=person.roles,
        version=person.version,
    )


async def _shown(
    page: ProgrammePage,
    person: PersonHere,
    form: Filled,
    status: int = 200,
    *,
    link: str | None = None,
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
        link=link,
        sends_mail=page.services.invitations.is_on,
        may_erase=PROGRAMME_MANAGER in caller.grants(page.id),
    )


def _place(page: ProgrammePage, person: str) -> str:
    return f"{page.path}/administration/people/{person}"
