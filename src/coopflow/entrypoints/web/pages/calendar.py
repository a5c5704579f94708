"""A cooperation in the calendars of people: addresses of their own that calendars ask."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path
from fastapi.responses import Response

from coopflow.access.feeds import MOST
from coopflow.entrypoints.http.feeds import make_feed
from coopflow.entrypoints.http.problems import ProblemError
from coopflow.entrypoints.web.cooperation import CooperationPage, CooperationPageDep
from coopflow.entrypoints.web.going import go_to
from coopflow.entrypoints.web.guards import MEMBERS

router = APIRouter(prefix="/c/{programme}/{cooperation}/calendar", dependencies=MEMBERS)


@router.get("")
async def show(page: CooperationPageDep) -> Response:
    """Show the addresses by which calendars of the reader ask for this cooperation."""
    page.sight.may("forecast")
    return await _shown(page)


@router.post("")
async def add(page: CooperationPageDep) -> Response:
    """Make an address for a calendar, and show it this once."""
    page.sight.may("forecast")
    caller, language = page.visitor.caller, page.say.language
    try:
        _, address = await make_feed(
            page.request, page.services, caller, language, page.sight.address
        )
    except ProblemError as error:
        if error.code != "already_exists":
            raise
        return await _shown(page, is_full=True, status=409)
    return await _shown(page, address=address)


@router.post("/{feed}/revoke")
async def revoke(page: CooperationPageDep, feed: Annotated[str, Path(max_length=64)]) -> Response:
    """Let an address no longer work."""
    if not await page.services.access.feeds.revoke(feed, page.visitor.person):
        raise ProblemError("not_found")
    return go_to(page.request, f"{page.path}/calendar?done=revoked")


async def _shown(
    page: CooperationPage, address: str | None = None, *, is_full: bool = False, status: int = 200
) -> Response:
    feeds = await page.services.access.feeds.all(page.visitor.person)
    return page.render(
        "cooperation/calendar.html",
        status=status,
        feeds=[one for one in feeds if one.address == page.sight.address],
        address=address,
        is_full=is_full,
        most=MOST,
    )
