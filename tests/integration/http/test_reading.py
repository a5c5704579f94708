"""Lists of one's own, portfolios, measures, differences and tables over HTTP."""

from __future__ import annotations

import base64
import csv
import io
import json
from datetime import UTC, datetime
from typing import Any, Final
from uuid import uuid4

import pytest
from icalendar import Calendar
from openpyxl.reader.excel import load_workbook

from coopflow.application.callers import Caller
from coopflow.application.engine import Address
from coopflow.directory.people import PersonStated
from tests.http_platform import Platform, place
from tests.pictures import assert_tidy

pytestmark = pytest.mark.server

# In a programme of its own: the same people answer in the cooperations of other tests.
MANAGER: Final = Caller(name="person:pam", person="pam", roles={"reading": ("programme_manager",)})
FACILITATOR: Final = Caller(name="person:fay", person="fay")
BETA: Final = Caller(name="person:rep-beta", person="rep-beta")
ALPHA: Final = Caller(name="person:rep-alpha", person="rep-alpha")


@pytest.fixture(scope="module")
def here(platform: Platform) -> str:
    """Return the path of a cooperation in which something waits for an answer."""
    address = platform.opened(MANAGER, "read-here", "reading")
    with platform.client(FACILITATOR) as client:
        for number in (1, 2):
            body: dict[str, Any] = {
                "subject": "other",
                "question": f"=Shall we, {number}?",
                "decision": f"q-{number}",
                "secret": number == 2,
            }
            done = client.post(f"{place(address)}/decisions", json=body)
            assert done.status_code == 201, done.text
            content = {"issue": "Who prunes?", "values": ["care"] * number}
            draft = {"content": content}
            done = client.post(f"{place(address)}/documents/shared_vision/versions", json=draft)
            assert done.status_code == 201, done.text
    return place(address)


def get(platform: Platform, caller: Caller, path: str, **query: Any) -> Any:
    with platform.client(caller) as client:
        answer = client.get(path, params=query)
        assert answer.status_code == 200, answer.text
        return answer.json()


def test_what_awaits_somebody_is_listed_and_gone_once_it_is_done(
    platform: Platform, here: str
) -> None:
    """Page by page; what was answered is listed among the answers, secret choices untold."""
    first = get(platform, ALPHA, "/v1/me/decisions", programme="reading", limit=1)
    assert [one["about"] for one in first["items"]] == ["q-1"]
    with platform.client(ALPHA) as client:
        second = client.get(first["next"]).json()
        assert [one["about"] for one in second["items"]] == ["q-2"]
        assert second["next"] is None
        for task in (*first["items"], *second["items"]):
            assert task["command"] == "cast_ballot"
            ballot = {"choice": "yes", "organisation": task["payload"]["organisation"]}
            done = client.post(f"{here}/decisions/{task['about']}/ballots", json=ballot)
            assert done.is_success, done.text
    assert get(platform, ALPHA, "/v1/me/decisions", programme="reading")["items"] == []
    given = get(platform, ALPHA, "/v1/me/answers", programme="reading")["items"]
    assert [(one["decision"], one["choice"]) for one in given] == [("q-2", None), ("q-1", "yes")]
    older = get(platform, ALPHA, "/v1/me/answers", programme="reading", limit=1)
    with platform.client(ALPHA) as client:
        assert client.get(older["next"]).json()["items"] == given[1:]
    assert get(platform, ALPHA, "/v1/me/decisions", programme="others")["items"] == []


def test_a_token_sees_what_is_its_own_within_its_programmes(platform: Platform, here: str) -> None:
    """Who bears it sees nothing of theirs elsewhere; who acts for nobody has nothing."""
    assert here
    found = get(platform, ALPHA, "/v1/me/cooperations", programme="reading")["items"]
    assert ("read-here", ["representative"], ["alpha"]) in [
        (one["slug"], one["roles"], one["organisations"]) for one in found
    ]
    bound = ALPHA.but(programmes=frozenset({"nowhere"}))
    nobody = Caller(name="token:3", roles={"reading": ("programme_manager",)})
    for path in ("cooperations", "answers", "decisions"):
        for caller in (bound, nobody):
            assert get(platform, caller, f"/v1/me/{path}")["items"] == []
        assert get(platform, bound, f"/v1/me/{path}", programme="reading")["items"] == []


