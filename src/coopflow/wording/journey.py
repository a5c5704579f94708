"""The life of a cooperation as people would tell it: stages, milestones, gates with their reasons.

Told from the entries of its journal alone, as they come in. Events are known here by their wire
names, which never change.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import groupby
from typing import Any, Final, Literal

from coopflow.domain.cooperation import UNOPENED, evolve
from coopflow.domain.events import Entry, Event
from coopflow.domain.explanation import Examination, examine
from coopflow.domain.lifecycle import Stage
from coopflow.domain.rulebook import Rulebook
from coopflow.domain.state import Cooperation
from coopflow.wording.phrases import Phrases

Tone = Literal["plain", "good", "bad"]

_TOLD: Final[Mapping[str, Tone]] = {
    "cooperation_opened": "plain",
    "cooperation_paused": "plain",
    "cooperation_resumed": "plain",
    "cooperation_closing": "plain",
    "cooperation_closed": "plain",
    "member_joined": "plain",
    "member_left": "bad",
    "meeting_recorded": "plain",
    "measure_recorded": "plain",
    "review_convened": "plain",
    "review_closed": "good",
    "objection_integrated": "good",
    "document_approved": "good",
    "document_returned": "bad",
    "document_went_stale": "bad",
    "document_expired": "bad",
    "charter_came_into_force": "good",
    "mandate_started": "good",
    "mandate_resumed": "plain",
    "mandate_ended": "bad",
    "reservation_made": "plain",
    "reservation_lifted": "good",
    "waiver_adopted": "plain",
    "clock_started": "bad",
    "clock_stopped": "good",
    "fell_back": "bad",
    "disagreement_raised": "bad",
    "disagreement_closed": "good",
}
"""The events that are told by the words ``journey.<event>``, and how they sound."""

_FORETOLD: Final[Mapping[str, Tone]] = {
    **_TOLD,
    "alert_raised": "bad",
    "block_ended": "plain",
    "decision_closed": "plain",
    "disagreement_moved": "bad",
    "follow_up_due": "plain",
    "mediation_ended": "bad",
    "voters_reminded": "plain",
}
"""The events that are told of what is to come: also what was not worth telling once it was over."""

_WARNINGS: Final = frozenset(
    {
        "attendance_low",
        "cure_soon",
        "guard_failing",
        "mandate_ending",
        "no_plenary",
        "renewal_due",
    }
)
"""The alerts that tell something of what is to come that no event tells."""

_TOLD_ONCE: Final = frozenset({"member_joined", "member_left", "measure_recorded"})
"""Events of which several at one instant make one milestone."""


@dataclass(frozen=True)
class Chapter:
    """A stage begins.

    Attributes:
        number: which one of the lifecycle it is, from 1; again the same after a fall-back.
        stage: the stage.
        since: when it begins.
        letters: those of the conditions, in order.
    """

    number: int
    stage: Stage
    since: datetime
    letters: tuple[str, ...]


@dataclass(frozen=True)
class Milestone:
    """Something worth telling.

    Attributes:
        at: when; None when it is told under the one before, of the same day.
        text: what, in the language of the teller.
        tone: whether it is a step forward, a step back, or neither.
        levels: the levels that it led to, where they changed.
        rose: the conditions that are higher than before.
        fell: those that are lower.
    """

    at: datetime | None
    text: str
    tone: Tone
    levels: Mapping[str, int] | None = None
    rose: frozenset[str] = frozenset()
    fell: frozenset[str] = frozenset()


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
        self._told = _TOLD
        self._day: date | None = None
        self._names: dict[str, str] = {}
        self._called: Mapping[str, str] = {}

    @classmethod
    def foreseeing(
        cls,
        state: Cooperation,
        rules: Rulebook,
        say: Phrases,
        called: Mapping[str, str] | None = None,
    ) -> Journey:
        """Prepare to tell what is to come from a state on.

        Args:
            state: how the cooperation stands.
            rules: what it follows.
            say: the language to tell it in.
            called: what decisions and disagreements are called; without it, ids serve.
        """
        journey = cls(rules, say)
        journey._called = called or {}
        journey.state = state
        journey._told = _FORETOLD
        journey._names = {slug: member.name for slug, member in state.members.items()}
        return journey

    def tell(self, entries: Iterable[Entry]) -> Iterator[Scene]:
        """Yield the scenes that the next entries of the journal make."""
        for at, group in groupby(entries, key=lambda entry: entry.at):
            yield from self._instant(at, list(group))

    def _instant(self, at: datetime, group: list[Entry]) -> Iterator[Scene]:
        before = self.state.levels
        told: list[_Said] = []
        for entry in group:
            if entry.event.type == "member_invited":
                fields = dict(entry.event)
                self._names[fields["organisation"]] = fields["name"]
        for index, entry in enumerate(group):
            if entry.event.type == "gate_requested":
                yield from self._milestones(at, told, before)
                told, before = [], self.state.levels
                yield self._asked(at, entry)
            previous, self.state = self.state, evolve(self.state, entry)
            told += self._words(group, index)
            if self.state.stage != previous.stage:
                if previous.stage_since is not None:
                    yield from self._milestones(at, told, before)
                    told, before = [], self.state.levels
                    yield Stay(at - previous.stage_since)
                yield self._chapter(at)
        yield from self._milestones(at, told, before)

    def _asked(self, at: datetime, entry: Entry) -> GateAsked:
        self._day = self._day_of(at)
        gate = dict(entry.event)["verdict"].gate
        return GateAsked(at, examine(self.state, gate, at, self._rules.followed_by(self.state)))

    def _chapter(self, at: datetime) -> Chapter:
        stages = self._rules.lifecycle.stages
        number, stage = next(
            (number, stage)
            for number, stage in enumerate(stages, start=1)
            if stage.id == self.state.stage
        )
        self._day = None
        letters = tuple(one.letter for one in self._rules.policy.conditions)
        return Chapter(number, stage, at, letters)

    def _milestones(
        self, at: datetime, told: list[_Said], before: Mapping[str, int]
    ) -> Iterator[Milestone]:
        """Yield what was told at one instant; the last one shows the levels if they moved."""
        after = self.state.levels
        has_moved = after != before
        rose = frozenset(name for name in after if after[name] > before.get(name, 0))
        fell = frozenset(name for name in after if after[name] < before.get(name, 0))
        if has_moved and not told:
            told = [(self._say("journey.levels"), "bad" if fell else "good")]
        for index, (text, tone) in enumerate(told):
            shown = dict(after) if has_moved and index == len(told) - 1 else None
            day = self._day_of(at)
            is_new, self._day = day != self._day, day
            yield Milestone(at if is_new else None, text, tone, shown, rose, fell)

    def _words(self, group: list[Entry], index: int) -> Iterator[_Said]:
        """Yield what an event is worth telling, if anything."""
        event = group[index].event
        kind = event.type
        earlier = {entry.event.type for entry in group[:index]}
        fields: dict[str, Any] = dict(event)
        match kind:
            case "decision_closed" if fields["subject"].startswith("gate:"):
                is_adopted = fields["result"] == "adopted"
                key = "journey.ratified" if is_adopted else "journey.not_ratified"
                result = self._say(f"result.{fields['result']}")
                arithmetic = self._say.counted(fields["arithmetic"])
                words = self._say(key, result=result, arithmetic=arithmetic)
                yield words, "good" if is_adopted else "bad"
            case "gate_passed" if fields["stage"] == self.state.stage and (until := self._term()):
                yield self._say("journey.renewed", until=until), "good"
            case "ballot_cast" if fields["choice"] == "objection":
                name = self._name(fields["organisation"])
                yield self._say("journey.objection_raised", organisation=name), "bad"
            case "document_returned" if "objection_integrated" in earlier:
                pass  # its amended version goes on
            case "document_approved" if fields["kind"] == "feedback_loop":
                pass  # the closing of its review is told
            case "alert_raised" if kind in self._told:
                yield from self._warning(fields["code"], fields["about"])
            case _ if kind in self._told and not (kind in _TOLD_ONCE and kind in earlier):
                same = [entry.event for entry in group[index:] if entry.event.type == kind]
                yield self._say(f"journey.{kind}", **self._values(event, same)), self._told[kind]

    def _warning(self, code: str, about: str) -> Iterator[_Said]:
        """Yield what an alert warns of, unless the event behind it is told itself."""
        if code in _WARNINGS:
            of = "" if about == "plenary" else f" ({self._labelled(about)})"
            yield self._say(f"alert.{code}") + of, "bad"

    def _day_of(self, at: datetime) -> date:
        """Return the day of an instant where readers live, as it is written."""
        return at.astimezone(self._say.zone).date()

    def _term(self) -> str | None:
        gate = self._rules.lifecycle.gate(self.state.floor or "")
        since = self.state.floor_since
        if gate is None or gate.term is None or since is None:
            return None
        return self._say.day(gate.term.after(since))

    def _values(self, event: Event, same: list[Event]) -> dict[str, object]:
        """Return what fills in the words of an event: its fields in words, and what they count."""
        family = event.type.partition("_")[0]
        fields: dict[str, Any] = dict(event)
        values = {name: self._worded(family, name, value) for name, value in fields.items()}
        organisations = [dict(one).get("organisation", "") for one in same]
        values["organisations"] = self._say.several([self._name(one) for one in organisations])
        values["count"] = len(same)
        if family == "meeting":
            values["present"] = len(set(fields["active"]).intersection(fields["attendees"]))
            values["active"] = len(fields["active"])
        if family == "charter":
            charter = self.state.version("charter", fields["version"])
            values["present"], values["active"] = len(charter.signatures), len(self.state.active)
        if family == "mandate" and "terms" in fields:
            interim = self._say("head.interim")
            holder = self._name(fields["terms"].holder)
            values["holder"] = f"{holder} ({interim})" if fields["terms"].interim else holder
        if event.type == "decision_closed":
            values["arithmetic"] = self._say.counted(fields["arithmetic"])
        if event.type == "document_approved":
            rule = self.state.decisions[fields["decision"]].rule.name
            values["rule"] = self._say(f"rule.{rule}")
        return values

    def _worded(self, family: str, name: str, value: Any) -> object:
        match name:
            case "organisation" | "holder":
                return self._name(value)
            case "until":
                return self._say.day(value)
            case "kind":
                return self._say(f"{family}.{value}")
            case "result" | "step":
                return self._say(f"{name}.{value}")
            case "condition" | "about" | "stage":
                return self._labelled(value)
            case _:
                is_named = name in {"decision", "disagreement"}
                return self._called.get(value, value) if is_named else value

    def _labelled(self, slug: str) -> str:
        """Return the label of a condition, criterion, stage or gate; else a name, else the id."""
        lifecycle = self._rules.lifecycle
        known = {one.id: one.label for one in self._rules.policy.conditions}
        known |= {one.id: one.label for one in self._rules.criteria.values()}
        known |= {one.id: one.label for one in lifecycle.stages}
        known |= {one.id: one.label for one in lifecycle.gates}
        return self._say.label(known[slug]) if slug in known else self._name(slug)

    def _name(self, organisation: str) -> str:
        return self._names.get(organisation, organisation)
