"""Opening a cooperation, pausing and resuming it, closing it."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, Literal

from coopflow.domain.base import Slug, Text
from coopflow.domain.commands import Command
from coopflow.domain.decisions import TakesEffect, cancel
from coopflow.domain.events import Entry, Event
from coopflow.domain.lifecycle import Move, StateMachine
from coopflow.domain.marks import Person
from coopflow.domain.refusals import refuse
from coopflow.domain.state import Cooperation, Decision, Pause, Role
from coopflow.domain.turn import Turn

STATUS = StateMachine(
    "cooperation",
    "active",
    [
        Move("pause", "active", "paused"),
        Move("resume", "paused", "active"),
        Move("wind_down", "active", "closing"),
        Move("wind_down", "paused", "closing"),
        Move("close", "closing", "closed"),
    ],
)
"""The status of a cooperation."""


class CooperationOpened(Event):
    """A cooperation was opened."""

    type: Literal["cooperation_opened"] = "cooperation_opened"
    cooperation: Slug
    programme: Slug
    title: str
    issue: str
    territory: str
    lifecycle: str
    policy: str
    stage: Slug

    def changes(self, state: Cooperation, entry: Entry) -> dict[str, Any]:  # noqa: ARG002
        """Fill in what a cooperation is from its first moment."""
        return {
            "id": self.cooperation,
            "programme": self.programme,
            "title": self.title,
            "issue": self.issue,
            "territory": self.territory,
            "lifecycle": self.lifecycle,
            "policy": self.policy,
            "first_policy": self.policy,
            "status": "active",
            "opened_at": entry.at,
            "stage": self.stage,
            "stage_since": entry.at,
        }


class OpenCooperation(Command):
    """Open a cooperation around an issue, in the first stage of its lifecycle."""

    command: Literal["open_cooperation"] = "open_cooperation"
    cooperation: Slug
    programme: Slug
    title: Text
    issue: Text
    territory: Text
    lifecycle: Slug
    policy: Slug
    facilitator: Person | None = None

    def decide(self, turn: Turn) -> None:
        """Open it, and make somebody its facilitator if one is named."""
        if turn.state.status != "unopened":
            refuse("already_exists", "the cooperation is already open", cooperation=turn.state.id)
        rules = turn.rules
        for asked, known in (
            (self.lifecycle, rules.definition.lifecycle_name),
            (self.policy, rules.definition.policy_name),
        ):
            if asked not in {known, known.partition("@")[0]}:
                refuse("invalid_command", f"{asked} is not the definition given, {known}")
        turn.emit(
            CooperationOpened(
                cooperation=self.cooperation,
                programme=self.programme,
                title=self.title,
                issue=self.issue,
                territory=self.territory,
                lifecycle=rules.definition.lifecycle_name,
                policy=rules.definition.policy_name,
                stage=rules.lifecycle.machine.initial,
            )
        )
        if self.facilitator is not None:
            turn.emit(RoleAssigned(person=self.facilitator, role="facilitator"))


class RoleAssigned(Event):
    """A person holds a role in the cooperation."""

    type: Literal["role_assigned"] = "role_assigned"
    person: Person
    role: Role

    def changes(self, state: Cooperation, entry: Entry) -> dict[str, Any]:  # noqa: ARG002
        """Add the role to those of the person."""
        held = state.roles.get(self.person, ())
        return {"roles": {**state.roles, self.person: (*held, self.role)}}


class RoleRevoked(Event):
    """A person no longer holds a role in the cooperation."""

    type: Literal["role_revoked"] = "role_revoked"
    person: Person
    role: Role

    def changes(self, state: Cooperation, entry: Entry) -> dict[str, Any]:  # noqa: ARG002
        """Take the role from those of the person."""
        held = tuple(role for role in state.roles.get(self.person, ()) if role != self.role)
        roles = {person: kept for person, kept in state.roles.items() if person != self.person}
        return {"roles": {**roles, self.person: held} if held else roles}


class AssignRole(Command):
    """Give a person a role in the cooperation."""

    command: Literal["assign_role"] = "assign_role"
    person: Person
    role: Role

    def decide(self, turn: Turn) -> None:
        """Assign it once."""
        if self.role in turn.state.roles.get(self.person, ()):
            refuse("already_exists", "the person has this role", person=self.person, role=self.role)
        turn.emit(RoleAssigned(person=self.person, role=self.role))


class RevokeRole(Command):
    """Take a role from a person."""

    command: Literal["revoke_role"] = "revoke_role"
    person: Person
    role: Role

    def decide(self, turn: Turn) -> None:
        """Revoke a role that is held."""
        if self.role not in turn.state.roles.get(self.person, ()):
            refuse("unknown_person", "nobody by this id has this role", person=self.person)
        turn.emit(RoleRevoked(person=self.person, role=self.role))


class CooperationPaused(Event):
    """The cooperation pauses; clocks and deadlines stand still unless they are kept running."""

    type: Literal["cooperation_paused"] = "cooperation_paused"
    reason: str
    clocks: Literal["freeze", "keep"]

    def changes(self, state: Cooperation, entry: Entry) -> dict[str, Any]:  # noqa: ARG002
        """Note since when."""
        return {"status": "paused", "pause": Pause(since=entry.at, clocks=self.clocks)}


class CooperationResumed(Event):
    """The cooperation goes on; what stood still has as much time left as it had."""

    type: Literal["cooperation_resumed"] = "cooperation_resumed"
    reason: str

    def changes(self, state: Cooperation, entry: Entry) -> dict[str, Any]:
        """Move clocks and deadlines by the length of the pause, if they stood still."""
        changed: dict[str, Any] = {"status": "active", "pause": None}
        if state.pause is None or state.pause.clocks == "keep":
            return changed
        by = entry.at - state.pause.since
        return changed | {
            "clocks": {
                name: clock.but(until=clock.until + by) for name, clock in state.clocks.items()
            },
            "reservations": {
                name: one.but(until=one.until + by) for name, one in state.reservations.items()
            },
            "decisions": {
                slug: _later(decision, state.pause.since, by)
                for slug, decision in state.decisions.items()
            },
            "disagreements": {
                slug: one.but(
                    limit=one.limit and one.limit + by,
                    blocks_until=one.blocks_until and one.blocks_until + by,
                )
                for slug, one in state.disagreements.items()
            },
        }


def _later(decision: Decision, since: datetime, by: timedelta) -> Decision:
    if not decision.is_open:
        return decision
    reminded = tuple(instant for instant in decision.reminded if instant <= since)
    return decision.but(
        closes_at=decision.closes_at + by, reminded=reminded, paused=decision.paused + by
    )


class PauseCooperation(Command):
    """Let the cooperation rest."""

    command: Literal["pause_cooperation"] = "pause_cooperation"
    reason: Text
    clocks: Literal["freeze", "keep"] = "freeze"

    def decide(self, turn: Turn) -> None:
        """Pause what is active."""
        if STATUS.after(turn.state.status, "pause") is None:
            refuse("wrong_state", "only an active cooperation pauses", status=turn.state.status)
        turn.emit(CooperationPaused(reason=self.reason, clocks=self.clocks))


class ResumeCooperation(Command):
    """Go on after a pause."""

    command: Literal["resume_cooperation"] = "resume_cooperation"
    reason: Text | None = None
    clocks: Literal["freeze", "keep"] | None = None

    def decide(self, turn: Turn) -> None:
        """Resume what is paused."""
        if STATUS.after(turn.state.status, "resume") is None:
            refuse("wrong_state", "the cooperation is not paused", status=turn.state.status)
        turn.emit(CooperationResumed(reason=self.reason or ""))


class CooperationClosing(Event):
    """The members decided to end the cooperation; it winds down."""

    type: Literal["cooperation_closing"] = "cooperation_closing"

    def changes(self, state: Cooperation, entry: Entry) -> dict[str, Any]:  # noqa: ARG002
        """End clocks and reservations: nothing falls back from here on."""
        return {"status": "closing", "pause": None, "clocks": {}, "reservations": {}}


class CooperationClosed(Event):
    """The cooperation has ended."""

    type: Literal["cooperation_closed"] = "cooperation_closed"
    report: str
    commitments_transferred_to: str | None = None

    def changes(self, state: Cooperation, entry: Entry) -> dict[str, Any]:  # noqa: ARG002
        """End everything that could still happen by itself."""
        return {"status": "closed", "alerts": {}, "next_mandate": None}


class CloseCooperation(Command):
    """End a cooperation whose members decided so."""

    command: Literal["close_cooperation"] = "close_cooperation"
    report: Text
    commitments_transferred_to: Text | None = None

    def decide(self, turn: Turn) -> None:
        """Close what is closing."""
        if STATUS.after(turn.state.status, "close") is None:
            refuse("wrong_state", "the members have not decided to close", status=turn.state.status)
        for slug, decision in turn.state.decisions.items():
            if decision.is_open:
                cancel(turn, slug)
        turn.emit(
            CooperationClosed(
                report=self.report, commitments_transferred_to=self.commitments_transferred_to
            )
        )


def on_decision_closed(turn: Turn, event: Event) -> None:
    """React to the adoption of closing."""
    assert isinstance(event, TakesEffect)
    adopted = turn.state.decisions[event.decision]
    possible = STATUS.after(turn.state.status, "wind_down") is not None
    if adopted.subject == "closing" and event.result == "adopted" and possible:
        turn.emit(CooperationClosing())
