from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from datetime import timedelta
from http.server import BaseHTTPRequestHandler

import pytest
from sqlalchemy import delete, select, update

from coopflow.outgoing.queue import KEPT_FOR, LEASE
from coopflow.outgoing.schedule import WAITS, Answer
from coopflow.outgoing.sending import EXCERPT_BYTES
from coopflow.outgoing.tables import AttemptRow, DeliveryRow, EndpointRow
from coopflow.readmodel.news import News
from coopflow.readmodel.projector import Projector
from coopflow.readmodel.tables import JournalRow
from tests.integration.outgoing.conftest import PROGRAMME, Bench
from tests.integration.outgoing.receiver import Receiver, Reply, receiving
from tests.integration.readmodel.lives import Collective

PAUSED, RESUMED = "org.coopflow.cooperation_paused.v1", "org.coopflow.cooperation_resumed.v1"


async def test_what_happens_is_told_signed_as_an_event(bench: Bench, receiver: Receiver) -> None:
    """The receiver's library verifies it; the envelope says what, where and when."""
    endpoint, secret = await bench.add(receiver.url)
    seq = await bench.happen()
    await bench.dispatcher().once()

    (message,) = receiver.messages
    event = message.verified(secret)
    assert event["id"] == f"demo/verger/{seq}"
    assert (event["specversion"], event["type"]) == ("1.0", PAUSED)
    assert (event["source"], event["subject"]) == ("https://coop.example", "demo/verger")
    assert (event["programme"], event["cooperation"], event["seq"]) == ("demo", "verger", seq)
    assert event["data"]["data"] == {"reason": "l'hiver", "clocks": "freeze"}
    assert message.headers["content-type"] == "application/cloudevents+json; charset=utf-8"
    (delivery,) = await bench.log(endpoint)
    assert (delivery.status, delivery.attempts, delivery.seq) == ("sent", 1, seq)
    assert message.headers["webhook-id"] == delivery.message
    assert await bench.attempts(endpoint) == [(204, None, "")]
    assert (await bench.endpoints.one("demo", endpoint.id)).succeeded_at == bench.clock()


async def test_only_what_is_asked_for_is_told(bench: Bench, receiver: Receiver) -> None:
    """An endpoint has its programme, and may have types of events and one cooperation."""
    other = Collective("demo", "canal")
    foreign = Collective("loire", "verger")
    for one in (other, foreign):
        await Projector(bench.database).apply(*one.address, one.entries)
    wishes: dict[str, dict[str, object]] = {
        "all": {},
        "resumed": {"types": ["cooperation_resumed"]},
        "canal": {"cooperation": "canal"},
    }
    added = {name: (await bench.add(receiver.url, **wish))[0] for name, wish in wishes.items()}
    await bench.happen(2)
    for one in (other, foreign):
        one.do("pause_cooperation", "faiza", reason="l'hiver")
        await Projector(bench.database).apply(*one.address, one.entries)
    await bench.dispatcher().once()

    told = {
        name: [(one.cooperation_id, one.type) for one in await bench.log(endpoint)]
        for name, endpoint in added.items()
    }
    assert told == {
        "all": [
            ("demo/verger", "cooperation_paused"),
            ("demo/verger", "cooperation_resumed"),
            ("demo/canal", "cooperation_paused"),
        ],
        "resumed": [("demo/verger", "cooperation_resumed")],
        "canal": [("demo/canal", "cooperation_paused")],
    }


async def test_an_imported_past_is_told_to_nobody(bench: Bench, receiver: Receiver) -> None:
    """Somebody who takes a past in does not set off what it set off once."""
    endpoint, _ = await bench.add(receiver.url)
    past = Collective("demo", "long-ago")
    last = len(past.entries)
    past.do("pause_cooperation", "faiza", reason="l'hiver")
    await Projector(bench.database).apply(*past.address, past.entries, imported_to=last)
    await bench.dispatcher().once()
    assert [one.seq for one in await bench.log(endpoint)] == [last + 1]


