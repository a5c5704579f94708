"""Language and colours, as somebody chooses them for this browser."""

from __future__ import annotations

from typing import Annotated, Final, Literal

from fastapi import APIRouter, Form, Request
from fastapi.responses import RedirectResponse, Response

from coopflow.entrypoints.http.cookies import LANGUAGE_COOKIE, THEME_COOKIE, public_base
from coopflow.entrypoints.http.links import here
from coopflow.entrypoints.web.guards import OPEN
from coopflow.entrypoints.web.places import safe_place
from coopflow.entrypoints.web.rendering import Theme

_A_YEAR: Final = 365 * 24 * 3600

router = APIRouter(dependencies=OPEN)


@router.post("/preferences")
async def choose(
    request: Request,
    language: Annotated[Literal["fr", "en"] | None, Form()] = None,
    theme: Annotated[Theme | None, Form()] = None,
    return_to: Annotated[str, Form(max_length=2000)] = "/",
) -> Response:
    """Keep a choice in the browser, and go back."""
    found = RedirectResponse(here(request, safe_place(return_to)), 303)
    for name, value in ((LANGUAGE_COOKIE, language), (THEME_COOKIE, theme)):
        if value is not None:
            found.set_cookie(
                name,
                value,
                max_age=_A_YEAR,
                path="/",
                secure=public_base(request).startswith("https:"),
                httponly=True,
                samesite="lax",
            )
    return found
