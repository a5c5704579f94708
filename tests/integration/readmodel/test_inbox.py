from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Select, select, text

from coopflow.readmodel.database import Database
from coopflow.readmodel.projector import Projector
from coopflow.readmodel.queries import Queries
from coopflow.readmodel.tables import JournalRow, TaskRow
from coopflow.readmodel.verification import Examination
from coopflow.readmodel.views import AnswerView, TaskView
from tests.integration.readmodel.contents import contents
from tests.integration.readmodel.lives import Collective

OPENED = datetime(2026, 1, 1, 9, tzinfo=UTC)
SOON = OPENED + timedelta(days=1)


@pytest.fixture
async def queries(database: Database) -> Queries:
    return Queries(database)


async def project(database: Database, *lives: Collective) -> None:
    for one in lives:
        await Projector(database).apply(*one.address, one.entries)


def ask(coop: Collective, decision: str, days: int = 14, **more: Any) -> None:
    coop.do(
        "open_decision",
        "faiza",
        decision=decision,
        subject="other",
        question=f"Shall we, {decision}?",
        closes_at=(OPENED + timedelta(days=days)).isoformat(),
        **more,
    )


def told(tasks: tuple[TaskView, ...]) -> list[tuple[str, str]]:
    return [(one.kind, one.about) for one in tasks]


async def test_what_awaits_a_person_is_listed_across_cooperations_by_deadline(
    database: Database, queries: Queries
) -> None:
    """Soonest first, page by page, of one programme or of all; what has no end comes last."""
    north, south = Collective("nord", "a"), Collective("sud", "b")
    ask(north, "late", 20)
    ask(north, "early", 5)
    ask(south, "middle", 10)
    south.do("open_review", "faiza", review="r", kind="annual")
    await project(database, north, south)

    mine = await queries.tasks("person-1", SOON)
    assert [one.about for one in mine] == ["early", "middle", "late"]
    first = mine[0]
    assert first.model_dump(exclude={"begins_at", "due_at"}) == {
        "programme": "nord",
        "slug": "a",
        "title": "Le a",
        "kind": "answer",
        "command": "cast_ballot",
        "payload": {"decision": "early", "organisation": "org-1"},
        "about": "early",
        "subject": "Shall we, early?",
        "role": "representative",
        "organisation": "org-1",
        "entrusted": (),
    }
    assert (first.begins_at, first.due_at) == (OPENED, OPENED + timedelta(days=5))
    paged: list[TaskView] = []
    while page := await queries.tasks(
        "person-1", SOON, after=paged[-1].place if paged else None, limit=2
    ):
        paged += page
    assert tuple(paged) == mine
    assert [one.about for one in await queries.tasks("person-1", SOON, programme="sud")] == [
        "middle"
    ]
    there = await queries.tasks("person-1", SOON, cooperation=south.address, limit=1)
    assert [one.about for one in there] == ["middle"]
    assert [one.about for one in await queries.tasks("person-1", SOON, within=["sud"])] == [
        "middle"
    ]
    facilitated = await queries.tasks("faiza", SOON)
    assert told(facilitated) == [("close_review", "r")]
    assert await queries.tasks("faiza", SOON, after=facilitated[-1].place) == ()

    north.do("cast_ballot", "person-1", decision="early", organisation="org-1", choice="yes")
    south.do("pause_cooperation", "faiza", reason="Summer")
    await project(database, north, south)
    assert [one.about for one in await queries.tasks("person-1", SOON)] == ["late"]


async def test_who_entrusted_a_vote_is_answered_for(database: Database, queries: Queries) -> None:
    """The holder is asked for both; once the date is over, each for itself again."""
    coop = Collective(members=4)
    ask(coop, "d", recused=["org-4"])
    until = (OPENED + timedelta(days=3)).date()
    coop.do(
        "delegate_ballot", "person-2", **{"from": "org-2", "to": "org-1"}, until=until.isoformat()
    )
    await project(database, coop)
    (mine,) = await queries.tasks("person-1", SOON)
    assert (mine.organisation, mine.entrusted) == ("org-1", ("org-2",))
    assert await queries.tasks("person-2", SOON) == ()
    assert await queries.tasks("person-4", SOON) == ()

    later = SOON + timedelta(days=4)
    assert (await queries.tasks("person-1", later))[0].entrusted == ()
    (own,) = await queries.tasks("person-2", later)
    assert (own.organisation, own.begins_at) == (
        "org-2",
        datetime.combine(until + timedelta(days=1), datetime.min.time(), UTC),
    )
    coop.do("delegate_ballot", "person-2", **{"from": "org-2", "to": "org-1"}, decision="d")
    await project(database, coop)
    assert await queries.tasks("person-2", later) == ()
    assert (await queries.tasks("person-1", later))[0].entrusted == ("org-2",)
    assert (await Examination(database).examine(coop.address)).findings == ()


