"""A cooperation at a glance."""

from __future__ import annotations

from fastapi import APIRouter
from fastapi.responses import Response

from coopflow.entrypoints.web.cooperation import CooperationPageDep
from coopflow.entrypoints.web.guards import MEMBERS

router = APIRouter(prefix="/c/{programme}/{cooperation}", dependencies=MEMBERS)


@router.get("")
async def show(page: CooperationPageDep) -> Response:
    """Show where it stands."""
    return page.render("cooperation/overview.html")
