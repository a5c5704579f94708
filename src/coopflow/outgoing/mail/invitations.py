"""Inviting people in: a mail with a link that lets them in once."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from coopflow.directory.directory import Directory
from coopflow.outgoing.mail.queue import INVITATION, MailQueue

AGAIN_AFTER: Final = timedelta(minutes=10)
"""How soon somebody may be invited once more; before, one invitation stands for both."""


class MailOffError(Exception):
    """This installation sends no mail: its settings name no server."""


class NoAddressError(Exception):
    """A person who has no e-mail address."""


class Invitations:
    """Invites people. Who asks for it has to be somebody who may change their record."""

    def __init__(self, queue: MailQueue, directory: Directory, *, is_on: bool) -> None:
        """Use a queue.

        Args:
            queue: where mails wait to be sent.
            directory: who people are.
            is_on: whether this installation sends mail.
        """
        self._queue = queue
        self._directory = directory
        self.is_on = is_on

    async def invite(self, person: str, now: datetime, programme: str | None = None) -> bool:
        """Have a mail sent to a person with a link by which they sign in once, for three days.

        Args:
            person: whom.
            now: the current time.
            programme: only if they take part in it.

        Returns:
            Whether it is sent; False where one was just sent or waits to be.

        Raises:
            MailOffError: no mail is sent here; hand out a link instead (``coopflow sign-in``).
            UnknownRecordError: the directory does not know them, or not in that programme.
            NoAddressError: they have no e-mail address.
            DatabaseUnavailableError: the database does not answer.
        """
        if not self.is_on:
            raise MailOffError("no mail is sent here: COOPFLOW_SMTP_URL is not set")
        found = await self._directory.person(person, programme)
        if found.email is None:
            raise NoAddressError(f"{person} has no e-mail address")
        slot = int(now.timestamp() // AGAIN_AFTER.total_seconds())
        return await self._queue.add(person, INVITATION, f"{INVITATION}:{slot}", now)
