from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from icalendar import Calendar

from coopflow.application.callers import Language
from coopflow.domain.calendar import day_over, end_of
from coopflow.domain.cooperation import UNOPENED, evolve
from coopflow.domain.state import Cooperation
from coopflow.entrypoints.calendars import LABELS, calendar_of, subjects_of
from coopflow.outgoing.called import Namer
from coopflow.readmodel.agenda import AgendaItem
from coopflow.readmodel.database import Database
from coopflow.readmodel.projector import Projector
from coopflow.readmodel.queries import Queries
from coopflow.wording.phrases import Phrases
from tests.integration.readmodel.lives import Collective, example

OPENED = datetime(2026, 1, 1, 9, tzinfo=UTC)
SOON = OPENED + timedelta(days=1)
SEALED = "Whose ladder is it?"


@pytest.fixture
async def queries(database: Database) -> Queries:
    return Queries(database)


async def project(database: Database, *lives: Collective) -> None:
    for one in lives:
        await Projector(database).apply(*one.address, one.entries)


def busy(programme: str = "nord", slug: str = "a") -> Collective:
    """A cooperation with a decision and a disagreement under way, and a mandate that ends."""
    coop = Collective(programme, slug)
    coop.do("open_decision", "faiza", decision="d", subject="other", question="Shall we?")
    coop.do(
        "raise_disagreement",
        "person-1",
        disagreement="x",
        subject="The ladder",
        content=SEALED,
        parties=["org-1", "org-2"],
        touches="object",
    )
    coop.do(
        "propose_mandate",
        "faiza",
        decision="who",
        holder="org-1",
        missions=["coordinate"],
        ends_on="2027-01-31",
    )
    yes = {"org-2": "consent", "org-3": "consent"}
    coop.do("record_session_vote", "faiza", decision="who", ballots=yes)
    coop.do("record_meeting", "faiza", meeting="m", kind="plenary", attendees=["org-1"])
    return coop


async def written(
    queries: Queries, items: tuple[AgendaItem, ...], language: Language = "en"
) -> bytes:
    """Return a calendar."""
    told = await subjects_of(items, Namer(queries, Phrases(language)))
    return calendar_of(told, "Mine", language)


async def events(
    queries: Queries, items: tuple[AgendaItem, ...], language: Language = "en"
) -> dict[str, dict[str, Any]]:
    """Return the events of a calendar as they read once it was written, by their UID."""
    content = await written(queries, items, language)
    read = Calendar.from_ical(content)
    assert (read["version"], str(read["x-wr-calname"])) == ("2.0", "Mine")
    found = {}
    for event in read.walk("VEVENT"):
        assert not event.errors
        found[str(event["uid"])] = {
            "start": event.decoded("dtstart"),
            "end": event.decoded("dtend", None),
            "stamp": event.decoded("dtstamp"),
            "sequence": event.decoded("sequence"),
            "summary": str(event["summary"]),
            "description": str(event["description"]),
        }
    assert len(found) == len(items), "a UID is of one event"
    return found


@pytest.mark.parametrize("name", ["bocage-gourmand", "cap-jeunes-valdore"])
async def test_an_agenda_holds_what_the_state_foresees(
    name: str, database: Database, queries: Queries
) -> None:
    """Every deadline of the state is there, once, at its instant or on its day."""
    address, entries = await example(name)
    await Projector(database).apply(*address, entries)
    state = UNOPENED
    for entry in entries:
        state = evolve(state, entry)
    assert {(one.kind, one.about, one.at or one.day) for one in await queries.agenda(address)} == {
        *foreseen(state)
    }


def foreseen(state: Cooperation) -> list[tuple[str, str, datetime | date]]:
    found: list[tuple[str, str, datetime | date]] = [
        ("decision_closes", slug, one.closes_at)
        for slug, one in state.decisions.items()
        if one.is_open
    ]
    found += [("meeting", slug, one.held_at) for slug, one in state.meetings.items()]
    found += [
        ("document_expires", f"{kind}-{one.version}", day_over(one.valid_until) or one.valid_until)
        for kind, versions in state.documents.items()
        for one in versions
        if one.status in {"approved", "in_force"} and one.valid_until is not None
    ]
    found += [("cure_clock", slug, one.until) for slug, one in state.clocks.items()]
    found += [("reservation", slug, one.until) for slug, one in state.reservations.items()]
    found += [("action_due", one.id, one.due) for one in state.actions.values() if one.is_open]
    found += [
        ("disagreement_limit", slug, one.limit)
        for slug, one in state.disagreements.items()
        if one.state != "closed" and one.limit is not None
    ]
    found += [
        (one.code, one.about, one.since)
        for one in state.alerts.values()
        if one.code in {"review_due", "renewal_due"}
    ]
    if state.mandate is not None and state.mandate.ends_on is not None:
        found.append(("mandate_ends", "support", state.mandate.ends_on))
    model = state.current("support_model")
    if model is not None:
        ends = [
            date.fromisoformat(one["until"]) for one in model.content["budget"] if one["secured"]
        ]
        found.append(("funding_ends", "support", max(ends)))
    return found


