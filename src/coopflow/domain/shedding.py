"""What a state lets go: the things of the past that no rule reads any more.

A cooperation lives for years, and its state goes from run to run and is written with every
command. What is over stays in the journal and in the read model; of the state it is a part for as
long as anything may follow from it. Letting it go is no event: whatever is decided, told or
examined afterwards is the same. Of what was let go its id remains known (``Past``), so that it is
never taken again and a command about it is told that it is over.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Any, Final, NamedTuple

from coopflow.domain.calendar import Span, end_of
from coopflow.domain.decisions import AboutDecision
from coopflow.domain.disagreements import AboutDisagreement
from coopflow.domain.documents import replaced_by
from coopflow.domain.events import Event
from coopflow.domain.facts.learning import (
    AdjustedAfterReview,
    CitingDecisions,
    Reviews,
    RoadmapAfterReview,
)
from coopflow.domain.facts.people import Attendance, Meetings
from coopflow.domain.meetings import MinutesPublished
from coopflow.domain.rulebook import Rulebook
from coopflow.domain.state import (
    Cooperation,
    Decision,
    Delegation,
    Disagreement,
    Document,
    Meeting,
    Past,
    Review,
)


class Reads(NamedTuple):
    """How far back rules look.

    Attributes:
        vetoed: for how long what was adopted may be vetoed.
        recalled: for how long a lapsed decision may be called again.
        alerted: for how long an alert stands about a lapsed decision.
        cited: for how long an adopted decision that cites an indicator counts.
        meetings: what is counted among meetings; their kind and age matter, no more.
        plenaries: of how many of the last plenaries the attendance counts.
        reviews: what is counted among closed reviews.
    """

    vetoed: tuple[Span, ...]
    recalled: tuple[Span, ...]
    alerted: tuple[Span, ...]
    cited: tuple[Span, ...]
    meetings: tuple[Meetings, ...]
    plenaries: int
    reviews: tuple[Reviews, ...]


_QUARTER: Final = Span(months=3)
_YEARS: Final = Span(months=36)

WITHOUT_RULES: Final = Reads(
    vetoed=(_QUARTER,),
    recalled=(_QUARTER,),
    alerted=(_QUARTER,),
    cited=(_YEARS,),
    meetings=tuple(
        Meetings(kind=kind, within=_YEARS)
        for kind in ("plenary", "committee", "working_group", "discovery")
    ),
    plenaries=24,
    reviews=(Reviews(),),
)
"""How far back rules look at most, by anyone's guess: for those who do not know them."""

NOTHING: Final = Reads((), (), (), (), (), 1, ())
"""As if no rule looked back: what is left is what any state that lets go has, too."""

SHEDDABLE: Final = frozenset(
    {"decisions", "delegations", "disagreements", "documents", "meetings", "past", "reviews"}
)
"""The parts of a state that things are let go of."""

SPARED: Final = (Span(months=36), Span(months=12), None)
"""Things that are over for less than this are let go only when that of the others is not enough."""


def reads_of(rules: Rulebook) -> Reads:
    """Return how far back the rules of a family look, any of them."""
    family = (rules, *rules.family.values())
    queries = [
        one.queries[name]
        for one in family
        for predicate in (*one.predicates.values(), *one.usable.values())
        for name in predicate.names
    ]
    after_a_review = [
        Reviews(within=one.within)
        for one in queries
        if isinstance(one, (RoadmapAfterReview, AdjustedAfterReview))
    ]
    policies = [one.policy for one in family]
    return Reads(
        vetoed=tuple(policy.decisions.veto_within for policy in policies),
        recalled=tuple(policy.decisions.second_call.latest for policy in policies),
        alerted=tuple(policy.alerts.event_stands_for for policy in policies),
        cited=tuple(one.within for one in queries if isinstance(one, CitingDecisions)),
        meetings=tuple(one for one in queries if isinstance(one, Meetings)),
        plenaries=max(
            1,  # since when there was none
            *(policy.alerts.attendance_last for policy in policies),
            *(one.last for one in queries if isinstance(one, Attendance)),
        ),
        reviews=(*(one for one in queries if isinstance(one, Reviews)), *after_a_review),
    )


