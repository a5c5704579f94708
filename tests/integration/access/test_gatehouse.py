from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import RowMapping, select

from coopflow.access.addresses import networks
from coopflow.access.credentials import new_token
from coopflow.access.grants import OPERATOR, TokenRequest
from coopflow.access.rates import RateOptions, Rates
from coopflow.entrypoints.http.app import Protection
from coopflow.entrypoints.http.middleware.guarding import LOOPBACK
from coopflow.requests.tables import KeptAnswerRow, RefusedRequestRow
from tests.gatehouse import Gatehouse, serving


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[Gatehouse]:
    async with serving(tmp_path) as found:
        yield found


def soon(days: int = 30) -> str:
    return (datetime.now(UTC) + timedelta(days=days)).isoformat()


async def token_of(house: Gatehouse, **more: Any) -> str:
    values = {"name": "a robot", "scopes": ["read", "tokens"], "expires_at": soon()}
    request = TokenRequest.model_validate(values | more)
    return (await house.access.tokens.create(OPERATOR, request, house.clock()))[1]


async def test_a_program_gets_in_by_its_token(house: Gatehouse) -> None:
    """It is told as whom, and in no other place may what it shows be kept."""
    secret = await token_of(house, person="max", programmes=["valdore"])
    async with house.program(secret) as program:
        answer = await program.get("/v1/me")
    assert answer.json()["person"] == "max"
    assert answer.json()["programmes"] == ["valdore"]
    assert answer.headers["cache-control"] == "private, no-cache"


@pytest.mark.parametrize(
    "shown",
    ["Bearer", "Bearer nonsense", "Basic bWF4OnNlY3JldA==", "bearer a.b.c", "\xff", ""],
)
async def test_what_lets_nobody_in(house: Gatehouse, shown: str) -> None:
    """Whatever is wrong with it, the answer is the same."""
    async with house.program() as program:
        good = await program.get("/v1/me", headers={"Authorization": f"Bearer {new_token()}"})
        answer = await program.get("/v1/me", headers=[(b"Authorization", shown.encode("latin-1"))])
    assert answer.status_code == 401
    assert answer.headers["www-authenticate"] == 'Bearer realm="coopflow", error="invalid_token"'
    assert answer.json() == good.json()


async def test_tokens_are_made_listed_and_revoked(house: Gatehouse) -> None:
    """By who has the scope; the secret is told once."""
    wanted = {"name": "export", "scopes": ["read"], "expires_at": soon(7)}
    async with house.program(await token_of(house)) as keeper:
        made = await keeper.post("/v1/tokens", json=wanted)
        assert made.status_code == 201
        secret, token = made.json()["secret"], made.json()["token"]
        listed = await keeper.get("/v1/tokens")
        assert secret not in listed.text
        assert [one["name"] for one in listed.json()] == ["export", "a robot"]
        assert made.headers["cache-control"] == "no-store"
        async with house.program(secret) as program:
            assert (await program.get("/v1/me")).status_code == 200
            refused = await program.get("/v1/tokens")
            assert (refused.status_code, refused.json()["code"]) == (403, "scope_missing")
            revoked = await keeper.delete(f"/v1/tokens/{token['id']}")
            assert revoked.json()["revoked_at"] is not None
            assert (await program.get("/v1/me")).status_code == 401
        assert (await keeper.delete("/v1/tokens/nothing")).status_code == 404


async def test_the_secret_of_a_token_is_not_told_again(house: Gatehouse) -> None:
    """Not even to who sends the same request again, and no other token is made for them."""
    wanted = {"name": "export", "scopes": ["read"], "expires_at": soon(7)}
    async with house.program(await token_of(house), **{"Idempotency-Key": "one"}) as keeper:
        first, again = [await keeper.post("/v1/tokens", json=wanted) for _ in "ab"]
        made = [one["name"] for one in (await keeper.get("/v1/tokens")).json()]
    assert first.status_code == 201
    assert (again.status_code, again.json()["code"]) == (409, "told_once")
    assert made.count("export") == 1
    async with house.database.reading() as connection:
        kept = (await connection.execute(select(KeptAnswerRow.answer))).scalar_one()
    assert kept is not None
    assert len(kept) < len(first.content)  # encrypted, and yet no room for the answer


