"""How answers are documented: which problems a route may answer with."""

from __future__ import annotations

from typing import Any, Final

from coopflow.entrypoints.http.problem_kinds import KINDS, OF_STATUS
from coopflow.entrypoints.http.problems import MEDIA_TYPE, URN, Problem

EVERYWHERE: Final = (401, 403, 422, 429, 500, 503)
"""The statuses of problems that any route may answer with that asks who it is."""

Responses = dict[int | str, dict[str, Any]]


def problems(*statuses: int) -> Responses:
    """Return the documentation of answers that are problems, by their statuses."""
    return {status: documented(status) for status in statuses}


def guarded(*more: int) -> Responses:
    """Return the same for a route that asks who it is, and these statuses besides."""
    return problems(*sorted({*EVERYWHERE, 404, *more}))


def documented(status: int) -> dict[str, Any]:
    """Return the documentation of an answer that is a problem of a status."""
    code = OF_STATUS.get(status) or next(
        code for code, one in KINDS.items() if one.status == status
    )
    kind = KINDS[code]
    example = {
        "type": f"{URN}{code}",
        "title": kind.title("en"),
        "status": status,
        "detail": kind.explained("en"),
        "instance": "/v1/programmes/valdore/cooperations/bocage-gourmand",
        "code": code,
    }
    return {
        "description": kind.title("en"),
        "content": {
            MEDIA_TYPE: {
                "schema": {"$ref": f"#/components/schemas/{Problem.__name__}"},
                "example": example,
            }
        },
    }


def _first(status: int) -> str:
    return next(code for code, one in KINDS.items() if one.status == status)
