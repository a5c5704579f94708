"""What the decisions, disagreements, meetings and other things of a cooperation are called."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from coopflow.entrypoints.web.cooperation import CooperationPage
from coopflow.readmodel.chronicle import Narrowing
from coopflow.readmodel.views import DecisionView, JournalLine, MeetingView, ReviewView
from coopflow.wording.telling import Teller
from coopflow.wording.things import Called, decision_named, named_things

_PERSON_FIELDS: Final = ("person", "representative", "alternate", "author")
_PLANS: Final = Narrowing(types=("actions_planned",))
_LATEST: Final = 10


@dataclass(frozen=True)
class Things:
    """The things of a cooperation that its journal names, by id, with what they are called."""

    decisions: Mapping[str, DecisionView]
    disagreements: Mapping[str, str]
    meetings: Mapping[str, MeetingView]
    reviews: Mapping[str, ReviewView]
    indicators: Mapping[str, str]
    actions: Mapping[str, str]


async def things_of(page: CooperationPage) -> Things:
    """Look up what there is, for a reader who may read the journal."""
    queries, address = page.services.queries, page.sight.address
    decisions = await queries.decisions(address)
    disagreements = await queries.disagreements(address)
    meetings = await queries.meetings(address)
    reviews = await queries.reviews(address)
    indicators = await queries.measures(address, datetime.now(UTC))
    planned = await page.services.chronicle.latest(address, _PLANS, limit=_LATEST)
    return Things(
        {one.id: one for one in decisions},
        {one.id: one.subject for one in disagreements},
        {one.id: one for one in meetings},
        {one.id: one for one in reviews},
        {one.id: one.definition for one in indicators},
        {one["id"]: one["title"] for line in reversed(planned) for one in line.data["actions"]},
    )


def teller_of(page: CooperationPage, things: Things | None = None) -> Teller:
    """Return what tells events to the reader of a page; whom it names has to be known by then."""
    names = {one.id: one.name for one in page.members}
    plain = Teller(page.rules, page.say, organisations=names, people=page.people)
    if things is None:
        return plain
    called = Called(
        decisions={slug: title_of(page, one) for slug, one in things.decisions.items()},
        disagreements=things.disagreements,
        meetings={slug: (one.kind, one.held_at) for slug, one in things.meetings.items()},
        reviews={slug: (one.kind, one.period) for slug, one in things.reviews.items()},
        indicators=things.indicators,
        actions=things.actions,
    )
    named = named_things(called, page.say)
    return Teller(page.rules, page.say, organisations=names, people=page.people, things=named)


def title_of(page: CooperationPage, view: DecisionView) -> str:
    """Return what a decision is called: its question, else what it is about."""
    version = view.document_version
    return decision_named(teller_of(page), page.say, view.question, view.subject, version)


def changed(things: Things, line: JournalLine) -> Mapping[str, Any]:
    """Return the fields of an entry, with the text of a change in the place of its id."""
    review = things.reviews.get(line.data.get("review", ""))
    if line.type != "change_resolved" or review is None:
        return line.data
    texts = {one.id: one.text for one in review.changes}
    change = line.data["change"]
    return {**line.data, "change": texts.get(change, change)}


def people_in(lines: Iterable[JournalLine]) -> set[str]:
    """Return whom entries name."""
    found: set[str] = set()
    for line in lines:
        named: list[Any] = [line.actor, *(line.data.get(name) for name in _PERSON_FIELDS)]
        found.update(one for one in named if isinstance(one, str))
    return found
