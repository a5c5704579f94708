"""A disagreement as its page shows it: the steps of its ladder, and what may be done on them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final, Literal, NamedTuple

from coopflow.domain.base import Label
from coopflow.domain.disagreements import DISAGREEMENT
from coopflow.domain.state import Disagreement
from coopflow.entrypoints.web.records.hand import Hand, Offer
from coopflow.readmodel.views import DisagreementView

STEPS: Final = (
    "raised",
    "dialogue",
    "facilitation",
    "mediation",
    "collective_decision",
    "separation",
    "closed",
)
"""The ladder, from its foot to its end."""

EXPLAINED: Final = {
    "raised": Label(
        en="The facilitator says how it goes on.",
        fr="La facilitation dit comment il se poursuit.",
    ),
    "dialogue": Label(
        en="The parties look for an agreement among themselves.",
        fr="Les parties cherchent un accord entre elles.",
    ),
    "facilitation": Label(
        en="The facilitator helps the parties to agree.",
        fr="La facilitation aide les parties à s'accorder.",
    ),
    "mediation": Label(
        en="A mediator whom every party accepts helps them; only the agreed text leaves it.",
        fr="Une médiation que chaque partie accepte les aide ; seul le texte convenu en sort.",
    ),
    "collective_decision": Label(
        en="The members decide, by the rule of the charter.",
        fr="Les membres tranchent, selon la règle de la charte.",
    ),
    "separation": Label(
        en="The ways part in good order, or a member is excluded.",
        fr="Les chemins se séparent en bon ordre, ou un membre est exclu.",
    ),
    "closed": Label(
        en="Later on it is asked whether what closed it holds.",
        fr="Plus tard, on demande si ce qui l'a clos tient.",
    ),
}
"""What happens on each step."""

AWAITED: Final = {
    "raised": Label(en="the facilitator", fr="la facilitation"),
    "dialogue": Label(en="the parties", fr="les parties"),
    "facilitation": Label(
        en="the facilitator and the parties", fr="la facilitation et les parties"
    ),
    "mediation": Label(en="the mediator and the parties", fr="la médiation et les parties"),
    "collective_decision": Label(en="the members", fr="les membres"),
    "separation": Label(en="the members", fr="les membres"),
    "closed": Label(en="the support function", fr="la fonction de soutien"),
}
"""For whom it waits on each step."""

AT_LIMIT: Final = {
    "raised": Label(en="it goes on to dialogue by itself", fr="il passe de lui-même au dialogue"),
    "dialogue": Label(
        en="it goes on to facilitation by itself", fr="il passe de lui-même à la facilitation"
    ),
    "facilitation": Label(
        en="it goes on to mediation by itself", fr="il passe de lui-même à la médiation"
    ),
    "mediation": Label(
        en="the mediation ends; a party may then ask the collective to decide",
        fr="la médiation prend fin ; une partie peut alors saisir le collectif",
    ),
    "collective_decision": Label(
        en="it goes on to separation by itself", fr="il passe de lui-même à la séparation"
    ),
    "separation": Label(
        en="it is closed as a lasting disagreement", fr="il est clos comme désaccord durable"
    ),
    "closed": Label(
        en="it is asked whether what closed it holds",
        fr="on demande si ce qui l'a clos tient",
    ),
}
"""What happens at the limit of each step if nobody acts."""

ASKING: Final = Label(
    en="it is closed, unless a party has asked the collective to decide",
    fr="il est clos, sauf si une partie a saisi le collectif",
)


class Rung(NamedTuple):
    """A step of the ladder.

    Attributes:
        step: which one.
        standing: whether it is behind, where it stands, left out, or ahead; ``unknown`` where it
            may be either of behind and left out, as far as the reader may know.
        at: when it came there, where that may be told.
    """

    step: str
    standing: Literal["past", "now", "skipped", "ahead", "unknown"]
    at: datetime | None


def rungs(view: DisagreementView, steps: Sequence[tuple[str, datetime]]) -> tuple[Rung, ...]:
    """Return the ladder with where a disagreement stands.

    Args:
        view: as everyone may see it.
        steps: those that it was on, as far as the reader may know.
    """
    reached = dict(steps) or {view.state: view.entered_at}
    reached[view.state] = view.entered_at
    now = STEPS.index(view.state)
    found = []
    for number, step in enumerate(STEPS):
        at = reached.get(step)
        standing: Literal["past", "now", "skipped", "ahead", "unknown"] = "ahead"
        if number == now:
            standing = "now"
        elif number < now:
            missing: Literal["skipped", "unknown"] = "skipped" if steps else "unknown"
            standing = "past" if at else missing
        found.append(Rung(step, standing, at if number <= now else None))
    return tuple(found)


class _Making:
    """Makes offers about a disagreement, where a command is somebody's to give."""

    def __init__(self, one: Disagreement, hand: Hand) -> None:
        self.one = one
        self.hand = hand
        # A party stays one while it is suspended.
        idle = tuple(member for member in hand.idle if member.id in one.parties)
        self.parties = (*hand.speaks_for(one.parties), *idle)
        self._scopes = [
            *(["own"] if self.parties else []),
            *(["facilitation"] if one.state == "facilitation" else []),
            *(["mediates"] if one.mediator == hand.person else []),
        ]
        self.made: list[Offer] = []

    def add(self, command: str, words: Label, kind: str = "", **fields: str) -> None:
        if self.hand.may(command, *self._scopes):
            given = {} if command == "open_decision" else {"disagreement": self.one.id}
            self.made.append(Offer(command, words, {**given, **fields}, kind))

    def moves(self, trigger: str) -> bool:
        return DISAGREEMENT.after(self.one.state, trigger) is not None


