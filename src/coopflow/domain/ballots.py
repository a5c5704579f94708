"""Ballots: answering for one's organisation, in a meeting, or for another that entrusted it."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Any, Literal

from pydantic import Field, model_validator

from coopflow.domain.base import Day, Slug
from coopflow.domain.calendar import end_of
from coopflow.domain.commands import Command
from coopflow.domain.decisions import (
    AboutDecision,
    as_vote,
    check_known,
    check_open,
    close,
    close_if_all_answered,
    decision_of,
    facilitated,
    heed_objections,
    heed_words,
)
from coopflow.domain.events import Entry, Event
from coopflow.domain.marks import Sealed, SealedText
from coopflow.domain.meetings import check_held
from coopflow.domain.members import active_member
from coopflow.domain.refusals import refuse
from coopflow.domain.state import Ballot, Cooperation, Decision, Delegation, Objection
from coopflow.domain.turn import Turn


class BallotCast(AboutDecision):
    """An organisation answered; its last answer counts."""

    type: Literal["ballot_cast"] = "ballot_cast"
    organisation: Slug
    choice: Sealed
    reason: Sealed | None = None
    meeting: Slug | None = None
    delegated: bool = False
    holder: Slug | None = None

    @classmethod
    def is_sealed(cls, fields: Mapping[str, Any], secret: Collection[str]) -> bool:
        """It is where the ballot is secret."""
        return fields.get("decision") in secret

    def becomes(self, decision: Decision, entry: Entry) -> dict[str, Any]:
        """Replace the ballot; an objection opens one, another answer takes it back.

        Who entrusted its vote objects through the holder, whose objection is the one there is.
        """
        ballot = Ballot(
            choice=self.choice,
            reason=self.reason,
            at=entry.at,
            by=entry.by or self.organisation,
            delegated=self.delegated,
            holder=self.holder,
        )
        objections = decision.objections
        if self.choice == "objection" and not self.delegated:
            raised = Objection(status="raised", reason=self.reason, at=entry.at)
            objections = {**objections, self.organisation: raised}
        elif not self.delegated and self.organisation in decision.open_objections:
            withdrawn = objections[self.organisation].but(status="withdrawn")
            objections = {**objections, self.organisation: withdrawn}
        return {
            "ballots": {**decision.ballots, self.organisation: ballot},
            "objections": objections,
        }


class BallotDelegated(Event):
    """An organisation entrusted its vote to another one."""

    type: Literal["ballot_delegated"] = "ballot_delegated"
    organisation: Slug
    to: Slug
    decision: Slug | None = None
    until: Day | None = None

    def changes(self, state: Cooperation, entry: Entry) -> dict[str, Any]:
        """Take the place of an earlier delegation of the same kind, and of those now over."""
        delegation = Delegation(to=self.to, decision=self.decision, until=self.until)
        kept = tuple(
            one
            for one in state.delegations.get(self.organisation, ())
            if one.decision != self.decision and (one.until is None or entry.at < end_of(one.until))
        )
        return {
            "delegations": {**state.delegations, self.organisation: (*kept, delegation)},
        }


def _check_elector(decision: Decision, organisation: str) -> None:
    if organisation not in decision.electors:
        refuse(
            "not_in_electorate",
            f"{organisation} does not vote on {decision.id}",
            decision=decision.id,
            organisation=organisation,
        )


def _check_choice(decision: Decision, choice: str) -> str:
    choices = decision.rule.choices
    # After the rounds of consent a fallback rule votes; its old words are still understood.
    meant = choice if choice in choices else as_vote(choice, choices) if decision.rounds else None
    if meant is None:
        refuse(
            "invalid_choice",
            f"{choice} is none of {', '.join(choices)}",
            decision=decision.id,
            choice=choice,
            choices=list(choices),
        )
    return meant


class CastBallot(Command):
    """Answer a decision for one's own organisation."""

    command: Literal["cast_ballot"] = "cast_ballot"
    decision: Slug
    organisation: Slug
    choice: SealedText
    reason: SealedText | None = None

    def speaks_for(self, state: Cooperation) -> tuple[str, ...]:  # noqa: ARG002
        """One's own organisation."""
        return (self.organisation,)

    def decide(self, turn: Turn) -> None:
        """Record the answer; the last one that is needed may close the decision."""
        decision = decision_of(turn.state, self.decision)
        _check_elector(decision, self.organisation)
        decision = heed_words(turn, decision, [self.choice])
        choice = _check_choice(decision, self.choice)
        if choice == "objection" and self.reason is None:
            refuse("reason_required", "an objection says why", decision=decision.id)
        turn.emit(
            BallotCast(
                decision=decision.id,
                organisation=self.organisation,
                choice=choice,
                reason=self.reason,
            )
        )
        for delegator in list(_delegators(turn, decision, self.organisation)):
            _answer_for(turn, decision.id, delegator, self.organisation)
        heed_objections(turn, decision.id)
        close_if_all_answered(turn, decision.id)