async def test_events_of_a_cooperation_arrive_in_order(bench: Bench, receiver: Receiver) -> None:
    """As long as nothing fails, one follows the other."""
    _, secret = await bench.add(receiver.url)
    last = await bench.happen(20)
    await bench.dispatcher().once()
    told = [one.verified(secret)["seq"] for one in receiver.messages]
    assert told == list(range(last - 19, last + 1))


async def test_what_fails_is_tried_again_for_three_days_and_given_up(
    bench: Bench, receiver: Receiver
) -> None:
    """Each time it is the same message; the waits are those of Standard Webhooks."""
    receiver.usual = Reply(503, body=b"not now")
    endpoint, _ = await bench.add(receiver.url)
    await bench.happen()
    dispatcher = bench.dispatcher()
    await dispatcher.once()
    for number, wait in enumerate(WAITS, 1):
        (delivery,) = await bench.log(endpoint)
        assert (delivery.status, delivery.attempts) == ("pending", number)
        assert delivery.due_at == bench.clock() + wait
        bench.clock.move(wait - timedelta(seconds=1))
        await dispatcher.once()
        assert len(receiver.messages) == number
        bench.clock.move(timedelta(seconds=1))
        await dispatcher.once()

    (delivery,) = await bench.log(endpoint)
    assert (delivery.status, delivery.reason, delivery.attempts) == ("dead", "exhausted", 10)
    assert len({message.headers["webhook-id"] for message in receiver.messages}) == 1
    assert await bench.attempts(endpoint) == [(503, None, "not now")] * 10
    shut = await bench.endpoints.one("demo", endpoint.id)
    assert (shut.status, shut.disabled_reason) == ("disabled", "failing")


async def test_an_endpoint_to_which_something_gets_through_stays(
    bench: Bench, receiver: Receiver
) -> None:
    """One event that its receiver cannot take is given up; the others go on."""
    endpoint, _ = await bench.add(receiver.url)
    dispatcher = bench.dispatcher()
    await bench.happen(2)
    receiver.replies = [Reply(500), Reply(204)]
    await dispatcher.once()
    for wait in WAITS:
        bench.clock.move(wait)
        receiver.replies = [Reply(500)]
        await dispatcher.once()
    assert [one.reason for one in await bench.log(endpoint)] == ["exhausted", None]
    assert (await bench.endpoints.one("demo", endpoint.id)).status == "active"

    first, _ = await bench.log(endpoint)
    again = await bench.deliveries.redeliver("demo", endpoint.id, first.id, bench.clock())
    assert (again.status, again.attempts, again.reason) == ("pending", 0, None)
    await dispatcher.once()
    assert [one.status for one in await bench.log(endpoint)] == ["sent", "sent"]


async def test_a_receiver_that_asks_for_time_gets_it(bench: Bench, receiver: Receiver) -> None:
    """``Retry-After`` is honoured where it asks for a longer wait, up to a day."""
    endpoint, _ = await bench.add(receiver.url)
    await bench.happen()
    dispatcher = bench.dispatcher()
    for asked, wait in (("3600", timedelta(hours=1)), ("999999999", timedelta(days=1))):
        receiver.replies = [Reply(429, {"retry-after": asked})]
        await dispatcher.once()
        (delivery,) = await bench.log(endpoint)
        assert delivery.due_at == bench.clock() + wait
        bench.clock.move(wait)


async def test_an_endpoint_that_is_gone_is_left_alone(bench: Bench, receiver: Receiver) -> None:
    """With 410 it is disabled, and what waits and what comes is dead until somebody asks for it."""
    endpoint, secret = await bench.add(receiver.url)
    receiver.replies = [Reply(500), Reply(410)]
    dispatcher = bench.dispatcher()
    await bench.happen(2)
    await dispatcher.once()
    await bench.happen()
    await dispatcher.once()
    shut = await bench.endpoints.one("demo", endpoint.id)
    assert (shut.status, shut.disabled_reason) == ("disabled", "gone")
    assert [one.reason for one in await bench.log(endpoint)] == ["gone", "gone", "disabled"]
    assert len(receiver.messages) == 2

    await bench.endpoints.enable("demo", endpoint.id)
    since = bench.clock()
    assert await bench.deliveries.redeliver_dead("demo", endpoint.id, since, since) == 3
    await dispatcher.once()
    assert {one.status for one in await bench.log(endpoint)} == {"sent"}
    told = [one.verified(secret)["seq"] for one in receiver.messages[2:]]
    assert told == sorted(told)
    assert len(told) == 3


