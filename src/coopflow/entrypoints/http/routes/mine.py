"""What is one's own: what awaits the caller, what they answered, where they have a part."""

from __future__ import annotations

from collections.abc import Collection
from datetime import UTC, datetime
from typing import Annotated

from fastapi import APIRouter, Query

from coopflow.application.callers import Caller
from coopflow.application.engine import Address
from coopflow.domain.base import Slug
from coopflow.domain.roles import PROGRAMME_MANAGER
from coopflow.entrypoints.http.answers import EVERYWHERE, problems
from coopflow.entrypoints.http.dependencies import CallerDep, ServicesDep, needs
from coopflow.entrypoints.http.pages import Page, PagingDep, instant, moment
from coopflow.readmodel.views import AnswerPlace, AnswerView, Involvement, TaskPlace, TaskView

router = APIRouter(
    prefix="/me",
    tags=["me"],
    dependencies=[needs("read")],
    responses=problems(*EVERYWHERE),
)

OnlyProgramme = Annotated[
    Slug | None, Query(description="Only what is in this programme.", examples=["valdore"])
]


def _within(caller: Caller, programme: str | None) -> Collection[str] | None:
    """Return the programmes to look into; None for all."""
    if programme is None:
        return caller.programmes
    return [programme] if caller.reaches(programme) else []


@router.get("/decisions", operation_id="list_my_decisions", summary="What awaits me")
async def tasks(
    caller: CallerDep, services: ServicesDep, paging: PagingDep, programme: OnlyProgramme = None
) -> Page[TaskView]:
    """List what awaits the caller in all cooperations, the soonest deadline first.

    Each names the command that would do it, and the part of it that is settled already.
    """
    after = paging.after(str, str, str, str, str)
    place = None
    if after is not None:
        due, *rest = map(str, after)
        place = TaskPlace(instant(due) if due else None, *rest)
    if caller.person is None:
        return Page(items=())
    found = await services.queries.tasks(
        caller.person,
        datetime.now(UTC),
        manages=[name for name in caller.roles if PROGRAMME_MANAGER in caller.grants(name)],
        within=_within(caller, programme),
        after=place,
        limit=paging.limit + 1,
    )
    return paging.page(
        found, lambda one: (moment(one.due_at) if one.due_at else "", *one.place[1:])
    )


@router.get("/answers", operation_id="list_my_answers", summary="What I answered")
async def answers(
    caller: CallerDep, services: ServicesDep, paging: PagingDep, programme: OnlyProgramme = None
) -> Page[AnswerView]:
    """List the answers that the caller gave to decisions, the latest first.

    What was chosen in a secret ballot is not told, to those who chose it neither.
    """
    after = paging.after(str, str, int)
    place = None
    if after is not None:
        place = AnswerPlace(instant(str(after[0])), str(after[1]), int(after[2]))
    if caller.person is None:
        return Page(items=())
    found = await services.queries.answers(
        caller.person, within=_within(caller, programme), after=place, limit=paging.limit + 1
    )
    return paging.page(found, lambda one: (moment(one.at), *one.place[1:]))


@router.get("/cooperations", operation_id="list_my_cooperations", summary="Where I have a part")
async def cooperations(
    caller: CallerDep, services: ServicesDep, paging: PagingDep, programme: OnlyProgramme = None
) -> Page[Involvement]:
    """List the cooperations in which the caller has a part, with the roles that count there."""
    after = paging.after(str, str)
    if caller.person is None:
        return Page(items=())
    found = await services.queries.cooperations_of(
        caller.person,
        within=_within(caller, programme),
        after=Address(str(after[0]), str(after[1])) if after else None,
        limit=paging.limit + 1,
    )
    return paging.page(found, lambda one: (one.programme, one.slug))
