"""How often somebody may ask, counted where it is known who asks."""

from __future__ import annotations

from fastapi import Request

from coopflow.access.addresses import Network, client_address
from coopflow.access.rates import Kind, Rates
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
    found = await rates.count(kind, who) if rates is not None else None
    if found is None:
        return
    request.state.count = found
    if found.exceeded:
        raise ProblemError("rate_limited", headers={"Retry-After": str(found.wait)})


async def count_address(request: Request) -> None:
    """Count a request of somebody who need not say who they are.

    Raises:
        ProblemError: their address asks too often (``rate_limited``).
    """
    await count(request, "address", address_of(request))
