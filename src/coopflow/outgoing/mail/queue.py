"""The queue between notices and mails, for any number of mailers at once.

Nothing is taken out of it before the server has taken the mail: who claims one puts off when it is
due, and one that dies in the middle leaves it to be claimed again then. That is the only way in
which somebody may get a mail twice, and then it has the same Message-ID.
"""

from __future__ import annotations

import secrets
from collections.abc import Collection, Iterable
from datetime import datetime, timedelta, tzinfo
from operator import itemgetter
from typing import Any, Final

from sqlalchemy import and_, delete, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from coopflow.application.engine import Address
from coopflow.directory.directory import Directory
from coopflow.domain.base import Shape
from coopflow.domain.roles import PROGRAMME_MANAGER
from coopflow.outgoing.mail.recipients import newly_asked, people_of, reachable
from coopflow.outgoing.mail.rhythm import RHYTHMS, Rhythm, latest, rhythm_of
from coopflow.outgoing.mail.schedule import MailAnswer, MailOutcome, MailReason, outcome
from coopflow.outgoing.mail.tables import TURN, MailMarkRow, MailRow, ReminderRow
from coopflow.outgoing.mail.wishes import wish
from coopflow.readmodel.database import Database
from coopflow.readmodel.statements import insert_or_ignore, take_turn, upsert
from coopflow.readmodel.tables import OutboxRow

AT_ONCE: Final = 8
"""How many mails are claimed together."""

LEASE: Final = timedelta(minutes=5)
"""How long a claim holds: longer than so many mails take, one after the other."""

KEPT_FOR: Final = timedelta(days=30)
"""How long it is kept that a mail was sent or given up."""

TOO_LATE: Final = timedelta(days=3)
"""A notice that is older when it is found is news to nobody: mail was off meanwhile."""

DIGEST: Final = "digest"
INVITATION: Final = "invitation"
REMINDER: Final = "reminder"
FILE_READY: Final = "file_ready"
"""What is written beside notices."""

_PAGE: Final = 200
_SOME: Final = 500
_NOTICES: Final = "notices"


class ClaimedMail(Shape):
    """A mail that is to be sent now.

    Attributes:
        id: its number.
        message: the left part of its Message-ID.
        person: to whom.
        kind: that of a notice, ``digest``, or what people asked for, such as ``invitation``.
        rhythm: ``immediate``, or that of the digest.
        notice: the line of the outbox that it tells of.
        occasion: why it is sent, as whoever asked for it wrote.
        created_at: when it came to be.
        due_at: until when nobody else tries it.
        attempts: how often it was tried, this attempt included.
    """

    id: int
    message: str
    person: str
    kind: str
    rhythm: str
    notice: int | None
    occasion: str
    created_at: datetime
    due_at: datetime
    attempts: int


