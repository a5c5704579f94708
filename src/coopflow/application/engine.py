"""The port through which cooperations are run, whatever keeps them: memory or Temporal."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Literal, NamedTuple, Protocol, TypeVar

from coopflow.domain.base import Shape
from coopflow.domain.checks import Outcome
from coopflow.domain.events import Entry, Event
from coopflow.domain.explanation import Examination
from coopflow.domain.refusals import Refusal
from coopflow.domain.rulebook import Definition
from coopflow.domain.state import Cooperation

E = TypeVar("E", bound=Event)


class Address(NamedTuple):
    """Where a cooperation is found: its programme and its id."""

    programme: str
    cooperation: str

    def __str__(self) -> str:
        """Write the address as people quote it."""
        return f"{self.programme}/{self.cooperation}"


class Reply(Shape):
    """What an accepted command came to.

    ``entries`` hold what fell due before the command and what followed from it; they are empty
    for a ``duplicate``, whose events carry the numbers ``seq_from`` to ``seq_to``.
    """

    seq_from: int
    seq_to: int
    entries: tuple[Entry, ...] = ()
    duplicate: bool = False

    def events(self, kind: type[E]) -> tuple[E, ...]:
        """Return the events of a type among the entries, in order.

        ``reply.events(DecisionOpened)[0].decision`` is the id that a decision got.
        """
        return tuple(one.event for one in self.entries if isinstance(one.event, kind))


class Given(NamedTuple):
    """A command in wire form, and the roles that its actor holds outside the cooperation."""

    command: Mapping[str, Any]
    grants: tuple[str, ...] = ()


class Series(NamedTuple):
    """What several commands came to, given one after the other.

    Attributes:
        replies: of those that were accepted, up to the first that was not.
        refusal: why that one was not; None when all were accepted. Those behind it were not given.
    """

    replies: tuple[Reply, ...]
    refusal: Refusal | None = None


Mode = Literal["live", "recorded"]
"""How time passes: by the clock of the engine, or as dated commands say."""


class Engine(Protocol):
    """Runs cooperations.

    Commands are in wire form, ``{command, actor, id?, ...payload}``. In recorded mode they carry
    ``at``; a live cooperation takes the time from the engine. ``grants`` are roles that the actor
    holds outside the cooperation; the caller vouches for them.
    """

    async def open(
        self,
        definition: Definition,
        command: Mapping[str, Any],
        grants: Iterable[str] = (),
        mode: Mode = "live",
    ) -> Reply | Refusal:
        """Open a cooperation with an ``open_cooperation`` command."""
        ...

    async def execute(
        self,
        address: Address,
        command: Mapping[str, Any],
        grants: Iterable[str] = (),
        expected_seq: int | None = None,
    ) -> Reply | Refusal:
        """Give a command to a cooperation.

        With ``expected_seq``, only if that is still the number of its last entry: else it is
        refused as ``outdated``.
        """
        ...

    async def execute_all(self, address: Address, given: Sequence[Given]) -> Series:
        """Give a cooperation commands of a recorded past, one after the other, as fast as it can.

        It ends with the first that is refused; those before it stand. Each is known by its own id,
        so that giving them again is harmless.

        Raises:
            UnknownCooperationError: there is none at this address.
        """
        ...

    async def tell(self, address: Address, at: datetime) -> Reply | Refusal:
        """Let happen what falls due up to an instant; in recorded mode only."""
        ...

    async def go_live(self, address: Address) -> Reply | Refusal:
        """End the recording: from now on time passes by the clock of the engine."""
        ...

    async def state(self, address: Address) -> Cooperation:
        """Return the cooperation as it is.

        Raises:
            UnknownCooperationError: there is none at this address.
        """
        ...

    async def offer(self, address: Address, definition: Definition) -> Reply | Refusal:
        """Let a cooperation know a policy, so that it applies once the members decide on it.

        Offering it again is harmless. The definition has the lifecycle of the cooperation.

        Raises:
            UnknownCooperationError: there is none at this address.
        """
        ...

    async def answer(
        self, address: Address, outcomes: Sequence[Outcome], at: datetime
    ) -> Reply | Refusal:
        """Record what checks answered at an instant; in recorded mode only, live ones ask.

        Raises:
            UnknownCooperationError: there is none at this address.
        """
        ...

    async def definitions(self, address: Address) -> tuple[Definition, ...]:
        """Return what the cooperation was opened with, then what was offered to it since.

        Raises:
            UnknownCooperationError: there is none at this address.
        """
        ...

    async def check_gate(
        self, address: Address, gate: str, at: datetime | None = None
    ) -> Examination | Refusal:
        """Check a gate at an instant, by default now, without changing anything."""
        ...


class UnknownCooperationError(LookupError):
    """There is no cooperation at an address."""

    def __init__(self, address: Address) -> None:
        """Name the address."""
        super().__init__(f"there is no cooperation {address.cooperation} in {address.programme}")
        self.address = address


class UnavailableError(ConnectionError):
    """Something that the engine needs does not answer; the message says what and what to do."""
