"""The page where somebody says how they get in."""

from __future__ import annotations

from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response

from coopflow.entrypoints.http.dependencies import ServicesDep
from coopflow.entrypoints.web.errors import SIGN_IN
from coopflow.entrypoints.web.guards import OPEN
from coopflow.entrypoints.web.places import safe_place
from coopflow.entrypoints.web.rendering import render

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
        begin="/v1/sign-in?" + urlencode({"return_to": place}),
    )
