"""Decisions: what is asked and until when, how it is decided, what came of it; and answering."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Annotated, Any, Final
from uuid import uuid4

from fastapi import APIRouter, Path, Query
from fastapi.responses import Response
from markupsafe import Markup

from coopflow.domain.base import Slug
from coopflow.domain.policy import subject_kind
from coopflow.domain.tools import TOOLS
from coopflow.entrypoints.http.problems import ProblemError
from coopflow.entrypoints.web.cooperation import CooperationPage, CooperationPageDep
from coopflow.entrypoints.web.forms.labels import label_of
from coopflow.entrypoints.web.guards import MEMBERS
from coopflow.entrypoints.web.records.decided import (
    Decided,
    decided,
    objection_offers,
    offers,
    policy_differences,
    veto_offers,
)
from coopflow.entrypoints.web.records.hand import hand_of
from coopflow.entrypoints.web.records.things import teller_of, things_of, title_of
from coopflow.pictures.arithmetic import arithmetic_picture
from coopflow.pictures.picture import Frame, Picture, wide_and_narrow
from coopflow.readmodel.views import DecisionView
from coopflow.wording.ruling import ANSWERS, EFFECTS, OBJECTIONS

router = APIRouter(prefix="/c/{programme}/{cooperation}/decisions", dependencies=MEMBERS)

RESULTS: Final = ("open", "adopted", "rejected", "lapsed", "cancelled", "void")
_SHOWN: Final = 40

DecisionId = Annotated[Slug, Path()]


@router.get("")
async def show_all(
    page: CooperationPageDep,
    result: Annotated[str, Query(max_length=20)] = "",
    subject: Annotated[str, Query(max_length=80)] = "",
    after: Annotated[str, Query(max_length=100)] = "",
) -> Response:
    """List them: the open ones with their deadline first, then the closed ones, latest first."""
    found = await _readable(page)
    kinds = sorted({subject_kind(one.subject) for one in found})
    wanted = [
        one
        for one in found
        if result in {"", one.result or "open"} and subject in {"", subject_kind(one.subject)}
    ]
    still = sorted((one for one in wanted if one.result is None), key=lambda one: one.closes_at)
    over = [one for one in wanted if one.result is not None]
    over.sort(key=lambda one: (one.closed_at, one.id), reverse=True)
    rest = _behind(over, after)
    return page.render(
        "cooperation/decisions.html",
        now=datetime.now(UTC),
        still=[] if after else [await decided(page, one) for one in still],
        over=rest[:_SHOWN],
        further=rest[_SHOWN - 1].id if len(rest) > _SHOWN else "",
        total=len(found),
        kinds=kinds,
        results=RESULTS,
        chosen={"result": result, "subject": subject},
        hand=hand_of(page),
        title_of=lambda one: title_of(page, one),
    )


@router.get("/{decision}")
async def show(decision: DecisionId, page: CooperationPageDep) -> Response:
    """Show one."""
    now, hand = datetime.now(UTC), hand_of(page)
    view = next((one for one in await _readable(page) if one.id == decision), None)
    if view is None:
        raise ProblemError("unknown_decision")
    found = await decided(page, view)
    things = await things_of(page) if page.may("journal") else None
    objections = found.story.decision.objections if found.story else {}
    return page.render(
        "cooperation/decision.html",
        now=now,
        found=found,
        hand=hand,
        answers=ANSWERS,
        effects=EFFECTS,
        objection_words=OBJECTIONS,
        chances=found.chances(hand, now),
        offers=(*offers(found, page, hand), *await veto_offers(found, page, hand, now)),
        objection_offers={one: objection_offers(found, page, hand, one) for one in objections},
        differences=await policy_differences(page, found) if found.kind == "policy" else None,
        teller=teller_of(page, things),
        picture=_picture(page, found),
        changes_of=lambda one: [
            (_field_named(page, view.subject, name), _written(value))
            for name, value in one.changes.items()
        ],
        new_key=lambda: uuid4().hex,
    )


async def _readable(page: CooperationPage) -> list[DecisionView]:
    extent = page.sight.may("decisions")
    found = await page.services.queries.decisions(page.sight.address)
    return [one for one in found if extent == "all" or one.closed_at is not None]


def _field_named(page: CooperationPage, subject: str, name: str) -> str:
    """Return what a field of a proposal is called in its form."""
    tool = TOOLS.get(subject.partition(":")[2])
    try:
        both = label_of(f"{tool.__name__ if tool else 'ProposeMandate'}.{name}")
    except KeyError:
        return name
    return both[page.say.language == "fr"]


def _written(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, indent=1)


def _picture(page: CooperationPage, found: Decided) -> Markup:
    """Draw how answers stand; who draws it escapes what people have written."""
    view = found.view

    def draw(frame: Frame) -> Picture:
        return arithmetic_picture(
            found.title,
            view.counts,
            view.electorate,
            page.say,
            frame,
            answers=view.answers,
            quorum=found.quorum,
            rule=found.rule,
        )

    return Markup(wide_and_narrow(draw, "count"))  # noqa: S704 - escaped


def _behind(over: Sequence[DecisionView], after: str) -> Sequence[DecisionView]:
    """Return what follows a decision in a list; the whole list where it is not in it."""
    place = next((number for number, one in enumerate(over) if one.id == after), -1)
    return over[place + 1 :]
