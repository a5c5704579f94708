"""Where people find what a fact was read off, and what it is called."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from typing import Final

from coopflow.domain.base import Source
from coopflow.domain.state import Cooperation
from coopflow.domain.tools import KIND_LABELS
from coopflow.entrypoints.web.cooperation import CooperationPage
from coopflow.wording.phrases import Phrases
from coopflow.wording.subjects import subject_said

_PLACES: Final = {
    "decision": "/decisions/{id}",
    "disagreement": "/disagreements/{id}",
    "review": "/reviews/{id}",
    "meeting": "/meetings",
    "measure": "/indicators",
    "action": "/documents/roadmap",
    "member": "/people",
    "mandate": "/people",
}


_DOCUMENT: Final = re.compile(r"\b([a-z_]+)@([0-9]+)")


def documents_named(text: str, say: Phrases) -> str:
    """Return what the engine says is missing with documents by what they are called."""

    def named(found: re.Match[str]) -> str:
        kind, version = found.groups()
        return f"{say(f'document.{kind}')}, version {version}" if kind in KIND_LABELS else found[0]

    return _DOCUMENT.sub(named, text)


class Sources:
    """Names sources of facts, and leads to them."""

    def __init__(self, page: CooperationPage, state: Cooperation) -> None:
        """Name what a state holds, for the readers of a page."""
        self._page, self._state = page, state
        chain = state.newest("value_chain", "approved", "in_force", "stale")
        objectives = getattr(chain.typed, "objectives", ()) if chain else ()
        self._indicators: Mapping[str, str] = {
            one.id: one.definition for objective in objectives for one in objective.indicators
        }

    def path(self, source: Source) -> str | None:
        """Return the page that shows a source; None where none does."""
        if source.kind == "document":
            version = f"/{source.version}" if source.version is not None else ""
            return f"{self._page.path}/documents/{source.id}{version}"
        found = _PLACES.get(source.kind)
        return None if found is None else self._page.path + found.format(id=source.id)

    def words(self, source: Source) -> str:  # noqa: PLR0911 - one per kind
        """Return what a source is called."""
        say, state = self._page.say, self._state
        match source.kind:
            case "document" if source.id in KIND_LABELS:
                name = say(f"document.{source.id}")
                return name if source.version is None else f"{name} v{source.version}"
            case "member" | "mandate":
                return self._page.organisation(source.id)
            case "meeting" if source.id in state.meetings:
                meeting = state.meetings[source.id]
                return f"{say(f'meeting.{meeting.kind}')}, {say.day(meeting.held_at)}"
            case "review" if source.id in state.reviews:
                review = state.reviews[source.id]
                return f"{say(f'review.{review.kind}')}, {say.day(review.opened_at)}"
            case "action" if source.id in state.actions:
                return state.actions[source.id].title
            case "measure" if source.id in self._indicators:
                return self._indicators[source.id]
            case "decision" if source.id in state.decisions:
                decision = state.decisions[source.id]
                return decision.question or subject_said(decision.subject, say, self._page.names)
            case "disagreement" if source.id in state.disagreements:
                return state.disagreements[source.id].subject
            case "pulse":
                return f"{say('source.pulse')} {say.day(date.fromisoformat(source.id))}"
        return f"{say(f'source.{source.kind}')} {source.id}"
