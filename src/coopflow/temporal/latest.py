"""Cooperations as they are, remembered for as long as their journals do not go on."""

from __future__ import annotations

from collections import OrderedDict
from typing import Final, NamedTuple, Protocol

from coopflow.application.engine import Address
from coopflow.domain.rulebook import Definition
from coopflow.domain.state import Cooperation
from coopflow.temporal.messages import JournalHead

_REMEMBERED: Final = 128


class Latest(NamedTuple):
    """A cooperation as it is.

    Attributes:
        head: how far its journal goes.
        state: what its events have come to.
        definitions: what it was opened with, then what was offered to it, at least as far as
            anything in the state refers to it: an offer alone is in no journal. Who wants all that
            is on offer asks for the definitions.
    """

    head: JournalHead
    state: Cooperation
    definitions: tuple[Definition, ...]


class Source(Protocol):
    """Answers how cooperations are, each question by its own call."""

    async def journal_head(self, address: Address) -> JournalHead:
        """Say how far the journal goes."""
        ...

    async def state(self, address: Address) -> Cooperation:
        """Return the cooperation as it is."""
        ...

    async def definitions(self, address: Address) -> tuple[Definition, ...]:
        """Return what it was opened with, then what was offered to it since."""
        ...


class Remembered:
    """Asks how far the journal of a cooperation goes, and for the rest only where it went on.

    The digest of the last entry stands for all that came before: the same digest is the same state.
    """

    def __init__(self, source: Source, limit: int = _REMEMBERED) -> None:
        """Ask a source.

        Args:
            source: what is asked.
            limit: how many cooperations to remember, about 100 KB each.
        """
        self._source = source
        self._limit = limit
        self._kept: OrderedDict[Address, Latest] = OrderedDict()

    async def latest(self, address: Address) -> Latest:
        """Return a cooperation as it is.

        Raises:
            UnknownCooperationError: there is none at this address.
            UnavailableError: the source does not answer.
        """
        head = await self._source.journal_head(address)
        known = self._kept.pop(address, None)
        if known is None or (known.head.digest, known.head.seq) != (head.digest, head.seq):
            state = await self._source.state(address)
            # Afterwards: what a decision is about was offered before the decision was opened.
            definitions = await self._source.definitions(address)
        else:
            state, definitions = known.state, known.definitions
        found = Latest(head, state, definitions)
        if state.seq == head.seq:  # else an entry came in between
            self._kept[address] = found
            while len(self._kept) > self._limit:
                self._kept.popitem(last=False)
        return found
