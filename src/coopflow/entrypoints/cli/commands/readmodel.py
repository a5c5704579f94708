"""``coopflow readmodel``: its commands and their options."""

from __future__ import annotations

from typing import Annotated

from typer import Argument, Exit, Option

from coopflow.entrypoints.cli.options import (
    Lang,
    OutputFormat,
    StateDir,
    group_of,
    settings_of,
)

readmodel = group_of("The read model: verify it, and rebuild it.")

DatabaseOnly = Annotated[
    bool,
    Option(
        "--database-only",
        help="Look at the tables and their journal alone; no engine is asked.",
    ),
]
Named = Annotated[
    list[str] | None, Argument(metavar="COOP...", help="Cooperations: ID or PROGRAMME/ID.")
]


@readmodel.command("verify")
def readmodel_verify(  # noqa: PLR0913 - its options
    cooperations: Named = None,
    *,
    programme: Annotated[str | None, Option(help="Only those of this programme.")] = None,
    database_only: DatabaseOnly = False,
    output: OutputFormat = "table",
    state_dir: StateDir = None,
    lang: Lang = None,
) -> None:
    """Compare the read model with what it follows from.

    Of each cooperation, its rows with its journal, and its journal with its workflow, as far as
    Temporal still has that; a worker has to run. Exit code 1 when something is wrong. Entries that
    wait to be told are counted, and are no fault.
    """
    from coopflow.entrypoints.cli.readmodel import verify  # noqa: PLC0415

    settings = settings_of(state_dir=state_dir, lang=lang)
    raise Exit(
        verify(
            settings,
            cooperations or [],
            programme=programme,
            database_only=database_only,
            output=output,
        )
    )


@readmodel.command("rebuild")
def readmodel_rebuild(  # noqa: PLR0913 - its options
    cooperations: Named = None,
    *,
    everything: Annotated[
        bool, Option("--all", help="All cooperations; those that are sound are left as they are.")
    ] = False,
    database_only: DatabaseOnly = False,
    output: OutputFormat = "table",
    state_dir: StateDir = None,
    lang: Lang = None,
) -> None:
    """Restore the read model from what it follows from.

    The journal from the workflows and their histories, all other rows from the journal. Workers go
    on meanwhile; what is broken off is done again. Exit code 1 when something could not be mended.
    """
    from coopflow.entrypoints.cli.readmodel import rebuild  # noqa: PLC0415

    settings = settings_of(state_dir=state_dir, lang=lang)
    raise Exit(
        rebuild(
            settings,
            cooperations or [],
            everything=everything,
            database_only=database_only,
            output=output,
        )
    )
