"""The living roadmap: actions as they stand, and values of indicators."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field

from coopflow.domain.base import Day, Slug, Text
from coopflow.domain.commands import Command
from coopflow.domain.documents import DocumentApproved
from coopflow.domain.events import Entry, Event
from coopflow.domain.members import active_member, member_of
from coopflow.domain.refusals import refuse
from coopflow.domain.state import Adjustment, Cooperation, Measure, Series
from coopflow.domain.tools import Action, ActionStatus, Experiment, Roadmap, ValueChain
from coopflow.domain.turn import Turn

_ADJUSTED = frozenset({"dropped", "replanned"})
_VALUES_KEPT = 24


class ActionsPlanned(Event):
    """The actions are those of a newly adopted roadmap."""

    type: Literal["actions_planned"] = "actions_planned"
    actions: tuple[Action, ...]

    def changes(self, state: Cooperation, entry: Entry) -> dict[str, Any]:
        """Replace the actions, and note one that was dropped or replanned thereby."""
        adjusted = [
            action.id
            for action in self.actions
            if action.status in _ADJUSTED
            and (action.id not in state.actions or state.actions[action.id].status != action.status)
        ]
        changed: dict[str, Any] = {"actions": {action.id: action for action in self.actions}}
        if adjusted:
            changed["adjustment"] = Adjustment(seq=entry.seq, action=adjusted[-1], at=entry.at)
        return changed


class ActionUpdated(Event):
    """An action stands differently: its status, date, owner or what was learnt."""

    type: Literal["action_updated"] = "action_updated"
    action: Slug
    before: ActionStatus | None = None
    status: ActionStatus | None = None
    due: Day | None = None
    owner: Slug | None = None
    learning: str | None = None

    def changes(self, state: Cooperation, entry: Entry) -> dict[str, Any]:
        """Replace what is given."""
        action = state.actions[self.action]
        given: dict[str, Any] = {
            name: value
            for name in ("status", "due", "owner")
            if (value := getattr(self, name)) is not None
        }
        if self.learning is not None:
            tried = action.experiment or Experiment()
            given["experiment"] = tried.but(learning=self.learning)
        changed: dict[str, Any] = {"actions": {**state.actions, self.action: action.but(**given)}}
        if self.status in _ADJUSTED:
            changed["adjustment"] = Adjustment(seq=entry.seq, action=self.action, at=entry.at)
        return changed


class UpdateAction(Command):
    """Say how an action stands."""

    command: Literal["update_action"] = "update_action"
    action: Slug
    status: ActionStatus | None = None
    due: Day | None = None
    owner: Slug | None = None
    learning: Text | None = None

    def speaks_for(self, state: Cooperation) -> tuple[str, ...]:
        """The owner; of an action that is not there, any member, so as to be told so."""
        action = state.actions.get(self.action)
        return (action.owner,) if action else tuple(state.members)

    def decide(self, turn: Turn) -> None:
        """Update an action of the roadmap."""
        action = turn.state.actions.get(self.action)
        if action is None:
            refuse("unknown_document", f"there is no action {self.action}", action=self.action)
        if self.owner is not None:
            active_member(turn.state, self.owner)
        if action.owner in turn.state.represented_by(self.actor):
            active_member(turn.state, action.owner)
        turn.emit(
            ActionUpdated(
                action=self.action,
                before=action.status,
                status=self.status,
                due=self.due,
                owner=self.owner,
                learning=self.learning,
            )
        )


class MeasureRecorded(Event):
    """An indicator has a new value."""

    type: Literal["measure_recorded"] = "measure_recorded"
    indicator: Slug
    value: float
    organisation: Slug
    period: str | None = None

    def changes(self, state: Cooperation, entry: Entry) -> dict[str, Any]:
        """Add the value; the state keeps the latest ones."""
        series = state.measures.get(self.indicator, Series())
        measure = Measure(
            value=self.value, organisation=self.organisation, period=self.period, at=entry.at
        )
        longer = Series(
            count=series.count + 1, latest=(*series.latest[1 - _VALUES_KEPT :], measure)
        )
        return {"measures": {**state.measures, self.indicator: longer}}


class RecordMeasure(Command):
    """Record a value of an indicator of the value chain."""

    command: Literal["record_measure"] = "record_measure"
    indicator: Slug
    value: Annotated[float, Field(allow_inf_nan=False)]
    organisation: Slug
    period: Text | None = None

    def speaks_for(self, state: Cooperation) -> tuple[str, ...]:  # noqa: ARG002
        """One's own organisation."""
        return (self.organisation,)

    def decide(self, turn: Turn) -> None:
        """Record it for a member."""
        member_of(turn.state, self.organisation)
        if self.indicator not in known_indicators(turn.state):
            refuse(
                "unknown_document",
                f"the value chain has no indicator {self.indicator}",
                indicator=self.indicator,
            )
        active_member(turn.state, self.organisation)
        turn.emit(
            MeasureRecorded(
                indicator=self.indicator,
                value=self.value,
                organisation=self.organisation,
                period=self.period,
            )
        )


def known_indicators(state: Cooperation) -> frozenset[str]:
    """Return the ids of the indicators of the adopted value chain."""
    chain = state.current("value_chain")
    if chain is None or not isinstance(chain.typed, ValueChain):
        return frozenset()
    return frozenset(one.id for objective in chain.typed.objectives for one in objective.indicators)


def on_document_approved(turn: Turn, event: Event) -> None:
    """Take the actions of a newly adopted roadmap."""
    assert isinstance(event, DocumentApproved)
    if event.kind == "roadmap":
        roadmap = turn.state.version("roadmap", event.version).typed
        assert isinstance(roadmap, Roadmap)
        turn.emit(ActionsPlanned(actions=roadmap.actions))
