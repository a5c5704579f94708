"""Disagreements: the ladder from dialogue to separation, its limits, and what keeps gates shut.

The content of a disagreement is sealed: it stands in the event that raises it and nowhere in the
state; who may read it depends on the step of the ladder (see ``may_read_content``).
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Annotated, Any, Literal, NoReturn

from pydantic import Field

from coopflow.domain.base import Instant, Slug, Text
from coopflow.domain.calendar import Span
from coopflow.domain.commands import Command
from coopflow.domain.decisions import TakesEffect
from coopflow.domain.events import Entry, Event
from coopflow.domain.lifecycle import Move, StateMachine
from coopflow.domain.members import MemberLeft, member_of
from coopflow.domain.policy import Ladder
from coopflow.domain.refusals import refuse
from coopflow.domain.rulebook import Rulebook
from coopflow.domain.state import Cooperation, Disagreement
from coopflow.domain.turn import Due, Fire, Rank, Turn

Step = Literal["dialogue", "facilitation", "mediation", "collective_decision", "separation"]
Outcome = Literal[
    "redirected",
    "settled",
    "withdrawn",
    "agreement",
    "partial",
    "decided",
    "lasting",
    "exit",
    "exclusion",
]

DISAGREEMENT = StateMachine(
    "disagreement",
    "raised",
    [
        Move("accept", "raised", "dialogue"),
        Move("emergency", "raised", "mediation"),
        Move("redirect", "raised", "closed"),
        Move("expire", "raised", "dialogue"),
        Move("escalate", "dialogue", "facilitation"),
        Move("escalate", "facilitation", "mediation"),
        Move("escalate", "mediation", "collective_decision"),
        Move("escalate", "collective_decision", "separation"),
        Move("expire", "dialogue", "facilitation"),
        Move("expire", "facilitation", "mediation"),
        Move("expire", "collective_decision", "separation"),
        Move("expire", "separation", "closed"),
        *(Move("settle", step, "closed") for step in ("dialogue", "facilitation")),
        *(Move("withdraw", step, "closed") for step in ("raised", "dialogue", "facilitation")),
        Move("conclude", "mediation", "closed"),
        Move("decide", "collective_decision", "closed"),
        Move("record_lasting", "collective_decision", "closed"),
        Move("record_lasting", "separation", "closed"),
        *(
            Move("must_decide", step, "collective_decision")
            for step in ("raised", "dialogue", "facilitation", "mediation")
        ),
        Move("reopen", "closed", "dialogue"),
    ],
)
"""The ladder; the parties together skip a step by escalating one after the other."""


def blocking(state: Cooperation) -> tuple[str, ...]:
    """Return the disagreements that block gates now."""
    return tuple(slug for slug, one in state.disagreements.items() if one.blocks)


def may_read_content(disagreement: Disagreement, state: Cooperation, person: str) -> bool:
    """Whether a person may read the sealed content at the present step of the ladder."""
    own = state.represented_by(person)
    if any(party in own for party in disagreement.parties):
        return True
    if disagreement.state in {"raised", "dialogue", "facilitation"}:
        return "facilitator" in state.roles.get(person, ())
    if disagreement.state == "mediation":
        return person == disagreement.mediator
    if disagreement.state in {"collective_decision", "separation"}:
        return any(state.members[organisation].is_active for organisation in own)
    return False


class DisagreementRaised(Event):
    """Members disagree; ``content`` is sealed."""

    type: Literal["disagreement_raised"] = "disagreement_raised"
    disagreement: Slug
    subject: str
    content: str
    parties: tuple[Slug, ...]
    touches: str
    flagged: bool
    limit: Instant

    def changes(self, state: Cooperation, entry: Entry) -> dict[str, Any]:
        """Add the disagreement, without its content."""
        raised = Disagreement(
            id=self.disagreement,
            subject=self.subject,
            state="raised",
            parties=self.parties,
            touches=self.touches,
            raised_at=entry.at,
            entered_at=entry.at,
            limit=self.limit,
            flagged=self.flagged,
        )
        return {"disagreements": {**state.disagreements, self.disagreement: raised}}


class _AboutDisagreement(Event):
    disagreement: Slug

    def changes(self, state: Cooperation, entry: Entry) -> dict[str, Any]:
        before = state.disagreements[self.disagreement]
        after = before.but(**self.becomes(before, entry))
        return {"disagreements": {**state.disagreements, self.disagreement: after}}

    def becomes(self, disagreement: Disagreement, entry: Entry) -> dict[str, Any]:
        """Return the fields that change."""
        raise NotImplementedError


class DisagreementTriaged(_AboutDisagreement):
    """The facilitator said what becomes of a disagreement, and whether it blocks gates."""

    type: Literal["disagreement_triaged"] = "disagreement_triaged"
    verdict: Literal["accept", "redirect", "emergency"]
    blocks_until: Instant | None = None

    def becomes(self, disagreement: Disagreement, entry: Entry) -> dict[str, Any]:  # noqa: ARG002
        """Start the block, if there is one."""
        return {
            "confirmed": self.blocks_until is not None,
            "blocks": self.blocks_until is not None,
            "blocks_until": self.blocks_until,
        }


class DisagreementMoved(_AboutDisagreement):
    """A disagreement is on another step of the ladder, with a limit of its own."""

    type: Literal["disagreement_moved"] = "disagreement_moved"
    step: Step
    limit: Instant
    by_expiry: bool = False

    def becomes(self, disagreement: Disagreement, entry: Entry) -> dict[str, Any]:
        """Enter the step."""
        return {
            "state": self.step,
            "entered_at": entry.at,
            "limit": self.limit,
            "by_expiry": disagreement.by_expiry or self.by_expiry,
            "asking": False,
            "outcome": None,
        }


class DisagreementClosed(_AboutDisagreement):
    """A disagreement is over; whether that holds is looked at later."""

    type: Literal["disagreement_closed"] = "disagreement_closed"
    outcome: Outcome
    agreed_text: str | None = None
    follow_up_at: Instant

    def becomes(self, disagreement: Disagreement, entry: Entry) -> dict[str, Any]:  # noqa: ARG002
        """Close it; it no longer blocks."""
        return {
            "state": "closed",
            "entered_at": entry.at,
            "limit": self.follow_up_at,
            "outcome": self.outcome,
            "asking": False,
            "blocks": False,
            "blocks_until": None,
        }


class BlockEnded(_AboutDisagreement):
    """A disagreement has kept gates shut for as long as it may; the collective must decide."""

    type: Literal["block_ended"] = "block_ended"

    def becomes(self, disagreement: Disagreement, entry: Entry) -> dict[str, Any]:  # noqa: ARG002
        """Let gates open again."""
        return {"blocks": False, "blocks_until": None}


class MediatorAppointed(_AboutDisagreement):
    """A mediator was proposed to the parties."""

    type: Literal["mediator_appointed"] = "mediator_appointed"
    person: Slug

    def becomes(self, disagreement: Disagreement, entry: Entry) -> dict[str, Any]:  # noqa: ARG002
        """Ask the parties anew."""
        return {"mediator": self.person, "accepted_by": ()}


class MediatorAccepted(_AboutDisagreement):
    """A party accepted the mediator."""

    type: Literal["mediator_accepted"] = "mediator_accepted"
    organisation: Slug

    def becomes(self, disagreement: Disagreement, entry: Entry) -> dict[str, Any]:  # noqa: ARG002
        """Note the party."""
        return {"accepted_by": (*disagreement.accepted_by, self.organisation)}


class MediationExtended(_AboutDisagreement):
    """The mediator took more time, once."""

    type: Literal["mediation_extended"] = "mediation_extended"
    limit: Instant

    def becomes(self, disagreement: Disagreement, entry: Entry) -> dict[str, Any]:  # noqa: ARG002
        """Move the limit."""
        return {"limit": self.limit, "extended": True}


class MediationEnded(_AboutDisagreement):
    """A mediation ended without full agreement; a party may ask the collective to decide."""

    type: Literal["mediation_ended"] = "mediation_ended"
    reason: Literal["expired", "stopped", "partial", "none"]
    agreed_text: str | None = None
    ask_until: Instant

    def becomes(self, disagreement: Disagreement, entry: Entry) -> dict[str, Any]:  # noqa: ARG002
        """Wait for a party to ask."""
        outcome = "partial" if self.reason == "partial" else None
        return {"asking": True, "limit": self.ask_until, "outcome": outcome}


class FollowUpDue(_AboutDisagreement):
    """It is time to ask whether what closed a disagreement holds."""

    type: Literal["follow_up_due"] = "follow_up_due"

    def becomes(self, disagreement: Disagreement, entry: Entry) -> dict[str, Any]:  # noqa: ARG002
        """Nothing more falls due by itself."""
        return {"limit": None}


class FollowUpConfirmed(_AboutDisagreement):
    """The support function says whether what closed a disagreement holds."""

    type: Literal["follow_up_confirmed"] = "follow_up_confirmed"
    holds: bool

    def becomes(self, disagreement: Disagreement, entry: Entry) -> dict[str, Any]:  # noqa: ARG002
        """Note it; one that does not hold may be reopened once."""
        return {"followed_up": self.holds, "reopened": disagreement.reopened or not self.holds}


class RaiseDisagreement(Command):
    """Say that members disagree."""

    command: Literal["raise_disagreement"] = "raise_disagreement"
    disagreement: Slug | None = None
    subject: Text
    content: Text
    parties: Annotated[tuple[Slug, ...], Field(min_length=2)]
    touches: Text
    blocking: bool = False

    def decide(self, turn: Turn) -> None:
        """Raise it; only a party's flag counts towards blocking gates."""
        state = turn.state
        slug = self.disagreement or _next_id(state)
        if slug in state.disagreements:
            refuse("already_exists", f"there is a disagreement {slug}", disagreement=slug)
        for party in self.parties:
            member_of(state, party)
        own = state.represented_by(self.actor)
        raise_disagreement(
            turn,
            slug=slug,
            subject=self.subject,
            content=self.content,
            parties=tuple(dict.fromkeys(self.parties)),
            touches=self.touches,
            flagged=self.blocking and any(party in own for party in self.parties),
        )


