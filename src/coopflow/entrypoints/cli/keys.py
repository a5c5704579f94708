"""``coopflow keys list|rotate``: the keys that encrypt what Temporal stores."""

from __future__ import annotations

from rich.text import Text

from coopflow import bootstrap
from coopflow.entrypoints.cli.failures import UsageError
from coopflow.entrypoints.cli.output import Format, Terminal
from coopflow.entrypoints.cli.words import Phrases
from coopflow.sealing.keys import rotate as rotate_keys
from coopflow.settings import Settings

_STYLES = {"older": "dim", "current": "green", "ahead": "yellow"}


def list_all(settings: Settings, *, output: Format) -> None:
    """Write the ids of the keys of each key set, oldest first; never a key.

    Raises:
        KeysError: there are none, or they are not good.
    """
    sets = bootstrap.key_ring(settings).sets()
    found = [(None, sets.default), *sets.programmes.items()]
    rows = [
        {"programme": programme, "key": key, "status": status}
        for programme, one in found
        if one is not None
        for key, status in one.statuses().items()
    ]
    terminal, say = Terminal(), Phrases(settings.language)
    if output == "json":
        terminal.json(rows)
        return
    for row in rows:
        status, programme = str(row["status"]), row["programme"] or say("keys.default")
        line = Text.assemble((str(row["key"]), "bold"), f"  {programme}")
        line.append(f"  {say(f'keys.{status}')}", _STYLES[status])
        terminal.data.print(line, soft_wrap=True)


def rotate(settings: Settings, *, programme: str | None, ahead: bool) -> None:
    """Make another key the current one, and write its id.

    Raises:
        UsageError: the keys are not in a file.
        KeysError: the file is not good.
    """
    if settings.keys is not None:
        raise UsageError(
            "COOPFLOW_KEYS gives the keys: rotate them in a file (COOPFLOW_KEYS_FILE, without "
            "COOPFLOW_KEYS), and put its content back where the variable comes from."
        )
    file = settings.own_keys_file
    key = rotate_keys(file, programme, ahead=ahead)
    terminal, say = Terminal(), Phrases(settings.language)
    terminal.data.print(Text(key))
    terminal.note(say("keys.sent_ahead" if ahead else "keys.rotated", file=file))
