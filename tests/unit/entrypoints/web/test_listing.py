"""What is asked of lists on pages."""

from __future__ import annotations

import httpx
from fastapi import FastAPI

from coopflow.entrypoints.web.listing import After, Sought


async def test_nothing_is_looked_for_that_no_database_holds() -> None:
    """NULs are left out, of what is sought and of where a list goes on."""
    app = FastAPI()

    @app.get("/")
    def show(q: Sought = "", after: After = None) -> list[str | None]:
        return [q, after]

    transport = httpx.ASGITransport(app=app)
    async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as visitor:
        assert (await visitor.get("/?q=a%00b&after=%00c")).json() == ["ab", "c"]
        assert (await visitor.get("/")).json() == ["", None]
        assert (await visitor.get(f"/?q={'a' * 201}")).status_code == 422
