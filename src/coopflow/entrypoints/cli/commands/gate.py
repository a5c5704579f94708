"""``coopflow gate``: its commands and their options."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from typer import Option

from coopflow.entrypoints.cli.options import (
    Cooperation,
    Lang,
    OutputFormat,
    StateDir,
    Supposing,
    group_of,
    settings_of,
)

gate = group_of("Gates: what stands in the way, and the shortest way to pass.")


@gate.command("check")
def gate_check(  # noqa: PLR0913 - its options
    cooperation: Cooperation,
    *,
    gate_id: Annotated[
        str | None, Option("--gate", help="The gate; by default the one that leads on.")
    ] = None,
    at: Annotated[
        datetime | None,
        Option(
            metavar="INSTANT",
            formats=["%Y-%m-%d", "%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"],
            help="When, in UTC, past or to come: 2026-06-30 or 2026-06-30T18:00; by default now.",
        ),
    ] = None,
    supposing: Supposing = None,
    explain: Annotated[
        bool, Option("--explain", help="Show each criterion with the facts that it reads.")
    ] = False,
    output: OutputFormat = "table",
    state_dir: StateDir = None,
    lang: Lang = None,
) -> None:
    """Check a gate: the verdict that it would give, and why. Changes nothing."""
    from coopflow.entrypoints.cli.gates import check  # noqa: PLC0415

    settings = settings_of(state_dir=state_dir, lang=lang)
    check(
        settings,
        cooperation,
        gate=gate_id,
        at=at,
        supposing=supposing,
        explain=explain,
        output=output,
    )
