"""Every page that there is, and as whom it is looked at by axe: beside who may, in ``page_table``.

A page that is new needs a line here, or ``test_page_access.py`` fails.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

from coopflow.domain.catalogue import COMMANDS
from coopflow.domain.roles import (
    FACILITATOR,
    MATRIX,
    MEDIATOR,
    PROGRAMME_MANAGER,
    REPRESENTATIVE,
)
from coopflow.domain.tools import KIND_LABELS

_C: Final = "GET /c/{programme}/{cooperation}"
_P: Final = "GET /p/{programme}"
_A: Final = f"{_P}/administration"

LONG_LIFE: Final = {"cooperation": "LONG"}
"""What stands in paths for the example that has lived through all stages."""

YOUNG: Final = {"cooperation": "YOUNG"}
"""What stands in paths for one that was only just opened."""


@dataclass(frozen=True)
class Visit:
    """Somebody who looks at a page.

    Attributes:
        who: what they are in the recorded life, or who in the example; None for nobody.
        query: how the path ends.
        named: what stands in it, where that is not what usually does.
    """

    who: str | None = "alpha"
    query: str = ""
    named: Mapping[str, str] = field(default_factory=dict)

    def __str__(self) -> str:
        """Return what tells it from others."""
        return f"{self.who} {self.query} {' '.join(self.named.values())}"


def _each(name: str, *values: str, who: str = "alpha", **more: str) -> tuple[Visit, ...]:
    return tuple(Visit(who, named={name: one, **more}) for one in values)


def _long(*queries: str, who: str | None = "amel", **named: str) -> tuple[Visit, ...]:
    return tuple(Visit(who, one, {**LONG_LIFE, **named}) for one in queries or ("",))


def _young(**named: str) -> tuple[Visit, ...]:
    return (Visit("fay", named={**YOUNG, **named}),)


def _by_role(command: str) -> str:
    """Return who in the recorded life may give a command."""
    roles = {
        FACILITATOR: "facilitator",
        PROGRAMME_MANAGER: "manager",
        MEDIATOR: "mediator",
        REPRESENTATIVE: "alpha",
    }
    return next(who for role, who in roles.items() if role in MATRIX[command])


def _forms() -> Iterator[Visit]:
    for command in sorted(COMMANDS.keys() - {"open_cooperation", "draft_document"}):
        if command in {"update_action", "record_measure"}:
            yield Visit("amel", named={**LONG_LIFE, "command": command})
        elif command == "integrate_objection":
            yield Visit("facilitator", "?decision=open", {"command": command})
        else:
            yield Visit(_by_role(command), named={"command": command})
    yield Visit("gamma", "?decision=open&choice=objection", {"command": "cast_ballot"})


FORMS: Final = tuple(_forms())
"""The form of every command, with all of its questions."""

DECISION_LINKS: Final = {
    "LIVE": ("alpha", "open"),
    "SECRET": ("gamma", "secret"),
    "ENTRUSTED": ("gamma", "recused"),
    "HELD": ("alpha", "recused"),
    "ANSWERED": ("beta", "open"),
    "CLOSED": ("alpha", "closed"),
    "DOCUMENT": ("alpha", "map"),
}
"""The links of mails that lead to decisions: whose they are, and to which one."""

_MANAGER: Final = (Visit("manager"),)
_ADMINISTRATOR: Final = (Visit("administrator"),)
_PORTFOLIO: Final = ("list", "stages", "heat", "times", "due", "waiting", "stuck")

VISITS: Final[Mapping[str, tuple[Visit, ...]]] = {
    "GET /sign-in": (Visit(None),),
    "GET /d/{secret}": (
        *(Visit(None, named={"secret": one}) for one in DECISION_LINKS),
        Visit(None, "?done=answered", {"secret": "ANSWERED"}),
        Visit(None, "?done=entrusted", {"secret": "ENTRUSTED"}),
    ),
    "GET /u/{secret}": (Visit(None, named={"secret": "STOP"}),),
    "GET /": tuple(map(Visit, ("alpha", "gamma", "facilitator", "manager", "stranger", "amel"))),
    "GET /answers": (*map(Visit, ("alpha", "facilitator", "stranger")),),
    "GET /files": (Visit("manager"), Visit("stranger")),
    "GET /files/{file}": _MANAGER,
    "GET /account": (Visit(), Visit("administrator")),
    "GET /account/notices": (Visit(),),
    "GET /account/calendars": (Visit(), Visit("manager")),
    "GET /account/access": (Visit(), Visit("manager")),
    "GET /account/access/tokens/{token}/revoke": _MANAGER,
    "GET /programmes": (Visit("manager"), Visit("administrator")),
    _P: (Visit(), Visit("manager"), Visit("administrator")),
    f"{_P}/portfolio": tuple(
        Visit("manager", f"?view={view}&stuck_days=30") for view in _PORTFOLIO
    ),
    _A: (Visit("manager"), Visit("administrator")),
    f"{_A}/people": (*_MANAGER, Visit("manager", "?q=nobody-is-called-so")),
    f"{_A}/people/new": _MANAGER,
    f"{_A}/people/{{person}}": (*_MANAGER, Visit("administrator")),
    f"{_A}/people/{{person}}/remove": _MANAGER,
    f"{_A}/people/{{person}}/erase": _MANAGER,
    f"{_A}/people/{{person}}/erase/{{operation}}": _each("operation", "ERASURE", who="manager"),
    f"{_A}/organisations": _MANAGER,
    f"{_A}/organisations/new": _MANAGER,
    f"{_A}/organisations/{{organisation}}": _MANAGER,
    f"{_A}/organisations/{{organisation}}/remove": _MANAGER,
    f"{_A}/settings": _MANAGER,
    f"{_A}/refusals": _MANAGER,
    f"{_A}/import": _MANAGER,
    f"{_A}/webhooks": _MANAGER,
    f"{_A}/webhooks/new": _MANAGER,
    f"{_A}/webhooks/{{webhook}}": _MANAGER,
    f"{_A}/webhooks/{{webhook}}/change": _MANAGER,
    f"{_A}/webhooks/{{webhook}}/disable": _MANAGER,
    f"{_A}/webhooks/{{webhook}}/rotate": _MANAGER,
    f"{_A}/webhooks/{{webhook}}/remove": _MANAGER,
    f"{_A}/webhooks/{{webhook}}/deliveries/{{delivery}}": _MANAGER,
    "GET /administration": _ADMINISTRATOR,
    "GET /administration/programmes/new": _ADMINISTRATOR,
    "GET /administration/tokens": _ADMINISTRATOR,
    "GET /administration/tokens/{token}/revoke": _ADMINISTRATOR,
    f"{_P}/policies": (Visit(),),
    f"{_P}/policies/check": _MANAGER,
    f"{_P}/policies/impact/{{operation}}": _each("operation", "IMPACT", who="manager"),
    f"{_P}/policies/{{policy}}": (Visit(),),
    f"{_P}/policies/{{policy}}/differences": (Visit(), Visit("alpha", "?other=light@1")),
    f"{_P}/policies/{{policy}}/impact": _each("policy", "reference@1", "light@1", who="manager"),
    f"{_P}/policies/{{policy}}/proposal": _MANAGER,
    "GET /public/{programme}/{cooperation}": _long(who=None),
    "GET /cooperations": (*map(Visit, ("alpha", "manager", "stranger")),),
    f"{_P}/open": _MANAGER,
    f"{_C}/public": (Visit("facilitator"), *_long(who="fabien")),
    _C: (
        *_young(),
        *_long(),
        *_long(who="fabien"),
        *map(Visit, ("alpha", "facilitator", "manager")),
    ),
    f"{_C}/documents": (*_young(), *_long(), Visit(), Visit("facilitator")),
    f"{_C}/documents/{{kind}}": (
        *(one for kind in KIND_LABELS for one in _long(kind=kind)),
        *_each("kind", "shared_vision", "charter"),
    ),
    f"{_C}/documents/{{kind}}/differences": (
        *_long("?earlier=1&later=2", kind="roadmap"),
        Visit("alpha", "?earlier=1&later=2", {"kind": "shared_vision"}),
    ),
    f"{_C}/documents/feedback_loop/edit": _long(who="fabien"),
    f"{_C}/documents/{{kind}}/edit": (
        *(one for kind in KIND_LABELS if kind != "feedback_loop" for one in _long(kind=kind)),
        *_each("kind", *(one for one in KIND_LABELS if one != "feedback_loop")),
    ),
    f"{_C}/documents/{{kind}}/{{version:int}}": (*_long(kind="charter"),),
    f"{_C}/forecast": (*_young(), *_long("", "?months=24"), Visit()),
    f"{_C}/calendar": (*_young(), Visit(), Visit("manager")),
    f"{_C}/files": (*_long(), Visit(), Visit("manager")),
    f"{_C}/indicators": (*_young(), *_long(), Visit()),
    f"{_C}/people": (*_young(), *_long(), Visit(), Visit("facilitator"), Visit("manager")),
    f"{_C}/gates": (*_long(), Visit()),
    f"{_C}/gates/{{gate}}": (
        *_young(),
        *_long(),
        *_long("?at=2031-01-01", gate="renewal"),
        Visit(),
    ),
    f"{_C}/decisions": (*_young(), *_long(), Visit(), Visit("alpha", "?result=adopted")),
    f"{_C}/decisions/{{decision}}": (
        *_each("decision", "open", "secret", "secret-closed", "closed", "recused"),
        Visit("gamma"),
        Visit("facilitator"),
        *_long(decision="interim-mandate"),
    ),
    f"{_C}/disagreements": (*_young(), Visit(), Visit("facilitator")),
    f"{_C}/disagreements/{{disagreement}}": (
        *_each("disagreement", "sealed", "settled"),
        *map(Visit, ("gamma", "facilitator", "mediator")),
    ),
    f"{_C}/journal": (*_young(), *_long(), Visit(), Visit("alpha", "?words=objection")),
    f"{_C}/journal/print": (Visit(),),
    f"{_C}/journal/{{seq}}": _each("seq", "1", "17", "25"),
    f"{_C}/meetings": (*_young(), *_long(), Visit(), Visit("facilitator")),
    f"{_C}/meetings/{{meeting}}": (Visit(),),
    f"{_C}/reviews": (*_young(), *_long(), Visit(), Visit("facilitator")),
    f"{_C}/reviews/{{review}}": (
        *_each("review", "closed", "going-on"),
        Visit("facilitator"),
    ),
    f"{_C}/do/{{command}}": FORMS,
}
"""Who looks at each page, and at what of its kind: the most that it shows, and the least."""

OURS: Final = (
    "policy: ours\nversion: 1\nextends: reference\nlabel: {fr: La nôtre, en: Ours}\n"
    "clocks:\n  cure: {days: 10}\n"
)


@dataclass(frozen=True)
class Sent(Visit):
    """A form that somebody sends, and is shown something for.

    Attributes:
        page: where to.
        given: what it says.
        status: of what is shown.
    """

    page: str = ""
    given: Mapping[str, str] = field(default_factory=dict)
    status: int = 200

    def __str__(self) -> str:
        """Return what tells it from others."""
        return f"{self.page} {self.status} {self.given.get('do', '')}"


def _faulty(page: str, who: str = "manager", **given: str) -> Sent:
    return Sent(who, page=page, given=given, status=422)


def _well(page: str, who: str = "manager", **given: str) -> Sent:
    return Sent(who, page=page, given=given)


_ADMINISTRATION: Final = "/p/{programme}/administration"
_CHECK: Final = "/p/{programme}/policies/check"
_FOR_A_HOOK: Final = {"url": "https://example.org/other", "description": "Other"}

SENT: Final = (
    _faulty("/account", name=""),
    _faulty("/account/access/tokens"),
    _well("/account/access/tokens", name="Nightly", scopes="read", expires_at="SOON"),
    _faulty(f"{_ADMINISTRATION}/people/new"),
    _faulty(f"{_ADMINISTRATION}/people/{{person}}", name="", version="1"),
    _faulty(f"{_ADMINISTRATION}/people/{{person}}/erase"),
    _well(f"{_ADMINISTRATION}/people/{{person}}/link", "administrator"),
    _faulty(f"{_ADMINISTRATION}/organisations/new"),
    _faulty(f"{_ADMINISTRATION}/organisations/{{organisation}}", name="", version="1"),
    _faulty(f"{_ADMINISTRATION}/settings", name=""),
    _faulty(f"{_ADMINISTRATION}/import", file="name,email,language\nLea,none,fr\n"),
    _well(f"{_ADMINISTRATION}/import", file="id,name,language\nlea-petit,Léa Petit,fr\n"),
    _faulty(f"{_ADMINISTRATION}/webhooks/new"),
    _well(f"{_ADMINISTRATION}/webhooks/new", **_FOR_A_HOOK),
    _well(f"{_ADMINISTRATION}/webhooks/{{webhook}}/rotate"),
    _faulty("/administration/programmes/new", "administrator"),
    _faulty(_CHECK, content="policy: ours\nextends: nothing\n", do="check"),
    _well(_CHECK, content=OURS, do="check", other="reference@1"),
    _well(_CHECK, content=OURS, do="impact", other="reference@1"),
    _well(f"{_CHECK}/proposal", content=OURS, do="ask"),
    _faulty(f"{_CHECK}/proposal", content=OURS, do="propose", question=""),
    _faulty("/p/{programme}/policies/{policy}/proposal", question=""),
    _faulty("/p/{programme}/open"),
    _well("/c/{programme}/{cooperation}/public", "facilitator", parts="identity", do="preview"),
    Sent(
        None,
        named={"secret": "LIVE"},
        page="/d/{secret}",
        given={"organisation": "alpha", "choice": "objection"},
        status=422,
    ),
    Sent(None, named={"secret": "STOP"}, page="/u/{secret}"),
)
"""Forms that are answered by a page of their own: faults, secrets told once, what came of them."""

NO_PAGES: Final = {
    "GET /static/{digest}/{name}": "a file",
    "GET /files/{file}/content": "a file",
    f"{_C}/do/draft_document": "leads on to the form of the document",
}
"""What is asked for like a page and shows none."""
