"""What a client asks by, in whose name, and how patiently."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from typing import Any, Final, Protocol, TypedDict
from uuid import uuid4

from pydantic_core import to_jsonable_python

from coopflow.application.engine import (
    Address,
    Engine,
    Mode,
    Reply,
    UnavailableError,
    UnknownCooperationError,
)
from coopflow.client.errors import (
    AmbiguousCooperationError,
    BehindError,
    NobodyActsError,
    NoProgrammeError,
    NoReadModelError,
    UnknownAnywhereError,
)
from coopflow.client.refusals import RefusedError
from coopflow.domain.base import Slug, StatedInstant
from coopflow.domain.marks import Person
from coopflow.domain.refusals import Refusal
from coopflow.domain.rulebook import Definition
from coopflow.domain.state import Cooperation
from coopflow.readmodel.feed import Feed
from coopflow.readmodel.history import History
from coopflow.readmodel.queries import Queries
from coopflow.readmodel.registry import Registry

PATIENCE: Final = timedelta(seconds=30)
"""How long to wait for the read model."""

_FIRST_WAIT: Final = 0.005
_LONGEST_WAIT: Final = 0.5


class Options(TypedDict, total=False):
    """What may be said with any command, beside what it is about.

    Attributes:
        actor: who gives it; by default the person of the client.
        id: makes giving it again harmless, for as long as the cooperation remembers (at least its
            last 1,000 commands); made up when it is not said.
        at: when it was given, of a past that is recorded; a live cooperation reads its own clock.
        grants: roles that the actor holds outside the cooperation; the caller vouches for them.
        consistent: return only once the read model has caught up with what the command came to.
    """

    actor: Person
    id: Slug
    at: StatedInstant
    grants: Iterable[str]
    consistent: bool


class ReadModel(Protocol):
    """What answers questions; ``readmodel.reading.Reading`` is one."""

    @property
    def queries(self) -> Queries:
        """Asks the tables."""
        ...

    @property
    def history(self) -> History:
        """Looks back into the journals."""
        ...

    @property
    def registry(self) -> Registry:
        """Asks for lifecycles and policies."""
        ...

    @property
    def feed(self) -> Feed:
        """Tells what happens."""
        ...


@dataclass(frozen=True, kw_only=True)
class Means:
    """What a client asks by; shared by all that it hands out.

    Attributes:
        engine: gives cooperations commands.
        read_model: answers questions; None for what is done without.
        programme: where cooperations are, unless it is said.
        person: who acts, unless it is said.
        grants: roles that this person holds outside cooperations.
        consistent: whether commands wait for the read model, unless it is said.
        patience: how long they do.
        clock: says when commands are given that do not say so, where the engine has no clock.
    """

    engine: Engine
    read_model: ReadModel | None = None
    programme: Slug | None = None
    person: Person | None = None
    grants: tuple[str, ...] = ()
    consistent: bool = False
    patience: timedelta = PATIENCE
    clock: Callable[[], datetime] | None = None

    def __post_init__(self) -> None:
        """See to it that there is what is to be waited for: a command that was given is given.

        Raises:
            NoReadModelError: there is not.
        """
        self._check_waiting(wanted=self.consistent)

    @property
    def reading(self) -> ReadModel:
        """The read model.

        Raises:
            NoReadModelError: there is none.
        """
        if self.read_model is None:
            raise NoReadModelError
        return self.read_model

    async def locate(self, cooperation: str) -> Address:
        """Return where a cooperation is, in whatever programme, by its id.

        Raises:
            UnknownCooperationError: there is none.
            AmbiguousCooperationError: there are several.
            NoReadModelError: nothing knows.
        """
        found = await self.reading.queries.find(cooperation)
        if not found:
            raise UnknownAnywhereError(cooperation)
        if len(found) > 1:
            raise AmbiguousCooperationError(cooperation, found)
        return found[0]

    def acting(self, person: Person | None) -> Person:
        """Return who does something: the person who is named, or that of the client.

        Raises:
            NobodyActsError: nobody was named.
        """
        person = self.person if person is None else person
        if person is None:
            raise NobodyActsError
        return person

    def programme_of(self, programme: Slug | None) -> Slug:
        """Return the programme that is named, or that of the client.

        Raises:
            NoProgrammeError: there is neither.
        """
        programme = programme or self.programme
        if programme is None:
            raise NoProgrammeError
        return programme

    def wire(self, command: str, payload: Mapping[str, Any], options: Options) -> dict[str, Any]:
        """Return a command as it is sent: plain JSON values, without what was not said.

        Raises:
            NobodyActsError: it was not said who gives it.
            NoReadModelError: it is to wait for the read model, and there is none.
            TypeError: a value is nothing that JSON can say.
        """
        self._check_waiting(wanted=options.get("consistent", False))
        said = {name: plain(value) for name, value in payload.items() if value is not None}
        at = self.given_at(options.get("at"))
        return {
            "command": command,
            "actor": self.acting(options.get("actor")),
            "id": options.get("id") or uuid4().hex,
            **({} if at is None else {"at": at.isoformat()}),
            **said,
        }

    def wire_of(self, said: Mapping[str, Any]) -> dict[str, Any]:
        """Return a command that is said as a whole, as it is sent.

        Raises:
            NobodyActsError: it was not said who gives it.
            TypeError: a value is nothing that JSON can say.
        """
        options: Options = {} if said.get("actor") is None else {"actor": said["actor"]}
        return self.wire(str(said.get("command")), said, options)

    async def give(
        self, address: Address, command: str, payload: Mapping[str, Any], options: Options
    ) -> Reply:
        """Give a command to a cooperation, and wait for the read model if that is wanted.

        Raises:
            RefusedError: it was refused.
            UnknownCooperationError: there is none at this address.
            UnavailableError: the engine does not answer; a note says under which id the command may
                be given again.
            BehindError: it was accepted, and the read model takes longer than the patience.
        """
        wire = self.wire(command, payload, options)
        with _saying(wire["id"]):
            outcome = await self.engine.execute(address, wire, self.granted(options))
        return await self.settled(address, outcome, options)

    async def open(
        self, definition: Definition, payload: Mapping[str, Any], mode: Mode, options: Options
    ) -> Reply:
        """Open a cooperation, and wait for the read model if that is wanted.

        Raises:
            RefusedError: it was refused.
            UnavailableError: as for ``give``.
            BehindError: likewise.
        """
        wire = self.wire("open_cooperation", payload, options)
        with _saying(wire["id"]):
            outcome = await self.engine.open(definition, wire, self.granted(options), mode)
        address = Address(wire["programme"], wire["cooperation"])
        return await self.settled(address, outcome, options)

    def granted(self, options: Options) -> tuple[str, ...]:
        """Return the roles that whoever gives a command holds outside the cooperation."""
        return tuple(options.get("grants", self.grants))

    async def settled(
        self, address: Address, outcome: Reply | Refusal, options: Options | None = None
    ) -> Reply:
        """Return a reply, once the read model has it if that is wanted.

        Raises:
            RefusedError: it is a refusal.
            BehindError: the read model takes longer than the patience.
        """
        reply = accepted(outcome)
        wanted = self.consistent if options is None else options.get("consistent", self.consistent)
        if wanted:
            await self.caught_up(address, reply.seq_to, reply)
        return reply

    async def caught_up(self, address: Address, seq: int, reply: Reply | None = None) -> None:
        """Wait until the read model, as this client reads it, has all entries up to a number.

        A read model that is away is waited for like one that is behind.

        Raises:
            BehindError: it has not within the patience.
        """
        queries = self.reading.queries
        deadline = time.monotonic() + self.patience.total_seconds()
        wait = _FIRST_WAIT
        while True:
            away: UnavailableError | None = None
            try:
                if await _has(queries, address, seq):
                    return
            except UnavailableError as error:
                away = error
            if time.monotonic() + wait > deadline:
                raise BehindError(address, seq, self.patience.total_seconds(), reply) from away
            await asyncio.sleep(wait)
            wait = min(wait * 2, _LONGEST_WAIT)

    def _check_waiting(self, *, wanted: bool) -> None:
        if wanted and self.read_model is None:
            raise NoReadModelError

    def given_at(self, at: datetime | None) -> datetime | None:
        """Return when something is given; None where the engine says."""
        return self.clock() if at is None and self.clock is not None else at

    def now(self, state: Cooperation) -> datetime:
        """Return the instant that it is for a cooperation; never before the latest that it told."""
        now = self.clock() if self.clock is not None else datetime.now(UTC)
        return now if state.as_of is None else max(state.as_of, now)


@contextmanager
def _saying(command: str) -> Iterator[None]:
    """Say on an error that leaves open whether a command was taken by which id to repeat it."""
    try:
        yield
    except UnavailableError as error:
        error.add_note(f"It was given with id={command!r}: with that it is done once.")
        raise


async def _has(queries: Queries, address: Address, seq: int) -> bool:
    try:
        return (await queries.cooperation(address)).seq >= seq
    except UnknownCooperationError:  # not even its opening
        return seq < 1


def accepted(outcome: Reply | Refusal) -> Reply:
    """Return a reply.

    Raises:
        RefusedError: it is a refusal.
    """
    if isinstance(outcome, Refusal):
        raise RefusedError.of(outcome)
    return outcome


def plain(value: object) -> Any:
    """Return a value as plain JSON, as the wire has it.

    Raises:
        TypeError: JSON cannot say it.
    """
    return to_jsonable_python(value, by_alias=True, fallback=_fallback)


def _fallback(value: object) -> str:
    if isinstance(value, Fraction):
        return str(value)
    raise TypeError(f"{value!r} is nothing that a command can say")
