from __future__ import annotations

from datetime import UTC, datetime

from icalendar import Calendar

from coopflow.application.tasks import KINDS
from coopflow.entrypoints.calendars import LABELS, PLACES, calendar_of, place_of
from coopflow.readmodel.agenda import AgendaItem

AT = datetime(2026, 3, 1, 9, tzinfo=UTC)


def test_every_item_leads_to_its_page() -> None:
    """Those of each kind that there is; the description names the page, as not all show links."""
    kinds = {*LABELS, *(f"task:{one}" for one in KINDS)}
    assert kinds == PLACES.keys()
    item = AgendaItem(
        programme="nord",
        slug="a",
        title="Le a",
        territory="Ici",
        kind="task:qualify_objection",
        about="d/beta",
        subject="charter",
        at=AT,
        stamp=AT,
        sequence=1,
    )
    written = calendar_of([(item, "charte")], "A", "fr", "https://coop.example/base")
    (event,) = Calendar.from_ical(written).walk("VEVENT")
    page = "https://coop.example/base/c/nord/a/decisions/d"
    assert event["url"] == page
    assert str(event["summary"]).endswith(" : charte")
    assert event["description"] == f"Le a (Ici)\n{page}"
    assert place_of(item.but(kind="task:close_cooperation")) == "/c/nord/a"
