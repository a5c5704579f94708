"""Mails of notices, through a real server, parsed back."""

from __future__ import annotations

import asyncio
import re
from datetime import timedelta
from email.message import EmailMessage
from email.utils import parsedate_to_datetime
from html.parser import HTMLParser
from typing import Self

import pytest
from sqlalchemy import update

from coopflow.access.errors import RefusedCredentialError
from coopflow.access.grants import OPERATOR
from coopflow.outgoing.mail.health import MailHealth, mail_health
from coopflow.outgoing.mail.queue import KEPT_FOR, LEASE, TOO_LATE
from coopflow.outgoing.mail.recipients import KINDS
from coopflow.outgoing.mail.schedule import WAITS, MailAnswer
from coopflow.readmodel.tables import OutboxRow
from coopflow.wording.phrases import Phrases
from tests.integration.outgoing.mail.conftest import OPENED, PLACE, Office
from tests.integration.outgoing.mail.mailroom import Arrived

FRENCH, ENGLISH = "person-1@example.org", "person-2@example.org"


class Links(HTMLParser):
    """Collects where links lead, and whether anything is loaded from elsewhere."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.to: list[str] = []
        self.loaded: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Look at an element."""
        for name, value in attrs:
            if tag == "a" and name == "href":
                self.to.append(value or "")
            elif name in {"src", "srcset", "background"} or tag in {"link", "script", "img"}:
                self.loaded.append(value or "")


class Slow:
    """A server that takes every mail, the first one after as long as a claim holds."""

    def __init__(self, office: Office) -> None:
        self.office = office
        self.taken: list[str] = []

    async def __aenter__(self) -> Self:
        """Connect."""
        return self

    async def __aexit__(self, *_: object) -> None:
        """Say goodbye."""

    async def hand_over(self, _: EmailMessage, to: str) -> MailAnswer:
        """Take a mail."""
        if not self.taken:
            self.office.clock.move(LEASE)
        self.taken.append(to)
        return MailAnswer(taken=True)


def links(mail: Arrived, start: str) -> list[str]:
    """Return the secrets of the links of a kind, in both parts."""
    found = Links(mail.html)
    assert found.loaded == []
    in_html = [one.removeprefix(f"{PLACE}{start}") for one in found.to if f"{PLACE}{start}" in one]
    in_text = re.findall(rf"{re.escape(PLACE + start)}(\S+)", mail.text)
    assert in_html == in_text
    return in_text


async def test_who_is_asked_to_vote_is_written_to_in_their_language(office: Office) -> None:
    """Text and HTML say the same; the headers are those that mail systems expect."""
    office.ask()
    await office.announce()
    await office.mailer().once()

    (french,), (english,) = office.room.to(FRENCH), office.room.to(ENGLISH)
    assert len(office.room.arrived) == 2  # person-3 is not in the directory
    assert french.sender == "coop@example.org"
    mail = english.mail
    assert mail["From"].addresses[0].display_name == "Coopérations"
    assert mail["To"] == "Person-2 <person-2@example.org>"
    assert mail["Subject"] == ("Your answer by 8 Jan 2026: Shall we plant pear trees? (Le verger)")
    assert parsedate_to_datetime(mail["Date"]) == OPENED
    assert re.fullmatch(r"<[0-9a-f]{32}@example\.org>", mail["Message-ID"])
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    (stop,) = links(english, "/u/")
    assert mail["List-Unsubscribe"] == f"<{PLACE}/u/{stop}>"
    assert [part.get_content_type() for part in mail.iter_parts()] == ["text/plain", "text/html"]
    for part in (english.text, english.html):
        for told in ("Shall we plant pear trees?", "Organisation 2", "Le verger", "8 Jan 2026"):
            assert told in part
    assert french.mail["Subject"].startswith("Votre réponse d'ici au 8 janv. 2026 : Shall we")
    assert french.mail["Content-Language"] == "fr"
    assert "Bonjour Zoé Martin," in french.text
    assert 'lang="fr"' in french.html


