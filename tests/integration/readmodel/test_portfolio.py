from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import pytest

from coopflow.application.engine import Address
from coopflow.domain.calendar import add_months, end_of
from coopflow.domain.conditions import levels
from coopflow.domain.cooperation import UNOPENED, evolve
from coopflow.domain.facts import View
from coopflow.domain.facts.learning import CurrentShare
from coopflow.domain.state import Cooperation
from coopflow.readmodel.database import Database
from coopflow.readmodel.narrowing import Below, PortfolioFilter
from coopflow.readmodel.portfolio import TREND_MONTHS
from coopflow.readmodel.projector import Projector
from coopflow.readmodel.queries import Queries
from coopflow.readmodel.views import LevelCount, PortfolioRow
from tests.collective import reference_rules
from tests.integration.readmodel.lives import Collective, Life, example

OPENED = datetime(2026, 1, 1, 9, tzinfo=UTC)
RULES = reference_rules()


@pytest.fixture
async def queries(database: Database) -> Queries:
    return Queries(database)


async def project(database: Database, *lives: Collective) -> None:
    for one in lives:
        await Projector(database).apply(*one.address, one.entries, (one.rules.definition,))


async def lived(database: Database, life: Life) -> list[Cooperation]:
    address, entries = life
    await Projector(database).apply(*address, entries, (RULES.definition,))
    states = [UNOPENED]
    for entry in entries:
        states.append(evolve(states[-1], entry))
    return states


@pytest.mark.parametrize("name", ["bocage-gourmand", "cap-jeunes-valdore"])
async def test_a_row_tells_what_the_state_does(
    name: str, database: Database, queries: Queries
) -> None:
    """Each column equals what the state, its rules and its past say at that instant."""
    life = await example(name)
    states = await lived(database, life)
    state = states[-1]
    assert state.as_of is not None
    assert state.stage_since is not None
    now = state.as_of + timedelta(hours=1)
    (row,) = await queries.portfolio(life[0].programme, now)

    since = add_months(now, -TREND_MONTHS)
    before = [one for one in states if one.as_of is None or one.as_of <= since][-1]
    assert row.trend == {
        condition: level - before.levels.get(condition, 0)
        for condition, level in state.levels.items()
    }
    assert any(row.trend.values())
    gate = RULES.lifecycle.gates_from(state.stage)[0].id
    minima = RULES.gate_policy(gate).minima
    assert (row.next_gate, row.days_in_stage) == (gate, (now - state.stage_since).days)
    assert row.lacks == {
        condition: least - state.levels[condition]
        for condition, least in minima.items()
        if least > state.levels[condition]
    }
    moved = [one for one in state.members.values() if one.moved_at and one.moved_at > since]
    assert row.members_out == sum(1 for one in moved if one.status == "left")
    assert row.members_in == sum(
        1 for one in state.members.values() if one.joined_at and one.joined_at > since
    )
    view = View(state, now, current_for=RULES.policy.measures.current_for)
    assert row.indicators
    assert row.indicators_current / row.indicators == CurrentShare().read(view).value
    overdue = [one for one in state.actions.values() if one.is_open and one.due < now.date()]
    assert row.actions_overdue == len(overdue)
    valid = [
        (one.valid_until, kind)
        for kind, versions in state.documents.items()
        for one in versions
        if one.status in {"approved", "in_force"} and one.valid_until
    ]
    assert (row.next_expiry_at, row.next_expiry_of) == min(valid)
    assert {one.code for one in row.alerts} == {one.code for one in state.alerts.values()}
    assert row.disagreements_open == sum(
        1 for one in state.disagreements.values() if one.state != "closed"
    )
    model = state.current("support_model")
    assert (row.months_funded is None) == (model is None)
    assert levels(view, RULES).levels == row.levels


