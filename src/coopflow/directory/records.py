"""What all records of the directory have: who they are, and which change of them this is."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, Self

from pydantic import Field, TypeAdapter, ValidationError

from coopflow.directory.errors import FaultyRecordError
from coopflow.domain.base import Instant, Shape, Slug

_SLUG: Final = TypeAdapter(Slug)

PAGE: Final = 100
"""How many records a list holds unless it is asked for another number."""


class Stated(Shape):
    """What people state about something that the directory keeps."""

    @classmethod
    def read(cls, raw: Mapping[str, Any]) -> Self:
        """Read what was stated.

        Raises:
            FaultyRecordError: it cannot be kept; names each field, and what to write instead.
        """
        try:
            return cls.model_validate(raw)
        except ValidationError as error:
            raise FaultyRecordError.of(cls.__name__.removesuffix("Stated").lower(), error) from None

    def changed(self, changes: Mapping[str, Any]) -> Self:
        """Return it with some fields replaced; None takes a value away.

        Raises:
            FaultyRecordError: as of ``read``.
        """
        return self.read(self.model_dump() | dict(changes))


class Kept(Shape):
    """What the directory adds to it.

    Attributes:
        id: what tells it from others, for ever.
        version: 1, and 1 more with each change; changes may name the one that they start from.
        updated_at: when it was last changed.
    """

    id: Slug
    version: int = Field(ge=1)
    updated_at: Instant


def checked_id(kind: str, name: str) -> str:
    """Return an id that may be given.

    Raises:
        FaultyRecordError: it may not be one.
    """
    try:
        return _SLUG.validate_python(name)
    except ValidationError:
        told = f"{name} is no id; write letters, digits and . _ : @ -, at most 120"
        raise FaultyRecordError(kind, {"id": told}) from None
