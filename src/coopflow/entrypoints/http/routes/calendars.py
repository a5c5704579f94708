"""Calendars: what is to come for the caller, and in a cooperation."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Annotated, Final

from fastapi import APIRouter, Depends, Path, Request, Response

from coopflow.access.errors import RefusedCredentialError
from coopflow.access.feeds import Feed
from coopflow.access.people import caller as caller_from
from coopflow.application.access import allowed
from coopflow.application.callers import Caller, Language
from coopflow.domain.base import Label, Shape
from coopflow.domain.roles import PROGRAMME_MANAGER
from coopflow.entrypoints.calendars import MEDIA_TYPE, calendar_of, subjects_of
from coopflow.entrypoints.http.answers import EVERYWHERE, Responses, guarded, problems
from coopflow.entrypoints.http.cookies import public_base
from coopflow.entrypoints.http.dependencies import CallerDep, ServicesDep, needs
from coopflow.entrypoints.http.feeds import make_feed as make
from coopflow.entrypoints.http.guards import CooperationDep, seen_cooperation
from coopflow.entrypoints.http.languages import LanguageDep
from coopflow.entrypoints.http.middleware.idempotency import TAKES_KEY
from coopflow.entrypoints.http.problems import ProblemError
from coopflow.entrypoints.http.turnstile import count_address
from coopflow.outgoing.called import Namer
from coopflow.readmodel.agenda import AgendaItem
from coopflow.services import Services
from coopflow.wording.phrases import Phrases

router = APIRouter(tags=["calendars"], dependencies=[needs("read")])
feeds = APIRouter(tags=["calendars"], dependencies=[Depends(count_address)])
"""What calendars ask by themselves: the secret in the address says who."""

PAGES: Final = "/"
"""Where one comes after having signed in where there are pages."""

_OF_ALL: Final = Label(en="My cooperations", fr="Mes coopérations")
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
async def mine(
    caller: CallerDep, services: ServicesDep, language: LanguageDep, request: Request
) -> Response:
    """Return what is to come for the caller, in all of their cooperations, as iCalendar.

    Where there are pages, each event says in which one it is found.
    """
    items = await _agenda(services, caller)
    return await _written(request, services, items, None, language)


async def _written(
    request: Request,
    services: Services,
    items: Iterable[AgendaItem],
    name: str | None,
    language: Language,
) -> Response:
    """Answer with a calendar of the cooperation of a name; without one, of all of somebody's."""
    say = Phrases(language)
    told = await subjects_of(items, Namer(services.queries, say))
    pages = public_base(request) if request.app.state.home == PAGES else None
    several = name is None
    named = name or say.label(_OF_ALL)
    content = calendar_of(told, named, language, pages, of_several=several)
    return calendar_answer(content, language)


async def _agenda(services: Services, caller: Caller) -> tuple[AgendaItem, ...]:
    if caller.person is None:
        return ()
    return await services.queries.agenda_of(
        caller.person,
        datetime.now(UTC),
        manages=[name for name in caller.roles if PROGRAMME_MANAGER in caller.grants(name)],
        within=caller.programmes,
    )


class FeedMade(Shape):
    """A feed that was made, with the address to be given to a calendar, which is told this once."""

    feed: Feed
    url: str


@router.get(
    "/me/calendar-feeds",
    operation_id="list_my_calendar_feeds",
    summary="My calendar feeds",
    responses=problems(*EVERYWHERE),
)
async def list_feeds(caller: CallerDep, services: ServicesDep) -> tuple[Feed, ...]:
    """List the addresses that calendars ask for the caller, the newest first."""
    return await services.access.feeds.all(caller.person) if caller.person else ()