async def test_a_manager_is_asked_to_cosign_in_the_programmes_that_are_theirs(
    database: Database, queries: Queries
) -> None:
    """What awaits the role in a programme is there for who holds it, and for nobody else."""
    coop = Collective("nord", "a")
    coop.do("request_gate", "person-1", gate="to_structuration")
    coop.do("waive_gate", "person-1", gate="to_structuration", reason="We know each other")
    await project(database, coop)
    kinds = [one.kind for one in await queries.tasks("pam", SOON, manages=["nord", "sud"])]
    assert kinds == ["cosign_waiver"]
    assert await queries.tasks("pam", SOON, manages=["sud"]) == ()
    assert await queries.tasks("pam", SOON) == ()
    coop.do("cosign_waiver", "manager", gate="to_structuration", reason="So do we")
    await project(database, coop)
    assert await queries.tasks("pam", SOON, manages=["nord"]) == ()


async def test_answers_are_listed_the_latest_first_and_secret_ones_without_their_choice(
    database: Database, queries: Queries
) -> None:
    """What somebody answered, for whom, and what came of it; what is secret stays so."""
    north, south = Collective("nord", "a"), Collective("sud", "b")
    ask(north, "open")
    ask(north, "secret", secret=True)
    ask(south, "there")
    north.do("delegate_ballot", "person-2", **{"from": "org-2", "to": "org-1"}, decision="open")
    mine = {"organisation": "org-1", "choice": "yes"}
    north.do("cast_ballot", "person-1", "2026-01-02T09:00Z", decision="open", **mine)
    south.do("cast_ballot", "person-1", "2026-01-03T09:00Z", decision="there", **mine)
    north.do("cast_ballot", "person-1", "2026-01-04T09:00Z", decision="secret", **mine)
    north.do(
        "cast_ballot",
        "person-3",
        "2026-01-05T09:00Z",
        decision="open",
        organisation="org-3",
        choice="no",
    )
    await project(database, north, south)

    given = await queries.answers("person-1")
    assert [(one.decision, one.organisation, one.choice, one.delegated) for one in given] == [
        ("secret", "org-1", None, False),
        ("there", "org-1", "yes", False),
        ("open", "org-2", "yes", True),
        ("open", "org-1", "yes", False),
    ]
    assert [one.result for one in given] == [None, None, "adopted", "adopted"]
    assert (given[1].programme, given[1].subject, given[1].question) == (
        "sud",
        "other",
        "Shall we, there?",
    )
    paged: list[AnswerView] = []
    while page := await queries.answers(
        "person-1", after=paged[-1].place if paged else None, limit=3
    ):
        paged += page
    assert tuple(paged) == given
    assert [one.decision for one in await queries.answers("person-1", within=["sud"])] == ["there"]
    assert await queries.answers("nobody") == ()


async def test_nothing_awaits_who_was_erased(database: Database, queries: Queries) -> None:
    """Neither tasks nor answers name them any more."""
    coop = Collective()
    ask(coop, "d")
    ask(coop, "e")
    coop.do("cast_ballot", "person-1", decision="d", organisation="org-1", choice="yes")
    await project(database, coop)
    assert len(await queries.tasks("person-1", SOON)) == len(await queries.answers("person-1")) == 1
    coop.do("erase_person", "manager", person="person-1")
    await project(database, coop)
    assert await queries.tasks("person-1", SOON) == ()
    assert await queries.answers("person-1") == ()
    assert "person-1" not in str(await contents(database))


@pytest.mark.parametrize(
    ("query", "index"),
    [
        (select(TaskRow).where(TaskRow.person == "p"), "ix_task_person_programme"),
        (
            select(JournalRow.seq)
            .where(JournalRow.actor == "p", JournalRow.type == text("'ballot_cast'"))
            .order_by(JournalRow.at.desc()),
            "ix_journal_answers",
        ),
    ],
)
async def test_an_inbox_is_one_look_into_an_index(
    query: Select[Any], index: str, database: Database
) -> None:
    """However many cooperations there are, only the rows of one person are read."""
    written = str(query.compile(compile_kwargs={"literal_binds": True}))
    async with database.reading() as connection:
        if connection.dialect.name == "postgresql":
            await connection.exec_driver_sql("SET LOCAL enable_seqscan = off")
            await connection.exec_driver_sql("SET LOCAL enable_bitmapscan = off")
            plan = await connection.exec_driver_sql(f"EXPLAIN {written}")
        else:
            plan = await connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {written}")
        assert index in str(plan.all())
