"""Gates: what they ask, what is there, what is missing, and the shortest way to pass."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta
from typing import Annotated, NamedTuple

from fastapi import APIRouter, Path, Query
from fastapi.responses import RedirectResponse, Response

from coopflow.application.gate_check import check_gate
from coopflow.domain.base import FIRST_YEAR, LAST_YEAR, Slug
from coopflow.domain.explanation import CriterionFinding, Examination
from coopflow.domain.lifecycle import Gate
from coopflow.domain.refusals import Refusal
from coopflow.domain.rulebook import Rulebook
from coopflow.domain.state import Cooperation
from coopflow.entrypoints.http.links import here
from coopflow.entrypoints.http.looking import look
from coopflow.entrypoints.http.problems import FieldProblem, HiddenError, ProblemError
from coopflow.entrypoints.web.cooperation import CooperationPage, CooperationPageDep
from coopflow.entrypoints.web.gateways import gateway
from coopflow.entrypoints.web.guards import MEMBERS
from coopflow.entrypoints.web.naming import named
from coopflow.entrypoints.web.rendering import zone_of
from coopflow.entrypoints.web.sources import Sources, documents_named
from coopflow.entrypoints.web.ways import ways

router = APIRouter(prefix="/c/{programme}/{cooperation}", dependencies=MEMBERS)

GateId = Annotated[Slug, Path()]
At = Annotated[str, Query(max_length=40)]


class Group(NamedTuple):
    """The criteria that a gate asks of one condition.

    Attributes:
        id: of the condition.
        letter: by which it is known.
        label: what it is called.
        level: which it has reached.
        minimum: which is asked for.
        criteria: those of the levels up to that.
    """

    id: str
    letter: str
    label: str
    level: int
    minimum: int
    criteria: tuple[CriterionFinding, ...]


@router.get("/gates")
async def lead(page: CooperationPageDep) -> Response:
    """Lead to the gate that leads on, or to the first one where none does."""
    page.sight.may("gates")
    if page.rules is None or not page.rules.lifecycle.gates:
        raise HiddenError
    lifecycle = page.rules.lifecycle
    gate = next(iter((*lifecycle.gates_from(page.detail.stage), *lifecycle.gates)))
    return RedirectResponse(here(page.request, f"{page.path}/gates/{gate.id}"), 303)


@router.get("/gates/{gate}")
async def show(gate: GateId, page: CooperationPageDep, at: At = "") -> Response:
    """Show a gate as it stands, stood or will stand if nobody acts."""
    page.sight.may("gates")
    day = _day(at)
    looked = await look(page.services, page.sight, _instant(page, day))
    found = await asyncio.to_thread(check_gate, looked.state, gate, looked.at, looked.rules)
    if isinstance(found, Refusal):
        raise HiddenError
    rules = looked.rules.followed_by(looked.state)
    known = rules.lifecycle.gate(gate)
    assert known is not None
    asked = gateway(found, looked)
    shortest, others = ways(page, found, looked.state)
    return page.render(
        "cooperation/gate.html",
        gate=asked,
        documents_named=documents_named,
        found=found,
        known=known,
        gates=_others(rules, looked.state),
        groups=_groups(page, found, rules),
        shortest=shortest,
        others=others,
        state=looked.state,
        record=looked.state.gates.get(gate),
        terms=rules.policy.ratification,
        may_waive=_may_waive(page, found, looked.state, rules),
        sources=Sources(page, looked.state),
        named=named,
        at=looked.at,
        day=day,
        today=datetime.now(zone_of(page.request)).date(),
    )


def _day(text: str) -> date | None:
    if not text:
        return None
    try:
        found = date.fromisoformat(text)
    except ValueError:
        found = date.min
    if not FIRST_YEAR <= found.year <= LAST_YEAR:
        fault = FieldProblem(path="query.at", problem="write a date as 2026-03-31")
        raise ProblemError("invalid_request", errors=[fault])
    return found


def _instant(page: CooperationPage, day: date | None) -> datetime | None:
    """Return the end of a day where readers live; None for today, which is not over."""
    zone = zone_of(page.request)
    if day is None or day == datetime.now(zone).date():
        return None
    return datetime.combine(day + timedelta(days=1), time(), zone).astimezone(UTC) - timedelta(
        seconds=1
    )


def _others(rules: Rulebook, state: Cooperation) -> tuple[tuple[Gate, bool], ...]:
    """Return all gates, each with whether it leads on."""
    ahead = {one.id for one in rules.lifecycle.gates_from(state.stage)}
    return tuple((one, one.id in ahead) for one in rules.lifecycle.gates)


def _groups(page: CooperationPage, found: Examination, rules: Rulebook) -> Iterable[Group]:
    for condition in rules.policy.conditions:
        minimum = found.minima.get(condition.id, 0)
        if minimum:
            yield Group(
                id=condition.id,
                letter=condition.letter,
                label=page.say.label(condition.label),
                level=found.levels[condition.id],
                minimum=minimum,
                criteria=tuple(one for one in found.criteria if one.condition == condition.id),
            )


def _may_waive(
    page: CooperationPage, found: Examination, state: Cooperation, rules: Rulebook
) -> bool:
    record = state.gates.get(found.gate)
    is_left = record is None or record.waived < rules.policy.waiver.times
    is_over = page.detail.status == "closed"
    return found.result == "fail" and is_left and not is_over and page.may_give("waive_gate")
