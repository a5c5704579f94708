"""A cooperation at a glance: where it stands, what comes next, and what one can do now."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import datetime
from functools import partial
from itertools import islice
from typing import Final, NamedTuple

from fastapi import APIRouter
from fastapi.responses import Response
from markupsafe import Markup

from coopflow.application.tasks import KINDS
from coopflow.domain.roles import FACILITATOR, PROGRAMME_MANAGER, SUPPORT
from coopflow.domain.state import Cooperation
from coopflow.entrypoints.http.looking import Looked, look
from coopflow.entrypoints.web.cooperation import CooperationPage, CooperationPageDep
from coopflow.entrypoints.web.gateways import Gateway, ahead_of
from coopflow.entrypoints.web.guards import MEMBERS
from coopflow.entrypoints.web.naming import named
from coopflow.entrypoints.web.pages.partakers import organisation_of
from coopflow.entrypoints.web.standing import (
    ConditionStanding,
    levels_before,
    standings,
    steps_of,
)
from coopflow.entrypoints.web.upcoming import dues
from coopflow.entrypoints.web.warnings import Warned, warned
from coopflow.pictures.lifecycle import lifecycle_picture
from coopflow.pictures.picture import Frame, Picture, wide_and_narrow
from coopflow.readmodel.views import LevelsSince, TaskView

_TASKS: Final = 200
_SHOWN: Final = 5

_GESTURES: Final = (
    "open_decision",
    "record_meeting",
    "open_review",
    "raise_disagreement",
    "pause_cooperation",
)
"""What may be done at any time, and is led to from here."""

router = APIRouter(prefix="/c/{programme}/{cooperation}", dependencies=MEMBERS)


@router.get("")
async def show(page: CooperationPageDep) -> Response:
    """Show where it stands, and what to do next."""
    if not page.may("gates") or page.rules is None:
        own = [organisation_of(page, one) for one in page.members if one.id in page.speaks_for]
        return page.render(
            "cooperation/outline.html", steps=_steps(page), lifecycle=_drawn(page), own=own
        )
    services, address = page.services, page.sight.address
    looked = await look(services, page.sight)
    history = await services.queries.levels_over_time(address)
    gates, conditions = await asyncio.to_thread(_worked_out, page, looked, history)
    items = await services.queries.agenda(address) if page.may("forecast") else ()
    tasks = await _tasks(page, looked.at)
    return page.render(
        "cooperation/overview.html",
        state=looked.state,
        now=looked.at,
        steps=_steps(page),
        lifecycle=_drawn(page),
        gates=gates,
        conditions=conditions,
        is_young=_is_young(history, looked.at),
        coming=tuple(islice(dues(page, items, looked.at), _SHOWN)),
        tasks=tasks[:_SHOWN],
        more_tasks=len(tasks[_SHOWN:]),
        kinds=KINDS,
        named=partial(named, page),
        gestures=[one for one in _GESTURES if page.may_give(one)],
        may_publish=bool({FACILITATOR, SUPPORT} & page.sight.roles),
        alerts=await _alerts(page, looked.state),
    )


def _steps(page: CooperationPage) -> object:
    return steps_of(page.rules.lifecycle, page.detail.stage, page.say) if page.rules else ()


class Drawn(NamedTuple):
    """The lifecycle as a picture, and what it says in words."""

    picture: Markup
    told: str


def _drawn(page: CooperationPage) -> Drawn | None:
    if page.rules is None:
        return None
    lifecycle, since = page.rules.lifecycle, page.detail.stage_since.astimezone(page.say.zone)

    def draw(frame: Frame) -> Picture:
        stage = page.detail.stage
        return lifecycle_picture(lifecycle, page.say, frame, stage=stage, since=since.date())

    drawn = wide_and_narrow(draw, "lifecycle")
    return Drawn(Markup(drawn), draw(Frame("told")).text)  # noqa: S704 - its texts are escaped


def _is_young(history: Sequence[LevelsSince], now: datetime) -> bool:
    """Whether there was nothing yet that trends could be held against."""
    return not levels_before(history, now)


def _worked_out(
    page: CooperationPage, looked: Looked, history: Sequence[LevelsSince]
) -> tuple[tuple[Gateway, ...], tuple[ConditionStanding, ...]]:
    state, rules = looked.state, looked.rules.followed_by(looked.state)
    gates = ahead_of(looked)
    ahead = gates[0].found if gates else None
    before = levels_before(history, looked.at)
    return gates, standings(state, looked.at, rules, page.say, ahead=ahead, before=before)


async def _tasks(page: CooperationPage, now: datetime) -> tuple[TaskView, ...]:
    """Return what the cooperation waits for from the reader, soonest first."""
    programme = page.detail.programme
    manages = PROGRAMME_MANAGER in page.visitor.caller.grants(programme)
    return await page.services.queries.tasks(
        page.visitor.person,
        now,
        manages=[programme] if manages else [],
        cooperation=page.sight.address,
        limit=_TASKS,
    )


async def _alerts(page: CooperationPage, state: Cooperation) -> tuple[Warned, ...]:
    if not page.may("alerts"):
        return ()
    found = await page.services.queries.alerts(page.sight.address)
    return tuple(warned(page, one, state) for one in found)
