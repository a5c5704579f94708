"""The state of one cooperation: what all its events so far have come to.

Everything is immutable and shares structure from one state to the next, so that "did this part
change?" is a comparison of identities. Things are kept in dictionaries by id, in order of arrival.
"""

from __future__ import annotations

import hashlib
from bisect import bisect_left
from collections import Counter
from datetime import datetime, timedelta
from functools import cached_property
from typing import Annotated, Any, Final, Literal, Self

from pydantic import Field, PrivateAttr, StringConstraints

from coopflow.domain.base import Count, Day, Instant, Label, Ratio, Shape, Slug, Text
from coopflow.domain.calendar import end_of
from coopflow.domain.marks import Person, Sealed
from coopflow.domain.tools import Action, Category, Kind, Mission, ToolContent, read
from coopflow.domain.voting import Rule

MemberStatus = Literal["invited", "active", "suspended", "left"]
Role = Literal["facilitator", "mediator", "evaluator", "funder", "observer"]
DocumentStatus = Literal[
    "draft", "submitted", "approved", "in_force", "stale", "expired", "superseded"
]
Result = Literal["adopted", "rejected", "lapsed", "cancelled", "void"]
CooperationStatus = Literal["unopened", "active", "paused", "closing", "closed"]


Registration = Annotated[
    str, StringConstraints(pattern=r"^[0-9A-Za-z][0-9A-Za-z ./-]*$", max_length=40)
]
"""A number in a public register, as people write it; whether it is one is for a check to say."""


class Profile(Shape):
    """What partners should know of an organisation to work with it.

    ``registration`` is the number by which public registers know it, in France its SIREN or SIRET.
    """

    logic: Text | None = None
    constraints: Text | None = None
    culture: Text | None = None
    expectations: Text | None = None
    registration: Registration | None = None

    @property
    def is_filled_in(self) -> bool:
        """Whether the four parts that partners tell each other say something."""
        return all((self.logic, self.constraints, self.culture, self.expectations))


class Standing(Shape):
    """From when on a member had a status."""

    status: MemberStatus
    since: Instant


class Member(Shape):
    """An organisation of the collective, and who speaks for it."""

    id: Slug
    name: str
    category: Category
    college: Slug | None = None
    representative: Person
    alternate: Person | None = None
    profile: Profile = Profile()
    standings: tuple[Standing, ...]

    @property
    def status(self) -> MemberStatus:
        """The status now."""
        return self.standings[-1].status

    @property
    def is_active(self) -> bool:
        """Whether the member votes and signs."""
        return self.status == "active"

    @property
    def people(self) -> tuple[str, ...]:
        """The representative, and the alternate where there is one."""
        return tuple(p for p in (self.representative, self.alternate) if p is not None)

    @property
    def moved_at(self) -> datetime | None:
        """When the member last joined or left; being suspended is neither."""
        before = "invited"
        moved = None
        for standing in self.standings:
            joined = standing.status == "active" and before == "invited"
            if joined or (standing.status == "left" and before != "invited"):
                moved = standing.since
            before = standing.status
        return moved

    @property
    def joined_at(self) -> datetime | None:
        """When the member last joined, be it gone since."""
        before = ("invited", *(standing.status for standing in self.standings))
        joined = [
            standing.since
            for was, standing in zip(before, self.standings, strict=False)
            if (was, standing.status) == ("invited", "active")
        ]
        return joined[-1] if joined else None

    def was_active(self, at: datetime) -> bool:
        """Whether the member was active at an instant of the past."""
        before = [standing for standing in self.standings if standing.since <= at]
        return bool(before) and before[-1].status == "active"


class Document(Shape):
    """One version of a document.

    ``approved_seq`` is the number of the event that approved it: order counts also within one
    instant. ``moves_at_force`` is the count of joinings and leavings when a charter came into
    force, ``members_at_force`` the active members then.
    """

    kind: Kind
    version: int
    status: DocumentStatus
    minor: bool = False
    authors: tuple[Person, ...]
    content: dict[str, Any]
    decision: Slug | None = None
    approved_at: Instant | None = None
    approved_seq: int | None = None
    valid_until: Instant | None = None
    stale_since: Instant | None = None
    in_force_at: Instant | None = None
    signatures: tuple[Slug, ...] = ()
    members_at_force: Count = 0
    moves_at_force: Count = 0

    @cached_property
    def typed(self) -> ToolContent | None:
        """The content as a typed value, or None while it is incomplete."""
        return read(self.kind, self.content)


