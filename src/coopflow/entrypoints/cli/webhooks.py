"""``coopflow webhook`` and ``coopflow outbox``: who is told what happens, and telling them."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final, TypeVar

from rich.text import Text

from coopflow import bootstrap
from coopflow.entrypoints.cli.failures import REFUSED, UsageError
from coopflow.entrypoints.cli.output import Format, Terminal
from coopflow.entrypoints.cli.signals import stop_signals
from coopflow.entrypoints.cli.words import Phrases
from coopflow.outgoing.views import Attempt, Delivery, DeliveryStatus, Endpoint
from coopflow.settings import Settings

if TYPE_CHECKING:  # it needs the packages of an extra: bootstrap says so where they are missing
    from coopflow.outgoing.webhooks import Webhooks

_T = TypeVar("_T")

_STYLES: Final = {
    "active": "green",
    "disabled": "red",
    "sent": "green",
    "pending": "yellow",
    "dead": "red",
}
_LOOK_EVERY: Final = 0.2


def run(settings: Settings) -> None:
    """Send webhooks until told to stop; what is away is waited for.

    Raises:
        DatabaseUrlError: the URL of the database cannot be used.
        UnavailableError: what sends webhooks is not installed.
    """

    async def work() -> None:
        with stop_signals() as stop:
            await bootstrap.dispatch(settings, stop)

    asyncio.run(work())


def _ask(settings: Settings, question: Callable[[Webhooks], Awaitable[_T]]) -> _T:
    async def ask() -> _T:
        async with bootstrap.webhooks(settings) as webhooks:
            return await question(webhooks)

    return asyncio.run(ask())


def add(  # noqa: PLR0913 - the options of the command
    settings: Settings,
    programme: str,
    url: str,
    *,
    types: Sequence[str],
    cooperation: str | None,
    description: str,
    output: Format,
) -> None:
    """Add a webhook, and write its id and its secret.

    Raises:
        EndpointFault: it cannot be kept as it was given.
        KeysError: there are no keys for the programme.
    """
    endpoint, secret = _ask(
        settings,
        lambda webhooks: webhooks.endpoints.add(
            programme,
            url,
            at=datetime.now(UTC),
            types=types,
            cooperation=cooperation,
            description=description,
        ),
    )
    terminal, say = Terminal(), Phrases(settings.language)
    if output == "json":
        terminal.json(endpoint.model_dump(mode="json") | {"secret": secret})
        return
    terminal.data.print(_line(endpoint, say), soft_wrap=True)
    terminal.data.print(Text(secret), soft_wrap=True)
    terminal.note(say("webhook.secret"))


def list_all(settings: Settings, programme: str, *, output: Format) -> None:
    """Write the webhooks of a programme."""
    found = _ask(settings, lambda webhooks: webhooks.endpoints.all(programme))
    terminal, say = Terminal(), Phrases(settings.language)
    if output == "json":
        terminal.json([one.model_dump(mode="json") for one in found])
        return
    for one in found:
        terminal.data.print(_line(one, say), soft_wrap=True)
    if not found:
        terminal.note(say("webhook.none"))


def show(settings: Settings, programme: str, endpoint: str, *, output: Format) -> None:
    """Write a webhook.

    Raises:
        UnknownEndpointError: the programme has none of this id.
    """
    found = _ask(settings, lambda webhooks: webhooks.endpoints.one(programme, endpoint))
    terminal, say = Terminal(), Phrases(settings.language)
    if output == "json":
        terminal.json(found.model_dump(mode="json"))
        return
    terminal.data.print(_line(found, say), soft_wrap=True)
    rows = {
        "types": ", ".join(found.types) or say("webhook.all"),
        "cooperation": found.cooperation or say("webhook.all"),
        "description": found.description,
        "succeeded": say.moment(found.succeeded_at) if found.succeeded_at else say("webhook.never"),
        "previous": say.moment(found.previous_until) if found.previous_until else "",
    }
    for name, value in rows.items():
        if value:
            row = Text.assemble((f"  {say(f'webhook.{name}')}: ", "dim"), value)
            terminal.data.print(row, soft_wrap=True)


def remove(settings: Settings, programme: str, endpoint: str) -> None:
    """Remove a webhook.

    Raises:
        UnknownEndpointError: the programme has none of this id.
    """
    _ask(settings, lambda webhooks: webhooks.endpoints.remove(programme, endpoint))
    Terminal().note(Phrases(settings.language)("webhook.removed"))


def switch(settings: Settings, programme: str, endpoint: str, *, on: bool) -> None:
    """Enable or disable a webhook.

    Raises:
        UnknownEndpointError: the programme has none of this id.
    """

    async def question(webhooks: Webhooks) -> Endpoint:
        if on:
            return await webhooks.endpoints.enable(programme, endpoint)
        return await webhooks.endpoints.disable(programme, endpoint, datetime.now(UTC))

    found = _ask(settings, question)
    Terminal().data.print(_line(found, Phrases(settings.language)), soft_wrap=True)


def rotate(settings: Settings, programme: str, endpoint: str, *, hours: int) -> None:
    """Make a new secret, and write it.

    Raises:
        UnknownEndpointError: the programme has none of this id.
        KeysError: there are no keys for the programme.
    """
    now, overlap = datetime.now(UTC), timedelta(hours=hours)
    secret = _ask(
        settings, lambda webhooks: webhooks.endpoints.rotate(programme, endpoint, now, overlap)
    )
    terminal, say = Terminal(), Phrases(settings.language)
    terminal.data.print(Text(secret), soft_wrap=True)
    terminal.note(say("webhook.rotated", until=say.moment(now + overlap)))


def try_out(settings: Settings, programme: str, endpoint: str, *, wait: float) -> int:
    """Send a ping, write what was answered, and return the exit code.

    Raises:
        UnknownEndpointError: the programme has none of this id.
        EndpointFault: it is disabled.
    """

    async def question(webhooks: Webhooks) -> tuple[Attempt, ...]:
        log = webhooks.deliveries
        ping = await log.ping(programme, endpoint, datetime.now(UTC))
        until = time.monotonic() + wait
        while True:
            _, attempts = await log.one(programme, endpoint, ping.id)
            if attempts or time.monotonic() >= until:
                return attempts
            await asyncio.sleep(_LOOK_EVERY)

    attempts = _ask(settings, question)
    terminal, say = Terminal(), Phrases(settings.language)
    if not attempts:
        terminal.note(say("webhook.waiting"), "yellow")
        return REFUSED
    terminal.data.print(_attempt(attempts[0], say), soft_wrap=True)
    return 0 if attempts[0].is_taken else REFUSED


def deliveries(  # noqa: PLR0913 - the options of the command
    settings: Settings,
    programme: str,
    endpoint: str,
    *,
    delivery: int | None,
    status: DeliveryStatus | None,
    before: int | None,
    output: Format,
) -> None:
    """Write the deliveries to a webhook, or one of them with its attempts.

    Raises:
        UnknownEndpointError: there is no such webhook or delivery.
    """

    async def question(webhooks: Webhooks) -> tuple[Sequence[Delivery], Sequence[Attempt]]:
        log = webhooks.deliveries
        if delivery is None:
            return await log.all(programme, endpoint, status=status, before=before), ()
        one, attempts = await log.one(programme, endpoint, delivery)
        return [one], attempts

    found, attempts = _ask(settings, question)
    terminal, say = Terminal(), Phrases(settings.language)
    if output == "json":
        rows = [one.model_dump(mode="json") for one in found]
        tried = [one.model_dump(mode="json") for one in attempts]
        terminal.json(rows if delivery is None else rows[0] | {"tried": tried})
        return
    for one in found:
        terminal.data.print(_delivery(one, say), soft_wrap=True)
    for attempt in attempts:
        terminal.data.print(Text("  ").append_text(_attempt(attempt, say)), soft_wrap=True)
    if not found:
        terminal.note(say("webhook.nothing"))


def redeliver(
    settings: Settings,
    programme: str,
    endpoint: str,
    *,
    delivery: int | None,
    dead_since: datetime | None,
) -> None:
    """Send a delivery again, or all that were given up, and say how many.

    Raises:
        UsageError: neither or both are named.
        UnknownEndpointError: there is no such webhook or delivery.
        EndpointFault: it is disabled.
    """
    if (delivery is None) == (dead_since is None):
        raise UsageError("name a delivery, or say --dead-since INSTANT")

    async def question(webhooks: Webhooks) -> int:
        log, now = webhooks.deliveries, datetime.now(UTC)
        if delivery is not None:
            await log.redeliver(programme, endpoint, delivery, now)
            return 1
        assert dead_since is not None
        return await log.redeliver_dead(programme, endpoint, dead_since, now)

    count = _ask(settings, question)
    say = Phrases(settings.language)
    Terminal().note(say("webhook.again", count=say.count(count, "delivery")))


def _line(endpoint: Endpoint, say: Phrases) -> Text:
    line = Text.assemble((endpoint.id, "bold"), f"  {endpoint.url}  ")
    line.append(say(f"webhook.{endpoint.status}"), _STYLES[endpoint.status])
    if endpoint.disabled_at is not None:
        reason = say(f"webhook.{endpoint.disabled_reason}")
        line.append(f"  {say.moment(endpoint.disabled_at)}, {reason}", "dim")
    return line


def _delivery(delivery: Delivery, say: Phrases) -> Text:
    line = Text.assemble((str(delivery.id), "bold"), "  ")
    line.append(say(f"webhook.{delivery.status}"), _STYLES[delivery.status])
    where = f"  {delivery.cooperation_id}#{delivery.seq}" if delivery.cooperation_id else ""
    line.append(f"  {delivery.type}{where}")
    line.append(f"  {say.count(delivery.attempts, 'attempt')}", "dim")
    if delivery.reason is not None:
        line.append(f"  {say(f'webhook.{delivery.reason}')}", "dim")
    elif delivery.status == "pending":
        line.append(f"  {say('webhook.due', at=say.moment(delivery.due_at))}", "dim")
    return line


def _attempt(attempt: Attempt, say: Phrases) -> Text:
    came = str(attempt.status) if attempt.error is None else say(f"webhook.error.{attempt.error}")
    line = Text.assemble((say.moment(attempt.at), "dim"), "  ")
    line.append(came, "green" if attempt.is_taken else "red")
    line.append(f"  {attempt.milliseconds} ms", "dim")
    return line.append(f"  {attempt.excerpt}" if attempt.excerpt else "")
