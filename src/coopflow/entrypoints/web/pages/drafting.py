"""Writing a version of a document: for oneself until it is sent, then as a draft that all see."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from typing import Annotated, Any, Final, NamedTuple
from uuid import uuid4

from fastapi import APIRouter, Depends, Path, Query, Request
from fastapi.responses import RedirectResponse, Response

from coopflow.domain.tools import Kind
from coopflow.entrypoints.http.commands.giving import Order, carry_out
from coopflow.entrypoints.http.commands.table import ROUTES
from coopflow.entrypoints.http.links import here
from coopflow.entrypoints.http.problems import ProblemError
from coopflow.entrypoints.web.cooperation import CooperationPage, CooperationPageDep
from coopflow.entrypoints.web.errors import refused
from coopflow.entrypoints.web.forms.faults import Fault
from coopflow.entrypoints.web.forms.form import Form, of_tool
from coopflow.entrypoints.web.forms.typed import MAX_ITEMS, Typed, as_pairs
from coopflow.entrypoints.web.guards import MEMBERS
from coopflow.entrypoints.web.known import known_in, sources_in
from coopflow.entrypoints.web.pages.commands import posted
from coopflow.entrypoints.web.pages.documents import may_write, readable
from coopflow.entrypoints.web.rendering import render
from coopflow.entrypoints.web.sending import order_key
from coopflow.entrypoints.web.unsent import (
    SHOWN_AT,
    WINDOW,
    Kept,
    Window,
    let_go,
    opened,
    window_of,
)
from coopflow.entrypoints.web.unsent import keep as keep_text
from coopflow.readmodel.views import DocumentSummary
from coopflow.requests.unsent import Place, UnsentText

BASE: Final = "_base"
"""The input that says from which version one started."""

MINOR: Final = "_minor"

_OURS: Final = frozenset({BASE, MINOR, WINDOW, SHOWN_AT})
_ROUTE: Final = next(one for one in ROUTES if one.command == "draft_document")
_UNCHANGED: Final = (
    "This is what the newest version says already.",
    "C'est déjà ce que dit la dernière version.",
)

router = APIRouter(prefix="/c/{programme}/{cooperation}/documents/{kind}", dependencies=MEMBERS)

instead = APIRouter(prefix="/c/{programme}/{cooperation}/do", dependencies=MEMBERS)


@instead.get("/draft_document")
async def lead(page: CooperationPageDep, kind: Annotated[Kind | None, Query()] = None) -> Response:
    """Lead to where documents are written: the command itself takes any content."""
    path = f"{page.path}/documents/{kind}/edit" if kind else f"{page.path}/documents"
    return RedirectResponse(here(page.request, path), 303)


class Desk(NamedTuple):
    """Where somebody writes a version of a document.

    Attributes:
        page: of the cooperation.
        kind: which document.
        form: its form.
        versions: those that there are, the newest last.
    """

    page: CooperationPage
    kind: str
    form: Form
    versions: tuple[DocumentSummary, ...]

    @property
    def place(self) -> Place:
        """Where what they type is kept until it is sent."""
        address = self.page.sight.address
        return Place(self.page.visitor.person, address, f"document:{self.kind}")

    @property
    def newest(self) -> int:
        """The number of the version that was written last; 0 while there is none."""
        return self.versions[-1].version if self.versions else 0

    @property
    def path(self) -> str:
        """Where the document is read."""
        return f"{self.page.path}/documents/{self.kind}"


class Written(NamedTuple):
    """What somebody is writing.

    Attributes:
        typed: what they typed.
        base: from which version they started.
        is_minor: whether it is a minor correction.
        window: where; its key tells this writing from others.
    """

    typed: Typed
    base: int
    is_minor: bool
    window: Window


async def desk_of(kind: Annotated[Kind, Path()], page: CooperationPageDep) -> Desk:
    """Return where the reader writes a document.

    Raises:
        ProblemError: they may not.
    """
    found = await readable(page)
    if not may_write(page, kind):
        raise ProblemError("forbidden")
    return Desk(page, kind, of_tool(kind), tuple(one for one in found if one.kind == kind))


DeskDep = Annotated[Desk, Depends(desk_of)]


@router.get("/edit")
async def ask(desk: DeskDep) -> Response:
    """Show the form: with what the reader has typed and not sent, else with the newest version."""
    unsent = await desk.page.services.unsent.find(desk.place, datetime.now(UTC))
    window = opened(uuid4().hex, unsent)
    if unsent is not None:
        written = _written(desk, unsent.pairs).written._replace(window=window)
        return await _shown(desk, written, unsent=unsent)
    content = await _content(desk)
    typed = desk.form.fill(content, desk.page.say)
    return await _shown(desk, Written(typed, desk.newest, is_minor=False, window=window))


@router.post("/edit")
async def write(desk: DeskDep) -> Response:
    """Do what the button says: show the form again, keep, discard, or draft a version for all."""
    sent = _written(desk, await posted(desk.page.request))
    if sent.do == "discard":
        await desk.page.services.unsent.discard(desk.place)
        return _to(desk, f"{desk.path}/edit")
    if sent.do == "draft":
        faults = await _drafted(desk, sent.written, tuple(_cut(sent.ignored)))
        if not faults:
            await let_go(desk.page.services, desk.place, sent.written.window)
            return _to(desk, f"{desk.path}?done=draft_document")
        written = sent.written._replace(typed=desk.form.tidy(sent.written.typed))
        kept = await _keep(desk, written)
        # Who was told of a newer version and sends once more means it.
        written = written._replace(base=desk.newest)
        said = kept if kept != "kept" else None
        return await _shown(desk, written, faults=faults, ignored=sent.ignored, kept=said)
    written, kept = sent.written, await _keep(desk, sent.written)
    if sent.do == "keep" and kept == "elsewhere":
        # Likewise who was told of another text.
        there = await desk.page.services.unsent.find(desk.place, datetime.now(UTC))
        written = written._replace(window=opened(written.window.key, there))
    return await _shown(
        desk,
        written,
        new=sent.new,
        ignored=sent.ignored,
        kept=kept if sent.do == "keep" or kept != "kept" else None,
    )


@router.post("/unsent")
async def keep(desk: DeskDep) -> Response:
    """Keep what was typed so far, for the reader alone, and say so."""
    sent = _written(desk, await posted(desk.page.request))
    kept = await _keep(desk, sent.written)
    now, secrets = datetime.now(UTC), desk.form.secrets
    return render(desk.page.request, "documents/kept.html", kept=kept, now=now, secrets=secrets)


class _Sent(NamedTuple):
    written: Written
    do: str
    new: str
    ignored: tuple[str, ...]


def _written(desk: Desk, pairs: Iterable[tuple[str, str]]) -> _Sent:
    found = list(pairs)
    own = {name: value for name, value in found if name in _OURS}
    read = desk.form.read(one for one in found if one[0] not in _OURS)
    base = own.get(BASE, "")
    number = int(base) if re.fullmatch(r"[0-9]{1,9}", base) else 0
    written = Written(
        read.typed,
        number,
        own.get(MINOR) == "yes",
        window_of(own.get(WINDOW, "")[:100] or uuid4().hex, own.get(SHOWN_AT, "")),
    )
    return _Sent(written, read.do, read.new, read.ignored)


async def _keep(desk: Desk, written: Written) -> Kept:
    """Keep what was typed, but not in the place of what was typed meanwhile in another window."""
    minor = [(MINOR, "yes")] if written.is_minor else []
    pairs = [(BASE, str(written.base)), *minor, *as_pairs(written.typed)]
    return await keep_text(desk.page.services, desk.place, pairs, written.window)


async def _content(desk: Desk) -> Mapping[str, Any]:
    """Return what the newest version says."""
    found = await desk.page.services.queries.document(
        desk.page.sight.address, desk.kind, desk.newest
    )
    return found.content if found is not None else {}


def _cut(ignored: Iterable[str]) -> Iterator[Fault]:
    """Yield a fault for each list that holds more than forms take: the rest would be lost."""
    english = f"This list has more than {MAX_ITEMS} items: shorten it, or write it by the API."
    french = f"Cette liste a plus de {MAX_ITEMS} éléments : abrégez-la, ou passez par l'API."
    for one in ignored:
        path, _, number = one.rpartition(".")
        if number == str(MAX_ITEMS):
            yield Fault(path, (english, french))


async def _drafted(desk: Desk, written: Written, cut: tuple[Fault, ...]) -> tuple[Fault, ...]:
    """Write a version for all, or say what keeps it from that, beside lists that were cut."""
    page, form = desk.page, desk.form
    typed = form.tidy(written.typed)
    faults = tuple(one for one in form.faults(typed, page.say) if not one.is_lacking)
    faults = (*cut, *faults)
    if written.base != desk.newest:
        faults = (_overtaken(desk.newest), *faults)
    if faults:
        return faults
    content = form.data(typed, page.say)
    if content == await _content(desk):
        return (Fault("", _UNCHANGED),)
    payload: dict[str, Any] = {"kind": desk.kind, "content": content}
    if written.is_minor:
        payload["minor"] = True
    try:
        await carry_out(page.services, _order(page, payload, written.window.key))
    except ProblemError as error:
        if error.refusal is None:
            raise
        return refused(error.refusal, form, typed)
    return ()


def _order(page: CooperationPage, payload: Mapping[str, Any], key: str) -> Order:
    return Order(
        route=_ROUTE,
        address=page.sight.address,
        caller=page.visitor.caller,
        key=order_key("draft_document", key, payload),
        payload=payload,
        reads_journal=page.may("journal"),
    )


def _overtaken(newest: int) -> Fault:
    english = (
        f"Somebody has written version {newest} since you began. Look at it first: what you send "
        "now becomes the version after it, without what it changed."
    )
    french = (
        f"La version {newest} a été écrite depuis que vous avez commencé. Lisez-la d'abord : ce "
        "que vous enregistrez maintenant devient la version suivante, sans ce qu'elle a modifié."
    )
    return Fault("", (english, french))


async def _shown(  # noqa: PLR0913 - what is shown, and how it came to that
    desk: Desk,
    written: Written,
    *,
    faults: tuple[Fault, ...] = (),
    new: str = "",
    ignored: tuple[str, ...] = (),
    unsent: UnsentText | None = None,
    kept: Kept | None = None,
) -> Response:
    page = desk.page
    known = await known_in(page, sources_in(desk.form.question))
    is_overtaken = unsent is not None and written.base != desk.newest
    return page.render(
        "documents/edit.html",
        status=422 if faults else 200,
        kind=desk.kind,
        document_path=desk.path,
        form=desk.form.show(written.typed, page.say, known, faults, new),
        written=written,
        newest=desk.newest,
        is_overtaken=is_overtaken,
        may_be_minor=any(one.approved_at is not None for one in desk.versions),
        ignored=ignored,
        unsent=unsent,
        kept=kept,
        secrets=desk.form.secrets,
        now=datetime.now(UTC),
    )


def _to(desk: Desk, path: str) -> Response:
    request: Request = desk.page.request
    return RedirectResponse(here(request, path), 303)
