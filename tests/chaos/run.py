"""One run: the processes, the faults that befall them, and the judgement in the end."""

from __future__ import annotations

import asyncio
import random
import sys
import time
from collections import Counter, defaultdict
from collections.abc import AsyncIterator, Awaitable, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from temporalio.client import Client

from coopflow.application.engine import Address, UnavailableError
from coopflow.bootstrap import key_ring
from coopflow.readmodel.database import Database as ReadModel
from coopflow.sealing.keys import ensure_keys
from coopflow.sealing.texts import TextSeals
from coopflow.settings import Settings
from coopflow.temporal.client import TemporalEngine
from coopflow.temporal.codec import encrypting
from coopflow.temporal.connection import connect, find_endpoint
from tests.acceptance.process import environment
from tests.chaos import report
from tests.chaos.client import Errand
from tests.chaos.evidence import Places, gather, side_by_side, state
from tests.chaos.faults import DATABASE, FULL_DISK, TEMPORAL, WORKERS, Fault, kinds, schedule
from tests.chaos.ledger import Answer, Ledger, Tally, answer_of, read
from tests.chaos.processes import Child, Database, Target, Temporal
from tests.chaos.report import Report, Span
from tests.chaos.sabotage import SABOTAGE
from tests.chaos.script import one_more
from tests.chaos.verdicts import judge
from tests.postgresql import programs
from tests.temporal_engine import grants_of

_CONTINUE_AFTER: Final = 80
"""Events after which a run is continued as new, so that it happens often here."""

_TELL_EVERY: Final = 3.0
_START: Final = timedelta(minutes=2)
_DRAIN: Final = timedelta(minutes=2)
_CATCH_UP: Final = timedelta(minutes=2)
_DAY: Final = 86_400.0


@dataclass(frozen=True, slots=True)
class Wish:
    """What a run is to be like.

    Attributes:
        seed: of faults and commands.
        seconds: how long faults happen.
        cooperations: how many there are.
        workers: how many processes carry them on.
        clients: how many processes ask.
        callers: how many ask side by side in each.
        faults: whether anything goes wrong at all.
        sabotage: what is damaged in the end, by the names of ``SABOTAGE``.
    """

    seed: int
    seconds: float
    cooperations: int = 200
    workers: int = 4
    clients: int = 2
    callers: int = 8
    faults: bool = True
    sabotage: tuple[str, ...] = ()


