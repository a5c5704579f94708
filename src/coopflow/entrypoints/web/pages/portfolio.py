"""The portfolio of a programme, for those who manage it: where help is needed, no ranking."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Annotated, Any, Final, NamedTuple

from fastapi import APIRouter, Depends, Form
from fastapi.responses import RedirectResponse, Response
from pydantic import ValidationError

from coopflow.application.tasks import KINDS
from coopflow.directory.saved_views import SavedView
from coopflow.domain.alerts import SEVERITIES
from coopflow.entrypoints.calendars import LABELS as DUE_LABELS
from coopflow.entrypoints.calendars import subjects_of
from coopflow.entrypoints.http.filters import pairs_in
from coopflow.entrypoints.http.links import here
from coopflow.entrypoints.http.pages import moment
from coopflow.entrypoints.http.problems import HiddenError, ProblemError
from coopflow.entrypoints.http.routes.reminders import (
    ReminderAsked,
    TaskNamed,
    keep_view,
    own,
    remind,
)
from coopflow.entrypoints.web.cooperation import is_erased
from coopflow.entrypoints.web.finding import looked_up
from coopflow.entrypoints.web.guards import MEMBERS, Visitor
from coopflow.entrypoints.web.portfolio import (
    DUE_WEEKS,
    LABELS,
    ORDER_LABELS,
    STUCK_DAYS,
    Asked,
    Cursor,
    More,
    moment_of,
    page_of,
    reminded,
)
from coopflow.entrypoints.web.programme import ProgrammePage, ProgrammePageDep
from coopflow.outgoing.called import Namer
from coopflow.outgoing.mail.reminders import MOST, TaskKey
from coopflow.pictures.heat import Count, Named, heat_picture
from coopflow.pictures.picture import Frame, wide_and_narrow
from coopflow.readmodel.narrowing import LIVING_ONLY, PortfolioFilter
from coopflow.readmodel.registry import Kind
from coopflow.readmodel.rulebooks import Rulebooks
from coopflow.readmodel.views import (
    DuePlace,
    DueView,
    PortfolioCounts,
    PortfolioPlace,
    PortfolioRow,
    ValueCount,
    WaitedFor,
    WaitingPlace,
    WaitingView,
)
from coopflow.services import Services
from coopflow.wording.naming import Names, told_apart
from coopflow.wording.phrases import Phrases

router = APIRouter(prefix="/p/{programme}/portfolio", dependencies=MEMBERS)

_SHOWN: Final = 40
_ON_A_COLUMN: Final = 6
_DEEPEST: Final = 4


@dataclass(frozen=True)
class Desk:
    """The portfolio of a programme, for somebody who manages it.

    Attributes:
        page: of the programme.
        now: the instant at which they ask.
    """

    page: ProgrammePage
    now: datetime

    @property
    def services(self) -> Services:
        """The parts of the platform."""
        return self.page.services

    @property
    def say(self) -> Phrases:
        """The words of the reader's language."""
        return self.page.say

    @property
    def visitor(self) -> Visitor:
        """Who looks."""
        return self.page.visitor

    @property
    def programme(self) -> str:
        """The id of the programme."""
        return self.page.id

    @property
    def path(self) -> str:
        """Where the portfolio is."""
        return f"{self.page.path}/portfolio"


class _Counted(NamedTuple):
    """How many stand where, and the stages and conditions of what most of them follow.

    ``titles`` are those of lifecycles and policies, by ``name@version``.
    """

    counts: PortfolioCounts
    names: Names
    stages: list[str]
    conditions: list[str]
    titles: Mapping[str, Mapping[str, str]]


async def desk(page: ProgrammePageDep) -> Desk:
    """Return what pages of a portfolio are given.

    Raises:
        HiddenError: the reader does not manage the programme, or there is none.
    """
    if not page.manages:
        raise HiddenError
    return Desk(page, datetime.now(UTC))


DeskDep = Annotated[Desk, Depends(desk)]


