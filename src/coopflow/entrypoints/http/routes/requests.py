"""What became of requests: operations that went on, and refusals."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated

from fastapi import APIRouter, Path

from coopflow.domain.base import Slug
from coopflow.entrypoints.http.answers import guarded
from coopflow.entrypoints.http.dependencies import CallerDep, ServicesDep, needs
from coopflow.entrypoints.http.guards import ManagedProgrammeDep
from coopflow.entrypoints.http.pages import Page, PagingDep
from coopflow.entrypoints.http.problems import ProblemError
from coopflow.requests.audit import NumberedRefusal
from coopflow.requests.operations import Operation

router = APIRouter(responses=guarded())


@router.get(
    "/operations/{operation}",
    operation_id="show_operation",
    summary="What goes on, or how it ended",
    tags=["operations"],
    dependencies=[needs("read", "write", "act")],
)
async def show(
    operation: Annotated[Slug, Path(description="The id of an operation.")],
    caller: CallerDep,
    services: ServicesDep,
) -> Operation:
    """Return an operation that the caller began.

    `lost` means that the process is gone that was at it: send the request again, with the same
    `Idempotency-Key`.
    """
    found = await services.operations.find(caller.name, operation, datetime.now(UTC))
    if found is None:
        raise ProblemError("not_found")
    return found


@router.get(
    "/programmes/{programme}/audit",
    operation_id="list_refusals",
    summary="Who was refused what",
    tags=["audit"],
    dependencies=[needs("read")],
)
async def audit(
    programme: ManagedProgrammeDep, services: ServicesDep, paging: PagingDep
) -> Page[NumberedRefusal]:
    """List requests about a programme that were refused because of who asked, the latest first."""
    after = paging.after(int)
    found = await services.audit.refusals(
        programme,
        datetime.now(UTC),
        before=int(after[0]) if after else None,
        limit=paging.limit + 1,
    )
    return paging.page(found, lambda one: (one.id,))