async def noted(house: Gatehouse, number: int) -> Sequence[RowMapping]:
    """Return the refusals that are kept, once there are so many."""
    rows: Sequence[RowMapping] = []
    async with asyncio.timeout(10):  # they are kept once they have been answered
        while len(rows) < number:
            async with house.database.reading() as connection:
                found = await connection.execute(select(RefusedRequestRow.__table__))
                rows = found.mappings().all()
            await asyncio.sleep(0.02)
    return rows


async def test_refusals_are_kept(house: Gatehouse) -> None:
    """With the id of a token that is no good, and without what was shown."""
    secret = await token_of(house)
    token = (await house.access.tokens.all())[0]
    await house.access.tokens.revoke(token.id, OPERATOR, house.clock())
    async with house.program(secret) as program, house.browser() as browser:
        await program.get("/v1/me")
        await browser.post("/v1/sign-in/link", data={"secret": "not a good one"})
    rows = await noted(house, 2)
    assert [(row["caller"], row["path"], row["code"]) for row in rows] == [
        (f"token:{token.id}", "/v1/me", "unauthenticated"),
        (None, "/v1/sign-in/link", "sign_in_failed"),
    ]


@pytest.mark.parametrize(
    ("more", "status", "path"),
    [
        ({"scopes": ["write"]}, 403, "body.scopes"),
        ({"person": "max"}, 403, "body.person"),
        ({"expires_at": soon(400)}, 422, "body.expires_at"),
        ({"expires_at": "2020-01-01T00:00:00Z"}, 422, "body.expires_at"),
        ({"scopes": ["everything"]}, 422, "body.scopes[0]"),
    ],
)
async def test_a_token_that_goes_too_far(
    house: Gatehouse, more: dict[str, Any], status: int, path: str
) -> None:
    """The problem names what is too much."""
    wanted = {"name": "export", "scopes": ["read"], "expires_at": soon(7)} | more
    async with house.program(await token_of(house)) as keeper:
        refused = await keeper.post("/v1/tokens", json=wanted)
    assert refused.status_code == status
    assert [one["path"] for one in refused.json()["errors"]] == [path]


async def test_every_answer_is_protected(house: Gatehouse) -> None:
    """Answers, problems, and what goes wrong on the way carry the headers alike."""
    broken = "/v1/programmes/valdore/cooperations/verger"  # there is no engine here
    async with house.program(await token_of(house)) as program:
        assert (await program.get(broken)).status_code == 500
        for path in ("/v1/livez", "/v1/me", "/v1/nothing", "/v1/openapi.json", broken):
            headers = (await program.get(path)).headers
            assert headers["content-security-policy"].startswith("default-src 'none'"), path
            assert headers["x-content-type-options"] == "nosniff"
            assert headers["referrer-policy"] == "no-referrer"
            assert headers["cache-control"] in {"no-store", "private, no-cache"}
            assert "strict-transport-security" not in headers


async def test_a_name_that_somebody_has_lead_here(tmp_path: Path) -> None:
    """A page that has its own name lead to this machine is told nothing (DNS rebinding)."""
    hosts = Protection(hosts={*LOOPBACK, "coop.example"})
    async with serving(tmp_path, protection=hosts) as house, house.program() as program:
        for host in ("evil.example", "evil.example:80", "localhost.evil.example", "", "[::2]"):
            answer = await program.get("/v1/problems", headers={"Host": host})
            assert answer.status_code == 421, host
        assert answer.json()["code"] == "unknown_host"
        assert answer.headers["x-content-type-options"] == "nosniff"
        for host in (
            "localhost",
            "LocalHost:99",
            "127.0.0.1:80",
            "[::1]",
            "[::1]:8",
            "coop.example",
        ):
            answer = await program.get("/v1/problems", headers={"Host": host})
            assert answer.status_code == 200, host
        probe = await program.get("/v1/livez", headers={"Host": "10.0.0.7:8000"})
        assert probe.status_code == 200


def limited(**more: str | None) -> Protection:
    return Protection(rates=Rates(RateOptions.model_validate(more)))


async def test_who_asks_too_often_waits(tmp_path: Path) -> None:
    """Each caller for themselves, and told how long; whether this process lives may be asked."""
    protection = limited(caller="3/minute")
    async with serving(tmp_path, protection=protection) as house:
        async with house.program(await token_of(house)) as program:
            answers = [await program.get("/v1/me") for _ in range(4)]
            assert [one.status_code for one in answers] == [200, 200, 200, 429]
            assert answers[0].headers["ratelimit-policy"] == '"caller";q=3;w=60'
            assert answers[0].headers["ratelimit"].startswith('"caller";r=2;t=')
            assert answers[3].headers["ratelimit"].startswith('"caller";r=0;t=')
            assert 1 <= int(answers[3].headers["retry-after"]) <= 60
            assert answers[3].json()["code"] == "rate_limited"
            assert (await program.get("/v1/livez")).status_code == 200
        async with house.program(await token_of(house)) as other:
            assert (await other.get("/v1/me")).status_code == 200


