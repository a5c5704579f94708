"""Who gets in: tokens, sessions, links, and the identity provider."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import TYPE_CHECKING

from coopflow.bootstrap.parts import as_it_is
from coopflow.settings import PREFIX, Settings, SettingsError

if TYPE_CHECKING:
    from coopflow.access.access import Access
    from coopflow.access.provider import Provider
    from coopflow.directory.directory import Directory
    from coopflow.readmodel.database import Database


@asynccontextmanager
async def access(settings: Settings) -> AsyncIterator[Access]:
    """Open the tokens, sessions and links by which people and programs get in.

    Raises:
        UnavailableError: there is no read model yet, or it does not answer, or it is of another
            version.
        DatabaseUrlError: its URL cannot be used.
        SettingsError: those of the identity provider are at fault.
    """
    from coopflow.directory.directory import Directory

    async with (
        as_it_is(settings) as database,
        access_over(settings, database, Directory(database)) as found,
    ):
        yield found


@asynccontextmanager
async def access_over(
    settings: Settings, database: Database, directory: Directory
) -> AsyncIterator[Access]:
    """Open the same over a database and a directory that are open already.

    Raises:
        SettingsError: those of the identity provider are at fault.
    """
    from coopflow.access.access import opened
    from coopflow.access.people import DirectoryPeople
    from coopflow.access.sessions import Sessions

    sessions = Sessions(
        database,
        idle=timedelta(hours=settings.session_idle_hours),
        longest=timedelta(hours=settings.session_hours),
    )
    provider = _provider(settings)
    try:
        people = DirectoryPeople(directory)
        yield opened(database, people, sessions, provider, settings.oidc_audience)
    finally:
        if provider is not None:
            await provider.close()


def _provider(settings: Settings) -> Provider | None:
    if settings.oidc_issuer is None:
        return None
    from pydantic import ValidationError

    from coopflow.access.provider import Provider, ProviderOptions

    names = {
        "issuer": settings.oidc_issuer,
        "client_id": settings.oidc_client_id,
        "client_secret": settings.oidc_client_secret,
        "scopes": settings.oidc_scopes,
    }
    try:
        options = ProviderOptions.model_validate(names)
    except ValidationError as error:
        fault = error.errors(include_url=False, include_context=False, include_input=False)[0]
        variable = f"{PREFIX}OIDC_{str(fault['loc'][0]).upper()}"
        raise SettingsError(f"{variable}: {fault['msg'].removeprefix('Value error, ')}") from None
    return Provider(options)
