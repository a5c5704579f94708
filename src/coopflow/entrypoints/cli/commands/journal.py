"""``coopflow journal``: its commands and their options."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from typer import Argument, Exit, Option

from coopflow.entrypoints.cli.options import (
    Cooperation,
    Lang,
    OutputFormat,
    StateDir,
    group_of,
    settings_of,
)

journal = group_of("Journals as files that prove themselves.")


@journal.command("export")
def journal_export(
    cooperation: Cooperation,
    *,
    to: Annotated[
        Path | None,
        Option(dir_okay=False, metavar="FILE", help="The file to write; by default stdout."),
    ] = None,
    sign: Annotated[
        Path | None,
        Option(dir_okay=False, metavar="KEY", help="Sign with the private key of this file."),
    ] = None,
    state_dir: StateDir = None,
    lang: Lang = None,
) -> None:
    """Write the journal of a cooperation as a file that anybody can verify.

    People are in it by their ids. Secret choices and the content of disagreements are left out, as
    are people who were erased; the digests hold without them.
    """
    from coopflow.entrypoints.cli.journal import export  # noqa: PLC0415

    export(settings_of(state_dir=state_dir, lang=lang), cooperation, to=to, sign=sign)


@journal.command("verify")
def journal_verify(
    file: Annotated[
        Path,
        Argument(dir_okay=False, allow_dash=True, help="An exported journal; - is stdin."),
    ],
    *,
    key: Annotated[
        Path | None,
        Option(
            dir_okay=False,
            metavar="PUBLIC_KEY",
            help="The public key that must have signed it, PEM.",
        ),
    ] = None,
    output: OutputFormat = "table",
    lang: Lang = None,
) -> None:
    """Verify an exported journal; needs nothing but the file.

    Exit code 1 when something is wrong: which entry was changed is said. Who can write a whole
    journal anew can make one that verifies: only a signature, with --key, tells that.
    """
    from coopflow.entrypoints.cli.journal import check  # noqa: PLC0415

    raise Exit(check(settings_of(lang=lang), file, key=key, output=output))


@journal.command("key")
def journal_key(
    file: Annotated[Path, Argument(dir_okay=False, help="The file of the private key.")],
    *,
    lang: Lang = None,
) -> None:
    """Write the public key of a private key, which is made when there is none.

    The private key signs exports; keep it to yourself. Give the public key to those who verify.
    """
    from coopflow.entrypoints.cli.journal import key  # noqa: PLC0415

    key(settings_of(lang=lang), file)
