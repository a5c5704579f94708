"""Reviews: feedback loops that are opened, propose changes, and are closed as a record."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any, Literal

from pydantic import model_validator

from coopflow.domain.base import Day, Slug, Text
from coopflow.domain.commands import Command
from coopflow.domain.decisions import DecisionClosed
from coopflow.domain.documents import draft, submit
from coopflow.domain.events import Entry, Event
from coopflow.domain.lifecycle import Move, StateMachine
from coopflow.domain.members import MemberLeft
from coopflow.domain.policy import ReviewKind
from coopflow.domain.refusals import refuse
from coopflow.domain.roadmap import ActionUpdated, known_indicators
from coopflow.domain.rulebook import Rulebook
from coopflow.domain.state import Change, Cooperation, Review
from coopflow.domain.turn import Due, Fire, Rank, Turn

CHANGE = StateMachine(
    "change",
    "open",
    [
        Move("accepted", "open", "accepted"),
        Move("declined", "open", "declined"),
        Move("deferred", "open", "deferred"),
    ],
)
"""What becomes of a change that a review proposes."""


class ReviewConvened(Event):
    """It is time for a review: the policy's cadence says so."""

    type: Literal["review_convened"] = "review_convened"
    kind: ReviewKind

    def changes(self, state: Cooperation, entry: Entry) -> dict[str, Any]:
        """Note when."""
        return {"convened": {**state.convened, self.kind: entry.at}}


class ReviewOpened(Event):
    """A review began."""

    type: Literal["review_opened"] = "review_opened"
    review: Slug
    kind: ReviewKind
    period: str | None = None

    def changes(self, state: Cooperation, entry: Entry) -> dict[str, Any]:
        """Add the review."""
        review = Review(
            id=self.review, kind=self.kind, period=self.period, opened_at=entry.at, by=entry.by
        )
        return {"reviews": {**state.reviews, self.review: review}}


class ChangeProposed(Event):
    """A review proposes to change something."""

    type: Literal["change_proposed"] = "change_proposed"
    review: Slug
    change: Slug
    target: str
    text: str

    def changes(self, state: Cooperation, entry: Entry) -> dict[str, Any]:  # noqa: ARG002
        """Add the proposal."""
        return _with_change(
            state, self.review, Change(id=self.change, target=self.target, text=self.text)
        )


class ChangeResolved(Event):
    """A proposed change was accepted, declined or deferred."""

    type: Literal["change_resolved"] = "change_resolved"
    review: Slug
    change: Slug
    verdict: Literal["accepted", "declined", "deferred"]
    reason: str | None = None
    until: Day | None = None

    def changes(self, state: Cooperation, entry: Entry) -> dict[str, Any]:  # noqa: ARG002
        """Note the verdict."""
        change = state.reviews[self.review].changes[self.change]
        resolved = change.but(status=self.verdict, reason=self.reason, until=self.until)
        return _with_change(state, self.review, resolved)


def _with_change(state: Cooperation, slug: str, change: Change) -> dict[str, Any]:
    review = state.reviews[slug]
    changed = review.but(changes={**review.changes, change.id: change})
    return {"reviews": {**state.reviews, slug: changed}}


class ReviewClosed(Event):
    """A review ended; what it found is kept as a feedback loop."""

    type: Literal["review_closed"] = "review_closed"
    review: Slug
    kind: ReviewKind
    measures: tuple[Slug, ...]
    summary_published: bool

    def changes(self, state: Cooperation, entry: Entry) -> dict[str, Any]:
        """Note when, and what it examined."""
        closed = state.reviews[self.review].but(
            closed_at=entry.at,
            closed_seq=entry.seq,
            measures=self.measures,
            summary_published=self.summary_published,
        )
        return {"reviews": {**state.reviews, self.review: closed}}


class _AboutReview(Command):
    """A command on a review; an evaluator acts on the evaluations, the programme on its own."""

    def is_within(self, scope: str, state: Cooperation) -> bool:
        kind = self._kind(state)
        if scope == "exceptional":
            return self.command == "open_review" and kind == "exceptional"
        if scope == "own_review":
            return kind == "evaluation"
        return super().is_within(scope, state)

    def _kind(self, state: Cooperation) -> str | None:
        raise NotImplementedError


