"""Somebody's own account: who they are, how they are told, and what they get in by."""

from __future__ import annotations

import contextlib
from datetime import UTC, datetime, time, timedelta
from typing import Annotated, Any, Final

from fastapi import APIRouter, Path
from fastapi.responses import Response

from coopflow.access.feeds import MOST
from coopflow.access.grants import LONGEST, TokenRequest
from coopflow.application.callers import SCOPES
from coopflow.directory.people import Notifications
from coopflow.entrypoints.http.feeds import make_feed
from coopflow.entrypoints.http.guards import seen_cooperation
from coopflow.entrypoints.http.people import change_oneself
from coopflow.entrypoints.http.problems import HiddenError, ProblemError
from coopflow.entrypoints.http.programmes import own_programmes, programmes_there
from coopflow.entrypoints.http.tokens import REASONS, make_token
from coopflow.entrypoints.web.account import AccountPage, AccountPageDep
from coopflow.entrypoints.web.filled import Filled, attempted, filled
from coopflow.entrypoints.web.going import go_to
from coopflow.entrypoints.web.guards import MEMBERS
from coopflow.outgoing.mail.rhythm import MONDAY, latest

NOTICES: Final = tuple(Notifications.model_fields)
FREQUENCIES: Final = ("immediate", "daily", "weekly", "none")
_LASTS: Final = timedelta(days=90)
_MOST_SHOWN: Final = 200

router = APIRouter(prefix="/account", dependencies=MEMBERS)

Id = Annotated[str, Path(max_length=64)]


# --- who I am -------------------------------------------------------------------------------------


@router.get("")
async def show(page: AccountPageDep) -> Response:
    """Show who the reader is, as the directory has it."""
    return await _profile(page, _as_it_is(page))


@router.post("")
async def change(page: AccountPageDep) -> Response:
    """Change the reader's name or language."""
    form = await filled(page.request)
    wrong = await _changed(page, form, form.given("name", "language"))
    if wrong is not None:
        return await _profile(page, wrong, 422)
    return go_to(page.request, "/account?done=saved")


def _as_it_is(page: AccountPage) -> Filled:
    record = page.record
    wishes = record.notifications.model_dump()
    return Filled.of(name=record.name, language=record.language, version=record.version, **wishes)


async def _changed(page: AccountPage, form: Filled, changes: dict[str, Any]) -> Filled | None:
    """Change the reader's record; return the form again where something is wrong."""
    work = change_oneself(page.services, page.caller, changes, form.number("version"))
    _, wrong = await attempted(work, form, page.say.language)
    if wrong is not None and "" in wrong.errors:  # it was changed meanwhile: show how it stands
        return _as_it_is(page).wrong(wrong.errors)
    return wrong


async def _profile(page: AccountPage, form: Filled, status: int = 200) -> Response:
    programmes = await programmes_there(
        page.services, page.caller, sorted(await own_programmes(page.services, page.caller))
    )
    return page.render(
        "account/profile.html", status=status, form=form, programmes=programmes[:_MOST_SHOWN]
    )


# --- notices --------------------------------------------------------------------------------------


@router.get("/notices")
async def show_notices(page: AccountPageDep) -> Response:
    """Show how soon the reader wishes to be told of what."""
    return _notices(page, _as_it_is(page))


@router.post("/notices")
async def wish(page: AccountPageDep) -> Response:
    """Keep how soon the reader wishes to be told of what."""
    form = await filled(page.request)
    wishes = page.record.notifications.model_dump()
    wishes |= {name: form.text(name) for name in NOTICES if name in form.values}
    wrong = await _changed(page, form, {"notifications": wishes})
    if wrong is not None:
        return _notices(page, wrong, 422)
    return go_to(page.request, "/account/notices?done=saved")


def _notices(page: AccountPage, form: Filled, status: int = 200) -> Response:
    digest = latest("daily", datetime.now(UTC), page.say.zone)
    return page.render(
        "account/notices.html",
        status=status,
        form=form,
        kinds=NOTICES,
        frequencies=FREQUENCIES,
        hour=f"{digest:%H:%M %Z}",
        weekday=page.say.weekday(MONDAY),
    )


# --- calendars ------------------------------------------------------------------------------------


@router.get("/calendars")
async def show_calendars(page: AccountPageDep) -> Response:
    """Show the addresses that calendars ask for the reader."""
    return await _calendars(page)


@router.post("/calendars")
async def add_feed(page: AccountPageDep) -> Response:
    """Make an address for a calendar, and show it this once."""
    try:
        _, address = await make_feed(page.request, page.services, page.caller, page.say.language)
    except ProblemError as error:
        if error.code != "already_exists":
            raise
        return await _calendars(page, is_full=True, status=409)
    return await _calendars(page, address=address)


