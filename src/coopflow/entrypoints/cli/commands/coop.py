"""``coopflow coop``: its commands and their options."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

from typer import Argument, Option

from coopflow.entrypoints.cli.options import (
    Cooperation,
    Lang,
    OutputFormat,
    StateDir,
    group_of,
    settings_of,
)

PaperName = Literal["identity-sheet", "charter", "journal", "report", "gate"]

coop = group_of("Cooperations, as the read model knows them.")


@coop.command("export")
def coop_export(  # noqa: PLR0913 - its options
    file: Annotated[Path, Argument(dir_okay=False, help="Where to; JSON lines.")],
    cooperations: Annotated[
        list[str] | None, Argument(metavar="[COOP...]", help="Cooperations; by default all.")
    ] = None,
    *,
    of: Annotated[str | None, Option("--programme", help="Only those of this programme.")] = None,
    keys_file: Annotated[
        Path | None,
        Option(
            "--keys",
            metavar="FILE",
            help="Encrypt what is sealed with these keys, made when there are none, instead of "
            "those of this installation.",
        ),
    ] = None,
    state_dir: StateDir = None,
    lang: Lang = None,
) -> None:
    """Write whole cooperations, for another installation to carry on.

    Nothing changes here: who moves a cooperation closes this installation to it first, else it
    lives on in two places. Ballots and the content of disagreements are encrypted in the file; the
    other installation needs the keys. Names of people are in the directory, and not in the file.
    """
    from coopflow.entrypoints.cli.transfer import export  # noqa: PLC0415

    settings = settings_of(state_dir=state_dir, lang=lang)
    export(settings, file, cooperations or [], programme=of, keys=keys_file)


@coop.command("import")
def coop_import(  # noqa: PLR0913 - its options
    file: Annotated[Path, Argument(dir_okay=False, help="What `coop export` wrote.")],
    *,
    dry_run: Annotated[
        bool, Option("--dry-run", help="Only verify all of it, and tell what would be done.")
    ] = False,
    keys_file: Annotated[
        Path | None,
        Option("--keys", metavar="FILE", help="The keys that it was written with, if others."),
    ] = None,
    output: OutputFormat = "table",
    state_dir: StateDir = None,
    lang: Lang = None,
) -> None:
    """Carry cooperations on that lived in another installation.

    All of the file is verified first: one line that is wrong refuses the whole, with FILE:LINE and
    exit code 2. What is there already is passed over, so that saying it again is harmless.
    """
    from coopflow.entrypoints.cli.transfer import import_file  # noqa: PLC0415

    settings = settings_of(state_dir=state_dir, lang=lang)
    import_file(settings, file, keys=keys_file, dry_run=dry_run, output=output)


@coop.command("paper")
def coop_paper(  # noqa: PLR0913 - its options
    kind: Annotated[PaperName, Argument(help="Which document.")],
    cooperation: Cooperation,
    *,
    to: Annotated[Path, Option("--to", "-o", dir_okay=False, help="The file to write; PDF.")],
    version: Annotated[int | None, Option(min=1, help="Of the charter.")] = None,
    year: Annotated[int | None, Option(help="Of the report; by default the present one.")] = None,
    gate: Annotated[str | None, Option(help="Of which gate the dossier is.")] = None,
    after: Annotated[int, Option(min=0, help="Of the journal: only the entries after.")] = 0,
    state_dir: StateDir = None,
    lang: Lang = None,
) -> None:
    """Write a document to print, to sign or to keep, as accessible PDF.

    It holds what who manages the programme may read.
    """
    from coopflow.entrypoints.cli.papers import write  # noqa: PLC0415

    settings = settings_of(state_dir=state_dir, lang=lang)
    write(settings, kind, cooperation, to=to, version=version, year=year, gate=gate, after=after)


@coop.command("list")
def coop_list(
    *,
    programme: Annotated[str | None, Option(help="Only those of this programme.")] = None,
    stage: Annotated[str | None, Option(help="Only those in this stage.")] = None,
    output: OutputFormat = "table",
    state_dir: StateDir = None,
    lang: Lang = None,
) -> None:
    """List the cooperations."""
    from coopflow.entrypoints.cli.cooperations import list_all  # noqa: PLC0415

    settings = settings_of(state_dir=state_dir, lang=lang)
    list_all(settings, programme=programme, stage=stage, output=output)


@coop.command("show")
def coop_show(
    cooperation: Cooperation,
    *,
    output: OutputFormat = "table",
    state_dir: StateDir = None,
    lang: Lang = None,
) -> None:
    """Show a cooperation: levels, members, documents, open decisions, alerts."""
    from coopflow.entrypoints.cli.cooperations import show  # noqa: PLC0415

    show(settings_of(state_dir=state_dir, lang=lang), cooperation, output=output)


@coop.command("journal")
def coop_journal(
    cooperation: Cooperation,
    *,
    after: Annotated[int, Option(min=0, help="Only the events after this number.")] = 0,
    output: OutputFormat = "table",
    state_dir: StateDir = None,
    lang: Lang = None,
) -> None:
    """List the events of a cooperation, in order."""
    from coopflow.entrypoints.cli.cooperations import journal  # noqa: PLC0415

    settings = settings_of(state_dir=state_dir, lang=lang)
    journal(settings, cooperation, after=after, output=output)
