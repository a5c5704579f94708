"""``coopflow deployment show|promote|drain``: the versions of the workers, and rolling a change."""

from __future__ import annotations

import asyncio
from dataclasses import asdict
from time import monotonic
from typing import Final

from rich.table import Table
from rich.text import Text

from coopflow import bootstrap
from coopflow.application.engine import UnavailableError
from coopflow.entrypoints.cli.output import Format, Terminal
from coopflow.entrypoints.cli.words import Phrases
from coopflow.settings import Settings

_STYLES: Final = {
    "current": "green",
    "ramping": "cyan",
    "draining": "yellow",
    "drained": "dim",
    "inactive": "dim",
}
_PATIENCE: Final = 60.0


def show(settings: Settings, *, output: Format) -> None:
    """Write all versions of the workers: what each is there for, and what runs on it.

    Raises:
        DeploymentError: no worker of this deployment was ever seen.
    """

    async def ask() -> None:
        async with bootstrap.deployment(settings) as deployment:
            versions = await deployment.versions()
        own = bootstrap.build_id(settings)
        terminal, say = Terminal(), Phrases(settings.language)
        if output == "json":
            terminal.json([asdict(one) | {"is_this": one.build_id == own} for one in versions])
            return
        table = Table.grid(padding=(0, 2))
        for one in versions:
            standing = say(f"deployment.{one.standing}", ramp=say.value(one.ramp))
            workers = Text(say.count(one.workers, "worker"), "red" if one.is_stranded else "")
            table.add_row(
                Text(one.build_id, "bold"),
                Text(standing, _STYLES[one.standing]),
                Text(say.count(one.cooperations, "cooperation")),
                workers,
                Text(say("deployment.this") if one.build_id == own else "", "dim"),
            )
        terminal.data.print(table)

    asyncio.run(ask())


def promote(settings: Settings, *, build_id: str | None, ramp: float | None) -> None:
    """Make a version current, or let it ramp.

    Raises:
        DeploymentError: no worker of it was seen.
    """
    wanted = build_id or bootstrap.build_id(settings)

    async def change() -> None:
        async with bootstrap.deployment(settings) as deployment:
            await deployment.promote(wanted, ramp)

    asyncio.run(change())
    terminal, say = Terminal(), Phrases(settings.language)
    key = "deployment.promoted" if ramp is None else "deployment.ramped"
    terminal.note(say(key, version=wanted, ramp=say.value(ramp)))


def drain(settings: Settings, *, build_id: str, take_over: bool) -> None:
    """Wake what runs on a version, and wait until all of it has moved.

    Raises:
        DeploymentError: cooperations go to this version.
        UnavailableError: for a minute none has moved any more.
    """
    terminal, say = Terminal(), Phrases(settings.language)

    async def move() -> None:
        fewest, since = None, monotonic()
        async with bootstrap.deployment(settings) as deployment:
            async for left in deployment.drain(build_id, take_over=take_over):
                if fewest is None or left < fewest:
                    fewest, since = left, monotonic()
                    counted = say.count(left, "cooperation")
                    terminal.note(say("deployment.left", counted=counted, version=build_id))
                elif monotonic() - since > _PATIENCE:
                    raise UnavailableError(
                        f"{left} still on {build_id}, and none has moved for a minute. They move "
                        "when a worker of that version looks at them, and the current version can "
                        "read what they hold: look whether there are workers of both (coopflow "
                        "deployment show), and at their logs. If there is none of that version any "
                        "more, --take-over lets the current one carry them on."
                    )

    asyncio.run(move())