def raise_disagreement(  # noqa: PLR0913 - what a disagreement states, each by name
    turn: Turn,
    *,
    slug: str,
    subject: str,
    content: str,
    parties: tuple[str, ...],
    touches: str,
    flagged: bool,
) -> None:
    """Put a disagreement on the first step of the ladder."""
    turn.emit(
        DisagreementRaised(
            disagreement=slug,
            subject=subject,
            content=content,
            parties=parties,
            touches=touches,
            flagged=flagged,
            limit=_ladder(turn).raised.after(turn.at),
        )
    )


def _next_id(state: Cooperation) -> str:
    number = len(state.disagreements) + 1
    while f"disagreement-{number}" in state.disagreements:
        number += 1
    return f"disagreement-{number}"


def _ladder(turn: Turn) -> Ladder:
    return turn.rules.policy.disagreements


def _limit(turn: Turn, step: str) -> datetime:
    span: Span = getattr(_ladder(turn), step)
    return span.after(turn.at)


class _OnLadder(Command):
    """A command on a disagreement; the parties act on it, the facilitator in facilitation."""

    disagreement: Slug

    def speaks_for(self, state: Cooperation) -> tuple[str, ...]:
        """The parties; of a disagreement that is not there any member, so as to be told so."""
        found = state.disagreements.get(self.disagreement)
        return found.parties if found else tuple(state.members)

    def is_within(self, scope: str, state: Cooperation) -> bool:
        """Know the scopes ``facilitation`` and ``mediates``."""
        found = state.disagreements.get(self.disagreement)
        if scope == "facilitation":
            return found is None or found.state == "facilitation"
        if scope == "mediates":
            return found is None or found.mediator == self.actor
        return super().is_within(scope, state)

    def _found(self, turn: Turn) -> Disagreement:
        found = turn.state.disagreements.get(self.disagreement)
        if found is None:
            refuse(
                "unknown_disagreement",
                f"there is no disagreement {self.disagreement}",
                disagreement=self.disagreement,
            )
        return found

    def _must(self, found: Disagreement, trigger: str) -> str:
        after = DISAGREEMENT.after(found.state, trigger)
        if after is None:
            self._wrong(found, f"the disagreement is in {found.state}")
        return after

    def _wrong(self, found: Disagreement, why: str) -> NoReturn:
        refuse("wrong_state", why, disagreement=found.id, state=found.state)


