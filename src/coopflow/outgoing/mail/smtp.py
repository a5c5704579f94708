"""The mail server: where it is, how it is talked to, and what its answers mean."""

from __future__ import annotations

import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from email.message import EmailMessage
from ipaddress import ip_address
from typing import Final, Literal, Protocol
from urllib.parse import parse_qsl, unquote, urlsplit

import aiosmtplib

from coopflow.application.engine import UnavailableError
from coopflow.domain.base import Shape
from coopflow.outgoing.mail.message import POLICY
from coopflow.outgoing.mail.schedule import MailAnswer

TIMEOUT: Final = timedelta(seconds=20)
"""How long the server may take for one step."""

_FOR_GOOD: Final = 500

Security = Literal["tls", "starttls", "none"]
"""How what is sent is kept from others: TLS from the start, TLS after a greeting, not at all."""


class MailUrlError(ValueError):
    """The address of a mail server that cannot be used; says what to write, and no password."""


class MailServer(Shape):
    """Where mails are handed over.

    Attributes:
        host: its name.
        port: where it listens.
        security: how it is talked to.
        user: how one signs in there; None without.
        password: likewise.
    """

    host: str
    port: int
    security: Security
    user: str | None = None
    password: str | None = None

    @classmethod
    def read(cls, url: str) -> MailServer:
        """Read ``smtp://USER:PASSWORD@HOST:PORT`` or ``smtps://…``.

        ``smtp`` begins in clear and demands TLS before anything is said (STARTTLS, port 587);
        ``smtps`` is TLS from the start (port 465). In clear is talked to this machine alone, or
        with ``?tls=none`` by an explicit wish; ``?tls=starttls`` demands it here too.

        Raises:
            MailUrlError: it is none of these.
        """
        try:
            parts = urlsplit(url)
            host, port = parts.hostname, parts.port
            wishes = dict(parse_qsl(parts.query, strict_parsing=True)) if parts.query else {}
        except ValueError:
            raise MailUrlError(_ADVICE) from None
        wish = wishes.pop("tls", None)
        if parts.scheme not in {"smtp", "smtps"} or not host or wishes or parts.path.strip("/"):
            raise MailUrlError(_ADVICE)
        if wish not in {None, "starttls", "none"} or (wish and parts.scheme == "smtps"):
            raise MailUrlError("?tls= may be starttls or none, and only with smtp://")
        security: Security = "tls"
        if parts.scheme == "smtp":
            in_clear = wish == "none" or (wish is None and is_this_machine(host))
            security = "none" if in_clear else "starttls"
        return cls(
            host=host,
            port=port or {"tls": 465, "starttls": 587, "none": 25}[security],
            security=security,
            user=unquote(parts.username) if parts.username else None,
            password=unquote(parts.password) if parts.password else None,
        )


_ADVICE: Final = "write smtp://USER:PASSWORD@HOST:587 (STARTTLS) or smtps://USER:PASSWORD@HOST"


def is_this_machine(host: str) -> bool:
    """Whether a host is this machine itself, whatever names there are."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


class Post(Protocol):
    """Hands mails over, one after the other."""

    async def hand_over(self, mail: EmailMessage, to: str) -> MailAnswer:
        """Hand one over to be brought to an address; failures are answers too."""
        ...


class SmtpPost:
    """A connection to the server; a :class:`Post`. It is opened anew once it was lost."""

    def __init__(self, server: MailServer, sender: str, trusted: ssl.SSLContext | None) -> None:
        """Talk to a server.

        Args:
            server: which one.
            sender: whom it tells what could not be delivered (``MAIL FROM``).
            trusted: whose certificates are good; by default those that anybody trusts.
        """
        self._server = server
        self._sender = sender
        self._client = aiosmtplib.SMTP(
            hostname=server.host,
            port=server.port,
            username=server.user,
            password=server.password,
            use_tls=server.security == "tls",
            start_tls=server.security == "starttls",
            tls_context=trusted,
            timeout=TIMEOUT.total_seconds(),
        )

    async def connect(self) -> None:
        """Connect, and sign in.

        Raises:
            aiosmtplib.SMTPException: the server is away, or lets nobody in.
            OSError: likewise.
        """
        if not self._client.is_connected:
            await self._client.connect()

    async def hand_over(self, mail: EmailMessage, to: str) -> MailAnswer:
        """Hand a mail over."""
        try:
            await self.connect()
        except (aiosmtplib.SMTPException, OSError) as error:
            # Also a refused password: it may be set right, and the mails are worth waiting.
            return MailAnswer(said=_name(error))
        try:
            await self._send(mail, to)
        except (aiosmtplib.SMTPException, OSError) as error:
            return _meaning(error)
        return MailAnswer(taken=True)

    async def _send(self, mail: EmailMessage, to: str) -> None:
        """Send a mail as its own policy writes it: the library would fold links in headers."""
        in_utf8 = not to.isascii()
        if in_utf8 and not self._client.supports_extension("smtputf8"):
            raise aiosmtplib.SMTPNotSupported("the address is not in ASCII")
        content = mail.as_bytes(policy=POLICY.clone(utf8=in_utf8))
        options = ["SMTPUTF8", "BODY=8BITMIME"] if in_utf8 else []
        await self._client.sendmail(self._sender, [to], content, mail_options=options)

    async def close(self) -> None:
        """Say goodbye, if it is still there."""
        try:
            if self._client.is_connected:
                await self._client.quit()
        except (aiosmtplib.SMTPException, OSError):
            pass
        finally:
            self._client.close()


@asynccontextmanager
async def connected(
    server: MailServer, sender: str, trusted: ssl.SSLContext | None = None
) -> AsyncIterator[SmtpPost]:
    """Have a connection for the length of a block; it is made when it is first needed."""
    post = SmtpPost(server, sender, trusted)
    try:
        yield post
    finally:
        await post.close()


async def reach(server: MailServer, sender: str) -> None:
    """Connect to a server once, and sign in.

    Raises:
        UnavailableError: it does not answer, or lets nobody in.
    """
    async with connected(server, sender) as post:
        try:
            await post.connect()
        except (aiosmtplib.SMTPException, OSError) as error:
            raise UnavailableError(
                f"the mail server {server.host}:{server.port} cannot be used ({_name(error)}): see "
                "that it is there, and that COOPFLOW_SMTP_URL names port, user and password rightly"
            ) from error


def _meaning(error: Exception) -> MailAnswer:
    """Return what the failure of one mail means for it."""
    if isinstance(error, aiosmtplib.SMTPRecipientsRefused):
        return _meaning(error.recipients[0])
    if isinstance(error, aiosmtplib.SMTPSenderRefused):
        return MailAnswer(said=str(error.code))  # of all mails, until the settings change
    if isinstance(error, aiosmtplib.SMTPResponseException):
        return MailAnswer(for_good=error.code >= _FOR_GOOD, said=str(error.code))
    if isinstance(error, aiosmtplib.SMTPNotSupported):
        return MailAnswer(for_good=True, said="SMTPUTF8")
    return MailAnswer(said=_name(error))


def _name(error: Exception) -> str:
    code = getattr(error, "code", None)
    return type(error).__name__ if code is None else f"{type(error).__name__} {code}"
