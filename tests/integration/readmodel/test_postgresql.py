from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from coopflow.application.engine import Address
from coopflow.application.notices import Notice
from coopflow.domain.rulebook import Definition
from coopflow.readmodel.database import Database
from coopflow.readmodel.errors import DatabaseUnavailableError
from coopflow.readmodel.migrate import is_current, migrate
from coopflow.readmodel.outbox import Outbox
from coopflow.readmodel.projector import Projector
from coopflow.readmodel.queries import Queries
from coopflow.readmodel.registry import register
from coopflow.readmodel.statements import take_turn
from tests.integration.readmodel.contents import contents
from tests.integration.readmodel.lives import Collective
from tests.postgresql import PASSWORD, USER, PostgresqlServer
from tests.stages import varied

pytestmark = pytest.mark.server

AWAY = "check that it is there and may be used"


@pytest.fixture
def name(postgresql: PostgresqlServer) -> Iterator[str]:
    with postgresql.database() as made:
        yield made


@pytest.fixture
def url(postgresql: PostgresqlServer, name: str) -> str:
    return postgresql.url(name)


@pytest.fixture
async def database(url: str) -> AsyncIterator[Database]:
    opened = Database(url)
    await migrate(opened)
    yield opened
    await opened.close()


async def shown(connection: AsyncConnection, setting: str) -> str:
    return str((await connection.execute(text(f"SHOW {setting}"))).scalar_one())


async def process_id(connection: AsyncConnection) -> int:
    return int((await connection.execute(text("SELECT pg_backend_pid()"))).scalar_one())


def told(at: datetime) -> Notice:
    return Notice(cooperation="verger", seq=1, index=0, kind="remind_voters", about="d", at=at)


@pytest.mark.parametrize(
    ("user", "password", "database", "reason"),
    [
        (USER, "wrong", "postgres", "password authentication failed"),
        ("stranger", PASSWORD, "postgres", "password authentication failed"),
        (USER, PASSWORD, "missing", 'database "missing" does not exist'),
    ],
)
async def test_who_is_not_let_in_is_told_why(
    postgresql: PostgresqlServer, user: str, password: str, database: str, reason: str
) -> None:
    """The error says what the server said, names the address, and keeps the password to itself."""
    away = Database(postgresql.url(database, user=user, password=password))
    with pytest.raises(DatabaseUnavailableError, match=f"(?s){reason}.*{AWAY}") as refused:
        await is_current(away)
    assert refused.value.url == f"postgresql://{user}:***@/{database}"
    assert password not in str(refused.value)
    await away.close()


async def test_a_server_that_is_away_is_explained() -> None:
    """Where nobody listens that is said at once."""
    away = Database("postgresql://coopflow:hush@127.0.0.1:1/coopflow")
    with pytest.raises(DatabaseUnavailableError, match=f"(?s)refused.*{AWAY}"):
        await migrate(away)
    await away.close()


async def test_a_role_without_rights_is_told_what_it_needs(
    postgresql: PostgresqlServer, name: str
) -> None:
    """Since PostgreSQL 15 only the owner of a database may make tables in it."""
    role = f"guest_of_{name}"
    postgresql.execute(f"CREATE ROLE {role} LOGIN PASSWORD '{PASSWORD}'")
    guest = Database(postgresql.url(name, user=role))
    with pytest.raises(DatabaseUnavailableError, match="permission denied for schema public; let"):
        await migrate(guest)

    postgresql.execute(f"ALTER DATABASE {name} OWNER TO {role}")
    await migrate(guest)
    assert await is_current(guest)
    await guest.close()
    postgresql.execute(f"ALTER DATABASE {name} OWNER TO {USER}")
    postgresql.execute(f"DROP OWNED BY {role}", name)
    postgresql.execute(f"DROP ROLE {role}")


async def test_a_replica_is_read_and_not_written(
    postgresql: PostgresqlServer, name: str, database: Database
) -> None:
    """Where nothing may be written, questions are answered and writers told where to go."""
    verger = Collective()
    await Projector(database).apply(*verger.address, verger.entries[:3])
    postgresql.execute(f"ALTER DATABASE {name} SET default_transaction_read_only = on")
    replica = Database(postgresql.url(name))
    with pytest.raises(DatabaseUnavailableError, match="read-only transaction; give the address"):
        await Projector(replica).apply(*verger.address, verger.entries)
    assert (await Queries(replica).cooperation(verger.address)).seq == 3
    await replica.close()


async def test_a_connection_that_is_cut_undoes_its_transaction(
    postgresql: PostgresqlServer, database: Database
) -> None:
    """What the server ended in the middle can be tried again, on another connection."""
    verger = Collective()
    projector = Projector(database)
    await projector.apply(*verger.address, verger.entries[:3])
    before = await contents(database)

    async def write_and_be_cut() -> None:
        async with database.writing() as connection:
            await connection.execute(text("DELETE FROM journal"))
            cut = await process_id(connection)
            postgresql.execute(f"SELECT pg_terminate_backend({cut}, 5000)")
            await connection.execute(text("DELETE FROM member"))

    with pytest.raises(DatabaseUnavailableError, match=f"(?s)terminating connection.*{AWAY}"):
        await write_and_be_cut()
    assert await contents(database) == before
    assert await projector.apply(*verger.address, verger.entries) == verger.state.seq


