"""Mails that say that a file is ready, through a real server."""

from __future__ import annotations

from datetime import timedelta

from coopflow.outgoing.mail.tidings import ReadyFile, Tidings
from tests.integration.outgoing.mail.conftest import PLACE, Office

FRENCH, ENGLISH = "person-1@example.org", "person-2@example.org"


def ready(office: Office, name: str = "bocage-journal.pdf") -> ReadyFile:
    return ReadyFile("f1", name, office.clock() + timedelta(days=7))


async def test_who_asked_for_a_file_is_told_once_where_it_is(office: Office) -> None:
    """In their language, with until when it is kept, and how to come to it."""
    tidings = Tidings(office.queue, is_on=True)
    for person in ("person-1", "person-2", "person-2"):
        await tidings.file_ready(person, ready(office), office.clock())
    await office.mailer().once()
    (french,), (english,) = office.room.to(FRENCH), office.room.to(ENGLISH)
    assert english.mail["Subject"] == "Your file is ready: bocage-journal.pdf"
    assert french.mail["Subject"] == "Votre fichier est prêt : bocage-journal.pdf"
    for part in (english.text, english.html):
        assert f"{PLACE}/files/f1" in part
        assert "deleted on 8 Jan 2026" in part


async def test_of_a_file_that_is_gone_nobody_is_told(office: Office) -> None:
    """A mail that waited for longer than the file is kept is not sent."""
    await Tidings(office.queue, is_on=True).file_ready("person-2", ready(office), office.clock())
    office.clock.move(timedelta(days=7))
    await office.mailer().once()
    assert office.room.to(ENGLISH) == []


async def test_where_no_mail_is_sent_none_waits(office: Office) -> None:
    """Nothing is written, now or later."""
    await Tidings(office.queue, is_on=False).file_ready("person-2", ready(office), office.clock())
    await office.mailer().once()
    assert office.room.to(ENGLISH) == []
