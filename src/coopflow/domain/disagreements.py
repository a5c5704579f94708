"""Disagreements: the ladder from dialogue to separation, its limits, and what keeps gates shut.

The content of a disagreement is sealed: it stands in the event that raises it, and in that of the
veto which did, and nowhere in the state. Who may read it depends on the step of the ladder
(``READERS``). What the parties settle on is theirs; what is agreed in a mediation leaves it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from datetime import datetime
from typing import Any, Final, Literal, NoReturn

from pydantic import model_validator

from coopflow.domain.base import Instant, Slug, Text
from coopflow.domain.calendar import Span
from coopflow.domain.commands import Command
from coopflow.domain.decisions import TakesEffect
from coopflow.domain.events import Entry, Event
from coopflow.domain.lifecycle import Move, StateMachine
from coopflow.domain.marks import Person, Sealed, SealedText
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


Reader = Literal["parties", "facilitator", "mediator", "members"]

READERS: Final[Mapping[str, tuple[Reader, ...]]] = {
    "raised": ("parties", "facilitator"),
    "dialogue": ("parties", "facilitator"),
    "facilitation": ("parties", "facilitator"),
    "mediation": ("parties", "mediator"),
    "collective_decision": ("parties", "members"),
    "separation": ("parties", "members"),
    "closed": ("parties",),
}
"""Who may read the content, by the state of the disagreement.

A mediator reads once every party has accepted them, members while they are active.
"""


def blocking(state: Cooperation) -> tuple[str, ...]:
    """Return the disagreements that block gates now."""
    return tuple(slug for slug, one in state.disagreements.items() if one.blocks)


def may_read_content(disagreement: Disagreement, state: Cooperation, person: str) -> bool:
    """Whether a person may read the sealed content at the present step of the ladder."""
    return any(_is(one, disagreement, state, person) for one in READERS[disagreement.state])


def may_read_settlement(disagreement: Disagreement, state: Cooperation, person: str) -> bool:
    """Whether a person may read on what the parties settled among themselves: only they may."""
    return _is("parties", disagreement, state, person)


def _is(reader: Reader, disagreement: Disagreement, state: Cooperation, person: str) -> bool:
    own = state.represented_by(person)
    if reader == "facilitator":
        return "facilitator" in state.roles.get(person, ())
    if reader == "mediator":
        accepted = set(disagreement.parties) <= set(disagreement.accepted_by)
        return accepted and person == disagreement.mediator
    if reader == "members":
        return any(state.members[organisation].is_active for organisation in own)
    return any(party in own for party in disagreement.parties)


class DisagreementRaised(Event):
    """Members disagree; ``content`` is sealed."""

    type: Literal["disagreement_raised"] = "disagreement_raised"
    disagreement: Slug
    subject: str
    content: Sealed
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


class AboutDisagreement(Event):
    """An event that changes one disagreement."""

    disagreement: Slug

    def changes(self, state: Cooperation, entry: Entry) -> dict[str, Any]:
        """Replace the disagreement."""
        before = state.disagreements[self.disagreement]
        after = before.but(**self.becomes(before, entry))
        return {"disagreements": {**state.disagreements, self.disagreement: after}}

    def becomes(self, disagreement: Disagreement, entry: Entry) -> dict[str, Any]:
        """Return the fields that change."""
        raise NotImplementedError


class DisagreementTriaged(AboutDisagreement):
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


class DisagreementMoved(AboutDisagreement):
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


class DisagreementClosed(AboutDisagreement):
    """A disagreement is over; whether that holds is looked at later."""

    type: Literal["disagreement_closed"] = "disagreement_closed"
    outcome: Outcome
    agreed_text: Sealed | None = None
    follow_up_at: Instant

    @classmethod
    def is_sealed(cls, fields: Mapping[str, Any], secret: Collection[str]) -> bool:  # noqa: ARG003
        """What the parties settled on among themselves is; what a mediator brought about is not."""
        return bool(fields.get("outcome") == "settled")

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


class BlockEnded(AboutDisagreement):
    """A disagreement has kept gates shut for as long as it may; the collective must decide."""

    type: Literal["block_ended"] = "block_ended"

    def becomes(self, disagreement: Disagreement, entry: Entry) -> dict[str, Any]:  # noqa: ARG002
        """Let gates open again."""
        return {"blocks": False, "blocks_until": None}


class MediatorAppointed(AboutDisagreement):
    """A mediator was proposed to the parties."""

    type: Literal["mediator_appointed"] = "mediator_appointed"
    person: Person

    def becomes(self, disagreement: Disagreement, entry: Entry) -> dict[str, Any]:  # noqa: ARG002
        """Ask the parties anew."""
        return {"mediator": self.person, "accepted_by": ()}


class MediatorAccepted(AboutDisagreement):
    """A party accepted the mediator."""

    type: Literal["mediator_accepted"] = "mediator_accepted"
    organisation: Slug

    def becomes(self, disagreement: Disagreement, entry: Entry) -> dict[str, Any]:  # noqa: ARG002
        """Note the party."""
        return {"accepted_by": (*disagreement.accepted_by, self.organisation)}


class MediationExtended(AboutDisagreement):
    """The mediator took more time, once."""

    type: Literal["mediation_extended"] = "mediation_extended"
    limit: Instant

    def becomes(self, disagreement: Disagreement, entry: Entry) -> dict[str, Any]:  # noqa: ARG002
        """Move the limit."""
        return {"limit": self.limit, "extended": True}


class MediationEnded(AboutDisagreement):
    """A mediation ended without full agreement; a party may ask the collective to decide."""

    type: Literal["mediation_ended"] = "mediation_ended"
    reason: Literal["expired", "stopped", "partial", "none"]
    agreed_text: str | None = None
    ask_until: Instant

    def becomes(self, disagreement: Disagreement, entry: Entry) -> dict[str, Any]:  # noqa: ARG002
        """Wait for a party to ask."""
        outcome = "partial" if self.reason == "partial" else None
        return {"asking": True, "limit": self.ask_until, "outcome": outcome}


class FollowUpDue(AboutDisagreement):
    """It is time to ask whether what closed a disagreement holds."""

    type: Literal["follow_up_due"] = "follow_up_due"

    def becomes(self, disagreement: Disagreement, entry: Entry) -> dict[str, Any]:  # noqa: ARG002
        """Nothing more falls due by itself."""
        return {"limit": None}


class FollowUpConfirmed(AboutDisagreement):
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
    content: SealedText
    parties: tuple[Slug, ...]
    touches: Text
    blocking: bool = False

    @model_validator(mode="after")
    def _takes_two(self) -> RaiseDisagreement:
        if len(set(self.parties)) < 2:  # noqa: PLR2004 - it takes two
            message = "parties: a disagreement is between at least two organisations"
            raise ValueError(message)
        return self

    def decide(self, turn: Turn) -> None:
        """Raise it; only a party's flag counts towards blocking gates."""
        state = turn.state
        for party in self.parties:
            member_of(state, party)
        slug = self.disagreement or state.next_id("disagreements")
        if slug in state.disagreements or state.had("disagreements", slug):
            refuse("already_exists", f"there is a disagreement {slug}", disagreement=slug)
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
            limit=ladder(turn).raised.after(turn.at),
        )
    )


