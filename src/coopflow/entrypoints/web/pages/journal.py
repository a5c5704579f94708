"""The journal as a timeline of sentences: filtered, page by page, printed, entry by entry."""

from __future__ import annotations

import json
from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends, Path, Query, Request
from fastapi.responses import Response

from coopflow.entrypoints.http.problems import ProblemError
from coopflow.entrypoints.web.cooperation import CooperationPage, CooperationPageDep
from coopflow.entrypoints.web.guards import MEMBERS
from coopflow.entrypoints.web.records.things import things_of
from coopflow.entrypoints.web.records.timeline import (
    BY_ITSELF,
    FAMILIES,
    Filter,
    by_month,
    look,
    tell,
)

router = APIRouter(prefix="/c/{programme}/{cooperation}/journal", dependencies=MEMBERS)

_SHOWN: Final = 40
_PRINTED: Final = 1000
_LARGEST: Final = 2**53


def _filter(
    kind: Annotated[str, Query(max_length=40)] = "",
    who: Annotated[str, Query(max_length=120)] = "",
    since: Annotated[str, Query(max_length=20)] = "",
    until: Annotated[str, Query(max_length=20)] = "",
    words: Annotated[str, Query(max_length=200)] = "",
) -> Filter:
    return Filter(kind, who.replace("\x00", ""), since, until, words.strip())


FilterDep = Annotated[Filter, Depends(_filter)]
Before = Annotated[int | None, Query(ge=0, le=_LARGEST)]
Month = Annotated[str, Query(max_length=7)]


@router.get("")
async def show(
    request: Request,
    page: CooperationPageDep,
    wanted: FilterDep,
    before: Before = None,
    month: Month = "",
) -> Response:
    """Show entries, the latest first: a page, or what follows on one for htmx."""
    page.sight.may("journal")
    things = await things_of(page)
    entries, further = await look(page, things, wanted, before=before, limit=_SHOWN)
    values: dict[str, Any] = {
        "months": list(by_month(page, entries)),
        "families": FAMILIES,
        "wanted": wanted,
        "further": further,
        "begun": month,
        "goes_on": "HX-Request" in request.headers,  # the reader does, with what is put there
    }
    if values["goes_on"]:
        return page.render("cooperation/journal_part.html", **values)
    actors = await page.services.chronicle.actors(page.sight.address)
    await page.know(actors)
    named = sorted(((one, page.person(one)) for one in actors), key=lambda one: one[1].casefold())
    return page.render(
        "cooperation/journal.html", actors=named, by_itself=BY_ITSELF, before=before, **values
    )


@router.get("/print")
async def show_printed(page: CooperationPageDep, wanted: FilterDep) -> Response:
    """Show all that a filter finds on one sheet, oldest first, up to a bound."""
    page.sight.may("journal")
    things = await things_of(page)
    entries, further = await look(page, things, wanted, before=None, limit=_PRINTED)
    return page.render(
        "cooperation/journal_print.html",
        months=list(by_month(page, entries[::-1])),
        count=len(entries),
        families=FAMILIES,
        wanted=wanted,
        further=further,
        who=await _named(page, wanted.who),
    )


@router.get("/{seq}")
async def show_entry(
    seq: Annotated[int, Path(ge=1, le=_LARGEST)], page: CooperationPageDep
) -> Response:
    """Show one entry with all that it says."""
    page.sight.may("journal")
    chronicle, address = page.services.chronicle, page.sight.address
    line = await chronicle.entry(address, seq)
    if line is None:
        raise ProblemError("not_found")
    (told,) = await tell(page, await things_of(page), [line])
    fields = [
        (name, json.dumps(value, ensure_ascii=False, indent=1)) for name, value in line.data.items()
    ]
    return page.render(
        "cooperation/journal_entry.html",
        told=told,
        line=line,
        fields=fields,
        digest=await chronicle.digest(address, seq),
        last=page.detail.seq,
        families=FAMILIES,
    )


async def _named(page: CooperationPage, who: str) -> str:
    if not who:
        return ""
    if who == BY_ITSELF:
        return page.say("told.by_itself")
    await page.know([who])
    return page.person(who)
