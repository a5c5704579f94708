"""Facts about members, and about how they meet and feel."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from fractions import Fraction
from typing import Annotated, ClassVar, Final, Literal

from pydantic import Field

from coopflow.domain.base import Count, Label, Share, Source
from coopflow.domain.calendar import Span
from coopflow.domain.facts.base import Fact, FactType, Query, View
from coopflow.domain.state import Cooperation, Meeting


def attendance_of(meeting: Meeting) -> Fraction:
    """Return which share of the members active at a meeting attended it."""
    if not meeting.active:
        return Fraction(0)
    there = sum(1 for organisation in meeting.active if organisation in meeting.attendees)
    return Fraction(there, len(meeting.active))


def plenaries_of(state: Cooperation) -> list[Meeting]:
    """Return the plenaries in the order in which they were held."""
    plenaries = [meeting for meeting in state.meetings.values() if meeting.kind == "plenary"]
    return sorted(plenaries, key=lambda meeting: meeting.held_at)


def mean_attendance(state: Cooperation, last: int) -> Fraction:
    """Return the mean attendance of the last plenaries, of those there are; 0 without any."""
    recent = plenaries_of(state)[-last:]
    return sum(map(attendance_of, recent), Fraction(0)) / len(recent) if recent else Fraction(0)


class ActiveMembers(Query):
    """How many organisations are active members."""

    fact: Literal["members.active"] = "members.active"
    gives: ClassVar[FactType] = "int"
    reads: ClassVar[tuple[str, ...]] = ("members",)
    says: ClassVar[Label] = Label(
        fr="organisations membres actives", en="active member organisations"
    )

    def read(self, view: View) -> Fact:
        """Count them."""
        active = view.state.active
        return Fact(len(active), tuple(Source(kind="member", id=slug) for slug in active))


class MemberCategories(Query):
    """In how many categories the active members are."""

    fact: Literal["members.categories"] = "members.categories"
    gives: ClassVar[FactType] = "int"
    reads: ClassVar[tuple[str, ...]] = ("members",)
    says: ClassVar[Label] = Label(
        fr="catégories d'organisations membres actives",
        en="categories of active member organisations",
    )

    def read(self, view: View) -> Fact:
        """Count the categories."""
        members = view.state.members
        first = {members[slug].category: slug for slug in reversed(view.state.active)}
        return Fact(
            len(first), tuple(Source(kind="member", id=slug) for slug in sorted(first.values()))
        )


class ProfileShare(Query):
    """Which share of the active members has filled in its profile."""

    fact: Literal["members.profiles_share"] = "members.profiles_share"
    is_share: ClassVar[bool] = True
    gives: ClassVar[FactType] = "double"
    reads: ClassVar[tuple[str, ...]] = ("members",)
    says: ClassVar[Label] = Label(
        fr="part des membres actifs dont le profil est rempli",
        en="share of the active members whose profile is filled in",
    )

    def read(self, view: View) -> Fact:
        """Divide the described members by all active ones."""
        members, active = view.state.members, view.state.active
        described = [slug for slug in active if members[slug].profile.is_filled_in]
        share = Fraction(len(described), len(active)) if active else Fraction(0)
        return Fact(float(share), tuple(Source(kind="member", id=slug) for slug in described))


_MEETINGS: Final[Mapping[str, Label]] = {
    "plenary": Label(en="plenaries", fr="plénières"),
    "committee": Label(en="committee meetings", fr="réunions de comité"),
    "working_group": Label(en="working group meetings", fr="réunions de groupe de travail"),
    "discovery": Label(en="discovery meetings", fr="rencontres de découverte"),
}


class Meetings(Query):
    """How many meetings of a kind were held, with what the parameters ask of each."""

    fact: Literal["meetings"] = "meetings"
    kind: Literal["plenary", "committee", "working_group", "discovery"] = "plenary"
    within: Span | None = None
    organisations: Count = 0
    quorum: Share = Fraction(0)
    minuted: bool = False
    minutes_within: Span | None = None
    gives: ClassVar[FactType] = "int"
    reads: ClassVar[tuple[str, ...]] = ("meetings",)
    says: ClassVar[Label] = Label(
        fr="réunions répondant aux critères", en="meetings that meet the criteria"
    )

    def words(self) -> Label:
        """Say what is asked of them."""
        named = _MEETINGS[self.kind]
        en, fr = [named.en], [named.fr]
        if self.within is not None:
            within = self.within.words()
            en[0] += f" held less than {within.en} ago"
            fr[0] += f" d'il y a moins de {within.fr}"
        if self.organisations:
            en.append(f"of at least {self.organisations} organisations")
            fr.append(f"d'au moins {self.organisations} organisations")
        if self.quorum:
            en.append(f"of at least {self.quorum} of the members")
            fr.append(f"d'au moins {self.quorum} des membres")
        if self.minutes_within is not None:
            minuted = self.minutes_within.words()
            en.append(f"with minutes within {minuted.en}")
            fr.append(f"avec compte rendu sous {minuted.fr}")
        elif self.minuted:
            en.append("with minutes")
            fr.append("avec compte rendu")
        return Label(en=", ".join(en), fr=", ".join(fr))

    def read(self, view: View) -> Fact:
        """Count them; the count falls when the oldest leaves the window."""
        # Ages first: there may be many that are long past.
        recent = [
            one
            for one in view.state.meetings.values()
            if one.kind == self.kind and view.within(one.held_at, self.within)
        ]
        counted = list(self._asked_for(recent))
        return Fact(
            len(counted),
            tuple(Source(kind="meeting", id=meeting.id) for meeting in counted),
            view.first_lapse((meeting.held_at for meeting in counted), self.within),
        )

    def _asked_for(self, meetings: Iterable[Meeting]) -> Iterator[Meeting]:
        for meeting in meetings:
            minuted_at = meeting.minuted_at
            if (
                len(set(meeting.attendees)) >= self.organisations
                and (not self.quorum or attendance_of(meeting) >= self.quorum)
                and (minuted_at is not None or not (self.minuted or self.minutes_within))
                and (
                    self.minutes_within is None
                    or minuted_at is None
                    or minuted_at < self.minutes_within.after(meeting.held_at)
                )
            ):
                yield meeting


class Attendance(Query):
    """The mean attendance of the last plenaries."""

    fact: Literal["attendance"] = "attendance"
    is_share: ClassVar[bool] = True
    last: Annotated[int, Field(ge=1)]
    gives: ClassVar[FactType] = "double"
    reads: ClassVar[tuple[str, ...]] = ("meetings",)
    says: ClassVar[Label] = Label(
        fr="participation moyenne aux dernières plénières",
        en="mean attendance of the last plenaries",
    )

    def words(self) -> Label:
        """Say how many."""
        return Label(
            en=f"mean attendance of the last {self.last} plenaries",
            fr=f"participation moyenne aux {self.last} dernières plénières",
        )

    def read(self, view: View) -> Fact:
        """Take the mean of the ratio of each meeting."""
        recent = plenaries_of(view.state)[-self.last :]
        return Fact(
            float(mean_attendance(view.state, self.last)),
            tuple(Source(kind="meeting", id=meeting.id) for meeting in recent),
        )


class PulseScore(Query):
    """The score of the latest pulse that enough people answered; 0 without one."""

    fact: Literal["pulse.score"] = "pulse.score"
    within: Span
    answered: Share
    gives: ClassVar[FactType] = "double"
    reads: ClassVar[tuple[str, ...]] = ("pulses",)
    says: ClassVar[Label] = Label(
        fr="note du dernier baromètre ayant reçu assez de réponses",
        en="score of the latest pulse with enough answers",
    )

    def words(self) -> Label:
        """Say how recent it is, and how many answered."""
        within = self.within.words()
        return Label(
            en=f"score of the latest pulse taken less than {within.en} ago, "
            f"with at least {self.answered} answering",
            fr=f"note du dernier baromètre pris il y a moins de {within.fr}, "
            f"avec au moins {self.answered} de réponses",
        )

    def read(self, view: View) -> Fact:
        """Take the latest within the window."""
        for pulse in reversed(view.state.pulses):
            if not view.within(pulse.at, self.within):
                break
            if pulse.asked and pulse.answers >= self.answered * pulse.asked:
                source = Source(kind="pulse", id=pulse.at.date().isoformat())
                return Fact(float(pulse.score), (source,), self.within.after(pulse.at))
        return Fact(0.0)


class EscalatedByExpiry(Query):
    """How many open disagreements went up the ladder because a limit expired."""

    fact: Literal["disagreements.escalated_by_expiry"] = "disagreements.escalated_by_expiry"
    gives: ClassVar[FactType] = "int"
    reads: ClassVar[tuple[str, ...]] = ("disagreements",)
    says: ClassVar[Label] = Label(
        fr="désaccords ouverts montés d'un cran faute d'avoir été traités à temps",
        en="open disagreements that escalated because a limit expired",
    )

    def read(self, view: View) -> Fact:
        """Count them."""
        found = [
            disagreement.id
            for disagreement in view.state.disagreements.values()
            if disagreement.by_expiry and disagreement.state != "closed"
        ]
        return Fact(len(found), tuple(Source(kind="disagreement", id=slug) for slug in found))


PEOPLE_FACTS = (
    ActiveMembers,
    MemberCategories,
    ProfileShare,
    Meetings,
    Attendance,
    PulseScore,
    EscalatedByExpiry,
)
