"""Members: joining, leaving, being suspended, and who speaks for an organisation."""

from __future__ import annotations

from typing import Any, Literal

from coopflow.domain.base import Shape, Slug, Text
from coopflow.domain.commands import Command
from coopflow.domain.decisions import EffectSuspended, TakesEffect, open_decision
from coopflow.domain.events import Entry, Event
from coopflow.domain.lifecycle import Move, StateMachine
from coopflow.domain.marks import Person
from coopflow.domain.refusals import refuse
from coopflow.domain.second_calls import DecisionRecalled
from coopflow.domain.state import Cooperation, Member, MemberStatus, Profile, Standing
from coopflow.domain.tools import Category
from coopflow.domain.turn import Turn

MEMBERSHIP = StateMachine(
    "member",
    "invited",
    [
        Move("join", "invited", "active"),
        Move("withdraw", "invited", "left"),
        Move("withdraw", "active", "left"),
        Move("withdraw", "suspended", "left"),
        Move("suspend", "active", "suspended"),
        Move("reinstate", "suspended", "active"),
        Move("exclude", "active", "left"),
        Move("exclude", "suspended", "left"),
        Move("invite", "left", "invited"),
    ],
)
"""The status of a member."""


def member_of(state: Cooperation, organisation: str) -> Member:
    """Return a member that has not left.

    Raises:
        RefusedError: there is none by this id (``unknown_member``).
    """
    member = state.members.get(organisation)
    if member is None or member.status == "left":
        refuse("unknown_member", f"{organisation} is not a member", organisation=organisation)
    return member


def active_member(state: Cooperation, organisation: str) -> Member:
    """Return an active member.

    Raises:
        RefusedError: ``unknown_member``, or ``wrong_state`` while it is invited or suspended.
    """
    member = member_of(state, organisation)
    if not member.is_active:
        refuse(
            "wrong_state",
            f"{organisation} is {member.status}",
            organisation=organisation,
            status=member.status,
        )
    return member


def _with_status(
    state: Cooperation, organisation: str, status: MemberStatus, entry: Entry
) -> dict[str, Any]:
    member = state.members[organisation]
    standing = Standing(status=status, since=entry.at)
    return {
        "members": {
            **state.members,
            organisation: member.but(standings=(*member.standings, standing)),
        }
    }


def _moved(state: Cooperation, entry: Entry) -> dict[str, Any]:
    return {"members_moved": state.members_moved + 1, "last_move_at": entry.at}


class MemberInvited(Event):
    """An organisation was invited; the members decide whether it joins."""

    type: Literal["member_invited"] = "member_invited"
    organisation: Slug
    name: str
    category: Category
    college: Slug | None = None
    representative: Person
    alternate: Person | None = None

    def changes(self, state: Cooperation, entry: Entry) -> dict[str, Any]:
        """Add the organisation, not yet active."""
        known = state.members.get(self.organisation)
        standings = known.standings if known else ()
        member = Member(
            id=self.organisation,
            name=self.name,
            category=self.category,
            college=self.college,
            representative=self.representative,
            alternate=self.alternate,
            profile=known.profile if known else Profile(),
            standings=(*standings, Standing(status="invited", since=entry.at)),
        )
        return {"members": {**state.members, self.organisation: member}}


class MemberJoined(Event):
    """An organisation is an active member."""

    type: Literal["member_joined"] = "member_joined"
    organisation: Slug

    def changes(self, state: Cooperation, entry: Entry) -> dict[str, Any]:
        """Make it active, and count the joining."""
        return _with_status(state, self.organisation, "active", entry) | _moved(state, entry)


class MemberLeft(Event):
    """An organisation is no longer a member."""

    type: Literal["member_left"] = "member_left"
    organisation: Slug
    reason: str
    excluded: bool = False

    def changes(self, state: Cooperation, entry: Entry) -> dict[str, Any]:
        """Make it left, and count the leaving if it had joined."""
        joined = state.members[self.organisation].status != "invited"
        moved = _moved(state, entry) if joined else {}
        return _with_status(state, self.organisation, "left", entry) | moved


class MemberSuspended(Event):
    """A member no longer votes for a while."""

    type: Literal["member_suspended"] = "member_suspended"
    organisation: Slug
    reason: str

    def changes(self, state: Cooperation, entry: Entry) -> dict[str, Any]:
        """Make it suspended."""
        return _with_status(state, self.organisation, "suspended", entry)


class MemberReinstated(Event):
    """A suspended member votes again."""

    type: Literal["member_reinstated"] = "member_reinstated"
    organisation: Slug
    reason: str

    def changes(self, state: Cooperation, entry: Entry) -> dict[str, Any]:
        """Make it active."""
        return _with_status(state, self.organisation, "active", entry)


class RepresentativeAppointed(Event):
    """Other people speak for a member."""

    type: Literal["representative_appointed"] = "representative_appointed"
    organisation: Slug
    person: Person
    alternate: Person | None = None

    def changes(self, state: Cooperation, entry: Entry) -> dict[str, Any]:  # noqa: ARG002
        """Replace both."""
        member = state.members[self.organisation]
        changed = member.but(representative=self.person, alternate=self.alternate)
        return {"members": {**state.members, self.organisation: changed}}


class MemberDescribed(Event):
    """A member's logic, constraints, culture or expectations were written down."""

    type: Literal["member_described"] = "member_described"
    organisation: Slug
    profile: Profile

    def changes(self, state: Cooperation, entry: Entry) -> dict[str, Any]:  # noqa: ARG002
        """Replace the parts that are given."""
        member = state.members[self.organisation]
        given = self.profile.model_dump(exclude_none=True)
        changed = member.but(profile=member.profile.but(**given))
        return {"members": {**state.members, self.organisation: changed}}


