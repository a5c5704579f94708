"""The documents of a cooperation: all of them, one version as it is read, what has changed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Annotated, Any, Final, NamedTuple

from fastapi import APIRouter, Path, Query
from fastapi.responses import Response

from coopflow.application.differences import Difference
from coopflow.domain.documents import submission_problems
from coopflow.domain.tools import TOOLS, Kind
from coopflow.entrypoints.http.looking import look
from coopflow.entrypoints.http.problems import ProblemError
from coopflow.entrypoints.http.routes.documents import is_published
from coopflow.entrypoints.web.cooperation import CooperationPage, CooperationPageDep
from coopflow.entrypoints.web.forms.changes import Passage, passages
from coopflow.entrypoints.web.forms.faults import of_problems
from coopflow.entrypoints.web.forms.form import Wrong, of_tool
from coopflow.entrypoints.web.forms.shown import Known, Option
from coopflow.entrypoints.web.forms.telling import Teller, Told
from coopflow.entrypoints.web.guards import MEMBERS
from coopflow.readmodel.views import DecisionView, DocumentDetail, DocumentSummary
from coopflow.wording.things import review_named

WRITTEN_BY_REVIEWS: Final = "feedback_loop"
"""The kind of document that nobody drafts: closing a review writes it."""

PAPERS: Final = {"identity_sheet": "identity-sheet.pdf", "charter": "charter.pdf"}
"""The kinds of documents that are printed, and under which name."""

_STANDING: Final = ("in_force", "approved", "stale", "submitted", "draft", "expired", "superseded")
"""Statuses of versions, the one first by which a document is known."""

_SHORT: Final = 80

router = APIRouter(prefix="/c/{programme}/{cooperation}/documents", dependencies=MEMBERS)

KindOf = Annotated[Kind, Path()]
VersionOf = Annotated[int, Path(ge=1, le=2**31 - 1)]
Chosen = Annotated[int | None, Query(ge=1, le=2**31 - 1)]


class Listed(NamedTuple):
    """A kind of document with its versions.

    Attributes:
        kind: which.
        standing: the version by which it is known; None while there is none.
        versions: those that the reader may read, the newest first.
    """

    kind: str
    standing: DocumentSummary | None
    versions: tuple[DocumentSummary, ...]

    @property
    def newest(self) -> DocumentSummary | None:
        """The version that was written last."""
        return self.versions[0] if self.versions else None


class Changed(NamedTuple):
    """A part that differs between two versions.

    Attributes:
        way: the way to it, in words.
        kind: ``added``, ``removed``, ``changed`` or ``moved``.
        before: what stood there, as it is read.
        after: what stands there.
        passages: of two texts, what of them stayed, went and came.
    """

    way: tuple[str, ...]
    kind: str
    before: Told | None
    after: Told | None
    passages: tuple[Passage, ...]


@router.get("")
async def show(page: CooperationPageDep) -> Response:
    """Show all eight documents, and which versions there are of each."""
    found = await readable(page)
    listed = [_listed(kind, found) for kind in TOOLS]
    return page.render("documents/all.html", listed=listed, papers=PAPERS, unwritten=_unwritten)


@router.get("/{kind}")
async def newest(kind: KindOf, page: CooperationPageDep) -> Response:
    """Show the version of a document that was written last, or that there is none yet."""
    listed = _listed(kind, await readable(page))
    if listed.newest is None:
        return page.render("documents/none.html", kind=kind, may_write=may_begin(page, kind))
    return await _version(page, listed, listed.newest.version)


@router.get("/{kind}/differences")
async def differences(
    kind: KindOf, page: CooperationPageDep, earlier: Chosen = None, later: Chosen = None
) -> Response:
    """Show what differs between two versions: by default between the last two."""
    listed = _listed(kind, await readable(page))
    numbers = [one.version for one in listed.versions]
    if len(numbers) < 2:  # noqa: PLR2004 - it takes two
        raise ProblemError("unknown_document")
    later = later or numbers[0]
    earlier = earlier or next((one for one in numbers if one < later), numbers[-1])
    if not {earlier, later} <= set(numbers):
        raise ProblemError("unknown_document")
    found = await page.services.queries.document_difference(
        page.sight.address, kind, min(earlier, later), max(earlier, later)
    )
    if found is None:
        raise ProblemError("unknown_document")
    versions = [
        await page.services.queries.document(page.sight.address, kind, one)
        for one in (found.later, found.earlier)
    ]
    contents = [one.content for one in versions if one is not None]
    teller = Teller(page.say, await named(page, kind, {}))
    return page.render(
        "documents/differences.html",
        kind=kind,
        listed=listed,
        earlier=found.earlier,
        later=found.later,
        changes=[_changed(kind, one, teller, contents) for one in found.differences],
    )


@router.get("/{kind}/{version:int}")
async def version(kind: KindOf, version: VersionOf, page: CooperationPageDep) -> Response:
    """Show a version of a document as it is read, and what can be done with it."""
    return await _version(page, _listed(kind, await readable(page)), version)


async def readable(page: CooperationPage) -> tuple[DocumentSummary, ...]:
    """Return the versions of all documents that the reader may read.

    Raises:
        ProblemError: none at all (``forbidden``).
    """
    extent = page.sight.may("documents")
    found = await page.services.queries.documents(page.sight.address)
    return tuple(one for one in found if extent == "all" or is_published(one))


def may_write(page: CooperationPage, kind: str) -> bool:
    """Whether the reader may write a version of a document."""
    return (
        kind != WRITTEN_BY_REVIEWS
        and page.detail.status == "active"
        and page.may_give("draft_document")
    )


def may_begin(page: CooperationPage, kind: str) -> bool:
    """Whether the reader may come to write a version, be it by closing a review."""
    if kind != WRITTEN_BY_REVIEWS:
        return may_write(page, kind)
    return page.detail.status == "active" and page.may_give("close_review")


async def named(page: CooperationPage, kind: str, content: Mapping[str, Any]) -> Known:
    """Return what things are called that a document names: organisations, those that left as well.

    Objectives by why they are pursued, actions by their titles, indicators by their definitions and
    reviews by their kinds, as far as the reader may read these.
    """
    queries, address, say = page.services.queries, page.sight.address, page.say
    known = {"members": [Option(one.id, one.name) for one in page.members]}
    if kind == "roadmap":
        known["own_actions"] = _options(content.get("actions"), "title")
        chains = [one for one in await readable(page) if one.kind == "value_chain"]
        newest = max((one.version for one in chains), default=None)
        chain = await queries.document(address, "value_chain", newest) if newest else None
        known["objectives"] = _options(chain.content.get("objectives") if chain else None, "why")
    if kind == WRITTEN_BY_REVIEWS and page.may("measures"):
        indicators = await queries.measures(address, datetime.now(UTC))
        known["indicators"] = [Option(one.id, one.definition) for one in indicators]
    if kind == WRITTEN_BY_REVIEWS and page.may("reviews"):
        known["reviews"] = [
            Option(one.id, review_named(say, one.kind, one.period))
            for one in await queries.reviews(address)
        ]
    return known


def _options(items: Any, name: str) -> list[Option]:
    """Return what items of a document are called, of which a draft may say anything."""
    listed = items if isinstance(items, list) else []
    found = [one for one in listed if isinstance(one, Mapping)]
    return [
        Option(str(one["id"]), str(one[name])) for one in found if one.get("id") and one.get(name)
    ]


def _listed(kind: str, found: Iterable[DocumentSummary]) -> Listed:
    mine = sorted((one for one in found if one.kind == kind), key=lambda one: -one.version)
    by_standing = sorted(mine, key=lambda one: _STANDING.index(one.status))
    return Listed(kind, by_standing[0] if by_standing else None, tuple(mine))


def _unwritten(kind: str) -> bool:
    return kind != WRITTEN_BY_REVIEWS


async def _version(page: CooperationPage, listed: Listed, number: int) -> Response:
    if number not in {one.version for one in listed.versions}:
        raise ProblemError("unknown_document")
    queries, address, kind = page.services.queries, page.sight.address, listed.kind
    found = await queries.document(address, kind, number)
    assert found is not None, "it was listed"
    await page.know(found.authors)
    decisions = await queries.decisions(address) if found.decision else ()
    decision = next((one for one in decisions if one.id == found.decision), None)
    is_newest = listed.newest is not None and number == listed.newest.version
    teller = Teller(page.say, await named(page, kind, found.content))
    return page.render(
        "documents/version.html",
        kind=kind,
        document=found,
        listed=listed,
        told=_gathered(teller.whole(of_tool(kind).question, found.content)),
        decision=decision if _may_read(page, decision) else None,
        before=next((one.version for one in listed.versions if one.version < number), None),
        is_newest=is_newest,
        may_write=may_begin(page, kind),
        is_of_reviews=kind == WRITTEN_BY_REVIEWS,
        may_submit=is_newest and found.status == "draft" and page.may_give("submit_document"),
        waits_for=next((one for one in listed.versions if one.status == "submitted"), None),
        missing=await _missing(page, found) if is_newest and may_write(page, kind) else (),
        signing=_signing(page, found),
        papers=PAPERS,
    )


def _gathered(told: Iterable[Told]) -> list[Told]:
    """Return answers with short ones beside each other gathered: they need no heading each."""
    found: list[Told] = []
    for one in told:
        if one.kind != "text" or len(one.text) > _SHORT or "\n" in one.text:
            found.append(one)
        elif found and not found[-1].label:
            gathered = found.pop()
            found.append(Told("facts", "", parts=(*gathered.parts, one)))
        else:
            found.append(Told("facts", "", parts=(one,)))
    return found


def _may_read(page: CooperationPage, decision: DecisionView | None) -> bool:
    if decision is None or not page.may("decisions"):
        return False
    return page.sight.may("decisions") == "all" or decision.closed_at is not None


async def _missing(page: CooperationPage, found: DocumentDetail) -> Sequence[Wrong]:
    """Return what keeps a draft from being submitted, each with the field where it is mended."""
    if found.status != "draft":
        return ()
    form = of_tool(found.kind)
    typed = form.fill(found.content, page.say)
    faults = form.faults(typed, page.say)
    if not faults:
        looked = await look(page.services, page.sight)
        problems = submission_problems(looked.state, found.kind, found.content)
        faults = of_problems(problems, form.question, typed)
    return form.show(typed, page.say, faults=faults).wrong


def _signing(page: CooperationPage, found: DocumentDetail) -> tuple[str, ...]:
    """Return the organisations for which the reader may sign a charter."""
    if found.kind != "charter" or found.status not in {"approved", "in_force"}:
        return ()
    active = {one.id for one in page.members if one.status == "active"}
    return tuple(one for one in page.speaks_for if one in active and one not in found.signatures)


def _changed(
    kind: str, one: Difference, teller: Teller, contents: Sequence[Mapping[str, Any]]
) -> Changed:
    steps = teller.way(of_tool(kind).question, one.path, *contents)
    question = steps[-1].question if steps else None
    before = after = None
    if question is not None and one.kind != "moved":
        before = teller.tell(question, one.before, "")
        after = teller.tell(question, one.after, "")
    texts = [told.text for told in (before, after) if told is not None and told.kind == "text"]
    return Changed(
        way=tuple(step.words for step in steps),
        kind=one.kind,
        before=before,
        after=after,
        passages=passages(*texts) if len(texts) == 2 else (),  # noqa: PLR2004 - before and after
    )