async def test_a_server_that_came_back_is_used_again(
    postgresql: PostgresqlServer, database: Database
) -> None:
    """While it is down that is said; afterwards no connection from before is in the way."""
    verger = Collective()
    projector, queries = Projector(database), Queries(database)
    await asyncio.gather(*(queries.cooperations() for _ in range(5)))
    postgresql.stop()
    try:
        with pytest.raises(DatabaseUnavailableError, match=AWAY):
            await projector.apply(*verger.address, verger.entries)
    finally:
        postgresql.start()
    assert await projector.apply(*verger.address, verger.entries) == verger.state.seq
    found = await asyncio.gather(*(queries.cooperations() for _ in range(10)))
    assert {one[0].seq for one in found} == {verger.state.seq}


async def test_a_server_that_restarted_unnoticed_costs_nothing(
    postgresql: PostgresqlServer, database: Database
) -> None:
    """Connections that wait in the pool are tried before they are used."""
    await asyncio.gather(*(Queries(database).cooperations() for _ in range(5)))
    postgresql.stop()
    postgresql.start()
    verger = Collective()
    assert await Projector(database).apply(*verger.address, verger.entries) == verger.state.seq


async def test_a_writer_that_stands_still_lets_the_others_go_on(
    url: str, database: Database
) -> None:
    """The server ends a transaction in which nothing happens, and with it what it holds."""
    async with database.reading() as connection:
        assert await shown(connection, "idle_in_transaction_session_timeout") == "5min"
    verger = Collective()
    await Projector(database).apply(*verger.address, verger.entries[:3])
    frozen = Database(f"{url}&options=-c idle_in_transaction_session_timeout=200")

    async def stand_still() -> int:
        async with frozen.writing() as connection:
            await connection.execute(text("SELECT seq FROM snapshot FOR UPDATE"))
            last = await Projector(database).apply(*verger.address, verger.entries)
            await connection.execute(text("SELECT 1"))
        return last

    async with asyncio.timeout(20):
        with pytest.raises(DatabaseUnavailableError, match="idle-in-transaction timeout"):
            await stand_still()
    assert (await Queries(database).cooperation(verger.address)).seq == verger.state.seq
    await frozen.close()


async def test_readers_cannot_write_and_see_one_moment(database: Database) -> None:
    """A transaction that reads is told to the server as that."""
    async with database.reading() as connection:
        assert await shown(connection, "transaction_read_only") == "on"
        assert await shown(connection, "transaction_isolation") == "repeatable read"
    async with database.writing() as connection:
        assert await shown(connection, "transaction_read_only") == "off"
        assert await shown(connection, "transaction_isolation") == "read committed"


async def test_instants_do_not_depend_on_the_zone_of_the_server(
    postgresql: PostgresqlServer, name: str, database: Database
) -> None:
    """The tests' server lives in another zone: that of a session is UTC all the same."""
    assert postgresql.execute("SHOW timezone", name) == [("Asia/Kathmandu",)]
    async with database.reading() as connection:
        assert await shown(connection, "timezone") == "UTC"
    notice = told(datetime(1900, 1, 1, tzinfo=UTC))
    await Outbox(database).deliver("demo", (notice,))
    (line,) = await Queries(database).outbox()
    assert line.at == notice.at
    assert abs((datetime.now(UTC) - line.created_at).total_seconds()) < 60
    assert postgresql.execute("SELECT at = '1900-01-01T00:00:00Z' FROM outbox", name) == [(True,)]


async def test_notices_come_to_light_in_the_order_of_their_numbers(database: Database) -> None:
    """Who has read up to a number misses nothing: the next one waits for those before it."""
    notice = told(datetime(2026, 1, 1, tzinfo=UTC))
    board = Outbox(database)
    async with database.writing() as connection:
        await take_turn(connection, "deliver")
        waiting = asyncio.create_task(board.deliver("demo", (notice,)))
        await asyncio.sleep(0.2)
        assert not waiting.done()
        # Other work does not wait for it.
        verger = Collective()
        await Projector(database).apply(*verger.address, verger.entries)
    await waiting
    assert len(await Queries(database).outbox()) == 1


async def test_writers_of_the_same_definitions_do_not_block_each_other(database: Database) -> None:
    """In whatever order two cooperations tell of the same definitions, both are written."""

    def called(number: int) -> Definition:
        def change(policy: dict[str, Any]) -> None:
            policy["policy"] = f"policy-{number}"

        return varied(change).definition

    address, at = Address("demo", "verger"), datetime(2026, 1, 1, tzinfo=UTC)

    async def write(*numbers: int) -> None:
        async with database.writing() as connection:
            await register(connection, address, at, [called(number) for number in numbers])

    await write(0)  # the lifecycle that they all have is there
    async with database.writing() as connection:
        await register(connection, address, at, [called(2)])
        # Both get as far as to what is being written here.
        writers = [asyncio.create_task(write(*numbers)) for numbers in ((1, 2, 3), (3, 2, 1))]
        await asyncio.sleep(0.3)
        assert not any(writer.done() for writer in writers)
        await connection.rollback()
    await asyncio.gather(*writers)
    names = [row["name"] for row in (await contents(database))["definition"]]
    assert names == ["impact-collectif", "policy-0", "policy-1", "policy-2", "policy-3"]


async def test_errors_do_not_show_the_row(database: Database) -> None:
    """What the server adds to its message, the values of the row, reaches no log and no history."""

    async def write() -> None:
        async with database.writing() as connection:
            await connection.execute(
                text("INSERT INTO member (cooperation_id, id) VALUES (:cooperation, 'sealed')"),
                {"cooperation": "secret"},
            )

    with pytest.raises(IntegrityError, match="NotNullViolation") as broken:
        await write()
    for told in (str(broken.value), str(broken.value.orig), repr(broken.value.orig)):
        assert "null value in column" in told
        assert "secret" not in told
