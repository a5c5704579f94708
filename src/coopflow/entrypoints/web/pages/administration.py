"""The administration of a programme at a glance."""

from __future__ import annotations

from datetime import UTC, datetime

from fastapi import APIRouter
from fastapi.responses import Response

from coopflow.entrypoints.web.guards import MEMBERS
from coopflow.entrypoints.web.programme import ManagedPageDep

router = APIRouter(prefix="/p/{programme}/administration", dependencies=MEMBERS)


@router.get("")
async def show(page: ManagedPageDep) -> Response:
    """Show where the administration of the programme leads, and what needs a look."""
    services, now = page.services, datetime.now(UTC)
    return page.render(
        "administration/overview.html",
        waiting=await services.webhooks.deliveries.depths(now, page.id),
        refusals=await services.audit.refusals(page.id, now, limit=1),
        now=now,
    )
