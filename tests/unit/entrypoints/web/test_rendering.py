from __future__ import annotations

import html
import re
from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from jinja2 import Environment, PackageLoader

from coopflow.domain.calendar import end_of
from coopflow.entrypoints.web.assets import address_of, asset
from coopflow.entrypoints.web.places import safe_place
from coopflow.entrypoints.web.rendering import markdown, translator
from coopflow.wording.phrases import Phrases


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "a <b onclick='x()'>b</b>",
        "[a](javascript:alert(1))",
        "[a](JaVaScRiPt:alert(1))",
        "[a](data:text/html,<script>alert(1)</script>)",
        "<javascript:alert(1)>",
        "![a](https://example.org/who-reads.png)",
        "[a]: javascript:alert(1)\n\n[a]",
        '[a](https://example.org/"onmouseover="x)',
    ],
)
def test_texts_of_people_bring_no_html_of_their_own(text: str) -> None:
    """No tag of theirs, no link that runs something, no image that tells who reads it."""
    shown = str(markdown(text)).lower()
    assert "<script" not in shown
    assert "<img" not in shown
    assert "<b " not in shown
    assert 'href="javascript' not in shown
    assert 'href="data' not in shown
    assert '"onmouseover' not in shown.replace("%22onmouseover", "")


def test_texts_of_people_have_emphasis_and_lists_but_no_headings() -> None:
    """A heading would break the order of those of the page."""
    shown = str(markdown("# Titre\n\n- *un*\n- [deux](https://example.org)\n\nTitre\n====="))
    assert "<h1" not in shown
    assert "<em>un</em>" in shown
    assert '<a href="https://example.org">deux</a>' in shown


@pytest.mark.parametrize("place", ["/", "/c/a/b?x=1&y=2#z", "/account"])
def test_paths_of_this_site_may_be_gone_to(place: str) -> None:
    """With their query."""
    assert safe_place(place) == place


@pytest.mark.parametrize(
    "place",
    [
        None,
        "",
        "account",
        "https://example.org",
        "//example.org",
        "/\\example.org",
        "/\t/example.org",
        "/\n//example.org",
        "/a\\b",
        "///[",
    ],
)
def test_other_places_may_not(place: str | None) -> None:
    """Browsers read some of these as the address of another site."""
    assert safe_place(place, "/here") == "/here"


def test_a_text_is_chosen_by_language_and_filled_in() -> None:
    """Braces stand for values only where there are some."""
    assert translator("fr")("{n} cards", "{n} cartes", n=2) == "2 cartes"
    assert translator("en")("a {brace}", "une {accolade}") == "a {brace}"


def test_the_address_of_a_file_names_its_content() -> None:
    """So that it may be kept for good."""
    found = asset("htmx.js")
    assert found is not None
    assert address_of("htmx.js") == f"/static/{found.digest}/htmx.js"
    with pytest.raises(KeyError):
        address_of("other.js")


@pytest.mark.parametrize(
    ("due", "words"),
    [
        (datetime(2026, 3, 2, 22, 59, tzinfo=UTC), "Aujourd'hui, avant le 2 mars 2026 23:59 CET"),
        (datetime(2026, 3, 3, 8, 0, tzinfo=UTC), "Demain, avant le 3 mars 2026 09:00 CET"),
        (datetime(2026, 3, 3, 22, 0, tzinfo=UTC), "Demain, avant le 3 mars 2026 23:00 CET"),
        (datetime(2026, 3, 4, 8, 0, tzinfo=UTC), "Dans 2 jours, au plus tard le 4 mars"),
        (datetime(2026, 3, 2, 20, 59, tzinfo=UTC), "En retard depuis le 2 mars 2026 21:59 CET"),
        (datetime(2026, 4, 4, 8, 0, tzinfo=UTC), "Au plus tard le 4 avr. 2026 10:00 CEST"),
        (datetime(2026, 3, 3, tzinfo=UTC), "Demain, avant le 3 mars 2026 01:00 CET"),
    ],
)
def test_deadlines_are_told_by_the_calendar_of_where_people_live(due: datetime, words: str) -> None:
    """What is due next morning is not due today, also where that is midnight elsewhere."""
    assert told(due, datetime(2026, 3, 2, 21, 0, tzinfo=UTC)).startswith(words)


@pytest.mark.parametrize(
    ("day", "words"),
    [
        (date(2026, 3, 2), "Aujourd'hui au plus tard, le 2 mars 2026"),
        (date(2026, 3, 3), "Demain au plus tard, le 3 mars 2026"),
        (date(2026, 3, 4), "Dans 2 jours, au plus tard le 4 mars 2026"),
        (date(2026, 3, 1), "En retard, à faire pour le 1er mars 2026"),
        (date(2026, 4, 3), "Au plus tard le 3 avr. 2026"),
    ],
)
def test_what_is_due_on_a_day_is_told_without_an_hour(day: date, words: str) -> None:
    """It is over at the end of that day."""
    assert told(end_of(day), datetime(2026, 3, 2, 21, 0, tzinfo=UTC), day).startswith(words)


def test_a_day_that_goes_on_elsewhere_is_told_by_its_end() -> None:
    """It is the next day here already, and still time."""
    day, now = date(2026, 8, 26), datetime(2026, 8, 26, 23, 0, tzinfo=UTC)
    assert told(end_of(day), now, day).startswith("Aujourd'hui, avant le 27 août 2026 02:00 CEST")


def told(due: datetime, now: datetime, day: date | None = None) -> str:
    """Return what pages say of a deadline to people in Paris."""
    macros: Any = Environment(
        loader=PackageLoader("coopflow.entrypoints.web"), autoescape=True
    ).get_template("macros.html")
    say = Phrases("fr", ZoneInfo("Europe/Paris"))
    shown = str(macros.module.due(say, translator("fr"), now, due, day))
    return " ".join(re.sub(r"<[^>]+>", " ", html.unescape(shown)).split())
