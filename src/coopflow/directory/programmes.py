"""Programmes: the tenants of an installation, and what their cooperations start from."""

from __future__ import annotations

from coopflow.directory.fields import Language, Line
from coopflow.directory.records import Kept, Stated
from coopflow.domain.base import Slug


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
