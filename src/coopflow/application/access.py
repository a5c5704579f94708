"""Who may read what of a cooperation, by role: one table, which ``docs/reference/access.md`` shows.

That a cooperation is there at all is for those alone who hold a role in it, or manage its
programme; what is sealed of a disagreement follows the rule of its steps beside this.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from types import MappingProxyType
from typing import Final, Literal, get_args

from coopflow.domain.roles import (
    EVALUATOR,
    FACILITATOR,
    FUNDER,
    MEDIATOR,
    OBSERVER,
    PROGRAMME_MANAGER,
    REPRESENTATIVE,
    SUPPORT,
)

Subject = Literal[
    "cooperation",
    "members",
    "people",
    "meetings",
    "disagreements",
    "alerts",
    "gates",
    "documents",
    "decisions",
    "measures",
    "reviews",
    "forecast",
    "journal",
    "events",
]
"""What may be read of a cooperation."""

SUBJECTS: Final[tuple[Subject, ...]] = get_args(Subject)

Extent = Literal["all", "published"]
"""How much of it.

Published are versions of documents that have been approved, decisions that are closed, and reviews
of which the summary was.
"""

_INSIDE: Final = (REPRESENTATIVE, SUPPORT, FACILITATOR, EVALUATOR, PROGRAMME_MANAGER)
_OUTSIDE: Final = (FUNDER, OBSERVER)


def _readers(
    *, outside: Extent | None = None, mediator: Extent | None = None
) -> Mapping[str, Extent]:
    found: dict[str, Extent] = dict.fromkeys(_INSIDE, "all")
    if outside is not None:
        found |= dict.fromkeys(_OUTSIDE, outside)
    if mediator is not None:
        found[MEDIATOR] = mediator
    return MappingProxyType(found)


_EVERYONE: Final = _readers(outside="all", mediator="all")
_NOT_THE_MEDIATOR: Final = _readers(outside="all")
_PUBLISHED: Final = _readers(outside="published")
_THOSE_INSIDE: Final = _readers()

READERS: Final[Mapping[Subject, Mapping[str, Extent]]] = MappingProxyType(
    {
        "cooperation": _EVERYONE,
        "members": _EVERYONE,
        "people": _EVERYONE,
        "meetings": _NOT_THE_MEDIATOR,
        "disagreements": _EVERYONE,
        "alerts": _NOT_THE_MEDIATOR,
        "gates": _NOT_THE_MEDIATOR,
        "documents": _PUBLISHED,
        "decisions": _PUBLISHED,
        "measures": _NOT_THE_MEDIATOR,
        "reviews": _PUBLISHED,
        "forecast": _THOSE_INSIDE,
        "journal": _THOSE_INSIDE,
        "events": _THOSE_INSIDE,
    }
)
"""For each subject the roles that may read it, and how much."""


def allowed(subject: Subject, roles: Collection[str]) -> Extent | None:
    """Return how much of something those may read who hold these roles; None for nothing."""
    extents = {READERS[subject].get(role) for role in roles}
    if "all" in extents:
        return "all"
    return "published" if "published" in extents else None
