from __future__ import annotations

import dataclasses
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI

from coopflow.application.callers import Caller
from coopflow.application.engine import Address
from coopflow.entrypoints.http.app import api
from coopflow.readmodel.database import Database
from coopflow.readmodel.queries import Queries
from tests.http_platform import Platform, authenticate

pytestmark = pytest.mark.server

ADA = Caller(name="person:ada", person="ada", administrator=True)


def test_a_platform_that_works_is_alive_and_ready(platform: Platform) -> None:
    """Nobody has to sign in to ask."""
    with platform.client() as client:
        for path in ("livez", "readyz"):
            answer = client.get(f"/v1/{path}")
            assert (answer.status_code, answer.json()) == (200, {"status": "ok"})


def asked(platform: Platform, path: str, **changed: object) -> httpx.Response:
    """Ask another application on the same parts, but for some."""
    services = dataclasses.replace(platform.services, **changed)  # type: ignore[arg-type]
    app: FastAPI = api(services, authenticate=authenticate)

    async def ask() -> httpx.Response:
        transport = httpx.ASGITransport(app=app)
        async with httpx.AsyncClient(transport=transport, base_url="http://here") as client:
            return await client.get(path)

    return platform.run(ask())


@pytest.mark.parametrize(
    "url", ["postgresql://nobody@127.0.0.1:1/nothing", "sqlite:///{}/without-tables.db"]
)
def test_a_database_that_is_no_use_is_named(platform: Platform, tmp_path: Path, url: str) -> None:
    """A 503 says which part it is, and nothing of where it runs; the process is still alive."""
    database = Database(url.format(tmp_path))
    away = Queries(database)
    answer = asked(platform, "/v1/readyz", queries=away)
    assert (answer.status_code, answer.json()["code"]) == (503, "not_ready")
    assert answer.json()["facts"] == {"away": ["database"]}
    assert "127.0.0.1" not in answer.text
    assert asked(platform, "/v1/livez", queries=away).status_code == 200
    platform.run(database.close())


def test_an_engine_that_is_away_is_named(platform: Platform) -> None:
    """Commands could not be given."""

    class Gone:
        async def is_up(self) -> bool:
            return False

    answer = asked(platform, "/v1/readyz", engine=Gone())
    assert answer.json()["facts"] == {"away": ["engine"]}


def test_an_administrator_reads_the_figures(platform: Platform, address: Address) -> None:
    """They count what was asked here, and name nobody."""
    with platform.client(ADA) as client:
        answer = client.get("/v1/metrics")
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/plain; version=")
    assert 'coopflow_commands_total{command="open_cooperation",outcome="accepted"}' in answer.text
    assert 'coopflow_queue_depth{queue="notices"}' in answer.text
    for figure in ("coopflow_mail_dead", "coopflow_mail_waits_seconds"):
        assert f"\n{figure} " in answer.text
    assert address.cooperation not in answer.text


@pytest.mark.parametrize("code", ["unauthenticated", "forbidden"])
def test_others_do_not(platform: Platform, pam: Caller, code: str) -> None:
    """Figures are of all programmes: neither a manager of one nor nobody reads them."""
    with platform.client(pam if code == "forbidden" else None) as client:
        answer = client.get("/v1/metrics")
    assert answer.json()["code"] == code