def _move(turn: Turn, slug: str, step: str, *, by_expiry: bool = False) -> None:
    turn.emit(
        DisagreementMoved(
            disagreement=slug,
            step=step,  # type: ignore[arg-type]
            limit=_limit(turn, step),
            by_expiry=by_expiry,
        )
    )


def _close(turn: Turn, slug: str, outcome: Outcome, agreed_text: str | None = None) -> None:
    turn.emit(
        DisagreementClosed(
            disagreement=slug,
            outcome=outcome,
            agreed_text=agreed_text,
            follow_up_at=_limit(turn, "follow_up"),
        )
    )


class TriageDisagreement(_OnLadder):
    """Say what becomes of a disagreement that was raised."""

    command: Literal["triage_disagreement"] = "triage_disagreement"
    verdict: Literal["accept", "redirect", "emergency"]
    blocking: bool = False

    def decide(self, turn: Turn) -> None:
        """Triage it; it blocks gates if a party flagged it and it touches what matters."""
        found = self._found(turn)
        step = self._must(found, self.verdict)
        numbers = _ladder(turn)
        blocks = self.blocking and found.flagged and found.touches in numbers.blocking_matters
        turn.emit(
            DisagreementTriaged(
                disagreement=found.id,
                verdict=self.verdict,
                blocks_until=(
                    numbers.blocks_for.after(turn.at) if blocks and step != "closed" else None
                ),
            )
        )
        if step == "closed":
            _close(turn, found.id, "redirected")
        else:
            _move(turn, found.id, step)


