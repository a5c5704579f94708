"""What callers may do with the people of a programme, whatever they ask by."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from coopflow.access import readdressing
from coopflow.application.callers import Caller
from coopflow.directory.errors import UnknownRecordError
from coopflow.directory.fields import Email, Language, Line
from coopflow.directory.importing import Import
from coopflow.directory.people import (
    Frequency,
    Notifications,
    Person,
    PersonStated,
    ProgrammeRole,
    may_change,
    new_person_id,
)
from coopflow.directory.planning import ImportReport
from coopflow.domain.base import Shape, Slug
from coopflow.entrypoints.http.problems import ProblemError
from coopflow.services import Services


class NewPerson(Shape):
    """A person who is added to a programme; without an id one is made up."""

    id: Slug | None = None
    name: Line
    email: Email | None = None
    language: Language = "fr"
    notifications: Notifications = Notifications()
    roles: tuple[ProgrammeRole, ...] = ()


class NotificationChanges(Shape):
    """How soon somebody wishes to be told, where that changes."""

    invite_voters: Frequency | None = None
    remind_voters: Frequency | None = None
    publish_outcome: Frequency | None = None
    convene_review: Frequency | None = None
    compile_dossier: Frequency | None = None
    publish_summary: Frequency | None = None


class PersonChanges(Shape):
    """What changes about a person; what is not there stays, null takes a value away."""

    name: Line | None = None
    email: Email | None = None
    language: Language | None = None
    notifications: NotificationChanges | None = None
    roles: tuple[ProgrammeRole, ...] | None = None


class PersonHere(Person):
    """A person of a programme, with the roles held in it beside its cooperations."""

    roles: tuple[ProgrammeRole, ...] = ()

    @classmethod
    def of(cls, person: Person, roles: tuple[ProgrammeRole, ...]) -> PersonHere:
        """Return a person with their roles."""
        return cls(**dict(person), roles=roles)


async def add_person(
    services: Services, caller: Caller, programme: str, new: NewPerson
) -> PersonHere:
    """Add a person to a programme.

    Raises:
        TakenError: an id or an e-mail address is taken, in whatever programme.
        FaultyRecordError: values cannot be kept.
    """
    stated = PersonStated.read(new.model_dump(exclude={"id", "roles"}))
    found = await services.directory.add_person(
        new.id or new_person_id(),
        stated,
        datetime.now(UTC),
        programme=programme,
        roles=new.roles,
        isolated=not caller.administrates_all,
    )
    return PersonHere.of(found, new.roles)


async def person_here(services: Services, programme: str, person: str) -> PersonHere:
    """Return a person of a programme.

    Raises:
        UnknownRecordError: there is none there.
    """
    found = await services.directory.person(person, programme)
    return PersonHere.of(found, (await services.directory.roles_of(person)).get(programme, ()))


async def change_person(  # noqa: PLR0913, PLR0917 - who changes whom, where, and how
    services: Services,
    caller: Caller,
    programme: str,
    person: str,
    changes: PersonChanges,
    expected: int | None,
) -> PersonHere:
    """Change what is stated about a person, or the roles held in a programme.

    With an e-mail address goes what was sent to it, and sessions end.

    Raises:
        ProblemError: the caller may not (``forbidden``).
        UnknownRecordError: there is no such person there.
        StaleError: the person is at another version than expected.
        TakenError: the e-mail address is another person's.
    """
    given: dict[str, Any] = changes.model_dump(exclude_unset=True)
    roles = given.pop("roles", None)
    found = await services.directory.person(person, programme)
    wishes = given.get("notifications")
    if wishes is not None:
        given["notifications"] = found.notifications.model_dump() | wishes
    if given:
        await check_may_change(services, caller, found, given)
    now = datetime.now(UTC)
    await readdressing.change_person(
        services.directory, services.access, caller, person, given, now, expected
    )
    if roles is not None:
        await services.directory.take_part(programme, person, roles, now)
    return await person_here(services, programme, person)


async def import_records(  # noqa: PLR0913 - who imports what, where to
    services: Services, caller: Caller, programme: str, content: bytes, file: str, *, dry_run: bool
) -> ImportReport:
    """Import a file of people or organisations, as ``import_file`` does.

    With e-mail addresses goes what was sent to them, and sessions end.

    Raises:
        FaultsError: something is wrong with the file, and nothing is written.
    """
    wanted = Import(file, content, programme, not caller.administrates_all, dry_run)
    now = datetime.now(UTC)
    return await readdressing.import_records(
        services.directory, services.access, caller, wanted, now
    )


async def change_oneself(
    services: Services, caller: Caller, changes: Mapping[str, Any], expected: int | None
) -> Person:
    """Change what somebody may change of their own record.

    Raises:
        ProblemError: the caller is nobody, or may not (``forbidden``).
        StaleError: the record is at another version than expected.
        FaultyRecordError: values cannot be kept.
    """
    if caller.person is None:
        raise ProblemError("forbidden")
    found = await services.directory.person(caller.person)
    await check_may_change(services, caller, found, changes)
    return await readdressing.change_person(
        services.directory,
        services.access,
        caller,
        caller.person,
        changes,
        datetime.now(UTC),
        expected,
    )


async def remove_person(
    services: Services, caller: Caller, programme: str, person: str, expected: int | None
) -> None:
    """Let a person no longer take part; the names of whoever is in no other programme go.

    With the names goes all by which they get in.

    Raises:
        UnknownRecordError: there is no such person there.
        StaleError: the person is at another version than expected.
    """
    done = await services.directory.forget(person, programme, expected)
    if done == "unknown":
        raise UnknownRecordError("person", person, programme)
    if done == "removed":
        await services.access.forget(person, caller)


async def check_may_change(
    services: Services, caller: Caller, person: Person, fields: Mapping[str, Any]
) -> None:
    """Check that a caller may change fields of a person.

    Raises:
        ProblemError: they may not (``forbidden``).
    """
    programmes = await services.directory.programmes_of(person.id)
    if not may_change(caller, person, programmes, fields):
        raise ProblemError("forbidden")
