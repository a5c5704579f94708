"""Texts that people have begun in forms and not sent yet: kept as they type, for them alone.

These are no drafts of documents, which are versions that all members see.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Final, Literal, NamedTuple

from sqlalchemy import ColumnElement, and_, delete, false, func, or_, select

from coopflow.application.engine import Address
from coopflow.domain.base import Instant, Shape
from coopflow.readmodel.database import Database
from coopflow.readmodel.seals import Seals
from coopflow.readmodel.statements import take_turn, upsert
from coopflow.requests.tables import UnsentTextRow

KEPT: Final = timedelta(days=90)
"""How long a text is kept that nobody touches."""

MAX_BYTES: Final = 512 * 1024
"""The largest text that is kept, in bytes of JSON."""

MAX_TEXTS: Final = 100
"""How many texts are kept of a person."""

Keeping = Literal["kept", "too_large", "too_many"]
"""What became of a text that was to be kept."""


class Place(NamedTuple):
    """Which form of which cooperation somebody is writing in.

    Attributes:
        person: who.
        address: the cooperation.
        form: which form, such as ``document:charter``.
    """

    person: str
    address: Address
    form: str


class UnsentText(Shape):
    """What somebody has typed into a form.

    Attributes:
        pairs: names and values as the form would post them.
        saved_at: when it was kept last.
    """

    pairs: tuple[tuple[str, str], ...]
    saved_at: Instant


class UnsentTexts:
    """The texts that are not sent yet, one for each person and form."""

    def __init__(self, database: Database, seals: Seals) -> None:
        """Keep them in a database.

        Args:
            database: where.
            seals: encrypts them, with the keys of the programme: nobody else has read them yet.
        """
        self._database = database
        self._seals = seals

    async def keep(self, place: Place, pairs: Sequence[tuple[str, str]], now: datetime) -> Keeping:
        """Keep what was typed instead of what was kept before, or say why not.

        Args:
            place: the form.
            pairs: names and values as it would post them.
            now: the current time.

        Raises:
            DatabaseUnavailableError: the database does not answer.
            KeysError: there is no key for the programme.
        """
        text = json.dumps(list(pairs), ensure_ascii=True)
        if len(text) > MAX_BYTES:
            return "too_large"
        sealed = self._seals.seal(place.address.programme, text, _about(place))
        row = {
            "person": place.person,
            "programme": place.address.programme,
            "cooperation": place.address.cooperation,
            "form": place.form,
            "saved_at": now,
            "content": sealed,
        }
        others = select(func.count()).where(UnsentTextRow.person == place.person, ~_at(place))
        async with self._database.writing() as connection:
            # Of several who add one at the same time none may pass the limit unseen.
            await take_turn(connection, f"unsent texts of {place.person}")
            await connection.execute(delete(UnsentTextRow).where(_is_old(now)))
            if (await connection.execute(others)).scalar_one() >= MAX_TEXTS:
                return "too_many"
            await connection.execute(upsert(UnsentTextRow, connection.dialect.name).values(row))
        return "kept"

    async def find(self, place: Place, now: datetime) -> UnsentText | None:
        """Return what somebody has typed into a form, if anything is kept.

        Raises:
            DatabaseUnavailableError: the database does not answer.
            KeysError: the key is missing with which it was encrypted.
        """
        query = select(UnsentTextRow.content, UnsentTextRow.saved_at)
        query = query.where(_at(place), ~_is_old(now))
        async with self._database.reading() as connection:
            row = (await connection.execute(query)).one_or_none()
        if row is None:
            return None
        text = self._seals.open(place.address.programme, row.content, _about(place))
        return UnsentText(
            pairs=tuple((name, value) for name, value in json.loads(text)), saved_at=row.saved_at
        )

    async def discard(self, place: Place) -> None:
        """Let go of a text that was sent, or that is not wanted any more."""
        async with self._database.writing() as connection:
            await connection.execute(delete(UnsentTextRow).where(_at(place)))

    async def forget(self, person: str, within: Collection[Address] | None) -> None:
        """Let nothing be left of what a person has typed.

        Args:
            person: who.
            within: in these cooperations; None for all.
        """
        mine = UnsentTextRow.person == person
        if within is not None:
            mine = and_(mine, or_(false(), *(_of(address) for address in within)))
        async with self._database.writing() as connection:
            await connection.execute(delete(UnsentTextRow).where(mine))


def _of(address: Address) -> ColumnElement[bool]:
    return and_(
        UnsentTextRow.programme == address.programme,
        UnsentTextRow.cooperation == address.cooperation,
    )


def _at(place: Place) -> ColumnElement[bool]:
    return and_(
        UnsentTextRow.person == place.person,
        _of(place.address),
        UnsentTextRow.form == place.form,
    )


def _is_old(now: datetime) -> ColumnElement[bool]:
    return UnsentTextRow.saved_at <= now - KEPT


def _about(place: Place) -> str:
    return f"unsent text {place.person} {place.address} {place.form}"
