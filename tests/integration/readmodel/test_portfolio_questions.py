"""Each question about a portfolio answers what a plain look at the same rows does."""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import timedelta
from random import Random
from statistics import median_low
from typing import Any

import pytest

from coopflow.domain.alerts import SEVERITIES
from coopflow.readmodel.database import Database
from coopflow.readmodel.folding import unaccented
from coopflow.readmodel.narrowing import LIVING, ORDERS, Below, Order, PortfolioFilter
from coopflow.readmodel.outlines import NEVER
from coopflow.readmodel.queries import Queries
from coopflow.readmodel.tables import DueRow, OutlineRow, PassageRow, RoleRow, TaskRow
from coopflow.readmodel.views import DueView, PortfolioRow, WaitedFor, WaitingView
from tests.integration.readmodel.programme_rows import CONDITIONS, NOW, Rows, fill, rows_of

CHOICES: dict[str, tuple[Any, ...]] = {
    "stage": ("impulsion", "animation", "nowhere"),
    "status": ("active", "closed", "living"),
    "lifecycle": ("impact-collectif@1", "impact-collectif@3"),
    "policy": ("reference@1", "light@1"),
    "territory": ("Vallée", "vallee", "Côte d'Or"),
    "holder": ("org-1", "org-2", ""),
    "facilitator": ("person-1", "person-2"),
    "severity": ("red", "amber", "info"),
    "alert": (*SEVERITIES, "NO_PLENARY"),
    "text": ("ECOLE", "%", "_", "\\", "coop-1", "ete", "île", "\u0301"),
    "below": tuple(Below(condition, level) for condition in CONDITIONS for level in range(6)),
    "stuck_days": (0, 90, 400, 36500),
    "due_days": (0, 14, 36500),
    "disagreements": (True, False),
    "involving": ("person-3", "nobody"),
}


@pytest.fixture(autouse=True)
def nearby(monkeypatch: pytest.MonkeyPatch) -> None:
    """Lists are longer than what is looked for nearby."""
    monkeypatch.setattr("coopflow.readmodel.nearby.NEARBY", 9)


@pytest.fixture
async def north(database: Database) -> Rows:
    made = rows_of("nord", 60)
    await fill(database, made)
    await fill(database, rows_of("sud", 20, seed=2))
    return made


@pytest.fixture
def queries(database: Database) -> Queries:
    return Queries(database)


def shown(rows: Rows, only: PortfolioFilter) -> list[dict[str, Any]]:
    """Return the outlines that a filter shows, by a plain look at each."""
    return [one for one in rows[OutlineRow] if _is_shown(rows, one, only)]


def _is_shown(rows: Rows, one: dict[str, Any], only: PortfolioFilter) -> bool:
    codes = one["alerts"].split()
    levels = dict(word.split(":") for word in _levels(one))
    roles = [
        (role["person"], role["role"])
        for role in rows[RoleRow]
        if role["cooperation_id"] == one["cooperation_id"]
    ]
    statuses = LIVING if only.status == "living" else (only.status,)
    same = ("stage", "lifecycle", "policy", "territory", "holder")
    days = timedelta(days=1)
    return all(
        (
            *(getattr(only, name) in {None, one[name]} for name in same),
            only.status is None or one["status"] in statuses,
            only.facilitator is None or (only.facilitator, "facilitator") in roles,
            only.involving is None or only.involving in {person for person, _ in roles},
            only.severity is None or only.severity in {SEVERITIES[code] for code in codes},
            only.alert is None or only.alert in codes,
            only.text is None or unaccented(only.text) in (one["sought"] or one["searched"]),
            only.below is None or int(levels[only.below.condition]) < only.below.level,
            only.stuck_days is None or one["stage_since"] <= NOW - only.stuck_days * days,
            only.due_days is None or one["due_at"] <= NOW + only.due_days * days,
            only.disagreements is None or only.disagreements == (one["disagreements"] > 0),
        )
    )


def _levels(one: dict[str, Any]) -> list[str]:
    told: str = one["brief"] or one["levels"]
    return told.split()


def some_filters(seed: int, number: int) -> list[PortfolioFilter]:
    """Return filters of one, two or three parts; each part alone is among them."""
    random = Random(seed)  # noqa: S311 - the same each time
    alone = [{name: value} for name, values in CHOICES.items() for value in values]
    together = [
        {name: random.choice(CHOICES[name]) for name in random.sample(sorted(CHOICES), size)}
        for size in (2, 3)
        for _ in range(number)
    ]
    return [PortfolioFilter(**one) for one in ({}, *alone, *together)]