@pytest.mark.parametrize("path", ["/v1/me/decisions", "/v1/me/answers"])
def test_a_cursor_that_was_made_up_is_refused(platform: Platform, path: str) -> None:
    """It is said where to take one from."""
    early, late = "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-12:00"
    made_up = [
        *([instant, "a", "b", "c", "d"] for instant in ("x", early, late)),
        *([instant, "a", 1] for instant in ("x", early, late)),
        ["", "\ud800", "b", "c", "d"],
        ["", "\x00", "b", "c", "d"],
        ["2026-01-01T00:00Z", "a", 2**63],
        ["x"],
    ]
    for parts in made_up:
        cursor = base64.urlsafe_b64encode(json.dumps(parts).encode()).decode()
        with platform.client(ALPHA) as client:
            answer = client.get(path, params={"cursor": cursor})
        assert answer.status_code == 422
        assert answer.json()["errors"][0]["path"] == "query.cursor"


def test_a_portfolio_is_listed_narrowed_and_taken_away(platform: Platform, here: str) -> None:
    """As JSON in pages, and as CSV in the language of the request; for who manages it alone."""
    slug = here.rpartition("/")[2]
    rows = get(platform, MANAGER, "/v1/programmes/reading/portfolio", text=slug)["items"]
    assert [(one["slug"], one["next_gate"]) for one in rows] == [(slug, "to_structuration")]
    below = get(platform, MANAGER, "/v1/programmes/reading/portfolio", below="support:1", limit=1)
    assert len(below["items"]) == 1
    counted = get(platform, MANAGER, "/v1/programmes/reading/portfolio/levels")
    assert {"stage": "impulsion", "condition": "support", "level": 0} in [
        {name: one[name] for name in ("stage", "condition", "level")} for one in counted
    ]
    path = "/v1/programmes/reading/exports/portfolio.csv"
    with platform.client(MANAGER, **{"Accept-Language": "fr"}) as client:
        answer = client.get(path, params={"bom": "true"})
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert answer.headers["content-language"] == "fr"
    assert answer.content.startswith(b"\xef\xbb\xbfidentifiant,titre")
    lines = list(csv.DictReader(io.StringIO(answer.text)))
    assert slug in [one.get("identifiant") or one["\ufeffidentifiant"] for one in lines]
    with platform.client(FACILITATOR) as client:
        assert client.get(path).status_code == 403
    with platform.client(MANAGER, **{"Accept-Language": "fr"}) as client:
        answer = client.get("/v1/programmes/reading/exports/portfolio.xlsx")
        narrowed = client.get(path, params={"text": slug})
        nothing = client.get(path, params={"stage": "nowhere"})
    sheet = load_workbook(io.BytesIO(answer.content)).worksheets[0]
    header, *rows = sheet.iter_rows(values_only=True)
    assert header[0] == "Titre"
    assert "Niveaux : E Une fonction de soutien" in header
    assert slug in [row[-1] for row in rows]
    assert [one["identifiant"] for one in csv.DictReader(io.StringIO(narrowed.text))] == [slug]
    assert nothing.text.count("\n") == 1


def test_decisions_and_indicators_are_taken_away(platform: Platform, here: str) -> None:
    """The register holds what the caller may read, and no cell that is taken for a formula."""
    with platform.client(ALPHA) as client:
        answer = client.get(f"{here}/exports/decisions.csv")
        assert answer.headers["content-disposition"] == (
            'attachment; filename="read-here-decisions.csv"'
        )
        lines = list(csv.DictReader(io.StringIO(answer.text)))
        assert [one["id"] for one in lines] == ["q-1", "q-2"]
        assert lines[0]["question"] == "'=Shall we, 1?"
        assert (
            list(csv.DictReader(io.StringIO(client.get(f"{here}/exports/indicators.csv").text)))
            == []
        )
        answer = client.get(f"{here}/exports/decisions.xlsx")
        assert answer.headers["content-disposition"] == (
            'attachment; filename="read-here-decisions.xlsx"'
        )
        sheet = load_workbook(io.BytesIO(answer.content)).worksheets[0]
        rows = list(sheet.iter_rows(min_row=2, values_only=True))
        assert [row[-1] for row in rows] == ["q-1", "q-2"]
        assert rows[0][1] == "=Shall we, 1?"
        empty = client.get(f"{here}/exports/indicators.xlsx").content
        assert load_workbook(io.BytesIO(empty)).worksheets[0].max_row == 1
        assert client.get(f"{here}/measures").json() == []


def test_a_lifecycle_is_drawn_with_where_a_cooperation_stands(
    platform: Platform, here: str
) -> None:
    """In the language of the request, as wide as asked for."""
    with platform.client(FACILITATOR, **{"Accept-Language": "fr"}) as client:
        wide = client.get(f"{here}/lifecycle.svg")
        narrow = client.get(f"{here}/lifecycle.svg", params={"width": 328})
        assert client.get(f"{here}/lifecycle.svg", params={"width": 20}).status_code == 422
    assert wide.headers["content-type"] == "image/svg+xml"
    assert wide.headers["content-language"] == "fr"
    told = assert_tidy(wide.text, "lifecycle")[1].text or ""
    assert "Étape 1 sur 3, Impulsion, depuis le" in told
    assert float(assert_tidy(narrow.text, "lifecycle").attrib["width"]) <= 328