@router.post("/calendars/{feed}/revoke")
async def revoke_feed(page: AccountPageDep, feed: Id) -> Response:
    """Let an address no longer work."""
    if not await page.services.access.feeds.revoke(feed, page.record.id):
        raise ProblemError("not_found")
    return go_to(page.request, "/account/calendars?done=revoked")


async def _calendars(
    page: AccountPage, address: str | None = None, *, is_full: bool = False, status: int = 200
) -> Response:
    feeds = await page.services.access.feeds.all(page.record.id)
    titles = {}
    for one in {one.address for one in feeds if one.address is not None}:
        with contextlib.suppress(HiddenError):  # it shows nothing any more
            sight = await seen_cooperation(*one, page.caller, page.services)
            titles[one] = sight.detail.title
    return page.render(
        "account/calendars.html",
        status=status,
        feeds=feeds,
        titles=titles,
        address=address,
        is_full=is_full,
        most=MOST,
    )


# --- access: sessions and tokens ------------------------------------------------------------------


@router.get("/access")
async def show_access(page: AccountPageDep) -> Response:
    """Show where the reader is signed in, and which tokens they keep."""
    return await _access(page, _new_token(page))


@router.post("/access/sessions/{session}/end")
async def end_session(page: AccountPageDep, session: Id) -> Response:
    """End a session of the reader's."""
    if not await page.services.access.sessions.end_one(session, page.record.id):
        raise ProblemError("not_found")
    return go_to(page.request, "/account/access?done=ended")


@router.post("/access/other-sessions/end")
async def end_others(page: AccountPageDep) -> Response:
    """End all sessions of the reader's but the one that they read with."""
    await page.services.access.sessions.end_others(page.caller.session or "", page.record.id)
    return go_to(page.request, "/account/access?done=ended")


@router.post("/access/tokens")
async def add_token(page: AccountPageDep) -> Response:
    """Make a token, and show its secret this once."""
    form = await filled(page.request)
    made, wrong = await attempted(_made(page, form), form, page.say.language)
    if made is None:
        return await _access(page, wrong or form, status=422)
    token, secret = made
    return await _access(page, _new_token(page), secret=secret, made=token.name)


@router.get("/access/tokens/{token}/revoke")
async def ask_to_revoke(page: AccountPageDep, token: Id) -> Response:
    """Ask whether to revoke a token for good."""
    for one in await page.services.access.tokens.all(page.caller):
        if one.id == token and one.owner == page.record.id and one.revoked_at is None:
            return page.render("account/revoke.html", token=one)
    raise ProblemError("not_found")


@router.post("/access/tokens/{token}/revoke")
async def revoke_token(page: AccountPageDep, token: Id) -> Response:
    """Revoke a token, and all that were made with it."""
    access = page.services.access
    if await access.tokens.revoke(token, page.caller, access.now()) is None:
        raise ProblemError("not_found")
    return go_to(page.request, "/account/access?done=revoked")


async def _made(page: AccountPage, form: Filled) -> Any:
    programmes = form.all("programmes")
    day = form.text("expires_at")
    wanted = TokenRequest.model_validate(
        {
            "name": form.text("name"),
            "scopes": form.all("scopes"),
            "programmes": programmes or None,
            "person": page.record.id,
            "expires_at": f"{day}T00:00:00Z" if day else None,
        }
    )
    try:
        return await make_token(page.services, page.caller, wanted)
    except ProblemError as error:
        raise _in_words(error, page) from None


def _in_words(error: ProblemError, page: AccountPage) -> ProblemError:
    """Return a problem about a token in the words of who reads."""
    words = dict(REASONS.values())
    if page.say.language == "fr" and error.errors:
        told = [one.but(problem=words.get(one.problem, one.problem)) for one in error.errors]
        return ProblemError(error.code, errors=told)
    return error


def _new_token(page: AccountPage) -> Filled:
    ends = datetime.combine(page.services.access.now().date(), time(), UTC) + _LASTS
    return Filled.of(scopes=("read",), expires_at=ends.date())


async def _access(
    page: AccountPage,
    form: Filled,
    *,
    secret: str | None = None,
    made: str | None = None,
    status: int = 200,
) -> Response:
    access = page.services.access
    now, own = access.now(), page.record.id
    tokens = [one for one in await access.tokens.all(page.caller) if one.owner == own]
    programmes = await programmes_there(
        page.services, page.caller, sorted(await own_programmes(page.services, page.caller))
    )
    scopes = [one for one in SCOPES if one != "act" or page.caller.administrator]
    return page.render(
        "account/access.html",
        status=status,
        form=form,
        sessions=await access.sessions.of(own, now),
        here=page.caller.session,
        tokens=tokens[:_MOST_SHOWN],
        now=now,
        latest=(now + LONGEST).date(),
        scopes=scopes,
        programmes=programmes[:_MOST_SHOWN],
        secret=secret,
        made=made,
    )
