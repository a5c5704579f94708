"""Disagreements: the ladder as everyone sees it, what is sealed of them for whom it is alone."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated

from fastapi import APIRouter, Path
from fastapi.responses import Response

from coopflow.application.deliberation import ABOUT_DISAGREEMENTS, course_of
from coopflow.definitions.terms import MATTERS
from coopflow.domain.base import Slug
from coopflow.domain.disagreements import READERS
from coopflow.domain.refusals import Refusal
from coopflow.entrypoints.http.problems import refused
from coopflow.entrypoints.web.cooperation import CooperationPage, CooperationPageDep
from coopflow.entrypoints.web.guards import MEMBERS
from coopflow.entrypoints.web.records import ladder
from coopflow.entrypoints.web.records.hand import hand_of
from coopflow.entrypoints.web.records.things import people_in, teller_of, things_of
from coopflow.readmodel.views import DecisionView, DisagreementContent

router = APIRouter(prefix="/c/{programme}/{cooperation}/disagreements", dependencies=MEMBERS)

DisagreementId = Annotated[Slug, Path()]


@router.get("")
async def show_all(page: CooperationPageDep) -> Response:
    """List them: those that go on first, then those that are closed."""
    page.sight.may("disagreements")
    found = await page.services.queries.disagreements(page.sight.address)
    return page.render(
        "cooperation/disagreements.html",
        now=datetime.now(UTC),
        still=[one for one in found if one.state != "closed"],
        over=[one for one in reversed(found) if one.state == "closed"],
        steps=ladder.STEPS,
        explained=ladder.EXPLAINED,
        touches=MATTERS,
        hand=hand_of(page),
    )


@router.get("/{disagreement}")
async def show(disagreement: DisagreementId, page: CooperationPageDep) -> Response:
    """Show one; what is sealed of it to whom it is for in its present state."""
    page.sight.may("disagreements")
    queries, address = page.services.queries, page.sight.address
    view = await queries.disagreement(address, disagreement)
    if isinstance(view, Refusal):
        raise refused(view)
    now, hand = datetime.now(UTC), hand_of(page)
    content = await queries.disagreement_content(address, disagreement, page.visitor.person)
    lines = await page.services.chronicle.about(
        address, "disagreement", disagreement, ABOUT_DISAGREEMENTS
    )
    course = course_of(disagreement, lines)
    assert course is not None
    reads_journal = page.may("journal")
    await page.know({*people_in(lines), course.disagreement.mediator or ""})
    things = await things_of(page) if reads_journal else None
    return page.render(
        "cooperation/disagreement.html",
        now=now,
        view=view,
        one=course.disagreement,
        mediation_told=reads_journal or course.disagreement.mediator == page.visitor.person,
        rungs=ladder.rungs(view, course.steps if reads_journal else ()),
        explained=ladder.EXPLAINED,
        awaited=ladder.AWAITED[view.state],
        at_limit=ladder.ASKING if course.disagreement.asking else ladder.AT_LIMIT[view.state],
        offers=ladder.offers(course.disagreement, hand, now),
        content=content if isinstance(content, DisagreementContent) else None,
        brought_about=[
            one
            for one in lines
            if one.data.get("agreed_text") and "agreed_text" not in one.redacted
        ]
        if reads_journal
        else [],
        readers=page.say.several([page.say(f"reader.{one}") for one in READERS[view.state]]),
        decisions=await _decisions(page, disagreement),
        touches=MATTERS,
        lines=lines if reads_journal else (),
        teller=teller_of(page, things),
    )


async def _decisions(page: CooperationPage, disagreement: str) -> list[DecisionView]:
    """Return the decisions on a disagreement that the reader may see."""
    if not page.may("decisions"):
        return []
    extent = page.sight.may("decisions")
    return [
        one
        for one in await page.services.queries.decisions(page.sight.address)
        if one.subject == f"disagreement:{disagreement}"
        and (extent == "all" or one.closed_at is not None)
    ]
