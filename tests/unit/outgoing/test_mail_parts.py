"""What of mail needs no server: addresses of servers, waits, hours of digests, wishes, letters."""

from __future__ import annotations

import email.policy
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from string import Formatter
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as some

from coopflow.directory.people import Notifications
from coopflow.outgoing.mail.letter import Action, Fact, Item, Letter, Section
from coopflow.outgoing.mail.message import Sender, set_as_mail
from coopflow.outgoing.mail.places import Places
from coopflow.outgoing.mail.rhythm import latest, rhythm_of
from coopflow.outgoing.mail.schedule import WAITS, MailAnswer, outcome
from coopflow.outgoing.mail.smtp import MailServer, MailUrlError
from coopflow.outgoing.mail.wishes import stopped
from coopflow.outgoing.mail.words import MailPhrases

AT = datetime(2026, 3, 1, 9, tzinfo=UTC)
PARIS = ZoneInfo("Europe/Paris")


@pytest.mark.parametrize(
    ("url", "host", "port", "security"),
    [
        ("smtp://mail.example.org", "mail.example.org", 587, "starttls"),
        ("smtp://mail.example.org:25", "mail.example.org", 25, "starttls"),
        ("smtp://mail.example.org?tls=none", "mail.example.org", 25, "none"),
        ("smtps://mail.example.org", "mail.example.org", 465, "tls"),
        ("smtp://localhost:1025", "localhost", 1025, "none"),
        ("smtp://127.0.0.9", "127.0.0.9", 25, "none"),
        ("smtp://[::1]:1025/", "::1", 1025, "none"),
        ("smtp://localhost?tls=starttls", "localhost", 587, "starttls"),
    ],
)
def test_a_server_is_talked_to_in_clear_here_alone_or_by_wish(
    url: str, host: str, port: int, security: str
) -> None:
    """Everywhere else TLS is demanded."""
    found = MailServer.read(url)
    assert (found.host, found.port, found.security) == (host, port, security)


def test_users_and_passwords_are_written_as_in_urls() -> None:
    """With what would end them written as %40, %3A and %2F."""
    found = MailServer.read("smtp://a%40b:p%3A%2F%40@mail.example.org")
    assert (found.user, found.password) == ("a@b", "p:/@")


@pytest.mark.parametrize(
    "url",
    [
        "http://mail.example.org",
        "smtp://",
        "smtp://host:port",
        "smtp://host/path",
        "smtp://host?tls=maybe",
        "smtps://host?tls=none",
        "smtp://host?other=1",
        "smtp://host?tls",
        "smtp://u:s3cret@[bad",
    ],
)
def test_what_is_no_address_of_a_server_is_refused(url: str) -> None:
    """And no password is shown."""
    with pytest.raises(MailUrlError) as caught:
        MailServer.read(url)
    assert "s3cret" not in str(caught.value)


def test_mails_are_tried_again_for_days_and_no_longer() -> None:
    """What was taken is sent, what is refused for good is dead at once."""
    assert outcome(1, MailAnswer(taken=True), AT, 0.5).status == "sent"
    dead = outcome(1, MailAnswer(for_good=True), AT, 0.5)
    assert (dead.status, dead.reason) == ("dead", "refused")
    for attempt, wait in enumerate(WAITS, 1):
        again = outcome(attempt, MailAnswer(), AT, 0.0)
        assert (again.status, again.due_at) == ("pending", AT + wait)
    assert outcome(1, MailAnswer(), AT, 1.0).due_at == AT + WAITS[0] * 1.1
    last = outcome(len(WAITS) + 1, MailAnswer(), AT, 0.0)
    assert (last.status, last.reason) == ("dead", "exhausted")


@given(some.integers(0, 15 * 365 * 24 * 60).map(lambda n: AT + timedelta(minutes=n)))
def test_hours_of_digests_are_seven_o_clock_where_people_live(at: datetime) -> None:
    """The last one before: today or yesterday, on any day or on Mondays; clocks may change."""
    daily, weekly = latest("daily", at, PARIS), latest("weekly", at, PARIS)
    assert (daily.hour, daily.minute) == (7, 0)
    assert timedelta() <= at - daily <= timedelta(hours=25)
    assert weekly.weekday() == 0
    assert timedelta() <= at - weekly <= timedelta(days=7, hours=1)
    assert latest("daily", daily, PARIS) == daily