async def test_a_flood_does_not_fill_the_audit(tmp_path: Path) -> None:
    """Who asks too often is noted once in a window, however often that is."""
    async with serving(tmp_path, protection=limited(caller="2/minute")) as house:
        for _ in range(2):
            async with house.program(await token_of(house)) as program:
                found = [(await program.get("/v1/me")).status_code for _ in range(6)]
                assert found == [200, 200, 429, 429, 429, 429]
        rows = await noted(house, 2)
    assert [one["code"] for one in rows] == ["rate_limited"] * 2
    assert len({one["caller"] for one in rows}) == 2


async def test_a_calendar_waits_too_and_its_secret_is_not_kept(tmp_path: Path) -> None:
    """By the address that it asks from; the audit does not hold what opens the calendar."""
    hidden = "what-opens-a-calendar"
    async with serving(tmp_path, protection=limited(address="2/minute")) as house:
        async with house.browser() as calendar:
            path = f"/v1/calendars/{hidden}.ics"
            found = [(await calendar.get(path)).status_code for _ in range(3)]
        rows = await noted(house, 1)
    assert found == [404, 404, 429]
    assert [row["path"] for row in rows] == ["/v1/calendars/{secret}.ics"]


async def test_guessing_is_slow(tmp_path: Path) -> None:
    """An address that shows too much that is no good is no longer told so; what is good gets in.

    One robot whose token has expired keeps nobody out who shares its address.
    """
    async with serving(tmp_path, protection=limited(failures="3/minute")) as house:
        good = await token_of(house)
        async with house.program("nonsense") as guesser:
            found = [(await guesser.get("/v1/me")).status_code for _ in range(4)]
            assert found == [401, 401, 401, 429]
            guesser.headers["authorization"] = f"Bearer {good}"
            assert (await guesser.get("/v1/me")).status_code == 200


async def test_links_are_not_guessed_either(tmp_path: Path) -> None:
    """What is tried at the page of a link counts as well."""
    protection = limited(failures="2/minute")
    async with serving(tmp_path, protection=protection) as house, house.browser() as guesser:
        found = [
            (await guesser.post("/v1/sign-in/link", data={"secret": "x"})).status_code
            for _ in range(3)
        ]
    assert found == [403, 403, 429]


async def test_behind_a_proxy_each_client_counts_for_itself(tmp_path: Path) -> None:
    """If the proxy is trusted; else what it says is taken for an invention."""
    for trusted, expected in (((), [401, 429, 429]), (("127.0.0.0/8",), [401, 401, 429])):
        (tmp_path / str(len(trusted))).mkdir()
        protection = Protection(
            rates=Rates(RateOptions(address="1/minute")), trusted_proxies=networks(trusted)
        )
        async with (
            serving(tmp_path / str(len(trusted)), protection=protection) as house,
            house.program() as program,
        ):
            found = [
                (await program.get("/v1/me", headers={"X-Forwarded-For": address})).status_code
                for address in ("192.0.2.1", "192.0.2.2", "198.51.100.9, 192.0.2.1")
            ]
            assert found == expected


async def test_pages_of_other_sites_ask_if_they_may(tmp_path: Path) -> None:
    """By default none do; those that are listed show tokens, and no cookies go along."""
    asked = {
        "Origin": "https://app.example",
        "Access-Control-Request-Method": "POST",
        "Access-Control-Request-Headers": "authorization",
    }
    for origins, allowed in (((), None), (("https://app.example",), "https://app.example")):
        (tmp_path / str(len(origins))).mkdir()
        protection = Protection(cors_origins=origins)
        async with (
            serving(tmp_path / str(len(origins)), protection=protection) as house,
            house.program() as program,
        ):
            answer = await program.options("/v1/me", headers=asked)
            assert answer.headers.get("access-control-allow-origin") == allowed
            assert "access-control-allow-credentials" not in answer.headers
            other = await program.get("/v1/me", headers={"Origin": "https://evil.example"})
            assert "access-control-allow-origin" not in other.headers
