"""A stage policy: every number and rule that a collective may want otherwise, as data.

The shape of ``policies/*.yaml``. What the engine does with each value is said at the field; the
values of the method themselves stand in the files, never in code.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Final, Literal

from pydantic import Field

from coopflow.domain.base import Count, Label, Shape, Share, Slug, Text, Version
from coopflow.domain.calendar import Span
from coopflow.domain.facts import FactQuery
from coopflow.domain.tools import Frequency, Kind
from coopflow.domain.voting import Rule

Positive = Annotated[int, Field(ge=1)]
ReviewKind = Literal["after_action", "quarterly", "annual", "evaluation", "exceptional"]

REVIEW_LABELS: Final[Mapping[str, Label]] = {
    "after_action": Label(en="after-action review", fr="bilan d'action"),
    "quarterly": Label(en="quarterly review", fr="bilan trimestriel"),
    "annual": Label(en="yearly review", fr="bilan annuel"),
    "evaluation": Label(en="evaluation", fr="évaluation"),
    "exceptional": Label(en="exceptional review", fr="bilan exceptionnel"),
}
"""What each kind of review is called."""


class Remedy(Shape):
    """Something that people can do to meet a criterion: the commands, in order.

    ``when`` says, in CEL over the facts, when it is of any use; without it, always.
    """

    label: Label
    steps: Annotated[tuple[Slug, ...], Field(min_length=1)]
    document: Kind | None = None
    when: Text | None = None


class Criterion(Shape):
    """A statement over the facts, in CEL, with what to do when it does not hold.

    ``remedies`` name entries of the policy's ``remedies``; any one of them is enough.
    """

    id: Slug
    label: Label
    when: Text
    remedies: tuple[Slug, ...] = ()


class LevelCriterion(Criterion):
    """A criterion that a level of a condition asks for."""

    level: Annotated[int, Field(ge=1, le=4)]


class Guard(Criterion):
    """A criterion that a gate asks for besides the levels.

    ``lasting`` guards must keep holding in the stage that the gate leads into and in those after
    it: when one fails, an alert is raised.
    """

    lasting: bool = False


class Condition(Shape):
    """One condition of collective impact, and the criteria of its levels."""

    id: Slug
    letter: Annotated[str, Field(pattern=r"^[A-Z]$")]
    label: Label
    criteria: Annotated[tuple[LevelCriterion, ...], Field(min_length=1)]
    cure: Span | None = None


class GatePolicy(Shape):
    """What a gate asks for: minimal levels, guards, and how its passing is ratified."""

    minima: dict[Slug, Annotated[int, Field(ge=0, le=4)]]
    guards: tuple[Guard, ...] = ()


class Ratification(Shape):
    """The decision that a passed gate opens, and what a conditional pass tolerates."""

    rule: Rule
    quorum: Share
    open_for: Span
    never_short: tuple[Slug, ...] = ()
    conditions_short: Count = 1
    levels_short: Count = 1
    remedy_within: Span


class Waiver(Shape):
    """How a failed gate may be overridden."""

    within: Span
    times: Count = 1


class DocumentPolicy(Shape):
    """How long a kind of document is valid, and how it is adopted unless it names a rule."""

    rule: Rule
    valid: Span | None = None


class DocumentPolicies(Shape):
    """The kinds of documents, and how long one that is past its validity still counts."""

    stale_for: Span
    kinds: dict[Kind, DocumentPolicy]
    signed_share: Share
    turnover_share: Share


class Reminders(Shape):
    """When those who have not answered are reminded."""

    half_time: bool = True
    before_closing: tuple[Span, ...] = ()


class Delegation(Shape):
    """How many ballots one organisation may hold for others."""

    per_holder: Count


class SecondCall(Shape):
    """When a lapsed decision may be called again, and with which part of its quorum."""

    earliest: Span
    latest: Span
    quorum_factor: Share
    never_for: tuple[Text, ...] = ()


class Decisions(Shape):
    """Defaults and limits of decisions. Subjects are matched by their part before the colon."""

    quorum: Share
    open_for: Span
    rules: dict[Text, Rule]
    not_allowed: dict[Text, tuple[Text, ...]] = Field(default_factory=dict)
    silence_for: Span
    objection_extends: Span
    material_extends: Span
    rounds: Count
    fallback: Rule
    reminders: Reminders
    delegation: Delegation
    second_call: SecondCall
    veto_within: Span


class Clocks(Shape):
    """How long a condition may stay below its minimum before the cooperation falls back."""

    cure: Span


class Cadence(Shape):
    """A review that the engine convenes by itself, in some stages."""

    every: Span
    stages: tuple[Slug, ...]


class Reviews(Shape):
    """Cadences, and what convenes a review out of turn.

    ``after_action_within`` is the time in which an action that is over, an exit or a lapsed
    decision is to be looked back on; without it, nobody is asked to.
    """

    cadence: dict[ReviewKind, Cadence]
    members_gone_share: Share
    after_action_within: Span | None = None


class Measures(Shape):
    """How long a value of an indicator is current, by the frequency of the indicator."""

    current_for: dict[Frequency, Span]


class Ladder(Shape):
    """The limits of the steps of a disagreement."""

    raised: Span
    dialogue: Span
    facilitation: Span
    mediation: Span
    extension: Span
    collective_decision: Span
    separation: Span
    follow_up: Span
    ask_within: Span
    blocks_for: Span
    blocking_matters: tuple[Slug, ...]


class Alerts(Shape):
    """From when on people are warned."""

    mandate_ends_within: Span
    cure_ends_within: Span
    expires_within: Span
    no_plenary_for: Span
    attendance_below: Share
    attendance_last: Positive
    event_stands_for: Span


class Policy(Shape):
    """A whole stage policy.

    ``lifecycle`` names the one that it is written for; without it, that of the method.
    ``facts`` names readings of published facts with parameters; criteria read those names, and
    the published facts that need no parameter by their own names.
    """

    policy: Slug
    version: Version
    label: Label
    lifecycle: Slug | None = None
    author: Text | None = None
    facts: dict[Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")], FactQuery] = Field(
        default_factory=dict
    )
    remedies: dict[Slug, Remedy]
    conditions: Annotated[tuple[Condition, ...], Field(min_length=1)]
    advice: tuple[Criterion, ...] = ()
    gates: dict[Slug, GatePolicy]
    ratification: Ratification
    waiver: Waiver
    documents: DocumentPolicies
    decisions: Decisions
    clocks: Clocks
    reviews: Reviews
    measures: Measures
    disagreements: Ladder
    alerts: Alerts

    def cure_span(self, condition: str) -> Span:
        """Return how long a condition may stay below its minimum."""
        own = next((c.cure for c in self.conditions if c.id == condition), None)
        return own or self.clocks.cure


SUBJECTS: Final = frozenset(
    {
        "document",
        "mandate",
        "admission",
        "exclusion",
        "gate",
        "waiver",
        "disagreement",
        "policy",
        "return",
        "closing",
        "money",
        "other",
    }
)
"""What decisions are about, by the part of the subject before its colon."""


def subject_kind(subject: str) -> str:
    """Return the part of a subject before its colon: ``gate`` of ``gate:to_animation``."""
    return subject.partition(":")[0]
