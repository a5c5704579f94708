"""The chain of the journal: every entry carries the digest of the one before.

The digest of an entry is the SHA-256 of its canonical JSON, in which a digest of its own stands for
everything that may be taken out later: the ids of people, who may be erased, and what is sealed. So
an entry can lose these and keep its digest, and whoever has the journal can still prove the rest.

Such a digest is salted, and the salt goes with the value: what is gone cannot be found by trying.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import re
from collections.abc import Iterable, Sequence
from functools import cache
from typing import Any, Final, Literal, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from coopflow.domain.events import Entry
from coopflow.domain.marks import Mark, marked

GENESIS: Final = "0" * 64
"""What stands for the digest of an entry before the first."""

_SALT_BYTES: Final = 16
_WHOSE: Final = "/by"
_NO_DEFAULT: Final = object()
_INDEX: Final = re.compile(r"0|[1-9][0-9]{0,8}")

Record = dict[str, Any]
"""An entry as JSON: what is stored, exported and digested, without fields at their defaults."""


def linked(entries: Iterable[Entry], head: str, pepper: str) -> tuple[Entry, ...]:
    """Return entries with the digest of the one before, each.

    Args:
        entries: consecutive entries that nothing was taken out of.
        head: the digest of the last entry before them, ``GENESIS`` before the first.
        pepper: a secret of the cooperation, from which salts are made. It is never stored with
            the journal.
    """
    found: list[Entry] = []
    for entry in entries:
        link = entry.but(previous=head, salts=_salts(entry, pepper))
        found.append(link)
        head = digest_of(link)
    return tuple(found)


def record(entry: Entry) -> Record:
    """Return an entry as JSON. Fields that are added to events later do not change old records."""
    found: Record = _without_defaults(entry, entry.model_dump(mode="json"))
    return found


def digest_of(entry: Entry) -> str:
    """Return the digest of an entry, in hexadecimal."""
    return digest(record(entry))


def digest(kept: Record) -> str:
    """Return the digest of an entry as JSON, in hexadecimal.

    Raises:
        LookupError: a pointer points nowhere.
        ValueError: it holds a number that is none.
    """
    body = {name: value for name, value in kept.items() if name not in {"salts", "withheld"}}
    stand_ins = dict(kept.get("withheld", {}))
    for pointer, salt in kept.get("salts", {}).items():
        stand_ins[pointer] = _stand_in(salt, _at(body, _parts(pointer)))
    for pointer, one in stand_ins.items():
        body = _with(body, _parts(pointer), one)
    # Beside the entry, not in it: nothing in an entry can be taken for what says what is covered,
    # and a digest cannot be passed off as the value that it stands for.
    return hashlib.sha256(canonical({"covered": sorted(stand_ins), "entry": body})).hexdigest()


def stand_in_at(kept: Record, pointer: str) -> str | None:
    """Return the digest that stands for a value, there or taken out; None when none does.

    Raises:
        LookupError: nothing is there.
    """
    salt = kept.get("salts", {}).get(pointer)
    if salt is not None:
        return _stand_in(salt, _at(kept, _parts(pointer)))
    found: str | None = kept.get("withheld", {}).get(pointer)
    return found


def taken_out(kept: Record, pointer: str, instead: Any) -> Record:
    """Return an entry as JSON without one of its values; its digest stays the same.

    Args:
        kept: the entry.
        pointer: where the value is.
        instead: what is to be there; None for nothing.

    Raises:
        LookupError: nothing is there.
    """
    parts = _parts(pointer)
    left: Record = _with(kept, parts, instead)
    salts = dict(kept.get("salts", {}))
    salt = salts.pop(pointer, None)
    if salt is None:  # digests were not kept yet, or it was taken out before
        return left
    withheld = {**kept.get("withheld", {}), pointer: _stand_in(salt, _at(kept, parts))}
    left = left | {"salts": salts, "withheld": withheld}
    return {name: value for name, value in left.items() if value != {}}


def canonical(value: Any) -> bytes:
    """Return a JSON value as bytes, the same for the same value.

    Keys are sorted by code point, nothing stands between the parts, text is UTF-8 and escaped where
    JSON demands it only, numbers are written as Python does: the shortest that reads back the same.
    """
    return json.dumps(
        value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False
    ).encode()


def _without_defaults(value: Any, raw: Any) -> Any:
    """Return dumped shapes without fields at their defaults, but with what tells their kind."""
    if isinstance(value, BaseModel):
        return {
            name: _without_defaults(one, raw[name])
            for name, default in _defaults(type(value))
            if (one := getattr(value, name)) != default
        }
    if isinstance(value, tuple):
        return [_without_defaults(*pair) for pair in zip(value, raw, strict=True)]
    if isinstance(value, dict):
        pairs = zip(raw, value.values(), raw.values(), strict=True)
        return {key: _without_defaults(one, dumped) for key, one, dumped in pairs}
    return raw


@cache
def _defaults(shape: type[BaseModel]) -> tuple[tuple[str, Any], ...]:
    """Return the fields of a shape, each with its default: something else where it has none."""
    return tuple(
        (name, _NO_DEFAULT if _tells_kind(field) else field.get_default(call_default_factory=True))
        for name, field in shape.model_fields.items()
    )


def _tells_kind(field: FieldInfo) -> bool:
    return get_origin(field.annotation) is Literal and len(get_args(field.annotation)) == 1


def _stand_in(salt: str, value: Any) -> str:
    return hashlib.sha256(salt.encode() + b":" + canonical(value)).hexdigest()


def _salts(entry: Entry, pepper: str) -> dict[str, str]:
    """Return the salts of an entry. Those of one person are the same, those of texts never."""
    found: dict[str, str] = {}
    if entry.by is not None:
        found[_WHOSE] = _salt(pepper, "person", entry.by)
    for mark, pointer, value in marked(type(entry.event), record(entry)["event"]):
        about = value if mark is Mark.PERSON else f"{entry.seq}{pointer}"
        found[f"/event{pointer}"] = _salt(pepper, mark.value, about)
    return found


def _salt(pepper: str, kind: str, about: str) -> str:
    # Not by hmac.digest: that lets go of the interpreter each time, and waits for it among threads.
    made = hmac.new(pepper.encode(), f"{kind}:{about}".encode(), "sha256").digest()
    return made[:_SALT_BYTES].hex()


def _at(value: Any, parts: Sequence[str]) -> Any:
    for part in parts:
        value = value[_key(value, part)]
    return value


def _with(value: Any, parts: Sequence[str], new: Any) -> Any:
    """Return JSON with another value in one place; the old one stays as it is."""
    first, *rest = parts
    # Of an object also where nothing is any more.
    key = first if not rest and isinstance(value, dict) else _key(value, first)
    copy = value.copy()
    copy[key] = _with(value[key], rest, new) if rest else new
    return copy


def _key(value: Any, part: str) -> Any:
    if isinstance(value, dict) and part in value:
        return part
    if isinstance(value, list) and _INDEX.fullmatch(part) and int(part) < len(value):
        return int(part)
    message = f"nothing is called {part} there"
    raise LookupError(message)


def _parts(pointer: str) -> list[str]:
    if not pointer.startswith("/"):
        message = f"{pointer!r} is no JSON pointer to a part"
        raise LookupError(message)
    return [part.replace("~1", "/").replace("~0", "~") for part in pointer.split("/")[1:]]
