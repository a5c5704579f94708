"""The administration of the whole installation: programmes, tokens, and whether it is well."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from typing import Annotated, Final

from fastapi import APIRouter, Depends, Path, Request
from fastapi.responses import Response

from coopflow.application.engine import UnavailableError
from coopflow.application.verification import Lag
from coopflow.directory.programmes import Programme, ProgrammeStated
from coopflow.directory.records import checked_id
from coopflow.entrypoints.http.dependencies import CallerDep, ServicesDep
from coopflow.entrypoints.http.problems import ProblemError
from coopflow.entrypoints.http.programmes import check_administrates
from coopflow.entrypoints.web.filled import Filled, attempted, filled
from coopflow.entrypoints.web.going import go_to
from coopflow.entrypoints.web.guards import MEMBERS
from coopflow.entrypoints.web.rendering import phrases_of, render
from coopflow.services import Services
from coopflow.temporal.errors import TemporalUnavailableError
from coopflow.temporal.histories import Histories

_ASKED: Final = 20
_PATIENCE: Final = 3.0
_SHOWN: Final = 200


async def _administrator(caller: CallerDep) -> None:
    check_administrates(caller)


router = APIRouter(prefix="/administration", dependencies=[*MEMBERS, Depends(_administrator)])


@router.get("")
async def show(request: Request, services: ServicesDep) -> Response:
    """Show whether the parts of the installation are well, and where its administration leads."""
    is_up, is_current, lag = await asyncio.gather(
        services.engine.is_up(), _has_tables(services), _lag(services)
    )
    waiting = await services.webhooks.deliveries.depths(datetime.now(UTC)) if is_current else None
    return render(
        request,
        "administration/installation.html",
        is_up=is_up,
        is_current=is_current,
        lag=lag,
        waiting=waiting,
        sends_mail=services.invitations.is_on,
        mail=await services.mail_health() if is_current else None,
        administrators=await services.directory.administrators() if is_current else (),
    )


async def _has_tables(services: Services) -> bool:
    try:
        return await services.queries.is_current()
    except UnavailableError:
        return False


async def _lag(services: Services) -> Lag | None:
    """Return how far the read model is behind some cooperations; None where none can be asked."""
    try:
        return await asyncio.wait_for(Histories(services.engine).lag(_ASKED), _PATIENCE)
    except (TimeoutError, UnavailableError, TemporalUnavailableError):
        return None


@router.get("/programmes/new")
async def ask_for_programme(request: Request) -> Response:
    """Ask which programme is added."""
    return _programme(request, Filled.of(language="fr"))


@router.post("/programmes/new")
async def add_programme(request: Request, services: ServicesDep) -> Response:
    """Add a programme."""
    form = await filled(request)
    language = phrases_of(request).language
    made, wrong = await attempted(_added(services, form), form, language)
    if made is None:
        return _programme(request, wrong or form, 422)
    return go_to(request, f"/p/{made.id}/administration")


async def _added(services: Services, form: Filled) -> Programme:
    given = form.given("name", "language")
    stated = ProgrammeStated.read({**given, "name": given["name"] or ""})
    slug = checked_id("programme", form.text("id").strip())
    return await services.directory.add_programme(slug, stated, datetime.now(UTC))


def _programme(request: Request, form: Filled, status: int = 200) -> Response:
    return render(request, "administration/programme_new.html", status=status, form=form)


TokenId = Annotated[str, Path(max_length=64)]


@router.get("/tokens")
async def show_tokens(request: Request, services: ServicesDep, caller: CallerDep) -> Response:
    """List the tokens of the installation, the newest first."""
    found = await services.access.tokens.all(caller)
    owners = await services.directory.people_by_id({one.owner for one in found if one.owner})
    return render(
        request,
        "administration/tokens.html",
        tokens=found[:_SHOWN],
        owners=owners,
        asked=None,
        now=services.access.now(),
    )


@router.get("/tokens/{token}/revoke")
async def ask_to_revoke(
    request: Request, services: ServicesDep, caller: CallerDep, token: TokenId
) -> Response:
    """Ask whether to revoke a token for good."""
    for one in await services.access.tokens.all(caller):
        if one.id == token and one.revoked_at is None:
            return render(request, "administration/token_revoke.html", token=one)
    raise ProblemError("not_found")


@router.post("/tokens/{token}/revoke")
async def revoke(
    request: Request, services: ServicesDep, caller: CallerDep, token: TokenId
) -> Response:
    """Revoke a token, and all that were made with it."""
    access = services.access
    if await access.tokens.revoke(token, caller, access.now()) is None:
        raise ProblemError("not_found")
    return go_to(request, "/administration/tokens?done=revoked")
