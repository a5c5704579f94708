"""``coopflow scenario``: its commands and their options."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

from typer import Argument, Exit, Option

from coopflow.entrypoints.cli.options import (
    OutputFormat,
    group_of,
    settings_of,
)

scenario = group_of("Scenarios: lives of cooperations, written down.")


@scenario.command("run")
def scenario_run(
    files: Annotated[list[Path], Argument(metavar="FILE...", help="Scenario files, YAML.")],
    *,
    on: Annotated[
        Literal["memory", "temporal"],
        Option(
            help="Where to run them; temporal starts a server of its own, which leaves no trace."
        ),
    ] = "memory",
    policy_name: Annotated[
        str | None, Option("--policy", help="A policy, by name or file, not the one they name.")
    ] = None,
    output: OutputFormat = "table",
) -> None:
    """Run scenarios and say what does not hold.

    Exit code 0 when all that they expect holds; 1 when not, with FILE:LINE of each broken
    expectation; 2 when a file is wrong: then nothing is run.
    """
    from coopflow.entrypoints.cli.scenario import run  # noqa: PLC0415

    settings_of()
    raise Exit(run([(file, policy_name) for file in files], on=on, output=output))
