"""Sign-ins under way: browsers that were sent to the identity provider and are to come back.

A browser keeps one secret for its attempt, in a cookie. What the provider is given (``state``,
``nonce``, the PKCE verifier) follows from it, so that an answer fits one browser alone, and nothing
has to be stored that is worth stealing.
"""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import delete, insert

from coopflow.access.credentials import derived, digest_of, is_same, new_secret
from coopflow.access.errors import SignInError
from coopflow.access.tables import SignInAttemptRow
from coopflow.domain.base import Shape
from coopflow.readmodel.database import Database

LASTS: Final = timedelta(minutes=10)
"""How long somebody may take to sign in with the provider."""

_LOCAL: Final = re.compile(r"/(?![/\\])[\x21-\x5b\x5d-\x7e]*")
_LONGEST_PATH: Final = 2000


class Proofs(Shape):
    """What an attempt shows to the provider, and has to get back.

    Attributes:
        state: comes back with the answer, which so belongs to this browser.
        nonce: comes back in the ID token, which so belongs to this attempt.
        verifier: shows that who redeems the code asked for it (PKCE).
    """

    state: str
    nonce: str
    verifier: str


def proofs(secret: str) -> Proofs:
    """Return what follows from the secret of an attempt."""
    return Proofs(
        state=derived(secret, "state"),
        nonce=derived(secret, "nonce"),
        verifier=derived(secret, "verifier"),
    )


def local_path(wanted: str | None) -> str:
    """Return where to go after a sign-in: what was wanted, if it lies on this site, else ``/``."""
    if wanted is None or len(wanted) > _LONGEST_PATH or not _LOCAL.fullmatch(wanted):
        return "/"
    return wanted


class SignInAttempts:
    """The attempts of all browsers. Every method may raise DatabaseUnavailableError."""

    def __init__(self, database: Database) -> None:
        """Keep them in a database."""
        self._database = database

    async def begin(self, return_to: str | None, now: datetime) -> str:
        """Begin an attempt, and return the secret that the browser keeps."""
        secret = new_secret()
        ended = delete(SignInAttemptRow).where(SignInAttemptRow.expires_at <= now)
        values = {
            "digest": digest_of(secret),
            "return_to": local_path(return_to),
            "expires_at": now + LASTS,
        }
        async with self._database.writing() as connection:
            await connection.execute(ended)
            await connection.execute(insert(SignInAttemptRow).values(**values))
        return secret

    async def end(self, secret: str, state: str, now: datetime) -> str:
        """End an attempt that the provider has answered, and return where to go then.

        Args:
            secret: what the browser kept.
            state: what came with the answer.
            now: the current time.

        Raises:
            SignInError: the answer is not for this browser, or comes too late, or again.
        """
        if not is_same(proofs(secret).state, state):
            raise SignInError("the answer of the provider is not for this browser")
        this = delete(SignInAttemptRow).where(SignInAttemptRow.digest == digest_of(secret))
        ended = this.returning(SignInAttemptRow.return_to, SignInAttemptRow.expires_at)
        async with self._database.writing() as connection:
            row = (await connection.execute(ended)).one_or_none()
        if row is None:
            raise SignInError("the sign-in was not begun here, or has ended before")
        if row.expires_at <= now:
            raise SignInError("the sign-in took too long")
        return str(row.return_to)