class Stage:
    """All processes of a run, and what is known of them from outside.

    Attributes:
        paused: when each client was.
        struck: the faults that happened.
        ended: how often each process ended by itself.
    """

    def __init__(self, wish: Wish, folder: Path, begun: datetime) -> None:
        """Prepare the processes in an empty folder."""
        installed = programs()
        assert installed is not None, "there are no programs of PostgreSQL"
        self.wish = wish
        self.paused: dict[str, list[Span]] = {}
        self.struck: list[Fault] = []
        self.ended: Counter[str] = Counter()
        self.state_dir = folder / "state"
        self.state_dir.mkdir(mode=0o700)
        place = folder / "database"
        place.mkdir()
        ensure_keys(Settings(state_dir=self.state_dir).own_keys_file)
        self.database = Database(place, installed)
        self.temporal = Temporal(
            self.state_dir,
            **{"limit.historyCount.suggestContinueAsNew": _CONTINUE_AFTER},
        )
        self.skews = _skews(wish)
        self._folder = folder
        self._begun = begun
        self._meant_to_run: set[str] = set()
        self._turns: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)
        self._tallies: dict[str, Tally] = {}
        variables = environment(folder, COOPFLOW_DATABASE_URL=self.database.url)
        worker = ("-m", "coopflow.entrypoints.cli", "worker")
        self.workers = [
            Child(f"worker-{number}", lambda: worker, variables, folder / f"worker-{number}.log")
            for number in range(wish.workers)
        ]
        self.clients = [
            Child(name, lambda n=number: self._errand(n), variables, folder / f"{name}.log")  # type: ignore[misc]
            for number, name in enumerate(self.skews)
        ]
        self._children = {child.name: child for child in (*self.workers, *self.clients)}

    @property
    def skipped(self) -> list[str]:
        """What cannot be done here."""
        return [f"{FULL_DISK}: {self.database.why_not_full}"] if self.database.why_not_full else []

    def schedule(self) -> tuple[Fault, ...]:
        """Return the faults to come."""
        if not self.wish.faults:
            return ()
        possible = kinds([one.name for one in self.workers], list(self.skews), self.wish.seconds)
        able = [one for one in possible if one.what != FULL_DISK or not self.database.why_not_full]
        return schedule(self.wish.seed, self.wish.seconds, able)

    def ledger(self, client: str) -> Path:
        """Return the file of a client."""
        return self._folder / f"{client}.jsonl"

    def tally(self, client: str) -> Tally:
        """Count what a client has done so far."""
        tally = self._tallies.setdefault(client, Tally(self.ledger(client)))
        tally.count()
        return tally

    def _errand(self, number: int) -> Sequence[str]:
        name = list(self.skews)[number]
        errand = Errand(
            state_dir=str(self.state_dir),
            ledger=str(self.ledger(name)),
            stop=str(self._stop),
            seed=self.wish.seed,
            begun=self._begun.isoformat(),
            cooperations=self.wish.cooperations,
            clients=self.wish.clients,
            number=number,
            callers=self.wish.callers,
            skew=self.skews[name],
        )
        return ("-m", "tests.chaos.client", errand.written())

    @property
    def _stop(self) -> Path:
        return self._folder / "stop"

    async def start(self) -> None:
        """Start everything, the clients last; nobody waits for the workers."""
        await asyncio.gather(self.temporal.start(), self.database.start())
        for child in self._children.values():
            await child.start()
            self._meant_to_run.add(child.name)

    async def finish(self) -> None:
        """Let the clients ask what they have no answer to, and end.

        Those that do not end, since something never answers, are killed: the verdicts tell of it.
        """
        self._meant_to_run -= set(self.skews)
        self._stop.touch()
        try:
            async with asyncio.timeout(_DRAIN.total_seconds()):
                for client in self.clients:
                    while await client.ended():
                        await client.start()
        except TimeoutError:
            say("not everything is answered; the clients are killed")
            for client in self.clients:
                await client.kill()

    async def stop(self) -> None:
        """Stop everything."""
        for child in self._children.values():
            child.resume()
        self._meant_to_run.clear()
        for client in self.clients:
            await client.kill()
        await asyncio.gather(*(worker.stop() for worker in self.workers))
        self.temporal.resume()
        self.database.resume()
        await self.temporal.stop()
        await self.database.stop()

    async def watch(self) -> None:
        """Start what has ended by itself again, as whoever runs services does."""
        while True:
            for name in sorted(self._meant_to_run):
                child = self._children[name]
                if child.code is not None:
                    code = child.code
                    self.ended[name] += 1
                    say(f"{name} ended by itself ({code}), is started again")
                    await child.start()
            await asyncio.sleep(0.5)

    async def strike(self, fault: Fault) -> None:
        """Let a fault happen, and undo it when it is over; one at a time to each process."""
        async with AsyncExitStack() as turns:
            # On a busy machine, what was struck before may not be back yet.
            for name in sorted(self._names(fault.target)):
                await turns.enter_async_context(self._turns[name])
            self.struck.append(fault)
            lasting = f" for {fault.seconds:g} s" if fault.seconds else ""
            say(f"{fault.what}: {fault.target}{lasting}")
            if fault.what == FULL_DISK:
                await self._fill_disk(fault)
            elif fault.what == "database session killed":
                await asyncio.to_thread(self.database.kill_session)
            elif fault.what.endswith("paused"):
                await self._pause(fault)
            else:
                await self._kill(fault)

    def _names(self, target: str) -> list[str]:
        return [one.name for one in self.workers] if target == WORKERS else [target]

    async def _fill_disk(self, fault: Fault) -> None:
        await asyncio.to_thread(self.database.fill_disk)
        await asyncio.sleep(fault.seconds)
        if await self.database.free_disk():
            say("the database did not survive the full disk, was started again")

    async def _pause(self, fault: Fault) -> None:
        (target,) = self._targets(fault.target)
        begin = time.monotonic()
        target.pause()
        await asyncio.sleep(fault.seconds)
        target.resume()
        self.paused.setdefault(fault.target, []).append((begin, time.monotonic()))

    async def _kill(self, fault: Fault) -> None:
        targets = self._targets(fault.target)
        names = {one.name for one in targets if isinstance(one, Child)}
        self._meant_to_run -= names
        await asyncio.gather(*(target.kill() for target in targets))
        await asyncio.sleep(fault.seconds)
        await asyncio.gather(*(target.start() for target in targets))
        self._meant_to_run |= names

    def _targets(self, name: str) -> list[Target]:
        everything: Mapping[str, Sequence[Target]] = {
            TEMPORAL: [self.temporal],
            DATABASE: [self.database],
            WORKERS: self.workers,
            **{child.name: [child] for child in self._children.values()},
        }
        return list(everything[name])


