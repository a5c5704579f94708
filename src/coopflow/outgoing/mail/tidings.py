"""Telling somebody by mail that what they asked for is ready."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import NamedTuple

from coopflow.outgoing.mail.queue import FILE_READY, MailQueue


class ReadyFile(NamedTuple):
    """A file that is ready: its id, what it is called, and until when it is kept."""

    id: str
    name: str
    until: datetime

    @property
    def occasion(self) -> str:
        """What is kept of it for the mail."""
        return f"{self.id} {int(self.until.timestamp())} {self.name}"

    @classmethod
    def of(cls, occasion: str) -> ReadyFile:
        """Return what an occasion tells of."""
        file, until, name = occasion.split(" ", 2)
        return cls(file, name, datetime.fromtimestamp(int(until), UTC))


class Tidings:
    """Tells people that files are ready which took long to make."""

    def __init__(self, queue: MailQueue, *, is_on: bool) -> None:
        """Use a queue.

        Args:
            queue: where mails wait to be sent.
            is_on: whether this installation sends mail.
        """
        self._queue = queue
        self.is_on = is_on

    async def file_ready(self, person: str, file: ReadyFile, now: datetime) -> None:
        """Have a mail sent to who asked for a file, once; where no mail is sent, nothing.

        Raises:
            DatabaseUnavailableError: the database does not answer.
        """
        if self.is_on:
            await self._queue.add(person, FILE_READY, file.occasion, now)