async def test_who_dies_between_sending_and_marking_sends_again(
    bench: Bench, receiver: Receiver
) -> None:
    """What was sent and not marked is claimed by another one once the claim runs out."""

    class PowerCutError(BaseException):
        pass

    async def dies(url: str, body: bytes, headers: Mapping[str, str]) -> Answer:
        await bench.send(url, body, headers)
        raise PowerCutError

    endpoint, _ = await bench.add(receiver.url)
    await bench.happen()
    with pytest.raises(PowerCutError):
        await bench.dispatcher(dies).once()
    survivor = bench.dispatcher()
    await survivor.once()
    assert len(receiver.messages) == 1
    bench.clock.move(LEASE)
    await survivor.once()
    first, second = receiver.messages
    assert first.headers["webhook-id"] == second.headers["webhook-id"]
    assert [(one.status, one.attempts) for one in await bench.log(endpoint)] == [("sent", 2)]


async def test_what_fails_leaves_nothing_behind_that_goes_on(
    bench: Bench, receiver: Receiver
) -> None:
    """While one cooperation's event fails, that of another is sent and noted to its end."""
    endpoint, _ = await bench.add(receiver.url)

    async def send(url: str, body: bytes, headers: Mapping[str, str]) -> Answer:
        if json.loads(body)["cooperation"] == "verger":
            raise RuntimeError
        await asyncio.sleep(0.05)
        return await bench.send(url, body, headers)

    canal = Collective("demo", "canal")
    await bench.happen()
    await Projector(bench.database).apply(*canal.address, canal.entries[:1])
    await bench.dispatcher(send).once()
    assert [one.status for one in await bench.log(endpoint)] == ["pending", "sent"]


async def test_several_dispatchers_share_the_work(bench: Bench, receiver: Receiver) -> None:
    """However many work on one database, each event is sent once."""
    endpoint, secret = await bench.add(receiver.url)
    dispatchers = [bench.dispatcher() for _ in range(4)]
    last = await bench.happen(60)
    await asyncio.gather(*(one.once() for one in dispatchers))
    told = sorted(one.verified(secret)["seq"] for one in receiver.messages)
    assert told == list(range(last - 59, last + 1))
    assert {one.status for one in await bench.log(endpoint)} == {"sent"}


async def test_what_two_have_sent_is_sent_whatever_the_second_hears(
    bench: Bench, receiver: Receiver
) -> None:
    """A claim that ran out while its receiver thought it over changes nothing any more."""
    endpoint, _ = await bench.add(receiver.url)
    await bench.happen()
    await bench.queue.relay(bench.clock())
    (slow,) = await bench.queue.claim(endpoint.id, bench.clock())
    bench.clock.move(LEASE)
    (fast,) = await bench.queue.claim(endpoint.id, bench.clock())
    now = bench.clock()
    failed, taken = Answer(status=500), Answer(status=200)
    assert await bench.queue.settle(slow, failed, now, now, 0) is None
    assert (await bench.log(endpoint))[0].status == "pending"
    assert await bench.queue.settle(slow, taken, now, now, 0) is not None
    assert await bench.queue.settle(fast, failed, now, now, 0) is None
    assert [(one.status, one.attempts) for one in await bench.log(endpoint)] == [("sent", 2)]


