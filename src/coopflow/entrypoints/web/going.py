"""Going on to another page once something is done."""

from __future__ import annotations

from fastapi import Request
from fastapi.responses import RedirectResponse

from coopflow.entrypoints.http.links import here


def go_to(request: Request, path: str) -> RedirectResponse:
    """Lead to a page of this site, so that reloading it does nothing again."""
    return RedirectResponse(here(request, path), 303)