class EscalateDisagreement(_OnLadder):
    """Take a disagreement to the next step."""

    command: Literal["escalate_disagreement"] = "escalate_disagreement"

    def decide(self, turn: Turn) -> None:
        """Move up; out of mediation only once it has ended without agreement."""
        found = self._found(turn)
        step = self._must(found, "escalate")
        if found.state == "mediation" and not found.asking:
            self._wrong(found, "the mediation goes on; a party may stop it")
        _move(turn, found.id, step)


class WithdrawDisagreement(_OnLadder):
    """Take a disagreement back."""

    command: Literal["withdraw_disagreement"] = "withdraw_disagreement"

    def decide(self, turn: Turn) -> None:
        """Close it."""
        found = self._found(turn)
        self._must(found, "withdraw")
        _close(turn, found.id, "withdrawn")


class SettleDisagreement(_OnLadder):
    """Write down what the parties agreed on."""

    command: Literal["settle_disagreement"] = "settle_disagreement"
    agreed_text: Text

    def decide(self, turn: Turn) -> None:
        """Close it with the agreed text."""
        found = self._found(turn)
        self._must(found, "settle")
        _close(turn, found.id, "settled", self.agreed_text)


class AppointMediator(_OnLadder):
    """Propose a mediator to the parties: somebody with that role who is no party."""

    command: Literal["appoint_mediator"] = "appoint_mediator"
    person: Slug

    def decide(self, turn: Turn) -> None:
        """Appoint a mediator in mediation."""
        found = self._found(turn)
        if found.state != "mediation" or found.asking:
            self._wrong(found, f"there is no mediation going on, the state is {found.state}")
        if "mediator" not in turn.state.roles.get(self.person, ()):
            refuse("unknown_person", f"{self.person} is no mediator here", person=self.person)
        own = turn.state.represented_by(self.person)
        if any(party in own for party in found.parties):
            refuse("forbidden", "the mediator is never a party", person=self.person)
        turn.emit(MediatorAppointed(disagreement=found.id, person=self.person))