async def run(wish: Wish, folder: Path) -> Report:
    """Carry a run out in an empty folder, and judge it."""
    begun = datetime.now(UTC)
    stage = Stage(wish, folder, begun)
    async with AsyncExitStack() as stack:
        stack.push_async_callback(stage.stop)
        await stage.start()
        about = f"{wish.cooperations} cooperations, {wish.workers} workers"
        say(f"{about}; faults for {wish.seconds:g} s")
        for why in stage.skipped:
            say(f"skipped: {why}")
        async with _beside(stage.watch()), _beside(_tell(stage)):
            await _until_answered(stage)
            await _let_faults_happen(stage)
            say("no more faults; the clients finish")
            await stage.finish()
            asked = {name: read(stage.ledger(name)) for name in stage.skews}
            commands = report.count({name: of.values() for name, of in asked.items()}, stage.paused)
            say("the clients have finished; everything is looked at")
            client = await _connected(stage)
            keys = key_ring(Settings(state_dir=stage.state_dir))
            database = ReadModel(stage.database.url, seals=TextSeals(lambda: keys))
            stack.push_async_callback(database.close)
            engine = TemporalEngine(client, patience=_CATCH_UP)
            places = Places(client, engine, database)
            everything = {key: one for of in asked.values() for key, one in of.items()}
            opened = list(dict.fromkeys(one.address for one in everything.values()))
            since = time.monotonic()
            await side_by_side(lambda address: _until_told(engine, address), opened)
            catching_up = round(time.monotonic() - since, 1)
            last = await _one_more(places, stage.ledger("last"), opened)
            await side_by_side(lambda address: _until_told(engine, address), opened)
            for what in wish.sabotage:
                say(f"sabotage: {what}")
                await SABOTAGE[what](places)
            more = read(stage.ledger("last"))
            found = await gather(places, {**everything, **more}, last, begun, say)
            stage.database.listen()
            continued = await client.count_workflows("ExecutionStatus = 'ContinuedAsNew'")
    return Report(
        seed=wish.seed,
        seconds=wish.seconds,
        cooperations=len(found.cooperations),
        workers=wish.workers,
        clients=stage.skews,
        struck=report.struck(stage.struck),
        skipped=stage.skipped,
        full_disk=stage.database.complaints,
        ended_by_themselves=dict(stage.ended),
        commands=commands,
        entries=sum(len(one.journal) for one in found.cooperations.values()),
        continued=continued.count,
        interrupted=sum(one.interruptions for one in found.workflows),
        catching_up=catching_up,
        verdicts=judge(found),
    )


