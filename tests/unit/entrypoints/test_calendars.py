from __future__ import annotations

from datetime import UTC, datetime

from icalendar import Calendar

from coopflow.application.tasks import KINDS
from coopflow.entrypoints.calendars import LABELS, calendar_of, place_of
from coopflow.outgoing.whereabouts import PLACES
from coopflow.readmodel.agenda import AgendaItem

AT = datetime(2026, 3, 1, 9, tzinfo=UTC)
ITEM = AgendaItem(
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


def test_every_item_leads_to_its_page() -> None:
    """Those of each kind that there is; the description names the page, as not all show links."""
    kinds = {*LABELS, *(f"task:{one}" for one in KINDS)}
    assert kinds == PLACES.keys()
    written = calendar_of([(ITEM, "charte")], "A", "fr", "https://coop.example/base")
    (event,) = Calendar.from_ical(written).walk("VEVENT")
    page = "https://coop.example/base/c/nord/a/decisions/d"
    assert event["url"] == page
    assert str(event["summary"]).endswith(" : charte")
    assert event["description"] == f"Le a (Ici)\n{page}"
    assert place_of(ITEM.but(kind="task:close_cooperation")) == "/c/nord/a"


def test_a_calendar_of_several_cooperations_says_of_which_each_event_is() -> None:
    """And its categories are words that calendars may show."""
    written = calendar_of([(ITEM, "charte")], "Mes coopérations", "fr", of_several=True)
    (event,) = Calendar.from_ical(written).walk("VEVENT")
    assert event["summary"] == "Qualifier une objection : charte (Le a)"
    assert b"\r\nCATEGORIES:Qualifier une objection\r\n" in written
