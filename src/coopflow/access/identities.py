"""Accounts with an identity provider, and who of the directory they are."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import delete, insert, select

from coopflow.access.errors import UnknownPersonError
from coopflow.access.people import People, Person
from coopflow.access.tables import IdentityRow
from coopflow.domain.base import Shape
from coopflow.readmodel.database import Database
from coopflow.readmodel.statements import take_turn


class Account(Shape):
    """What a provider vouches for.

    Attributes:
        issuer: the provider.
        subject: the account, for ever; an e-mail address may change hands.
        email: an address, if the provider told one.
        email_verified: whether the provider made sure that the address is theirs.
    """

    issuer: str
    subject: str
    email: str | None = None
    email_verified: bool = False


class Identities:
    """Who has which account. Every method may raise DatabaseUnavailableError."""

    def __init__(self, database: Database, people: People) -> None:
        """Keep the accounts of the people of a directory in a database."""
        self._database, self._people = database, people

    async def person_of(self, account: Account, now: datetime) -> Person:
        """Return who has an account.

        At the first sign-in that is the person of the directory who has the account's e-mail
        address, if the provider verified it, and if that person has no other account there. From
        then on the address no longer matters.

        Raises:
            UnknownPersonError: it is nobody's; nobody is added to the directory.
        """
        known = await self._known(account)
        if known is not None:
            return await self._present(known)
        if account.email is None or not account.email_verified:
            raise UnknownPersonError("the account is new, and has no verified e-mail address")
        person = await self._people.with_email(account.email)
        if person is None:
            raise UnknownPersonError("nobody in the directory has the account's e-mail address")
        async with self._database.writing() as connection:
            await take_turn(connection, "identities")
            of_person = select(IdentityRow.subject).where(
                IdentityRow.issuer == account.issuer, IdentityRow.person == person.id
            )
            subject = (await connection.execute(of_person)).scalar_one_or_none()
            if subject is None:
                values = {
                    "issuer": account.issuer,
                    "subject": account.subject,
                    "person": person.id,
                    "linked_at": now,
                }
                await connection.execute(insert(IdentityRow).values(**values))
            elif subject != account.subject:
                raise UnknownPersonError(
                    f"{person.id} signed in with another account before: forget that first"
                )
        return person

    async def forget(self, person: str) -> int:
        """Let a person's accounts be nobody's, and return how many there were."""
        async with self._database.writing() as connection:
            this = delete(IdentityRow).where(IdentityRow.person == person)
            return (await connection.execute(this)).rowcount

    async def _known(self, account: Account) -> str | None:
        query = select(IdentityRow.person).where(
            IdentityRow.issuer == account.issuer, IdentityRow.subject == account.subject
        )
        async with self._database.reading() as connection:
            return (await connection.execute(query)).scalar_one_or_none()

    async def _present(self, person: str) -> Person:
        found = await self._people.person(person)
        if found is None:
            raise UnknownPersonError(f"{person} is no longer in the directory")
        return found
