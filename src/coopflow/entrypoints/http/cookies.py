"""The cookies by which a browser is known again."""

from __future__ import annotations

from typing import Final

from fastapi import Request, Response

LANGUAGE_COOKIE: Final = "coopflow-language"
"""In which language a browser is to see pages, if that was chosen."""
THEME_COOKIE: Final = "coopflow-theme"
"""In which colours: light or dark, if that was chosen."""

_SESSION: Final = "coopflow"
_ATTEMPT: Final = "coopflow-sign-in"
_ATTEMPT_SECONDS: Final = 600


def public_base(request: Request) -> str:
    """Return where others reach the application: as it was told, else as it is asked."""
    told: str | None = request.app.state.public_url
    return (told or str(request.base_url)).rstrip("/")


def session_of(request: Request) -> str | None:
    """Return the secret of the session that a browser shows, if any."""
    return request.cookies.get(_named(request, _SESSION))


def keep_session(request: Request, response: Response, secret: str) -> None:
    """Let the browser show a session from now on, until it is closed."""
    _keep(request, response, _SESSION, secret, None)


def drop_session(request: Request, response: Response) -> None:
    """Let the browser show no session any more."""
    _keep(request, response, _SESSION, "", 0)


def attempt_of(request: Request) -> str | None:
    """Return the secret of the sign-in that a browser has under way, if any."""
    return request.cookies.get(_named(request, _ATTEMPT))


def keep_attempt(request: Request, response: Response, secret: str) -> None:
    """Let the browser keep a secret while it is with the identity provider."""
    _keep(request, response, _ATTEMPT, secret, _ATTEMPT_SECONDS)


def drop_attempt(request: Request, response: Response) -> None:
    """Let the browser keep no secret of a sign-in any more."""
    _keep(request, response, _ATTEMPT, "", 0)


def _keep(
    request: Request, response: Response, name: str, secret: str, max_age: int | None
) -> None:
    response.set_cookie(
        _named(request, name),
        secret,
        max_age=max_age,
        path="/",
        secure=_is_secure(request),
        httponly=True,
        # Sent along when somebody follows a link to here, or comes back from the provider, and
        # never with what the page of another site posts.
        samesite="lax",
    )


def _is_secure(request: Request) -> bool:
    return public_base(request).startswith("https://")


def _named(request: Request, name: str) -> str:
    # A browser takes this name over TLS alone, and from this very host: no neighbour can plant it.
    return f"__Host-{name}" if _is_secure(request) else name
