from __future__ import annotations

import asyncio
from dataclasses import dataclass, field

from coopflow.application.engine import Address
from coopflow.definitions.library import load_definition
from coopflow.domain.rulebook import Definition
from coopflow.domain.state import Cooperation
from coopflow.temporal.latest import Remembered
from coopflow.temporal.messages import JournalHead

HERE = Address("valdore", "bocage")
DEFINITION = load_definition("impact-collectif", "reference")


@dataclass
class Journals:
    """Cooperations of which only the length of the journal is of interest, and what was asked."""

    seq: int = 1
    mode: str = "live"
    in_between: int = 0
    asked: list[str] = field(default_factory=list)

    async def journal_head(self, address: Address) -> JournalHead:
        """Say how far it goes; then it goes on, where that is wanted."""
        self.asked.append(f"head of {address.cooperation}")
        found = {"seq": self.seq, "digest": f"{self.seq:064x}", "at": None, "projected_seq": 0}
        self.seq += self.in_between
        return JournalHead.model_validate({**found, "mode": self.mode, "status": "active"})

    async def state(self, _: Address) -> Cooperation:
        """Return a state of as many entries."""
        self.asked.append("state")
        return Cooperation(seq=self.seq)

    async def definitions(self, _: Address) -> tuple[Definition, ...]:
        """Return what is followed."""
        self.asked.append("definitions")
        return (DEFINITION,)


def seen(remembered: Remembered, address: Address = HERE) -> tuple[int, str]:
    found = asyncio.run(remembered.latest(address))
    assert found.definitions == (DEFINITION,)
    return found.state.seq, found.head.mode


def test_only_what_went_on_is_asked_for_again() -> None:
    """A journal that stands still is asked how far it goes, and how its time passes."""
    journals = Journals()
    remembered = Remembered(journals)
    assert seen(remembered) == (1, "live")
    journals.asked.clear()
    journals.mode = "recorded"
    assert seen(remembered) == (1, "recorded")
    assert journals.asked == ["head of bocage"]
    journals.seq = 2
    assert seen(remembered) == (2, "recorded")
    assert journals.asked[1:] == ["head of bocage", "state", "definitions"]


def test_what_goes_on_while_it_is_asked_is_not_taken_for_what_was() -> None:
    """A state of after the head that was told stands for itself, and is asked for again."""
    journals = Journals(in_between=1)
    remembered = Remembered(journals)
    assert seen(remembered) == (2, "live")
    journals.asked.clear()
    journals.in_between = 0
    assert seen(remembered) == (2, "live")
    assert journals.asked == ["head of bocage", "state", "definitions"]


def test_as_many_are_remembered_as_there_is_room_for() -> None:
    """What was looked at longest ago is forgotten first."""
    journals = Journals()
    remembered = Remembered(journals, limit=2)
    verger, canal = Address("valdore", "verger"), Address("valdore", "canal")
    for one in (HERE, verger, HERE, canal):
        seen(remembered, one)
    journals.asked.clear()
    for one in (HERE, canal):
        seen(remembered, one)
    assert journals.asked == ["head of bocage", "head of canal"]
    seen(remembered, verger)
    assert journals.asked[2:] == ["head of verger", "state", "definitions"]
