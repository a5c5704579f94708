"""Entries of the journal as sentences, with what things are called for those who may know it."""

from __future__ import annotations

from coopflow.domain.chain import Record
from coopflow.domain.state import Cooperation
from coopflow.domain.tools import ValueChain
from coopflow.papers.about import About
from coopflow.wording.telling import Teller
from coopflow.wording.things import Called, decision_named, named_things


class Sentences:
    """Tells entries: to those who may read the journal by names of things, to others by ids."""

    def __init__(self, about: About, state: Cooperation) -> None:
        """Prepare to tell.

        Args:
            about: whose journal it is, and for whom.
            state: what all entries that are told have come to.
        """
        self._about = about
        self._reviews = state.reviews
        self._is_named = about.reader.sees_all("journal")
        things = named_things(_called(about, state), about.say) if self._is_named else None
        self._teller = Teller(
            about.rules,
            about.say,
            organisations=about.organisations,
            people=about.people,
            things=things,
        )

    def of(self, record: Record) -> str:
        """Return an entry as a sentence, without a full stop."""
        event = record["event"]
        fields = {name: value for name, value in event.items() if name != "type"}
        withheld = [
            pointer.removeprefix("/event/")
            for pointer in record.get("withheld", ())
            if pointer.startswith("/event/") and pointer.removeprefix("/event/") not in fields
        ]
        if self._is_named and event["type"] == "change_resolved":
            fields["change"] = self._change(event["review"], event["change"])
        return self._teller.tell(event["type"], fields, withheld)

    def _change(self, review: str, change: str) -> str:
        found = self._reviews[review].changes.get(change) if review in self._reviews else None
        return change if found is None else found.text


def _called(about: About, state: Cooperation) -> Called:
    chains = (one.typed for one in state.documents.get("value_chain", ()))
    return Called(
        decisions={
            slug: decision_named(about.teller, about.say, one.question, one.subject, one.document)
            for slug, one in state.decisions.items()
        },
        disagreements={slug: one.subject for slug, one in state.disagreements.items()},
        meetings={slug: (one.kind, one.held_at) for slug, one in state.meetings.items()},
        reviews={slug: (one.kind, one.period) for slug, one in state.reviews.items()},
        indicators={
            one.id: one.definition
            for chain in chains
            if isinstance(chain, ValueChain)
            for objective in chain.objectives
            for one in objective.indicators
        },
        actions={slug: one.title for slug, one in state.actions.items()},
    )
