"""Mandates: who holds the support function, for which missions, until when."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Annotated, Any, Literal

from pydantic import Field

from coopflow.domain.base import Day, Slug, StatedInstant, Text
from coopflow.domain.calendar import end_of, start_of
from coopflow.domain.commands import Command
from coopflow.domain.decisions import EffectSuspended, TakesEffect, open_decision
from coopflow.domain.documents import DocumentApproved
from coopflow.domain.events import Entry, Event
from coopflow.domain.members import MemberLeft, active_member
from coopflow.domain.refusals import refuse
from coopflow.domain.rulebook import Rulebook
from coopflow.domain.state import Cooperation, Mandate, MandateTerms
from coopflow.domain.tools import MISSIONS, Mission, SupportModel
from coopflow.domain.turn import Due, Rank, Turn


class MandateStarted(Event):
    """An organisation holds the support function from now on, in place of who held it."""

    type: Literal["mandate_started"] = "mandate_started"
    terms: MandateTerms
    decision: Slug

    def changes(self, state: Cooperation, entry: Entry) -> dict[str, Any]:
        """Let the mandate run, and remember the one before in case of a veto."""
        before = state.mandate and state.mandate.model_copy(update={"replaced": None})
        mandate = Mandate(
            **self.terms.model_dump(), decision=self.decision, since=entry.at, replaced=before
        )
        return {"mandate": mandate, "next_mandate": None}


class MandateResumed(Event):
    """A mandate runs again as it did, since the decision that replaced it is vetoed."""

    type: Literal["mandate_resumed"] = "mandate_resumed"
    holder: Slug
    vetoed: Slug

    def changes(self, state: Cooperation, entry: Entry) -> dict[str, Any]:  # noqa: ARG002
        """Take up the mandate from before."""
        assert state.mandate is not None
        return {"mandate": state.mandate.replaced}


class MandateScheduled(Event):
    """A mandate was given that starts on a later day."""

    type: Literal["mandate_scheduled"] = "mandate_scheduled"
    terms: MandateTerms
    decision: Slug

    def changes(self, state: Cooperation, entry: Entry) -> dict[str, Any]:  # noqa: ARG002
        """Keep it until its day."""
        mandate = Mandate(**self.terms.model_dump(), decision=self.decision, since=entry.at)
        return {"next_mandate": mandate}


class MandateUnscheduled(Event):
    """A mandate that was to start later does not."""

    type: Literal["mandate_unscheduled"] = "mandate_unscheduled"
    holder: Slug
    reason: str

    def changes(self, state: Cooperation, entry: Entry) -> dict[str, Any]:  # noqa: ARG002
        """Drop it."""
        return {"next_mandate": None}


class MandateEnded(Event):
    """Nobody holds the support function any more."""

    type: Literal["mandate_ended"] = "mandate_ended"
    holder: Slug
    reason: str

    def changes(self, state: Cooperation, entry: Entry) -> dict[str, Any]:  # noqa: ARG002
        """Let it lapse."""
        return {"mandate": None, "mandate_ended_at": entry.at}


class ProposeMandate(Command):
    """Propose who holds the support function; the proposed holder does not vote."""

    command: Literal["propose_mandate"] = "propose_mandate"
    decision: Slug | None = None
    holder: Slug
    missions: Annotated[tuple[Mission, ...], Field(min_length=1)]
    hours_month: Annotated[float, Field(gt=0, allow_inf_nan=False)] | None = None
    starts_on: Day | None = None
    ends_on: Day | None = None
    interim: bool = False
    closes_at: StatedInstant | None = None

    def decide(self, turn: Turn) -> None:
        """Open the decision."""
        active_member(turn.state, self.holder)
        if self.ends_on is not None and (
            end_of(self.ends_on) <= turn.at
            or (self.starts_on is not None and self.ends_on < self.starts_on)
        ):
            refuse(
                "too_late", "the mandate would be over before it starts", ends_on=str(self.ends_on)
            )
        open_decision(
            turn,
            subject="mandate",
            slug=self.decision,
            closes_at=self.closes_at,
            recused=(self.holder,),
            terms=MandateTerms(
                holder=self.holder,
                missions=self.missions,
                hours_month=self.hours_month,
                starts_on=self.starts_on,
                ends_on=self.ends_on,
                interim=self.interim,
            ),
        )


class EndMandate(Command):
    """End the running mandate before its time."""

    command: Literal["end_mandate"] = "end_mandate"
    reason: Text

    def decide(self, turn: Turn) -> None:
        """End it."""
        mandate = turn.state.mandate
        if mandate is None:
            refuse("wrong_state", "no mandate runs")
        turn.emit(MandateEnded(holder=mandate.holder, reason=self.reason))


def on_decision_closed(turn: Turn, event: Event) -> None:
    """Start an adopted mandate, or keep it until its day."""
    assert isinstance(event, TakesEffect)
    terms = turn.state.decisions[event.decision].terms
    if terms is not None and event.result == "adopted":
        _give(turn, terms, event.decision)


def on_document_approved(turn: Turn, event: Event) -> None:
    """Replace the running mandate by the one that an adopted support model states."""
    assert isinstance(event, DocumentApproved)
    if event.kind != "support_model":
        return
    model = turn.state.version("support_model", event.version).typed
    assert isinstance(model, SupportModel)
    terms = MandateTerms(
        holder=model.holder,
        missions=tuple(mission for mission in MISSIONS if mission in model.missions),
        hours_month=model.hours_month,
        starts_on=model.mandate_start,
        ends_on=model.mandate_end,
    )
    _give(turn, terms, event.decision)


def _give(turn: Turn, terms: MandateTerms, decision: str) -> None:
    if not _may_run(turn, terms):
        return  # over, or its holder gone, while the members were voting
    if terms.starts_on is not None and start_of(terms.starts_on) > turn.at:
        turn.emit(MandateScheduled(terms=terms, decision=decision))
    else:
        turn.emit(MandateStarted(terms=terms, decision=decision))


def on_effect_suspended(turn: Turn, event: Event) -> None:
    """Take back what was given by a vetoed decision; what it replaced counts again."""
    assert isinstance(event, EffectSuspended)
    running = turn.state.mandate
    before = running.replaced if running and running.decision == event.decision else None
    if before is not None and _may_run(turn, before):
        turn.emit(MandateResumed(holder=before.holder, vetoed=event.decision))
    _end_where(turn, lambda mandate: mandate.decision == event.decision, "veto")


def _may_run(turn: Turn, terms: MandateTerms) -> bool:
    holder = turn.state.members.get(terms.holder)
    is_over = terms.ends_on is not None and turn.at >= end_of(terms.ends_on)
    return holder is not None and holder.is_active and not is_over


def on_member_left(turn: Turn, event: Event) -> None:
    """End the mandate of a holder that leaves."""
    assert isinstance(event, MemberLeft)
    _end_where(turn, lambda mandate: mandate.holder == event.organisation, "the holder left")


def _end_where(turn: Turn, concerns: Callable[[Mandate], bool], reason: str) -> None:
    running, coming = turn.state.mandate, turn.state.next_mandate
    if running is not None and concerns(running):
        turn.emit(MandateEnded(holder=running.holder, reason=reason))
    if coming is not None and concerns(coming):
        turn.emit(MandateUnscheduled(holder=coming.holder, reason=reason))


def due(state: Cooperation, rules: Rulebook) -> Iterator[Due]:  # noqa: ARG001
    """Yield the end of the running mandate and the start of the next one."""
    if state.mandate is not None and state.mandate.ends_on is not None:
        yield Due(end_of(state.mandate.ends_on), Rank.EXPIRY, _end)
    if state.next_mandate is not None and state.next_mandate.starts_on is not None:
        yield Due(start_of(state.next_mandate.starts_on), Rank.EXPIRY, _start_next)


def _end(turn: Turn) -> None:
    mandate = turn.state.mandate
    assert mandate is not None
    turn.emit(MandateEnded(holder=mandate.holder, reason="its last day is over"))


def _start_next(turn: Turn) -> None:
    coming = turn.state.next_mandate
    assert coming is not None
    terms = MandateTerms(**{name: getattr(coming, name) for name in MandateTerms.model_fields})
    turn.emit(MandateStarted(terms=terms, decision=coming.decision or ""))
