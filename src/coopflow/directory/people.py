"""People: the names, addresses and wishes behind the ids that cooperations know them by."""

from __future__ import annotations

from collections.abc import Collection
from secrets import token_hex
from typing import Final, Literal, get_args

from pydantic import Field

from coopflow.application.callers import Caller
from coopflow.directory.fields import Email, Language, Line
from coopflow.directory.records import Kept, Stated
from coopflow.domain.base import Instant, Shape, Slug

Frequency = Literal["immediate", "daily", "weekly", "none"]
"""How soon somebody wishes to be told: at once, with others of the day or the week, not at all."""

ProgrammeRole = Literal["programme_manager"]
"""A role that is held in a programme, beside any cooperation."""

PROGRAMME_ROLES: Final[tuple[ProgrammeRole, ...]] = get_args(ProgrammeRole)


class Notifications(Shape):
    """How soon somebody wishes to be told, by kind of notice.

    What asks for an answer comes at once by default, what tells of one with others.
    """

    invite_voters: Frequency = "immediate"
    remind_voters: Frequency = "immediate"
    publish_outcome: Frequency = "daily"
    convene_review: Frequency = "daily"
    compile_dossier: Frequency = "weekly"
    publish_summary: Frequency = "weekly"


class PersonStated(Stated):
    """What is stated about a person.

    Attributes:
        name: as they wish to be called.
        email: where they are written to and sign in with; nobody else has it, in whatever case.
        language: in which they are written to.
        notifications: how soon they wish to be told of what.
        administrator: whether they administer the whole installation.
    """

    name: Line
    email: Email | None = None
    language: Language = "fr"
    notifications: Notifications = Field(default_factory=Notifications)
    administrator: bool = False


class Person(PersonStated, Kept):
    """A person in the directory; ``id`` is the opaque one that cooperations know."""


class Participation(Shape):
    """That a person takes part in a programme, and with which roles beside its cooperations."""

    programme: Slug
    person: Slug
    roles: tuple[ProgrammeRole, ...] = ()
    updated_at: Instant


def new_person_id() -> str:
    """Return an id that says nothing about anybody."""
    return f"p-{token_hex(8)}"


def may_change(
    caller: Caller, person: Person, programmes: Collection[str], fields: Collection[str]
) -> bool:
    """Whether a caller may change fields of a person, or remove them.

    Only those who manage every programme that somebody is in change their record: else one who
    manages one programme could take over, by its e-mail address, what the person is in another.

    Args:
        caller: who asks.
        person: whose record it is.
        programmes: those that the person takes part in, or has a part in a cooperation of.
        fields: what would be changed.
    """
    if caller.administrator and caller.programmes is None:
        return True
    if person.administrator or "administrator" in fields:
        return False
    if caller.person == person.id and {*fields} <= {"name", "language", "notifications"}:
        return True
    return bool(programmes) and all(caller.manages(programme) for programme in programmes)
