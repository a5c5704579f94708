"""What every opening begins with: the keys, the database, and its tables as they are."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from coopflow.application.engine import UnavailableError
from coopflow.settings import COMMON, Settings

if TYPE_CHECKING:
    from coopflow.readmodel.database import Database
    from coopflow.sealing.keys import KeyRing
    from coopflow.sealing.texts import TextSeals
    from coopflow.temporal.worker import Tuning


def key_ring(settings: Settings) -> KeyRing:
    """Return the keys that encrypt what is stored.

    Raises:
        KeysError: there are none, or they are not good, or others may read them.
    """
    from coopflow.sealing.keys import KeyRing, keys_from

    if settings.keys is not None:
        return keys_from(settings.keys.get_secret_value(), "COOPFLOW_KEYS")
    return KeyRing.at(settings.own_keys_file)


def build_id(settings: Settings) -> str:
    """Return what tells the version of this installation from others."""
    from coopflow.temporal.deployment import own_build_id

    return settings.build_id or own_build_id()


def queues_of(settings: Settings) -> tuple[str, ...]:
    """Return the task queues that a worker serves."""
    from coopflow.temporal import names

    every = dict(
        zip((COMMON, *settings.own_queues), names.queues(settings.own_queues), strict=True)
    )
    return tuple(every[one] for one in settings.worker_queues or every)


def tuning_of(settings: Settings) -> Tuning:
    """Return how much a worker takes on."""
    from coopflow.temporal.worker import Tuning

    return Tuning(settings.worker_cached, settings.worker_tasks, settings.worker_deliveries)


def database_of(settings: Settings) -> Database:
    """Return the database; the keys are looked for when something sealed is written or read."""
    from coopflow.readmodel.database import Database

    return Database(settings.database, seals=seals_of(settings))


def seals_of(settings: Settings) -> TextSeals:
    """Return what seals texts; the keys are looked for at the first one."""
    from coopflow.sealing.texts import TextSeals

    return TextSeals(lambda: key_ring(settings))


@asynccontextmanager
async def as_it_is(settings: Settings) -> AsyncIterator[Database]:
    """Open the database for the length of a block; its tables are left as they are.

    Raises:
        UnavailableError: there is none yet, or it does not answer, or it is of another version.
        DatabaseUrlError: its URL cannot be used.
    """
    from coopflow.readmodel.migrate import is_current

    file = settings.database_file
    if file is not None and not file.exists():
        raise UnavailableError(
            f"there is no database at {file} yet: start the engine first (coopflow dev), or name "
            "its folder (--state-dir, COOPFLOW_STATE_DIR) or database (COOPFLOW_DATABASE_URL)"
        )
    database = database_of(settings)
    try:
        if not await is_current(database):
            raise UnavailableError(
                f"the tables of {database.url} are missing or of an earlier version: start the "
                "engine or a worker (coopflow dev, coopflow worker), which brings them up to date"
            )
        yield database
    finally:
        await database.close()
