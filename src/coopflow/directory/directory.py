"""The directory: who is who, and what they wish and may, beside what cooperations know by id.

A person is known to the whole installation by one id, and takes part in programmes; a programme
sees those who take part in it. Organisations are a programme's own. Each method that names a
programme answers for that one alone: what is another's is not there.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Collection, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Update, delete, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.orm import InstrumentedAttribute

from coopflow.application.erasing import Forgotten
from coopflow.directory import rows
from coopflow.directory.errors import InUseError, TakenError, UnknownRecordError
from coopflow.directory.fields import folded
from coopflow.directory.organisations import Organisation, OrganisationStated
from coopflow.directory.people import Participation, Person, PersonStated, ProgrammeRole
from coopflow.directory.presence import presence
from coopflow.directory.programmes import Programme, ProgrammeStated
from coopflow.directory.records import PAGE
from coopflow.directory.rows import ORGANISATION, PERSON, PROGRAMME
from coopflow.directory.tables import (
    OrganisationRow,
    ParticipationRow,
    PersonRow,
    ProgrammeRow,
    PublicationRow,
    SavedViewRow,
)
from coopflow.readmodel.database import Database
from coopflow.readmodel.statements import upsert
from coopflow.readmodel.tables import CooperationRow


class Directory:
    """Keeps people, organisations and programmes in a database.

    Every method may raise DatabaseUnavailableError. Changes name the version that they start from,
    and are refused as stale when it is no longer the present one; None changes whatever there is.
    """

    def __init__(self, database: Database) -> None:
        """Keep them in a database, whose tables are up to date."""
        self._database = database

    def reading(self) -> AbstractAsyncContextManager[AsyncConnection]:
        """Open a transaction that only reads; for what the directory is made of."""
        return self._database.reading()

    @asynccontextmanager
    async def writing(self) -> AsyncIterator[AsyncConnection]:
        """Open a transaction in which nobody else writes to the directory; likewise."""
        async with self._database.writing() as connection:
            await rows.wait_for_turn(connection)
            yield connection

    # --- people -----------------------------------------------------------------------------------

    async def add_person(  # noqa: PLR0913 - who is added, where, how
        self,
        person: str,
        stated: PersonStated,
        at: datetime,
        *,
        programme: str | None = None,
        roles: Collection[ProgrammeRole] = (),
        isolated: bool = False,
    ) -> Person:
        """Add a person, who takes part in a programme if one is named.

        Args:
            person: their id; ``new_person_id`` makes one.
            stated: what is stated about them.
            at: when.
            programme: where they take part.
            roles: those that they hold there.
            isolated: keep to that programme: an id that has a part in another one is taken.

        Raises:
            TakenError: the id or the e-mail address is another person's, in whatever programme.
            UnknownRecordError: there is no such programme.
        """
        async with self.writing() as connection:
            present = (await presence(connection, [person]))[person]
            if isolated and not present <= {programme}:
                raise TakenError(PERSON.word, "id", person)
            added = await rows.add(connection, PERSON, {"id": person}, stated, at)
            if programme is not None:
                await join(connection, programme, person, roles, at)
            return added

    async def person(self, person: str, programme: str | None = None) -> Person:
        """Return a person, of a programme if one is named.

        Raises:
            UnknownRecordError: there is none, or they do not take part in that programme.
        """
        async with self.reading() as connection:
            return await _seen(connection, person, programme)

    async def person_by_email(self, email: str) -> Person | None:
        """Return who has an e-mail address, in whatever case it is written; None for nobody."""
        if not email.strip():
            return None
        async with self.reading() as connection:
            same = PersonRow.email_key == folded(email)
            return next(iter(await rows.page(connection, PERSON, same, limit=1)), None)

    async def people(
        self,
        programme: str | None = None,
        *,
        called: str | None = None,
        after: str | None = None,
        limit: int = PAGE,
    ) -> tuple[Person, ...]:
        """List people in the order of their ids, those of a programme if one is named.

        Args:
            programme: only those who take part in it.
            called: only those whose name, e-mail address or id holds this text, in whatever case.
            after: only those after this id: that of the last one on the page before.
            limit: at most so many.
        """
        where = [] if programme is None else [_takes_part(programme)]
        if called is not None:
            where.append(_holds(called, PersonRow.name, PersonRow.email, PersonRow.id))
        async with self.reading() as connection:
            return await rows.page(connection, PERSON, *where, after=after, limit=limit)

    async def people_by_id(self, people: Collection[str]) -> Mapping[str, Person]:
        """Return those of these people who are in the directory, by id."""
        async with self.reading() as connection:
            is_one = PersonRow.id.in_(people)
            return {one.id: one for one in await rows.page(connection, PERSON, is_one, limit=None)}

    async def administrators(self) -> tuple[Person, ...]:
        """List those who administer the installation."""
        async with self.reading() as connection:
            return await rows.page(
                connection, PERSON, PersonRow.administrator.is_(True), limit=None
            )

    async def change_person(
        self, person: str, changes: Mapping[str, Any], at: datetime, expected: int | None = None
    ) -> Person:
        """Change fields of a person.

        Raises:
            UnknownRecordError: there is none.
            StaleError: the person is at another version than expected.
            FaultyRecordError: values cannot be kept.
            TakenError: the e-mail address is another person's.
        """
        async with self.writing() as connection:
            return await rows.change(connection, PERSON, {"id": person}, changes, at, expected)

    async def remove_person(self, person: str, expected: int | None = None) -> None:
        """Remove a person and that they took part anywhere; nothing of them is left in the file.

        Cooperations still know the id, until they are told to erase it.

        Raises:
            UnknownRecordError: there is none.
            StaleError: the person is at another version than expected.
        """
        async with self.writing() as connection:
            await rows.remove(connection, PERSON, {"id": person}, expected)
            is_theirs = ParticipationRow.person == person
            await connection.execute(delete(ParticipationRow).where(is_theirs))
            await connection.execute(delete(SavedViewRow).where(SavedViewRow.person == person))
            await connection.execute(_without(person))
        await self._database.scrub()

    async def forget(
        self, person: str, programme: str | None = None, expected: int | None = None
    ) -> Forgotten:
        """Let somebody no longer take part in a programme, or remove them altogether.

        Who is in no programme any more is removed too, unless they administer the
        installation. Nothing of who is removed is left in the file. Harmless when repeated.

        Raises:
            StaleError: the person is at another version than expected.
        """
        theirs = ParticipationRow.person == person
        async with self.writing() as connection:
            record = await rows.found(connection, PERSON, {"id": person})
            held = select(ParticipationRow.programme).where(theirs)
            programmes = {*(await connection.execute(held)).scalars()}
            if record is None or (programme is not None and programme not in programmes):
                return "unknown"
            rows.check_version(PERSON, record, expected)
            elsewhere = (await presence(connection, [person]))[person] - {programme}
            stays = programme is not None and (record.administrator or bool(elsewhere))
            gone = theirs & (ParticipationRow.programme == programme) if stays else theirs
            await connection.execute(delete(ParticipationRow).where(gone))
            views = SavedViewRow.person == person
            if stays:
                views &= SavedViewRow.programme == programme
            await connection.execute(delete(SavedViewRow).where(views))
            await connection.execute(_without(person, programme if stays else None))
            if not stays:
                await rows.remove(connection, PERSON, {"id": person})
        await self._database.scrub()
        return "left" if stays else "removed"

    # --- who takes part where ---------------------------------------------------------------------

    async def take_part(
        self, programme: str, person: str, roles: Collection[ProgrammeRole], at: datetime
    ) -> None:
        """Let a person take part in a programme, with these roles and no others.

        Raises:
            UnknownRecordError: there is no such person or programme.
        """
        async with self.writing() as connection:
            await rows.known(connection, PERSON, {"id": person})
            await join(connection, programme, person, roles, at)

    async def leave(self, programme: str, person: str) -> None:
        """Let a person no longer take part in a programme; harmless when they do not.

        Their record stays: whoever has no programme left may be removed.
        """
        async with self.writing() as connection:
            await connection.execute(
                delete(ParticipationRow).where(
                    ParticipationRow.programme == programme, ParticipationRow.person == person
                )
            )

    async def roles_of(self, person: str) -> Mapping[str, tuple[ProgrammeRole, ...]]:
        """Return the programmes that a person takes part in, with the roles held in each."""
        return {one.programme: one.roles for one in await self.participations(person=person)}

    async def programmes_of(self, person: str) -> frozenset[str]:
        """Return the programmes that a person takes part in, or has a part in a cooperation of."""
        async with self.reading() as connection:
            return (await presence(connection, [person]))[person]

    async def participations(
        self, *, programme: str | None = None, person: str | None = None
    ) -> tuple[Participation, ...]:
        """List who takes part where, by programme and person: of a programme, or of a person."""
        query = select(ParticipationRow.__table__).order_by(
            ParticipationRow.programme, ParticipationRow.person
        )
        if programme is not None:
            query = query.where(ParticipationRow.programme == programme)
        if person is not None:
            query = query.where(ParticipationRow.person == person)
        async with self.reading() as connection:
            found = (await connection.execute(query)).mappings()
            return tuple(Participation.model_validate(dict(row)) for row in found)

    # --- organisations ----------------------------------------------------------------------------

    async def add_organisation(
        self, programme: str, organisation: str, stated: OrganisationStated, at: datetime
    ) -> Organisation:
        """Add an organisation to a programme.

        Raises:
            TakenError: the id or the registration number is that of another one there.
            UnknownRecordError: there is no such programme.
        """
        async with self.writing() as connection:
            await rows.known(connection, PROGRAMME, {"id": programme})
            key = {"programme": programme, "id": organisation}
            return await rows.add(connection, ORGANISATION, key, stated, at)

    async def organisation(self, programme: str, organisation: str) -> Organisation:
        """Return an organisation of a programme.

        Raises:
            UnknownRecordError: there is none there.
        """
        async with self.reading() as connection:
            key = {"programme": programme, "id": organisation}
            return await rows.known(connection, ORGANISATION, key)

    async def organisations(
        self,
        programme: str,
        *,
        called: str | None = None,
        after: str | None = None,
        limit: int = PAGE,
    ) -> tuple[Organisation, ...]:
        """List the organisations of a programme in the order of their ids, as ``people`` does."""
        where = [OrganisationRow.programme == programme]
        if called is not None:
            table = OrganisationRow
            where.append(_holds(called, table.name, table.registration, table.id))
        async with self.reading() as connection:
            return await rows.page(connection, ORGANISATION, *where, after=after, limit=limit)

    async def change_organisation(
        self,
        programme: str,
        organisation: str,
        changes: Mapping[str, Any],
        at: datetime,
        expected: int | None = None,
    ) -> Organisation:
        """Change fields of an organisation; raises as ``change_person`` does."""
        key = {"programme": programme, "id": organisation}
        async with self.writing() as connection:
            return await rows.change(connection, ORGANISATION, key, changes, at, expected)

    async def remove_organisation(
        self, programme: str, organisation: str, expected: int | None = None
    ) -> None:
        """Remove an organisation; cooperations keep what they know of it.

        Raises:
            UnknownRecordError: there is none there.
            StaleError: it is at another version than expected.
        """
        key = {"programme": programme, "id": organisation}
        async with self.writing() as connection:
            await rows.remove(connection, ORGANISATION, key, expected)

    # --- programmes -------------------------------------------------------------------------------

    async def add_programme(
        self, programme: str, stated: ProgrammeStated, at: datetime
    ) -> Programme:
        """Add a programme.

        Raises:
            TakenError: there is one of this id.
        """
        async with self.writing() as connection:
            return await rows.add(connection, PROGRAMME, {"id": programme}, stated, at)

    async def programme(self, programme: str) -> Programme:
        """Return a programme.

        Raises:
            UnknownRecordError: there is none.
        """
        async with self.reading() as connection:
            return await rows.known(connection, PROGRAMME, {"id": programme})

    async def programmes(
        self, *, after: str | None = None, limit: int = PAGE
    ) -> tuple[Programme, ...]:
        """List programmes in the order of their ids, as ``people`` does."""
        async with self.reading() as connection:
            return await rows.page(connection, PROGRAMME, after=after, limit=limit)

    async def programme_ids(
        self, *, after: str | None = None, limit: int = PAGE
    ) -> tuple[str, ...]:
        """List the ids of all programmes, in their order.

        Those too that the directory does not keep, and cooperations alone name.
        """
        kept = select(ProgrammeRow.id.label("id"))
        every = kept.union(select(CooperationRow.programme)).subquery()
        query = select(every.c.id).order_by(every.c.id).limit(limit)
        async with self.reading() as connection:
            found = await connection.execute(
                query if after is None else query.where(every.c.id > after)
            )
            return tuple(found.scalars())

    async def programmes_by_id(self, programmes: Collection[str]) -> Mapping[str, Programme]:
        """Return those of these programmes that the directory keeps, by id."""
        async with self.reading() as connection:
            is_one = ProgrammeRow.id.in_(programmes)
            found = await rows.page(connection, PROGRAMME, is_one, limit=None)
            return {one.id: one for one in found}

    async def change_programme(
        self, programme: str, changes: Mapping[str, Any], at: datetime, expected: int | None = None
    ) -> Programme:
        """Change fields of a programme; raises as ``change_person`` does."""
        async with self.writing() as connection:
            key = {"id": programme}
            return await rows.change(connection, PROGRAMME, key, changes, at, expected)

    async def remove_programme(self, programme: str, expected: int | None = None) -> None:
        """Remove a programme that nobody takes part in, without organisations or cooperations.

        Raises:
            UnknownRecordError: there is none.
            StaleError: it is at another version than expected.
            InUseError: it has people, organisations or cooperations.
        """
        within: Mapping[str, ColumnElement[bool]] = {
            "people": ParticipationRow.programme == programme,
            "organisations": OrganisationRow.programme == programme,
            "cooperations": CooperationRow.programme == programme,
        }
        async with self.writing() as connection:
            await rows.remove(connection, PROGRAMME, {"id": programme}, expected)
            for what, is_within in within.items():
                query = select(func.count()).where(is_within)
                if count := (await connection.execute(query)).scalar_one():
                    raise InUseError(f"programme {programme} has {count} {what}; remove them first")


async def join(
    connection: AsyncConnection,
    programme: str,
    person: str,
    roles: Collection[ProgrammeRole],
    at: datetime,
) -> None:
    """Write that a person takes part in a programme, with these roles and no others.

    Raises:
        UnknownRecordError: there is no such programme.
    """
    await rows.known(connection, PROGRAMME, {"id": programme})
    values = {"programme": programme, "person": person, "roles": sorted({*roles}), "updated_at": at}
    await connection.execute(upsert(ParticipationRow, connection.dialect.name), values)


async def _seen(connection: AsyncConnection, person: str, programme: str | None) -> Person:
    where = [PersonRow.id == person, *([] if programme is None else [_takes_part(programme)])]
    for found in await rows.page(connection, PERSON, *where, limit=1):
        return found
    raise UnknownRecordError("person", person, programme)


def _takes_part(programme: str) -> ColumnElement[bool]:
    those = select(ParticipationRow.person).where(ParticipationRow.programme == programme)
    return PersonRow.id.in_(those)


def _holds(text: str, *columns: InstrumentedAttribute[Any]) -> ColumnElement[bool]:
    return or_(*(column.icontains(text, autoescape=True) for column in columns))


def _without(person: str, programme: str | None = None) -> Update:
    """Let nothing say any more that they chose what cooperations show, of a programme or of all."""
    theirs = update(PublicationRow).where(PublicationRow.chosen_by == person)
    if programme is not None:
        theirs = theirs.where(PublicationRow.programme == programme)
    return theirs.values(chosen_by=None)
