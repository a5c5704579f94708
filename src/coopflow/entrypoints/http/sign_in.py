"""Who asks: by a token, or by the session of a browser.

This is the way in of ``coopflow serve``; a platform that mounts the API may have its own.
"""

from __future__ import annotations

import structlog
from fastapi import Request

from coopflow.access.errors import (
    ProviderUnavailableError,
    RefusedCredentialError,
    SignInError,
)
from coopflow.application.callers import Caller
from coopflow.entrypoints.http.cookies import session_of
from coopflow.entrypoints.http.dependencies import services_of
from coopflow.entrypoints.http.middleware.auditing import SHOWN_KEY
from coopflow.entrypoints.http.origins import check_origin
from coopflow.entrypoints.http.problems import ProblemError

_log = structlog.get_logger(__name__)


async def authenticate(request: Request) -> Caller | None:
    """Find out who asks: a token in ``Authorization``, else the session of a browser.

    Returns:
        The caller; None for what lets nobody in, whatever is wrong with it.

    Raises:
        ProblemError: the page of another site asks for a change in the name of its visitor
            (``cross_site``), or the identity provider cannot be asked (``unavailable``).
    """
    try:
        return await _found(request)
    except ProviderUnavailableError as error:
        _log.warning("the identity provider does not answer", advice=str(error))
        raise ProblemError("unavailable", headers={"Retry-After": "5"}) from error
    except RefusedCredentialError as error:
        _log.info("a credential was refused", code=error.reason, about=error.about)
        request.scope[SHOWN_KEY] = error.about
    except SignInError as error:
        _log.info("a token of the identity provider was refused", advice=str(error))
    return None


async def _found(request: Request) -> Caller | None:
    access = services_of(request).access
    shown = request.headers.get("authorization")
    if shown is not None:
        scheme, _, token = shown.partition(" ")
        if scheme.lower() != "bearer":
            raise RefusedCredentialError("malformed")
        return await access.bearer(token.strip())
    session = session_of(request)
    if session is None:
        return None
    caller, _ = await access.visitor(session)
    check_origin(request)
    return caller
