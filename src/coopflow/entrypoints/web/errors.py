"""What a page says when something is not there, not allowed, or went wrong."""

from __future__ import annotations

import contextlib
from collections.abc import Collection, Mapping
from typing import Final
from urllib.parse import urlencode

from fastapi import Request
from fastapi.responses import RedirectResponse, Response
from starlette.exceptions import HTTPException

from coopflow.application.engine import UnavailableError
from coopflow.domain.refusals import Refusal
from coopflow.entrypoints.http.dependencies import recognised
from coopflow.entrypoints.http.links import here
from coopflow.entrypoints.http.origins import SAFE
from coopflow.entrypoints.http.problem_kinds import KINDS
from coopflow.entrypoints.http.problems import PROBLEM_KEY, ProblemError, of_framework
from coopflow.entrypoints.web.forms.faults import Fault, of_refusal
from coopflow.entrypoints.web.forms.form import Form
from coopflow.entrypoints.web.forms.refusals import reason_of
from coopflow.entrypoints.web.forms.typed import Typed
from coopflow.entrypoints.web.rendering import look_of, render
from coopflow.wording.spacing import in_language

SIGN_IN: Final = "/sign-in"
_ON_PAGES: Final[Mapping[str, tuple[str, str]]] = {
    "invalid_command": (
        "Something that was filled in does not fit. It is said at the fields, where one is meant.",
        "Une réponse ne convient pas. C'est indiqué auprès des champs concernés.",
    ),
    "invalid_document": (
        "The document is not complete yet, or parts of it do not fit together.",
        "Le document n'est pas encore complet, ou ses parties ne s'accordent pas.",
    ),
    "invalid_request": (
        "The address of this page asks for something that is not possible.",
        "L'adresse de cette page demande quelque chose qui n'est pas possible.",
    ),
    "method_not_allowed": (
        "This address answers to forms of other pages only.",
        "Cette adresse ne répond qu'aux formulaires d'autres pages.",
    ),
    "rate_limited": (
        "That was a lot in a short time. Wait a little, then try again.",
        "Cela fait beaucoup en peu de temps. Patientez un peu, puis réessayez.",
    ),
    "request_too_large": (
        "What was sent is too long: nothing of it was taken. Go back to it, and shorten it.",
        "Ce qui a été envoyé est trop long : rien n'en a été retenu. Revenez-y, et abrégez-le.",
    ),
    "not_ready": (
        "A part of the platform does not answer. It is tried anew each time: come back soon.",
        "Une partie de la plateforme ne répond pas. Chaque visite réessaie : revenez bientôt.",
    ),
}
"""What pages say of problems whose words are meant for programs."""


def meanings(code: str) -> tuple[str, str]:
    """Return what a problem means and what to do, in English and French, as pages say it."""
    kind = KINDS[code]
    return _ON_PAGES.get(code) or (kind.explained("en"), kind.explained("fr"))


def said_of(error: ProblemError) -> tuple[str, str]:
    """Return what stands in the way of a command, in English and French, as pages say it."""
    reason = None if error.refusal is None else reason_of(error.refusal)
    return meanings(error.code) if reason is None else reason.words


def refused(
    refusal: Refusal, form: Form, typed: Typed, settled: Collection[str] = ()
) -> tuple[Fault, ...]:
    """Return why a command was refused, at the fields of its form where that can be told.

    Args:
        refusal: what the engine answered.
        form: the form.
        typed: what was typed.
        settled: the fields that were not asked: there is nothing to mend about them.
    """
    reason = reason_of(refusal)
    if reason is None:
        return of_refusal(refusal, form.question, typed, meanings(refusal.code))
    found = of_refusal(refusal, form.question, typed, reason.words, reason.field)
    is_asked = [one.path.partition(".")[0] not in settled for one in found]
    return tuple(
        one if asked else one._replace(path="") for one, asked in zip(found, is_asked, strict=True)
    )


async def lost(request: Request, error: Exception) -> Response:
    """Answer who asked for an address that there is not: who has signed in is led on from there."""
    assert isinstance(error, HTTPException)
    with contextlib.suppress(ProblemError, UnavailableError):  # else no route asks who it is
        await recognised(request)
    return answer(of_framework(error), request)


def answer(error: ProblemError, request: Request) -> Response:
    """Answer a request with a page about a problem; who is not known yet is asked to sign in."""
    request.scope[PROBLEM_KEY] = error
    if error.code == "unauthenticated" and request.method in SAFE:
        path = request.url.path.removeprefix(request.scope.get("root_path", ""))
        asked = f"{path}?{request.url.query}" if request.url.query else path
        place = here(request, SIGN_IN) + "?" + urlencode({"return_to": asked})
        return RedirectResponse(place, 303)
    kind, language = KINDS[error.code], look_of(request).language
    is_said = error.detail is not None and language == "en" and error.code not in _ON_PAGES
    return render(
        request,
        "problem.html",
        status=kind.status,
        headers=error.headers,
        title=kind.title(language),
        explained=error.detail if is_said else in_language(meanings(error.code), language),
        errors=error.errors or (),
        code=error.code,
        is_lost=error.code == "unauthenticated",
    )
