from __future__ import annotations

import re

import pytest
from playwright.sync_api import Browser, expect

from tests.http_platform import Platform
from tests.recorded_life import (
    SCRIPT,
    SEALED,
    SETTLED,
    UNTOLD,
    Recorded,
    recorded,
)
from tests.web_site import Site

INSIDE = ("facilitator", "alpha", "beta", "gamma", "evaluator", "manager")
EVERYBODY = (*INSIDE, "mediator", "funder", "observer")


@pytest.fixture(scope="module")
def life(platform: Platform, browser: Browser) -> Recorded:
    """Something of everything, which the tests of this module only look at."""
    return recorded(Site(platform, browser))


@pytest.mark.parametrize(
    ("who", "subject", "status"),
    [
        *((who, subject, 200) for who in INSIDE for subject in ("decisions", "journal")),
        ("mediator", "decisions", 403),
        ("mediator", "meetings", 403),
        ("mediator", "reviews", 403),
        ("mediator", "journal", 403),
        ("mediator", "disagreements", 200),
        ("funder", "decisions", 200),
        ("funder", "decisions/open", 404),
        ("funder", "decisions/closed", 200),
        ("funder", "reviews/going-on", 404),
        ("funder", "reviews/closed", 200),
        ("funder", "meetings/plenary", 200),
        ("funder", "disagreements/sealed", 200),
        ("funder", "journal", 403),
        ("funder", "journal/print", 403),
        ("funder", "journal/1", 403),
        ("observer", "journal", 403),
        ("stranger", "decisions", 404),
        ("stranger", "disagreements/sealed", 404),
        ("stranger", "journal/1", 404),
        ("alpha", "decisions/none", 404),
        ("alpha", "disagreements/none", 404),
        ("alpha", "reviews/none", 404),
        ("alpha", "meetings/none", 404),
        ("alpha", "journal/999999", 404),
    ],
)
def test_everybody_reads_what_the_table_of_access_says(
    life: Recorded, who: str, subject: str, status: int
) -> None:
    """Pages are refused where the API refuses, and are not there where it says so."""
    with life.site.visitor(life.people[who]) as client:
        assert client.get(f"{life.path}/{subject}").status_code == status


def test_sealed_and_secret_words_stand_in_no_page_of_others(life: Recorded) -> None:
    """Contents are for the parties and the facilitator, settlements for the parties alone.

    What was said in a secret ballot is on no page at all, of nobody.
    """
    read: dict[str, set[str]] = {SEALED: set(), SETTLED: set(), UNTOLD: set()}
    for who in EVERYBODY:
        with life.site.visitor(life.people[who]) as client:
            seqs = [f"{life.path}/journal/{seq}" for seq in range(1, 54)]
            for path in (*life.pages(), *(seqs if who in INSIDE else ())):
                text = client.get(path).text
                for words, readers in read.items():
                    if words in text:
                        readers.add(who)
    assert read == {
        SEALED: {"alpha", "beta", "facilitator"},
        SETTLED: {"alpha", "beta"},
        UNTOLD: set(),
    }


@pytest.mark.parametrize("decision", ["secret", "secret-closed"])
def test_how_a_secret_ballot_was_answered_is_not_told(life: Recorded, decision: str) -> None:
    """Who answered is; the counts are only of the closed one."""
    with life.site.visitor(life.people["alpha"]) as client:
        text = client.get(f"{life.path}/decisions/{decision}").text
    answers = text.partition('id="answers-title"')[2].partition("</section>")[0]
    assert "a répondu" in answers
    assert not re.search(r">\s*(oui|non|pour|contre)\s*<", answers)
    assert ("<tbody>" in text) is (decision == "secret-closed")
    assert "checked" not in text


def test_who_may_read_a_sealed_content_is_said_to_who_may_not(life: Recorded) -> None:
    """In plain words, beside where it would stand."""
    with life.site.visitor(life.people["gamma"]) as client:
        text = client.get(f"{life.path}/disagreements/sealed").text
    assert "ne vous est pas destiné" in text
    assert "les parties et la facilitation" in text


@pytest.mark.parametrize("who", ["alpha", "facilitator", "manager"])
def test_what_people_wrote_is_text_and_nothing_else(life: Recorded, who: str) -> None:
    """No script, no image, no link that runs: names, questions, reasons, minutes, changes."""
    with life.site.visitor(life.people[who]) as client:
        for path in life.pages():
            text = client.get(path).text
            assert SCRIPT not in text, path
            assert "&amp;lt;" not in text, f"{path}: escaped twice"
            assert "&amp;#39;" not in text, f"{path}: escaped twice"
            assert not re.search(r"<img(?! src=\"/static/)", text), path
            assert not re.search(r"href=\"\s*javascript:", text, re.IGNORECASE), path