async def test_the_link_of_an_invitation_opens_one_decision_for_one_person(
    office: Office,
) -> None:
    """It works until the decision closes, and no longer than fourteen days."""
    office.ask(days=7)
    office.ask("later", days=30)
    await office.announce()
    await office.mailer().once()
    near, far = office.room.to(ENGLISH)
    (secret,), (other,) = links(near, "/d/"), links(far, "/d/")
    found = office.access.decision_links
    link, person = await found.find(secret, OPENED)
    assert (link.person, link.address, link.decision) == ("person-2", ("demo", "verger"), "d")
    assert (person.id, link.expires_at) == ("person-2", OPENED + timedelta(days=7))
    assert (await found.find(other, OPENED))[0].expires_at == OPENED + timedelta(days=14)
    assert "15 Jan 2026" in far.text
    with pytest.raises(RefusedCredentialError, match="expired"):
        await found.find(secret, OPENED + timedelta(days=7))
    with pytest.raises(RefusedCredentialError, match="unknown"):
        await found.find(secret + "x", OPENED)


async def test_each_is_told_once_by_any_number_of_mailers(office: Office) -> None:
    """Two at once, and again later: nobody gets a second mail."""
    office.ask()
    await office.announce()
    await asyncio.gather(*(office.mailer().once() for _ in range(3)))
    office.clock.move(LEASE * 2)
    await asyncio.gather(*(office.mailer().once() for _ in range(3)))
    assert sorted(one.to for one in office.room.arrived) == [[FRENCH], [ENGLISH]]
    told = await office.mails("person", "status", "attempts")
    assert told == [("person-1", "sent", 1), ("person-2", "sent", 1)]


async def test_a_mailer_that_dies_leaves_its_mails_to_others(office: Office) -> None:
    """What it had claimed is claimed again when the claim runs out, with the same Message-ID."""
    office.ask()
    await office.announce()
    await office.queue.relay(OPENED)
    (first, second) = await office.queue.claim(OPENED)
    await office.mailer().once()
    assert office.room.arrived == []
    office.clock.move(LEASE)
    await office.mailer().once()
    assert {one.mail["Message-ID"] for one in office.room.arrived} == {
        f"<{one.message}@example.org>" for one in (first, second)
    }


async def test_what_a_server_does_not_take_now_is_tried_again_for_days(office: Office) -> None:
    """Each time it is the same mail; in the end it is given up."""
    office.room.recipients[ENGLISH] = "450 mailbox busy"
    office.ask(days=7)
    await office.announce()
    assert await mail_health(office.database) == MailHealth(0, None, 0, None)
    begun = office.clock()
    await office.mailer().once()
    assert await mail_health(office.database) == MailHealth(1, begun, 0, "450")
    assert len(office.room.to(FRENCH)) == 1
    for number, wait in enumerate(WAITS, 1):
        (row,) = (await office.mails("person", "status", "attempts", "due_at"))[1:]
        assert row == ("person-2", "pending", number, office.clock() + wait)
        office.clock.move(wait)
        await office.mailer().once()
    told = await office.mails("person", "status", "reason", "attempts")
    assert told[1] == ("person-2", "dead", "exhausted", len(WAITS) + 1)
    assert sum(WAITS, timedelta()) > timedelta(days=2)
    assert office.room.to(ENGLISH) == []


async def test_what_is_refused_for_good_is_not_tried_again(office: Office) -> None:
    """Neither an address that is none there, nor a mail that the server will not have."""
    office.room.recipients[FRENCH] = "550 no such user"
    office.room.replies = ["554 we do not like it"]
    office.ask()
    await office.announce()
    await office.mailer().once()
    assert office.room.arrived == []
    assert {row[1:] for row in await office.mails("person", "status", "reason")} == {
        ("dead", "refused")
    }
    assert await mail_health(office.database) == MailHealth(0, None, 2, "554")


async def test_a_server_that_is_away_is_waited_for(office: Office) -> None:
    """Nothing is lost while it does not answer."""
    office.ask()
    await office.announce()
    await office.mailer(port=1).once()
    assert {row[0] for row in await office.mails("status")} == {"pending"}
    office.clock.move(WAITS[0])
    await office.mailer().once()
    assert len(office.room.arrived) == 2


async def test_who_has_answered_is_neither_invited_nor_reminded(office: Office) -> None:
    """What is settled when the mail is written is not asked for."""
    office.ask()
    office.do("cast_ballot", "person-1", decision="d", organisation="org-1", choice="yes")
    await office.announce()
    await office.mailer().once()
    assert [one.to for one in office.room.arrived] == [[ENGLISH]]
    assert ("person-1", "dropped", "settled") in await office.mails("person", "status", "reason")

    office.clock.move(timedelta(days=6))
    office.verger.wait(office.clock())
    await office.announce()
    await office.mailer().once()
    reminders = office.room.arrived[1:]
    assert {tuple(one.to) for one in reminders} == {(ENGLISH,)}
    assert reminders[0].mail["Subject"].startswith("Reminder, your answer by 8 Jan 2026: Shall we")


