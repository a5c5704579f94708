"""What comes due in a cooperation, and where people find it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime
from typing import Final, NamedTuple

from coopflow.domain.calendar import end_of
from coopflow.entrypoints.calendars import LABELS
from coopflow.entrypoints.web.cooperation import CooperationPage
from coopflow.entrypoints.web.naming import Family, named
from coopflow.readmodel.agenda import AgendaItem


class _Shown(NamedTuple):
    """How items of a kind are shown: what they are about, and where that is found."""

    family: Family | None
    place: str


_SHOWN: Final[Mapping[str, _Shown]] = {
    "decision_closes": _Shown("subject", "/decisions/{about}"),
    "meeting": _Shown("meeting", "/meetings"),
    "document_expires": _Shown("document", "/documents/{subject}"),
    "mandate_ends": _Shown("organisation", "/people"),
    "funding_ends": _Shown("nothing", "/documents/support_model"),
    "cure_clock": _Shown("condition", "/gates"),
    "reservation": _Shown("condition", "/gates"),
    "action_due": _Shown(None, "/documents/roadmap"),
    "disagreement_limit": _Shown(None, "/disagreements/{about}"),
    "review_due": _Shown("review", "/reviews"),
    "renewal_due": _Shown("nothing", "/gates/{about}"),
}


class Due(NamedTuple):
    """Something that is to come.

    Attributes:
        at: the instant by which it is.
        day: the day on which it is, where it has no hour.
        label: what kind of thing it is.
        subject: what it is about; empty where the kind says it all.
        owner: whose it is, of actions.
        path: where it is found.
        is_past: whether it is overdue.
    """

    at: datetime
    day: date | None
    label: str
    subject: str
    owner: str
    path: str
    is_past: bool


def dues(page: CooperationPage, items: Iterable[AgendaItem], now: datetime) -> Iterator[Due]:
    """Yield what is to come or overdue, soonest first; meetings that were held are neither."""
    for item in items:
        at = end_of(item.day) if item.day is not None else item.at
        if at is None or (item.kind == "meeting" and at < now):
            continue
        family, place = _SHOWN[item.kind]
        yield Due(
            at=at,
            day=item.day,
            label=page.say.label(LABELS[item.kind]),
            subject=named(page, family, item.subject) if family else item.subject,
            owner=page.organisation(item.organisation) if item.kind == "action_due" else "",
            path=page.path + place.format(about=item.about, subject=item.subject),
            is_past=at <= now,
        )