async def test_an_endpoint_removed_while_something_is_sent_to_it_leaves_nothing(
    bench: Bench, receiver: Receiver
) -> None:
    """What comes of the attempt is of no interest any more."""
    endpoint, _ = await bench.add(receiver.url)

    async def removes(url: str, body: bytes, headers: Mapping[str, str]) -> Answer:
        await bench.endpoints.remove(PROGRAMME, endpoint.id)
        return await bench.send(url, body, headers)

    await bench.happen()
    await bench.dispatcher(removes).once()
    assert len(receiver.messages) == 1
    async with bench.database.reading() as connection:
        for table in (AttemptRow, DeliveryRow, EndpointRow):
            assert (await connection.execute(select(table))).all() == []


async def test_a_dead_endpoint_delays_no_other(bench: Bench, receiver: Receiver) -> None:
    """One that takes connections and never answers has its own time."""
    dead, _ = await bench.add("http://127.0.0.1:9/")
    await bench.add(receiver.url)
    hangs_up = asyncio.Event()

    async def send(url: str, body: bytes, headers: Mapping[str, str]) -> Answer:
        if url == dead.url:
            await hangs_up.wait()
            return Answer(error="timeout")
        return await bench.send(url, body, headers)

    stop = asyncio.Event()
    running = asyncio.create_task(bench.dispatcher(send).run(stop))
    for number in (3, 6):
        await bench.happen(3)
        await receiver.until(number)
    assert await bench.attempts(dead) == []
    hangs_up.set()
    stop.set()
    await running
    assert (await bench.attempts(dead))[0] == (None, "timeout", "")


async def test_news_are_sent_at_once(bench: Bench, receiver: Receiver) -> None:
    """In the process of the projector nobody waits for the next look."""
    await bench.add(receiver.url)
    news, stop = News(), asyncio.Event()
    running = asyncio.create_task(bench.dispatcher().run(stop, news))
    for number in range(1, 4):
        await bench.happen(news=news)
        await receiver.until(number)
    stop.set()
    await running