def test_what_awaits_people_stands_in_the_more_frequent_of_their_digests() -> None:
    """In none where they wish for none."""
    assert rhythm_of(Notifications()) == "daily"
    never = dict.fromkeys(Notifications.model_fields, "none")
    assert rhythm_of(Notifications.model_validate(never)) is None
    assert rhythm_of(Notifications.model_validate(never | {"invite_voters": "weekly"})) == "weekly"


def test_stopping_mails_stops_their_kind_alone() -> None:
    """That of a notice, or all that comes in a daily or weekly digest."""
    told = Notifications()
    assert stopped(told, "invite_voters") == told.but(invite_voters="none")
    assert stopped(told, "daily") == told.but(publish_outcome="none", convene_review="none")
    assert stopped(told, "immediate-or-so") == told


def test_words_of_mails_have_the_same_places_in_both_languages() -> None:
    """What is filled in in one is filled in in the other."""
    for key, pair in MailPhrases.words.items():
        english, french = ({one[1] for one in Formatter().parse(text) if one[1]} for text in pair)
        assert english == french, key


def letter(**more: object) -> Letter:
    """Return a letter with all that one may have."""
    told = {
        "language": "fr",
        "subject": "Sujet",
        "title": "Titre",
        "greeting": "Bonjour,",
        "paragraphs": ("Un", "Deux"),
        "facts": (Fact(label="Règle", value="consentement"),),
        "action": Action(label="Lire", url="https://coop.example/d/x", note="Pour vous."),
        "sections": (
            Section(
                title="Attend",
                items=(Item(title="A", details=("b",), url="https://coop.example/"),),
                more="Plus",
            ),
        ),
        "because": "Parce que.",
        "stop": Action(label="Stop", url="https://coop.example/u/" + "y" * 60),
    }
    return Letter.model_validate(told | more)


@given(some.text(max_size=200), some.text(max_size=300), some.text(max_size=300))
def test_whatever_people_write_makes_no_header_and_no_markup(
    name: str, subject: str, text: str
) -> None:
    """The mail is parsed back with the headers that were set, and no others."""
    facts = (Fact(label="x", value=text),)
    mail = set_as_mail(
        letter(subject=subject, title=text, paragraphs=(text,), facts=facts),
        sender=Sender("Coop <coop@example.org>"),
        name=name,
        email="zoe@example.org",
        message="abc",
        places=Places("https://coop.example"),
        at=AT,
    )
    found = message_from_bytes(mail.as_bytes(), policy=email.policy.default)
    assert sorted(found.keys()) == sorted(
        [
            "From",
            "To",
            "Subject",
            "Date",
            "Message-ID",
            "Auto-Submitted",
            "X-Auto-Response-Suppress",
            "List-Unsubscribe",
            "List-Unsubscribe-Post",
            "MIME-Version",
            "Content-Type",
            "Content-Language",
        ]
    )
    assert [one.addr_spec for one in found["To"].addresses] == ["zoe@example.org"]
    html = found.get_body(("html",))
    assert html is not None
    assert "<script" not in html.get_content()


_HIDDEN = (
    "=?utf-8?q?Hello=0D=0ABcc:_x@example.com=0D=0A=0D=0AGo_to_example.com?=",
    "=?utf-8?b?SGVsbG8NCkJjYzogeEBleGFtcGxlLmNvbQ==?=",
    "Vote =?utf-8?q?=0A?= =?utf-8?q?Bcc:_x@example.com?= ?= =??= ===?",
)


@pytest.mark.parametrize("text", _HIDDEN)
def test_no_line_ends_are_hidden_in_encoded_words(text: str) -> None:
    """What the library would decode (RFC 2047) is taken as it was written, and makes no header."""
    mail = set_as_mail(
        letter(subject=text),
        sender=Sender("Coop <coop@example.org>"),
        name=text,
        email="zoe@example.org",
        message="abc",
        places=Places("https://coop.example"),
        at=AT,
    )
    head, _, _ = mail.as_bytes().partition(b"\r\n\r\n")
    names = [line.partition(b":")[0].lower() for line in head.split(b"\r\n")]
    assert b"bcc" not in names
    assert b"content-type" in names
    assert "\n" not in mail["Subject"]
    assert "utf-8" in mail["Subject"]


def test_an_address_that_hides_line_ends_makes_no_mail() -> None:
    """The directory takes none; one that got there otherwise is not written to."""
    with pytest.raises(ValueError, match="line ends"):
        set_as_mail(
            letter(),
            sender=Sender("Coop <coop@example.org>"),
            name="Zoé",
            email="=?utf-8?q?a=0D=0ABcc:x?=@example.org",
            message="abc",
            places=Places("https://coop.example"),
            at=AT,
        )
