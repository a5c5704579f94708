"""Styles and scripts."""

from __future__ import annotations

from typing import Final

from fastapi import APIRouter, Response

from coopflow.entrypoints.http.problems import ProblemError
from coopflow.entrypoints.web.assets import asset

_FOR_GOOD: Final = "public, max-age=31536000, immutable"

router = APIRouter()


@router.get("/static/{digest}/{name}")
async def show(digest: str, name: str) -> Response:
    """Return a file; under another digest than its own it is not to be kept."""
    found = asset(name)
    if found is None:
        raise ProblemError("not_found")
    kept = _FOR_GOOD if digest == found.digest else "no-cache"
    return Response(found.content, media_type=found.media_type, headers={"Cache-Control": kept})
