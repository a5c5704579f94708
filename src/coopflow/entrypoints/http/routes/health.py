"""How this process is: for those who run it, and the programs that watch it."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter, Header, Response

from coopflow import metrics
from coopflow.application.engine import UnavailableError
from coopflow.domain.base import Shape
from coopflow.entrypoints.http.answers import EVERYWHERE, problems
from coopflow.entrypoints.http.dependencies import CallerDep, ServicesDep, needs
from coopflow.entrypoints.http.problems import ProblemError
from coopflow.services import Services

router = APIRouter(tags=["health"])

_SOON = {"Retry-After": "5"}
_EXAMPLE = """# HELP coopflow_commands_total Commands that this process gave
# TYPE coopflow_commands_total counter
coopflow_commands_total{command="cast_ballot",outcome="accepted"} 117.0
"""


class Health(Shape):
    """All is well; what is not is a problem."""

    status: Literal["ok"] = "ok"


@router.get("/livez", operation_id="livez", summary="Whether this process answers")
async def livez() -> Health:
    """Say that this process answers."""
    return Health()


@router.get(
    "/readyz",
    operation_id="readyz",
    summary="Whether this process can do its work",
    responses=problems(503),
)
async def readyz(services: ServicesDep) -> Health:
    """Ask the engine and the database whether they answer, and whether the tables are current.

    Workers are not asked: while none runs, commands wait, and what is read is still there.
    """
    away = [
        name
        for name, is_there in (
            ("engine", await services.engine.is_up()),
            ("database", await _has_tables(services)),
        )
        if not is_there
    ]
    if away:
        raise ProblemError("not_ready", facts={"away": away}, headers=_SOON)
    return Health()


@router.get(
    "/metrics",
    operation_id="metrics",
    summary="The figures of this process, for Prometheus",
    dependencies=[needs("read")],
    response_class=Response,
    responses={
        200: {
            "content": {
                kind: {"schema": {"type": "string"}, "example": _EXAMPLE}
                for kind in ("text/plain", "application/openmetrics-text")
            }
        },
        **problems(*EVERYWHERE, 501),
    },
)
async def figures(
    services: ServicesDep,
    caller: CallerDep,
    accept: Annotated[str, Header(include_in_schema=False)] = "",
) -> Response:
    """Return what this process has counted, to administrators: it is of all programmes."""
    if not caller.administrator or caller.programmes is not None:
        raise ProblemError("forbidden", "the figures are of all programmes: for administrators")
    await services.note_queues()
    try:
        content, media_type = metrics.exposition(accept)
    except metrics.NotInstalledError as error:
        raise ProblemError("not_counted", str(error)) from error
    return Response(content, headers={"Content-Type": media_type})


async def _has_tables(services: Services) -> bool:
    try:
        return await services.queries.is_current()
    except UnavailableError:
        return False
