"""Erasing a person on Temporal: histories let go of them, and the chain of the journal goes on."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

import pytest
from temporalio.service import RPCError, RPCStatusCode

from coopflow.application.engine import Address, UnavailableError
from coopflow.application.erasing import Erasure, erase
from coopflow.domain.chain import GENESIS, digest_of
from coopflow.readmodel import journal
from coopflow.readmodel.database import Database
from coopflow.readmodel.migrate import migrate
from coopflow.readmodel.outbox import Outbox
from coopflow.readmodel.people import People
from coopflow.readmodel.projector import Projector
from coopflow.temporal.client import TemporalEngine
from coopflow.temporal.worker import working
from tests.integration.temporal.test_lifetime import decide_to_close, until_ended
from tests.stored import payloads, stored
from tests.temporal_engine import (
    CONVERTER,
    Bench,
    Board,
    Journal,
    accepted,
    connected,
    options,
    serving,
)

pytestmark = pytest.mark.server

PERSON = "zoe.martin"


class Impatient(TemporalEngine):
    """An engine that does not wait for the read model."""

    async def until_forgotten(self, address: Address) -> int:
        """Give up at once.

        Raises:
            UnavailableError: always.
        """
        message = f"{address} has not forgotten them yet"
        raise UnavailableError(message)


@dataclass
class Room:
    """An engine with a database behind it."""

    bench: Bench
    database: Database
    people: People

    async def known(self) -> Address:
        """Open a cooperation in which the person does something."""
        address = await self.bench.open()
        await self.bench.give(
            address, "appoint_representative", "fay", organisation="alpha", person=PERSON
        )
        await self.bench.give(
            address, "open_decision", PERSON, decision="d", subject="other", question="Why?"
        )
        return address

    async def erase(self, address: Address) -> Erasure:
        """Erase the person."""
        return await erase(self.bench.engine, self.people, address, PERSON, "pam")

    async def read(self, address: Address, run: str) -> str:
        """Return all that Temporal keeps of a run, decrypted."""
        codec = CONVERTER.payload_codec
        assert codec is not None
        told = await stored(self.bench.client, address, run)
        found = await codec.decode([one for message in told for one in payloads(message)])
        return "\n".join(one.data.decode() for one in found)

    async def last_run(self, address: Address) -> str:
        """Return the id of the run that is, or was, the last."""
        run = (await self.bench.workflow(address).describe()).run_id
        assert run is not None
        return run

    async def until_gone(self, address: Address, run: str) -> None:
        """Wait until Temporal knows a run no more."""
        async with asyncio.timeout(30):
            while await self._is_kept(address, run):  # noqa: ASYNC110 - only the server knows
                await asyncio.sleep(0.1)

    async def _is_kept(self, address: Address, run: str) -> bool:
        try:
            await stored(self.bench.client, address, run)
        except RPCError as error:
            if error.status is RPCStatusCode.NOT_FOUND:
                return False
            raise
        return True


@asynccontextmanager
async def opened(server: Path, file: Path) -> AsyncIterator[Room]:
    database = Database(f"sqlite:///{file}")
    await migrate(database)
    client, queue = await connected(server), f"tests-{uuid4().hex[:8]}"
    engine = TemporalEngine(client, task_queue=queue)
    async with working(client, Projector(database), Outbox(database), task_queues=[queue]):
        yield Room(Bench(client, engine, Journal(), Board(), queue), database, People(database))
    await database.close()


@pytest.fixture(scope="module")
def own_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The state directory of a server that deletes at once, not only after half a minute."""
    state_dir = tmp_path_factory.mktemp("forgetful")
    queues = ("transfer", "visibility", "timer")
    settings = {f"history.{queue}ProcessorUpdateAckInterval": "1s" for queue in queues}
    with serving(options(state_dir, **settings)):
        yield state_dir


@pytest.fixture
async def room(own_server: Path, tmp_path: Path) -> AsyncIterator[Room]:
    async with opened(own_server, tmp_path / "read-model.db") as found:
        yield found


