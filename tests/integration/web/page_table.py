"""Who gets to see which page, and to send which form: one line for each, beside the code.

A new page or form needs a line here, or ``test_page_access.py`` fails.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

Of = Literal["anybody", "somebody", "programme", "management", "cooperation", "installation"]
"""Whom a page is for.

Anybody at all; whoever has signed in; who sees a programme; who manages it; who has a part in a
cooperation, or manages its programme; who administers the installation.
"""

VALUES: dict[str, str] = {
    "programme": "tests",
    "cooperation": "bocage",
    "digest": "0",
    "name": "coopflow.css",
    "person": "kim",
    "organisation": "beta",
    "feed": "0123456789abcdef",
    "session": "0123456789abcdef",
    "token": "0123456789abcdef",
    "webhook": "wh_0",
    "delivery": "1",
    "policy": "reference",
    "operation": "0",
    "command": "request_gate",
    "gate": "to_structuration",
    "decision": "none",
    "disagreement": "none",
    "meeting": "none",
    "review": "none",
    "seq": "1",
    "kind": "charter",
    "version": "1",
    "secret": "0123456789abcdef0123456789abcdef",
    "file": "0123456789abcdef",
}
"""What stands in paths. What is named by a secret or a made-up number is not there."""


@dataclass(frozen=True)
class Line:
    """Who gets in.

    Attributes:
        of: whom it is for.
        answered: what those are answered who get in: ``in`` for a page or a way on, ``hidden``
            where what the path names here is not there.
        but: what becomes of those who are no rule: by who they are.
        form: what is sent.
    """

    of: Of
    answered: str = "in"
    but: dict[str, str] = field(default_factory=dict)
    form: dict[str, str] = field(default_factory=dict)


_NOT_MANAGING = {"manager": "forbidden", "administrator": "forbidden"}
"""What those are answered who run a programme, and draft no documents."""

_NOT_FOR_MEMBERS = dict.fromkeys(("member", "member of another cooperation"), "hidden")
"""To those who see a programme and do not manage it, its portfolio is not there."""

_NOT_CHOOSING = {"member": "forbidden", **_NOT_MANAGING}
"""What those are answered who neither facilitate nor hold the support function."""

PAGES: dict[str, Line] = {
    "GET /static/{digest}/{name}": Line("anybody"),
    "GET /sign-in": Line("anybody"),
    "POST /sign-in": Line("anybody", "hidden"),  # no mail is sent here
    "POST /preferences": Line("anybody"),
    # what leads here from mails: by a secret, which nobody has been told here
    "GET /d/{secret}": Line("anybody", "hidden"),
    "POST /d/{secret}": Line("anybody", "hidden", form={"organisation": "beta"}),
    "POST /d/{secret}/entrust": Line("anybody", "hidden", form={"organisation": "beta"}),
    "GET /u/{secret}": Line("anybody", "hidden"),
    "POST /u/{secret}": Line("anybody", "hidden"),
    "GET /": Line("somebody"),
    "GET /answers": Line("somebody"),
    # files made for somebody, of which nobody has one here
    "GET /files": Line("somebody"),
    "POST /files": Line("management", form={"programme": "tests"}),
    "GET /files/{file}": Line("somebody", "hidden"),
    "GET /files/{file}/content": Line("somebody", "hidden"),
    "POST /files/{file}/delete": Line("somebody", "hidden"),
    # one's own account
    "GET /account": Line("somebody"),
    "POST /account": Line("somebody"),
    "GET /account/notices": Line("somebody"),
    "POST /account/notices": Line("somebody"),
    "GET /account/calendars": Line("somebody"),
    "POST /account/calendars": Line("somebody"),
    "POST /account/calendars/{feed}/revoke": Line("somebody", "hidden"),
    "GET /account/access": Line("somebody"),
    "POST /account/access/sessions/{session}/end": Line("somebody", "hidden"),
    "POST /account/access/other-sessions/end": Line("somebody"),
    "POST /account/access/tokens": Line("somebody"),
    "GET /account/access/tokens/{token}/revoke": Line("somebody", "hidden"),
    "POST /account/access/tokens/{token}/revoke": Line("somebody", "hidden"),
    # programmes
    "GET /programmes": Line("somebody"),
    "GET /p/{programme}": Line("programme"),
    "GET /p/{programme}/portfolio": Line("management", but=_NOT_FOR_MEMBERS),
    "POST /p/{programme}/portfolio/reminders": Line("management", but=_NOT_FOR_MEMBERS),
    "POST /p/{programme}/portfolio/views": Line(
        "management", but=_NOT_FOR_MEMBERS, form={"name": "To look at"}
    ),
    "POST /p/{programme}/portfolio/views/remove": Line(
        "management", but=_NOT_FOR_MEMBERS, form={"name": "To look at"}
    ),
    "GET /p/{programme}/administration": Line("management"),
    "GET /p/{programme}/administration/people": Line("management"),
    "GET /p/{programme}/administration/people/new": Line("management"),
    "POST /p/{programme}/administration/people/new": Line("management"),
    "GET /p/{programme}/administration/people/{person}": Line("management"),
    "POST /p/{programme}/administration/people/{person}": Line("management"),
    "GET /p/{programme}/administration/people/{person}/remove": Line("management"),
    "POST /p/{programme}/administration/people/{person}/remove": Line(
        "management", form={"version": "999"}
    ),
    "GET /p/{programme}/administration/organisations": Line("management"),
    "GET /p/{programme}/administration/organisations/new": Line("management"),
    "POST /p/{programme}/administration/organisations/new": Line("management"),
    "GET /p/{programme}/administration/organisations/{organisation}": Line("management"),
    "POST /p/{programme}/administration/organisations/{organisation}": Line("management"),
    "GET /p/{programme}/administration/organisations/{organisation}/remove": Line("management"),
    "POST /p/{programme}/administration/organisations/{organisation}/remove": Line(
        "management", form={"version": "999"}
    ),
    "GET /p/{programme}/administration/settings": Line("management"),
    "POST /p/{programme}/administration/settings": Line("management"),
    "GET /p/{programme}/administration/refusals": Line("management"),
    "GET /p/{programme}/administration/import": Line("management"),
    "POST /p/{programme}/administration/import": Line("management"),
    "GET /p/{programme}/administration/webhooks": Line("management"),
    "GET /p/{programme}/administration/webhooks/new": Line("management"),
    "POST /p/{programme}/administration/webhooks/new": Line("management"),
    "GET /p/{programme}/administration/webhooks/{webhook}": Line("management", "hidden"),
    "GET /p/{programme}/administration/webhooks/{webhook}/change": Line("management", "hidden"),
    "POST /p/{programme}/administration/webhooks/{webhook}/change": Line("management", "hidden"),
    "POST /p/{programme}/administration/webhooks/{webhook}/enable": Line("management", "hidden"),
    "GET /p/{programme}/administration/webhooks/{webhook}/disable": Line("management", "hidden"),
    "POST /p/{programme}/administration/webhooks/{webhook}/disable": Line("management", "hidden"),
    "GET /p/{programme}/administration/webhooks/{webhook}/rotate": Line("management", "hidden"),
    "POST /p/{programme}/administration/webhooks/{webhook}/rotate": Line("management", "hidden"),
    "GET /p/{programme}/administration/webhooks/{webhook}/remove": Line("management", "hidden"),
    "POST /p/{programme}/administration/webhooks/{webhook}/remove": Line("management", "hidden"),
    "POST /p/{programme}/administration/webhooks/{webhook}/test": Line("management", "hidden"),
    "POST /p/{programme}/administration/webhooks/{webhook}/redeliver": Line("management", "hidden"),
    "GET /p/{programme}/administration/webhooks/{webhook}/deliveries/{delivery}": Line(
        "management", "hidden"
    ),
    "POST /p/{programme}/administration/webhooks/{webhook}/deliveries/{delivery}/redeliver": Line(
        "management", "hidden"
    ),
    "POST /p/{programme}/administration/people/{person}/invitation": Line("management"),
    "POST /p/{programme}/administration/people/{person}/link": Line(
        "management", but={"manager": "forbidden"}
    ),
    "GET /p/{programme}/administration/people/{person}/erase": Line(
        "management", but={"administrator": "forbidden"}
    ),
    "POST /p/{programme}/administration/people/{person}/erase": Line(
        "management", but={"administrator": "forbidden"}
    ),
    "GET /p/{programme}/administration/people/{person}/erase/{operation}": Line(
        "management", "hidden", but={"administrator": "forbidden"}
    ),
    # the installation
    "GET /administration": Line("installation"),
    "GET /administration/programmes/new": Line("installation"),
    "POST /administration/programmes/new": Line("installation"),
    "GET /administration/tokens": Line("installation"),
    "GET /administration/tokens/{token}/revoke": Line("installation", "hidden"),
    "POST /administration/tokens/{token}/revoke": Line("installation", "hidden"),
    # policies
    "GET /p/{programme}/policies": Line("programme"),
    "GET /p/{programme}/policies/check": Line("management"),
    "POST /p/{programme}/policies/check": Line("management"),
    "POST /p/{programme}/policies/check/proposal": Line("management"),
    "GET /p/{programme}/policies/impact/{operation}": Line("management", "hidden"),
    "GET /p/{programme}/policies/{policy}": Line("programme"),
    "GET /p/{programme}/policies/{policy}/differences": Line("programme"),
    "GET /p/{programme}/policies/{policy}/impact": Line("management"),
    "POST /p/{programme}/policies/{policy}/impact": Line("management"),
    "GET /p/{programme}/policies/{policy}/proposal": Line("management"),
    "POST /p/{programme}/policies/{policy}/proposal": Line("management"),
    # cooperations
    "GET /public/{programme}/{cooperation}": Line("anybody", "hidden"),  # nothing is shown
    "GET /c/{programme}/{cooperation}/public": Line("cooperation", but=_NOT_CHOOSING),
    "POST /c/{programme}/{cooperation}/public": Line("cooperation", but=_NOT_CHOOSING),
    "GET /cooperations": Line("somebody"),
    "GET /p/{programme}/open": Line("management", but={"administrator": "forbidden"}),
    "POST /p/{programme}/open": Line("management", but={"administrator": "forbidden"}),
    "GET /c/{programme}/{cooperation}": Line("cooperation"),
    "GET /c/{programme}/{cooperation}/do/draft_document": Line("cooperation"),
    "GET /c/{programme}/{cooperation}/documents": Line("cooperation"),
    "GET /c/{programme}/{cooperation}/documents/{kind}": Line("cooperation"),
    "GET /c/{programme}/{cooperation}/documents/{kind}/differences": Line("cooperation", "hidden"),
    "GET /c/{programme}/{cooperation}/documents/feedback_loop/edit": Line(
        "cooperation", but=dict.fromkeys(("member", "administrator"), "forbidden")
    ),
    "GET /c/{programme}/{cooperation}/documents/{kind}/edit": Line(
        "cooperation", but=_NOT_MANAGING
    ),
    "POST /c/{programme}/{cooperation}/documents/{kind}/edit": Line(
        "cooperation", but=_NOT_MANAGING
    ),
    "POST /c/{programme}/{cooperation}/documents/{kind}/unsent": Line(
        "cooperation", but=_NOT_MANAGING
    ),
    "GET /c/{programme}/{cooperation}/documents/{kind}/{version:int}": Line(
        "cooperation", "hidden"
    ),
    "GET /c/{programme}/{cooperation}/forecast": Line("cooperation"),
    "GET /c/{programme}/{cooperation}/calendar": Line("cooperation"),
    "POST /c/{programme}/{cooperation}/calendar": Line("cooperation"),
    "POST /c/{programme}/{cooperation}/calendar/{feed}/revoke": Line("cooperation", "hidden"),
    "GET /c/{programme}/{cooperation}/files": Line("cooperation"),
    "GET /c/{programme}/{cooperation}/indicators": Line("cooperation"),
    "GET /c/{programme}/{cooperation}/people": Line("cooperation"),
    "GET /c/{programme}/{cooperation}/gates": Line("cooperation"),
    "GET /c/{programme}/{cooperation}/gates/{gate}": Line("cooperation"),
    "GET /c/{programme}/{cooperation}/decisions": Line("cooperation"),
    "GET /c/{programme}/{cooperation}/decisions/{decision}": Line("cooperation", "hidden"),
    "GET /c/{programme}/{cooperation}/disagreements": Line("cooperation"),
    "GET /c/{programme}/{cooperation}/disagreements/{disagreement}": Line("cooperation", "hidden"),
    "GET /c/{programme}/{cooperation}/journal": Line("cooperation"),
    "GET /c/{programme}/{cooperation}/journal/print": Line("cooperation"),
    "GET /c/{programme}/{cooperation}/journal/{seq}": Line("cooperation"),
    "GET /c/{programme}/{cooperation}/meetings": Line("cooperation"),
    "GET /c/{programme}/{cooperation}/meetings/{meeting}": Line("cooperation", "hidden"),
    "GET /c/{programme}/{cooperation}/reviews": Line("cooperation"),
    "GET /c/{programme}/{cooperation}/reviews/{review}": Line("cooperation", "hidden"),
    "POST /c/{programme}/{cooperation}/do/{command}/unsent": Line("cooperation", but=_NOT_MANAGING),
    "GET /c/{programme}/{cooperation}/do/{command}": Line("cooperation", but=_NOT_MANAGING),
    "POST /c/{programme}/{cooperation}/do/{command}": Line("cooperation", but=_NOT_MANAGING),
}

FROM_ANYWHERE = {"POST /u/{secret}"}
"""What other sites may send: mail programs end a kind of mail by one click (RFC 8058)."""