def ladder(turn: Turn) -> Ladder:
    """Return the limits of the steps."""
    return turn.rules.policy.disagreements


def _limit(turn: Turn, step: str) -> datetime:
    span: Span = getattr(ladder(turn), step)
    return span.after(turn.at)


class OnLadder(Command):
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

    def found(self, turn: Turn) -> Disagreement:
        """Return the disagreement, or refuse with ``unknown_disagreement``."""
        found = turn.state.disagreements.get(self.disagreement)
        if found is None and turn.state.had("disagreements", self.disagreement):
            refuse(
                "wrong_state",
                f"{self.disagreement} was closed long ago",
                disagreement=self.disagreement,
                state="closed",
            )
        if found is None:
            refuse(
                "unknown_disagreement",
                f"there is no disagreement {self.disagreement}",
                disagreement=self.disagreement,
            )
        return found

    def must(self, found: Disagreement, trigger: str) -> str:
        """Return the step that a trigger leads to, or refuse with ``wrong_state``."""
        after = DISAGREEMENT.after(found.state, trigger)
        if after is None:
            self.wrong(found, f"the disagreement is in {found.state}")
        return after

    def wrong(self, found: Disagreement, why: str) -> NoReturn:
        """Refuse with ``wrong_state``."""
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


def close(turn: Turn, slug: str, outcome: Outcome, agreed_text: str | None = None) -> None:
    """Close a disagreement; its follow-up falls due later."""
    turn.emit(
        DisagreementClosed(
            disagreement=slug,
            outcome=outcome,
            agreed_text=agreed_text,
            follow_up_at=_limit(turn, "follow_up"),
        )
    )