class _OfParty(_OnLadder):
    organisation: Slug

    def speaks_for(self, state: Cooperation) -> tuple[str, ...]:  # noqa: ARG002
        """One's own organisation."""
        return (self.organisation,)

    def _mediated(self, turn: Turn) -> Disagreement:
        found = self._found(turn)
        if found.state != "mediation" or found.asking:
            self._wrong(found, f"there is no mediation going on, the state is {found.state}")
        if self.organisation not in found.parties:
            refuse("forbidden", f"{self.organisation} is no party", disagreement=found.id)
        return found


class AcceptMediator(_OfParty):
    """Accept the proposed mediator for one's own organisation, a party."""

    command: Literal["accept_mediator"] = "accept_mediator"

    def decide(self, turn: Turn) -> None:
        """Accept a mediator once."""
        found = self._mediated(turn)
        if found.mediator is None:
            self._wrong(found, "no mediator has been appointed")
        if self.organisation in found.accepted_by:
            refuse("already_exists", f"{self.organisation} has accepted", disagreement=found.id)
        turn.emit(MediatorAccepted(disagreement=found.id, organisation=self.organisation))


class StopMediation(_OfParty):
    """End a mediation as a party."""

    command: Literal["stop_mediation"] = "stop_mediation"

    def decide(self, turn: Turn) -> None:
        """Stop it; a party may then ask the collective to decide."""
        found = self._mediated(turn)
        _end_mediation(turn, found.id, "stopped")


def _end_mediation(
    turn: Turn,
    slug: str,
    reason: Literal["expired", "stopped", "partial", "none"],
    agreed_text: str | None = None,
) -> None:
    ask_until = _ladder(turn).ask_within.after(turn.at)
    turn.emit(
        MediationEnded(
            disagreement=slug, reason=reason, agreed_text=agreed_text, ask_until=ask_until
        )
    )


class ExtendMediation(_OnLadder):
    """Take more time for a mediation, once."""

    command: Literal["extend_mediation"] = "extend_mediation"

    def decide(self, turn: Turn) -> None:
        """Extend a mediation that is going on."""
        found = self._found(turn)
        if found.state != "mediation" or found.asking or found.limit is None:
            self._wrong(found, f"there is no mediation going on, the state is {found.state}")
        if found.extended:
            self._wrong(found, "the mediation has been extended once")
        limit = _ladder(turn).extension.after(found.limit)
        turn.emit(MediationExtended(disagreement=found.id, limit=limit))


class ConcludeMediation(_OnLadder):
    """Say how a mediation ended; only the agreed text leaves it."""

    command: Literal["conclude_mediation"] = "conclude_mediation"
    outcome: Literal["agreement", "partial", "none"]
    agreed_text: Text | None = None

    def decide(self, turn: Turn) -> None:
        """Conclude what every party entrusted to the mediator."""
        found = self._found(turn)
        self._must(found, "conclude")
        missing = [party for party in found.parties if party not in found.accepted_by]
        if missing or found.asking:
            why = "it has ended" if found.asking else "not every party has accepted the mediator"
            self._wrong(found, why)
        if self.outcome != "none" and self.agreed_text is None:
            refuse("reason_required", "an agreement says what was agreed", disagreement=found.id)
        if self.outcome == "agreement":
            _close(turn, found.id, "agreement", self.agreed_text)
        else:
            _end_mediation(turn, found.id, self.outcome, self.agreed_text)


