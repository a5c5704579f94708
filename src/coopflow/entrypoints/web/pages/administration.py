"""The administration of a programme: at a glance, its settings, its table, and refusals."""

from __future__ import annotations

import asyncio
import base64
import binascii
from datetime import UTC, datetime
from typing import Annotated, Any, Final

from fastapi import APIRouter, Query
from fastapi.responses import Response
from starlette.datastructures import UploadFile

from coopflow.definitions.faults import Fault, FaultsError
from coopflow.definitions.library import available
from coopflow.definitions.yaml import load
from coopflow.directory.columns import FRENCH, ORGANISATIONS, PEOPLE
from coopflow.directory.planning import ImportReport
from coopflow.directory.programmes import ProgrammeStated
from coopflow.domain.base import Label
from coopflow.entrypoints.http.people import import_records
from coopflow.entrypoints.http.problem_kinds import KINDS
from coopflow.entrypoints.web.filled import Filled, attempted, filled
from coopflow.entrypoints.web.going import go_to
from coopflow.entrypoints.web.guards import MEMBERS
from coopflow.entrypoints.web.listing import Listed, next_page
from coopflow.entrypoints.web.offers import library_offers
from coopflow.entrypoints.web.programme import ManagedPageDep, ProgrammePage
from coopflow.wording.faults import fault_in
from coopflow.wording.phrases import Phrases

_PAGE: Final = 50
_LARGEST: Final = 2**63 - 1
LARGEST_TABLE: Final = 200_000
"""Bytes of the largest table that a form takes; larger ones go through the API."""

_TOO_LARGE: Final = Label(
    en="The table is larger than 200 kB: take it in parts, or through the API.",
    fr="Le tableau dépasse 200 ko : importez-le par parties, ou par l'API.",
)

_PERSON: Final = "person:"

router = APIRouter(prefix="/p/{programme}/administration", dependencies=MEMBERS)


@router.get("")
async def show(page: ManagedPageDep) -> Response:
    """Show where the administration of the programme leads, and what needs a look."""
    services, now = page.services, datetime.now(UTC)
    return page.render(
        "administration/overview.html",
        waiting=await services.webhooks.deliveries.depths(now, page.id),
        refusals=await services.audit.refusals(page.id, now, limit=1),
        now=now,
    )


# --- settings -------------------------------------------------------------------------------------


@router.get("/settings")
async def ask_for_settings(page: ManagedPageDep) -> Response:
    """Show what is stated about the programme."""
    return await _settings(page, _as_it_is(page))


@router.post("/settings")
async def change_settings(page: ManagedPageDep) -> Response:
    """Change what is stated about the programme."""
    form = await filled(page.request)
    given = form.given("name", "language", "lifecycle", "policy")
    given["name"] = given["name"] or ""
    work = page.services.directory.change_programme(
        page.id, given, datetime.now(UTC), form.number("version")
    )
    _, wrong = await attempted(work, form, page.say.language)
    if wrong is None:
        return go_to(page.request, f"{page.path}/administration/settings?done=saved")
    if "" in wrong.errors:
        wrong = _as_it_is(page).wrong(wrong.errors)
    return await _settings(page, wrong, 422)


def _as_it_is(page: ProgrammePage) -> Filled:
    stated = {name: getattr(page.record, name) for name in ProgrammeStated.model_fields}
    return Filled.of(**stated, version=page.record.version)


async def _settings(page: ProgrammePage, form: Filled, status: int = 200) -> Response:
    lifecycles, policies = await asyncio.to_thread(_library, page.say)
    return page.render(
        "administration/settings.html",
        status=status,
        form=form,
        lifecycles=_with(lifecycles, form.text("lifecycle")),
        policies=_with(policies, form.text("policy")),
    )


def _library(say: Phrases) -> tuple[dict[str, str], dict[str, str]]:
    """Return what the lifecycles and the policies of the library are called; reads their files."""
    lifecycles = {
        name: say.label(Label.model_validate(load(path).data["label"]))
        for name, path in available("workflows").items()
    }
    return lifecycles, {one.policy: say.label(one.label) for one in library_offers()}


def _with(named: dict[str, str], stated: str) -> tuple[tuple[str, str], ...]:
    """Return the choices, with what is stated among them, whatever it is."""
    return tuple((named if not stated or stated in named else {**named, stated: stated}).items())


# --- refusals -------------------------------------------------------------------------------------


@router.get("/refusals")
async def show_refusals(
    page: ManagedPageDep, before: Annotated[int | None, Query(ge=1, le=_LARGEST)] = None
) -> Response:
    """List who was refused what because of who they are, the latest first."""
    found = await page.services.audit.refusals(
        page.id, datetime.now(UTC), before=before, limit=_PAGE + 1
    )
    last = found[_PAGE - 1].id if len(found) > _PAGE else None
    listed = Listed(found[:_PAGE], next_page(page.request, last, "before"))
    asked = {one.caller.removeprefix(_PERSON) for one in listed.items if one.caller}
    people = await page.services.directory.people_by_id(asked)
    return page.render(
        "administration/refusals.html",
        refusals=listed,
        callers={f"{_PERSON}{person}": one.name for person, one in people.items()},
        titles={code: kind.title(page.say.language) for code, kind in KINDS.items()},
    )


# --- a table of people or organisations -----------------------------------------------------------


@router.get("/import")
async def ask_for_table(page: ManagedPageDep) -> Response:
    """Ask for a table of people or organisations."""
    return _shown(page)


@router.post("/import")
async def take_table(page: ManagedPageDep) -> Response:
    """Say what a table would change; or change it, once that was looked at."""
    async with page.request.form(max_files=1, max_fields=10) as form:
        file, sure = form.get("file"), form.get("sure") == "yes"
        if sure:
            content = _carried(str(form.get("table") or ""))
        else:
            content = await file.read(LARGEST_TABLE + 1) if isinstance(file, UploadFile) else b""
    found = await _imported(page, content, dry_run=not sure)
    if isinstance(found, ImportReport):
        table = base64.b64encode(content).decode()
        return _shown(page, report=found, table=table)
    return _shown(page, status=422, faults=found)


def _shown(page: ProgrammePage, *, status: int = 200, **more: Any) -> Response:
    """Show the page with what came of a table, its columns called as the reader calls them."""
    is_french = page.say.language == "fr"
    told = {"faults": (), "report": None, "table": "", **more}
    return page.render(
        "administration/import.html",
        status=status,
        called={name: french if is_french else name for name, french in FRENCH.items()},
        people=[one.field for one in PEOPLE[:6] if one.field != "programme"],
        organisations=[one.field for one in ORGANISATIONS if one.field != "programme"],
        **told,
    )


def _carried(table: str) -> bytes:
    try:
        return base64.b64decode(table, validate=True)
    except (binascii.Error, ValueError):
        return b""


async def _imported(
    page: ProgrammePage, content: bytes, *, dry_run: bool
) -> ImportReport | tuple[Fault, ...]:
    if len(content) > LARGEST_TABLE:
        told = page.say.label(_TOO_LARGE)
        return (Fault("", 0, 0, "", told),)
    try:
        return await import_records(
            page.services, page.visitor.caller, page.id, content, "", dry_run=dry_run
        )
    except FaultsError as error:
        return tuple(fault_in(one, page.say.language) for one in error.faults)
