"""What a cooperation shows to everybody: whoever reads it, nothing but what is meant.

Nothing that is sealed, secret or not adopted yet is in it, and of people nothing but what the
identity sheet says of itself as its public contact.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any, Final, NamedTuple

from fastapi import Request

from coopflow.application.engine import Address
from coopflow.directory.publications import Part
from coopflow.domain.policy import subject_kind
from coopflow.domain.tools import IdentitySheet, read
from coopflow.entrypoints.http.dependencies import services_of
from coopflow.entrypoints.web.rendering import phrases_of
from coopflow.entrypoints.web.standing import Step, steps_of
from coopflow.pictures.lifecycle import lifecycle_picture
from coopflow.pictures.picture import wide_and_narrow
from coopflow.readmodel.rulebooks import Rulebooks
from coopflow.readmodel.views import CooperationDetail, DecisionView, DocumentSummary
from coopflow.wording.naming import Names
from coopflow.wording.telling import Teller

_MOST: Final = 50
_SHEET: Final = "identity_sheet"
_ADOPTED: Final = frozenset({"approved", "stale"})
_SHOWN: Final = frozenset({"document", "mandate", "gate", "policy", "return", "closing", "other"})
"""What decisions on the page are about: none that is about a member, a disagreement or money."""


class PublicDecision(NamedTuple):
    """A decision that is closed: what it was about, and the arithmetic that led to its result."""

    about: str
    view: DecisionView
    reason: str


class Published(NamedTuple):
    """What a page shows of a cooperation.

    Attributes:
        detail: the cooperation.
        parts: what was chosen.
        stage: what its stage is called.
        steps: the stages, where that was chosen.
        picture: the same as HTML.
        told: what the picture says.
        sheet: the identity sheet, where that was chosen and one is adopted.
        members: the names of the organisations on it.
        holder: the name of the one in support.
        decisions: those that are closed, the latest first, where that was chosen.
    """

    detail: CooperationDetail
    parts: frozenset[str]
    stage: str
    steps: tuple[Step, ...]
    picture: str
    told: str
    sheet: IdentitySheet | None
    members: tuple[str, ...]
    holder: str
    decisions: tuple[PublicDecision, ...]


async def published(request: Request, address: Address, parts: Collection[Part]) -> Published:
    """Return what is shown of a cooperation.

    Raises:
        UnknownCooperationError: there is none.
    """
    queries = services_of(request).queries
    say = phrases_of(request)
    detail = await queries.cooperation(address)
    rulebooks: Rulebooks = request.app.state.rulebooks
    rules = await rulebooks.of(detail, detail.policy)
    names = {one.id: one.name for one in await queries.members(address)}
    steps: tuple[Step, ...] = ()
    picture = told = ""
    if "stage" in parts and rules is not None:
        lifecycle, stage, since = rules.lifecycle, detail.stage, detail.stage_since
        steps = steps_of(lifecycle, stage, say)

        def draw(frame: Any) -> Any:
            return lifecycle_picture(lifecycle, say, frame, stage=stage, since=since)

        picture = wide_and_narrow(draw, "lifecycle")
        told = " ".join(one.purpose for one in steps if one.place == "current")
    sheet = await _sheet(request, address) if "identity" in parts else None
    teller = Teller(rules, say, organisations=names)
    decisions = await queries.decisions(address) if "decisions" in parts else ()
    shown = [
        PublicDecision(
            one.question or teller.subject(one.subject),
            one,
            say.counted(one.arithmetic) if one.arithmetic is not None else "",
        )
        for one in sorted(decisions, key=lambda one: one.closed_at or one.opened_at, reverse=True)
        if one.result in {"adopted", "rejected"}
        and not one.secret
        and subject_kind(one.subject) in _SHOWN
    ]
    return Published(
        detail=detail,
        parts=frozenset(parts),
        stage=Names(rules, say).stage(detail.stage),
        steps=steps,
        picture=picture,
        told=told,
        sheet=sheet,
        members=tuple(names.get(one, one) for one in sheet.members) if sheet else (),
        holder=names.get(sheet.support_holder, sheet.support_holder) if sheet else "",
        decisions=tuple(shown[:_MOST]),
    )


async def _sheet(request: Request, address: Address) -> IdentitySheet | None:
    """Return the identity sheet that counts, if one does."""
    queries = services_of(request).queries
    adopted: list[DocumentSummary] = [
        one
        for one in await queries.documents(address)
        if one.kind == _SHEET and one.status in _ADOPTED
    ]
    if not adopted:
        return None
    newest = max(adopted, key=lambda one: one.version)
    found = await queries.document(address, newest.kind, newest.version)
    content = read(_SHEET, found.content) if found else None
    return content if isinstance(content, IdentitySheet) else None
