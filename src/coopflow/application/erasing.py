"""Erasing a person from cooperations, with a report of what was done and what is left to people."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Final, Literal, NamedTuple, Protocol
from uuid import uuid4

from coopflow.application.callers import Caller
from coopflow.application.engine import (
    Address,
    Engine,
    UnavailableError,
    UnknownCooperationError,
)
from coopflow.domain.refusals import Refusal

ERASES: Final = ("programme_manager",)
"""The role outside cooperations that erases people."""

Result = Literal["erased", "nothing", "refused", "gone", "unfinished"]


class Traces(NamedTuple):
    """Where a journal names a person.

    Attributes:
        entries: the numbers of the entries that name them as a person.
        texts: where the id stands in what people wrote, by entry and JSON pointer within its event.
    """

    entries: tuple[int, ...] = ()
    texts: tuple[tuple[int, str], ...] = ()


class Erasure(NamedTuple):
    """What erasing a person from a cooperation came to.

    Attributes:
        address: the cooperation.
        result: ``erased`` now, ``nothing`` to erase (any more), ``refused``, ``gone`` where
            Temporal keeps nothing of a cooperation that was closed long ago, or ``unfinished``:
            what was not reached in time goes on by itself, and naming the cooperation again
            completes it.
        tombstone: what stands in their place.
        entries: how many entries of the journal named them.
        runs: how many ended runs of its workflow, which knew them, were deleted.
        texts: where the id still stands in what people wrote, which people have to look at.
        detail: why it was not erased, or not in full; empty otherwise.
    """

    address: Address
    result: Result
    tombstone: str | None = None
    entries: int = 0
    runs: int = 0
    texts: tuple[tuple[int, str], ...] = ()
    detail: str = ""


Forgotten = Literal["removed", "left", "kept", "unknown"]
"""What became of somebody's names: removed, no longer in a programme, kept, or not there."""


class ForgettingEngine(Engine, Protocol):
    """An engine whose histories can let go of a person."""

    async def until_forgotten(self, address: Address) -> int:
        """Wait until no present history names them, and delete the ended ones; say how many."""
        ...


class Tracing(Protocol):
    """The journals, as far as they are asked for people."""

    async def named_in(self, person: str, programme: str | None = None) -> tuple[Address, ...]:
        """Return the cooperations whose journals hold the id, as a person or within a text."""
        ...

    async def traces(self, address: Address, person: str) -> Traces:
        """Return where the journal of a cooperation names a person."""
        ...


class Names(Protocol):
    """Where the names of people are kept."""

    async def forget(self, person: str, programme: str | None = None) -> Forgotten:
        """Let somebody no longer take part in a programme, or remove them altogether.

        Who takes part in no programme any more is removed too, unless they administer the
        installation.
        """
        ...


class Entrance(Protocol):
    """What people get in by."""

    async def forget(self, person: str, keeper: Caller) -> None:
        """Let nothing be left by which a person gets in."""
        ...

    async def forget_within(self, person: str, addresses: Collection[Address]) -> None:
        """Let nothing be left by which they get at these cooperations."""
        ...


class Letters(Protocol):
    """What is to be written to people."""

    async def forget(self, person: str, within: Collection[Address] | None) -> None:
        """Let nothing be left that is to be written to them, or was.

        About these cooperations, or about anything when None.
        """
        ...


class Texts(Protocol):
    """What people have typed and not sent yet."""

    async def forget(self, person: str, within: Collection[Address] | None) -> None:
        """Let nothing be left of it: in these cooperations, or anywhere when None."""
        ...


class Copies(Protocol):
    """Files that were made of what cooperations hold."""

    async def forget(self, person: str, addresses: Collection[Address]) -> None:
        """Let none be left that was made for a person, or tells of these cooperations."""
        ...


class Erased(NamedTuple):
    """What erasing a person came to.

    Attributes:
        cooperations: each that they were to be erased from, in that order.
        names: what became of their names, as ``erase_names`` returns it.
    """

    cooperations: tuple[Erasure, ...]
    names: Mapping[str, Forgotten]


