"""Setting a letter as a mail: plain text and HTML, with the headers that mail systems expect.

Nothing that people have written becomes a header line of its own: line ends and control characters
are taken out before, also those that encoded words (RFC 2047) would hide from that. No mail is made
of what is left of them.
"""

from __future__ import annotations

import re
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, parseaddr
from functools import cache
from typing import Final

from jinja2 import Environment, PackageLoader, StrictUndefined, Template

from coopflow.outgoing.mail.letter import Letter
from coopflow.outgoing.mail.places import Places

POLICY: Final = SMTP.clone(max_line_length=900)
"""Long links stay whole in their headers; the parts are folded by their own encoding."""

_TEMPLATES: Final = "templates"
_BROKEN_OUT: Final = re.compile(r"[\r\n](?!\n|[ \t]|\Z)")
"""Where a header goes on as another one: without a blank at the beginning of the line."""


class Sender:
    """Who mails come from."""

    def __init__(self, mail_from: str) -> None:
        """Read an address, with a name or without: ``Valdore <coop@example.org>``."""
        name, address = parseaddr(mail_from)
        self.name, self.address = one_line(name), address
        self.host = address.rpartition("@")[2]


def one_line(text: str) -> str:
    """Return a text as it may stand in a header: one line, without control characters.

    What looks like an encoded word is broken up: the library would decode it, and write what it
    holds, line ends too, as it stands.
    """
    line = " ".join("".join(sign if sign.isprintable() else " " for sign in text).split())
    return line.replace("=?", "= ?")


def wire_address(email: str) -> str:
    """Return an address as mail systems carry it: its host in ASCII (IDNA)."""
    name, _, host = email.rpartition("@")
    try:
        return f"{name}@{host.encode('idna').decode('ascii')}"
    except UnicodeError:
        return email


def set_as_mail(  # noqa: PLR0913 - what stands in its headers
    letter: Letter,
    *,
    sender: Sender,
    name: str,
    email: str,
    message: str,
    places: Places,
    at: datetime,
) -> EmailMessage:
    """Set a letter as a mail.

    Args:
        letter: what it says.
        sender: who it is from.
        name: of whom it is to.
        email: where it goes.
        message: the left part of its Message-ID.
        places: of the installation.
        at: its date.

    Raises:
        ValueError: an address would break out of its header.
    """
    mail = EmailMessage(policy=POLICY)
    mail["From"] = _mailbox(sender.name, sender.address)
    mail["To"] = _mailbox(one_line(name), wire_address(email))
    mail["Subject"] = one_line(letter.subject)
    mail["Date"] = format_datetime(at)
    mail["Message-ID"] = f"<{message}@{sender.host}>"
    mail["Auto-Submitted"] = "auto-generated"
    mail["X-Auto-Response-Suppress"] = "All"
    if letter.stop is not None:
        mail["List-Unsubscribe"] = f"<{letter.stop.url}>"
        mail["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    if any(_BROKEN_OUT.search(POLICY.fold(*header)) for header in mail.items()):
        raise ValueError("a header of the mail holds line ends")
    values = {
        "letter": letter,
        "place": places.name,
        "home": places.home,
        "colon": "\N{NO-BREAK SPACE}: " if letter.language == "fr" else ": ",
        "preview": _preview(letter),
    }
    text = _template("letter.txt").render(values)
    mail.set_content(text, cte="quoted-printable")
    html = _template("letter.html").render(values)
    mail.add_alternative(html, subtype="html", cte="quoted-printable")
    mail["Content-Language"] = letter.language  # setting a content takes it out
    return mail


def _mailbox(name: str, address: str) -> Address:
    user, _, host = address.rpartition("@")
    return Address(display_name=name, username=user, domain=host)


def _preview(letter: Letter) -> str:
    """Return what mail programs show beside the subject: the first that is said."""
    items = [item.title for section in letter.sections for item in section.items]
    facts = [fact.value for fact in letter.facts[:1]]
    return " ".join([*facts, *letter.paragraphs[:1], *items[:3]])[:200]


@cache
def _template(name: str) -> Template:
    environment = Environment(
        loader=PackageLoader("coopflow.outgoing.mail", _TEMPLATES),
        autoescape=name.endswith(".html"),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    return environment.get_template(name)
