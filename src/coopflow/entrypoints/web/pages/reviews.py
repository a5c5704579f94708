"""Reviews: when they were convened, what they looked at, what they propose and what came of it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated, Any

from fastapi import APIRouter, Path
from fastapi.responses import Response

from coopflow.domain.base import Label, Slug
from coopflow.entrypoints.http.problems import ProblemError
from coopflow.entrypoints.web.cooperation import CooperationPage, CooperationPageDep
from coopflow.entrypoints.web.guards import MEMBERS
from coopflow.entrypoints.web.records.hand import Hand, Offer, hand_of
from coopflow.entrypoints.web.records.things import people_in, teller_of, things_of
from coopflow.readmodel.chronicle import Narrowing
from coopflow.readmodel.views import JournalLine, ReviewView

router = APIRouter(prefix="/c/{programme}/{cooperation}/reviews", dependencies=MEMBERS)

ReviewId = Annotated[Slug, Path()]


@router.get("")
async def show_all(page: CooperationPageDep) -> Response:
    """List them: what is to be held, then the open ones, then the closed ones, latest first."""
    found = await _readable(page)
    alerts = await page.services.queries.alerts(page.sight.address) if page.may("alerts") else ()
    hand = hand_of(page)
    still = [one for one in found if one.closed_at is None]
    waiting = [
        one
        for one in alerts
        if one.code == "review_due" and one.about not in {other.kind for other in still}
    ]
    await page.know([one.opened_by for one in found if one.opened_by])
    return page.render(
        "cooperation/reviews.html",
        waiting=waiting,
        still=still,
        over=sorted(
            (one for one in found if one.closed_at), key=lambda one: one.opened_at, reverse=True
        ),
        hand=hand,
        may_open=lambda kind: hand.may("open_review", *scopes_of(kind)),
    )


@router.get("/{review}")
async def show(review: ReviewId, page: CooperationPageDep) -> Response:
    """Show one."""
    view = next((one for one in await _readable(page) if one.id == review), None)
    if view is None:
        raise ProblemError("unknown_review")
    hand = hand_of(page)
    lines: tuple[JournalLine, ...] = ()
    if page.may("journal"):
        lines = await page.services.chronicle.about(page.sight.address, "review", review)
    await page.know({*people_in(lines), view.opened_by or ""})
    things = await things_of(page) if page.may("journal") else None
    indicators = things.indicators if things else {}
    titles = things.actions if things else {}
    return page.render(
        "cooperation/review.html",
        view=view,
        convened=await _convened(page, view, lines),
        record=await _record(page, view),
        measures=[indicators.get(one, one) for one in view.measures],
        titles=titles,
        offers=_offers(view, hand),
        changes=[(one, _change_offers(view, one, hand)) for one in view.changes],
        lines=lines,
        teller=teller_of(page, things),
    )


async def _readable(page: CooperationPage) -> list[ReviewView]:
    extent = page.sight.may("reviews")
    found = await page.services.queries.reviews(page.sight.address)
    return [one for one in found if extent == "all" or one.summary_published]


def scopes_of(kind: str) -> tuple[str, ...]:
    """Return which scopes of the matrix hold for reviews of a kind, beside ``any``."""
    own = ("own_review",) if kind == "evaluation" else ()
    return (*own, "exceptional") if kind == "exceptional" else own


def _offers(view: ReviewView, hand: Hand) -> tuple[Offer, ...]:
    if view.closed_at is not None:
        return ()
    given, found = {"review": view.id}, []
    scopes = scopes_of(view.kind)
    if hand.may("propose_change", *scopes):
        words = Label(en="Propose a change", fr="Proposer un changement")
        found.append(Offer("propose_change", words, given))
    is_complete = all(one.status != "open" for one in view.changes)
    if is_complete and hand.may("close_review", *scopes):
        words = Label(en="Close the review", fr="Clore le bilan")
        found.append(Offer("close_review", words, given, "primary"))
    return tuple(found)


def _change_offers(view: ReviewView, change: Any, hand: Hand) -> tuple[Offer, ...]:
    scopes = scopes_of(view.kind)
    if view.closed_at or change.status != "open" or not hand.may("resolve_change", *scopes):
        return ()
    given = {"review": view.id, "change": change.id}
    verdicts = (
        ("accepted", Label(en="Accept", fr="Accepter")),
        ("declined", Label(en="Decline, with a reason", fr="Décliner, avec une raison")),
        ("deferred", Label(en="Defer until a day", fr="Reporter à une date")),
    )
    return tuple(
        Offer("resolve_change", words, {**given, "verdict": verdict}) for verdict, words in verdicts
    )


async def _convened(
    page: CooperationPage, view: ReviewView, lines: Iterable[JournalLine]
) -> JournalLine | None:
    """Return the entry that convened a review, for who may read the journal.

    One that was open or closed since then was held for it; another one came without being convened.
    """
    opening = next((one.seq for one in lines if one.type == "review_opened"), None)
    if opening is None:
        return None
    address, wanted = page.sight.address, Narrowing(types=("review_convened",))
    found = await page.services.chronicle.latest(address, wanted, before=opening)
    convened = next((one for one in found if one.data["kind"] == view.kind), None)
    if convened is None:
        return None
    is_held = any(
        one.kind == view.kind
        and one.opened_at < view.opened_at
        and (one.closed_at is None or one.closed_at >= convened.at)
        for one in await page.services.queries.reviews(address)
    )
    return None if is_held else convened


async def _record(page: CooperationPage, view: ReviewView) -> dict[str, Any] | None:
    """Return what a closed review found, as it was kept."""
    if view.closed_at is None or not page.may("documents"):
        return None
    extent, queries = page.sight.may("documents"), page.services.queries
    for one in reversed(await queries.documents(page.sight.address)):
        if one.kind != "feedback_loop" or (extent != "all" and one.approved_at is None):
            continue
        whole = await queries.document(page.sight.address, one.kind, one.version)
        if whole is not None and whole.content.get("review") == view.id:
            return whole.content
    return None
