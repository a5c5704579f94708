"""Programmes: the tenants of an installation, and what their cooperations start from."""

from __future__ import annotations

from pydantic import Field

from coopflow.directory.fields import Language, Line
from coopflow.directory.records import Kept, Stated
from coopflow.domain.base import Instant, Slug


class ProgrammeStated(Stated):
    """What is stated about a programme.

    Attributes:
        name: as people call it.
        language: of what is written for all of it.
        lifecycle: what its cooperations follow unless they name another.
        policy: likewise.
    """

    name: Line
    language: Language = "fr"
    lifecycle: Slug | None = None
    policy: Slug | None = None


class Programme(ProgrammeStated, Kept):
    """A programme in the directory; ``id`` is the one in the addresses of its cooperations."""


class ProgrammeSeen(ProgrammeStated):
    """A programme as those see it who may: one of the directory, or of cooperations alone.

    Attributes:
        id: the one in the addresses of its cooperations; its name too, until it has one.
        version: which change of it this is; None where the directory does not keep it.
        updated_at: when it was last changed; likewise.
    """

    id: Slug
    version: int | None = Field(default=None, ge=1)
    updated_at: Instant | None = None

    @classmethod
    def of(cls, programme: str, record: Programme | None) -> ProgrammeSeen:
        """Return a programme, given what the directory keeps of it."""
        if record is None:
            return cls(id=programme, name=programme)
        return cls(**dict(record))
