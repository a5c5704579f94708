"""How often pages are shown to those who need not say who they are."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import httpx
import pytest

from coopflow.access.errors import RefusedCredentialError
from coopflow.access.rates import RateOptions, Rates
from coopflow.entrypoints.http.app import Protection
from coopflow.entrypoints.web.app import pages

SECRET = "s" * 43
OFTEN = 5


class Nothing:
    """Holds nothing, keeps nothing, and lets nobody in."""

    async def of(self, *_: Any) -> None:
        """Find nothing."""

    async def note(self, *_: Any) -> None:
        """Keep nothing."""

    async def find(self, *_: Any) -> None:
        """Let nobody in."""
        raise RefusedCredentialError("unknown")

    def now(self) -> None:
        """Have no clock."""


async def nobody(_: Any) -> None:
    """Let nobody be known."""


@pytest.mark.parametrize(
    ("path", "limits", "code"),
    [
        ("/public/valdore/bocage", RateOptions(address=f"{OFTEN}/minute"), 404),
        (f"/d/{SECRET}", RateOptions(address=f"{OFTEN}/minute"), 404),
        (f"/u/{SECRET}", RateOptions(address=f"{OFTEN}/minute"), 404),
        (f"/d/{SECRET}", RateOptions(failures=f"{OFTEN}/minute"), 404),
        (f"/u/{SECRET}", RateOptions(failures=f"{OFTEN}/minute"), 404),
    ],
)
async def test_who_asks_too_often_is_told_to_wait(
    path: str, limits: RateOptions, code: int
) -> None:
    """Each address by itself: for any page, and sooner for secrets that are none."""
    nothing = Nothing()
    services: Any = SimpleNamespace(
        access=SimpleNamespace(decision_links=nothing, unsubscribe_links=nothing, now=nothing.now),
        publications=nothing,
        audit=nothing,
        registry=None,
    )
    app = pages(services, authenticate=nobody, protection=Protection(rates=Rates(limits)))
    for address in ("192.0.2.1", "192.0.2.2"):
        transport = httpx.ASGITransport(app=app, client=(address, 1))
        async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as visitor:
            for _ in range(OFTEN):
                assert (await visitor.get(path)).status_code == code
            answer = await visitor.get(path)
        assert answer.status_code == 429
        assert int(answer.headers["retry-after"]) > 0
        assert "Set-Cookie" not in answer.headers
        assert answer.headers["cache-control"] == "no-store"
