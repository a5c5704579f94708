"""Who held what before, and since when, read off the journal of a cooperation."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Final, NamedTuple

from coopflow.domain.roles import REPRESENTATIVE, SUPPORT
from coopflow.readmodel.views import JournalLine

ALTERNATE: Final = "alternate"
"""What stands in for a role where somebody speaks for an organisation in another one's place."""

TELLING: Final = frozenset(
    {
        *("role_assigned", "role_revoked"),
        *("member_invited", "member_joined", "member_left", "representative_appointed"),
        *("mandate_started", "mandate_resumed", "mandate_ended"),
    }
)
"""The events that say who holds what."""


class Part(NamedTuple):
    """Something that is held.

    Attributes:
        role: which role; ``representative`` and ``alternate`` are of an organisation.
        person: who holds it; empty for what an organisation holds.
        organisation: which one holds it, or is spoken for; empty for others.
    """

    role: str
    person: str = ""
    organisation: str = ""


class Term(NamedTuple):
    """For how long something was held.

    Attributes:
        part: what, and who held it.
        since: from when on.
        until: until when; None while it is held.
    """

    part: Part
    since: datetime
    until: datetime | None


class _Terms:
    """Terms as they come about, entry by entry."""

    def __init__(self) -> None:
        self.done: list[Term] = []
        self.running: dict[Part, datetime] = {}
        self._invited: dict[str, tuple[Part, ...]] = {}

    def take(self, line: JournalLine) -> None:
        """Take in an entry; one of which something is kept back tells nothing."""
        data, at = line.data, line.at
        match "" if line.redacted else line.type:
            case "role_assigned":
                self.running.setdefault(Part(data["role"], data["person"]), at)
            case "role_revoked":
                self._end(at, Part(data["role"], data["person"]))
            case "member_invited":
                self._invited[data["organisation"]] = _spoken(line)
            case "member_joined":
                self._speak(data["organisation"], self._invited.get(data["organisation"], ()), at)
            case "representative_appointed":
                if self._speakers(data["organisation"]):
                    self._speak(data["organisation"], _spoken(line), at)
                else:  # it has not joined yet
                    self._invited[data["organisation"]] = _spoken(line)
            case "member_left":
                self._speak(data["organisation"], (), at)
            case "mandate_started" | "mandate_resumed":
                self._support(data["terms"]["holder"] if "terms" in data else data["holder"], at)
            case "mandate_ended":
                self._support("", at)

    def _end(self, at: datetime, part: Part) -> None:
        since = self.running.pop(part, None)
        if since is not None:
            self.done.append(Term(part, since, at))

    def _speakers(self, organisation: str) -> list[Part]:
        return [one for one in self.running if one.person and one.organisation == organisation]

    def _speak(self, organisation: str, parts: tuple[Part, ...], at: datetime) -> None:
        """Let others speak for an organisation; who goes on to do so is not told anew."""
        for one in self._speakers(organisation):
            if one not in parts:
                self._end(at, one)
        for one in parts:
            self.running.setdefault(one, at)

    def _support(self, holder: str, at: datetime) -> None:
        for one in [one for one in self.running if one.role == SUPPORT]:
            if one.organisation != holder:
                self._end(at, one)
        if holder:
            self.running.setdefault(Part(SUPPORT, organisation=holder), at)


def terms_of(lines: Iterable[JournalLine]) -> tuple[Term, ...]:
    """Return who held what, and holds it: what began last comes first.

    Args:
        lines: the entries of the types in :data:`TELLING`, oldest first.
    """
    found = _Terms()
    for line in lines:
        found.take(line)
    held = (Term(part, since, None) for part, since in found.running.items())
    return tuple(sorted([*found.done, *held], key=lambda one: one.since, reverse=True))


def _spoken(line: JournalLine) -> tuple[Part, ...]:
    """Return who speaks for an organisation, as an entry says."""
    organisation, alternate = line.data["organisation"], line.data.get("alternate")
    person = line.data["representative" if line.type == "member_invited" else "person"]
    found = (Part(REPRESENTATIVE, person, organisation),)
    return (*found, Part(ALTERNATE, alternate, organisation)) if alternate else found
