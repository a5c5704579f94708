from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from coopflow.domain.catalogue import EVENTS
from coopflow.entrypoints.web.records.timeline import (
    BY_ITSELF,
    FAMILIES,
    Filter,
    folded,
    place_of,
)
from coopflow.readmodel.views import JournalLine

PARIS = ZoneInfo("Europe/Paris")


def test_every_event_is_of_one_kind_of_things() -> None:
    """So that no filter leaves one out, and none shows it twice."""
    listed = [kind for family in FAMILIES.values() for kind in family.types]
    assert sorted(listed) == sorted(EVENTS)


def test_days_of_a_filter_are_those_of_where_people_live() -> None:
    """The last day is whole; what is no day asks nothing, and is said to be none."""
    found = Filter(since="2030-01-01", until="2030-01-31").narrowing(PARIS)
    assert found.since == datetime(2029, 12, 31, 23, tzinfo=UTC)
    assert found.until == datetime(2030, 1, 31, 23, tzinfo=UTC)

    for never in ("", "never", "0001-01-01", "9999-12-31"):
        other = Filter(since=never, until=never).narrowing(PARIS)
        assert (other.since, other.until) == (None, None)
    assert Filter(since="never", until="2030-01-31").wrong == ("since",)
    assert Filter().wrong == ()


def test_a_filter_asks_for_kinds_and_people() -> None:
    """What was due by itself has nobody; a kind that is not known asks nothing."""
    found = Filter(kind="meetings", who=BY_ITSELF).narrowing(UTC)
    assert found.types == FAMILIES["meetings"].types
    assert found.actor == ""
    assert Filter(kind="none").narrowing(UTC).types is None
    assert Filter().narrowing(UTC).actor is None
    assert Filter(who="ines").narrowing(UTC).actor == "ines"


def test_links_hold_what_was_asked_alone() -> None:
    """An empty field is left out."""
    assert Filter(kind="gates").query(before=7) == {"kind": "gates", "before": "7"}
    assert Filter().query() == {}


def test_words_are_found_whatever_their_case_and_accents() -> None:
    """Also ligatures and capital letters with accents."""
    assert folded("ÉCŒUR Straße") == folded("écœur STRASSE")
    assert folded("Réserve") == "reserve"


def line(event: str, **data: object) -> JournalLine:
    at = datetime(2030, 1, 1, tzinfo=UTC)
    return JournalLine(seq=1, at=at, actor=None, command_id=None, type=event, data=data)


def test_entries_lead_to_their_things() -> None:
    """A decision goes before the document that it is about; some lead nowhere."""
    assert place_of(line("ballot_cast", decision="d")) == "/decisions/d"
    assert place_of(line("ballot_delegated", decision=None)) == ""
    assert place_of(line("block_ended", disagreement="x")) == "/disagreements/x"
    assert place_of(line("document_expired", kind="roadmap", version=2)) == "/documents/roadmap/2"
    assert place_of(line("clock_stopped", condition="support")) == ""