def offers(one: Disagreement, hand: Hand, now: datetime) -> tuple[Offer, ...]:
    """Return what a reader may do about a disagreement as it stands."""
    making = _Making(one, hand)
    if one.state == "raised":
        making.add("triage_disagreement", _TRIAGE, "primary")
    if making.moves("settle"):
        making.add("settle_disagreement", _SETTLE, "primary")
    if one.state == "mediation" and not one.asking:
        _in_mediation(making)
    elif making.moves("escalate"):
        making.add("escalate_disagreement", _ESCALATE)
    if one.state == "collective_decision":
        making.add("open_decision", _ASK, "primary", subject=f"disagreement:{one.id}")
    if making.moves("record_lasting"):
        making.add("record_lasting_disagreement", _LASTING)
    if making.moves("withdraw"):
        making.add("withdraw_disagreement", _WITHDRAW, "danger")
    is_due = one.limit is None or one.limit <= now
    if one.state == "closed" and is_due and not one.followed_up:
        making.add("confirm_follow_up", _FOLLOW_UP, "primary")
    return tuple(making.made)


def _in_mediation(making: _Making) -> None:
    one = making.one
    if one.mediator is None:
        making.add("appoint_mediator", _APPOINT, "primary")
        return
    for party in making.parties:
        if party.id not in one.accepted_by:
            making.add("accept_mediator", _ACCEPT, "primary", organisation=party.id)
    if set(one.parties) <= set(one.accepted_by):
        making.add("conclude_mediation", _CONCLUDE, "primary")
    if not one.extended:
        making.add("extend_mediation", _EXTEND)
    for party in making.parties[:1]:
        making.add("stop_mediation", _STOP, "danger", organisation=party.id)


_TRIAGE: Final = Label(en="Say how it goes on", fr="L'orienter")
_SETTLE: Final = Label(en="Write down the agreement", fr="Écrire l'accord")
_ESCALATE: Final = Label(en="Take it to the next step", fr="Passer à l'étape suivante")
_ASK: Final = Label(en="Put it to the members", fr="Le soumettre aux membres")
_LASTING: Final = Label(en="Record that it lasts", fr="Constater qu'il dure")
_WITHDRAW: Final = Label(en="Take it back", fr="Le retirer")
_FOLLOW_UP: Final = Label(en="Say whether it holds", fr="Dire si cela tient")
_APPOINT: Final = Label(en="Propose a mediator", fr="Proposer une médiation")
_ACCEPT: Final = Label(en="Accept the mediator", fr="Accepter la médiation")
_CONCLUDE: Final = Label(en="Conclude it", fr="La conclure")
_EXTEND: Final = Label(en="Take more time, once", fr="Prolonger, une fois")
_STOP: Final = Label(en="Stop the mediation", fr="Arrêter la médiation")