class MailQueue:
    """Turns notices into mails, and keeps what became of them.

    Everything here may raise DatabaseUnavailableError.
    """

    def __init__(self, database: Database, directory: Directory) -> None:
        """Use a database, and the directory that knows who people are and what they wish."""
        self._database = database
        self._directory = directory

    async def relay(self, at: datetime) -> None:
        """Make mails of the notices that came since, at once or for a digest, as people wish."""
        while await self._relay_page(at):
            pass

    async def rounds(self, at: datetime, zone: tzinfo) -> None:
        """Make digests where their hour has come: for whom something waits to be told.

        Args:
            at: the present instant.
            zone: where people live.
        """
        for rhythm in RHYTHMS:
            hour = latest(rhythm, at, zone)
            async with self._database.reading() as connection:
                before = await _mark(connection, rhythm)
            if before is not None and before.at >= hour:
                continue
            if before is not None:
                await self._round(rhythm, before.at, hour, at)
            async with self._database.writing() as connection:
                values = {"name": rhythm, "position": 0, "at": hour}
                await connection.execute(upsert(MailMarkRow, connection.dialect.name), values)

    async def add(self, person: str, kind: str, occasion: str, at: datetime) -> bool:
        """Write to one person because somebody asked for it; say whether it is new.

        Args:
            person: to whom.
            kind: what is written.
            occasion: why; the same is written once.
            at: the present instant.
        """
        row = _row(person, kind, occasion, "immediate", at)
        async with self._database.writing() as connection:
            return await _add(connection, [row]) > 0

    async def add_within(
        self,
        connection: AsyncConnection,
        people: Iterable[str],
        kind: str,
        occasion: str,
        at: datetime,
    ) -> None:
        """Write to some people as ``add`` does, within a transaction that keeps more than that."""
        await _add(connection, [_row(one, kind, occasion, "immediate", at) for one in people])

    async def claim(self, at: datetime, limit: int = AT_ONCE) -> tuple[ClaimedMail, ...]:
        """Take up what is due, digests last; for a while nobody else does."""
        chosen = (
            select(MailRow.id)
            .where(MailRow.status == "pending", MailRow.due_at <= at)
            .order_by(MailRow.kind == DIGEST, MailRow.due_at, MailRow.id)
            .limit(limit)
            .with_for_update(skip_locked=True)
        )
        columns = [getattr(MailRow, name) for name in ClaimedMail.model_fields]
        async with self._database.writing() as connection:
            ids = (await connection.execute(chosen)).scalars().all()
            if not ids:
                return ()
            await connection.execute(
                update(MailRow)
                .where(MailRow.id.in_(ids))
                .values(due_at=at + LEASE, attempts=MailRow.attempts + 1)
            )
            query = select(*columns).where(MailRow.id.in_(ids)).order_by(MailRow.id)
            rows = (await connection.execute(query)).mappings()
            return tuple(ClaimedMail.model_validate(dict(row)) for row in rows)

    async def held(self, claimed: ClaimedMail) -> tuple[ClaimedMail, ...]:
        """Return what a digest is to tell, the oldest first."""
        columns = [getattr(MailRow, name) for name in ClaimedMail.model_fields]
        query = select(*columns).where(_held_for(claimed)).order_by(MailRow.id)
        async with self._database.reading() as connection:
            rows = (await connection.execute(query)).mappings()
            return tuple(ClaimedMail.model_validate(dict(row)) for row in rows)

    async def settle(
        self,
        claimed: ClaimedMail,
        answer: MailAnswer,
        at: datetime,
        chance: float,
        told: Collection[int] = (),
    ) -> MailOutcome | None:
        """Keep what came of an attempt.

        Args:
            claimed: the mail.
            answer: what came of it.
            at: the present instant.
            chance: between 0 and 1, drawn anew for each attempt.
            told: what was held and is told by it.

        Returns:
            What becomes of it; None when somebody else has taken it up meanwhile, or it is gone.
        """
        found = outcome(claimed.attempts, answer, at, chance).but(said=answer.said or None)
        if found.status != "pending":
            return await self._end(claimed, found, at, told, even_late=answer.taken)
        values = {"due_at": found.due_at, "said": found.said}
        this = update(MailRow).where(*_still(claimed)).values(values)
        async with self._database.writing() as connection:
            return found if (await connection.execute(this)).rowcount else None

    async def drop(
        self, claimed: ClaimedMail, reason: MailReason, at: datetime, held: Collection[int] = ()
    ) -> None:
        """Send nothing after all, for good.

        Args:
            claimed: the mail.
            reason: why.
            at: the present instant.
            held: what was held for it, and goes with it.
        """
        await self._end(claimed, MailOutcome(status="dropped", reason=reason), at, held)

    async def forget(self, person: str, within: Collection[Address] | None) -> None:
        """Let nothing be left of a person here.

        Args:
            person: who.
            within: only what is about these cooperations; None for all.
        """
        mails = MailRow.person == person
        named = or_(ReminderRow.person == person, ReminderRow.sent_by == person)
        if within is not None:
            ids = [str(one) for one in within]
            notices = select(OutboxRow.id).where(OutboxRow.cooperation_id.in_(ids))
            mails = and_(mails, MailRow.notice.in_(notices))
            named = and_(named, ReminderRow.cooperation_id.in_(ids))
        async with self._database.writing() as connection:
            await connection.execute(delete(MailRow).where(mails))
            await connection.execute(delete(ReminderRow).where(named))

    async def clear(self, before: datetime) -> int:
        """Forget what was sent or given up before an instant, or is held since; say how many."""
        ended = (
            select(MailRow.id)
            .where(
                or_(
                    MailRow.ended_at < before,
                    and_(MailRow.status == "held", MailRow.created_at < before),
                )
            )
            .order_by(MailRow.id)
            .limit(_SOME)
        )
        cleared = 0
        while True:
            async with self._database.writing() as connection:
                ids = (await connection.execute(ended)).scalars().all()
                await connection.execute(delete(MailRow).where(MailRow.id.in_(ids)))
            cleared += len(ids)
            if len(ids) < _SOME:
                return cleared

    async def _relay_page(self, at: datetime) -> bool:
        """Relay some notices; return whether there may be more."""
        async with self._database.reading() as connection:
            mark = await _mark(connection, _NOTICES)
            position = mark.position if mark else 0
            lines = await _lines(connection, position)
            told = {
                line.id: await people_of(connection, line.cooperation_id, line.recipients)
                for line in lines
                if at - line.at <= TOO_LATE
            }
        if not lines:
            return False
        known = await reachable(self._directory, {one for some in told.values() for one in some})
        rows = []
        for line in lines:
            for person in told.get(line.id, ()):
                if person in known:
                    frequency = wish(known[person].notifications, line.kind)
                    row = _row(person, line.kind, f"notice:{line.id}", frequency, at, line.id)
                    rows += [row] if frequency != "none" else []
        async with self._database.writing() as connection:
            await take_turn(connection, TURN)
            mark = await _mark(connection, _NOTICES)
            if (mark.position if mark else 0) == position:  # else somebody was first
                await _add(connection, rows)
                reached = {"name": _NOTICES, "position": lines[-1].id, "at": at}
                await connection.execute(upsert(MailMarkRow, connection.dialect.name), reached)
        return True

    async def _round(self, rhythm: Rhythm, before: datetime, hour: datetime, at: datetime) -> None:
        """Make the digests of one hour; harmless when repeated."""
        async with self._database.reading() as connection:
            waiting = await _waited_for(connection, rhythm, hour)
            asked, managed = await newly_asked(connection, before, hour)
        for programme in managed:
            for one in await self._directory.participations(programme=programme):
                if PROGRAMME_MANAGER in one.roles:
                    asked.add(one.person)
        occasion = f"digest:{rhythm}:{hour:%Y-%m-%dT%H}"
        people = sorted(waiting | asked)
        for first in range(0, len(people), _SOME):
            known = await reachable(self._directory, people[first : first + _SOME])
            rows = [
                _row(name, DIGEST, occasion, rhythm, at)
                for name, one in known.items()
                if name in waiting or rhythm_of(one.notifications) == rhythm
            ]
            async with self._database.writing() as connection:
                await _add(connection, rows)

    async def _end(
        self,
        claimed: ClaimedMail,
        found: MailOutcome,
        at: datetime,
        held: Collection[int],
        *,
        even_late: bool = False,
    ) -> MailOutcome | None:
        """Let a mail have ended, and what was held for it; what was taken was, whoever sent it."""
        which = _late(claimed) if even_late else _still(claimed)
        ended: dict[str, Any] = {"status": found.status, "reason": found.reason, "ended_at": at}
        async with self._database.writing() as connection:
            change = update(MailRow).where(*which).values(ended | {"said": found.said})
            changed = await connection.execute(change)
            if held and changed.rowcount:
                reason = found.reason or "told"
                these = update(MailRow).where(MailRow.id.in_(held), MailRow.status == "held")
                await connection.execute(these.values(ended | {"reason": reason}))
        return found if changed.rowcount else None


