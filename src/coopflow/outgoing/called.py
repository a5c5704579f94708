"""What the things of cooperations are called in what leaves the house: mails and calendars."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from coopflow.application.engine import Address
from coopflow.readmodel.queries import Queries
from coopflow.wording.naming import Names
from coopflow.wording.phrases import Phrases
from coopflow.wording.subjects import is_written, needs_names, subject_said

_HOLDER: Final = "mandate_ends"
"""The kind of dates that are about who holds a mandate, whatever else is called so."""

_AT_ONCE: Final = 500


class Namer:
    """Says what tasks, dates and decisions are about; looks up each cooperation once, if at all.

    Every method may raise DatabaseUnavailableError.
    """

    def __init__(self, queries: Queries, say: Phrases) -> None:
        """Look up in a read model, and speak a language."""
        self._queries = queries
        self._say = say
        self._known: dict[Address, Names] = {}
        self._holders: dict[tuple[str, str], str] = {}

    async def prepare(self, about: Iterable[tuple[Address, str, str]]) -> None:
        """Look up together what several subjects need, each of a cooperation and a kind."""
        given = list(about)
        await self._look_up(
            address for address, subject, kind in given if _is_looked_up(subject, kind)
        )
        await self._look_up_holders(
            (address.programme, subject) for address, subject, kind in given if kind == _HOLDER
        )

    async def said(self, address: Address, subject: str, kind: str = "") -> str:
        """Return a subject of a cooperation in words.

        Args:
            address: the cooperation.
            subject: a code, or what people wrote.
            kind: of the task or the date that is about it; what people wrote is never taken for a
                code where those of a kind are about that alone.
        """
        if is_written(kind):
            return subject
        if kind == _HOLDER:
            holder = (address.programme, subject)
            await self._look_up_holders([holder])
            return self._holders[holder]
        names = Names(None, self._say)
        if _is_looked_up(subject, kind):
            await self._look_up([address])
            names = self._known[address]
        return subject_said(subject, self._say, names)

    async def _look_up(self, addresses: Iterable[Address]) -> None:
        wanted = {*addresses} - self._known.keys()
        if not wanted:
            return
        found = await self._queries.cooperations_at(wanted)
        members = await self._queries.members_at(wanted)
        for address in wanted:
            one = found.get(address)
            rules = await self._queries.rulebooks.of(one, one.policy) if one is not None else None
            self._known[address] = Names(rules, self._say, members.get(address))

    async def _look_up_holders(self, holders: Iterable[tuple[str, str]]) -> None:
        wanted: dict[str, list[str]] = {}
        for programme, holder in {*holders} - self._holders.keys():
            wanted.setdefault(programme, []).append(holder)
        for programme, ids in wanted.items():
            for start in range(0, len(ids), _AT_ONCE):
                some = ids[start : start + _AT_ONCE]
                names = await self._queries.organisation_names(programme, some)
                self._holders |= {(programme, one): names.get(one, one) for one in some}


def _is_looked_up(subject: str, kind: str) -> bool:
    return kind != _HOLDER and not is_written(kind) and needs_names(subject)
