"""Files that are made in the background, for who asked for them."""

from __future__ import annotations

import asyncio
import io
import time
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest
from openpyxl.reader.excel import load_workbook
from sqlalchemy import select

from coopflow.application.callers import Caller
from coopflow.application.engine import Address
from coopflow.entrypoints import exports
from coopflow.entrypoints.http import filing
from coopflow.outgoing.mail.tables import MailRow
from coopflow.outgoing.mail.tidings import ReadyFile, Tidings
from coopflow.requests import files as kept
from tests.http_platform import Platform, place

pytestmark = pytest.mark.server

MANAGER = ("programme_manager",)
FAY = Caller(name="person:fay", person="fay")
ALPHA = Caller(name="person:rep-alpha", person="rep-alpha")


@pytest.fixture
def manager(pam: Caller, address: Address) -> Caller:
    """Somebody who manages the programme, of this test alone: nobody else's files are theirs."""
    return pam.but(name=f"person:{address.cooperation}", person=address.cooperation)


def ended(client: httpx.Client, location: str) -> dict[str, Any]:
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        found: dict[str, Any] = client.get(location).json()
        if found["status"] != "running":
            return found
        time.sleep(0.05)
    message = "the operation has not ended"
    raise AssertionError(message)


def ordered(client: httpx.Client, path: str, **body: str) -> httpx.Response:
    answer = client.post(f"{path}/exports", json=body)
    assert answer.status_code == 202, answer.text
    return answer


def test_a_portfolio_is_made_meanwhile_and_fetched_when_ready(
    platform: Platform, manager: Caller, address: Address
) -> None:
    """The operation says how far it is and where the file is; nobody else has it."""
    with platform.client(manager, **{"Accept-Language": "fr"}) as client:
        begun = ordered(client, "/v1/programmes/tests")
        assert begun.json()["status"] == "running"
        done = ended(client, begun.headers["location"])
        assert done["status"] == "done", done
        assert done["progress"]["done"] == done["progress"]["total"] > 0
        answer = client.get(done["location"])
        assert (
            answer.headers["content-disposition"] == 'attachment; filename="tests-portfolio.xlsx"'
        )
        assert int(answer.headers["content-length"]) == len(answer.content)
        header, *rows = (
            load_workbook(io.BytesIO(answer.content)).worksheets[0].iter_rows(values_only=True)
        )
        assert header[0] == "Titre"
        assert address.cooperation in [row[-1] for row in rows]
        (listed,) = client.get("/v1/files").json()
        assert (listed["status"], listed["kind"], listed["language"]) == (
            "ready",
            "portfolio",
            "fr",
        )
        file = f"/v1/files/{listed['id']}"
        assert client.get(file).json() == listed
    for other in (FAY, manager.but(name="token:1")):
        with platform.client(other) as client:
            assert client.get(file).json()["code"] == "not_found"
            assert client.get(f"{file}/content").json()["code"] == "not_found"
            assert client.delete(file).json()["code"] == "not_found"
    with platform.client(manager) as client:
        assert client.delete(file).status_code == 204
        assert client.get(file).json()["code"] == "not_found"


