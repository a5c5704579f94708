from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from coopflow.readmodel.database import Database
from coopflow.requests.audit import KEPT as AUDITED
from coopflow.requests.audit import Audit, RefusedRequest
from coopflow.requests.operations import KEPT, LOST, Operations, Outcome, Progress
from coopflow.requests.tables import OperationRow, RefusedRequestRow
from coopflow.sealing.texts import TextSeals
from tests.temporal_engine import KEYS

NOW = datetime(2026, 3, 1, 9, tzinfo=UTC)


@pytest.fixture
def operations(database: Database) -> Operations:
    return Operations(database, TextSeals(lambda: KEYS))


async def test_an_operation_is_for_who_began_it(operations: Operations) -> None:
    """Others do not find it, and nobody one that was not begun."""
    one = await operations.begin("person:ada", NOW)
    found = await operations.find("person:ada", one, NOW)
    assert found is not None
    assert (found.status, found.started_at, found.ended_at) == ("running", NOW, None)
    assert await operations.find("person:zoe", one, NOW) is None
    assert await operations.find("person:ada", "nothing", NOW) is None


async def test_an_operation_tells_how_it_ended(operations: Operations, database: Database) -> None:
    """With its result or its problem; encrypted where it is kept, and gone in the end."""
    one = await operations.begin("person:ada", NOW)
    two = await operations.begin("person:ada", NOW)
    later = NOW + timedelta(seconds=3)
    await operations.end(one, Outcome(result={"seq_to": 7}, location="/v1/x"), later)
    await operations.end(two, Outcome(problem={"code": "too_early"}), later)
    done = await operations.find("person:ada", one, later)
    failed = await operations.find("person:ada", two, later)
    assert done is not None
    assert failed is not None
    assert (done.status, done.result, done.location) == ("done", {"seq_to": 7}, "/v1/x")
    assert (failed.status, failed.problem, failed.ended_at) == (
        "failed",
        {"code": "too_early"},
        later,
    )
    async with database.reading() as connection:
        stored = (await connection.execute(select(OperationRow.outcome))).scalars().all()
    assert not any("too_early" in (text or "") for text in stored)
    assert await operations.find("person:ada", one, NOW + KEPT) is None


async def test_an_operation_whose_process_is_gone_is_lost(operations: Operations) -> None:
    """It does not run for ever; if it ends after all, it has ended."""
    one = await operations.begin("person:ada", NOW)
    found = await operations.find("person:ada", one, NOW + LOST)
    assert found is not None
    assert found.status == "lost"
    await operations.end(one, Outcome(result={}), NOW + LOST)
    found = await operations.find("person:ada", one, NOW + LOST)
    assert found is not None
    assert found.status == "done"


async def test_an_operation_that_gives_a_sign_is_not_lost(operations: Operations) -> None:
    """However long it takes; a sign that comes after its end changes nothing."""
    one = await operations.begin("person:ada", NOW)
    await operations.go_on(one, NOW + LOST - timedelta(seconds=1))
    found = await operations.find("person:ada", one, NOW + LOST)
    assert found is not None
    assert found.status == "running"
    found = await operations.find("person:ada", one, NOW + 2 * LOST)
    assert found is not None
    assert found.status == "lost"
    await operations.end(one, Outcome(result={}), NOW + LOST)
    await operations.go_on(one, NOW + LOST)
    found = await operations.find("person:ada", one, NOW + LOST)
    assert found is not None
    assert found.status == "done"


def refusal(at: datetime, path: str = "/v1/x") -> RefusedRequest:
    return RefusedRequest(
        at=at, caller="person:zoe", method="GET", path=path, status=403, code="forbidden"
    )


async def test_refusals_are_listed_by_programme_the_latest_first(database: Database) -> None:
    """Page by page, and those of other programmes are not among them."""
    audit = Audit(database)
    for number in range(3):
        await audit.note("valdore", refusal(NOW, f"/v1/{number}"))
    await audit.note("others", refusal(NOW))
    await audit.note(None, refusal(NOW).but(caller=None, status=401, code="unauthenticated"))
    first = await audit.refusals("valdore", NOW, limit=2)
    rest = await audit.refusals("valdore", NOW, before=first[-1].id)
    assert [one.path for one in (*first, *rest)] == ["/v1/2", "/v1/1", "/v1/0"]


async def test_refusals_are_kept_for_a_while(database: Database) -> None:
    """Old ones are no longer told, and go when others are noted."""
    audit = Audit(database)
    for _ in range(99):
        await audit.note("valdore", refusal(NOW))
    later = NOW + AUDITED + timedelta(days=1)
    assert await audit.refusals("valdore", later) == ()
    await audit.note("valdore", refusal(later))
    async with database.reading() as connection:
        stored = (await connection.execute(select(RefusedRequestRow.at))).scalars().all()
    assert stored == [later]


async def test_an_operation_says_how_far_it_has_come(operations: Operations) -> None:
    """While it goes on and when it has ended; nothing where that is not known."""
    one = await operations.begin("person:ada", NOW)
    found = await operations.find("person:ada", one, NOW)
    assert found is not None
    assert found.progress is None
    await operations.go_on(one, NOW, Progress(done=3))
    await operations.go_on(one, NOW)
    found = await operations.find("person:ada", one, NOW)
    assert found is not None
    assert found.progress == Progress(done=3, total=None)
    await operations.go_on(one, NOW, Progress(done=4, total=9))
    await operations.end(one, Outcome(result={}), NOW)
    await operations.go_on(one, NOW, Progress(done=5, total=9))
    found = await operations.find("person:ada", one, NOW)
    assert found is not None
    assert found.progress == Progress(done=4, total=9)


async def test_an_operation_that_is_given_up_is_lost_at_once(operations: Operations) -> None:
    """Its process says so before it ends; one that has ended stays as it is."""
    one, two = [await operations.begin("person:ada", NOW) for _ in range(2)]
    await operations.end(two, Outcome(result={}), NOW)
    for each, status in ((one, "lost"), (two, "done")):
        await operations.give_up(each, NOW)
        found = await operations.find("person:ada", each, NOW)
        assert found is not None
        assert found.status == status