class Ballot(Shape):
    """The last answer of an organisation.

    ``holder`` is the organisation that gave a ``delegated`` one; an objection is the holder's.
    """

    choice: Sealed
    reason: Sealed | None = None
    at: Instant
    by: Person
    delegated: bool = False
    holder: Slug | None = None


class Delegation(Shape):
    """A vote entrusted to another organisation, for one decision or until a date."""

    to: Slug
    decision: Slug | None = None
    until: Day | None = None

    def covers(self, decision: str, at: datetime) -> bool:
        """Whether the vote on a decision is entrusted at an instant."""
        if self.decision is not None:
            return self.decision == decision
        return self.until is not None and at < end_of(self.until)


class Objection(Shape):
    """An objection and what became of it."""

    status: Literal["raised", "qualified", "concern", "integrated", "withdrawn", "upheld"]
    reason: Sealed | None = None
    at: Instant

    @property
    def is_open(self) -> bool:
        """Whether it still stands in the way; one not yet qualified does."""
        return self.status in {"raised", "qualified"}


class MandateTerms(Shape):
    """Who is proposed to hold the support function, for which missions, until when."""

    holder: Slug
    missions: tuple[Mission, ...]
    hours_month: float | None = None
    starts_on: Day | None = None
    ends_on: Day | None = None
    interim: bool = False


class Decision(Shape):
    """One approval process. ``electorate`` is frozen at opening; ``left`` are those gone since.

    ``veto`` names the disagreement about it while its effect is suspended, or for good when the
    veto stands; ``paused`` is for how long a frozen cooperation kept it waiting. ``number`` counts
    the decisions on its subject from 1; states of before it was kept have 0, and all of them.
    """

    id: Slug
    subject: str
    question: str | None = None
    rule: Rule
    quorum: Ratio
    electorate: tuple[Slug, ...]
    left: tuple[Slug, ...] = ()
    recused: tuple[Slug, ...] = ()
    colleges: dict[Slug, Slug] = Field(default_factory=dict)
    secret: bool = False
    cites: tuple[Slug, ...] = ()
    opened_at: Instant
    closes_at: Instant
    ballots: dict[Slug, Ballot] = Field(default_factory=dict)
    objections: dict[Slug, Objection] = Field(default_factory=dict)
    rounds: Count = 0
    document: int | None = None
    terms: MandateTerms | None = None
    result: Result | None = None
    arithmetic: Label | None = None
    closed_at: Instant | None = None
    closed_seq: int | None = None
    reminded: tuple[Instant, ...] = ()
    opened_by: Person | None = None
    recalled: bool = False
    veto: Slug | None = None
    paused: timedelta = timedelta()
    number: Count = 0

    @property
    def is_open(self) -> bool:
        """Whether it still takes ballots."""
        return self.result is None

    @property
    def vetoed(self) -> bool:
        """Whether its effect is suspended, or was given up."""
        return self.veto is not None

    @property
    def electors(self) -> tuple[Slug, ...]:
        """The electorate without those who left or were suspended since."""
        return tuple(elector for elector in self.electorate if elector not in self.left)

    @property
    def waited_for(self) -> tuple[Slug, ...]:
        """The electors who have not answered."""
        return tuple(elector for elector in self.electors if elector not in self.ballots)

    @property
    def open_objections(self) -> tuple[Slug, ...]:
        """The organisations whose objection stands."""
        return tuple(org for org, objection in self.objections.items() if objection.is_open)


class Mandate(MandateTerms):
    """A mandate that runs, given by a decision, in place of the one that it ``replaced``."""

    decision: Slug | None
    since: Instant
    replaced: Mandate | None = None


class Meeting(Shape):
    """A meeting that took place, with the members that were active then."""

    id: Slug
    kind: Literal["plenary", "committee", "working_group", "discovery"]
    held_at: Instant
    attendees: tuple[Slug, ...]
    active: tuple[Slug, ...]
    minuted_at: Instant | None = None