async def _mark(connection: AsyncConnection, name: str) -> Any:
    query = select(MailMarkRow.__table__).where(MailMarkRow.name == name)
    return (await connection.execute(query)).one_or_none()


async def _lines(connection: AsyncConnection, position: int) -> list[Any]:
    """Return the notices that come next."""
    query = select(OutboxRow.__table__).where(OutboxRow.id > position)
    return list((await connection.execute(query.order_by(OutboxRow.id).limit(_PAGE))).all())


async def _waited_for(connection: AsyncConnection, rhythm: Rhythm, hour: datetime) -> set[str]:
    """Return whom something waits to be told, in the digest of an hour."""
    query = select(MailRow.person).where(
        MailRow.status == "held", MailRow.rhythm == rhythm, MailRow.created_at <= hour
    )
    return set((await connection.execute(query.distinct())).scalars())


def _held_for(digest: ClaimedMail) -> Any:
    return and_(
        MailRow.person == digest.person,
        MailRow.status == "held",
        MailRow.rhythm == digest.rhythm,
        MailRow.created_at <= digest.created_at,
    )


def _row(  # noqa: PLR0913, PLR0917 - what a row holds
    person: str, kind: str, occasion: str, rhythm: str, at: datetime, notice: int | None = None
) -> dict[str, Any]:
    at_once = rhythm == "immediate" or kind == DIGEST
    return {
        "message": secrets.token_hex(16),
        "person": person,
        "occasion": occasion,
        "kind": kind,
        "rhythm": rhythm,
        "notice": notice,
        "status": "pending" if at_once else "held",
        "reason": None,
        "attempts": 0,
        "created_at": at,
        "due_at": at,
        "ended_at": None,
    }


async def _add(connection: AsyncConnection, rows: Iterable[dict[str, Any]]) -> int:
    """Add mails, passing over those that there are for the same person and occasion."""
    # In one order, whoever adds them: of two who insert the same, one waits for the other.
    given = sorted(rows, key=itemgetter("person", "occasion"))
    if not given:
        return 0
    statement = insert_or_ignore(MailRow, connection.dialect.name, "person", "occasion")
    added = await connection.execute(statement.returning(MailRow.id), given)
    return len(added.all())


def _still(claimed: ClaimedMail) -> tuple[Any, ...]:
    return (*_late(claimed), MailRow.attempts == claimed.attempts)


def _late(claimed: ClaimedMail) -> tuple[Any, ...]:
    return (MailRow.id == claimed.id, MailRow.status == "pending")