async def test_each_filter_and_combination_shows_what_a_plain_look_does(
    north: Rows, queries: Queries
) -> None:
    """Of one programme only, and the counts agree with the list."""
    seen = 0
    for only in some_filters(1, 60):
        expected = {one["slug"] for one in shown(north, only)}
        found = await queries.portfolio("nord", NOW, only=only)
        assert {one.slug for one in found} == expected, only
        assert len(found) == len(expected)
        seen += len(expected)
    assert seen


@pytest.mark.parametrize("order", ORDERS)
async def test_pages_never_skip_nor_repeat(order: Order, north: Rows, queries: Queries) -> None:
    """Whatever the order and the size of a page, also where many are in the same place."""
    for only in (PortfolioFilter(), PortfolioFilter(status="active")):
        everything = await queries.portfolio("nord", NOW, only=only, order=order)
        assert len(everything) == len(shown(north, only))
        for limit in (1, 7):
            paged: list[PortfolioRow] = []
            while page := await queries.portfolio(
                "nord",
                NOW,
                only=only,
                order=order,
                after=paged[-1].place if paged else None,
                limit=limit,
            ):
                paged += page
            assert tuple(paged) == everything


async def test_orders_are_by_instants_too(north: Rows, queries: Queries) -> None:
    """Who has been longest in a stage comes first, or what is due first; what never is, last."""
    since = [one.stage_since for one in await queries.portfolio("nord", NOW, order="stage_since")]
    assert since == sorted(one["stage_since"] for one in north[OutlineRow])
    due = [one.next_due_at for one in await queries.portfolio("nord", NOW, order="due_at")]
    at = sorted(one["due_at"] for one in north[OutlineRow])
    assert due == [None if one == NEVER else one for one in at]
    assert due[-1] is None


async def test_values_are_counted_with_the_other_filters(north: Rows, queries: Queries) -> None:
    """Each value of a filter is counted as if it were chosen, and the total as it is."""
    for only in some_filters(2, 25):
        counts = await queries.portfolio_counts("nord", NOW, only=only)
        assert counts.total == len(shown(north, only))
        for name in ("stage", "status", "lifecycle", "policy", "territory", "holder"):
            others = shown(north, only.but(**{name: None}))
            expected = Counter(one[name] for one in others if one[name])
            assert {one.value: one.cooperations for one in getattr(counts, name)} == expected, only
        others = shown(north, only.but(alert=None, severity=None))
        expected = Counter(code for one in others for code in one["alerts"].split())
        assert {one.value: one.cooperations for one in counts.alert} == expected
        urgent = Counter(
            severity
            for one in others
            for severity in {SEVERITIES[code] for code in one["alerts"].split()}
        )
        assert {one.value: one.cooperations for one in counts.severity} == urgent


async def test_what_most_follow_is_told_of_what_is_shown(north: Rows, queries: Queries) -> None:
    """A lifecycle with a policy that some follow together, as it is narrowed; or none."""
    policies = [PortfolioFilter(policy=one) for one in ("reference@1", "light@1", "gone@1")]
    for only in (*policies, *some_filters(4, 10)):
        followed = Counter((one["lifecycle"], one["policy"]) for one in shown(north, only))
        most = (await queries.portfolio_counts("nord", NOW, only=only)).commonest
        told = followed[most.lifecycle, most.policy] if most else 0
        assert told == max(followed.values(), default=0), only
        assert most is None or only.policy in {None, most.policy}


async def test_levels_are_counted_within_filters(north: Rows, queries: Queries) -> None:
    """By stage, condition and level; what is closed is not counted."""
    for only in some_filters(3, 10):
        expected = Counter[tuple[str, str, int]]()
        for one in shown(north, only):
            if one["status"] in LIVING:
                for word in _levels(one):
                    condition, level = word.split(":")
                    expected[one["stage"], condition, int(level)] += 1
        found = await queries.levels_by_stage("nord", NOW, only=only)
        told = {(one.stage, one.condition, one.level): one.cooperations for one in found}
        assert told == expected, only


