"""Pages and the API at one address."""

from __future__ import annotations

from typing import Any, cast

import httpx
import pytest
from fastapi.dependencies import utils

from coopflow.application.callers import Caller
from coopflow.entrypoints.http.app import api
from coopflow.entrypoints.web.app import Platform, pages
from coopflow.services import Services


async def nobody(*_: object) -> Caller | None:
    """Know nobody."""
    return None


def platform() -> Platform:
    """Return one over no parts at all."""
    parts: dict[str, Any] = dict.fromkeys(Services.__dataclass_fields__, cast("Any", None))
    services = Services(**parts)
    return Platform(pages(services, authenticate=nobody), api(services, authenticate=nobody))


@pytest.mark.parametrize("path", ["/v1/nothing", "/nothing"])
async def test_no_request_waits_for_routes_that_were_worked_out(
    monkeypatch: pytest.MonkeyPatch, path: str
) -> None:
    """Once routes are worked out, a request looks at no signature any more."""
    looked_at: list[str] = []
    original = utils.get_typed_signature

    def noting(call: Any) -> Any:
        looked_at.append(str(call))
        return original(call)

    monkeypatch.setattr(utils, "get_typed_signature", noting)
    served = platform()
    served.work_out_routes()
    assert looked_at
    looked_at.clear()
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(served), base_url="http://localhost"
    ) as client:
        answer = await client.get(path)
    assert answer.status_code == 404
    assert not looked_at
