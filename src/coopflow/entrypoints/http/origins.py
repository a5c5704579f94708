"""Whether a request comes from a page of this site, so that no other one acts for its visitors."""

from __future__ import annotations

from typing import Final
from urllib.parse import urlsplit

from fastapi import Request

from coopflow.entrypoints.http.cookies import public_base
from coopflow.entrypoints.http.problems import ProblemError

SAFE: Final = frozenset({"GET", "HEAD", "OPTIONS"})
"""The methods that change nothing."""


def check_origin(request: Request) -> None:
    """Check that a request that changes something was sent by a page of this site.

    Browsers say so in ``Sec-Fetch-Site``, and older ones in ``Origin``: neither can be set by a
    page. What says neither is no browser, and has no use for a cookie.

    Raises:
        ProblemError: it was not, or does not say (``cross_site``).
    """
    if request.method in SAFE:
        return
    site = request.headers.get("sec-fetch-site")
    if site is not None:
        is_ours = site == "same-origin"
    else:
        is_ours = request.headers.get("origin") in _origins(request)
    if not is_ours:
        raise ProblemError("cross_site")


def _origins(request: Request) -> set[str]:
    parts = (urlsplit(address) for address in (public_base(request), str(request.base_url)))
    return {f"{one.scheme}://{one.netloc}" for one in parts}
