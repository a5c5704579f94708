"""Cooperations as lists and pages show them."""

from __future__ import annotations

from fastapi import APIRouter

from coopflow.entrypoints.http.answers import guarded
from coopflow.entrypoints.http.dependencies import ServicesDep, needs
from coopflow.entrypoints.http.guards import CooperationDep
from coopflow.readmodel.views import CooperationDetail

router = APIRouter(
    prefix="/programmes/{programme}/cooperations",
    tags=["cooperations"],
    dependencies=[needs("read")],
    responses=guarded(),
)


@router.get("/{cooperation}", operation_id="show_cooperation", summary="A cooperation")
async def show(sight: CooperationDep, services: ServicesDep) -> CooperationDetail:
    """Return one cooperation as it stands."""
    return await services.queries.cooperation(sight.address)
