"""Calendars: what is to come for the caller, and in a cooperation."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Final

from fastapi import APIRouter, Response

from coopflow.application.callers import Language
from coopflow.domain.roles import PROGRAMME_MANAGER
from coopflow.entrypoints.calendars import MEDIA_TYPE, calendar_of
from coopflow.entrypoints.http.answers import EVERYWHERE, Responses, guarded, problems
from coopflow.entrypoints.http.dependencies import CallerDep, ServicesDep, needs
from coopflow.entrypoints.http.guards import CooperationDep
from coopflow.entrypoints.http.languages import LanguageDep
from coopflow.readmodel.agenda import AgendaItem

router = APIRouter(tags=["calendars"], dependencies=[needs("read")])

_EXAMPLE: Final = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//coopflow//EN\r\nEND:VCALENDAR\r\n"
CALENDAR: Final[Responses] = {
    200: {
        "description": "A calendar (RFC 5545)",
        "content": {MEDIA_TYPE: {"schema": {"type": "string"}, "example": _EXAMPLE}},
    }
}


def calendar_answer(content: bytes, language: Language) -> Response:
    """Answer with a calendar."""
    headers = {
        "Content-Language": language,
        "Vary": "Accept-Language",
        "Cache-Control": "private, no-cache",
    }
    return Response(content, media_type=f"{MEDIA_TYPE}; charset=utf-8", headers=headers)


@router.get(
    "/me/calendar.ics",
    operation_id="show_my_calendar",
    summary="My calendar",
    response_class=Response,
    responses={**problems(*EVERYWHERE), **CALENDAR},
)
async def mine(caller: CallerDep, services: ServicesDep, language: LanguageDep) -> Response:
    """Return what is to come for the caller, in all of their cooperations, as iCalendar."""
    items: tuple[AgendaItem, ...] = ()
    if caller.person is not None:
        items = await services.queries.agenda_of(
            caller.person,
            datetime.now(UTC),
            manages=[name for name in caller.roles if PROGRAMME_MANAGER in caller.grants(name)],
            within=caller.programmes,
        )
    return calendar_answer(calendar_of(items, "coopflow", language), language)


@router.get(
    "/programmes/{programme}/cooperations/{cooperation}/calendar.ics",
    operation_id="show_calendar",
    summary="The calendar of a cooperation",
    response_class=Response,
    responses={**guarded(), **CALENDAR},
)
async def of_cooperation(
    sight: CooperationDep, services: ServicesDep, language: LanguageDep
) -> Response:
    """Return what is to come in a cooperation, and the meetings that were held, as iCalendar."""
    sight.may("forecast")
    items = await services.queries.agenda(sight.address)
    return calendar_answer(calendar_of(items, sight.detail.title, language), language)
