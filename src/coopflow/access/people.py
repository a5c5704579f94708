"""People as those who let them in need to know them; the directory knows more."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from pydantic import Field

from coopflow.application.callers import Caller, Language
from coopflow.directory.directory import Directory
from coopflow.directory.errors import UnknownRecordError
from coopflow.directory.people import Person as Record
from coopflow.domain.base import Shape, Slug


class Person(Shape):
    """Somebody of the directory who may come in.

    Attributes:
        id: as cooperations know them.
        administrator: of the whole installation.
        roles: by programme, what they hold there beside any cooperation.
        language: the language that they wish to read.
    """

    id: Slug
    administrator: bool = False
    roles: Mapping[Slug, tuple[str, ...]] = Field(default_factory=dict)
    language: Language | None = None


class People(Protocol):
    """Who may come in."""

    async def person(self, person: str) -> Person | None:
        """Return a person by id; None where they are not known, or may not come in any more."""

    async def with_email(self, email: str) -> Person | None:
        """Return the one person who has an e-mail address, whatever its case; None without."""


class DirectoryPeople:
    """The people of a directory. Every method may raise DatabaseUnavailableError."""

    def __init__(self, directory: Directory) -> None:
        """Look them up there."""
        self._directory = directory

    async def person(self, person: str) -> Person | None:
        """Return a person by id; None where they are not known."""
        try:
            return await self._as_known(await self._directory.person(person))
        except UnknownRecordError:
            return None

    async def with_email(self, email: str) -> Person | None:
        """Return the one person who has an e-mail address; None without."""
        record = await self._directory.person_by_email(email)
        return None if record is None else await self._as_known(record)

    async def _as_known(self, record: Record) -> Person:
        return Person(
            id=record.id,
            administrator=record.administrator,
            roles=await self._directory.roles_of(record.id),
            language=record.language,
        )


def caller(person: Person) -> Caller:
    """Return somebody who came in by themselves, as a caller."""
    return Caller(
        name=f"person:{person.id}",
        person=person.id,
        administrator=person.administrator,
        roles=person.roles,
        language=person.language,
    )