class Pulse(Shape):
    """A short survey of how members feel: mean score out of five, answers and people asked."""

    score: float
    answers: Count
    asked: Count
    at: Instant


class Measure(Shape):
    """One value of an indicator."""

    value: float
    organisation: Slug
    period: str | None = None
    at: Instant


class Series(Shape):
    """The values of one indicator: how many there have been, and the latest ones."""

    count: Count = 0
    latest: tuple[Measure, ...] = ()


class Adjustment(Shape):
    """The event at which an action was last dropped or replanned."""

    seq: int
    action: Slug
    at: Instant


class Change(Shape):
    """A change that a review proposes."""

    id: Slug
    target: str
    text: str
    status: Literal["open", "accepted", "declined", "deferred"] = "open"
    reason: str | None = None
    until: Day | None = None


class Review(Shape):
    """One feedback loop."""

    id: Slug
    kind: Literal["after_action", "quarterly", "annual", "evaluation", "exceptional"]
    period: str | None = None
    opened_at: Instant
    by: Person | None = None
    changes: dict[Slug, Change] = Field(default_factory=dict)
    closed_at: Instant | None = None
    closed_seq: int | None = None
    measures: tuple[Slug, ...] = ()
    summary_published: bool = False

    @property
    def is_open(self) -> bool:
        """Whether the review is still going on."""
        return self.closed_at is None


class Disagreement(Shape):
    """One mediation ladder. Its content is sealed and never part of the state.

    ``limit`` is when the present step runs out; in ``closed``, when the follow-up is due.
    ``asking``: the mediation ended without agreement, a party may ask the collective to decide.
    """

    id: Slug
    subject: str
    state: str
    parties: tuple[Slug, ...]
    touches: str
    raised_at: Instant
    entered_at: Instant
    limit: Instant | None = None
    flagged: bool = False
    confirmed: bool = False
    blocks: bool = False
    blocks_until: Instant | None = None
    by_expiry: bool = False
    mediator: Person | None = None
    accepted_by: tuple[Slug, ...] = ()
    extended: bool = False
    asking: bool = False
    outcome: str | None = None
    followed_up: bool = False
    reopened: bool = False


class Verdict(Shape):
    """What a gate request came to."""

    gate: Slug
    result: Literal["pass", "conditional", "fail", "blocked"]
    unmet: tuple[Slug, ...] = ()
    short: dict[Slug, int] = Field(default_factory=dict)


class Waiver(Shape):
    """A request to pass a gate all the same: what the members and the programme said to it."""

    decision: Slug
    reason: str
    adopted: bool = False
    cosigned: bool = False


class GateRecord(Shape):
    """What has happened at one gate; ``waived`` counts how often it was passed by a waiver."""

    verdict: Verdict | None = None
    requested_at: Instant | None = None
    ratifications: Count = 0
    waiver: Waiver | None = None
    waived: Count = 0
    passed_at: Instant | None = None


class Clock(Shape):
    """The time a condition has left to come back to its minimum."""

    condition: Slug
    since: Instant
    until: Instant


class Reservation(Shape):
    """Something that a gate was passed without, to be remedied in time.

    ``about`` is a condition below its minimum or, under a waiver, also a guard that failed.
    """

    gate: Slug
    about: Slug
    until: Instant
    waived: bool = False


class Alert(Shape):
    """Something that people should look at: a code of the contract, about what, since when."""

    code: Slug
    about: str
    since: Instant

    @property
    def key(self) -> str:
        """What tells one alert from another."""
        return f"{self.code}:{self.about}"


class Pause(Shape):
    """Since when the cooperation pauses, and whether clocks and deadlines stand still."""

    since: Instant
    clocks: Literal["freeze", "keep"]


class CheckAnswer(Shape):
    """What a check answered last, and when it is asked again.

    ``holds`` is None when that is unknown. ``portrait_digest`` tells what it was asked about,
    ``failures`` counts the unknown answers in a row.
    """

    holds: bool | None
    reason: Label | None
    at: Instant
    again_at: Instant
    portrait_digest: str
    failures: Count = 0