def say(what: str) -> None:
    """Tell what goes on, with the seconds since the beginning."""
    sys.stderr.write(f"{time.monotonic() - _BEGINNING:7.1f}  {what}\n")
    sys.stderr.flush()


_BEGINNING: Final = time.monotonic()


async def _let_faults_happen(stage: Stage) -> None:
    begin = time.monotonic()

    async def happen(fault: Fault) -> None:
        await asyncio.sleep(max(0.0, begin + fault.at - time.monotonic()))
        await stage.strike(fault)

    async with asyncio.TaskGroup() as group:
        for fault in stage.schedule():
            group.create_task(happen(fault))
        group.create_task(asyncio.sleep(stage.wish.seconds))


async def _until_answered(stage: Stage) -> None:
    """Wait until there is something to disturb."""
    async with asyncio.timeout(_START.total_seconds()):
        # Files of other processes have no event to wait for.
        while not all(stage.tally(name).answered for name in stage.skews):  # noqa: ASYNC110
            await asyncio.sleep(0.1)


async def _tell(stage: Stage) -> None:
    told, since = 0, time.monotonic()
    while True:
        await asyncio.sleep(_TELL_EVERY)
        tallies = [stage.tally(name) for name in stage.skews]
        asked, done = sum(one.asked for one in tallies), sum(one.answered for one in tallies)
        again = sum(one.again for one in tallies)
        if asked == done == told:
            continue  # the clients have finished
        now = time.monotonic()
        speed = (done - told) / (now - since)
        say(f"{asked} asked, {done} answered ({speed:.0f}/s), {again} asked again")
        told, since = done, now


async def _connected(stage: Stage) -> Client:
    keys = key_ring(Settings(state_dir=stage.state_dir))
    endpoint = find_endpoint(stage.state_dir, environment={})
    return await connect(endpoint, data_converter=encrypting(keys))


async def _until_told(engine: TemporalEngine, address: Address) -> None:
    """Wait until the read model and the outbox have everything of a cooperation.

    What takes longer than the patience of the engine is for the verdicts to tell.
    """
    try:
        async with asyncio.timeout(_CATCH_UP.total_seconds()):
            await engine.until_projected(address)
            # Told by asking alone, as a page would.
            while (await engine.journal_head(address)).undelivered:  # noqa: ASYNC110
                await asyncio.sleep(0.2)
    except (UnavailableError, TimeoutError, LookupError):
        say(f"{address} did not catch up")


async def _one_more(places: Places, file: Path, opened: Sequence[Address]) -> dict[Address, Answer]:
    """Give one more command to each cooperation, and return what it answered."""
    ledger = Ledger(file)

    async def give(address: Address) -> tuple[Address, Answer] | None:
        found = await state(places, address)
        if found is None:
            return None
        command = one_more(found, datetime.now(UTC)) | {"id": f"{address.cooperation}.last"}
        ledger.send([(address, command)])
        try:
            outcome = await places.engine.execute(address, command, grants_of(command["actor"]))
        except (UnavailableError, LookupError):
            return None
        answer = answer_of(outcome, time.monotonic())
        ledger.answer(command["id"], answer)
        return address, answer

    answers = await side_by_side(give, opened)
    ledger.close()
    return dict(one for one in answers if one is not None)


def _skews(wish: Wish) -> dict[str, float]:
    """Return by how many seconds the clock of each client is ahead, or behind, by its name."""
    chance = random.Random(f"clocks {wish.seed}")  # noqa: S311 - to be repeated
    return {
        f"client-{number}": round(chance.uniform(1, 40) * _DAY) * (-1) ** number
        for number in range(wish.clients)
    }


@asynccontextmanager
async def _beside(work: Awaitable[None]) -> AsyncIterator[None]:
    """Do something else for the length of a block."""
    task = asyncio.ensure_future(work)
    try:
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
