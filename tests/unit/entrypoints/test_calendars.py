from __future__ import annotations

from datetime import UTC, datetime

import pytest
from icalendar import Calendar

from coopflow.entrypoints.calendars import calendar_of
from coopflow.readmodel.agenda import AgendaItem

AT = datetime(2026, 3, 1, 9, tzinfo=UTC)


@pytest.mark.parametrize(
    ("subject", "told"),
    [
        ("document:charter", "charte de coopération"),
        ("mandate", "mandat"),
        ("gate:to_structuration", "passage to_structuration"),
        ("admission:ferme-du-gue", "admission ferme-du-gue"),
        ("mandate: who?", "mandate: who?"),
        ("Un jour sans viande ?", "Un jour sans viande ?"),
    ],
)
def test_a_decision_is_told_in_words(subject: str, told: str) -> None:
    """By its question where it has one, else by what it is about, and not by a code."""
    item = AgendaItem(
        programme="nord",
        slug="a",
        title="Le a",
        territory="Ici",
        kind="decision_closes",
        about="d",
        subject=subject,
        at=AT,
        stamp=AT,
        sequence=1,
    )
    (event,) = Calendar.from_ical(calendar_of([item], "A", "fr")).walk("VEVENT")
    assert event["summary"] == f"Clôture d'une décision : {told}"
