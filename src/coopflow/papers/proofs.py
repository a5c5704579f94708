"""Which entries of a journal prove what a fact says.

A fact says where it comes from: a version of a document, a meeting, a member. The entries that
brought those about prove it. What comes from nothing being there is proved by no entry, and said
to be so, with how far was looked.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, Final, NamedTuple

from coopflow.domain.base import Source
from coopflow.domain.conditions import FactRead
from coopflow.domain.events import Entry
from coopflow.domain.facts import Query
from coopflow.domain.rulebook import Rulebook
from coopflow.domain.state import Cooperation
from coopflow.domain.tools import KIND_LABELS

_Key = tuple[str, ...]

_VERSIONS: Final = (
    "document_drafted",
    "document_approved",
    "charter_came_into_force",
    "document_went_stale",
)
_STANDING: Final = ("member_joined", "member_reinstated")


class Proof(NamedTuple):
    """What proves a fact.

    Attributes:
        entries: the numbers of the entries that do, in order.
        looked_at: the number of the last entry that was looked at, from the first, when what the
            fact says comes from nothing being there.
    """

    entries: tuple[int, ...] = ()
    looked_at: int | None = None


class Proofs:
    """Finds the entries of a journal that prove something."""

    def __init__(self, entries: Sequence[Entry], state: Cooperation, rules: Rulebook) -> None:
        """Look through a journal.

        Args:
            entries: the journal, from its beginning.
            state: what it came to.
            rules: what the facts are read by.
        """
        self._state = state
        self._rules = rules
        self._last = entries[-1].seq
        self._found: dict[_Key, list[int]] = defaultdict(list)
        for entry in entries:
            event = entry.event
            for key in _keys(event.type, dict(event)):
                self._found[event.type, *key].append(entry.seq)

    def of(self, fact: FactRead) -> Proof:
        """Return what proves a fact that was read off the state."""
        query = self._rules.queries[fact.name]
        found = {seq for source in fact.sources for seq in self._of_source(source, query)}
        found.update(self._beside(query))
        return Proof(tuple(sorted(found)), None if fact.sources else self._last)

    def latest(self, *events: str, about: _Key = ()) -> tuple[int, ...]:
        """Return the number of the last entry of some events, about something."""
        found = [seq for event in events for seq in self._found[event, *about][-1:]]
        return (max(found),) if found else ()

    def all_of(self, event: str, *about: str) -> tuple[int, ...]:
        """Return the numbers of all entries of an event about something."""
        return tuple(self._found[event, *about])

    def _of_source(self, source: Source, query: Query) -> Iterable[int]:
        if source.kind == "document":
            return self._of_version(source.id, str(source.version))
        if source.kind == "member":
            return self._of_member(source.id, query)
        return _OF[source.kind](self, source.id)

    def _of_version(self, kind: str, version: str) -> Iterator[int]:
        for event in _VERSIONS:
            yield from self._found[event, kind, version][-1:]

    def _of_member(self, organisation: str, query: Query) -> tuple[int, ...]:
        match query.model_dump()["fact"]:
            case "members.profiles_share":
                return self.latest("member_described", about=(organisation,))
            case "members.categories":
                return self.latest("member_invited", about=(organisation,))
            case "charter.signed_share":
                return self.latest("charter_signed", about=(organisation,))
            case "indicators.contributors":
                return self.latest("measure_recorded", about=("by", organisation))
        return self.latest(*_STANDING, about=(organisation,))

    def _beside(self, query: Query) -> Iterator[int]:
        """Yield what proves the whole of which a fact is about a part."""
        reads = query.depends_on()
        for kind in reads:
            document = self._state.current(kind) if kind in KIND_LABELS else None
            if document is not None:
                yield from self._of_version(kind, str(document.version))
        if "actions" in reads and self._state.actions:
            yield from self.latest("actions_planned")
        if "members" in reads and query.is_share:
            for organisation in self._state.active:
                yield from self.latest(*_STANDING, about=(organisation,))


def _keys(kind: str, fields: Mapping[str, Any]) -> Iterator[_Key]:
    """Yield what an event is about: a key for each thing."""
    yield ()
    match kind:
        case "charter_signed":
            yield (fields["organisation"],)
        case "actions_planned":
            yield from ((action.id,) for action in fields["actions"])
        case "measure_recorded":
            yield (fields["indicator"],)
            yield ("by", fields["organisation"])
        case "gate_requested":
            yield (fields["verdict"].gate,)
        case "mandate_started":
            yield (fields["decision"],)
            yield ("of", fields["terms"].holder)
        case "pulse_recorded":
            pass  # by its day, which is that of the entry
        case _ if "version" in fields and "kind" in fields:
            yield (fields["kind"], str(fields["version"]))
        case _:
            for name in _NAMING:
                if isinstance(fields.get(name), str):
                    yield (fields[name],)
                    break


_NAMING: Final = (
    "meeting",
    "review",
    "check",
    "disagreement",
    "action",
    "gate",
    "organisation",
    "decision",
)
"""The fields that say what an event is about, the first that it has."""


def _of_meeting(proofs: Proofs, meeting: str) -> tuple[int, ...]:
    return (
        *proofs.all_of("meeting_recorded", meeting),
        *proofs.latest("minutes_published", about=(meeting,)),
    )


def _of_decision(proofs: Proofs, decision: str) -> tuple[int, ...]:
    return (
        *proofs.latest("decision_opened", about=(decision,)),
        *proofs.latest("decision_closed", about=(decision,)),
        *proofs.latest("mandate_started", about=(decision,)),
    )


def _of_action(proofs: Proofs, action: str) -> tuple[int, ...]:
    return (
        *proofs.latest("actions_planned", about=(action,)),
        *proofs.latest("action_updated", about=(action,)),
    )


def _of_disagreement(proofs: Proofs, disagreement: str) -> tuple[int, ...]:
    events = ("disagreement_raised", "disagreement_triaged", "disagreement_moved")
    return tuple(seq for one in events for seq in proofs.latest(one, about=(disagreement,)))


_OF: Final[Mapping[str, Callable[[Proofs, str], tuple[int, ...]]]] = {
    "meeting": _of_meeting,
    "decision": _of_decision,
    "action": _of_action,
    "disagreement": _of_disagreement,
    "review": lambda proofs, review: proofs.latest("review_closed", about=(review,)),
    "measure": lambda proofs, indicator: proofs.all_of("measure_recorded", indicator),
    "check": lambda proofs, check: proofs.latest("check_answered", about=(check,)),
    "mandate": lambda proofs, holder: proofs.latest("mandate_started", about=("of", holder)),
    "pulse": lambda proofs, _: proofs.latest("pulse_recorded"),
}
"""What proves a source, by its kind."""
