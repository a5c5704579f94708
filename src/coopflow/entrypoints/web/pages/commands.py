"""Giving a command: its form, what is wrong with it, and the way back once it is accepted."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from functools import reduce
from typing import Annotated, Final, NamedTuple
from urllib.parse import parse_qsl, urlencode, urlsplit
from uuid import uuid4

from fastapi import APIRouter, Depends, Path, Request
from fastapi.responses import RedirectResponse, Response
from starlette.datastructures import UploadFile

from coopflow.domain.catalogue import COMMANDS
from coopflow.domain.roles import MATRIX, REPRESENTATIVE
from coopflow.entrypoints.http.commands.giving import Order, carry_out
from coopflow.entrypoints.http.commands.table import ROUTES
from coopflow.entrypoints.http.links import here
from coopflow.entrypoints.http.problems import HiddenError, ProblemError
from coopflow.entrypoints.web import asking
from coopflow.entrypoints.web.amending import COMMAND as AMENDING
from coopflow.entrypoints.web.amending import Amending, amending
from coopflow.entrypoints.web.cooperation import CooperationPage, CooperationPageDep
from coopflow.entrypoints.web.errors import refused
from coopflow.entrypoints.web.forms.consequences import FINAL, consequence_of
from coopflow.entrypoints.web.forms.faults import Fault
from coopflow.entrypoints.web.forms.form import Form, of_command
from coopflow.entrypoints.web.forms.shown import Shown
from coopflow.entrypoints.web.forms.sources import NEW
from coopflow.entrypoints.web.forms.typed import Typed
from coopflow.entrypoints.web.guards import MEMBERS
from coopflow.entrypoints.web.known import known_in, sources_in
from coopflow.entrypoints.web.places import safe_place
from coopflow.entrypoints.web.rendering import render
from coopflow.entrypoints.web.sending import order_key
from coopflow.entrypoints.web.strangers import addresses_in, asked_beside, people_at
from coopflow.entrypoints.web.strangers import pairs_of as pairs_beside
from coopflow.entrypoints.web.unsent import (
    SHOWN_AT,
    Kept,
    Window,
    keep,
    kept_at,
    let_go,
    opened,
    pairs_of,
    place_of,
    restored,
    window_of,
)
from coopflow.requests.unsent import UnsentText

_ROUTES: Final = {one.command: one for one in ROUTES if one.command != "open_cooperation"}

KEY: Final = "key"
"""The input that tells one sending of a form from another."""

RETURN_TO: Final = "return_to"
"""The input that says where to go once a command is accepted."""

SETTLED: Final = "settled"
"""The inputs that name the fields that are not asked, as their answer is known."""

EXPECTED: Final = "expected_seq"
"""The input that says which entry of the journal was the last one when the form was shown."""

_OURS: Final = frozenset({KEY, RETURN_TO, SETTLED, EXPECTED, SHOWN_AT})
_SCALARS: Final = frozenset({"line", "area", "date", "moment", "select", "radios"})
_NUMBER: Final = re.compile(r"[0-9]{1,18}")

_SESSION_VOTE: Final = "record_session_vote"

router = APIRouter(prefix="/c/{programme}/{cooperation}", dependencies=MEMBERS)


def _command(command: Annotated[str, Path()], page: CooperationPageDep) -> str:
    """Return the command of the path.

    Raises:
        ProblemError: there is none of this name, or no role of the reader may give it.
    """
    if command not in _ROUTES:
        raise HiddenError
    if not page.may_give(command):
        raise ProblemError("forbidden")
    return command


CommandDep = Annotated[str, Depends(_command)]


class _Sent(NamedTuple):
    """What came with a form beside the answers.

    Attributes:
        answers: the other inputs.
        window: where the form is open; its key tells this sending from others.
        return_to: where to go afterwards.
        settled: the fields that were not asked.
        expected_seq: the last entry that the sender knew, if that matters.
    """

    answers: Sequence[tuple[str, str]]
    window: Window
    return_to: str
    settled: tuple[str, ...]
    expected_seq: int | None


def _sent(pairs: Iterable[tuple[str, str]], otherwise: str) -> _Sent:
    found = list(pairs)
    own = {name: value for name, value in found if name in _OURS}
    expected = own.get(EXPECTED, "")
    return _Sent(
        answers=[one for one in found if one[0] not in _OURS],
        window=window_of(own.get(KEY, "")[:100] or uuid4().hex, own.get(SHOWN_AT, "")),
        return_to=safe_place(own.get(RETURN_TO), otherwise),
        settled=tuple(value for name, value in found if name == SETTLED),
        expected_seq=int(expected) if _NUMBER.fullmatch(expected) else None,
    )


@router.get("/do/{command}")
async def ask(command: CommandDep, page: CooperationPageDep) -> Response:
    """Show the form of a command; what the query says is filled in, and not asked again."""
    sent = _sent(page.request.query_params.multi_items(), page.path)
    amended = await _amending(page, command, sent)
    if command == AMENDING and amended is None:
        return RedirectResponse(here(page.request, f"{page.path}/decisions"), 303)
    form = amended.form if amended else of_command(command)
    typed = form.read(sent.answers).typed
    settled = tuple(name for name in typed.parts if typed.part(name).text)
    own = page.may_give_for(command)
    if len(own) == 1 and "organisation" not in settled and _is_about_own(page, command):
        typed = typed.having("organisation", Typed((own[0],)))
        settled = (*settled, "organisation")
    if command == "accept_mediator" and "person" not in settled:
        typed = await asking.with_mediator(page, typed)
        settled = tuple(name for name in typed.parts if typed.part(name).text)
    for name in _to_be_made_up(command):
        if name not in settled:
            typed = typed.having(name, Typed((f"{name}-{sent.window.key[:8]}",)))
            settled = (*settled, name)
    sent = sent._replace(settled=settled)
    answered = _settled(command, sent, typed)
    if amended is not None:
        typed = amended.filled(typed, page.say)
    kept = await kept_at(page, place_of(page, command, form, answered))
    sent = sent._replace(window=opened(sent.window.key, kept))
    if kept is not None:
        typed = restored(form, kept, typed, answered)
        sent = sent._replace(answers=kept.pairs)
    if command == _SESSION_VOTE:
        typed = await asking.with_electors(page, typed)
    return await _shown(page, command, form, typed, sent, unsent=kept)


@router.post("/do/{command}")
async def give(command: CommandDep, page: CooperationPageDep) -> Response:
    """Give a command, and go back; or show its form again with what is wrong."""
    sent = _sent(await posted(page.request), page.path)
    amended = await _amending(page, command, sent)
    form = amended.form if amended else of_command(command)
    read = form.read(sent.answers)
    settled = _settled(command, sent, read.typed)
    place = place_of(page, command, form, settled)
    if read.do == "discard":
        await page.services.unsent.discard(place)
        return RedirectResponse(
            here(page.request, page.do(command, return_to=sent.return_to, **settled)), 303
        )
    if read.do in {"again", "keep"}:
        kept = await _keep(page, command, form, read.typed, sent)
        if read.do == "keep" and kept == "elsewhere":
            # Who was told of another text and keeps this one once more means it.
            sent = sent._replace(window=opened(sent.window.key, await kept_at(page, place)))
        told = kept if read.do == "keep" or kept != "kept" else None
        return await _shown(page, command, form, read.typed, sent, new=read.new, kept=told)
    typed, absent = await _tidied(page, command, form.tidy(read.typed))
    people, strange = await people_at(page, addresses_in(command, sent.answers), typed)
    meant = reduce(lambda one, name: one.having(name, Typed((people[name],))), people, typed)
    faults, data = form.faults(meant, page.say), form.data(meant, page.say)
    said = {one.path for one in strange}
    faults = (*(one for one in faults if one.path not in said), *strange, *absent)
    if amended is not None and not faults:
        data = amended.changes(data)
        faults = amended.faults(data)
    if not faults:
        try:
            await carry_out(page.services, _order(page, command, data, sent))
        except ProblemError as error:
            if error.refusal is None:
                raise
            faults = refused(error.refusal, form, typed, settled)
    if faults:
        if command == _SESSION_VOTE:
            typed = await asking.with_electors(page, typed)
        kept = await _keep(page, command, form, typed, sent)
        told = kept if kept != "kept" else None
        return await _shown(page, command, form, typed, sent, faults=faults, kept=told)
    await let_go(page.services, place, sent.window)
    return RedirectResponse(here(page.request, _with_done(sent.return_to, command)), 303)


async def _tidied(
    page: CooperationPage, command: str, typed: Typed
) -> tuple[Typed, tuple[Fault, ...]]:
    """Return what is sent of what was typed, and what is wrong with it that no shape says."""
    if command != _SESSION_VOTE:
        return typed, ()
    there = asking.without_absent(typed)
    return there, await asking.of_nobody(page, there)


def _is_about_own(page: CooperationPage, command: str) -> bool:
    """Whether a command names an organisation that the reader has to speak for."""
    others = MATRIX[command].keys() - {REPRESENTATIVE}
    return "organisation" in COMMANDS[command].model_fields and not others & page.sight.roles


@router.post("/do/{command}/unsent")
async def keep_unsent(command: CommandDep, page: CooperationPageDep) -> Response:
    """Keep what was typed so far, for the reader alone, and say so."""
    sent = _sent(await posted(page.request), page.path)
    amended = await _amending(page, command, sent)
    form = amended.form if amended else of_command(command)
    typed = form.read(sent.answers).typed
    kept = await _keep(page, command, form, typed, sent)
    now, secrets = datetime.now(UTC), form.secrets
    return render(page.request, "documents/kept.html", kept=kept, now=now, secrets=secrets)


async def _keep(page: CooperationPage, command: str, form: Form, typed: Typed, sent: _Sent) -> Kept:
    """Keep what was typed so far, or say why not."""
    place = place_of(page, command, form, _settled(command, sent, typed))
    pairs = [*pairs_of(form, typed), *pairs_beside(addresses_in(command, sent.answers))]
    return await keep(page.services, place, pairs, sent.window)


async def _amending(page: CooperationPage, command: str, sent: _Sent) -> Amending | None:
    """Return the proposal that a command amends, for the one that amends some."""
    if command != AMENDING:
        return None
    decision = next((value for name, value in sent.answers if name == "decision"), "")
    return await amending(page, decision)


def _settled(command: str, sent: _Sent, typed: Typed) -> dict[str, str]:
    """Return the answers that are not asked any more, but for ids that nobody has thought of."""
    made_up = _to_be_made_up(command)
    return {name: typed.part(name).text for name in sent.settled if name not in made_up}


def _to_be_made_up(command: str) -> tuple[str, ...]:
    """Return the fields for ids of what a command creates: nobody has to think of one."""
    model = COMMANDS[command]
    asked = (name for name in model.model_fields if f"{model.__name__}.{name}" in NEW)
    return tuple(name for name in asked if model.model_fields[name].is_required())


async def posted(request: Request) -> list[tuple[str, str]]:
    """Return the inputs of a form that was posted; files are none."""
    form = await request.form(max_files=0, max_fields=5000)
    return [
        (name, value) for name, value in form.multi_items() if not isinstance(value, UploadFile)
    ]


def _order(page: CooperationPage, command: str, data: dict[str, object], sent: _Sent) -> Order:
    return Order(
        route=_ROUTES[command],
        address=page.sight.address,
        caller=page.visitor.caller,
        key=order_key(command, sent.window.key, data),
        payload=data,
        expected_seq=sent.expected_seq,
        reads_journal=page.may("journal"),
    )


def _with_done(place: str, command: str) -> str:
    found = urlsplit(place)
    query = [one for one in parse_qsl(found.query) if one[0] != "done"]
    return found._replace(query=urlencode([*query, ("done", command)])).geturl()


async def _shown(  # noqa: PLR0913 - what is shown, and how it came to that
    page: CooperationPage,
    command: str,
    form: Form,
    typed: Typed,
    sent: _Sent,
    *,
    faults: Iterable[Fault] = (),
    new: str = "",
    unsent: UnsentText | None = None,
    kept: Kept | None = None,
) -> Response:
    wrong = tuple(faults)
    decision = typed.part("decision").text
    known = await known_in(page, sources_in(form.question), decision)
    shown = form.show(typed, page.say, known, wrong, new)
    faulty = {one.path.partition(".")[0] for one in wrong}
    is_settled = frozenset(sent.settled) - faulty
    settled = [one for one in shown.fields if one.path in is_settled and one.kind in _SCALARS]
    made_up = _to_be_made_up(command)
    addresses = addresses_in(command, sent.answers)
    answers = {one.path: one.value for one in settled}
    fields = [asked_beside(command, one, addresses) for one in shown.fields if one not in settled]
    usual = await asking.usual_rule(page, command, answers)
    told = asking.with_usual_rule(asking.asked(command, fields, answers), usual)
    asked = shown._replace(fields=tuple(told))
    return page.render(
        "cooperation/do.html",
        status=422 if wrong else 200,
        command=command,
        consequence=consequence_of(command, page.say),
        is_final=command in FINAL,
        form=asked,
        quotes=await asking.quotes(page, command, typed),
        settled=[
            (one, _told(one), asking.place_of(page, command, one.path, one.value))
            for one in settled
            if one.path not in made_up
        ],
        made_up=[one for one in settled if one.path in made_up],
        sent=sent,
        unsent=unsent,
        kept=kept,
        secrets=form.secrets,
        now=datetime.now(UTC),
    )


def _told(shown: Shown) -> str:
    """Return an answer that is not asked any more, as it is read."""
    labels = {one.value: one.label for one in shown.options}
    return labels.get(shown.value, shown.value)
