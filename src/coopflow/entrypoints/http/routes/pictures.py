"""Pictures of cooperations."""

from __future__ import annotations

import asyncio
from typing import Annotated

from fastapi import APIRouter, Query, Response

from coopflow.definitions.compile import compile_definition
from coopflow.entrypoints.http.answers import Responses, guarded
from coopflow.entrypoints.http.dependencies import ServicesDep, needs
from coopflow.entrypoints.http.guards import CooperationDep
from coopflow.entrypoints.http.languages import LanguageDep
from coopflow.entrypoints.http.problems import ProblemError
from coopflow.pictures.lifecycle import lifecycle_picture
from coopflow.pictures.picture import WIDE, Frame
from coopflow.wording.phrases import Phrases

router = APIRouter(
    prefix="/programmes/{programme}/cooperations/{cooperation}",
    tags=["cooperations"],
    dependencies=[needs("read")],
    responses=guarded(),
)

_SVG = "image/svg+xml"
_PICTURE: Responses = {
    200: {
        "description": "A picture",
        "content": {_SVG: {"schema": {"type": "string"}, "example": "<svg/>"}},
    }
}


@router.get(
    "/lifecycle.svg",
    operation_id="draw_lifecycle",
    summary="The lifecycle as a picture",
    response_class=Response,
    responses=_PICTURE,
)
async def lifecycle(
    sight: CooperationDep,
    services: ServicesDep,
    language: LanguageDep,
    width: Annotated[
        int, Query(ge=200, le=2000, description="How wide it may be, in pixels.")
    ] = WIDE,
) -> Response:
    """Draw the stages and gates of the lifecycle, and where the cooperation stands.

    Its description says the same in words. Narrow ones go from top to bottom.
    """
    sight.may("cooperation")
    detail = sight.detail
    definition = await services.registry.definition(
        detail.lifecycle, detail.policy, detail.programme
    )
    if definition is None:
        raise ProblemError("not_found")
    rules = await asyncio.to_thread(compile_definition, definition)
    frame = Frame("lifecycle", width)
    say = Phrases(language)
    found = lifecycle_picture(
        rules.lifecycle, say, frame, stage=detail.stage, since=detail.stage_since
    )
    return Response(
        found.svg,
        media_type=_SVG,
        headers={
            "Content-Language": language,
            "Vary": "Accept-Language",
            "Cache-Control": "private, no-cache",
        },
    )
