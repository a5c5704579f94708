"""Files that are made for people: kept for a week, encrypted, each for who asked for it alone."""

from __future__ import annotations

import base64
from collections.abc import AsyncIterator, Collection, Iterator
from datetime import datetime, timedelta
from typing import Annotated, Any, Final, Literal
from uuid import uuid4

from pydantic import Field
from sqlalchemy import ColumnElement, Select, and_, delete, insert, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from coopflow.application.access import Extent, Subject
from coopflow.application.callers import Caller, Language
from coopflow.application.engine import Address
from coopflow.domain.base import Instant, Shape
from coopflow.readmodel.database import Database
from coopflow.readmodel.seals import Seals
from coopflow.readmodel.statements import take_turn
from coopflow.requests.operations import LOST
from coopflow.requests.tables import MadeFileRow, MadePartRow, OperationRow

KEPT: Final = timedelta(days=7)
"""How long a file is kept."""

LARGEST: Final = 64 * 1024 * 1024
"""How large a file may be, in bytes."""

MOST: Final = 20
"""How many files are kept for one caller; the oldest makes room for another one."""

_PART: Final = 512 * 1024


class TooLargeError(Exception):
    """A file that is larger than what is kept."""


class TooManyFilesError(Exception):
    """So many files are being made for somebody already that no other one is begun."""


class Ordered(Shape):
    """What a file is to be made of.

    Attributes:
        programme: of which it tells.
        cooperation: of which it tells; None when it tells of the whole programme.
        kind: what it tells; of which gate or year it is, or to what a portfolio is narrowed, as a
            query says it, stands behind a colon.
        form: as what: how its name ends.
        language: in which language.
        extents: what whoever asks may read of what it is made of, and how much.
    """

    programme: str
    cooperation: str | None = None
    kind: str
    form: str
    language: Language
    extents: Annotated[dict[Subject, Extent], Field(examples=[{"decisions": "all"}])] = Field(
        default_factory=dict
    )


class MadeFile(Ordered):
    """A file as the one sees it who asked for it.

    Attributes:
        id: its id.
        status: ``running`` while it is made; ``ready``; ``failed``; ``interrupted`` when the
            process that made it has ended: ask for it again.
        operation: what makes it, and says how far it has come.
        created_at: when it was asked for.
        expires_at: from when on it is gone.
        name: what it is called, once it is ready.
        media_type: what it is, likewise.
        size: how many bytes it has, likewise.
    """

    id: str
    status: Literal["running", "ready", "failed", "interrupted"]
    operation: str | None
    created_at: Instant
    expires_at: Instant
    name: str | None = None
    media_type: str | None = None
    size: int | None = None