async def test_outcomes_come_with_their_arithmetic(office: Office) -> None:
    """Of a decision what came of it and why; who chose what is not told."""
    for person in ("person-1", "person-2"):
        await office.wish(person, publish_outcome="immediate", invite_voters="none")
    office.ask(secret=True)
    for number in (1, 2, 3):
        office.do(
            "cast_ballot",
            f"person-{number}",
            decision="d",
            organisation=f"org-{number}",
            choice="yes" if number < 3 else "no",
            reason="Because of the confidential bees",
        )
    await office.announce()
    await office.mailer().once()
    (french,), (english,) = office.room.to(FRENCH), office.room.to(ENGLISH)
    decision = office.verger.state.decisions["d"]
    assert decision.arithmetic is not None
    result = {"adopted": ("adopted", "adoptée"), "rejected": ("rejected", "rejetée")}
    en, fr = result[str(decision.result)]
    assert english.mail["Subject"] == f"Decision {en}: Shall we plant pear trees? (Le verger)"
    assert french.mail["Subject"].startswith(f"Décision {fr} : ")
    assert links(english, "/c/demo/verger/decisions/") == ["d"]
    told = Phrases("en").counted(decision.arithmetic)
    assert "2 yes against 1 no" in told
    assert told in " ".join(english.text.split())
    for part in (english.text, english.html, french.text):
        assert "confidential" not in part


async def test_nothing_that_is_sealed_stands_in_a_mail(office: Office) -> None:
    """Of a disagreement that comes before the collective nobody's words are sent."""
    for person in ("person-1", "person-2"):
        await office.wish(person, **dict.fromkeys(KINDS, "immediate"))
    office.do(
        "raise_disagreement",
        "person-1",
        disagreement="x",
        subject="Money",
        content="The treasurer hides the confidential bees",
        parties=["org-1", "org-2"],
        touches="money",
        blocking=False,
    )
    office.ask()
    await office.announce()
    await office.mailer().once()
    assert office.room.arrived
    for one in office.room.arrived:
        assert "confidential" not in one.text + one.html + str(one.mail["Subject"])


async def test_who_wishes_no_mail_gets_none(office: Office) -> None:
    """A wish counts when the notice comes, and still when it is sent."""
    await office.wish("person-1", invite_voters="none")
    office.ask()
    await office.announce()
    await office.queue.relay(OPENED)
    await office.wish("person-2", invite_voters="none")
    await office.mailer().once()
    assert office.room.arrived == []
    assert await office.mails("person", "reason") == [("person-2", "unwished")]


async def test_who_is_erased_gets_nothing_and_leaves_nothing(office: Office) -> None:
    """No mail is sent to who is gone; no address stands in the queue; no link works any more."""
    office.ask()
    await office.announce()
    await office.queue.relay(OPENED)
    secret, _ = await office.access.decision_links.create(
        "person-1", office.verger.address, "d", OPENED, OPENED + timedelta(days=7)
    )
    stop = await office.access.unsubscribe_links.create("person-1", "invite_voters", OPENED)
    everything = str(
        await office.mails("message", "person", "occasion", "kind", "rhythm", "status")
    )
    assert "@" not in everything
    assert "Zoé" not in everything
    await office.directory.forget("person-1")
    with pytest.raises(RefusedCredentialError, match="owner_gone"):
        await office.access.decision_links.find(secret, OPENED)
    await office.access.forget("person-1", OPERATOR)
    await office.queue.forget("person-1", None)
    await office.mailer().once()
    assert [one.to for one in office.room.arrived] == [[ENGLISH]]
    assert [row[0] for row in await office.mails("person")] == ["person-2"]
    for found in (
        office.access.decision_links.find(secret, OPENED),
        office.access.unsubscribe_links.find(stop, OPENED),
    ):
        with pytest.raises(RefusedCredentialError, match="unknown"):
            await found


async def test_who_left_the_directory_or_the_cooperation_gets_nothing(office: Office) -> None:
    """Their part is looked at when the mail is written."""
    office.ask()
    await office.announce()
    await office.queue.relay(OPENED)
    await office.directory.forget("person-1")
    office.do("withdraw_member", "faiza", organisation="org-2", reason="moved")
    await office.announce()
    await office.mailer().once()
    assert office.room.arrived == []
    assert await office.mails("person", "status", "reason") == [
        ("person-1", "dropped", "gone"),
        ("person-2", "dropped", "settled"),
    ]


