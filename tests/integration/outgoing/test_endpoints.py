from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from coopflow.outgoing.deliveries import Deliveries
from coopflow.outgoing.endpoints import Endpoints
from coopflow.outgoing.errors import EndpointFault, UnknownDeliveryError, UnknownEndpointError
from coopflow.outgoing.schedule import WAITS
from coopflow.outgoing.tables import EndpointRow
from coopflow.sealing.errors import KeysError
from tests.integration.outgoing.conftest import Bench
from tests.integration.outgoing.receiver import Receiver, Reply

URL = "https://example.org/hook"


async def test_an_endpoint_is_kept_and_its_secret_is_encrypted(bench: Bench) -> None:
    """Whoever adds it gets the secret, once; the database holds it sealed, the views not at all."""
    endpoint, secret = await bench.add(URL, types=["fell_back", "ballot_cast"], description="Watch")
    assert secret.startswith("whsec_")
    assert (endpoint.url, endpoint.types) == (URL, ("ballot_cast", "fell_back"))
    assert (endpoint.status, endpoint.created_at) == ("active", bench.clock())
    assert await bench.endpoints.all("demo") == (endpoint,)
    assert await bench.endpoints.signing(endpoint.id, bench.clock()) == (secret,)
    async with bench.database.reading() as connection:
        row = (await connection.execute(select(EndpointRow))).one()
    assert secret not in str(row)
    assert secret.removeprefix("whsec_") not in str(row)
    assert "secret" not in endpoint.model_dump()


async def test_without_keys_there_is_no_endpoint(bench: Bench) -> None:
    """A secret is never kept in clear."""

    class NoSeals:
        def seal(self, programme: str, text: str, about: str) -> str:
            message = "no keys"
            raise KeysError(message)

        open = seal

    with pytest.raises(KeysError):
        await Endpoints(bench.database, NoSeals()).add("demo", URL, at=bench.clock())
    assert await bench.endpoints.all("demo") == ()


@pytest.mark.parametrize(
    ("url", "complaint"),
    [
        ("http://example.org/", "by https alone.*COOPFLOW_WEBHOOKS_ALLOW_PRIVATE"),
        ("https://127.0.0.1/", "not a public address"),
        ("https://[::1]/", "not a public address"),
        ("https://10.1.2.3:8443/x", "not a public address"),
        ("ftp://example.org/", "no URL of a web service"),
        ("example.org", "no URL of a web service"),
        ("https://", "no URL of a web service"),
        ("https://example.org:port/", "no URL"),
        ("https://user:pass@example.org/", "with a user, a password or a #"),
        ("https://example.org/#top", "with a user, a password or a #"),
        ("https://example.org/\r\nX: y", "no URL of a web service"),
        ("https://exämple.org/", "in ASCII"),
        ("https://example.org/" + "x" * 2000, "no URL of a web service"),
    ],
)
async def test_a_url_that_cannot_be_used_is_refused(url: str, complaint: str, bench: Bench) -> None:
    """It is said what to give instead; nothing is kept."""
    strict = Endpoints(bench.database, bench.endpoints._seals)
    with pytest.raises(EndpointFault, match=complaint) as fault:
        await strict.add("demo", url, at=bench.clock())
    assert fault.value.field == "url"
    assert await strict.all("demo") == ()


async def test_other_faults_are_named(bench: Bench) -> None:
    """A type that there is not, or a description that nobody would read."""
    for wish, field in (
        ({"types": ["ballot_cast", "ballot_lost"]}, "types"),
        ({"description": "x" * 501}, "description"),
        ({"description": "a\0b"}, "description"),
    ):
        with pytest.raises(EndpointFault) as fault:
            await bench.add(URL, **wish)
        assert fault.value.field == field


async def test_an_endpoint_is_changed_and_removed(bench: Bench, receiver: Receiver) -> None:
    """What waits goes to the new URL; with the endpoint its deliveries go."""
    endpoint, _ = await bench.add("http://127.0.0.1:9/")
    await bench.happen()
    await bench.dispatcher().once()
    assert await bench.attempts(endpoint) == [(None, "connection", "")]
    changed = await bench.endpoints.change("demo", endpoint.id, url=receiver.url, types=[])
    assert (changed.url, changed.types) == (receiver.url, ())
    assert await bench.endpoints.change("demo", endpoint.id) == changed
    bench.clock.move(WAITS[0])
    await bench.dispatcher().once()
    assert len(receiver.messages) == 1

    await bench.endpoints.remove("demo", endpoint.id)
    assert await bench.endpoints.all("demo") == ()
    await bench.happen()
    await bench.dispatcher().once()
    assert len(receiver.messages) == 1
    depths = await bench.deliveries.depths(bench.clock())
    assert (depths.pending, depths.oldest) == (0, None)


