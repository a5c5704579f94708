"""``coopflow programme``, ``directory`` and ``person``: their commands and their options."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

from typer import Argument, Exit, Option

from coopflow.entrypoints.cli.options import (
    Lang,
    OutputFormat,
    StateDir,
    group_of,
    settings_of,
)

programme = group_of("Programmes: what everything else belongs to.")
directory = group_of("The directory: people and organisations, in files and lists.")
person = group_of("People: who they are, where they are named, and forgetting.")


@programme.command("add")
def programme_add(  # noqa: PLR0913 - its options
    name: Annotated[str, Argument(metavar="ID", help="The id, as in PROGRAMME/ID.")],
    *,
    title: Annotated[str | None, Option("--name", help="As people call it.")] = None,
    language: Annotated[Literal["fr", "en"] | None, Option(help="Of all that is its own.")] = None,
    lifecycle: Annotated[str | None, Option(help="What its cooperations follow.")] = None,
    policy_name: Annotated[str | None, Option("--policy", help="Likewise.")] = None,
    state_dir: StateDir = None,
    lang: Lang = None,
) -> None:
    """Add a programme to the directory."""
    from coopflow.entrypoints.cli.directory import add_programme  # noqa: PLC0415

    stated = {"name": title, "language": language, "lifecycle": lifecycle, "policy": policy_name}
    add_programme(settings_of(state_dir=state_dir, lang=lang), name, stated)


@programme.command("list")
def programme_list(
    *, output: OutputFormat = "table", state_dir: StateDir = None, lang: Lang = None
) -> None:
    """List the programmes of the directory."""
    from coopflow.entrypoints.cli.directory import list_programmes  # noqa: PLC0415

    list_programmes(settings_of(state_dir=state_dir, lang=lang), output=output)


@directory.command("import")
def directory_import(  # noqa: PLR0913 - its options
    file: Annotated[Path, Argument(dir_okay=False, help="A CSV file in UTF-8, with a header.")],
    *,
    dry_run: Annotated[
        bool, Option("--dry-run", help="Only tell what would be added and changed.")
    ] = False,
    into: Annotated[
        str | None,
        Option("--programme", help="Where its lines belong, unless they say so themselves."),
    ] = None,
    output: OutputFormat = "table",
    state_dir: StateDir = None,
    lang: Lang = None,
) -> None:
    """Import people or organisations, all of a file or nothing.

    People: id, name, email, language, programme, roles, and how soon they are told of what.
    Organisations: id, name, category, programme, college, registration, website, email. French
    names of columns do too. Saying it again changes nothing. Exit code 2 when something is wrong,
    with FILE:LINE:COLUMN.
    """
    from coopflow.entrypoints.cli.directory import import_csv  # noqa: PLC0415

    settings = settings_of(state_dir=state_dir, lang=lang)
    import_csv(settings, file, programme=into, dry_run=dry_run, output=output)


@directory.command("export")
def directory_export(
    listed: Annotated[Literal["people", "organisations"], Argument(metavar="KIND")],
    *,
    of: Annotated[str | None, Option("--programme", help="Only of this programme.")] = None,
    to: Annotated[Path | None, Option(metavar="FILE", help="Where to; else stdout.")] = None,
    state_dir: StateDir = None,
) -> None:
    """Write people or organisations as CSV that can be imported."""
    from coopflow.entrypoints.cli.directory import export  # noqa: PLC0415

    export(settings_of(state_dir=state_dir), listed, programme=of, to=to)


@directory.command("list")
def directory_list(
    listed: Annotated[Literal["people", "organisations"], Argument(metavar="KIND")],
    *,
    of: Annotated[str | None, Option("--programme", help="Only of this programme.")] = None,
    output: OutputFormat = "table",
    state_dir: StateDir = None,
    lang: Lang = None,
) -> None:
    """List people or organisations."""
    from coopflow.entrypoints.cli.directory import list_all  # noqa: PLC0415

    list_all(settings_of(state_dir=state_dir, lang=lang), listed, programme=of, output=output)


@person.command("add")
def person_add(  # noqa: PLR0913 - its options
    who: Annotated[
        str | None, Argument(metavar="[PERSON]", help="The id; one is made up without.")
    ] = None,
    *,
    name: Annotated[str, Option(help="As they wish to be called.")],
    email: Annotated[str | None, Option(help="Where they are written to.")] = None,
    language: Annotated[Literal["fr", "en"] | None, Option(help="As they read.")] = None,
    administrator: Annotated[
        bool, Option("--administrator", help="They administer the whole installation.")
    ] = False,
    within: Annotated[str | None, Option("--programme", help="Where they take part.")] = None,
    roles: Annotated[
        list[str] | None, Option("--role", help="Held in the programme; may be repeated.")
    ] = None,
    state_dir: StateDir = None,
    lang: Lang = None,
) -> None:
    """Add a person to the directory, and write their id."""
    from coopflow.entrypoints.cli.directory import add_person  # noqa: PLC0415

    stated = {
        "name": name,
        "email": email,
        "language": language,
        "administrator": administrator,
    }
    settings = settings_of(state_dir=state_dir, lang=lang)
    add_person(settings, who, stated, programme=within, roles=roles or [])


@person.command("show")
def person_show(
    who: Annotated[str, Argument(metavar="PERSON", help="Their id, or e-mail address.")],
    *,
    output: OutputFormat = "table",
    state_dir: StateDir = None,
    lang: Lang = None,
) -> None:
    """Show what the directory knows of a person."""
    from coopflow.entrypoints.cli.directory import show_person  # noqa: PLC0415

    show_person(settings_of(state_dir=state_dir, lang=lang), who, output=output)


@person.command("find")
def person_find(
    who: Annotated[str, Argument(metavar="PERSON", help="The id of a person.")],
    *,
    programme: Annotated[str | None, Option(help="Only in this programme.")] = None,
    output: OutputFormat = "table",
    state_dir: StateDir = None,
    lang: Lang = None,
) -> None:
    """List where journals name a person, and where texts hold the id."""
    from coopflow.entrypoints.cli.people import find  # noqa: PLC0415

    find(settings_of(state_dir=state_dir, lang=lang), who, programme=programme, output=output)


@person.command("erase")
def person_erase(  # noqa: PLR0913 - its options
    who: Annotated[str, Argument(metavar="PERSON", help="The id of a person.")],
    cooperations: Annotated[
        list[str] | None, Argument(metavar="COOP...", help="Cooperations: ID or PROGRAMME/ID.")
    ] = None,
    *,
    by: Annotated[str, Option(help="Who erases them: the id of a programme manager.")],
    everywhere: Annotated[bool, Option("--all", help="Wherever a journal names them.")] = False,
    programme: Annotated[str | None, Option(help="With --all, only in this programme.")] = None,
    output: OutputFormat = "table",
    state_dir: StateDir = None,
    lang: Lang = None,
) -> None:
    """Replace a person by a tombstone, for good, and report what was done.

    Journals keep their digests, and verify as before. Runs of workflows that have ended are
    deleted, since they knew the person. What people wrote is left to people: the report says where
    the id stands in it. The directory lets go of their names where no journal names them any more,
    and with --all in any case. Saying it again is harmless; naming a cooperation again completes
    what was interrupted there. Exit code 1 when something is left to do.
    """
    from coopflow.entrypoints.cli.people import run_erase  # noqa: PLC0415

    raise Exit(
        run_erase(
            settings_of(state_dir=state_dir, lang=lang),
            who,
            cooperations or [],
            everywhere=everywhere,
            programme=programme,
            by=by,
            output=output,
        )
    )