async def test_portfolios_are_listed_by_title_page_by_page(
    database: Database, queries: Queries
) -> None:
    """Also where titles are the same; of one programme only."""
    lives = [
        Collective("nord", slug, members=0, title=title)
        for slug, title in (("c", "Alpha"), ("a", "Beta"), ("b", "Alpha"), ("d", "Gamma"))
    ]
    await project(database, *lives, Collective("sud", "a", members=0))
    everything = await queries.portfolio("nord", OPENED)
    assert [one.slug for one in everything] == ["b", "c", "a", "d"]
    paged: list[PortfolioRow] = []
    while page := await queries.portfolio(
        "nord", OPENED, after=paged[-1].place if paged else None, limit=1
    ):
        paged += page
    assert tuple(paged) == everything
    assert await queries.portfolio("est", OPENED) == ()


async def test_portfolios_are_narrowed(database: Database, queries: Queries) -> None:
    """To a stage, a status, an alert, a text, a condition, those that are stuck, one's own."""
    quiet = Collective("nord", "quiet", members=0, title="Le verger", territory="Haute-Marne")
    lively = Collective("nord", "lively", title="La halle", territory="50% de la côte")
    lively.do("pause_cooperation", "faiza", "2026-05-01T09:00Z", reason="Summer")
    quiet.wait(OPENED + timedelta(days=200))
    await project(database, quiet, lively)
    assert "no_plenary" in {one.code for one in quiet.state.alerts.values()}

    async def only(**wanted: object) -> list[str]:
        narrowed = PortfolioFilter.model_validate(wanted)
        later = OPENED + timedelta(days=200)
        return [one.slug for one in await queries.portfolio("nord", later, only=narrowed)]

    assert await only(stage="impulsion") == ["lively", "quiet"]
    assert await only(stage="animation") == []
    assert await only(status="paused") == ["lively"]
    assert await only(alert="no_plenary", status="active") == ["quiet"]
    assert await only(severity="amber", status="active") == ["quiet"]
    assert await only(severity="red") == []
    assert await only(text="VERGER") == ["quiet"]
    assert await only(text="marne") == ["quiet"]
    assert await only(text="50%") == ["lively"]
    assert await only(text="5_%") == []
    assert await only(below=Below("support", 1)) == ["lively", "quiet"]
    assert await only(below=Below("support", 0)) == []
    assert await only(stuck_days=200) == ["lively", "quiet"]
    assert await only(stuck_days=201) == []
    assert await only(involving="person-1") == ["lively"]
    assert await only(involving="") == []


async def test_texts_are_found_whatever_their_case_and_accents(
    database: Database, queries: Queries
) -> None:
    """In French too, and in every database the same."""
    await project(database, Collective("nord", "a", members=0, title="École", territory="Île"))
    for wanted in ("école", "ÉCOLE", "ecole", "ile"):
        only = PortfolioFilter(text=wanted)
        assert len(await queries.portfolio("nord", OPENED, only=only)) == 1, wanted


async def test_who_joined_and_left_is_counted_both_times(
    database: Database, queries: Queries
) -> None:
    """Within six months; what was before is over."""
    coop = Collective(members=4)
    coop.do("withdraw_member", "person-4", "2026-02-02T09:00Z", organisation="org-4", reason="Far")
    await project(database, coop)
    counted = []
    for month in (3, 7, 9):
        (row,) = await queries.portfolio("demo", datetime(2026, month, 1, 9, tzinfo=UTC))
        counted.append((row.members_in, row.members_out))
    assert counted == [(4, 1), (0, 1), (0, 0)]


async def test_levels_are_counted_by_stage(
    bocage: Life, database: Database, queries: Queries
) -> None:
    """How many stand where; what is closed is no longer counted."""
    state = (await lived(database, bocage))[-1]
    counted = await queries.levels_by_stage(bocage[0].programme, OPENED)
    assert counted == tuple(
        LevelCount(stage=state.stage, condition=condition, level=level, cooperations=1)
        for condition, level in sorted(state.levels.items())
    )
    assert await queries.levels_by_stage("nowhere", OPENED) == ()


async def test_what_a_definition_asks_is_unknown_where_it_is_not_registered(
    database: Database, queries: Queries
) -> None:
    """The row is there all the same, without its gate; once it is registered, with it."""
    coop = Collective(members=1)
    await Projector(database).apply(*coop.address, coop.entries)
    (row,) = await queries.portfolio("demo", OPENED)
    assert (row.next_gate, row.lacks) == (None, {})
    await project(database, coop)
    (row,) = await queries.portfolio("demo", OPENED)
    assert row.next_gate == "to_structuration"
    assert row.lacks == RULES.gate_policy("to_structuration").minima
    assert (row.members_in, row.members_out, row.months_funded) == (1, 0, None)


