"""Erasing a person: the id is replaced everywhere by a tombstone."""

from __future__ import annotations

from typing import Any, Final, Literal

from coopflow.domain.base import Slug
from coopflow.domain.chain import record, taken_out
from coopflow.domain.commands import Command
from coopflow.domain.events import Entry, Event
from coopflow.domain.marks import Mark, Person, fields_with_marks, marked, replaced
from coopflow.domain.refusals import refuse
from coopflow.domain.state import Cooperation
from coopflow.domain.turn import Turn

_MARKED: Final = set(fields_with_marks(Cooperation))


class PersonErased(Event):
    """A person is no longer known.

    The event names them for as long as it takes to reach whoever has to forget them; wherever it is
    kept, the tombstone stands for the ``person`` in it too.
    """

    type: Literal["person_erased"] = "person_erased"
    person: Person
    tombstone: Slug

    def changes(self, state: Cooperation, entry: Entry) -> dict[str, Any]:  # noqa: ARG002
        """Replace the id in every part of the state that names people."""

        def swap(mark: Mark, _: str, value: Any) -> Any:
            return self.tombstone if mark is Mark.PERSON and value == self.person else value

        renewed = Cooperation.model_validate(replaced(Cooperation, _people_in(state), swap))
        return {name: getattr(renewed, name) for name in sorted(_MARKED)}


def forgotten(entry: Entry, person: str, tombstone: str) -> Entry:
    """Return an entry of the journal with the tombstone where the person stood.

    Its digest stays the same. Replaced where people stand, and nowhere else: a text may hold the
    same word. A tombstone that stands for somebody keeps its place, also when it is erased in turn.
    """
    kept = record(entry)
    places = [(Mark.PERSON, "/by", entry.by)]
    places += [
        (mark, f"/event{pointer}", value)
        for mark, pointer, value in marked(type(entry.event), kept["event"])
    ]
    for mark, pointer, value in places:
        if mark is Mark.PERSON and value == person and pointer not in entry.withheld:
            kept = taken_out(kept, pointer, tombstone)
    return Entry.model_validate(kept)


def _people_in(state: Cooperation) -> dict[str, Any]:
    return state.model_dump(mode="json", include=_MARKED)


class ErasePerson(Command):
    """Replace the id of a person everywhere by a tombstone."""

    command: Literal["erase_person"] = "erase_person"
    person: Person

    def decide(self, turn: Turn) -> None:
        """Erase somebody whom the cooperation knows."""
        known = {
            value
            for mark, _, value in marked(Cooperation, _people_in(turn.state))
            if mark is Mark.PERSON
        }
        if self.person not in known:
            refuse("unknown_person", "nobody by this id is known here", person=self.person)
        tombstone = f"erased-{turn.state.seq + 1}"
        turn.emit(PersonErased(person=self.person, tombstone=tombstone))
        if turn.by == self.person:
            turn.by = tombstone  # what follows is already caused by somebody unknown