def relieve(
    state: Cooperation, rules: Rulebook, is_enough: Callable[[Cooperation], bool]
) -> Cooperation:
    """Let go as little as is enough, the oldest things first.

    Args:
        state: after all that was told.
        rules: the rulebook that it follows, with those that it may come to follow.
        is_enough: whether a state need not let go of more.
    """
    reads = reads_of(rules)
    for spare in SPARED:
        if is_enough(state):
            break
        state = shed(state, reads, spare)
    return state


def shed(state: Cooperation, reads: Reads, spare: Span | None = None) -> Cooperation:
    """Return the state without what nothing follows from any more.

    Args:
        state: after all that was told.
        reads: how far back rules look.
        spare: what is over for less than this is kept in any case.

    Returns:
        The same state when there is nothing to let go; unchanged parts are the same objects.
    """
    if state.as_of is None:
        return state
    look = _Look(state, reads, spare, state.as_of)
    return look.shed()


def reaches_back(state: Cooperation, event: Event) -> bool:
    """Whether an event is about something that a state has let go, so that it does not show it."""
    match event:
        case AboutDecision():
            known = state.decisions.get(event.decision)
            if known is None:
                return state.had("decisions", event.decision)
            return not known.is_open and _is_outline(known)
        case AboutDisagreement():
            return event.disagreement not in state.disagreements and state.had(
                "disagreements", event.disagreement
            )
        case MinutesPublished():
            return event.meeting not in state.meetings and state.had("meetings", event.meeting)
    return False


