"""The client over an engine on Temporal with its read model beside it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from coopflow.application.engine import Address, UnavailableError, UnknownCooperationError
from coopflow.bootstrap import embedded_engine
from coopflow.client import (
    AmbiguousCooperationError,
    BehindError,
    CooperationClient,
    Coopflow,
    NoProgrammeError,
)
from coopflow.client.refusals import (
    AlreadyExistsError,
    ForbiddenError,
    UnknownDisagreementError,
    WrongStateError,
)
from coopflow.definitions.compile import definition_of
from coopflow.definitions.library import load_definition
from coopflow.domain.base import Slug
from coopflow.domain.events import Entry
from coopflow.domain.rulebook import Definition
from coopflow.readmodel.awaited import AwaitedReadModel
from coopflow.readmodel.database import Database
from coopflow.readmodel.narrowing import PortfolioFilter
from coopflow.readmodel.reading import Reading
from coopflow.settings import Settings
from coopflow.temporal.client import TemporalEngine
from coopflow.temporal.worker import working
from tests.temporal_engine import connected

pytestmark = pytest.mark.server

MANAGER = ("programme_manager",)


class Held(AwaitedReadModel):
    """A read model that takes entries only while it is let."""

    def __init__(self, database: Database) -> None:
        """Begin letting them in."""
        super().__init__(database)
        self.may_take = asyncio.Event()
        self.may_take.set()

    async def apply(
        self,
        programme: str,
        cooperation: str,
        entries: Sequence[Entry],
        definitions: Sequence[Definition] = (),
        imported_to: int = 0,
    ) -> int:
        """Wait, then store."""
        await self.may_take.wait()
        return await super().apply(programme, cooperation, entries, definitions, imported_to)


@dataclass(frozen=True)
class Room:
    """A client, and what stands behind it.

    Attributes:
        coopflow: the client of ``pam``, who manages programmes.
        reading: what answers it.
        read_model: what can be held up.
    """

    coopflow: Coopflow
    reading: Reading
    read_model: Held

    async def open(self, programme: str = "valley", cooperation: str | None = None) -> Slug:
        """Open a cooperation of three members, facilitated by ``fay``."""
        slug = cooperation or f"coop-{uuid4().hex[:8]}"
        await self.coopflow.open_cooperation(
            programme=programme,
            cooperation=slug,
            title="Canteens",
            issue="Waste",
            territory="Valley",
            facilitator="fay",
        )
        client = self.client(slug, programme)
        for name in ("alpha", "beta", "gamma"):
            await client.admit_member(
                organisation={"id": name, "name": name, "category": "association"},
                representative=f"rep-{name}",
            )
        return slug

    def client(self, slug: Slug, programme: str = "valley") -> CooperationClient:
        """Return the client of ``fay``."""
        return self.coopflow.acting_as("fay").cooperation(slug, programme=programme)


@pytest.fixture
async def room(server: Path, tmp_path: Path) -> AsyncIterator[Room]:
    temporal = await connected(server)
    queue = f"tests-{uuid4().hex[:8]}"
    database = Database(f"sqlite:///{tmp_path}/read-model.db")
    read_model = Held(database)
    await read_model.prepare()
    reading = Reading.of(database)
    coopflow = Coopflow(
        TemporalEngine(temporal, task_queue=queue), reading, person="pam", grants=MANAGER
    )
    async with working(temporal, read_model, read_model, task_queues=[queue]):
        yield Room(coopflow, reading, read_model)
        read_model.may_take.set()
    await database.close()


async def test_a_command_given_twice_by_one_id_is_done_once(room: Room) -> None:
    """Whoever missed the answer gives it again, and nothing happens twice."""
    client = room.client(await room.open())
    pulse: dict[str, Any] = {"score": 4, "answers": 3, "asked": 3, "id": "pulse-1"}
    first = await client.record_pulse(**pulse)
    again = await client.record_pulse(**pulse)
    assert (again.seq_from, again.seq_to) == (first.seq_from, first.seq_to)
    assert (await client.state()).seq == first.seq_to


async def test_what_is_refused_is_raised_by_its_code(room: Room) -> None:
    """Also what the engine finds out only when it starts a workflow, or in the domain."""
    slug = await room.open()
    with pytest.raises(AlreadyExistsError):
        await room.open(cooperation=slug)
    client = room.client(slug)
    with pytest.raises(ForbiddenError) as caught:
        await client.acting_as("stranger").request_gate(gate="to_structuration")
    assert caught.value.facts == {"actor": "stranger", "command": "request_gate"}
    with pytest.raises(UnknownCooperationError):
        await room.client("nowhere").request_gate(gate="to_structuration")


async def test_an_id_in_two_programmes_has_to_be_said_in_full(room: Room) -> None:
    """Without a programme one is found where only one is, and an error names them all."""
    slug = await room.open("valley")
    alone = room.coopflow.acting_as("fay").cooperation(slug)
    await room.client(slug).caught_up()
    assert await alone.address() == Address("valley", slug)
    await room.open("coast", slug)
    await room.client(slug, "coast").caught_up()
    with pytest.raises(AmbiguousCooperationError, match=r"\(coast, valley\)") as caught:
        await room.coopflow.acting_as("fay").cooperation(slug).detail()
    assert caught.value.addresses == (Address("coast", slug), Address("valley", slug))
    assert (await room.client(slug, "coast").detail()).programme == "coast"
    assert (await alone.detail()).programme == "valley"  # it was found before there were two
    with pytest.raises(UnknownCooperationError, match="no programme has a cooperation nowhere"):
        await room.coopflow.cooperation("nowhere").detail()


async def test_a_consistent_command_returns_once_it_can_be_read(room: Room) -> None:
    """It waits for as long as the read model is behind, and what is read then has it."""
    client = room.client(await room.open())
    await client.caught_up()
    room.read_model.may_take.clear()
    quick = await client.record_pulse(score=4, answers=3, asked=3)
    assert (await client.detail()).seq < quick.seq_to
    given = asyncio.create_task(
        client.record_meeting(meeting="m", kind="plenary", attendees=["alpha"], consistent=True)
    )
    async with asyncio.timeout(30):
        while "m" not in (await client.state()).meetings:  # noqa: ASYNC110 - told by asking alone
            await asyncio.sleep(0.02)
    assert await client.meetings() == ()
    assert not given.done()
    room.read_model.may_take.set()
    reply = await given
    assert [one.id for one in await client.meetings()] == ["m"]
    assert (await client.detail()).seq >= reply.seq_to


async def test_who_waited_in_vain_is_told_that_it_was_accepted(room: Room) -> None:
    """The read model being away is an error apart, which carries the reply."""
    slug = await room.open()
    await room.client(slug).caught_up()
    hasty = Coopflow(
        room.coopflow.engine,
        room.reading,
        programme="valley",
        person="fay",
        consistent=True,
        patience=timedelta(seconds=0.2),
    ).cooperation(slug)
    room.read_model.may_take.clear()
    with pytest.raises(BehindError, match="It was accepted") as caught:
        await hasty.record_pulse(score=4, answers=3, asked=3, id="pulse-1")
    reply = caught.value.reply
    assert reply is not None
    assert (await hasty.state()).seq == reply.seq_to
    room.read_model.may_take.set()
    again = await room.client(slug).record_pulse(
        score=4, answers=3, asked=3, id="pulse-1", consistent=True
    )
    assert again.seq_to == reply.seq_to
    assert (await hasty.detail()).seq == reply.seq_to


async def test_a_read_model_that_is_away_is_waited_for_too(room: Room, tmp_path: Path) -> None:
    """Who waits in vain is told that the command was accepted, and why it cannot be read."""
    slug = await room.open()
    nowhere = Database(f"sqlite:///{tmp_path}/nowhere/read-model.db")
    hasty = Coopflow(
        room.coopflow.engine,
        Reading.of(nowhere),
        programme="valley",
        person="fay",
        patience=timedelta(seconds=0.2),
    ).cooperation(slug)
    with pytest.raises(BehindError, match="It was accepted") as caught:
        await hasty.record_pulse(score=4, answers=3, asked=3, consistent=True)
    assert isinstance(caught.value.__cause__, UnavailableError)
    assert caught.value.reply is not None
    assert (await hasty.state()).seq == caught.value.reply.seq_to
    await nowhere.close()


async def test_everything_that_is_asked_is_answered(room: Room) -> None:
    """Lists, things, pages and sealed content, each as the read model has it."""
    slug = await room.open()
    client = room.client(slug)
    vision = {"issue": "Waste", "contributors": ["alpha", "beta", "gamma"]}
    await client.draft_document(kind="shared_vision", content=vision)
    await client.draft_document(kind="shared_vision", content=vision | {"issue": "Waste of food"})
    await client.open_decision(decision="d", subject="other", question="Shall we?")
    await client.open_review(review="r", kind="quarterly")
    await client.record_meeting(meeting="m", kind="plenary", attendees=["alpha", "beta"])
    alpha = client.acting_as("rep-alpha")
    last = await alpha.raise_disagreement(
        disagreement="x",
        subject="Money",
        content="They owe us",
        parties=["alpha", "beta"],
        touches="money",
        consistent=True,
    )
    assert (await client.detail()).active_members == 3
    assert [one.id for one in await client.members()] == ["alpha", "beta", "gamma"]
    assert [one.kind for one in await client.documents()] == ["shared_vision"] * 2
    document = await client.document("shared_vision", 1)
    assert document is not None
    assert document.content == vision
    assert await client.document("charter", 1) is None
    changed = await client.document_difference("shared_vision", 1, 2)
    assert changed is not None
    assert [one.path for one in changed.differences] == ["issue"]
    assert await client.document_difference("shared_vision", 1, 3) is None
    assert [one.id for one in await client.decisions()] == ["d"]
    assert [one.id for one in await client.meetings()] == ["m"]
    assert [one.id for one in await client.reviews()] == ["r"]
    assert [one.id for one in await client.disagreements()] == ["x"]
    assert (await client.disagreement("x")).subject == "Money"
    assert (await alpha.disagreement_content("x")).content == "They owe us"
    assert (await client.disagreement_content("x", reader="rep-beta")).content == "They owe us"
    with pytest.raises(ForbiddenError):
        await client.disagreement_content("x", reader="rep-gamma")
    with pytest.raises(UnknownDisagreementError):
        await client.disagreement("y")
    assert await client.measures() == ()
    assert ("decision_closes", "d") in {(one.kind, one.about) for one in await client.agenda()}
    assert await client.roles() == {"facilitator"}
    assert await client.roles("rep-beta") == {"representative"}
    assert ("fay", "facilitator") in {(one.person, one.role) for one in await client.holders()}
    assert {one.code for one in await client.alerts()} == {"member_moved"}
    numbers = [line.seq async for line in client.journal(page=5)]
    assert numbers == list(range(1, last.seq_to + 1))
    assert [line.seq async for line in client.journal(after=last.seq_to - 1)] == [last.seq_to]
    async with asyncio.timeout(30):  # notices have a way of their own
        while not (notices := await client.outbox()):  # noqa: ASYNC110 - as above
            await asyncio.sleep(0.02)
    assert {one.cooperation_id for one in notices} == {f"valley/{slug}"}
    assert await room.coopflow.outbox() == notices
    assert await client.outbox(after=notices[-1].id) == ()


async def test_all_cooperations_and_policies_are_asked_about(room: Room) -> None:
    """Across programmes and people, page by page, and what cooperations follow."""
    slug, coast = await room.open(), await room.open("coast")
    client = room.client(slug)
    await client.caught_up()
    await room.client(coast, "coast").caught_up()
    (definition,) = await client.definitions()
    names = (definition.lifecycle_name, definition.policy_name)
    assert await room.coopflow.definition(*names) == definition
    followed = {one.name: one.followed_by for one in await room.coopflow.definitions("policy")}
    assert followed["reference"] == 2
    assert await room.coopflow.find(slug) == (Address("valley", slug),)
    fay = room.coopflow.acting_as("fay")
    parts = [(one.slug, one.roles) async for one in fay.involvements(page=1)]
    assert parts == [(coast, ("facilitator",)), (slug, ("facilitator",))]
    assert [one.slug async for one in fay.involvements("rep-beta", programme="valley")] == [slug]
    assert await fay.programmes_of() == ("coast", "valley")
    assert [one async for one in fay.cooperations(involving="nobody")] == []
    await client.open_decision(decision="d", subject="other", question="Shall we?")
    beta = client.acting_as("rep-beta")
    await beta.cast_ballot(decision="d", organisation="beta", choice="yes", consistent=True)
    assert ("d", "cast_ballot") in [
        (one.about, one.command) async for one in fay.tasks("rep-alpha", page=1)
    ]
    assert [(one.decision, one.choice) async for one in fay.answers("rep-beta")] == [("d", "yes")]
    coming = {(one.slug, one.about) for one in await fay.agenda_of("rep-alpha")}
    assert (slug, "d") in coming
    assert await fay.agenda_of(programme="nowhere") == ()
    rows = [(row.slug, row.levels["support"]) async for row in fay.portfolio(programme="coast")]
    assert rows == [(coast, 0)]
    only = PortfolioFilter(stage="animation")
    assert [row async for row in fay.portfolio(programme="coast", only=only)] == []
    counts = await fay.levels_by_stage("coast")
    assert {(one.stage, one.cooperations) for one in counts} == {("impulsion", 1)}
    with pytest.raises(NoProgrammeError):
        await fay.levels_by_stage()
    everywhere = [one.address async for one in room.coopflow.cooperations(page=1)]
    assert everywhere == [Address("coast", coast), Address("valley", slug)]


async def test_a_cooperation_is_seen_as_it_was_and_as_it_will_be(room: Room) -> None:
    """Back by the journal, ahead by the rules; a copy for what is only supposed."""
    before = datetime.now(UTC) - timedelta(minutes=1)
    client = room.client(await room.open())
    opened = await client.state()
    await client.open_decision(decision="d", subject="other", question="Shall we?")
    assert opened.as_of is not None
    then = await client.state(at=opened.as_of)
    assert (then.seq, then.decisions) == (opened.seq, {})
    assert (await client.state(at=before)).status == "unopened"
    with pytest.raises(WrongStateError, match="not open yet"):
        await client.check_gate("to_structuration", at=before)
    with pytest.raises(WrongStateError, match="not open yet"):
        await client.what_if(at=before)
    earlier = await client.what_if(at=opened.as_of)
    await earlier.open_decision(decision="e", subject="other", question="Or this?")
    assert set((await earlier.state()).decisions) == {"e"}
    soon = datetime.now(UTC) + timedelta(days=15)
    assert (await client.state(at=soon)).decisions["d"].result == "lapsed"
    assert (await client.check_gate("to_structuration", at=soon)).at == soon
    coming = await client.forecast(until=soon)
    assert "decision_closed" in {entry.event.type for one in coming for entry in one.entries}
    supposed = await client.what_if()
    await supposed.cancel_decision(decision="d")
    assert (await supposed.state()).decisions["d"].result == "cancelled"
    assert (await client.state()).decisions["d"].result is None


async def test_what_happens_is_followed_from_where_one_was(room: Room) -> None:
    """One sees what happens from now on, or after what one has seen, in one cooperation or all."""
    slug, coast = await room.open(), await room.open("coast")
    client = room.client(slug)
    await client.caught_up()
    await room.client(coast, "coast").caught_up()
    seen = client.follow()
    waiting = asyncio.ensure_future(anext(seen))
    await room.client(coast, "coast").record_pulse(score=4, answers=3, asked=3)
    await client.record_pulse(score=4, answers=3, asked=3)
    async with asyncio.timeout(30):
        first = await waiting
        await client.open_decision(decision="d", subject="other", question="Shall we?")
        second = await anext(seen)
        after = room.coopflow.follow(first.cursor, types=["decision_opened"])
        assert (await anext(after)).cursor == second.cursor
        everything = room.coopflow.follow("", programme="coast")
        assert (await anext(everything)).cooperation == coast
    assert (first.type, second.type) == ("pulse_recorded", "decision_opened")
    assert (first.cooperation, second.cooperation) == (slug, slug)


async def test_a_policy_is_proposed_to_all_that_it_is_for(room: Room) -> None:
    """Each decides for itself; said again it is under way, and a name means one thing."""
    slugs = sorted([await room.open(), await room.open()])
    paused = await room.open()
    await room.client(paused).pause_cooperation(reason="Summer", consistent=True)
    elsewhere = await room.open("coast")
    for slug in slugs:
        await room.client(slug).caught_up()
    light = load_definition("impact-collectif", "light")
    fay = room.coopflow.acting_as("fay")
    proposed = await fay.propose_policy(light, question="Lighter?", programme="valley")
    assert [(one.address.cooperation, one.outcome) for one in proposed] == [
        (slug, "proposed") for slug in slugs
    ]
    again = await fay.propose_policy(light, question="Lighter?", programme="valley")
    assert {one.outcome for one in again} == {"under_way"}
    assert (await room.client(elsewhere, "coast").state()).decisions == {}
    await room.client(slugs[0]).caught_up()
    other = definition_of(light.lifecycle, {**light.policy, "clocks": {"cure": {"days": 100}}})
    with pytest.raises(AlreadyExistsError, match="version of its own"):
        await fay.propose_policy(other, question="Lighter?", programme="valley")


async def test_a_past_is_recorded_then_lived(room: Room) -> None:
    """Commands say when they were given and time is told; then the engine has the clock."""
    opened_at = datetime.now(UTC) - timedelta(days=60)
    slug = f"coop-{uuid4().hex[:8]}"
    await room.coopflow.open_cooperation(
        programme="valley",
        cooperation=slug,
        title="Canteens",
        issue="Waste",
        territory="Valley",
        facilitator="fay",
        mode="recorded",
        at=opened_at,
    )
    client = room.client(slug)
    await client.open_decision(decision="d", subject="other", question="Shall we?", at=opened_at)
    told = await client.tell(opened_at + timedelta(days=30))
    assert "decision_closed" in [entry.event.type for entry in told.entries]
    await client.go_live()
    with pytest.raises(WrongStateError):
        await client.tell(datetime.now(UTC))
    reply = await client.record_pulse(score=4, answers=0, asked=3)
    assert reply.entries[-1].at > opened_at + timedelta(days=59)


async def test_it_connects_to_the_engine_of_the_settings(tmp_path: Path) -> None:
    """What runs from a state directory is reached from there, with its keys and its read model."""
    settings = Settings(state_dir=tmp_path, port=0, ui_port=0)
    async with (
        embedded_engine(settings),
        Coopflow.connect(
            settings, programme="valley", person="pam", grants=MANAGER, consistent=True
        ) as coopflow,
    ):
        await coopflow.open_cooperation(
            cooperation="canteens", title="Canteens", issue="Waste", territory="Valley"
        )
        assert [one.slug async for one in coopflow.cooperations()] == ["canteens"]
        canteens = coopflow.cooperation("canteens")
        assert (await canteens.check_gate("to_structuration")).result == "fail"
        assert (await canteens.detail()).title == "Canteens"
