"""An engine that keeps cooperations in memory: for trying policies, what-if and tests."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from coopflow.application.engine import (
    Address,
    Given,
    Mode,
    Reply,
    Series,
    UnknownCooperationError,
)
from coopflow.application.gate_check import check_gate
from coopflow.application.offers import refusal_of, too_large
from coopflow.application.preconditions import outdated
from coopflow.application.receipts import Receipts
from coopflow.definitions.compile import compile_family
from coopflow.domain.checks import Outcome
from coopflow.domain.commands import parse
from coopflow.domain.cooperation import UNOPENED, advance, decide, follow, learn
from coopflow.domain.events import Entry
from coopflow.domain.explanation import Examination
from coopflow.domain.refusals import Refusal
from coopflow.domain.rulebook import Definition, Rulebook
from coopflow.domain.state import Cooperation


@dataclass
class _Kept:
    definitions: tuple[Definition, ...]
    rules: Rulebook
    state: Cooperation = UNOPENED
    journal: list[Entry] = field(default_factory=list)
    receipts: Receipts = field(default_factory=Receipts)
    told: datetime | None = None

    def accept(self, entries: tuple[Entry, ...], at: datetime, command: str | None = None) -> Reply:
        self.told = at if self.told is None else max(self.told, at)
        before = self.state.seq
        self.state = follow(self.state, entries)
        self.journal.extend(entries)
        self.receipts.note(command, before, entries)
        return Reply(seq_from=before + 1, seq_to=self.state.seq, entries=entries)


class MemoryEngine:
    """Runs cooperations in recorded mode, in this process, for as long as it lives.

    It lets go of nothing, so that a scenario may expect something of what is long past.
    """

    def __init__(self, compiled: Mapping[str, Rulebook]) -> None:
        """Take the rulebooks, by the digest of their definition."""
        self._compiled = compiled
        self._kept: dict[Address, _Kept] = {}

    async def open(
        self,
        definition: Definition,
        command: Mapping[str, Any],
        grants: Iterable[str] = (),
        mode: Mode = "recorded",  # noqa: ARG002 - memory knows no other
    ) -> Reply | Refusal:
        """Open a cooperation."""
        parsed = parse(command)
        if isinstance(parsed, Refusal):
            return parsed
        address = Address(str(command.get("programme")), str(command.get("cooperation")))
        kept = self._kept.get(address) or _Kept((definition,), self._compiled[definition.digest])
        reply = self._decide(kept, command, grants)
        if isinstance(reply, Reply):
            self._kept[address] = kept
        return reply

    def take_in(self, state: Cooperation, definitions: tuple[Definition, ...]) -> Address:
        """Go on from the state of a cooperation that lives elsewhere, which stays as it is.

        Its journal begins anew here, and what it has let go stays let go.

        Args:
            state: the cooperation.
            definitions: what it was opened with, then what was offered to it since.

        Returns:
            Where it is found here: where it is there.
        """
        address = Address(state.programme, state.id)
        rules = compile_family(*definitions)
        self._kept[address] = _Kept(definitions, rules, state, told=state.as_of)
        return address

    def told(self, address: Address) -> datetime:
        """Return the latest instant that a cooperation was told, whether anything happened or not.

        Raises:
            UnknownCooperationError: there is none at this address.
        """
        told = self._at(address).told
        assert told is not None, "an open cooperation has told some time"
        return told

    async def execute(
        self,
        address: Address,
        command: Mapping[str, Any],
        grants: Iterable[str] = (),
        expected_seq: int | None = None,
    ) -> Reply | Refusal:
        """Give a command to a cooperation."""
        return self._decide(self._at(address), command, grants, expected_seq)

    async def execute_all(self, address: Address, given: Sequence[Given]) -> Series:
        """Give a cooperation commands, one after the other, up to the first that is refused."""
        replies: list[Reply] = []
        for command, grants in given:
            outcome = await self.execute(address, command, grants)
            if isinstance(outcome, Refusal):
                return Series(tuple(replies), outcome)
            replies.append(outcome)
        return Series(tuple(replies))

    def _decide(
        self,
        kept: _Kept,
        command: Mapping[str, Any],
        grants: Iterable[str],
        expected_seq: int | None = None,
    ) -> Reply | Refusal:
        parsed = parse(command)
        if isinstance(parsed, Refusal):
            return parsed
        known = kept.receipts.of(parsed.id)
        if known is not None:
            return Reply(seq_from=known.seq_from, seq_to=known.seq_to, duplicate=True)
        decided = decide(kept.state, parsed, kept.rules, grants)
        if isinstance(decided, Refusal):
            return decided
        refusal = outdated(kept.state.seq, expected_seq)
        return refusal or kept.accept(decided, parsed.at, parsed.id)

    async def tell(self, address: Address, at: datetime) -> Reply | Refusal:
        """Let happen what falls due up to an instant."""
        kept = self._at(address)
        return kept.accept(advance(kept.state, at, kept.rules), at)

    async def go_live(self, address: Address) -> Reply | Refusal:
        """Refuse: memory has no clock."""
        return Refusal(
            code="wrong_state",
            message="a cooperation in memory has no clock to live by",
            facts={"cooperation": address.cooperation},
        )

    async def state(self, address: Address) -> Cooperation:
        """Return the cooperation as it is."""
        return self._at(address).state

    async def offer(self, address: Address, definition: Definition) -> Reply | Refusal:
        """Let a cooperation know a policy; it applies at once if it is wanted already."""
        kept = self._at(address)
        refusal = too_large(definition) or refusal_of(definition, kept.definitions)
        if refusal is not None:
            return refusal
        if definition not in kept.definitions:
            kept.definitions = (*kept.definitions, definition)
            kept.rules = compile_family(*kept.definitions)
        told = self.told(address)
        return kept.accept(advance(kept.state, told, kept.rules), told)

    async def answer(
        self, address: Address, outcomes: Sequence[Outcome], at: datetime
    ) -> Reply | Refusal:
        """Record what checks answered at an instant."""
        kept = self._at(address)
        learnt = learn(kept.state, outcomes, at, kept.rules)
        return learnt if isinstance(learnt, Refusal) else kept.accept(learnt, at)

    async def definitions(self, address: Address) -> tuple[Definition, ...]:
        """Return what the cooperation was opened with, then what was offered to it since."""
        return self._at(address).definitions

    async def journal(self, address: Address) -> tuple[Entry, ...]:
        """Return all its entries."""
        return tuple(self._at(address).journal)

    async def check_gate(
        self, address: Address, gate: str, at: datetime | None = None
    ) -> Examination | Refusal:
        """Check a gate at an instant, by default the latest that was told."""
        kept = self._at(address)
        return check_gate(kept.state, gate, at or self.told(address), kept.rules)

    def _at(self, address: Address) -> _Kept:
        if address not in self._kept:
            raise UnknownCooperationError(address)
        return self._kept[address]
