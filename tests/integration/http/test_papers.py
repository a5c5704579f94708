from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from coopflow.application.callers import Caller
from coopflow.application.engine import Address
from coopflow.papers import making
from tests.http_platform import Platform, place
from tests.pdfs import assert_accessible

PAM = Caller(name="person:pam", person="pam", roles={"tests": ("programme_manager",)})
ALPHA = Caller(name="person:rep-alpha", person="rep-alpha")


@pytest.mark.parametrize("language", ["fr", "en"])
def test_papers_are_answered_in_the_language_of_the_request(
    platform: Platform, address: Address, language: str
) -> None:
    """As files with a name, accessible, and not to be kept by what lies between."""
    here = f"{place(address)}/exports"
    with platform.client(ALPHA, **{"Accept-Language": language}) as client:
        for name in ("identity-sheet", "journal"):
            answer = client.get(f"{here}/{name}.pdf")
            assert answer.status_code == 200, answer.text
            assert answer.headers["content-type"] == "application/pdf"
            assert answer.headers["content-language"] == language
            assert answer.headers["cache-control"] == "no-store"
            assert answer.headers["content-disposition"] == (
                f'attachment; filename="{address.cooperation}-{name}.pdf"'
            )
            assert_accessible(answer.content, language)


def test_the_charter_is_answered_by_its_version(platform: Platform, address: Address) -> None:
    """A draft to those inside; what is not there is not found."""
    here = f"{place(address)}/exports"
    with platform.client(ALPHA) as client:
        assert client.get(f"{here}/charter.pdf").json()["code"] == "unknown_document"
        draft = {"kind": "charter", "content": {"purpose": "Plan our meals together"}}
        path = f"{place(address)}/documents/charter/versions"
        done = client.post(path, json={"content": draft["content"]})
        assert done.status_code == 201, done.text
        answer = client.get(f"{here}/charter.pdf", params={"version": 1})
        assert "Plan our meals together" in assert_accessible(answer.content, "en").text
        assert client.get(f"{here}/charter.pdf", params={"version": 2}).status_code == 404
        assert client.get(f"{here}/journal.pdf", params={"after": 10_000}).status_code == 404


def test_a_paper_of_the_past_is_the_same_whenever_it_is_made(
    platform: Platform, address: Address
) -> None:
    """Byte by byte; before the cooperation was there, there is none."""
    with platform.client(PAM) as client:
        here = f"{place(address)}/exports"
        now = client.get(place(address)).json()["as_of"]
        first = client.get(f"{here}/journal.pdf", params={"at": now})
        again = client.get(f"{here}/journal.pdf", params={"at": now})
        before = client.get(f"{here}/journal.pdf", params={"at": "2020-01-01T00:00:00Z"})

    assert first.content == again.content
    assert before.status_code == 404


def test_a_dossier_quotes_the_journal_to_those_who_may_read_it(
    platform: Platform, address: Address
) -> None:
    """A gate that is not there is not found."""
    here = f"{place(address)}/exports/gates"
    with platform.client(ALPHA, **{"Accept-Language": "fr"}) as client:
        answer = client.get(f"{here}/to_structuration.pdf")
        assert client.get(f"{here}/to_the_moon.pdf").json()["code"] == "unknown_gate"

    pdf = assert_accessible(answer.content, "fr")
    assert "défavorable" in pdf.text
    assert "Ce passage n'a jamais été demandé." in pdf.text


def test_a_report_is_of_a_year(platform: Platform, address: Address) -> None:
    """By default of the present one; there is none of before the cooperation was there."""
    here = f"{place(address)}/exports/report.pdf"
    with platform.client(ALPHA, **{"Accept-Language": "fr"}) as client:
        answer = client.get(here)
        assert client.get(here, params={"year": 2001}).status_code == 404
        assert client.get(here, params={"year": 2998}).status_code == 404

    assert "Rapport" in assert_accessible(answer.content, "fr").title


def test_when_too_many_wait_others_are_told_to_come_back(
    platform: Platform, address: Address, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Before anything is read; they can have it made in the background."""
    monkeypatch.setattr(making, "MOST_WAITING", -making.AT_ONCE)
    with platform.client(PAM) as client:
        answer = client.get(f"{place(address)}/exports/journal.pdf")

    assert answer.status_code == 503
    assert answer.json()["code"] == "unavailable"
    assert answer.headers["retry-after"] == "10"


def test_many_may_ask_at_once(platform: Platform, address: Address) -> None:
    """They wait for each other, and the platform answers others meanwhile."""
    path = f"{place(address)}/exports/journal.pdf"

    def asked(_: int) -> int:
        with platform.client(PAM) as client:
            return client.get(path).status_code

    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(asked, range(8))) == [200] * 8
