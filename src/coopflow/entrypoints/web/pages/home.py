"""My decisions: what awaits somebody, the soonest deadline first, and what they decided."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Final

from fastapi import APIRouter, Request
from fastapi.responses import Response

from coopflow.application.tasks import KINDS
from coopflow.domain.roles import PROGRAMME_MANAGER
from coopflow.entrypoints.http.dependencies import ServicesDep
from coopflow.entrypoints.web.guards import MEMBERS, VisitorDep
from coopflow.entrypoints.web.rendering import render

_TASKS: Final = 50
_ANSWERS: Final = 10

router = APIRouter(dependencies=MEMBERS)


@router.get("/")
async def show(request: Request, services: ServicesDep, visitor: VisitorDep) -> Response:
    """Show what awaits the visitor in all cooperations, and where they have a part."""
    now, caller = datetime.now(UTC), visitor.caller
    tasks = await services.queries.tasks(
        visitor.person,
        now,
        manages=[name for name in caller.roles if PROGRAMME_MANAGER in caller.grants(name)],
        within=caller.programmes,
        limit=_TASKS,
    )
    answers = await services.queries.answers(
        visitor.person, within=caller.programmes, limit=_ANSWERS
    )
    cooperations = await services.queries.cooperations_of(
        visitor.person, within=caller.programmes, limit=_TASKS
    )
    return render(
        request,
        "home.html",
        visitor=visitor,
        now=now,
        tasks=tasks,
        kinds=KINDS,
        answers=answers,
        cooperations=cooperations,
    )
