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
from coopflow.domain.refusals import refuse
from coopflow.domain.state import Cooperation, Disagreement
from coopflow.domain.turn import Turn


class AppointMediator(OnLadder):
    """Propose a mediator to the parties: somebody with that role who is no party."""

    command: Literal["appoint_mediator"] = "appoint_mediator"
    person: Slug

    def decide(self, turn: Turn) -> None:
        """Appoint a mediator in mediation."""
        found = self.found(turn)
        if found.state != "mediation" or found.asking:
            self.wrong(found, f"there is no mediation going on, the state is {found.state}")
        if "mediator" not in turn.state.roles.get(self.person, ()):
            refuse("unknown_person", f"{self.person} is no mediator here", person=self.person)
        own = turn.state.represented_by(self.person)
        if any(party in own for party in found.parties):
            refuse("forbidden", "the mediator is never a party", person=self.person)
        turn.emit(MediatorAppointed(disagreement=found.id, person=self.person))


class _OfParty(OnLadder):
    organisation: Slug

    def speaks_for(self, state: Cooperation) -> tuple[str, ...]:  # noqa: ARG002
        """One's own organisation."""
        return (self.organisation,)

    def _mediated(self, turn: Turn) -> Disagreement:
        found = self.found(turn)
        if found.state != "mediation" or found.asking:
            self.wrong(found, f"there is no mediation going on, the state is {found.state}")
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
            self.wrong(found, "no mediator has been appointed")
        if self.organisation in found.accepted_by:
            refuse("already_exists", f"{self.organisation} has accepted", disagreement=found.id)
        turn.emit(MediatorAccepted(disagreement=found.id, organisation=self.organisation))


class StopMediation(_OfParty):
    """End a mediation as a party."""

    command: Literal["stop_mediation"] = "stop_mediation"

    def decide(self, turn: Turn) -> None:
        """Stop it; a party may then ask the collective to decide."""
        found = self._mediated(turn)
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