async def test_days_in_a_stage_are_told_by_their_quartiles(north: Rows, queries: Queries) -> None:
    """Of stays that ended, and of who is there now; each is the time of one cooperation."""
    for only in (PortfolioFilter(), PortfolioFilter(policy="light@1"), PortfolioFilter(text="é")):
        rows = shown(north, only)
        ids = {one["cooperation_id"] for one in rows}
        passed, present = defaultdict(list), defaultdict(list)
        for stay in north[PassageRow]:
            if stay["cooperation_id"] in ids:
                passed[stay["stage"]].append(stay["seconds"] // 86_400)
        for one in rows:
            if one["status"] in LIVING:
                present[one["stage"]].append((NOW - one["stage_since"]).days)
        found = await queries.stage_times("nord", NOW, only=only)
        assert [one.stage for one in found] == sorted({*passed, *present})
        for stage in found:
            assert stage.passed == len(passed[stage.stage])
            assert stage.present == len(present[stage.stage])
            for days, told in ((passed, stage.passed_days), (present, stage.present_days)):
                values = sorted(days[stage.stage])
                if not values:
                    assert told is None
                    continue
                assert told is not None
                assert told.median == median_low(values)
                assert told.lower == values[(len(values) + 3) // 4 - 1]
                assert told.upper == values[(3 * len(values) + 3) // 4 - 1]
    assert await queries.stage_times("nowhere", NOW) == ()


async def test_what_is_due_is_listed_page_by_page(north: Rows, queries: Queries) -> None:
    """Between two instants, soonest first, within the filters."""
    begin, end = NOW - timedelta(days=7), NOW + timedelta(days=28)
    for only in (PortfolioFilter(), PortfolioFilter(status="active", policy="light@1")):
        ids = {one["cooperation_id"] for one in shown(north, only)}
        expected = sorted(
            (one["at"], one["cooperation_id"], one["kind"], one["about"])
            for one in north[DueRow]
            if one["cooperation_id"] in ids and begin <= one["at"] < end
        )
        paged: list[DueView] = []
        while page := await queries.dues(
            "nord",
            NOW,
            begin=begin,
            end=end,
            only=only,
            after=paged[-1].place if paged else None,
            limit=3,
        ):
            paged += page
        assert [one.at for one in paged] == [at for at, *_ in expected]
        assert sorted(tuple(one.place) for one in paged) == expected
        assert expected


async def test_what_waits_longest_comes_first(north: Rows, queries: Queries) -> None:
    """All tasks that have begun, of a person or an organisation if so asked, page by page."""
    for only in (PortfolioFilter(), PortfolioFilter(status="active")):
        for wanted in ({}, {"person": "person-1"}, {"organisation": "org-2", "kind": "answer"}):
            ids = {one["cooperation_id"] for one in shown(north, only)}
            expected = [
                one
                for one in north[TaskRow]
                if one["cooperation_id"] in ids
                and one["begins_at"] <= NOW
                and all(one[name] == value for name, value in wanted.items())
            ]
            paged: list[WaitingView] = []
            while page := await queries.waiting(
                "nord",
                NOW,
                only=only,
                after=paged[-1].waits if paged else None,
                limit=4,
                **wanted,
            ):
                paged += page
            assert [one.begins_at for one in paged] == sorted(one["begins_at"] for one in expected)
            key = ("cooperation_id", "person", "kind", "about", "organisation")
            told = {tuple(one.waits[1:]) for one in paged}
            assert told == {tuple(one[name] for name in key) for one in expected}
            assert len(told) == len(paged)


@pytest.mark.parametrize("by", ["person", "organisation"])
async def test_for_whom_is_waited_is_told_once_each(by: Any, north: Rows, queries: Queries) -> None:
    """Since when, for how much, what of it is late, and in how many cooperations."""
    for only in (PortfolioFilter(), PortfolioFilter(stage="animation")):
        ids = {one["cooperation_id"] for one in shown(north, only)}
        tasks = defaultdict(list)
        for one in north[TaskRow]:
            if one["cooperation_id"] in ids and one["begins_at"] <= NOW and one[by]:
                tasks[one[by]].append(one)
        expected = {
            who: WaitedFor(
                who=who,
                since=min(one["begins_at"] for one in some),
                tasks=len(some),
                overdue=sum(1 for one in some if one["due_at"] and one["due_at"] < NOW),
                cooperations=len({one["cooperation_id"] for one in some}),
            )
            for who, some in tasks.items()
        }
        paged: list[WaitedFor] = []
        while page := await queries.waited_for(
            "nord", NOW, by=by, only=only, after=paged[-1].place if paged else None, limit=1
        ):
            paged += page
        assert {one.who: one for one in paged} == expected
        assert len(paged) == len(expected)
        assert [one.since for one in paged] == sorted(one.since for one in paged)
