"""Where journals name a person: to tell them, and to see that nothing is left after an erasure."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, Final

from sqlalchemy import ColumnElement, String, cast, exists, or_, select

from coopflow.application.engine import Address
from coopflow.application.erasing import Traces
from coopflow.domain.chain import record
from coopflow.domain.events import Entry
from coopflow.readmodel import journal
from coopflow.readmodel.database import Database
from coopflow.readmodel.seals import SEALED_KINDS
from coopflow.readmodel.tables import CooperationRow, JournalRow

# The database cannot look into these: they are read and searched here.
_SEALED: Final = JournalRow.type.in_(SEALED_KINDS)


class People:
    """Finds people in the journals of a database."""

    def __init__(self, database: Database) -> None:
        """Read from a database."""
        self._database = database

    async def named_in(self, person: str, programme: str | None = None) -> tuple[Address, ...]:
        """Return the cooperations whose journals hold the id, as a person or within a text.

        Raises:
            DatabaseUnavailableError: the database does not answer.
            KeysError: a text is sealed, and its key is missing.
        """
        every = select(CooperationRow.programme, CooperationRow.slug)
        if programme is not None:
            every = every.where(CooperationRow.programme == programme)
        in_clear = every.where(
            exists().where(
                JournalRow.cooperation_id == CooperationRow.cooperation_id, _holding(person)
            )
        )
        async with self._database.reading() as connection:
            found = {Address(*row) for row in await connection.execute(in_clear)}
            for row in (await connection.execute(every)).all():
                address = Address(*row)
                if address in found:
                    continue
                sealed = await journal.read_where(connection, address, _SEALED)
                if any(person in text for entry in sealed for _, text in _texts(entry)):
                    found.add(address)
        return tuple(sorted(found))

    async def traces(self, address: Address, person: str) -> Traces:
        """Return where the journal of a cooperation names a person.

        Raises:
            DatabaseUnavailableError: the database does not answer.
            KeysError: a text is sealed, and its key is missing.
        """
        async with self._database.reading() as connection:
            found = await journal.read_where(connection, address, or_(_holding(person), _SEALED))
        word = re.compile(rf"(?<![\w.:@-]){re.escape(person)}(?![\w:@-])")
        return Traces(
            entries=tuple(entry.seq for entry in found if person in entry.people),
            texts=tuple(
                (entry.seq, pointer)
                for entry in found
                for pointer, text in _texts(entry)
                if word.search(text) and text != person
            ),
        )


def _holding(person: str) -> ColumnElement[bool]:
    data = cast(JournalRow.data, String)
    return or_(JournalRow.actor == person, data.contains(person, autoescape=True))


def _texts(entry: Entry) -> Iterator[tuple[str, str]]:
    yield from _strings(record(entry)["event"], "")


def _strings(value: Any, path: str) -> Iterator[tuple[str, str]]:
    if isinstance(value, str):
        yield path, value
    elif isinstance(value, dict):
        for name, one in value.items():
            yield from _strings(one, f"{path}/{name}")
    elif isinstance(value, list):
        for index, one in enumerate(value):
            yield from _strings(one, f"{path}/{index}")
