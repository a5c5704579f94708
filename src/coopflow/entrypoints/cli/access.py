"""``coopflow token`` and ``coopflow sign-in``: who gets in, from the hands of who operates it."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Final, Literal, TypeVar
from urllib.parse import urlencode

from pydantic import ValidationError
from rich.text import Text

from coopflow import bootstrap
from coopflow.access.access import Access
from coopflow.access.grants import OPERATOR, Token, TokenRequest
from coopflow.entrypoints.cli.failures import NotFoundError, UsageError
from coopflow.entrypoints.cli.output import Format, Terminal
from coopflow.entrypoints.cli.words import Phrases
from coopflow.settings import Settings

LINK: Final = "/v1/sign-in/link"

_STYLES: Final = {"good": "green", "expired": "dim", "revoked": "red"}

_T = TypeVar("_T")


def _ask(settings: Settings, question: Callable[[Access], Awaitable[_T]]) -> _T:
    async def ask() -> _T:
        async with bootstrap.access(settings) as access:
            return await question(access)

    return asyncio.run(ask())


def create_token(  # noqa: PLR0913 - the options of the command
    settings: Settings,
    name: str,
    *,
    scopes: list[str],
    programmes: list[str] | None,
    person: str | None,
    days: int,
    output: Format,
) -> None:
    """Make a token, and write its secret.

    Raises:
        UsageError: the token cannot be meant.
        NotFoundError: its person is not in the directory.
        UnavailableError: the database does not answer.
    """

    async def make(access: Access) -> tuple[Token, str]:
        now = access.now()
        if person is not None and await access.people.person(person) is None:
            raise NotFoundError(f"there is no person {person} in the directory")
        wanted = _request(name, scopes, programmes, person, now + timedelta(days=days))
        return await access.tokens.create(OPERATOR, wanted, now)

    token, secret = _ask(settings, make)
    terminal, say = Terminal(), Phrases(settings.language)
    if output == "json":
        terminal.json({"token": token.model_dump(mode="json"), "secret": secret})
        return
    terminal.data.print(Text(secret), soft_wrap=True)
    terminal.note(say("token.made", id=token.id, until=say.moment(token.expires_at)))


def _request(
    name: str,
    scopes: list[str],
    programmes: list[str] | None,
    person: str | None,
    expires_at: datetime,
) -> TokenRequest:
    values = {"name": name, "scopes": scopes, "programmes": programmes, "person": person}
    try:
        return TokenRequest.model_validate(values | {"expires_at": expires_at})
    except ValidationError as error:
        fault = error.errors(include_url=False, include_context=False, include_input=False)[0]
        raise UsageError(f"--{str(fault['loc'][0]).rstrip('s')}: {fault['msg']}") from None


def list_tokens(settings: Settings, *, output: Format) -> None:
    """Write all tokens.

    Raises:
        UnavailableError: the database does not answer.
    """

    async def ask(access: Access) -> tuple[tuple[Token, ...], datetime]:
        return await access.tokens.all(), access.now()

    found, now = _ask(settings, ask)
    terminal, say = Terminal(), Phrases(settings.language)
    if output == "json":
        terminal.json([token.model_dump(mode="json") for token in found])
        return
    for token in found:
        status = _status(token, now)
        line = Text.assemble((token.id, "bold"), f"  {token.name}  ")
        line.append(say(f"token.{status}"), _STYLES[status])
        line.append(f"  {', '.join(sorted(token.scopes))}")
        line.append(f"  {', '.join(sorted(token.programmes or ())) or say('token.all')}")
        line.append(f"  {say('token.as', person=token.person)}" if token.person else "")
        line.append(f"  {say('token.until', at=say.day(token.expires_at))}", "dim")
        used = say.moment(token.used_at) if token.used_at else say("token.never")
        line.append(f"  {say('token.used', at=used)}", "dim")
        terminal.data.print(line, soft_wrap=True)
    if not found:
        terminal.note(say("token.none"))


def _status(token: Token, now: datetime) -> Literal["good", "expired", "revoked"]:
    if token.revoked_at is not None:
        return "revoked"
    return "expired" if token.expires_at <= now else "good"


def revoke_token(settings: Settings, token: str) -> None:
    """Revoke a token.

    Raises:
        NotFoundError: there is none of this id.
        UnavailableError: the database does not answer.
    """

    async def end(access: Access) -> Token | None:
        return await access.tokens.revoke(token, OPERATOR, access.now())

    found = _ask(settings, end)
    if found is None:
        raise NotFoundError(f"there is no token {token}: coopflow token list")
    Terminal().note(Phrases(settings.language)("token.gone", name=found.name))


def write_link(settings: Settings, person: str, *, minutes: int, forget: bool) -> None:
    """Write a link that signs somebody in.

    Raises:
        NotFoundError: they are not in the directory.
        UnavailableError: the database does not answer.
    """

    async def make(access: Access) -> str:
        found = await access.people.person(person) or await access.people.with_email(person)
        if found is None:
            raise NotFoundError(f"there is no person {person} in the directory")
        if forget:
            await access.forget(found.id, OPERATOR)
        return await access.links.create(found.id, access.now(), timedelta(minutes=minutes))

    secret = _ask(settings, make)
    terminal, say = Terminal(), Phrases(settings.language)
    base = settings.public_url or f"http://127.0.0.1:{settings.http_port}"
    terminal.data.print(Text(link_to(base, secret)), soft_wrap=True)
    terminal.note(say("sign_in.link", minutes=minutes))


def link_to(base: str, secret: str) -> str:
    """Return the address of a sign-in link, of an API that is reached at an address."""
    return f"{base.rstrip('/')}{LINK}?{urlencode({'secret': secret})}"
