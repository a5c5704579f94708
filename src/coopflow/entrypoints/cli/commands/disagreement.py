"""``coopflow disagreement``: its commands and their options."""

from __future__ import annotations

from typing import Annotated

from typer import Argument, Option

from coopflow.entrypoints.cli.options import (
    Cooperation,
    Lang,
    OutputFormat,
    StateDir,
    group_of,
    settings_of,
)

disagreement = group_of("Disagreements: where they stand, and who may read them.")


@disagreement.command("list")
def disagreement_list(
    cooperation: Cooperation,
    *,
    output: OutputFormat = "table",
    state_dir: StateDir = None,
    lang: Lang = None,
) -> None:
    """List the disagreements of a cooperation, without their content."""
    from coopflow.entrypoints.cli.disagreements import list_all  # noqa: PLC0415

    list_all(settings_of(state_dir=state_dir, lang=lang), cooperation, output=output)


@disagreement.command("show")
def disagreement_show(  # noqa: PLR0913 - its options
    cooperation: Cooperation,
    which: Annotated[str, Argument(metavar="ID", help="One of `disagreement list`.")],
    *,
    reader: Annotated[
        str | None, Option("--as", metavar="PERSON", help="Read the content as this person may.")
    ] = None,
    output: OutputFormat = "table",
    state_dir: StateDir = None,
    lang: Lang = None,
) -> None:
    """Show a disagreement, and its content to one who may read it now.

    That needs the keys. Exit code 1 when the person may not: then it is said who may.
    """
    from coopflow.entrypoints.cli.disagreements import show  # noqa: PLC0415

    settings = settings_of(state_dir=state_dir, lang=lang)
    show(settings, cooperation, which, reader=reader, output=output)
