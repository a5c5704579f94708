"""Writing the feedback loop: the one document that is written by closing a review."""

from __future__ import annotations

from fastapi import APIRouter
from fastapi.responses import Response

from coopflow.entrypoints.http.problems import ProblemError
from coopflow.entrypoints.web.cooperation import CooperationPageDep
from coopflow.entrypoints.web.going import go_to
from coopflow.entrypoints.web.guards import MEMBERS
from coopflow.entrypoints.web.pages.documents import WRITTEN_BY_REVIEWS, may_begin
from coopflow.entrypoints.web.pages.reviews import scopes_of
from coopflow.entrypoints.web.records.hand import hand_of

_PATH = f"/documents/{WRITTEN_BY_REVIEWS}"

router = APIRouter(prefix="/c/{programme}/{cooperation}", dependencies=MEMBERS)


@router.get(f"{_PATH}/edit")
async def begin(page: CooperationPageDep) -> Response:
    """Lead to the form that closes a review and keeps its record; ask which one where need be."""
    page.sight.may("documents")
    if not may_begin(page, WRITTEN_BY_REVIEWS):
        raise ProblemError("forbidden")
    hand, back = hand_of(page), page.path + _PATH
    found = [
        one
        for one in await page.services.queries.reviews(page.sight.address)
        if one.closed_at is None and hand.may("close_review", *scopes_of(one.kind))
    ]
    if len(found) == 1 and not any(one.status == "open" for one in found[0].changes):
        return go_to(page.request, page.do("close_review", return_to=back, review=found[0].id))
    return page.render(
        "documents/feedback.html",
        kind=WRITTEN_BY_REVIEWS,
        reviews=found,
        open_changes={
            one.id: sum(change.status == "open" for change in one.changes) for one in found
        },
        back=back,
    )
