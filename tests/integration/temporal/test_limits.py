"""What Temporal limits is waited for: nobody's command fails for it, and each happens once."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from temporalio.client import (
    Client,
    Interceptor,
    OutboundInterceptor,
    StartWorkflowUpdateInput,
    WorkflowUpdateHandle,
)
from temporalio.service import RPCError, RPCStatusCode

from coopflow.application.engine import Address, Reply
from coopflow.application.receipts import RECEIPTS_KEPT
from coopflow.domain.refusals import Refusal
from coopflow.temporal import calls, names
from coopflow.temporal.messages import Carried, CommandReply
from tests.collective import vision
from tests.temporal_engine import (
    Bench,
    accepted,
    admission,
    bench,
    connected,
    options,
    refused,
    serving,
)

pytestmark = pytest.mark.server

PULSE = {"command": "record_pulse", "actor": "fay", "score": 4, "answers": 2, "asked": 3}


def low(in_flight: int, total: int) -> dict[str, object]:
    """Return limits of the server: updates of one workflow at once, and in one run."""
    return {"history.maxInFlightUpdates": in_flight, "history.maxTotalUpdates": total}


def pulse(number: int) -> dict[str, Any]:
    """Return a command of its own id that is always accepted."""
    return {**PULSE, "id": f"pulse-{number}"}


async def once_each(running: Bench, address: Address, ids: set[str]) -> None:
    """Look that commands stand in the journal, each of them once."""
    await running.engine.until_projected(address)
    kept = [entry.command for entry in running.journal.entries[address]]
    assert {command for command in kept if command in ids} == ids
    pulses = [
        entry.command
        for entry in running.journal.entries[address]
        if entry.event.type == "pulse_recorded"
    ]
    assert sorted(map(str, pulses)) == sorted(ids)


@pytest.mark.parametrize(("in_flight", "total", "at_once"), [(1, 20, 10), (2, 20, 60)])
async def test_a_flood_of_commands_is_carried_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, in_flight: int, total: int, at_once: int
) -> None:
    """Sixty callers at once, few of whom are let in: all are answered, in several runs."""
    monkeypatch.setattr(calls, "AT_ONCE", at_once)
    with serving(options(tmp_path, **low(in_flight, total))):
        async with bench(tmp_path) as running:
            address = await running.open()
            outcomes = await asyncio.gather(
                *(running.engine.execute(address, pulse(number)) for number in range(60))
            )
            numbers = {accepted(outcome).seq_from for outcome in outcomes}
            assert len(numbers) == 60
            assert len(await running.runs(address)) >= 60 // total
            await once_each(running, address, {f"pulse-{number}" for number in range(60)})


async def test_the_last_thousand_commands_are_remembered(tmp_path: Path) -> None:
    """Each is known by its id in every later run, with the numbers of what it came to."""
    with serving(options(tmp_path, **low(10, 150))):
        async with bench(tmp_path) as running:
            address = await running.open()
            outcomes = await asyncio.gather(
                *(running.engine.execute(address, pulse(one)) for one in range(RECEIPTS_KEPT + 20))
            )
            numbers = {
                f"pulse-{one}": (accepted(outcome).seq_from, accepted(outcome).seq_to)
                for one, outcome in enumerate(outcomes)
            }
            assert len(await running.runs(address)) > 5
            carried: Carried = await running.workflow(address).query(
                names.CARRIED, result_type=Carried
            )
            assert len(carried.receipts) == RECEIPTS_KEPT
            for receipt in carried.receipts:
                assert numbers[receipt.command] == (receipt.seq_from, receipt.seq_to)
            # To those of the run that goes on, Temporal itself gives the answer of then.
            for receipt in carried.receipts[: RECEIPTS_KEPT - 150 : RECEIPTS_KEPT // 20]:
                again = await running.engine.execute(address, {**PULSE, "id": receipt.command})
                assert accepted(again) == CommandReply(
                    seq_from=receipt.seq_from, seq_to=receipt.seq_to, duplicate=True
                )
            await once_each(running, address, set(numbers))


class Losing(Interceptor):
    """A connection that loses the first answer to every update, after it was carried out."""

    def __init__(self) -> None:
        """Start having lost nothing."""
        self.lost: list[str] = []

    def intercept_client(self, next: OutboundInterceptor) -> OutboundInterceptor:  # noqa: A002
        """Stand between the client and the server."""
        return _Lossy(next, self.lost)


class _Lossy(OutboundInterceptor):
    def __init__(self, following: OutboundInterceptor, lost: list[str]) -> None:
        super().__init__(following)
        self.lost = lost

    async def start_workflow_update(
        self,
        input: StartWorkflowUpdateInput,  # noqa: A002
    ) -> WorkflowUpdateHandle[Any]:
        handle = await super().start_workflow_update(input)
        assert input.update_id is not None
        if input.update_id not in self.lost:
            await handle.result()
            self.lost.append(input.update_id)
            message = "the connection is gone"
            raise RPCError(message, RPCStatusCode.UNAVAILABLE, b"")
        return handle


async def test_a_lost_answer_is_asked_for_again(tmp_path: Path) -> None:
    """The command was carried out, nobody heard: the client says it again, be it in a later run."""
    losing = Losing()
    with serving(options(tmp_path, **low(10, 15))):
        plain = await connected(tmp_path)
        config = plain.config()
        config["interceptors"] = [losing]
        lossy = Client(**config)
        async with bench(tmp_path, client=lossy) as running:
            address = await running.open()

            async def call(caller: int) -> list[Reply | Refusal]:
                numbers = range(caller * 10, caller * 10 + 10)
                return [await running.engine.execute(address, pulse(one)) for one in numbers]

            replies = [
                accepted(outcome)
                for outcomes in await asyncio.gather(*(call(caller) for caller in range(5)))
                for outcome in outcomes
            ]
            ids = {f"pulse-{number}" for number in range(50)}
            assert ids <= set(losing.lost)
            assert len({reply.seq_from for reply in replies}) == 50
            # Said again in the same run it is Temporal that knows the answer, later the receipt.
            assert {reply.duplicate for reply in replies} == {True, False}
            assert len(await running.runs(address)) >= 3
            await once_each(running, address, ids)
            again = await running.engine.execute(address, admission("delta"))
            assert not accepted(again).duplicate


async def test_a_large_state_lets_go_of_what_was_replaced(engine_room: Bench) -> None:
    """Version after version of a long document is adopted, and the state stays within bounds."""
    start = datetime(2024, 1, 1, 9, tzinfo=UTC)
    address = await engine_room.open("recorded", at=start.isoformat())
    content = vision() | {"desired_future": "x" * 50_000}
    for number in range(12):
        at = (start + timedelta(days=120 * number)).isoformat()
        slug = f"vision-{number}"
        written = {"kind": "shared_vision", "content": content}
        await engine_room.give(address, "draft_document", "fay", at=at, **written)
        asked = {"kind": "shared_vision", "decision": slug}
        await engine_room.give(address, "submit_document", "fay", at=at, **asked)
        ballots = dict.fromkeys(("alpha", "beta", "gamma"), "consent")
        vote = {"decision": slug, "ballots": ballots}
        await engine_room.give(address, "record_session_vote", "fay", at=at, **vote)
        await engine_room.engine.until_projected(address)
    state = await engine_room.engine.state(address)
    assert state.documents["shared_vision"][-1].version == 12
    assert state.documents["shared_vision"][0].version > 1
    assert (await engine_room.engine.journal_head(address)).bytes < 400_000
    ballot = {"decision": "vision-0", "organisation": "alpha", "choice": "consent", "at": at}
    outcome = await engine_room.engine.execute(
        address, {"command": "cast_ballot", "actor": "rep-alpha", **ballot}
    )
    assert refused(outcome).code == "decision_closed"
