"""What has happened: the base of all events, and the journal entry that carries one."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Annotated, Any, ClassVar

from pydantic import Field, SerializeAsAny, WrapValidator
from pydantic_core import PydanticCustomError

from coopflow.domain.base import Instant, Shape, Slug
from coopflow.domain.marks import Mark, Person, fields_marked
from coopflow.domain.state import Cooperation


class Event(Shape):
    """Something that has happened to a cooperation; named in the past tense, never changed."""

    kinds: ClassVar[dict[str, type[Event]]] = {}
    """Every kind of event by its wire name; filled by the definitions of the events."""

    type: str

    @classmethod
    def __pydantic_init_subclass__(cls, **kwargs: Any) -> None:
        """Make the event known by its wire name."""
        super().__pydantic_init_subclass__(**kwargs)
        name = cls.model_fields["type"].default
        if isinstance(name, str):  # bases of several have no name of their own
            Event.kinds[name] = cls

    @classmethod
    def kept_back(cls, fields: Mapping[str, Any], secret: Collection[str]) -> tuple[str, ...]:
        """Return the names of the fields that are not for everyone, in order.

        All that are marked as sealed, unless an event says that some are free after all.

        Args:
            fields: those of such an event, by name, as JSON; some may be missing.
            secret: the ids of the decisions of its cooperation with a secret ballot.
        """
        sealed = fields_marked(cls, Mark.SEALED) if cls.is_sealed(fields, secret) else ()
        return tuple(name for name in fields if name in sealed)

    @classmethod
    def is_sealed(cls, fields: Mapping[str, Any], secret: Collection[str]) -> bool:  # noqa: ARG003
        """Whether what is marked as sealed in such an event is so in this one."""
        return True

    def changes(self, state: Cooperation, entry: Entry) -> dict[str, Any]:
        """Return the fields of the state that this event gives new values.

        Args:
            state: the state before the event.
            entry: the entry that carries it, with its number and instant.
        """
        raise NotImplementedError(type(self).__name__)


def _known(value: Any, _: Any) -> Event:
    if isinstance(value, Event):
        return value
    kind = value.get("type") if isinstance(value, dict) else None
    found = Event.kinds.get(kind) if isinstance(kind, str) else None
    if found is None:
        raise PydanticCustomError(
            "unknown_event", "there is no event of type {kind}", {"kind": kind}
        )
    return found.model_validate(value)


class Entry(Shape):
    """One line of the journal.

    Attributes:
        seq: numbers the events of a cooperation from 1, without gaps.
        at: the instant at which it happened.
        by: the person whose command caused it; None when it was due by itself.
        command: the id of that command, if it had one.
        event: what happened.
        previous: the digest of the entry before, in hexadecimal; None before digests were kept.
        salts: by the JSON pointer of what can be taken out of the entry, what goes into the digest
            that stands for it in that of the entry.
        withheld: by the JSON pointer of what was taken out, the digest that stands for it.
    """

    seq: int
    at: Instant
    by: Person | None = None
    command: Slug | None = None
    event: Annotated[SerializeAsAny[Event], WrapValidator(_known)]
    previous: str | None = None
    salts: dict[str, str] = Field(default_factory=dict)
    withheld: dict[str, str] = Field(default_factory=dict)

    @property
    def people(self) -> list[str]:
        """The ids of the people whom the entry names."""
        named = [getattr(self.event, name) for name in fields_marked(type(self.event), Mark.PERSON)]
        return [person for person in (self.by, *named) if person is not None]


def evolve(state: Cooperation, entry: Entry) -> Cooperation:
    """Return the state after an entry of the journal."""
    new = [person for person in entry.people if person not in state.people]
    known = state.but(people={**state.people, **dict.fromkeys(new, entry.seq)}) if new else state
    after = known.but(seq=entry.seq, as_of=entry.at, **entry.event.changes(known, entry))
    # What a cooperation remembers is its own: all of them begin as the one UNOPENED.
    return after.remembering_nothing() if state.seq == 0 else after
