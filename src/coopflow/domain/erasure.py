"""Erasing a person: the id is replaced everywhere by a tombstone."""

from __future__ import annotations

import hashlib
from typing import Any, Final, Literal

from coopflow.domain.base import Slug
from coopflow.domain.commands import Command
from coopflow.domain.events import Entry, Event
from coopflow.domain.refusals import refuse
from coopflow.domain.state import Cooperation
from coopflow.domain.turn import Turn

_WITH_PEOPLE: Final = ("members", "roles", "documents", "decisions", "reviews", "disagreements")


class PersonErased(Event):
    """A person is no longer known; the event names them by a digest only."""

    type: Literal["person_erased"] = "person_erased"
    digest: str
    tombstone: Slug

    def changes(self, state: Cooperation, entry: Entry) -> dict[str, Any]:  # noqa: ARG002
        """Replace the id in every part of the state that names people."""
        raw = state.model_dump(mode="json", include=set(_WITH_PEOPLE))
        person = next(
            (one for one in people_of(raw) if _digest(state.id, one) == self.digest), None
        )
        renewed = Cooperation.model_validate(_replaced(raw, person, self.tombstone))
        return {name: getattr(renewed, name) for name in _WITH_PEOPLE}


def _digest(cooperation: str, person: str) -> str:
    return hashlib.sha256(f"{cooperation}:{person}".encode()).hexdigest()


def people_of(raw: dict[str, Any]) -> list[str]:
    """Return the ids of all people that a dumped state names, each once, in order."""
    found: list[str | None] = []
    for member in raw["members"].values():
        found += [member["representative"], member["alternate"]]
    found += raw["roles"]
    for versions in raw["documents"].values():
        found += [author for version in versions for author in version["authors"]]
    for decision in raw["decisions"].values():
        found += [decision["opened_by"], *(b["by"] for b in decision["ballots"].values())]
    found += [review["by"] for review in raw["reviews"].values()]
    found += [one["mediator"] for one in raw["disagreements"].values()]
    return [person for person in dict.fromkeys(found) if person is not None]


def _replaced(raw: dict[str, Any], person: str | None, tombstone: str) -> dict[str, Any]:
    """Replace an id where people stand, and nowhere else: a text may hold the same word."""

    def swap(value: str | None) -> str | None:
        return tombstone if value is not None and value == person else value

    for member in raw["members"].values():
        member["representative"] = swap(member["representative"])
        member["alternate"] = swap(member["alternate"])
    raw["roles"] = {swap(name): held for name, held in raw["roles"].items()}
    for versions in raw["documents"].values():
        for version in versions:
            version["authors"] = [swap(author) for author in version["authors"]]
    for decision in raw["decisions"].values():
        decision["opened_by"] = swap(decision["opened_by"])
        for ballot in decision["ballots"].values():
            ballot["by"] = swap(ballot["by"])
    for review in raw["reviews"].values():
        review["by"] = swap(review["by"])
    for one in raw["disagreements"].values():
        one["mediator"] = swap(one["mediator"])
    return raw


class ErasePerson(Command):
    """Replace the id of a person everywhere by a tombstone."""

    command: Literal["erase_person"] = "erase_person"
    person: Slug

    def decide(self, turn: Turn) -> None:
        """Erase somebody whom the cooperation knows."""
        raw = turn.state.model_dump(mode="json", include=set(_WITH_PEOPLE))
        if self.person not in people_of(raw):
            refuse("unknown_person", "nobody by this id is known here", person=self.person)
        turn.emit(
            PersonErased(
                digest=_digest(turn.state.id, self.person),
                tombstone=f"erased-{turn.state.seq + 1}",
            )
        )
