"""What comes due in a cooperation, and where people find it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime
from typing import Final, NamedTuple

from coopflow.domain.calendar import end_of
from coopflow.entrypoints.calendars import LABELS, place_of
from coopflow.entrypoints.web.cooperation import CooperationPage
from coopflow.entrypoints.web.naming import Family, named
from coopflow.readmodel.agenda import AgendaItem

_FAMILIES: Final[Mapping[str, Family]] = {
    "decision_closes": "subject",
    "meeting": "meeting",
    "document_expires": "document",
    "mandate_ends": "organisation",
    "funding_ends": "nothing",
    "cure_clock": "condition",
    "reservation": "condition",
    "review_due": "review",
    "renewal_due": "nothing",
}
"""What items of a kind are about; what people have written is shown as it is."""


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
        family = _FAMILIES.get(item.kind)
        yield Due(
            at=at,
            day=item.day,
            label=page.say.label(LABELS[item.kind]),
            subject=named(page, family, item.subject) if family else item.subject,
            owner=page.organisation(item.organisation) if item.kind == "action_due" else "",
            path=place_of(item),
            is_past=at <= now,
        )