class Organisation(Shape):
    """An organisation as it is admitted."""

    id: Slug
    name: Text
    category: Category
    college: Slug | None = None


class AdmitMember(Command):
    """Take an organisation in; once a charter is in force, by a decision of the members."""

    command: Literal["admit_member"] = "admit_member"
    organisation: Organisation
    representative: Person
    alternate: Person | None = None

    def decide(self, turn: Turn) -> None:
        """Invite it; before a charter is in force it joins at once."""
        state, organisation = turn.state, self.organisation
        known = state.members.get(organisation.id)
        if known is not None and known.status != "left":
            refuse(
                "already_exists",
                f"{organisation.id} is {known.status} already",
                organisation=organisation.id,
            )
        turn.emit(
            MemberInvited(
                organisation=organisation.id,
                name=organisation.name,
                category=organisation.category,
                college=organisation.college,
                representative=self.representative,
                alternate=self.alternate,
            )
        )
        charter = state.current("charter")
        if charter is None or charter.in_force_at is None:
            turn.emit(MemberJoined(organisation=organisation.id))
        else:
            open_decision(turn, subject=f"admission:{organisation.id}")


class DescribeMember(Command):
    """Say what partners should know of an organisation."""

    command: Literal["describe_member"] = "describe_member"
    organisation: Slug
    profile: Profile

    def speaks_for(self, state: Cooperation) -> tuple[str, ...]:  # noqa: ARG002
        """One's own organisation."""
        return (self.organisation,)

    def decide(self, turn: Turn) -> None:
        """Describe a member."""
        member_of(turn.state, self.organisation)
        turn.emit(MemberDescribed(organisation=self.organisation, profile=self.profile))


class _AboutMember(Command):
    organisation: Slug
    reason: Text

    def speaks_for(self, state: Cooperation) -> tuple[str, ...]:  # noqa: ARG002
        return (self.organisation,)

    def _move(self, turn: Turn, trigger: str) -> None:
        member = member_of(turn.state, self.organisation)
        if MEMBERSHIP.after(member.status, trigger) is None:
            refuse(
                "wrong_state",
                f"{self.organisation} is {member.status}",
                organisation=self.organisation,
                status=member.status,
            )


class WithdrawMember(_AboutMember):
    """Leave the cooperation."""

    command: Literal["withdraw_member"] = "withdraw_member"

    def decide(self, turn: Turn) -> None:
        """Let it go."""
        self._move(turn, "withdraw")
        turn.emit(MemberLeft(organisation=self.organisation, reason=self.reason))


class SuspendMember(_AboutMember):
    """Keep a member from voting for a while."""

    command: Literal["suspend_member"] = "suspend_member"

    def decide(self, turn: Turn) -> None:
        """Suspend an active member."""
        self._move(turn, "suspend")
        turn.emit(MemberSuspended(organisation=self.organisation, reason=self.reason))


class ReinstateMember(_AboutMember):
    """Let a suspended member vote again."""

    command: Literal["reinstate_member"] = "reinstate_member"

    def decide(self, turn: Turn) -> None:
        """Reinstate a suspended member."""
        self._move(turn, "reinstate")
        turn.emit(MemberReinstated(organisation=self.organisation, reason=self.reason))


class AppointRepresentative(Command):
    """Say who speaks for an organisation."""

    command: Literal["appoint_representative"] = "appoint_representative"
    organisation: Slug
    person: Person
    alternate: Person | None = None

    def speaks_for(self, state: Cooperation) -> tuple[str, ...]:  # noqa: ARG002
        """One's own organisation."""
        return (self.organisation,)

    def decide(self, turn: Turn) -> None:
        """Appoint them."""
        member_of(turn.state, self.organisation)
        turn.emit(
            RepresentativeAppointed(
                organisation=self.organisation, person=self.person, alternate=self.alternate
            )
        )


def on_decision_recalled(turn: Turn, event: Event) -> None:
    """Invite again the organisation that a second call is about."""
    assert isinstance(event, DecisionRecalled)
    kind, _, organisation = turn.state.decisions[event.decision].subject.partition(":")
    member = turn.state.members.get(organisation)
    if kind == "admission" and member is not None and member.status == "left":
        turn.emit(
            MemberInvited(
                organisation=organisation,
                name=member.name,
                category=member.category,
                college=member.college,
                representative=member.representative,
                alternate=member.alternate,
            )
        )


def on_effect_suspended(turn: Turn, event: Event) -> None:
    """Make a member that was admitted by a vetoed decision wait again."""
    assert isinstance(event, EffectSuspended)
    kind, _, organisation = event.subject.partition(":")
    member = turn.state.members.get(organisation)
    if kind == "admission" and member is not None and member.is_active:
        turn.emit(MemberSuspended(organisation=organisation, reason="veto"))


def on_decision_closed(turn: Turn, event: Event) -> None:
    """Let an admitted organisation join, or go again; let an excluded one go."""
    assert isinstance(event, TakesEffect)
    subject = turn.state.decisions[event.decision].subject
    kind, _, organisation = subject.partition(":")
    member = turn.state.members.get(organisation)
    if member is None or member.status == "left":
        return
    if kind == "admission" and member.status in {"invited", "suspended"}:
        if event.result == "adopted" and member.status == "suspended":
            turn.emit(MemberReinstated(organisation=organisation, reason="the veto fell"))
        elif event.result == "adopted":
            turn.emit(MemberJoined(organisation=organisation))
        else:
            turn.emit(MemberLeft(organisation=organisation, reason=f"admission {event.result}"))
    elif kind == "exclusion" and event.result == "adopted":
        turn.emit(MemberLeft(organisation=organisation, reason="exclusion", excluded=True))
