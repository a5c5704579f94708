"""The page where somebody says how they get in."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response
from starlette.background import BackgroundTask

from coopflow.entrypoints.http.dependencies import ServicesDep
from coopflow.entrypoints.http.problems import ProblemError
from coopflow.entrypoints.http.turnstile import address_of, count
from coopflow.entrypoints.web.errors import SIGN_IN
from coopflow.entrypoints.web.filled import filled
from coopflow.entrypoints.web.going import go_to
from coopflow.entrypoints.web.guards import OPEN
from coopflow.entrypoints.web.places import safe_place
from coopflow.entrypoints.web.rendering import render
from coopflow.services import Services

router = APIRouter(dependencies=OPEN)


@router.get(SIGN_IN)
async def show(
    request: Request,
    services: ServicesDep,
    return_to: Annotated[str | None, Query(max_length=2000)] = None,
) -> Response:
    """Lead to the identity provider, or say how to come by a link."""
    place = safe_place(return_to)
    return render(
        request,
        "sign_in.html",
        has_provider=services.access.provider is not None,
        sends_mail=services.invitations.is_on,
        begin="/v1/sign-in?" + urlencode({"return_to": place}),
    )


@router.post(SIGN_IN)
async def send_link(request: Request, services: ServicesDep) -> Response:
    """Have a link sent to who has an e-mail address; the answer is the same where nobody has it.

    Raises:
        ProblemError: no mail is sent here (``not_found``), or too much is asked (``rate_limited``).
    """
    await count(request, "failures", address_of(request))
    if not services.invitations.is_on:
        raise ProblemError("not_found")
    email = (await filled(request)).text("email")
    answer = go_to(request, f"{SIGN_IN}?done=sent")
    answer.background = BackgroundTask(_invite, services, email)  # how long it takes tells nothing
    return answer


async def _invite(services: Services, email: str) -> None:
    found = await services.directory.person_by_email(email)
    if found is not None:
        await services.invitations.invite(found.id, datetime.now(UTC))