async def test_hostile_names_and_titles_stay_what_they_are(office: Office) -> None:
    """They are text in the HTML, one line in headers, and make no header of their own."""
    question = 'Is <script>alert("x")</script> & co good?\r\nBcc: victim@example.org\r\n\r\nHi'
    await office.know("person-3", name='Eve "<evil@example.org>", =?utf-8?q?x?= \\ é; a,b')
    office.ask(question=question)
    await office.announce()
    await office.mailer().once()
    (mail,) = office.room.to("person-3@example.org")
    assert mail.mail["Bcc"] is None
    assert "Bcc: victim" in mail.mail["Subject"]
    (to,) = mail.mail["To"].addresses
    assert to.addr_spec == "person-3@example.org"
    assert to.display_name.startswith('Eve "<evil@example.org>"')
    assert "<script>" not in mail.html
    assert "&lt;script&gt;alert(" in mail.html
    assert "<script>" in mail.text


async def test_what_happened_while_mail_was_off_is_news_to_nobody(office: Office) -> None:
    """A notice that is days old when it is found is passed over."""
    office.ask(days=30)
    await office.announce()
    office.clock.move(TOO_LATE + timedelta(seconds=1))
    await office.mailer().once()
    assert office.room.arrived == []
    assert await office.mails("id") == []


async def test_mails_are_forgotten_after_a_month(office: Office) -> None:
    """That one was sent is kept no longer than it helps to find out what went wrong."""
    office.ask()
    await office.announce()
    await office.mailer().once()
    office.clock.move(KEPT_FOR + timedelta(hours=1))
    await office.mailer().once()
    assert await office.mails("id") == []


async def test_a_mail_that_cannot_be_written_holds_up_no_other(office: Office) -> None:
    """It is tried again like one that the server does not take, and given up in the end."""
    office.ask()
    await office.announce()
    await office.queue.relay(OPENED)
    async with office.database.writing() as connection:
        await connection.execute(update(OutboxRow).values(cooperation_id="broken"))
    office.ask("e")
    await office.announce()
    await office.mailer().once()
    assert {tuple(one.to) for one in office.room.arrived} == {(FRENCH,), (ENGLISH,)}
    for wait in WAITS:
        office.clock.move(wait)
        await office.mailer().once()
    assert sorted(set(await office.mails("status", "reason"))) == [
        ("dead", "exhausted"),
        ("sent", None),
    ]


async def test_what_waited_longer_than_its_claim_holds_is_left_to_others(office: Office) -> None:
    """A mail that took long puts nobody at risk of getting the one behind it twice."""
    office.ask()
    await office.announce()
    slow = Slow(office)
    await office.mailer(post=slow).once()
    assert slow.taken == [FRENCH, ENGLISH]
    told = await office.mails("person", "status", "attempts")
    assert told == [("person-1", "sent", 1), ("person-2", "sent", 2)]


async def test_reviews_are_told_of_by_what_they_are(office: Office) -> None:
    """That one is to be held, was opened, and that its summary is there."""
    kinds = ("convene_review", "compile_dossier", "publish_summary")
    for person in ("person-1", "person-2"):
        await office.wish(person, **dict.fromkeys(kinds, "immediate"))
    office.do("open_review", "faiza", review="r", kind="annual", period="2026")
    told = {"expected": "A", "observed": "B", "why": "C", "lessons": ["D"]}
    office.do("close_review", "faiza", review="r", summary_published=True, **told)
    office.do("withdraw_member", "faiza", organisation="org-3", reason="moved")
    await office.announce()
    await office.mailer().once()
    subjects = [one.mail["Subject"] for one in office.room.to(ENGLISH)]
    assert subjects == [
        "Opened: yearly review 2026 (Le verger)",
        "Summary published: yearly review 2026 (Le verger)",
        "Your answer by 15 Jan 2026: feedback loop (Le verger)",
        "To be held: after-action review (Le verger)",
    ]
    french = office.room.to(FRENCH)[1]
    assert "La synthèse d'un bilan est publiée" in french.html.replace("&#39;", "'")
    assert links(french, "/c/demo/verger/reviews/") == ["r"]


async def test_how_much_mail_waits_is_known(office: Office) -> None:
    """For the figures: what is to be sent, not what is held for a digest."""
    office.ask()
    await office.announce()
    await office.queue.relay(OPENED)
    assert (await mail_health(office.database)).waiting == 2
    await office.mailer().once()
    assert (await mail_health(office.database)).waiting == 0
