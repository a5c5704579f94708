from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest

from coopflow.outgoing.deliveries import Deliveries
from coopflow.outgoing.dispatcher import Dispatcher
from coopflow.outgoing.endpoints import Endpoints
from coopflow.outgoing.queue import Queue
from coopflow.outgoing.sending import Send, Sender
from coopflow.outgoing.views import Delivery, Endpoint
from coopflow.readmodel.database import Database
from coopflow.readmodel.feed import Feed
from coopflow.readmodel.news import News
from coopflow.readmodel.projector import Projector
from coopflow.sealing.keys import KeyRing, KeySet, KeySets
from coopflow.sealing.texts import TextSeals
from tests.integration.outgoing.receiver import Receiver, receiving
from tests.integration.readmodel.lives import Collective

PROGRAMME = "demo"


@dataclass
class Clock:
    """A clock that stands still until it is moved; it starts now, as receivers look at theirs."""

    at: datetime = field(default_factory=lambda: datetime.now(UTC))

    def __call__(self) -> datetime:
        """Return the time."""
        return self.at

    def move(self, by: timedelta) -> None:
        """Let time pass."""
        self.at += by


@dataclass
class Bench:
    """Webhooks on a database, with a cooperation that things happen to.

    Attributes:
        verger: the cooperation.
        send: what sends, unless a dispatcher is given another.
    """

    database: Database
    clock: Clock
    endpoints: Endpoints
    deliveries: Deliveries
    queue: Queue
    feed: Feed
    send: Send
    verger: Collective

    def dispatcher(self, send: Send | None = None) -> Dispatcher:
        """Return a dispatcher of its own, that adds nothing to waits."""
        return Dispatcher(
            self.queue,
            self.feed,
            self.endpoints,
            send or self.send,
            source="https://coop.example",
            clock=self.clock,
            chance=lambda: 0.0,
        )

    async def add(self, url: str, **wishes: object) -> tuple[Endpoint, str]:
        """Add a webhook of the programme."""
        at = self.clock()
        return await self.endpoints.add(PROGRAMME, url, at=at, **wishes)  # type: ignore[arg-type]

    async def happen(self, times: int = 1, news: News | None = None) -> int:
        """Let the facilitator pause and resume, and say the number of the last entry."""
        for _ in range(times):
            paused = self.verger.state.status == "paused"
            if paused:
                self.verger.do("resume_cooperation", "faiza")
            else:
                self.verger.do("pause_cooperation", "faiza", reason="l'hiver")
        projector = Projector(self.database, news=news)
        return await projector.apply(*self.verger.address, self.verger.entries)

    async def log(self, endpoint: Endpoint) -> tuple[Delivery, ...]:
        """Return the deliveries to an endpoint, the first one first."""
        found = await self.deliveries.all(PROGRAMME, endpoint.id)
        return found[::-1]

    async def attempts(self, endpoint: Endpoint, number: int = 0) -> list[tuple[object, ...]]:
        """Return the status, error and excerpt of each attempt at a delivery."""
        delivery = (await self.log(endpoint))[number]
        _, attempts = await self.deliveries.one(PROGRAMME, endpoint.id, delivery.id)
        return [(one.status, one.error, one.excerpt) for one in attempts]


@pytest.fixture
async def bench(database: Database) -> AsyncIterator[Bench]:
    keys = KeyRing(KeySets(default=KeySet.new()), "a test")
    sender = Sender(allow_private=True, timeout=timedelta(seconds=5))
    verger = Collective(PROGRAMME, "verger")
    await Projector(database).apply(*verger.address, verger.entries)
    yield Bench(
        database=database,
        clock=Clock(),
        endpoints=Endpoints(database, TextSeals(lambda: keys), allow_private=True),
        deliveries=Deliveries(database),
        queue=Queue(database),
        feed=Feed(database),
        send=sender,
        verger=verger,
    )
    await sender.close()


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as there:
        yield there
