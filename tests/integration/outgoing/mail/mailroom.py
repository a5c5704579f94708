"""A mail server on loopback for tests, that says what it is told to say, and keeps what arrives."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from typing import Any, cast

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

USER, PASSWORD = "coop@example.org", "p@ss/word"


@dataclass
class Arrived:
    """A mail that arrived.

    Attributes:
        sender: whom the server is to tell what could not be delivered.
        to: where it goes.
        mail: what it is.
        in_tls: whether it came by TLS.
        user: who had signed in.
    """

    sender: str
    to: list[str]
    mail: EmailMessage
    in_tls: bool
    user: str | None

    @property
    def text(self) -> str:
        """The plain text."""
        return self._part("plain")

    @property
    def html(self) -> str:
        """The HTML."""
        return self._part("html")

    def _part(self, kind: str) -> str:
        part = self.mail.get_body((kind,))
        assert part is not None
        return str(part.get_content())


@dataclass
class Mailroom:
    """What the server does.

    Attributes:
        arrived: the mails, the first one first.
        replies: what is said next to a recipient or to a whole mail, each once; then all is taken.
        port: where it listens.
        connections: how often somebody connected.
        came: that a mail has arrived.
    """

    arrived: list[Arrived] = field(default_factory=list)
    recipients: dict[str, str] = field(default_factory=dict)
    replies: list[str] = field(default_factory=list)
    port: int = 0
    connections: int = 0
    came: asyncio.Event = field(default_factory=asyncio.Event)

    async def handle_RCPT(  # noqa: N802 - the library's name
        self,
        _server: SMTP,
        _session: Session,
        envelope: Envelope,
        address: str,
        _options: list[str],
    ) -> str:
        """Take a recipient, unless told otherwise."""
        if address in self.recipients:
            return self.recipients[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(  # noqa: N802 - the library's name
        self, _server: SMTP, session: Session, envelope: Envelope
    ) -> str:
        """Take a mail, unless told otherwise."""
        if self.replies and not (reply := self.replies.pop(0)).startswith("2"):
            return reply
        content = cast("bytes", envelope.content)
        mail = message_from_bytes(content, policy=default)
        data: Any = session.auth_data
        user = data.login.decode() if session.authenticated else None
        self.arrived.append(
            Arrived(
                envelope.mail_from or "", envelope.rcpt_tos, mail, session.ssl is not None, user
            )
        )
        self.came.set()
        return "250 OK"

    def to(self, address: str) -> list[Arrived]:
        """Return what arrived for an address."""
        return [one for one in self.arrived if one.to == [address]]


def _authenticate(
    _server: SMTP, _session: Session, _envelope: Envelope, _mechanism: str, data: Any
) -> AuthResult:
    is_right = isinstance(data, LoginPassword) and (
        data.login.decode() == USER and data.password.decode() == PASSWORD
    )
    return AuthResult(success=is_right, handled=is_right, auth_data=data)


@asynccontextmanager
async def mailroom(
    tls: ssl.SSLContext | None = None, *, implicit: bool = False, signed_in: bool = False
) -> AsyncIterator[Mailroom]:
    """Serve for the length of a block.

    Args:
        tls: the certificate; mails are then taken by STARTTLS alone.
        implicit: TLS from the start instead.
        signed_in: mails are taken of those who signed in alone.
    """
    room = Mailroom()

    def protocol() -> SMTP:
        room.connections += 1
        return SMTP(
            room,
            hostname="mail.example.org",
            enable_SMTPUTF8=True,
            tls_context=None if implicit else tls,
            require_starttls=tls is not None and not implicit,
            auth_required=signed_in,
            auth_require_tls=not implicit,
            authenticator=_authenticate if signed_in else None,
            loop=asyncio.get_running_loop(),
        )

    server = await asyncio.get_running_loop().create_server(
        protocol, "127.0.0.1", 0, ssl=tls if implicit else None
    )
    room.port = server.sockets[0].getsockname()[1]
    try:
        yield room
    finally:
        server.close()
        await server.wait_closed()
