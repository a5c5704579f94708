from __future__ import annotations

from datetime import UTC, datetime

import pytest
from structlog.testing import capture_logs

from coopflow.application.engine import Address
from coopflow.application.notices import Notice, NoticeBoard, notices_of
from coopflow.readmodel.database import Database
from coopflow.readmodel.errors import DatabaseUnavailableError
from coopflow.readmodel.outbox import Outbox
from coopflow.readmodel.queries import Queries
from tests.integration.readmodel.lives import Life


@pytest.fixture
def notices(bocage: Life) -> tuple[Notice, ...]:
    address, entries = bocage
    return tuple(one for entry in entries for one in notices_of(address.cooperation, entry))


async def test_notices_are_kept_in_order(
    notices: tuple[Notice, ...], bocage: Life, database: Database
) -> None:
    """Each notice is a line: what is to be told, to whom, about what, and since when."""
    board: NoticeBoard = Outbox(database)
    await board.deliver("demo", notices)

    lines = await Queries(database).outbox(bocage[0], limit=1000)
    assert [
        (one.seq, one.position, one.kind, one.about, one.recipients, one.at) for one in lines
    ] == [(one.seq, one.index, one.kind, one.about, one.to, one.at) for one in notices]
    assert {one.cooperation_id for one in lines} == {str(bocage[0])}
    assert all(one.created_at.tzinfo is UTC for one in lines)


async def test_a_notice_delivered_twice_is_kept_and_logged_once(
    notices: tuple[Notice, ...], database: Database
) -> None:
    """Delivery may be tried again: only what is new is written and said."""
    board = Outbox(database)
    with capture_logs() as logs:
        await board.deliver("demo", notices[:5])
        await board.deliver("demo", notices[3:7])
        await board.deliver("demo", ())

    assert len(await Queries(database).outbox()) == 7
    assert [(line["seq"], line["kind"], line["about"]) for line in logs] == [
        (one.seq, one.kind, one.about) for one in notices[:7]
    ]
    assert {line["event"] for line in logs} == {"notice"}


async def test_several_notices_of_one_event_are_told_apart(database: Database) -> None:
    """One event may give rise to more than one notice; cooperations do not mix."""
    at = datetime(2026, 1, 1, tzinfo=UTC)
    both = tuple(
        Notice(
            cooperation="verger",
            seq=3,
            index=index,
            kind="compile_dossier",
            about="review-1",
            at=at,
        )
        for index in (0, 1)
    )
    board = Outbox(database)
    await board.deliver("demo", both)
    await board.deliver("other", both[:1])

    queries = Queries(database)
    assert [one.position for one in await queries.outbox(Address("demo", "verger"))] == [0, 1]
    last = (await queries.outbox(limit=2))[-1]
    assert [one.cooperation_id for one in await queries.outbox(after=last.id)] == ["other/verger"]


async def test_an_outbox_that_is_away_says_so(notices: tuple[Notice, ...], url: str) -> None:
    """Nothing is logged as told that could not be kept."""
    database = Database(url)
    with (
        capture_logs() as logs,
        pytest.raises(DatabaseUnavailableError, match="tables are missing"),
    ):
        await Outbox(database).deliver("demo", notices)
    assert [line for line in logs if line["event"] == "notice"] == []
    await database.close()
