"""How decisions and disagreements went, told from the entries about them as everyone may see them.

The rules by which an answer counts or an objection is met are those of the domain: its events are
folded here over the one thing that they are about, with nothing in place of what is kept back.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, NamedTuple, Protocol

from coopflow.domain.catalogue import EVENTS
from coopflow.domain.events import Entry, Event
from coopflow.domain.state import UNOPENED, Cooperation, Decision, Delegation, Disagreement


class Line(Protocol):
    """An entry of a journal as everyone may see it."""

    @property
    def seq(self) -> int:
        """Its number."""

    @property
    def at(self) -> datetime:
        """When it happened."""

    @property
    def actor(self) -> str | None:
        """Who caused it."""

    @property
    def type(self) -> str:
        """The type of its event."""

    @property
    def data(self) -> Mapping[str, Any]:
        """The fields of its event, without those that are kept back."""

    @property
    def redacted(self) -> tuple[str, ...]:
        """The names of the fields that are kept back."""


ABOUT_DECISIONS = (
    "decision_opened",
    "ballot_cast",
    "ballot_delegated",
    "elector_left",
    "voters_reminded",
    "objection_qualified",
    "objection_withdrawn",
    "objection_integrated",
    "proposal_revised",
    "rule_replaced",
    "decision_recalled",
    "decision_closed",
    "effect_suspended",
    "effect_restored",
    "effect_abandoned",
)
"""The events that tell how a decision went."""

ABOUT_DISAGREEMENTS = (
    "disagreement_raised",
    "disagreement_triaged",
    "disagreement_moved",
    "disagreement_closed",
    "block_ended",
    "mediator_appointed",
    "mediator_accepted",
    "mediation_extended",
    "mediation_ended",
    "follow_up_due",
    "follow_up_confirmed",
)
"""The events that tell how a disagreement went."""


class Amendment(NamedTuple):
    """A change of the proposal that met an objection.

    Attributes:
        seq: the number of its entry.
        at: when.
        organisation: whose objection it met.
        changes: the fields that it replaced.
        material: whether everybody was asked again.
    """

    seq: int
    at: datetime
    organisation: str
    changes: Mapping[str, Any]
    material: bool


class Qualification(NamedTuple):
    """What the facilitator said of an objection.

    Attributes:
        at: when.
        verdict: ``qualified`` or ``concern``.
        reason: why; None where none was given, or it is kept back.
    """

    at: datetime
    verdict: str
    reason: str | None


class Deliberation(NamedTuple):
    """How a decision went.

    Attributes:
        decision: as it stands; what is kept back is empty in it.
        delegations: the votes that were entrusted for it, or may be given by it, by organisation.
        qualifications: by the organisation that objected.
        amendments: the changes of the proposal, oldest first.
        vetoed_by: the organisation that suspended its effect; None for none.
        kept_back: the numbers of the entries of which something is kept back.
    """

    decision: Decision
    delegations: Mapping[str, tuple[Delegation, ...]]
    qualifications: Mapping[str, Qualification]
    amendments: tuple[Amendment, ...]
    vetoed_by: str | None
    kept_back: frozenset[int]

    def holder(self, elector: str, at: datetime) -> str | None:
        """Return who gives the vote of an elector at an instant; None when it does so itself."""
        covering = [
            one
            for one in self.delegations.get(elector, ())
            if one.covers(self.decision.id, at) and one.to in self.decision.electors
        ]
        covering.sort(key=lambda one: one.decision is None)  # one for this decision goes before
        return covering[0].to if covering else None


def deliberation_of(decision: str, lines: Iterable[Line]) -> Deliberation | None:
    """Return how a decision went; None when it was not opened.

    Args:
        decision: its id.
        lines: what happened in its cooperation, in order; what is about others is passed over.
    """
    state, amendments, qualifications = UNOPENED, list[Amendment](), dict[str, Qualification]()
    vetoed_by, kept_back = None, set[int]()
    for line in lines:
        named = line.data.get("decision")
        if line.type not in ABOUT_DECISIONS or named not in {decision, None}:
            continue
        if named is None and line.type != "ballot_delegated":
            continue
        if line.redacted:
            kept_back.add(line.seq)
        state = _after(state, line)
        data = line.data
        if line.type == "decision_recalled":
            qualifications.clear()
        if line.type == "objection_qualified":
            said = Qualification(line.at, data["verdict"], data.get("reason"))
            qualifications[data["organisation"]] = said
        if line.type == "objection_integrated":
            amendments.append(
                Amendment(
                    line.seq, line.at, data["organisation"], data["amendment"], data["material"]
                )
            )
        if line.type == "effect_suspended":
            vetoed_by = data["organisation"]
    found = state.decisions.get(decision)
    if found is None:
        return None
    return Deliberation(
        found,
        state.delegations,
        qualifications,
        tuple(amendments),
        vetoed_by,
        frozenset(kept_back),
    )


class Course(NamedTuple):
    """How a disagreement went, without what is sealed of it.

    Attributes:
        disagreement: as it stands.
        steps: the states that it was in, each with when it came there, oldest first.
    """

    disagreement: Disagreement
    steps: tuple[tuple[str, datetime], ...]


def course_of(disagreement: str, lines: Iterable[Line]) -> Course | None:
    """Return how a disagreement went; None when it was not raised.

    Args:
        disagreement: its id.
        lines: what happened in its cooperation, in order; what is about others is passed over.
    """
    state, steps = UNOPENED, list[tuple[str, datetime]]()
    for line in lines:
        if line.type not in ABOUT_DISAGREEMENTS or line.data["disagreement"] != disagreement:
            continue
        state = _after(state, line)
        now = state.disagreements[disagreement].state
        if not steps or steps[-1][0] != now:
            steps.append((now, line.at))
    found = state.disagreements.get(disagreement)
    return None if found is None else Course(found, tuple(steps))


def _after(state: Cooperation, line: Line) -> Cooperation:
    """Return a state after an event of the domain, of which some texts are kept back."""
    known: type[Event] = EVENTS[line.type]
    event = known.model_validate({**line.data, **dict.fromkeys(line.redacted, "")})
    entry = Entry(seq=line.seq, at=line.at, by=line.actor, event=event)
    return state.but(**event.changes(state, entry))
