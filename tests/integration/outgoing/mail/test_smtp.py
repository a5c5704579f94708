"""The server: TLS, signing in, what it refuses, and what its address may be."""

from __future__ import annotations

import ssl
from datetime import UTC, datetime
from email.message import EmailMessage
from pathlib import Path

import pytest

from coopflow.application.engine import UnavailableError
from coopflow.outgoing.mail.letter import Letter
from coopflow.outgoing.mail.message import Sender, set_as_mail
from coopflow.outgoing.mail.places import Places
from coopflow.outgoing.mail.smtp import MailServer, connected, reach
from tests.integration.outgoing.mail.mailroom import PASSWORD, USER, mailroom
from tests.integration.outgoing.test_tls import certificate

SENDER = "coop@example.org"


def mail(email: str = "zoe@example.org") -> EmailMessage:
    """Return a mail."""
    letter = Letter(
        language="en", subject="Hello", title="Hello", greeting="Hello Zoé,", because="A test."
    )
    return set_as_mail(
        letter,
        sender=Sender(SENDER),
        name="Zoé",
        email=email,
        message="1",
        places=Places("https://coop.example"),
        at=datetime(2026, 1, 1, tzinfo=UTC),
    )


@pytest.fixture
def trust(tmp_path: Path) -> tuple[ssl.SSLContext, ssl.SSLContext]:
    """The context of a server called localhost, and that of who trusts it."""
    files = certificate(tmp_path, "localhost")
    server = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    server.load_cert_chain(*files)
    return server, ssl.create_default_context(cafile=files[0])


@pytest.mark.parametrize("implicit", [False, True])
async def test_mail_is_handed_over_by_tls_to_who_is_trusted(
    trust: tuple[ssl.SSLContext, ssl.SSLContext], *, implicit: bool
) -> None:
    """After STARTTLS or by TLS from the start; to nobody whose certificate is unknown."""
    theirs, ours = trust
    async with mailroom(theirs, implicit=implicit, signed_in=not implicit) as room:
        scheme, wish = ("smtps", "") if implicit else ("smtp", "?tls=starttls")
        user = "" if implicit else f"{USER.replace('@', '%40')}:{PASSWORD.replace('/', '%2F')}@"
        server = MailServer.read(f"{scheme}://{user}localhost:{room.port}{wish}")
        async with connected(server, SENDER, ours) as post:
            assert (await post.hand_over(mail(), "zoe@example.org")).taken
            assert (await post.hand_over(mail(), "max@example.org")).taken
        async with connected(server, SENDER) as post:
            answer = await post.hand_over(mail(), "zoe@example.org")
        assert not answer.taken
        assert not answer.for_good
    first, second = room.arrived
    assert first.user == (None if implicit else USER)
    assert first.in_tls or implicit
    assert second.to == ["max@example.org"]
    assert room.connections == 2


async def test_a_wrong_password_is_for_now_and_shown_to_nobody(
    trust: tuple[ssl.SSLContext, ssl.SSLContext],
) -> None:
    """The mails wait until it is set right; neither answer nor error has it."""
    theirs, ours = trust
    async with mailroom(theirs, signed_in=True) as room:
        server = MailServer.read(f"smtp://me:s3cret@localhost:{room.port}?tls=starttls")
        async with connected(server, SENDER, ours) as post:
            answer = await post.hand_over(mail(), "zoe@example.org")
    assert (answer.taken, answer.for_good) == (False, False)
    assert answer.said == "SMTPAuthenticationError 535"
    assert "s3cret" not in repr(answer)


async def test_tls_that_is_demanded_and_not_offered_keeps_mail_back() -> None:
    """Nothing is said in clear to a server that should talk TLS."""
    async with mailroom() as room:
        server = MailServer.read(f"smtp://localhost:{room.port}?tls=starttls")
        async with connected(server, SENDER) as post:
            answer = await post.hand_over(mail(), "zoe@example.org")
    assert not answer.taken
    assert room.arrived == []


async def test_addresses_beyond_ascii_are_written_as_the_server_can(
    trust: tuple[ssl.SSLContext, ssl.SSLContext],
) -> None:
    """Their host in ASCII; a name before it that is not needs a server that takes it."""
    del trust
    async with mailroom() as room:
        server = MailServer.read(f"smtp://localhost:{room.port}")
        async with connected(server, SENDER) as post:
            to = mail("zoe@bücher.example")["To"].addresses[0].addr_spec
            assert to == "zoe@xn--bcher-kva.example"
            assert (await post.hand_over(mail("zoe@bücher.example"), to)).taken
            assert (await post.hand_over(mail("zoé@example.org"), "zoé@example.org")).taken
    assert room.arrived[1].to == ["zoé@example.org"]


async def test_a_server_is_reached_or_it_is_said_why_not() -> None:
    """For the doctor: without what the password is."""
    async with mailroom() as room:
        await reach(MailServer.read(f"smtp://localhost:{room.port}"), SENDER)
    with pytest.raises(UnavailableError, match="localhost:1 cannot be used") as caught:
        await reach(MailServer.read("smtp://me:s3cret@localhost:1"), SENDER)
    assert "s3cret" not in str(caught.value)
