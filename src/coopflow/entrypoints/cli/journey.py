"""The life of a cooperation as people would tell it: stages, milestones, gates with their reasons.

Told from the entries of its journal alone, as they come in.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby
from typing import Literal

from coopflow.domain.ballots import BallotCast
from coopflow.domain.cooperation import UNOPENED, evolve
from coopflow.domain.decisions import DecisionClosed
from coopflow.domain.documents import (
    CharterCameIntoForce,
    DocumentApproved,
    DocumentExpired,
    DocumentReturned,
    DocumentWentStale,
)
from coopflow.domain.events import Entry, Event
from coopflow.domain.gates import (
    ClockStarted,
    ClockStopped,
    Examination,
    FellBack,
    GatePassed,
    GateRequested,
    ReservationLifted,
    ReservationMade,
    examine,
)
from coopflow.domain.lifecycle import Stage
from coopflow.domain.mandates import MandateEnded, MandateStarted
from coopflow.domain.meetings import MeetingRecorded
from coopflow.domain.members import MemberJoined, MemberLeft
from coopflow.domain.objections import ObjectionIntegrated
from coopflow.domain.opening import (
    CooperationClosed,
    CooperationClosing,
    CooperationOpened,
    CooperationPaused,
    CooperationResumed,
)
from coopflow.domain.reviews import ReviewClosed, ReviewConvened
from coopflow.domain.roadmap import MeasureRecorded
from coopflow.domain.rulebook import Rulebook
from coopflow.domain.state import Cooperation
from coopflow.entrypoints.cli.words import Phrases

Tone = Literal["plain", "good", "bad"]


@dataclass(frozen=True)
class Chapter:
    """A stage begins."""

    number: int
    stage: Stage
    since: datetime


@dataclass(frozen=True)
class Milestone:
    """Something worth telling.

    Attributes:
        at: when; None when it is told under the one before, of the same instant.
        text: what, in the language of the teller.
        tone: whether it is a step forward, a step back, or neither.
        levels: the levels that it led to, where they changed.
        rose: the conditions that are higher than before.
    """

    at: datetime | None
    text: str
    tone: Tone
    levels: Mapping[str, int] | None = None
    rose: frozenset[str] = frozenset()


@dataclass(frozen=True)
class GateAsked:
    """A gate was requested; the examination explains the verdict."""

    at: datetime
    examination: Examination


@dataclass(frozen=True)
class Stay:
    """A stage is over, after a while."""

    span: timedelta


Scene = Chapter | Milestone | GateAsked | Stay
_Said = tuple[str, Tone]


class Journey:
    """Tells a cooperation's life from its journal, entry by entry."""

    def __init__(self, rules: Rulebook, say: Phrases) -> None:
        """Prepare to tell.

        Args:
            rules: the definition that the cooperation follows.
            say: the language to tell it in.
        """
        self.state: Cooperation = UNOPENED
        self._rules = rules
        self._say = say
        self._chapters = 0

    def tell(self, entries: Iterable[Entry]) -> Iterator[Scene]:
        """Yield the scenes that the next entries of the journal make."""
        for at, group in groupby(entries, key=lambda entry: entry.at):
            yield from self._instant(at, list(group))

    def _instant(self, at: datetime, group: list[Entry]) -> Iterator[Scene]:
        before = self.state.levels
        told: list[_Said] = []
        is_first = True
        events = [entry.event for entry in group]
        for index, entry in enumerate(group):
            event = entry.event
            if isinstance(event, GateRequested):
                yield from self._told(at if is_first else None, told)
                told, is_first = [], False
                yield GateAsked(at, examine(self.state, event.verdict.gate, at, self._rules))
            previous, self.state = self.state, evolve(self.state, entry)
            told += self._words(event, events[:index], events[index:])
            if self.state.stage != previous.stage:
                if previous.stage_since is not None:
                    yield from self._told(at if is_first else None, told)
                    told, is_first = [], False
                    yield Stay(at - previous.stage_since)
                yield self._chapter(at)
        yield from self._told(at if is_first else None, told, before)

    def _chapter(self, at: datetime) -> Chapter:
        stage = self._rules.lifecycle.stage(self.state.stage)
        assert stage is not None, "the engine only enters stages of the lifecycle"
        self._chapters += 1
        return Chapter(self._chapters, stage, at)

    def _told(
        self,
        at: datetime | None,
        told: list[_Said],
        before: Mapping[str, int] | None = None,
    ) -> Iterator[Milestone]:
        after = self.state.levels
        changed = before is not None and after != before
        if changed and not told:
            fell = any(after[name] < level for name, level in (before or {}).items())
            told = [(self._say("journey.levels"), "bad" if fell else "good")]
        for index, (text, tone) in enumerate(told):
            is_last = index == len(told) - 1
            rose = frozenset(
                name for name, level in after.items() if level > (before or {}).get(name, 0)
            )
            yield Milestone(
                at if index == 0 else None,
                text,
                tone,
                dict(after) if changed and is_last else None,
                rose if changed else frozenset(),
            )

    def _name(self, organisation: str) -> str:
        member = self.state.members.get(organisation)
        return member.name if member else organisation

    def _condition(self, condition: str) -> str:
        found = next(one for one in self._rules.policy.conditions if one.id == condition)
        return self._say.label(found.label)

    def _words(
        self, event: Event, earlier: list[Event], rest: list[Event]
    ) -> Iterator[_Said]:
        """Yield what an event is worth telling; several of a kind at one instant are told once."""
        say = self._say
        match event:
            case CooperationOpened():
                yield say("journey.opened", title=event.title), "plain"
            case MemberJoined() | MemberLeft() if not _has(earlier, type(event)):
                same = [one.organisation for one in rest if isinstance(one, type(event))]
                key = "journey.joined" if isinstance(event, MemberJoined) else "journey.left"
                names = say.several([self._name(one) for one in same])
                yield (
                    say(f"{key}_many" if len(same) > 1 else key, names=names),
                    "plain" if isinstance(event, MemberJoined) else "bad",
                )
            case MeetingRecorded():
                active = set(event.active)
                present = len(active.intersection(event.attendees))
                kind = say(f"meeting.{event.kind}")
                yield (
                    say("journey.meeting", kind=kind, present=present, active=len(active)),
                    "plain",
                )
            case MeasureRecorded() if not _has(earlier, MeasureRecorded):
                count = sum(isinstance(one, MeasureRecorded) for one in rest)
                yield say("journey.measured", count=say.count(count, "indicator")), "plain"
            case ReviewClosed():
                yield say("journey.review", kind=say(f"review.{event.kind}")), "good"
            case DocumentReturned() if _has(earlier, ObjectionIntegrated):
                pass  # its amended version goes on
            case ReviewConvened():
                yield say("journey.convened", kind=say(f"review.{event.kind}")), "plain"
            case _:
                yield from self._decided(event)
                yield from self._moved(event)

    def _decided(self, event: Event) -> Iterator[_Said]:
        say, state = self._say, self.state
        match event:
            case BallotCast() if event.choice == "objection":
                yield say("journey.objection", name=self._name(event.organisation)), "bad"
            case ObjectionIntegrated():
                yield say("journey.integrated", name=self._name(event.organisation)), "good"
            case DocumentApproved() if event.kind != "feedback_loop":
                rule = say(f"rule.{state.decisions[event.decision].rule.name}")
                yield self._document("journey.approved", event.kind, event.version, rule), "good"
            case DocumentReturned():
                yield self._document("journey.returned", event.kind, event.version), "bad"
            case DocumentWentStale():
                yield self._document("journey.stale", event.kind, event.version), "bad"
            case DocumentExpired():
                yield self._document("journey.expired", event.kind, event.version), "bad"
            case CharterCameIntoForce():
                signed = len(state.documents["charter"][event.version - 1].signatures)
                active = len(state.active)
                yield say("journey.in_force", signed=signed, active=active), "good"
            case MandateStarted():
                key = "journey.interim" if event.terms.interim else "journey.mandate"
                yield say(key, holder=self._name(event.terms.holder)), "good"
            case MandateEnded():
                yield say("journey.mandate_ended", holder=self._name(event.holder)), "bad"
            case DecisionClosed() if event.subject.startswith("gate:"):
                is_adopted = event.result == "adopted"
                result = say(f"result.{event.result}")
                arithmetic = say.label(event.arithmetic)
                key = "journey.ratified" if is_adopted else "journey.not_ratified"
                yield (
                    say(key, arithmetic=arithmetic, result=result),
                    "good" if is_adopted else "bad",
                )

    def _document(self, key: str, kind: str, version: int, rule: str = "") -> str:
        return self._say(key, kind=self._say(f"kind.{kind}"), version=version, rule=rule)

    def _moved(self, event: Event) -> Iterator[_Said]:
        say = self._say
        match event:
            case GatePassed() if event.stage == self.state.stage:
                gate = self._rules.lifecycle.gate(event.gate)
                since = self.state.floor_since
                if gate is not None and gate.term is not None and since is not None:
                    yield say("journey.renewed", until=say.day(gate.term.after(since))), "good"
            case ReservationMade():
                condition, until = self._condition(event.condition), say.day(event.until)
                yield say("journey.reserved", condition=condition, until=until), "plain"
            case ReservationLifted():
                yield say("journey.lifted", condition=self._condition(event.condition)), "good"
            case ClockStarted():
                condition, until = self._condition(event.condition), say.day(event.until)
                yield say("journey.clock", condition=condition, until=until), "bad"
            case ClockStopped():
                condition = self._condition(event.condition)
                yield say("journey.clock_stopped", condition=condition), "good"
            case FellBack():
                stage = self._rules.lifecycle.stage(event.stage)
                label = say.label(stage.label) if stage else event.stage
                yield say("journey.fell_back", stage=label), "bad"
            case CooperationPaused():
                yield say("journey.paused"), "plain"
            case CooperationResumed():
                yield say("journey.resumed"), "plain"
            case CooperationClosing():
                yield say("journey.closing"), "plain"
            case CooperationClosed():
                yield say("journey.closed"), "plain"


def _has(events: list[Event], kind: type[Event]) -> bool:
    return any(isinstance(one, kind) for one in events)
