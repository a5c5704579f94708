"""The programmes that somebody sees, and where each of them leads."""

from __future__ import annotations

from typing import Final

from fastapi import APIRouter, Request
from fastapi.responses import Response

from coopflow.entrypoints.http.dependencies import CallerDep, ServicesDep
from coopflow.entrypoints.http.programmes import own_programmes, programmes_there
from coopflow.entrypoints.web.guards import MEMBERS
from coopflow.entrypoints.web.listing import After, Listed, next_page
from coopflow.entrypoints.web.programme import ProgrammePageDep
from coopflow.entrypoints.web.rendering import render, translator

_PAGE: Final = 60

router = APIRouter(dependencies=MEMBERS)
one_router = APIRouter(prefix="/p/{programme}", dependencies=MEMBERS)


@router.get("/programmes")
async def show_all(
    request: Request,
    caller: CallerDep,
    services: ServicesDep,
    after: After = None,
) -> Response:
    """Show the programmes that the reader sees: all to an administrator."""
    if caller.administrates_all:
        names = await services.directory.programme_ids(after=after, limit=_PAGE + 1)
    else:
        own = sorted(await own_programmes(services, caller))
        names = tuple(one for one in own if after is None or one > after)[: _PAGE + 1]
    found = await programmes_there(services, caller, names[:_PAGE])
    last = names[_PAGE - 1] if len(names) > _PAGE else None
    listed = Listed(tuple(found), next_page(request, last))
    return render(request, "programmes.html", programmes=listed)


@one_router.get("")
async def show(page: ProgrammePageDep) -> Response:
    """Show where a programme leads: for those who have a part, to their cooperations."""
    t = translator(page.say.language)
    about = {
        "portfolio": t(
            "All cooperations: where they stand, who is stuck, what comes due.",
            "Toutes les coopérations : où elles en sont, lesquelles sont bloquées, ce qui vient.",
        ),
        "policies": t(
            "What the rules ask for, how they differ, and what another one would change.",
            "Ce que demandent les règles, leurs différences, ce qu'une autre changerait.",
        ),
        "administration": t(
            "People, organisations, webhooks, and who was refused what.",
            "Personnes, organisations, webhooks, et les refus opposés.",
        ),
    }
    cooperations = (
        ()
        if page.manages
        else await page.services.queries.cooperations_of(
            page.visitor.person, programme=page.id, limit=_PAGE
        )
    )
    return page.render("programme/overview.html", about=about, cooperations=cooperations)