class OpenReview(_AboutReview):
    """Begin a review."""

    command: Literal["open_review"] = "open_review"
    review: Slug | None = None
    kind: ReviewKind
    period: Text | None = None

    def _kind(self, state: Cooperation) -> str | None:  # noqa: ARG002
        return self.kind

    def decide(self, turn: Turn) -> None:
        """Open it."""
        slug = self.review or turn.state.next_id("reviews")
        if slug in turn.state.reviews or turn.state.had("reviews", slug):
            refuse("already_exists", f"there is a review {slug}", review=slug)
        turn.emit(ReviewOpened(review=slug, kind=self.kind, period=self.period))


def _next_change(known: dict[str, Change]) -> str:
    number = len(known) + 1
    while f"change-{number}" in known:
        number += 1
    return f"change-{number}"


class _InReview(_AboutReview):
    review: Slug

    def _kind(self, state: Cooperation) -> str | None:
        found = state.reviews.get(self.review)
        return found.kind if found else None

    def _found(self, state: Cooperation) -> Review:
        review = state.reviews.get(self.review)
        if review is None and state.had("reviews", self.review):
            refuse("wrong_state", f"{self.review} was closed long ago", review=self.review)
        if review is None:
            refuse("unknown_review", f"there is no review {self.review}", review=self.review)
        return review

    def _check_open(self, review: Review) -> None:
        if not review.is_open:
            refuse("wrong_state", f"{self.review} is closed", review=self.review)


class ProposeChange(_InReview):
    """Propose to change something; who answers for it decides."""

    command: Literal["propose_change"] = "propose_change"
    change: Slug | None = None
    target: Text
    text: Text

    def decide(self, turn: Turn) -> None:
        """Add the proposal to an open review."""
        review = self._found(turn.state)
        self._check_open(review)
        slug = self.change or _next_change(review.changes)
        if slug in review.changes:
            refuse("already_exists", f"there is a change {slug}", change=slug)
        turn.emit(
            ChangeProposed(review=self.review, change=slug, target=self.target, text=self.text)
        )


class ResolveChange(_InReview):
    """Accept, decline or defer a proposed change; accepting changes nothing by itself."""

    command: Literal["resolve_change"] = "resolve_change"
    change: Slug
    verdict: Literal["accepted", "declined", "deferred"]
    reason: Text | None = None
    until: Day | None = None

    @model_validator(mode="after")
    def _deferred_until(self) -> ResolveChange:
        if self.verdict == "deferred" and self.until is None:
            message = "until: deferring a change says until when"
            raise ValueError(message)
        return self

    def decide(self, turn: Turn) -> None:
        """Resolve an open proposal."""
        review = self._found(turn.state)
        change = review.changes.get(self.change)
        if change is None:
            refuse("unknown_review", f"there is no change {self.change}", change=self.change)
        self._check_open(review)
        if CHANGE.after(change.status, self.verdict) is None:
            refuse("wrong_state", f"{self.change} is {change.status}", change=self.change)
        if self.verdict == "declined" and self.reason is None:
            refuse("reason_required", "declining a change says why", change=self.change)
        turn.emit(
            ChangeResolved(
                review=self.review,
                change=self.change,
                verdict=self.verdict,
                reason=self.reason,
                until=self.until,
            )
        )


class CloseReview(_InReview):
    """End a review and keep its record as a feedback loop."""

    command: Literal["close_review"] = "close_review"
    expected: Text
    observed: Text
    why: Text
    lessons: tuple[Text, ...]
    measures: tuple[Slug, ...] = ()
    beneficiary_voice: Text | None = None
    summary_published: bool = False

    def decide(self, turn: Turn) -> None:
        """Close a review none of whose proposals is open."""
        review = self._found(turn.state)
        unknown = [one for one in self.measures if one not in known_indicators(turn.state)]
        if unknown:
            refuse("unknown_document", f"no indicator {unknown[0]}", indicator=unknown[0])
        self._check_open(review)
        waiting = [change.id for change in review.changes.values() if change.status == "open"]
        if waiting:
            refuse(
                "wrong_state",
                "a proposed change is still open",
                review=self.review,
                changes=waiting,
            )
        turn.emit(
            ReviewClosed(
                review=self.review,
                kind=review.kind,
                measures=self.measures,
                summary_published=self.summary_published,
            )
        )
        self._write_feedback_loop(turn, review)

    def _write_feedback_loop(self, turn: Turn, review: Review) -> None:
        content = {
            "review": self.review,
            "kind": review.kind,
            "expected": self.expected,
            "observed": self.observed,
            "why": self.why,
            "lessons": list(self.lessons),
            "measures": list(self.measures),
            "summary_published": self.summary_published,
            "changes": [one.model_dump(mode="json") for one in review.changes.values()],
        }
        if self.beneficiary_voice is not None:
            content["beneficiary_voice"] = self.beneficiary_voice
        version = draft(turn, "feedback_loop", content, self.actor)
        submit(turn, turn.state.version("feedback_loop", version))


