"""Whether this process answers."""

from __future__ import annotations

from fastapi import APIRouter

router = APIRouter(tags=["health"])


@router.get("/livez", operation_id="livez", summary="Whether this process answers")
async def livez() -> dict[str, str]:
    """Say that this process answers."""
    return {"status": "ok"}
