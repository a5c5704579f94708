"""Agendas as iCalendar (RFC 5545), for the calendars that people have.

What is in one follows from data alone: asked twice of the same state, it is the same. Each event
keeps its UID for as long as it is about the same thing, and a later SEQUENCE replaces an earlier.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import Final, TypeVar

from icalendar import Calendar, Event

from coopflow.application.callers import Language
from coopflow.application.engine import Address
from coopflow.application.tasks import KINDS
from coopflow.domain.base import Label
from coopflow.outgoing.called import Namer
from coopflow.outgoing.whereabouts import place_below
from coopflow.readmodel.agenda import AgendaItem
from coopflow.readmodel.views import DueView, WaitingView

MEDIA_TYPE: Final = "text/calendar"

_TASK: Final = "task:"

T = TypeVar("T", AgendaItem, DueView, DueView | WaitingView)
"""What is about something."""

LABELS: Final[Mapping[str, Label]] = {
    "decision_closes": Label(en="Decision closes", fr="Clôture d'une décision"),
    "meeting": Label(en="Meeting", fr="Réunion"),
    "document_expires": Label(en="Document goes stale", fr="Document à renouveler"),
    "mandate_ends": Label(en="Mandate ends", fr="Fin du mandat"),
    "funding_ends": Label(en="Secured resources end", fr="Fin des ressources assurées"),
    "cure_clock": Label(en="Last moment to remedy", fr="Dernier moment pour remédier"),
    "reservation": Label(en="Reservation to be lifted", fr="Réserve à lever"),
    "action_due": Label(en="Action due", fr="Action à terminer"),
    "disagreement_limit": Label(en="Disagreement moves on", fr="Le désaccord passe à la suite"),
    "review_due": Label(en="Review due", fr="Bilan à tenir"),
    "renewal_due": Label(en="Renewal due", fr="Renouvellement à demander"),
}
"""What the kinds of items are called; tasks are called as their own kinds."""


def place_of(item: AgendaItem) -> str:
    """Return where an item is found, as ``/c/valdore/bocage-gourmand/decisions/vision``."""
    parts = place_below(item.kind, item.about, item.subject)
    return "/".join(("/c", item.programme, item.slug, *parts))


async def subjects_of(items: Iterable[T], namer: Namer) -> tuple[tuple[T, str], ...]:
    """Return items, each with what it is about in words.

    Raises:
        DatabaseUnavailableError: the database does not answer.
    """
    given = [(one, (Address(one.programme, one.slug), one.subject, one.kind)) for one in items]
    await namer.prepare(about for _, about in given)
    return tuple([(one, await namer.said(*about)) for one, about in given])


def calendar_of(
    items: Iterable[tuple[AgendaItem, str]],
    name: str,
    language: Language,
    pages: str | None = None,
    *,
    of_several: bool = False,
) -> bytes:
    """Return a calendar.

    Args:
        items: what is in it, each with what it is about.
        name: what it is called.
        language: French or English.
        pages: where the pages are reached that events lead to; None where there are none.
        of_several: whether it is of several cooperations, so that each event names its own.
    """
    calendar = Calendar()
    calendar.add("prodid", f"-//coopflow//{language.upper()}")
    calendar.add("version", "2.0")
    calendar.add("name", name)
    calendar.add("x-wr-calname", name)
    for item, subject in items:
        event = _event(item, language, pages)
        event.add("summary", _summary(item, subject, language, of_several=of_several))
        calendar.add_component(event)
    written: bytes = calendar.to_ical()
    return written


def _event(item: AgendaItem, language: Language, pages: str | None) -> Event:
    event = Event()
    event.add("uid", _uid(item))
    event.add("dtstamp", item.stamp)
    event.add("last-modified", item.stamp)
    event.add("sequence", item.sequence)
    if item.day is not None:
        event.add("dtstart", item.day)
        event.add("dtend", item.day + timedelta(days=1))  # the first day that is no part of it
    else:
        event.add("dtstart", item.at)
    told = f"{item.title} ({item.territory})"
    if pages is not None:
        place = pages + place_of(item)
        told = f"{told}\n{place}"
        event.add("url", place)
    event.add("description", told)
    event.add("categories", [_label(item, language)])
    event.add("transp", "TRANSPARENT")  # a deadline keeps nobody from meeting
    return event


def _uid(item: AgendaItem) -> str:
    parts = (item.kind, item.about, item.organisation if item.kind.startswith(_TASK) else "")
    told = ".".join(part.replace(":", "-").replace("/", "-") for part in parts if part)
    return f"{told}.{item.slug}.{item.programme}@coopflow"


def _label(item: AgendaItem, language: Language) -> str:
    label = (
        KINDS[item.kind.removeprefix(_TASK)] if item.kind.startswith(_TASK) else LABELS[item.kind]
    )
    return str(getattr(label, language))


def _summary(item: AgendaItem, subject: str, language: Language, *, of_several: bool) -> str:
    said = _label(item, language)
    if subject:
        said = f"{said} : {subject}" if language == "fr" else f"{said}: {subject}"
    return f"{said} ({item.title})" if of_several else said
