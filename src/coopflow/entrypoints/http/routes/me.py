"""Who asks, as they are known here."""

from __future__ import annotations

from fastapi import APIRouter

from coopflow.application.callers import Caller
from coopflow.entrypoints.http.answers import EVERYWHERE, problems
from coopflow.entrypoints.http.dependencies import CallerDep

router = APIRouter(tags=["access"], responses=problems(*EVERYWHERE))


@router.get("/me", operation_id="show_me", summary="Who asks")
async def show(caller: CallerDep) -> Caller:
    """Say as whom the request was let in, and what they may do."""
    return caller
