"""The notice board of the read model: a line in the outbox and one in the log for each notice."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import structlog
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from coopflow.application.engine import Address
from coopflow.application.notices import Notice
from coopflow.readmodel.database import Database
from coopflow.readmodel.statements import insert_or_ignore, take_turn
from coopflow.readmodel.tables import OutboxRow

_KEY: Final = ("cooperation_id", "seq", "position")

_log = structlog.get_logger("coopflow.outbox")


async def keep(
    connection: AsyncConnection, programme: str, notices: Sequence[Notice]
) -> tuple[Notice, ...]:
    """Keep the notices that are not kept yet, in order, and return those."""
    if not notices:
        return ()
    rows = [
        {
            "cooperation_id": str(Address(programme, notice.cooperation)),
            "seq": notice.seq,
            "position": notice.index,
            "kind": notice.kind,
            "about": notice.about,
            "recipients": list(notice.to),
            "at": notice.at,
        }
        for notice in notices
    ]
    # Else a line might come to light after one of a higher number, behind the back of those who
    # have read so far.
    await take_turn(connection, "deliver")
    statement = insert_or_ignore(OutboxRow, connection.dialect.name, *_KEY)
    inserted = await connection.execute(
        statement.returning(OutboxRow.cooperation_id, OutboxRow.seq, OutboxRow.position), rows
    )
    kept = {tuple(row) for row in inserted}
    return tuple(
        notice
        for notice, row in zip(notices, rows, strict=True)
        if tuple(row[name] for name in _KEY) in kept
    )


def tell(programme: str, kept: Sequence[Notice]) -> None:
    """Write a line in the log for each notice that is kept from now on."""
    for notice in kept:
        _log.info(
            "notice",
            programme=programme,
            cooperation=notice.cooperation,
            seq=notice.seq,
            kind=notice.kind,
            about=notice.about,
            recipients=len(notice.to),
        )


class Outbox:
    """Keeps notices for whoever sends them; a :class:`NoticeBoard`."""

    def __init__(self, database: Database) -> None:
        """Write to a database."""
        self._database = database

    async def deliver(self, programme: str, notices: tuple[Notice, ...]) -> None:
        """Keep the notices that are not kept yet, in order, and log those.

        Args:
            programme: the programme of their cooperation.
            notices: what to deliver.

        Raises:
            DatabaseUnavailableError: the database does not answer.
        """
        async with self._database.writing() as connection:
            kept = await keep(connection, programme, notices)
        tell(programme, kept)

    async def depth(self) -> int:
        """Return how many notices are kept for whoever sends them.

        Raises:
            DatabaseUnavailableError: the database does not answer.
        """
        async with self._database.reading() as connection:
            counted = await connection.execute(select(func.count()).select_from(OutboxRow))
            return int(counted.scalar_one())
