"""The mailer: takes from the queue what is due, writes it, sends it, and keeps what came of it."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable, Mapping
from contextlib import AbstractAsyncContextManager
from datetime import UTC, datetime, timedelta, tzinfo
from email.message import EmailMessage
from typing import Final

import structlog

from coopflow.application.engine import UnavailableError
from coopflow.directory.directory import Directory
from coopflow.directory.people import Person
from coopflow.outgoing.looking import Pauses, look_again
from coopflow.outgoing.mail.composing import Composer, manages
from coopflow.outgoing.mail.letter import Letter
from coopflow.outgoing.mail.message import Sender, set_as_mail, wire_address
from coopflow.outgoing.mail.places import Places
from coopflow.outgoing.mail.queue import (
    DIGEST,
    FILE_READY,
    INVITATION,
    KEPT_FOR,
    REMINDER,
    ClaimedMail,
    MailQueue,
)
from coopflow.outgoing.mail.recipients import KINDS
from coopflow.outgoing.mail.rhythm import rhythm_of
from coopflow.outgoing.mail.schedule import MailAnswer, MailReason
from coopflow.outgoing.mail.smtp import Post
from coopflow.outgoing.mail.tidings import ReadyFile
from coopflow.outgoing.mail.wishes import wish
from coopflow.readmodel.news import News

_PAUSES: Final = Pauses(timedelta(seconds=2), after_an_outage=timedelta(seconds=10))
_CLEAR_EVERY: Final = timedelta(hours=1)

Clock = Callable[[], datetime]
OpenPost = Callable[[], AbstractAsyncContextManager[Post]]

_log = structlog.get_logger("coopflow.mail")


def _now() -> datetime:
    return datetime.now(UTC)


class Mailer:
    """Sends what is due. Any number of them may work on one database."""

    def __init__(  # noqa: PLR0913 - what it joins
        self,
        queue: MailQueue,
        directory: Directory,
        composer: Composer,
        post: OpenPost,
        *,
        sender: Sender,
        places: Places,
        zone: tzinfo = UTC,
        clock: Clock = _now,
        chance: Callable[[], float] = random.random,
    ) -> None:
        """Join the parts.

        Args:
            queue: what is due.
            directory: who people are, and what they wish.
            composer: writes letters.
            post: opens what hands mails over.
            sender: who mails are from.
            places: where their links lead to.
            zone: where people live: digests come in the morning there.
            clock: says what time it is.
            chance: draws between 0 and 1, for how much later something is tried again.
        """
        self._queue = queue
        self._directory = directory
        self._composer = composer
        self._post = post
        self._sender = sender
        self._places = places
        self._zone = zone
        self._clock = clock
        self._chance = chance
        self._cleared_at: datetime | None = None

    async def run(self, stop: asyncio.Event, news: News | None = None) -> None:
        """Send what is due until told to stop; the mail that is under way is ended.

        Args:
            stop: tells it to stop.
            news: tells of what the projector of this process writes.
        """
        await look_again(lambda: self.once(stop), stop, about="mail", pauses=_PAUSES, news=news)

    async def once(self, stop: asyncio.Event | None = None) -> None:
        """Send all that is due now."""
        now = self._clock()
        await self._queue.relay(now)
        await self._queue.rounds(now, self._zone)
        if self._cleared_at is None or now - self._cleared_at >= _CLEAR_EVERY:
            self._cleared_at = now
            await self._queue.clear(now - KEPT_FOR)
        while claimed := await self._queue.claim(self._clock()):
            async with self._post() as post:
                for one in claimed:
                    if stop is not None and stop.is_set():
                        return
                    await self._send(one, post)

    async def _send(self, one: ClaimedMail, post: Post) -> None:
        now = self._clock()
        if now >= one.due_at:
            return  # the ones before took so long that somebody else may have it by now
        held = await self._queue.held(one) if one.kind == DIGEST else ()
        ids = [each.id for each in held]
        found = (await self._directory.people_by_id([one.person])).get(one.person)
        if found is None or found.email is None:
            await self._drop(one, "gone", ids)
            return
        if one.kind in KINDS and wish(found.notifications, one.kind) == "none":
            await self._drop(one, "unwished", ids)
            return
        try:
            letter = await self._written(one, held, found, now)
            mail = self._set(one, letter, found, now) if letter is not None else None
        except UnavailableError:
            raise
        except Exception as error:  # noqa: BLE001 - it must not end the others
            _log.error("a mail cannot be written", mail=one.id, kind=one.kind, exc_info=error)
            answer = MailAnswer(said=type(error).__name__)
        else:
            if mail is None:
                await self._drop(one, "settled", ids)
                return
            answer = await post.hand_over(mail, wire_address(found.email))
        outcome = await self._queue.settle(one, answer, self._clock(), self._chance(), ids)
        _log.info(
            "mail",
            mail=one.id,
            kind=one.kind,
            attempt=one.attempts,
            said=answer.said or None,
            outcome=outcome.status if outcome else None,
        )

    def _set(self, one: ClaimedMail, letter: Letter, person: Person, at: datetime) -> EmailMessage:
        return set_as_mail(
            letter,
            sender=self._sender,
            name=person.name,
            email=person.email or "",
            message=one.message,
            places=self._places,
            at=at,
        )

    async def _written(
        self, one: ClaimedMail, held: tuple[ClaimedMail, ...], person: Person, now: datetime
    ) -> Letter | None:
        if one.kind == INVITATION:
            return await self._composer.invitation(person, now)
        if one.kind == REMINDER:
            return await self._reminder(one, person, now)
        if one.kind == FILE_READY:
            ready = ReadyFile.of(one.occasion)
            return self._composer.file_ready(ready, person) if now < ready.until else None
        if one.kind == DIGEST:
            return await self._digest(one, held, person, now)
        if one.notice is None:
            return None
        return await self._composer.notice(one.notice, person, now)

    async def _digest(
        self, one: ClaimedMail, held: tuple[ClaimedMail, ...], person: Person, now: datetime
    ) -> Letter | None:
        wished = person.notifications
        notices = tuple(
            each.notice
            for each in held
            if each.notice is not None and wish(wished, each.kind) != "none"
        )
        if not notices and rhythm_of(wished) != one.rhythm:
            return None  # nor of what awaits them, in a digest that they do not wish
        roles: Mapping[str, tuple[str, ...]] = await self._directory.roles_of(person.id)
        return await self._composer.digest(one.rhythm, notices, person, manages(roles), now)

    async def _reminder(self, one: ClaimedMail, person: Person, now: datetime) -> Letter | None:
        by, tasks = await self._composer.reminded(one.occasion, person, now)
        if not tasks or wish(person.notifications, "remind_voters") == "none":
            return None
        known = (await self._directory.people_by_id([by])).get(by)
        return await self._composer.reminder(known.name if known else by, tasks, person, now)

    async def _drop(self, one: ClaimedMail, reason: MailReason, held: list[int]) -> None:
        await self._queue.drop(one, reason, self._clock(), held)
        _log.info("mail", mail=one.id, kind=one.kind, outcome="dropped", reason=reason)
