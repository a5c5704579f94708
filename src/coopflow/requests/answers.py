"""Answers that are kept, so that a request that is sent again is not carried out again."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import cache
from typing import Final, Literal

from sqlalchemy import bindparam, delete, select, update
from sqlalchemy.sql.dml import ReturningInsert

from coopflow.domain.base import Shape
from coopflow.readmodel.database import Database
from coopflow.readmodel.seals import Seals
from coopflow.readmodel.statements import insert_or_ignore
from coopflow.requests.tables import KeptAnswerRow

KEPT: Final = timedelta(hours=24)
"""How long an answer is kept."""

CLAIMED: Final = timedelta(seconds=20)
"""How long after its last sign a request is left to the process that took it on."""


class KeptAnswer(Shape):
    """How a request was answered."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: str


Standing = Literal["new", "running", "another"]
"""Where a request stands that was not answered yet.

``new``: whoever asked carries it out now. ``running``: somebody else is at it. ``another``: its key
was sent with another request.
"""


class KeptAnswers:
    """The answers that are kept, by caller and key."""

    def __init__(self, database: Database, seals: Seals) -> None:
        """Keep them in a database.

        Args:
            database: where.
            seals: encrypts them: they may hold what is not for everyone.
        """
        self._database = database
        self._seals = seals

    async def begin(
        self, caller: str, key: str, fingerprint: str, now: datetime
    ) -> KeptAnswer | Standing:
        """Take a request on, or say where it stands, or how it was answered.

        Args:
            caller: the name of the one who asks.
            key: what tells the request from others of the same caller.
            fingerprint: what is asked.
            now: the current time.

        Raises:
            DatabaseUnavailableError: the database does not answer.
            KeysError: the key is missing with which the answer was encrypted.
        """
        claim = {"claimed_until": now + CLAIMED, "answer": None}
        row = {"caller": caller, "key": key, "fingerprint": fingerprint, "expires_at": now + KEPT}
        mine = _mine(caller, key)
        async with self._database.writing() as connection:
            await connection.execute(_FORGET_OLD, {"now": now})
            taken = await connection.execute(_take(connection.dialect.name), row | claim)
            if taken.first() is not None:
                return "new"
            known = (await connection.execute(_KNOWN, mine)).one()
            if known.fingerprint != fingerprint:
                return "another"
            if known.claimed_until <= now:
                await connection.execute(_CHANGE.values(claim), mine)
                return "new"
            if known.answer is None:
                return "running"
        text = self._seals.open("", known.answer, _about(caller, key))
        return KeptAnswer.model_validate_json(text)

    async def hold(self, caller: str, key: str, now: datetime) -> None:
        """Give a sign that a request is still under way; one that was answered stays as it is.

        Args:
            caller: the name of the one who asked.
            key: what tells the request from others of the same caller.
            now: the current time.

        Raises:
            DatabaseUnavailableError: the database does not answer.
        """
        unanswered = _CHANGE.where(KeptAnswerRow.answer.is_(None))
        async with self._database.writing() as connection:
            stands = {"claimed_until": now + CLAIMED}
            await connection.execute(unanswered.values(stands), _mine(caller, key))

    async def finish(
        self, caller: str, key: str, answer: KeptAnswer, until: datetime | None = None
    ) -> None:
        """Keep the answer to a request that was taken on.

        Args:
            caller: the name of the one who asked.
            key: what tells the request from others of the same caller.
            answer: how it was answered.
            until: from then on the request is carried out again, of an answer that only says that
                it goes on; by default it is not, for as long as answers are kept.
        """
        sealed = self._seals.seal("", answer.model_dump_json(), _about(caller, key))
        finish, stands = _FINISH, _mine(caller, key) | {"sealed": sealed}
        if until is not None:
            finish, stands = _FINISH_UNTIL, stands | {"until": until}
        async with self._database.writing() as connection:
            await connection.execute(finish, stands)

    async def go_on(self, caller: str, key: str, until: datetime) -> None:
        """Let an answer that only says that something goes on stand for longer.

        Args:
            caller: the name of the one who asked.
            key: what tells the request from others of the same caller.
            until: as of ``finish``.
        """
        answered = _CHANGE.where(KeptAnswerRow.answer.is_not(None))
        async with self._database.writing() as connection:
            stands = {"claimed_until": until}
            await connection.execute(answered.values(stands), _mine(caller, key))

    async def release(self, caller: str, key: str) -> None:
        """Forget a request that changed nothing: sent again, it is carried out."""
        async with self._database.writing() as connection:
            await connection.execute(_FORGET, _mine(caller, key))


# Made once: every command that comes over HTTP asks them, and making one takes as long as asking.
_MINE: Final = (
    KeptAnswerRow.caller == bindparam("of_caller"),
    KeptAnswerRow.key == bindparam("of_key"),
)
_FORGET_OLD: Final = delete(KeptAnswerRow).where(KeptAnswerRow.expires_at <= bindparam("now"))
# Locked: of two who find that the claim has ended only one takes the request on.
_KNOWN: Final = (
    select(KeptAnswerRow.fingerprint, KeptAnswerRow.claimed_until, KeptAnswerRow.answer)
    .where(*_MINE)
    .with_for_update()
)
_CHANGE: Final = update(KeptAnswerRow).where(*_MINE)
_FINISH: Final = _CHANGE.values(answer=bindparam("sealed"), claimed_until=KeptAnswerRow.expires_at)
_FINISH_UNTIL: Final = _CHANGE.values(answer=bindparam("sealed"), claimed_until=bindparam("until"))
_FORGET: Final = delete(KeptAnswerRow).where(*_MINE, KeptAnswerRow.answer.is_(None))


@cache
def _take(dialect: str) -> ReturningInsert[tuple[str]]:
    return insert_or_ignore(KeptAnswerRow, dialect).returning(KeptAnswerRow.key)


def _mine(caller: str, key: str) -> dict[str, object]:
    return {"of_caller": caller, "of_key": key}


def _about(caller: str, key: str) -> str:
    return f"answer {caller} {key}"
