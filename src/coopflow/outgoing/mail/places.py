"""Where the links of mails lead to, and how their secrets are made."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Protocol
from urllib.parse import quote, urlencode, urlsplit

from coopflow.application.engine import Address

SIGN_IN_LASTS: Final = timedelta(days=3)
"""How long the link of an invitation works: longer than one that somebody is shown."""


class MakeDecisionSecret(Protocol):
    """Makes the secret of a link to one decision."""

    async def __call__(
        self, person: str, address: Address, decision: str, now: datetime, closes_at: datetime
    ) -> tuple[str, datetime]:
        """Make one, and say until when it works: until the decision closes, or for some days."""
        ...


@dataclass(frozen=True)
class Secrets:
    """Makes the secrets of links; of each there is only one, that of its mail.

    Attributes:
        decision: of a link to one decision.
        stop: of a link that stops a kind of mail to a person.
        sign_in: of a link that lets a person in, once, for a while.
    """

    decision: MakeDecisionSecret
    stop: Callable[[str, str, datetime], Awaitable[str]]
    sign_in: Callable[[str, datetime, timedelta], Awaitable[str]]


class Places:
    """The addresses of pages on this installation.

    Attributes:
        name: what it is called: its host.
        home: what awaits whoever comes.
    """

    def __init__(self, public_url: str) -> None:
        """Lead to an installation.

        Args:
            public_url: where it is reached.
        """
        base = public_url.rstrip("/")
        self.name = urlsplit(base).hostname or base
        self.home = f"{base}/"
        self._base = base

    def decision(self, secret: str) -> str:
        """Where one decision is answered."""
        return f"{self._base}/d/{secret}"

    def file(self, file: str) -> str:
        """Where somebody who has signed in finds a file that was made for them."""
        return f"{self._base}/files/{file}"

    def cooperation(self, address: Address, *below: str) -> str:
        """Where a cooperation is, or a thing below it; whoever comes there signs in."""
        path = "/".join(quote(one, safe="") for one in (*address, *below))
        return f"{self._base}/c/{path}"

    def stop(self, secret: str) -> str:
        """Where a kind of mail is stopped: POST does it, GET asks first."""
        return f"{self._base}/u/{secret}"

    def sign_in(self, secret: str) -> str:
        """Where a sign-in link is followed."""
        return f"{self._base}/v1/sign-in/link?{urlencode({'secret': secret})}"
