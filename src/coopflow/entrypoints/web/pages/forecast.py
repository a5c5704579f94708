"""What will happen by itself in a cooperation if nobody acts, as a story."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from datetime import datetime
from itertools import groupby
from typing import Annotated, Final, NamedTuple

from fastapi import APIRouter, Query
from fastapi.responses import Response

from coopflow.application.outlook import forecast
from coopflow.domain.calendar import add_months
from coopflow.domain.cooperation import Upcoming, follow
from coopflow.entrypoints.http.looking import Looked, look
from coopflow.entrypoints.web.cooperation import CooperationPage, CooperationPageDep
from coopflow.entrypoints.web.guards import MEMBERS
from coopflow.entrypoints.web.naming import named
from coopflow.entrypoints.web.rendering import zone_of
from coopflow.wording.journey import Journey, Milestone, Tone

_SPANS: Final = (3, 6, 12, 24)

router = APIRouter(prefix="/c/{programme}/{cooperation}", dependencies=MEMBERS)


class Told(NamedTuple):
    """Something that will happen, and whether it is a step forward or back."""

    text: str
    tone: Tone


class Moved(NamedTuple):
    """A condition that will come to another level."""

    label: str
    before: int
    after: int


class Chapter(NamedTuple):
    """What will happen on one day.

    Attributes:
        at: when the first of it does.
        told: what, in order.
        moved: which conditions come to other levels.
        stage: what stage the cooperation comes to; empty where it stays.
    """

    at: datetime
    told: tuple[Told, ...]
    moved: tuple[Moved, ...]
    stage: str


@router.get("/forecast")
async def show(
    page: CooperationPageDep, months: Annotated[int, Query(ge=1, le=36)] = 12
) -> Response:
    """Show what goes stale, lapses, falls back or is convened if nobody acts."""
    page.sight.may("forecast")
    looked = await look(page.services, page.sight)
    coming = await asyncio.to_thread(_chapters, page, looked, months)
    decisions = await page.services.queries.decisions(page.sight.address)
    undisclosed = [one for one in decisions if one.id in looked.undisclosed]
    return page.render(
        "cooperation/forecast.html",
        coming=coming,
        months=months,
        spans=_SPANS,
        until=add_months(looked.at, months),
        undisclosed=[one.question or named(page, "subject", one.subject) for one in undisclosed],
        state=looked.state,
    )


def _chapters(page: CooperationPage, looked: Looked, months: int) -> tuple[Chapter, ...]:
    until = add_months(looked.at, months)
    zone = zone_of(page.request)
    coming = forecast(looked.state, looked.at, until, looked.rules)
    days = groupby(coming, key=lambda one: one.at.astimezone(zone).date())
    return tuple(_told(page, looked, (list(group) for _, group in days)))


def _told(
    page: CooperationPage, looked: Looked, days: Iterator[list[Upcoming]]
) -> Iterator[Chapter]:
    state = looked.state
    called = {slug: _quoted(page, one.subject) for slug, one in state.disagreements.items()}
    called |= {
        slug: _quoted(page, one.question or named(page, "subject", one.subject))
        for slug, one in state.decisions.items()
    }
    journey = Journey.foreseeing(state, looked.rules, page.say, called)
    for day in days:
        entries = tuple(entry for one in day for entry in one.entries)
        told = [one for one in journey.tell(entries) if isinstance(one, Milestone)]
        before, state = state, follow(state, entries)
        moved = tuple(
            Moved(page.names.condition(one).label, before.levels.get(one, 0), state.levels[one])
            for one in page.names.ordered(state.levels)
            if state.levels[one] != before.levels.get(one, 0)
        )
        levels = page.say("journey.levels")
        said = tuple(Told(one.text, one.tone) for one in told if one.text != levels)
        stage = page.names.stage(state.stage) if state.stage != before.stage else ""
        if said or moved or stage:
            yield Chapter(day[0].at, said, moved, stage)


def _quoted(page: CooperationPage, words: str) -> str:
    return f"« {words} »" if page.say.language == "fr" else f"“{words}”"
