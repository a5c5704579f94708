"""How often somebody may ask, counted where it is known who asks."""

from __future__ import annotations

from fastapi import Request

from coopflow.access.addresses import Network, client_address
from coopflow.access.rates import Count, Kind, Rates
from coopflow.entrypoints.http.problems import ProblemError


def address_of(request: Request) -> str:
    """Return where a request comes from, as far as the proxies in between are trusted."""
    trusted: tuple[Network, ...] = request.app.state.trusted_proxies
    peer = request.client.host if request.client else None
    return client_address(peer, ",".join(request.headers.getlist("x-forwarded-for")), trusted)


async def count(request: Request, kind: Kind, who: str) -> None:
    """Count a request.

    Raises:
        ProblemError: it is one too many (``rate_limited``).
    """
    rates: Rates | None = request.app.state.rates
    if rates is not None:
        _judge(request, await rates.count(kind, who))


async def count_address(request: Request) -> None:
    """Count a request of somebody who need not say who they are.

    Raises:
        ProblemError: their address asks too often (``rate_limited``).
    """
    await count(request, "address", address_of(request))


async def check_failures(request: Request) -> None:
    """Look whether an address has shown too much that lets nobody in.

    Raises:
        ProblemError: it has (``rate_limited``), and what it shows now is not even looked at.
    """
    rates: Rates | None = request.app.state.rates
    if rates is not None:
        found = await rates.look("failures", address_of(request))
        if found is not None and found.exceeded:
            _judge(request, found)


def _judge(request: Request, found: Count | None) -> None:
    if found is None:
        return
    request.state.count = found
    if found.exceeded:
        raise ProblemError("rate_limited", headers={"Retry-After": str(found.wait)})
