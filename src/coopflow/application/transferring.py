"""Taking whole cooperations out of an installation, and into another one."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable, Iterator, Sequence
from typing import Any, Literal, NamedTuple, Protocol

from coopflow.application.cooperation_file import FileFaultError, Packed, Unpacked, Writer
from coopflow.application.engine import Address
from coopflow.definitions.compile import digest_of as digest_of_content
from coopflow.definitions.library import shipped
from coopflow.domain.chain import GENESIS, digest_of
from coopflow.domain.events import Entry
from coopflow.domain.rulebook import Definition
from coopflow.domain.state import Cooperation

Standing = Literal["absent", "partly", "there", "other"]
"""How a journal stands to one that is imported: nothing of it is there, its beginning is, all of it
is (and maybe more since), or another one is."""

Outcome = Literal["imported", "there"]

Progress = Callable[[Address, int], None]
"""Is told of each cooperation that was done, and of how many entries it has."""


class Journals(Protocol):
    """The read model, as far as journals are taken out of it and into it."""

    async def last(self, address: Address) -> Entry | None:
        """Return the last entry of a journal; None when there is none."""
        ...

    def pages(self, address: Address, last: int) -> AsyncIterator[tuple[Entry, ...]]:
        """Yield the entries of a journal up to a number."""
        ...

    async def standing(self, address: Address, entries: Sequence[Entry]) -> Standing:
        """Say how the journal of a cooperation stands to these entries."""
        ...

    async def take_in(
        self, address: Address, entries: Sequence[Entry], definitions: Sequence[Definition]
    ) -> None:
        """Store the whole journal of a cooperation, of which nobody is notified."""
        ...


class Workflows(Protocol):
    """What cooperations live on."""

    async def pack(self, address: Address) -> tuple[Packed, int] | None:
        """Return what a workflow knows, once the read model has all its entries, and how many.

        None when there is none any more.
        """
        ...

    async def lives(self, address: Address) -> bool:
        """Whether a cooperation has a workflow."""
        ...

    async def carry_on(self, address: Address, state: Cooperation, packed: Packed) -> None:
        """Let a cooperation live from a state on, unless it does."""
        ...


class Registered(Protocol):
    """The rules that cooperations of an installation follow."""

    async def contents(
        self, kind: Literal["lifecycle", "policy"], name: str
    ) -> tuple[dict[str, Any], ...]:
        """Return what is registered as ``name@version``."""
        ...


class Bounds(NamedTuple):
    """What is taken in for those who manage one programme, and not the installation.

    Rules are known to all programmes by their names: what would have others take something else for
    what they mean is left to those who run the installation.

    Attributes:
        programme: whose all cooperations of a file have to be.
        registered: the rules that are known, which none of a file may contradict.
    """

    programme: str
    registered: Registered


class Done(NamedTuple):
    """What was done, or would be done, about a cooperation of a file.

    Attributes:
        address: where it is found.
        entries: how many entries its journal has in the file.
        outcome: whether it is imported, or was there already.
    """

    address: Address
    entries: int
    outcome: Outcome


async def take_out(
    addresses: Iterable[Address],
    journals: Journals,
    workflows: Workflows,
    writer: Writer,
    progress: Progress,
) -> AsyncIterator[bytes]:
    """Yield the lines of a file of cooperations, in order.

    Args:
        addresses: those that are taken out, and stay as they are.
        journals: where they are written down.
        workflows: what they live on.
        writer: makes the lines.
        progress: is told of each that is done.

    Raises:
        UnavailableError: the read model or the engine does not answer.
        KeysError: a key is missing.
    """
    yield writer.header()
    for address in addresses:
        found = await workflows.pack(address)
        last = await journals.last(address)
        if last is None:
            continue  # nothing was ever told of it
        packed, seq = found or (None, last.seq)
        head = packed.head if packed else GENESIS if last.previous is None else digest_of(last)
        yield writer.cooperation(address, seq, head, packed)
        async for entries in journals.pages(address, seq):
            for entry in entries:
                yield writer.entry(address, entry)
        progress(address, seq)
    yield writer.closing()


async def look_into(
    cooperations: Iterator[Unpacked],
    journals: Journals,
    workflows: Workflows,
    progress: Progress,
    bounds: Bounds | None = None,
) -> tuple[Done, ...]:
    """Say what importing the cooperations of a file would do; nothing is written.

    Args:
        cooperations: those of the file.
        journals: where they would be written down.
        workflows: what they would live on.
        progress: is told of each that was looked into.
        bounds: what they may be; None for whatever they are.

    Raises:
        FileFaultError: something is wrong with the file, or another cooperation has the address of
            one, or one is out of bounds.
        KeysError: a key is missing with which something is encrypted.
        UnavailableError: the read model or the engine does not answer.
    """
    found: list[Done] = []
    seen: set[Address] = set()
    async for one in _apart(cooperations):
        if bounds is not None:
            await _keep_within(bounds, one)
        if one.address in seen:
            raise FileFaultError(one.line, "already_exists", f"{one.address} is there twice")
        seen.add(one.address)
        outcome = await _outcome(one, journals, workflows)
        found.append(Done(one.address, len(one.entries), outcome))
        progress(one.address, len(one.entries))
    return tuple(found)


async def take_in(
    cooperations: Iterator[Unpacked], journals: Journals, workflows: Workflows, progress: Progress
) -> tuple[Done, ...]:
    """Import the cooperations of a file, which ``look_into`` found good.

    An interruption is taken up by importing again: what is there is passed over.

    Raises:
        FileFaultError: as of ``look_into``; what was imported before stays.
        KeysError: a key is missing with which something is encrypted.
        UnavailableError: the read model or the engine does not answer.
    """
    found: list[Done] = []
    async for one in _apart(cooperations):
        outcome = await _outcome(one, journals, workflows)
        if outcome == "imported":
            definitions = one.packed.definitions if one.packed else ()
            await journals.take_in(one.address, one.entries, definitions)
            if one.packed is not None:
                await workflows.carry_on(one.address, one.state, one.packed)
        found.append(Done(one.address, len(one.entries), outcome))
        progress(one.address, len(one.entries))
    return tuple(found)


async def _apart(cooperations: Iterator[Unpacked]) -> AsyncIterator[Unpacked]:
    """Yield cooperations that a thread reads and verifies: it takes a while, and others wait."""
    while (one := await asyncio.to_thread(next, cooperations, None)) is not None:
        yield one


async def _keep_within(bounds: Bounds, one: Unpacked) -> None:
    if one.address.programme != bounds.programme:
        told = f"{one.address} is of another programme; only those of {bounds.programme} may be"
        raise FileFaultError(one.line, "other_programme", told)
    for definition in one.packed.definitions if one.packed else ():
        await _refuse_other(bounds, one.line, "lifecycle", definition.lifecycle_name, definition)
        await _refuse_other(bounds, one.line, "policy", definition.policy_name, definition)


async def _refuse_other(
    bounds: Bounds,
    line: int,
    kind: Literal["lifecycle", "policy"],
    name: str,
    definition: Definition,
) -> None:
    """Refuse rules that have the name of others."""
    known = [*await bounds.registered.contents(kind, name)]
    own = await asyncio.to_thread(shipped, kind, name)
    known += [own] if own is not None else []
    stated = digest_of_content(getattr(definition, kind))
    if known and stated not in map(digest_of_content, known):
        told = (
            f"the {kind} {name} says something else in the file than here; who runs the "
            "installation imports it (coopflow coop import)"
        )
        raise FileFaultError(line, "already_exists", told)


async def _outcome(one: Unpacked, journals: Journals, workflows: Workflows) -> Outcome:
    standing = await journals.standing(one.address, one.entries)
    lives = await workflows.lives(one.address)
    if standing == "other" or (lives and standing != "there"):
        told = (
            f"another cooperation lives at {one.address}, or it went on differently: its journal "
            "is not the one of the file; nothing is imported over it"
        )
        raise FileFaultError(one.line, "already_exists", told)
    is_whole = standing == "there" and (lives or one.packed is None)
    return "there" if is_whole else "imported"
