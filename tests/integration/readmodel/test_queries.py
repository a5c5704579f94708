from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from pydantic import BaseModel

from coopflow.application.engine import Address, UnknownCooperationError
from coopflow.domain.cooperation import UNOPENED, evolve
from coopflow.domain.state import Cooperation
from coopflow.readmodel import views
from coopflow.readmodel.database import Database
from coopflow.readmodel.projector import Projector
from coopflow.readmodel.queries import Queries
from tests.integration.readmodel.lives import Collective, Life


@pytest.fixture
async def queries(database: Database) -> Queries:
    return Queries(database)


async def state_of(database: Database, life: Life) -> Cooperation:
    address, entries = life
    await Projector(database).apply(*address, entries)
    state = UNOPENED
    for entry in entries:
        state = evolve(state, entry)
    return state


async def test_cooperations_are_listed_in_a_stable_order_page_by_page(
    database: Database, queries: Queries
) -> None:
    """Pages go on after the last address of the one before, also across programmes."""
    projector = Projector(database)
    places = [("nord", "b"), ("nord-est", "a"), ("nord", "a"), ("sud", "a"), ("nord", "c")]
    for programme, slug in places:
        one = Collective(programme, slug, members=0)
        await projector.apply(*one.address, one.entries)

    everything = [one.address for one in await queries.cooperations()]
    assert everything == [Address(*place) for place in sorted(places)]
    paged: list[Address] = []
    while page := await queries.cooperations(after=paged[-1] if paged else None, limit=2):
        paged += [one.address for one in page]
    assert paged == everything
    assert [one.slug for one in await queries.cooperations(programme="nord")] == ["a", "b", "c"]
    assert await queries.find("a") == (
        Address("nord", "a"),
        Address("nord-est", "a"),
        Address("sud", "a"),
    )
    assert await queries.find("z") == ()


async def test_cooperations_are_filtered_by_stage_and_status(
    bocage: Life, database: Database, queries: Queries
) -> None:
    """A list may be narrowed to a stage, a status, or both."""
    state = await state_of(database, bocage)
    resting = Collective(slug="verger")
    resting.do("pause_cooperation", "faiza", reason="l'hiver")
    await Projector(database).apply(*resting.address, resting.entries)

    assert state.stage == "animation"
    assert [one.slug for one in await queries.cooperations(stage="animation")] == [state.id]
    assert [one.slug for one in await queries.cooperations(status="paused")] == ["verger"]
    assert await queries.cooperations(stage="animation", status="paused") == ()


async def test_one_cooperation_is_shown_as_it_stands(
    bocage: Life, database: Database, queries: Queries
) -> None:
    """Stage, levels in their order, last verdict, mandate, members and last plenary are told."""
    state = await state_of(database, bocage)
    shown = await queries.cooperation(bocage[0])

    assert (shown.address, shown.seq, shown.as_of) == (bocage[0], state.seq, state.as_of)
    assert (shown.stage, shown.stage_since, shown.floor) == (
        state.stage,
        state.stage_since,
        state.floor,
    )
    assert list(shown.levels.items()) == list(state.levels.items())
    assert (shown.lifecycle, shown.policy) == (state.lifecycle, state.policy)
    requested = max(
        (r for r in state.gates.values() if r.requested_at), key=lambda r: str(r.requested_at)
    )
    assert requested.verdict is not None
    assert (shown.verdict_gate, shown.verdict) == (requested.verdict.gate, requested.verdict.result)
    assert shown.verdict_at == requested.requested_at
    assert state.mandate is not None
    assert (shown.mandate_holder, shown.mandate_ends_on) == (
        state.mandate.holder,
        state.mandate.ends_on,
    )
    assert isinstance(shown.mandate_ends_on, date)
    assert shown.active_members == len(state.active)
    assert shown.last_plenary_at == max(
        one.held_at for one in state.meetings.values() if one.kind == "plenary"
    )
    assert shown.stage_since.tzinfo is UTC


async def test_clocks_that_run_are_shown_with_their_end(
    cap_jeunes: Life, database: Database, queries: Queries
) -> None:
    """A clock runs out at an instant, by the name of its condition."""
    address, entries = cap_jeunes
    started = next(one for one in entries if one.event.type == "clock_started")
    await Projector(database).apply(*address, entries[: started.seq])
    condition, until = started.event.model_dump(include={"condition", "until"}).values()
    assert (await queries.cooperation(address)).clocks == {condition: until}


async def test_a_cooperation_that_is_not_there_is_said_to_be_unknown(queries: Queries) -> None:
    """One asks in vain; lists about it are empty."""
    address = Address("demo", "unheard-of")
    with pytest.raises(UnknownCooperationError, match="there is no cooperation unheard-of in demo"):
        await queries.cooperation(address)
    assert await queries.journal(address) == ()
    assert await queries.members(address) == ()


async def test_the_journal_is_read_page_by_page(
    bocage: Life, database: Database, queries: Queries
) -> None:
    """Pages go on after the number of the last entry."""
    await state_of(database, bocage)
    address, entries = bocage
    seen: list[int] = []
    while page := await queries.journal(address, after=seen[-1] if seen else 0, limit=40):
        assert len(page) <= 40
        seen += [line.seq for line in page]
    assert seen == [entry.seq for entry in entries]
    line = (await queries.journal(address, after=9, limit=1))[0]
    entry = entries[9]
    assert (line.at, line.actor, line.command_id) == (entry.at, entry.by, entry.command)
    assert {"type": line.type, **line.data} == entry.event.model_dump(mode="json")
    assert line.redacted == ()


