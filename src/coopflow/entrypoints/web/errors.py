"""What a page says when something is not there, not allowed, or went wrong."""

from __future__ import annotations

from typing import Final
from urllib.parse import urlencode

from fastapi import Request
from fastapi.responses import RedirectResponse, Response

from coopflow.entrypoints.http.links import here
from coopflow.entrypoints.http.origins import SAFE
from coopflow.entrypoints.http.problem_kinds import KINDS
from coopflow.entrypoints.http.problems import PROBLEM_KEY, ProblemError
from coopflow.entrypoints.web.rendering import look_of, render

SIGN_IN: Final = "/sign-in"


def answer(error: ProblemError, request: Request) -> Response:
    """Answer a request with a page about a problem; who is not known yet is asked to sign in."""
    request.scope[PROBLEM_KEY] = error
    if error.code == "unauthenticated" and request.method in SAFE:
        path = request.url.path.removeprefix(request.scope.get("root_path", ""))
        asked = f"{path}?{request.url.query}" if request.url.query else path
        place = here(request, SIGN_IN) + "?" + urlencode({"return_to": asked})
        return RedirectResponse(place, 303)
    kind, language = KINDS[error.code], look_of(request).language
    is_said = error.detail is not None and language == "en"
    return render(
        request,
        "problem.html",
        status=kind.status,
        headers=error.headers,
        title=kind.title(language),
        explained=error.detail if is_said else kind.explained(language),
        errors=error.errors or (),
        code=error.code,
        is_lost=error.code == "unauthenticated",
    )