Shed = Literal["decisions", "meetings", "reviews", "disagreements"]
"""What a state lets go of, and remembers that it was there."""


class Past(Shape):
    """What is left of things that a state has let go: enough to know them again, and to count on.

    They are known by the traces of their ids, sorted; ``subjects`` counts the decisions by the
    trace of their subject.
    """

    decisions: tuple[str, ...] = ()
    meetings: tuple[str, ...] = ()
    reviews: tuple[str, ...] = ()
    disagreements: tuple[str, ...] = ()
    subjects: dict[str, Count] = Field(default_factory=dict)


_TRACE: Final = 12
"""How many digits of a digest make a trace: enough for millions of names."""


def _spelled(subject: str) -> str:
    return subject.replace(":", "-")


class Cooperation(Shape):
    """One collective around one issue.

    ``seq`` numbers the last event, ``as_of`` is the instant up to which time has been told,
    ``levels`` are the levels in the holding reading, ``floor`` the gate whose minima must hold.
    ``members_moved`` counts joinings and leavings; ``advice`` is the advice that is followed.
    ``people`` are all whom the journal names, by the number of the entry that did so first.
    ``policy`` is the one that applies, ``first_policy`` the one that it was opened with.
    ``past`` is what is left of what no rule reads any more (``shedding``).
    """

    id: str = ""
    programme: str = ""
    title: str = ""
    issue: str = ""
    territory: str = ""
    lifecycle: str = ""
    policy: str = ""
    first_policy: str = ""
    status: CooperationStatus = "unopened"
    seq: Count = 0
    as_of: Instant | None = None
    opened_at: Instant | None = None
    stage: str = ""
    stage_since: Instant | None = None
    floor: Slug | None = None
    floor_since: Instant | None = None
    pause: Pause | None = None
    members: dict[Slug, Member] = Field(default_factory=dict)
    members_moved: Count = 0
    last_move_at: Instant | None = None
    roles: dict[Person, tuple[Role, ...]] = Field(default_factory=dict)
    people: dict[Person, Count] = Field(default_factory=dict)
    documents: dict[str, tuple[Document, ...]] = Field(default_factory=dict)
    decisions: dict[Slug, Decision] = Field(default_factory=dict)
    delegations: dict[Slug, tuple[Delegation, ...]] = Field(default_factory=dict)
    mandate: Mandate | None = None
    next_mandate: Mandate | None = None
    mandate_ended_at: Instant | None = None
    meetings: dict[Slug, Meeting] = Field(default_factory=dict)
    pulses: tuple[Pulse, ...] = ()
    measures: dict[Slug, Series] = Field(default_factory=dict)
    actions: dict[Slug, Action] = Field(default_factory=dict)
    adjustment: Adjustment | None = None
    reviews: dict[Slug, Review] = Field(default_factory=dict)
    convened: dict[str, Instant] = Field(default_factory=dict)
    disagreements: dict[Slug, Disagreement] = Field(default_factory=dict)
    gates: dict[Slug, GateRecord] = Field(default_factory=dict)
    levels: dict[Slug, int] = Field(default_factory=dict)
    clocks: dict[Slug, Clock] = Field(default_factory=dict)
    reservations: dict[Slug, Reservation] = Field(default_factory=dict)
    advice: tuple[Slug, ...] = ()
    checks: dict[Slug, CheckAnswer] = Field(default_factory=dict)
    alerts: dict[str, Alert] = Field(default_factory=dict)
    past: Past = Past()
    _memo: dict[object, object] = PrivateAttr(default_factory=dict)

    @property
    def memo(self) -> dict[object, object]:
        """What was read off this state and those before it; entries say what they hold for."""
        private = self.__pydantic_private__  # read directly: attribute look-up here is hot
        assert private is not None
        memo: dict[object, object] = private["_memo"]
        return memo

    def remembering_nothing(self) -> Self:
        """Return the same state with a memo of its own, shared with those after it only."""
        copy = self.but()
        copy._memo = {}  # noqa: SLF001 - its own
        return copy

    def __eq__(self, other: object) -> bool:
        """Compare what has happened, not what was worked out from it."""
        return isinstance(other, Cooperation) and all(
            getattr(self, name) == getattr(other, name) for name in Cooperation.model_fields
        )

    def __hash__(self) -> int:
        """Tell cooperations, and their states from one event to the next, apart."""
        return hash((self.id, self.seq))

    @cached_property
    def active(self) -> tuple[str, ...]:
        """The ids of the active members, in order of arrival."""
        return tuple(slug for slug, member in self.members.items() if member.is_active)

    @property
    def is_frozen(self) -> bool:
        """Whether clocks and deadlines stand still."""
        return self.pause is not None and self.pause.clocks == "freeze"

    def current(self, kind: str) -> Document | None:
        """Return the version that counts, be it stale: expired counts as absent.

        Of a charter, the one in force goes before a later one that waits for signatures.
        """
        adopted = [
            version
            for version in self.documents.get(kind, ())
            if version.status in {"approved", "in_force", "stale"}
        ]
        in_force = [version for version in adopted if version.in_force_at is not None]
        found = in_force or adopted
        return found[-1] if found else None

    def newest(self, kind: str, *statuses: str) -> Document | None:
        """Return the newest version that has one of the statuses; of any status if none given."""
        versions = self.documents.get(kind, ())
        return next((v for v in reversed(versions) if not statuses or v.status in statuses), None)

    def represented_by(self, person: str) -> tuple[str, ...]:
        """Return the organisations, not gone, that a person represents."""
        return tuple(
            slug
            for slug, member in self.members.items()
            if member.status != "left" and person in member.people
        )

    def version(self, kind: str, number: int) -> Document:
        """Return a version of a document by its number."""
        return next(one for one in self.documents[kind] if one.version == number)

    def decision_called(self, name: str) -> Decision | None:
        """Find a decision by its id, or by its subject: the latest, or ``<subject>-<n>``."""
        if name in self.decisions:
            return self.decisions[name]
        spelled, seen, found = _spelled(name), Counter[str](), None
        for decision in self.decisions.values():
            subject = _spelled(decision.subject)
            if spelled.startswith(subject):
                seen[subject] += 1
                number = decision.number or seen[subject]
                is_newest = spelled == subject and number == self.times_decided(subject)
                if is_newest or spelled == f"{subject}-{number}":
                    found = decision
        return found

    def times_decided(self, subject: str) -> int:
        """Return how many decisions on a subject there have been, open ones included."""
        spelled = _spelled(subject)
        here = sum(1 for one in self.decisions.values() if _spelled(one.subject) == spelled)
        return here + self.past.subjects.get(self.trace(spelled), 0)

    def was_decided(self, name: str) -> bool:
        """Whether a name is that of a decision which has been let go, by its id or its subject."""
        spelled = _spelled(name)
        subject, _, number = spelled.rpartition("-")
        gone = self.past.subjects
        is_numbered = number.isdecimal() and self.trace(subject) in gone
        return (
            self.had("decisions", name)
            or self.trace(spelled) in gone
            or (is_numbered and 0 < int(number) <= self.times_decided(subject))
        )

    def trace(self, name: str) -> str:
        """Return what is remembered of a name once what bore it has been let go."""
        return hashlib.sha256(f"{self.id}:{name}".encode()).hexdigest()[:_TRACE]

    def had(self, part: Shed, name: str) -> bool:
        """Whether something by this name was there, and has been let go."""
        known: tuple[str, ...] = getattr(self.past, part)
        if not known:
            return False
        trace = self.trace(name)
        place = bisect_left(known, trace)
        return place < len(known) and known[place] == trace

    def next_id(self, part: Literal["decisions", "reviews", "disagreements"]) -> str:
        """Return the id of a thing that nobody named: ``<kind>-<n>``, which was never taken."""
        things: dict[str, Any] = getattr(self, part)
        kind, number = part.removesuffix("s"), len(things) + len(getattr(self.past, part)) + 1
        while f"{kind}-{number}" in things or self.had(part, f"{kind}-{number}"):
            number += 1
        return f"{kind}-{number}"


UNOPENED: Final = Cooperation()
"""What there is before ``open_cooperation``."""
