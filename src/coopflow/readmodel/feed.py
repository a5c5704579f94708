"""The feed: what happens in all cooperations of an installation, as one ordered stream.

A line of its table says only that an entry came, and at which place; what the entry tells is read
from the journal each time. So nobody who was erased comes back by an old line, and the lines, which
are small, stay for as long as the journal: a cursor never gets too old.
"""

from __future__ import annotations

import asyncio
import base64
import binascii
import re
from collections.abc import AsyncGenerator, Collection, Iterable, Mapping
from typing import Any, Final, TypedDict

from sqlalchemy import Select, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from coopflow.application.engine import Address
from coopflow.domain.base import Instant, Shape
from coopflow.readmodel.database import Database
from coopflow.readmodel.disclosure import LINE_COLUMNS, lines
from coopflow.readmodel.news import News, wait
from coopflow.readmodel.statements import insert_or_ignore, take_turn
from coopflow.readmodel.tables import FeedRow, JournalRow
from coopflow.readmodel.views import JournalLine

BEGINNING: Final = ""
"""The cursor before everything."""

_PAGE: Final = 100
_LOOK_EVERY: Final = 2.0
_WRITTEN: Final = re.compile(r"1:(0|[1-9][0-9]{0,18})")


class FeedCursorError(ValueError):
    """A cursor from which nothing goes on; the message says what to do."""


class _Which(TypedDict):
    programme: str | None
    address: Address | None
    types: Collection[str] | None


class FeedItem(Shape):
    """One entry of a journal at its place in the feed.

    Attributes:
        cursor: its place; what follows it is asked for with this.
        programme: the programme of its cooperation.
        cooperation: the cooperation, by its id.
        seq: the number of the entry in its journal; with the address it tells it from all others.
        at: when it happened, which may lie years back in a past that was imported.
        type: the type of its event.
        imported: whether it is of a past that was imported, of which nobody is notified.
        line: the entry as everyone may see it.
    """

    cursor: str
    programme: str
    cooperation: str
    seq: int
    at: Instant
    type: str
    imported: bool
    line: JournalLine


class Feed:
    """Reads the feed of a database.

    Its places are seen in their order: once a line was read, none comes to light before it. The
    entries of one cooperation stand in the order of its journal, each once.
    """

    def __init__(self, database: Database, news: News | None = None) -> None:
        """Read from a database.

        Args:
            database: where from.
            news: tells of what the projector of this process writes, if there is one.
        """
        self._database = database
        self._news = news or News()

    async def after(
        self,
        cursor: str,
        *,
        programme: str | None = None,
        address: Address | None = None,
        types: Collection[str] | None = None,
        limit: int = _PAGE,
    ) -> tuple[FeedItem, ...]:
        """Return what follows a cursor, in order.

        Args:
            cursor: of an item, ``BEGINNING``, or what ``end`` returned.
            programme: only what happens in this programme.
            address: only what happens in this cooperation.
            types: only events of these types.
            limit: at most so many.

        Raises:
            FeedCursorError: it is no cursor, or of a feed that went further than this one: the
                database was restored from a backup since.
            DatabaseUnavailableError: the database does not answer.
        """
        position = place(cursor)
        query = _items_query().where(FeedRow.position > position).limit(limit)
        if programme is not None:
            query = query.where(FeedRow.programme == programme)
        if address is not None:
            query = query.where(FeedRow.cooperation_id == str(address))
        if types is not None:
            query = query.where(JournalRow.type.in_(types))
        async with self._database.reading() as connection:
            rows = [dict(row) for row in (await connection.execute(query)).mappings()]
            if not rows and position > await _end(connection):
                raise FeedCursorError(
                    "the cursor is ahead of this feed, so the database was restored from a backup "
                    "since: begin anew from its end, and read the journals for what was in between"
                )
            return await _items(connection, rows)

    async def at(self, *positions: int) -> tuple[FeedItem, ...]:
        """Return the items at some places, as they are now, in order.

        Raises:
            DatabaseUnavailableError: the database does not answer.
        """
        query = _items_query().where(FeedRow.position.in_(positions))
        async with self._database.reading() as connection:
            rows = [dict(row) for row in (await connection.execute(query)).mappings()]
            return await _items(connection, rows)

    async def end(self) -> str:
        """Return the cursor behind all that there is now.

        Raises:
            DatabaseUnavailableError: the database does not answer.
        """
        async with self._database.reading() as connection:
            return cursor_at(await _end(connection))

    async def follow(
        self,
        cursor: str,
        *,
        programme: str | None = None,
        address: Address | None = None,
        types: Collection[str] | None = None,
        look_every: float = _LOOK_EVERY,
    ) -> AsyncGenerator[FeedItem]:
        """Yield what follows a cursor, and go on waiting for more.

        Args:
            cursor: as for `after`, and so are the next three.
            programme: only what happens in this programme.
            address: only what happens in this cooperation.
            types: only events of these types.
            look_every: how many seconds to wait before looking again; what the projector of this
                process writes is seen at once.

        Raises:
            FeedCursorError: as for `after`.
            DatabaseUnavailableError: the database does not answer; the cursor of the last item goes
                on from there.
        """
        which: _Which = {"programme": programme, "address": address, "types": types}
        while True:
            for item in await self.coming(cursor, seconds=look_every, **which):
                yield item
                cursor = item.cursor

    async def coming(
        self,
        cursor: str,
        *,
        seconds: float,
        programme: str | None = None,
        address: Address | None = None,
        types: Collection[str] | None = None,
    ) -> tuple[FeedItem, ...]:
        """Return what follows a cursor; where nothing does, wait for it, at most so many seconds.

        The other arguments, and what is raised, are those of ``after``.
        """
        told = self._news.next()
        which: _Which = {"programme": programme, "address": address, "types": types}
        # A reader that goes away does so while it waits: a question to the database is answered, as
        # one that is broken off takes its connection with it.
        page = await asyncio.shield(self.after(cursor, **which))
        if page or not seconds:
            return page
        await wait(told, seconds)
        return await asyncio.shield(self.after(cursor, **which))