@router.get("")
async def show(at: DeskDep) -> Response:
    """Show the portfolio as the query asks for it; what cannot be read in it is passed over."""
    pairs = at.page.request.query_params.multi_items()
    said, unclear = await looked_up(at.services, at.programme, pairs)
    asked = Asked.read(said.items())
    if asked.told != Asked.read(pairs).told and not unclear:
        return RedirectResponse(_address(at, asked), 303)
    # Each asks the database by itself: a page waits for the longest of them, not for all in a row.
    counting = asyncio.ensure_future(_counted(at, asked))
    counted, shown = await asyncio.gather(counting, _VIEWS[asked.view](at, asked, counting))
    views = await at.services.views.of(at.programme, at.visitor.person)
    return at.page.render(
        f"portfolio/{asked.view}.html",
        at=at,
        asked=asked,
        counts=counted.counts,
        names=counted.names,
        stages=counted.stages,
        conditions=counted.conditions,
        titles=counted.titles,
        labels=LABELS,
        order_labels=ORDER_LABELS,
        severities=SEVERITIES,
        saved=views,
        reminded=reminded(at.page.request.query_params.get("reminded")),
        now=at.now,
        unclear=unclear,
        facilitator=await _facilitator(at, asked),
        organisations=await _organisations(at, asked, counted.counts, shown),
        **shown,
    )


async def _counted(at: Desk, asked: Asked) -> _Counted:
    counts = await at.services.queries.portfolio_counts(at.programme, at.now, only=asked.only)
    rulebooks: Rulebooks = at.page.request.app.state.rulebooks
    rules = await rulebooks.commonest(at.programme, counts)
    stages = [one.id for one in rules.lifecycle.stages] if rules else []
    stages += [one.value for one in counts.stage if one.value not in stages]
    conditions = [one.id for one in rules.policy.conditions] if rules else []
    titles = {
        "lifecycle": await _titles(at, "lifecycle", counts.lifecycle),
        "policy": await _titles(at, "policy", counts.policy),
    }
    return _Counted(counts, Names(rules, at.say), stages, conditions, titles)


async def _titles(at: Desk, kind: Kind, counted: Iterable[ValueCount]) -> Mapping[str, str]:
    """Return what lifecycles or policies are called that there are to choose among."""
    names = [one.value for one in counted]
    rulebooks: Rulebooks = at.page.request.app.state.rulebooks
    known = await rulebooks.labels(at.programme, kind, names)
    return told_apart({one: at.say.label(known[one]) if one in known else one for one in names})


async def _facilitator(at: Desk, asked: Asked) -> str:
    """Return what whoever is filtered by is called; empty for nobody."""
    person = asked.only.facilitator or ""
    known = await at.services.directory.people_by_id([person]) if person else {}
    return known[person].name if person in known else person


async def _organisations(
    at: Desk, asked: Asked, counts: PortfolioCounts, shown: Mapping[str, Any]
) -> Mapping[str, str]:
    """Return what the organisations that the page shows are called."""
    ids = {one.value for one in counts.holder} | {asked.only.holder, asked.organisation}
    ids |= {one.mandate_holder for one in getattr(shown.get("rows"), "items", ())}
    ids |= {one.organisation for one in getattr(shown.get("tasks"), "items", ())}
    if asked.by == "organisation":
        ids |= {one.who for one in shown.get("whom", ())}
    return await at.services.queries.organisation_names(at.programme, [one for one in ids if one])


# --- what is looked at ----------------------------------------------------------------------------


async def _list(at: Desk, asked: Asked, _: Awaitable[_Counted]) -> dict[str, Any]:
    return {"rows": await _rows(at, asked, asked.only, asked.order)}


async def _stuck(at: Desk, asked: Asked, _: Awaitable[_Counted]) -> dict[str, Any]:
    days = asked.only.stuck_days if asked.only.stuck_days is not None else STUCK_DAYS
    only = asked.only.but(stuck_days=days, status=asked.only.status or LIVING_ONLY)
    return {"rows": await _rows(at, asked, only, "stage_since"), "stuck_days": days}


async def _rows(at: Desk, asked: Asked, only: PortfolioFilter, order: Any) -> More:
    found = await at.services.queries.portfolio(
        at.programme,
        at.now,
        only=only,
        order=order,
        after=_portfolio_place(asked),
        limit=_SHOWN + 1,
    )
    return page_of(found, _SHOWN, asked, _place_of_row)


def _place_of_row(one: PortfolioRow) -> Sequence[str]:
    due = moment(one.next_due_at) if one.next_due_at else ""
    return (one.title, moment(one.stage_since), due, one.slug)


def _portfolio_place(asked: Asked) -> PortfolioPlace | None:
    parts = Cursor.read(asked.after, len(PortfolioPlace._fields))
    if parts is None:
        return None
    title, since, due, slug = parts
    at = moment_of(since)
    return PortfolioPlace(title, at, moment_of(due) if due else None, slug) if at else None


