"""What the page of notices says of the e-mails that come."""

from __future__ import annotations

from datetime import tzinfo
from html import unescape
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from coopflow.entrypoints.http.cookies import LANGUAGE_COOKIE
from coopflow.entrypoints.web import rendering
from coopflow.outgoing.mail.rhythm import HOUR
from tests.web_site import Site, somebody


@pytest.mark.parametrize(
    ("language", "daily", "weekly"),
    [
        ("fr", "chaque jour à {hour}", "chaque lundi à {hour}"),
        ("en", "each day at {hour}", "each Monday at {hour}"),
    ],
)
def test_the_page_of_notices_says_when_summaries_come(
    site: Site, monkeypatch: pytest.MonkeyPatch, language: str, daily: str, weekly: str
) -> None:
    """At the hour of the digests, by the clock of those who read it."""
    zone: tzinfo = ZoneInfo("Africa/Nairobi")  # the same time all year

    def there(_: Any) -> tzinfo:
        return zone

    monkeypatch.setattr(rendering, "zone_of", there)
    with site.visitor(site.person(somebody(), "Zoé")) as visitor:
        visitor.cookies.set(LANGUAGE_COOKIE, language)
        page = unescape(visitor.get("/account/notices").text)
    hour = f"{HOUR:%H:%M} EAT"
    assert daily.format(hour=hour) in page
    assert weekly.format(hour=hour) in page