async def test_calendars_can_be_read_back(database: Database, queries: Queries) -> None:
    """Days are whole and inclusive, instants are in UTC, and nothing sealed is told."""
    coop = busy()
    await project(database, coop)
    items = await queries.agenda(coop.address)
    assert SEALED not in (await written(queries, items)).decode()
    found = await events(queries, items)
    mandate = found["mandate_ends.support.a.nord@coopflow"]
    assert (mandate["start"], mandate["end"]) == (date(2027, 1, 31), date(2027, 2, 1))
    assert end_of(date(2027, 1, 31)).date() == mandate["end"]
    decision = found["decision_closes.d.a.nord@coopflow"]
    assert decision["start"] == coop.state.decisions["d"].closes_at
    assert (decision["summary"], decision["description"]) == (
        "Decision closes: Shall we?",
        "Le a (Vallée)",
    )
    assert found["disagreement_limit.x.a.nord@coopflow"]["summary"].endswith("The ladder")
    french = await events(queries, items, "fr")
    assert french.keys() == found.keys()
    assert french["meeting.m.a.nord@coopflow"]["summary"] == "Réunion : plénière"
    assert {one.kind for one in items} <= {*LABELS}


async def test_an_event_keeps_its_uid_and_counts_on(database: Database, queries: Queries) -> None:
    """Asked twice it is the same calendar; what was moved is the same event with a later number."""
    coop = busy()
    await project(database, coop)
    before = await queries.agenda(coop.address)
    assert await written(queries, before) == await written(
        queries, await queries.agenda(coop.address)
    )
    ends = (OPENED + timedelta(days=40)).isoformat()
    coop.do("cancel_decision", "faiza", decision="d")
    coop.do("open_decision", "faiza", decision="e", subject="other", question="?", closes_at=ends)
    await project(database, coop)
    old = await events(queries, before)
    new = await events(queries, await queries.agenda(coop.address))
    assert old.keys() - new.keys() == {"decision_closes.d.a.nord@coopflow"}
    assert new.keys() - old.keys() == {"decision_closes.e.a.nord@coopflow"}
    kept = "mandate_ends.support.a.nord@coopflow"
    assert new[kept]["sequence"] > old[kept]["sequence"]
    assert new[kept]["stamp"] == coop.state.as_of


async def test_the_calendar_of_a_person_holds_what_concerns_them(
    database: Database, queries: Queries
) -> None:
    """What awaits them, and what concerns all where they are inside; nothing of elsewhere."""
    north, south, closed = busy(), busy("sud", "b"), busy("sud", "c")
    south.do("assign_role", "faiza", person="obi", role="observer")
    closed.do("erase_person", "manager", person="person-3")
    await project(database, north, south, closed)

    async def kinds(person: str, **more: Any) -> set[tuple[str, str]]:
        found = await queries.agenda_of(person, SOON, **more)
        await events(queries, found)
        return {(one.kind, one.slug) for one in found}

    common = {("mandate_ends", "a"), ("meeting", "a")}
    mine = {("task:answer", "a"), *common}
    assert await kinds("person-1", within=["nord"]) == mine
    assert await kinds("faiza", within=["nord"]) == {("task:triage_disagreement", "a"), *common}
    assert {slug for _, slug in await kinds("person-1")} == {"a", "b", "c"}
    assert {slug for _, slug in await kinds("person-3")} == {"a", "b"}
    assert await kinds("obi") == set()
    assert await kinds("nobody") == set()
    north.do("cast_ballot", "person-1", decision="d", organisation="org-1", choice="yes")
    await project(database, north)
    assert await kinds("person-1", within=["nord"]) == common
