"""Agendas as iCalendar (RFC 5545), for the calendars that people have.

What is in one follows from data alone: asked twice of the same state, it is the same. Each event
keeps its UID for as long as it is about the same thing, and a later SEQUENCE replaces an earlier.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import Final

from icalendar import Calendar, Event

from coopflow.application.callers import Language
from coopflow.application.tasks import KINDS
from coopflow.domain.base import Label
from coopflow.domain.tools import KIND_LABELS
from coopflow.readmodel.agenda import AgendaItem

MEDIA_TYPE: Final = "text/calendar"

_TASK: Final = "task:"

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

_SUBJECTS: Final[Mapping[str, Label]] = {
    **KIND_LABELS,
    "plenary": Label(en="plenary", fr="plénière"),
    "committee": Label(en="committee", fr="comité"),
    "working_group": Label(en="working group", fr="groupe de travail"),
    "discovery": Label(en="discovery meeting", fr="rencontre de découverte"),
    "after_action": Label(en="look back", fr="retour d'expérience"),
    "quarterly": Label(en="quarterly", fr="trimestriel"),
    "annual": Label(en="annual", fr="annuel"),
    "evaluation": Label(en="evaluation", fr="évaluation"),
    "exceptional": Label(en="exceptional", fr="exceptionnel"),
    "common_plan": Label(en="common plan", fr="projet commun"),
    "mutual_actions": Label(en="mutual actions", fr="actions qui se renforcent"),
    "shared_evaluation": Label(en="shared evaluation", fr="évaluation partagée"),
    "communication": Label(en="communication", fr="communication"),
    "support": Label(en="support", fr="soutien"),
}


_DECIDED: Final[Mapping[str, Label]] = {
    "admission": Label(en="admission", fr="admission"),
    "closing": Label(en="closing", fr="clôture"),
    "disagreement": Label(en="disagreement", fr="désaccord"),
    "exclusion": Label(en="exclusion", fr="exclusion"),
    "gate": Label(en="gate", fr="passage"),
    "mandate": Label(en="mandate", fr="mandat"),
    "policy": Label(en="policy", fr="politique"),
    "waiver": Label(en="waiver", fr="dérogation"),
}
"""What decisions without a question are about, alone or before the id of a thing."""

_CODED: Final = re.compile(r"([a-z_]+)(?::([a-z0-9@_-]+))?")


def calendar_of(items: Iterable[AgendaItem], name: str, language: Language) -> bytes:
    """Return a calendar.

    Args:
        items: what is in it.
        name: what it is called.
        language: French or English.
    """
    calendar = Calendar()
    calendar.add("prodid", f"-//coopflow//{language.upper()}")
    calendar.add("version", "2.0")
    calendar.add("name", name)
    calendar.add("x-wr-calname", name)
    for item in items:
        calendar.add_component(_event(item, language))
    written: bytes = calendar.to_ical()
    return written


def _event(item: AgendaItem, language: Language) -> Event:
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
    event.add("summary", _summary(item, language))
    event.add("description", f"{item.title} ({item.territory})")
    event.add("categories", [item.kind.removeprefix(_TASK)])
    event.add("transp", "TRANSPARENT")  # a deadline keeps nobody from meeting
    return event


def _uid(item: AgendaItem) -> str:
    parts = (item.kind, item.about, item.organisation if item.kind.startswith(_TASK) else "")
    told = ".".join(part.replace(":", "-").replace("/", "-") for part in parts if part)
    return f"{told}.{item.slug}.{item.programme}@coopflow"


def _summary(item: AgendaItem, language: Language) -> str:
    label = (
        KINDS[item.kind.removeprefix(_TASK)] if item.kind.startswith(_TASK) else LABELS[item.kind]
    )
    subject = _named(item.subject, language)
    said: str = getattr(label, language)
    if not subject:
        return said
    return f"{said} : {subject}" if language == "fr" else f"{said}: {subject}"


def _named(subject: str, language: Language) -> str:
    """Say what something is about; what people have written stays as it is."""
    coded = _CODED.fullmatch(subject)
    if coded is None:
        return subject
    about, thing = coded[1], coded[2] or ""
    known = _SUBJECTS.get(thing or about)
    if known is None and about in _DECIDED:
        decided: str = getattr(_DECIDED[about], language)
        return f"{decided} {thing}".rstrip()
    return getattr(known, language) if known else subject