async def announce(
    connection: AsyncConnection,
    several: Mapping[Address, Iterable[int]],
    imported_to: int = 0,
) -> None:
    """Give entries their places in the feed, once; the last thing that a transaction does.

    From here to its end no other transaction announces anything: else an item might come to light
    behind the back of those who have read further.

    Args:
        connection: what wrote the entries.
        several: the numbers of the entries of each cooperation, in order.
        imported_to: entries up to this number are an imported past.
    """
    rows = [
        {
            "programme": address.programme,
            "cooperation_id": str(address),
            "seq": seq,
            "imported": seq <= imported_to,
        }
        for address, numbers in several.items()
        for seq in numbers
    ]
    if rows:
        await take_turn(connection, "announce")
        statement = insert_or_ignore(FeedRow, connection.dialect.name, "cooperation_id", "seq")
        await connection.execute(statement, rows)


async def last_announced(connection: AsyncConnection, address: Address) -> int:
    """Return the number of the last entry of a cooperation that has its place; 0 for none."""
    query = select(func.max(FeedRow.seq)).where(FeedRow.cooperation_id == str(address))
    return (await connection.execute(query)).scalar_one() or 0


def cursor_at(position: int) -> str:
    """Write a place in the feed as a cursor."""
    return base64.urlsafe_b64encode(f"1:{position}".encode()).decode().rstrip("=")


def place(cursor: str) -> int:
    """Return the place that a cursor stands for.

    Raises:
        FeedCursorError: it is none.
    """
    if cursor == BEGINNING:
        return 0
    try:
        text = base64.b64decode(cursor + "=" * (-len(cursor) % 4), b"-_", validate=True).decode()
    except (binascii.Error, ValueError):
        text = ""
    found = _WRITTEN.fullmatch(text)
    if found is None or int(found[1]) >= 2**63:
        raise FeedCursorError("this is no cursor of the feed: give one as it was received")
    return int(found[1])


async def _end(connection: AsyncConnection) -> int:
    return (await connection.execute(select(func.max(FeedRow.position)))).scalar_one() or 0


def _items_query() -> Select[Any]:
    of_the_same = (JournalRow.cooperation_id == FeedRow.cooperation_id) & (
        JournalRow.seq == FeedRow.seq
    )
    return (
        select(FeedRow.position, FeedRow.cooperation_id, FeedRow.imported, *LINE_COLUMNS)
        .join(JournalRow, of_the_same)
        .order_by(FeedRow.position)
    )


async def _items(connection: AsyncConnection, rows: list[dict[str, Any]]) -> tuple[FeedItem, ...]:
    told: dict[tuple[str, int], JournalLine] = {}
    for cooperation in {row["cooperation_id"] for row in rows}:
        mine = [row for row in rows if row["cooperation_id"] == cooperation]
        entries = [{column.key: row[column.key] for column in LINE_COLUMNS} for row in mine]
        for line in await lines(connection, _address(cooperation), entries):
            told[cooperation, line.seq] = line
    return tuple(_item(row, told[row["cooperation_id"], row["seq"]]) for row in rows)


def _item(row: dict[str, Any], line: JournalLine) -> FeedItem:
    return FeedItem(
        cursor=cursor_at(row["position"]),
        **_address(row["cooperation_id"])._asdict(),
        seq=line.seq,
        at=line.at,
        type=line.type,
        imported=row["imported"],
        line=line,
    )


def _address(cooperation: str) -> Address:
    return Address(*cooperation.split("/", 1))
