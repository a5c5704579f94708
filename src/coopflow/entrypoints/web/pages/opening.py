"""Opening a cooperation in a programme."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from typing import Annotated, Any, Final, NamedTuple
from uuid import uuid4

from fastapi import APIRouter, Depends, Request
from fastapi.responses import RedirectResponse, Response

from coopflow.application.engine import Address
from coopflow.directory.errors import UnknownRecordError
from coopflow.domain.roles import PROGRAMME_MANAGER
from coopflow.entrypoints.http.commands.giving import Order, carry_out
from coopflow.entrypoints.http.commands.table import ROUTES
from coopflow.entrypoints.http.dependencies import ServicesDep
from coopflow.entrypoints.http.guards import OutlookDep
from coopflow.entrypoints.http.links import here
from coopflow.entrypoints.http.problems import ProblemError
from coopflow.entrypoints.web.cooperation import path_of
from coopflow.entrypoints.web.errors import refused
from coopflow.entrypoints.web.forms.faults import Fault
from coopflow.entrypoints.web.forms.form import of_command
from coopflow.entrypoints.web.forms.shown import Option
from coopflow.entrypoints.web.forms.typed import Typed
from coopflow.entrypoints.web.guards import MEMBERS, Visitor, VisitorDep
from coopflow.entrypoints.web.offers import Offer, library_offers, programme_offers
from coopflow.entrypoints.web.pages.commands import posted
from coopflow.entrypoints.web.rendering import phrases_of, render
from coopflow.entrypoints.web.sending import order_key
from coopflow.services import Services

_COMMAND: Final = "open_cooperation"
_ROUTE: Final = next(one for one in ROUTES if one.command == _COMMAND)
_KEY: Final = "_key"
_PEOPLE: Final = 500

router = APIRouter(prefix="/p/{programme}", dependencies=MEMBERS)


class _Opening(NamedTuple):
    """A cooperation that is about to be opened."""

    request: Request
    services: Services
    visitor: Visitor
    programme: str
    offers: tuple[Offer, ...]

    def given(self, policy: str) -> dict[str, Any]:
        """Return what is not asked: the programme, and the lifecycle that a policy is for."""
        found = [one.lifecycle for one in self.offers if one.policy == policy]
        return {"programme": self.programme, "lifecycle": found[0] if found else "none"}


async def _opening(
    request: Request, services: ServicesDep, visitor: VisitorDep, outlook: OutlookDep
) -> _Opening:
    """Return what the pages here are given.

    Raises:
        ProblemError: the reader does not manage the programme (``forbidden``).
    """
    if PROGRAMME_MANAGER not in visitor.caller.grants(outlook.programme):
        raise ProblemError("forbidden")
    library = await asyncio.to_thread(library_offers)
    own = await programme_offers(services.registry, outlook.programme)
    return _Opening(request, services, visitor, outlook.programme, (*library, *own))


OpeningDep = Annotated[_Opening, Depends(_opening)]


@router.get("/open")
async def ask(opening: OpeningDep) -> Response:
    """Show the form."""
    usual = await _usual_policy(opening)
    offered = [one.policy for one in opening.offers]
    chosen = usual if usual in offered else offered[0]
    typed = Typed().having("policy", Typed((chosen,)))
    return await _shown(opening, typed, uuid4().hex)


async def _usual_policy(opening: _Opening) -> str | None:
    """Return the policy that the programme states for its cooperations, if it states one."""
    try:
        return (await opening.services.directory.programme(opening.programme)).policy
    except UnknownRecordError:  # its cooperations alone name it
        return None


@router.post("/open")
async def give(opening: OpeningDep) -> Response:
    """Open it and go there; or show the form again with what is wrong."""
    pairs = await posted(opening.request)
    key = next((value for name, value in pairs if name == _KEY), "")[:100] or uuid4().hex
    say = phrases_of(opening.request)
    chosen = next((value for name, value in pairs if name == "policy"), "")
    form = of_command(_COMMAND, opening.given(chosen))
    typed = form.tidy(form.read(pairs).typed)
    faults = form.faults(typed, say)
    if not faults:
        data = {**form.data(typed, say), **opening.given(chosen)}
        address = Address(opening.programme, data["cooperation"])
        caller = opening.visitor.caller
        order = Order(_ROUTE, address, caller, order_key(_COMMAND, key, data), data)
        try:
            await carry_out(opening.services, order)
        except ProblemError as error:
            if error.refusal is None:
                raise
            faults = refused(error.refusal, form, typed)
        else:
            place = f"{path_of(*address)}?done={_COMMAND}"
            return RedirectResponse(here(opening.request, place), 303)
    return await _shown(opening, typed, key, faults)


async def _shown(
    opening: _Opening, typed: Typed, key: str, faults: Iterable[Fault] = ()
) -> Response:
    found = tuple(faults)
    say = phrases_of(opening.request)
    people = await opening.services.directory.people(opening.programme, limit=_PEOPLE)
    known = {
        "policies": tuple(Option(one.policy, say.label(one.label)) for one in opening.offers),
        "people": tuple(Option(one.id, one.name) for one in people),
    }
    form = of_command(_COMMAND, opening.given(""))
    return render(
        opening.request,
        "opening.html",
        status=422 if found else 200,
        form=form.show(typed, say, known, found),
        key=key,
        programme=opening.programme,
    )
