"""What is asked of one cooperation, command by command: a pure function of the seed.

A model in memory follows along, so that most commands make sense. It is never told what the engine
answered: the same seed asks the same, whatever goes wrong.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from random import Random
from typing import Any, Final

from coopflow.application.engine import Address
from coopflow.domain.commands import parse
from coopflow.domain.cooperation import UNOPENED, decide, follow
from coopflow.domain.refusals import Refusal
from coopflow.domain.roles import is_permitted
from coopflow.domain.state import Cooperation
from tests.collective import ORGANISATIONS, reference_rules
from tests.deeds import PAYLOADS, PEOPLE, Chances, within_reach
from tests.temporal_engine import admission, grants_of, opening

Command = dict[str, Any]
"""A command in wire form, with an id and without an instant."""

PROGRAMMES: Final = ("north", "south")

_MEMBERS: Final = 4
_LIFE: Final = 20
_DRAWS: Final = 4  # after so many, what is drawn is asked even if it will be refused
_BURSTS: Final = (1, 1, 1, 1, 4)
# Chance alone would have members come and go, and hardly ever decide on something.
_FAVOURED: Final = (
    *("cast_ballot", "sign_charter", "raise_disagreement", "triage_disagreement") * 3,
    *("draft_document", "submit_document", "open_decision", "record_measure") * 2,
)
# To erase somebody changes what the journal holds, which is what this is about.
_LEFT_OUT: Final = {"open_cooperation", "erase_person"}


def addresses(count: int) -> list[Address]:
    """Return where the cooperations of a run are."""
    return [
        Address(PROGRAMMES[number % len(PROGRAMMES)], f"coop-{number:03d}")
        for number in range(count)
    ]


class Script:
    """What is asked of one cooperation.

    Attributes:
        address: where it is.
        state: what the commands so far have come to, if they were carried out in order.
        count: how many commands there were.
    """

    def __init__(
        self, seed: int, address: Address, begun: datetime, asked: Iterable[Command] = ()
    ) -> None:
        """Begin, or go on behind commands that were asked before.

        Args:
            seed: the same one asks the same.
            address: where the cooperation is.
            begun: the instant round which days and deadlines lie.
            asked: the commands before, in order.
        """
        self.address = address
        self.state: Cooperation = UNOPENED
        self.count = 0
        self._seed = seed
        self._begun = begun
        for command in asked:
            self._note(command)

    def burst(self) -> Iterator[Command]:
        """Yield the next commands, which are asked at once; none when the cooperation is over."""
        size = 1 if self.count <= _MEMBERS else self._chance("burst").choice(_BURSTS)
        for _ in range(size):
            command = self._next()
            if command is None:
                return
            self._note(command)
            yield command

    def _next(self) -> Command | None:
        if self.count == 0:
            asked = opening(self.address)
        elif self.count <= _MEMBERS:
            asked = admission(list(ORGANISATIONS)[self.count - 1])
        elif self.state.status == "closed":
            return None
        else:
            asked = self._ending() or self._drawn()
        return {**asked, "id": f"{self.address.cooperation}.{self.count:05d}"}

    def _ending(self) -> Command | None:
        """Return what brings one in ten to its end, once it has lived a while."""
        state = self.state
        is_its_time = self.count >= _LIFE and self.address.cooperation.endswith("9")
        if not is_its_time or state.status not in {"active", "closing"}:
            return None
        end = state.decisions.get("end")
        asked: Command
        if state.status == "closing":
            asked = {"command": "close_cooperation", "report": "The end"}
        elif end is None:
            asked = {"command": "open_decision", "decision": "end", "subject": "closing"}
            asked |= {"question": "Close?"}
        elif end.is_open:
            ballots = dict.fromkeys(end.electors, "yes")
            asked = {"command": "record_session_vote", "decision": "end", "ballots": ballots}
        else:
            return None
        may = self._whoever_may(asked)
        return {**asked, "actor": may[0]} if may else None

    def _drawn(self) -> Command:
        chance = self._chance("command")
        asked: Command = {}
        for _ in range(_DRAWS):
            of = Chances(chance.choice, self.state, self._begun)
            reach = [one for one in within_reach(self.state) if one not in _LEFT_OUT]
            name = of.one_of(*reach, *(one for one in _FAVOURED if one in reach))
            payload = PAYLOADS[name](of)
            may = self._whoever_may({**payload, "command": name})
            asked = {**payload, "command": name, "actor": of.one_of(*(may or PEOPLE))}
            if outcome(self.state, asked, self._begun) is not None:
                break
        return asked

    def _whoever_may(self, asked: Mapping[str, Any]) -> list[str]:
        command = parse({**asked, "actor": "zoe"}, self._begun)
        if isinstance(command, Refusal):
            return []
        return [
            person
            for person in PEOPLE
            if is_permitted(command.but(actor=person), self.state, grants_of(person))
        ]

    def _note(self, command: Command) -> None:
        self.state = outcome(self.state, command, self._begun) or self.state
        self.count += 1

    def _chance(self, what: str) -> Random:
        # Anew for each: one that goes on behind another's commands asks what that would have.
        return Random(f"{what} {self._seed} {self.address} {self.count}")  # noqa: S311 - no secret


def outcome(state: Cooperation, asked: Mapping[str, Any], at: datetime) -> Cooperation | None:
    """Return what a state becomes by a command, None when it is refused."""
    command = parse(asked, at)
    if isinstance(command, Refusal):
        return None
    decided = decide(state, command, reference_rules(), grants_of(command.actor))
    return None if isinstance(decided, Refusal) else follow(state, decided)


def one_more(state: Cooperation, at: datetime) -> Command:
    """Return a command that a cooperation accepts as it is, or one to which it has an answer."""
    people = [*state.roles, *(member.representative for member in state.members.values())]
    candidates: list[Command] = [
        {"command": "pause_cooperation", "actor": "pam", "reason": "The end", "clocks": "freeze"},
        {"command": "resume_cooperation", "actor": "pam"},
        *(
            {"command": "record_pulse", "actor": person, "score": 3, "answers": 1, "asked": 1}
            for person in people
        ),
    ]
    fitting = (one for one in candidates if outcome(state, one, at) is not None)
    # A closed cooperation knows one command still.
    return next(fitting, {"command": "erase_person", "actor": "pam", "person": "nobody"})
