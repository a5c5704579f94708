"""``coopflow serve``: the HTTP API, for people who sign in and programs that show tokens."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from rich.text import Text

from coopflow import bootstrap
from coopflow.application.engine import UnavailableError
from coopflow.entrypoints.cli.failures import UsageError
from coopflow.entrypoints.cli.output import Terminal
from coopflow.entrypoints.cli.signals import stop_signals
from coopflow.entrypoints.cli.words import Phrases
from coopflow.settings import Settings

if TYPE_CHECKING:
    from types import ModuleType


def serving() -> ModuleType:
    """Return the module that serves.

    Raises:
        UnavailableError: the packages of the extra ``server`` are missing.
    """
    try:
        from coopflow.entrypoints import serving as found  # noqa: PLC0415 - of an extra
    except ModuleNotFoundError as error:
        raise UnavailableError(
            f"the HTTP API needs the package {error.name}: pip install 'coopflow[server]'"
        ) from error
    return found


def run(settings: Settings) -> None:
    """Serve until told to stop.

    Raises:
        UnavailableError: something that it needs does not answer, or is not installed.
        UsageError: the address cannot be taken.
        SettingsError: a setting cannot be used.
    """
    asyncio.run(_serve(settings))


async def _serve(settings: Settings) -> None:
    http = serving()
    host, port = settings.http_host, settings.http_port
    try:
        listening = http.listen(host, port)
    except OSError as error:
        raise UsageError(f"cannot listen on {host}, port {port}: {error.strerror}") from error
    with listening, stop_signals() as stop:
        async with (
            bootstrap.services(settings) as services,
            http.alone(services, settings, listening) as server,
        ):
            ready = Phrases(settings.language)("serve.ready", url=http.url_of(listening))
            Terminal().data.print(Text(ready, "bold"), soft_wrap=True)
            stopping = asyncio.create_task(stop.wait())
            await asyncio.wait({server, stopping}, return_when=asyncio.FIRST_COMPLETED)
            stopping.cancel()