class TriageDisagreement(OnLadder):
    """Say what becomes of a disagreement that was raised."""

    command: Literal["triage_disagreement"] = "triage_disagreement"
    verdict: Literal["accept", "redirect", "emergency"]
    blocking: bool = False

    def decide(self, turn: Turn) -> None:
        """Triage it; it blocks gates if a party flagged it and it touches what matters."""
        found = self.found(turn)
        step = self.must(found, self.verdict)
        numbers = ladder(turn)
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
            close(turn, found.id, "redirected")
        else:
            _move(turn, found.id, step)


class EscalateDisagreement(OnLadder):
    """Take a disagreement to the next step."""

    command: Literal["escalate_disagreement"] = "escalate_disagreement"

    def decide(self, turn: Turn) -> None:
        """Move up; out of mediation only once it has ended without agreement."""
        found = self.found(turn)
        step = self.must(found, "escalate")
        if found.state == "mediation" and not found.asking:
            self.wrong(found, "the mediation goes on; a party may stop it")
        _move(turn, found.id, step)


class WithdrawDisagreement(OnLadder):
    """Take a disagreement back."""

    command: Literal["withdraw_disagreement"] = "withdraw_disagreement"

    def decide(self, turn: Turn) -> None:
        """Close it."""
        found = self.found(turn)
        self.must(found, "withdraw")
        close(turn, found.id, "withdrawn")


class SettleDisagreement(OnLadder):
    """Write down what the parties agreed on."""

    command: Literal["settle_disagreement"] = "settle_disagreement"
    agreed_text: SealedText

    def decide(self, turn: Turn) -> None:
        """Close it with the agreed text."""
        found = self.found(turn)
        self.must(found, "settle")
        close(turn, found.id, "settled", self.agreed_text)


def end_mediation(
    turn: Turn,
    slug: str,
    reason: Literal["expired", "stopped", "partial", "none"],
    agreed_text: str | None = None,
) -> None:
    """End a mediation without full agreement; a party has some days to go on."""
    ask_until = ladder(turn).ask_within.after(turn.at)
    turn.emit(
        MediationEnded(
            disagreement=slug, reason=reason, agreed_text=agreed_text, ask_until=ask_until
        )
    )


class RecordLastingDisagreement(OnLadder):
    """Acknowledge that members go on disagreeing."""

    command: Literal["record_lasting_disagreement"] = "record_lasting_disagreement"

    def decide(self, turn: Turn) -> None:
        """Close it as lasting."""
        found = self.found(turn)
        self.must(found, "record_lasting")
        close(turn, found.id, "lasting")


class ConfirmFollowUp(OnLadder):
    """Say whether what closed a disagreement holds; what does not is reopened, once."""

    command: Literal["confirm_follow_up"] = "confirm_follow_up"
    holds: bool = True

    def decide(self, turn: Turn) -> None:
        """Confirm it, or reopen the disagreement."""
        found = self.found(turn)
        if found.state != "closed" or found.followed_up:
            self.wrong(found, "there is nothing to follow up")
        if found.limit is not None:
            refuse("too_early", "the follow-up is not due yet", due=found.limit.isoformat())
        if not self.holds and found.reopened:
            self.wrong(found, "the disagreement has been reopened once")
        turn.emit(FollowUpConfirmed(disagreement=found.id, holds=self.holds))
        if not self.holds:
            _move(turn, found.id, self.must(found, "reopen"))


def on_decision_closed(turn: Turn, event: Event) -> None:
    """Close a disagreement that the members decided."""
    assert isinstance(event, TakesEffect)
    kind, _, slug = event.subject.partition(":")
    found = turn.state.disagreements.get(slug)
    if kind != "disagreement" or event.result != "adopted" or found is None:
        return
    if DISAGREEMENT.after(found.state, "decide") is not None:
        close(turn, slug, "decided")


def on_member_left(turn: Turn, event: Event) -> None:
    """Close what a party that leaves takes away with it."""
    assert isinstance(event, MemberLeft)
    for slug, one in turn.state.disagreements.items():
        if event.organisation not in one.parties or one.state == "closed":
            continue
        here = [p for p in one.parties if turn.state.members[p].status != "left"]
        if one.state == "separation" or len(here) < 2:  # noqa: PLR2004 - it takes two
            close(turn, slug, "exclusion" if event.excluded else "exit")


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
            close(turn, slug, "partial" if one.outcome == "partial" else "lasting")
        elif one.state == "mediation":
            end_mediation(turn, slug, "expired")
        else:
            step = DISAGREEMENT.after(one.state, "expire")
            if step is None or step == "closed":
                close(turn, slug, "lasting")
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
