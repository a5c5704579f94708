from __future__ import annotations

import re

import httpx
from icalendar import Calendar

from tests.web_site import Site


def test_a_cooperation_is_had_in_a_calendar_until_that_is_revoked(site: Site) -> None:
    """The address is shown once, its events lead to pages, and the account lists it by name."""
    here = site.collective(title="Bocage <gourmand>")
    speaker = here.speakers["ferme-du-gue"]
    asked = {"decision": "june", "subject": "other", "question": "On se voit en juin ?"}
    site.give(here, here.facilitator, "/decisions", asked)
    with site.visitor(speaker) as visitor, httpx.Client() as calendar:
        made = visitor.post(f"{here.path}/calendar")
        assert made.status_code == 200, made.text
        found = re.search(r'value="(http[^"]+\.ics)"', made.text)
        assert found is not None
        address = found[1]
        assert f'href="webcal://{address.partition("://")[2]}"' in made.text
        got = Calendar.from_ical(calendar.get(address).content)
        assert str(got["x-wr-calname"]) == "Bocage <gourmand>"
        (event,) = got.walk("VEVENT")
        assert event["url"] == f"{site.url}{here.path}/decisions/june"
        shown = visitor.get(f"{here.path}/calendar").text
        assert address not in shown
        assert "Bocage &lt;gourmand&gt;" in visitor.get("/account/calendars").text
        revoke = re.search(r'action="([^"]+/revoke)"', shown)
        assert revoke is not None
        assert visitor.post(revoke[1]).headers["location"].endswith("?done=revoked")
        assert calendar.get(address).status_code == 404
        assert not re.search("/revoke", visitor.get(f"{here.path}/calendar").text)
