"""``coopflow webhook``: its commands and their options."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Literal

from typer import Argument, Exit, Option

from coopflow.entrypoints.cli.options import Lang, OutputFormat, StateDir, group_of, settings_of

webhook = group_of("Webhooks: who is told what happens, and what came of it.")

Programme = Annotated[str, Argument(metavar="PROGRAMME", help="The programme that it is told of.")]
Webhook = Annotated[str, Argument(metavar="WEBHOOK", help="One of `webhook list`: its id.")]


@webhook.command("add")
def add(  # noqa: PLR0913 - its options
    programme: Programme,
    url: Annotated[str, Argument(metavar="URL", help="Where it listens: https://HOST/PATH.")],
    *,
    types: Annotated[
        list[str] | None,
        Option("--type", metavar="TYPE", help="Only events of this type; may be repeated."),
    ] = None,
    cooperation: Annotated[
        str | None, Option("--coop", metavar="ID", help="Only this cooperation.")
    ] = None,
    description: Annotated[str, Option(help="What it is for.")] = "",
    output: OutputFormat = "table",
    state_dir: StateDir = None,
    lang: Lang = None,
) -> None:
    """Tell somebody what happens in a programme from now on.

    The secret that is written is what the receiver verifies messages with (Standard Webhooks). It
    is never shown again.
    """
    from coopflow.entrypoints.cli.webhooks import add as run  # noqa: PLC0415

    settings = settings_of(state_dir=state_dir, lang=lang)
    run(
        settings,
        programme,
        url,
        types=types or [],
        cooperation=cooperation,
        description=description,
        output=output,
    )


@webhook.command("list")
def list_all(
    programme: Programme,
    *,
    output: OutputFormat = "table",
    state_dir: StateDir = None,
    lang: Lang = None,
) -> None:
    """List the webhooks of a programme."""
    from coopflow.entrypoints.cli.webhooks import list_all as run  # noqa: PLC0415

    run(settings_of(state_dir=state_dir, lang=lang), programme, output=output)


@webhook.command("show")
def show(
    programme: Programme,
    endpoint: Webhook,
    *,
    output: OutputFormat = "table",
    state_dir: StateDir = None,
    lang: Lang = None,
) -> None:
    """Show a webhook."""
    from coopflow.entrypoints.cli.webhooks import show as run  # noqa: PLC0415

    run(settings_of(state_dir=state_dir, lang=lang), programme, endpoint, output=output)


@webhook.command("remove")
def remove(
    programme: Programme, endpoint: Webhook, *, state_dir: StateDir = None, lang: Lang = None
) -> None:
    """Tell a webhook nothing any more, and forget its deliveries."""
    from coopflow.entrypoints.cli.webhooks import remove as run  # noqa: PLC0415

    run(settings_of(state_dir=state_dir, lang=lang), programme, endpoint)


@webhook.command("disable")
def disable(
    programme: Programme, endpoint: Webhook, *, state_dir: StateDir = None, lang: Lang = None
) -> None:
    """Tell a webhook nothing until it is enabled again."""
    from coopflow.entrypoints.cli.webhooks import switch  # noqa: PLC0415

    switch(settings_of(state_dir=state_dir, lang=lang), programme, endpoint, on=False)


@webhook.command("enable")
def enable(
    programme: Programme, endpoint: Webhook, *, state_dir: StateDir = None, lang: Lang = None
) -> None:
    """Tell a webhook again what happens.

    What happened meanwhile is sent by `webhook redeliver --dead-since`.
    """
    from coopflow.entrypoints.cli.webhooks import switch  # noqa: PLC0415

    switch(settings_of(state_dir=state_dir, lang=lang), programme, endpoint, on=True)


@webhook.command("rotate")
def rotate(
    programme: Programme,
    endpoint: Webhook,
    *,
    hours: Annotated[
        int, Option("--overlap", min=0, max=24 * 30, help="Hours for which the old secret signs.")
    ] = 24,
    state_dir: StateDir = None,
    lang: Lang = None,
) -> None:
    """Sign with a new secret, and for a while with the old one too."""
    from coopflow.entrypoints.cli.webhooks import rotate as run  # noqa: PLC0415

    run(settings_of(state_dir=state_dir, lang=lang), programme, endpoint, hours=hours)


@webhook.command("test")
def try_out(
    programme: Programme,
    endpoint: Webhook,
    *,
    wait: Annotated[
        float, Option(min=0, max=600, help="How many seconds to wait for the answer.")
    ] = 30.0,
    state_dir: StateDir = None,
    lang: Lang = None,
) -> None:
    """Send an event that says nothing, and tell what was answered.

    Exit code 1 when it was not taken, or not sent in time: then see that `coopflow outbox` or
    `coopflow dev` runs.
    """
    from coopflow.entrypoints.cli.webhooks import try_out as run  # noqa: PLC0415

    settings = settings_of(state_dir=state_dir, lang=lang)
    raise Exit(run(settings, programme, endpoint, wait=wait))


@webhook.command("deliveries")
def deliveries(  # noqa: PLR0913 - its options
    programme: Programme,
    endpoint: Webhook,
    delivery: Annotated[
        int | None, Argument(metavar="DELIVERY", help="One of them, with its attempts.")
    ] = None,
    *,
    status: Annotated[
        Literal["pending", "sent", "dead"] | None, Option(help="Only those of this status.")
    ] = None,
    before: Annotated[
        int | None, Option(help="Only those before this one: the last of a page.")
    ] = None,
    output: OutputFormat = "table",
    state_dir: StateDir = None,
    lang: Lang = None,
) -> None:
    """List the deliveries to a webhook, the latest first."""
    from coopflow.entrypoints.cli.webhooks import deliveries as run  # noqa: PLC0415

    settings = settings_of(state_dir=state_dir, lang=lang)
    run(
        settings,
        programme,
        endpoint,
        delivery=delivery,
        status=status,
        before=before,
        output=output,
    )


@webhook.command("redeliver")
def redeliver(  # noqa: PLR0913 - its options
    programme: Programme,
    endpoint: Webhook,
    delivery: Annotated[
        int | None, Argument(metavar="DELIVERY", help="One of `webhook deliveries`.")
    ] = None,
    *,
    dead_since: Annotated[
        datetime | None,
        Option(
            formats=["%Y-%m-%d", "%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"],
            help="All that is dead and came to be since then (UTC).",
        ),
    ] = None,
    state_dir: StateDir = None,
    lang: Lang = None,
) -> None:
    """Send a delivery again, or all that were given up."""
    from coopflow.entrypoints.cli.webhooks import redeliver as run  # noqa: PLC0415

    settings = settings_of(state_dir=state_dir, lang=lang)
    since = dead_since.replace(tzinfo=UTC) if dead_since else None
    run(settings, programme, endpoint, delivery=delivery, dead_since=since)
