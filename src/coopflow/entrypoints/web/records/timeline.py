"""The journal as a timeline: kinds of things, filters, sentences, months and days."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, time, timedelta, tzinfo
from itertools import groupby
from typing import Final, NamedTuple

from coopflow.application.deliberation import ABOUT_DECISIONS, ABOUT_DISAGREEMENTS
from coopflow.domain.base import Label
from coopflow.entrypoints.web.cooperation import CooperationPage
from coopflow.entrypoints.web.records.things import Things, changed, people_in, teller_of
from coopflow.readmodel.chronicle import Narrowing
from coopflow.readmodel.views import JournalLine

_BATCH: Final = 200
_SEARCHED: Final = 2000
"""How many entries are looked through at a time for some words."""

BY_ITSELF: Final = "-"
"""Stands for nobody: what was due by itself."""


class Family(NamedTuple):
    """A kind of things that events are about.

    Attributes:
        label: what it is called.
        types: the events.
    """

    label: Label
    types: tuple[str, ...]


FAMILIES: Final[Mapping[str, Family]] = {
    "life": Family(
        Label(en="Life of the cooperation", fr="Vie de la coopération"),
        (
            "cooperation_opened",
            "cooperation_paused",
            "cooperation_resumed",
            "cooperation_closing",
            "cooperation_closed",
            "policy_applied",
            "advice_followed",
            "person_erased",
        ),
    ),
    "members": Family(
        Label(en="Members and roles", fr="Membres et rôles"),
        (
            "member_invited",
            "member_joined",
            "member_left",
            "member_suspended",
            "member_reinstated",
            "member_described",
            "representative_appointed",
            "role_assigned",
            "role_revoked",
        ),
    ),
    "documents": Family(
        Label(en="Documents and actions", fr="Documents et actions"),
        (
            "document_drafted",
            "document_submitted",
            "document_approved",
            "document_returned",
            "document_superseded",
            "document_suspended",
            "document_went_stale",
            "document_expired",
            "charter_signed",
            "charter_came_into_force",
            "actions_planned",
            "action_updated",
        ),
    ),
    "decisions": Family(Label(en="Decisions", fr="Décisions"), ABOUT_DECISIONS),
    "support": Family(
        Label(en="Support function", fr="Fonction de soutien"),
        (
            "mandate_started",
            "mandate_scheduled",
            "mandate_unscheduled",
            "mandate_resumed",
            "mandate_ended",
        ),
    ),
    "gates": Family(
        Label(en="Gates and levels", fr="Passages et niveaux"),
        (
            "gate_requested",
            "gate_passed",
            "ratification_opened",
            "waiver_requested",
            "waiver_adopted",
            "waiver_cosigned",
            "waiver_dropped",
            "reservation_made",
            "reservation_lifted",
            "clock_started",
            "clock_stopped",
            "levels_changed",
            "fell_back",
        ),
    ),
    "disagreements": Family(Label(en="Disagreements", fr="Désaccords"), ABOUT_DISAGREEMENTS),
    "reviews": Family(
        Label(en="Reviews", fr="Bilans"),
        (
            "review_convened",
            "review_opened",
            "review_closed",
            "change_proposed",
            "change_resolved",
        ),
    ),
    "meetings": Family(
        Label(en="Meetings and measures", fr="Réunions et relevés"),
        ("meeting_recorded", "minutes_published", "pulse_recorded", "measure_recorded"),
    ),
    "alerts": Family(
        Label(en="Alerts and checks", fr="Alertes et vérifications"),
        ("alert_raised", "alert_cleared", "check_answered"),
    ),
}
"""Every event in one of the kinds by which the journal is filtered."""

_FAMILY_OF: Final = {kind: name for name, one in FAMILIES.items() for kind in one.types}


class Filter(NamedTuple):
    """What somebody looks for, as the form says it; empty for everything.

    Attributes:
        kind: one of ``FAMILIES``.
        who: a person, or ``BY_ITSELF``.
        since: the first day.
        until: the last day.
        words: what the sentence says, whatever its case and accents.
    """

    kind: str = ""
    who: str = ""
    since: str = ""
    until: str = ""
    words: str = ""

    @property
    def first(self) -> date | None:
        """The first day; None for no limit, or for what is no day."""
        return _day(self.since)

    @property
    def last(self) -> date | None:
        """The last day, likewise."""
        return _day(self.until)

    def query(self, **more: str | int) -> dict[str, str]:
        """Return it as the query of a link, with more."""
        whole = {**self._asdict(), **more}
        return {name: str(value) for name, value in whole.items() if value != ""}

    @property
    def wrong(self) -> tuple[str, ...]:
        """The fields that hold no day, and narrow nothing."""
        said = {"since": self.since, "until": self.until}
        return tuple(name for name, text in said.items() if text and _day(text) is None)

    def narrowing(self, zone: tzinfo) -> Narrowing:
        """Return what the journal is asked for; the words are looked for in its sentences."""
        family, first, last = FAMILIES.get(self.kind), self.first, self.last
        return Narrowing(
            types=family.types if family else None,
            actor="" if self.who == BY_ITSELF else self.who or None,
            since=_midnight(first, zone) if first else None,
            until=_midnight(last + timedelta(days=1), zone) if last else None,
        )


def _day(text: str) -> date | None:
    try:
        found = date.fromisoformat(text)
    except ValueError:
        return None
    return found if date.min < found < date.max else None


def _midnight(day: date, zone: tzinfo) -> datetime:
    return datetime.combine(day, time(), zone)


class Told(NamedTuple):
    """An entry as a reader sees it.

    Attributes:
        line: the entry.
        sentence: what happened.
        who: who caused it; empty for what was due by itself.
        family: the kind of things that it is about.
        place: where its thing is, below the cooperation; empty for nowhere.
    """

    line: JournalLine
    sentence: str
    who: str
    family: str
    place: str


class Month(NamedTuple):
    """The entries of a month, by day."""

    name: str
    label: str
    days: tuple[tuple[datetime, tuple[Told, ...]], ...]


async def tell(page: CooperationPage, things: Things, lines: Sequence[JournalLine]) -> list[Told]:
    """Tell entries in the language of the reader."""
    await page.know(people_in(lines))
    teller = teller_of(page, things)
    return [
        Told(
            line,
            teller.tell(line.type, changed(things, line), line.redacted),
            page.person(line.actor) if line.actor else "",
            _FAMILY_OF[line.type],
            place_of(line),
        )
        for line in lines
    ]


async def look(
    page: CooperationPage, things: Things, wanted: Filter, *, before: int | None, limit: int
) -> tuple[list[Told], int | None]:
    """Return entries, the latest first, and before which number there are more; None for no more.

    Where words are looked for, it may be fewer than asked for although there are more.
    """
    narrowing, chronicle = wanted.narrowing(page.say.zone), page.services.chronicle
    address = page.sight.address
    if not wanted.words:
        lines = await chronicle.latest(address, narrowing, before=before, limit=limit + 1)
        found = await tell(page, things, lines[:limit])
        return found, found[-1].line.seq if len(lines) > limit else None
    sought, found, looked = folded(wanted.words), list[Told](), 0
    while looked < _SEARCHED:
        lines = await chronicle.latest(address, narrowing, before=before, limit=_BATCH)
        for one in await tell(page, things, lines):
            if sought in folded(f"{one.sentence} {one.who}"):
                found.append(one)
                if len(found) == limit:
                    return found, one.line.seq
        if len(lines) < _BATCH:
            return found, None
        looked, before = looked + len(lines), lines[-1].seq
    return found, before


def by_month(page: CooperationPage, entries: Sequence[Told]) -> Iterator[Month]:
    """Yield entries by month and day, in their order, as clocks show them where people live."""
    zone = page.say.zone

    def local(one: Told) -> datetime:
        return one.line.at.astimezone(zone)

    for name, group in groupby(entries, lambda one: f"{local(one):%Y-%m}"):
        inside = list(group)
        days = tuple(
            (local(same[0]), tuple(same))
            for _, same in (
                (day, list(some)) for day, some in groupby(inside, lambda one: local(one).date())
            )
        )
        yield Month(name, page.say.month(local(inside[0])), days)


def place_of(line: JournalLine) -> str:
    """Return where the thing of an entry is, below the cooperation; empty for nowhere."""
    data = line.data
    for name in ("decision", "disagreement", "review", "meeting"):
        thing = data.get(name)
        if isinstance(thing, str):
            return f"/{name}s/{thing}"
    if line.type.startswith(("document_", "charter_")):
        return f"/documents/{data['kind']}/{data['version']}"
    return ""


def folded(text: str) -> str:
    """Return a text without what makes letters big or bears accents."""
    plain = unicodedata.normalize("NFKD", text.casefold())
    return "".join(one for one in plain if not unicodedata.combining(one))
