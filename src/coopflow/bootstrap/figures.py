"""The figures of a process, served where the settings say so."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

import structlog

from coopflow.settings import Settings, SettingsError

if TYPE_CHECKING:
    from coopflow.readmodel.database import Database

_QUEUES_EVERY: Final = 15.0

_log = structlog.get_logger(__name__)


@asynccontextmanager
async def figures_served(settings: Settings, database: Database) -> AsyncIterator[None]:
    """Serve the figures of this process for the length of a block, where the settings say so.

    Raises:
        SettingsError: the port is taken, or nothing is counted as the extra is missing.
    """
    from coopflow import metrics

    if settings.metrics_port is None:
        yield
        return
    host, port = settings.metrics_host, settings.metrics_port
    async with AsyncExitStack() as stack:
        try:
            port = await stack.enter_async_context(metrics.exposed(host, port))
        except metrics.NotInstalledError as error:
            raise SettingsError(f"COOPFLOW_METRICS_PORT: {error}") from error
        except OSError as error:
            raise SettingsError(
                f"COOPFLOW_METRICS_PORT: nothing can be served at {host}:{port}: {error}"
            ) from error
        _log.info("figures are served", address=f"http://{host}:{port}/metrics")
        looking = asyncio.create_task(_look_at_queues(database))
        try:
            yield
        finally:
            looking.cancel()
            await asyncio.gather(looking, return_exceptions=True)


async def _look_at_queues(database: Database) -> None:
    """Have what waits in tables among the figures, again and again."""
    while True:
        try:
            await note_queues(database)
        except Exception as error:  # noqa: BLE001 - tables may not be there yet; figures end nothing
            _log.debug("what waits in tables is not counted", error=type(error).__name__)
        await asyncio.sleep(_QUEUES_EVERY)


async def note_queues(database: Database) -> None:
    """Have what waits in tables among the figures, as it is now.

    Raises:
        UnavailableError: the database does not answer.
    """
    from coopflow import metrics
    from coopflow.outgoing.deliveries import Deliveries
    from coopflow.outgoing.mail.health import mail_health
    from coopflow.readmodel.outbox import Outbox

    now = datetime.now(UTC)
    webhooks = await Deliveries(database).depths(now)
    mail = await mail_health(database)
    metrics.queue_depth.labels("notices").set(await Outbox(database).depth())
    metrics.queue_depth.labels("webhooks").set(webhooks.pending)
    metrics.queue_depth.labels("mail").set(mail.waiting)
    metrics.mail_dead.set(mail.failed)
    metrics.mail_waits.set((now - mail.oldest).total_seconds() if mail.oldest else 0)
    metrics.webhooks_overdue.set(webhooks.overdue)
    metrics.webhooks_dead.set(webhooks.dead)
    metrics.webhook_endpoints_disabled.set(webhooks.disabled)


def sdk_metrics(settings: Settings) -> str | None:
    """Return where the SDK of Temporal serves its own figures; None where it does not."""
    port = settings.sdk_metrics_port
    return None if port is None else f"{settings.metrics_host}:{port}"