@dataclass(frozen=True)
class Eraser:
    """Erases people from wherever they are known: cooperations, the directory, the way in.

    Attributes:
        engine: where cooperations live.
        journals: where they are written down.
        names: the directory.
        entrance: what people get in by.
        letters: what is to be written to people.
        texts: what people have typed and not sent yet.
        copies: files that were made of what cooperations hold.
    """

    engine: ForgettingEngine
    journals: Tracing
    names: Names
    entrance: Entrance
    letters: Letters
    texts: Texts
    copies: Copies

    async def erase(  # noqa: PLR0913, PLR0917 - who is erased where, by whom
        self,
        person: str,
        addresses: Iterable[Address],
        programmes: Collection[str] | None,
        by: str,
        keeper: Caller,
        progress: Callable[[Erasure], None] = lambda _: None,
    ) -> Erased:
        """Erase a person; an interruption is taken up by erasing again.

        Whoever is no longer in the directory gets in no more, and no mail. Files that may name them
        go last: none that is being made outlives them.

        Args:
            person: who is to be forgotten.
            addresses: the cooperations that they are erased from.
            programmes: as of ``erase_names``.
            by: who erases them, for the programme.
            keeper: who asks for it.
            progress: is told of each cooperation.
        """
        found: list[Erasure] = []
        addresses = tuple(addresses)
        await self.texts.forget(person, addresses)
        for address in addresses:
            found.append(await erase(self.engine, self.journals, address, person, by))
            progress(found[-1])
        await self.letters.forget(person, addresses)
        await self.entrance.forget_within(person, addresses)
        names = await erase_names(self.names, self.journals, person, programmes)
        if "removed" in names.values():
            await self.entrance.forget(person, keeper)
            await self.letters.forget(person, None)
            await self.texts.forget(person, None)
        await self.copies.forget(person, addresses)
        return Erased(tuple(found), names)


async def erase_names(
    names: Names, journals: Tracing, person: str, programmes: Collection[str] | None
) -> dict[str, Forgotten]:
    """Let the directory forget somebody, once they were erased from cooperations.

    Args:
        names: the directory.
        journals: where cooperations are written down.
        person: who is forgotten.
        programmes: where they were erased from some cooperations: they leave those in which no
            journal names them any more. None when they were erased from everything.

    Returns:
        What became of the names, by programme; of everything under ``*``.
    """
    if programmes is None:
        return {"*": await names.forget(person)}
    found: dict[str, Forgotten] = {}
    for programme in sorted({*programmes}):
        addresses = await journals.named_in(person, programme)
        is_named = [(await journals.traces(one, person)).entries for one in addresses]
        found[programme] = "kept" if any(is_named) else await names.forget(person, programme)
    return found


async def erase(
    engine: ForgettingEngine, journals: Tracing, address: Address, person: str, by: str
) -> Erasure:
    """Erase a person from a cooperation, unless that is done already.

    An interruption is taken up by erasing again: what was erased stays so, and what is left of it
    in histories is let go of then.

    Args:
        engine: where the cooperation lives.
        journals: where it is written down.
        address: the cooperation.
        person: who is to be forgotten.
        by: who erases them, for the programme.
    """
    try:
        return await _erase(engine, journals, address, person, by)
    except UnknownCooperationError as error:
        return Erasure(address, "gone", detail=str(error))
    except UnavailableError as error:
        return Erasure(address, "unfinished", detail=str(error))


async def _erase(
    engine: ForgettingEngine, journals: Tracing, address: Address, person: str, by: str
) -> Erasure:
    command = {"command": "erase_person", "actor": by, "id": uuid4().hex, "person": person}
    outcome = await engine.execute(address, command, ERASES)
    if isinstance(outcome, Refusal) and outcome.code != "unknown_person":
        return Erasure(address, "refused", detail=str(outcome))
    runs = await engine.until_forgotten(address)
    texts = (await journals.traces(address, person)).texts
    if isinstance(outcome, Refusal):
        return Erasure(address, "nothing", runs=runs, texts=texts)
    # A repeated command is answered with the numbers of its entries alone.
    for seq in range(outcome.seq_from, outcome.seq_to + 1):
        tombstone = f"erased-{seq}"
        named = (await journals.traces(address, tombstone)).entries
        if seq in named:
            return Erasure(address, "erased", tombstone, len({*named} - {seq}), runs, texts)
    return Erasure(address, "unfinished", detail="the journal does not tell of the erasure yet")
