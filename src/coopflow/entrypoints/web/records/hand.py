"""What a reader may do in a cooperation: which buttons its pages have for them.

It follows the matrix of roles. Whether a command is accepted in the end is for the domain to say:
a button is there for what is worth trying.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from coopflow.domain.base import Label
from coopflow.domain.roles import MATRIX, PROGRAMME_MANAGER, SUPPORT
from coopflow.entrypoints.web.cooperation import CooperationPage
from coopflow.readmodel.views import MemberView


@dataclass(frozen=True)
class Offer:
    """Something that a reader may do: a button.

    Attributes:
        command: which command it gives.
        words: what the button says.
        fields: the part of the command that is settled already.
        kind: how it looks: ``primary``, ``danger`` or empty.
    """

    command: str
    words: Label
    fields: Mapping[str, str] = field(default_factory=dict)
    kind: str = ""


@dataclass(frozen=True)
class Hand:
    """What somebody may do in a cooperation.

    Attributes:
        person: who it is.
        roles: those that count for commands there.
        organisations: the active ones that they speak for, in the order of the members.
        is_open: whether the cooperation takes commands as usual.
        idle: those that they speak for while they are invited or suspended.
    """

    person: str
    roles: frozenset[str]
    organisations: tuple[MemberView, ...]
    is_open: bool
    idle: tuple[MemberView, ...] = ()

    def may(self, command: str, *scopes: str) -> bool:
        """Whether a command is theirs.

        Args:
            command: its wire name.
            scopes: those of the matrix that hold, beside ``any``.
        """
        if not self.is_open:
            return False
        held = {"any", *scopes}
        return any(
            scope in held and (role in self.roles or scope == "own")
            for role, scope in MATRIX[command].items()
        )

    def speaks_for(self, organisations: Iterable[str]) -> tuple[MemberView, ...]:
        """Return those of some organisations that they speak for."""
        wanted = set(organisations)
        return tuple(one for one in self.organisations if one.id in wanted)


def hand_of(page: CooperationPage) -> Hand:
    """Return what the reader of a page may do."""
    sight, person = page.sight, page.visitor.person
    granted = PROGRAMME_MANAGER in page.visitor.caller.grants(sight.address.programme)
    # Who administers the installation reads as a manager does, and commands nothing.
    roles = sight.roles - {PROGRAMME_MANAGER} | ({PROGRAMME_MANAGER} if granted else set())
    own = [one for one in page.members if one.id in page.speaks_for]
    active = tuple(one for one in own if one.status == "active")
    idle = tuple(one for one in own if one.status != "active")
    is_open = page.detail.status in {"active", "closing"}
    return Hand(person, frozenset(roles), active, is_open, idle)


def facilitates_support(hand: Hand, page: CooperationPage, subject: str) -> bool:
    """Whether a reader may facilitate a vote: the support never does on its own mandate."""
    is_own_vote = subject in {"mandate", "document:support_model"}
    is_support = SUPPORT in hand.roles or bool(hand.speaks_for([page.detail.mandate_holder or ""]))
    return not (is_own_vote and is_support)
