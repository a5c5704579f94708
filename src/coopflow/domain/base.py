"""The vocabulary of shapes that every model of the domain is built from."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, date, datetime
from fractions import Fraction
from functools import cache, cached_property
from typing import Annotated, Any, Final, Self, TypeVar

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainSerializer,
    StringConstraints,
    WithJsonSchema,
)

MAX_TEXT_BYTES: Final = 64 * 1024
"""The longest text accepted in one field, in bytes of UTF-8."""


FIRST_YEAR: Final = 1900
LAST_YEAR: Final = 2999
"""The years that dates and instants which people state lie in."""

_LAST_STORED_YEAR: Final = 8999  # what is worked out from them may lie later
_RATIO: Final = re.compile(r"\d{1,9}(\.\d{1,9})?|\d{1,40}/\d{1,40}")
_Dated = TypeVar("_Dated", bound=date)


class Shape(BaseModel):
    """An immutable value whose unknown keys are errors."""

    model_config = ConfigDict(frozen=True, extra="forbid", ser_json_inf_nan="strings")

    def but(self, **changes: Any) -> Self:
        """Return a copy with some fields replaced; the values are trusted, not validated."""
        copy = self.model_copy(update=changes)
        for name in _derived(type(self)):
            copy.__dict__.pop(name, None)  # a value derived from the old fields
        return copy


@cache
def _derived(shape: type[Shape]) -> tuple[str, ...]:
    return tuple(
        name
        for ancestor in shape.__mro__
        for name, value in vars(ancestor).items()
        if isinstance(value, cached_property)
    )


def _utc(instant: datetime) -> datetime:
    if instant.tzinfo is None:
        message = "an instant needs a time zone, for example 2026-01-20T09:00Z"
        raise ValueError(message)
    # Bounded before it is converted: at the ends of the calendar that overflows.
    return _storable_instant(instant).astimezone(UTC)


def _between(first: int, last: int) -> Callable[[_Dated], _Dated]:
    def bounded(day: _Dated) -> _Dated:
        if not first <= day.year <= last:
            message = f"the year lies between {first} and {last}"
            raise ValueError(message)
        return day

    return bounded


_storable_instant: Final[Callable[[datetime], datetime]] = _between(FIRST_YEAR, _LAST_STORED_YEAR)


def _storable(text: str) -> str:
    try:
        size = len(text.encode())
    except UnicodeEncodeError as error:
        message = "text is not valid Unicode (it holds a lone surrogate)"
        raise ValueError(message) from error
    if size > MAX_TEXT_BYTES:
        message = f"text is {size} bytes long, at most {MAX_TEXT_BYTES} are accepted"
        raise ValueError(message)
    if "\0" in text:
        message = "text holds a NUL character"
        raise ValueError(message)
    return text


def _fraction(value: object) -> object:
    if isinstance(value, bool):
        message = "a ratio is written as 2/3, 0.5 or 1"
        raise ValueError(message)  # noqa: TRY004 - pydantic turns ValueError into a located fault
    if isinstance(value, (str, int, float)):
        try:
            # The pattern bounds the work: an exponent would be computed exactly, digit by digit.
            if _RATIO.fullmatch(str(value)):
                return Fraction(str(value))
        except ZeroDivisionError as error:
            message = "a ratio is not divided by zero"
            raise ValueError(message) from error
        message = "a ratio is written as 2/3, 0.5 or 1, with few digits"
        raise ValueError(message)
    return value


def _not_negative(value: Fraction) -> Fraction:
    if value < 0:
        message = "a ratio is not negative"
        raise ValueError(message)
    return value


def _at_most_one(value: Fraction) -> Fraction:
    if value > 1:
        message = "a share lies between 0 and 1"
        raise ValueError(message)
    return value


Instant = Annotated[datetime, AfterValidator(_utc)]
"""A point in time; always UTC."""

StatedInstant = Annotated[Instant, AfterValidator(_between(FIRST_YEAR, LAST_YEAR))]
"""A point in time as people state it."""

Day = Annotated[date, AfterValidator(_between(FIRST_YEAR, LAST_YEAR))]
"""A calendar date; where it ends something it is inclusive."""

Slug = Annotated[
    str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9._:@-]*$", min_length=1, max_length=120)
]
"""An id that people chose: letters, digits and ``. _ : @ -``, at most 120 characters."""

Text = Annotated[
    str, StringConstraints(min_length=1, strip_whitespace=True), AfterValidator(_storable)
]
"""Prose that is not empty: UTF-8, no NUL, at most 64 KiB."""

Version = Annotated[int, Field(ge=1, le=2**63 - 1)]
"""The number of a version of a definition: as large as databases hold, and files may state."""

Ratio = Annotated[
    Fraction,
    BeforeValidator(_fraction),
    AfterValidator(_not_negative),
    PlainSerializer(str, return_type=str),
    WithJsonSchema({"type": ["string", "number"], "examples": ["2/3", "1/2", 0.6]}),
]
"""An exact fraction, written ``2/3``; never negative."""

Share = Annotated[Ratio, AfterValidator(_at_most_one)]
"""A ratio between 0 and 1."""

Count = Annotated[int, Field(ge=0)]


class Label(Shape):
    """A text for people, in both languages of the product."""

    fr: Text
    en: Text


class Source(Shape):
    """Where a fact came from: the thing, and its version where it has versions."""

    kind: str
    id: str
    version: int | None = None

    def __str__(self) -> str:
        """Write the source as people quote it, for example ``charter@2``."""
        name = self.id if self.kind == "document" else f"{self.kind} {self.id}"
        return name if self.version is None else f"{name}@{self.version}"
