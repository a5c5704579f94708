"""A client as a process of its own: callers that ask side by side, and its ledger.

``python -m tests.chaos.client JSON``, the JSON being an :class:`Errand`. Once the file that it
names is there, it begins nothing more, asks again until everything is answered, and ends. It may be
killed at any time; started again, it goes on from its ledger.
"""

from __future__ import annotations

import asyncio
import dataclasses
import json
import sys
import time
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo
from itertools import cycle
from pathlib import Path
from typing import Any, Final

from coopflow.application.engine import Address, UnavailableError, UnknownCooperationError
from coopflow.bootstrap import key_ring
from coopflow.bootstrap.parts import database_of
from coopflow.readmodel.awaited import AwaitedReadModel
from coopflow.settings import Settings
from coopflow.temporal import client as theirs
from coopflow.temporal.client import TemporalEngine
from coopflow.temporal.codec import encrypting
from coopflow.temporal.connection import connect, find_endpoint
from coopflow.temporal.errors import EngineFaultError, TemporalUnavailableError
from coopflow.temporal.writing import Writer, writing
from tests.chaos.ledger import Answer, Asked, Ledger, answer_of, read
from tests.chaos.script import Command, Script, addresses
from tests.collective import reference_rules
from tests.temporal_engine import grants_of

_PAUSE: Final = 0.5


@dataclass(frozen=True, slots=True)
class Errand:
    """What a client is sent out to do.

    Attributes:
        state_dir: where the engine runs from.
        ledger: the file to keep.
        stop: the file that tells it to finish.
        seed: of the commands.
        begun: the instant round which the days in commands lie, in ISO 8601.
        cooperations: how many there are, of all clients.
        clients: how many clients there are.
        number: which one it is, from 0.
        callers: how many ask side by side in it.
        skew: by how many seconds its clock is ahead.
    """

    state_dir: str
    ledger: str
    stop: str
    seed: int
    begun: str
    cooperations: int
    clients: int
    number: int
    callers: int
    skew: float

    def written(self) -> str:
        """Write it as the argument of the process."""
        return json.dumps(dataclasses.asdict(self))


class Caller:
    """Asks of some cooperations, one after the other."""

    def __init__(
        self, engine: TemporalEngine, ledger: Ledger, errand: Errand, known: list[Asked]
    ) -> None:
        """Get ready to ask.

        Args:
            engine: of whom.
            ledger: where to write it down.
            errand: what for.
            known: what was asked of these cooperations before.
        """
        self._engine = engine
        self._ledger = ledger
        self._errand = errand
        self._known = known

    async def live(self, own: Sequence[Address]) -> None:
        """Ask again what is left without an answer, then go on until told to stop."""
        again = [(one.address, one.command) for one in self._known if one.answer is None]
        if again:
            await self._ask(again)
        scripts: dict[Address, Script] = {}
        turns = iter(_turns(own))
        over: set[Address] = set()
        while len(over) < len(own) and not self._is_over():
            address = next(turns)
            if address not in scripts:  # at the last moment: following what was asked takes long
                scripts[address] = self._script(address)
            burst = [(address, command) for command in scripts[address].burst()]
            if burst:
                await self._ask(burst)
            else:
                over.add(address)

    def _is_over(self) -> bool:
        return Path(self._errand.stop).exists()

    def _script(self, address: Address) -> Script:
        before = (one.command for one in self._known if one.address == address)
        return Script(
            self._errand.seed, address, datetime.fromisoformat(self._errand.begun), before
        )

    async def _ask(self, commands: list[tuple[Address, Command]]) -> None:
        self._ledger.send(commands)
        opening = [one for one in commands if one[1]["command"] == "open_cooperation"]
        for address, command in opening:  # nothing else can be asked before
            await self._insist(address, command)
        rest = [one for one in commands if one not in opening]
        await asyncio.gather(*(self._insist(address, command) for address, command in rest))

    async def _insist(self, address: Address, command: Command) -> None:
        while True:
            try:
                answer = await self._once(address, command)
            except UnavailableError:
                self._ledger.give_up(command["id"])
                await asyncio.sleep(_PAUSE)
            else:
                self._ledger.answer(command["id"], answer)
                return

    async def _once(self, address: Address, command: Command) -> Answer:
        grants = grants_of(command["actor"])
        try:
            if command["command"] == "open_cooperation":
                definition = reference_rules().definition
                outcome = await self._engine.open(definition, command, grants)
            else:
                outcome = await self._engine.execute(address, command, grants)
        except (EngineFaultError, UnknownCooperationError) as error:
            return Answer(time.monotonic(), "fault", f"{type(error).__name__}: {error}")
        return answer_of(outcome, time.monotonic())


def _turns(own: Sequence[Address]) -> Iterator[Address]:
    """Yield of which cooperation to ask next: of each once, then of the first every other time."""
    yield from own
    for address in cycle(own):
        yield own[0]
        yield address


def skew(seconds: float) -> None:
    """Let this process live at another time, as one whose clock is wrong would."""
    ahead, right = timedelta(seconds=seconds), time.time

    class Skewed(datetime):
        @classmethod
        def now(cls, tz: tzinfo | None = None) -> Any:
            return datetime.now(tz) + ahead

    # The only module of a client that asks what time it is; all others are told.
    theirs.datetime = Skewed  # type: ignore[attr-defined]
    time.time = lambda: right() + seconds


async def reached(state_dir: Path, writer: Writer | None) -> TemporalEngine:
    """Connect as soon as there is an engine."""
    while True:
        try:
            keys = key_ring(Settings(state_dir=state_dir))
            endpoint = find_endpoint(state_dir, environment={})
            client = await connect(endpoint, data_converter=encrypting(keys))
            return TemporalEngine(client, writer=writer)
        except TemporalUnavailableError:
            await asyncio.sleep(_PAUSE)


@asynccontextmanager
async def writing_ahead(state_dir: Path) -> AsyncIterator[Writer]:
    """Write what commands come to into the read model, whether or not it is there."""
    database = database_of(Settings(state_dir=state_dir))
    read_model = AwaitedReadModel(database)
    read_model.take_as_it_is()
    try:
        async with writing(read_model) as writer:
            yield writer
    finally:
        await database.close()


async def run(errand: Errand) -> None:
    """Do an errand."""
    skew(errand.skew)
    file = Path(errand.ledger)
    asked = read(file)
    ledger = Ledger(file)
    async with AsyncExitStack() as stack:
        stack.callback(ledger.close)
        state_dir = Path(errand.state_dir)
        writer = None
        if errand.number % 2:  # the others leave it to the workflows
            writer = await stack.enter_async_context(writing_ahead(state_dir))
        engine = await reached(state_dir, writer)
        mine = addresses(errand.cooperations)[errand.number :: errand.clients]
        callers = []
        for number in range(errand.callers):
            own = mine[number :: errand.callers]
            known = [one for one in asked.values() if one.address in own]
            callers.append(Caller(engine, ledger, errand, known).live(own))
        await asyncio.gather(*callers)


if __name__ == "__main__":
    asyncio.run(run(Errand(**json.loads(sys.argv[1]))))
