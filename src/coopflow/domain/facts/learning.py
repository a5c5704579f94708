"""Facts about the roadmap, the shared evaluation and what is learnt from it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from fractions import Fraction
from typing import Annotated, ClassVar, Final, Literal

from pydantic import Field

from coopflow.domain.base import Label, Source
from coopflow.domain.calendar import Span, earliest, end_of
from coopflow.domain.facts.base import Fact, FactType, Query, View, document_source
from coopflow.domain.state import Measure, Review, Series
from coopflow.domain.tools import Action, Indicator, ValueChain


def _share(part: int, whole: int, empty: int) -> float:
    return float(Fraction(part, whole)) if whole else float(empty)


def _action_sources(actions: Iterable[Action]) -> tuple[Source, ...]:
    return tuple(Source(kind="action", id=action.id) for action in actions)


class _RoadmapQuery(Query):
    gives: ClassVar[FactType] = "double"
    reads: ClassVar[tuple[str, ...]] = ("roadmap", "actions")

    def _actions(self, view: View) -> tuple[Action, ...] | None:
        return None if view.usable("roadmap") is None else tuple(view.state.actions.values())


def _next_due(actions: Iterable[Action], at: datetime) -> datetime | None:
    return earliest(*(end for action in actions if (end := end_of(action.due)) > at))


class DueSettledShare(_RoadmapQuery):
    """Which share of the actions that were due is done or replanned."""

    fact: Literal["roadmap.due_settled_share"] = "roadmap.due_settled_share"
    is_share: ClassVar[bool] = True
    says: ClassVar[Label] = Label(
        fr="part des actions échues faites ou replanifiées",
        en="share of the due actions that are done or replanned",
    )

    def read(self, view: View) -> Fact:
        """Divide; 1 when nothing was due, 0 without an adopted roadmap."""
        actions = self._actions(view)
        if actions is None:
            return Fact(0.0)
        due = [action for action in actions if end_of(action.due) <= view.at]
        settled = [action for action in due if action.status in {"done", "replanned"}]
        return Fact(
            _share(len(settled), len(due), empty=1),
            _action_sources(due),
            _next_due(actions, view.at),
        )


class JointShare(_RoadmapQuery):
    """Which share of all actions has a contributor besides the owner."""

    fact: Literal["roadmap.joint_share"] = "roadmap.joint_share"
    is_share: ClassVar[bool] = True
    says: ClassVar[Label] = Label(
        fr="part des actions menées à plusieurs", en="share of the actions that are joint"
    )

    def read(self, view: View) -> Fact:
        """Divide; 0 without an adopted roadmap."""
        actions = self._actions(view) or ()
        joint = [action for action in actions if action.is_joint]
        return Fact(_share(len(joint), len(actions), empty=0), _action_sources(joint))


class OverdueShare(_RoadmapQuery):
    """Which share of the open actions is overdue."""

    fact: Literal["roadmap.overdue_share"] = "roadmap.overdue_share"
    is_share: ClassVar[bool] = True
    says: ClassVar[Label] = Label(
        fr="part des actions ouvertes en retard", en="share of the open actions that are overdue"
    )

    def read(self, view: View) -> Fact:
        """Divide; 0 when no action is open, 1 without an adopted roadmap."""
        actions = self._actions(view)
        if actions is None:
            return Fact(1.0)
        open_ones = [action for action in actions if action.is_open]
        late = [action for action in open_ones if end_of(action.due) <= view.at]
        return Fact(
            _share(len(late), len(open_ones), empty=0),
            _action_sources(late),
            _next_due(open_ones, view.at),
        )


class Unassigned(_RoadmapQuery):
    """How many open actions are owned by nobody that the cooperation knows."""

    fact: Literal["roadmap.unassigned"] = "roadmap.unassigned"
    gives: ClassVar[FactType] = "int"
    reads: ClassVar[tuple[str, ...]] = ("roadmap", "actions", "members")
    says: ClassVar[Label] = Label(
        fr="actions ouvertes sans porteur connu du collectif",
        en="open actions without an owner that the collective knows",
    )

    def read(self, view: View) -> Fact:
        """Count them."""
        loose = [
            action
            for action in self._actions(view) or ()
            if action.is_open and action.owner not in view.state.members
        ]
        return Fact(len(loose), _action_sources(loose))


class Experiments(_RoadmapQuery):
    """How many actions state a hypothesis and what was learnt."""

    fact: Literal["roadmap.experiments"] = "roadmap.experiments"
    gives: ClassVar[FactType] = "int"
    says: ClassVar[Label] = Label(
        fr="actions posant une hypothèse et disant ce qu'elles ont appris",
        en="actions with a hypothesis and a learning",
    )

    def read(self, view: View) -> Fact:
        """Count them."""
        tried = [
            action
            for action in self._actions(view) or ()
            if action.experiment and action.experiment.hypothesis and action.experiment.learning
        ]
        return Fact(len(tried), _action_sources(tried))


def _closed(reviews: Iterable[Review]) -> list[tuple[Review, datetime, int]]:
    return [
        (review, review.closed_at, review.closed_seq)
        for review in reviews
        if review.closed_at is not None and review.closed_seq is not None
    ]


def _after_a_review(view: View, seq: int | None, within: Span) -> Fact:
    if seq is None:
        return Fact(value=False)
    before = [
        (review, closed_at)
        for review, closed_at, closed_seq in _closed(view.state.reviews.values())
        if closed_seq < seq and view.within(closed_at, within)
    ]
    if not before:
        return Fact(value=False)
    review, closed_at = max(before, key=lambda entry: entry[1])
    return Fact(
        value=True, sources=(Source(kind="review", id=review.id),), until=within.after(closed_at)
    )


class RoadmapAfterReview(Query):
    """Whether the adopted roadmap was approved after a recent review was closed."""

    fact: Literal["roadmap.after_review"] = "roadmap.after_review"
    within: Span
    gives: ClassVar[FactType] = "bool"
    reads: ClassVar[tuple[str, ...]] = ("roadmap", "reviews")
    says: ClassVar[Label] = Label(
        fr="la feuille de route a été adoptée après un bilan récent",
        en="the roadmap was approved after a recent review",
    )

    def words(self) -> Label:
        """Say how recent the review is."""
        within = self.within.words()
        return Label(
            en=f"roadmap adopted after a review closed less than {within.en} ago",
            fr=f"feuille de route adoptée après un bilan clos il y a moins de {within.fr}",
        )

    def read(self, view: View) -> Fact:
        """Compare the order of the two events."""
        document = view.usable("roadmap")
        if document is None:
            return Fact(value=False)
        found = _after_a_review(view, document.approved_seq, self.within)
        return found._replace(sources=(document_source(document), *found.sources))


class AdjustedAfterReview(Query):
    """Whether an action was dropped or replanned after a recent review was closed."""

    fact: Literal["roadmap.adjusted_after_review"] = "roadmap.adjusted_after_review"
    within: Span
    gives: ClassVar[FactType] = "bool"
    reads: ClassVar[tuple[str, ...]] = ("adjustment", "reviews")
    says: ClassVar[Label] = Label(
        fr="une action a été abandonnée ou replanifiée après un bilan récent",
        en="an action was dropped or replanned after a recent review",
    )

    def words(self) -> Label:
        """Say how recent the review is."""
        within = self.within.words()
        return Label(
            en=f"action dropped or replanned after a review closed less than {within.en} ago",
            fr=f"action abandonnée ou replanifiée après un bilan clos il y a moins de {within.fr}",
        )

    def read(self, view: View) -> Fact:
        """Compare the order of the two events."""
        adjustment = view.state.adjustment
        found = _after_a_review(view, adjustment.seq if adjustment else None, self.within)
        if adjustment is None or not found.value:
            return found
        return found._replace(sources=(Source(kind="action", id=adjustment.action), *found.sources))


_REVIEWS: Final[Mapping[str | None, Label]] = {
    None: Label(en="reviews", fr="bilans"),
    "after_action": Label(en="after-action reviews", fr="bilans d'action"),
    "quarterly": Label(en="quarterly reviews", fr="bilans trimestriels"),
    "annual": Label(en="yearly reviews", fr="bilans annuels"),
    "evaluation": Label(en="evaluations", fr="bilans d'évaluation"),
    "exceptional": Label(en="exceptional reviews", fr="bilans exceptionnels"),
}


class Reviews(Query):
    """How many reviews were closed, with what the parameters ask of each."""

    fact: Literal["reviews"] = "reviews"
    kind: Literal["after_action", "quarterly", "annual", "evaluation", "exceptional"] | None = None
    within: Span | None = None
    examined_measures: bool = False
    published: bool = False
    gives: ClassVar[FactType] = "int"
    reads: ClassVar[tuple[str, ...]] = ("reviews",)
    says: ClassVar[Label] = Label(
        fr="bilans clos répondant aux critères", en="closed reviews that meet the criteria"
    )

    def words(self) -> Label:
        """Say what is asked of them."""
        named = _REVIEWS[self.kind]
        en, fr = [f"{named.en} closed"], [f"{named.fr} clos"]
        if self.within is not None:
            within = self.within.words()
            en.append(f"less than {within.en} ago")
            fr.append(f"il y a moins de {within.fr}")
        if self.examined_measures:
            en.append("that examined measures")
            fr.append("ayant examiné des mesures")
        if self.published:
            en.append("with a published summary")
            fr.append("avec une synthèse publiée")
        return Label(en=" ".join(en), fr=" ".join(fr))

    def accepts(self, review: Review) -> bool:
        """Whether a closed review is one of those that are counted, whatever its age."""
        return bool(
            (self.kind is None or review.kind == self.kind)
            and (not self.examined_measures or review.measures)
            and (not self.published or review.summary_published)
        )

    def read(self, view: View) -> Fact:
        """Count them; the count falls when the oldest leaves the window."""
        counted = [
            (review, closed_at)
            for review, closed_at, _ in _closed(view.state.reviews.values())
            if self.accepts(review) and view.within(closed_at, self.within)
        ]
        return Fact(
            len(counted),
            tuple(Source(kind="review", id=review.id) for review, _ in counted),
            view.first_lapse((closed_at for _, closed_at in counted), self.within),
        )


def indicators_of(view: View) -> tuple[Indicator, ...]:
    """Return the indicators of the adopted value chain."""
    document = view.usable("value_chain")
    if document is None or not isinstance(document.typed, ValueChain):
        return ()
    return tuple(one for objective in document.typed.objectives for one in objective.indicators)


def current_values(view: View) -> list[tuple[Indicator, Measure, datetime]]:
    """Return the values of the indicators that are current, the latest first, and until when."""
    found = []
    for indicator in indicators_of(view):
        span = view.current_for[indicator.frequency]
        series = view.state.measures.get(indicator.id, Series())
        for measure in reversed(series.latest):
            until = span.after(measure.at)
            if view.at < until:
                found.append((indicator, measure, until))
    return found


class _IndicatorQuery(Query):
    reads: ClassVar[tuple[str, ...]] = ("value_chain", "measures")


class CurrentShare(_IndicatorQuery):
    """Which share of the indicators has a current value."""

    fact: Literal["indicators.current_share"] = "indicators.current_share"
    is_share: ClassVar[bool] = True
    gives: ClassVar[FactType] = "double"
    says: ClassVar[Label] = Label(
        fr="part des indicateurs ayant une valeur à jour",
        en="share of the indicators with a current value",
    )

    def read(self, view: View) -> Fact:
        """Divide; 0 when there is no indicator."""
        # The latest value of an indicator is the one that is current for longest.
        until = {one.id: end for one, _, end in reversed(current_values(view))}
        return Fact(
            _share(len(until), len(indicators_of(view)), empty=0),
            tuple(Source(kind="measure", id=slug) for slug in sorted(until)),
            earliest(*until.values()),
        )


class CurrentContributors(_IndicatorQuery):
    """From how many organisations the current values come."""

    fact: Literal["indicators.contributors"] = "indicators.contributors"
    gives: ClassVar[FactType] = "int"
    says: ClassVar[Label] = Label(
        fr="organisations ayant fourni des valeurs à jour",
        en="organisations that gave current values",
    )

    def read(self, view: View) -> Fact:
        """Count the organisations."""
        current = current_values(view)
        organisations = sorted({measure.organisation for _, measure, _ in current})
        return Fact(
            len(organisations),
            tuple(Source(kind="member", id=slug) for slug in organisations),
            earliest(*(until for _, _, until in current)),
        )


class RepeatedShare(_IndicatorQuery):
    """Which share of the indicators has been measured several times."""

    fact: Literal["indicators.repeated_share"] = "indicators.repeated_share"
    is_share: ClassVar[bool] = True
    values: Annotated[int, Field(ge=1)]
    gives: ClassVar[FactType] = "double"
    says: ClassVar[Label] = Label(
        fr="part des indicateurs mesurés plusieurs fois",
        en="share of the indicators that were measured several times",
    )

    def words(self) -> Label:
        """Say how often."""
        return Label(
            en=f"share of the indicators with at least {self.values} values",
            fr=f"part des indicateurs ayant au moins {self.values} valeurs",
        )

    def read(self, view: View) -> Fact:
        """Divide; 0 when there is no indicator."""
        indicators, measures = indicators_of(view), view.state.measures
        repeated = [
            indicator.id
            for indicator in indicators
            if indicator.id in measures and measures[indicator.id].count >= self.values
        ]
        return Fact(
            _share(len(repeated), len(indicators), empty=0),
            tuple(Source(kind="measure", id=slug) for slug in repeated),
        )


class CitingDecisions(Query):
    """How many adopted decisions cite an indicator."""

    fact: Literal["decisions.citing_indicator"] = "decisions.citing_indicator"
    within: Span
    gives: ClassVar[FactType] = "int"
    reads: ClassVar[tuple[str, ...]] = ("value_chain", "decisions")
    says: ClassVar[Label] = Label(
        fr="décisions adoptées s'appuyant sur un indicateur",
        en="adopted decisions that cite an indicator",
    )

    def words(self) -> Label:
        """Say how recent they are."""
        within = self.within.words()
        return Label(
            en=f"decisions adopted less than {within.en} ago that cite an indicator",
            fr=f"décisions adoptées il y a moins de {within.fr} s'appuyant sur un indicateur",
        )

    def read(self, view: View) -> Fact:
        """Count those that name an indicator of the adopted value chain."""
        known = {indicator.id for indicator in indicators_of(view)}
        found = [
            (decision.id, decision.closed_at)
            for decision in view.state.decisions.values()
            if decision.result == "adopted"
            and decision.closed_at is not None
            and known.intersection(decision.cites)
            and view.within(decision.closed_at, self.within)
        ]
        return Fact(
            len(found),
            tuple(Source(kind="decision", id=slug) for slug, _ in found),
            view.first_lapse((closed_at for _, closed_at in found), self.within),
        )


LEARNING_FACTS = (
    DueSettledShare,
    JointShare,
    OverdueShare,
    Unassigned,
    Experiments,
    RoadmapAfterReview,
    AdjustedAfterReview,
    Reviews,
    CurrentShare,
    CurrentContributors,
    RepeatedShare,
    CitingDecisions,
)
