"""``coopflow keys``: its commands and their options."""

from __future__ import annotations

from typing import Annotated

from typer import Option

from coopflow.entrypoints.cli.options import (
    Lang,
    OutputFormat,
    StateDir,
    group_of,
    settings_of,
)

keys = group_of("Keys: what encrypts all that is stored and not for everyone.")


@keys.command("list")
def keys_list(
    *, output: OutputFormat = "table", state_dir: StateDir = None, lang: Lang = None
) -> None:
    """List the ids of the keys, and what each is good for."""
    from coopflow.entrypoints.cli.keys import list_all  # noqa: PLC0415

    list_all(settings_of(state_dir=state_dir, lang=lang), output=output)


@keys.command("rotate")
def keys_rotate(
    *,
    programme: Annotated[
        str | None, Option(help="Rotate the keys of this programme alone; at first, give it some.")
    ] = None,
    ahead: Annotated[
        bool,
        Option("--ahead", help="Add the key without using it, to be given to other machines."),
    ] = False,
    state_dir: StateDir = None,
    lang: Lang = None,
) -> None:
    """Encrypt with a new key from now on, and write its id.

    The first rotation makes the file, in the state directory or where COOPFLOW_KEYS_FILE says.
    Older keys stay, for what they have encrypted. Workers that run take the new key up by
    themselves. A key that went ahead is used by the next rotation.
    """
    from coopflow.entrypoints.cli.keys import rotate  # noqa: PLC0415

    rotate(settings_of(state_dir=state_dir, lang=lang), programme=programme, ahead=ahead)