def test_buttons_are_for_those_who_may(life: Recorded) -> None:
    """A member answers, a facilitator qualifies, who administers or observes does nothing."""
    expected = {
        "alpha": {"answer", "integrate_objection", "raise_disagreement", "settle_disagreement"},
        "gamma": {"answer", "integrate_objection", "raise_disagreement"},
        "facilitator": {
            "qualify_objection",
            "integrate_objection",
            "record_session_vote",
            "cancel_decision",
            "record_meeting",
            "resolve_change",
        },
        "manager": set(),
        "evaluator": set(),
        "funder": set(),
        "observer": set(),
    }
    asked = set().union(*expected.values())
    for who, offered in expected.items():
        with life.site.visitor(life.people[who]) as client:
            text = "".join(client.get(path).text for path in life.pages())
        found = {one for one in asked if f"/do/{one}?" in text}
        if 'id="answer"' in text:
            found.add("answer")
        assert found >= offered, who
        if not offered:
            assert not found, who


def test_decisions_are_filtered_by_result_and_subject(life: Recorded) -> None:
    """A form that any browser sends; what is open comes first."""
    with life.site.visitor(life.people["alpha"]) as client:
        both = client.get(f"{life.path}/decisions").text
        assert both.index("/decisions/open") < both.index("/decisions/closed")
        only = client.get(f"{life.path}/decisions", params={"result": "adopted"}).text
        assert "/decisions/closed" in only
        assert "/decisions/open" not in only
        none = client.get(f"{life.path}/decisions", params={"subject": "gate"}).text
        assert "/decisions/closed" not in none


@pytest.mark.parametrize("javascript", [True, False])
def test_the_journal_goes_on_page_by_page(life: Recorded, site: Site, *, javascript: bool) -> None:
    """With a script below what is there, without one on another page; nothing is missing."""
    page = site.page(life.people["gamma"], javascript=javascript)
    page.goto(f"{life.path}/journal")
    first = page.locator(".happened > li").count()
    page.get_by_role("link", name="Écritures précédentes").click()
    if javascript:
        expect(page.locator(".happened > li")).not_to_have_count(first)
        assert page.locator(".happened > li").count() > first
        expect(page.get_by_role("heading", level=2)).to_have_count(1)
        expect(page.locator("ol.chronicle").nth(1)).to_be_focused()
    else:
        expect(page.get_by_text("Écritures avant le n°")).to_be_visible()
    expect(page.get_by_text("s'ouvre à Quelque part")).to_be_visible()


def test_the_journal_is_filtered(life: Recorded) -> None:
    """By the kind of things, who caused it, days, and words whatever their case and accents."""
    with life.site.visitor(life.people["gamma"]) as client:

        def found(**asked: str) -> list[int]:
            text = client.get(f"{life.path}/journal", params=asked).text
            return [int(one) for one in re.findall(r"/journal/(\d+)\"", text)]

        everything = found()
        assert everything == sorted(everything, reverse=True)
        assert 0 < len(found(kind="disagreements")) < len(everything)
        assert set(found(who=life.people["beta"])) < set(range(1, 60))
        assert found(since="2100-01-01") == []
        assert found(until="2000-01-01") == []
        assert found(since="2000-01-01", until="2100-01-01") == everything
        assert found(since="never") == everything
        said = client.get(f"{life.path}/journal", params={"since": "12/03/2026"}).text
        assert 'value="12/03/2026" aria-invalid="true" aria-describedby="since-error"' in said
        assert said.count("Ce n&#39;est pas une date") == 1
        assert found(words="BAROMETRE") == found(words="baromètre") != []
        assert found(words="no such words") == []
        assert found(words=SEALED) == found(words=UNTOLD) == []


def test_the_journal_is_printed_oldest_first(life: Recorded) -> None:
    """All that a filter finds, each with its number."""
    with life.site.visitor(life.people["gamma"]) as client:
        text = client.get(f"{life.path}/journal/print").text
    seqs = [int(one) for one in re.findall(r"<td class=\"number\">(\d+)</td>", text)]
    assert seqs == list(range(1, len(seqs) + 1))
    assert len(seqs) > 40


def test_an_entry_says_all_but_what_is_kept_back(life: Recorded) -> None:
    """Its number, its digest, its fields; that something is kept back is said."""
    with life.site.visitor(life.people["gamma"]) as client:
        first = client.get(f"{life.path}/journal/1").text
        assert "cooperation_opened" in first
        assert re.search(r"<code>[0-9a-f]{64}</code>", first)
        pages = [client.get(f"{life.path}/journal/{seq}").text for seq in range(17, 27)]
        kept = [one for one in pages if "retenu" in one]
        assert kept
        assert not any("&#34;yes&#34;" in one or "&#34;no&#34;" in one for one in kept)
