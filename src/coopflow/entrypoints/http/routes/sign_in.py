"""Signing in and out with a browser."""

from __future__ import annotations

from typing import Annotated, Any, Final
from urllib.parse import parse_qs

import structlog
from fastapi import APIRouter, Depends, Query, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse

from coopflow.access.access import Answer
from coopflow.access.errors import (
    ProviderUnavailableError,
    RefusedCredentialError,
    SignInError,
    UnknownPersonError,
)
from coopflow.entrypoints.http.answers import Responses, problems
from coopflow.entrypoints.http.cookies import (
    attempt_of,
    drop_attempt,
    drop_session,
    keep_attempt,
    keep_session,
    public_base,
    session_of,
)
from coopflow.entrypoints.http.dependencies import ServicesDep
from coopflow.entrypoints.http.links import here
from coopflow.entrypoints.http.origins import check_origin
from coopflow.entrypoints.http.problems import PROBLEM_KEY, ProblemError
from coopflow.entrypoints.http.sign_in_pages import confirmation, failure, wants_page
from coopflow.entrypoints.http.turnstile import (
    address_of,
    count,
    count_address,
)

_BEGIN: Final = "/v1/sign-in"
_BACK: Final = "/v1/sign-in/callback"
_LINK: Final = "/v1/sign-in/link"
_LONGEST: Final = 2000

_log = structlog.get_logger(__name__)

router = APIRouter(
    tags=["access"],
    dependencies=[Depends(count_address)],
    responses=problems(422, 429, 500, 503),
)

_GOES_ON: Final[Responses] = {303: {"description": "Go on there"}}
_PAGE: Final[Responses] = {
    200: {
        "description": "A page",
        "content": {
            "text/html": {"schema": {"type": "string"}, "example": "<!doctype html><html>…</html>"}
        },
    }
}
_FORM: Final[dict[str, Any]] = {
    "requestBody": {
        "required": True,
        "content": {
            "application/x-www-form-urlencoded": {
                "schema": {
                    "type": "object",
                    "required": ["secret"],
                    "properties": {"secret": {"type": "string"}},
                },
                "example": {"secret": "wPl5nqYyqW1l2vUIkcY0JvVbT3mJt2i8s7K0cQz1x4E"},
            }
        },
    }
}

Short = Annotated[str | None, Query(max_length=_LONGEST)]


@router.get(
    "/sign-in",
    operation_id="sign_in",
    summary="Sign in with the identity provider",
    status_code=303,
    response_class=RedirectResponse,
    responses={**_GOES_ON, **problems(404)},
)
async def begin(
    request: Request,
    services: ServicesDep,
    return_to: Annotated[
        str | None,
        Query(max_length=_LONGEST, description="A path of this site to go to afterwards."),
    ] = None,
) -> Response:
    """Send a browser to the identity provider; without one, say to ask for a link."""
    if services.access.provider is None:
        return _told(request, "no_provider")
    try:
        place, secret = await services.access.set_out(
            return_to or _home(request), public_base(request) + _BACK
        )
    except SignInError as error:
        return await _failed(request, error)
    found = RedirectResponse(place, 303)
    keep_attempt(request, found, secret)
    return found


@router.get(
    "/sign-in/callback",
    operation_id="sign_in_callback",
    summary="Come back from the identity provider",
    status_code=303,
    response_class=RedirectResponse,
    responses={**_GOES_ON, **problems(403)},
)
async def come_back(  # noqa: PLR0913, PLR0917 - what the standard has the provider answer
    request: Request,
    services: ServicesDep,
    state: Annotated[str, Query(max_length=_LONGEST)] = "",
    code: Short = None,
    iss: Short = None,
    error: Short = None,
) -> Response:
    """Let in whom the provider vouches for, if the directory knows them."""
    answer = Answer(state=state, code=code, issuer=iss, error=error)
    try:
        place, session = await services.access.come_back(
            answer, attempt_of(request) or "", public_base(request) + _BACK, session_of(request)
        )
    except SignInError as failed:
        return await _failed(request, failed)
    found = RedirectResponse(place, 303)
    keep_session(request, found, session)
    drop_attempt(request, found)
    return found


@router.get(
    "/sign-in/link",
    operation_id="show_sign_in_link",
    summary="The page of a sign-in link",
    response_class=HTMLResponse,
    responses=_PAGE,
)
async def show_link(
    request: Request, secret: Annotated[str, Query(max_length=_LONGEST)] = ""
) -> Response:
    """Ask whether to use a link; whether it is a good one is only told to who does."""
    return confirmation(request, here(request, _LINK), secret)


@router.post(
    "/sign-in/link",
    operation_id="use_sign_in_link",
    summary="Sign in by a link",
    status_code=303,
    response_class=RedirectResponse,
    responses={**_GOES_ON, **problems(403)},
    openapi_extra=_FORM,
)
async def use_link(request: Request, services: ServicesDep) -> Response:
    """Let the person of a link in, once."""
    check_origin(request)
    body = await request.body()  # as large as a table may be, where it is said to be one
    form = parse_qs(body[:_LONGEST].decode(errors="replace"))
    secret = form.get("secret", [""])[0]
    try:
        _, session = await services.access.follow(secret, session_of(request))
    except RefusedCredentialError as error:
        return await _failed(request, error)
    found = RedirectResponse(_home(request), 303)
    keep_session(request, found, session)
    return found


@router.post(
    "/sign-out",
    operation_id="sign_out",
    summary="Sign out",
    status_code=303,
    response_class=RedirectResponse,
    responses={**_GOES_ON, **problems(403)},
)
async def sign_out(
    request: Request,
    services: ServicesDep,
    *,
    everywhere: Annotated[
        bool, Query(description="End all sessions of the person, not this one alone.")
    ] = False,
) -> Response:
    """End the session of a browser, then go where the identity provider ends its own."""
    check_origin(request)
    secret, access = session_of(request), services.access
    place = public_base(request) + _BEGIN
    if secret is not None:
        try:
            _, session = await access.visitor(secret)
            if everywhere:
                await access.sessions.end_all(session.person)
            if session.method == "provider" and access.provider is not None:
                place = await access.provider.sign_out_url(place, access.now()) or place
        except RefusedCredentialError:
            pass  # it has ended already
        except ProviderUnavailableError as error:
            _log.warning("nobody is signed out with the provider", advice=str(error))
        await access.sessions.end(secret)
    found = RedirectResponse(place, 303)
    drop_session(request, found)
    return found


def _home(request: Request) -> str:
    return here(request, request.app.state.home)


async def _failed(request: Request, error: SignInError | RefusedCredentialError) -> Response:
    """Answer somebody who does not get in; why exactly, the log alone is told."""
    _log.warning("a sign-in failed", advice=str(error))
    if isinstance(error, ProviderUnavailableError):
        code = "unavailable"
    elif isinstance(error, UnknownPersonError):
        code = "person_unknown"
    else:
        code = "sign_in_failed"
        await count(request, "failures", address_of(request))
    return _told(request, code, here(request, _BEGIN))


def _told(request: Request, code: str, again: str | None = None) -> Response:
    problem = ProblemError(code)
    if not wants_page(request):
        raise problem
    request.scope[PROBLEM_KEY] = problem
    return failure(request, code, again)