async def test_histories_let_go_of_a_person(room: Room) -> None:
    """The run that knew them is deleted, and the one that goes on does not know them."""
    address = await room.known()
    before = await room.last_run(address)
    assert PERSON in await room.read(address, before)
    erasure = await room.erase(address)
    assert (erasure.result, erasure.entries, erasure.runs, erasure.texts) == ("erased", 2, 1, ())
    after = await room.last_run(address)
    assert after != before
    assert PERSON not in await room.read(address, after)
    await room.until_gone(address, before)
    state = await room.bench.engine.state(address)
    assert state.members["alpha"].representative == erasure.tombstone
    assert not (await room.bench.engine.journal_head(address)).forgetting


async def test_the_chain_goes_on(room: Room) -> None:
    """From the first entry, over an erasure and into another run, each names the one before."""
    address = await room.known()
    await room.erase(address)
    await room.bench.give(address, "record_pulse", "fay", score=4, answers=2, asked=3)
    head = await room.bench.engine.until_projected(address)
    async with room.database.reading() as connection:
        entries = await journal.read(connection, address, 1, head.seq)
    digests = [digest_of(entry) for entry in entries]
    assert [entry.previous for entry in entries] == [GENESIS, *digests[:-1]]
    assert head.digest == digests[-1]
    assert len(entries) == head.seq


async def test_erasing_again_is_harmless(room: Room) -> None:
    """Whoever was interrupted says it again; there is nothing left to do."""
    address = await room.known()
    await room.erase(address)
    run = await room.last_run(address)
    again = await room.erase(address)
    assert (again.result, again.tombstone, again.entries) == ("nothing", None, 0)
    assert await room.last_run(address) == run


async def test_an_erasure_that_is_said_again_leaves_no_trace(room: Room) -> None:
    """The client repeats what had no answer, and may meet the run that did not know the person."""
    address = await room.known()
    command = {"command": "erase_person", "actor": "pam", "id": "erase-1", "person": PERSON}
    grants = ("programme_manager",)
    engine = room.bench.engine
    first = accepted(await engine.execute(address, command, grants))
    await engine.until_forgotten(address)
    again = accepted(await engine.execute(address, command, grants))
    assert (again.duplicate, again.seq_to) == (True, first.seq_to)
    await engine.until_forgotten(address)
    assert PERSON not in await room.read(address, await room.last_run(address))


async def test_a_run_that_goes_on_is_never_deleted(room: Room) -> None:
    """However often it goes on as another one: only what had ended when it was looked for goes."""
    address = await room.known()
    for number in range(3):
        person = f"person-{number}"
        await room.bench.give(
            address, "appoint_representative", "fay", organisation="beta", person=person
        )
        await asyncio.gather(
            *(erase(room.bench.engine, room.people, address, one, "pam") for one in (person, "x"))
        )
    await room.bench.give(address, "record_pulse", "fay", score=4, answers=2, asked=3)


async def test_a_cooperation_that_nobody_keeps_does_not_stop_the_others(room: Room) -> None:
    """It is said to be gone; what was not reached in time is said to be unfinished."""
    gone = await erase(room.bench.engine, room.people, Address("tests", "gone"), PERSON, "pam")
    assert gone.result == "gone"
    address = await room.known()
    impatient = Impatient(room.bench.client, task_queue=room.bench.task_queue)
    unfinished = await erase(impatient, room.people, address, PERSON, "pam")
    assert unfinished.result == "unfinished"
    assert (await room.erase(address)).result == "nothing"


async def test_a_closed_cooperation_forgets_too(room: Room) -> None:
    """Its workflow has ended; what is left of it names nobody, and answers."""
    address = await room.known()
    await decide_to_close(room.bench, address)
    await room.bench.give(address, "close_cooperation", "fay", report="Done")
    await until_ended(room.bench, address)
    before = await room.last_run(address)
    erasure = await room.erase(address)
    assert (erasure.result, erasure.runs) == ("erased", 2)
    await until_ended(room.bench, address)
    assert PERSON not in await room.read(address, await room.last_run(address))
    await room.until_gone(address, before)
    assert (await room.bench.engine.state(address)).status == "closed"


async def test_who_may_not_is_refused(room: Room) -> None:
    """A cooperation that was never told of somebody has nothing to forget, and loses nothing."""
    address = await room.bench.open()
    run = await room.last_run(address)
    erasure = await room.erase(address)
    assert (erasure.result, erasure.runs) == ("nothing", 0)
    assert await room.last_run(address) == run
