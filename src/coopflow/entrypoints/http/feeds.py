"""Making calendar feeds for somebody who asks for themselves."""

from __future__ import annotations

from fastapi import Request

from coopflow.access.feeds import MOST, Feed, TooManyFeedsError
from coopflow.application.callers import Caller, Language
from coopflow.application.engine import Address
from coopflow.entrypoints.http.cookies import public_base
from coopflow.entrypoints.http.problems import ProblemError
from coopflow.services import Services


async def make_feed(
    request: Request,
    services: Services,
    caller: Caller,
    language: Language,
    address: Address | None = None,
) -> tuple[Feed, str]:
    """Make a feed, and return it with the address for a calendar, which is told this once.

    Args:
        request: what was asked.
        services: the parts of the platform.
        caller: whose calendar it is.
        language: that of the calendar.
        address: the cooperation that it is of; None for all that the caller has a part in.

    Raises:
        ProblemError: a token asks (``forbidden``): what it made would outlive it; or the caller has
            as many as they may (``already_exists``).
    """
    access = services.access
    is_person = caller.name == f"person:{caller.person}" and "tokens" in caller.scopes
    # A token of the provider has the name, and not the scope.
    if caller.person is None or not is_person:
        raise ProblemError("forbidden", "people make feeds themselves, tokens do not")
    try:
        feed, secret = await access.feeds.create(caller.person, language, access.now(), address)
    except TooManyFeedsError:
        raise ProblemError(
            "already_exists", f"you have {MOST} feeds: revoke one of them first"
        ) from None
    return feed, f"{public_base(request)}/v1/calendars/{secret}.ics"