async def _stages(at: Desk, asked: Asked, counting: Awaitable[_Counted]) -> dict[str, Any]:
    counted = await counting
    numbers = {one.value: one.cooperations for one in counted.counts.stage}

    async def first_of(stage: str) -> tuple[PortfolioRow, ...]:
        if not numbers.get(stage):
            return ()
        only = asked.only.but(stage=stage)
        return await at.services.queries.portfolio(
            at.programme, at.now, only=only, order=asked.order, limit=_ON_A_COLUMN
        )

    wanted = [one for one in counted.stages if asked.only.stage in {None, one}]
    found = await asyncio.gather(*map(first_of, wanted))
    told = zip(wanted, found, strict=True)
    return {"columns": [(stage, numbers.get(stage, 0), rows) for stage, rows in told]}


async def _heat(at: Desk, asked: Asked, counting: Awaitable[_Counted]) -> dict[str, Any]:
    found = await at.services.queries.levels_by_stage(at.programme, at.now, only=asked.only)
    counted = await counting
    names, stages, conditions = counted.names, counted.stages, counted.conditions
    drawn = [Count(one.stage, one.condition, one.level, one.cooperations) for one in found]
    there = {one.stage for one in found}
    known = [*conditions, *sorted({one.condition for one in found} - {*conditions})]
    draw = partial(
        heat_picture,
        drawn,
        [Named(one, names.stage(one)) for one in stages if one in there],
        [Named(one, names.condition(one).label) for one in known],
        at.say,
    )
    cells: dict[tuple[str, str], list[int]] = {}
    for one in found:
        cell = cells.setdefault((one.stage, one.condition), [0] * (_DEEPEST + 1))
        cell[min(one.level, _DEEPEST)] += one.cooperations
    return {
        "picture": wide_and_narrow(draw, "heat"),
        "told": draw(Frame()).text,
        "cells": cells,
        "known": known,
        "there": [one for one in stages if one in there],
    }


async def _times(at: Desk, asked: Asked, _: Awaitable[_Counted]) -> dict[str, Any]:
    found = await at.services.queries.stage_times(at.programme, at.now, only=asked.only)
    return {"times": {one.stage: one for one in found}}


async def _due(at: Desk, asked: Asked, _: Awaitable[_Counted]) -> dict[str, Any]:
    days = asked.only.due_days if asked.only.due_days is not None else 7 * DUE_WEEKS
    parts = Cursor.read(asked.after, len(DuePlace._fields))
    begin = moment_of(parts[0]) if parts else None
    found = await at.services.queries.dues(
        at.programme,
        at.now,
        begin=at.now,
        end=at.now + timedelta(days=days),
        only=asked.only.but(due_days=None),
        after=DuePlace(begin, *parts[1:]) if parts and begin else None,
        limit=_SHOWN + 1,
    )

    def place(one: DueView) -> Sequence[str]:
        return (moment(one.at), *one.place[1:])

    return {
        "dues": page_of(found, _SHOWN, asked, place),
        "due_days": days,
        "due_labels": DUE_LABELS,
        "subject_of": await _subjects(at, found),
    }


async def _subjects(
    at: Desk, items: Iterable[DueView | WaitingView]
) -> Callable[[DueView | WaitingView], str]:
    """Return what says what items are about."""
    told = await subjects_of(items, Namer(at.services.queries, at.say))
    found = {(one.programme, one.slug, one.kind, one.subject): said for one, said in told}
    return lambda one: found[one.programme, one.slug, one.kind, one.subject]


