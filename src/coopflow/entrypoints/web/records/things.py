"""What the decisions, disagreements, meetings and other things of a cooperation are called."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from coopflow.entrypoints.web.cooperation import CooperationPage
from coopflow.readmodel.views import DecisionView, JournalLine, MeetingView
from coopflow.wording.phrases import Phrases
from coopflow.wording.telling import Teller

PERSON_FIELDS = ("person", "representative", "alternate", "author")


@dataclass(frozen=True)
class Things:
    """The things of a cooperation that its journal names, by id, with what they are called."""

    decisions: Mapping[str, DecisionView]
    disagreements: Mapping[str, str]
    meetings: Mapping[str, MeetingView]
    indicators: Mapping[str, str]


async def things_of(page: CooperationPage) -> Things:
    """Look up what there is, for a reader who may read the journal."""
    queries, address = page.services.queries, page.sight.address
    decisions = await queries.decisions(address)
    disagreements = await queries.disagreements(address)
    meetings = await queries.meetings(address)
    indicators = await queries.measures(address, datetime.now(UTC))
    return Things(
        {one.id: one for one in decisions},
        {one.id: one.subject for one in disagreements},
        {one.id: one for one in meetings},
        {one.id: one.definition for one in indicators},
    )


def teller_of(page: CooperationPage, things: Things | None = None) -> Teller:
    """Return what tells events to the reader of a page; whom it names has to be known by then."""
    names = {one.id: one.name for one in page.members}
    plain = Teller(page.rules, page.say, organisations=names, people=page.people)
    if things is None:
        return plain
    named = {
        "decision": {
            slug: quoted(page.say, title_of(page, one)) for slug, one in things.decisions.items()
        },
        "disagreement": {
            slug: quoted(page.say, subject) for slug, subject in things.disagreements.items()
        },
        "meeting": {
            slug: f"{page.say(f'meeting.{one.kind}')}, {page.say.day(one.held_at)}"
            for slug, one in things.meetings.items()
        },
        "indicator": {slug: quoted(page.say, said) for slug, said in things.indicators.items()},
    }
    return Teller(page.rules, page.say, organisations=names, people=page.people, things=named)


def title_of(page: CooperationPage, view: DecisionView) -> str:
    """Return what a decision is called: its question, else what it is about."""
    if view.question:
        return view.question
    kind, _, thing = view.subject.partition(":")
    if kind == "document" and view.document_version is not None:
        named = page.say(f"document.{thing}")
        return capital(page.say("matter.version", about=named, version=view.document_version))
    return capital(teller_of(page).subject(view.subject))


def capital(words: str) -> str:
    """Return words with a capital letter in front."""
    return words[:1].upper() + words[1:]


def quoted(say: Phrases, words: str) -> str:
    """Put words in the quotation marks of the language."""
    return f"« {words} »" if say.language == "fr" else f"“{words}”"


def people_in(lines: Iterable[JournalLine]) -> set[str]:
    """Return whom entries name."""
    found: set[str] = set()
    for line in lines:
        named: list[Any] = [line.actor, *(line.data.get(name) for name in PERSON_FIELDS)]
        found.update(one for one in named if isinstance(one, str))
    return found
