"""``coopflow coop export|import``: whole cooperations, out of an installation and into another."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO, Final

from rich.text import Text

from coopflow import bootstrap
from coopflow.application.cooperation_file import FileFaultError, Writer, read
from coopflow.application.engine import Address
from coopflow.application.transferring import Done, look_into, take_in, take_out
from coopflow.entrypoints.cli.cooperations import locate
from coopflow.entrypoints.cli.failures import UsageError
from coopflow.entrypoints.cli.journal import written
from coopflow.entrypoints.cli.output import Format, Terminal
from coopflow.entrypoints.cli.progress import bar
from coopflow.entrypoints.cli.words import Phrases
from coopflow.readmodel.queries import Queries
from coopflow.sealing.keys import KeyRing, ensure_keys
from coopflow.sealing.texts import ExportSeals
from coopflow.settings import Settings

_STYLES: Final = {"imported": "green", "there": "dim"}
_PAGE: Final = 200


def export(
    settings: Settings,
    file: Path,
    cooperations: list[str],
    *,
    programme: str | None,
    keys: Path | None,
) -> None:
    """Write cooperations to a file: those that are named, those of a programme, or all.

    Raises:
        UsageError: cooperations and a programme are named, or the file cannot be written.
        NotFoundError: there is no such cooperation.
        KeysError: the keys are not good.
        UnavailableError: the read model or the engine does not answer.
    """
    if programme is not None and cooperations:
        raise UsageError("name cooperations, or a programme, not both")
    if keys is not None:
        ensure_keys(keys)
    terminal, say = Terminal(), Phrases(settings.language)
    with written(file) as opened:
        count = asyncio.run(
            _export(settings, opened, cooperations, programme, _seals(settings, keys), terminal)
        )
    terminal.note(say("transfer.exported", count=say.count(count, "cooperation"), file=file))


async def _export(  # noqa: PLR0913, PLR0917 - what is written, where, how
    settings: Settings,
    file: BinaryIO,
    named: list[str],
    programme: str | None,
    seals: ExportSeals,
    terminal: Terminal,
) -> int:
    async with bootstrap.reading(settings) as reading:
        if named:
            addresses = sorted({await locate(reading.queries, one) for one in named})
        else:
            addresses = await _addresses(reading.queries, programme)
    writer = Writer(seals, datetime.now(UTC))
    async with bootstrap.transfer(settings) as (journals, workflows):
        with bar(terminal) as progress:
            task = progress.add_task("", total=len(addresses))
            lines = take_out(
                addresses, journals, workflows, writer, lambda *_: progress.advance(task)
            )
            async for line in lines:
                file.write(line)
    return len(addresses)


async def _addresses(queries: Queries, programme: str | None) -> list[Address]:
    found: list[Address] = []
    while page := await queries.cooperations(
        programme=programme, after=found[-1] if found else None, limit=_PAGE
    ):
        found += [Address(one.programme, one.slug) for one in page]
    return found


def import_file(
    settings: Settings, file: Path, *, keys: Path | None, dry_run: bool, output: Format
) -> None:
    """Import the cooperations of a file, once all of it was found good, and write what was done.

    Raises:
        UsageError: the file cannot be read, or a line of it is wrong: then nothing was written.
        KeysError: a key is missing with which something is encrypted.
        UnavailableError: the read model or the engine does not answer.
    """
    terminal, say = Terminal(), Phrases(settings.language)
    try:
        with file.open("rb") as opened:
            found = asyncio.run(
                _import(settings, opened, _seals(settings, keys), terminal, dry_run=dry_run)
            )
    except FileFaultError as error:
        raise UsageError(f"{file}:{error.line}: {str(error).partition(': ')[2]}") from None
    except OSError as error:
        raise UsageError(f"{file} cannot be read: {error.strerror or error}") from None
    if output == "json":
        terminal.json([one._asdict() | {"address": str(one.address)} for one in found])
        return
    for one in found:
        line = Text.assemble((say(f"transfer.{one.outcome}"), _STYLES[one.outcome]))
        line.append(f"  {one.address}", "bold").append(f"  {say.count(one.entries, 'entry')}")
        terminal.data.print(line, soft_wrap=True)
    counts = Counter(one.outcome for one in found)
    key = "transfer.dry" if dry_run else "transfer.done"
    terminal.note(say(key, imported=counts["imported"], there=counts["there"]))


async def _import(
    settings: Settings, file: BinaryIO, seals: ExportSeals, terminal: Terminal, *, dry_run: bool
) -> tuple[Done, ...]:
    async with bootstrap.transfer(settings) as (journals, workflows):
        with bar(terminal) as progress:
            task = progress.add_task("✓", total=None)
            done: Callable[..., None] = lambda *_: progress.advance(task)  # noqa: E731
            found = await look_into(read(file, seals), journals, workflows, done)
            if dry_run:
                return found
            file.seek(0)
            progress.update(task, total=len(found), completed=0)
            return await take_in(read(file, seals), journals, workflows, done)


def _seals(settings: Settings, keys: Path | None) -> ExportSeals:
    return ExportSeals(bootstrap.key_ring(settings) if keys is None else KeyRing.at(keys))
