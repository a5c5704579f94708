"""Meetings with their minutes, and the pulse of the collective."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import Field, model_validator

from coopflow.domain.base import Count, Instant, Slug, StatedInstant, Text
from coopflow.domain.commands import Command
from coopflow.domain.events import Entry, Event
from coopflow.domain.members import member_of
from coopflow.domain.refusals import refuse
from coopflow.domain.state import Cooperation, Meeting, Pulse
from coopflow.domain.turn import Turn

MeetingKind = Literal["plenary", "committee", "working_group", "discovery"]


class MeetingRecorded(Event):
    """A meeting took place; ``active`` are the members that were active when it was held."""

    type: Literal["meeting_recorded"] = "meeting_recorded"
    meeting: Slug
    kind: MeetingKind
    held_at: Instant
    attendees: tuple[Slug, ...]
    active: tuple[Slug, ...]

    def changes(self, state: Cooperation, entry: Entry) -> dict[str, Any]:  # noqa: ARG002
        """Add the meeting."""
        meeting = Meeting(
            id=self.meeting,
            kind=self.kind,
            held_at=self.held_at,
            attendees=self.attendees,
            active=self.active,
        )
        return {"meetings": {**state.meetings, self.meeting: meeting}}


class MinutesPublished(Event):
    """The minutes of a meeting were published."""

    type: Literal["minutes_published"] = "minutes_published"
    meeting: Slug
    minutes: str

    def changes(self, state: Cooperation, entry: Entry) -> dict[str, Any]:
        """Note when; the first publication counts, unless no rule reads the meeting any more."""
        meeting = state.meetings.get(self.meeting)
        if meeting is None:
            return {}
        minuted = meeting.but(minuted_at=meeting.minuted_at or entry.at)
        return {"meetings": {**state.meetings, self.meeting: minuted}}


class PulseRecorded(Event):
    """Members were asked how they feel about the cooperation."""

    type: Literal["pulse_recorded"] = "pulse_recorded"
    score: float
    answers: Count
    asked: Count

    def changes(self, state: Cooperation, entry: Entry) -> dict[str, Any]:
        """Add the pulse; the latest dozen are enough to judge by."""
        pulse = Pulse(score=self.score, answers=self.answers, asked=self.asked, at=entry.at)
        return {"pulses": (*state.pulses[-11:], pulse)}


class RecordMeeting(Command):
    """Record a meeting, with its minutes if they are there."""

    command: Literal["record_meeting"] = "record_meeting"
    meeting: Slug
    kind: MeetingKind
    attendees: tuple[Slug, ...]
    held_at: StatedInstant | None = None
    minutes: Text | None = None

    def decide(self, turn: Turn) -> None:
        """Record a meeting of the past."""
        state = turn.state
        held_at = self.held_at or turn.at
        for organisation in self.attendees:
            _was_member(state, organisation, held_at)
        if self.meeting in state.meetings or state.had("meetings", self.meeting):
            refuse("already_exists", f"there is a meeting {self.meeting}", meeting=self.meeting)
        if held_at > turn.at:
            refuse("too_early", "the meeting has not been held yet", held_at=held_at.isoformat())
        turn.emit(
            MeetingRecorded(
                meeting=self.meeting,
                kind=self.kind,
                held_at=held_at,
                attendees=tuple(dict.fromkeys(self.attendees)),
                active=tuple(
                    slug for slug, member in state.members.items() if member.was_active(held_at)
                ),
            )
        )
        if self.minutes is not None:
            turn.emit(MinutesPublished(meeting=self.meeting, minutes=self.minutes))


def _was_member(state: Cooperation, organisation: str, at: datetime) -> None:
    member = state.members.get(organisation)
    if member is None or not member.was_active(at):
        member_of(state, organisation)


def check_held(state: Cooperation, meeting: str) -> None:
    """Refuse with ``unknown_document`` what names a meeting that was not recorded."""
    if meeting not in state.meetings and not state.had("meetings", meeting):
        refuse("unknown_document", f"there is no meeting {meeting}", meeting=meeting)


class PublishMinutes(Command):
    """Publish the minutes of a meeting."""

    command: Literal["publish_minutes"] = "publish_minutes"
    meeting: Slug
    minutes: Text

    def decide(self, turn: Turn) -> None:
        """Publish them."""
        check_held(turn.state, self.meeting)
        turn.emit(MinutesPublished(meeting=self.meeting, minutes=self.minutes))


class RecordPulse(Command):
    """Record a survey of how members feel: the mean score out of five."""

    command: Literal["record_pulse"] = "record_pulse"
    score: Annotated[float, Field(ge=0, le=5, allow_inf_nan=False)]
    answers: Count
    asked: Count

    @model_validator(mode="after")
    def _at_most_all_answer(self) -> RecordPulse:
        if self.answers > self.asked:
            message = "answers: more than there were people asked"
            raise ValueError(message)
        return self

    def decide(self, turn: Turn) -> None:
        """Record it."""
        turn.emit(PulseRecorded(score=self.score, answers=self.answers, asked=self.asked))
