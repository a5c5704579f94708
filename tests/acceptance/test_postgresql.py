from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from coopflow.application.engine import Address
from coopflow.bootstrap import embedded_engine, key_ring, serve
from coopflow.sealing.keys import ensure_keys
from coopflow.settings import Settings
from coopflow.temporal.client import TemporalEngine
from coopflow.temporal.codec import encrypting
from coopflow.temporal.connection import connect, find_endpoint
from coopflow.temporal.embedded import embedded_server
from tests.acceptance.process import coopflow, environment, running
from tests.collective import reference_rules
from tests.postgresql import PASSWORD, PostgresqlServer
from tests.temporal_engine import accepted, grants_of, opening, options

pytestmark = [pytest.mark.server, pytest.mark.slow]

PATIENCE = timedelta(seconds=90)


@pytest.fixture
def database(postgresql: PostgresqlServer) -> Iterator[str]:
    with postgresql.database() as made:
        yield made


def test_the_demo_lives_in_postgresql(
    postgresql: PostgresqlServer, database: str, tmp_path: Path
) -> None:
    """The journey is told, kept whole in the database and asked for from there; no file is made."""
    variables = environment(tmp_path, COOPFLOW_DATABASE_URL=postgresql.url(database))
    with running(variables, "dev", "--demo") as engine:
        engine.wait_for("renewed until")
        engine.wait_for("ready: ")
        (listed,) = json.loads(coopflow(variables, "coop", "list", "-o", "json").stdout)
        asked = ("coop", "journal", listed["slug"], "-o", "json")
        lines = json.loads(coopflow(variables, *asked).stdout)
        assert coopflow(variables, "doctor").returncode == 0
        assert engine.end() == 0
        said = engine.text("stdout") + engine.text("stderr")
    kept = postgresql.execute("SELECT seq, type FROM journal ORDER BY seq", database)
    assert kept == [(line["seq"], line["type"]) for line in lines]
    assert [seq for seq, _ in kept] == list(range(1, listed["seq"] + 1))
    assert PASSWORD not in said
    assert not (tmp_path / "state" / "coopflow.db").exists()


def test_a_worker_waits_for_its_database(
    postgresql: PostgresqlServer, database: str, tmp_path: Path
) -> None:
    """While the server is away it says so, again and again; once it answers, tables are made."""
    url = postgresql.url(database)
    variables = environment(tmp_path, COOPFLOW_DATABASE_URL=url, COOPFLOW_LOG_FORMAT="json")
    (tmp_path / "state").mkdir()
    postgresql.stop()
    try:
        with running(variables, "worker") as worker:
            for _ in range(2):
                line = json.loads(worker.wait_for("waiting for the database", "stderr"))
                assert f"@/{database} cannot be used" in line["advice"]
                assert "check that it is there" in line["advice"]
            postgresql.start()
            worker.wait_for("the database is ready", "stderr")
            assert worker.end() == 0
            assert PASSWORD not in worker.text("stderr")
    finally:
        if not postgresql.runs:
            postgresql.start()
    assert postgresql.execute("SELECT count(*) FROM journal", database) == [(0,)]


async def test_a_database_that_is_away_costs_no_command(
    postgresql: PostgresqlServer, database: str, tmp_path: Path
) -> None:
    """Commands are accepted while the server is away, and in the journal once it is back."""
    url = postgresql.url(database)
    settings = Settings(state_dir=tmp_path, database_url=url, port=0, ui_port=0)
    definition = reference_rules().definition
    async with embedded_engine(settings) as here:
        before, during = Address("demo", "before"), Address("demo", "during")
        await here.engine.open(definition, opening(before), grants_of("pam"))
        await here.engine.until_projected(before)
        postgresql.stop()
        try:
            opened = await here.engine.open(definition, opening(during), grants_of("pam"))
            assert not hasattr(opened, "code")
            assert (await here.engine.state(during)).seq == 3
        finally:
            postgresql.start()
        async with asyncio.timeout(PATIENCE.total_seconds()):
            head = await here.engine.until_projected(during)
        assert [line.seq for line in await here.queries.journal(during)] == [1, 2, 3]
        assert head.seq == 3
        assert {one.slug for one in await here.queries.cooperations()} == {"before", "during"}


async def test_a_worker_may_start_while_its_database_is_away(
    postgresql: PostgresqlServer, database: str, tmp_path: Path
) -> None:
    """It carries commands on at once, and what it could not write is there once the database is."""
    settings = Settings(state_dir=tmp_path, database_url=postgresql.url(database))
    ensure_keys(settings.own_keys_file)
    address, stop = Address("demo", "during"), asyncio.Event()
    async with embedded_server(options(tmp_path)):
        postgresql.stop()
        working = asyncio.create_task(serve(settings, stop))
        try:
            endpoint = find_endpoint(tmp_path, environment={})
            client = await connect(endpoint, data_converter=encrypting(key_ring(settings)))
            engine = TemporalEngine(client, patience=PATIENCE)
            definition = reference_rules().definition
            accepted(await engine.open(definition, opening(address), grants_of("pam")))
            assert (await engine.journal_head(address)).projected_seq == 0
        finally:
            postgresql.start()
        head = await engine.until_projected(address)
        stop.set()
        await working
    kept = postgresql.execute("SELECT seq FROM journal ORDER BY seq", database)
    assert [seq for (seq,) in kept] == list(range(1, head.seq + 1))
