"""One method for each command that a cooperation takes; written by ``generate.py``, not by hand."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from typing import Any, Literal, Unpack

from coopflow.application.engine import Reply
from coopflow.client.means import Options
from coopflow.domain.base import Count, Day, Shape, Share, Slug, StatedInstant, Text
from coopflow.domain.marks import Person
from coopflow.domain.meetings import MeetingKind
from coopflow.domain.members import Organisation
from coopflow.domain.policy import ReviewKind
from coopflow.domain.state import Profile, Role
from coopflow.domain.tools import ActionStatus, Kind, Mission
from coopflow.domain.voting import Rule


class CooperationCommands(ABC):
    """The commands, as methods.

    Each takes what the command is about by keyword, and how it is given by the options: ``actor``,
    ``id``, ``at``, ``grants``, ``consistent`` (see ``Options``). Each returns what the command came
    to; a ``duplicate`` came to it before. Each may raise, beside what it says itself:

    - ``InvalidCommandError``: what is passed is no such command; ``facts`` name every fault.
    - ``ForbiddenError``: who gives it has none of the roles named.
    - ``CooperationPausedError``, ``CooperationClosedError``: it takes no commands now.
    - ``UnknownCooperationError``: there is no such cooperation.
    - ``TooLargeError``: the cooperation would hold more than it can.
    - ``UnavailableError``: the engine does not answer; a note on it says under which ``id`` the
      command may be given again.
    - ``BehindError``: it was accepted, and the read model takes too long (``consistent``).
    - ``EngineFaultError``, ``KeysError``: the engine, or a key, is at fault.
    """

    @abstractmethod
    async def _give(self, command: str, payload: Mapping[str, Any], options: Options) -> Reply:
        """Give a command, by its wire form but for the values."""

    async def accept_mediator(
        self,
        *,
        disagreement: Slug,
        organisation: Slug | None = None,
        person: Person | None = None,
        **options: Unpack[Options],
    ) -> Reply:
        """Accept the proposed mediator for one's own organisation, a party.

        By: representative (of the organisation that it is about).

        Raises:
            UnknownDisagreementError: no disagreement by this id.
            AlreadyExistsError: something by this id, or of this kind, is there already.
            WrongStateError: what it is about, or the cooperation itself, is in a state that does
                not allow this.
        """
        return await self._give(
            "accept_mediator",
            {
                "disagreement": disagreement,
                "organisation": organisation,
                "person": person,
            },
            options,
        )

    async def admit_member(
        self,
        *,
        organisation: Organisation | Mapping[str, Any],
        representative: Person,
        alternate: Person | None = None,
        **options: Unpack[Options],
    ) -> Reply:
        """Take an organisation in; once a charter is in force, by a decision of the members.

        By: support, facilitator, programme_manager.

        Raises:
            AlreadyExistsError: something by this id, or of this kind, is there already.
            RuleNotAllowedError: the policy does not allow this rule, or this way, for the subject.
            TooEarlyError: the time for this has not come; the facts say what is waited for.
            TooLateError: the time for this is over.
        """
        return await self._give(
            "admit_member",
            {
                "organisation": organisation,
                "representative": representative,
                "alternate": alternate,
            },
            options,
        )

    async def appoint_mediator(
        self,
        *,
        disagreement: Slug,
        person: Person,
        **options: Unpack[Options],
    ) -> Reply:
        """Propose a mediator to the parties: somebody with that role who is no party.

        By: facilitator.

        Raises:
            UnknownPersonError: nobody by this id, or not in this role.
            UnknownDisagreementError: no disagreement by this id.
            WrongStateError: what it is about, or the cooperation itself, is in a state that does
                not allow this.
        """
        return await self._give(
            "appoint_mediator",
            {
                "disagreement": disagreement,
                "person": person,
            },
            options,
        )

    async def appoint_representative(
        self,
        *,
        organisation: Slug,
        person: Person,
        alternate: Person | None = None,
        **options: Unpack[Options],
    ) -> Reply:
        """Say who speaks for an organisation.

        By: representative (of the organisation that it is about), facilitator.

        Raises:
            UnknownMemberError: no member by this id.
        """
        return await self._give(
            "appoint_representative",
            {
                "organisation": organisation,
                "person": person,
                "alternate": alternate,
            },
            options,
        )

    async def assign_role(
        self,
        *,
        person: Person,
        role: Role,
        **options: Unpack[Options],
    ) -> Reply:
        """Give a person a role in the cooperation.

        By: support, facilitator, programme_manager.

        Raises:
            AlreadyExistsError: something by this id, or of this kind, is there already.
        """
        return await self._give(
            "assign_role",
            {
                "person": person,
                "role": role,
            },
            options,
        )

    async def cancel_decision(
        self,
        *,
        decision: Slug,
        reason: Text | None = None,
        **options: Unpack[Options],
    ) -> Reply:
        """Take a question back.

        By: facilitator.

        Raises:
            UnknownDecisionError: no decision by this id.
            DecisionClosedError: the decision is no longer open.
        """
        return await self._give(
            "cancel_decision",
            {
                "decision": decision,
                "reason": reason,
            },
            options,
        )

    async def cast_ballot(
        self,
        *,
        decision: Slug,
        organisation: Slug,
        choice: Text,
        reason: Text | None = None,
        **options: Unpack[Options],
    ) -> Reply:
        """Answer a decision for one's own organisation.

        By: representative (of the organisation that it is about).

        Raises:
            UnknownDecisionError: no decision by this id.
            NotInElectorateError: the organisation does not vote on this decision.
            InvalidChoiceError: the rule of the decision knows no such answer; ``choices`` lists
                those it knows.
            ReasonRequiredError: this is not done without giving a reason.
            DecisionClosedError: the decision is no longer open.
        """
        return await self._give(
            "cast_ballot",
            {
                "decision": decision,
                "organisation": organisation,
                "choice": choice,
                "reason": reason,
            },
            options,
        )

    async def close_cooperation(
        self,
        *,
        report: Text,
        commitments_transferred_to: Text | None = None,
        **options: Unpack[Options],
    ) -> Reply:
        """End a cooperation whose members decided so.

        By: support, facilitator.

        Raises:
            WrongStateError: what it is about, or the cooperation itself, is in a state that does
                not allow this.
        """
        return await self._give(
            "close_cooperation",
            {
                "report": report,
                "commitments_transferred_to": commitments_transferred_to,
            },
            options,
        )

    async def close_decision(
        self,
        *,
        decision: Slug,
        **options: Unpack[Options],
    ) -> Reply:
        """Close a decision before its deadline, once everyone has answered.

        By: facilitator.

        Raises:
            UnknownDecisionError: no decision by this id.
            DecisionClosedError: the decision is no longer open.
            TooEarlyError: the time for this has not come; the facts say what is waited for.
        """
        return await self._give(
            "close_decision",
            {
                "decision": decision,
            },
            options,
        )

    async def close_review(
        self,
        *,
        review: Slug,
        expected: Text,
        observed: Text,
        why: Text,
        lessons: Sequence[Text],
        measures: Sequence[Slug] = (),
        beneficiary_voice: Text | None = None,
        summary_published: bool = False,
        **options: Unpack[Options],
    ) -> Reply:
        """End a review and keep its record as a feedback loop.

        By: support, facilitator, evaluator (of a review of their own), programme_manager (of an
        exceptional review).

        Raises:
            UnknownDocumentError: no such document, version or part of one.
            UnknownReviewError: no review by this id, or no such change in it.
            AlreadyExistsError: something by this id, or of this kind, is there already.
            RuleNotAllowedError: the policy does not allow this rule, or this way, for the subject.
            TooEarlyError: the time for this has not come; the facts say what is waited for.
            TooLateError: the time for this is over.
            WrongStateError: what it is about, or the cooperation itself, is in a state that does
                not allow this.
        """
        return await self._give(
            "close_review",
            {
                "review": review,
                "expected": expected,
                "observed": observed,
                "why": why,
                "lessons": lessons,
                "measures": measures,
                "beneficiary_voice": beneficiary_voice,
                "summary_published": summary_published,
            },
            options,
        )

    async def conclude_mediation(
        self,
        *,
        disagreement: Slug,
        outcome: Literal["agreement", "partial", "none"],
        agreed_text: Text | None = None,
        **options: Unpack[Options],
    ) -> Reply:
        """Say how a mediation ended; only the agreed text leaves it.

        By: mediator (who mediates it).

        Raises:
            UnknownDisagreementError: no disagreement by this id.
            ReasonRequiredError: this is not done without giving a reason.
            WrongStateError: what it is about, or the cooperation itself, is in a state that does
                not allow this.
        """
        return await self._give(
            "conclude_mediation",
            {
                "disagreement": disagreement,
                "outcome": outcome,
                "agreed_text": agreed_text,
            },
            options,
        )

    async def confirm_follow_up(
        self,
        *,
        disagreement: Slug,
        holds: bool = True,
        **options: Unpack[Options],
    ) -> Reply:
        """Say whether what closed a disagreement holds; what does not is reopened, once.

        By: support, facilitator.

        Raises:
            UnknownDisagreementError: no disagreement by this id.
            TooEarlyError: the time for this has not come; the facts say what is waited for.
            WrongStateError: what it is about, or the cooperation itself, is in a state that does
                not allow this.
        """
        return await self._give(
            "confirm_follow_up",
            {
                "disagreement": disagreement,
                "holds": holds,
            },
            options,
        )

    async def cosign_waiver(
        self,
        *,
        gate: Slug,
        reason: Text,
        **options: Unpack[Options],
    ) -> Reply:
        """Agree to a waiver for the programme.

        By: programme_manager.

        Raises:
            UnknownGateError: the lifecycle has no such gate.
            AlreadyExistsError: something by this id, or of this kind, is there already.
            WrongStageError: the cooperation is in another stage.
            WrongStateError: what it is about, or the cooperation itself, is in a state that does
                not allow this.
        """
        return await self._give(
            "cosign_waiver",
            {
                "gate": gate,
                "reason": reason,
            },
            options,
        )

    async def delegate_ballot(
        self,
        *,
        organisation: Slug,
        to: Slug,
        decision: Slug | None = None,
        until: Day | None = None,
        **options: Unpack[Options],
    ) -> Reply:
        """Entrust the vote of one's organisation to another, for one decision or until a date.

        By: representative (of the organisation that it is about).

        Raises:
            UnknownMemberError: no member by this id.
            UnknownDecisionError: no decision by this id.
            NotInElectorateError: the organisation does not vote on this decision.
            DecisionClosedError: the decision is no longer open.
            TooLateError: the time for this is over.
            WrongStateError: what it is about, or the cooperation itself, is in a state that does
                not allow this.
            DelegationRefusedError: the vote cannot be entrusted to that organisation.
        """
        return await self._give(
            "delegate_ballot",
            {
                "from": organisation,
                "to": to,
                "decision": decision,
                "until": until,
            },
            options,
        )

    async def describe_member(
        self,
        *,
        organisation: Slug,
        profile: Profile | Mapping[str, Any],
        **options: Unpack[Options],
    ) -> Reply:
        """Say what partners should know of an organisation.

        By: representative (of the organisation that it is about), facilitator.

        Raises:
            UnknownMemberError: no member by this id.
        """
        return await self._give(
            "describe_member",
            {
                "organisation": organisation,
                "profile": profile,
            },
            options,
        )

    async def draft_document(
        self,
        *,
        kind: Kind,
        content: Shape | Mapping[str, Any],
        minor: bool = False,
        **options: Unpack[Options],
    ) -> Reply:
        """Write the next version of a document.

        By: representative, support, facilitator.

        Raises:
            InvalidDocumentError: the content of the document is faulty or incomplete; ``faults``
                lists it field by field.
            WrongStateError: what it is about, or the cooperation itself, is in a state that does
                not allow this.
        """
        return await self._give(
            "draft_document",
            {
                "kind": kind,
                "content": content,
                "minor": minor,
            },
            options,
        )

    async def end_mandate(
        self,
        *,
        reason: Text,
        **options: Unpack[Options],
    ) -> Reply:
        """End the running mandate before its time.

        By: support, facilitator.

        Raises:
            WrongStateError: what it is about, or the cooperation itself, is in a state that does
                not allow this.
        """
        return await self._give(
            "end_mandate",
            {
                "reason": reason,
            },
            options,
        )

    async def erase_person(
        self,
        *,
        person: Person,
        **options: Unpack[Options],
    ) -> Reply:
        """Replace the id of a person everywhere by a tombstone.

        By: programme_manager.

        Raises:
            UnknownPersonError: nobody by this id, or not in this role.
        """
        return await self._give(
            "erase_person",
            {
                "person": person,
            },
            options,
        )

    async def escalate_disagreement(
        self,
        *,
        disagreement: Slug,
        **options: Unpack[Options],
    ) -> Reply:
        """Take a disagreement to the next step.

        By: representative (of the organisation that it is about), facilitator (while it is in
        facilitation).

        Raises:
            UnknownDisagreementError: no disagreement by this id.
            WrongStateError: what it is about, or the cooperation itself, is in a state that does
                not allow this.
        """
        return await self._give(
            "escalate_disagreement",
            {
                "disagreement": disagreement,
            },
            options,
        )

    async def extend_mediation(
        self,
        *,
        disagreement: Slug,
        **options: Unpack[Options],
    ) -> Reply:
        """Take more time for a mediation, once.

        By: mediator (who mediates it).

        Raises:
            UnknownDisagreementError: no disagreement by this id.
            WrongStateError: what it is about, or the cooperation itself, is in a state that does
                not allow this.
        """
        return await self._give(
            "extend_mediation",
            {
                "disagreement": disagreement,
            },
            options,
        )

    async def integrate_objection(
        self,
        *,
        decision: Slug,
        organisation: Slug,
        amendment: Shape | Mapping[str, Any],
        material: bool,
        **options: Unpack[Options],
    ) -> Reply:
        """Change the proposal so that an objection is met.

        By: representative, support, facilitator.

        Raises:
            UnknownMemberError: no member by this id.
            UnknownDecisionError: no decision by this id.
            DecisionClosedError: the decision is no longer open.
            WrongStateError: what it is about, or the cooperation itself, is in a state that does
                not allow this.
        """
        return await self._give(
            "integrate_objection",
            {
                "decision": decision,
                "organisation": organisation,
                "amendment": amendment,
                "material": material,
            },
            options,
        )

    async def open_decision(
        self,
        *,
        subject: Text,
        question: Text,
        decision: Slug | None = None,
        rule: Rule | str | Mapping[str, Any] | None = None,
        quorum: Share | float | str | None = None,
        closes_at: StatedInstant | None = None,
        recused: Sequence[Slug] = (),
        secret: bool = False,
        cites: Sequence[Slug] = (),
        **options: Unpack[Options],
    ) -> Reply:
        """Put a question to the members that no other command opens a decision for.

        By: representative, support, facilitator.

        Raises:
            UnknownMemberError: no member by this id.
            UnknownDisagreementError: no disagreement by this id.
            UnknownGateError: the lifecycle has no such gate.
            AlreadyExistsError: something by this id, or of this kind, is there already.
            RuleNotAllowedError: the policy does not allow this rule, or this way, for the subject.
            TooEarlyError: the time for this has not come; the facts say what is waited for.
            TooLateError: the time for this is over.
            WrongStageError: the cooperation is in another stage.
            WrongStateError: what it is about, or the cooperation itself, is in a state that does
                not allow this.
        """
        return await self._give(
            "open_decision",
            {
                "decision": decision,
                "subject": subject,
                "question": question,
                "rule": rule,
                "quorum": quorum,
                "closes_at": closes_at,
                "recused": recused,
                "secret": secret,
                "cites": cites,
            },
            options,
        )

    async def open_review(
        self,
        *,
        kind: ReviewKind,
        review: Slug | None = None,
        period: Text | None = None,
        **options: Unpack[Options],
    ) -> Reply:
        """Begin a review.

        By: support, facilitator, evaluator (of a review of their own), programme_manager (of an
        exceptional review).

        Raises:
            AlreadyExistsError: something by this id, or of this kind, is there already.
        """
        return await self._give(
            "open_review",
            {
                "review": review,
                "kind": kind,
                "period": period,
            },
            options,
        )

    async def pause_cooperation(
        self,
        *,
        reason: Text,
        clocks: Literal["freeze", "keep"] = "freeze",
        **options: Unpack[Options],
    ) -> Reply:
        """Let the cooperation rest.

        By: support, facilitator, programme_manager.

        Raises:
            WrongStateError: what it is about, or the cooperation itself, is in a state that does
                not allow this.
        """
        return await self._give(
            "pause_cooperation",
            {
                "reason": reason,
                "clocks": clocks,
            },
            options,
        )

    async def propose_change(
        self,
        *,
        review: Slug,
        target: Text,
        text: Text,
        change: Slug | None = None,
        **options: Unpack[Options],
    ) -> Reply:
        """Propose to change something; who answers for it decides.

        By: support, facilitator, evaluator (of a review of their own), programme_manager (of an
        exceptional review).

        Raises:
            UnknownReviewError: no review by this id, or no such change in it.
            AlreadyExistsError: something by this id, or of this kind, is there already.
            WrongStateError: what it is about, or the cooperation itself, is in a state that does
                not allow this.
        """
        return await self._give(
            "propose_change",
            {
                "review": review,
                "change": change,
                "target": target,
                "text": text,
            },
            options,
        )

    async def propose_mandate(
        self,
        *,
        holder: Slug,
        missions: Sequence[Mission],
        decision: Slug | None = None,
        hours_month: float | None = None,
        starts_on: Day | None = None,
        ends_on: Day | None = None,
        interim: bool = False,
        closes_at: StatedInstant | None = None,
        **options: Unpack[Options],
    ) -> Reply:
        """Propose who holds the support function; the proposed holder does not vote.

        By: representative, support, facilitator.

        Raises:
            UnknownMemberError: no member by this id.
            AlreadyExistsError: something by this id, or of this kind, is there already.
            RuleNotAllowedError: the policy does not allow this rule, or this way, for the subject.
            TooEarlyError: the time for this has not come; the facts say what is waited for.
            TooLateError: the time for this is over.
            WrongStateError: what it is about, or the cooperation itself, is in a state that does
                not allow this.
        """
        return await self._give(
            "propose_mandate",
            {
                "decision": decision,
                "holder": holder,
                "missions": missions,
                "hours_month": hours_month,
                "starts_on": starts_on,
                "ends_on": ends_on,
                "interim": interim,
                "closes_at": closes_at,
            },
            options,
        )

    async def publish_minutes(
        self,
        *,
        meeting: Slug,
        minutes: Text,
        **options: Unpack[Options],
    ) -> Reply:
        """Publish the minutes of a meeting.

        By: support, facilitator.

        Raises:
            UnknownDocumentError: no such document, version or part of one.
        """
        return await self._give(
            "publish_minutes",
            {
                "meeting": meeting,
                "minutes": minutes,
            },
            options,
        )

    async def qualify_objection(
        self,
        *,
        decision: Slug,
        organisation: Slug,
        verdict: Literal["qualified", "concern"],
        reason: Text | None = None,
        **options: Unpack[Options],
    ) -> Reply:
        """Say whether an objection stands in the way or is a concern to be logged.

        By: facilitator.

        Raises:
            UnknownMemberError: no member by this id.
            UnknownDecisionError: no decision by this id.
            DecisionClosedError: the decision is no longer open.
            WrongStateError: what it is about, or the cooperation itself, is in a state that does
                not allow this.
        """
        return await self._give(
            "qualify_objection",
            {
                "decision": decision,
                "organisation": organisation,
                "verdict": verdict,
                "reason": reason,
            },
            options,
        )

    async def raise_disagreement(
        self,
        *,
        subject: Text,
        content: Text,
        parties: Sequence[Slug],
        touches: Text,
        disagreement: Slug | None = None,
        blocking: bool = False,
        **options: Unpack[Options],
    ) -> Reply:
        """Say that members disagree.

        By: representative, support.

        Raises:
            UnknownMemberError: no member by this id.
            AlreadyExistsError: something by this id, or of this kind, is there already.
        """
        return await self._give(
            "raise_disagreement",
            {
                "disagreement": disagreement,
                "subject": subject,
                "content": content,
                "parties": parties,
                "touches": touches,
                "blocking": blocking,
            },
            options,
        )

    async def recall_decision(
        self,
        *,
        decision: Slug,
        closes_at: StatedInstant | None = None,
        **options: Unpack[Options],
    ) -> Reply:
        """Put a lapsed decision to the members a second time, at a part of its quorum.

        By: facilitator.

        Raises:
            UnknownDecisionError: no decision by this id.
            DecisionClosedError: the decision is no longer open.
            RuleNotAllowedError: the policy does not allow this rule, or this way, for the subject.
            TooEarlyError: the time for this has not come; the facts say what is waited for.
            TooLateError: the time for this is over.
            WrongStateError: what it is about, or the cooperation itself, is in a state that does
                not allow this.
        """
        return await self._give(
            "recall_decision",
            {
                "decision": decision,
                "closes_at": closes_at,
            },
            options,
        )

    async def record_lasting_disagreement(
        self,
        *,
        disagreement: Slug,
        **options: Unpack[Options],
    ) -> Reply:
        """Acknowledge that members go on disagreeing.

        By: support, facilitator.

        Raises:
            UnknownDisagreementError: no disagreement by this id.
            WrongStateError: what it is about, or the cooperation itself, is in a state that does
                not allow this.
        """
        return await self._give(
            "record_lasting_disagreement",
            {
                "disagreement": disagreement,
            },
            options,
        )

    async def record_measure(
        self,
        *,
        indicator: Slug,
        value: float,
        organisation: Slug,
        period: Text | None = None,
        **options: Unpack[Options],
    ) -> Reply:
        """Record a value of an indicator of the value chain.

        By: representative (of the organisation that it is about), support, evaluator.

        Raises:
            UnknownMemberError: no member by this id.
            UnknownDocumentError: no such document, version or part of one.
            WrongStateError: what it is about, or the cooperation itself, is in a state that does
                not allow this.
        """
        return await self._give(
            "record_measure",
            {
                "indicator": indicator,
                "value": value,
                "organisation": organisation,
                "period": period,
            },
            options,
        )

    async def record_meeting(
        self,
        *,
        meeting: Slug,
        kind: MeetingKind,
        attendees: Sequence[Slug],
        held_at: StatedInstant | None = None,
        minutes: Text | None = None,
        **options: Unpack[Options],
    ) -> Reply:
        """Record a meeting, with its minutes if they are there.

        By: support, facilitator.

        Raises:
            UnknownMemberError: no member by this id.
            AlreadyExistsError: something by this id, or of this kind, is there already.
            TooEarlyError: the time for this has not come; the facts say what is waited for.
        """
        return await self._give(
            "record_meeting",
            {
                "meeting": meeting,
                "kind": kind,
                "attendees": attendees,
                "held_at": held_at,
                "minutes": minutes,
            },
            options,
        )

    async def record_pulse(
        self,
        *,
        score: float,
        answers: Count,
        asked: Count,
        **options: Unpack[Options],
    ) -> Reply:
        """Record a survey of how members feel: the mean score out of five.

        By: support, facilitator.
        """
        return await self._give(
            "record_pulse",
            {
                "score": score,
                "answers": answers,
                "asked": asked,
            },
            options,
        )

    async def record_session_vote(
        self,
        *,
        decision: Slug,
        ballots: Mapping[Slug, Text],
        meeting: Slug | None = None,
        **options: Unpack[Options],
    ) -> Reply:
        """Record the ballots given in a meeting and close the decision at once.

        By: facilitator.

        Raises:
            UnknownMemberError: no member by this id.
            UnknownDocumentError: no such document, version or part of one.
            UnknownDecisionError: no decision by this id.
            NotInElectorateError: the organisation does not vote on this decision.
            InvalidChoiceError: the rule of the decision knows no such answer; ``choices`` lists
                those it knows.
            DecisionClosedError: the decision is no longer open.
            TooEarlyError: the time for this has not come; the facts say what is waited for.
        """
        return await self._give(
            "record_session_vote",
            {
                "decision": decision,
                "ballots": ballots,
                "meeting": meeting,
            },
            options,
        )

    async def reinstate_member(
        self,
        *,
        organisation: Slug,
        reason: Text,
        **options: Unpack[Options],
    ) -> Reply:
        """Let a suspended member vote again.

        By: support, facilitator, programme_manager.

        Raises:
            UnknownMemberError: no member by this id.
            WrongStateError: what it is about, or the cooperation itself, is in a state that does
                not allow this.
        """
        return await self._give(
            "reinstate_member",
            {
                "organisation": organisation,
                "reason": reason,
            },
            options,
        )

    async def request_gate(
        self,
        *,
        gate: Slug,
        **options: Unpack[Options],
    ) -> Reply:
        """Ask to pass a gate.

        By: representative, support.

        Raises:
            UnknownGateError: the lifecycle has no such gate.
            AlreadyExistsError: something by this id, or of this kind, is there already.
            RuleNotAllowedError: the policy does not allow this rule, or this way, for the subject.
            TooEarlyError: the time for this has not come; the facts say what is waited for.
            TooLateError: the time for this is over.
            WrongStageError: the cooperation is in another stage.
            WrongStateError: what it is about, or the cooperation itself, is in a state that does
                not allow this.
        """
        return await self._give(
            "request_gate",
            {
                "gate": gate,
            },
            options,
        )

    async def resolve_change(
        self,
        *,
        review: Slug,
        change: Slug,
        verdict: Literal["accepted", "declined", "deferred"],
        reason: Text | None = None,
        until: Day | None = None,
        **options: Unpack[Options],
    ) -> Reply:
        """Accept, decline or defer a proposed change; accepting changes nothing by itself.

        By: support, facilitator, evaluator (of a review of their own), programme_manager (of an
        exceptional review).

        Raises:
            UnknownReviewError: no review by this id, or no such change in it.
            ReasonRequiredError: this is not done without giving a reason.
            WrongStateError: what it is about, or the cooperation itself, is in a state that does
                not allow this.
        """
        return await self._give(
            "resolve_change",
            {
                "review": review,
                "change": change,
                "verdict": verdict,
                "reason": reason,
                "until": until,
            },
            options,
        )

    async def resume_cooperation(
        self,
        *,
        reason: Text | None = None,
        clocks: Literal["freeze", "keep"] | None = None,
        **options: Unpack[Options],
    ) -> Reply:
        """Go on after a pause.

        By: support, facilitator, programme_manager.

        Raises:
            WrongStateError: what it is about, or the cooperation itself, is in a state that does
                not allow this.
        """
        return await self._give(
            "resume_cooperation",
            {
                "reason": reason,
                "clocks": clocks,
            },
            options,
        )

    async def revoke_role(
        self,
        *,
        person: Person,
        role: Role,
        **options: Unpack[Options],
    ) -> Reply:
        """Take a role from a person.

        By: support, facilitator, programme_manager.

        Raises:
            UnknownPersonError: nobody by this id, or not in this role.
        """
        return await self._give(
            "revoke_role",
            {
                "person": person,
                "role": role,
            },
            options,
        )

    async def settle_disagreement(
        self,
        *,
        disagreement: Slug,
        agreed_text: Text,
        **options: Unpack[Options],
    ) -> Reply:
        """Write down what the parties agreed on.

        By: representative (of the organisation that it is about), facilitator (while it is in
        facilitation).

        Raises:
            UnknownDisagreementError: no disagreement by this id.
            WrongStateError: what it is about, or the cooperation itself, is in a state that does
                not allow this.
        """
        return await self._give(
            "settle_disagreement",
            {
                "disagreement": disagreement,
                "agreed_text": agreed_text,
            },
            options,
        )

    async def sign_charter(
        self,
        *,
        organisation: Slug,
        **options: Unpack[Options],
    ) -> Reply:
        """Sign the charter for one's own organisation.

        By: representative (of the organisation that it is about).

        Raises:
            UnknownMemberError: no member by this id.
            UnknownDocumentError: no such document, version or part of one.
            AlreadyExistsError: something by this id, or of this kind, is there already.
            WrongStateError: what it is about, or the cooperation itself, is in a state that does
                not allow this.
        """
        return await self._give(
            "sign_charter",
            {
                "organisation": organisation,
            },
            options,
        )

    async def stop_mediation(
        self,
        *,
        disagreement: Slug,
        organisation: Slug | None = None,
        **options: Unpack[Options],
    ) -> Reply:
        """End a mediation as a party.

        By: representative (of the organisation that it is about).

        Raises:
            UnknownDisagreementError: no disagreement by this id.
            WrongStateError: what it is about, or the cooperation itself, is in a state that does
                not allow this.
        """
        return await self._give(
            "stop_mediation",
            {
                "disagreement": disagreement,
                "organisation": organisation,
            },
            options,
        )

    async def submit_document(
        self,
        *,
        kind: Kind,
        decision: Slug | None = None,
        rule: Rule | str | Mapping[str, Any] | None = None,
        closes_at: StatedInstant | None = None,
        **options: Unpack[Options],
    ) -> Reply:
        """Put the newest draft to a decision.

        By: representative, support, facilitator.

        Raises:
            InvalidDocumentError: the content of the document is faulty or incomplete; ``faults``
                lists it field by field.
            UnknownDocumentError: no such document, version or part of one.
            AlreadyExistsError: something by this id, or of this kind, is there already.
            RuleNotAllowedError: the policy does not allow this rule, or this way, for the subject.
            TooEarlyError: the time for this has not come; the facts say what is waited for.
            TooLateError: the time for this is over.
            WrongStateError: what it is about, or the cooperation itself, is in a state that does
                not allow this.
        """
        return await self._give(
            "submit_document",
            {
                "kind": kind,
                "decision": decision,
                "rule": rule,
                "closes_at": closes_at,
            },
            options,
        )

    async def suspend_member(
        self,
        *,
        organisation: Slug,
        reason: Text,
        **options: Unpack[Options],
    ) -> Reply:
        """Keep a member from voting for a while.

        By: support, facilitator, programme_manager.

        Raises:
            UnknownMemberError: no member by this id.
            WrongStateError: what it is about, or the cooperation itself, is in a state that does
                not allow this.
        """
        return await self._give(
            "suspend_member",
            {
                "organisation": organisation,
                "reason": reason,
            },
            options,
        )

    async def triage_disagreement(
        self,
        *,
        disagreement: Slug,
        verdict: Literal["accept", "redirect", "emergency"],
        blocking: bool = False,
        **options: Unpack[Options],
    ) -> Reply:
        """Say what becomes of a disagreement that was raised.

        By: facilitator.

        Raises:
            UnknownDisagreementError: no disagreement by this id.
            WrongStateError: what it is about, or the cooperation itself, is in a state that does
                not allow this.
        """
        return await self._give(
            "triage_disagreement",
            {
                "disagreement": disagreement,
                "verdict": verdict,
                "blocking": blocking,
            },
            options,
        )

    async def update_action(
        self,
        *,
        action: Slug,
        status: ActionStatus | None = None,
        due: Day | None = None,
        owner: Slug | None = None,
        learning: Text | None = None,
        **options: Unpack[Options],
    ) -> Reply:
        """Say how an action stands.

        By: representative (of the organisation that it is about), support.

        Raises:
            UnknownMemberError: no member by this id.
            UnknownDocumentError: no such document, version or part of one.
            WrongStateError: what it is about, or the cooperation itself, is in a state that does
                not allow this.
        """
        return await self._give(
            "update_action",
            {
                "action": action,
                "status": status,
                "due": due,
                "owner": owner,
                "learning": learning,
            },
            options,
        )

    async def veto_decision(
        self,
        *,
        decision: Slug,
        organisation: Slug,
        reason: Text | None = None,
        **options: Unpack[Options],
    ) -> Reply:
        """Suspend the effect of an adopted decision; a disagreement opens about it.

        By: representative (of the organisation that it is about).

        Raises:
            UnknownMemberError: no member by this id.
            UnknownDecisionError: no decision by this id.
            ReasonRequiredError: this is not done without giving a reason.
            DecisionClosedError: the decision is no longer open.
            RuleNotAllowedError: the policy does not allow this rule, or this way, for the subject.
            TooLateError: the time for this is over.
            WrongStateError: what it is about, or the cooperation itself, is in a state that does
                not allow this.
            NotSignedError: signatures are missing.
        """
        return await self._give(
            "veto_decision",
            {
                "decision": decision,
                "organisation": organisation,
                "reason": reason,
            },
            options,
        )

    async def waive_gate(
        self,
        *,
        gate: Slug,
        reason: Text,
        **options: Unpack[Options],
    ) -> Reply:
        """Ask the members to pass a gate whose last verdict was a fail.

        By: representative, support.

        Raises:
            UnknownGateError: the lifecycle has no such gate.
            AlreadyExistsError: something by this id, or of this kind, is there already.
            RuleNotAllowedError: the policy does not allow this rule, or this way, for the subject.
            TooEarlyError: the time for this has not come; the facts say what is waited for.
            TooLateError: the time for this is over.
            WrongStageError: the cooperation is in another stage.
            WrongStateError: what it is about, or the cooperation itself, is in a state that does
                not allow this.
        """
        return await self._give(
            "waive_gate",
            {
                "gate": gate,
                "reason": reason,
            },
            options,
        )

    async def withdraw_disagreement(
        self,
        *,
        disagreement: Slug,
        **options: Unpack[Options],
    ) -> Reply:
        """Take a disagreement back.

        By: representative (of the organisation that it is about), facilitator (while it is in
        facilitation).

        Raises:
            UnknownDisagreementError: no disagreement by this id.
            WrongStateError: what it is about, or the cooperation itself, is in a state that does
                not allow this.
        """
        return await self._give(
            "withdraw_disagreement",
            {
                "disagreement": disagreement,
            },
            options,
        )

    async def withdraw_member(
        self,
        *,
        organisation: Slug,
        reason: Text,
        **options: Unpack[Options],
    ) -> Reply:
        """Leave the cooperation.

        By: representative (of the organisation that it is about), facilitator.

        Raises:
            UnknownMemberError: no member by this id.
            WrongStateError: what it is about, or the cooperation itself, is in a state that does
                not allow this.
        """
        return await self._give(
            "withdraw_member",
            {
                "organisation": organisation,
                "reason": reason,
            },
            options,
        )

    async def withdraw_objection(
        self,
        *,
        decision: Slug,
        organisation: Slug,
        reason: Text | None = None,
        **options: Unpack[Options],
    ) -> Reply:
        """Take one's own objection back.

        By: representative (of the organisation that it is about).

        Raises:
            UnknownDecisionError: no decision by this id.
            DecisionClosedError: the decision is no longer open.
            WrongStateError: what it is about, or the cooperation itself, is in a state that does
                not allow this.
        """
        return await self._give(
            "withdraw_objection",
            {
                "decision": decision,
                "organisation": organisation,
                "reason": reason,
            },
            options,
        )
