"""Where a kind of mail is stopped, by the link that stands in it.

Mail programs send the form by themselves (RFC 8058), from nowhere and without a session: who has
the secret of a mail may stop others of its kind, and that is all that it does.
"""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Path, Request
from fastapi.responses import Response

from coopflow.access.errors import RefusedCredentialError
from coopflow.access.unsubscribing import Unsubscription
from coopflow.entrypoints.http.dependencies import ServicesDep
from coopflow.entrypoints.http.problems import ProblemError
from coopflow.entrypoints.http.turnstile import address_of, count, count_address
from coopflow.entrypoints.web.rendering import render
from coopflow.outgoing.mail.wishes import stop
from coopflow.services import Services

router = APIRouter(dependencies=[Depends(count_address)])

SecretDep = Annotated[str, Path(pattern=r"^[A-Za-z0-9_-]{20,100}$")]
"""What a link of a mail ends with."""


async def _found(request: Request, services: Services, secret: str) -> Unsubscription:
    access = services.access
    try:
        return await access.unsubscribe_links.find(secret, access.now())
    except RefusedCredentialError:
        await count(request, "failures", address_of(request))
        raise ProblemError("not_found") from None


@router.get("/u/{secret}")
async def ask(request: Request, services: ServicesDep, secret: SecretDep) -> Response:
    """Ask whether mails of a kind are to stop; whatever follows links by itself stops nothing."""
    found = await _found(request, services, secret)
    return render(request, "unsubscribe.html", kind=found.kind, is_done=False)


@router.post("/u/{secret}")
async def end(request: Request, services: ServicesDep, secret: SecretDep) -> Response:
    """Stop them, and say so."""
    found = await _found(request, services, secret)
    await stop(services.directory, found.person, found.kind, services.access.now())
    return render(request, "unsubscribe.html", kind=found.kind, is_done=True)
