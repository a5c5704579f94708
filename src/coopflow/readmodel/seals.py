"""What of a row is encrypted at rest: the sealed fields of events, and snapshots as a whole.

Which fields are sealed is marked in the domain. In a row the object ``{"sealed": TEXT}`` stands for
such a value and its salt; in clear it is a string: rows from before are read as they are.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any, Final, NamedTuple, Protocol

from sqlalchemy.ext.asyncio import AsyncConnection

from coopflow.application.engine import Address
from coopflow.domain.catalogue import EVENTS
from coopflow.domain.marks import Mark, holders, replaced
from coopflow.sealing.errors import KeysError

SEALED_KINDS: Final = tuple(kind for kind, event in EVENTS.items() if holders(event, Mark.SEALED))
"""The types of the events that have sealed fields."""

_SEALED: Final = "sealed"
_OPTION: Final = "coopflow_seals"


class Seals(Protocol):
    """Encrypts and decrypts texts with the keys of a programme."""

    def seal(self, programme: str, text: str, about: str) -> str:
        """Encrypt a text; ``about`` says what it is and where it stands.

        Raises:
            KeysError: there is no key for it.
        """

    def open(self, programme: str, sealed: str, about: str) -> str:
        """Decrypt what was sealed, about the same.

        Raises:
            KeysError: the key is missing.
            BrokenSealError: it was changed or moved.
        """


def options(seals: Seals | None) -> dict[str, Any]:
    """Return the options of connections that seal and open so."""
    return {_OPTION: seals}


def is_sealing(connection: AsyncConnection) -> bool:
    """Whether what is written through a connection is encrypted where it is sealed."""
    return _seals(connection) is not None


class Stored(NamedTuple):
    """What a row holds of an event: its fields, and the salts of its entry by JSON pointer."""

    data: dict[str, Any]
    salts: dict[str, str]


def sealed_event(
    connection: AsyncConnection, address: Address, seq: int, kind: str, plain: Stored
) -> Stored:
    """Return an event as it is stored.

    A salt is encrypted with its value: from the salt and the digest of the entry, which is in the
    next one, anybody could find by trying what was answered.

    Raises:
        KeysError: there is no key.
    """
    seals = _seals(connection)
    if seals is None:
        return plain
    salts = dict(plain.salts)

    def seal(pointer: str, value: Any) -> Any:
        text = json.dumps([value, salts.pop(_salted(pointer), None)])
        return {_SEALED: seals.seal(address.programme, text, _about_field(address, seq, pointer))}

    return Stored(_with_sealed(kind, plain.data, seal), salts)


def opened_event(
    connection: AsyncConnection, address: Address, seq: int, kind: str, stored: Stored
) -> Stored:
    """Return an event as it was, given as it is stored.

    Raises:
        KeysError: the key is missing with which a field is encrypted.
        BrokenSealError: one was changed, or belongs into another row.
    """
    salts = dict(stored.salts)

    def open_it(pointer: str, value: Any) -> Any:
        if not is_closed(value):
            return value
        about = _about_field(address, seq, pointer)
        text = _needed(connection, address).open(address.programme, value[_SEALED], about)
        plain, salt = json.loads(text)
        if salt is not None:
            salts[_salted(pointer)] = salt
        return plain

    return Stored(_with_sealed(kind, stored.data, open_it), salts)


def is_closed(value: Any) -> bool:
    """Whether a value stands for one that is encrypted."""
    is_one = isinstance(value, dict) and value.keys() == {_SEALED}
    return is_one and isinstance(value[_SEALED], str)


def sealed_state(connection: AsyncConnection, address: Address, seq: int, state: str) -> str:
    """Return a state, which is JSON, as it is stored.

    Raises:
        KeysError: there is no key.
    """
    seals = _seals(connection)
    if seals is None:
        return state
    return seals.seal(address.programme, state, _about_state(address, seq))


def opened_state(connection: AsyncConnection, address: Address, seq: int, stored: str) -> str:
    """Return a state as JSON, given as it is stored.

    Raises:
        KeysError: the key is missing with which it is encrypted.
        BrokenSealError: it was changed, or belongs into another row.
    """
    if stored.startswith("{"):
        return stored
    seals = _needed(connection, address)
    return seals.open(address.programme, stored, _about_state(address, seq))


def _seals(connection: AsyncConnection) -> Seals | None:
    assert connection.sync_connection is not None
    found: Seals | None = connection.sync_connection.get_execution_options().get(_OPTION)
    return found


def _needed(connection: AsyncConnection, address: Address) -> Seals:
    found = _seals(connection)
    if found is None:
        raise KeysError(
            f"What is sealed of {address} is encrypted in the database, which was opened without "
            "keys."
        )
    return found


def _with_sealed(
    kind: str, data: dict[str, Any], change: Callable[[str, Any], Any]
) -> dict[str, Any]:
    if kind not in SEALED_KINDS:
        return data
    return replaced(
        EVENTS[kind],
        data,
        lambda mark, pointer, value: change(pointer, value) if mark is Mark.SEALED else value,
    )


def _salted(pointer: str) -> str:
    return f"/event{pointer}"


def _about_field(address: Address, seq: int, pointer: str) -> str:
    return f"journal {address} {seq} {pointer}"


def _about_state(address: Address, seq: int) -> str:
    return f"snapshot {address} {seq}"