class Files:
    """The files of all callers; each sees their own alone.

    Everything here may raise DatabaseUnavailableError, and KeysError where contents are encrypted.
    """

    def __init__(self, database: Database, seals: Seals) -> None:
        """Keep them in a database.

        Args:
            database: where.
            seals: encrypts what is in them.
        """
        self._database = database
        self._seals = seals

    async def begin(
        self, caller: Caller, ordered: Ordered, now: datetime, at_once: int | None = None
    ) -> str:
        """Note that a file is made for a caller, and return its id; what has expired is deleted.

        Args:
            caller: for whom.
            ordered: what it is made of.
            now: the present instant.
            at_once: how many are made for them at the same time; None for any number.

        Raises:
            TooManyFilesError: as many are being made already.
        """
        file = uuid4().hex
        row = ordered.model_dump() | {
            "id": file,
            "owner": caller.name,
            "person": caller.person,
            "created_at": now,
            "expires_at": now + KEPT,
        }
        newest = (
            select(MadeFileRow.id)
            .where(MadeFileRow.owner == caller.name)
            .order_by(MadeFileRow.created_at.desc(), MadeFileRow.id)
            .limit(MOST - 1)
        )
        async with self._database.writing() as connection:
            # Of several who ask at the same time none may pass the limit unseen.
            await take_turn(connection, f"files of {caller.name}")
            going_on = await _running(connection, caller.name, now)
            if at_once is not None and going_on >= at_once:
                raise TooManyFilesError
            kept = (await connection.execute(newest)).scalars().all()
            surplus = and_(MadeFileRow.owner == caller.name, MadeFileRow.id.not_in(kept))
            await _delete(connection, or_(MadeFileRow.expires_at <= now, surplus))
            await connection.execute(insert(MadeFileRow).values(row))
        return file

    async def made_by(self, file: str, operation: str) -> None:
        """Note which operation makes a file."""
        query = update(MadeFileRow).where(MadeFileRow.id == file).values(operation=operation)
        async with self._database.writing() as connection:
            await connection.execute(query)

    async def keep(self, file: str, name: str, media_type: str, content: bytes) -> bool:
        """Keep what is in a file that was begun, and say so; False when the file is gone meanwhile.

        It is gone when somebody was erased who may be named in it, or its owner deleted it.

        Raises:
            TooLargeError: it is larger than what is kept.
        """
        if len(content) > LARGEST:
            raise TooLargeError(f"{name} has {len(content)} bytes, at most {LARGEST} are kept")
        told = {"name": name, "media_type": media_type, "size": len(content)}
        async with self._database.writing() as connection:
            found = await connection.execute(
                update(MadeFileRow).where(MadeFileRow.id == file).values(told)
            )
            if not found.rowcount:
                return False
            for number, part in enumerate(_parts(content)):
                text = base64.b64encode(part).decode()
                sealed = self._seals.seal("", text, _about(file, number))
                row = {"file": file, "number": number, "content": sealed}
                await connection.execute(insert(MadePartRow).values(row))
        return True

    async def of(self, caller: str, now: datetime) -> tuple[MadeFile, ...]:
        """Return the files of a caller, the latest first."""
        query = _files(now).where(MadeFileRow.owner == caller)
        query = query.order_by(MadeFileRow.created_at.desc(), MadeFileRow.id)
        async with self._database.reading() as connection:
            rows = (await connection.execute(query)).mappings().all()
        return tuple(_file(row, now) for row in rows)

    async def find(self, caller: str, file: str, now: datetime) -> MadeFile | None:
        """Return a file of a caller; None when they have no such one."""
        query = _files(now).where(MadeFileRow.owner == caller, MadeFileRow.id == file)
        async with self._database.reading() as connection:
            row = (await connection.execute(query)).mappings().one_or_none()
        return None if row is None else _file(row, now)

    async def content(self, file: str) -> AsyncIterator[bytes]:
        """Yield what is in a file that is ready, part by part.

        Raises:
            BrokenSealError: it was changed where it is kept.
        """
        number = 0
        while True:
            query = select(MadePartRow.content).where(
                MadePartRow.file == file, MadePartRow.number == number
            )
            async with self._database.reading() as connection:
                sealed = (await connection.execute(query)).scalar_one_or_none()
            if sealed is None:
                return
            yield base64.b64decode(self._seals.open("", sealed, _about(file, number)))
            number += 1

    async def delete(self, caller: str, file: str) -> bool:
        """Delete a file of a caller; False when they have no such one."""
        async with self._database.writing() as connection:
            return await _delete(
                connection, and_(MadeFileRow.owner == caller, MadeFileRow.id == file)
            )

    async def clear(self, now: datetime) -> None:
        """Delete what has expired."""
        async with self._database.writing() as connection:
            await _delete(connection, MadeFileRow.expires_at <= now)

    async def forget(self, person: str, addresses: Collection[Address]) -> None:
        """Let no file be left that may name somebody who was erased from cooperations.

        Args:
            person: who was erased: what was made for them goes too.
            addresses: the cooperations; what tells of their programmes as a whole goes with them.
        """
        about = [
            and_(
                MadeFileRow.programme == programme,
                or_(MadeFileRow.cooperation.is_(None), MadeFileRow.cooperation.in_(slugs)),
            )
            for programme, slugs in _by_programme(addresses).items()
        ]
        async with self._database.writing() as connection:
            await _delete(connection, or_(MadeFileRow.person == person, *about))


def _by_programme(addresses: Collection[Address]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for one in addresses:
        found.setdefault(one.programme, []).append(one.cooperation)
    return found


async def _delete(connection: AsyncConnection, where: ColumnElement[bool]) -> bool:
    """Delete files with what is in them, and say whether there were any."""
    ids = (await connection.execute(select(MadeFileRow.id).where(where))).scalars().all()
    await connection.execute(delete(MadePartRow).where(MadePartRow.file.in_(ids)))
    await connection.execute(delete(MadeFileRow).where(MadeFileRow.id.in_(ids)))
    return bool(ids)


async def _running(connection: AsyncConnection, caller: str, now: datetime) -> int:
    """Count the files that are being made for a caller."""
    query = _files(now).where(MadeFileRow.owner == caller, MadeFileRow.size.is_(None))
    rows = (await connection.execute(query)).mappings().all()
    return sum(_file(row, now).status == "running" for row in rows)


def _files(now: datetime) -> Select[Any]:
    columns = [getattr(MadeFileRow, name) for name in MadeFile.model_fields if name != "status"]
    under_way = [OperationRow.lost_at, OperationRow.ended_at]
    return (
        select(*columns, *under_way)
        .join(OperationRow, OperationRow.id == MadeFileRow.operation, isouter=True)
        .where(MadeFileRow.expires_at > now)
    )


def _file(row: Any, now: datetime) -> MadeFile:
    told = dict(row)
    lost_at, ended_at = told.pop("lost_at"), told.pop("ended_at")
    if told["size"] is not None:
        status = "ready"
    elif ended_at is not None:
        status = "failed"
    else:
        # As long as it is not noted what makes it, it has just begun.
        status = "running" if now < (lost_at or told["created_at"] + LOST) else "interrupted"
    return MadeFile.model_validate(told | {"status": status})


def _parts(content: bytes) -> Iterator[bytes]:
    for start in range(0, len(content), _PART):
        yield content[start : start + _PART]


def _about(file: str, number: int) -> str:
    return f"file {file} {number}"