async def test_the_journal_tells_no_secret_choice(database: Database, queries: Queries) -> None:
    """Of a secret ballot it says who answered, of an open one also what."""
    verger = Collective()
    for decision, secret in (("open-one", False), ("secret-one", True)):
        verger.do(
            "open_decision",
            "person-1",
            decision=decision,
            subject="other",
            question="?",
            rule="simple_majority",
            secret=secret,
        )
        verger.do(
            "cast_ballot",
            "person-2",
            decision=decision,
            organisation="org-2",
            choice="no",
            reason="trop cher",
        )
    await Projector(database).apply(*verger.address, verger.entries)

    ballots = [one for one in await queries.journal(verger.address) if one.type == "ballot_cast"]
    said, kept = ballots
    assert (said.data["choice"], said.data["reason"], said.redacted) == ("no", "trop cher", ())
    assert kept.data["organisation"] == "org-2"
    assert "choice" not in kept.data
    assert "reason" not in kept.data
    assert kept.redacted == ("choice", "reason")


async def test_the_journal_keeps_the_content_of_disagreements_sealed(
    cap_jeunes: Life, database: Database, queries: Queries
) -> None:
    """That there is one, on what and between whom, is told; what it is about is not."""
    await state_of(database, cap_jeunes)
    lines = await queries.journal(cap_jeunes[0], limit=1000)
    raised = next(one for one in lines if one.type == "disagreement_raised")
    assert raised.redacted == ("content",)
    assert "content" not in raised.data
    assert raised.data["parties"]
    shown = (await queries.disagreements(cap_jeunes[0]))[0]
    assert (shown.id, shown.subject) == (raised.data["disagreement"], raised.data["subject"])


async def test_parts_are_listed_in_their_order(
    bocage: Life, database: Database, queries: Queries
) -> None:
    """Members, documents, decisions, meetings and reviews come typed and in order."""
    state = await state_of(database, bocage)
    address = bocage[0]

    members = await queries.members(address)
    assert [one.id for one in members] == sorted(state.members)
    assert members[0].profile == state.members[members[0].id].profile

    documents = await queries.documents(address)
    assert [(one.kind, one.version) for one in documents] == sorted(
        (kind, one.version) for kind, versions in state.documents.items() for one in versions
    )
    assert "content" not in views.DocumentSummary.model_fields
    vision = await queries.document(address, "shared_vision", 1)
    assert vision is not None
    assert vision.content == state.documents["shared_vision"][0].content
    assert await queries.document(address, "shared_vision", 99) is None

    decisions = await queries.decisions(address)
    assert [one.id for one in decisions] == sorted(
        state.decisions, key=lambda slug: (state.decisions[slug].opened_at, slug)
    )
    closed = next(one for one in decisions if one.result == "adopted")
    arithmetic = state.decisions[closed.id].arithmetic
    assert arithmetic is not None
    assert (closed.arithmetic_fr, closed.arithmetic_en) == (arithmetic.fr, arithmetic.en)
    assert closed.answers == sum(closed.counts.values())

    meetings = await queries.meetings(address)
    assert [one.held_at for one in meetings] == sorted(
        one.held_at for one in state.meetings.values()
    )
    reviews = await queries.reviews(address)
    assert [one.id for one in reviews] == list(state.reviews)
    assert [change.id for one in reviews for change in one.changes] == [
        slug for one in state.reviews.values() for slug in one.changes
    ]


async def test_the_most_urgent_alerts_come_first(database: Database, queries: Queries) -> None:
    """Red before amber before info, and the oldest first among equals."""
    verger = Collective()
    verger.wait(datetime(2026, 7, 1, tzinfo=UTC))
    verger.do(
        "withdraw_member", "person-3", at="2026-07-02T09:00:00Z", organisation="org-3", reason="!"
    )
    await Projector(database).apply(*verger.address, verger.entries)

    alerts = await queries.alerts(verger.address)
    assert {(one.code, one.about, one.since) for one in alerts} == {
        (one.code, one.about, one.since) for one in verger.state.alerts.values()
    }
    order = [("red", "amber", "info").index(one.severity) for one in alerts]
    assert len(alerts) > 1
    assert order == sorted(order)


@pytest.mark.parametrize(
    "view",
    [
        one
        for one in vars(views).values()
        if isinstance(one, type) and issubclass(one, BaseModel) and one.__module__ == views.__name__
    ],
    ids=lambda view: view.__name__,
)
def test_read_models_say_what_their_fields_are(view: type[BaseModel]) -> None:
    """What is answered can be described to others: every read model has a JSON Schema."""
    schema = view.model_json_schema(mode="serialization")
    assert set(schema["properties"]) == set(view.model_fields)
    assert schema["description"]


async def test_versions_of_a_document_are_compared(database: Database, queries: Queries) -> None:
    """Part by part, in either direction; nothing is said of a version that is not there."""
    verger = Collective()
    for number in (1, 2):
        content = {"issue": "Who prunes?", "values": ["care"] * number}
        verger.do("draft_document", "faiza", kind="shared_vision", content=content)
    await Projector(database).apply(*verger.address, verger.entries)
    found = await queries.document_difference(verger.address, "shared_vision", 1, 2)
    assert found is not None
    assert [(one.kind, one.path) for one in found.differences] == [("added", "values[2]")]
    back = await queries.document_difference(verger.address, "shared_vision", 2, 1)
    assert back is not None
    assert [one.kind for one in back.differences] == ["removed"]
    same = await queries.document_difference(verger.address, "shared_vision", 1, 1)
    assert same is not None
    assert same.differences == ()
    assert await queries.document_difference(verger.address, "shared_vision", 1, 3) is None