async def _waiting(at: Desk, asked: Asked, _: Awaitable[_Counted]) -> dict[str, Any]:
    parts = Cursor.read(asked.after, len(WaitingPlace._fields))
    begins = moment_of(parts[0]) if parts else None
    ask = {"person": asked.person, "organisation": asked.organisation}

    async def for_whom() -> tuple[WaitedFor, ...]:
        if any(ask.values()):
            return ()
        return await at.services.queries.waited_for(
            at.programme, at.now, by=asked.by, only=asked.only, limit=12
        )

    waiting = at.services.queries.waiting(
        at.programme,
        at.now,
        only=asked.only,
        after=WaitingPlace(begins, *parts[1:]) if parts and begins else None,
        limit=_SHOWN + 1,
        **ask,
    )
    found, whom = await asyncio.gather(waiting, for_whom())
    wants_all = at.page.request.query_params.get("remind") == "all"

    def place(one: WaitingView) -> Sequence[str]:
        return (moment(one.begins_at), *one.waits[1:])

    tasks = page_of(found, _SHOWN, asked, place)
    people = {one.person for one in tasks.items if one.person}
    people |= {one.who for one in whom if asked.by == "person"} | {asked.person or ""}
    keys = [TaskKey(*one.waits[1:]) for one in tasks.items if one.person]
    last = await at.services.reminders.last(keys)
    known = await at.services.directory.people_by_id(
        people | {one.sent_by for one in last.values()}
    )

    def called(person: str) -> str:
        if person in known:
            return known[person].name
        return at.say("person.erased") if is_erased(person) else person

    return {
        "tasks": tasks,
        "whom": whom,
        "called": called,
        "kinds": KINDS,
        "subject_of": await _subjects(at, found),
        "last": lambda one: last.get(TaskKey(*one.waits[1:])),
        "value_of": _value_of,
        "is_written_to": lambda person: person in known and bool(known[person].email),
        "mails": at.services.reminders.is_on,
        "to_confirm": await _all_waited_for(at, asked) if wants_all else None,
    }


class _ToConfirm(NamedTuple):
    """How many reminders would be sent, to how many people."""

    tasks: int
    people: int


async def _all_waited_for(at: Desk, asked: Asked) -> _ToConfirm:
    found = await at.services.queries.waiting(
        at.programme,
        at.now,
        only=asked.only,
        person=asked.person,
        organisation=asked.organisation,
        limit=MOST,
    )
    people = [one.person for one in found if one.person]
    return _ToConfirm(len(people), len({*people}))


_VIEWS: Final = {
    "list": _list,
    "stages": _stages,
    "heat": _heat,
    "stuck": _stuck,
    "due": _due,
    "waiting": _waiting,
    "times": _times,
}


# --- what is done ---------------------------------------------------------------------------------


def _value_of(one: WaitingView) -> str:
    """Write a task as a form names it."""
    return json.dumps([one.slug, one.person, one.kind, one.about, one.organisation])


def _named(value: str) -> TaskNamed | None:
    """Return the task that a form names; None when it names none."""
    try:
        slug, person, kind, about, organisation = json.loads(value)
        return TaskNamed(
            cooperation=slug, person=person, kind=kind, about=about, organisation=organisation
        )
    except (ValueError, TypeError, RecursionError):
        return None


def _back(at: Desk, query: str, **more: str) -> Response:
    """Lead back to the portfolio as it was looked at, with what came of it."""
    return RedirectResponse(_address(at, Asked.read(pairs_in(query)), **more), 303)


def _address(at: Desk, asked: Asked, **more: str) -> str:
    told = asked.query(**more)
    return here(at.page.request, at.path) + (f"?{told}" if told else "")


@router.post("/reminders")
async def send_reminders(
    at: DeskDep,
    task: Annotated[list[str] | None, Form()] = None,
    query: Annotated[str, Form(max_length=4000)] = "",
    shown: Annotated[str, Form(max_length=10)] = "",
) -> Response:
    """Remind those who are ticked, or all whom the portfolio shows."""
    asked = Asked.read(pairs_in(query))
    found = [one for one in map(_named, (task or [])[:500]) if one is not None]
    what = ReminderAsked(
        tasks=tuple(found),
        all_shown=shown == "all",
        person=asked.person,
        organisation=asked.organisation,
    )
    told = await remind(at.services, at.programme, at.visitor.caller, what, asked.only)
    numbers = (told.sent, told.people, told.again, told.secret, told.unreachable, told.gone)
    return _back(at, query, reminded="-".join(map(str, numbers)))


@router.post("/views")
async def save_view(
    at: DeskDep,
    name: Annotated[str, Form(max_length=400)] = "",
    query: Annotated[str, Form(max_length=4000)] = "",
) -> Response:
    """Save what is looked at under a name."""
    told = Asked.read(pairs_in(query)).query()
    try:
        view = SavedView(name=" ".join(name.split()), query=told)
    except ValidationError:
        raise ProblemError("invalid_request", "a view has a name of at most 80 letters") from None
    await keep_view(at.services, at.programme, at.visitor.caller, view)
    return _back(at, query)


@router.post("/views/remove")
async def remove_view(
    at: DeskDep,
    name: Annotated[str, Form(max_length=400)] = "",
    query: Annotated[str, Form(max_length=4000)] = "",
) -> Response:
    """Remove a view that one saved."""
    await at.services.views.remove(at.programme, own(at.visitor.caller), name)
    return _back(at, query)
