"""Decisions: what is put to the members, under which rule, until when, and how it ends."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime
from fractions import Fraction
from typing import Any, Final, Literal

from pydantic import Field, model_validator

from coopflow.domain.base import Instant, Label, Ratio, Share, Slug, StatedInstant, Text
from coopflow.domain.commands import Command
from coopflow.domain.events import Entry, Event
from coopflow.domain.marks import Sealed
from coopflow.domain.policy import subject_kind
from coopflow.domain.refusals import refuse
from coopflow.domain.rulebook import Rulebook
from coopflow.domain.state import Ballot, Cooperation, Decision, MandateTerms, Result
from coopflow.domain.tools import KIND_LABELS, Charter, DecisionRule
from coopflow.domain.turn import Due, Fire, Rank, Turn
from coopflow.domain.voting import Consent, Outcome, Rule, Tally, colleges_of, settle


def as_vote(choice: str, choices: tuple[str, ...]) -> str | None:
    """Return how an answer given under consent reads under a rule that votes, if it does.

    An objection is a ``block`` where the rule knows blocks, else a ``no``; a concern is a ``yes``.
    """
    against = "block" if "block" in choices else "no"
    meant = {"consent": "yes", "concern": "yes", "objection": against, "abstain": "abstain"}
    vote = meant.get(choice)
    return vote if vote in choices else None


class DecisionOpened(Event):
    """A question was put to the active members."""

    type: Literal["decision_opened"] = "decision_opened"
    decision: Slug
    subject: str
    question: str | None = None
    rule: Rule
    quorum: Ratio
    electorate: tuple[Slug, ...]
    recused: tuple[Slug, ...] = ()
    colleges: dict[Slug, Slug] = Field(default_factory=dict)
    secret: bool = False
    cites: tuple[Slug, ...] = ()
    closes_at: Instant
    document: int | None = None
    terms: MandateTerms | None = None

    def changes(self, state: Cooperation, entry: Entry) -> dict[str, Any]:
        """Add the decision."""
        decision = Decision(
            id=self.decision,
            subject=self.subject,
            question=self.question,
            rule=self.rule,
            quorum=self.quorum,
            electorate=self.electorate,
            recused=self.recused,
            colleges=self.colleges,
            secret=self.secret,
            cites=self.cites,
            opened_at=entry.at,
            closes_at=self.closes_at,
            document=self.document,
            terms=self.terms,
            opened_by=entry.by,
            number=state.times_decided(self.subject) + 1,
        )
        return {"decisions": {**state.decisions, self.decision: decision}}


class AboutDecision(Event):
    """An event that changes one decision."""

    decision: Slug

    def changes(self, state: Cooperation, entry: Entry) -> dict[str, Any]:
        """Replace the decision."""
        before = state.decisions[self.decision]
        after = before.but(**self.becomes(before, entry))
        return {"decisions": {**state.decisions, self.decision: after}}

    def becomes(self, decision: Decision, entry: Entry) -> dict[str, Any]:
        """Return the fields of the decision that change."""
        raise NotImplementedError(type(self).__name__)


class ProposalRevised(AboutDecision):
    """The decision is about a later version of its document."""

    type: Literal["proposal_revised"] = "proposal_revised"
    document: int

    def becomes(self, decision: Decision, entry: Entry) -> dict[str, Any]:  # noqa: ARG002
        """Point to the version."""
        return {"document": self.document}


class RuleReplaced(AboutDecision):
    """Another rule decides: consent after silence was broken, the fallback after three rounds."""

    type: Literal["rule_replaced"] = "rule_replaced"
    rule: Rule
    quorum: Ratio | None = None
    closes_at: Instant

    def becomes(self, decision: Decision, entry: Entry) -> dict[str, Any]:  # noqa: ARG002
        """Replace the rule; answers given under consent are read as votes by a rule that votes."""
        ballots = decision.ballots
        if decision.rule.name == "consent":
            ballots = {
                organisation: ballot.but(choice=self._vote(decision, organisation, ballot))
                for organisation, ballot in ballots.items()
            }
        return {
            "rule": self.rule,
            "quorum": decision.quorum if self.quorum is None else self.quorum,
            "closes_at": self.closes_at,
            "ballots": ballots,
        }

    def _vote(self, decision: Decision, organisation: str, ballot: Ballot) -> str:
        """Read an answer; an objection that was met or taken back is a concern."""
        author = ballot.holder or organisation
        is_met = ballot.choice == "objection" and author not in decision.open_objections
        return as_vote("concern" if is_met else ballot.choice, self.rule.choices) or "abstain"


class ElectorLeft(AboutDecision):
    """An organisation left the electorate while the vote was open; its ballot is revoked.

    It left or was suspended, or the changed proposal is about it: then it is ``recused``.
    """

    type: Literal["elector_left"] = "elector_left"
    organisation: Slug
    recused: bool = False

    def becomes(self, decision: Decision, entry: Entry) -> dict[str, Any]:  # noqa: ARG002
        """Take out the elector, its ballot and its objection, and what it answered for others."""
        return {
            "left": (*decision.left, self.organisation),
            "recused": (*decision.recused, self.organisation) if self.recused else decision.recused,
            "ballots": {
                elector: ballot
                for elector, ballot in decision.ballots.items()
                if self.organisation not in {elector, ballot.holder}
            },
            "objections": {k: v for k, v in decision.objections.items() if k != self.organisation},
        }


class VotersReminded(AboutDecision):
    """Those who had not answered were reminded."""

    type: Literal["voters_reminded"] = "voters_reminded"
    organisations: tuple[Slug, ...]

    def becomes(self, decision: Decision, entry: Entry) -> dict[str, Any]:
        """Note when."""
        return {"reminded": (*decision.reminded, entry.at)}


class TakesEffect(AboutDecision):
    """A decision has a result that those whom it concerns act on."""

    subject: str
    result: Result


class DecisionClosed(TakesEffect):
    """A decision ended: adopted, rejected, lapsed, cancelled or void, with its arithmetic."""

    type: Literal["decision_closed"] = "decision_closed"
    arithmetic: Label

    def becomes(self, decision: Decision, entry: Entry) -> dict[str, Any]:
        """Note the result; objections that still stand are upheld unless they were outvoted."""
        return {
            "result": self.result,
            "arithmetic": self.arithmetic,
            "closed_at": entry.at,
            "closed_seq": entry.seq,
            "objections": {
                organisation: one.but(status="upheld")
                if one.is_open and self.result != "adopted"
                else one
                for organisation, one in decision.objections.items()
            },
        }


class EffectRestored(TakesEffect):
    """A veto fell: what was adopted takes effect after all."""

    type: Literal["effect_restored"] = "effect_restored"

    def becomes(self, decision: Decision, entry: Entry) -> dict[str, Any]:  # noqa: ARG002
        """Drop the veto."""
        return {"veto": None}


class EffectSuspended(AboutDecision):
    """A holder of a veto suspended what was adopted, with a reason."""

    type: Literal["effect_suspended"] = "effect_suspended"
    subject: str
    organisation: Slug
    disagreement: Slug
    reason: Sealed

    def becomes(self, decision: Decision, entry: Entry) -> dict[str, Any]:  # noqa: ARG002
        """Note the veto."""
        return {"veto": self.disagreement}


class EffectAbandoned(AboutDecision):
    """A veto stands: what was adopted does not take effect."""

    type: Literal["effect_abandoned"] = "effect_abandoned"
    subject: str

    def becomes(self, decision: Decision, entry: Entry) -> dict[str, Any]:  # noqa: ARG002
        """Leave the decision as it is, vetoed."""
        return {}


def open_decision(  # noqa: PLR0913 - what a decision may state, each by name
    turn: Turn,
    *,
    subject: str,
    slug: str | None = None,
    question: str | None = None,
    rule: Rule | None = None,
    quorum: Fraction | None = None,
    closes_at: datetime | None = None,
    recused: tuple[str, ...] = (),
    secret: bool = False,
    cites: tuple[str, ...] = (),
    document: int | None = None,
    terms: MandateTerms | None = None,
) -> None:
    """Open a decision on a subject, with the policy's defaults for what is not said.

    Raises:
        RefusedError: the id is taken, the rule is not allowed for the subject, or the closing is
            in the past or too early for the rule.
    """
    state, rules = turn.state, turn.rules
    if slug is not None and (slug in state.decisions or state.had("decisions", slug)):
        refuse("already_exists", f"there is a decision {slug} already", decision=slug)
    chosen = rule or default_rule(state, rules, subject)
    numbers = rules.policy.decisions
    check_rule(rules, subject, chosen)
    if secret and "objection" in chosen.choices:  # it has an author and a reason
        refuse(
            "rule_not_allowed",
            f"{chosen.name} is not allowed in a secret ballot",
            rule=chosen.name,
            subject=subject,
        )
    closing = closes_at or numbers.open_for.after(turn.at)
    if closing <= turn.at:
        refuse("too_late", "the decision would close before it opens", closes_at=str(closing))
    if chosen.name == "silence" and closing < numbers.silence_for.after(turn.at):
        refuse("too_early", "silence needs more time to count as agreement", closes_at=str(closing))
    electorate = tuple(slug for slug in state.active if slug not in recused)
    colleges = colleges_of(state.members)
    turn.emit(
        DecisionOpened(
            decision=slug or state.next_id("decisions"),
            subject=subject,
            question=question,
            rule=chosen,
            quorum=_default_quorum(state, rules, subject) if quorum is None else quorum,
            electorate=electorate,
            recused=recused,
            colleges={elector: colleges[elector] for elector in electorate if elector in colleges},
            secret=secret,
            cites=cites,
            closes_at=closing,
            document=document,
            terms=terms,
        )
    )


def check_rule(rules: Rulebook, subject: str, rule: Rule | None) -> None:
    """Refuse with ``rule_not_allowed`` what the policy forbids for a subject."""
    forbidden = rules.policy.decisions.not_allowed
    names = (*forbidden.get(subject, ()), *forbidden.get(subject_kind(subject), ()))
    if rule is not None and rule.name in names:
        refuse(
            "rule_not_allowed",
            f"{rule.name} is not allowed for {subject}",
            rule=rule.name,
            subject=subject,
        )


def _default_quorum(state: Cooperation, rules: Rulebook, subject: str) -> Fraction:
    """Return the charter's quorum for disagreements, which it decides; else the policy's."""
    is_charters = subject_kind(subject) == "disagreement"
    stated = charter_rule(state, subject) if is_charters else None
    return stated.quorum if stated else rules.policy.decisions.quorum


def default_rule(state: Cooperation, rules: Rulebook, subject: str) -> Rule:
    """Return the rule that decides a subject when nobody names one."""
    kind, _, rest = subject.partition(":")
    policy = rules.policy
    if kind == "document":
        return policy.documents.kinds[rest].rule  # type: ignore[index]
    if kind == "disagreement":
        stated = charter_rule(state, subject)
        return stated.rule if stated else policy.decisions.fallback
    rules_of = policy.decisions.rules
    return rules_of.get(kind) or rules_of.get("other") or policy.decisions.fallback


def charter_rule(state: Cooperation, subject: str) -> DecisionRule | None:
    """Return the rule of the charter in force for a subject.

    The one that names the subject or a part of it goes first, then the one for ``other`` subjects,
    then the first of the charter.
    """
    charter = state.current("charter")
    if charter is None or charter.in_force_at is None or not isinstance(charter.typed, Charter):
        return None
    stated = {one.subject: one for one in reversed(charter.typed.decision_rules)}
    for name in (subject, *subject.split(":"), "other"):
        if name in stated:
            return stated[name]
    return charter.typed.decision_rules[0]


def fallback_rule(state: Cooperation, rules: Rulebook, subject: str) -> tuple[Rule, Fraction]:
    """Return the rule that decides once the rounds of consent are over, and its quorum.

    It is one that votes: where the charter states none, the policy's.
    """
    numbers = rules.policy.decisions
    stated = charter_rule(state, subject)
    if stated is not None and "yes" in stated.fallback.choices:
        return stated.fallback, stated.quorum
    return numbers.fallback, numbers.quorum


def heed_objections(turn: Turn, slug: str) -> None:
    """Let consent follow silence that was broken, and the fallback follow too many rounds."""
    decision = turn.state.decisions[slug]
    if not decision.open_objections:
        return
    numbers = turn.rules.policy.decisions
    if decision.rule.name == "silence":
        closing = max(decision.closes_at, numbers.objection_extends.after(turn.at))
        turn.emit(RuleReplaced(decision=slug, rule=Consent(), closes_at=closing))
    elif decision.rule.name == "consent" and decision.rounds >= numbers.rounds:
        _fall_back_on_vote(turn, decision)


def heed_words(turn: Turn, decision: Decision, choices: Iterable[str]) -> Decision:
    """Let the fallback decide once the rounds of consent are over and somebody votes by it."""
    is_over = decision.rounds >= turn.rules.policy.decisions.rounds
    if decision.rule.name == "consent" and is_over:
        rule, _ = fallback_rule(turn.state, turn.rules, decision.subject)
        if any(c in rule.choices and c not in decision.rule.choices for c in choices):
            _fall_back_on_vote(turn, decision)
    return turn.state.decisions[decision.id]


def _fall_back_on_vote(turn: Turn, decision: Decision) -> None:
    rule, quorum = fallback_rule(turn.state, turn.rules, decision.subject)
    turn.emit(
        RuleReplaced(decision=decision.id, rule=rule, quorum=quorum, closes_at=decision.closes_at)
    )


def decision_of(state: Cooperation, name: str, *, must_be_open: bool = True) -> Decision:
    """Return a decision by its id, or by its subject.

    Raises:
        RefusedError: ``unknown_decision``, or ``decision_closed`` when it must be open, or when it
            was closed so long ago that no rule reads it.
    """
    decision = state.decision_called(name)
    if decision is None and state.was_decided(name):
        refuse("decision_closed", f"{name} was closed long ago", decision=name)
    if decision is None:
        refuse("unknown_decision", f"there is no decision {name}", decision=name)
    if must_be_open:
        check_open(decision)
    return decision


def check_open(decision: Decision) -> None:
    """Refuse with ``decision_closed`` what can only be done while a decision takes ballots."""
    if not decision.is_open:
        refuse(
            "decision_closed",
            f"{decision.id} is {decision.result}",
            decision=decision.id,
            result=decision.result,
        )


def facilitated(command: Command, state: Cooperation, name: str) -> Decision:
    """Return a decision whose vote the actor facilitates, open or not.

    The support function never facilitates the vote on its own mandate.

    Raises:
        RefusedError: ``unknown_decision`` or ``forbidden``.
    """
    decision = decision_of(state, name, must_be_open=False)
    own_vote = decision.subject in {"mandate", "document:support_model"}
    holder = state.mandate.holder if state.mandate else None
    if own_vote and holder is not None and holder in state.represented_by(command.actor):
        refuse("forbidden", "the support function does not facilitate the vote on its own mandate")
    return decision


def check_known(state: Cooperation, organisations: Iterable[str]) -> None:
    """Refuse with ``unknown_member`` what names an organisation that never was a member."""
    for organisation in organisations:
        if organisation not in state.members:
            refuse("unknown_member", f"{organisation} is not a member", organisation=organisation)


def tally(decision: Decision) -> Tally:
    """Return the ballots of a decision, ready to be counted."""
    return Tally(
        electors=decision.electors,
        choices={elector: ballot.choice for elector, ballot in decision.ballots.items()},
        colleges=decision.colleges,
        open_objections=decision.open_objections,
    )


def close(turn: Turn, slug: str) -> None:
    """Count the ballots and close the decision."""
    decision = turn.state.decisions[slug]
    outcome: Outcome = settle(decision.rule, decision.quorum, tally(decision))
    turn.emit(
        DecisionClosed(
            decision=slug,
            subject=decision.subject,
            result=outcome.result,
            arithmetic=outcome.arithmetic,
        )
    )


def close_if_all_answered(turn: Turn, slug: str) -> None:
    """Close a decision that nobody is waited for, if its rule lets it close early."""
    decision = turn.state.decisions[slug]
    if decision.is_open and decision.rule.may_close_early and not decision.waited_for:
        close(turn, slug)


class OpenDecision(Command):
    """Put a question to the members that no other command opens a decision for."""

    command: Literal["open_decision"] = "open_decision"
    decision: Slug | None = None
    subject: Text
    question: Text
    rule: Rule | None = None
    quorum: Share | None = None
    closes_at: StatedInstant | None = None
    recused: tuple[Slug, ...] = ()
    secret: bool = False
    cites: tuple[Slug, ...] = ()

    def decide(self, turn: Turn) -> None:
        """Open it, once it is clear what its subject is about."""
        check_known(turn.state, self.recused)
        kind, _, about = self.subject.partition(":")
        _SUBJECTS[kind](turn, about)
        check_rule(turn.rules, self.subject, self.rule)
        if kind in _OPENED_BY:
            refuse("wrong_state", f"{kind} is decided through {_OPENED_BY[kind]}", subject=kind)
        open_decision(
            turn,
            subject=self.subject,
            slug=self.decision,
            question=self.question,
            rule=self.rule,
            quorum=self.quorum,
            closes_at=self.closes_at,
            recused=self.recused,
            secret=self.secret,
            cites=self.cites,
        )

    @model_validator(mode="after")
    def _known_subject(self) -> OpenDecision:
        kind, _, about = self.subject.partition(":")
        if kind not in _SUBJECTS or (kind == "document" and about not in KIND_LABELS):
            message = f"subject: nothing is decided under {self.subject}"
            raise ValueError(message)
        return self


def _about_member(turn: Turn, organisation: str) -> None:
    member = turn.state.members.get(organisation)
    if member is None or member.status == "left":
        refuse("unknown_member", f"{organisation} is not a member", organisation=organisation)


def _about_return(turn: Turn, stage: str) -> None:
    if stage not in turn.rules.lifecycle.stages_before(turn.state.stage):
        refuse(
            "wrong_stage", f"{stage} is no earlier stage", stage=turn.state.stage, returns_to=stage
        )


def _about_disagreement(turn: Turn, slug: str) -> None:
    if turn.state.had("disagreements", slug):
        refuse("wrong_state", f"{slug} was closed long ago", disagreement=slug, state="closed")
    if slug not in turn.state.disagreements:
        refuse("unknown_disagreement", f"there is no disagreement {slug}", disagreement=slug)
    state = turn.state.disagreements[slug].state
    if state != "collective_decision":
        refuse("wrong_state", f"{slug} is in {state}", disagreement=slug, state=state)


def _about_gate(turn: Turn, gate: str) -> None:
    if turn.rules.lifecycle.gate(gate) is None:
        refuse("unknown_gate", f"there is no gate {gate}", gate=gate)


def _about_closing(turn: Turn, _: str) -> None:
    if turn.state.status != "active":
        refuse("wrong_state", "the cooperation is not active", status=turn.state.status)


def _about_anything(_: Turn, __: str) -> None:
    return


_SUBJECTS: Final[Mapping[str, Callable[[Turn, str], None]]] = {
    "admission": _about_member,
    "document": _about_anything,
    "exclusion": _about_member,
    "gate": _about_gate,
    "mandate": _about_anything,
    "waiver": _about_gate,
    "return": _about_return,
    "disagreement": _about_disagreement,
    "closing": _about_closing,
    "policy": _about_anything,
    "money": _about_anything,
    "other": _about_anything,
}
"""What decisions are about, by the part of the subject before the colon."""

_OPENED_BY: Final = {
    "document": "submit_document",
    "mandate": "propose_mandate",
    "admission": "admit_member",
    "gate": "request_gate",
    "waiver": "waive_gate",
}
"""The subjects whose decision is opened by a command of their own."""


class CloseDecision(Command):
    """Close a decision before its deadline, once everyone has answered."""

    command: Literal["close_decision"] = "close_decision"
    decision: Slug

    def decide(self, turn: Turn) -> None:
        """Close it if the rule lets it close early."""
        decision = facilitated(self, turn.state, self.decision)
        check_open(decision)
        if decision.waited_for or not decision.rule.may_close_early:
            refuse(
                "too_early",
                "not everyone has answered"
                if decision.waited_for
                else "consent waits for its deadline",
                decision=decision.id,
                closes_at=decision.closes_at.isoformat(),
                waited_for=list(decision.waited_for),
            )
        close(turn, decision.id)


class CancelDecision(Command):
    """Take a question back."""

    command: Literal["cancel_decision"] = "cancel_decision"
    decision: Slug
    reason: Text | None = None

    def decide(self, turn: Turn) -> None:
        """Close it as cancelled."""
        decision = facilitated(self, turn.state, self.decision)
        check_open(decision)
        cancel(turn, decision.id)


def cancel(turn: Turn, slug: str) -> None:
    """Close an open decision without counting."""
    turn.emit(
        DecisionClosed(
            decision=slug,
            subject=turn.state.decisions[slug].subject,
            result="cancelled",
            arithmetic=Label(en="the question was taken back", fr="la question a été retirée"),
        )
    )


def recuse(turn: Turn, slug: str, organisation: str) -> None:
    """Take an organisation that a changed proposal is about out of the electorate."""
    if organisation in turn.state.decisions[slug].electors:
        turn.emit(ElectorLeft(decision=slug, organisation=organisation, recused=True))
        close_if_all_answered(turn, slug)


def on_member_gone(turn: Turn, event: Event) -> None:
    """Take a member that left or was suspended out of the open electorates.

    Out of all of them first: what closes by that may let another member go.
    """
    organisation: str = getattr(event, "organisation")  # noqa: B009 - of both events
    concerned = [
        slug
        for slug, decision in turn.state.decisions.items()
        if decision.is_open and organisation in decision.electors
    ]
    for slug in concerned:
        turn.emit(ElectorLeft(decision=slug, organisation=organisation))
    for slug in concerned:
        close_if_all_answered(turn, slug)


def due(state: Cooperation, rules: Rulebook) -> Iterator[Due]:
    """Yield the closings of open decisions, and the reminders before them."""
    if state.is_frozen:
        return
    for slug, decision in state.decisions.items():
        if decision.is_open:
            yield Due(decision.closes_at, Rank.DECISION, _closing(slug))
            for reminder in _reminders(decision, rules):
                yield Due(reminder, Rank.REMINDER, _reminding(slug), passing=True)


def _closing(slug: str) -> Fire:
    return lambda turn: close(turn, slug)


def _reminding(slug: str) -> Fire:
    def fire(turn: Turn) -> None:
        waited_for = turn.state.decisions[slug].waited_for
        turn.emit(VotersReminded(decision=slug, organisations=waited_for))

    return fire


def _reminders(decision: Decision, rules: Rulebook) -> Iterator[datetime]:
    if not decision.waited_for or not decision.rule.needs_quorum:
        return
    reminders = rules.policy.decisions.reminders
    last = max((decision.opened_at, *decision.reminded))
    instants = [span.before(decision.closes_at) for span in reminders.before_closing]
    if reminders.half_time:
        open_for = decision.closes_at - decision.opened_at - decision.paused
        instants.append(decision.closes_at - open_for / 2)
    for instant in sorted(set(instants)):
        if last < instant < decision.closes_at:
            yield instant