@pytest.fixture
def hostile() -> dict[str, Reply]:
    """Return answers that nobody should give."""

    def endless(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        handler.end_headers()
        for _ in range(100_000):
            handler.wfile.write(b"x" * 65_536)

    def silent(handler: BaseHTTPRequestHandler) -> None:
        handler.rfile.read(1)  # until the sender hangs up

    def dripping(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        handler.send_header("content-length", "1000")
        handler.end_headers()
        handler.wfile.write(b"...")
        handler.rfile.read(1)

    def nonsense(handler: BaseHTTPRequestHandler) -> None:
        handler.wfile.write(b"SSH-2.0-OpenSSH_9.6\r\n" * 3)

    bomb = {"content-encoding": "gzip"}
    unseen = "été\n\x1b[31mred\u202e".encode()
    return {
        "endless": Reply(act=endless),
        "silent": Reply(act=silent),
        "dripping": Reply(act=dripping),
        "nonsense": Reply(act=nonsense),
        "latin-1": Reply(500, body=b"\xe9t\xe9\xff"),
        "control": Reply(500, body=unseen),
        "packed": Reply(500, bomb, body=b"\x1f\x8b not really packed"),
        "date": Reply(500, {"retry-after": "Fri, 31 Dec 9999 23:59:59 -9999"}),
    }


@pytest.mark.parametrize(
    ("kind", "seen"),
    [
        ("endless", (200, None, "x" * EXCERPT_BYTES)),
        ("silent", (None, "timeout", "")),
        ("dripping", (200, None, "...")),
        ("nonsense", (None, "protocol", "")),
        ("latin-1", (500, None, "�t��")),
        ("control", (500, None, "été �[31mred�")),
        ("packed", (500, None, "� not really packed")),
        ("date", (500, None, "")),
    ],
)
async def test_a_hostile_receiver_costs_little(
    kind: str, seen: tuple[object, ...], hostile: dict[str, Reply], bench: Bench, receiver: Receiver
) -> None:
    """What it answers is cut, made visible and bounded in time, and no more than an attempt."""
    endpoint, _ = await bench.add(receiver.url)
    receiver.replies = [hostile[kind]]
    await bench.happen()
    await bench.dispatcher().once()
    assert await bench.attempts(endpoint) == [seen]


async def test_no_redirect_is_followed(bench: Bench, receiver: Receiver) -> None:
    """A receiver cannot send what it gets, nor the sender, to somewhere else."""
    with receiving() as elsewhere:
        endpoint, _ = await bench.add(receiver.url)
        for status in (301, 302, 303, 307, 308):
            receiver.replies.append(Reply(status, {"location": elsewhere.url}))
        await bench.happen(5)
        await bench.dispatcher().once()
        assert len(receiver.messages) == 5
        assert elsewhere.messages == []
    assert {one.status for one in await bench.log(endpoint)} == {"pending"}


async def test_who_was_erased_is_in_nothing_that_is_sent_again(
    bench: Bench, receiver: Receiver
) -> None:
    """What is told is read when it is told: nothing of it was kept with the delivery."""
    _, secret = await bench.add(receiver.url)
    organisation = {"id": "org-9", "name": "Nine", "category": "association"}
    said = bench.verger.do(
        "admit_member", "faiza", organisation=organisation, representative="person-9"
    )
    await Projector(bench.database).apply(*bench.verger.address, bench.verger.entries)
    dispatcher = bench.dispatcher()
    receiver.replies = [Reply(500)] * len(said)
    await dispatcher.once()
    assert any(b"person-9" in message.body for message in receiver.messages)

    bench.verger.do("erase_person", "manager", person="person-9")
    await Projector(bench.database).apply(*bench.verger.address, bench.verger.entries)
    receiver.messages.clear()
    bench.clock.move(WAITS[0])
    await dispatcher.once()
    assert len(receiver.messages) > len(said)
    for message in receiver.messages:
        assert b"person-9" not in message.body
        assert message.verified(secret)["specversion"] == "1.0"


async def test_an_entry_that_is_no_longer_there_is_given_up(
    bench: Bench, receiver: Receiver
) -> None:
    """A journal that lost an entry holds no delivery up."""
    endpoint, _ = await bench.add(receiver.url)
    last = await bench.happen()
    await bench.queue.relay(bench.clock())
    async with bench.database.writing() as connection:
        await connection.execute(delete(JournalRow).where(JournalRow.seq == last))
    await bench.dispatcher().once()
    assert [(one.status, one.reason) for one in await bench.log(endpoint)] == [("dead", "lost")]
    assert receiver.messages == []


async def test_what_is_long_over_is_forgotten(bench: Bench, receiver: Receiver) -> None:
    """Deliveries and attempts stay a month; what waits stays until it is over."""
    endpoint, _ = await bench.add(receiver.url)
    await bench.happen()
    await bench.dispatcher().once()
    receiver.usual = Reply(500)
    await bench.happen()
    await bench.dispatcher().once()
    bench.clock.move(KEPT_FOR - timedelta(seconds=1))
    assert await bench.queue.clear(bench.clock() - KEPT_FOR) == 0
    bench.clock.move(timedelta(seconds=2))
    assert await bench.queue.clear(bench.clock() - KEPT_FOR) == 1
    assert [one.status for one in await bench.log(endpoint)] == ["pending"]
    assert await bench.attempts(endpoint) == [(500, None, "")]


async def test_a_webhook_whose_secret_was_tampered_with_stops_no_other(
    bench: Bench, receiver: Receiver
) -> None:
    """What cannot be signed stays where it is, and the others are served."""
    broken, _ = await bench.add(receiver.url)
    sound, _ = await bench.add(receiver.url)
    async with bench.database.writing() as connection:
        change = update(EndpointRow).where(EndpointRow.id == broken.id)
        await connection.execute(change.values({"secret": "x"}))
    await bench.happen()
    await bench.dispatcher().once()
    assert [one.status for one in await bench.log(broken)] == ["pending"]
    assert [one.status for one in await bench.log(sound)] == ["sent"]
    depths = await bench.deliveries.depths(bench.clock(), PROGRAMME)
    assert (depths.pending, depths.dead, depths.disabled) == (1, 0, 0)