def due(state: Cooperation, rules: Rulebook) -> Iterator[Due]:
    """Yield the instants at which the policy's cadence convenes a review."""
    if state.is_frozen or state.status not in {"active", "paused"}:
        return
    for kind, cadence in rules.policy.reviews.cadence.items():
        if state.stage in cadence.stages and state.stage_since is not None:
            last = _last_of(state, kind)
            begin = max(instant for instant in (state.stage_since, last) if instant is not None)
            convened = state.convened.get(kind)
            if convened is None or convened < begin:
                at = cadence.every.after(begin)
            else:
                at = cadence.every.after(convened)
            yield Due(at, Rank.REMINDER, _convening(kind))
    yield from _renewals(state, rules)


def _renewals(state: Cooperation, rules: Rulebook) -> Iterator[Due]:
    """Yield the end of the term after which the yearly review is convened."""
    if state.floor_since is None:
        return
    for gate in rules.lifecycle.gates_from(state.stage):
        if gate.term is not None:
            at = gate.term.after(state.floor_since)
            convened = state.convened.get("annual")
            if convened is None or convened < at:
                yield Due(at, Rank.REMINDER, _convening("annual"))


def on_something_over(turn: Turn, event: Event) -> None:
    """Convene a look back at an action, an exit or a lapsed decision, unless one is due already."""
    within = turn.rules.policy.reviews.after_action_within
    if within is None or not _is_over(turn, event):
        return
    convened = turn.state.convened.get("after_action")
    waiting = convened is not None and turn.at < within.after(convened)
    if not waiting or _is_held(turn.state, "after_action"):
        turn.emit(ReviewConvened(kind="after_action"))


def _is_over(turn: Turn, event: Event) -> bool:
    if isinstance(event, ActionUpdated):
        return event.status in {"done", "dropped"} and event.status != event.before
    if isinstance(event, DecisionClosed):
        return event.result == "lapsed"
    assert isinstance(event, MemberLeft)
    # Who was only invited does not leave.
    return turn.state.members[event.organisation].moved_at == turn.at


def _is_held(state: Cooperation, kind: ReviewKind) -> bool:
    """Whether a review that was convened has been closed."""
    last, convened = _last_of(state, kind), state.convened.get(kind)
    return last is not None and convened is not None and last >= convened


def on_fell_back(turn: Turn, event: Event) -> None:  # noqa: ARG001 - any fall-back
    """Convene an exceptional review after a stage was lost."""
    turn.emit(ReviewConvened(kind="exceptional"))


def on_member_left(turn: Turn, event: Event) -> None:  # noqa: ARG001 - any leaving
    """Convene an exceptional review once many members are gone."""
    state = turn.state
    since = max(
        (i for i in (state.opened_at, state.convened.get("exceptional")) if i is not None),
        default=turn.at,
    )
    gone = [m for m in state.members.values() if m.moved_at and m.status == "left"]
    lately = [member for member in gone if (member.moved_at or since) > since]
    if len(lately) > turn.rules.policy.reviews.members_gone_share * (
        len(state.active) + len(lately)
    ):
        turn.emit(ReviewConvened(kind="exceptional"))


def _last_of(state: Cooperation, kind: str) -> datetime | None:
    closed = [r.closed_at for r in state.reviews.values() if r.kind == kind and r.closed_at]
    return max(closed, default=None)


def _convening(kind: ReviewKind) -> Fire:
    def fire(turn: Turn) -> None:
        turn.emit(ReviewConvened(kind=kind))

    return fire
