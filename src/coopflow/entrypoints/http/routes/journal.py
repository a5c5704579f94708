"""The journal of a cooperation."""

from __future__ import annotations

from fastapi import APIRouter

from coopflow.entrypoints.http.answers import guarded
from coopflow.entrypoints.http.dependencies import ServicesDep, needs
from coopflow.entrypoints.http.guards import CooperationDep
from coopflow.entrypoints.http.pages import Page, PagingDep
from coopflow.readmodel.views import JournalLine

router = APIRouter(
    prefix="/programmes/{programme}/cooperations/{cooperation}/journal",
    tags=["journal"],
    dependencies=[needs("read")],
    responses=guarded(),
)


@router.get("", operation_id="list_journal", summary="The journal")
async def journal(
    sight: CooperationDep, services: ServicesDep, paging: PagingDep
) -> Page[JournalLine]:
    """List what has happened, in order.

    Secret choices and the content of disagreements are left out; `redacted` names what is.
    """
    sight.may("journal")
    after = paging.after(int)
    found = await services.queries.journal(
        sight.address, after=int(after[0]) if after else 0, limit=paging.limit + 1
    )
    return paging.page(found, lambda one: (one.seq,))