@router.post(
    "/me/calendar-feeds",
    operation_id="make_my_calendar_feed",
    dependencies=[TAKES_KEY],
    summary="Make a calendar feed",
    status_code=201,
    responses=problems(*EVERYWHERE),
)
async def make_feed(
    caller: CallerDep,
    services: ServicesDep,
    language: LanguageDep,
    request: Request,
    response: Response,
) -> FeedMade:
    """Make an address that a calendar can ask by itself, in the language of the request.

    Whoever has it sees what the caller's calendar shows, until it is revoked.
    """
    feed, url = await make(request, services, caller, language)
    response.headers["Cache-Control"] = "no-store"
    return FeedMade(feed=feed, url=url)


@router.delete(
    "/me/calendar-feeds/{feed}",
    operation_id="revoke_my_calendar_feed",
    summary="Revoke a calendar feed",
    status_code=204,
    responses=problems(*EVERYWHERE, 404),
)
async def revoke_feed(
    feed: Annotated[
        str, Path(max_length=64, description="The id of a feed.", examples=["5f1c2a9b0d3e4f67"])
    ],
    caller: CallerDep,
    services: ServicesDep,
) -> None:
    """Let an address no longer work, from now on."""
    if not await services.access.feeds.revoke(feed, caller.person or ""):
        raise ProblemError("not_found")


@feeds.get(
    "/calendars/{secret}.ics",
    operation_id="ask_calendar_feed",
    summary="What a calendar asks",
    response_class=Response,
    responses={**problems(404, 422, 429, 503), **CALENDAR},
)
async def ask_feed(
    secret: Annotated[
        str,
        Path(
            pattern=r"^[A-Za-z0-9_-]{20,100}$",
            description="From the address of a feed.",
            examples=["Vb2rT0m9cXJ4yq6uW1sZk8hLp3nGd5fE7aQxRtYiOoI"],
        ),
    ],
    services: ServicesDep,
    request: Request,
) -> Response:
    """Return the calendar of whoever made the feed, for as long as they are known here.

    That of a cooperation is answered for as long as they may foresee what concerns it.
    """
    access = services.access
    try:
        feed, person = await access.feeds.person_of(secret, access.now())
    except RefusedCredentialError:
        raise ProblemError("not_found") from None
    if feed.address is None:
        items = await _agenda(services, caller_from(person))
        return await _written(request, services, items, None, feed.language)
    sight = await seen_cooperation(*feed.address, caller_from(person), services)
    if allowed("forecast", sight.roles) is None:
        raise ProblemError("not_found")
    items = await services.queries.agenda(feed.address)
    return await _written(request, services, items, sight.detail.title, feed.language)


@router.get(
    "/programmes/{programme}/cooperations/{cooperation}/calendar.ics",
    operation_id="show_calendar",
    summary="The calendar of a cooperation",
    response_class=Response,
    responses={**guarded(), **CALENDAR},
)
async def of_cooperation(
    sight: CooperationDep, services: ServicesDep, language: LanguageDep, request: Request
) -> Response:
    """Return what is to come in a cooperation, and the meetings that were held, as iCalendar."""
    sight.may("forecast")
    items = await services.queries.agenda(sight.address)
    return await _written(request, services, items, sight.detail.title, language)


@router.post(
    "/programmes/{programme}/cooperations/{cooperation}/calendar-feeds",
    operation_id="make_calendar_feed",
    dependencies=[TAKES_KEY],
    summary="Make a calendar feed of a cooperation",
    status_code=201,
    responses=guarded(409),
)
async def make_feed_of(
    sight: CooperationDep,
    services: ServicesDep,
    language: LanguageDep,
    request: Request,
    response: Response,
) -> FeedMade:
    """Make an address that a calendar can ask by itself, of this cooperation alone.

    It is one of the caller's feeds: it is listed and revoked with them, and works for as long as
    they may foresee what concerns the cooperation.
    """
    sight.may("forecast")
    feed, url = await make(request, services, sight.caller, language, sight.address)
    response.headers["Cache-Control"] = "no-store"
    return FeedMade(feed=feed, url=url)