class _Look(NamedTuple):
    """One look at what a state holds."""

    state: Cooperation
    reads: Reads
    spare: Span | None
    at: datetime

    def shed(self) -> Cooperation:
        state = self.state
        disagreements = {k: v for k, v in state.disagreements.items() if self._is_followed(v)}
        decisions = self._decisions(disagreements)
        documents = {
            kind: self._versions(versions, decisions.values())
            for kind, versions in state.documents.items()
        }
        reviews = self._reviews()
        meetings = self._meetings()
        kept: dict[str, Mapping[str, Any]] = {
            "disagreements": disagreements,
            "decisions": decisions,
            "documents": documents,
            "reviews": reviews,
            "meetings": meetings,
            "delegations": {
                organisation: self._delegations(given, decisions)
                for organisation, given in state.delegations.items()
            },
        }
        changed: dict[str, Any] = {
            part: things
            for part, things in kept.items()
            if not _is_same(things, getattr(state, part))
        }
        if not changed:
            return state
        return state.but(**changed, past=self._past(kept))

    # --- what stays -----------------------------------------------------------------------------

    def _is_recent(self, instant: datetime, spans: Iterable[Span]) -> bool:
        spare = () if self.spare is None else (self.spare,)
        return any(span.covers(instant, self.at) for span in (*spans, *spare))

    def _is_followed(self, one: Disagreement) -> bool:
        """Whether something may become of a disagreement: it is open, or not yet followed up."""
        is_over = one.state == "closed" and one.limit is None and one.followed_up
        return not is_over or self._is_recent(one.entered_at, ())

    def _decisions(self, disagreements: Collection[str]) -> dict[str, Decision]:
        adopted = [
            one
            for one in self.state.decisions.values()
            if one.result == "adopted" and one.subject.startswith("policy:") and not one.vetoed
        ]
        # Should later ones be vetoed, it is this one's policy that applies.
        settled = [
            one
            for one in adopted
            if one.closed_at is not None and not self._is_recent(one.closed_at, self.reads.vetoed)
        ]
        policy = max(settled, key=lambda one: one.closed_seq or 0, default=None)
        seen = Counter[str]()
        found = {}
        for slug, one in self.state.decisions.items():
            subject = one.subject.replace(":", "-")
            seen[subject] += 1
            # Counted before the first is let go: from then on it cannot be.
            numbered = one if one.number else one.but(number=seen[subject])
            if self._is_read(one, disagreements):
                found[slug] = numbered
            elif one is policy or (one.result == "adopted" and self._is_cited(one)):
                found[slug] = numbered if _is_outline(one) else numbered.but(**_OUTLINE)
        return found

    def _is_cited(self, one: Decision) -> bool:
        """Whether a rule counts a decision for what it cites: how it was reached is over."""
        return bool(
            one.cites and one.closed_at and self._is_recent(one.closed_at, self.reads.cited)
        )

    def _is_read(self, one: Decision, disagreements: Collection[str]) -> bool:
        if one.is_open or one.closed_at is None or one.veto in disagreements:
            return True
        spans: list[Span] = []
        if one.result == "adopted":
            spans += self.reads.vetoed
        elif one.result == "lapsed":
            spans += self.reads.alerted
            spans += () if one.recalled else self.reads.recalled
        is_alerted = f"decision_lapsed:{one.id}" in self.state.alerts
        return is_alerted or self._is_recent(one.closed_at, spans)

    def _versions(
        self, versions: tuple[Document, ...], decisions: Iterable[Decision]
    ) -> tuple[Document, ...]:
        """Return the versions that count, and those that a veto would bring back."""
        subject = f"document:{versions[0].kind}"
        decided = {one.document or 0 for one in decisions if one.subject == subject}
        kept = {
            one.version
            for one in versions
            if one.status != "superseded" or one.version in decided or one is versions[-1]
        }
        replaced = [replaced_by(versions, number) for number in decided]
        kept |= {one.version for one in replaced if one is not None}
        if len(kept) == len(versions):
            return versions
        return tuple(one for one in versions if one.version in kept)

    def _reviews(self) -> dict[str, Review]:
        latest: dict[str, Review] = {}
        for one in self.state.reviews.values():
            before = latest.get(one.kind)
            if one.closed_at is not None and (
                before is None or before.closed_at is None or before.closed_at <= one.closed_at
            ):
                latest[one.kind] = one
        return {
            # What it proposed is settled; who wants to know finds it in the read model.
            slug: one
            if one.is_open or not one.changes or self._spares(one.closed_at)
            else one.but(changes={})
            for slug, one in self.state.reviews.items()
            if one.closed_at is None
            or one is latest[one.kind]
            or self._spares(one.closed_at)
            or any(self._counts(asked, one, one.closed_at) for asked in self.reads.reviews)
        }

    def _spares(self, instant: datetime | None) -> bool:
        return instant is not None and self._is_recent(instant, ())

    def _counts(self, asked: Reviews, review: Review, closed_at: datetime) -> bool:
        return asked.accepts(review) and (
            asked.within is None or asked.within.covers(closed_at, self.at)
        )

    def _meetings(self) -> dict[str, Meeting]:
        plenaries = [one for one in self.state.meetings.values() if one.kind == "plenary"]
        plenaries.sort(key=lambda one: one.held_at)
        last = {one.id for one in plenaries[-self.reads.plenaries :]}
        return {
            slug: one
            for slug, one in self.state.meetings.items()
            if slug in last
            or self._spares(one.held_at)
            or any(
                asked.kind == one.kind
                and (asked.within is None or asked.within.covers(one.held_at, self.at))
                for asked in self.reads.meetings
            )
        }

    def _delegations(
        self, given: tuple[Delegation, ...], decisions: Mapping[str, Decision]
    ) -> tuple[Delegation, ...]:
        """Return those that run; who entrusted its vote keeps its place in the order."""
        kept = tuple(
            one
            for one in given
            if one.decision in decisions or (one.until is not None and self.at < end_of(one.until))
        )
        return given if len(kept) == len(given) else kept

    # --- what is left of the rest ---------------------------------------------------------------

    def _past(self, kept: Mapping[str, Mapping[str, Any]]) -> Past:
        state, past = self.state, self.state.past
        gone = {
            part: [one for slug, one in getattr(state, part).items() if slug not in kept[part]]
            for part in ("decisions", "meetings", "reviews", "disagreements")
        }
        subjects = Counter(past.subjects)
        for one in gone["decisions"]:
            subjects[state.trace(one.subject.replace(":", "-"))] += 1
        traces = {
            part: _with(getattr(past, part), (state.trace(one.id) for one in things))
            for part, things in gone.items()
        }
        return Past(
            **traces,
            subjects=dict(subjects),
        )


_OUTLINE: Final[Mapping[str, Any]] = MappingProxyType(
    {
        "question": None,
        "electorate": (),
        "left": (),
        "recused": (),
        "colleges": {},
        "ballots": {},
        "objections": {},
        "terms": None,
        "arithmetic": None,
        "reminded": (),
        "opened_by": None,
    }
)
"""What a closed decision is without, once all that matters is that it was taken."""


def _is_outline(one: Decision) -> bool:
    return all(getattr(one, name) == value for name, value in _OUTLINE.items())


def _with(known: tuple[str, ...], traces: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted({*known, *traces}))


def _is_same(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    return len(one) == len(other) and all(
        mine is its for mine, its in zip(one.values(), other.values(), strict=True)
    )
