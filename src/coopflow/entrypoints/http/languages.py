"""Which language an answer is in: French or English, as the request prefers."""

from __future__ import annotations

from typing import Annotated, Final

from fastapi import Depends, Request

from coopflow.application.callers import Caller, Language

CALLER_KEY: Final = "coopflow.caller"
"""Where the scope of a request holds who asks, once that is found out."""

_DEFAULT: Final[Language] = "en"


def preferred(header: str) -> Language | None:
    """Return the language that an ``Accept-Language`` header prefers; None when it names neither.

    Of two that are equally welcome the first one counts (RFC 9110, section 12.5.4).
    """
    best: tuple[float, Language] | None = None
    for part in header.split(","):
        tag, *parameters = (one.strip().lower() for one in part.split(";"))
        quality = _quality(parameters)
        for language in ("en", "fr"):
            matches = tag == language or tag.startswith(f"{language}-")
            if matches and quality > (best[0] if best else 0):
                best = (quality, language)
    return best[1] if best else None


def _quality(parameters: list[str]) -> float:
    for one in parameters:
        name, _, value = one.partition("=")
        if name.strip() == "q":
            try:
                return float(value)
            except ValueError:
                return 0
    return 1


def language_of(request: Request) -> Language:
    """Return the language of the answer: that of the request, else of its caller, else English."""
    found = preferred(request.headers.get("accept-language", ""))
    caller: Caller | None = request.scope.get(CALLER_KEY)
    if found is None and caller is not None:
        found = caller.language
    return found or _DEFAULT


LanguageDep = Annotated[Language, Depends(language_of)]
"""The language of the answer."""
