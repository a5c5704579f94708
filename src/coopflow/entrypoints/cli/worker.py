"""``coopflow worker``: carries cooperations on, for a cluster or for the engine that runs here."""

from __future__ import annotations

import asyncio

from coopflow import bootstrap
from coopflow.entrypoints.cli.signals import stop_signals
from coopflow.settings import Settings


def run(settings: Settings) -> None:
    """Work until told to stop; what is away is waited for.

    Raises:
        TemporalSettingsError: the settings of Temporal are at fault.
        DatabaseUrlError: the URL of the database cannot be used.
        CheckError: a module with checks cannot be loaded.
    """

    async def work() -> None:
        with stop_signals() as stop:
            await bootstrap.serve(settings, stop)

    asyncio.run(work())
