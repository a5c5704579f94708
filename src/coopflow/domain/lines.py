"""Entries of a journal as lines for others: what such a line may be, and what it keeps back."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from datetime import datetime
from typing import Annotated, Any, Final, Literal

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    StringConstraints,
    ValidationError,
)

from coopflow.domain.base import Shape
from coopflow.domain.catalogue import EVENTS
from coopflow.domain.chain import Record, record, taken_out
from coopflow.domain.events import Entry
from coopflow.domain.marks import Mark, fields_marked, marked

_SHOWN: Final = 100
_MOST: Final = 1000

Code = Literal[
    # of a line of a file
    "too_long",
    "too_deep",
    "not_json",
    "not_canonical",
    "no_header",
    "unknown_format",
    "header_changed",
    "closing_changed",
    "other_cooperation",
    "count_differs",
    "cut_short",
    "goes_on",
    "sum_differs",
    "unsigned",
    "signature_wrong",
    "other_key",
    # of an entry, or of a member of it or of the header
    "unknown_member",
    "missing_member",
    "wrong_member",
    "unknown_event",
    "out_of_order",
    "goes_back",
    "no_opening",
    "no_beginning",
    "unlinked",
    "changed",
    "head_differs",
    "not_to_be_withheld",
    "no_tombstone",
    "unfounded_tombstone",
    "withheld_yet_there",
]


class Fault(Shape):
    """One thing that is not as it must be. It quotes nothing of what people wrote.

    Attributes:
        code: what is wrong; a name that stays.
        line: the line of the file, from 1.
        entry: the number of the entry that is at fault, or of the first of several.
        last: the number of the last of several entries, of which some are at fault.
        field: the member that is at fault, as a JSON pointer into the line.
        expected: what should have been there, where that says something.
        found: what was there.
    """

    code: Code
    line: int | None = None
    entry: int | None = None
    last: int | None = None
    field: str | None = None
    expected: str | int | None = None
    found: str | int | None = None


def exported(entry: Entry, secret: Collection[str]) -> Record:
    """Return an entry as JSON for others to read: without what is kept back, with its digest.

    Args:
        entry: the entry.
        secret: the ids of the decisions with a secret ballot, so far.
    """
    kept = record(entry)
    for name in kept_back(kept["event"], secret):
        kept = taken_out(kept, f"/event/{name}", None)
    event = {name: value for name, value in kept["event"].items() if value is not None}
    return kept | {"event": event}


def secret_decision(event: Mapping[str, Any]) -> str | None:
    """Return the id of the decision that an event opens with a secret ballot, if it does."""
    if event["type"] == "decision_opened" and event.get("secret") is True:
        return str(event.get("decision"))
    return None


# --- the shape of an entry ------------------------------------------------------------------------


def _there_is(at: str) -> str:
    datetime.fromisoformat(at)
    return at


Digest = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
"""A SHA-256, in hexadecimal."""

Moment = Annotated[
    str,
    StringConstraints(
        pattern=r"^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{6})?Z$"
    ),
    AfterValidator(_there_is),
]
"""An instant in UTC as journals have it: ``2026-01-20T09:00:00Z``, microseconds if it has some."""

Number = Annotated[int, Field(ge=1, lt=2**53)]
"""The number of an entry: what every reader of JSON can hold."""

_Salt = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{32}$")]


class _Line(BaseModel):
    """An entry of a journal as JSON: what is not there is left out."""

    model_config = ConfigDict(extra="forbid", strict=True)

    seq: Number
    at: Moment
    by: str = ""
    command: str = ""
    event: dict[str, Any]
    previous: Digest = ""
    salts: Annotated[dict[str, _Salt], Field(min_length=1)] = {}
    withheld: Annotated[dict[str, Digest], Field(min_length=1)] = {}


def wrong_member(kept: Record) -> tuple[Code, str] | None:
    """Return what is wrong with an entry as JSON, and the JSON pointer of the member it is about.

    None when it is one. Its event is one that is known, with whatever is in it.
    """
    for name in ("salts", "withheld"):
        if isinstance(kept.get(name), dict) and len(kept[name]) > _MOST:
            return "wrong_member", f"/{name}"  # no event has so many people
    found = wrong_part(_Line, kept)
    if found is not None:
        return found
    kind = kept["event"].get("type")
    if not isinstance(kind, str) or kind not in EVENTS:
        return "unknown_event", "/event/type"
    covered = kept.get("salts", {}) | kept.get("withheld", {})
    if covered and "previous" not in kept:
        return "missing_member", "/previous"
    return _wrong_cover(kept)


def wrong_part(shape: type[BaseModel], value: Mapping[str, Any]) -> tuple[Code, str] | None:
    """Return what keeps a JSON value from being of a shape, and where, as a JSON pointer.

    Args:
        shape: the shape.
        value: an object. Of what is within its members every fault costs time.
    """
    for name in value:
        if name not in shape.model_fields:
            return "unknown_member", f"/{escaped(name)}"
    try:
        shape.model_validate(value, strict=True)
    except ValidationError as error:
        fault = error.errors(include_url=False, include_context=False, include_input=False)[0]
        codes: dict[str, Code] = {"extra_forbidden": "unknown_member", "missing": "missing_member"}
        path = [str(part) for part in fault["loc"] if part != "[key]"]
        return codes.get(fault["type"], "wrong_member"), "".join(f"/{escaped(one)}" for one in path)
    return None


def people_of(kept: Record) -> Iterator[tuple[str, Any]]:
    """Return the people whom an entry names: JSON pointers, and what stands there."""
    if "by" in kept:
        yield "/by", kept["by"]
    for mark, pointer, value in marked(EVENTS[kept["event"]["type"]], kept["event"]):
        if mark is Mark.PERSON:
            yield f"/event{pointer}", value


def sealed_of(kept: Record) -> dict[str, str]:
    """Return the fields of an event that may be kept back, there or not, by JSON pointer."""
    fields = fields_marked(EVENTS[kept["event"]["type"]], Mark.SEALED)
    return {f"/event/{name}": name for name in fields}


def kept_back(event: Mapping[str, Any], secret: Collection[str]) -> tuple[str, ...]:
    """Return the fields of an event that nobody is shown.

    Args:
        event: its fields, and its type; others may have written them.
        secret: the ids of the decisions with a secret ballot.
    """
    texts = {name: value for name, value in event.items() if isinstance(value, str)}
    return EVENTS[event["type"]].kept_back(texts, secret)


def escaped(name: str) -> str:
    """Return a name as a part of a JSON pointer, cut where it is too long to be shown."""
    return name[:_SHOWN].replace("~", "~0").replace("/", "~1")


def _wrong_cover(kept: Record) -> tuple[Code, str] | None:
    """Return what is wrong with what says which values are covered, or were taken out."""
    event = kept["event"]
    there = dict(people_of(kept)) | {
        pointer: event[name] for pointer, name in sealed_of(kept).items() if name in event
    }
    for pointer in kept.get("salts", {}):
        if pointer not in there:
            return "unknown_member", f"/salts/{escaped(pointer)}"
        if not isinstance(there[pointer], str):
            return "wrong_member", pointer
    for pointer in kept.get("withheld", {}):
        is_known = pointer in there or pointer in sealed_of(kept)
        if pointer in kept.get("salts", {}) or not is_known:
            return "unknown_member", f"/withheld/{escaped(pointer)}"
    return None
