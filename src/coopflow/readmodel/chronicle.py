"""The journal as people look through it: from its end, filtered, or what is about one thing.

What secret ballots and sealed contents have in it stays back, as everywhere.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any, Final, Literal, NamedTuple

from sqlalchemy import ColumnElement, Select, and_, or_, select

from coopflow.application.engine import Address
from coopflow.domain.chain import digest_of
from coopflow.readmodel import journal
from coopflow.readmodel.asking import PAGE
from coopflow.readmodel.database import Database
from coopflow.readmodel.disclosure import LINE_COLUMNS, lines
from coopflow.readmodel.tables import JournalRow
from coopflow.readmodel.views import JournalLine

Thing = Literal["decision", "disagreement", "review", "meeting"]
"""What entries may be about, as their fields name it."""


class Narrowing(NamedTuple):
    """Which entries somebody looks for.

    Attributes:
        types: only events of these types; None for all.
        actor: only what this person caused; empty for what was due by itself; None for all.
        since: only from this instant on.
        until: only before this instant.
    """

    types: Collection[str] | None = None
    actor: str | None = None
    since: datetime | None = None
    until: datetime | None = None

    def conditions(self) -> list[ColumnElement[bool]]:
        """Return what it asks of rows of the journal."""
        found: list[ColumnElement[bool]] = []
        if self.types is not None:
            found.append(JournalRow.type.in_(sorted(self.types)))
        if self.actor is not None:
            found.append(
                JournalRow.actor == self.actor if self.actor else JournalRow.actor.is_(None)
            )
        if self.since is not None:
            found.append(JournalRow.at >= self.since)
        if self.until is not None:
            found.append(JournalRow.at < self.until)
        return found


ALL: Final = Narrowing()
"""Every entry."""


class Chronicle:
    """Looks through the journals of a database."""

    def __init__(self, database: Database) -> None:
        """Read from a database."""
        self._database = database

    async def latest(
        self,
        address: Address,
        narrowing: Narrowing = ALL,
        *,
        before: int | None = None,
        limit: int = PAGE,
    ) -> tuple[JournalLine, ...]:
        """List entries, the latest first.

        Args:
            address: of the cooperation.
            narrowing: which ones.
            before: only those before that of a number.
            limit: at most so many.

        Raises:
            DatabaseUnavailableError: the database does not answer.
        """
        query = _of(address).where(*narrowing.conditions())
        if before is not None:
            query = query.where(JournalRow.seq < before)
        return await self._lines(address, query.order_by(JournalRow.seq.desc()).limit(limit))

    async def entry(self, address: Address, seq: int) -> JournalLine | None:
        """Return the entry of a number, if there is one.

        Raises:
            DatabaseUnavailableError: the database does not answer.
        """
        return next(
            iter(await self._lines(address, _of(address).where(JournalRow.seq == seq))), None
        )

    async def digest(self, address: Address, seq: int) -> str | None:
        """Return the digest of the entry of a number; None where there is none, or none was kept.

        Raises:
            DatabaseUnavailableError: the database does not answer.
            KeysError: it is the last one, something of it is sealed, and the keys are missing.
        """
        following = select(JournalRow.previous).where(
            JournalRow.cooperation_id == str(address), JournalRow.seq == seq + 1
        )
        async with self._database.reading() as connection:
            found = (await connection.execute(following)).first()
            if found is not None:
                kept: str | None = found.previous
                return kept
            entries = await journal.read(connection, address, seq, seq)
            return digest_of(entries[0]) if entries and entries[0].previous else None

    async def about(
        self, address: Address, thing: Thing, name: str, types: Collection[str] | None = None
    ) -> tuple[JournalLine, ...]:
        """List all entries about one thing, oldest first.

        Args:
            address: of the cooperation.
            thing: what it is.
            name: its id.
            types: only events of these types. Of votes that are entrusted for more than a decision
                all count as about it.

        Raises:
            DatabaseUnavailableError: the database does not answer.
        """
        about = JournalRow.data[thing].as_string() == name
        if thing == "decision":
            entrusted = JournalRow.data["decision"].as_string().is_(None)
            about = or_(about, and_(JournalRow.type == "ballot_delegated", entrusted))
        query = _of(address).where(about)
        if types is not None:
            query = query.where(JournalRow.type.in_(sorted(types)))
        return await self._lines(address, query.order_by(JournalRow.seq))

    async def actors(self, address: Address) -> tuple[str, ...]:
        """List who caused entries, by id.

        Raises:
            DatabaseUnavailableError: the database does not answer.
        """
        query = (
            select(JournalRow.actor)
            .where(JournalRow.cooperation_id == str(address), JournalRow.actor.is_not(None))
            .distinct()
            .order_by(JournalRow.actor)
        )
        async with self._database.reading() as connection:
            return tuple(one for one in (await connection.execute(query)).scalars() if one)

    async def _lines(self, address: Address, query: Select[Any]) -> tuple[JournalLine, ...]:
        async with self._database.reading() as connection:
            rows = (await connection.execute(query)).mappings()
            return await lines(connection, address, map(dict, rows))


def _of(address: Address) -> Select[Any]:
    return select(*LINE_COLUMNS).where(JournalRow.cooperation_id == str(address))
