from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from coopflow.readmodel.database import Database
from coopflow.requests.answers import CLAIMED, KEPT, KeptAnswer, KeptAnswers
from coopflow.requests.tables import KeptAnswerRow
from coopflow.sealing.texts import TextSeals
from tests.temporal_engine import KEYS

NOW = datetime(2026, 3, 1, 9, tzinfo=UTC)
ANSWER = KeptAnswer(status=201, headers=(("location", "/v1/x"),), body='{"choice": "yes"}')


@pytest.fixture
def answers(database: Database) -> KeptAnswers:
    return KeptAnswers(database, TextSeals(lambda: KEYS))


async def test_a_request_is_carried_out_once(answers: KeptAnswers) -> None:
    """Whoever sends it again is answered as before, for as long as answers are kept."""
    assert await answers.begin("person:ada", "k", "one", NOW) == "new"
    assert await answers.begin("person:ada", "k", "one", NOW) == "running"
    await answers.finish("person:ada", "k", ANSWER)
    later = NOW + KEPT - timedelta(seconds=1)
    assert await answers.begin("person:ada", "k", "one", later) == ANSWER
    assert await answers.begin("person:ada", "k", "one", NOW + KEPT) == "new"


async def test_a_key_belongs_to_one_request_of_one_caller(answers: KeptAnswers) -> None:
    """With another request it is refused; another caller may have the same one."""
    assert await answers.begin("person:ada", "k", "one", NOW) == "new"
    assert await answers.begin("person:ada", "k", "two", NOW) == "another"
    assert await answers.begin("person:zoe", "k", "two", NOW) == "new"
    await answers.finish("person:ada", "k", ANSWER)
    assert await answers.begin("person:ada", "k", "two", NOW) == "another"


async def test_a_request_that_changed_nothing_is_tried_again(answers: KeptAnswers) -> None:
    """Released, it is new, also with other content; what was answered is not released."""
    await answers.begin("person:ada", "k", "one", NOW)
    await answers.release("person:ada", "k")
    assert await answers.begin("person:ada", "k", "two", NOW) == "new"
    await answers.finish("person:ada", "k", ANSWER)
    await answers.release("person:ada", "k")
    assert await answers.begin("person:ada", "k", "two", NOW) == ANSWER


async def test_what_a_process_left_behind_is_taken_over_by_one(answers: KeptAnswers) -> None:
    """Once the claim has ended a single one of those who ask takes the request on."""
    await answers.begin("person:ada", "k", "one", NOW)
    later = NOW + CLAIMED
    found = await asyncio.gather(
        *(answers.begin("person:ada", "k", "one", later) for _ in range(5))
    )
    assert sorted(map(str, found)) == ["new", "running", "running", "running", "running"]


async def test_a_request_that_takes_long_stays_with_whoever_is_at_it(answers: KeptAnswers) -> None:
    """For as long as there are signs of it; once answered, a sign that comes late ends nothing."""
    await answers.begin("person:ada", "k", "one", NOW)
    await answers.hold("person:ada", "k", NOW + CLAIMED / 2)
    assert await answers.begin("person:ada", "k", "one", NOW + CLAIMED) == "running"
    await answers.finish("person:ada", "k", ANSWER)
    await answers.hold("person:ada", "k", NOW + CLAIMED)
    assert await answers.begin("person:ada", "k", "one", NOW + 3 * CLAIMED) == ANSWER


async def test_a_request_that_only_went_on_is_carried_out_again_in_the_end(
    answers: KeptAnswers,
) -> None:
    """Until then it is answered as before; its key stays its own, and the last answer stays."""
    until = NOW + timedelta(minutes=5)
    await answers.begin("person:ada", "k", "one", NOW)
    await answers.finish("person:ada", "k", ANSWER, until)
    just_before = until - timedelta(seconds=1)
    assert await answers.begin("person:ada", "k", "one", just_before) == ANSWER
    assert await answers.begin("person:ada", "k", "two", until) == "another"
    assert await answers.begin("person:ada", "k", "one", until) == "new"
    assert await answers.begin("person:ada", "k", "one", until) == "running"
    await answers.finish("person:ada", "k", ANSWER)
    assert await answers.begin("person:ada", "k", "one", until + CLAIMED) == ANSWER


async def test_what_goes_on_for_long_is_answered_as_before(answers: KeptAnswers) -> None:
    """For as long as there are signs of it; a request without an answer is left as it is."""
    until = NOW + timedelta(minutes=5)
    await answers.begin("person:ada", "k", "one", NOW)
    await answers.go_on("person:ada", "k", NOW + 10 * CLAIMED)
    assert await answers.begin("person:ada", "k", "one", NOW + CLAIMED) == "new"
    await answers.finish("person:ada", "k", ANSWER, until)
    await answers.go_on("person:ada", "k", until + timedelta(minutes=1))
    assert await answers.begin("person:ada", "k", "one", until) == ANSWER
    assert await answers.begin("person:ada", "k", "one", until + timedelta(minutes=1)) == "new"


async def test_answers_are_encrypted_where_they_are_kept(
    answers: KeptAnswers, database: Database
) -> None:
    """They may hold what is not for everyone."""
    await answers.begin("person:ada", "k", "one", NOW)
    await answers.finish("person:ada", "k", ANSWER)
    async with database.reading() as connection:
        stored = (await connection.execute(select(KeptAnswerRow.answer))).scalar_one()
    assert stored is not None
    assert "yes" not in stored
    assert "choice" not in stored
