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


PLACES: Final[Mapping[str, str]] = {
    "decision_closes": "decisions/{thing}",
    "meeting": "meetings/{thing}",
    "document_expires": "documents/{subject}",
    "mandate_ends": "people",
    "funding_ends": "documents/support_model",
    "cure_clock": "gates",
    "reservation": "gates",
    "action_due": "documents/roadmap",
    "disagreement_limit": "disagreements/{thing}",
    "review_due": "reviews",
    "renewal_due": "gates/{thing}",
    **dict.fromkeys(
        ("task:answer", "task:object", "task:qualify_objection", "task:integrate_objection"),
        "decisions/{thing}",
    ),
    **dict.fromkeys(
        (
            *("task:triage_disagreement", "task:settle_disagreement", "task:appoint_mediator"),
            *("task:accept_mediator", "task:conclude_mediation", "task:ask_collective"),
            *("task:put_to_members", "task:end_separation", "task:confirm_follow_up"),
        ),
        "disagreements/{thing}",
    ),
    "task:open_review": "reviews",
    "task:resolve_change": "reviews/{thing}",
    "task:close_review": "reviews/{thing}",
    "task:sign_charter": "documents/charter",
    "task:renew_document": "documents/{thing}",
    "task:update_action": "documents/roadmap",
    "task:propose_mandate": "people",
    "task:cosign_waiver": "gates/{thing}",
    "task:request_renewal": "gates/{thing}",
    "task:close_cooperation": "",
}
"""Where kinds of items are found below the pages of their cooperation."""


def place_of(item: AgendaItem) -> str:
    """Return where an item is found, as ``/c/valdore/bocage-gourmand/decisions/vision``."""
    thing = item.about.partition("/")[0]
    below = PLACES[item.kind].format(thing=thing, subject=item.subject)
    return f"/c/{item.programme}/{item.slug}/{below}".rstrip("/")


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
) -> bytes:
    """Return a calendar.

    Args:
        items: what is in it, each with what it is about.
        name: what it is called.
        language: French or English.
        pages: where the pages are reached that events lead to; None where there are none.
    """
    calendar = Calendar()
    calendar.add("prodid", f"-//coopflow//{language.upper()}")
    calendar.add("version", "2.0")
    calendar.add("name", name)
    calendar.add("x-wr-calname", name)
    for item, subject in items:
        calendar.add_component(_event(item, subject, language, pages))
    written: bytes = calendar.to_ical()
    return written


def _event(item: AgendaItem, subject: str, language: Language, pages: str | None) -> Event:
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
    event.add("summary", _summary(item, subject, language))
    told = f"{item.title} ({item.territory})"
    if pages is not None:
        place = pages + place_of(item)
        told = f"{told}\n{place}"
        event.add("url", place)
    event.add("description", told)
    event.add("categories", [item.kind.removeprefix(_TASK)])
    event.add("transp", "TRANSPARENT")  # a deadline keeps nobody from meeting
    return event


def _uid(item: AgendaItem) -> str:
    parts = (item.kind, item.about, item.organisation if item.kind.startswith(_TASK) else "")
    told = ".".join(part.replace(":", "-").replace("/", "-") for part in parts if part)
    return f"{told}.{item.slug}.{item.programme}@coopflow"


def _summary(item: AgendaItem, subject: str, language: Language) -> str:
    label = (
        KINDS[item.kind.removeprefix(_TASK)] if item.kind.startswith(_TASK) else LABELS[item.kind]
    )
    said: str = getattr(label, language)
    if not subject:
        return said
    return f"{said} : {subject}" if language == "fr" else f"{said}: {subject}"