def test_calendars_are_answered_as_icalendar(platform: Platform, here: str) -> None:
    """Of a cooperation, and of one's own, in the language of the request."""
    with platform.client(FACILITATOR, **{"Accept-Language": "fr"}) as client:
        answer = client.get(f"{here}/calendar.ics")
        assert answer.headers["content-type"] == "text/calendar; charset=utf-8"
        found = Calendar.from_ical(answer.content).walk("VEVENT")
        assert "Clôture d'une décision : =Shall we, 1?" in [str(one["summary"]) for one in found]
        own = client.get("/v1/me/calendar.ics")
        assert Calendar.from_ical(own.content).name == "VCALENDAR"


def test_a_calendar_asks_by_its_address_until_that_is_revoked(
    platform: Platform, here: str
) -> None:
    """Without anybody who signs in; what is kept of the address opens nothing."""
    assert here
    stated = PersonStated(name="Bea", language="fr")
    platform.run(platform.services.directory.add_person("rep-beta", stated, datetime.now(UTC)))
    with platform.client(BETA, **{"Accept-Language": "fr"}) as client:
        mine = {"Idempotency-Key": uuid4().hex}
        made = client.post("/v1/me/calendar-feeds", headers=mine)
        assert made.status_code == 201, made.text
        again = client.post("/v1/me/calendar-feeds", headers=mine)
        assert (again.status_code, again.json()["code"]) == (409, "told_once")
        assert made.headers["cache-control"] == "no-store"
        url, feed = made.json()["url"], made.json()["feed"]
        assert url.startswith(f"{platform.url}/v1/calendars/")
        assert feed["id"] not in url
    with platform.client() as calendar:
        asked = calendar.get(url)
        assert asked.status_code == 200, asked.text
        assert asked.headers["content-language"] == "fr"
        assert Calendar.from_ical(asked.content).walk("VEVENT")
        listed = get(platform, BETA, "/v1/me/calendar-feeds")
        (shown,) = [one for one in listed if one["id"] == feed["id"]]
        assert shown["used_at"] is not None
        with platform.client(ALPHA) as client:
            assert client.delete(f"/v1/me/calendar-feeds/{feed['id']}").status_code == 404
        with platform.client(BETA) as client:
            assert client.delete(f"/v1/me/calendar-feeds/{feed['id']}").status_code == 204
        assert calendar.get(url).status_code == 404
    # Tokens make none: those of the identity provider neither, which bear the name of their person.
    for token in (BETA.but(name="token:1"), BETA.but(scopes=frozenset({"read"}))):
        with platform.client(token) as client:
            assert client.post("/v1/me/calendar-feeds").json()["code"] == "forbidden"


def test_a_feed_of_one_cooperation_shows_that_alone(platform: Platform, here: str) -> None:
    """To who may foresee what concerns it; where there are no pages, it leads to none."""
    directory, feeds = platform.services.directory, platform.services.access.feeds
    for person in ("rep-alpha", "passer-by"):
        stated = PersonStated(name=person, language="fr")
        platform.run(directory.add_person(person, stated, datetime.now(UTC)))
    with platform.client(ALPHA, **{"Accept-Language": "fr"}) as client:
        made = client.post(f"{here}/calendar-feeds")
        assert made.status_code == 201, made.text
        assert made.json()["feed"]["cooperation"] == "read-here"
    address = Address("reading", "read-here")
    _, secret = platform.run(feeds.create("passer-by", "fr", datetime.now(UTC), address))
    with platform.client() as calendar:
        asked = calendar.get(made.json()["url"])
        found = Calendar.from_ical(asked.content)
        assert str(found["x-wr-calname"]) == str(get(platform, ALPHA, here)["title"])
        assert not [one for one in found.walk("VEVENT") if "URL" in one]
        assert calendar.get(f"/v1/calendars/{secret}.ics").status_code == 404


def test_versions_of_a_document_are_compared(platform: Platform, here: str) -> None:
    """Part by part; drafts are not for those who read what is published alone."""
    path = f"{here}/documents/shared_vision/differences"
    found = get(platform, ALPHA, path, earlier=1, later=2)
    assert [(one["kind"], one["path"]) for one in found["differences"]] == [("added", "values[2]")]
    with platform.client(ALPHA) as client:
        assert client.get(path, params={"earlier": 1, "later": 9}).status_code == 404
    with platform.client(MANAGER) as client:
        done = client.post(f"{here}/roles", json={"person": "obi", "role": "observer"})
        assert done.is_success, done.text
    with platform.client(Caller(name="person:obi", person="obi")) as client:
        assert client.get(path, params={"earlier": 1, "later": 2}).status_code == 404
