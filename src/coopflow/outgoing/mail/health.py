"""How the sending of mail is: what waits, since when, what failed and why."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from sqlalchemy import func, select

from coopflow.outgoing.mail.tables import MailRow
from coopflow.readmodel.database import Database


class MailHealth(NamedTuple):
    """How the sending of mail is.

    Attributes:
        waiting: how many mails are to be sent.
        oldest: since when the one has waited that has waited longest; None where none waits.
        failed: how many were given up and are still kept.
        last_error: what the server said, or what went wrong on the way, of the mail that failed or
            was put off last; None where nothing did. It is never an address.
    """

    waiting: int
    oldest: datetime | None
    failed: int
    last_error: str | None


async def mail_health(database: Database) -> MailHealth:
    """Return how the sending of mail is.

    Raises:
        DatabaseUnavailableError: the database does not answer.
    """
    counted = select(MailRow.status, func.count(), func.min(MailRow.created_at)).where(
        MailRow.status.in_(["pending", "dead"])
    )
    error = (
        select(MailRow.said)
        .where(MailRow.said.is_not(None), MailRow.status.in_(["pending", "dead"]))
        .order_by(func.coalesce(MailRow.ended_at, MailRow.due_at).desc(), MailRow.id.desc())
        .limit(1)
    )
    async with database.reading() as connection:
        found = {row[0]: row for row in await connection.execute(counted.group_by(MailRow.status))}
        said = (await connection.execute(error)).scalar_one_or_none()
    pending, dead = found.get("pending"), found.get("dead")
    return MailHealth(
        waiting=pending[1] if pending else 0,
        oldest=pending[2] if pending else None,
        failed=dead[1] if dead else 0,
        last_error=said,
    )
