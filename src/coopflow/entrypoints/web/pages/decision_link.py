"""One decision, by the link of a mail: read and answered there, without signing in.

The link is no session: nothing else is opened by it, and nothing is kept in the browser.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated, Final
from uuid import uuid4

from fastapi import APIRouter, Depends, Form, Request
from fastapi.responses import RedirectResponse, Response

from coopflow.domain.voting import rule_words
from coopflow.entrypoints.http.commands.giving import Order, carry_out
from coopflow.entrypoints.http.commands.table import ROUTES, CommandRoute
from coopflow.entrypoints.http.dependencies import ServicesDep
from coopflow.entrypoints.http.links import here
from coopflow.entrypoints.http.problem_kinds import KINDS
from coopflow.entrypoints.http.problems import ProblemError
from coopflow.entrypoints.http.turnstile import count_address
from coopflow.entrypoints.web.deciding import Deciding, deciding
from coopflow.entrypoints.web.errors import said_of
from coopflow.entrypoints.web.forms.form import of_tool
from coopflow.entrypoints.web.forms.shown import Option
from coopflow.entrypoints.web.forms.telling import Teller, Told
from coopflow.entrypoints.web.guards import OPEN
from coopflow.entrypoints.web.pages.unsubscribing import SecretDep
from coopflow.entrypoints.web.rendering import look_of, phrases_of, render
from coopflow.entrypoints.web.sending import order_key
from coopflow.services import Services
from coopflow.wording.naming import Names
from coopflow.wording.ruling import ANSWERS
from coopflow.wording.spacing import in_language
from coopflow.wording.subjects import subject_said

router = APIRouter(dependencies=[Depends(count_address), *OPEN])

_CAST: Final = next(one for one in ROUTES if one.command == "cast_ballot")
_ENTRUST: Final = next(one for one in ROUTES if one.command == "delegate_ballot")
_WRONG: Final = (409, 422)
"""What the domain says no to, and why it can be put right."""


@router.get("/d/{secret}")
async def show(
    request: Request, services: ServicesDep, secret: SecretDep, done: str = ""
) -> Response:
    """Show the decision, and a form for each organisation that the person answers for."""
    found = await deciding(request, services, secret)
    if found is None:
        return render(request, "link_gone.html", status=404)
    return _page(request, services, found, done=done)


@router.post("/d/{secret}")
async def answer(  # noqa: PLR0913, PLR0917 - the fields of the form
    request: Request,
    services: ServicesDep,
    secret: SecretDep,
    organisation: Annotated[str, Form(max_length=120)],
    choice: Annotated[str, Form(max_length=120)] = "",
    reason: Annotated[str, Form(max_length=10_000)] = "",
    key: Annotated[str, Form(max_length=100)] = "",
) -> Response:
    """Give the answer, and go back; or say what is wrong with it."""
    found = await deciding(request, services, secret)
    if found is None or not found.is_open:
        return render(request, "link_gone.html", status=404)
    if organisation not in {one.organisation for one in found.chances}:
        raise ProblemError("forbidden")
    payload = {"decision": found.view.id, "organisation": organisation, "choice": choice}
    if reason.strip():
        payload["reason"] = reason.strip()
    typed = payload | {"reason": reason}
    return await _given(request, services, found, _order(found, _CAST, payload, key), typed)


@router.post("/d/{secret}/entrust")
async def entrust(  # noqa: PLR0913, PLR0917 - the fields of the form
    request: Request,
    services: ServicesDep,
    secret: SecretDep,
    organisation: Annotated[str, Form(max_length=120)],
    to: Annotated[str, Form(max_length=120)] = "",
    key: Annotated[str, Form(max_length=100)] = "",
) -> Response:
    """Entrust the vote on this decision to another organisation, or say what is wrong with it."""
    found = await deciding(request, services, secret)
    if found is None or not found.is_open:
        return render(request, "link_gone.html", status=404)
    chance = next((one for one in found.chances if one.organisation == organisation), None)
    if chance is None or to not in chance.others:
        raise ProblemError("forbidden")
    payload = {"decision": found.view.id, "from": organisation, "to": to}
    order = _order(found, _ENTRUST, payload, key)
    return await _given(request, services, found, order, {"organisation": organisation, "to": to})


async def _given(
    request: Request,
    services: Services,
    found: Deciding,
    order: Order,
    typed: Mapping[str, str],
) -> Response:
    """Give a command and go back, or show the page again with what is wrong."""
    try:
        await carry_out(services, order)
    except ProblemError as error:
        if KINDS[error.code].status not in _WRONG:
            raise
        return _page(request, services, found, wrong=error, typed=typed)
    path = request.url.path.removeprefix(request.scope.get("root_path", ""))
    done = "entrusted" if order.route is _ENTRUST else "answered"
    return RedirectResponse(here(request, f"{path.removesuffix('/entrust')}?done={done}"), 303)


def _order(found: Deciding, route: CommandRoute, payload: Mapping[str, str], form: str) -> Order:
    return Order(
        route=route,
        address=found.link.address,
        caller=found.caller,
        key=order_key(route.command, form or uuid4().hex, payload),
        payload=payload,
        reads_journal=False,
    )


def _page(  # noqa: PLR0913 - what is shown
    request: Request,
    services: Services,
    found: Deciding,
    *,
    done: str = "",
    wrong: ProblemError | None = None,
    typed: Mapping[str, str] | None = None,
) -> Response:
    language = look_of(request).language
    view, say = found.view, phrases_of(request)
    about = subject_said(view.subject, say, Names(found.rules, say, found.names))
    return render(
        request,
        "decision_link.html",
        status=200 if wrong is None else KINDS[wrong.code].status,
        found=found,
        view=view,
        now=services.access.now(),
        key=uuid4().hex,
        rule=rule_words(found.rule),
        title=view.question or about[:1].upper() + about[1:],
        about=about,
        spoken=ANSWERS,
        document=_told(request, found),
        wrong=None if wrong is None else in_language(said_of(wrong), language),
        typed={"organisation": "", "choice": "", "reason": "", "to": ""} | dict(typed or {}),
        done_by_link=done,
        until=min(view.closes_at, found.link.expires_at),
    )


def _told(request: Request, found: Deciding) -> Sequence[Told]:
    """Return what the document says that is put to the decision, as it is read."""
    if found.document is None:
        return ()
    known = {"members": tuple(Option(*one) for one in found.names.items())}
    teller = Teller(phrases_of(request), known)
    return teller.whole(of_tool(found.document.kind).question, found.document.content)
