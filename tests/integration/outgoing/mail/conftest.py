from __future__ import annotations

from collections.abc import AsyncIterator, Iterable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, tzinfo
from functools import partial
from typing import Any

import pytest
from sqlalchemy import select

from coopflow.access.access import Access, opened
from coopflow.access.people import DirectoryPeople
from coopflow.application.notices import notices_of
from coopflow.directory.directory import Directory
from coopflow.directory.people import PersonStated
from coopflow.directory.programmes import ProgrammeStated
from coopflow.outgoing.mail.composing import Composer
from coopflow.outgoing.mail.mailer import Mailer
from coopflow.outgoing.mail.message import Sender
from coopflow.outgoing.mail.occasions import Occasions
from coopflow.outgoing.mail.places import Places, Secrets
from coopflow.outgoing.mail.queue import MailQueue
from coopflow.outgoing.mail.smtp import MailServer, Post, connected
from coopflow.outgoing.mail.tables import MailRow
from coopflow.readmodel.database import Database
from coopflow.readmodel.outbox import Outbox
from coopflow.readmodel.projector import Projector
from coopflow.readmodel.queries import Queries
from tests.integration.outgoing.mail.mailroom import Mailroom, mailroom
from tests.integration.readmodel.lives import Collective

OPENED = datetime(2026, 1, 1, 9, tzinfo=UTC)
PLACE = "https://coop.example"


@dataclass
class Clock:
    """A clock that stands still until it is moved; it starts when the collective does."""

    at: datetime = OPENED

    def __call__(self) -> datetime:
        """Return the time."""
        return self.at

    def move(self, by: timedelta) -> None:
        """Let time pass."""
        self.at += by


@dataclass
class Office:
    """Mail on a database, with a cooperation whose people are in a directory.

    Attributes:
        verger: the cooperation.
        room: where mail arrives.
    """

    database: Database
    directory: Directory
    access: Access
    queue: MailQueue
    verger: Collective
    room: Mailroom
    clock: Clock = field(default_factory=Clock)
    seen: int = 0

    def mailer(
        self,
        zone: tzinfo = UTC,
        post: AbstractAsyncContextManager[Post] | None = None,
        **server: Any,
    ) -> Mailer:
        """Return a mailer of its own, that adds nothing to waits."""
        secrets = Secrets(
            decision=self.access.decision_links.create,
            stop=self.access.unsubscribe_links.create,
            sign_in=self.access.links.create,
        )
        places = Places(PLACE)
        occasions, queries = Occasions(self.database), Queries(self.database)
        sender = Sender("Coopérations <coop@example.org>")
        there = {"host": "127.0.0.1", "port": self.room.port, "security": "none"} | server
        return Mailer(
            self.queue,
            self.directory,
            Composer(occasions, queries, secrets, places, zone),
            (lambda: post)
            if post is not None
            else partial(connected, MailServer.model_validate(there), sender.address),
            sender=sender,
            places=places,
            zone=zone,
            clock=self.clock,
            chance=lambda: 0.0,
        )

    async def know(self, person: str, **stated: Any) -> None:
        """Let somebody be in the directory, with an address unless told otherwise."""
        told = {"name": person.title(), "email": f"{person}@example.org", "language": "en"}
        await self.directory.add_person(
            person, PersonStated.read(told | stated), self.clock(), programme="demo"
        )

    async def wish(self, person: str, **wishes: str) -> None:
        """Let somebody wish to be told otherwise."""
        found = await self.directory.person(person)
        told = found.notifications.model_dump() | wishes
        await self.directory.change_person(person, {"notifications": told}, self.clock())

    def do(self, command: str, actor: str, **payload: Any) -> None:
        """Give the collective a command, now."""
        self.verger.do(command, actor, self.clock().isoformat(), **payload)

    def ask(self, decision: str = "d", days: int = 7, **more: Any) -> None:
        """Open a decision."""
        told = {"subject": "other", "question": "Shall we plant pear trees?"}
        closes_at = (self.clock() + timedelta(days=days)).isoformat()
        self.do("open_decision", "faiza", decision=decision, closes_at=closes_at, **(told | more))

    async def announce(self) -> None:
        """Let the read model and the outbox know what happened since."""
        entries = self.verger.entries[self.seen :]
        self.seen = len(self.verger.entries)
        await Projector(self.database).apply(*self.verger.address, self.verger.entries)
        for entry in entries:
            notices = notices_of(self.verger.address.cooperation, entry)
            await Outbox(self.database).deliver("demo", notices)

    async def mails(self, *names: str) -> list[tuple[Any, ...]]:
        """Return what the queue holds, by columns."""
        columns: Iterable[Any] = [getattr(MailRow, name) for name in names]
        async with self.database.reading() as connection:
            query = select(*columns).order_by(MailRow.person, MailRow.id)
            return [tuple(row) for row in await connection.execute(query)]


@pytest.fixture
async def office(database: Database) -> AsyncIterator[Office]:
    directory = Directory(database)
    access = opened(database, DirectoryPeople(directory))
    verger = Collective("demo", "verger")
    async with mailroom() as room:
        found = Office(database, directory, access, MailQueue(database, directory), verger, room)
        await directory.add_programme("demo", ProgrammeStated(name="Demo"), OPENED)
        await found.know("person-1", language="fr", name="Zoé Martin")
        await found.know("person-2")
        await found.announce()
        yield found
