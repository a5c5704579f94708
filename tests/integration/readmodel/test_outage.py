from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, closing, contextmanager
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from coopflow.application.engine import Address, Reply
from coopflow.application.verification import Verifier
from coopflow.readmodel.database import Database
from coopflow.readmodel.migrate import migrate
from coopflow.readmodel.outbox import Outbox
from coopflow.readmodel.projector import Projector
from coopflow.readmodel.queries import Queries
from coopflow.readmodel.verification import Examination
from coopflow.temporal import names
from coopflow.temporal.client import TemporalEngine
from coopflow.temporal.histories import Histories
from coopflow.temporal.worker import working
from tests.collective import reference_rules
from tests.postgresql import PostgresqlServer
from tests.temporal_engine import connected, grants_of, opening, options, serving

pytestmark = [pytest.mark.server, pytest.mark.slow]

Away = Callable[[], AbstractContextManager[None]]

COOPERATIONS = 4
COMMANDS = 80


@pytest.fixture
def away(request: pytest.FixtureRequest, url: str) -> Away:
    """Return how to let the database be away for the length of a block."""

    @contextmanager
    def locked() -> Iterator[None]:
        with closing(sqlite3.connect(url.removeprefix("sqlite:///"), timeout=30)) as other:
            other.execute("BEGIN IMMEDIATE")
            yield

    @contextmanager
    def stopped() -> Iterator[None]:
        server: PostgresqlServer = request.getfixturevalue("postgresql")
        server.stop()
        try:
            yield
        finally:
            server.start()

    return locked if url.startswith("sqlite") else stopped


async def test_a_database_that_is_away_costs_no_command(
    url: str, away: Away, tmp_path: Path
) -> None:
    """Hundreds of commands are accepted meanwhile, over several runs; then all is caught up.

    Once each, in order, with no entry waiting and nothing to be mended.
    """
    database = Database(url, wait=0.1)
    await migrate(database)
    addresses = [Address("demo", f"coop-{number}") for number in range(COOPERATIONS)]
    with serving(options(tmp_path, **{"limit.historyCount.suggestContinueAsNew": 100})):
        client = await connected(tmp_path)
        engine = TemporalEngine(client)

        async def give(address: Address, number: int) -> None:
            command = {"command": "record_meeting", "actor": "fay", "meeting": f"m-{number}"}
            outcome = await engine.execute(address, command | {"kind": "plenary", "attendees": []})
            assert isinstance(outcome, Reply), str(outcome)

        async def live(address: Address) -> None:
            for number in range(1, COMMANDS):
                await give(address, number)

        async with working(client, Projector(database), Outbox(database)):
            for address in addresses:
                opened = opening(address)
                await engine.open(reference_rules().definition, opened, grants_of("pam"))
                await give(address, 0)
                before = await engine.until_projected(address)
            with capture_logs() as lines, away():
                await asyncio.gather(*map(live, addresses))
                heads = [await engine.journal_head(address) for address in addresses]
                assert [head.projected_seq for head in heads] == [before.seq] * COOPERATIONS
                assert all(head.seq >= before.seq + COMMANDS - 1 for head in heads)
                lag = await Histories(engine).lag(100)
                assert lag.entries == sum(head.seq - before.seq for head in heads)
            assert any(line["event"].startswith("not taken") for line in lines)
            async with asyncio.timeout(90):
                await asyncio.gather(*map(engine.until_projected, addresses))
            assert (await Histories(engine).lag(100)).behind == 0
            queries, verifier = (
                Queries(database),
                Verifier(Examination(database), Histories(engine)),
            )
            for address, head in zip(addresses, heads, strict=True):
                kept = await queries.journal(address, limit=10_000)
                assert [line.seq for line in kept] == list(range(1, head.seq + 1))
                report = await verifier.verify(address)
                assert report is not None
                assert report.findings == ()
                runs = client.list_workflows(f"WorkflowId = '{names.workflow_id(address)}'")
                assert len([run async for run in runs]) > 1
    await database.close()
