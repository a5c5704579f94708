"""Mediation: a mediator whom every party accepts, more time once, and how it ends."""

from __future__ import annotations

from typing import Literal

from coopflow.domain.base import Slug, Text
from coopflow.domain.disagreements import (
    MediationExtended,
    MediatorAccepted,
    MediatorAppointed,
    OnLadder,
    close,
    end_mediation,
    ladder,
)
from coopflow.domain.marks import Person
from coopflow.domain.refusals import refuse
from coopflow.domain.state import Cooperation, Disagreement
from coopflow.domain.turn import Turn


class AppointMediator(OnLadder):
    """Propose a mediator to the parties: somebody with that role who is no party."""

    command: Literal["appoint_mediator"] = "appoint_mediator"
    person: Person

    def decide(self, turn: Turn) -> None:
        """Appoint a mediator in mediation."""
        found = self.found(turn)
        if "mediator" not in turn.state.roles.get(self.person, ()):
            refuse("unknown_person", f"{self.person} is no mediator here", person=self.person)
        if found.state != "mediation" or found.asking:
            self.wrong(found, f"there is no mediation going on, the state is {found.state}")
        own = turn.state.represented_by(self.person)
        if any(party in own for party in found.parties):
            refuse("forbidden", "the mediator is never a party", person=self.person)
        turn.emit(MediatorAppointed(disagreement=found.id, person=self.person))


class _OfParty(OnLadder):
    """A command of a party: the one that is named, or the one that the actor represents."""

    organisation: Slug | None = None

    def speaks_for(self, state: Cooperation) -> tuple[str, ...]:
        """One's own organisation; where none is named, any party."""
        return (self.organisation,) if self.organisation else super().speaks_for(state)

    def _party(self, turn: Turn, found: Disagreement) -> str:
        if found.state != "mediation" or found.asking:
            self.wrong(found, f"there is no mediation going on, the state is {found.state}")
        named = (self.organisation,) if self.organisation else turn.state.represented_by(self.actor)
        party = next(
            (organisation for organisation in named if organisation in found.parties), None
        )
        if party is None:
            refuse("forbidden", f"{', '.join(named)} is no party", disagreement=found.id)
        return party


class AcceptMediator(_OfParty):
    """Accept the proposed mediator for one's own organisation, a party."""

    command: Literal["accept_mediator"] = "accept_mediator"
    person: Person | None = None

    def decide(self, turn: Turn) -> None:
        """Accept a mediator once."""
        found = self.found(turn)
        party = self._party(turn, found)
        if found.mediator is None or self.person not in {None, found.mediator}:
            self.wrong(found, "this mediator has not been appointed")
        if party in found.accepted_by:
            refuse("already_exists", f"{party} has accepted", disagreement=found.id)
        turn.emit(MediatorAccepted(disagreement=found.id, organisation=party))


class StopMediation(_OfParty):
    """End a mediation as a party."""

    command: Literal["stop_mediation"] = "stop_mediation"

    def decide(self, turn: Turn) -> None:
        """Stop it; a party may then ask the collective to decide."""
        found = self.found(turn)
        self._party(turn, found)
        end_mediation(turn, found.id, "stopped")


class ExtendMediation(OnLadder):
    """Take more time for a mediation, once."""

    command: Literal["extend_mediation"] = "extend_mediation"

    def decide(self, turn: Turn) -> None:
        """Extend a mediation that is going on."""
        found = self.found(turn)
        if found.state != "mediation" or found.asking or found.limit is None:
            self.wrong(found, f"there is no mediation going on, the state is {found.state}")
        if found.extended:
            self.wrong(found, "the mediation has been extended once")
        limit = ladder(turn).extension.after(found.limit)
        turn.emit(MediationExtended(disagreement=found.id, limit=limit))


class ConcludeMediation(OnLadder):
    """Say how a mediation ended; only the agreed text leaves it."""

    command: Literal["conclude_mediation"] = "conclude_mediation"
    outcome: Literal["agreement", "partial", "none"]
    agreed_text: Text | None = None

    def decide(self, turn: Turn) -> None:
        """Conclude what every party entrusted to the mediator."""
        found = self.found(turn)
        self.must(found, "conclude")
        missing = [party for party in found.parties if party not in found.accepted_by]
        if missing or found.asking:
            why = "it has ended" if found.asking else "not every party has accepted the mediator"
            self.wrong(found, why)
        if self.outcome != "none" and self.agreed_text is None:
            refuse("reason_required", "an agreement says what was agreed", disagreement=found.id)
        if self.outcome == "agreement":
            close(turn, found.id, "agreement", self.agreed_text)
        else:
            end_mediation(turn, found.id, self.outcome, self.agreed_text)
