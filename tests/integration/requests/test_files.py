from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select

from coopflow.application.callers import Caller
from coopflow.application.engine import Address
from coopflow.readmodel.database import Database
from coopflow.requests import files as module
from coopflow.requests.files import KEPT, MOST, Files, Ordered, TooLargeError, TooManyFilesError
from coopflow.requests.operations import LOST, Operations, Outcome
from coopflow.requests.tables import MadeFileRow, MadePartRow
from coopflow.sealing.texts import TextSeals
from tests.temporal_engine import KEYS

NOW = datetime(2026, 3, 1, 9, tzinfo=UTC)
ADA = Caller(name="person:ada", person="ada")
ZOE = Caller(name="person:zoe", person="zoe")
PORTFOLIO = Ordered(programme="nord", kind="portfolio", form="xlsx", language="fr")
DECISIONS = PORTFOLIO.but(
    kind="decisions", cooperation="bocage", extents={"decisions": "published"}
)


@pytest.fixture
def files(database: Database) -> Files:
    return Files(database, TextSeals(lambda: KEYS))


@pytest.fixture
def operations(database: Database) -> Operations:
    return Operations(database, TextSeals(lambda: KEYS))


async def content(files: Files, file: str) -> bytes:
    return b"".join([part async for part in files.content(file)])


async def rows(database: Database) -> tuple[int, int]:
    """Count what is kept: files, and parts of them."""
    async with database.reading() as connection:
        counts = [
            (await connection.execute(select(func.count()).select_from(table))).scalar_one()
            for table in (MadeFileRow, MadePartRow)
        ]
    return counts[0], counts[1]


async def test_a_file_is_for_who_asked_for_it(files: Files) -> None:
    """Others do not find it, cannot delete it, and see their own alone."""
    file = await files.begin(ADA, DECISIONS, NOW)
    assert await files.keep(file, "a.csv", "text/csv", b"a,b")
    found = await files.find(ADA.name, file, NOW)
    assert found is not None
    assert (found.status, found.name, found.size, found.extents) == (
        "ready",
        "a.csv",
        3,
        {"decisions": "published"},
    )
    assert (found.cooperation, found.kind, found.expires_at) == ("bocage", "decisions", NOW + KEPT)
    assert await content(files, file) == b"a,b"
    assert await files.find(ZOE.name, file, NOW) is None
    assert await files.of(ZOE.name, NOW) == ()
    assert not await files.delete(ZOE.name, file)
    assert await files.delete(ADA.name, file)
    assert not await files.delete(ADA.name, file)
    assert await content(files, file) == b""


