"""What the things of cooperations are called in what leaves the house: mails and calendars."""

from __future__ import annotations

from coopflow.application.engine import Address, UnknownCooperationError
from coopflow.readmodel.queries import Queries
from coopflow.wording.naming import Names, known_rules
from coopflow.wording.phrases import Phrases
from coopflow.wording.subjects import needs_names, subject_said


class Namer:
    """Says what tasks, dates and decisions are about; looks up each cooperation once, if at all."""

    def __init__(self, queries: Queries, say: Phrases) -> None:
        """Look up in a read model, and speak a language."""
        self._queries = queries
        self._say = say
        self._known: dict[Address, Names] = {}

    async def said(self, address: Address, subject: str) -> str:
        """Return a subject of a cooperation in words.

        Raises:
            DatabaseUnavailableError: the database does not answer.
        """
        names = Names(None, self._say)
        if needs_names(subject):
            names = await self._names(address)
        return subject_said(subject, self._say, names)

    async def organisation(self, address: Address, organisation: str) -> str:
        """Return what an organisation of a cooperation is called.

        Raises:
            DatabaseUnavailableError: the database does not answer.
        """
        return (await self._names(address)).organisation(organisation)

    async def _names(self, address: Address) -> Names:
        if address not in self._known:
            self._known[address] = await self._looked_up(address)
        return self._known[address]

    async def _looked_up(self, address: Address) -> Names:
        try:
            found = await self._queries.cooperation(address)
        except UnknownCooperationError:
            return Names(None, self._say)
        members = await self._queries.members(address)
        rules = known_rules(found.lifecycle, found.policy)
        return Names(rules, self._say, {one.id: one.name for one in members})