def test_a_portfolio_is_made_as_it_is_filtered(
    platform: Platform,
    manager: Caller,
    address: Address,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """By the filters of the query; a mail says which, but names nobody."""
    told: list[str] = []

    async def note(_: Tidings, __: str, file: ReadyFile, now: datetime) -> None:
        assert now.tzinfo is UTC
        told.append(file.name)

    monkeypatch.setattr(Tidings, "file_ready", note)
    with platform.client(manager) as client:
        refused = client.post("/v1/programmes/tests/exports?severity=blue", json={"form": "csv"})
        assert refused.status_code == 422
        query = f"text={address.cooperation}&facilitator=fay"
        begun = client.post(f"/v1/programmes/tests/exports?{query}", json={"form": "csv"})
        done = ended(client, begun.headers["location"])
        _, *lines = client.get(done["location"]).text.splitlines()
        assert [one.partition(",")[0] for one in lines] == [address.cooperation]
    assert told == [f"Portfolio – tests (search: “{address.cooperation}”; one facilitator)"]


def test_rights_are_asked_again_when_a_file_is_fetched(
    platform: Platform, manager: Caller, address: Address
) -> None:
    """Who may no longer read what it tells of has it no more."""
    with platform.client(manager) as client:
        done = ended(client, ordered(client, "/v1/programmes/tests").headers["location"])
        own = ended(
            client,
            ordered(client, place(address), kind="decisions", form="csv").headers["location"],
        )
        assert client.get(own["location"]).text.startswith("id,subject")
    former = manager.but(roles={})
    with platform.client(former) as client:
        for location in (done["location"], own["location"]):
            answer = client.get(location)
            assert answer.status_code in {403, 404}, answer.text
    observing = manager.but(roles={"tests": ("observer",)})
    with platform.client(observing) as client:
        answer = client.get(own["location"])
        assert answer.status_code in {403, 404}, answer.text


def test_what_may_not_be_read_is_not_made(platform: Platform, address: Address) -> None:
    """Neither the portfolio by who does not manage, nor what is of others; nor an unknown kind."""
    with platform.client(FAY) as client:
        assert client.post("/v1/programmes/tests/exports", json={}).status_code == 403
        done = ended(client, ordered(client, place(address), kind="indicators").headers["location"])
        assert client.get(done["location"]).content.startswith(b"PK")
        wrong = client.post(f"{place(address)}/exports", json={"kind": "everything"})
        assert wrong.status_code == 422
    with platform.client(Caller(name="person:nemo", person="nemo")) as client:
        answer = client.post(f"{place(address)}/exports", json={"kind": "decisions"})
        assert answer.json()["code"] == "not_found"


def test_what_fails_or_is_deleted_meanwhile_is_told(
    platform: Platform, manager: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As the problem of the operation; the file says that it failed."""
    monkeypatch.setattr(kept, "LARGEST", 10)
    with platform.client(manager) as client:
        done = ended(client, ordered(client, "/v1/programmes/tests").headers["location"])
        assert (done["status"], done["problem"]["code"]) == ("failed", "too_large")
        (failed,) = client.get("/v1/files").json()
        assert failed["status"] == "failed"
        answer = client.get(f"/v1/files/{failed['id']}/content")
        assert answer.json()["code"] == "not_found"
        assert "not ready: failed" in answer.json()["detail"]
    monkeypatch.undo()
    slow(monkeypatch)
    with platform.client(manager) as client:
        begun = ordered(client, "/v1/programmes/tests")
        running = client.get("/v1/files").json()[0]
        assert running["status"] == "running"
        assert client.delete(f"/v1/files/{running['id']}").status_code == 204
        done = ended(client, begun.headers["location"])
        assert (done["status"], done["problem"]["code"]) == ("failed", "not_found")


def slow(monkeypatch: pytest.MonkeyPatch, seconds: float = 1.0) -> None:
    """Let files take a while to be made."""
    made = exports.make

    async def slowly(*given: Any) -> Any:
        given[2].told(1, 4)
        await asyncio.sleep(seconds)
        return await made(*given)

    monkeypatch.setattr(filing, "make", slowly)


def test_progress_is_told_meanwhile_and_few_are_made_at_once(
    platform: Platform, manager: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A caller who wants ever more is told to wait."""
    slow(monkeypatch, 3.0)
    with platform.client(manager) as client:
        begun = [ordered(client, "/v1/programmes/tests") for _ in range(3)]
        refused = client.post("/v1/programmes/tests/exports", json={})
        assert (refused.status_code, refused.json()["code"]) == (429, "rate_limited")
        assert refused.headers["retry-after"] == "30"
        seen: list[dict[str, int]] = []
        deadline = time.monotonic() + 10
        while not seen and time.monotonic() < deadline:
            found = client.get(begun[0].headers["location"]).json()
            seen += [found["progress"]] if found["progress"] else []
        assert seen[0]["done"] == 1
        assert seen[0]["total"] == 4
        for one in begun:
            assert ended(client, one.headers["location"])["status"] == "done"


def test_what_is_under_way_when_its_process_ends_is_told_as_interrupted(
    platform: Platform, manager: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    """At once, and it can be asked for again."""
    slow(monkeypatch, 60.0)

    async def end() -> None:
        going_on = list(platform.app.state.going_on)
        for task in going_on:
            task.cancel()
        await asyncio.gather(*going_on, return_exceptions=True)

    with platform.client(manager) as client:
        begun = ordered(client, "/v1/programmes/tests")
        platform.run(end())
        assert client.get(begun.headers["location"]).json()["status"] == "lost"
        assert client.get("/v1/files").json()[0]["status"] == "interrupted"
        monkeypatch.undo()
        again = ended(client, ordered(client, "/v1/programmes/tests").headers["location"])
        assert again["status"] == "done"


def test_who_signed_in_is_written_to_when_a_file_is_ready(
    platform: Platform, manager: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Once for each file; a program that acts for somebody is not, it asks by itself."""
    told: list[tuple[str, ReadyFile]] = []

    async def note(self: Tidings, person: str, file: ReadyFile, now: datetime) -> None:
        assert now.tzinfo is UTC
        told.append((person, file))

    monkeypatch.setattr(Tidings, "file_ready", note)
    for caller in (manager, manager.but(name="token:2")):
        with platform.client(caller) as client:
            done = ended(client, ordered(client, "/v1/programmes/tests").headers["location"])
            assert done["status"] == "done"
    ((person, file),) = told
    assert person == manager.person
    assert file.name == "Portfolio – tests"
    assert ReadyFile.of(file.occasion).id == file.id


def test_no_mail_waits_where_none_is_sent(platform: Platform, manager: Caller) -> None:
    """This installation has no mail server."""
    with platform.client(manager) as client:
        ended(client, ordered(client, "/v1/programmes/tests").headers["location"])

    async def mails() -> list[str]:
        async with platform.services.answers._database.reading() as connection:
            query = select(MailRow.kind).where(MailRow.person == manager.person)
            return list((await connection.execute(query)).scalars())

    assert platform.run(mails()) == []


def test_papers_are_made_meanwhile_too(platform: Platform, address: Address) -> None:
    """As PDF, with progress where there is much to set; what there is none of is said."""
    with platform.client(FAY, **{"Accept-Language": "fr"}) as client:
        done = ended(client, ordered(client, place(address), kind="journal").headers["location"])
        assert done["status"] == "done", done
        answer = client.get(done["location"])
        assert answer.headers["content-type"] == "application/pdf"
        assert answer.content.startswith(b"%PDF-")
        assert answer.headers["content-disposition"].endswith('-journal.pdf"')
        none = ended(client, ordered(client, place(address), kind="charter").headers["location"])
        assert (none["status"], none["problem"]["code"]) == ("failed", "unknown_document")
        report = ordered(client, place(address), kind="report").headers["location"]
        assert ended(client, report)["result"]["name"].endswith("-report.pdf")
        dossier = ordered(client, place(address), kind="gate", gate="nowhere").headers["location"]
        assert ended(client, dossier)["problem"]["code"] == "unknown_gate"
        for wrong in (
            {"kind": "journal", "form": "csv"},
            {"kind": "decisions", "form": "pdf"},
            {"kind": "gate"},
            {"kind": "journal", "gate": "to_structuration"},
            {"kind": "journal", "year": "2030"},
        ):
            assert client.post(f"{place(address)}/exports", json=wrong).status_code == 422