async def test_what_is_in_a_file_is_encrypted_part_by_part(
    files: Files, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However long it is, it comes out as it went in, and nothing of it can be read as it lies."""
    monkeypatch.setattr(module, "_PART", 1000)
    whole = b"Bocage gourmand " * 400
    file = await files.begin(ADA, PORTFOLIO, NOW)
    await files.keep(file, "a.xlsx", "application/x", whole)
    assert await content(files, file) == whole
    async with database.reading() as connection:
        parts = (await connection.execute(select(MadePartRow.content))).scalars().all()
    assert len(parts) == 7
    assert not any("Bocage" in part or "Qm9jYWdl" in part for part in parts)
    empty = await files.begin(ADA, PORTFOLIO, NOW)
    await files.keep(empty, "b.xlsx", "application/x", b"")
    assert await content(files, empty) == b""


async def test_what_is_too_large_is_not_kept(files: Files, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is said how large it was."""
    monkeypatch.setattr(module, "LARGEST", 10)
    file = await files.begin(ADA, PORTFOLIO, NOW)
    with pytest.raises(TooLargeError, match="has 11 bytes, at most 10 are kept"):
        await files.keep(file, "a", "text/csv", b"x" * 11)


async def test_a_file_says_how_it_stands(files: Files, operations: Operations) -> None:
    """Being made, failed, or interrupted when its process has gone."""
    file = await files.begin(ADA, PORTFOLIO, NOW)

    async def status(at: datetime = NOW) -> str:
        found = await files.find(ADA.name, file, at)
        assert found is not None
        return found.status

    assert await status() == "running"
    assert await status(NOW + LOST) == "interrupted"
    operation = await operations.begin(ADA.name, NOW)
    await files.made_by(file, operation)
    later = NOW + timedelta(minutes=4)
    await operations.go_on(operation, later)
    assert await status(NOW + LOST) == "running"
    with pytest.raises(TooManyFilesError):
        await files.begin(ADA, PORTFOLIO, NOW + LOST, at_once=1)
    assert await files.begin(ZOE, PORTFOLIO, NOW + LOST, at_once=1)
    await operations.give_up(operation, later)
    assert await status(later) == "interrupted"
    other = await files.begin(ADA, PORTFOLIO, later, at_once=1)
    assert await files.delete(ADA.name, other)
    await operations.end(operation, Outcome(problem={"code": "internal"}), later)
    assert await status(later) == "failed"
    await files.keep(file, "a", "text/csv", b"x")
    assert await status(later) == "ready"
    (listed,) = await files.of(ADA.name, later)
    assert listed.operation == operation


async def test_of_many_who_ask_at_once_no_more_are_begun_than_may_be(files: Files) -> None:
    """Each looks and takes its place in one step."""
    asked = (files.begin(ADA, PORTFOLIO, NOW, at_once=3) for _ in range(6))
    came = await asyncio.gather(*asked, return_exceptions=True)
    assert sum(isinstance(one, TooManyFilesError) for one in came) == 3
    assert len(await files.of(ADA.name, NOW)) == 3


async def test_files_are_gone_after_a_week(files: Files, database: Database) -> None:
    """They are not found, and when another is begun, or at any time, deleted with their parts."""
    file = await files.begin(ADA, PORTFOLIO, NOW)
    await files.keep(file, "a", "text/csv", b"x")
    end = NOW + KEPT
    assert await files.find(ADA.name, file, end) is None
    assert await files.of(ADA.name, end) == ()
    await files.begin(ZOE, PORTFOLIO, end)
    assert await rows(database) == (1, 0)
    await files.clear(end + KEPT)
    assert await rows(database) == (0, 0)


async def test_the_oldest_files_make_room(files: Files) -> None:
    """Of one caller so many are kept and no more; those of others stay."""
    other = await files.begin(ZOE, PORTFOLIO, NOW)
    begun = [
        await files.begin(ADA, PORTFOLIO, NOW + timedelta(seconds=number))
        for number in range(MOST + 2)
    ]
    later = NOW + timedelta(hours=1)
    kept = [one.id for one in await files.of(ADA.name, later)]
    assert kept == begun[:1:-1]
    assert [one.id for one in await files.of(ZOE.name, later)] == [other]


async def test_no_file_outlives_the_erasure_of_somebody_in_it(
    files: Files, database: Database
) -> None:
    """Of the cooperations and of their programmes as a whole, also one that is being made."""
    elsewhere = PORTFOLIO.but(programme="sud")
    other = DECISIONS.but(cooperation="verger")
    gone = [await files.begin(ZOE, one, NOW) for one in (PORTFOLIO, DECISIONS)]
    stay = [await files.begin(ZOE, one, NOW) for one in (elsewhere, other)]
    mine = await files.begin(ADA, elsewhere, NOW)
    await files.keep(gone[1], "a", "text/csv", b"x")
    await files.forget("ada", [Address("nord", "bocage")])
    assert {one.id for one in await files.of(ZOE.name, NOW)} == {*stay}
    assert await files.of(ADA.name, NOW) == ()
    assert not await files.keep(gone[0], "a", "text/csv", b"x")
    assert not await files.keep(mine, "a", "text/csv", b"x")
    assert await rows(database) == (2, 0)
    await files.forget("nobody", [])
    assert await rows(database) == (2, 0)
