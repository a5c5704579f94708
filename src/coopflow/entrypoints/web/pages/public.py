"""The public page of a cooperation, and where its people choose what it shows."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Final, Literal

from fastapi import APIRouter, Depends, Form, Request
from fastapi.responses import RedirectResponse, Response

from coopflow.application.engine import Address, UnknownCooperationError
from coopflow.directory.publications import PARTS, Part
from coopflow.domain.roles import FACILITATOR, SUPPORT
from coopflow.entrypoints.http.dependencies import ServicesDep
from coopflow.entrypoints.http.guards import CooperationId, ProgrammeId
from coopflow.entrypoints.http.links import here
from coopflow.entrypoints.http.problems import HiddenError, ProblemError
from coopflow.entrypoints.http.turnstile import count_address
from coopflow.entrypoints.web.cooperation import CooperationPage, CooperationPageDep
from coopflow.entrypoints.web.guards import MEMBERS, OPEN
from coopflow.entrypoints.web.published import published
from coopflow.entrypoints.web.rendering import render

_CHOOSERS: Final = frozenset({FACILITATOR, SUPPORT})

_HEADERS: Final = {
    # Briefly: who takes it away wants it gone.
    "Cache-Control": "public, max-age=60",
    "X-Robots-Tag": "all",
}

router = APIRouter(dependencies=[*OPEN, Depends(count_address)])
choosing = APIRouter(prefix="/c/{programme}/{cooperation}", dependencies=MEMBERS)


@router.get("/public/{programme}/{cooperation}")
async def show(
    programme: ProgrammeId, cooperation: CooperationId, request: Request, services: ServicesDep
) -> Response:
    """Show what the cooperation chose to show; nothing once it is closed."""
    address = Address(programme, cooperation)
    found = await services.publications.of(address)
    if found is None or not found.parts:
        raise HiddenError
    try:
        shown = await published(request, address, found.parts)
    except UnknownCooperationError:
        raise HiddenError from None
    if shown.detail.status == "closed":
        raise HiddenError
    return render(request, "public.html", headers=_HEADERS, shown=shown)


def _chooser(page: CooperationPageDep) -> CooperationPage:
    """Return the page for who may choose.

    Raises:
        ProblemError: the reader may not (``forbidden``).
    """
    if not _CHOOSERS & page.sight.roles:
        raise ProblemError("forbidden")
    return page


ChooserDep = Annotated[CooperationPage, Depends(_chooser)]


@choosing.get("/public")
async def ask(page: ChooserDep) -> Response:
    """Show what is chosen, and how it looks."""
    found = await page.services.publications.of(page.sight.address)
    return await _asked(page, found.parts if found else ())


@choosing.post("/public")
async def choose(
    page: ChooserDep,
    parts: Annotated[list[Part] | None, Form()] = None,
    do: Annotated[Literal["preview", "show", "hide"], Form()] = "preview",
) -> Response:
    """Keep a choice and come back; or show how it would look."""
    chosen = tuple(parts or ())
    if do == "preview":
        return await _asked(page, chosen, is_tried=True)
    if page.detail.status == "closed":
        raise ProblemError("cooperation_closed")
    await page.services.publications.choose(
        page.sight.address,
        chosen if do == "show" else (),
        page.visitor.person,
        datetime.now(UTC),
    )
    return RedirectResponse(here(page.request, f"{page.path}/public"), 303)


async def _asked(
    page: CooperationPage, chosen: tuple[Part, ...], *, is_tried: bool = False
) -> Response:
    found = await page.services.publications.of(page.sight.address)
    if found is not None and found.chosen_by is not None:
        await page.know([found.chosen_by])
    return page.render(
        "cooperation/public.html",
        found=found,
        chosen=chosen,
        parts=PARTS,
        is_tried=is_tried,
        shown=await published(page.request, page.sight.address, chosen) if chosen else None,
        public_path=f"/public/{page.detail.programme}/{page.detail.slug}",
    )