async def test_after_a_rotation_both_secrets_sign_for_a_while(
    bench: Bench, receiver: Receiver
) -> None:
    """Receivers change over when they like; then only the new one counts."""
    endpoint, old = await bench.add(receiver.url)
    new = await bench.endpoints.rotate("demo", endpoint.id, bench.clock(), timedelta(minutes=2))
    await bench.happen()
    await bench.dispatcher().once()
    (message,) = receiver.messages
    assert message.verified(old) == message.verified(new)
    assert len(message.headers["webhook-signature"].split(" ")) == 2

    bench.clock.move(timedelta(minutes=2))
    await bench.happen()
    await bench.dispatcher().once()
    assert receiver.messages[1].headers["webhook-signature"].count("v1,") == 1
    receiver.messages[1].verified(new)
    shown = await bench.endpoints.one("demo", endpoint.id)
    assert shown.previous_until == bench.clock()


async def test_a_ping_comes_through(bench: Bench, receiver: Receiver) -> None:
    """It says nothing, is signed like all others, and stands in the log."""
    endpoint, secret = await bench.add(receiver.url, types=["fell_back"])
    ping = await bench.deliveries.ping("demo", endpoint.id, bench.clock())
    await bench.dispatcher().once()
    event = receiver.messages[0].verified(secret)
    assert (event["type"], event["programme"]) == ("org.coopflow.ping.v1", "demo")
    assert {"data", "subject", "seq"}.isdisjoint(event)
    delivery, attempts = await bench.deliveries.one("demo", endpoint.id, ping.id)
    assert (delivery.status, delivery.type, len(attempts)) == ("sent", "ping", 1)


async def test_a_disabled_endpoint_is_told_nothing(bench: Bench, receiver: Receiver) -> None:
    """What happens meanwhile is dead, and nothing is sent by hand either."""
    endpoint, _ = await bench.add(receiver.url)
    receiver.replies = [Reply(500)]
    await bench.happen()
    dispatcher = bench.dispatcher()
    await dispatcher.once()
    shut = await bench.endpoints.disable("demo", endpoint.id, bench.clock())
    assert (shut.status, shut.disabled_reason) == ("disabled", "by_hand")
    assert await bench.endpoints.disable("demo", endpoint.id, bench.clock()) == shut
    await bench.happen()
    await dispatcher.once()
    deliveries = await bench.log(endpoint)
    assert [one.reason for one in deliveries] == ["disabled"] * 2
    now = bench.clock()
    asks: list[Any] = [
        bench.deliveries.ping("demo", endpoint.id, now),
        bench.deliveries.redeliver("demo", endpoint.id, deliveries[0].id, now),
        bench.deliveries.redeliver_dead("demo", endpoint.id, now, now),
    ]
    for ask in asks:
        with pytest.raises(EndpointFault, match="enable it first"):
            await ask
    depths = await bench.deliveries.depths(bench.clock(), "demo")
    assert (depths.pending, depths.dead, depths.disabled) == (0, 2, 1)
    assert (await bench.deliveries.depths(bench.clock(), "loire")).disabled == 0


async def test_one_programme_knows_nothing_of_the_webhooks_of_another(bench: Bench) -> None:
    """Whatever is asked of an endpoint by another programme: there is none."""
    endpoint, _ = await bench.add(URL)
    ping = await bench.deliveries.ping("demo", endpoint.id, bench.clock())
    now, kept, log = bench.clock(), bench.endpoints, bench.deliveries
    asks: list[Any] = [
        kept.one("loire", endpoint.id),
        kept.change("loire", endpoint.id, url=URL),
        kept.enable("loire", endpoint.id),
        kept.disable("loire", endpoint.id, now),
        kept.rotate("loire", endpoint.id, now),
        kept.remove("loire", endpoint.id),
        log.all("loire", endpoint.id),
        log.one("loire", endpoint.id, ping.id),
        log.redeliver("loire", endpoint.id, ping.id, now),
        log.redeliver_dead("loire", endpoint.id, now, now),
        log.ping("loire", endpoint.id, now),
    ]
    for ask in asks:
        with pytest.raises(UnknownEndpointError):
            await ask
    assert await kept.all("loire") == ()
    other, _ = await bench.add(URL)
    with pytest.raises(UnknownDeliveryError, match="no delivery"):
        await log.one("demo", other.id, ping.id)


async def test_the_log_is_read_page_by_page(bench: Bench, receiver: Receiver) -> None:
    """The latest come first; a page goes on before the last one of the page before."""
    endpoint, _ = await bench.add(receiver.url)
    await bench.happen(5)
    await bench.dispatcher().once()
    log: Deliveries = bench.deliveries
    first = await log.all("demo", endpoint.id, limit=3)
    rest = await log.all("demo", endpoint.id, before=first[-1].id)
    assert [one.seq for one in (*rest[::-1], *first[::-1])] == sorted(
        one.seq or 0 for one in (*first, *rest)
    )
    assert (len(first), len(rest)) == (3, 2)
    assert await log.all("demo", endpoint.id, status="dead") == ()
