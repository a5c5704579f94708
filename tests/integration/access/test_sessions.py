from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select

from coopflow.access.errors import RefusedCredentialError
from coopflow.access.sessions import Sessions
from coopflow.access.tables import SessionRow
from coopflow.readmodel.database import Database

NOW = datetime(2026, 3, 1, 9, tzinfo=UTC)
IDLE, LONGEST = timedelta(hours=2), timedelta(hours=5)


@pytest.fixture
def sessions(database: Database) -> Sessions:
    return Sessions(database, IDLE, LONGEST)


async def is_open(sessions: Sessions, secret: str, now: datetime) -> bool:
    try:
        await sessions.find(secret, now)
    except RefusedCredentialError:
        return False
    return True


async def test_a_session_is_found_by_what_the_browser_shows(
    sessions: Sessions, database: Database
) -> None:
    """By the secret, of which the table holds the digest alone."""
    session, secret = await sessions.start("max", "link", NOW)
    assert await sessions.find(secret, NOW) == session
    async with database.reading() as connection:
        row = (await connection.execute(select(SessionRow.__table__))).one()
    assert secret not in map(str, row)
    for wrong in ("", "x", session.id, secret[:-1], "\ud800"):
        assert not await is_open(sessions, wrong, NOW)


async def test_a_session_that_is_not_used_ends(sessions: Sessions) -> None:
    """Each use begins the time anew; at its very end the session is over."""
    _, secret = await sessions.start("max", "link", NOW)
    in_time = NOW + IDLE - timedelta(seconds=1)
    assert await is_open(sessions, secret, in_time)
    assert await is_open(sessions, secret, in_time + IDLE - timedelta(seconds=1))
    assert not await is_open(sessions, secret, in_time + 2 * IDLE)


async def test_a_session_ends_however_much_it_is_used(sessions: Sessions) -> None:
    """The longest time counts from the sign-in."""
    session, secret = await sessions.start("max", "provider", NOW)
    for hours in (1, 2, 3, 4):
        assert await is_open(sessions, secret, NOW + timedelta(hours=hours))
    assert session.expires_at == NOW + LONGEST
    assert not await is_open(sessions, secret, session.expires_at)


async def test_signing_in_again_ends_the_session_before(sessions: Sessions) -> None:
    """What a browser showed before it signed in is worth nothing after it."""
    _, before = await sessions.start("zoe", "link", NOW)
    _, after = await sessions.start("max", "link", NOW, replacing=before)
    assert not await is_open(sessions, before, NOW)
    assert (await sessions.find(after, NOW)).person == "max"


async def test_signing_out_here_or_everywhere(sessions: Sessions) -> None:
    """One session ends, or all of a person, and nobody else's."""
    secrets = [(await sessions.start("max", "link", NOW))[1] for _ in range(3)]
    _, other = await sessions.start("zoe", "link", NOW)
    await sessions.end(secrets[0])
    await sessions.end("never was")
    assert [await is_open(sessions, one, NOW) for one in secrets] == [False, True, True]
    assert await sessions.end_all("max") == 2
    assert not any([await is_open(sessions, one, NOW) for one in secrets])
    assert await is_open(sessions, other, NOW)


async def test_sessions_that_ended_are_not_kept(sessions: Sessions, database: Database) -> None:
    """The next sign-in clears away those that ran out, either way."""
    await sessions.start("max", "link", NOW)
    await sessions.start("max", "link", NOW + IDLE)
    async with database.reading() as connection:
        assert (await connection.execute(select(func.count(SessionRow.id)))).scalar_one() == 1


async def test_somebody_ends_the_sessions_of_other_browsers(sessions: Sessions) -> None:
    """Those that last are listed, the last used first; nobody ends those of others."""
    here, secret = await sessions.start("max", "link", NOW)
    there, _ = await sessions.start("max", "provider", NOW - timedelta(minutes=1))
    other, _ = await sessions.start("eve", "link", NOW)
    assert await sessions.of("max", NOW) == (here, there)
    assert not await sessions.end_one(other.id, "max")
    assert await sessions.end_one(there.id, "max")
    await sessions.start("max", "link", NOW)
    assert await sessions.end_others(here.id, "max") == 1
    assert await sessions.of("max", NOW) == (here,)
    assert await is_open(sessions, secret, NOW)
    assert await sessions.of("eve", NOW) == (other,)
