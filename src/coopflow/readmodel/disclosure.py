"""Entries of a journal as everyone may see them: what is sealed and how people voted stay back."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Any, Final

from sqlalchemy import bindparam, select
from sqlalchemy.ext.asyncio import AsyncConnection

from coopflow.application.engine import Address
from coopflow.domain.catalogue import EVENTS
from coopflow.readmodel.seals import Stored, is_closed, opened_event
from coopflow.readmodel.tables import DecisionRow, JournalRow
from coopflow.readmodel.views import JournalLine
from coopflow.sealing.errors import KeysError

LINE_COLUMNS: Final = tuple(
    getattr(JournalRow, name) for name in JournalLine.model_fields if name != "redacted"
)
"""The columns of the journal that a line is made of."""

_SECRET: Final = select(DecisionRow.id).where(
    DecisionRow.cooperation_id == bindparam("cooperation"), DecisionRow.secret.is_(True)
)


async def lines(
    connection: AsyncConnection, address: Address, rows: Iterable[dict[str, Any]]
) -> tuple[JournalLine, ...]:
    """Return entries of a cooperation as lines; without the keys less is shown.

    Args:
        connection: what they were read with, and at the same moment.
        address: the cooperation.
        rows: of the journal, with the columns of a line.
    """
    secret = frozenset((await connection.execute(_SECRET, {"cooperation": str(address)})).scalars())
    return tuple(line_of(connection, address, row, secret) for row in rows)


def line_of(
    connection: AsyncConnection, address: Address, row: dict[str, Any], secret: Collection[str]
) -> JournalLine:
    """Return an entry of a cooperation as a line, as one of ``lines``.

    Args:
        connection: what it was read with.
        address: the cooperation.
        row: of the journal, with the columns of a line.
        secret: the ids of the decisions with a secret ballot.
    """
    kind = row["type"]
    data = _opened(connection, address, row["seq"], kind, row["data"])
    hidden = {
        *EVENTS[kind].kept_back(data, secret),
        *(n for n, one in data.items() if is_closed(one)),
    }
    shown = {name: value for name, value in data.items() if name not in hidden}
    redacted = tuple(name for name in data if name in hidden)
    return JournalLine.model_validate(row | {"data": shown, "redacted": redacted})


def _opened(
    connection: AsyncConnection, address: Address, seq: int, kind: str, data: dict[str, Any]
) -> dict[str, Any]:
    """Return the fields of an event as they were, or as they are stored where a key is missing."""
    try:
        return opened_event(connection, address, seq, kind, Stored(data, {})).data
    except KeysError:
        return data