class RecordSessionVote(Command):
    """Record the ballots given in a meeting and close the decision at once."""

    command: Literal["record_session_vote"] = "record_session_vote"
    decision: Slug
    ballots: dict[Slug, SealedText]
    meeting: Slug | None = None

    def decide(self, turn: Turn) -> None:
        """Record them and count, whoever is missing."""
        decision = heed_words(turn, self._decision(turn), self.ballots.values())
        for organisation, choice in self.ballots.items():
            _check_elector(decision, organisation)
            turn.emit(
                BallotCast(
                    decision=decision.id,
                    organisation=organisation,
                    choice=_check_choice(decision, choice),
                    meeting=self.meeting,
                )
            )
        for holder in self.ballots:
            held = turn.state.decisions[decision.id]
            for delegator in list(_delegators(turn, held, holder)):
                _answer_for(turn, decision.id, delegator, holder)
        heed_objections(turn, decision.id)
        was_broken = decision.rule.name == "silence" and "objection" in self.ballots.values()
        if not was_broken:  # else it goes on under consent
            close(turn, decision.id)

    def _decision(self, turn: Turn) -> Decision:
        decision = facilitated(self, turn.state, self.decision)
        check_known(turn.state, self.ballots)
        if self.meeting is not None:
            check_held(turn.state, self.meeting)
        check_open(decision)
        earliest = turn.rules.policy.decisions.silence_for.after(decision.opened_at)
        if decision.rule.name == "silence" and turn.at < earliest and not self.ballots:
            refuse(
                "too_early", "silence needs more time to count as agreement", decision=decision.id
            )
        return decision


class DelegateBallot(Command):
    """Entrust the vote of one's organisation to another, for one decision or until a date."""

    command: Literal["delegate_ballot"] = "delegate_ballot"
    organisation: Slug = Field(alias="from")
    to: Slug
    decision: Slug | None = None
    until: Day | None = None

    @model_validator(mode="after")
    def _for_one_or_until(self) -> DelegateBallot:
        if (self.decision is None) == (self.until is None):
            message = "a vote is entrusted for one decision, or until a date"
            raise ValueError(message)
        return self

    def speaks_for(self, state: Cooperation) -> tuple[str, ...]:  # noqa: ARG002
        """One's own organisation."""
        return (self.organisation,)

    def decide(self, turn: Turn) -> None:
        """Entrust it, within the limits; who has answered already answers for both at once."""
        state = turn.state
        check_known(state, (self.organisation, self.to))
        named = decision_of(state, self.decision, must_be_open=False) if self.decision else None
        for organisation in (self.organisation, self.to):
            active_member(state, organisation)
        concerned: tuple[Decision, ...] = ()
        if named is not None:
            concerned = (self._votable(named),)
        else:
            assert self.until is not None
            if end_of(self.until) <= turn.at:
                refuse("too_late", "the date is over", until=str(self.until))
            concerned = tuple(
                decision
                for decision in state.decisions.values()
                if decision.is_open and {self.organisation, self.to} <= set(decision.electors)
            )
        self._check_limits(turn)
        turn.emit(
            BallotDelegated(
                organisation=self.organisation,
                to=self.to,
                decision=named.id if named else None,
                until=self.until,
            )
        )
        for decision in concerned:
            if self.to in decision.ballots and self.organisation not in decision.ballots:
                _answer_for(turn, decision.id, self.organisation, self.to)
                close_if_all_answered(turn, decision.id)

    def _votable(self, decision: Decision) -> Decision:
        check_open(decision)
        for organisation in (self.organisation, self.to):
            _check_elector(decision, organisation)
        return decision

    def _check_limits(self, turn: Turn) -> None:
        if self.to == self.organisation:
            self._refused("one does not entrust one's vote to oneself")
        if _entrusted_to(turn, self.organisation, self.decision):
            self._refused(f"{self.organisation} holds the vote of another; it goes no further")
        if any(self._overlaps(one, turn) for one in turn.state.delegations.get(self.to, ())):
            self._refused(f"{self.to} has entrusted its own vote")
        limit = turn.rules.policy.decisions.delegation.per_holder
        holds = [o for o in _entrusted_to(turn, self.to, self.decision) if o != self.organisation]
        if len(holds) >= limit:
            self._refused(f"{self.to} holds {len(holds)} votes already")

    def _overlaps(self, one: Delegation, turn: Turn) -> bool:
        return _is_running(one, turn) and (
            self.decision is None or one.decision is None or one.decision == self.decision
        )

    def _refused(self, why: str) -> None:
        refuse("delegation_refused", why, organisation=self.organisation, to=self.to)


def _is_running(one: Delegation, turn: Turn) -> bool:
    if one.decision is not None:
        decision = turn.state.decisions.get(one.decision)
        return decision is not None and decision.is_open
    return one.until is not None and turn.at < end_of(one.until)


def _entrusted_to(turn: Turn, holder: str, decision: str | None) -> list[str]:
    """Return who entrusts its vote to a holder, on a decision or on any."""
    return [
        organisation
        for organisation, given in turn.state.delegations.items()
        if any(
            one.to == holder
            and _is_running(one, turn)
            and (decision is None or one.decision is None or one.decision == decision)
            for one in given
        )
    ]


def _delegators(turn: Turn, decision: Decision, holder: str) -> Iterator[str]:
    """Yield the electors whose vote a holder gives: a direct ballot goes before it."""
    for organisation, given in turn.state.delegations.items():
        ballot = decision.ballots.get(organisation)
        if organisation in decision.electors and (ballot is None or ballot.delegated):
            # A delegation for this decision goes before one until a date.
            covering = [one for one in given if one.covers(decision.id, turn.at)]
            covering.sort(key=lambda one: one.decision is None)
            if covering and covering[0].to == holder:
                yield organisation


def _answer_for(turn: Turn, decision: str, organisation: str, holder: str) -> None:
    """Give the holder's answer for an organisation that entrusted its vote to it."""
    given = turn.state.decisions[decision].ballots[holder]
    turn.emit(
        BallotCast(
            decision=decision,
            organisation=organisation,
            choice=given.choice,
            reason=given.reason,
            delegated=True,
            holder=holder,
        )
    )