@pytest.mark.parametrize("name", ["bocage-gourmand", "cap-jeunes-valdore"])
async def test_what_is_due_is_what_the_agenda_has(
    name: str, database: Database, queries: Queries
) -> None:
    """The same things at the same instants, but for meetings; days are over at their end."""
    address, _ = life = await example(name)
    states = await lived(database, life)
    agenda = {
        (one.kind, one.about, one.at or end_of(one.day or date.max))
        for one in await queries.agenda(address)
        if one.kind != "meeting"
    }
    far = datetime(2999, 1, 1, tzinfo=UTC)
    dues = await queries.dues(
        address.programme, OPENED, begin=datetime.min.replace(tzinfo=UTC), end=far
    )
    assert {(one.kind, one.about, one.at) for one in dues} == agenda
    assert agenda
    as_of = states[-1].as_of
    assert as_of is not None
    (row,) = await queries.portfolio(address.programme, OPENED)
    first = next(one for one in dues if one.at > as_of)
    assert (row.next_due_at, row.next_due_of) == (first.at, first.kind)
    assert row.next_due_on == first.day


async def test_stays_in_stages_are_those_that_were_lived(
    bocage: Life, database: Database, queries: Queries
) -> None:
    """One for each stage that was left, with its days, and the stage that it is in now."""
    states = await lived(database, bocage)
    stays = [
        (before.stage, (after.stage_since - before.stage_since).days)
        for before, after in pairwise(states)
        if before.stage_since and after.stage_since and before.stage_since != after.stage_since
    ]
    found = await queries.stage_times(bocage[0].programme, OPENED + timedelta(days=9000))
    told = {one.stage: one.passed_days for one in found if one.passed}
    assert stays
    assert {stage: days.median for stage, days in told.items() if days} == dict(stays)
    assert [one.stage for one in found if one.present] == [states[-1].stage]


async def test_indicators_are_listed_with_their_values(
    bocage: Life, database: Database, queries: Queries
) -> None:
    """The latest value first, each with who recorded it; current until its time is over."""
    state = (await lived(database, bocage))[-1]
    assert state.as_of is not None
    shown = {one.id: one for one in await queries.measures(bocage[0], state.as_of)}
    chain = state.current("value_chain")
    assert chain is not None
    assert set(shown) == {
        one["id"] for objective in chain.content["objectives"] for one in objective["indicators"]
    }
    for slug, one in shown.items():
        series = state.measures.get(slug)
        latest = tuple(reversed(series.latest)) if series else ()
        assert [(value.value, value.organisation, value.at) for value in one.values] == [
            (value.value, value.organisation, value.at) for value in latest
        ]
        assert one.measured == (series.count if series else 0)
        span = RULES.policy.measures.current_for[one.frequency]  # type: ignore[index]
        assert one.current_until == (span.after(latest[0].at) if latest else None)
        assert one.is_current == bool(latest and span.covers(latest[0].at, state.as_of))
    assert any(one.values for one in shown.values())
    far = state.as_of + timedelta(days=1000)
    assert not any(one.is_current for one in await queries.measures(bocage[0], far))
    fewer = await queries.measures(bocage[0], state.as_of, values=1)
    assert {len(one.values) for one in fewer} <= {0, 1}
    assert fewer[0].values == shown[fewer[0].id].values[:1]


async def test_levels_are_told_over_time(
    bocage: Life, database: Database, queries: Queries
) -> None:
    """Each as the states had them, oldest first; of what is not there, none."""
    states = await lived(database, bocage)
    history = await queries.levels_over_time(bocage[0])
    assert history[-1].levels == states[-1].levels
    held = [one.levels for one in states[1:] if one.levels]
    assert [one.levels for one in history] == [
        one for number, one in enumerate(held) if number == 0 or one != held[number - 1]
    ]
    assert await queries.levels_over_time(Address("demo", "nowhere")) == ()
