"""Read models: what queries answer with. Each field is the column of the same name."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, Final, NamedTuple

from coopflow.application.differences import Difference
from coopflow.application.engine import Address
from coopflow.application.tasks import BY_DAY
from coopflow.domain.alerts import Severity
from coopflow.domain.base import Instant, Label, Shape
from coopflow.domain.calendar import day_over
from coopflow.domain.state import Change, Profile, Reservation


class CooperationSummary(Shape):
    """A cooperation as a list shows it; ``verdict`` is that of the last gate request."""

    programme: str
    slug: str
    title: str
    territory: str
    lifecycle: str
    status: str
    stage: str
    stage_since: Instant
    levels: dict[str, int]
    verdict_gate: str | None
    verdict: str | None
    mandate_holder: str | None
    mandate_ends_on: date | None
    active_members: int
    last_plenary_at: Instant | None
    seq: int

    @property
    def address(self) -> Address:
        """Where it is found."""
        return Address(self.programme, self.slug)


class CooperationDetail(CooperationSummary):
    """A cooperation as a page shows it.

    ``clocks`` holds the instant at which each running cure clock runs out, by condition;
    ``floor`` is the gate whose minima must hold, ``advice`` the advice that is followed.
    """

    issue: str
    policy: str
    opened_at: Instant
    floor: str | None
    floor_since: Instant | None
    clocks: dict[str, Instant]
    reservations: tuple[Reservation, ...]
    advice: tuple[str, ...]
    verdict_at: Instant | None
    as_of: Instant


class DefinitionSummary(Shape):
    """A lifecycle or a policy that is registered, and how many cooperations follow it."""

    kind: str
    name: str
    version: int
    digest: str
    author: str | None
    first_seen_at: Instant
    first_seen_in: str
    followed_by: int


class JournalLine(Shape):
    """An entry of the journal; ``redacted`` names the fields of the event that are kept back."""

    seq: int
    at: Instant
    actor: str | None
    command_id: str | None
    type: str
    data: dict[str, Any]
    redacted: tuple[str, ...] = ()


class MemberView(Shape):
    """An organisation; ``moved_at`` is when it last joined or left."""

    id: str
    name: str
    category: str
    college: str | None
    status: str
    status_since: Instant
    moved_at: Instant | None
    representative: str
    alternate: str | None
    profile: Profile


class DocumentSummary(Shape):
    """A version of a document without its content."""

    kind: str
    version: int
    status: str
    minor: bool
    authors: tuple[str, ...]
    decision: str | None
    approved_at: Instant | None
    valid_until: Instant | None
    stale_since: Instant | None
    in_force_at: Instant | None
    signatures: tuple[str, ...]


class DocumentDetail(DocumentSummary):
    """A version of a document with its content."""

    content: dict[str, Any]


class DocumentDifference(Shape):
    """What differs between two versions of a document."""

    kind: str
    earlier: int
    later: int
    differences: tuple[Difference, ...]


class DecisionView(Shape):
    """A decision; ``counts`` are answers by choice, empty while they are secret.

    ``vetoed``: its effect is suspended or was abandoned; ``recalled``: it had a second call.
    """

    id: str
    subject: str
    question: str | None
    rule: dict[str, Any]
    quorum: str
    secret: bool
    document_version: int | None
    opened_at: Instant
    closes_at: Instant
    electorate: int
    answers: int
    counts: dict[str, int]
    open_objections: int
    result: str | None
    recalled: bool
    vetoed: bool
    closed_at: Instant | None
    arithmetic_fr: str | None
    arithmetic_en: str | None

    @property
    def arithmetic(self) -> Label | None:
        """How the result was counted, once it is closed."""
        if self.arithmetic_fr is None or self.arithmetic_en is None:
            return None
        return Label(fr=self.arithmetic_fr, en=self.arithmetic_en)


class MeetingView(Shape):
    """A meeting; ``active`` is the number of members that were active then."""

    id: str
    kind: str
    held_at: Instant
    attendees: tuple[str, ...]
    active: int
    minuted_at: Instant | None


class ReviewView(Shape):
    """A review with the changes that it proposes."""

    id: str
    kind: str
    period: str | None
    opened_at: Instant
    opened_by: str | None
    closed_at: Instant | None
    changes: tuple[Change, ...]
    measures: tuple[str, ...]
    summary_published: bool


class DisagreementView(Shape):
    """A disagreement as everyone may see it."""

    id: str
    subject: str
    state: str
    parties: tuple[str, ...]
    touches: str
    raised_at: Instant
    entered_at: Instant
    limit_at: Instant | None
    blocks: bool
    blocks_until: Instant | None
    outcome: str | None


class AgreedText(Shape):
    """What ended a disagreement: its outcome, and the text that was agreed on."""

    seq: int
    at: Instant
    outcome: str
    text: str


class DisagreementContent(DisagreementView):
    """A disagreement with what is sealed of it, for one who may read that.

    ``agreed`` holds the texts that were agreed on, oldest first, as far as they are for the reader.
    """

    content: str
    agreed: tuple[AgreedText, ...]


class AlertView(Shape):
    """An alert that stands."""

    severity: Severity
    code: str
    about: str
    since: Instant


class RoleView(Shape):
    """A role that somebody holds in a cooperation, see :class:`coopflow.domain.roles.Holding`."""

    person: str
    role: str
    about: str
    alternate: bool
    counts: bool


class Involvement(Shape):
    """A cooperation in which a person has a part.

    ``roles`` are those that count for what the person may do there. Who speaks for an organisation
    that is invited or suspended has a part without a role; ``organisations`` names all of theirs.
    """

    programme: str
    slug: str
    title: str
    status: str
    stage: str
    roles: tuple[str, ...]
    organisations: tuple[str, ...]

    @property
    def address(self) -> Address:
        """Where it is found."""
        return Address(self.programme, self.slug)


class TaskPlace(NamedTuple):
    """Where a task stands among those of a person: what has no end comes last."""

    due_at: datetime | None
    cooperation: str
    kind: str
    about: str
    organisation: str


class TaskView(Shape):
    """Something that a cooperation waits for from somebody.

    Attributes:
        programme: of the cooperation.
        slug: its id.
        title: what it is called.
        kind: what is to be done, see :data:`coopflow.application.tasks.KINDS`.
        command: what would do it.
        payload: the part of the command that is settled already.
        about: what tells the task from others of its kind.
        subject: what it is about, for people.
        role: as what the person may do it.
        organisation: for which organisation, where it is for one.
        entrusted: the organisations that answer by it, too.
        begins_at: since when it is waited for.
        due_at: until when; None for no end.
    """

    programme: str
    slug: str
    title: str
    kind: str
    command: str
    payload: dict[str, str]
    about: str
    subject: str
    role: str
    organisation: str
    entrusted: tuple[str, ...]
    begins_at: Instant
    due_at: Instant | None

    @property
    def due_on(self) -> date | None:
        """The day by which it is due, where it is due by a day."""
        return day_over(self.due_at) if self.due_at and self.kind in BY_DAY else None

    @property
    def place(self) -> TaskPlace:
        """Where the page after this one begins."""
        address = str(Address(self.programme, self.slug))
        return TaskPlace(self.due_at, address, self.kind, self.about, self.organisation)


class AnswerPlace(NamedTuple):
    """Where an answer stands among those of a person, the latest first."""

    at: datetime
    cooperation: str
    seq: int


class AnswerView(Shape):
    """An answer that somebody gave to a decision.

    ``choice`` is None where ballots are secret; ``delegated``: it was given for an organisation
    that had entrusted its vote. ``result`` is what came of the decision.
    """

    programme: str
    slug: str
    seq: int
    at: Instant
    decision: str
    subject: str
    question: str | None
    organisation: str
    delegated: bool
    choice: str | None
    result: str | None

    @property
    def place(self) -> AnswerPlace:
        """Where the page after this one begins."""
        return AnswerPlace(self.at, str(Address(self.programme, self.slug)), self.seq)


class PortfolioPlace(NamedTuple):
    """Where a cooperation stands in a portfolio, whatever that is ordered by."""

    title: str
    stage_since: datetime
    due_at: datetime | None
    slug: str


_ON_DAYS: Final = frozenset({"action_due", "document_expires", "funding_ends", "mandate_ends"})


def _day_of(kind: str | None, at: datetime | None) -> date | None:
    """Return the day on which something of a kind is due, where it is due on a day."""
    return day_over(at) if at is not None and kind in _ON_DAYS else None


class PortfolioRow(Shape):
    """A cooperation as a portfolio shows it; nothing in it ranks one against another.

    Attributes:
        programme: of the cooperation.
        slug: its id.
        title: what it is called.
        territory: where it is.
        status: of the cooperation.
        stage: where it is on its way.
        stage_since: when it came there.
        days_in_stage: whole days since.
        levels: of each condition, as they hold.
        trend: by how much each level has changed in six months; what was opened since stood at
            nothing before.
        next_gate: the gate that leads on; None at the end of the way, and where its definition is
            not registered.
        lacks: how many levels each condition lacks for it; what is enough is left out. Documents
            that are stale still count here, which they do not when the gate is requested.
        active_members: how many there are.
        members_in: how many joined in six months.
        members_out: how many left in six months.
        mandate_holder: the organisation in support.
        mandate_ends_on: the last day of its mandate.
        months_funded: whole months for which resources are secured; None without a support model
            that states some.
        last_plenary_at: when the last one was held.
        actions_overdue: open actions whose day is over.
        indicators: how many the value chain states.
        indicators_current: how many of them have a current value.
        disagreements_open: how many are not closed.
        disagreements_blocking: how many keep gates shut.
        next_expiry_at: when the next document goes stale.
        next_expiry_of: which one.
        next_due_at: when the first thing is due of all that was to come at its last entry; None for
            nothing.
        next_due_of: what it is, as of :class:`DueView`.
        verdict_gate: the gate that was requested last.
        verdict: what came of it.
        verdict_at: when.
        alerts: those that stand, the most urgent first.
    """

    programme: str
    slug: str
    title: str
    territory: str
    status: str
    stage: str
    stage_since: Instant
    days_in_stage: int
    levels: dict[str, int]
    trend: dict[str, int]
    next_gate: str | None
    lacks: dict[str, int]
    active_members: int
    members_in: int
    members_out: int
    mandate_holder: str | None
    mandate_ends_on: date | None
    months_funded: int | None
    last_plenary_at: Instant | None
    actions_overdue: int
    indicators: int
    indicators_current: int
    disagreements_open: int
    disagreements_blocking: int
    next_expiry_at: Instant | None
    next_expiry_of: str | None
    next_due_at: Instant | None
    next_due_of: str | None
    verdict_gate: str | None
    verdict: str | None
    verdict_at: Instant | None
    alerts: tuple[AlertView, ...]

    @property
    def next_expiry_on(self) -> date | None:
        """The day on which the next document goes stale, where it is at the end of a day."""
        return _day_of("document_expires", self.next_expiry_at)

    @property
    def next_due_on(self) -> date | None:
        """The day on which the first thing is due, where it is due on a day."""
        return _day_of(self.next_due_of, self.next_due_at)

    @property
    def place(self) -> PortfolioPlace:
        """Where the page after this one begins."""
        return PortfolioPlace(self.title, self.stage_since, self.next_due_at, self.slug)


class ValueCount(Shape):
    """How many cooperations a filter would show with a value."""

    value: str
    cooperations: int


class Followed(Shape):
    """A lifecycle with a policy, each as ``name@version``."""

    lifecycle: str
    policy: str


class PortfolioCounts(Shape):
    """How many cooperations a portfolio shows, and how many each value of a filter would show.

    Each value is counted with all other filters as they are. Of territories and organisations in
    support there are the commonest hundred only; cooperations have several alerts, or none.
    ``commonest`` is what most of those follow that are shown, together; None where none is.
    """

    total: int
    commonest: Followed | None
    status: tuple[ValueCount, ...]
    stage: tuple[ValueCount, ...]
    lifecycle: tuple[ValueCount, ...]
    policy: tuple[ValueCount, ...]
    alert: tuple[ValueCount, ...]
    severity: tuple[ValueCount, ...]
    territory: tuple[ValueCount, ...]
    holder: tuple[ValueCount, ...]


class Spread(Shape):
    """How days are spread: a quarter of them are at most ``lower``, half at most ``median``."""

    lower: int
    median: int
    upper: int


class StageTimes(Shape):
    """How many whole days cooperations spend in a stage; None where there are none.

    ``passed`` counts the stays that ended, ``present`` the cooperations that are there now.
    """

    stage: str
    passed: int
    passed_days: Spread | None
    present: int
    present_days: Spread | None


class DuePlace(NamedTuple):
    """Where something that is due stands among the others of a programme."""

    at: datetime
    cooperation: str
    kind: str
    about: str


class DueView(Shape):
    """Something that is due in a cooperation; nothing of it is sealed.

    Attributes:
        programme: of the cooperation.
        slug: its id.
        title: what it is called.
        kind: as of :class:`coopflow.readmodel.agenda.AgendaItem`.
        about: what tells it from others of its kind.
        subject: what it is about, for people.
        organisation: whom it concerns, where it is one organisation.
        at: when; of what is due on a day, its end.
    """

    programme: str
    slug: str
    title: str
    kind: str
    about: str
    subject: str
    organisation: str
    at: Instant

    @property
    def day(self) -> date | None:
        """The day on which it is due, where it is due on a day."""
        return _day_of(self.kind, self.at)

    @property
    def place(self) -> DuePlace:
        """Where the page after this one begins."""
        address = str(Address(self.programme, self.slug))
        return DuePlace(self.at, address, self.kind, self.about)


class WaitingPlace(NamedTuple):
    """Where a task stands among those of a programme, the one that waits longest first."""

    begins_at: datetime
    cooperation: str
    person: str
    kind: str
    about: str
    organisation: str


class WaitingView(TaskView):
    """A task with whom it waits for: ``person`` is empty where whoever holds the role may do it."""

    person: str

    @property
    def waits(self) -> WaitingPlace:
        """Where the page after this one begins."""
        address = str(Address(self.programme, self.slug))
        return WaitingPlace(
            self.begins_at, address, self.person, self.kind, self.about, self.organisation
        )


class WaitedFor(Shape):
    """A person or an organisation for which cooperations wait, since when and for how much."""

    who: str
    since: Instant
    tasks: int
    overdue: int
    cooperations: int

    @property
    def place(self) -> tuple[datetime, str]:
        """Where the page after this one begins."""
        return (self.since, self.who)


class LevelsSince(Shape):
    """The levels of all conditions, and since when they held."""

    at: Instant
    levels: dict[str, int]


class LevelCount(Shape):
    """How many cooperations in a stage have a level in a condition."""

    stage: str
    condition: str
    level: int
    cooperations: int


class MeasureView(Shape):
    """A value of an indicator; ``number`` counts them from 1."""

    number: int
    value: float
    organisation: str
    period: str | None
    at: Instant


class IndicatorView(Shape):
    """An indicator of the value chain with its values, the latest first.

    ``current_until`` is until when the latest value counts as current: None when there is none, and
    where the policy that says for how long is not registered; ``measured`` is how many values there
    have been in all.
    """

    id: str
    objective: str
    definition: str
    unit: str
    source: str
    collector: str
    frequency: str
    baseline: float | str | None
    target: float | str | None
    measured: int
    is_current: bool
    current_until: Instant | None
    values: tuple[MeasureView, ...]


class OutboxLine(Shape):
    """A notice that waits to be sent; without recipients it is for all active members."""

    id: int
    cooperation_id: str
    seq: int
    position: int
    kind: str
    about: str
    recipients: tuple[str, ...]
    at: Instant
    created_at: Instant
