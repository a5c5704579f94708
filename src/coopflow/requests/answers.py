"""Answers that are kept, so that a request that is sent again is not carried out again."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final, Literal

from sqlalchemy import ColumnElement, delete, select, update

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
        row = {
            "caller": caller,
            "key": key,
            "fingerprint": fingerprint,
            "claimed_until": now + CLAIMED,
            "expires_at": now + KEPT,
            "answer": None,
        }
        mine = _mine(caller, key)
        async with self._database.writing() as connection:
            await connection.execute(delete(KeptAnswerRow).where(KeptAnswerRow.expires_at <= now))
            insert = insert_or_ignore(KeptAnswerRow, connection.dialect.name).values(row)
            taken = await connection.execute(insert.returning(KeptAnswerRow.key))
            if taken.first() is not None:
                return "new"
            columns = (
                KeptAnswerRow.fingerprint,
                KeptAnswerRow.claimed_until,
                KeptAnswerRow.answer,
            )
            # Locked: of two who find that the claim has ended only one takes the request on.
            query = select(*columns).where(*mine).with_for_update()
            known = (await connection.execute(query)).one()
            if known.fingerprint != fingerprint:
                return "another"
            if known.claimed_until <= now:
                claim = {"claimed_until": now + CLAIMED, "answer": None}
                await connection.execute(update(KeptAnswerRow).where(*mine).values(claim))
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
        mine = (*_mine(caller, key), KeptAnswerRow.answer.is_(None))
        async with self._database.writing() as connection:
            stands = {"claimed_until": now + CLAIMED}
            await connection.execute(update(KeptAnswerRow).where(*mine).values(stands))

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
        stands = {"answer": sealed, "claimed_until": until or KeptAnswerRow.expires_at}
        async with self._database.writing() as connection:
            mine = _mine(caller, key)
            await connection.execute(update(KeptAnswerRow).where(*mine).values(stands))

    async def go_on(self, caller: str, key: str, until: datetime) -> None:
        """Let an answer that only says that something goes on stand for longer.

        Args:
            caller: the name of the one who asked.
            key: what tells the request from others of the same caller.
            until: as of ``finish``.
        """
        mine = (*_mine(caller, key), KeptAnswerRow.answer.is_not(None))
        async with self._database.writing() as connection:
            stands = {"claimed_until": until}
            await connection.execute(update(KeptAnswerRow).where(*mine).values(stands))

    async def release(self, caller: str, key: str) -> None:
        """Forget a request that changed nothing: sent again, it is carried out."""
        async with self._database.writing() as connection:
            unanswered = KeptAnswerRow.answer.is_(None)
            await connection.execute(delete(KeptAnswerRow).where(*_mine(caller, key), unanswered))


def _mine(caller: str, key: str) -> tuple[ColumnElement[bool], ...]:
    return KeptAnswerRow.caller == caller, KeptAnswerRow.key == key


def _about(caller: str, key: str) -> str:
    return f"answer {caller} {key}"
