"""The cooperations that somebody has a part in, or whose programme they manage."""

from __future__ import annotations

from collections.abc import Collection
from datetime import UTC, datetime
from typing import Final, NamedTuple

from fastapi import APIRouter, Request
from fastapi.responses import Response

from coopflow.application.access import allowed
from coopflow.application.callers import Caller
from coopflow.application.engine import Address
from coopflow.domain.roles import PROGRAMME_MANAGER
from coopflow.entrypoints.http.dependencies import ServicesDep, services_of
from coopflow.entrypoints.web.guards import MEMBERS, Visitor, VisitorDep
from coopflow.entrypoints.web.listing import Sought
from coopflow.entrypoints.web.rendering import phrases_of, render
from coopflow.readmodel.narrowing import PortfolioFilter
from coopflow.readmodel.rulebooks import Rulebooks
from coopflow.readmodel.views import PortfolioRow
from coopflow.services import Services
from coopflow.wording.naming import Names

_SHOWN: Final = 24

router = APIRouter(dependencies=MEMBERS)


class Shown(NamedTuple):
    """A cooperation as its reader may see it.

    Attributes:
        row: the cooperation.
        stage: what its stage is called.
        shows_alerts: whether its alerts are for the reader.
        shows_due: whether what comes due in it is.
    """

    row: PortfolioRow
    stage: str
    shows_alerts: bool
    shows_due: bool


class Programme(NamedTuple):
    """A programme with the cooperations that are shown of it.

    Attributes:
        id: of the programme.
        name: what it is called.
        manages: whether the reader manages it.
        may_open: whether the reader may open cooperations in it.
        shown: the cooperations, by title.
        has_more: whether there are more than are shown.
    """

    id: str
    name: str
    manages: bool
    may_open: bool
    shown: tuple[Shown, ...]
    has_more: bool


@router.get("/cooperations")
async def show(
    request: Request,
    services: ServicesDep,
    visitor: VisitorDep,
    q: Sought = "",
) -> Response:
    """List them programme by programme, narrowed to those that hold a text."""
    seen = await _programmes(services, visitor)
    known = await services.directory.programmes_by_id(seen)
    names = {one: known[one].name if one in known else one for one in seen}
    found = [
        await _programme(request, visitor, one, names[one], q.strip())
        for one in sorted(seen, key=lambda one: names[one].lower())
    ]
    return render(
        request,
        "cooperations.html",
        programmes=[one for one in found if one.shown or one.may_open],
        q=q,
        now=datetime.now(UTC),
    )


async def _programmes(services: Services, visitor: Visitor) -> Collection[str]:
    """Return the programmes that have something to show."""
    caller = visitor.caller
    found = set(await services.queries.programmes_of(visitor.person)) | set(caller.roles)
    if caller.administrator:
        found |= set(await services.directory.programme_ids())
    return {one for one in found if caller.reaches(one)}


async def _programme(
    request: Request, visitor: Visitor, programme: str, name: str, text: str
) -> Programme:
    caller, services = visitor.caller, services_of(request)
    manages = caller.manages(programme)
    only = PortfolioFilter(text=text or None, involving=None if manages else visitor.person)
    rows = await services.queries.portfolio(
        programme, datetime.now(UTC), only=only, limit=_SHOWN + 1
    )
    shown = [await _shown(request, services, caller, one) for one in rows[:_SHOWN]]
    may_open = PROGRAMME_MANAGER in caller.grants(programme)
    return Programme(programme, name, manages, may_open, tuple(shown), len(rows) > _SHOWN)


async def _shown(request: Request, services: Services, caller: Caller, row: PortfolioRow) -> Shown:
    address = Address(row.programme, row.slug)
    detail = await services.queries.cooperation(address)
    rulebooks: Rulebooks = request.app.state.rulebooks
    rules = await rulebooks.of(detail, detail.policy)
    if caller.manages(row.programme):
        roles = frozenset({PROGRAMME_MANAGER})
    else:
        roles = (await services.queries.parts(address, caller.person or "")).roles
    return Shown(
        row,
        Names(rules, phrases_of(request)).stage(row.stage),
        shows_alerts=allowed("alerts", roles) is not None,
        shows_due=allowed("forecast", roles) is not None,
    )