class RecordLastingDisagreement(_OnLadder):
    """Acknowledge that members go on disagreeing."""

    command: Literal["record_lasting_disagreement"] = "record_lasting_disagreement"

    def decide(self, turn: Turn) -> None:
        """Close it as lasting."""
        found = self._found(turn)
        self._must(found, "record_lasting")
        _close(turn, found.id, "lasting")


class ConfirmFollowUp(_OnLadder):
    """Say whether what closed a disagreement holds; what does not is reopened, once."""

    command: Literal["confirm_follow_up"] = "confirm_follow_up"
    holds: bool = True

    def decide(self, turn: Turn) -> None:
        """Confirm it, or reopen the disagreement."""
        found = self._found(turn)
        if found.state != "closed" or found.followed_up:
            self._wrong(found, "there is nothing to follow up")
        if found.limit is not None:
            refuse("too_early", "the follow-up is not due yet", due=found.limit.isoformat())
        if not self.holds and found.reopened:
            self._wrong(found, "the disagreement has been reopened once")
        turn.emit(FollowUpConfirmed(disagreement=found.id, holds=self.holds))
        if not self.holds:
            _move(turn, found.id, self._must(found, "reopen"))


def on_decision_closed(turn: Turn, event: Event) -> None:
    """Close a disagreement that the members decided."""
    assert isinstance(event, TakesEffect)
    kind, _, slug = event.subject.partition(":")
    found = turn.state.disagreements.get(slug)
    if kind != "disagreement" or event.result != "adopted" or found is None:
        return
    if DISAGREEMENT.after(found.state, "decide") is not None:
        _close(turn, slug, "decided")


def on_member_left(turn: Turn, event: Event) -> None:
    """Close what a party that leaves takes away with it."""
    assert isinstance(event, MemberLeft)
    for slug, one in turn.state.disagreements.items():
        if event.organisation not in one.parties or one.state == "closed":
            continue
        here = [p for p in one.parties if turn.state.members[p].status != "left"]
        if one.state == "separation" or len(here) < 2:  # noqa: PLR2004 - it takes two
            _close(turn, slug, "exclusion" if event.excluded else "exit")


def due(state: Cooperation, rules: Rulebook) -> Iterator[Due]:  # noqa: ARG001
    """Yield the limits of the steps, the ends of blocks, and the follow-ups."""
    if state.is_frozen:
        return
    for slug, one in state.disagreements.items():
        if one.limit is not None:
            yield Due(one.limit, Rank.DISAGREEMENT, _expiring(slug))
        if one.blocks and one.blocks_until is not None:
            yield Due(one.blocks_until, Rank.DISAGREEMENT, _unblocking(slug))


def _expiring(slug: str) -> Fire:
    def fire(turn: Turn) -> None:
        one = turn.state.disagreements[slug]
        if one.state == "closed":
            turn.emit(FollowUpDue(disagreement=slug))
        elif one.asking:
            _close(turn, slug, "partial" if one.outcome == "partial" else "lasting")
        elif one.state == "mediation":
            _end_mediation(turn, slug, "expired")
        else:
            step = DISAGREEMENT.after(one.state, "expire")
            if step is None or step == "closed":
                _close(turn, slug, "lasting")
            else:
                _move(turn, slug, step, by_expiry=True)

    return fire


def _unblocking(slug: str) -> Fire:
    def fire(turn: Turn) -> None:
        turn.emit(BlockEnded(disagreement=slug))
        step = DISAGREEMENT.after(turn.state.disagreements[slug].state, "must_decide")
        if step is not None:
            _move(turn, slug, step)

    return fire
