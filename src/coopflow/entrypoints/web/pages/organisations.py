"""The organisations of a programme: found, added, changed, removed."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, Final, get_args

from fastapi import APIRouter
from fastapi.responses import Response

from coopflow.directory.organisations import Organisation, OrganisationStated
from coopflow.directory.records import checked_id
from coopflow.domain.base import Slug
from coopflow.domain.tools import Category
from coopflow.entrypoints.web.filled import Filled, attempted, filled
from coopflow.entrypoints.web.going import go_to
from coopflow.entrypoints.web.guards import MEMBERS
from coopflow.entrypoints.web.listing import After, Listed, Sought, next_page
from coopflow.entrypoints.web.programme import ManagedPageDep, ProgrammePage

_PAGE: Final = 50
_FIELDS: Final = tuple(OrganisationStated.model_fields)
CATEGORIES: Final = get_args(Category)

router = APIRouter(prefix="/p/{programme}/administration/organisations", dependencies=MEMBERS)


@router.get("")
async def show_all(
    page: ManagedPageDep,
    q: Sought = "",
    after: After = None,
) -> Response:
    """List the organisations that the programme knows, or those of them that are called so."""
    found = await page.services.directory.organisations(
        page.id, called=q.strip() or None, after=after, limit=_PAGE + 1
    )
    last = found[_PAGE - 1].id if len(found) > _PAGE else None
    listed = Listed(found[:_PAGE], next_page(page.request, last))
    return page.render("administration/organisations.html", organisations=listed, asked=q)


@router.get("/new")
async def ask_for_new(page: ManagedPageDep) -> Response:
    """Ask which one is added."""
    return _form(page, Filled())


@router.post("/new")
async def add(page: ManagedPageDep) -> Response:
    """Add an organisation, or say what is wrong."""
    form = await filled(page.request)
    made, wrong = await attempted(_added(page, form), form, page.say.language)
    if made is None:
        return _form(page, wrong or form, status=422)
    return go_to(page.request, f"{page.path}/administration/organisations/{made.id}?done=added")


async def _added(page: ProgrammePage, form: Filled) -> Organisation:
    stated = OrganisationStated.read(_stated(form))
    slug = checked_id("organisation", form.text("id").strip())
    return await page.services.directory.add_organisation(page.id, slug, stated, datetime.now(UTC))


def _stated(form: Filled) -> dict[str, Any]:
    given = form.given(*_FIELDS)
    return {**given, "name": given["name"] or "", "category": given["category"] or ""}


@router.get("/{organisation}")
async def show(page: ManagedPageDep, organisation: Slug) -> Response:
    """Show an organisation, to be changed."""
    found = await page.services.directory.organisation(page.id, organisation)
    return _form(page, _as_it_is(found), found)


@router.post("/{organisation}")
async def change(page: ManagedPageDep, organisation: Slug) -> Response:
    """Change what is stated about an organisation; cooperations keep what they know of it."""
    form, directory = await filled(page.request), page.services.directory
    found = await directory.organisation(page.id, organisation)
    work = directory.change_organisation(
        page.id, organisation, _stated(form), datetime.now(UTC), form.number("version")
    )
    _, wrong = await attempted(work, form, page.say.language)
    if wrong is None:
        place = f"{page.path}/administration/organisations/{organisation}?done=saved"
        return go_to(page.request, place)
    if "" in wrong.errors:
        wrong = _as_it_is(found).wrong(wrong.errors)
    return _form(page, wrong, found, 422)


@router.get("/{organisation}/remove")
async def ask_to_remove(page: ManagedPageDep, organisation: Slug) -> Response:
    """Ask whether to remove an organisation from the directory."""
    found = await page.services.directory.organisation(page.id, organisation)
    return page.render("administration/organisation_remove.html", organisation=found)


@router.post("/{organisation}/remove")
async def remove(page: ManagedPageDep, organisation: Slug) -> Response:
    """Remove an organisation from the directory."""
    form = await filled(page.request)
    await page.services.directory.remove_organisation(page.id, organisation, form.number("version"))
    return go_to(page.request, f"{page.path}/administration/organisations?done=removed")


def _as_it_is(found: Organisation) -> Filled:
    return Filled.of(**{name: getattr(found, name) for name in _FIELDS}, version=found.version)


def _form(
    page: ProgrammePage, form: Filled, found: Organisation | None = None, status: int = 200
) -> Response:
    return page.render(
        "administration/organisation.html",
        status=status,
        form=form,
        organisation=found,
        categories=CATEGORIES,
    )
