from __future__ import annotations

from datetime import UTC, datetime

import pytest
from sqlalchemy import func, select

from coopflow.access.attempts import LASTS, SignInAttempts, proofs
from coopflow.access.errors import SignInError
from coopflow.access.tables import SignInAttemptRow
from coopflow.readmodel.database import Database

NOW = datetime(2026, 3, 1, 9, tzinfo=UTC)


@pytest.fixture
def attempts(database: Database) -> SignInAttempts:
    return SignInAttempts(database)


async def test_an_answer_ends_an_attempt(attempts: SignInAttempts) -> None:
    """The browser goes where it wanted to, once."""
    secret = await attempts.begin("/cooperations?x=1", NOW)
    state = proofs(secret).state
    assert await attempts.end(secret, state, NOW) == "/cooperations?x=1"
    with pytest.raises(SignInError, match="ended before"):
        await attempts.end(secret, state, NOW)


async def test_an_answer_for_another_browser(attempts: SignInAttempts) -> None:
    """It ends nothing: the attempt of this browser can still be answered."""
    ours, theirs = await attempts.begin("/", NOW), await attempts.begin("/", NOW)
    for state in (proofs(theirs).state, "", "\ud800"):
        with pytest.raises(SignInError, match="not for this browser"):
            await attempts.end(ours, state, NOW)
    assert await attempts.end(ours, proofs(ours).state, NOW) == "/"


async def test_an_attempt_that_was_never_begun(attempts: SignInAttempts) -> None:
    """A secret that somebody made up fits its state, and lets nobody in."""
    with pytest.raises(SignInError, match="not begun"):
        await attempts.end("made up", proofs("made up").state, NOW)


async def test_an_attempt_that_takes_too_long(attempts: SignInAttempts, database: Database) -> None:
    """Its end comes, and the next one clears such attempts away."""
    secret = await attempts.begin("/", NOW)
    with pytest.raises(SignInError, match="too long"):
        await attempts.end(secret, proofs(secret).state, NOW + LASTS)
    await attempts.begin("/", NOW)
    await attempts.begin("/", NOW + LASTS)
    async with database.reading() as connection:
        rows = await connection.execute(select(func.count(SignInAttemptRow.digest)))
        assert rows.scalar_one() == 1
