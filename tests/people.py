"""A small directory for tests of who gets in."""

from __future__ import annotations

from typing import Final

from coopflow.access.people import Person

ADA: Final = Person(id="ada", administrator=True, language="fr")
MAX: Final = Person(id="max", roles={"valdore": ("programme_manager",)})
ZOE: Final = Person(id="zoe")


class FakePeople:
    """People of whom tests decide who is there; each has the address ``<id>@example.org``."""

    def __init__(self, *people: Person) -> None:
        """Know some people."""
        self.known = {one.id: one for one in people or (ADA, MAX, ZOE)}

    def change(self, person: Person) -> None:
        """Let a person be another way than before, or be new."""
        self.known[person.id] = person

    def remove(self, person: str) -> None:
        """Let somebody be gone."""
        del self.known[person]

    async def person(self, person: str) -> Person | None:
        """Return a person by id."""
        return self.known.get(person)

    async def with_email(self, email: str) -> Person | None:
        """Return the person who has an address."""
        name, _, host = email.lower().partition("@")
        return self.known.get(name) if host == "example.org" else None
